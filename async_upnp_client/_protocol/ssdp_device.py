"""UDA chapter 1: one device as SSDP shows it, and what the headers of its messages mean.

The tracker keeps a `SsdpDevice` per UDN; `ssdp_listener` shows it to users, `device_updater` reads
the same headers. Deadlines are POSIX times, so that a change to or from summer time moves nothing;
users see naive local times. Nothing here knows sockets, loops, or what time it is.
"""

import re
from collections.abc import KeysView, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from async_upnp_client._addresses import ip_version_from_location, is_valid_location
from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._protocol.discovery import LOWER__TIMESTAMP, LOWER__UDN, LOWER_LOCATION
from async_upnp_client.const import DeviceOrServiceType, UniqueDeviceName

# 0.49.0 published this pattern; `extract_uncache_after` reads more and is fooled less.
CACHE_CONTROL_RE = re.compile(r"max-age\s*=\s*(\d+)", re.IGNORECASE)

# A directive of its own ("s-max-age" is another one), blanks round "=" as the examples of UDA 1.0 print
# them, quotes as RFC 9111 §5.2 lets anybody send them; or a bare number, as pydial sends it.
_MAX_AGE = re.compile(
    r"""(?:^|[,;\s])max-age\s*=\s*["']?\s*([0-9]+)|^\s*["']?([0-9]+)["']?\s*$""", re.IGNORECASE
)

# What a message without a usable max-age gets: UDA 2.0 §1.2.2 asks devices for 1800 s or more, so half of
# that errs towards asking again.
DEFAULT_MAX_AGE = timedelta(seconds=900)

# The longest max-age believed. Routers send up to 86400; a longer one would keep a device that left without
# byebye, or was forged, for ever. A device that means it announces itself again within the day.
LONGEST_MAX_AGE = timedelta(days=1)
_LONGEST = int(LONGEST_MAX_AGE.total_seconds())

# Types that one device may have. A device announces itself, its type, upnp:rootdevice, and each service
# (UDA 2.0 §1.2.2: 3 + 2d + k; embedded devices count for themselves), and may answer searches for each lower
# version: OpenHome players reach some 30. Beyond that somebody invents types to fill our memory; a type
# not kept is never reported, the device itself stays known.
MAX_TYPES = 64

# Locations that one device may have at a time: one per address of each interface, and the ports of the
# restarts of a day. Beyond that somebody invents them; one not kept is not offered, the others stay.
MAX_LOCATIONS = 16

# Digits of a BOOTID or CONFIGID: 31 bits are ten (UDA 2.0 §1.2.2), some send milliseconds or leading zeros.
_LONGEST_NUMBER = 32

# Headers that differ from message to message of a device that has not changed.
IGNORED_HEADERS = {"date", "cache-control", "server", "host", "location"}


@lru_cache(maxsize=128)
def max_age(cache_control: str) -> int:
    """Return the seconds that a CACHE-CONTROL gives a message, with its default and its limit."""
    match = _MAX_AGE.search(cache_control)
    if match is None:
        return int(DEFAULT_MAX_AGE.total_seconds())
    digits = (match[1] or match[2]).lstrip("0")
    return min(int(digits or "0"), _LONGEST) if len(digits) <= len(str(_LONGEST)) else _LONGEST


def extract_uncache_after(cache_control: str) -> timedelta:
    """Return how long a message counts, from its CACHE-CONTROL (UDA 2.0 §1.2.2).

    Blanks, case, quotes, other directives and a bare number are forgiven. Without a usable max-age it
    is `DEFAULT_MAX_AGE`; it is never more than a day.
    """
    return timedelta(seconds=max_age(cache_control))


def local_time(posix: float, like: datetime | None = None) -> datetime:
    """Return a POSIX time as naive local time, or in the time zone of `like`."""
    return datetime.fromtimestamp(posix, None if like is None else like.tzinfo)


def extract_valid_to(headers: CaseInsensitiveDict) -> datetime:
    """Return until when a message counts: when it came plus its max-age, in naive local time."""
    came: datetime = headers.get_lower(LOWER__TIMESTAMP)
    return local_time(came.timestamp() + max_age(headers.get_lower("cache-control") or ""), came)


