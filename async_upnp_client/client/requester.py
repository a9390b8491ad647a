"""The port to HTTP: what a control point asks of whoever speaks HTTP for it, and the default hooks.

``aiohttp`` has the requesters that are shipped; a user may bring another. The hooks let a user mend what a
device gets wrong before it is sent or read; these, the defaults, cut what trails a body. Knows no model.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from async_upnp_client.const import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from async_upnp_client.client.action import UpnpAction

# Devices written in C send the NUL that ends their buffer, others a line break or two after the document;
# an XML parser refuses the former.
TRAILING_NOISE = " \t\r\n\0"


class UpnpRequester(ABC):  # noqa: B024 - 0.49.0's base class can be instantiated, and some test doubles do so
    """Sends HTTP requests: the one thing that users of other HTTP libraries write themselves."""

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        """Send a request and give the response, whatever its status.

        ``http_request.timeout`` (seconds), where set, takes the place of the requester's own.
        ``http_request.repeatable`` tells whether the request may be sent again after a lost connection.
        ``http_request.max_size`` (bytes), where set, is the most that the body of the answer may have; one
        with more need not be read to its end, and is an error.

        Raises UpnpConnectionTimeoutError, UpnpConnectionError or another UpnpCommunicationError where no
        response was had. NotImplementedError from this base, which 0.49.0 lets be made.
        """
        raise NotImplementedError(f"{type(self).__name__} sends no requests")


class FromAddress(UpnpRequester):
    """Sends each request by another requester, from one address of ours (`HttpRequest.source`)."""

    def __init__(self, requester: UpnpRequester, address: str) -> None:
        self._requester = requester
        self._address = address

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        """Send a request as the other requester does; one that names its source keeps it."""
        if http_request.source is None:
            http_request = replace(http_request, source=self._address)
        return await self._requester.async_http_request(http_request)


def default_on_pre_receive_device_spec(request: HttpRequest) -> HttpRequest:
    """Return the request for a device description, or for a ping, as it is."""
    return request


def default_on_post_receive_device_spec(response: HttpResponse) -> HttpResponse:
    """Cut white space and NUL from the end of a device description."""
    return without_trailing_noise(response)


def default_on_pre_receive_service_spec(request: HttpRequest) -> HttpRequest:
    """Return the request for a service description as it is."""
    return request


def default_on_post_receive_service_spec(response: HttpResponse) -> HttpResponse:
    """Cut white space and NUL from the end of a service description."""
    return without_trailing_noise(response)


def default_on_pre_call_action(
    action: UpnpAction,  # noqa: ARG001 - the signature of the hook
    args: Mapping[str, Any],  # noqa: ARG001 - the signature of the hook
    request: HttpRequest,
) -> HttpRequest:
    """Return the request that calls an action as it is."""
    return request


def default_on_post_call_action(
    action: UpnpAction,  # noqa: ARG001 - the signature of the hook
    response: HttpResponse,
) -> HttpResponse:
    """Cut white space and NUL from the end of the answer to a call."""
    return without_trailing_noise(response)


def without_trailing_noise(response: HttpResponse) -> HttpResponse:
    """Give the response without noise at its end, and "" for no body; the same object if nothing changes."""
    body = response.body
    if body is None:
        return replace(response, body="")
    if not isinstance(body, str):
        return response  # a user's own requester that gives bytes; who reads the body will say so
    if body and body[-1] in TRAILING_NOISE:
        # not by replace(), which takes as long as reading a short answer does
        cut = body.rstrip(TRAILING_NOISE)
        return HttpResponse(response.status_code, response.headers, cut, response.url)
    return response
