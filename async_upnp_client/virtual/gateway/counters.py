"""Counters of a virtual gateway (WANCommonInterfaceConfig:1 §2.2): they count by themselves.

``device`` has four of them. The time is what the clock says that they are given.
"""

from collections.abc import Callable
from typing import Final

ROLLS_OVER_AT: Final = 1 << 32
"""A counter has 32 bits, and begins anew after the last."""


class Counter:
    """Counts `per_second` by the clock."""

    def __init__(self, clock: Callable[[], float], per_second: float = 0.0) -> None:
        self._clock = clock
        self._per_second = per_second
        self._start = 0.0
        self._since = clock()

    @property
    def value(self) -> int:
        """What has been counted; below 2^32. Setting it goes on from there."""
        return int(self._counted()) % ROLLS_OVER_AT

    @value.setter
    def value(self, value: int) -> None:
        self._start, self._since = float(value), self._clock()

    @property
    def per_second(self) -> float:
        """How much is added in a second. Setting it goes on from what has been counted."""
        return self._per_second

    @per_second.setter
    def per_second(self, per_second: float) -> None:
        self._start, self._since = self._counted(), self._clock()
        self._per_second = per_second

    def _counted(self) -> float:
        return self._start + (self._clock() - self._since) * self._per_second
