"""What a device serves beside its documents, by the aiohttp of its author: pages, icons, media.

``serving`` hands over a connection on which such a request comes. The handlers of the UPnP chapters are here
once more as aiohttp has them, since control points go on using the same connection. It must not know what
they answer, and is loaded by who has pages only: aiohttp's server takes longer to load than all of ours.
"""

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any, NamedTuple, TypeAlias

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from async_upnp_client._headers import CaseInsensitiveDict, shown
from async_upnp_client._http.connection import LINGERING_SECONDS, Answer, host_of
from async_upnp_client._http.connections import STOPPING_SECONDS, async_end
from async_upnp_client._http.idle_connections import IdleConnections
from async_upnp_client._http.lenient import LenientRequest
from async_upnp_client._http.peer_errors import PeerErrors
from async_upnp_client._product import user_agent
from async_upnp_client._quiet import QuietLog
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.server.device import UpnpServerDevice
from async_upnp_client.server.http import (
    Handler,
    handlers,
    is_own_host,
)

_LOGGER = logging.getLogger(__name__)

PageHandler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


# --- Ours, as aiohttp has them ---


class SocketEnds(NamedTuple):
    """Who is at the two ends of a connection of aiohttp's."""

    host: str | None
    peername: Any
    sockname: Any


async def async_answer(
    handler: Handler, request: web.Request, limits: Limits = DEFAULT_LIMITS
) -> web.Response:
    """Have a request of aiohttp's answered by a handler of ours."""
    body = await async_read(request, limits)
    if isinstance(body, web.Response):
        return body
    transport = request.transport
    ends = SocketEnds(
        request.remote,
        transport and transport.get_extra_info("peername"),
        transport and transport.get_extra_info("sockname"),
    )
    headers = CaseInsensitiveDict(request.headers)
    found = handler(LenientRequest(request.method, request.path_qs, headers, body, is_last=False), ends)
    answer = found if isinstance(found, Answer) else await found
    response = web.Response(
        status=answer.status, reason=answer.reason, body=answer.body, headers=answer.headers
    )
    response.headers.setdefault("Server", user_agent())
    if answer.then is not None:
        await response.prepare(request)
        await response.write_eof()
        answer.then()
    return response


