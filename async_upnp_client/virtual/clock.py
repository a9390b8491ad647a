"""The time that virtual devices live by: the loop's, or one that only its owner moves.

A device that plays for three minutes is tested in a moment: give it a ``ManualClock``, and ``advance`` it.
It must not know what the timers are for.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """What ``call_at`` gives."""

    def cancel(self) -> None:
        """Never call."""


class Clock(Protocol):
    """A monotonic clock in seconds, and what rings at its times; a running loop is one."""

    def time(self) -> float:
        """Give the time."""

    def call_at(self, when: float, callback: Callable[[], object]) -> Timer:
        """Call at a time, or at once where that has passed."""


class LoopClock:
    """The clock of the loop that runs when it is asked."""

    def time(self) -> float:
        """Give the time of the loop; where none runs, that which the loops of asyncio go by."""
        try:
            return asyncio.get_running_loop().time()
        except RuntimeError:
            return time.monotonic()

    def call_at(self, when: float, callback: Callable[[], object]) -> Timer:
        """Have the loop call at a time."""
        return asyncio.get_running_loop().call_at(when, callback)


class ManualTimer:
    """A timer of a ``ManualClock``."""

    def __init__(self, callback: Callable[[], object]) -> None:
        self.callback: Callable[[], object] | None = callback

    def cancel(self) -> None:
        """Never call."""
        self.callback = None


class ManualClock:
    """A clock that stands still until ``advance``."""

    def __init__(self, start: float = 0.0) -> None:
        self._now = start
        self._order = itertools.count()
        self._timers: list[tuple[float, int, ManualTimer]] = []

    def time(self) -> float:
        """Give the time: where it was left."""
        return self._now

    def call_at(self, when: float, callback: Callable[[], object]) -> ManualTimer:
        """Call once ``advance`` has come to a time."""
        timer = ManualTimer(callback)
        heapq.heappush(self._timers, (when, next(self._order), timer))
        return timer

    def advance(self, seconds: float) -> None:
        """Let time pass, and call what is due meanwhile, each at its time."""
        end = self._now + seconds
        while self._timers and self._timers[0][0] <= end:
            when, _, timer = heapq.heappop(self._timers)
            self._now = max(self._now, when)
            callback, timer.callback = timer.callback, None
            if callback is not None:
                callback()
        self._now = end
