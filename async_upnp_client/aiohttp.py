"""HTTP, both ways: requesters that send, a notify server that receives events (UDA 2.0 §2 to §4).

Applications hand these to `client_factory`, `event_handler` and `profiles`, which know HTTP only as
`UpnpRequester` and `UpnpNotifyServer`. It must not know what a body means, nor where requests may go: that
is for `_http.exchange` and the URL policy to decide.
"""

import asyncio
import logging
from asyncio import AbstractEventLoop, AbstractServer
from collections.abc import Callable, Mapping
from http import HTTPStatus
from ipaddress import ip_address
from typing import Final

import aiohttp  # tests of applications patch ClientSession through it, as 0.49.0 had it here
from aiohttp import ClientSession

from async_upnp_client._addresses import get_host_string, host_header
from async_upnp_client._headers import shown
from async_upnp_client._http.exchange import NOT_CONNECTED, Exchange
from async_upnp_client._http.kept_connections import KeptConnections
from async_upnp_client._http.lenient import LenientRequest
from async_upnp_client._http.messages import (
    dump,
    fixed_host_header,
    may_repeat,
)
from async_upnp_client._http.notify_connections import NotifyConnections, do_nothing
from async_upnp_client._http.session_exchange import SessionExchange
from async_upnp_client._local_ip import async_get_local_ip, get_local_ip, is_own_address
from async_upnp_client._product import user_agent
from async_upnp_client._quiet import QuietLog
from async_upnp_client._xml import decode_text
from async_upnp_client.client.requester import FromAddress, UpnpRequester
from async_upnp_client.const import AddressTupleVXType, HttpRequest, HttpResponse, IPvXAddress
from async_upnp_client.event_handler import UpnpEventHandler, UpnpNotifyServer
from async_upnp_client.exceptions import (
    UpnpConnectionError,
    UpnpConnectionTimeoutError,
    UpnpServerOSError,
)
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.url_policy import DEFAULT_URL_POLICY, UrlPolicy

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

SHIPPED: Final = (ClientSession, ClientSession.request, ClientSession._request)  # noqa: SLF001  # what tests replace

_NOTIFY_PATH = "/notify"
_EXTERNAL_IPV6 = "[2606:4700:4700::1111]:80"  # an address outside, as `_local_ip` has one for IPv4
_fixed_host_header = fixed_host_header  # by this name 0.49.0 had it, and tests of applications reach for it


# --- Requesters ---


