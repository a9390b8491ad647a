"""Connections that aiohttp serves for us, and closes never: those that wait for a request for too long.

`server.pages` has these. An HTTP server by itself waits for ever for a request that comes byte by byte, on as
many connections as anybody likes to open. It must not know HTTP.
"""

import asyncio
from typing import Protocol

from async_upnp_client._http.connection import host_of
from async_upnp_client._quiet import QuietLog


class Served(Protocol):
    """What an HTTP server makes for each connection."""

    transport: asyncio.Transport | None


class IdleConnections:
    """Bounds for how many seconds a connection may be without a request."""

    def __init__(self, seconds: float, quiet: QuietLog, loop: asyncio.AbstractEventLoop) -> None:
        self._seconds = seconds
        self._quiet = quiet
        self._loop = loop
        # since when each waits for a request; those that have one are not here
        self._waiting: dict[Served, float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._is_stopped = False

    def begin(self, connection: Served) -> None:
        """Take it that a connection has a request; how long that may take is for the server to say."""
        self._waiting.pop(connection, None)

    def end(self, connection: Served) -> None:
        """Take it that a connection waits for its next request."""
        if self._is_stopped:
            return
        self._waiting[connection] = self._loop.time()
        if self._timer is None:
            self._timer = self._loop.call_later(self._seconds, self._sweep)

    def _sweep(self) -> None:
        """Close what has waited for too long, and look again when the next has."""
        self._timer = None
        now = self._loop.time()
        for connection, since in list(self._waiting.items()):
            transport = connection.transport
            if transport is None or transport.is_closing():
                del self._waiting[connection]
            elif now - since >= self._seconds:
                self._quiet.report("Closed a connection of %s without a request", host_of(transport))
                transport.abort()
                del self._waiting[connection]
        if self._waiting:
            due = min(self._waiting.values()) + self._seconds
            self._timer = self._loop.call_at(due, self._sweep)

    def stop(self) -> None:
        """Watch no longer; the server closes what is left."""
        self._is_stopped = True
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
