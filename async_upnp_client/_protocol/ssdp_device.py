"""UDA chapter 1: one device as SSDP shows it.

The tracker keeps a `SsdpDevice` per UDN; `ssdp_listener` shows it to users, `device_updater` reads
the same headers. Deadlines are POSIX times, so that a change to or from summer time moves nothing;
users see naive local times. Nothing here knows sockets, loops, or what time it is.
"""

from collections.abc import Callable, KeysView, Mapping
from datetime import datetime
from typing import Any

from async_upnp_client._addresses import ip_version_from_location
from async_upnp_client._headers import CaseInsensitiveDict, shown
from async_upnp_client._protocol.discovery import LOWER_LOCATION
from async_upnp_client._protocol.kept import ABSENT, Farewells, LatestMessages, Messages
from async_upnp_client._protocol.locations import Locations
from async_upnp_client._protocol.rows import combined_headers, value_of
from async_upnp_client._protocol.ssdp_meaning import header_number, local_time, max_age, same_headers_differ
from async_upnp_client.const import DeviceOrServiceType, UniqueDeviceName
from async_upnp_client.limits import DEFAULT_LIMITS, Limits

# Where these are in a device that was put away.
IS_CONFIRMED, NEXT_CHECK, DEADLINE, NUMBER = range(4)