class AiohttpRequester(Exchange):
    """Sends requests on connections of its own, which it keeps for half a second.

    What is not to arrive twice has a new one: only that is sure to be open at both ends. Other requests are
    sent once more, by a new one, where a kept one turns out to be closed.

    `timeout` is for the whole exchange, in seconds. `http_headers` go with each request; those of the
    request win. `max_size` limits the body of an answer, in bytes; without it `limits` do. `url_policy`
    judges redirects, and the addresses that names lead to: a name that leads to this machine, other than
    localhost, is refused by default.
    """

    def __init__(
        self,
        timeout: int = 5,
        http_headers: Mapping[str, str] | None = None,
        *,
        max_size: int | None = None,
        url_policy: UrlPolicy = DEFAULT_URL_POLICY,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        super().__init__(timeout, http_headers, max_size, url_policy, limits)
        self._kept: KeptConnections | None = None

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        """Send `http_request` and return the answer, whatever its status.

        Raises UpnpConnectionTimeoutError if it is not complete in time, UpnpConnectionError if the
        connection fails, UpnpClientResponseError for what is no HTTP, UpnpUrlError where the URL policy
        refuses an address or a redirect, UpnpCommunicationError for anything else.
        """
        if client_session_is_replaced():
            async with ClientSession() as session:
                carry = SessionExchange(session, self._limits).async_carry
                return await self._async_exchange(carry, http_request, user_agent())
        loop = asyncio.get_running_loop()
        if self._kept is None or self._kept.loop is not loop:
            self._kept = KeptConnections(loop, self._limits)
        return await self._async_exchange(self._kept.async_carry, http_request, user_agent())

    async def async_close(self) -> None:
        """Close the connections that are kept and not in use; for a loop that is then closed by hand."""
        if self._kept is not None:
            await self._kept.async_close()


def client_session_is_replaced() -> bool:
    """Whether tests of an application have put something in the place of aiohttp's session, as of 0.49.0."""
    session = aiohttp.ClientSession
    return (ClientSession, session.request, session._request) != SHIPPED  # noqa: SLF001  # aioresponses has it


class AiohttpSessionRequester(Exchange):
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
        max_size: int | None = None,
        url_policy: UrlPolicy = DEFAULT_URL_POLICY,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        super().__init__(timeout, http_headers, max_size, url_policy, limits)
        self._session = session
        self._carry = SessionExchange(session, limits).async_carry
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
        return await self._async_exchange(self._carry, http_request, agent)


def nothing_arrived(err: BaseException) -> bool:
    """Whether the device cannot have got the request: there was no connection, or it was closed before."""
    cause: BaseException | None = err
    while cause is not None:
        if isinstance(cause, NOT_CONNECTED) or "closing transport" in str(cause):
            return True
        cause = cause.__cause__
    return False


# --- Notify server ---


class AiohttpNotifyServer(UpnpNotifyServer):
    """Receives events over HTTP, and hands them to its `event_handler`.

    It listens on `source`, port 0 for any free one. `callback_url` is what devices are told where that
    cannot be concluded from `source`, behind NAT for example; in it `{host}` and `{port}` stand for what
    would be told otherwise. `interface` is the address of ours by which devices are reached: SUBSCRIBE leaves
    from it, and if the server listens on all addresses, it is the one that devices are told. Without it the
    system chooses. Where the address listened on is none of this machine's any more, another one is found
    when the next device is asked. Any path is served: devices cut paths, and append to them (row E-039).
    `limits` bound connections and what comes through them.
    """

    def __init__(
        self,
        requester: UpnpRequester,
        source: AddressTupleVXType,
        callback_url: str | None = None,
        loop: AbstractEventLoop | None = None,
        *,
        interface: str | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self._limits = limits
        self._quiet = QuietLog(_LOGGER, limits.log_reasons)
        self._source = source
        self._interface = interface
        self._callback_url = callback_url
        self._loop = loop
        self._connections: NotifyConnections | None = None
        self._server: AbstractServer | None = None
        self._request_url = ""
        asks = requester if interface is None else FromAddress(requester, interface)
        self.event_handler = UpnpEventHandler(self, asks, limits=limits)

    async def async_start_server(self) -> None:
        """Start listening, if it does not listen already. Raises UpnpServerOSError, with its errno."""
        if self._server is not None:
            return
        self._have(*await self._async_listen(get_host_string(self._source)))

    async def _async_listen(self, host: str) -> tuple[asyncio.Server, NotifyConnections]:
        loop, port = self._loop or asyncio.get_running_loop(), self._source[1]
        connections = NotifyConnections(self._take, self._limits, self._quiet, loop)
        try:
            return await loop.create_server(connections.accept, host, port), connections
        except OSError as err:
            _LOGGER.error("Could not listen on %s port %s: %s", host, port, err)  # noqa: TRY400  # says it all
            raise UpnpServerOSError(errno=err.errno or 0, strerror=err.strerror or str(err)) from err

    def _have(self, server: asyncio.Server, connections: NotifyConnections) -> None:
        self._server, self._connections = server, connections
        # A host name can stand for several addresses; devices are told one, rather IPv4 (two items) than
        # IPv6
        self._source = min((sock.getsockname() for sock in server.sockets), key=len)
        self._request_url = self.callback_url

    async def _async_move(self, url: str) -> None:
        """Listen on the address by which a device is reached, where that listened on is ours no more."""
        server, connections = self._server, self._connections
        if server is None or self._listens_everywhere or is_own_address(get_host_string(self._source)):
            return
        try:
            _, address = await async_get_local_ip(url, self._loop)
            if (":" in address) != (":" in self.listen_host):
                return
            new = await self._async_listen(address)
        except OSError as err:
            _LOGGER.debug("%s is no address of ours, and there is no other: %s", self.listen_host, err)
            return
        if self._server is server:
            _LOGGER.info("Listening on %s: %s is no address of ours any more", address, self.listen_host)
            self._have(*new)
            await _async_close(server, connections)
        else:  # it was stopped meanwhile
            await _async_close(*new)

    async def async_stop_server(self) -> None:
        """Cancel all subscriptions, then stop listening; safe at any time."""
        try:
            await self.event_handler.async_unsubscribe_all()
        finally:
            server, self._server = self._server, None
            connections, self._connections = self._connections, None
            if server is not None:
                await _async_close(server, connections)

    def _take(self, request: LenientRequest, sender: str | None) -> tuple[int, Callable[[], None]]:
        """Judge a request, for its connection."""
        if request.method != "NOTIFY":
            return HTTPStatus.METHOD_NOT_ALLOWED, do_nothing
        body = decode_text(request.body, lambda: request.charset)
        log = _LOGGER_TRAFFIC_UPNP.isEnabledFor(logging.DEBUG)
        if log:
            what = shown(request.target)
            text = dump(request.headers, body)
            _LOGGER_TRAFFIC_UPNP.debug("Incoming request from %s:\nNOTIFY %s\n%s", sender, what, text)
        status, take_in = self.event_handler.receive_notify(
            HttpRequest("NOTIFY", self._request_url, request.headers, body, sender=sender)
        )
        if log:
            _LOGGER_TRAFFIC_UPNP.debug("Answer %s to %s", int(status), sender)
        return status, take_in

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
        if not self._needs_host:
            return self._url_at(self.listen_host)
        if self._interface is not None:
            return self._url_at(self._interface)
        try:
            return self._url_at(get_local_ip(_EXTERNAL_IPV6 if ":" in self.listen_host else None))
        except OSError:
            return self._url_at(self.listen_host)  # no route at all; `async_callback_url_for` knows better

    async def async_callback_url_for(self, url: str) -> str:
        """Return the callback URL for the device behind `url`: with the address by which that is reached."""
        await self._async_move(url)
        if self._interface is None and self._needs_host:
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

    @property
    def _needs_host(self) -> bool:
        """Whether what devices are told depends on where they are."""
        return self._listens_everywhere and (self._callback_url is None or "{host}" in self._callback_url)

    def _url_at(self, host: str) -> str:
        if self._callback_url is None:
            return f"http://{host_header(host, self.listen_port)}{_NOTIFY_PATH}"
        named = host.partition("%")[0]  # a zone means nothing to the device
        in_url = f"[{named}]" if ":" in named else named
        return self._callback_url.replace("{host}", in_url).replace("{port}", str(self.listen_port))


async def _async_close(server: AbstractServer, connections: NotifyConnections | None) -> None:
    server.close()
    if connections is not None:
        await connections.async_stop()
    await server.wait_closed()
