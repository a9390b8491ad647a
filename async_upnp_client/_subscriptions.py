"""The subscriptions a control point holds (UDA 2.0 §4.1), by SID: the table of `event_handler`.

It holds services strongly: a device that nobody else refers to keeps its events until it is unsubscribed. A
SID that was replaced without the caller's doing goes on naming its subscription. It must not know requests or
the notify server.
"""

import asyncio
from datetime import timedelta
from typing import Final

from async_upnp_client._protocol.event_intake import SequenceWatch
from async_upnp_client.client.service import UpnpService

FORMER_SIDS: Final = 64
"""SIDs that go on naming one subscription: more than it can be made anew between two renewals of its holder.
The oldest is forgotten first, and its holder then gets the KeyError of an unknown SID."""


class Subscription:
    """One service's events, under the SID that the device goes by at present."""

    def __init__(self, service: UpnpService, sid: str, timeout: timedelta) -> None:
        self.service = service
        self.sid = sid
        self.timeout = timeout
        """What was asked for, not what was granted: the wish of the next fresh SUBSCRIBE."""
        self.watch = SequenceWatch()
        self.closed = False
        """Set once it has left the table; what is under way for it then must not bring it back."""
        self.lock = asyncio.Lock()
        """Held while the device is asked to renew, replace or cancel it: one of these at a time."""
        self.former_sids: list[str] = []


class Subscriptions:
    """Subscriptions in the order in which they were made."""

    def __init__(self) -> None:
        self._current: dict[str, Subscription] = {}
        self._former: dict[str, Subscription] = {}

    def current(self, sid: str) -> Subscription | None:
        """Return the subscription whose events come under `sid`."""
        return self._current.get(sid)

    def is_former(self, sid: str) -> bool:
        """Whether `sid` was replaced by another one."""
        return sid in self._former

    def named(self, sid: str) -> Subscription | None:
        """Return the subscription that a caller means by `sid`, its present or a former one."""
        return self._current.get(sid) or self._former.get(sid)

    def of_service(self, service: UpnpService) -> Subscription | None:
        """Return the first subscription of `service`."""
        return next((item for item in self._current.values() if item.service == service), None)

    def all(self) -> list[Subscription]:
        """Return all of them; a copy, which stays whole while they come and go."""
        return list(self._current.values())

    def add(self, subscription: Subscription) -> None:
        """Take in a subscription under its SID; one that was there under the same SID is over."""
        sid = subscription.sid
        other = self._current.pop(sid, None)
        if other is not None and other is not subscription:
            self._close(other)
        former = self._former.pop(sid, None)
        if former is not None:
            former.former_sids.remove(sid)
        self._current[sid] = subscription

    def rename(self, subscription: Subscription, sid: str, *, keep_former: bool) -> None:
        """Let `subscription` go by `sid`; its former SID goes on naming it if `keep_former`."""
        old = subscription.sid
        if self._current.get(old) is subscription:
            del self._current[old]
        subscription.sid = sid
        self.add(subscription)
        if keep_former and old != sid:
            self._former[old] = subscription
            subscription.former_sids.append(old)
            if len(subscription.former_sids) > FORMER_SIDS:
                del self._former[subscription.former_sids.pop(0)]

    def remove(self, subscription: Subscription) -> None:
        """Forget `subscription` and all its SIDs."""
        if self._current.get(subscription.sid) is subscription:
            del self._current[subscription.sid]
        self._close(subscription)

    def _close(self, subscription: Subscription) -> None:
        subscription.closed = True
        for sid in subscription.former_sids:
            del self._former[sid]
        subscription.former_sids.clear()