class SsdpDevice:
    """A device that has been heard: what its messages said, how long they count, where it is described.

    `search_headers` and `advertisement_headers` map each type to the headers of its latest message, made for
    who asks; `last_seen` is when the latest one came (naive local time); `boot_id` and `config_id` are the
    recorded BOOTID.UPNP.ORG and CONFIGID.UPNP.ORG, None where the device sends none; `userdata` is for the
    user. `deadline` is `valid_to` as POSIX time. `advertised`, `searched`, `places`,
    `host`, `surplus`, `next_check`, `number` (its place among others) and `is_confirmed` are the tracker's.
    """

    # a dict per device would be half its size; "__dict__" lets users hang on attributes of their own
    __slots__ = (
        "__dict__",
        "__weakref__",
        "_announced_boot_id",
        "_boot_id_settled",
        "_boot_id_text",
        "_config_id_text",
        "_farewells",
        "_limits",
        "advertised",
        "boot_id",
        "config_id",
        "deadline",
        "host",
        "is_confirmed",
        "last_seen",
        "next_check",
        "number",
        "places",
        "searched",
        "surplus",
        "udn",
        "userdata",
    )

    def __init__(self, udn: UniqueDeviceName, valid_to: datetime, *, limits: Limits = DEFAULT_LIMITS) -> None:
        self.udn = udn
        self._limits = limits
        self.last_seen: datetime | None = None
        self.searched: Messages | None = None
        self.advertised = Messages()
        self.userdata: Any = None
        self.boot_id: int | None = None
        self.config_id: int | None = None
        self.deadline = valid_to.timestamp()
        self.host = ""
        self.surplus = self.number = 0
        self.next_check = float("inf")
        self.is_confirmed = False
        self._boot_id_text: str | None = None
        self._config_id_text: str | None = None
        self._boot_id_settled = True
        self._announced_boot_id: int | None = None
        self.places = Locations()
        self._farewells: Farewells | None = None

    def put_away(self, share: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> tuple[Any, ...] | None:
        """Return all that is known as one tuple, from which it can be `restored`.

        But for what is shared with other devices it is flat, as the garbage collector takes a turn for each
        level of tuples until it leaves them out. None where there is more: another location, a farewell, or
        what a user has noted.
        """
        location = self.places.only()
        if location is None or self._farewells or self.userdata is not None or self.__dict__:
            return None
        kinds, latest = self.advertised.put_away(self.udn)
        searched = self.searched or Messages()
        kinds_searched, latest_searched = searched.put_away(self.udn)
        return (
            self.is_confirmed,
            self.next_check,
            self.deadline,
            self.number,
            self.udn,
            self.host,
            self.surplus,
            self.last_seen,
            self.boot_id,
            self.config_id,
            self._boot_id_text,
            self._config_id_text,
            self._boot_id_settled,
            self._announced_boot_id,
            *location,
            share(kinds),
            share(kinds_searched),
            len(latest),
            *latest,
            *latest_searched,
        )

    @classmethod
    def restored(cls, put_away: tuple[Any, ...], limits: Limits) -> "SsdpDevice":
        """Return the device that was `put_away`."""
        self = cls.__new__(cls)
        self._limits = limits
        self.userdata = self._farewells = None
        (
            self.is_confirmed,
            self.next_check,
            self.deadline,
            self.number,
            self.udn,
            self.host,
            self.surplus,
            self.last_seen,
            self.boot_id,
            self.config_id,
            self._boot_id_text,
            self._config_id_text,
            self._boot_id_settled,
            self._announced_boot_id,
            location,
            until,
            kinds,
            sought,
            count,
            *latest,
        ) = put_away
        self.places = Locations()
        self.places.put(location, until, limits)
        self.advertised = Messages.restored(self.udn, kinds, latest[:count])
        self.searched = Messages.restored(self.udn, sought, latest[count:]) if sought else None
        return self

    def __repr__(self) -> str:
        return f"<SsdpDevice({shown(self.udn)})>"

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
        self.places.put(location, valid_to.timestamp(), self._limits)

    @property
    def location(self) -> str | None:
        """The location to use: the first in order of the alphabet, so that it stays the same one; or None."""
        return self.places.first()

    @property
    def locations(self) -> KeysView[str]:
        """A live view of the locations known. Those of tracked devices leave as they expire."""
        return self.places.names()

    def has_location(self, location: str) -> bool:
        """Return whether a location is known."""
        return location in self.places

    def purge_locations(self, now: datetime | None = None) -> None:
        """Remove the locations that count no longer at `now`; without it, when the device was last heard."""
        moment = now or self.last_seen
        if moment is not None:
            self.purge(moment.timestamp())

    def purge(self, now: float) -> None:
        """Remove the locations expired at the POSIX time `now`."""
        self.places.purge(now)

    @property
    def earliest(self) -> float:
        """When the device or a location of it expires next, as POSIX time."""
        return self.places.earliest(self.deadline)

    def is_move(self, location: str) -> bool:
        """Return whether a location says that the device moved: a new one, in a family that has one already.

        An address of another family beside a known one does not: the device has several (UDA 2.0 §1.2).
        IPv4, IPv6 and names are a family each.
        """
        if location in self.places:
            return False
        family = ip_version_from_location(location)
        known = self.places.names()
        return not known or any(ip_version_from_location(name) == family for name in known)

    # ---- messages

    @property
    def advertisement_headers(self) -> LatestMessages:
        """The latest announcement for each type."""
        return LatestMessages(self.advertised, self)

    @property
    def search_headers(self) -> LatestMessages:
        """The latest search response for each type."""
        return LatestMessages(self.searches(), self)

    def searches(self) -> Messages:
        """Return the search responses; made when needed, as most devices, and forged ones, only announce."""
        if self.searched is None:
            self.searched = Messages()
        return self.searched

    @property
    def types(self) -> KeysView[DeviceOrServiceType]:
        """The types heard of this device and not taken back."""
        searched = () if self.searched is None else self.searched.kinds
        return dict.fromkeys((*searched, *self.advertised.kinds)).keys()

    def knows(self, kind: DeviceOrServiceType) -> bool:
        """Return whether a type is among those."""
        searched = self.searched
        return kind in self.advertised.kinds or (searched is not None and kind in searched.kinds)

    def count_types(self) -> int:
        """Return how many there are."""
        return len(self.types) if self.searched else len(self.advertised.kinds)

    def _deadline_of(self, kind: DeviceOrServiceType) -> float:
        """Return until when the latest message for a type counts (POSIX time)."""
        times = [(0.0, 0.0)]
        for known in (self.searched, self.advertised):
            place = known.find(kind) if known is not None else ABSENT
            if known is not None and place != ABSENT and (came := known.times[place]) is not None:
                age = max_age(value_of(known.at(place), "cache-control") or "", self._limits.max_age)
                times.append((came, came + age))
        return max(times)[1]

    def refresh(
        self,
        kind: DeviceOrServiceType,
        location: str,
        known_until: float | None,
        came: datetime,
        now: float,
        deadline: float,
    ) -> None:
        """Note that a message for the type `kind` came, and counts until `deadline` (POSIX times).

        `known_until` is until when its location counted so far, None for an unknown one.
        """
        self.last_seen = came
        if deadline >= self.deadline:
            self.deadline = deadline
        elif self._deadline_of(kind) >= self.deadline or self.deadline > now + self._limits.max_age:
            # a shorter max-age than before, of the type that counted longest; others may keep the device
            others = [self._deadline_of(known) for known in self.types if known != kind]
            self.deadline = max(deadline, min(max(others, default=0.0), now + self._limits.max_age))
        # the last of these was noted while our clock was ahead
        if known_until is None or known_until < deadline or known_until > now + self._limits.max_age:
            self.places.put(location, deadline, self._limits)

    def forget(self, kind: DeviceOrServiceType, farewell: CaseInsensitiveDict) -> int:
        """Take back a service type in all its versions; return how many were known.

        A device announces its highest version only (UDA 2.0 §1.2.2) but may have answered searches for
        lower ones. The farewell can still be read through `combined_headers` by a callback that runs now or
        later.
        """
        stem = kind.rpartition(":")[0]
        gone = [known for known in self.types if known == kind or known.rpartition(":")[0] == stem]
        if not gone:
            return 0
        searched = self.search_headers.get(kind)
        for known in gone:
            self.search_headers.pop(known, None)
            self.advertisement_headers.pop(known, None)
        said = farewell.copy() if searched is None else _combined(searched, farewell)
        self._farewells = self._farewells or Farewells()
        self._farewells.keep(kind, said, self._limits.types_per_device)
        self.deadline = max(map(self._deadline_of, self.types), default=self.deadline)
        return len(gone)

    def welcome(self, kind: DeviceOrServiceType) -> bool:
        """Let the farewell of a type go, as when it is there again; return whether there was one."""
        return self._farewells is not None and self._farewells.drop(kind)

    def taken_beyond(self) -> int:
        """Return the bytes that messages take beyond the ordinary, and farewells."""
        known = (self.searched, self.advertised, self._farewells)
        return sum(each.surplus() for each in known if each is not None)

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

        Where only one of them is known, it is that one; where neither is, they are empty.
        """
        kind, advertised, searched = device_or_service_type, self.advertised, self.searched
        place = advertised.find(kind)
        place_searched = ABSENT if searched is None else searched.find(kind)
        if searched is not None and place_searched != ABSENT:
            if place == ABSENT:
                return searched.headers(place_searched, self)
            return combined_headers(
                searched.at(place_searched),
                searched.locations[place_searched],
                advertised.at(place),
                advertised.own(place, self),
            )
        if place != ABSENT:
            return advertised.headers(place, self)
        farewell = None if self._farewells is None else self._farewells.get(kind)
        return CaseInsensitiveDict() if farewell is None else farewell

    @property
    def all_combined_headers(self) -> Mapping[DeviceOrServiceType, CaseInsensitiveDict]:
        """The combined headers of each type known."""
        return {kind: self.combined_headers(kind) for kind in self.types}


def _combined(searched: CaseInsensitiveDict, advertised: CaseInsensitiveDict) -> CaseInsensitiveDict:
    combined = searched.combine(advertised)
    if "_source" in combined:
        combined.del_lower("_source")
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
