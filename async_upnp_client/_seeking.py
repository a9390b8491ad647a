"""UDA chapter 1, control point: looking for one device that is gone, until it is there.

`device_updater` begins it and ends it. How a device is looked for is not known here, nor what follows.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

from async_upnp_client._callbacks import CallbackTasks
from async_upnp_client._headers import shown
from async_upnp_client.exceptions import UpnpError

_LOGGER = logging.getLogger("async_upnp_client.device_updater")

FIRST_PAUSE: Final = 10.0
"""Seconds until it is looked for again: a device that restarts takes that long. Doubled each time."""

LONGEST_PAUSE: Final = 300.0
"""Seconds between two attempts at most: one that is back is found within minutes, and one that stays away
costs a dozen attempts in an hour."""

Found = TypeVar("Found")


class Seeking(Generic[Found]):
    """Asks `async_find` again and again, which raises UpnpError or OSError where there is nothing.

    What it finds is told by `on_found`; whether that is the end of it, says whoever calls `stop`.
    """

    def __init__(
        self,
        async_find: Callable[[], Awaitable[Found]],
        on_found: Callable[[Found], None],
        tasks: CallbackTasks,
    ) -> None:
        self._async_find = async_find
        self._on_found = on_found
        self._tasks = tasks
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, if it has not begun."""
        if self._task is None or self._task.done():
            self._task = self._tasks.start(self._async_seek(), "search for a device")

    def stop(self) -> None:
        """End it, if it has begun."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _async_seek(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                found = await self._async_find()
            except (UpnpError, OSError) as err:
                _LOGGER.debug("Still gone: %s", shown(err))
            else:
                self._on_found(found)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
