"""What the log is told of peers and sockets that do the same thing wrong again and again: it, once.

Whoever takes what peers send has a `QuietLog`, and whoever has a socket a `SocketTrouble`. They do not
judge what is wrong; only how often that is worth a line.
"""

import errno
import logging
import time
from collections.abc import Callable, Mapping
from typing import Final

from async_upnp_client.limits import DEFAULT_LIMITS

HOUR: Final = 3600.0
"""Seconds between two records of one reason and peer: a device that is broken stays so, and whoever looks
into the log for the cause of a trouble finds it within the hour before."""

FIRST_SILENCE: Final = 60.0
"""Seconds after the first record of an error of a socket. Doubled with each, up to an hour: an interface
that comes up takes seconds, one that was unplugged stays away for days."""

REMEDIES: Final[Mapping[int | None, str]] = {
    errno.ENETUNREACH: "no route there: is the network up, and the source an address of it?",
    errno.EHOSTUNREACH: "no route there: is the network up, and the source an address of it?",
    errno.ENETDOWN: "the interface is down",
    errno.ENODEV: "the interface is gone: start anew once it is back",
    errno.ENXIO: "the interface is gone: start anew once it is back",
    errno.EADDRNOTAVAIL: "the source address has left this machine: start anew with another",
    errno.EPERM: "a firewall of this machine forbids it: allow UDP port 1900",
    errno.EACCES: "this program may not send there",
    errno.ENOBUFS: "the system has no room for it at the moment",
    errno.EMSGSIZE: "the message is too long for the interface",
}


class Told:
    """When something was told, and how often it has happened since."""

    __slots__ = ("at", "since")

    def __init__(self, at: float) -> None:
        self.at = at
        self.since = 0


class QuietLog:
    """Logs what peers do wrong, one record per reason and peer in an hour.

    `limit` bounds how many of these are remembered, see `Limits.log_reasons`; `clock` gives seconds that
    only go up.
    """

    def __init__(
        self,
        logger: logging.Logger,
        limit: int = DEFAULT_LIMITS.log_reasons,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._logger = logger
        self._limit = limit
        self._clock = clock
        # in the order in which they were told
        self._told: dict[tuple[str, str], Told] = {}

    def __len__(self) -> int:
        """Return how many reasons and peers are remembered."""
        return len(self._told)

    def report(self, reason: str, peer: str | None, *details: object, level: int = logging.DEBUG) -> bool:
        """Log that a peer did something; return whether that was logged.

        `reason` is the same text each time, with a %s for the peer and for each detail of this time.
        """
        if not self._logger.isEnabledFor(level):
            return False
        now = self._clock()
        key = (reason, peer or "?")
        told = self._told.get(key)
        if told is not None and now - told.at < HOUR:
            told.since += 1
            return False
        if told is None and not self._has_room(now):
            return False
        self._told.pop(key, None)
        self._told[key] = Told(now)
        text = f"{reason} (logged once in an hour, %s more since the last time)"
        self._logger.log(level, text, peer, *details, told.since if told is not None else 0)
        return True

    def _has_room(self, now: float) -> bool:
        """Return whether one more can be remembered, if need be for one that has become old."""
        if len(self._told) < self._limit:
            return True
        oldest = next(iter(self._told))
        if now - self._told[oldest].at < HOUR:
            return False
        del self._told[oldest]
        return True


class SocketTrouble:
    """Logs the errors of one socket: a warning for each errno, longer and longer silence, its recovery.

    `is_there` says whether an error has come, and nothing has worked since. `clock` gives seconds that only
    go up.
    """

    def __init__(self, logger: logging.Logger, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.is_there = False
        self._logger = logger
        self._clock = clock
        # kept after a recovery: what comes and goes, as when some of those who are answered cannot be
        # reached, is told no more often than what stays
        self._told: dict[int | None, Told] = {}
        self._silence: dict[int | None, float] = {}
        self._count = 0
        self._is_told = False

    def note(self, name: object, error: Exception) -> None:
        """Take an error of the socket that is called by a name in the log."""
        self.is_there = True
        self._count += 1
        number = error.errno if isinstance(error, OSError) else None
        now = self._clock()
        told = self._told.get(number)
        if told is not None:
            told.since += 1
            silence, quiet_for = self._silence[number], now - told.at
            if quiet_for < silence:
                return
            self._silence[number] = FIRST_SILENCE if quiet_for > 2 * HOUR else min(2 * silence, HOUR)
            self._logger.warning("Socket %s: %s (%s times since the last record)", name, error, told.since)
        else:
            self._silence[number] = FIRST_SILENCE
            remedy = REMEDIES.get(number)
            self._logger.warning("Socket %s: %s%s", name, error, f"; {remedy}" if remedy else "")
        self._told[number] = Told(now)
        self._is_told = True

    def has_worked(self, name: object) -> None:
        """Take it that the socket works; told if the error was."""
        if not self.is_there:
            return
        self.is_there = False
        if self._is_told:
            self._logger.info("Socket %s works again, after %s errors", name, self._count)
            self._is_told = False
            self._count = 0
