"""UDA chapter 4, device side: the subscribers of a service, and the events that go to them.

A service has one ``Publisher``: it takes changes, waits as long as moderation asks, and sends each subscriber
his events in order, one at a time, so that a slow one delays nobody. Requests leave through a
``UpnpRequester``; must not know how HTTP is spoken, nor what the variables mean.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, ClassVar, Final, Protocol
from uuid import uuid4

from async_upnp_client._callbacks import CallbackTasks
from async_upnp_client._headers import shown
from async_upnp_client._protocol.eventing import build_propertyset, next_seq, notify_headers, same_sid
from async_upnp_client._protocol.moderation import Moderation
from async_upnp_client._quiet import QuietLog
from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.const import HttpRequest
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.server.state_variable import UpnpEventableStateVariable

_LOGGER = logging.getLogger(__name__)

INITIAL_WAIT: Final = 0.05
"""Seconds between the answer to SUBSCRIBE and the initial event: control points on GUPnP lose one that comes
before they have read the answer, though they say that they have got it (seen with 1.6.3)."""


class EventSubscriber:
    """One subscription to a service of ours: where its events go, until when, and which comes next.

    ``callback_url`` is the first URL to try, ``other_urls`` those that follow where it does not work.
    ``timeout`` is in seconds; None stands for ``DEFAULT_TIMEOUT``. ``host`` is who subscribed.
    """

    DEFAULT_TIMEOUT: ClassVar[int] = 3600

    def __init__(
        self,
        callback_url: str,
        timeout: int | None,
        *,
        other_urls: Sequence[str] = (),
        host: str | None = None,
    ) -> None:
        self._urls = (callback_url, *other_urls)
        self._uuid = str(uuid4())
        self._seq: int | None = None
        self.host = host
        self.queue: deque[tuple[int, str]] = deque()
        """Numbers and bodies of the events that wait for their turn."""
        self.sending: asyncio.Task[None] | None = None
        """What sends them, while there are any."""
        self.timeout = timeout

    @property
    def url(self) -> str:
        """The URL that events go to first."""
        return self._urls[0]

    @property
    def urls(self) -> tuple[str, ...]:
        """All URLs, in the order to try (UDA 2.0 §4.1.2)."""
        return self._urls

    @property
    def uuid(self) -> str:
        """The UUID of the subscription, without ``uuid:``."""
        return self._uuid

    @property
    def sid(self) -> str:
        """The SID, as it is sent."""
        return f"uuid:{self._uuid}"

    @property
    def timeout(self) -> int | None:
        """Seconds that were granted. Setting them grants as many from now on."""
        return self._timeout

    @timeout.setter
    def timeout(self, timeout: int | None) -> None:
        self._timeout = self.DEFAULT_TIMEOUT if timeout is None else timeout
        self._expires = time.monotonic() + self._timeout

    @property
    def expiration(self) -> datetime:
        """When it ends unless it is renewed: local time, naive."""
        return datetime.now() + timedelta(seconds=self._expires - time.monotonic())

    @property
    def is_expired(self) -> bool:
        """Whether it has ended."""
        return time.monotonic() >= self._expires

    def get_next_seq(self) -> int:
        """Give the number of the next event: 0 first, 1 after the last that fits (UDA 2.0 §4.3.2)."""
        self._seq = 0 if self._seq is None else next_seq(self._seq)
        return self._seq


class Evented(Protocol):
    """What a ``Publisher`` has to know of its service: the variables, and who sends."""

    @property
    def state_variables(self) -> Mapping[str, UpnpStateVariable[Any]]:
        """All variables by name, evented or not."""

    @property
    def requester(self) -> UpnpRequester:
        """What sends the events."""


class Publisher:
    """Tells the subscribers of a service what changes."""

    def __init__(self, service: Evented, limits: Limits = DEFAULT_LIMITS) -> None:
        self._service = service
        self.limits = limits
        """What bounds the subscribers; whoever publishes the device may set others."""
        self._moderation = Moderation()
        self._timer: asyncio.Handle | None = None
        self._tasks = CallbackTasks(_LOGGER, limits.callbacks)
        self._quiet = QuietLog(_LOGGER, limits.log_reasons)
        self.subscribers: list[EventSubscriber] = []

    # --- who is told ---

    def may_add(self, host: str | None) -> bool:
        """Tell whether there is room for one more subscriber, of that host."""
        self._drop_expired()
        if len(self.subscribers) >= self.limits.subscribers:
            return False
        of_host = sum(subscriber.host == host for subscriber in self.subscribers)
        return host is None or of_host < self.limits.subscribers_per_host

    def find(self, sid: str) -> EventSubscriber | None:
        """Give the subscriber that a SID names, None for an unknown or expired one."""
        self._drop_expired()
        return next((one for one in self.subscribers if same_sid(one.sid, sid)), None)

    def remove(self, subscriber: EventSubscriber) -> None:
        """Send him nothing more."""
        if subscriber in self.subscribers:
            self.subscribers.remove(subscriber)
        subscriber.queue.clear()

    def _drop_expired(self) -> None:
        for subscriber in [one for one in self.subscribers if one.is_expired]:
            _LOGGER.debug("Subscription %s to %s has expired", subscriber.sid, self._service)
            self.remove(subscriber)

    # --- what is told ---

    def note_change(self, variable: UpnpEventableStateVariable[Any]) -> None:
        """Take a change; it is told when the running step of the loop is done, or moderation allows it.

        Without a running loop there is nobody to tell: it is in the initial event of who comes.
        """
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self._moderation.change(variable.name, variable.max_rate, loop.time())
        self._arm(loop)

    def _arm(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have the one timer ring when the next variable is due."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = self._moderation.next_due
        if due is not None:
            now = loop.time()
            self._timer = loop.call_soon(self._on_due) if due <= now else loop.call_at(due, self._on_due)

    def _on_due(self) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        names = self._moderation.take_due(loop.time())
        self._arm(loop)
        variables = [self._service.state_variables[name] for name in names]
        self._tell([one for one in variables if isinstance(one, UpnpEventableStateVariable)])

    def _tell(self, variables: Sequence[UpnpEventableStateVariable[Any]]) -> None:
        """Queue one event with these variables for each subscriber."""
        if not variables:
            return
        self._drop_expired()
        # also where nobody listens: a LastChange starts anew with each event
        changes = [(variable.name, variable.changed_text()) for variable in variables]
        if self.subscribers:
            body = build_propertyset(changes)
            for subscriber in self.subscribers:
                self._queue(subscriber, body)
        for variable in variables:
            variable.event_triggered.set()

    async def async_tell(self, variables: Sequence[UpnpEventableStateVariable[Any]]) -> None:
        """Tell all subscribers of these variables, and wait until each has been sent his events."""
        self._tell(variables)
        await self._async_sent(self.subscribers)

    async def async_tell_all(self, subscriber: EventSubscriber | None = None) -> None:
        """Tell one subscriber, or each, of all evented variables, and wait until they have been sent."""
        told = list(self.subscribers) if subscriber is None else [subscriber]
        for one in told:
            self._queue(one, self.whole_state())
        await self._async_sent(told)

    def whole_state(self) -> str:
        """Write the body of an initial event: all evented variables, as declared (UDA 2.0 §4.3)."""
        return build_propertyset(
            [
                (variable.name, variable.initial_text())
                for variable in self._service.state_variables.values()
                if isinstance(variable, UpnpEventableStateVariable)
            ]
        )

    def welcome(self, subscriber: EventSubscriber) -> None:
        """Take a subscriber in, with the initial event as his first; ``release`` has it sent."""
        # nothing is sent before the answer to SUBSCRIBE; what changes until then comes behind this
        subscriber.queue.append((subscriber.get_next_seq(), self.whole_state()))
        self.subscribers.append(subscriber)

    def release(self, subscriber: EventSubscriber, wait: float = 0.0) -> None:
        """Begin to send to a subscriber who has been answered, after so many seconds."""
        if subscriber.queue and subscriber.sending is None:
            subscriber.sending = self._tasks.start(
                self._async_send(subscriber, wait), f"events to {subscriber.sid}"
            )

    def _queue(self, subscriber: EventSubscriber, body: str) -> None:
        seq = subscriber.get_next_seq()
        queue, is_held = subscriber.queue, bool(subscriber.queue) and subscriber.sending is None
        if len(queue) >= self.limits.subscriber_events:
            # The gap in SEQ tells him that he missed something, and he subscribes anew (UDA 2.0 §4.3.2). It
            # is the oldest, so that he comes to know how things stand; but the initial event comes first.
            self._quiet.report("%s does not take its events; one is left out", subscriber.host)
            del queue[1 if queue[0][0] == 0 and len(queue) > 1 else 0]
        queue.append((seq, body))
        if not is_held:
            self.release(subscriber)

    async def _async_send(self, subscriber: EventSubscriber, wait: float) -> None:
        """Send a subscriber what waits for him, in order."""
        try:
            if wait:
                await asyncio.sleep(wait)
            while subscriber.queue:
                seq, body = subscriber.queue.popleft()
                await self._async_notify(subscriber, seq, body)
        finally:
            subscriber.sending = None

    async def _async_notify(self, subscriber: EventSubscriber, seq: int, body: str) -> None:
        """Send one event. That fails does not end a subscription (E-037); that it is not known there does."""
        requester = self._service.requester
        for url in subscriber.urls:
            request = HttpRequest(
                "NOTIFY",
                url,
                notify_headers(url, subscriber.sid, seq),
                body,
                timeout=float(self.limits.notify_seconds),
                repeatable=False,
            )
            try:
                response = await requester.async_http_request(request)
            except (UpnpError, OSError) as err:
                self._quiet.report("Could not send an event to %s: %s", subscriber.host or url, shown(err))
                continue
            if response.status_code == HTTPStatus.PRECONDITION_FAILED:
                _LOGGER.debug("%s does not know %s any more", url, subscriber.sid)
                self.remove(subscriber)
            return

    async def _async_sent(self, subscribers: Iterable[EventSubscriber]) -> None:
        """Wait until nothing waits for these subscribers any more."""
        tasks = [one.sending for one in subscribers if one.sending is not None]
        if tasks:
            await asyncio.wait(tasks)

    async def async_stop(self) -> None:
        """Forget all subscribers, and send nothing more; safe twice."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for subscriber in list(self.subscribers):
            self.remove(subscriber)
        await self._tasks.async_cancel()
