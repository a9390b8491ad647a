"""A loop whose time jumps to the next timer as soon as nothing else is to be done: hours pass in a moment."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class JumpingSelector(selectors.DefaultSelector):
    """Never waits: the time that it was to wait has passed."""

    def __init__(self) -> None:
        """Begin at an hour, so that nothing depends on beginning at zero."""
        super().__init__()
        self.now = 3600.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready, or let the time pass."""
        ready = super().select(0)
        if not ready and timeout is None:
            raise RuntimeError("nothing will ever happen here any more")
        if not ready and timeout:
            self.now += timeout
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """A loop with the time of its selector."""

    def __init__(self) -> None:
        """Begin with a selector of its own."""
        self.selector = JumpingSelector()
        super().__init__(self.selector)

    def time(self) -> float:
        """Return the time."""
        return self.selector.now


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, in virtual time."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(coroutine)


async def pass_time(seconds: float) -> None:
    """Let time pass, and what comes up meanwhile run; only in virtual time."""
    assert isinstance(asyncio.get_running_loop(), VirtualTimeLoop), "a test does not wait"
    await asyncio.sleep(seconds)
