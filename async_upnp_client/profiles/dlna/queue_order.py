"""The order of a play queue: which track is next, with shuffle and repeat.

A state holder for ``play_queue``; it knows no renderer. Each item is told from its equals: the same track may
stand in a queue twice.
"""

import random
from collections.abc import Callable, Iterable, Mapping, MutableSequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any


class Repeat(Enum):
    """What follows the end of a track, and of the queue."""

    OFF = auto()
    ONE = auto()
    """The same track again."""
    ALL = auto()
    """The first track again after the last one."""


@dataclass(eq=False, slots=True)
class QueueItem:
    """A track of a queue."""

    url: str
    title: str
    meta_data: str | Mapping[str, Any] | None = None
    """As of ``DmrDevice.async_set_transport_uri``."""
    error: Exception | None = field(default=None, init=False, repr=False)
    """Why it could not be played, the last time."""


class QueueOrder:
    """Items, the current one among them, and what comes before and after it."""

    def __init__(
        self,
        items: Iterable[QueueItem] = (),
        *,
        shuffle: Callable[[MutableSequence[QueueItem]], None] = random.shuffle,
    ) -> None:
        self.items: list[QueueItem] = list(items)
        """In the order in which they were put in."""
        self.repeat = Repeat.OFF
        """What follows the end."""
        self.current: QueueItem | None = None
        """What is, or was last, played; None before the first."""
        self._gap = 0  # where the current item was, if it has been taken out
        self._shuffle = shuffle
        self._shuffled: list[QueueItem] | None = None

    @property
    def is_shuffled(self) -> bool:
        """Whether the items are played in a random order, each once before any comes again."""
        return self._shuffled is not None

    def set_shuffled(self, on: bool) -> None:  # a switch
        """Play in a random order, which begins with the current item, or in that of the items."""
        if on == self.is_shuffled:
            return
        self._shuffled, self._gap = None, 0
        if on:
            rest = [item for item in self.items if item is not self.current]
            self._shuffle(rest)
            self._shuffled = ([] if self.current is None else [self.current]) + rest

    @property
    def order(self) -> list[QueueItem]:
        """The items in the order in which they are played."""
        return self.items if self._shuffled is None else self._shuffled

    def insert(self, item: QueueItem, index: int | None = None) -> None:
        """Put an item before that of an index, or at the end; shuffled, anywhere after the current one."""
        self.items.insert(len(self.items) if index is None else index, item)
        if self._shuffled is not None:
            rest = self._shuffled[self._place() + 1 :]
            rest.append(item)
            self._shuffle(rest)
            self._shuffled[self._place() + 1 :] = rest

    def remove(self, item: QueueItem) -> None:
        """Take an item out; ValueError if it is not in. After the current one comes what came after it."""
        place = self.order.index(item)
        if item is self.current:
            self.current, self._gap = None, place
        elif self.current is None and place < self._gap:
            self._gap -= 1
        self.items.remove(item)
        if self._shuffled is not None:
            self._shuffled.remove(item)

    def clear(self) -> None:
        """Take all items out."""
        self.items.clear()
        self.current, self._gap = None, 0
        if self._shuffled is not None:
            self._shuffled.clear()

    def _place(self) -> int:
        """Return the place before that of the next item."""
        return self._gap - 1 if self.current is None else self.order.index(self.current)

    @property
    def upcoming(self) -> list[QueueItem]:
        """The items that follow the current one, in the order in which they are played, once through."""
        return self.order[self._place() + 1 :]

    def following(self, *, by_hand: bool = False) -> QueueItem | None:
        """Return what follows the current item; None at the end.

        `by_hand` tells that someone wants another one: then one is not repeated.
        """
        if self.repeat is Repeat.ONE and not by_hand and self.current is not None:
            return self.current
        order, place = self.order, self._place() + 1
        if place < len(order):
            return order[place]
        return order[0] if self.repeat is Repeat.ALL and order else None

    def preceding(self) -> QueueItem | None:
        """Return what precedes the current item; None at the beginning."""
        order, place = self.order, self._place() - (self.current is not None)
        if place >= 0:
            return order[place]
        return order[-1] if self.repeat is Repeat.ALL and order else None

    def go_to(self, item: QueueItem) -> None:
        """Make an item the current one; in a random order a new one begins where the last has ended."""
        if self._shuffled is not None and self.current is not None:
            is_new_round = self._place() == len(self._shuffled) - 1 and item is self._shuffled[0]
            if is_new_round and self.repeat is Repeat.ALL:
                rest = self._shuffled[1:]
                self._shuffle(rest)
                self._shuffled[1:] = rest
        self.current = item
