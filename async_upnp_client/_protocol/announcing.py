"""UDA chapter 1, discovery: what a device announces, and what it answers to a search (UDA 2.0 §1.2, §1.3).

The device side of ``discovery``, whose messages these are: from a tree of types and UDNs to the exact list of
NT and USN, and from that to packets. ``server.search`` and ``server.advertisement`` send them. Must not know
sockets or the time: a date is an argument, and who waits how long is the sender's business.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from async_upnp_client._protocol.discovery import (
    SSDP_DISCOVER,
    SSDP_ST_ALL,
    SSDP_ST_ROOTDEVICE,
    build_ssdp_packet,
)
from async_upnp_client._protocol.ssdp_message import NOTIFY_LINE, RESPONSE_LINE
from async_upnp_client.const import NotificationSubType

MAX_AGE: Final = 1800
"""Seconds for which an announcement counts: the least that UDA 2.0 §1.2.2 recommends."""

LONGEST_AGE: Final = 2**31 - 1
"""More seconds than that nobody has to understand (RFC 9111 §1.2.2)."""

MOST_MX: Final = 5
"""Seconds of MX that are made use of; more counts as that (UDA 2.0 §1.3.3)."""

MX_DIGITS: Final = 6  # UDA 1.0 allowed 120; int() refuses to read thousands of digits

# Control points of UDA 1.0 over IPv6 know a restart by this number in place of BOOTID (UDA 1.1 Annex A).
OPT: Final = '"http://schemas.upnp.org/upnp/1/0/"; ns=01'

# Types that are announced, searched for and called: some dozens, again and again.
TYPES_REMEMBERED: Final = 256

TYPE: Final = re.compile(r"(urn:[^:]+:(?:device|service):[^:]+):([0-9]{1,6})", re.IGNORECASE)


class AnnouncedDevice(NamedTuple):
    """A device as SSDP knows it: who it is, and the types of what it has."""

    udn: str
    device_type: str
    service_types: tuple[str, ...] = ()
    embedded: tuple["AnnouncedDevice", ...] = ()


class Announcement(NamedTuple):
    """One thing to announce: NT (in an answer ST), and the USN that goes with it."""

    target: str
    usn: str


class Sender(NamedTuple):
    """What all messages of a root device say, from one of its addresses (UDA 2.0 §1.2.2)."""

    location: str
    server: str
    boot_id: int
    config_id: int
    max_age: int = MAX_AGE
    search_port: int | None = None
    """Where it answers unicast searches, if that is not port 1900."""
    is_ipv6: bool = False


class Search(NamedTuple):
    """A search to answer: its target, and the seconds within which to do so, None for at once."""

    target: str
    mx: int | None


def check_max_age(seconds: int) -> int:
    """Return the seconds for which announcements are to count; ValueError where no message can say so."""
    if type(seconds) is not int or not 1 <= seconds <= LONGEST_AGE:  # True is none
        raise ValueError(
            f"max_age must be a whole number of seconds from 1 to {LONGEST_AGE}, not {seconds!r}"
        )
    return seconds


def announcements(root: AnnouncedDevice) -> list[Announcement]:
    """Return what a root device announces: 3+2d+k things (UDA 2.0 §1.2.2, tables 1-1 to 1-3).

    Three for the root device, two for each embedded one, and one for each type of service of each device,
    however often it has that.
    """
    found = [Announcement(SSDP_ST_ROOTDEVICE, f"{root.udn}::{SSDP_ST_ROOTDEVICE}")]
    for device in tree(root):
        found.append(Announcement(device.udn, device.udn))
        found.append(Announcement(device.device_type, f"{device.udn}::{device.device_type}"))
    for device in tree(root):
        # the highest version only (D-039): a lower one is found by searching for it
        found.extend(
            Announcement(service_type, f"{device.udn}::{service_type}")
            for service_type in highest_versions(device.service_types)
        )
    return found


def tree(device: AnnouncedDevice) -> Iterator[AnnouncedDevice]:
    """Yield a device and those in it, depth first."""
    yield device
    for inner in device.embedded:
        yield from tree(inner)


def highest_versions(types: tuple[str, ...]) -> list[str]:
    """Return each type once, of several versions the highest, in their order."""
    best: dict[str, str] = {}
    for name in types:
        stem, version = split_type(name)
        known = best.get(stem)
        if known is None or split_type(known)[1] < version:
            best[stem] = name
    return list(best.values())


@lru_cache(TYPES_REMEMBERED)
def split_type(name: str) -> tuple[str, int]:
    """Return a type without its version, in lower case, and the version; 0 for what is no such type."""
    found = TYPE.fullmatch(name)
    return (found[1].lower(), int(found[2])) if found else (name.lower(), 0)


def answers(root: AnnouncedDevice, target: str) -> list[Announcement]:
    """Return what to answer to a search for `target`; nothing where nothing matches (UDA 2.0 §1.3.3).

    A type is found by its own version and by every lower one, and the answer carries the one that was asked
    for, since control points compare it.
    """
    wanted = target.lower()
    if wanted == SSDP_ST_ALL:
        return announcements(root)
    if wanted == SSDP_ST_ROOTDEVICE:
        return [Announcement(target, f"{root.udn}::{SSDP_ST_ROOTDEVICE}")]
    if wanted.startswith("uuid:"):
        return [Announcement(target, device.udn) for device in tree(root) if device.udn.lower() == wanted]
    stem, version = split_type(target)
    return [
        Announcement(target, found.usn)
        for found in announcements(root)
        if (own := split_type(found.target))[0] == stem and own[1] >= version > 0
    ]


def parse_search(headers: Mapping[str, Any], *, is_multicast: bool) -> Search | None:
    """Return the search of an M-SEARCH, None if it is to be ignored (UDA 2.0 §1.3.2, §1.3.3).

    Without a valid MX a multicast search is ignored, so that nobody has a whole network answer at once. One
    sent to us alone needs none, and is answered at once.
    """
    if headers.get("man", "").strip() != SSDP_DISCOVER:
        return None
    target = headers.get("st", "").strip()
    if not target:
        return None
    if not is_multicast:
        return Search(target, None)
    mx = headers.get("mx", "").strip()
    if not (mx.isascii() and mx.isdigit() and len(mx) <= MX_DIGITS) or int(mx) < 1:
        return None
    return Search(target, min(int(mx), MOST_MX))


def build_alive(sender: Sender, host: str, announcement: Announcement) -> bytes:
    """Write an ssdp:alive to the group that `host` names, as HOST has it (UDA 2.0 §1.2.2)."""
    headers = {
        "HOST": host,
        "CACHE-CONTROL": f"max-age={sender.max_age}",
        "LOCATION": sender.location,
        "NT": announcement.target,
        "NTS": NotificationSubType.SSDP_ALIVE.value,
        "SERVER": sender.server,
        "USN": announcement.usn,
    }
    return build_ssdp_packet(NOTIFY_LINE, headers | ids(sender) | search_port(sender))


def build_byebye(sender: Sender, host: str, announcement: Announcement) -> bytes:
    """Write an ssdp:byebye, which takes an announcement back (UDA 2.0 §1.2.3)."""
    headers = {
        "HOST": host,
        "NT": announcement.target,
        "NTS": NotificationSubType.SSDP_BYEBYE.value,
        "USN": announcement.usn,
    }
    return build_ssdp_packet(NOTIFY_LINE, headers | ids(sender))


def build_update(sender: Sender, host: str, announcement: Announcement, next_boot_id: int) -> bytes:
    """Write an ssdp:update, which says that BOOTID will change though nothing restarted (UDA 2.0 §1.2.4)."""
    headers = {
        "HOST": host,
        "LOCATION": sender.location,
        "NT": announcement.target,
        "NTS": NotificationSubType.SSDP_UPDATE.value,
        "USN": announcement.usn,
    }
    next_id = {"NEXTBOOTID.UPNP.ORG": next_boot_id}
    return build_ssdp_packet(NOTIFY_LINE, headers | ids(sender) | next_id | search_port(sender))


def build_answer(sender: Sender, announcement: Announcement, date: str) -> bytes:
    """Write the answer to a search; `date` is the HTTP date of now (UDA 2.0 §1.3.3)."""
    headers = {
        "CACHE-CONTROL": f"max-age={sender.max_age}",
        "DATE": date,
        "EXT": "",
        "LOCATION": sender.location,
        "SERVER": sender.server,
        "ST": announcement.target,
        "USN": announcement.usn,
    }
    return build_ssdp_packet(RESPONSE_LINE, headers | ids(sender) | search_port(sender))


def ids(sender: Sender) -> dict[str, Any]:
    """Return the headers that tell a restart, and changed documents."""
    found: dict[str, Any] = {"BOOTID.UPNP.ORG": sender.boot_id, "CONFIGID.UPNP.ORG": sender.config_id}
    return {"OPT": OPT, "01-NLS": sender.boot_id} | found if sender.is_ipv6 else found


def search_port(sender: Sender) -> dict[str, Any]:
    """Return the header for unicast searches, where there has to be one."""
    return {} if sender.search_port is None else {"SEARCHPORT.UPNP.ORG": sender.search_port}
