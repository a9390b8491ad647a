"""UDA chapter 1: who is here, as of now, from the alives, updates, byebyes and search responses heard.

`ssdp_listener` feeds it and has the one timer that asks it to `purge`. Time comes with each message and
with each question; nothing here knows sockets, loops, callbacks, or what time it is. No work grows with
the number of devices known, whatever they send: what expires next stands first in a heap.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import Any

from async_upnp_client._addresses import is_valid_location
from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._protocol.discovery import LOWER__TIMESTAMP, LOWER__UDN, udn_from_usn
from async_upnp_client._protocol.ssdp_device import (
    IGNORED_HEADERS,
    MAX_TYPES,
    SsdpDevice,
    is_service_type,
    local_time,
    max_age,
    values_differ,
)
from async_upnp_client.const import DeviceOrServiceType, NotificationSubType, SsdpSource, UniqueDeviceName

# Devices in all, embedded ones included. Ten thousand have been seen on networks that bridge many others;
# above, somebody forges UDNs to fill our memory. A device refused is heard when it next announces itself
# and others have expired; those known are kept and refreshed.
MAX_DEVICES = 16_384

# Devices from one sender. A bridge speaks for some hundred, a relay between networks for the thousand or so
# of a /22; above, one sender would crowd out all others. A refused one is heard as above.
MAX_DEVICES_PER_HOST = 1_024

# Types of all devices together, eight for each device: what `MAX_DEVICES` times `MAX_TYPES` forged
# messages would take, some gigabytes, no network has any use for. A type refused is not reported.
MAX_TYPES_IN_ALL = 8 * MAX_DEVICES

_UPDATE = NotificationSubType.SSDP_UPDATE.value

# Beside what never counts: an alive after an update is no change (UDA 2.0 §1.2.4), and of a USN device and
# type are known, which leaves its spelling.
# What the decoder adds is left out by its first letter anyway; named here it is left out sooner.
_DECODED = {
    "_host",
    "_location_original",
    "_local_addr",
    "_port",
    "_remote_addr",
    "_source",
    "_timestamp",
    "_udn",
}
_IGNORED = frozenset({*IGNORED_HEADERS, *_DECODED, "nts", "usn", "nt", "st"})
_IGNORED_AND_BOOT_ID = frozenset({*_IGNORED, "bootid.upnp.org"})


class SsdpDeviceTracker:
    """The devices heard, with what they said and for how long it counts.

    Several listeners may share one. `devices` (UDN -> `SsdpDevice`) is for reading. `next_check` is a
    POSIX time before which `purge` has nothing to do, infinite where nothing is known.
    """

    def __init__(self) -> None:
        self.devices: dict[UniqueDeviceName, SsdpDevice] = {}
        self.next_check = float("inf")
        self._by_lower_udn: dict[str, SsdpDevice] = {}
        self._devices_of_host: dict[str, int] = {}
        self._types = 0
        # (time before which the device need not be looked at, UDN). A device seen again leaves its entry
        # where it is, which finds the later time when it comes up; one whose time moved forward has a new
        # entry, and the old one is known by its time being another than the device's.
        self._heap: list[tuple[float, UniqueDeviceName]] = []

    # ---- what is heard

    def see_search(
        self, headers: CaseInsensitiveDict
    ) -> tuple[bool, SsdpDevice | None, DeviceOrServiceType | None, SsdpSource | None]:
        """Take a search response; return whether to tell, the device, the ST, and what to tell it as."""
        values = headers.as_lower_dict()
        search_target: DeviceOrServiceType | None = values.get("st")
        seen = self._see(values, search_target) if search_target else None
        if seen is None or search_target is None:
            return False, None, None, None
        device, changed = seen
        if _take(device, device.search_headers, search_target, headers, values, multicast=False):
            changed = True
        return True, device, search_target, SsdpSource.SEARCH_CHANGED if changed else SsdpSource.SEARCH_ALIVE

    def see_advertisement(
        self, headers: CaseInsensitiveDict
    ) -> tuple[bool, SsdpDevice | None, DeviceOrServiceType | None]:
        """Take an ssdp:alive or ssdp:update; return whether it is news, the device, and the NT."""
        values = headers.as_lower_dict()
        notification_type: DeviceOrServiceType | None = values.get("nt")
        sub_type: str | None = values.get("nts")
        seen = self._see(values, notification_type) if notification_type and sub_type else None
        if seen is None or notification_type is None or sub_type is None:
            return False, None, None
        device, changed = seen
        if _take(device, device.advertisement_headers, notification_type, headers, values, multicast=True):
            changed = True
        if sub_type.lower() == _UPDATE:
            device.note_next_boot_id(values)
            changed = True
        return changed, device, notification_type

    def unsee_advertisement(
        self, headers: CaseInsensitiveDict
    ) -> tuple[bool, SsdpDevice | None, DeviceOrServiceType | None]:
        """Take an ssdp:byebye; return whether something known left, the device, and the NT.

        A service type takes back that service; its last type, upnp:rootdevice, the UDN or a device type
        take the device away. LOCATION and CACHE-CONTROL are not needed (UDA 2.0 §1.2.3).
        """
        udn = headers.get_lower(LOWER__UDN)
        notification_type: DeviceOrServiceType | None = headers.get_lower("nt")
        if not udn or not notification_type or not headers.get_lower("nts"):
            return False, None, None
        came = headers.get_lower(LOWER__TIMESTAMP)
        if came is not None:
            self.purge_devices(came)
        device = self._find(udn)
        if device is None:
            return False, None, None
        if is_service_type(notification_type):
            gone = device.forget(notification_type, headers)
            if not gone:
                return False, None, None
            self._types -= gone
            if device.types:
                if device.deadline < device.next_check:
                    self._queue(device, device.deadline)
                return True, device, notification_type
        else:
            device.note_ids(headers.as_lower_dict(), multicast=True)
            kept = device.advertisement_headers.setdefault(notification_type, CaseInsensitiveDict())
            kept.replace(headers)
        self._remove(device)
        return True, device, notification_type

    def get_device(self, headers: CaseInsensitiveDict) -> SsdpDevice | None:
        """Return the device whose USN these headers have, or None."""
        usn = headers.get_lower("usn")
        udn = udn_from_usn(usn) if usn else None
        return self._find(udn) if udn else None

    # ---- what expires

    @property
    def next_valid_to(self) -> datetime | None:
        """When the next device or location expires unless it is heard again (naive local time), or None."""
        self._settle()
        while self._heap:
            due, udn = self._heap[0]
            device = self.devices[udn]
            if device.earliest == due:
                return local_time(due, device.last_seen)
            heappop(self._heap)
            self._queue(device, device.earliest)
            self._settle()
        return None

    def purge_devices(self, override_now: datetime | None = None) -> None:
        """Remove what has expired; without a time, as of the message heard last."""
        now = override_now or max((x.last_seen for x in self.devices.values() if x.last_seen), default=None)
        if now is not None:
            self.purge(now)

    def purge(self, now: datetime) -> list[SsdpDevice]:
        """Remove the devices and locations that have expired; return the devices."""
        moment = now.timestamp()
        return self._purge(moment) if self.next_check < moment else []

    # ---- inside

    def _see(self, values: Mapping[str, Any], kind: DeviceOrServiceType) -> tuple[SsdpDevice, bool] | None:
        """Find or admit the device of a message; return it and whether device, type or location are new."""
        # plain names: a look-up by a `lowerstr`, as the constants are, takes twice as long
        udn: UniqueDeviceName | None = values.get("_udn")
        came: datetime | None = values.get("_timestamp")
        location: str | None = values.get("location")
        if not udn or came is None or not location:
            return None
        now = came.timestamp()
        if self.next_check < now:
            self._purge(now)
        device = self.devices.get(udn) or self._find(udn)
        # a location known has been found good
        known_there = device is not None and location in device.locations
        if not known_there and not is_valid_location(location):
            return None
        known = device is not None and kind in device.types
        if not known and self._types >= MAX_TYPES_IN_ALL:
            return None
        if device is None:
            device = self._admit(udn, values.get("_host") or "", came)
            if device is None:
                return None
        if not known:
            if len(device.types) >= MAX_TYPES:
                return None
            self._types += 1
            device.welcome(kind)
        changed = not known or (not known_there and device.is_move(location))
        deadline = now + max_age(values.get("cache-control") or "")
        device.refresh(kind, location, came, now, deadline)
        if deadline < device.next_check:
            self._queue(device, deadline)
        return device, changed

    def _find(self, udn: UniqueDeviceName) -> SsdpDevice | None:
        """Return the device of this UDN; some write it in another case at times (UDA 2.0 §1.1.4)."""
        device = self.devices.get(udn)
        if device is None:
            other = self._by_lower_udn.get(udn.lower())
            if other is not None and other.udn in self.devices:
                return other
        return device

    def _admit(self, udn: UniqueDeviceName, host: str, came: datetime) -> SsdpDevice | None:
        """Make room for a new device, or refuse it."""
        of_host = self._devices_of_host.get(host, 0)
        if len(self.devices) >= MAX_DEVICES or of_host >= MAX_DEVICES_PER_HOST:
            return None
        device = SsdpDevice(udn, came)
        device.host = host
        self.devices[udn] = self._by_lower_udn[udn if udn.islower() else udn.lower()] = device
        self._devices_of_host[host] = of_host + 1
        return device

    def _remove(self, device: SsdpDevice) -> None:
        del self.devices[device.udn]
        del self._by_lower_udn[device.udn.lower()]
        self._types -= len(device.types)
        of_host = self._devices_of_host[device.host] - 1
        if of_host:
            self._devices_of_host[device.host] = of_host
        else:
            del self._devices_of_host[device.host]
        self._settle()

    def _settle(self) -> None:
        """Drop entries that say nothing any longer from the front, so that the first says what comes up."""
        heap, devices = self._heap, self.devices
        while heap:
            due, udn = heap[0]
            device = devices.get(udn)
            if device is not None and device.next_check == due:
                self.next_check = due
                return
            heappop(heap)
        self.next_check = float("inf")

    def _queue(self, device: SsdpDevice, due: float) -> None:
        device.next_check = due
        heap = self._heap
        heappush(heap, (due, device.udn))
        # a sender that alternates between a long and a short max-age leaves an entry each time; sweeping at
        # twice the devices keeps the cost of a message constant, and the memory
        if len(heap) > 2 * len(self.devices) + 64:
            heap[:] = _entries(self.devices.values())
            heapify(heap)
        self.next_check = heap[0][0]

    def _purge(self, now: float) -> list[SsdpDevice]:
        removed: list[SsdpDevice] = []
        while self.next_check < now:
            device = self.devices.get(heappop(self._heap)[1])
            if device is not None and device.deadline < now:
                removed.append(device)
                self._remove(device)
            elif device is not None:
                device.purge(now)
                self._queue(device, device.earliest)
            self._settle()
        return removed


def _entries(devices: Iterable[SsdpDevice]) -> list[tuple[float, UniqueDeviceName]]:
    return [(device.next_check, device.udn) for device in devices]


def _take(
    device: SsdpDevice,
    known: dict[DeviceOrServiceType, CaseInsensitiveDict],
    kind: DeviceOrServiceType,
    headers: CaseInsensitiveDict,
    values: Mapping[str, Any],
    *,
    multicast: bool,
) -> bool:
    """Keep the headers of a message; return whether they differ from those of the one before."""
    boot_id_counts = device.note_ids(values, multicast=multicast)
    before = known.get(kind)
    if before is None:
        known[kind] = headers.copy()
        return False
    differ = values_differ(before, values, _IGNORED if boot_id_counts else _IGNORED_AND_BOOT_ID)
    before.replace(headers)
    return differ
