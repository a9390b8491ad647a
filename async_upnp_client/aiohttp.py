"""HTTP on aiohttp, both ways: requesters that send, a notify server that receives events (UDA 2.0 §2 to §4).

Applications hand these to `client_factory`, `event_handler` and `profiles`, which know HTTP only as
`UpnpRequester` and `UpnpNotifyServer`. What aiohttp raises becomes an error of ours here. It must not know
what a body means.
"""

import asyncio
import logging
from asyncio import AbstractEventLoop, AbstractServer
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any, Final

import aiohttp
from aiohttp import (
    ClientConnectionError,
    ClientConnectorError,
    ClientError,
    ClientPayloadError,
    ClientResponseError,
    ClientSession,
    ClientTimeout,
    StreamReader,
    web,
)
from aiohttp.http_exceptions import HttpProcessingError

from async_upnp_client._addresses import get_host_string, host_header
from async_upnp_client._headers import shown
from async_upnp_client._http import (
    MAX_REDIRECTS,
    NOTIFY_LIMIT,
    RESPONSE_LIMIT,
    dump,
    fixed_host_header,
    is_whole,
    may_repeat,
    merged_headers,
    user_agent,
)
from async_upnp_client._local_ip import async_get_local_ip, get_local_ip
from async_upnp_client._xml import decode_text
from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.const import AddressTupleVXType, HttpRequest, HttpResponse, IPvXAddress
from async_upnp_client.event_handler import UpnpEventHandler, UpnpNotifyServer
from async_upnp_client.exceptions import (
    UpnpClientResponseError,
    UpnpCommunicationError,
    UpnpConnectionError,
    UpnpConnectionTimeoutError,
    UpnpError,
    UpnpServerOSError,
)

__all__ = [
    "AiohttpNotifyServer",
    "AiohttpRequester",
    "AiohttpSessionRequester",
    "UpnpEventHandler",
    "UpnpNotifyServer",
]

_LOGGER = logging.getLogger(__name__)
_LOGGER_TRAFFIC_UPNP = logging.getLogger("async_upnp_client.traffic.upnp")

ATTEMPTS: Final = 3
"""How often `AiohttpSessionRequester` tries. A session keeps connections; a device that has closed some of
them meanwhile shows it only when they are used again."""

_PEER_ERRORS = (ClientError, HttpProcessingError, web.RequestPayloadError, OSError)  # reading an event
_NOTIFY_PATH = "/notify"
_EXTERNAL_IPV6 = "[2606:4700:4700::1111]:80"  # an address outside, as `_local_ip` has one for IPv4
_SHUTDOWN_TIMEOUT = 10.0  # seconds for events that are being taken in
_fixed_host_header = fixed_host_header  # by this name 0.49.0 had it, and tests of applications reach for it
_REDIRECTED_METHODS = frozenset({"GET", "HEAD"})


async def async_read(stream: StreamReader, limit: int) -> bytes | None:
    """Return the body in `stream`, None if it has more than `limit` bytes."""
    body = bytearray()
    try:
        async for part in stream.iter_any():
            body += part
            if len(body) > limit:
                return None
    except ClientPayloadError:
        # Content-Length is too large, or chunks have no end: the document tells where it ends (row C-029)
        if not is_whole(bytes(body)):
            raise
    return bytes(body)


@contextmanager
def our_errors(request: HttpRequest, timeout: ClientTimeout) -> Iterator[None]:
    """Turn what aiohttp raises for `request` into errors of ours that name its method and URL."""
    what = f"{request.method} {request.url}"
    try:
        yield
    except UpnpError:
        raise
    except TimeoutError as err:
        raise UpnpConnectionTimeoutError(f"{what}: no complete answer within {timeout.total} s") from err
    except (ClientConnectionError, OSError) as err:
        raise UpnpConnectionError(f"{what}: {shown(str(err) or repr(err))}") from err
    except ClientResponseError as err:
        raise UpnpClientResponseError(
            request_info=err.request_info,
            history=err.history,
            status=err.status,
            message=f"{what}: {shown(err.message or repr(err.__cause__))}",
            headers=err.headers,
        ) from err
    except (ClientError, HttpProcessingError, ValueError) as err:
        # ValueError: text that HTTP cannot carry, like a line break in a header or half a surrogate pair
        raise UpnpCommunicationError(f"{what}: {shown(str(err) or repr(err))}") from err


async def async_body(response: aiohttp.ClientResponse, request: HttpRequest, limit: int) -> str:
    """Return the body of `response` as text."""
    content = getattr(response, "content", None)
    if not isinstance(content, StreamReader):
        return await response.text()  # of sessions that stand in for aiohttp's in tests of applications
    data = await async_read(content, limit)
    if data is None:
        raise UpnpCommunicationError(f"{request.method} {request.url}: the answer exceeds {limit} bytes")
    return decode_text(data, response.charset)


# --- Requesters ---


