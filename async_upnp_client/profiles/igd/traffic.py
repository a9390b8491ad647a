"""Counters of a gateway become rates (WANCommonInterfaceConfig:1): pure, `now` is an argument.

``status`` hands in what it polled. Counters are ui4 by the standard: they roll over at 2^32, and so does a
gigabit link every 34 seconds. Devices also stop at 2^32-1, count signed, count in 64 bits, and begin at 0
after a restart; here is told which of them happened. Must not know how a counter is asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeGuard

from async_upnp_client.profiles.igd.types import IgdStateItem

RING: Final = 1 << 32
SIGN: Final = 1 << 31
SATURATED: Final = RING - 1

# What a link of 10 Gbit/s carries in a second: in bytes, and in the shortest packets. Where a roll-over would
# mean more, the counter was set to zero.
MOST_BYTES: Final = 1_250_000_000
MOST_PACKETS: Final = 14_880_952

KIBIBYTE: Final = 1024

COUNTERS: Final = (
    IgdStateItem.BYTES_RECEIVED,
    IgdStateItem.BYTES_SENT,
    IgdStateItem.PACKETS_RECEIVED,
    IgdStateItem.PACKETS_SENT,
)
MOST: Final = {
    IgdStateItem.BYTES_RECEIVED: MOST_BYTES,
    IgdStateItem.BYTES_SENT: MOST_BYTES,
    IgdStateItem.PACKETS_RECEIVED: MOST_PACKETS,
    IgdStateItem.PACKETS_SENT: MOST_PACKETS,
}


class Course(Enum):
    """How a counter went from one reading to the next."""

    FIRST = "first reading"
    FORWARD = "forward"
    ROLLED_OVER = "rolled over"
    RESET = "reset"
    SATURATED = "saturated"
    """It stands at 2^32-1 and counts no more: nothing is known but that there was much."""


@dataclass(frozen=True, slots=True)
class Delta:
    """What a counter counted between two readings; ``amount`` is None where nobody can tell."""

    course: Course
    amount: int | None
    seconds: float

    @property
    def rate(self) -> float | None:
        """The mean per second; None where the amount is not known, or no time has passed."""
        if self.amount is None or self.seconds <= 0:
            return None
        try:
            return self.amount / self.seconds
        except OverflowError:
            return None  # a number of hundreds of digits, which counts nothing

    @property
    def rate_without_rollover(self) -> float | None:
        """The same, but None where the counter has fallen."""
        return self.rate if self.course is Course.FORWARD else None


@dataclass(frozen=True, slots=True)
class Rate:
    """Means per second, in the unit of the counter: bytes or packets."""

    per_second: float | None = None
    without_rollover: float | None = None

    @property
    def kibibytes(self) -> float | None:
        """Of bytes: kibibytes per second."""
        return None if self.per_second is None else self.per_second / KIBIBYTE

    @property
    def kibibytes_without_rollover(self) -> float | None:
        """Of bytes: kibibytes per second, None where the counter has fallen."""
        return None if self.without_rollover is None else self.without_rollover / KIBIBYTE


NO_RATE: Final = Rate()


def delta(before: tuple[int, float] | None, value: int, now: float, most: float) -> Delta:
    """Tell what a counter did from one reading (value, time) to the next; `most` is the most per second."""
    if before is None:
        return Delta(Course.FIRST, None, 0.0)
    last, then = before
    seconds = now - then
    if last == SATURATED == value:
        return Delta(Course.SATURATED, None, seconds)
    if value >= last:
        return Delta(Course.FORWARD, value - last, seconds)
    if last > SATURATED:
        return Delta(Course.RESET, None, seconds)  # of 64 bits: they do not run out
    amount = value + RING - last
    # up to half a round is taken for one in any case, as readings may follow each other at once in a test
    if amount > max(most * seconds, SIGN):
        return Delta(Course.RESET, None, seconds)
    return Delta(Course.ROLLED_OVER, amount, seconds)


class Unsigned:
    """A counter of a device that counts in i4: below zero it is 2^31 on (the value stays continuous)."""

    __slots__ = ("_offset",)

    def __init__(self) -> None:
        self._offset = 0

    def read(self, value: int) -> int:
        """Return the value as it would be without a sign."""
        if value < 0:
            self._offset = SIGN
        elif value >= SIGN:
            self._offset = 0  # no i4 at all: it was another device's number, or is of 64 bits by now
        return value + self._offset

    def reset(self) -> None:
        """Begin anew, as the device did."""
        self._offset = 0


class TrafficMeter:
    """Rates of the four counters of one gateway, from what each poll brought.

    A reading that failed leaves the last good one where it is: the next rate is the mean since then.
    """

    def __init__(self) -> None:
        self._last: dict[IgdStateItem, tuple[int, float]] = {}
        self._uptime: int | None = None

    def measure(
        self, values: Mapping[IgdStateItem, object], now: float, uptime: object = None
    ) -> dict[IgdStateItem, Rate]:
        """Take the readings of one poll, and return the rates; what is no number is no reading.

        `uptime` in seconds, where it was polled too. Counters are set to zero together: where one of them
        tells, or the uptime does, that the gateway has restarted, no fall of any is taken for a roll-over.
        """
        numbers = {counter: value for counter in COUNTERS if is_number(value := values.get(counter))}
        deltas = {
            counter: delta(self._last.get(counter), value, now, MOST[counter])
            for counter, value in numbers.items()
        }
        restarted = self._has_restarted(uptime) or any(
            found.course is Course.RESET for found in deltas.values()
        )
        rates = dict.fromkeys(COUNTERS, NO_RATE)
        for counter, found in deltas.items():
            self._last[counter] = (numbers[counter], now)
            if not (restarted and found.course is Course.ROLLED_OVER):
                rates[counter] = Rate(found.rate, found.rate_without_rollover)
        return rates

    def _has_restarted(self, uptime: object) -> bool:
        """Whether the connection is up for less long than it was."""
        if not is_number(uptime):
            return False
        before, self._uptime = self._uptime, uptime
        return before is not None and uptime < before


def is_number(value: object) -> TypeGuard[int]:
    """Tell a reading from None and from an error that came in its place."""
    return isinstance(value, int) and not isinstance(value, bool)
