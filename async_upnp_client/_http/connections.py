"""All connections to an HTTP server of ours: how many, for how long, and the bytes that are answered.

The notify server of a control point and the server of a device stand on it (UDA 2.0 §2.11, §3.2, §4). Each
request goes to `take`, which gives the answer, or a coroutine that does. It must not know what one means.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from collections.abc import Set as AbstractSet
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, Final, NamedTuple, TypeAlias

from async_upnp_client._http.connection import Answer, Connection, Elsewhere, host_of
from async_upnp_client._http.lenient import LenientRequest, RequestReader
from async_upnp_client._quiet import QuietLog
from async_upnp_client.limits import Limits

REFUSED: Final = "Refused a connection of %s: there are %s already"

STOPPING_SECONDS: Final = 2.0
"""Seconds that a request under way has to come to its end when the server stops."""

Take: TypeAlias = Callable[[LenientRequest, Connection], Answer | Coroutine[Any, Any, Answer]]


async def async_end(answering: AbstractSet[asyncio.Task[Any]]) -> None:
    """Wait a moment for the requests under way, and cancel what takes longer."""
    if answering:
        await asyncio.wait(tuple(answering), timeout=STOPPING_SECONDS)
    left = tuple(answering)
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


class Bounds(NamedTuple):
    """How many connections there may be, of one host too, for how many seconds, and bytes of a request."""

    connections: int
    of_host: int
    seconds: float
    request_bytes: int


class Connections:
    """All connections of a server, whose requests `take` answers, but for those that are for `elsewhere`.

    `server` is the SERVER header of what is answered.
    """

    def __init__(
        self,
        take: Take,
        bounds: Bounds,
        limits: Limits,
        quiet: QuietLog,
        loop: asyncio.AbstractEventLoop,
        *,
        server: str | None = None,
        elsewhere: Elsewhere | None = None,
    ) -> None:
        self.take = take
        self.quiet = quiet
        self.loop = loop
        self.elsewhere = elsewhere
        self._bounds = bounds
        self._limits = limits
        self._server = "" if server is None else f"Server: {server}\r\n"
        self._open: dict[Connection, None] = {}
        self._answering: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._is_stopped = False
        self._is_empty: asyncio.Future[None] | None = None
        self._second = 0  # that the date is of
        self._date = ""

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._open)

    def accept(self) -> asyncio.Protocol:
        """Make a connection, as `loop.create_server` asks for one."""
        others = 0 if self.elsewhere is None else self.elsewhere.count()
        if len(self._open) + others >= self._bounds.connections:
            return Refusal(self.quiet, self._bounds.connections)
        return Connection(self)

    async def async_stop(self) -> None:
        """Wait a moment for the requests under way, close all, and wait until they are gone."""
        self._is_stopped = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        await async_end(self._answering)
        if self._open:
            self._is_empty = self.loop.create_future()
            for connection in list(self._open):
                connection.close_soon()
            await self._is_empty

    # --- For its connections ---

    def reader(self) -> RequestReader:
        """Make a reader for the next request."""
        return RequestReader(self._bounds.request_bytes, self._limits)

    def now(self) -> float:
        """Return the time of the loop."""
        return self.loop.time()

    def begin(self, answering: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Have a request answered, and keep in mind that it is under way."""
        task = self.loop.create_task(answering)
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)
        return task

    def written(self, request: LenientRequest | None, answer: Answer, *, is_last: bool) -> bytes:
        """Return the bytes of an answer to a request, which is None where it could not be read."""
        second = int(time.time())
        if second != self._second:
            self._second, self._date = second, formatdate(second, usegmt=True)
        status, body, headers, _, reason = answer
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        if is_last:
            lines += "Connection: close\r\n"
        elif request is not None and request.asks_to_stay:
            lines += "Connection: keep-alive\r\n"
        head = (
            f"HTTP/1.1 {int(status)} {reason or HTTPStatus(status).phrase}\r\nContent-Length: {len(body)}\r\n"
            f"Date: {self._date}\r\n{self._server}{lines}\r\n"
        ).encode()
        return head if request is not None and request.method == "HEAD" else head + body

    def opened(self, connection: Connection) -> None:
        """Watch a connection."""
        connection.since = self.now()
        self._open[connection] = None
        if self._is_stopped:
            connection.close()  # it was accepted as the server stopped
        elif self._count_of(connection.host) > self._bounds.of_host:
            self.quiet.report(REFUSED, connection.host, self._bounds.of_host)
            connection.abort()
        elif self._timer is None:
            self._timer = self.loop.call_later(self._bounds.seconds, self._sweep)

    def _count_of(self, host: str | None) -> int:
        others = 0 if self.elsewhere is None else self.elsewhere.count(host)
        return others + sum(connection.host == host for connection in self._open)

    def lost(self, connection: Connection) -> None:
        """Watch it no longer."""
        self._open.pop(connection, None)
        if not self._open and self._is_empty is not None and not self._is_empty.done():
            self._is_empty.set_result(None)

    def _sweep(self) -> None:
        """End what has taken too long, and look again when the next has."""
        self._timer = None
        now, wait = self.now(), self._bounds.seconds
        for connection in [one for one in self._open if now - one.since >= wait]:
            connection.since = now
            connection.expire()
        if self._open:
            due = min(connection.since for connection in self._open) + wait
            self._timer = self.loop.call_at(due, self._sweep)


class Refusal(asyncio.Protocol):
    """A connection that is closed as soon as it is there."""

    def __init__(self, quiet: QuietLog, limit: int) -> None:
        self._quiet = quiet
        self._limit = limit

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Close it."""
        self._quiet.report(REFUSED, host_of(transport), self._limit)
        transport.close()
