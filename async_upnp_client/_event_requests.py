"""What a control point asks of a device about its events (UDA 2.0 §4.1): SUBSCRIBE, renewal, UNSUBSCRIBE.

One coroutine per request, for `event_handler`: headers out, the answer's SID and TIMEOUT in, refusals as
errors. It must not know which subscriptions there are.
"""

import logging
from datetime import timedelta
from http import HTTPStatus

from async_upnp_client._headers import CaseInsensitiveDict, shown
from async_upnp_client._protocol.eventing import (
    INFINITE,
    header,
    parse_timeout,
    renew_headers,
    subscribe_headers,
    unsubscribe_headers,
)
from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.client.service import UpnpService
from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.exceptions import UpnpError, UpnpResponseError, UpnpSIDError

_LOGGER = logging.getLogger("async_upnp_client.event_handler")


def require_events(service: UpnpService) -> None:
    """Raise UpnpError if `service` has no events: its eventSubURL is empty (UDA 2.0 §2.3)."""
    if not service.event_sub_url:
        raise UpnpError(f"{service} has no eventSubURL: it sends no events")


async def async_request_subscription(
    requester: UpnpRequester, service: UpnpService, callback_url: str, timeout: timedelta
) -> tuple[str, timedelta]:
    """Subscribe; return the SID and the duration granted. Raises UpnpSIDError if the answer has no SID."""
    url = service.event_sub_url
    response = await async_request(requester, "SUBSCRIBE", url, subscribe_headers(url, callback_url, timeout))
    sid = header(response.headers, "SID")
    if not sid:
        raise UpnpSIDError(f"SUBSCRIBE {url} was answered without a SID")
    return sid, granted(response, timeout)


async def async_request_renewal(
    requester: UpnpRequester, service: UpnpService, sid: str, timeout: timedelta
) -> tuple[str, timedelta]:
    """Renew; return the SID, which stays what it was where the answer has none, and the duration granted."""
    url = service.event_sub_url
    response = await async_request(requester, "SUBSCRIBE", url, renew_headers(url, sid, timeout))
    return header(response.headers, "SID") or sid, granted(response, timeout)


async def async_request_cancel(requester: UpnpRequester, service: UpnpService, sid: str) -> None:
    """Cancel a subscription."""
    url = service.event_sub_url
    await async_request(requester, "UNSUBSCRIBE", url, unsubscribe_headers(url, sid))


async def async_cancel_quietly(requester: UpnpRequester, service: UpnpService, sid: str) -> None:
    """Cancel what may still be there on the device, whatever comes of it (row E-024)."""
    try:
        await async_request_cancel(requester, service, sid)
    except Exception:  # requesters of applications raise what they like
        _LOGGER.debug("Old subscription %s could not be cancelled", shown(sid), exc_info=True)


async def async_request(
    requester: UpnpRequester, method: str, url: str, headers: CaseInsensitiveDict
) -> HttpResponse:
    """Send a request without body. Raises UpnpResponseError for any status but 200."""
    response = await requester.async_http_request(HttpRequest(method, url, headers, None))
    if response.status_code != HTTPStatus.OK:
        raise UpnpResponseError(
            status=response.status_code,
            headers=response.headers,
            url=url,
            message=f"{method} {url} was answered with HTTP status {response.status_code}",
        )
    return response


def granted(response: HttpResponse, wish: timedelta) -> timedelta:
    """Return the duration granted; `wish` where a device names none or an infinite one (E-016, E-018)."""
    timeout = parse_timeout(header(response.headers, "TIMEOUT"))
    return wish if timeout is None or timeout == INFINITE else timeout
