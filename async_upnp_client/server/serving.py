"""The HTTP server of a device, at one address or several, and bounded in what others make it hold.

``server.lifecycle`` has one for the device that it publishes, with the routes of ``server.http``. It must not
know what is served.
"""

import asyncio
import logging
import socket
from collections.abc import Iterable
from typing import Any, Final

from aiohttp import web

from async_upnp_client._http.connections import LINGERING_SECONDS, Connections
from async_upnp_client._http.peer_errors import PeerErrors
from async_upnp_client._quiet import QuietLog
from async_upnp_client.limits import Limits
from async_upnp_client.server.http import Handler

_LOGGER = logging.getLogger(__name__)

SHUTDOWN_SECONDS: Final = 2.0
"""Seconds that a request under way has to come to its end when the server stops."""


class HttpServer:
    """Serves ``routes``, between ``async_start`` and ``async_stop``, wherever it is told to listen."""

    def __init__(self, routes: Iterable[web.AbstractRouteDef], limits: Limits) -> None:
        self._limits = limits
        self._quiet = QuietLog(_LOGGER, limits.log_reasons)
        app = web.Application(client_max_size=limits.request_bytes, middlewares=[self._async_answer])
        app.add_routes(routes)
        self._runner = web.AppRunner(
            app,
            access_log=None,
            logger=PeerErrors(_LOGGER, self._quiet),
            shutdown_timeout=SHUTDOWN_SECONDS,
            lingering_time=LINGERING_SECONDS,
        )
        self._connections: Connections | None = None
        self._servers: list[asyncio.Server] = []
        self._answering: set[asyncio.Task[Any]] = set()

    async def async_start(self) -> None:
        """Make ready to serve."""
        await self._runner.setup()
        if self._runner.server is None:
            raise AssertionError("aiohttp has a server once it is set up")
        self._connections = Connections(
            self._runner.server,
            self._limits.request_connections,
            self._limits.request_seconds,
            self._quiet,
            asyncio.get_running_loop(),
        )

    async def async_listen(self, listening: socket.socket) -> asyncio.Server:
        """Serve at one more address, that of a socket which listens; what is given can be closed any time."""
        if self._connections is None:
            raise AssertionError("The server has not started")
        server = await asyncio.get_running_loop().create_server(self._connections.accept, sock=listening)
        self._servers.append(server)
        return server

    async def async_stop(self) -> None:
        """Take no more requests, wait a moment for those under way, and end them; safe twice."""
        for server in self._servers:
            server.close()
        if self._connections is not None:
            self._connections.stop()
        # aiohttp cancels what is under way, but does not wait until that has been done
        if self._answering:
            await asyncio.wait(tuple(self._answering), timeout=SHUTDOWN_SECONDS)
        left = tuple(self._answering)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await self._runner.cleanup()
        for server in self._servers:
            await server.wait_closed()
        self._servers.clear()

    @web.middleware
    async def _async_answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request, and keep in mind that it is under way until the answer has left."""
        task = asyncio.current_task()
        if task is None or self._connections is None:
            raise AssertionError("aiohttp answers in tasks, once it has started")
        self._answering.add(task)
        self._connections.begin(request.protocol)
        try:
            response = await handler(request)
            await self._async_send(response, request)
            return response
        finally:
            self._answering.discard(task)
            self._connections.end(request.protocol)

    async def _async_send(self, response: web.StreamResponse, request: web.Request) -> None:
        """Send an answer; aiohttp would do it later, when who reads slowly seems to have no request."""
        try:
            await response.prepare(request)
            await response.write_eof()
        except ConnectionError as err:
            self._quiet.report("%s has not waited for the answer: %s", request.remote, err)
