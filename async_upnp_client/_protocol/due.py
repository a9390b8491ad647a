"""UDA chapter 1: which device to look at next, for the tracker.

A heap of times and UDNs, which nothing moves in: one that comes up too early is put in again, and one that
counts no longer, since its device left or is due sooner, is passed over when it comes up. Where there are too
many of those, a few are left behind with each that is put in. So no message waits for all that is known.
"""

from heapq import heappop, heappush
from typing import Final, Protocol, TypeAlias

from async_upnp_client.const import UniqueDeviceName

# What may count no longer, beside as many as are known: not worth a thought.
SPARE: Final = 64
# Looked at with each that is put in, so that all are before there are twice as many, and with each that
# leaves.
LEFT_BEHIND_PER_STEP: Final = 4

Entry: TypeAlias = tuple[float, UniqueDeviceName]

_NEVER: Final = float("inf")


class Known(Protocol):
    """Who is known, and when to look at each (POSIX times)."""

    def __len__(self) -> int: ...

    def next_check(self, udn: UniqueDeviceName) -> float | None:
        """Return when to look at the device of a UDN; None if it is not known."""


class DueHeap:
    """UDNs of those that are known, by when to look at each.

    `next_check` is a time before which none is due, infinite where there is none.
    """

    __slots__ = ("_earlier", "_heap", "_known", "next_check")

    def __init__(self, known: Known) -> None:
        self._known = known
        self._heap: list[Entry] = []
        # the heap before, while what counts of it is taken over, from its leaves
        self._earlier: list[Entry] = []
        # asked with each message
        self.next_check = _NEVER

    def __len__(self) -> int:
        return len(self._heap) + len(self._earlier)

    def put(self, udn: UniqueDeviceName, due: float) -> None:
        """Take in a UDN that is due now at another time than before."""
        heappush(self._heap, (due, udn))
        self.next_check = min(due, self.next_check)
        if self._earlier:
            self._take_over()
        elif len(self._heap) > 2 * len(self._known) + SPARE:
            self._earlier, self._heap = self._heap, []

    def first(self) -> UniqueDeviceName | None:
        """Return the UDN that is due first; None where what comes up counts no longer, and is let go."""
        entry = self._first_heap()[0]
        if self._counts(entry):
            return entry[1]
        self._pop_first()
        return None

    def pop(self) -> UniqueDeviceName | None:
        """Take out what comes up first; return the UDN that is due then, None if it counts no longer."""
        entry = self._pop_first()
        return entry[1] if self._counts(entry) else None

    def at(self, number: int) -> UniqueDeviceName | None:
        """Return the UDN in a place, counted round and round; None if what is there counts no longer."""
        entry = self._heap[number % len(self._heap)] if self._heap else None
        return entry[1] if entry is not None and self._counts(entry) else None

    def settle(self) -> None:
        """Let go what comes up first without counting, if it is little: a device may have left."""
        for _ in range(min(LEFT_BEHIND_PER_STEP, len(self))):
            if self.first() is not None:
                break

    def _counts(self, entry: Entry) -> bool:
        return self._known.next_check(entry[1]) == entry[0]

    def _first_heap(self) -> list[Entry]:
        earlier = self._earlier
        return earlier if earlier and not (self._heap and self._heap[0] < earlier[0]) else self._heap

    def _pop_first(self) -> Entry:
        entry = heappop(self._first_heap())
        self.next_check = self._first_heap()[0][0] if len(self) else _NEVER
        return entry

    def _take_over(self) -> None:
        """Take over a few, if they count: without its last leaf a heap is one still."""
        earlier = self._earlier
        for _ in range(min(LEFT_BEHIND_PER_STEP, len(earlier))):
            entry = earlier.pop()
            if self._counts(entry):
                heappush(self._heap, entry)
