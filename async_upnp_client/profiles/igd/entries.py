"""Port mappings as gateways write them, to records and back (WANIPConnection:1 §2.4.14-16, :2 §2.5.21).

Both ways of listing end here: the arguments of one entry, and the document with all of them. Pure; must not
know how they were asked for.
"""

from collections.abc import Mapping
from datetime import timedelta
from ipaddress import AddressValueError, IPv4Address
from typing import Any, Final

from async_upnp_client._xml import child_text, escape, local_name, parse_xml
from async_upnp_client.exceptions import UpnpValueError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.profiles.igd.types import PortMappingEntry

LIST_NAMESPACE: Final = "urn:schemas-upnp-org:gw:WANIPConnection"

# Devices write any host in these ways, where the standard has an empty text.
ANY_HOST: Final = frozenset({"", "*", "0.0.0.0"})  # noqa: S104  # a text to compare with, nothing listens

MOST_SECONDS: Final = (1 << 32) - 1


def host_text(host: object) -> str:
    """Return an address as an argument; None is any, which is written as an empty text (row G-003)."""
    return "" if host is None else str(host)


def lease_seconds(lease: timedelta) -> int:
    """Return a lease in whole seconds as ui4; a part of a second counts as one, as 0 would be for ever."""
    whole = lease // timedelta(seconds=1)
    if lease > timedelta(seconds=whole):
        whole += 1
    return min(max(whole, 0), MOST_SECONDS)


def duration(seconds: int) -> timedelta:
    """Read a lease; one beyond ui4, which no clock could hold, is the longest that there is."""
    return timedelta(seconds=min(seconds, MOST_SECONDS))


def remote_host(text: object) -> IPv4Address | None:
    """Read the host that a mapping is for; None for any."""
    stripped = str(text or "").strip()
    return None if stripped in ANY_HOST else address("NewRemoteHost", stripped)


def address(name: str, text: object) -> IPv4Address:
    """Read an address; UpnpValueError for a text that is none."""
    try:
        return IPv4Address(str(text or "").strip())
    except AddressValueError as err:
        raise UpnpValueError(name, text) from err


def number(values: Mapping[str, Any], name: str) -> int:
    """Read a number, which a description may declare as text; UpnpValueError for none."""
    value = values.get(name)
    if value is None:
        raise UpnpValueError(name, value)
    try:
        return int(value)
    except (TypeError, ValueError) as err:
        raise UpnpValueError(name, value) from err


def truth(value: object) -> bool:
    """Read whether a mapping is enabled; one that does not say so is."""
    return value if isinstance(value, bool) else str(value).strip().lower() not in ("0", "false", "no")


def read_entry(
    values: Mapping[str, Any], *, asked: tuple[IPv4Address | None, int, str] | None = None
) -> PortMappingEntry:
    """Read the arguments of one mapping; the first three are `asked` for where the answer has them not.

    UpnpValueError where one of them is missing, or is no address or no number.
    """
    key = asked or (
        remote_host(values.get("NewRemoteHost")),
        number(values, "NewExternalPort"),
        str(values.get("NewProtocol") or "").strip().upper(),
    )
    description = values.get("NewPortMappingDescription", values.get("NewDescription"))
    lease_name = "NewLeaseDuration" if "NewLeaseDuration" in values else "NewLeaseTime"
    seconds = number(values, lease_name) if values.get(lease_name) not in (None, "") else 0
    return PortMappingEntry(
        *key,
        number(values, "NewInternalPort"),
        address("NewInternalClient", values.get("NewInternalClient")),
        truth(values.get("NewEnabled")),
        str(description or ""),
        duration(seconds) if seconds > 0 else None,
    )


def parse_port_listing(text: str, *, limits: Limits = DEFAULT_LIMITS) -> tuple[list[PortMappingEntry], int]:
    """Read a PortMappingList (row G-012): its entries, and how many more could not be read.

    Values stand in elements or, in some devices, in attributes, of any namespace. UpnpXmlParseError or
    UpnpXmlContentError for a text that is no document.
    """
    if not text.strip():
        return [], 0
    root = parse_xml(text, strict=False, limits=limits)
    entries: list[PortMappingEntry] = []
    unread = 0
    for element in root.iter():
        if local_name(element.tag) != "PortMappingEntry":
            continue
        values: dict[str, Any] = {local_name(name): value for name, value in element.attrib.items()}
        values |= {local_name(part.tag): child_text(element, local_name(part.tag)) for part in element}
        try:
            entries.append(read_entry(values))
        except UpnpValueError:
            unread += 1
    return entries, unread


def build_port_listing(entries: list[PortMappingEntry]) -> str:
    """Write a PortMappingList, as GetListOfPortMappings has it for its argument (row G-012)."""
    written = "".join(
        "<p:PortMappingEntry>"
        + "".join(f"<p:{name}>{escape(text)}</p:{name}>" for name, text in listed(entry).items())
        + "</p:PortMappingEntry>"
        for entry in entries
    )
    return f'<p:PortMappingList xmlns:p="{LIST_NAMESPACE}">{written}</p:PortMappingList>'


def listed(entry: PortMappingEntry) -> dict[str, str]:
    """Return the values of an entry as a list has them."""
    return {
        "NewRemoteHost": host_text(entry.remote_host),
        "NewExternalPort": str(entry.external_port),
        "NewProtocol": entry.protocol,
        "NewInternalPort": str(entry.internal_port),
        "NewInternalClient": str(entry.internal_client),
        "NewEnabled": "1" if entry.enabled else "0",
        "NewDescription": entry.description,
        "NewLeaseTime": "0" if entry.lease_duration is None else str(lease_seconds(entry.lease_duration)),
    }
