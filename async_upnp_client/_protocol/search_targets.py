"""UDA chapter 1.3, control point: what to search for, and which answers fit (UDA 2.0 §1.3.2, §1.3.3).

``search`` and ``locating`` ask here. What is heard is headers, as ``discovery`` reads them. Must not know
when a search is sent, nor to whom.
"""

from collections.abc import Mapping
from typing import Any, Final

from async_upnp_client._protocol.discovery import SSDP_ST_ALL, SSDP_ST_ROOTDEVICE
from async_upnp_client._protocol.ssdp_message import udn_from_usn

# More digits make no version that anybody has.
LONGEST_VERSION: Final = 9


def ladder(udn: str, device_type: str | None = None) -> tuple[str, ...]:
    """Return the search targets that may find one device, the narrowest first.

    Each rung is there for devices that do not answer the ones before: many know no search for a UDN, and
    some answer nothing but the root device or everything.
    """
    rungs = (udn, device_type, SSDP_ST_ROOTDEVICE, SSDP_ST_ALL)
    return tuple(dict.fromkeys(rung for rung in rungs if rung))


def is_same_udn(one: str | None, other: str | None) -> bool:
    """Whether two UDNs are of one device; the case of letters does not count (UDA 2.0 §1.1.4)."""
    return bool(one) and bool(other) and str(one).lower() == str(other).lower()


def fits(search_target: str, headers: Mapping[str, Any]) -> bool:
    """Whether an answer is one to this search.

    A type is answered by that version or a higher one, and some devices say their own in ST (UDA 2.0
    §1.3.3); some write in ST what was asked, others what they are, so the USN counts as well.
    """
    wanted = search_target.strip().lower()
    usn = str(headers.get("usn", ""))
    said = (str(headers.get("st", "")).strip().lower(), usn.rpartition("::")[2].strip().lower())
    if wanted == SSDP_ST_ALL or wanted in said:
        return True
    if wanted.startswith("uuid:"):
        return is_same_udn(udn_from_usn(usn), wanted)
    return any(is_version_of(wanted, kind) for kind in said)


def is_version_of(wanted: str, kind: str) -> bool:
    """Whether a type is the one wanted, in its version or a higher one (UDA 2.0 §1.2.2)."""
    stem, _, version = wanted.rpartition(":")
    other_stem, _, other_version = kind.rpartition(":")
    if not stem.startswith("urn:") or stem != other_stem:
        return False
    numbers = [number_of(text) for text in (version, other_version)]
    return numbers[0] is not None and numbers[1] is not None and numbers[0] <= numbers[1]


def number_of(text: str) -> int | None:
    """Return the number of a version, None for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_VERSION else None
