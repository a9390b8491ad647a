"""The connections of an HTTP server of ours: how many there are, and for how long they wait.

`server.serving` has one of these for a device, and `notify_connections` refuses and lingers alike. An HTTP
server by itself waits for ever for a request that comes byte by byte, on as many connections as anybody likes
to open. It must not know HTTP.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Final, Protocol

from async_upnp_client._quiet import QuietLog

LINGERING_SECONDS: Final = 0.5
"""Seconds in which the sender of a refused request may go on sending, so that he gets to read why: a round
trip or two. aiohttp's ten would let who trickles stay for as long."""


class Connection(Protocol):
    """What an HTTP server makes for each connection."""

    transport: asyncio.Transport | None


class Server(Protocol):
    """An HTTP server, which is called to make a connection."""

    @property
    def connections(self) -> Sequence[Any]:
        """Those that are open."""

    def __call__(self) -> Any:
        """Make one."""


class Refusal(asyncio.Protocol):
    """A connection that is closed as soon as it is there."""

    def __init__(self, quiet: QuietLog, limit: int) -> None:
        self._quiet = quiet
        self._limit = limit

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Close it."""
        reason = "Refused a connection of %s: there are %s already"
        self._quiet.report(reason, host_of(transport), self._limit)
        transport.close()


class Connections:
    """Bounds the connections of `server`: `most` at a time, each `seconds` without a request."""

    def __init__(
        self, server: Server, most: int, seconds: float, quiet: QuietLog, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._server = server
        self._most = most
        self._seconds = seconds
        self._quiet = quiet
        self._loop = loop
        # since when each waits for a request; those that have one are not here
        self._waiting: dict[Connection, float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._is_stopped = False

    def accept(self) -> asyncio.Protocol:
        """Make a connection, as `loop.create_server` asks for one."""
        if len(self._server.connections) >= self._most:
            return Refusal(self._quiet, self._most)
        connection: Any = self._server()
        self.end(connection)
        return connection  # type: ignore[no-any-return]  # a protocol of the HTTP server

    def begin(self, connection: Connection) -> None:
        """Take it that a connection has a request; how long that may take is for the server to say."""
        self._waiting.pop(connection, None)

    def end(self, connection: Connection) -> None:
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


def host_of(transport: asyncio.BaseTransport) -> str | None:
    """Return the address at the other end."""
    name = transport.get_extra_info("peername")
    return str(name[0]) if name else None
