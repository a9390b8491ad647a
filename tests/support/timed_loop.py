"""A loop whose time passes when a test says so, in front of the loop that runs."""

import asyncio
from collections.abc import Callable
from typing import Any

from tests.support.multicast import Multicast, MulticastLoop


class Timer:
    """What `call_at` gives."""

    def __init__(self, when: float, callback: Callable[..., object], args: tuple[Any, ...]) -> None:
        """Wait for a time."""
        self._when = when
        self._callback = callback
        self._args = args
        self.is_cancelled = False

    def when(self) -> float:
        """Return the time waited for."""
        return self._when

    def cancel(self) -> None:
        """Never run."""
        self.is_cancelled = True

    def cancelled(self) -> bool:
        """Tell whether it will never run."""
        return self.is_cancelled

    def run(self) -> None:
        """Run, at its time."""
        self._callback(*self._args)


class TimedLoop(MulticastLoop):
    """The running loop with datagrams in memory and time in the hands of a test."""

    def __init__(self, segment: Multicast | None = None) -> None:
        """Begin at an hour, so that nothing depends on beginning at zero."""
        super().__init__(Multicast() if segment is None else segment)
        self.now = 3600.0
        self._timers: list[Timer] = []

    def time(self) -> float:
        """Return the time."""
        return self.now

    def call_at(
        self, when: float, callback: Callable[..., object], *args: Any, context: object = None
    ) -> Timer:
        """Call at a time."""
        assert context is None, "nobody here passes one"
        timer = Timer(when, callback, args)
        self._timers.append(timer)
        return timer

    def call_later(self, delay: float, callback: Callable[..., object], *args: Any) -> Timer:
        """Call after a time."""
        return self.call_at(self.now + delay, callback, *args)

    @property
    def timers(self) -> list[Timer]:
        """What is waited for, the earliest first."""
        self._timers = [timer for timer in self._timers if not timer.is_cancelled]
        return sorted(self._timers, key=Timer.when)

    @property
    def waits(self) -> list[float]:
        """How long each of them still waits, in seconds."""
        return [timer.when() - self.now for timer in self.timers]

    async def pass_time(self, seconds: float) -> int:
        """Let time pass, and what comes up run in its order; return how many did."""
        end, count = self.now + seconds, 0
        while (timers := self.timers) and timers[0].when() <= end:
            self._timers.remove(timers[0])
            self.now = max(self.now, timers[0].when())
            timers[0].run()
            count += 1
            await asyncio.sleep(0)
        self.now = end
        return count
