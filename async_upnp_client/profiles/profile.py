"""What the profiles of all kinds of devices have in common: their device, services by alias, events.

The profiles beside this module subclass ``UpnpProfileDevice``, and so do applications. It must not know what
single services mean.
"""

import asyncio
import logging
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final

from async_upnp_client._headers import CaseInsensitiveDict, shown
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client.service import EventCallbackType, UpnpService
from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.const import AddressTupleVXType, DeviceIcon
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.exceptions import (
    UpnpConnectionError,
    UpnpError,
    UpnpResponseError,
)
from async_upnp_client.profiles._renewal import is_void, pause, retry_pause, seconds_left
from async_upnp_client.profiles._services import ServicesByAlias
from async_upnp_client.profiles._side_by_side import was_closed
from async_upnp_client.search import async_search

_LOGGER = logging.getLogger(__name__)

SUBSCRIBE_TIMEOUT: Final = timedelta(minutes=9)
RESUBSCRIBE_TOLERANCE: Final = timedelta(minutes=1)
RESUBSCRIBE_TOLERANCE_SECS: Final = RESUBSCRIBE_TOLERANCE.total_seconds()

# Which kind of picture is better, where two are of one size.
ICON_KINDS: Final = ("image/gif", "image/jpeg", "image/png")


def find_device_of_type(device: UpnpDevice, device_types: Collection[str]) -> UpnpDevice:
    """Give the first device of one of some types in a tree, depth first; UpnpError if there is none."""
    for candidate in device.all_devices:
        if candidate.device_type in device_types:
            return candidate
    raise UpnpError(f"Could not find device of type: {', '.join(device_types)}")


