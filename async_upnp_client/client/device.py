"""UDA chapter 2: a device with its services and embedded devices, as a control point sees it.

A tree that ``client_factory`` builds from the descriptions, and that ``device_updater`` keeps current.
Must not know how descriptions are read, nor where the device was heard of.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar
from xml.etree import ElementTree as ET

from async_upnp_client._diagnostics import NAME_LENGTH
from async_upnp_client._headers import CaseInsensitiveDict, shown
from async_upnp_client.client.call_gate import CALL_LIMIT, CallGate
from async_upnp_client.client.diagnosed import Diagnosed
from async_upnp_client.client.requester import (
    UpnpRequester,
    default_on_post_receive_device_spec,
    default_on_pre_receive_device_spec,
)
from async_upnp_client.client.service import UpnpService
from async_upnp_client.const import DeviceIcon, DeviceInfo, Diagnostic, HttpRequest, HttpResponse
from async_upnp_client.exceptions import UpnpError, UpnpResponseError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits

# Answers to a ping that say that the description is no longer there. Others, as the 400 of a Samsung TV in
# standby or the 403 and 405 of a device that is particular, show a device that is there.
GONE = frozenset({404, 410})
SERVER_ERROR = 500


class UpnpDevice(Diagnosed):
    """A device: what its description says, its services, its embedded devices (UDA 2.0 §2.3)."""

    def __init__(
        self,
        requester: UpnpRequester,
        device_info: DeviceInfo,
        services: Sequence[UpnpService],
        embedded_devices: Sequence[UpnpDevice],
        on_pre_receive_device_spec: Callable[[HttpRequest], HttpRequest] = default_on_pre_receive_device_spec,
        on_post_receive_device_spec: Callable[
            [HttpResponse], HttpResponse
        ] = default_on_post_receive_device_spec,
        *,
        call_limit: int | None = CALL_LIMIT,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        super().__init__(limits)
        self.requester = requester
        self.device_info = device_info
        self.on_pre_receive_device_spec = on_pre_receive_device_spec
        self.on_post_receive_device_spec = on_post_receive_device_spec
        self.services: dict[str, UpnpService] = {}
        """The device's own services by type; of several with one type the last: ``all_services`` has all."""
        self.embedded_devices: dict[str, UpnpDevice] = {}
        """The embedded devices by type; of several with one type the last: ``all_devices`` has all."""
        self.ssdp_headers = CaseInsensitiveDict()
        """The headers by which the device was last heard of; for users and ``DeviceUpdater`` to set."""
        self.available = True
        """Whether the device is taken to be there; for users, ``DeviceUpdater`` and profiles to set."""
        self.call_gate = CallGate(call_limit)
        """What limits the calls under way; that of the root device counts for all devices in it (C-034)."""
        self.followers: set[Callable[[], None]] = set()
        """Called when the device has become what a new description says (``reinit``); they must not raise."""
        self._parent_device: UpnpDevice | None = None
        self._own_services: list[UpnpService] = []
        self._own_devices: list[UpnpDevice] = []
        self._take(services, embedded_devices)

    def _take(self, services: Sequence[UpnpService], embedded_devices: Sequence[UpnpDevice]) -> None:
        """Have these services and embedded devices and no others, in the dicts that are there."""
        for service in services:
            service.device = self
        for device in embedded_devices:
            if device.parent_device is not self:
                device.parent_device = self
        self._own_services = list(services)
        self._own_devices = list(embedded_devices)
        self.services.clear()
        self.services.update((service.service_type, service) for service in services)
        self.embedded_devices.clear()
        self.embedded_devices.update((device.device_type, device) for device in embedded_devices)

    def __str__(self) -> str:
        return f"<UpnpDevice({self.udn})>"

    @property
    def parent_device(self) -> UpnpDevice | None:
        """The device that this one is embedded in, or None.

        Setting it raises UpnpError where the device has one already; None releases the device from it.
        """
        return self._parent_device

    @parent_device.setter
    def parent_device(self, parent_device: UpnpDevice | None) -> None:
        if self._parent_device is not None and parent_device is not None:
            msg = "UpnpDevice already bound to UpnpDevice"
            raise UpnpError(msg)
        self._parent_device = parent_device

    @property
    def root_device(self) -> UpnpDevice:
        """The device at the root of the tree: the one that is embedded in none."""
        device = self
        while device.parent_device is not None:
            device = device.parent_device
        return device

    @property
    def all_devices(self) -> list[UpnpDevice]:
        """This device, then those embedded in it at any depth, depth first."""
        devices = [self]
        for device in self._own_devices:
            devices.extend(device.all_devices)
        return devices

    @property
    def all_services(self) -> list[UpnpService]:
        """The services of all devices of ``all_devices``, in that order."""
        return [service for device in self.all_devices for service in device.own_services]

    @property
    def own_services(self) -> list[UpnpService]:
        """The services of this device itself, also those of which several have one type."""
        return list(self._own_services)

    @property
    def own_devices(self) -> list[UpnpDevice]:
        """The devices embedded directly in this one, also those of which several have one type."""
        return list(self._own_devices)

    @property
    def where(self) -> str:
        """Where a diagnostic about the device is: its UDN."""
        return shown(self.udn, NAME_LENGTH)

    @property
    def all_diagnostics(self) -> list[Diagnostic]:
        """What is wrong with all devices of ``all_devices``, with their services, and with their actions."""
        return [
            found
            for device in self.all_devices
            for found in (
                *device.diagnostics,
                *(found for service in device.own_services for found in service.all_diagnostics),
            )
        ]

    def find_device(self, device_type: str) -> UpnpDevice | None:
        """Give the first device of exactly that type in this one and those embedded in it, or None."""
        if self.device_type == device_type:
            return self
        for device in self._own_devices:
            found = device.find_device(device_type)
            if found is device:
                return self.embedded_devices.get(device_type, device)
            if found is not None:
                return found
        return None

    def find_service(self, service_type: str) -> UpnpService | None:
        """Give the first service of exactly that type in this device and those embedded in it, or None."""
        for device in self.all_devices:
            if service_type in device.services:
                return device.services[service_type]
        return None

    def get_devices_matching_udn(self, udn: str) -> list[UpnpDevice]:
        """Give the devices of ``all_devices`` that have this UDN, whatever the case of its letters."""
        wanted = udn.lower()
        return [device for device in self.all_devices if device.udn.lower() == wanted]

    def reinit(self, new_device: UpnpDevice) -> None:
        """Become what a newly read description says, and stay the same object.

        Services are matched by serviceId and type, or else by one of them; embedded devices by UDN and type,
        or else by type. What matches stays the same object, and so do its state variables and actions; it
        keeps ``on_event`` and hooks. What is new is taken over from ``new_device``, which is of no use
        afterwards; what is no longer described is dropped.

        Raises UpnpError where the device is of another type, and nothing is changed then.
        """
        if self.device_type != new_device.device_type:
            msg = f"Mismatch in device_type: {self.device_type} and {new_device.device_type}"
            raise UpnpError(msg)
        if new_device is self:
            return
        self.device_info = new_device.device_info
        self._diagnostics.take(new_device.own_diagnostics)

        new_services = new_device.own_services
        services = matched(self._own_services, new_services, SERVICE_LIKENESSES)
        for service, new_service in zip(services, new_services, strict=True):
            if service is not new_service:
                service.reinit(new_service)

        new_devices = new_device.own_devices
        devices = matched(self._own_devices, new_devices, DEVICE_LIKENESSES)
        for device, new in zip(devices, new_devices, strict=True):
            if device is new:
                device.parent_device = None
            else:
                device.reinit(new)
        self._take(services, devices)
        for follower in tuple(self.followers):
            follower()

    @property
    def name(self) -> str:
        """The friendly name."""
        return self.device_info.friendly_name

    @property
    def friendly_name(self) -> str:
        """The friendly name, "" if the description has none."""
        return self.device_info.friendly_name

    @property
    def manufacturer(self) -> str:
        """The manufacturer, "" if the description has none."""
        return self.device_info.manufacturer

    @property
    def manufacturer_url(self) -> str | None:
        """The URL of the manufacturer, as described."""
        return self.device_info.manufacturer_url

    @property
    def model_description(self) -> str | None:
        """The description of the model."""
        return self.device_info.model_description

    @property
    def model_name(self) -> str:
        """The name of the model, "" if the description has none."""
        return self.device_info.model_name

    @property
    def model_number(self) -> str | None:
        """The number of the model."""
        return self.device_info.model_number

    @property
    def model_url(self) -> str | None:
        """The URL of the model, as described."""
        return self.device_info.model_url

    @property
    def serial_number(self) -> str | None:
        """The serial number."""
        return self.device_info.serial_number

    @property
    def udn(self) -> str:
        """The Unique Device Name: ``uuid:`` and a UUID that stays with the device."""
        return self.device_info.udn

    @property
    def upc(self) -> str | None:
        """The Universal Product Code."""
        return self.device_info.upc

    @property
    def presentation_url(self) -> str | None:
        """The URL of the device's own web page, as described."""
        return self.device_info.presentation_url

    @property
    def device_url(self) -> str:
        """The URL of the device description."""
        return self.device_info.url

    @property
    def device_type(self) -> str:
        """The type of the device, with its version."""
        return self.device_info.device_type

    @property
    def icons(self) -> Sequence[DeviceIcon]:
        """The icons of the device, with absolute URLs."""
        return self.device_info.icons

    @property
    def xml(self) -> ET.Element:
        """The element of the device description that describes this device."""
        return self.device_info.xml

    def has_service(self, service_type: str) -> bool:
        """Tell whether the device itself has a service of exactly that type."""
        return service_type in self.services

    def service(self, service_type: str) -> UpnpService:
        """Give the device's own service of exactly that type. Raises KeyError if there is none."""
        return self.services[service_type]

    def service_id(self, service_id: str) -> UpnpService | None:
        """Give the device's own service of that serviceId, or None."""
        for service in self._own_services:
            if service.service_id == service_id:
                return service
        return None

    async def async_ping(self) -> None:
        """Ask for the device description, to see whether the device is there.

        Raises UpnpCommunicationError where the device cannot be reached, and UpnpResponseError, which is one,
        where it answers 404, 410 or a status of 500 and above.
        """
        request = self.on_pre_receive_device_spec(HttpRequest("GET", self.device_url, {}, None))
        response = await self.requester.async_http_request(request)
        if response.status_code in GONE or response.status_code >= SERVER_ERROR:
            raise UpnpResponseError(
                status=response.status_code, headers=response.headers, url=self.device_url
            )


