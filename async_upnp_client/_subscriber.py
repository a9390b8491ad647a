"""What `event_handler` and `subscription` do at devices (UDA 2.0 §4.1): make, renew, replace and cancel.

It keeps the table of subscriptions in step with what devices say, and knows which of them are being asked, as
their events may come before their answers. It must not know when anything is due.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from ipaddress import IPv6Address, ip_address
from weakref import WeakKeyDictionary

from async_upnp_client._addresses import canonical_host_of_url
from async_upnp_client._event_requests import (
    async_cancel_quietly,
    async_request_cancel,
    async_request_renewal,
    async_request_subscription,
    require_events,
)
from async_upnp_client._headers import shown
from async_upnp_client._notify_server import UpnpNotifyServer
from async_upnp_client._subscriptions import Keeper, Subscription, Subscriptions
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.client.service import UpnpService
from async_upnp_client.exceptions import UpnpConnectionError, UpnpError

_LOGGER = logging.getLogger("async_upnp_client.event_handler")


class Subscriber:
    """Asks devices for subscriptions; `replay` takes in what came early for one whose SID is known now.

    Where they will send their events is for `notify_server` to say, which may be exchanged.
    """

    def __init__(
        self,
        notify_server: UpnpNotifyServer,
        requester: UpnpRequester,
        table: Subscriptions,
        replay: Callable[[Subscription], None],
    ) -> None:
        self.notify_server = notify_server
        self.table = table
        self.requester = requester
        self._replay = replay
        # addresses of devices that are being asked about a subscription, None for one known by name
        self._asked: list[str | None] = []
        self._turns: WeakKeyDictionary[UpnpDevice, asyncio.Lock] = WeakKeyDictionary()

    @property
    def is_asking(self) -> bool:
        """Whether any device is being asked."""
        return bool(self._asked)

    def may_be_early(self, sender: str | None) -> bool:
        """Whether an event for an unknown SID may be of a subscription that is being made, or cancelled.

        Anybody may send one, and fill what is kept for those. Once the SID is known nobody asks who sends: a
        device with several addresses sends from any.
        """
        if sender is None:  # servers of applications do not tell
            return True
        return None in self._asked or address_of(sender) in self._asked

    async def async_make(
        self, service: UpnpService, timeout: timedelta, keeper: Keeper | None = None
    ) -> tuple[Subscription, timedelta]:
        """Subscribe; return the new entry of the table, and the duration granted."""
        sid, granted = await self._async_request(service, timeout, keeper)
        subscription = Subscription(service, sid, timeout, keeper)
        self.table.add(subscription)
        self._begin(subscription, granted)
        return subscription, granted

    async def async_renew(self, subscription: Subscription, timeout: timedelta) -> timedelta:
        """Renew, or subscribe anew where the device refuses; return the duration granted.

        For whoever has the lock of `subscription`, as the others here. A device that does not answer has
        changed nothing, and that is UpnpConnectionError; a kept subscription is void after other errors.
        """
        service, sid = subscription.service, subscription.sid
        if subscription.is_void:
            return await self.async_make_anew(subscription, timeout, keep_former=False)
        try:
            async with self._turn(service, subscription.keeper):
                with self._asking(service):
                    new_sid, granted = await async_request_renewal(self.requester, service, sid, timeout)
        except UpnpConnectionError:
            raise
        except UpnpError as err:
            _LOGGER.debug("Renewal of %s was refused, subscribe anew: %s", shown(sid), err)
            return await self.async_make_anew(subscription, timeout, keep_former=False)
        subscription.timeout = timeout
        if new_sid != sid:
            # ESP-ADF and peer-upnp answer a renewal with a second subscription; the first would go on
            self._go_on_as(subscription, new_sid, granted, keep_former=False)
            await async_cancel_quietly(self.requester, service, sid)
        elif subscription.keeper is not None:
            if await self.async_callback_url(service) != subscription.keeper.callback_url:
                # Our address is another one now. Only what was renewed shows that the device is in reach
                return await self.async_make_anew(subscription, timeout, keep_former=False)
            subscription.keeper.granted(granted, fresh=False)
        return granted

    async def async_make_anew(
        self, subscription: Subscription, timeout: timedelta, *, keep_former: bool
    ) -> timedelta:
        """Subscribe in place of what there was, which is cancelled first; void after an error, if kept."""
        service = subscription.service
        if not subscription.is_void:
            # What may be left of the old one would slow down the events of all (row E-024)
            async with self._turn(service, subscription.keeper):
                await async_cancel_quietly(self.requester, service, subscription.sid)
        times_forgotten = subscription.times_forgotten
        try:
            sid, granted = await self._async_request(service, timeout, subscription.keeper)
        except Exception:
            if subscription.keeper is not None:
                self.table.forget(subscription)  # which asks again, and need not cancel it again
            raise
        subscription.timeout = timeout
        subscription.made_after = times_forgotten
        self._go_on_as(subscription, sid, granted, keep_former=keep_former)
        return granted

    async def async_cancel(self, subscription: Subscription) -> str:
        """Take a subscription from the table, then cancel it; return its SID."""
        self.table.remove(subscription)
        async with subscription.lock:
            sid = subscription.sid
            if not subscription.is_void:  # the device may have given that SID to another
                async with self._turn(subscription.service, subscription.keeper):
                    with self._asking(subscription.service):
                        await async_request_cancel(self.requester, subscription.service, sid)
        return sid

    def _go_on_as(
        self, subscription: Subscription, sid: str, granted: timedelta, *, keep_former: bool
    ) -> None:
        subscription.watch.restart()
        if subscription.closed:
            subscription.sid = sid  # whoever closed it waits for the lock, and then cancels this SID
            return
        self.table.rename(subscription, sid, keep_former=keep_former)
        self._begin(subscription, granted)

    def _begin(self, subscription: Subscription, granted: timedelta) -> None:
        if subscription.keeper is not None:
            subscription.keeper.granted(granted, fresh=True)
        self._replay(subscription)

    async def _async_request(
        self, service: UpnpService, timeout: timedelta, keeper: Keeper | None
    ) -> tuple[str, timedelta]:
        require_events(service)
        async with self._turn(service, keeper):
            with self._asking(service):
                callback_url = await self.async_callback_url(service)
                if keeper is not None:
                    keeper.callback_url = callback_url
                return await async_request_subscription(self.requester, service, callback_url, timeout)

    @contextmanager
    def _asking(self, service: UpnpService) -> Iterator[None]:
        """Expect events of the device of `service` for a SID that it is about to tell, or to forget."""
        address = address_of(canonical_host_of_url(service.event_sub_url))
        self._asked.append(address)
        try:
            yield
        finally:
            self._asked.remove(address)

    @asynccontextmanager
    async def _turn(self, service: UpnpService, keeper: Keeper | None) -> AsyncIterator[None]:
        """Wait until no other request for a kept subscription is under way at the device, nor too many calls.

        Gateways close the second of two connections. Requests of callers are sent when they say.
        """
        if keeper is None or keeper.by_hand:
            yield
            return
        device = service.device.root_device
        async with self._turns.setdefault(device, asyncio.Lock()), device.call_gate:
            yield

    async def async_callback_url(self, service: UpnpService) -> str:
        """Return the URL that the device of `service` is told to send events to."""
        server = self.notify_server
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
