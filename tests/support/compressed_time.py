"""A loop whose time runs several times as fast as the clock: hours of several programs pass in a minute.

All of them go by the clock of the machine, which is one for all its network namespaces. What a machine takes
for its work is not compressed: to programs it seems to be as many times slower.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class QuickSelector(selectors.DefaultSelector):
    """Waits for a part of the time that it is told."""

    def __init__(self, speed: float) -> None:
        """Take how many times as fast time runs."""
        super().__init__()
        self._speed = speed

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready within the time."""
        return super().select(timeout and timeout / self._speed)


class CompressedTimeLoop(asyncio.SelectorEventLoop):
    """A loop with such a time."""

    def __init__(self, speed: float) -> None:
        """Take how many times as fast time runs."""
        self._speed = speed
        self._ahead = 0.0
        super().__init__(QuickSelector(speed))

    def time(self) -> float:
        """Return the time."""
        return super().time() * self._speed + self._ahead

    def jump(self, seconds: float) -> None:
        """Let time pass at once, as it does over the sleep of a machine that counts it."""
        self._ahead += seconds

    @property
    def timers(self) -> int:
        """How many are waited for."""
        return sum(not handle.cancelled() for handle in getattr(self, "_scheduled", ()))


def compressed_loop() -> CompressedTimeLoop:
    """Return the running loop."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, CompressedTimeLoop), "it runs in compressed time"
    return loop


def run(coroutine: Coroutine[Any, Any, T], speed: float = 1.0) -> T:
    """Run a coroutine to its end."""
    with asyncio.Runner(loop_factory=lambda: CompressedTimeLoop(speed)) as runner:
        return runner.run(coroutine)
