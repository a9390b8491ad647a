"""The subscriptions a control point holds (UDA 2.0 §4.1), by SID: the table of `event_handler`.

It holds services strongly: a device that nobody else refers to keeps its events until it is unsubscribed. A
SID that was replaced without the caller's doing goes on naming its subscription, and so does one that its
device has forgotten, until it gives it to another. It must not know requests or the notify server.
"""

import asyncio
from collections import deque
from datetime import timedelta
from typing import Protocol

from async_upnp_client._protocol.event_intake import SequenceWatch
from async_upnp_client.client.service import UpnpService
from async_upnp_client.limits import DEFAULT_LIMITS, Limits


class Keeper(Protocol):
    """What keeps a subscription renewed, and is told what becomes of it."""

    callback_url: str | None
    """The URL that the device was told to send events to."""
    by_hand: bool
    """Whether its holder says when it is renewed."""

    def end(self) -> None:
        """Do nothing from now on."""

    def granted(self, granted: timedelta, *, fresh: bool) -> None:
        """Take it that the device grants a time, to a renewal or to a new subscription."""

    def failed(self, err: Exception) -> None:
        """Take it that the device refused, or cannot be reached."""

    def event_came(self) -> None:
        """Take it that an event came."""

    def events_lost(self, since: float) -> None:
        """Take it that events got lost; asked for anew at that time of the loop at the soonest."""

    def forgotten(self) -> None:
        """Take it that the device has forgotten us."""


class Subscription:
    """One service's events, under the SID that the device goes by at present."""

    def __init__(
        self, service: UpnpService, sid: str, timeout: timedelta, keeper: Keeper | None = None
    ) -> None:
        self.service = service
        self.sid = sid
        self.keeper = keeper
        """What renews it; None where its holder does."""
        self.arrived: deque[tuple[int | None, str]] = deque()
        """Events that have been answered, in their order, and are to be taken in."""
        self.timeout = timeout
        """What was asked for, not what was granted: the wish of the next fresh SUBSCRIBE."""
        self.watch = SequenceWatch()
        self.closed = False
        """Set once it has left the table; what is under way for it then must not bring it back."""
        self.lock = asyncio.Lock()
        """Held while the device is asked to renew, replace or cancel it: one of these at a time."""
        self.former_sids: list[str] = []
        self.times_forgotten = 0
        """How often its device has forgotten its subscribers, over a restart or while it was away."""
        self.made_after = 0
        """Of these times, how many were over when the subscription that there is now was asked for."""

    @property
    def is_void(self) -> bool:
        """Whether the device knows nothing of it, and may have given its SID to another."""
        return self.made_after < self.times_forgotten


class Subscriptions:
    """Subscriptions in the order in which they were made."""

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._all: dict[Subscription, None] = {}
        self._current: dict[str, Subscription] = {}
        self._former: dict[str, Subscription] = {}

    def current(self, sid: str) -> Subscription | None:
        """Return the subscription whose events come under `sid`."""
        return self._current.get(sid)

    def is_former(self, sid: str) -> bool:
        """Whether `sid` was replaced by another one, or forgotten by its device."""
        return sid in self._former

    def named(self, sid: str) -> Subscription | None:
        """Return the subscription that a caller means by `sid`, its present or a former one."""
        return self._current.get(sid) or self._former.get(sid)

    def of_service(self, service: UpnpService) -> Subscription | None:
        """Return the first subscription of `service`."""
        return next((item for item in self._all if item.service == service), None)

    def all(self) -> list[Subscription]:
        """Return all of them, the void ones too; a copy, which stays whole while they come and go."""
        return list(self._all)

    def add(self, subscription: Subscription) -> None:
        """Take in a subscription under its SID; one that was there under the same SID is over."""
        sid = subscription.sid
        other = self._current.pop(sid, None)
        if other is not None and other is not subscription and not other.is_void:
            self.remove(other)
        self._drop_former(sid)
        self._current[sid] = subscription
        self._all[subscription] = None

    def rename(self, subscription: Subscription, sid: str, *, keep_former: bool) -> None:
        """Let `subscription` go by `sid`; its former SID goes on naming it if `keep_former`."""
        old = subscription.sid
        if self._current.get(old) is subscription:
            del self._current[old]
        subscription.sid = sid
        self.add(subscription)
        if old == sid:
            return
        if keep_former:
            self._keep_former(subscription, old)
        elif self._former.get(old) is subscription:
            self._drop_former(old)

    def forget(self, subscription: Subscription) -> None:
        """Take note that its device has forgotten `subscription`; its SID goes on naming it."""
        subscription.times_forgotten += 1
        if self._current.get(subscription.sid) is subscription:
            del self._current[subscription.sid]
            self._keep_former(subscription, subscription.sid)

    def _keep_former(self, subscription: Subscription, sid: str) -> None:
        if sid in self._current:
            return  # it is another's by now
        self._drop_former(sid)
        self._former[sid] = subscription
        subscription.former_sids.append(sid)
        if len(subscription.former_sids) > self._limits.former_sids:
            self._drop_former(subscription.former_sids[0])

    def _drop_former(self, sid: str) -> None:
        subscription = self._former.pop(sid, None)
        if subscription is not None:
            subscription.former_sids.remove(sid)

    def remove(self, subscription: Subscription) -> None:
        """Forget `subscription` and all its SIDs."""
        if self._current.get(subscription.sid) is subscription:
            del self._current[subscription.sid]
        for sid in list(subscription.former_sids):
            self._drop_former(sid)
        self._all.pop(subscription, None)
        subscription.closed = True
