"""UDA chapter 3, practice of devices: how many calls one device is given at a time (C-034).

Each device has a gate, and ``UpnpAction.async_call`` passes that of the root device around each exchange.
Lean where nobody waits, which is nearly always; must not know actions, nor HTTP.
"""

import asyncio
import contextlib
import math
from collections import deque
from typing import Final

# Calls under way at one device, as with service descriptions (`Limits.scpd_requests`): routers and old
# renderers serve a few connections at a time, and drop what comes beyond. A poll of twenty values waits five
# round trips; without the limit, some of them would fail.
CALL_LIMIT: Final = 4


def checked_limit(limit: int | None) -> int | None:
    """Return a limit that a caller sets; ValueError below 1, where no call would ever be sent."""
    if limit is not None and limit < 1:
        raise ValueError(f"call_limit must be at least 1 or None, not {limit}")
    return limit


class CallGate:
    """Lets a number of calls through at a time, the others in their order; None is no limit.

    It belongs to no event loop: what waits, waits in its own. ValueError for a limit below 1.
    """

    __slots__ = ("_most", "_waiting", "under_way")

    def __init__(self, limit: int | None = CALL_LIMIT) -> None:
        limit = checked_limit(limit)
        self._most: float = math.inf if limit is None else limit
        self._waiting: deque[asyncio.Future[None]] | None = None  # made for the first that has to wait
        self.under_way = 0
        """Calls let in that have not left. Below the limit nobody waits: who leaves hands on the place."""

    def enter(self) -> bool:
        """Let a call in at once, which has to ``leave`` then; False where it has to ``async_wait`` first."""
        if self.under_way >= self._most:
            return False
        self.under_way += 1
        return True

    async def async_wait(self) -> None:
        """Wait to be let in, after ``enter`` was False; after an error or a cancellation one is not in."""
        if self._waiting is None:
            self._waiting = deque()
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            await waiter
        except BaseException:
            if waiter.done() and not waiter.cancelled():
                self.leave()  # let in and cancelled in the same moment: the place is another's
            else:
                with contextlib.suppress(ValueError):  # ``leave`` has passed it over
                    self._waiting.remove(waiter)
            raise

    async def __aenter__(self) -> None:
        """Wait to be let in, at once where there is a place."""
        if not self.enter():
            await self.async_wait()

    async def __aexit__(self, *_: object) -> None:
        """Leave."""
        self.leave()

    def leave(self) -> None:
        """End a call that was let in, and let in the next one."""
        waiting = self._waiting
        while waiting:
            waiter = waiting.popleft()
            # a loop may have been closed over those who waited in it
            if not waiter.done() and not waiter.get_loop().is_closed():
                waiter.set_result(None)
                return
        self.under_way -= 1
