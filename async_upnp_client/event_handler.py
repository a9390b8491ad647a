"""Events, as a control point (UDA 2.0 §4): subscribe, renew, cancel, and take in what devices send.

Applications and `profiles` call `UpnpEventHandler`; a notify server hands it the requests that it receives.
It must not know HTTP: requests leave through a `UpnpRequester`, and arrive as `HttpRequest`.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address

from async_upnp_client._addresses import canonical_host_of_url
from async_upnp_client._callbacks import CallbackTasks
from async_upnp_client._event_handler_register import EventHandlerRegister
from async_upnp_client._event_requests import (
    async_cancel_quietly,
    async_request_cancel,
    async_request_renewal,
    async_request_subscription,
    require_events,
)
from async_upnp_client._headers import shown
from async_upnp_client._local_ip import get_local_ip
from async_upnp_client._notify_server import UpnpNotifyServer, default_on_pre_notify
from async_upnp_client._protocol.event_intake import Backlog, Order
from async_upnp_client._protocol.eventing import parse_envelope, parse_propertyset, rounds
from async_upnp_client._quiet import QuietLog
from async_upnp_client._subscriptions import Subscription, Subscriptions
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.client.service import UpnpService
from async_upnp_client.const import HttpRequest
from async_upnp_client.exceptions import UpnpConnectionError, UpnpError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits

__all__ = [
    "UpnpEventHandler",
    "UpnpEventHandlerRegister",
    "UpnpNotifyServer",
    "default_on_pre_notify",
]

_LOGGER = logging.getLogger(__name__)

_DEFAULT_TIMEOUT = timedelta(seconds=1800)  # the least that UDA 2.0 §4.1.2 tells devices to grant


class UpnpEventHandler:
    """Subscriptions to services, and their events (UDA 2.0 §4).

    `notify_server` says where devices reach us, `requester` sends our requests. `on_pre_notify` sees each
    NOTIFY before it is read, and returns it, repaired if need be. Services are held strongly: a subscription
    lasts until it is cancelled, or lost at a renewal. When a device has forgotten its subscribers, as a
    `DeviceUpdater` can tell, `async_resubscribe_device` makes its subscriptions anew. `limits` bound what is
    kept of events.
    """

    def __init__(
        self,
        notify_server: UpnpNotifyServer,
        requester: UpnpRequester,
        on_pre_notify: Callable[[HttpRequest], HttpRequest] = default_on_pre_notify,
        *,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self._limits = limits
        self._notify_server = notify_server
        self._requester = requester
        self.on_pre_notify = on_pre_notify
        self._subscriptions = Subscriptions(limits)
        self._backlog = Backlog(limits)
        # addresses of devices that are being asked about a subscription, None for one known by name
        self._subscribing: list[str | None] = []
        self._tasks = CallbackTasks(_LOGGER, limits.callbacks)
        self._quiet = QuietLog(_LOGGER, limits.log_reasons)

    @property
    def callback_url(self) -> str:
        """URL to which devices send their events."""
        return self._notify_server.callback_url

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
        raises is logged.
        """
        request = self._prepared(http_request)
        envelope = parse_envelope(request.headers)
        if isinstance(envelope, HTTPStatus):
            headers = shown(dict(request.headers))
            self._quiet.report("Refused a NOTIFY of %s with %s: %s", request.sender, int(envelope), headers)
            return envelope

        sid, seq = envelope
        body = request.body or ""
        subscription = self._subscriptions.current(sid)
        if subscription is not None:
            self._take_in(subscription, seq, body)
            return HTTPStatus.OK

        # Devices send the initial event before they answer SUBSCRIBE, so an unknown SID may become known (row
        # E-029); not one that was given up for another, unless by a device that restarted and counts anew.
        now = asyncio.get_running_loop().time()
        awaited = bool(self._subscribing)
        may_be_given = awaited or not self._subscriptions.is_former(sid)
        if (
            may_be_given
            and self._may_be_early(request.sender)
            and self._backlog.keep(sid, seq, body, now, awaited=awaited)
        ):
            _LOGGER.debug("Keep an event for unknown SID %s", shown(sid))
            return HTTPStatus.OK
        self._quiet.report("Refused an event of %s for unknown SID %s", request.sender, shown(sid))
        return HTTPStatus.PRECONDITION_FAILED

    def _may_be_early(self, sender: str | None) -> bool:
        """Whether an event for an unknown SID may be of a subscription that is being made, or cancelled.

        Anybody may send one, and fill what is kept for those. Once the SID is known nobody asks who sends: a
        device with several addresses sends from any.
        """
        if sender is None:  # servers of applications do not tell
            return True
        return None in self._subscribing or address_of(sender) in self._subscribing

    def _prepared(self, request: HttpRequest) -> HttpRequest:
        hook = self.on_pre_notify
        if hook is default_on_pre_notify:
            return request  # what that strips, `parse_propertyset` does not mind
        try:
            return hook(request)
        except Exception:
            _LOGGER.exception("on_pre_notify failed; the request is taken as it came")
            return request

    def _take_in(self, subscription: Subscription, seq: int | None, body: str) -> None:
        order = subscription.watch.see(seq, body)
        if order is Order.REPEAT:
            _LOGGER.debug("Dropped event %s of %s, which came before", seq, shown(subscription.sid))
            return
        service = subscription.service
        for changes in rounds(parse_propertyset(body, service.note, self._limits), service.note):
            try:
                service.notify_changed_state_variables(changes)
            except Exception:
                # The device has done its part; the error belongs to the application
                _LOGGER.exception("An event of %s could not be taken in", service)
        if order is Order.GAP and subscription.watch.resync_due(asyncio.get_running_loop().time()):
            _LOGGER.debug("Events of %s were lost before number %s: subscribe anew", service, seq)
            _ = self._tasks.start(self._async_resync(subscription), "subscribe anew after lost events")

    def _replay(self, subscription: Subscription) -> None:
        for seq, body in self._backlog.take(subscription.sid, asyncio.get_running_loop().time()):
            self._take_in(subscription, seq, body)

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
        sid, granted = await self._async_request_subscription(service, timeout)
        subscription = Subscription(service, sid, timeout)
        self._subscriptions.add(subscription)
        self._replay(subscription)
        return sid, granted

    async def async_resubscribe(
        self, service_or_sid: UpnpService | str, timeout: timedelta = _DEFAULT_TIMEOUT
    ) -> tuple[str, timedelta]:
        """Renew a subscription; return its SID, which may be another one now, and the duration granted.

        A device that refuses to renew has most likely forgotten us, over a restart or its own clock: a fresh
        subscription is made then. Raises KeyError for an unknown service or SID, and as `async_subscribe`;
        the subscription is gone after an error.
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
                granted = await self._async_renew(subscription, timeout)
            except Exception:
                self._subscriptions.remove(subscription)
                raise
            return subscription.sid, granted

    async def async_resubscribe_all(self) -> None:
        """Renew all subscriptions, side by side; the first error is raised once all have been tried."""
        results = await asyncio.gather(
            *(self._async_resubscribe(item, _DEFAULT_TIMEOUT) for item in self._subscriptions.all()),
            return_exceptions=True,
        )
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def async_resubscribe_device(self, device: UpnpDevice) -> None:
        """Subscribe anew, side by side, to what is subscribed to of a device that has forgotten it (E-042).

        For when it has restarted or moved, or is back after it left (UDA 2.0 §1.2). What it granted before is
        void and not cancelled. SIDs that callers hold go on naming their subscriptions; one that the device
        gives to another names that. Errors are only logged: that subscription stays, and its next renewal
        subscribes anew. A call while another is under way makes what that has asked for anew once more, after
        it.
        """
        services = device.all_services
        forgotten = [item for item in self._subscriptions.all() if item.service in services]
        for subscription in forgotten:
            self._subscriptions.forget(subscription)
        await asyncio.gather(*(self._async_resync(item, only_void=True) for item in forgotten))

    async def async_unsubscribe(self, service_or_sid: UpnpService | str) -> str:
        """Cancel a subscription, and return its SID.

        Raises KeyError for an unknown service or SID, UpnpResponseError if the device refuses,
        UpnpConnectionError if it cannot be reached; the subscription is gone in any case.
        """
        return await self._async_unsubscribe(self._named(service_or_sid))

    async def _async_unsubscribe(self, subscription: Subscription) -> str:
        self._subscriptions.remove(subscription)
        async with subscription.lock:
            sid = subscription.sid
            if not subscription.is_void:  # the device may have given that SID to another
                with self._asking(subscription.service):
                    await async_request_cancel(self._requester, subscription.service, sid)
        return sid

    async def async_unsubscribe_all(self) -> None:
        """Cancel all subscriptions, side by side; errors are only logged, since devices may be gone."""
        await self._tasks.async_cancel()
        await self._async_unsubscribe_each(self._subscriptions.all())

    async def async_stop(self) -> None:
        """Cancel all subscriptions, and stop the notify server."""
        await self.async_unsubscribe_all()
        await self._notify_server.async_stop_server()

    async def async_unsubscribe_device(self, device: UpnpDevice) -> None:
        """Cancel the subscriptions to all services of `device`, side by side; errors are only logged."""
        services = device.all_services
        await self._async_unsubscribe_each(
            [item for item in self._subscriptions.all() if item.service in services]
        )

    async def _async_unsubscribe_each(self, subscriptions: Iterable[Subscription]) -> None:
        results = await asyncio.gather(
            *(self._async_unsubscribe(item) for item in subscriptions), return_exceptions=True
        )
        for result in results:
            if isinstance(result, BaseException):
                _LOGGER.debug("A subscription could not be cancelled: %r", result)

    def _named(self, service_or_sid: UpnpService | str) -> Subscription:
        subscription = (
            self._subscriptions.named(service_or_sid)
            if isinstance(service_or_sid, str)
            else self._subscriptions.of_service(service_or_sid)
        )
        if subscription is None:
            raise KeyError(service_or_sid)
        return subscription

    async def _async_request_subscription(
        self, service: UpnpService, timeout: timedelta
    ) -> tuple[str, timedelta]:
        require_events(service)
        with self._asking(service):
            callback_url = await self._async_callback_url(service)
            return await async_request_subscription(self._requester, service, callback_url, timeout)

    @contextmanager
    def _asking(self, service: UpnpService) -> Iterator[None]:
        """Expect events of the device of `service` for a SID that it is about to tell, or to forget."""
        address = address_of(canonical_host_of_url(service.event_sub_url))
        self._subscribing.append(address)
        try:
            yield
        finally:
            self._subscribing.remove(address)

    async def _async_renew(self, subscription: Subscription, timeout: timedelta) -> timedelta:
        service, sid = subscription.service, subscription.sid
        if subscription.is_void:
            return await self._async_subscribe_anew(subscription, timeout, keep_former=False)
        try:
            with self._asking(service):
                new_sid, granted = await async_request_renewal(self._requester, service, sid, timeout)
        except UpnpConnectionError:
            raise
        except UpnpError as err:
            _LOGGER.debug("Renewal of %s was refused, subscribe anew: %s", shown(sid), err)
            return await self._async_subscribe_anew(subscription, timeout, keep_former=False)
        subscription.timeout = timeout
        if new_sid != sid:
            # ESP-ADF and peer-upnp answer a renewal with a second subscription; the first would go on
            self._go_on_as(subscription, new_sid, keep_former=False)
            await async_cancel_quietly(self._requester, service, sid)
        return granted

    async def _async_subscribe_anew(
        self, subscription: Subscription, timeout: timedelta, *, keep_former: bool
    ) -> timedelta:
        if not subscription.is_void:
            # What may be left of the old one would slow down the events of all (row E-024)
            await async_cancel_quietly(self._requester, subscription.service, subscription.sid)
        times_forgotten = subscription.times_forgotten
        sid, granted = await self._async_request_subscription(subscription.service, timeout)
        subscription.timeout = timeout
        subscription.made_after = times_forgotten
        self._go_on_as(subscription, sid, keep_former=keep_former)
        return granted

    def _go_on_as(self, subscription: Subscription, sid: str, *, keep_former: bool) -> None:
        subscription.watch.restart()
        if subscription.closed:
            subscription.sid = sid  # whoever closed it waits for the lock, and then cancels this SID
            return
        self._subscriptions.rename(subscription, sid, keep_former=keep_former)
        self._replay(subscription)

    async def _async_resync(self, subscription: Subscription, *, only_void: bool = False) -> None:
        """Subscribe anew after lost events: the initial event brings all values (UDA 2.0 §4.3.2)."""
        async with subscription.lock:
            if subscription.closed or (only_void and not subscription.is_void):
                return
            try:
                await self._async_subscribe_anew(subscription, subscription.timeout, keep_former=True)
            except UpnpError as err:
                # The entry stays: its next renewal will be refused, and end in a fresh one or an error there
                _LOGGER.warning("No events of %s until its renewal: %s", subscription.service, shown(err))
            except Exception:  # requesters of applications raise what they like
                _LOGGER.exception("No events of %s until its renewal", subscription.service)

    async def _async_callback_url(self, service: UpnpService) -> str:
        server = self._notify_server
        if isinstance(server, UpnpNotifyServer):
            return await server.async_callback_url_for(service.event_sub_url)
        return server.callback_url  # applications put servers of their own here that have only this


def address_of(host: str) -> str | None:
    """Return an IP address in its shortest form, without zone; None for a name."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None  # on a socket of both families
    return str(mapped or address)


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