async def async_read(request: web.Request, limits: Limits) -> bytes | web.Response:
    """Read the body of a request; the answer that refuses it where that cannot be."""
    try:
        async with asyncio.timeout(limits.request_seconds):
            return await request.read()
    except TimeoutError:
        _LOGGER.debug("Refused a request of %s, which does not come to an end", request.remote)
        return web.Response(status=HTTPStatus.REQUEST_TIMEOUT, headers={"Connection": "close"})
    except web.HTTPRequestEntityTooLarge:
        return web.Response(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except (HttpProcessingError, web.RequestPayloadError, OSError) as err:
        _LOGGER.debug("Could not read a request of %s: %s", request.remote, shown(repr(err)))
        return web.Response(status=HTTPStatus.BAD_REQUEST)


# --- What aiohttp is told ---


def page_routes(device: UpnpServerDevice) -> list[web.AbstractRouteDef]:
    """Give the routes that the authors of a root device and of those in it add; none as a rule.

    Handlers are guarded against foreign names (C-032); views and folders of files stay as they are.
    """
    return [guarded_route(route, one.LANGUAGE) for one in device.all_server_devices for route in one.routes()]


def own_routes(device: UpnpServerDevice, limits: Limits = DEFAULT_LIMITS) -> list[web.AbstractRouteDef]:
    """Give the routes of what UPnP has a root device serve."""
    return [
        # aiohttp lets HEAD have what GET has
        web.route(method, path, guarded(partial(async_answer, handler, limits=limits)))
        if method != "GET"
        else web.get(path, guarded(partial(async_answer, handler, limits=limits)))
        for path, methods in handlers(device, limits).items()
        for method, handler in methods.items()
    ]


def guarded_route(route: web.AbstractRouteDef, language: str) -> web.AbstractRouteDef:
    """Return an author's route with its handler guarded, if it has one that is a coroutine."""
    if isinstance(route, web.RouteDef) and inspect.iscoroutinefunction(route.handler):
        handler = guarded(in_language(route.handler, language))
        return web.RouteDef(route.method, route.path, handler, route.kwargs)
    return route


def in_language(handler: PageHandler, language: str) -> PageHandler:
    """Say in which language a page is, to who asks for one, where its author has not (UDA 2.0 §5)."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = await handler(request)
        is_page = not response.prepared and response.content_type == "text/html"
        if is_page and "Accept-Language" in request.headers:
            response.headers.setdefault("CONTENT-LANGUAGE", language)
        return response

    return answer


def guarded(handler: PageHandler) -> PageHandler:
    """Refuse requests for a host that is not this one, and say who we are in every answer."""

    async def answer(request: web.Request) -> web.StreamResponse:
        host = request.headers.get("Host", "")
        if not is_own_host(host):
            _LOGGER.debug("Refused a request of %s for host %s", request.remote, shown(host))
            return web.Response(status=HTTPStatus.FORBIDDEN)
        response = await handler(request)
        if not response.prepared:
            response.headers.setdefault("Server", user_agent())
        return response

    return answer


# --- What aiohttp serves ---


class Pages:
    """Serves routes by aiohttp, on connections that it is handed: not for requests that ``is_ours`` knows."""

    def __init__(
        self,
        routes: Sequence[web.AbstractRouteDef],
        limits: Limits,
        is_ours: Callable[[str, str], bool],
    ) -> None:
        self._limits = limits
        self._is_ours = is_ours
        self._quiet = QuietLog(_LOGGER, limits.log_reasons)
        app = web.Application(client_max_size=limits.request_bytes, middlewares=[self._async_answer])
        app.add_routes(routes)
        self._runner = web.AppRunner(
            app,
            access_log=None,
            logger=PeerErrors(_LOGGER, self._quiet),
            shutdown_timeout=STOPPING_SECONDS,
            lingering_time=LINGERING_SECONDS,
        )
        self._idle: IdleConnections | None = None
        self._answering: set[asyncio.Task[Any]] = set()

    async def async_start(self) -> None:
        """Make ready to serve."""
        await self._runner.setup()
        self._idle = IdleConnections(self._limits.request_seconds, self._quiet, asyncio.get_running_loop())

    def serves(self, method: str, target: str) -> bool:
        """Tell whether a request may be for a page: what nobody else knows is."""
        return not self._is_ours(method, target)

    def count(self, host: str | None = None) -> int:
        """Return how many connections there are, of one host or of all."""
        found = [] if self._runner.server is None else self._runner.server.connections
        if host is None:
            return len(found)
        return sum(one.transport is not None and host_of(one.transport) == host for one in found)

    def take_over(self, transport: asyncio.Transport, data: bytes) -> None:
        """Serve on a connection from now on; `data` is what came of its next request."""
        if self._runner.server is None or self._idle is None:
            transport.abort()  # it has stopped meanwhile
            return
        connection = self._runner.server()
        transport.set_protocol(connection)
        connection.connection_made(transport)
        self._idle.end(connection)
        connection.data_received(data)

    async def async_stop(self) -> None:
        """Wait a moment for what is under way, and end it; safe twice."""
        idle, self._idle = self._idle, None
        if idle is not None:
            idle.stop()
        # aiohttp cancels what is under way, but does not wait until that has been done
        await async_end(self._answering)
        await self._runner.cleanup()

    @web.middleware
    async def _async_answer(self, request: web.Request, handler: PageHandler) -> web.StreamResponse:
        """Answer a request, and keep in mind that it is under way until the answer has left."""
        task = asyncio.current_task()
        idle = self._idle
        if task is None or idle is None:
            raise web.HTTPServiceUnavailable  # it has stopped meanwhile
        self._answering.add(task)
        idle.begin(request.protocol)
        try:
            response = await handler(request)
            await self._async_send(response, request)
            return response
        finally:
            self._answering.discard(task)
            idle.end(request.protocol)

    async def _async_send(self, response: web.StreamResponse, request: web.Request) -> None:
        """Send an answer; aiohttp would do it later, when who reads slowly seems to have no request."""
        try:
            await response.prepare(request)
            await response.write_eof()
        except ConnectionError as err:
            self._quiet.report("%s has not waited for the answer: %s", request.remote, err)
