"""UDA chapter 1.2, control point: whether one device is there, by what it announces and by asking it.

`device_updater` tells what is heard, and is told what follows. It must not know what else changes with that.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from async_upnp_client._callbacks import CallbackTasks
from async_upnp_client._headers import shown
from async_upnp_client.exceptions import UpnpError

_LOGGER = logging.getLogger("async_upnp_client.device_updater")

CHECK_SECONDS: Final = 300.0
"""Seconds between two looks at a device that answers and announces itself no more: an hour costs a dozen
requests, and one that left is noticed within minutes."""

CHECKS: Final = (2.0, 7.0)
"""After a byebye that is not true at first sight, how many times the patience until each further look:
devices that shut down say so while they still answer."""


class Presence:
    """Believes byebyes, and announcements that ran out, after `patience` seconds and a look at the device.

    `async_ping` looks, and raises UpnpError or OSError if nobody is there. `on_gone` is called when the
    device is taken to have left, `on_stays` when it said that it leaves and has not. With a `patience` of 0
    all is believed at once, and nobody looks.
    """

    def __init__(
        self,
        patience: float,
        async_ping: Callable[[], Awaitable[None]],
        on_gone: Callable[[], None],
        on_stays: Callable[[], None],
    ) -> None:
        self._patience = patience
        self._async_ping = async_ping
        self._on_gone = on_gone
        self._on_stays = on_stays
        self._tasks = CallbackTasks(_LOGGER)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._expires = 0.0
        # whether it has said byebye and may be there all the same, how long until each further look
        self._is_suspect = False
        self._checks: deque[float] = deque()
        self._looking: asyncio.Task[None] | None = None
        # a request did not reach it; whether it was heard since
        self._doubting: asyncio.Task[None] | None = None
        self._is_heard = False

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin, with the time of a loop."""
        self._loop = loop

    async def async_stop(self) -> None:
        """Call nobody from now on. Safe before a start, and twice."""
        self._loop = None
        self._forget()
        await self._tasks.async_cancel()

    def heard(self, seconds: int) -> None:
        """Take the device to be there for so long; a longer time given before still counts."""
        if self._loop is None:
            return
        self._is_heard = True
        if self._is_suspect:
            self._forget()
        elif self._looking is not None:
            self._looking.cancel()
            self._looking = None
        expires = max(self._expires, self._loop.time() + seconds)
        if self._timer is None:
            self._look_at(expires)
        self._expires = expires

    def left(self) -> None:
        """Take it that the device says that it leaves."""
        if self._patience <= 0 or self._loop is None:
            self._go()
        elif not self._is_suspect:
            self._forget()
            self._is_suspect = True
            self._checks = deque(part * self._patience for part in CHECKS)
            self._look_at(self._loop.time() + self._patience)

    def doubted(self) -> None:
        """Take it that a request did not reach the device: look after `patience`, unless that is on.

        That it announces itself meanwhile is no answer to a request: it only gets the same time once more.
        """
        busy = self._looking is not None or self._doubting is not None
        if self._loop is not None and not busy and not self._is_suspect:
            self._doubting = self._tasks.start(self._async_doubt(), "look at a device")

    async def _async_doubt(self) -> None:
        self._is_heard = False
        await asyncio.sleep(self._patience)  # by then one that restarts has said so
        is_there = await self._async_is_there()
        if not is_there and self._is_heard:
            await asyncio.sleep(self._patience)
            is_there = await self._async_is_there()
        if not is_there:
            self._go()
            return
        self._doubting = None
        if self._timer is None and self._loop is not None and self._expires:
            self._look_at(self._loop.time() + CHECK_SECONDS)  # its announcements ran out meanwhile

    async def _async_is_there(self) -> bool:
        try:
            await self._async_ping()
        except (UpnpError, OSError) as err:
            _LOGGER.debug("A device is gone: %s", shown(err))
            return False
        return True

    def _go(self) -> None:
        self._forget()
        self._on_gone()

    def _forget(self) -> None:
        """Wait for nothing."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for task in (self._looking, self._doubting):
            if task is not None and task is not asyncio.current_task():
                task.cancel()
        self._looking = self._doubting = None
        self._is_suspect = False
        self._expires = 0.0

    def _look_at(self, when: float) -> None:
        self._expires = when
        if self._loop is not None:
            self._timer = self._loop.call_at(when, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        if self._loop is None:
            return
        if self._loop.time() < self._expires:
            self._look_at(self._expires)
        elif self._patience <= 0:
            _LOGGER.debug("The announcements of a device ran out")
            self._go()
        elif self._looking is None and self._doubting is None:
            self._looking = self._tasks.start(self._async_look(), "look at a device")

    async def _async_look(self) -> None:
        if not await self._async_is_there():
            self._go()
            return
        self._looking = None
        if self._loop is None:
            return
        if self._is_suspect and self._checks:
            self._look_at(self._loop.time() + self._checks.popleft())
            return
        was_suspect, self._is_suspect = self._is_suspect, False
        self._look_at(self._loop.time() + CHECK_SECONDS)
        if was_suspect:
            self._on_stays()