def _all_there(headers: CaseInsensitiveDict, *names: str) -> bool:
    return all(headers.get_lower(name) for name in names)


def valid_search_headers(headers: CaseInsensitiveDict) -> bool:
    """Return whether a search response says who answers, for what, and where it is described."""
    return _all_there(headers, LOWER__UDN, "st") and is_valid_location(
        headers.get_lower(LOWER_LOCATION) or ""
    )


def valid_advertisement_headers(headers: CaseInsensitiveDict) -> bool:
    """Return whether an ssdp:alive or ssdp:update says who, what, and where it is described."""
    return _all_there(headers, LOWER__UDN, "nt", "nts") and is_valid_location(
        headers.get_lower(LOWER_LOCATION) or ""
    )


def valid_byebye_headers(headers: CaseInsensitiveDict) -> bool:
    """Return whether an ssdp:byebye says who leaves; it needs no LOCATION (UDA 2.0 §1.2.3)."""
    return _all_there(headers, LOWER__UDN, "nt", "nts")


def values_differ(before: CaseInsensitiveDict, after: Mapping[str, Any], ignored: AbstractSet[str]) -> bool:
    """Return whether a header that both have differs; names with "_" in front and `ignored` do not count.

    The names are those of the new message, which are at hand: the old ones of ten thousand types are not.
    """
    before_or = before.get_lower
    for name, value in after.items():
        if name not in ignored and before_or(name, value) != value and name[:1] != "_":
            return True
    return False


def same_headers_differ(current_headers: CaseInsensitiveDict, new_headers: CaseInsensitiveDict) -> bool:
    """Return whether a header that both messages have differs, other than those in `IGNORED_HEADERS`."""
    return values_differ(current_headers, new_headers.as_lower_dict(), IGNORED_HEADERS)


def header_number(text: Any) -> int | None:
    """Return the number in a BOOTID or CONFIGID, or None; leading zeros do not count (UDA 2.0 §1.2.2)."""
    digits = text.strip() if isinstance(text, str) else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_NUMBER else None


def is_service_type(kind: str) -> bool:
    """Return whether an NT or ST names a service, rather than a device, a UDN or upnp:rootdevice."""
    return ":service:" in kind.lower()


