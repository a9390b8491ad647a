"""What a control point concludes from the events it takes in (UDA 2.0 §4.3): SEQ, and those that come early.

Two state holders for `event_handler`: a `SequenceWatch` per subscription, one `Backlog` for unknown SIDs.
They must not know sockets, tasks or the clock: `now` is an argument, in seconds of any steady clock.
"""

from enum import Enum, auto
from typing import Final

from async_upnp_client._protocol.eventing import MAX_SEQ
from async_upnp_client.limits import DEFAULT_LIMITS, Limits


class Order(Enum):
    """How an event stands to the one before it."""

    NEXT = auto()
    REPEAT = auto()
    LATE = auto()
    """The first that came, and not the first that was sent: the initial event is missing."""
    GAP = auto()
    LOWER = auto()


def judge(last: int | None, seq: int | None) -> Order:
    """Return how `seq` stands to `last`; None is a device that does not count, or no event so far."""
    if last is None or seq is None:
        return Order.NEXT
    if seq == last + 1:
        return Order.NEXT
    if seq == last:
        return Order.REPEAT
    if last == MAX_SEQ and seq <= 1:
        # 1 by the letter; 0 comes from devices that let 32 bits overflow
        return Order.NEXT
    return Order.GAP if seq > last else Order.LOWER


RESYNC_PAUSE: Final = 30.0
"""Least number of seconds between two fresh subscriptions of one service for gaps in SEQ.

Events get lost in bursts, and one fresh initial event makes up for all that were lost till then."""

MAX_RESYNC_PAUSE: Final = 3600.0
"""The pause doubles up to this: devices that share one counter among all subscribers skip numbers by
nature, and would otherwise be asked for a fresh subscription for ever."""


class SequenceWatch:
    """The row of events of one subscription."""

    __slots__ = ("_counts", "_first_seq", "_is_new", "_last_body", "_last_seq", "_pause", "_resync_after")

    def __init__(self) -> None:
        self._last_seq: int | None = None
        self._last_body: str | None = None
        self._counts = True
        self._is_new = True
        self._first_seq = 0
        self._pause = RESYNC_PAUSE
        self._resync_after: float | None = None

    @property
    def last_seq(self) -> int | None:
        """The number of the last event, None before the first or from a device that does not count."""
        return self._last_seq

    def see(self, seq: int | None, body: str | None) -> Order:
        """Note an event, and return how it stands to the one before; a REPEAT is to be dropped.

        A repeat is what a device sends again because it missed our answer: the same SEQ and the same body.
        The same SEQ with another body is news, from a device that never counts (E-033), whose equal bodies
        are news as well from then on.
        """
        last = self._last_seq
        order = judge(last, seq)
        if self._is_new:
            # one that begins with the same number each time has just learnt to count otherwise
            self._is_new = False
            first, self._first_seq = self._first_seq, seq or 0
            if self._first_seq not in (0, first):
                order = Order.LATE
        if order is Order.REPEAT:
            if self._counts and body == self._last_body:
                return order
            self._counts = False
            order = Order.LOWER
        self._last_seq = seq
        self._last_body = body
        return order

    def resync_due(self, now: float) -> bool:
        """Whether a gap seen now asks for a fresh subscription; if so, the next gap waits for longer."""
        return self.resync_at(now) <= now

    def resync_at(self, now: float) -> float:
        """Return when a gap seen now is to be made up for: now, or at the end of the pause since another."""
        if self._resync_after is not None and now < self._resync_after:
            return self._resync_after
        self._resync_after = now + self._pause
        self._pause = min(self._pause * 2, MAX_RESYNC_PAUSE)
        return now

    def restart(self) -> None:
        """Begin a new row: the subscription was made anew. The pause between fresh subscriptions goes on."""
        self._last_seq = None
        self._last_body = None
        self._counts = True
        self._is_new = True


# --- Events that come before the answer to their SUBSCRIBE (UDA 2.0 §4.3, row E-029) ---


class EarlyEvents:
    """What came for one unknown SID."""

    __slots__ = ("events", "latest", "since")

    def __init__(self, since: float) -> None:
        self.since = self.latest = since
        self.events: list[tuple[int | None, str]] = []


class Backlog:
    """Events for unknown SIDs, kept for the SUBSCRIBE that will name them; bounded, see `Limits`."""

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._sids: dict[str, EarlyEvents] = {}
        self._size = 0

    def __len__(self) -> int:
        """Return the number of unknown SIDs that are remembered."""
        return len(self._sids)

    def keep(self, sid: str, seq: int | None, body: str, now: float, *, awaited: bool) -> bool:
        """Keep an event, and return whether there was room: if not it is to be refused with 412.

        A SID has `Limits.backlog_seconds` to become known. After that its sender is told that nobody
        listens, until it has been silent for as long, or a SUBSCRIBE is under way (`awaited`) that may name
        it after all.
        """
        self._forget_silent(now)
        early = self._sids.get(sid)
        if early is None:
            if len(self._sids) >= self._limits.backlog_sids:
                return False
            early = self._sids[sid] = EarlyEvents(now)
        early.latest = now
        if now - early.since > self._limits.backlog_seconds:
            self._drop_events(early)
            if not awaited:
                return False
            early.since = now
        limits = self._limits
        if len(early.events) >= limits.backlog_events or self._size + len(body) > limits.backlog_size:
            return False
        early.events.append((seq, body))
        self._size += len(body)
        return True

    def take(self, sid: str, now: float) -> list[tuple[int | None, str]]:
        """Return the events that came for `sid`, oldest first, and forget them."""
        self._forget_silent(now)
        early = self._sids.pop(sid, None)
        if early is None:
            return []
        events = early.events if now - early.since <= self._limits.backlog_seconds else []
        self._drop_events(early)
        return events

    def _forget_silent(self, now: float) -> None:
        heard_since = now - self._limits.backlog_seconds
        for sid in [sid for sid, early in self._sids.items() if early.latest < heard_since]:
            self._drop_events(self._sids.pop(sid))

    def _drop_events(self, early: EarlyEvents) -> None:
        self._size -= sum(len(body) for _, body in early.events)
        early.events = []
