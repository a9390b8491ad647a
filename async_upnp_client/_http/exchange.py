"""One exchange over HTTP: send a request, follow redirects, get the answer (UDA 2.0 §2.1).

The requesters of `aiohttp` are these; they say by what a request is carried: connections of our own, or a
session of aiohttp. Where it goes is `route`'s and the URL policy's to say. Errors become ours here. It must
not know what a body means.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias, cast

from aiohttp import (
    ClientConnectionError,
    ClientConnectorError,
    ClientError,
    ClientResponseError,
    ClientTimeout,
    RequestInfo,
    ServerTimeoutError,
)
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

from async_upnp_client._headers import shown
from async_upnp_client._http.device_connection import NotConnectedError
from async_upnp_client._http.lenient import CutOffError, NoHttpError, TooLongError
from async_upnp_client._http.messages import dump, merged_headers
from async_upnp_client._http.route import Route, async_routes, redirect_target, redirected_headers
from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.exceptions import (
    UpnpClientResponseError,
    UpnpCommunicationError,
    UpnpConnectionError,
    UpnpConnectionTimeoutError,
    UpnpError,
    UpnpUrlError,
)
from async_upnp_client.limits import Limits
from async_upnp_client.url_policy import UrlPolicy

_LOGGER_TRAFFIC_UPNP = logging.getLogger("async_upnp_client.traffic.upnp")

Carry: TypeAlias = Callable[[HttpRequest, Route, dict[str, str], int, float | None], Awaitable[HttpResponse]]
"""Sends a request with these headers along a route, and returns the answer, whose body may have so many
bytes; a connection may take so many seconds."""

FOREIGN_ERRORS = (ClientError, HttpProcessingError, OSError, ValueError)
"""What carrying raises. ValueError: text that HTTP cannot carry, like a line break in a header or half a
surrogate pair, and NoHttpError; TimeoutError is an OSError."""

NOT_CONNECTED = (NotConnectedError, ClientConnectorError)
"""What carrying raises where nothing can have arrived."""

BAD_MESSAGE = 400
"""The status that aiohttp gives to errors about what is no HTTP."""


def our_error(err: Exception, request: HttpRequest, timeout: ClientTimeout) -> UpnpError:
    """Return the error of ours for one of those; it names method and URL."""
    what = f"{request.method} {request.url}"
    if isinstance(err, TimeoutError):
        return UpnpConnectionTimeoutError(f"{what}: no complete answer within {timeout.total} s")
    if isinstance(err, (ClientConnectionError, OSError)):
        return UpnpConnectionError(f"{what}: {shown(str(err) or repr(err))}")
    if isinstance(err, ClientResponseError):
        return UpnpClientResponseError(
            request_info=err.request_info,
            history=err.history,
            status=err.status,
            message=f"{what}: {shown(err.message or repr(err.__cause__))}",
            headers=err.headers,
        )
    if isinstance(err, NoHttpError) and not isinstance(err, (CutOffError, TooLongError)):
        return response_error(request, BAD_MESSAGE, str(err), {})
    return UpnpCommunicationError(f"{what}: {shown(str(err) or repr(err))}")


def response_error(
    request: HttpRequest, status: int, why: str, headers: Mapping[str, str]
) -> UpnpClientResponseError:
    """Return the error for an answer that is of no use."""
    url, sent = URL(str(request.url)), cast("Any", request.headers)
    return UpnpClientResponseError(
        request_info=RequestInfo(url, request.method, sent, url),
        history=(),
        status=status,
        message=f"{request.method} {request.url}: {why}",
        headers=cast("Any", headers),
    )


class Exchange(UpnpRequester):
    """What both requesters have in common: their settings, and one exchange."""

    def __init__(
        self,
        timeout: int,
        http_headers: Mapping[str, str] | None,
        max_size: int | None,
        url_policy: UrlPolicy,
        limits: Limits,
    ) -> None:
        self._timeout = ClientTimeout(total=float(timeout))
        self._http_headers = http_headers or {}
        self._max_size = max_size
        self._limits = limits
        self._url_policy = url_policy

    def _timeout_for(self, http_request: HttpRequest) -> ClientTimeout:
        return self._timeout if http_request.timeout is None else ClientTimeout(total=http_request.timeout)

    def _size_for(self, http_request: HttpRequest) -> int:
        asked, most = http_request.max_size, self._max_size
        if asked is None:
            return self._limits.response_bytes if most is None else most
        return asked if most is None else min(asked, most)

    async def _async_exchange(self, carry: Carry, request: HttpRequest, agent: str | None) -> HttpResponse:
        """Send `request` once, with `agent` as USER-AGENT if nobody set one. Raises errors of ours."""
        headers = merged_headers(request, self._http_headers, agent)
        log = _LOGGER_TRAFFIC_UPNP.isEnabledFor(logging.DEBUG)
        if log:
            what = shown(f"{request.method} {request.url}")
            _LOGGER_TRAFFIC_UPNP.debug("Sending %s\n%s", what, dump(headers, request.body))
        timeout = self._timeout_for(request)
        try:
            # one time for all: looking a name up, each redirect, the answer to its end
            async with asyncio.timeout(timeout.total or None):
                answer = await self._async_follow(carry, request, headers, timeout.total)
        except UpnpUrlError as err:
            raise UpnpUrlError(f"{request.method} {request.url}: {err}") from err
        except UpnpError:
            raise
        except FOREIGN_ERRORS as err:
            raise our_error(err, request, timeout) from err
        if log:
            what, text = shown(f"{request.method} {request.url}"), dump(answer.headers, answer.body)
            _LOGGER_TRAFFIC_UPNP.debug("Answer %s to %s\n%s", answer.status_code, what, text)
        return answer

    async def _async_follow(
        self, carry: Carry, request: HttpRequest, headers: dict[str, str], seconds: float | None
    ) -> HttpResponse:
        """Send `request` where it is to go, and where it is redirected to, until there is an answer."""
        url = asked = str(request.url)
        for left in reversed(range(self._limits.redirects)):
            answer = await self._async_send(carry, request, url, headers, seconds)
            target = redirect_target(request, answer.status_code, answer.headers)
            if target is None:
                return answer if url == asked else replace(answer, url=url)
            if not left:
                why = f"redirected {self._limits.redirects} times"
                raise response_error(request, answer.status_code, why, answer.headers)
            before, url = url, self._url_policy.check_redirect(url, target)
            headers = redirected_headers(headers, before, url)
        raise AssertionError("The last redirect raises")

    async def _async_send(
        self, carry: Carry, request: HttpRequest, url: str, headers: dict[str, str], seconds: float | None
    ) -> HttpResponse:
        """Send `request` to `url`, by the first of its addresses that can be connected to.

        Each but the last has its share of the time only, as a network that drops packets does not say so.
        """
        *first, last = await async_routes(url, self._url_policy)
        most = self._size_for(request)
        for route in first:
            try:
                return await carry(request, route, headers, most, seconds and seconds / (len(first) + 1))
            except (*NOT_CONNECTED, ServerTimeoutError):  # the latter is aiohttp's, of connecting
                continue
        return await carry(request, last, headers, most, None)
