"""Calling listeners: plain functions at once, coroutines as tasks that are kept until they are done.

For every owner of callbacks from floor 2 up. What a listener raises is logged and goes no further: it
must not end a socket's life or another listener's turn.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from async_upnp_client.limits import DEFAULT_LIMITS


class CallbackTasks:
    """The coroutine callbacks that one owner has under way: at most `limit`, see `Limits.callbacks`."""

    def __init__(self, logger: logging.Logger, limit: int = DEFAULT_LIMITS.callbacks) -> None:
        self._logger = logger
        self._limit = limit
        self._is_full = False
        self._tasks: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def call(
        self,
        async_callback: Callable[..., Coroutine[Any, Any, Any]] | None,
        callback: Callable[..., Any] | None,
        *args: Any,
    ) -> None:
        """Start the one, then call the other, each if there is one; never raises."""
        if async_callback is not None and self._has_room(async_callback):
            try:
                # not its repr, which would be made for each call and show whatever it is bound to
                name = getattr(async_callback, "__qualname__", type(async_callback).__name__)
                _ = self.start(async_callback(*args), what=name)
            except Exception:
                self._logger.exception("Callback %r failed", async_callback)
        if callback is not None:
            try:
                callback(*args)
            except Exception:
                self._logger.exception("Callback %r failed", callback)

    def _has_room(self, async_callback: Callable[..., Any]) -> bool:
        """Return whether one more may be started; what the log says of it comes once until all have ended."""
        if len(self._tasks) < self._limit:
            return True
        if not self._is_full:
            self._is_full = True
            self._logger.warning(
                "Callback %r: %s are under way; others are not called until some have ended",
                async_callback,
                self._limit,
            )
        return False

    def start(self, coroutine: Coroutine[Any, Any, Any], what: str) -> asyncio.Task[Any]:
        """Run a coroutine as a task of the running loop; `what` names it in the log if it fails.

        RuntimeError without a running loop.
        """
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            coroutine.close()
            raise
        task = loop.create_task(coroutine, name=what)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not self._tasks:
            self._is_full = False
        if not task.cancelled() and (error := task.exception()) is not None:
            self._logger.error("Callback %s failed", task.get_name(), exc_info=error)

    async def async_cancel(self) -> None:
        """Cancel what is under way, but for the task that asks, and wait until it has ended."""
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
