"""One exchange over HTTP on aiohttp: send a request, follow redirects, read the answer (UDA 2.0 §2.1).

The requesters of `aiohttp` come here with a session. Where a request goes is `route`'s and the URL policy's
to say; aiohttp gets addresses, and follows nothing by itself. What it raises becomes an error of ours here.
It must not know what a body means.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import aiohttp
from aiohttp import (
    ClientConnectionError,
    ClientConnectorError,
    ClientError,
    ClientPayloadError,
    ClientResponseError,
    ClientSession,
    ClientTimeout,
    ServerTimeoutError,
    StreamReader,
    TCPConnector,
    TooManyRedirects,
)
from aiohttp.http_exceptions import ContentLengthError, HttpProcessingError, TransferEncodingError

from async_upnp_client._addresses import origin_of
from async_upnp_client._headers import shown
from async_upnp_client._http.lenient_exchange import async_ask_leniently
from async_upnp_client._http.messages import dump, is_whole, may_repeat, merged_headers
from async_upnp_client._http.route import (
    Route,
    async_routes,
    redirect_target,
    redirected_headers,
    with_host_header,
)
from async_upnp_client._xml import decode_text
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

_LOGGER = logging.getLogger(__name__)
_LOGGER_TRAFFIC_UPNP = logging.getLogger("async_upnp_client.traffic.upnp")

NO_LIMIT = ClientTimeout()
"""For aiohttp: the time of the whole exchange is limited here."""


ORIGINS_REMEMBERED: Final = 64
"""Origins of one requester whose answers aiohttp cannot read: a home has a few such devices. The one that was
found first is forgotten, and found again when it is asked again."""


async def async_read(stream: StreamReader, limit: int) -> bytes | None:
    """Return the body in `stream`, None if it has more than `limit` bytes."""
    body = bytearray()
    try:
        if stream.is_eof():  # it came with its headers, as most do
            whole = await stream.readany()
            return whole if len(whole) <= limit else None
        while not stream.at_eof():
            body += await stream.readany()
            if len(body) > limit:
                return None
    except ClientPayloadError:
        # Content-Length is too large, or chunks have no end: the document tells where it ends (row C-029)
        if not is_whole(bytes(body)):
            raise
    return bytes(body)


FOREIGN_ERRORS = (ClientError, HttpProcessingError, OSError, ValueError)
"""What aiohttp raises. ValueError: text that HTTP cannot carry, like a line break in a header or half a
surrogate pair; TimeoutError is an OSError."""


UNREADABLE = (ClientResponseError, ClientPayloadError, HttpProcessingError)


def is_unreadable(err: Exception) -> bool:
    """Whether aiohttp says that an answer is no proper HTTP; not that it was cut off, or went in circles."""
    reason = err.__cause__ if isinstance(err, ClientPayloadError) else err
    if isinstance(reason, TransferEncodingError):
        return not str(reason.message).startswith("Not enough data")
    return not isinstance(reason, (TooManyRedirects, ContentLengthError)) and isinstance(reason, UNREADABLE)


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
    return UpnpCommunicationError(f"{what}: {shown(str(err) or repr(err))}")


async def async_body(response: aiohttp.ClientResponse, request: HttpRequest, limit: int) -> str:
    """Return the body of `response` as text."""
    content = getattr(response, "content", None)
    if not isinstance(content, StreamReader):
        return await response.text()  # of sessions that stand in for aiohttp's in tests of applications
    data = await async_read(content, limit)
    if data is None:
        raise UpnpCommunicationError(f"{request.method} {request.url}: the answer exceeds {limit} bytes")
    return decode_text(data, lambda: response.charset)


def too_many_redirects(response: aiohttp.ClientResponse, count: int) -> TooManyRedirects:
    """Return the error that aiohttp itself has for a loop of redirects."""
    return TooManyRedirects(
        response.request_info,
        (response,),
        status=response.status,
        message=f"redirected {count} times",
        headers=response.headers,
    )


class AiohttpExchange(UpnpRequester):
    """What both requesters have in common: their settings, and one exchange on a session."""

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
        self._lenient: dict[str, None] = {}  # origins whose answers are to be read leniently

    def _timeout_for(self, http_request: HttpRequest) -> ClientTimeout:
        return self._timeout if http_request.timeout is None else ClientTimeout(total=http_request.timeout)

    def _size_for(self, http_request: HttpRequest) -> int:
        asked, most = http_request.max_size, self._max_size
        if asked is None:
            return self._limits.response_bytes if most is None else most
        return asked if most is None else min(asked, most)

    async def _async_exchange(
        self, session: ClientSession, request: HttpRequest, agent: str | None
    ) -> HttpResponse:
        """Send `request` once, with `agent` as USER-AGENT if nobody set one. Raises errors of ours."""
        headers = merged_headers(request, self._http_headers, agent)
        log = _LOGGER_TRAFFIC_UPNP.isEnabledFor(logging.DEBUG)
        if log:
            what = shown(f"{request.method} {request.url}")
            _LOGGER_TRAFFIC_UPNP.debug("Sending %s\n%s", what, dump(headers, request.body))
        timeout = self._timeout_for(request)
        try:
            # aiohttp's own time begins anew with each redirect, and is not for looking names up
            async with asyncio.timeout(timeout.total or None):
                if request.source is None:
                    answer = await self._async_follow(session, request, headers, timeout)
                else:
                    # a session's connections have one source, so this request has a session of its own
                    async with ClientSession(connector=TCPConnector(local_addr=(request.source, 0))) as own:
                        answer = await self._async_follow(own, request, headers, timeout)
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
        self, session: ClientSession, request: HttpRequest, headers: dict[str, str], timeout: ClientTimeout
    ) -> HttpResponse:
        """Send `request` where it is to go, and where it is redirected to, until there is an answer."""
        url = str(request.url)
        for left in reversed(range(self._limits.redirects)):
            answer = await self._async_send(session, request, url, headers, timeout, may_follow=left > 0)
            if isinstance(answer, HttpResponse):
                return answer
            asked, url = url, self._url_policy.check_redirect(url, answer)
            headers = redirected_headers(headers, asked, url)
        raise AssertionError("The last redirect raises")

    async def _async_send(
        self,
        session: ClientSession,
        request: HttpRequest,
        url: str,
        headers: dict[str, str],
        timeout: ClientTimeout,
        *,
        may_follow: bool,
    ) -> HttpResponse | str:
        """Send `request` to `url`; return the answer, or the URL that it is redirected to.

        Of the addresses of a name each but the last has its share of the time only, as a network that drops
        packets does not say so.
        """
        routes = await async_routes(url, self._url_policy)
        within = NO_LIMIT
        if len(routes) > 1 and timeout.total:
            within = ClientTimeout(sock_connect=timeout.total / len(routes))
        for route in routes:
            try:
                answer = await self._async_ask(session, request, route, headers, within, may_follow)
            except (ClientConnectorError, ServerTimeoutError):  # the latter: of sock_connect
                if route is routes[-1]:
                    raise
            else:
                if isinstance(answer, str) or url == str(request.url):
                    return answer
                return replace(answer, url=url)
        raise AssertionError("There is a route, or an error")

    async def _async_ask(
        self,
        session: ClientSession,
        request: HttpRequest,
        route: Route,
        headers: dict[str, str],
        timeout: ClientTimeout,
        may_follow: bool,
    ) -> HttpResponse | str:
        """Send `request` along `route`, leniently where that is known to need it, or shows now."""
        origin = origin_of(route.url)
        if origin in self._lenient:
            return await self._async_ask_leniently(request, route, headers, may_follow)
        try:
            async with session.request(
                request.method,
                route.url,
                headers=with_host_header(headers, route.host),
                data=request.body,
                timeout=timeout,
                allow_redirects=False,
                # devices that compress do it wrong as often as right
                skip_auto_headers=("Accept-Encoding",),
                server_hostname=route.server_name,
            ) as response:
                target = redirect_target(request, response.status, response.headers)
                if target is None:
                    body = await async_body(response, request, self._size_for(request))
                    return HttpResponse(response.status, response.headers, body)
                if not may_follow:
                    raise too_many_redirects(response, self._limits.redirects)
                return target
        except UNREADABLE as err:
            if not is_unreadable(err):
                raise
            _LOGGER.debug("Read what %s sends leniently from now on: %s", shown(origin), shown(err))
            self._lenient[origin] = None
            if len(self._lenient) > ORIGINS_REMEMBERED:
                del self._lenient[next(iter(self._lenient))]
            if not may_repeat(request):
                raise
            try:
                return await self._async_ask_leniently(request, route, headers, may_follow)
            except (ValueError, OSError):
                raise err from err.__cause__  # it says more

    async def _async_ask_leniently(
        self, request: HttpRequest, route: Route, headers: dict[str, str], may_follow: bool
    ) -> HttpResponse | str:
        most = self._size_for(request)
        answer = await async_ask_leniently(request, route, headers, most, self._limits)
        target = redirect_target(request, answer.status, answer.headers)
        if target is None:
            return HttpResponse(
                answer.status, answer.headers, decode_text(answer.body, lambda: answer.charset)
            )
        if not may_follow:
            raise UpnpCommunicationError(
                f"{request.method} {request.url}: redirected {self._limits.redirects} times"
            )
        return target
