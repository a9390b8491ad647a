"""The HTTP server of a device, at one address or several, and bounded in what others make it hold.

``server.lifecycle`` has one for the device that it publishes. What UPnP has the device answer comes and goes
on connections of our own, which are handed to ``pages`` where a page of its author is asked for. It must not
know what is served.
"""

import asyncio
import logging
import socket
from typing import Protocol

from async_upnp_client._http.connection import Elsewhere
from async_upnp_client._http.connections import Bounds, Connections, Take
from async_upnp_client._product import user_agent
from async_upnp_client._quiet import QuietLog
from async_upnp_client.limits import Limits

_LOGGER = logging.getLogger(__name__)


class OtherServer(Elsewhere, Protocol):
    """A server of pages, which has some of the requests."""

    async def async_start(self) -> None:
        """Make ready to serve."""

    async def async_stop(self) -> None:
        """End what is under way, and serve no more."""


class HttpServer:
    """Serves what ``take`` answers, and ``pages``, wherever it is told to listen until ``async_stop``."""

    def __init__(self, take: Take, limits: Limits, pages: OtherServer | None = None) -> None:
        self._take = take
        self._limits = limits
        self._pages = pages
        self._connections: Connections | None = None
        self._servers: list[asyncio.Server] = []

    async def async_start(self) -> None:
        """Make ready to serve."""
        limits, pages = self._limits, self._pages
        if pages is not None:
            await pages.async_start()
        self._connections = Connections(
            self._take,
            Bounds(
                limits.request_connections,
                limits.connections_per_host,
                limits.request_seconds,
                limits.request_bytes,
            ),
            limits,
            QuietLog(_LOGGER, limits.log_reasons),
            asyncio.get_running_loop(),
            server=user_agent(),
            elsewhere=pages,
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
        connections, self._connections = self._connections, None
        if connections is not None:
            await asyncio.gather(
                connections.async_stop(), *([] if self._pages is None else [self._pages.async_stop()])
            )
        for server in self._servers:
            await server.wait_closed()
        self._servers.clear()
