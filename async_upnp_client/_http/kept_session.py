"""A session of aiohttp that lasts for a moment, for a requester that has no end at which it could close one.

What is asked of a device comes in bursts: its descriptions, its subscriptions, all of its state. `aiohttp`
has one of these for each `AiohttpRequester`. It must not know what is sent, or what is worth a second try.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Final

from aiohttp import ClientSession

KEPT_SECONDS: Final = 0.5
"""For how long connections wait for the next request. Those of a burst are milliseconds apart, and some
devices serve nobody else while a connection is open."""


async def lasting(make_session: Callable[[], ClientSession]) -> AsyncGenerator[ClientSession]:
    """Yield a session that lasts until nobody holds this generator any more, or the loop ends.

    In both cases asyncio finishes the generator: `asyncio.run` has `loop.shutdown_asyncgens` for the latter.
    """
    async with make_session() as session:
        yield session


class KeptSession:
    """A session on one loop, made when it is needed; `async with` gives it for one request."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._generator: AsyncGenerator[ClientSession] | None = None
        self._session: ClientSession | None = None
        self._users = 0
        self._used_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    async def async_enter(self, make_session: Callable[[], ClientSession]) -> ClientSession:
        """Give the session for one request, which is followed by `leave`."""
        # sessions that stand in for aiohttp's in tests of applications do not say whether they are closed
        if self._session is None or getattr(self._session, "closed", False):
            self._generator = lasting(make_session)
            self._session = await anext(self._generator)
        self._users += 1
        return self._session

    def leave(self) -> None:
        """Take it that a request is over."""
        self._users -= 1
        self._used_at = self.loop.time()
        if self._timer is None:
            self._timer = self.loop.call_later(KEPT_SECONDS, self._look)

    def _look(self) -> None:
        """Let go of what was not used for long enough."""
        self._timer = None
        due = self._used_at + KEPT_SECONDS
        if self.loop.time() < due:
            self._timer = self.loop.call_at(due, self._look)
        elif not self._users:
            self._generator = self._session = None

    @property
    def is_open(self) -> bool:
        """Whether a connection may be there, which the device may have closed meanwhile."""
        return self._session is not None

    async def async_close(self) -> None:
        """Close the connections, unless one of them is in use."""
        generator = self._generator
        if generator is not None and not self._users:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            self._generator = self._session = None
            await generator.aclose()