Thing = TypeVar("Thing")

# What makes a newly described service, or embedded device, one that is known: tried in this order. A type
# alone serves for devices that make up a new UDN at each start (OnHub); a serviceId alone for a type that has
# got another version. What has no serviceId is like nothing but itself.
SERVICE_LIKENESSES: tuple[Callable[[UpnpService], object], ...] = (
    lambda service: (service.service_id, service.service_type),
    lambda service: service.service_type,
    lambda service: service.service_id or service,
)
DEVICE_LIKENESSES: tuple[Callable[[UpnpDevice], object], ...] = (
    lambda device: (device.udn.lower(), device.device_type),
    lambda device: device.device_type,
)


def matched(
    known: Sequence[Thing], new: Sequence[Thing], likenesses: Sequence[Callable[[Thing], object]]
) -> list[Thing]:
    """Give for each new thing the known one that it is like, each once, or itself where there is none."""
    left = list(known)
    result: list[Thing | None] = [None] * len(new)
    for likeness in likenesses:
        for place, thing in enumerate(new):
            if result[place] is not None:
                continue
            wanted = likeness(thing)
            for candidate in left:
                if likeness(candidate) == wanted:
                    result[place] = candidate
                    left.remove(candidate)
                    break
    return [thing if found is None else found for thing, found in zip(new, result, strict=True)]
