"""The events of a profile's services: all of them subscribed to, kept, and polled where they do not come.

The middle of ``profile``, above ``_services``. How a subscription is renewed is known to ``subscription``; it
must not know what single services mean.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar, Final

from async_upnp_client._headers import shown
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client.service import EventCallbackType, UpnpService
from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.const import SubscriptionState
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.exceptions import (
    UpnpConnectionError,
    UpnpConnectionTimeoutError,
    UpnpError,
    UpnpResponseError,
)
from async_upnp_client.profiles._services import Poll, ServicesByAlias
from async_upnp_client.profiles._side_by_side import was_closed
from async_upnp_client.subscription import Poll as PollValues
from async_upnp_client.subscription import UpnpSubscription

_LOGGER = logging.getLogger("async_upnp_client.profiles.profile")

SUBSCRIBE_TIMEOUT: Final = timedelta(minutes=9)
RESUBSCRIBE_TOLERANCE: Final = timedelta(minutes=1)
RESUBSCRIBE_TOLERANCE_SECS: Final = RESUBSCRIBE_TOLERANCE.total_seconds()


class EventedServices(ServicesByAlias):
    """A device whose services tell their changes, all to one listener."""

    _POLLS: ClassVar[Sequence[Poll]] = ()
    """What brings the values of evented variables where events do not."""

    def __init__(self, profile_device: UpnpDevice, event_handler: UpnpEventHandler | None) -> None:
        super().__init__(profile_device)
        self.on_event: EventCallbackType | None = None
        """Called with the service and the variables that have changed; with none if its events were lost."""
        self._event_handler = event_handler
        self._kept: dict[UpnpService, UpnpSubscription] = {}
        self._failing: set[UpnpService] = set()  # whose events were told to be lost
        self._former_callbacks: dict[UpnpService, EventCallbackType | None] = {}
        self._turn = asyncio.Lock()  # of who subscribes
        self._resubscriber_task: asyncio.Task[None] | None = None
        """Lasts as long as subscriptions are kept; applications look for it."""
        self._is_described = True

    def _on_event(self, service: UpnpService, state_variables: Sequence[UpnpStateVariable[Any]]) -> None:
        """Hear of an event; none of the variables has changed where the events of a service were lost."""
        if self.on_event is not None:
            self.on_event(service, state_variables)

    @property
    def _subscriptions(self) -> dict[str, float]:
        """The SIDs of what is subscribed to and did not fail last, and when each ends, in the loop's time."""
        held = [kept for kept in self._kept.values() if kept.error is None]
        return {kept.sid: self._now() + kept.seconds_left for kept in held if kept.sid and kept.seconds_left}

    @property
    def is_subscribed(self) -> bool:
        """Whether there is a subscription to any of the services."""
        return bool(self._subscriptions)

    def _events_come(self, service_type_abbreviation: str) -> bool:
        """Tell whether events bring the changes of the service of an alias."""
        service = self._service(service_type_abbreviation)
        kept = None if service is None else self._kept.get(service)
        return kept is not None and kept.state is SubscriptionState.ACTIVE

    async def async_subscribe_services(self, auto_resubscribe: bool = False) -> timedelta | None:
        """Subscribe to the events of the services, or renew the subscriptions that there are.

        Returns the time until this has to be called again, None where that is not needed: without event
        handler or services with events, and with `auto_resubscribe`, which keeps the subscriptions until
        ``async_unsubscribe_services``. What is lost meanwhile is told by ``on_event`` with no variables, made
        anew as soon as the device lets it, and polled until then, where the profile knows how. Services that
        a new description of the device adds are subscribed to as well (``UpnpDevice.reinit``).

        Raises UpnpError if the device refuses or cannot be reached. With `auto_resubscribe` that is so if
        there is no subscription at all, and what one service refuses is tried again; otherwise if any is
        missing. After a first call that raises nothing is subscribed; later on what there was stays.
        """
        if self._event_handler is None:
            return None
        async with self._turn:
            return await self._async_subscribe_services(auto_resubscribe)

    async def _async_subscribe_services(self, auto_resubscribe: bool) -> timedelta | None:
        self._forget_the_ended()
        error = await (self._async_renew_all() if self._kept else self._async_subscribe_all(auto_resubscribe))
        if error is not None and not (auto_resubscribe and self.is_subscribed):
            raise error
        if not self._kept:
            return None
        if auto_resubscribe:
            await self._async_keep_up()
            return None
        left = min(self._subscriptions.values(), default=0.0) - self._now() - RESUBSCRIBE_TOLERANCE_SECS
        return timedelta(seconds=max(left, 0.0))

    async def async_unsubscribe_services(self) -> None:
        """End all subscriptions; what goes wrong is only logged, as the device may be gone."""
        task, self._resubscriber_task = self._resubscriber_task, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task})
        kept = list(self._kept.values())
        self._kept.clear()
        self._failing.clear()
        await asyncio.gather(*(subscription.async_stop() for subscription in kept))
        callbacks, self._former_callbacks = self._former_callbacks, {}
        for service, callback in callbacks.items():
            service.on_event = callback

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    # --- By hand, and for the first time

    def _services_to_hear(self, *, with_events: bool) -> list[UpnpService]:
        """Return the services that the profile has to do with; one without events would refuse."""
        services = self.profile_device.all_services if self._is_described else []
        interesting = [service for service in services if self._interesting_service(service)]
        return [service for service in interesting if bool(service.event_sub_url) is with_events]

    def _forget_the_ended(self) -> None:
        """Forget subscriptions that others have ended, as of services that are gone."""
        self._kept = {service: kept for service, kept in self._kept.items() if not kept.has_ended}

    async def _async_subscribe_all(self, auto_resubscribe: bool) -> Exception | None:
        """Subscribe to all; return the first error. Nothing is left then, unless what there is may do."""
        services = self._services_to_hear(with_events=True)
        try:
            await asyncio.gather(*(self._async_subscribe_in_turn(service) for service in services))
            for service in services if len(services) > 1 else ():
                if was_closed(self._kept[service].error):  # weak devices close the second of two connections
                    await self._kept[service].async_renew()
            error = self._first_error()
            some_may_do = auto_resubscribe and self.is_subscribed and isinstance(error, UpnpError)
            if error is not None and not some_may_do:
                quiet = isinstance(error, UpnpResponseError) and not self.is_subscribed
                level = logging.DEBUG if quiet else logging.WARNING
                _LOGGER.log(level, "%s: could not subscribe: %s", self.profile_device.name, shown(error))
                await self.async_unsubscribe_services()
        except BaseException:
            await self.async_unsubscribe_services()
            raise
        return error

    async def _async_subscribe_in_turn(self, service: UpnpService) -> None:
        """Subscribe among the calls to the device: one that takes few at a time takes few of these."""
        async with service.device.root_device.call_gate:
            await self._async_subscribe(service)

    async def _async_subscribe(self, service: UpnpService) -> None:
        if self._event_handler is None:
            return
        self._former_callbacks.setdefault(service, service.on_event)
        service.on_event = self._on_event
        self._kept[service] = await self._event_handler.async_keep_subscribed(
            service, SUBSCRIBE_TIMEOUT, on_state=self._on_state, by_hand=True
        )

    async def _async_renew_all(self) -> Exception | None:
        """Renew each subscription, subscribe to what is new; return the first error.

        Where nobody answers at all, the others are not asked for: each would take as long.
        """
        for kept in list(self._kept.values()):
            await kept.async_renew()
            if isinstance(kept.error, UpnpConnectionTimeoutError):
                self.profile_device.available = False
                return kept.error
        for service in self._services_to_hear(with_events=True):
            if service not in self._kept:
                await self._async_subscribe(service)
        error = self._first_error()
        if isinstance(error, UpnpConnectionError):
            self.profile_device.available = False
        return error

    def _first_error(self) -> Exception | None:
        return next((kept.error for kept in self._kept.values() if kept.error is not None), None)

    # --- Kept up

    async def _async_keep_up(self) -> None:
        """Let subscriptions look after themselves from now on, and poll services that have none."""
        if self._resubscriber_task is None or self._resubscriber_task.done():
            loop, name = asyncio.get_running_loop(), f"subscriptions of {self.profile_device.name}"
            self._resubscriber_task = loop.create_task(self._async_follow(), name=name)
        for kept in list(self._kept.values()):
            if kept.by_hand:
                # a device that has granted little more is asked a minute before the end, as ever
                left = kept.seconds_left - RESUBSCRIBE_TOLERANCE_SECS
                kept.keep_up(
                    self._poll_of(kept.service), within=timedelta(seconds=left) if left > 0 else None
                )
                self._on_state(kept)
        for service in self._services_to_hear(with_events=False):
            poll = self._poll_of(service)
            if service not in self._kept and poll is not None and self._event_handler is not None:
                self._kept[service] = await self._event_handler.async_keep_subscribed(service, poll=poll)

    async def _async_follow(self) -> None:
        """Keep up with what the device is described to have, until cancelled."""
        root, described = self.profile_device.root_device, asyncio.Event()
        described.set()  # it may have been described anew while it was subscribed to
        root.followers.add(described.set)
        try:
            while await described.wait():
                described.clear()
                async with self._turn:
                    self.profile_device.followers.discard(described.set)
                    self._find_in(root)
                    self.profile_device.followers.add(described.set)
                    await self._async_take_changes()
        finally:
            root.followers.discard(described.set)
            self.profile_device.followers.discard(described.set)

    def _find_in(self, root: UpnpDevice) -> None:
        """Find the device among those that are described: it may be missing, or be back as another object."""
        before = self.profile_device
        likely = [one for one in root.all_devices if one.device_type == before.device_type]
        found = next((one for one in likely if one is before or one.udn == before.udn), None)
        found = found or next(iter(likely), None)
        self._is_described = found is not None
        if found is None:
            before.available = False
        else:
            self.profile_device = found

    async def _async_take_changes(self) -> None:
        """Let go services that are described no more, and keep those that are new, or have events now."""
        there = self.profile_device.all_services if self._is_described else []
        for service, kept in list(self._kept.items()):
            had_events = service in self._former_callbacks
            if service in there and had_events is bool(service.event_sub_url):
                continue
            await kept.async_stop()
            del self._kept[service]
            self._failing.discard(service)
            if had_events:
                service.on_event = self._former_callbacks.pop(service)
            if had_events and (service in there or not self._is_described):
                self._tell(service, [])
        for service in self._services_to_hear(with_events=True):
            if service not in self._kept:
                await self._async_subscribe_in_turn(service)
        await self._async_keep_up()

    def _poll_of(self, service: UpnpService) -> PollValues | None:
        """Return what polls the values of a service, None where that is not known."""
        polls = [poll for poll in self._polls_of(service) if self._action(*poll[:2]) is not None]
        return partial(self._async_poll_all, polls) if polls else None

    def _polls_of(self, service: UpnpService) -> Sequence[Poll]:
        """Return the polls that bring the evented values of a service."""
        return [poll for poll in self._POLLS if self._service(poll[0]) is service]

    def _on_state(self, kept: UpnpSubscription) -> None:
        """Tell once of events that are lost, whether the device is there, or no more."""
        service = kept.service
        if kept.by_hand or self._kept.get(service) is not kept:
            return
        if kept.error is None:
            if service in self._failing:
                self._failing.discard(service)
                self.profile_device.available = True
        elif service not in self._failing:
            _LOGGER.debug("%s: no events of %s: %s", self.profile_device.name, service, shown(kept.error))
            self._failing.add(service)
            if isinstance(kept.error, UpnpConnectionError):
                self.profile_device.available = False
            self._tell(service, [])