class AiohttpExchange(UpnpRequester):
    """What both requesters have in common: their settings, and one exchange on a session."""

    def __init__(self, timeout: int, http_headers: Mapping[str, str] | None, max_size: int) -> None:
        self._timeout = ClientTimeout(total=float(timeout))
        self._http_headers = http_headers or {}
        self._max_size = max_size

    def _timeout_for(self, http_request: HttpRequest) -> ClientTimeout:
        return self._timeout if http_request.timeout is None else ClientTimeout(total=http_request.timeout)

    async def _async_exchange(
        self, session: ClientSession, request: HttpRequest, agent: str | None
    ) -> HttpResponse:
        """Send `request` once, with `agent` as USER-AGENT if nobody set one. Raises errors of ours."""
        headers = merged_headers(request, self._http_headers, agent)
        log = _LOGGER_TRAFFIC_UPNP.isEnabledFor(logging.DEBUG)
        what = f"{request.method} {request.url}"
        if log:
            _LOGGER_TRAFFIC_UPNP.debug("Sending %s\n%s", shown(what), dump(headers, request.body))
        timeout = self._timeout_for(request)
        with our_errors(request, timeout):
            async with session.request(
                request.method,
                request.url,
                headers=headers,
                data=request.body,
                timeout=timeout,
                allow_redirects=request.method in _REDIRECTED_METHODS,
                max_redirects=MAX_REDIRECTS,
                skip_auto_headers=("Accept-Encoding",),  # devices that compress do it wrong as often as right
            ) as response:
                body = await async_body(response, request, self._max_size)
                answer = HttpResponse(response.status, response.headers, body)
        if log:
            text = dump(answer.headers, body)
            _LOGGER_TRAFFIC_UPNP.debug("Answer %s to %s\n%s", answer.status_code, shown(what), text)
        return answer


class AiohttpRequester(AiohttpExchange):
    """Sends each request on a connection of its own.

    `timeout` is for the whole exchange, in seconds. `http_headers` go with each request; those of the request
    win. `max_size` limits the body of an answer, in bytes.
    """

    def __init__(
        self,
        timeout: int = 5,
        http_headers: Mapping[str, str] | None = None,
        *,
        max_size: int = RESPONSE_LIMIT,
    ) -> None:
        super().__init__(timeout, http_headers, max_size)

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        """Send `http_request` and return the answer, whatever its status.

        Raises UpnpConnectionTimeoutError if it is not complete in time, UpnpConnectionError if the connection
        fails, UpnpClientResponseError for what is no HTTP, UpnpCommunicationError for anything else.
        """
        async with ClientSession() as session:
            return await self._async_exchange(session, http_request, user_agent())


class AiohttpSessionRequester(AiohttpExchange):
    """Sends requests by `session`, which keeps connections open; it is not closed here.

    A request is tried again if the connection fails and it cannot have arrived, or may arrive twice.
    `with_sleep` lets other tasks run before each try. The other arguments are those of `AiohttpRequester`.
    """

    def __init__(
        self,
        session: ClientSession,
        with_sleep: bool = False,
        timeout: int = 5,
        http_headers: Mapping[str, str] | None = None,
        *,
        max_size: int = RESPONSE_LIMIT,
    ) -> None:
        super().__init__(timeout, http_headers, max_size)
        self._session = session
        self._with_sleep = with_sleep

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        """Send `http_request` and return the answer, whatever its status; errors as of `AiohttpRequester`."""
        attempt = 1
        while True:
            if self._with_sleep:
                await asyncio.sleep(0)
            try:
                return await self._async_http_request(http_request)
            except UpnpConnectionTimeoutError:
                raise
            except UpnpConnectionError as err:
                if attempt == ATTEMPTS or not (may_repeat(http_request) or nothing_arrived(err)):
                    raise
                _LOGGER.debug("Try again: %s", err)
                attempt += 1

    async def _async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        own = getattr(self._session, "headers", None)
        agent = None if isinstance(own, Mapping) and "User-Agent" in own else user_agent()
        return await self._async_exchange(self._session, http_request, agent)


def nothing_arrived(err: BaseException) -> bool:
    """Whether the device cannot have got the request: there was no connection, or it was closed before."""
    cause: BaseException | None = err
    while cause is not None:
        if isinstance(cause, ClientConnectorError) or "closing transport" in str(cause):
            return True
        cause = cause.__cause__
    return False


# --- Notify server ---


class PeerErrors(logging.LoggerAdapter[logging.Logger]):
    """The log of aiohttp's server: what is no HTTP is the peer's mistake, and worth a debug line only."""

    def exception(self, msg: object, *args: object, exc_info: Any = True, **kwargs: Any) -> None:
        """Log an error that was caught."""
        level = logging.DEBUG if isinstance(exc_info, _PEER_ERRORS) else logging.ERROR
        self.log(level, msg, *args, exc_info=exc_info, **kwargs)


