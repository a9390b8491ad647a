"""A loop whose time jumps to the next timer as soon as nothing else is to be done: hours pass in a moment.

Sockets of one process on loopback work too: what was sent is there at once. Runs on releases before this one
as well: it imports nothing of the package.
"""

import asyncio
import os
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

LOOPBACK = 0.0005
"""Seconds of real time in which what was sent over loopback arrives, nearly always."""
LOADED_LOOPBACK = 0.01
"""The same on a machine with too much to do: waited for before a jump that lets requests time out."""
LONG_JUMP = 2.0
"""Seconds of such a jump."""
BUSY = 10
"""How many times as long they take where more wants to run than there are processors."""
KEPT_SECONDS = 0.5
"""Seconds for which requesters keep connections (``_http.kept_connections``)."""
THREADS = 10.0
"""Seconds of real time in which a thread is to wake the loop, or nothing will."""


class JumpingSelector(selectors.DefaultSelector):
    """Never waits: the time that it was to wait has passed."""

    def __init__(self) -> None:
        """Begin at an hour, so that nothing depends on beginning at zero."""
        super().__init__()
        self.now = 3600.0
        self.jumps = True
        """Whether time passes by jumps; at the end of a run threads are waited for, in real time."""
        self.turns = 0
        """How often it was asked."""
        self.patience = BUSY if os.getloadavg()[0] > (os.cpu_count() or 1) + 1 else 1

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready, or let the time pass."""
        self.turns += 1
        if not self.jumps:
            return super().select(timeout)
        ready = super().select(0)
        if not ready and timeout is None:
            ready = super().select(THREADS)
            if not ready:
                raise RuntimeError("nothing will ever happen here any more")
        if not ready and timeout:
            if len(self.get_map()) > 1:
                usual = LOOPBACK if timeout < LONG_JUMP else LOADED_LOOPBACK
                ready = super().select(usual * self.patience)
            if not ready:
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

    def jump(self, seconds: float) -> None:
        """Let time pass at once, as it does over the sleep of a machine that counts it."""
        self.selector.now += seconds


def virtual_loop() -> VirtualTimeLoop:
    """Return the running loop."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop), "it runs in virtual time"
    return loop


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, in virtual time; AssertionError if it leaves tasks or timers behind."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(_watched(coroutine))


async def _watched(coroutine: Coroutine[Any, Any, T]) -> T:
    try:
        result = await coroutine
        await pass_time(2 * KEPT_SECONDS)  # then connections are closed that are kept for a moment
    finally:
        virtual_loop().selector.jumps = False
    await asyncio.sleep(0)
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert not left, f"tasks left running: {left}"
    timers = [handle for handle in getattr(virtual_loop(), "_scheduled", ()) if not handle.cancelled()]
    assert not timers, f"timers left: {timers}"
    return result


async def pass_time(seconds: float) -> None:
    """Let time pass, and what comes up meanwhile run; only in virtual time."""
    assert isinstance(asyncio.get_running_loop(), VirtualTimeLoop), "a test does not wait"
    await asyncio.sleep(seconds)
