"""Routers are weak: calls to a gateway go one at a time, with a pause between them (practice of devices).

``caller`` puts a gate of this kind in the place of a device's own. Several UPnP stacks in routers drop a
second connection, or answer one of two calls at once with an error. Must not know what is called.
"""

import asyncio
from typing import Final

from async_upnp_client.client.call_gate import CallGate

CALL_GAP: Final = 0.02
"""Seconds from one answer to the next call: a poll of seven values takes a seventh of a second more."""


class PacedGate(CallGate):
    """Lets one call through at a time, and the next not before `gap` seconds after the last has left."""

    __slots__ = ("_free_at", "gap")

    def __init__(self, gap: float = CALL_GAP, limit: int | None = 1) -> None:
        super().__init__(limit)
        self.gap = gap
        self._free_at = 0.0

    def enter(self) -> bool:
        """Let a call in at once, which has to ``leave`` then; False where it has to ``async_wait`` first."""
        return asyncio.get_running_loop().time() >= self._free_at and super().enter()

    async def async_wait(self) -> None:
        """Wait for the turn, then for the end of the pause; after an error or cancellation one is not in."""
        if not super().enter():
            await super().async_wait()
        try:
            await asyncio.sleep(self._free_at - asyncio.get_running_loop().time())
        except BaseException:
            super().leave()
            raise

    def leave(self) -> None:
        """End a call that was let in, and let in the next one after the pause."""
        self._free_at = asyncio.get_running_loop().time() + self.gap
        super().leave()