class AiohttpNotifyServer(UpnpNotifyServer):
    """Receives events over HTTP, and hands them to its `event_handler`.

    It listens on `source`, port 0 for any free one. `callback_url` is what devices are told where that cannot
    be concluded from `source`, behind NAT for example. Any path is served: devices cut paths, and append to
    them (row E-039).
    """

    def __init__(
        self,
        requester: UpnpRequester,
        source: AddressTupleVXType,
        callback_url: str | None = None,
        loop: AbstractEventLoop | None = None,
    ) -> None:
        self._source = source
        self._callback_url = callback_url
        self._loop = loop
        self._aiohttp_server: web.Server | None = None
        self._server: AbstractServer | None = None
        self._request_url = ""
        self.event_handler = UpnpEventHandler(self, requester)

    async def async_start_server(self) -> None:
        """Start listening, if it does not listen already. Raises UpnpServerOSError, with its errno."""
        if self._server is not None:
            return
        loop = self._loop or asyncio.get_running_loop()
        host, port = get_host_string(self._source), self._source[1]
        logger = PeerErrors(_LOGGER, None)
        aiohttp_server = web.Server(self._handle_request, loop=loop, access_log=None, logger=logger)
        try:
            server = await loop.create_server(aiohttp_server, host, port)
        except OSError as err:
            _LOGGER.error("Could not listen on %s port %s: %s", host, port, err)  # noqa: TRY400  # says it all
            raise UpnpServerOSError(errno=err.errno or 0, strerror=err.strerror or str(err)) from err
        self._aiohttp_server, self._server = aiohttp_server, server
        # A host name can stand for several addresses; devices are told one, rather IPv4 (two items) than IPv6
        self._source = min((sock.getsockname() for sock in server.sockets), key=len)
        self._request_url = self.callback_url

    async def async_stop_server(self) -> None:
        """Cancel all subscriptions, then stop listening; safe at any time."""
        try:
            await self.event_handler.async_unsubscribe_all()
        finally:
            server, self._server = self._server, None
            aiohttp_server, self._aiohttp_server = self._aiohttp_server, None
            if server is not None and aiohttp_server is not None:
                server.close()
                aiohttp_server.pre_shutdown()  # or idle connections would be waited for
                await aiohttp_server.shutdown(_SHUTDOWN_TIMEOUT)
                await server.wait_closed()

    async def _handle_request(self, request: web.BaseRequest) -> web.Response:
        if request.method != "NOTIFY":
            return web.Response(status=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "NOTIFY"})
        try:
            data = await async_read(request.content, NOTIFY_LIMIT)
        except _PEER_ERRORS as err:
            _LOGGER.debug("Could not read an event from %s: %r", request.remote, err)
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        if data is None:
            _LOGGER.debug("Refused an event from %s: more than %s bytes", request.remote, NOTIFY_LIMIT)
            return web.Response(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        body = decode_text(data, request.charset)
        log = _LOGGER_TRAFFIC_UPNP.isEnabledFor(logging.DEBUG)
        if log:
            _LOGGER_TRAFFIC_UPNP.debug(
                "Incoming request from %s:\nNOTIFY %s\n%s",
                request.remote,
                shown(request.path_qs),
                dump(request.headers, body),
            )
        status = await self.event_handler.handle_notify(
            HttpRequest("NOTIFY", self._request_url, request.headers, body)
        )
        if log:
            _LOGGER_TRAFFIC_UPNP.debug("Answered %s to %s", int(status), request.remote)
        return web.Response(status=status)

    @property
    def listen_ip(self) -> IPvXAddress:
        """Address that it listens on."""
        return ip_address(self._source[0])

    @property
    def listen_host(self) -> str:
        """Address that it listens on, as text."""
        return self._source[0]

    @property
    def listen_port(self) -> int:
        """Port that it listens on; the one asked for before it listens."""
        return self._source[1]

    @property
    def callback_url(self) -> str:
        """URL for devices: the one given, else made of the address and port that it listens on.

        If it listens on all addresses, the one by which the internet is reached stands for them.
        """
        if self._callback_url is not None:
            return self._callback_url
        if not self._listens_everywhere:
            return self._url_at(self.listen_host)
        try:
            return self._url_at(get_local_ip(_EXTERNAL_IPV6 if ":" in self.listen_host else None))
        except OSError:
            return self._url_at(self.listen_host)  # no route at all; `async_callback_url_for` knows better

    async def async_callback_url_for(self, url: str) -> str:
        """Return the callback URL for the device behind `url`: with the address by which that is reached."""
        if self._callback_url is None and self._listens_everywhere:
            try:
                _, address = await async_get_local_ip(url, self._loop)
            except OSError as err:
                _LOGGER.debug("Do not know which address reaches %s: %s", url, err)
            else:
                if (":" in address) == (":" in self.listen_host):
                    return self._url_at(address)
        return self.callback_url

    @property
    def _listens_everywhere(self) -> bool:
        try:
            return self.listen_ip.is_unspecified
        except ValueError:
            return False  # a host name, before it listens

    def _url_at(self, host: str) -> str:
        return f"http://{host_header(host, self.listen_port)}{_NOTIFY_PATH}"
