"""An event loop without sockets, threads and waiting, in which time stands still.

A selector loop costs more to make than a case takes, and one kept for all cases would be left open.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context, copy_context
from typing import Any, TypeVar

T = TypeVar("T")


class StillLoop(asyncio.AbstractEventLoop):
    """Runs what is ready; what waits for time to pass never ends."""

    def __init__(self) -> None:
        """Begin with nothing to do."""
        self._ready: deque[tuple[Context, Callable[..., object], tuple[Any, ...]]] = deque()
        self.tasks: list[asyncio.Task[Any]] = []
        self.reports: list[dict[str, Any]] = []

    def time(self) -> float:
        """Return the time at which it stands."""
        return 3600.0

    def get_debug(self) -> bool:
        """Be quick."""
        return False

    def is_closed(self) -> bool:
        """Be there."""
        return False

    def call_soon(  # type: ignore[override]  # a handle would be of no use: nobody cancels here
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> None:
        """Call back once this callback is done."""
        self._ready.append((copy_context() if context is None else context, callback, args))

    def call_at(  # type: ignore[override]  # any arguments do
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Return a timer, which will never ring."""
        return asyncio.TimerHandle(when, callback, args, self, context)

    def call_later(  # type: ignore[override]  # any arguments do
        self, delay: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Return a timer, which will never ring."""
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Take it that a timer is not to ring."""

    def create_future(self) -> asyncio.Future[Any]:
        """Return what can be waited for."""
        return asyncio.Future(loop=self)

    def create_task(self, coro: Any, *, name: str | None = None, **_options: Any) -> asyncio.Task[Any]:
        """Run a coroutine, beginning after this callback."""
        task: asyncio.Task[Any] = asyncio.Task(coro, loop=self, name=name)
        self.tasks.append(task)
        return task

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Keep what is left to the loop to report."""
        self.reports.append(context)

    def run_ready(self) -> None:
        """Run until nothing is ready."""
        while self._ready:
            context, callback, args = self._ready.popleft()
            context.run(callback, *args)


def still_loop() -> StillLoop:
    """Return a loop."""
    return StillLoop()  # type: ignore[abstract]  # to typeshed alone what is never called is abstract


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine, and the tasks that it starts, to their end; AssertionError if one does not end."""
    loop = still_loop()
    asyncio._set_running_loop(loop)
    try:
        task = loop.create_task(coroutine)
        loop.run_ready()
    finally:
        asyncio._set_running_loop(None)
    waiting = [other.get_name() for other in loop.tasks if not other.done()]
    assert not waiting, f"never ends: {waiting}"
    # what nobody asked a task for is reported when it is forgotten
    loop.tasks.clear()
    error = task.exception()
    assert not loop.reports, f"left to the loop: {loop.reports}"
    if error is not None:
        raise error
    result: T = task.result()
    return result
