"""Events come in, as a control point (UDA 2.0 §4.3): a NOTIFY to its subscription, and to its service.

For `event_handler`, which says what is to be done where events got lost. It must not know HTTP, nor when a
subscription is renewed.
"""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import NamedTuple

from async_upnp_client._headers import shown
from async_upnp_client._protocol.event_intake import Backlog, Order
from async_upnp_client._protocol.eventing import parse_envelope, parse_propertyset, rounds
from async_upnp_client._quiet import QuietLog
from async_upnp_client._subscriber import Subscriber
from async_upnp_client._subscriptions import Subscription
from async_upnp_client.const import HttpRequest
from async_upnp_client.limits import Limits

_LOGGER = logging.getLogger("async_upnp_client.event_handler")


class Receipt(NamedTuple):
    """What becomes of a NOTIFY: the status to answer with, and what is to be done once that is sent."""

    status: HTTPStatus
    take_in: Callable[[], None]
    """Sets the service's variables, and calls its `on_event`; never raises. Does nothing where there is
    nothing to do."""


def nothing() -> None:
    """Take nothing in."""


class IncomingEvents:
    """Events for the subscriptions of `subscriber`; those that come before their SID is known wait.

    `on_gap` is called with a subscription whose events got lost.
    """

    def __init__(
        self,
        subscriber: Subscriber,
        backlog: Backlog,
        quiet: QuietLog,
        limits: Limits,
        on_gap: Callable[[Subscription], None],
    ) -> None:
        self._subscriber = subscriber
        self._table = subscriber.table
        self._backlog = backlog
        self._quiet = quiet
        self._limits = limits
        self._on_gap = on_gap

    def receive(self, request: HttpRequest) -> Receipt:
        """Judge a NOTIFY by its headers: what to answer, and what to call after that."""
        envelope = parse_envelope(request.headers)
        if isinstance(envelope, HTTPStatus):
            headers = shown(dict(request.headers))
            self._quiet.report("Refused a NOTIFY of %s with %s: %s", request.sender, int(envelope), headers)
            return Receipt(envelope, nothing)

        sid, seq = envelope
        body = request.body or ""
        subscription = self._table.current(sid)
        if subscription is not None:
            subscription.arrived.append((seq, body))
            return Receipt(HTTPStatus.OK, partial(self._take_in_arrived, subscription))

        # Devices send the initial event before they answer SUBSCRIBE, so an unknown SID may become known (row
        # E-029); not one that was given up for another, unless by a device that restarted and counts anew.
        now = asyncio.get_running_loop().time()
        awaited = self._subscriber.is_asking
        may_be_given = awaited or not self._table.is_former(sid)
        if (
            may_be_given
            and self._subscriber.may_be_early(request.sender)
            and self._backlog.keep(sid, seq, body, now, awaited=awaited)
        ):
            _LOGGER.debug("Keep an event for unknown SID %s", shown(sid))
            return Receipt(HTTPStatus.OK, nothing)
        self._quiet.report("Refused an event of %s for unknown SID %s", request.sender, shown(sid))
        return Receipt(HTTPStatus.PRECONDITION_FAILED, nothing)

    def _take_in_arrived(self, subscription: Subscription) -> None:
        while subscription.arrived:
            seq, body = subscription.arrived.popleft()
            self._take_in(subscription, seq, body)

    def _take_in(self, subscription: Subscription, seq: int | None, body: str) -> None:
        watch = subscription.watch
        before = watch.last_seq
        order = watch.see(seq, body)
        if order is Order.REPEAT:
            _LOGGER.debug("Dropped event %s of %s, which came before", seq, shown(subscription.sid))
            return
        service = subscription.service
        keeper = subscription.keeper
        if keeper is not None:
            keeper.event_came()
        for changes in rounds(parse_propertyset(body, service.note, self._limits), service.note):
            try:
                service.notify_changed_state_variables(changes)
            except Exception:
                # The device has done its part; the error belongs to the application
                _LOGGER.exception("An event of %s could not be taken in", service)
        late = order is Order.LATE or (order is Order.LOWER and seq != before)
        if order is Order.GAP or (late and keeper is not None):
            _LOGGER.debug("Events of %s were lost before number %s", service, seq)
            self._on_gap(subscription)

    def replay(self, subscription: Subscription) -> None:
        """Take in what came before its SID was known."""
        for seq, body in self._backlog.take(subscription.sid, asyncio.get_running_loop().time()):
            self._take_in(subscription, seq, body)
