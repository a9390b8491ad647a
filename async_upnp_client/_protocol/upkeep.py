"""Eventing (UDA 2.0 §4.1): what a subscription that is kept asks for next, and when.

A state holder for `subscription`, which sends what is due and tells what came of it. It must not know
requests, sockets, tasks or the clock: `now` is an argument, in seconds of any steady clock, and so is chance.
"""

import math
import random
from collections.abc import Callable
from enum import Enum, auto
from typing import Final

from async_upnp_client.const import SubscriptionState

MIN_PAUSE: Final = 10.0
"""Least number of seconds between two requests for one subscription, whatever a device grants or refuses; one
that ends before is made anew."""

MAX_PAUSE: Final = 300.0
"""Seconds up to which the pause after failures doubles: a device that is back is asked within five minutes
even if nobody hears it announce itself, and one that is gone gets a dozen requests an hour."""

EARLIEST: Final = 0.5
LATEST: Final = 0.8
"""The part of the granted time after which a subscription is renewed, somewhere between the two (E-023), or
later where that is safe: so many services are not renewed in one moment, and several tries fit before the
time is up."""

TRIES_SECONDS: Final = 60.0
"""Seconds in which three tries fit, each without an answer; that much of the granted time is enough to have
left. Asking sooner would only cost requests, see the next."""

SOON_ENOUGH: Final = 480.0
"""Seconds within which a device that has restarted unheard is to be noticed, by its refusing a renewal."""

SPREAD: Final = 30.0
"""Seconds over which renewals are spread at least, where they come as late as that."""

MAX_WAIT: Final = 24 * 60 * 60.0
"""Seconds after which a subscription is renewed that was granted for longer: its device may have restarted
unheard."""

INITIAL_EVENT_SECONDS: Final = 10.0
"""Seconds within which the initial event is to come: devices send it at once (UDA 2.0 §4.3.2)."""


class Step(Enum):
    """What is to be done."""

    RENEW = auto()
    SUBSCRIBE = auto()
    POLL = auto()


class Initial(Enum):
    """What is known of the initial event of the subscription that there is."""

    CAME = auto()
    AWAITED = auto()
    MISSING = auto()


