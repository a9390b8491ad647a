"""What a gateway opens for a time, kept open for as long as one wants: what mappings and pinholes share.

It renews at half of the lease, looks whether it is still there, opens it anew after the gateway has
restarted, and closes it at the end, also when it is cancelled. What opening means is for ``port_mapping``
and ``pinhole`` to say. The owner of one task, which ``async_stop`` ends.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import timedelta
from types import TracebackType
from typing import Any, Final, Self

from async_upnp_client._headers import shown
from async_upnp_client.exceptions import UpnpError

_LOGGER = logging.getLogger(__name__)

LEASE: Final = timedelta(hours=1)
"""What is asked for by default: what is left over after a crash is gone within the hour."""
CHECK_SECONDS: Final = 60.0
"""How often is looked whether it is still there: after a restart of the gateway it is away for so long."""
CLOSE_SECONDS: Final = 10.0
"""How long closing may take at the end: a gateway that is gone does not hold up the program."""
LEAST_SECONDS: Final = 1.0
"""The least pause between two calls of one opening, whatever lease the gateway grants."""
FIRST_PAUSE: Final = 2.0
LONGEST_PAUSE: Final = 60.0


class Lasting(ABC):
    """An opening in a gateway that lasts: ``async with`` it, or start and stop it."""

    def __init__(self, lease: timedelta, on_change: Callable[[Any], None] | None) -> None:
        self.granted: timedelta | None = None
        """The lease that the gateway granted; None is without end, and before it is open."""
        self.error: UpnpError | None = None
        """Why it could not be kept open just now; None while all is well. It is tried again."""
        self.on_change = on_change
        """Called with this when ``error`` or what is open has changed."""
        self._lease = lease
        self._may_be_open = False
        self._renew_at = float("inf")
        self._lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is open, as far as is known."""
        return self._may_be_open and self.error is None

    async def async_start(self) -> None:
        """Open it, and keep it open from now on; nothing where it is.

        Raises what the gateway answers, an UpnpActionError with its code for a refusal; nothing is left open
        then, and neither where this is cancelled.
        """
        if self._task is not None:
            return
        try:
            async with self._lock:
                await self._async_open_anew()
        except BaseException:
            await self._async_close_quietly()
            raise
        self._task = asyncio.get_running_loop().create_task(self._async_keep(), name=f"keep {self}")

    async def async_open_once(self) -> None:
        """Open it, and leave it to its lease: nothing renews or closes it. Errors as of a start."""
        async with self._lock:
            self._grant(await self._async_open())
        self._may_be_open = True

    async def async_stop(self) -> None:
        """Close it, if it is ours; safe at any time, and where the gateway is gone."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await self._async_close_quietly()

    async def async_renew(self) -> None:
        """Renew it now, or open it anew: for who hears that the gateway has restarted.

        Errors as of a start, and UpnpError where it was not opened or has been closed.
        """
        await self._async_refresh(force=True)

    async def __aenter__(self) -> Self:
        """Open it."""
        await self.async_start()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        await self.async_stop()

    # --- What an opening is ---

    @abstractmethod
    async def _async_open(self) -> timedelta | None:
        """Open it, and return the lease that was granted, None for one without end."""

    @abstractmethod
    async def _async_extend(self) -> timedelta | None:
        """Have it go on, opening it anew if need be; return the lease that was granted."""

    @abstractmethod
    async def _async_is_there(self) -> bool | None:
        """Ask whether it is there and ours; None where the gateway cannot tell."""

    @abstractmethod
    async def _async_close(self) -> None:
        """Close it, if it is there and ours."""

    # --- Keeping it ---

    async def _async_open_anew(self) -> None:
        self._may_be_open = True  # from the moment that the request leaves
        self._grant(await self._async_open())

    def _grant(self, lease: timedelta | None) -> None:
        self.granted = lease
        seconds = float("inf") if lease is None else max(lease.total_seconds() / 2, LEAST_SECONDS)
        self._renew_at = asyncio.get_running_loop().time() + seconds

    async def _async_keep(self) -> None:
        """Renew and look, until cancelled; after a failure again, ever later."""
        failures = 0
        while True:
            await asyncio.sleep(self._pause(failures))
            try:
                await self._async_refresh()
            except UpnpError as err:
                failures += 1
                _LOGGER.debug("%s could not be kept open: %s", self, shown(err))
            except Exception as err:
                # requesters of applications raise what they like
                failures += 1
                _LOGGER.exception("%s could not be kept open", self)
                self._tell(UpnpError(f"{type(err).__name__}: {err}"))
            else:
                failures = 0

    def _pause(self, failures: int) -> float:
        if failures:
            return float(min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE))
        due = self._renew_at - asyncio.get_running_loop().time()
        return max(min(due, CHECK_SECONDS), LEAST_SECONDS)

    async def _async_refresh(self, *, force: bool = False) -> None:
        """Renew it where that is due, else look whether it is there; open it anew where it is not."""
        async with self._lock:
            if not self._may_be_open:
                raise UpnpError(f"{self} is not open")
            before = self._what_is_open()
            try:
                if force or self.error is not None or asyncio.get_running_loop().time() >= self._renew_at:
                    self._grant(await self._async_extend())
                elif await self._async_is_there() is False:
                    _LOGGER.debug("%s is gone, open it anew", self)
                    await self._async_open_anew()
            except UpnpError as err:
                self._tell(err)
                raise
            self._tell(None, changed=self._what_is_open() != before)

    def _what_is_open(self) -> object:
        """Return what a listener wants to hear of when it changes."""
        return self.granted is None

    def _tell(self, error: UpnpError | None, *, changed: bool = False) -> None:
        changed = changed or (error is None) != (self.error is None)
        self.error = error
        if changed and self.on_change is not None:
            try:
                self.on_change(self)
            except Exception:
                _LOGGER.exception("on_change of %s failed", self)

    async def _async_close_quietly(self) -> None:
        async with self._lock:
            if not self._may_be_open:
                return
            self._may_be_open = False
            try:
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self._async_close()
            except (UpnpError, TimeoutError) as err:
                _LOGGER.warning(
                    "%s could not be closed, and may stay until its lease ends: %s", self, shown(err)
                )
            except Exception:  # requesters of applications raise what they like
                _LOGGER.exception("%s could not be closed", self)
