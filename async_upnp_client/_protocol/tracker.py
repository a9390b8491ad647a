"""UDA chapter 1: who is here, as of now, from the alives, updates, byebyes and search responses heard.

`ssdp_listener` feeds it and has the one timer that asks it to `purge`. Time comes with each message and
with each question; nothing here knows sockets, loops, callbacks, or what time it is. No work grows with
the number of devices known, whatever they send: what expires next stands first in a heap.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._protocol.discovery import LOWER__TIMESTAMP, LOWER__UDN
from async_upnp_client._protocol.due import DueHeap
from async_upnp_client._protocol.kept import ABSENT, KeptMessages, Messages
from async_upnp_client._protocol.knocks import Knocks
from async_upnp_client._protocol.known import KnownDevices
from async_upnp_client._protocol.rows import SURPLUS, Row
from async_upnp_client._protocol.ssdp_device import (
    SsdpDevice,
)
from async_upnp_client._protocol.ssdp_meaning import (
    IGNORED_HEADERS,
    is_service_type,
    local_time,
    max_age,
)
from async_upnp_client._protocol.ssdp_message import udn_from_usn
from async_upnp_client.const import (
    AddressTupleVXType,
    DeviceOrServiceType,
    NotificationSubType,
    SsdpSource,
    UniqueDeviceName,
)
from async_upnp_client.exceptions import UpnpUrlError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.url_policy import DEFAULT_URL_POLICY, UrlPolicy

# Devices that expired and are removed before one message is looked at, and devices looked at to find one
# that makes room: together less than a tenth of a millisecond. Messages come one by one, and so do new
# devices.
PURGED_PER_MESSAGE: Final = 16
LOOKED_AT: Final = 8
HOST_TABLES: Final = 64
# Devices removed since anybody asked which were. Who wants to know asks with each message; some never do.
REMOVALS_REMEMBERED: Final = 256

_NEVER = float("inf")
_UPDATE = NotificationSubType.SSDP_UPDATE.value

# Beside what never counts: an alive after an update is no change (UDA 2.0 §1.2.4), and of a USN device and
# type are known, which leaves its spelling.
_IGNORED = frozenset({*IGNORED_HEADERS, "nts", "usn", "nt", "st"})
_IGNORED_AND_BOOT_ID = frozenset({*_IGNORED, "bootid.upnp.org"})


class SsdpDeviceTracker:
    """The devices heard, with what they said and for how long it counts.

    Several listeners may share one. `devices` (UDN -> `SsdpDevice`) and `removed` are for reading.
    `limits` bound what is remembered, `url_policy` judges locations. `heard_by` is what the listener was
    told to listen on.
    """

    def __init__(
        self, *, limits: Limits = DEFAULT_LIMITS, url_policy: UrlPolicy = DEFAULT_URL_POLICY
    ) -> None:
        self.devices = KnownDevices(limits, self._let_go)
        self._limits = limits
        self._url_policy = url_policy
        # UDNs that are not all in lower case
        self._by_lower_udn: dict[str, UniqueDeviceName] = {}
        # in many small tables: when one of ten thousand entries grows, a message waits for it
        self._devices_of_host: tuple[dict[str, int], ...] = tuple({} for _ in range(HOST_TABLES))
        self._types = 0
        self._kept = KeptMessages(limits.long_headers)
        # A device seen again stays where it is in the heap, and finds the later time when it comes up.
        self._due = DueHeap(self.devices)
        self._hand = 0
        self._knocks = Knocks()
        self.removed: list[SsdpDevice] = []

    @property
    def next_check(self) -> float:
        """A POSIX time before which `purge` has nothing to do; infinite where nothing is known."""
        return self._due.next_check

    # ---- what is heard

    def see_search(
        self, headers: CaseInsensitiveDict, *, heard_by: AddressTupleVXType | None = None
    ) -> tuple[bool, SsdpDevice | None, DeviceOrServiceType | None, SsdpSource | None]:
        """Take a search response; return whether to tell, the device, the ST, and what to tell it as."""
        values = headers.peek_lower()
        search_target: DeviceOrServiceType | None = values.get("st")
        seen = self._see(values, search_target, heard_by) if search_target else None
        if seen is None or search_target is None:
            return False, None, None, None
        device, changed, now = seen
        if self._take(device, device.searches(), search_target, headers, values, now, multicast=False):
            changed = True
        return True, device, search_target, SsdpSource.SEARCH_CHANGED if changed else SsdpSource.SEARCH_ALIVE

    def see_advertisement(
        self, headers: CaseInsensitiveDict, *, heard_by: AddressTupleVXType | None = None
    ) -> tuple[bool, SsdpDevice | None, DeviceOrServiceType | None]:
        """Take an ssdp:alive or ssdp:update; return whether it is news, the device, and the NT."""
        values = headers.peek_lower()
        notification_type: DeviceOrServiceType | None = values.get("nt")
        sub_type: str | None = values.get("nts")
        seen = self._see(values, notification_type, heard_by) if notification_type and sub_type else None
        if seen is None or notification_type is None or sub_type is None:
            return False, None, None
        device, changed, now = seen
        if self._take(device, device.advertised, notification_type, headers, values, now, multicast=True):
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
        came: datetime | None = headers.get_lower(LOWER__TIMESTAMP)
        device = self._find(udn) if came is None else self._present(udn, came.timestamp())
        if device is None:
            return False, None, None
        if is_service_type(notification_type):
            gone = device.forget(notification_type, headers)
            if not gone:
                return False, None, None
            self._types -= gone
            self._account(device)
            if self._kept.room < 0:
                device.welcome(notification_type)  # nobody is told what it said
                self._account(device)
            if device.types:
                if device.deadline < device.next_check:
                    self._look_at(device, device.deadline)
                return True, device, notification_type
            del self.devices[device.udn]
        else:
            del self.devices[device.udn]
            device.note_ids(headers.peek_lower(), multicast=True)
            device.advertisement_headers[notification_type] = headers.copy()
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
        due = self._due
        while len(due):
            udn = due.first()
            if udn is None:
                continue
            device = self.devices[udn]
            if device.earliest == device.next_check:
                return local_time(device.next_check, device.last_seen)
            self._look_at(device, device.earliest)
        return None

    def purge_devices(self, override_now: datetime | None = None) -> None:
        """Remove what has expired; without a time, as of the message heard last."""
        now = override_now or max((x.last_seen for x in self.devices.values() if x.last_seen), default=None)
        if now is not None:
            self._purge(now.timestamp())

    def purge(self, now: datetime, most: int | None = None) -> list[SsdpDevice]:
        """Remove the devices and locations that have expired, at most so many; return `take_removed`."""
        self._purge(now.timestamp(), most)
        return self.take_removed() if self.removed else []

    def take_removed(self) -> list[SsdpDevice]:
        """Return the devices that expired, or made room, since this was last asked."""
        removed, self.removed = self.removed, []
        return removed

    # ---- inside

    def _purge(self, now: float, most: int | None = None) -> None:
        due, count = self._due, 0
        while due.next_check < now and count != most:
            count += 1
            udn = due.pop()
            if udn is None:
                continue
            if self.devices.deadline(udn) < now:
                self._expire(udn)
            else:
                device = self.devices[udn]
                device.purge(now)
                self._look_at(device, device.earliest)

    def _look_at(self, device: SsdpDevice, due: float) -> None:
        """Have a device looked at at another time."""
        device.next_check = due
        self._due.put(device.udn, due)

    def _expire(self, udn: UniqueDeviceName) -> None:
        """Remove a device, and remember that."""
        device = self.devices.remove(udn)
        if len(self.removed) > REMOVALS_REMEMBERED:
            self.removed.clear()
        self.removed.append(device)

    def _present(self, udn: UniqueDeviceName, now: float) -> SsdpDevice | None:
        """Return the device of this UDN that is there at a time, and let some of what has expired go."""
        if self._due.next_check < now:
            self._purge(now, PURGED_PER_MESSAGE)
        device: SsdpDevice | None = self.devices.get(udn)
        if device is None:
            device = self._find_otherwise(udn)
        if device is not None and device.deadline < now:
            self._expire(device.udn)
            return None
        return device

    def _see(
        self, values: Mapping[str, Any], kind: DeviceOrServiceType, heard_by: AddressTupleVXType | None
    ) -> tuple[SsdpDevice, bool, float] | None:
        """Find or admit the device of a message.

        Return it, whether device, type or location are new, and when the message came (POSIX time).
        """
        # plain names: a look-up by a `lowerstr`, as the constants are, takes twice as long
        udn: UniqueDeviceName | None = values.get("_udn")
        came: datetime | None = values.get("_timestamp")
        location: str | None = values.get("location")
        if not udn or came is None or not location:
            return None
        now = came.timestamp()
        device = self._present(udn, now)
        # a location known has been found good
        until = None if device is None else device.places.until(location)
        if until is None:
            try:
                self._url_policy.check_location(
                    location, heard_by=heard_by, heard_from=values.get("_remote_addr")
                )
            except UpnpUrlError:
                return None
        known = device is not None and (kind in device.advertised.kinds or device.knows(kind))
        if not known and self._types >= self._limits.types_in_all:
            return None
        if device is None:
            device = self._admit(udn, values.get("_host") or "", came)
            if device is None:
                return None
        else:
            device.is_confirmed = True
        if not known and not self._add_type(device, kind):
            return None
        changed = not known or (until is None and device.is_move(location))
        deadline = now + max_age(values.get("cache-control") or "", self._limits.max_age)
        device.refresh(kind, location, until, came, now, deadline)
        if deadline < device.next_check:
            self._look_at(device, deadline)
        return device, changed, now

    def _add_type(self, device: SsdpDevice, kind: DeviceOrServiceType) -> bool:
        """Take in a new type of a device; return whether there is room for it."""
        if device.count_types() >= self._limits.types_per_device:
            return False
        self._types += 1
        if device.welcome(kind):
            self._account(device)
        return True

    def _find(self, udn: UniqueDeviceName) -> SsdpDevice | None:
        """Return the device of this UDN."""
        return self.devices.get(udn) or self._find_otherwise(udn)

    def _find_otherwise(self, udn: UniqueDeviceName) -> SsdpDevice | None:
        """Return the device of this UDN in another case, as some write it at times (UDA 2.0 §1.1.4)."""
        if udn.islower() and not self._by_lower_udn:
            return None
        lower = udn.lower()
        device: SsdpDevice | None = self.devices.get(self._by_lower_udn.get(lower, lower))
        return device

    def _admit(self, udn: UniqueDeviceName, host: str, came: datetime) -> SsdpDevice | None:
        """Take in a new device, or refuse it."""
        of_host = self._devices_of_host[hash(host) % HOST_TABLES]
        if of_host.get(host, 0) >= self._limits.devices_per_host:
            return None
        is_full = len(self.devices) >= self._limits.devices
        if is_full and not (self._knocks.is_heard_again(udn) and self._make_room()):
            return None
        device = SsdpDevice(udn, came, limits=self._limits)
        device.is_confirmed = is_full
        device.host = host
        self.devices[udn] = device
        if not udn.islower():
            self._by_lower_udn[udn.lower()] = udn
        of_host[host] = of_host.get(host, 0) + 1
        return device

    def _make_room(self) -> bool:
        """Remove a device that has been heard only once, if there is one among a few; return whether.

        A hand goes round all devices, so that each stays for about as many newcomers as there are devices.
        """
        due = self._due
        for _ in range(LOOKED_AT):
            self._hand += 1
            udn = due.at(self._hand)
            if udn is not None and not self.devices.is_confirmed(udn):
                self._expire(udn)
                return True
        return False

    def _let_go(self, device: SsdpDevice) -> None:
        """Account for a device that is in `devices` no more; users have been seen to delete from them."""
        if device.next_check == self._due.next_check:
            self._due.settle()
        self._kept.room += device.surplus
        self._types -= device.count_types()
        if self._by_lower_udn:
            lower = device.udn.lower()
            if self._by_lower_udn.get(lower) == device.udn:
                del self._by_lower_udn[lower]
        of_host = self._devices_of_host[hash(device.host) % HOST_TABLES]
        left = of_host.pop(device.host, 0) - 1  # 0: a user has put it there
        if left > 0:
            of_host[device.host] = left

    def _account(self, device: SsdpDevice) -> None:
        """Account for what a device takes beyond the ordinary."""
        taken = device.taken_beyond()
        self._kept.room -= taken - device.surplus
        device.surplus = taken

    def _take(
        self,
        device: SsdpDevice,
        known: Messages,
        kind: DeviceOrServiceType,
        headers: CaseInsensitiveDict,
        values: Mapping[str, Any],
        came: float,
        *,
        multicast: bool,
    ) -> bool:
        """Keep the headers of a message; return whether they differ from those of the one before.

        Only what both have counts, and nothing with "_" in front.
        """
        boot_id_counts = device.note_ids(values, multicast=multicast)
        kept, kind_name = self._kept, "nt" if multicast else "st"
        place = known.find(kind)
        if place == ABSENT:
            row = kept.row(headers, kind_name, device)
            if row[SURPLUS]:
                row = self._room_for(device, row, 0)
            known.add(kept.share(kind), came, kept.share(values["location"]), row)
            return False
        before = known.at(place)
        row = kept.row(headers, kind_name, device, before)
        if row is before:
            known.renew(place, came, values["location"], row)
            return False
        if row[SURPLUS] or before[SURPLUS]:
            row = self._room_for(device, row, before[SURPLUS])
        known.renew(place, came, values["location"], row)
        return kept.differ(before, row, _IGNORED if boot_id_counts else _IGNORED_AND_BOOT_ID)

    def _room_for(self, device: SsdpDevice, row: Row, before: int) -> Row:
        """Return a row as it can be kept for a device, in the place of one with that surplus."""
        row = self._kept.take_room(row, before)
        device.surplus += row[SURPLUS] - before
        return row