class UpnpProfileDevice(ServicesByAlias):
    """A device of a certain kind, which may be embedded in another; base of the profiles.

    Subclasses name the types of device, the ids of services that have to be there, and the types of services
    by an alias.
    """

    DEVICE_TYPES: ClassVar[list[str]] = []
    SERVICE_IDS: ClassVar[Collection[str]] = frozenset()

    @classmethod
    async def async_search(
        cls, source: AddressTupleVXType | None = None, timeout: int = 4
    ) -> set[CaseInsensitiveDict]:
        """Search for devices of the kind, for `timeout` seconds; return the headers of their answers."""
        found: set[CaseInsensitiveDict] = set()

        async def async_take(headers: CaseInsensitiveDict) -> None:
            if headers.get("st") in cls.DEVICE_TYPES:
                found.add(headers)

        # not ssdp:all, which makes each device of the network answer a dozen times, and which some ignore
        searches = (
            async_search(async_take, timeout=timeout, search_target=device_type, source=source)
            for device_type in cls.DEVICE_TYPES
        )
        await asyncio.gather(*searches)
        return found

    @classmethod
    async def async_discover(cls) -> set[CaseInsensitiveDict]:
        """Search for devices of the kind, as ``async_search`` does without arguments."""
        return await cls.async_search()

    @classmethod
    def is_profile_device(cls, device: UpnpDevice) -> bool:
        """Tell whether a device, or one embedded in it, is of the kind and has the services of it."""
        try:
            profile_device = find_device_of_type(device, cls.DEVICE_TYPES)
        except UpnpError:
            return False
        return set(cls.SERVICE_IDS) <= {service.service_id for service in profile_device.all_services}

    def __init__(self, device: UpnpDevice, event_handler: UpnpEventHandler | None) -> None:
        """Take a device; UpnpError if neither it nor one embedded in it is of the kind."""
        super().__init__(find_device_of_type(device, self.DEVICE_TYPES))
        self.device = device
        self.on_event: EventCallbackType | None = None
        """Called with the service and the variables that have changed; with none if its events were lost."""
        self._event_handler = event_handler
        self._subscriptions: dict[str, float] = {}  # SID to the end, in the loop's time
        self._lost: dict[UpnpService, None] = {}  # services whose subscription is to be made anew
        self._former_callbacks: dict[UpnpService, EventCallbackType | None] = {}
        self._resubscriber_task: asyncio.Task[None] | None = None
        self._icon: str | None = None

    # --- What it is ---

    @property
    def name(self) -> str:
        """The friendly name of the device."""
        return self.profile_device.name

    @property
    def manufacturer(self) -> str:
        """The manufacturer of the device."""
        return self.profile_device.manufacturer

    @property
    def model_description(self) -> str | None:
        """The description of the model."""
        return self.profile_device.model_description

    @property
    def model_name(self) -> str:
        """The name of the model."""
        return self.profile_device.model_name

    @property
    def model_number(self) -> str | None:
        """The number of the model."""
        return self.profile_device.model_number

    @property
    def serial_number(self) -> str | None:
        """The serial number of the device."""
        return self.profile_device.serial_number

    @property
    def udn(self) -> str:
        """The unique device name (UDA 2.0 §1.1.4)."""
        return self.profile_device.udn

    @property
    def device_type(self) -> str:
        """The type of the device, with its version."""
        return self.profile_device.device_type

    @property
    def icon(self) -> str | None:
        """The absolute URL of the best icon: the largest, then of most colours, then PNG; None for none."""
        if self._icon is None:
            icons = [icon for icon in self.profile_device.icons if icon.url]
            self._icon = max(icons, key=_worth).url if icons else None
        return self._icon

    # --- Events ---

    def _on_event(self, service: UpnpService, state_variables: Sequence[UpnpStateVariable[Any]]) -> None:
        """Hear of an event; none of the variables has changed where the events of a service were lost."""
        if self.on_event is not None:
            self.on_event(service, state_variables)

    @property
    def is_subscribed(self) -> bool:
        """Whether there is a subscription to any of the services."""
        return bool(self._subscriptions)

    async def async_subscribe_services(self, auto_resubscribe: bool = False) -> timedelta | None:
        """Subscribe to the events of the services, or renew the subscriptions that there are.

        Returns the time until this has to be called again, None where that is not needed: without event
        handler or services with events, and with `auto_resubscribe`, which keeps the subscriptions until
        ``async_unsubscribe_services``. What is lost meanwhile is told by ``on_event`` with no variables, and
        made anew as soon as the device lets it.

        Raises UpnpError if the device refuses or cannot be reached; nothing is subscribed then, but for a
        renewal, after which the other subscriptions are still there.
        """
        if self._event_handler is None:
            return None
        if self._subscriptions:
            await self._async_renew_all(tell=False)
        else:
            await self._async_subscribe_all()
        if not self._subscriptions:
            return None
        if auto_resubscribe:
            if self._resubscriber_task is None or self._resubscriber_task.done():
                loop = asyncio.get_running_loop()
                self._resubscriber_task = loop.create_task(
                    self._async_keep_subscribed(), name=f"subscriptions of {self.name}"
                )
            return None
        left = seconds_left(self._subscriptions, self._now(), RESUBSCRIBE_TOLERANCE_SECS)
        return timedelta(seconds=left or 0.0)

    async def async_unsubscribe_services(self) -> None:
        """End all subscriptions; what goes wrong is only logged, as the device may be gone."""
        task, self._resubscriber_task = self._resubscriber_task, None
        if task is not None and task is not asyncio.current_task():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        sids = list(self._subscriptions)
        self._subscriptions.clear()
        self._lost.clear()
        await asyncio.gather(*(self._async_unsubscribe(sid) for sid in sids))
        callbacks, self._former_callbacks = self._former_callbacks, {}
        for service, callback in callbacks.items():
            service.on_event = callback

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def _async_unsubscribe(self, sid: str) -> None:
        if self._event_handler is None:
            return
        try:
            await self._event_handler.async_unsubscribe(sid)
        except UpnpError as err:
            _LOGGER.debug("%s: could not unsubscribe: %s", self.name, shown(err))
        except KeyError:
            _LOGGER.warning("%s: %s was unsubscribed by another", self.name, shown(sid))

    async def _async_subscribe_all(self) -> None:
        """Subscribe to all interesting services; after an error to none."""
        services = [
            service
            for service in self.profile_device.all_services
            # one without events would refuse, and take the others with it
            if self._interesting_service(service) and service.event_sub_url
        ]
        # what is granted after another one was refused has to be known, to be cancelled
        results = await asyncio.gather(
            *(self._async_subscribe_in_turn(service) for service in services), return_exceptions=True
        )
        try:
            for service, result in zip(services, results, strict=True):
                if was_closed(result) and len(services) > 1:
                    await self._async_subscribe(service)  # weak devices close the second of two connections
                elif isinstance(result, BaseException):
                    raise result  # noqa: TRY301  # what follows is for it
        except UpnpError as err:
            quiet = isinstance(err, UpnpResponseError) and not self._subscriptions
            level = logging.DEBUG if quiet else logging.WARNING
            _LOGGER.log(level, "%s: could not subscribe: %s", self.name, shown(err))
            await self.async_unsubscribe_services()
            raise
        except BaseException:
            await self.async_unsubscribe_services()
            raise

    async def _async_subscribe_in_turn(self, service: UpnpService) -> None:
        """Subscribe among the calls to the device: one that takes few at a time takes few of these."""
        async with service.device.root_device.call_gate:
            await self._async_subscribe(service)

    async def _async_subscribe(self, service: UpnpService) -> None:
        if self._event_handler is None:
            return
        if service not in self._former_callbacks:
            self._former_callbacks[service] = service.on_event
        service.on_event = self._on_event
        sid, granted = await self._event_handler.async_subscribe(service, SUBSCRIBE_TIMEOUT)
        self._subscriptions[sid] = self._now() + granted.total_seconds()
        self._lost.pop(service, None)

    # --- Renewal ---

    async def _async_renew_all(self, *, tell: bool) -> None:
        """Renew each subscription; those that are over are dropped.

        With `tell` what is lost is told to ``_on_event`` and kept in mind, else the first error is raised.
        """
        for sid, expires in list(self._subscriptions.items()):
            service = self._event_handler.service_for_sid(sid) if self._event_handler else None
            if self._subscriptions.pop(sid, None) is None or service is None:
                continue  # ended meanwhile
            if is_void(expires, self._now(), RESUBSCRIBE_TOLERANCE_SECS):
                _LOGGER.debug("%s: the subscription to %s is over", self.name, service)
                if tell:
                    self._lose(service)
                continue
            try:
                await self._async_renew(sid)
            except asyncio.CancelledError:
                self._subscriptions[sid] = expires  # for who cancels it to unsubscribe
                raise
            except UpnpError as err:
                if isinstance(err, UpnpConnectionError):
                    self.profile_device.available = False
                if not tell:
                    raise
                _LOGGER.debug("%s: could not renew: %s", self.name, shown(err))
                self._lose(service)
            except Exception:  # requesters of applications raise what they like
                self._subscriptions[sid] = expires  # to be tried again
                raise

    async def _async_renew(self, sid: str) -> None:
        if self._event_handler is None:
            return
        try:
            new_sid, granted = await self._event_handler.async_resubscribe(sid, SUBSCRIBE_TIMEOUT)
        except KeyError:
            return  # unsubscribed meanwhile
        self._subscriptions[new_sid] = self._now() + granted.total_seconds()

    def _lose(self, service: UpnpService) -> None:
        self._lost[service] = None
        try:
            self._on_event(service, [])
        except Exception:
            _LOGGER.exception("%s: on_event failed", self.name)

    async def _async_subscribe_lost(self) -> None:
        """Subscribe anew to what was lost; what still fails stays lost."""
        for service in list(self._lost):
            try:
                await self._async_subscribe(service)
            except UpnpError as err:
                _LOGGER.debug("%s: events of %s stay lost: %s", self.name, service, shown(err))
            else:
                self.profile_device.available = True

    async def _async_keep_subscribed(self) -> None:
        """Renew, and make anew what was lost, until cancelled, or until nothing is left."""
        failures = 0
        while self._subscriptions or self._lost:
            rest = pause(self._subscriptions, self._now(), RESUBSCRIBE_TOLERANCE_SECS)
            retry = retry_pause(failures) if self._lost else None
            await asyncio.sleep(min(seconds for seconds in (rest, retry) if seconds is not None))
            try:
                if seconds_left(self._subscriptions, self._now(), RESUBSCRIBE_TOLERANCE_SECS) == 0:
                    await self._async_renew_all(tell=True)
                if failures or not self._subscriptions or retry is not None:
                    await self._async_subscribe_lost()
            except Exception:  # requesters of applications raise what they like
                _LOGGER.exception("%s: could not renew subscriptions", self.name)
            failures = failures + 1 if self._lost else 0


def _worth(icon: DeviceIcon) -> tuple[int, int, int]:
    """Return what makes one icon better than another."""
    kind = icon.mimetype.lower()
    return icon.width * icon.height, icon.depth, ICON_KINDS.index(kind) if kind in ICON_KINDS else -1