class SsdpDevice:
    """A device that has been heard: what its messages said, how long they count, where it is described.

    `search_headers` and `advertisement_headers` hold the latest message for each type; `last_seen` is when
    the latest one came (naive local time); `boot_id` and `config_id` are the recorded BOOTID.UPNP.ORG and
    CONFIGID.UPNP.ORG, None where the device sends none; `userdata` is for the user.
    `deadline` is `valid_to` as POSIX time; `next_check` and `host` are the tracker's book-keeping.
    """

    # a dict per device would be half its size; "__dict__" lets users hang on attributes of their own
    __slots__ = (
        "__dict__",
        "__weakref__",
        "_announced_boot_id",
        "_boot_id_settled",
        "_boot_id_text",
        "_config_id_text",
        "_deadlines",
        "_farewells",
        "_locations",
        "advertisement_headers",
        "boot_id",
        "config_id",
        "deadline",
        "host",
        "last_seen",
        "next_check",
        "search_headers",
        "udn",
        "userdata",
    )

    def __init__(self, udn: UniqueDeviceName, valid_to: datetime) -> None:
        self.udn = udn
        self.last_seen: datetime | None = None
        self.search_headers: dict[DeviceOrServiceType, CaseInsensitiveDict] = {}
        self.advertisement_headers: dict[DeviceOrServiceType, CaseInsensitiveDict] = {}
        self.userdata: Any = None
        self.boot_id: int | None = None
        self.config_id: int | None = None
        self.deadline = valid_to.timestamp()
        self.next_check = float("inf")
        self.host = ""
        self._boot_id_text: str | None = None
        self._config_id_text: str | None = None
        self._boot_id_settled = True
        self._announced_boot_id: int | None = None
        self._deadlines: dict[DeviceOrServiceType, float] = {}
        self._locations: dict[str, float] = {}
        self._farewells: dict[DeviceOrServiceType, CaseInsensitiveDict] = {}

    def __repr__(self) -> str:
        return f"<SsdpDevice({self.udn})>"

    @property
    def valid_to(self) -> datetime:
        """Until when the device counts as present, in naive local time.

        That is as long as any of its announcements counts (UDA 2.0 §1.2.2).
        """
        return local_time(self.deadline, self.last_seen)

    @valid_to.setter
    def valid_to(self, valid_to: datetime) -> None:
        self.deadline = valid_to.timestamp()

    # ---- locations

    def add_location(self, location: str, valid_to: datetime) -> None:
        """Add a location, or change until when it counts."""
        if location in self._locations or len(self._locations) < MAX_LOCATIONS:
            self._locations[location] = valid_to.timestamp()

    @property
    def location(self) -> str | None:
        """The location to use: the first in order of the alphabet, so that it stays the same one; or None."""
        return min(self._locations) if self._locations else None

    @property
    def locations(self) -> KeysView[str]:
        """A live view of the locations known. Those of tracked devices leave as they expire."""
        return self._locations.keys()

    def purge_locations(self, now: datetime | None = None) -> None:
        """Remove the locations that count no longer at `now`; without it, when the device was last heard."""
        moment = now or self.last_seen
        if moment is not None:
            self.purge(moment.timestamp())

    def purge(self, now: float) -> None:
        """Remove the locations expired at the POSIX time `now`."""
        locations = self._locations
        for location in [known for known, deadline in locations.items() if deadline < now]:
            del locations[location]

    @property
    def earliest(self) -> float:
        """When the device or a location of it expires next, as POSIX time."""
        return min(self.deadline, min(self._locations.values(), default=self.deadline))

    def is_move(self, location: str) -> bool:
        """Return whether a location says that the device moved: a new one, in a family that has one already.

        An address of another family beside a known one does not: the device has several (UDA 2.0 §1.2).
        IPv4, IPv6 and names are a family each.
        """
        locations = self._locations
        if location in locations:
            return False
        family = ip_version_from_location(location)
        return not locations or any(ip_version_from_location(known) == family for known in locations)

    # ---- messages

    @property
    def types(self) -> KeysView[DeviceOrServiceType]:
        """A live view of the types heard of this device and not taken back."""
        return self._deadlines.keys()

    def refresh(
        self, kind: DeviceOrServiceType, location: str, came: datetime, now: float, deadline: float
    ) -> None:
        """Note that a message for the type `kind` came, and counts until `deadline` (POSIX times)."""
        self.last_seen = came
        deadlines = self._deadlines
        deadlines[kind] = deadline
        if deadline >= self.deadline:
            self.deadline = deadline
        else:  # a shorter max-age than before; any announcement that still counts keeps the device
            self.deadline = min(max(deadlines.values()), now + _LONGEST)
        locations = self._locations
        known = locations.get(location)
        if known is None:
            if len(locations) < MAX_LOCATIONS:
                locations[location] = deadline
        elif known < deadline or known > now + _LONGEST:  # the latter: our clock was ahead when we noted it
            locations[location] = deadline

    def forget(self, kind: DeviceOrServiceType, farewell: CaseInsensitiveDict) -> int:
        """Take back a service type in all its versions; return how many were known.

        A device announces its highest version only (UDA 2.0 §1.2.2) but may have answered searches for lower
        ones. The farewell can still be read through `combined_headers` by a callback that runs now or later.
        """
        stem = kind.rpartition(":")[0]
        gone = [known for known in self._deadlines if known == kind or known.rpartition(":")[0] == stem]
        if not gone:
            return 0
        searched = self.search_headers.get(kind)
        for known in gone:
            del self._deadlines[known]
            self.search_headers.pop(known, None)
            self.advertisement_headers.pop(known, None)
        if len(self._farewells) < MAX_TYPES:
            self._farewells[kind] = farewell.copy() if searched is None else _combined(searched, farewell)
        self.deadline = max(self._deadlines.values(), default=self.deadline)
        return len(gone)

    def welcome(self, kind: DeviceOrServiceType) -> None:
        """Note that a type is there again, after a farewell."""
        if self._farewells:
            self._farewells.pop(kind, None)

    def note_ids(self, values: Mapping[str, Any], *, multicast: bool) -> bool:
        """Record BOOTID and CONFIGID; return whether a BOOTID that differs from an earlier one counts.

        A different BOOTID means a restart (UDA 2.0 §1.2.4). It does not count where an ssdp:update had
        announced it, nor where a search response changes a value that no other message had repeated:
        old minisatip counts up with every response. `values` are headers by lower-case name.
        """
        config_id = values.get("configid.upnp.org")
        if config_id is not None and config_id != self._config_id_text:
            self._config_id_text = config_id
            number = header_number(config_id)
            self.config_id = self.config_id if number is None else number
        text = values.get("bootid.upnp.org")
        if text is None:  # UDA 1.0
            return True
        if text == self._boot_id_text:
            self._boot_id_settled = True
            return self._announced_boot_id is None or self._announced_boot_id != self.boot_id
        number = header_number(text)
        if number is None:  # unreadable, compared as any other header
            return True
        restless = not (multicast or self._boot_id_settled)
        self._boot_id_settled = multicast or self.boot_id in (None, number)
        self._boot_id_text, self.boot_id = text, number
        return not restless and number != self._announced_boot_id

    def note_next_boot_id(self, values: Mapping[str, Any]) -> None:
        """Record the NEXTBOOTID of an ssdp:update: the device goes on, without a restart (UDA 2.0 §1.2.4)."""
        number = header_number(values.get("nextbootid.upnp.org"))
        if number is not None:
            self.boot_id = self._announced_boot_id = number
            self._boot_id_text = None

    def combined_headers(self, device_or_service_type: DeviceOrServiceType) -> CaseInsensitiveDict:
        """Return the headers of the latest search response overlaid by those of the latest advertisement.

        Where only one of them is known, it is that one itself; where neither is, they are empty.
        """
        searched = self.search_headers.get(device_or_service_type)
        advertised = self.advertisement_headers.get(device_or_service_type)
        if searched is not None and advertised is not None:
            return _combined(searched, advertised)
        if searched is not None:
            return searched
        if advertised is not None:
            return advertised
        farewell = self._farewells.get(device_or_service_type)
        return CaseInsensitiveDict() if farewell is None else farewell

    @property
    def all_combined_headers(self) -> Mapping[DeviceOrServiceType, CaseInsensitiveDict]:
        """The combined headers of each type known."""
        return {
            kind: self.combined_headers(kind)
            for kind in {**self.search_headers, **self.advertisement_headers}
        }


def _combined(searched: CaseInsensitiveDict, advertised: CaseInsensitiveDict) -> CaseInsensitiveDict:
    combined = searched.combine(advertised)
    combined.pop("_source", None)
    return combined


def headers_differ_from_existing_advertisement(
    ssdp_device: SsdpDevice, dst: DeviceOrServiceType, headers: CaseInsensitiveDict
) -> bool:
    """Return whether headers differ from the latest advertisement for the type, if there was one."""
    known = ssdp_device.advertisement_headers.get(dst)
    return known is not None and same_headers_differ(known, headers)


def headers_differ_from_existing_search(
    ssdp_device: SsdpDevice, dst: DeviceOrServiceType, headers: CaseInsensitiveDict
) -> bool:
    """Return whether headers differ from the latest search response for the type, if there was one."""
    known = ssdp_device.search_headers.get(dst)
    return known is not None and same_headers_differ(known, headers)


def location_changed(ssdp_device: SsdpDevice, headers: CaseInsensitiveDict) -> bool:
    """Return whether the LOCATION says that the device moved; see `SsdpDevice.is_move`."""
    location = headers.get_lower(LOWER_LOCATION)
    return bool(location) and ssdp_device.is_move(location)
