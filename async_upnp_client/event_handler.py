"""Events, as a control point (UDA 2.0 §4): subscribe, renew, cancel, and take in what devices send.

Applications and `profiles` call `UpnpEventHandler`; a notify server hands it the requests that it receives.
It must not know HTTP: requests leave through a `UpnpRequester`, and arrive as `HttpRequest`.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from async_upnp_client._callbacks import CallbackTasks
from async_upnp_client._event_handler_register import EventHandlerRegister
from async_upnp_client._event_requests import require_events
from async_upnp_client._headers import shown
from async_upnp_client._incoming_events import IncomingEvents, Receipt
from async_upnp_client._local_ip import get_local_ip
from async_upnp_client._notify_server import UpnpNotifyServer, default_on_pre_notify
from async_upnp_client._protocol.event_intake import Backlog
from async_upnp_client._quiet import QuietLog
from async_upnp_client._subscriber import Subscriber
from async_upnp_client._subscriptions import Subscription, Subscriptions
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.client.service import UpnpService
from async_upnp_client.const import HttpRequest
from async_upnp_client.exceptions import UpnpConnectionError, UpnpError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.subscription import POLL_INTERVAL, Poll, StateCallback, UpnpSubscription

__all__ = [
    "Receipt",
    "UpnpEventHandler",
    "UpnpEventHandlerRegister",
    "UpnpNotifyServer",
    "default_on_pre_notify",
]

_LOGGER = logging.getLogger(__name__)

_DEFAULT_TIMEOUT = timedelta(seconds=1800)  # the least that UDA 2.0 §4.1.2 tells devices to grant


class UpnpEventHandler:
    """Subscriptions to services, and their events (UDA 2.0 §4).

    `async_keep_subscribed` makes a subscription that looks after itself. Those that `async_subscribe` makes
    are renewed by their holder, who keeps to the time granted.

    `notify_server` says where devices reach us, `requester` sends our requests. `on_pre_notify` sees each
    NOTIFY before it is read, and returns it, repaired if need be. Services are held strongly: a subscription
    lasts until it is cancelled, or lost at a renewal by its holder. When a device has forgotten its
    subscribers, as a `DeviceUpdater` can tell, `async_resubscribe_device` makes its subscriptions anew.
    `limits` bound what is kept of events.
    """

    def __init__(
        self,
        notify_server: UpnpNotifyServer,
        requester: UpnpRequester,
        on_pre_notify: Callable[[HttpRequest], HttpRequest] = default_on_pre_notify,
        *,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self.on_pre_notify = on_pre_notify
        self._subscriptions = Subscriptions(limits)
        self._backlog = Backlog(limits)
        self._quiet = QuietLog(_LOGGER, limits.log_reasons)
        self._subscriber = Subscriber(notify_server, requester, self._subscriptions, self._replay)
        self._incoming = IncomingEvents(self._subscriber, self._backlog, self._quiet, limits, self._on_gap)
        self.on_unreached: set[Callable[[UpnpService], None]] = set()
        """Called with a service each time that its device could not be reached for a subscription; they must
        not raise. A `DeviceUpdater` that looks for its device is one of them."""
        self._kept: dict[UpnpSubscription, None] = {}
        self._tasks = CallbackTasks(_LOGGER, limits.callbacks)

    @property
    def _notify_server(self) -> UpnpNotifyServer:  # applications exchange it under this name
        return self._subscriber.notify_server

    @_notify_server.setter
    def _notify_server(self, server: UpnpNotifyServer) -> None:
        self._subscriber.notify_server = server

    @property
    def _requester(self) -> UpnpRequester:
        return self._subscriber.requester

    @property
    def callback_url(self) -> str:
        """URL to which devices send their events."""
        return self._notify_server.callback_url

    @property
    def kept_subscriptions(self) -> list[UpnpSubscription]:
        """The subscriptions that `async_keep_subscribed` made and that have not ended, oldest first."""
        return list(self._kept)

    def sid_for_service(self, service: UpnpService) -> str | None:
        """Return the SID of the first subscription to `service`, None if there is none."""
        subscription = self._subscriptions.of_service(service)
        return subscription.sid if subscription else None

    def service_for_sid(self, sid: str) -> UpnpService | None:
        """Return the service of the subscription that `sid` names, None if there is none."""
        subscription = self._subscriptions.named(sid)
        return subscription.service if subscription else None

    # --- Events come in (UDA 2.0 §4.3) ---

    async def handle_notify(self, http_request: HttpRequest) -> HTTPStatus:
        """Take in a NOTIFY, and return the status to answer with.

        400 if NT or NTS is missing, 412 if either is wrong or SID is missing, and 412 for a SID that stays
        unknown. An event whose SID is known is answered 200 whatever its body says: devices cancel a
        subscription that answers errors. The service's `on_event` has been called when this returns; what it
        raises is logged. A server that can answer first calls `receive_notify` instead.
        """
        receipt = self.receive_notify(http_request)
        receipt.take_in()
        return receipt.status

    def receive_notify(self, http_request: HttpRequest) -> Receipt:
        """Judge a NOTIFY by its headers: what to answer at once, and what to call after that (row E-036).

        Devices wait for the answer before they send the next event, whatever a listener does meanwhile. The
        status is that of `handle_notify`. Events of one subscription are taken in as they were received, in
        whatever order the receipts are used.
        """
        return self._incoming.receive(self._prepared(http_request))

    def _prepared(self, request: HttpRequest) -> HttpRequest:
        hook = self.on_pre_notify
        if hook is default_on_pre_notify:
            return request  # what that strips, `parse_propertyset` does not mind
        try:
            return hook(request)
        except Exception:
            _LOGGER.exception("on_pre_notify failed; the request is taken as it came")
            return request

    def _replay(self, subscription: Subscription) -> None:
        self._incoming.replay(subscription)

    def _on_gap(self, subscription: Subscription) -> None:
        now = asyncio.get_running_loop().time()
        since = subscription.watch.resync_at(now)
        if subscription.keeper is not None:
            subscription.keeper.events_lost(since)
        elif since <= now:
            _ = self._tasks.start(self._async_resync(subscription), "subscribe anew after lost events")

    # --- Keep subscribed (UDA 2.0 §4.1) ---

    async def async_keep_subscribed(
        self,
        service: UpnpService,
        timeout: timedelta = _DEFAULT_TIMEOUT,
        *,
        poll: Poll | None = None,
        poll_interval: timedelta = POLL_INTERVAL,
        on_state: StateCallback | None = None,
        by_hand: bool = False,
    ) -> UpnpSubscription:
        """Subscribe to the events of `service`, and see that they go on; return once the device was asked.

        Whatever it answers, and whether it can be reached, `state` of what is returned says, and goes on to
        say; `on_state` is called with it at each change. It lasts until its `async_stop`, the end of an
        `async with` around it, or until the handler cancels it with the others. `timeout` is the duration
        asked for.

        `poll` brings the values by other means, `poll_interval` apart, while events do not: there is no
        subscription, or the device cannot reach us. It is called once more where events begin without an
        initial one. With `by_hand` its holder renews it, by its `async_renew`, until he calls its `keep_up`.
        Raises UpnpError if the service has no events and there is no `poll`.
        """
        if poll is None:
            require_events(service)
        kept = UpnpSubscription(
            self._subscriber,
            service,
            timeout,
            poll=poll,
            poll_interval=poll_interval,
            on_state=on_state,
            by_hand=by_hand,
            on_end=lambda subscription: self._kept.pop(subscription, None),
            on_unreached=self._tell_unreached,
            quiet=self._quiet,
        )
        self._kept[kept] = None
        await kept.async_start()
        return kept

    # --- Subscribe, renew, cancel (UDA 2.0 §4.1) ---

    async def async_subscribe(
        self, service: UpnpService, timeout: timedelta = _DEFAULT_TIMEOUT
    ) -> tuple[str, timedelta]:
        """Subscribe to the events of `service`; return the SID and the duration that the device grants.

        `timeout` is the duration asked for, in whole seconds. It is also what is returned where the device
        names none, or an infinite one: renewing is never wrong. Events that came before the answer have been
        taken in on return.

        Raises UpnpError if the service has no events, UpnpResponseError if the device refuses, UpnpSIDError
        if it gives no SID, UpnpConnectionError if it cannot be reached.
        """
        try:
            subscription, granted = await self._subscriber.async_make(service, timeout)
        except UpnpConnectionError:
            self._tell_unreached(service)
            raise
        return subscription.sid, granted

    async def async_resubscribe(
        self, service_or_sid: UpnpService | str, timeout: timedelta = _DEFAULT_TIMEOUT
    ) -> tuple[str, timedelta]:
        """Renew a subscription; return its SID, which may be another one now, and the duration granted.

        A device that refuses to renew has most likely forgotten us, over a restart or its own clock: a fresh
        subscription is made then. Raises KeyError for an unknown service or SID, and as `async_subscribe`;
        the subscription is gone after an error, unless it is a kept one.
        """
        return await self._async_resubscribe(self._named(service_or_sid), timeout)

    async def _async_resubscribe(
        self, subscription: Subscription, timeout: timedelta
    ) -> tuple[str, timedelta]:
        sid = subscription.sid
        async with subscription.lock:
            if subscription.closed:
                raise KeyError(sid)
            try:
                granted = await self._subscriber.async_renew(subscription, timeout)
            except Exception as err:
                if subscription.keeper is not None:
                    subscription.keeper.failed(err)
                else:
                    self._subscriptions.remove(subscription)
                    self._tell_unreached(subscription.service, err)
                raise
            return subscription.sid, granted

    async def async_resubscribe_all(self) -> None:
        """Renew all subscriptions, side by side; the first error is raised once all have been tried."""
        for result in await gathered(
            self._async_resubscribe(item, _DEFAULT_TIMEOUT) for item in self._subscriptions.all()
        ):
            if isinstance(result, BaseException):
                raise result

    async def async_resubscribe_device(self, device: UpnpDevice) -> None:
        """Subscribe anew, side by side, to what is subscribed to of a device that has forgotten it (E-042).

        For when it has restarted or moved, or is back after it left (UDA 2.0 §1.2). What it granted before is
        void and not cancelled. SIDs that callers hold go on naming their subscriptions; one that the device
        gives to another names that. Errors are only logged: that subscription stays, and its next renewal
        subscribes anew; a kept one tries again by itself. A call while another is under way makes what that
        has asked for anew once more, after it.
        """
        services = device.all_services
        forgotten = [item for item in self._subscriptions.all() if item.service in services]
        for subscription in forgotten:
            self._subscriptions.forget(subscription)
        for kept in self._kept_of(services):
            kept.forgotten()
        await asyncio.gather(*(self._async_resync(item, only_void=True) for item in forgotten))

    async def _async_resync(self, subscription: Subscription, *, only_void: bool = False) -> None:
        """Subscribe anew after lost events: the initial event brings all values (UDA 2.0 §4.3.2)."""
        async with subscription.lock:
            if subscription.closed or (only_void and not subscription.is_void):
                return
            timeout, keeper = subscription.timeout, subscription.keeper
            try:
                await self._subscriber.async_make_anew(subscription, timeout, keep_former=True)
            except Exception as err:  # requesters of applications raise what they like
                if keeper is not None:
                    keeper.failed(err)
                    return
                self._tell_unreached(subscription.service, err)
                if isinstance(err, UpnpError):
                    # The entry stays: its next renewal ends in a fresh one, or an error there
                    _LOGGER.warning("No events of %s until its renewal: %s", subscription.service, shown(err))
                else:
                    _LOGGER.exception("No events of %s until its renewal", subscription.service)

    async def async_unsubscribe(self, service_or_sid: UpnpService | str) -> str:
        """Cancel a subscription, and return its SID.

        Raises KeyError for an unknown service or SID, UpnpResponseError if the device refuses,
        UpnpConnectionError if it cannot be reached; the subscription is gone in any case.
        """
        return await self._async_unsubscribe(self._named(service_or_sid))

    async def _async_unsubscribe(self, subscription: Subscription) -> str:
        if subscription.keeper is not None:
            subscription.keeper.end()
        return await self._subscriber.async_cancel(subscription)

    async def async_unsubscribe_all(self) -> None:
        """Cancel all subscriptions, side by side; errors are only logged, since devices may be gone."""
        await self._tasks.async_cancel()
        await self._async_unsubscribe_each(self.kept_subscriptions, self._subscriptions.all())

    async def async_stop(self) -> None:
        """Cancel all subscriptions, and stop the notify server."""
        await self.async_unsubscribe_all()
        await self._notify_server.async_stop_server()

    async def async_unsubscribe_device(self, device: UpnpDevice) -> None:
        """Cancel the subscriptions to all services of `device`, side by side; errors are only logged."""
        services = device.all_services
        await self._async_unsubscribe_each(
            self._kept_of(services), [item for item in self._subscriptions.all() if item.service in services]
        )

    async def _async_unsubscribe_each(
        self, kept: Iterable[UpnpSubscription], subscriptions: Iterable[Subscription]
    ) -> None:
        stops = [item.async_stop() for item in kept]
        others = [self._async_unsubscribe(item) for item in subscriptions if item.keeper is None]
        for result in await gathered((*stops, *others)):
            if isinstance(result, BaseException):
                _LOGGER.debug("A subscription could not be cancelled: %r", result)

    def _tell_unreached(self, service: UpnpService, err: Exception | None = None) -> None:
        """Tell that the device of a service could not be reached, unless an error says other things."""
        if err is None or isinstance(err, UpnpConnectionError):
            for listener in tuple(self.on_unreached):
                listener(service)

    def _kept_of(self, services: Iterable[UpnpService]) -> list[UpnpSubscription]:
        return [kept for kept in self._kept if kept.service in services]

    def _named(self, service_or_sid: UpnpService | str) -> Subscription:
        subscription = (
            self._subscriptions.named(service_or_sid)
            if isinstance(service_or_sid, str)
            else self._subscriptions.of_service(service_or_sid)
        )
        if subscription is None:
            raise KeyError(service_or_sid)
        return subscription


async def gathered(coroutines: Iterable[Coroutine[Any, Any, Any]]) -> list[Any]:
    """Run all side by side; return what each returned or raised."""
    return await asyncio.gather(*coroutines, return_exceptions=True)


class UpnpEventHandlerRegister(EventHandlerRegister[UpnpEventHandler]):
    """Event handlers for many devices: one notify server for each local address by which devices are reached.

    `notify_server_type` is called with the keywords `requester` and `source`.
    """

    def local_address(self, url: str) -> str:
        """Return the local address that reaches `url`, which may take the time to resolve a name."""
        return get_local_ip(url)

    def handler_of(self, server: UpnpNotifyServer) -> UpnpEventHandler:
        """Return the handler of a notify server: its own, since another one would never see an event."""
        handler: UpnpEventHandler | None = getattr(server, "event_handler", None)
        return handler or UpnpEventHandler(server, self.requester)
