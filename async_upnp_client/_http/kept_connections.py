"""Connections to devices that are kept for a moment (UDA 2.0 §2.1).

What is asked of a device comes in bursts: its descriptions, its subscriptions, all of its state. `aiohttp`
has one of these for each `AiohttpRequester`, which has no end at which it could close them. It must not know
redirects, nor which addresses are allowed: it gets a route that was checked.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from typing import Final, NamedTuple

from async_upnp_client._headers import shown
from async_upnp_client._http.answer_reader import AnswerReader
from async_upnp_client._http.device_connection import DeviceConnection, HungUpError, async_connect
from async_upnp_client._http.messages import may_repeat
from async_upnp_client._http.route import Address, Route
from async_upnp_client._http.writing import address_of, written
from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.limits import Limits

_LOGGER = logging.getLogger(__name__)

KEPT_SECONDS: Final = 0.5
"""For how long connections wait for the next request. Those of a burst are milliseconds apart, and some
devices serve nobody else while a connection is open."""

KEPT_PER_ADDRESS: Final = 4
"""How many wait that lead to one device, which is as many as are used at a time (`Limits.scpd_requests`,
`UpnpDevice.call_gate`); a device has room for a few."""

KEPT: Final = 64
"""How many wait in all: a home of 16 devices that are looked at in the same moment. What is closed is opened
again when it is needed."""

CONNECTIONS: Final = 100
"""How many are in use at a time, as with aiohttp: programs may have 1,024 files open, 256 on some systems.
What is more waits for its turn, within its time."""


class Waiting(NamedTuple):
    """A connection that nobody uses, and since when."""

    connection: DeviceConnection
    address: Address
    since: float


async def closing(waiting: list[Waiting]) -> AsyncGenerator[None]:
    """Close what waits once nobody holds this generator any more, or the loop ends.

    In both cases asyncio finishes the generator: `asyncio.run` has `loop.shutdown_asyncgens` for the latter.
    """
    try:
        yield
    finally:
        close_all(waiting)


def close_all(waiting: list[Waiting]) -> None:
    """Close what waits."""
    while waiting:
        waiting.pop().connection.abort()


class KeptConnections:
    """Connections on one loop: those in use, and those that wait for the next request."""

    def __init__(self, loop: asyncio.AbstractEventLoop, limits: Limits) -> None:
        self.loop = loop
        self._limits = limits
        self._waiting: list[Waiting] = []  # since the longest time first
        self._closing: AsyncGenerator[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._room = asyncio.Semaphore(CONNECTIONS)

    async def async_carry(
        self,
        request: HttpRequest,
        route: Route,
        headers: Mapping[str, str],
        most: int,
        seconds: float | None,
    ) -> HttpResponse:
        """Send `request` with `headers` along `route`, and return the answer.

        `most` is for its body, in bytes, `seconds` for a new connection. Raises OSError where the connection
        fails, NoHttpError for what is no answer, ValueError for what HTTP cannot carry.
        """
        address = address_of(request, route)
        message = written(request, route, headers, is_last=False)
        reader = AnswerReader(request.method, most, self._limits)
        async with self._room:
            answer = await self._async_ask_kept(address, message, reader) if may_repeat(request) else None
            if answer is None:
                self._drop(address)  # some devices take one connection at a time
                connection = await async_connect(address, seconds)
                answer = await self._async_ask(connection, address, message, reader)
        return answer

    async def _async_ask_kept(
        self, address: Address, message: bytes, reader: AnswerReader
    ) -> HttpResponse | None:
        """Ask by a connection that waits; None if there is none, or it turns out to be closed."""
        connection = self._take(address)
        if connection is None:
            return None
        try:
            return await self._async_ask(connection, address, message, reader)
        except HungUpError as err:
            _LOGGER.debug("Try again: %s", shown(err))
            return None

    async def _async_ask(
        self, connection: DeviceConnection, address: Address, message: bytes, reader: AnswerReader
    ) -> HttpResponse:
        if self._closing is None:
            self._closing = closing(self._waiting)
            await anext(self._closing)
        answer = await connection.async_ask(message, reader)
        if connection.is_open:
            self._keep(Waiting(connection, address, self.loop.time()))
        return answer

    # --- Those that wait ---

    def _take(self, address: Address) -> DeviceConnection | None:
        """Take out the one that was used last, for a device."""
        waiting = self._waiting
        for index in reversed(range(len(waiting))):
            if waiting[index].address == address:
                connection = waiting.pop(index).connection
                if connection.is_open:
                    return connection
        return None

    def _keep(self, one: Waiting) -> None:
        waiting = self._waiting
        of_it = [other for other in waiting if other.address == one.address]
        if len(of_it) >= KEPT_PER_ADDRESS:
            self._close(of_it[0])
        elif len(waiting) >= KEPT:
            self._close(waiting[0])
        waiting.append(one)
        if self._timer is None:
            self._timer = self.loop.call_later(KEPT_SECONDS, self._sweep)

    def _drop(self, address: Address) -> None:
        for one in [one for one in self._waiting if one.address == address]:
            self._close(one)

    def _sweep(self) -> None:
        """Close what has waited for long enough."""
        self._timer = None
        now, waiting = self.loop.time(), self._waiting
        while waiting and now - waiting[0].since >= KEPT_SECONDS:
            self._close(waiting[0])
        if waiting:
            self._timer = self.loop.call_at(waiting[0].since + KEPT_SECONDS, self._sweep)

    def _close(self, one: Waiting) -> None:
        self._waiting.remove(one)
        one.connection.abort()

    async def async_close(self) -> None:
        """Close those that nobody uses, and wait until they are."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        close_all(self._waiting)
        await asyncio.sleep(0)
