"""What the profiles of all kinds of devices have in common: their device, services by alias, events.

The profiles beside this module subclass ``UpnpProfileDevice``, and so do applications. It must not know what
single services mean.
"""

import asyncio
from collections.abc import Collection, Sequence
from typing import ClassVar, Final

from async_upnp_client._addresses import ip_version_from_location
from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._interfaces import usable_interfaces
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.const import AddressTupleVXType, DeviceIcon
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.profiles._eventing import (
    RESUBSCRIBE_TOLERANCE,
    RESUBSCRIBE_TOLERANCE_SECS,
    SUBSCRIBE_TIMEOUT,
    EventedServices,
)
from async_upnp_client.search import async_search

__all__ = [
    "RESUBSCRIBE_TOLERANCE",
    "RESUBSCRIBE_TOLERANCE_SECS",
    "SUBSCRIBE_TIMEOUT",
    "UpnpProfileDevice",
    "find_device_of_type",
]

# Which kind of picture is better, where two are of one size.
ICON_KINDS: Final = ("image/gif", "image/jpeg", "image/png")


def find_device_of_type(device: UpnpDevice, device_types: Collection[str]) -> UpnpDevice:
    """Give the first device of one of some types in a tree, depth first; UpnpError if there is none."""
    for candidate in device.all_devices:
        if candidate.device_type in device_types:
            return candidate
    raise UpnpError(f"Could not find device of type: {', '.join(device_types)}")


class UpnpProfileDevice(EventedServices):
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
        """Search for devices of the kind, for `timeout` seconds; return the headers of their answers.

        Without `source` the search leaves by every interface, in IPv4 and IPv6; what several of them hear of
        one location is returned once, and of devices that answer by IPv4 no more than that. What goes wrong
        on one interface does not concern the others. Errors are those of ``search.async_search``.
        """
        found: dict[tuple[str | None, str | None], CaseInsensitiveDict] = {}

        async def async_take(headers: CaseInsensitiveDict) -> None:
            if headers.get("st") in cls.DEVICE_TYPES:
                found.setdefault((headers.get("usn"), headers.get("location")), headers)

        # not ssdp:all, which makes each device of the network answer a dozen times, and which some ignore
        searches = [
            async_search(async_take, timeout=timeout, search_target=device_type, source=address)
            for address in ([source] if source is not None else sources())
            for device_type in cls.DEVICE_TYPES
        ]
        results = await asyncio.gather(*searches, return_exceptions=True)
        errors = [result for result in results if isinstance(result, BaseException)]
        if errors and len(errors) == len(results):
            raise errors[0]
        by_ipv4 = {usn for usn, location in found if location and ip_version_from_location(location) == 4}
        return {
            headers
            for (usn, location), headers in found.items()
            if usn not in by_ipv4 or ip_version_from_location(location or "") != 6
        }

    @classmethod
    async def async_discover(cls) -> set[CaseInsensitiveDict]:
        """Search for devices of the kind on every interface, as ``async_search`` does without arguments."""
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
        super().__init__(find_device_of_type(device, self.DEVICE_TYPES), event_handler)
        self.device = device
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


def sources() -> Sequence[AddressTupleVXType | None]:
    """Return where to search from: each interface in each family; None is the system's choice."""
    try:
        return [interface.source for interface in usable_interfaces()] or [None]
    except OSError:
        return [None]


def _worth(icon: DeviceIcon) -> tuple[int, int, int]:
    """Return what makes one icon better than another."""
    kind = icon.mimetype.lower()
    return icon.width * icon.height, icon.depth, ICON_KINDS.index(kind) if kind in ICON_KINDS else -1