class Upkeep:
    """One subscription as of now: its state, the step that is due, and when to look again.

    It asks for SUBSCRIBE at once, unless `can_subscribe` is False. `expects_event` tells whether the service
    has variables that an initial event would bring. With a `poll_pause`, in seconds, values are polled as
    long as events do not bring them. `by_hand` is for a holder who renews by himself, until `keep_up`: then
    only what the device has forgotten, and events that got lost, make anything due.
    """

    def __init__(
        self,
        now: float,
        *,
        can_subscribe: bool = True,
        expects_event: bool = True,
        poll_pause: float | None = None,
        by_hand: bool = False,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._chance = chance
        self._can_subscribe = can_subscribe
        self._expects_event = expects_event
        self._poll_pause = poll_pause
        self._by_hand = by_hand
        self._due = now if can_subscribe else math.inf
        self._expires = -math.inf
        self._wants_fresh = False
        self._failures = 0
        self._initial = Initial.CAME
        self._event_by = math.inf
        self._poll_due = math.inf if can_subscribe or poll_pause is None else now
        self._poll_failures = 0
        self._polls = False

    # --- What it is, and what it asks for

    def is_held(self, now: float) -> bool:
        """Whether the device takes us for a subscriber, for all we know."""
        return now < self._expires

    def state(self, now: float) -> SubscriptionState:
        """Return the state."""
        held = self.is_held(now)
        if self._polls and not (held and self._initial is Initial.CAME):
            return SubscriptionState.POLLING
        if not held:
            is_asked = not self._failures and self._due < math.inf
            return SubscriptionState.RENEWING if is_asked else SubscriptionState.LOST
        if self._initial is Initial.MISSING:
            return SubscriptionState.CALLBACK_UNREACHABLE
        return SubscriptionState.RENEWING if self._failures or self._wants_fresh else SubscriptionState.ACTIVE

    def step(self, now: float) -> Step | None:
        """Return what is to be done now, if anything."""
        if now >= self._event_by:
            self._event_by = math.inf
            self._initial = Initial.MISSING
            self._poll_now(now)
        if -math.inf < self._expires <= now:
            self._lose()
            self._poll_now(now)
        if now >= self._due:
            # While no event has come, each time begins anew: that brings another initial event
            fresh = self._wants_fresh or self._initial is Initial.MISSING
            return Step.RENEW if self.is_held(now) and not fresh else Step.SUBSCRIBE
        return Step.POLL if now >= self._poll_due else None

    def next_check(self, now: float) -> float:
        """Return when to ask for a step again, or look at the state; infinite for never."""
        expires = self._expires if self.is_held(now) else math.inf
        return min(self._due, self._poll_due, self._event_by, expires)

    def seconds_left(self, now: float) -> float:
        """Return the rest of the time that was granted, 0 without a subscription."""
        return max(self._expires - now, 0.0)

    # --- What its holder wants

    def ask(self, now: float) -> None:
        """Let a renewal, or a new subscription, be due."""
        if self._can_subscribe:
            self._due = now

    def keep_up(self, now: float, *, within: float = math.inf, poll_pause: float | None = None) -> None:
        """End `by_hand`; the first renewal is due in `within` seconds at the latest, where that is given."""
        self._by_hand = False
        self._poll_pause = poll_pause
        if self._can_subscribe:
            left = self._expires - now
            wait = self._renewal_wait(left) if left > 0 else self._pause(max(self._failures, 1), MAX_PAUSE)
            self._due = now + min(wait, within)
        if not (self.is_held(now) and self._expects_event) or self._initial is Initial.MISSING:
            self._poll_now(now)

    def offered(self, now: float, *, can_subscribe: bool) -> None:
        """Take it that the service, as it is described now, has events, or has none."""
        if can_subscribe is self._can_subscribe:
            return
        self._can_subscribe = can_subscribe
        self._failures = 0
        self._due = now if can_subscribe and not self._by_hand else math.inf
        self._lose()
        self._poll_now(now)

    # --- What came of it

    def granted(self, now: float, seconds: float, *, fresh: bool) -> None:
        """Take it that the device grants a time, to a renewal or (`fresh`) to a new subscription."""
        self._failures = 0
        self._wants_fresh = False
        self._expires = now + seconds
        self._due = math.inf if self._by_hand else now + self._renewal_wait(seconds)
        if not fresh:
            return
        if self._expects_event:
            self._event_by = now + INITIAL_EVENT_SECONDS
            if self._initial is Initial.CAME:
                self._initial = Initial.AWAITED
        else:
            self._initial = Initial.CAME
            self._poll_now(now)

    def failed(self, now: float, *, lost: bool) -> None:
        """Take it that a request failed; `lost` if there is no subscription now, of whatever it was for."""
        self._failures += 1
        waits = self._by_hand or not self._can_subscribe
        self._due = math.inf if waits else now + self._pause(self._failures, MAX_PAUSE)
        if lost:
            self._lose()
        if not self.is_held(now):
            self._poll_now(now)

    def event_came(self) -> None:
        """Take it that an event came under the SID that there is."""
        self._event_by = math.inf
        self._initial = Initial.CAME
        self._poll_due = math.inf
        self._poll_failures = 0
        self._polls = False

    def events_lost(self, since: float) -> None:
        """Take it that events got lost: a new subscription is asked for at `since`, if not before."""
        self._wants_fresh = True
        self._due = min(self._due, since)

    def forgotten(self, now: float) -> None:
        """Take it that the device has forgotten us, and is there: a subscription is asked for at once."""
        self._failures = 0
        self.ask(now)
        self._lose()

    def polled(self, now: float, *, well: bool) -> None:
        """Take it that the values were polled, or could not be."""
        self._poll_failures = 0 if well else self._poll_failures + 1
        if self.is_held(now) and self._initial is Initial.CAME:
            self._poll_due, self._polls = math.inf, False  # events bring the rest
            return
        self._polls = well
        pause = max(self._poll_pause or MIN_PAUSE, MIN_PAUSE)
        self._poll_due = now + (pause if well else max(pause, self._pause(self._poll_failures, MAX_PAUSE)))

    def _lose(self) -> None:
        self._expires = -math.inf
        self._event_by = math.inf
        self._wants_fresh = False

    def _poll_now(self, now: float) -> None:
        if self._poll_pause is not None:
            self._poll_due = min(self._poll_due, now)

    def _renewal_wait(self, seconds: float) -> float:
        late = min(seconds - TRIES_SECONDS, SOON_ENOUGH)
        earliest, latest = max(seconds * EARLIEST, late - SPREAD), max(seconds * LATEST, late)
        return min(max(earliest + (latest - earliest) * self._chance(), MIN_PAUSE), MAX_WAIT)

    def _pause(self, failures: int, most: float) -> float:
        pause = min(MIN_PAUSE * 2.0 ** min(failures - 1, 16), most)
        return max(MIN_PAUSE, pause * (0.75 + self._chance() / 2))
