"""One exchange over HTTP on aiohttp: send a request, follow redirects, read the answer (UDA 2.0 §2.1).

The requesters of `aiohttp` come here with a session. Where a request goes is `_route`'s and the URL policy's
to say; aiohttp gets addresses, and follows nothing by itself. What it raises becomes an error of ours here.
It must not know what a body means.
"""

import asyncio
import logging
from collections.abc import Mapping

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
from aiohttp.http_exceptions import HttpProcessingError

from async_upnp_client._headers import shown
from async_upnp_client._http import dump, is_whole, merged_headers
from async_upnp_client._route import async_routes, redirect_target, redirected_headers, with_host_header
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

_LOGGER_TRAFFIC_UPNP = logging.getLogger("async_upnp_client.traffic.upnp")

NO_LIMIT = ClientTimeout()
"""For aiohttp: the time of the whole exchange is limited here."""


async def async_read(stream: StreamReader, limit: int) -> bytes | None:
    """Return the body in `stream`, None if it has more than `limit` bytes."""
    body = bytearray()
    try:
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
    return decode_text(data, response.charset)


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

    def _timeout_for(self, http_request: HttpRequest) -> ClientTimeout:
        return self._timeout if http_request.timeout is None else ClientTimeout(total=http_request.timeout)

    def _size_for(self, http_request: HttpRequest) -> int:
        sizes = [size for size in (http_request.max_size, self._max_size) if size is not None]
        return min(sizes, default=self._limits.response_bytes)

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
                async with session.request(
                    request.method,
                    route.url,
                    headers=with_host_header(headers, route.host),
                    data=request.body,
                    timeout=within,
                    allow_redirects=False,
                    # devices that compress do it wrong as often as right
                    skip_auto_headers=("Accept-Encoding",),
                    server_hostname=route.server_name,
                ) as response:
                    target = redirect_target(request, response.status, response.headers)
                    if target is None:
                        body = await async_body(response, request, self._size_for(request))
                        found_at = None if url == str(request.url) else url
                        return HttpResponse(response.status, response.headers, body, found_at)
                    if not may_follow:
                        raise too_many_redirects(response, self._limits.redirects)
                    return target
            except (ClientConnectorError, ServerTimeoutError):  # the latter: of sock_connect
                if route is routes[-1]:
                    raise
        raise AssertionError("There is a route, or an error")
