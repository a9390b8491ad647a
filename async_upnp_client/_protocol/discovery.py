"""UDA chapter 1, discovery: the texts of SSDP, both ways (UDA 2.0 §1.1 to §1.3).

``ssdp`` makes headers of every datagram here, ``search`` takes its messages from the writers. How text is
read is the business of ``ssdp_message``. Must not know sockets, the time, or what a device is.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from async_upnp_client._addresses import get_adjusted_url, get_host_string, host_header
from async_upnp_client._headers import CaseInsensitiveDict, lowerstr, shown
from async_upnp_client._protocol.ssdp_message import (
    REMEMBERED_BYTES,
    SEARCH_LINE,
    START_LINE_BYTES,
    Message,
    read_message,
    reader,
    udn_from_usn,
)
from async_upnp_client.const import AddressTupleVXType
from async_upnp_client.exceptions import UpnpContentError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits

SSDP_PORT: Final = 1900
SSDP_IP_V4: Final = "239.255.255.250"
SSDP_IP_V6_LINK_LOCAL: Final = "FF02::C"
SSDP_IP_V6_SITE_LOCAL: Final = "FF05::C"
SSDP_IP_V6_ORGANISATION_LOCAL: Final = "FF08::C"
SSDP_IP_V6_GLOBAL: Final = "FF0E::C"
SSDP_IP_V6: Final = SSDP_IP_V6_LINK_LOCAL
SSDP_TARGET_V4: Final = (SSDP_IP_V4, SSDP_PORT)
SSDP_TARGET_V6: Final = (SSDP_IP_V6, SSDP_PORT, 0, 0)
"""The scope id of the interface goes in the place of the last 0."""
SSDP_TARGET: Final = SSDP_TARGET_V4
SSDP_ST_ALL: Final = "ssdp:all"
SSDP_ST_ROOTDEVICE: Final = "upnp:rootdevice"
SSDP_MX: Final = 4
"""Seconds within which devices answer a search, unless the caller says otherwise."""
SSDP_DISCOVER: Final = '"ssdp:discover"'
"""Value of the MAN header; the quotes belong to it (UDA 2.0 §1.3.2)."""

LOWER__TIMESTAMP: Final = lowerstr("_timestamp")
LOWER__HOST: Final = lowerstr("_host")
LOWER__PORT: Final = lowerstr("_port")
LOWER__LOCAL_ADDR: Final = lowerstr("_local_addr")
LOWER__REMOTE_ADDR: Final = lowerstr("_remote_addr")
LOWER__UDN: Final = lowerstr("_udn")
LOWER__LOCATION_ORIGINAL: Final = lowerstr("_location_original")
LOWER_LOCATION: Final = lowerstr("location")

# Looked up once: a class with an abstract base takes its time, and this is for each datagram.
new_headers = CaseInsensitiveDict.from_decoded

UPNP_SEARCH_TARGETS: Final = ("ssdp:", "upnp:", "uuid:", "urn:")
"""What the search targets of the UDA begin with (UDA 2.0 §1.3.2)."""


def decode_ssdp_packet(
    data: bytes,
    local_addr: AddressTupleVXType | None,
    remote_addr: AddressTupleVXType,
    now: datetime,
    limits: Limits = DEFAULT_LIMITS,
) -> tuple[str, CaseInsensitiveDict]:
    """Read a datagram: its start line in canonical form, and its headers; UpnpContentError if it is no SSDP.

    The headers are those received, with `location` made usable (see `get_adjusted_url`), and beside them what
    is known of the datagram: ``_host``, ``_port``, ``_remote_addr``, ``_local_addr``, ``_timestamp``;
    ``_udn`` if the USN has one; ``_location_original`` if there is a location. What can be repaired is.
    `limits` bound the headers; what is beyond is left out.
    """
    decoded = decode_if_ssdp(data, local_addr, remote_addr, now, limits)
    if decoded is None:
        raise UpnpContentError(f"No SSDP message: {shown(data[:START_LINE_BYTES])}")
    return decoded


def decode_if_ssdp(
    data: bytes,
    local_addr: AddressTupleVXType | None,
    remote_addr: AddressTupleVXType,
    now: datetime,
    limits: Limits = DEFAULT_LIMITS,
) -> tuple[str, CaseInsensitiveDict] | None:
    """Read a datagram like `decode_ssdp_packet`; None if it is no SSDP, which is too common to raise for."""
    message = read_message(data, limits) if len(data) > REMEMBERED_BYTES else reader(limits).read(data)
    return None if message is None else (message[0], received_headers(message, local_addr, remote_addr, now))


def received_headers(
    message: Message, local_addr: AddressTupleVXType | None, remote_addr: AddressTupleVXType, now: datetime
) -> CaseInsensitiveDict:
    """Return the headers of a message, with what is known of the datagram that it came in."""
    _, received, spelling = message
    values = received.copy()
    if len(remote_addr) == 2:
        values["_host"] = remote_addr[0]
    else:
        values["_host"] = get_host_string(remote_addr)
        if "_location_original" in values:
            values["location"] = get_adjusted_url(values["location"], remote_addr)
    values["_timestamp"] = now
    values["_remote_addr"] = remote_addr
    values["_port"] = remote_addr[1]
    values["_local_addr"] = local_addr
    return new_headers(values, spelling)


def udn_from_headers(headers: Mapping[str, Any]) -> str | None:
    """UDN from the USN of a message; None if it has none."""
    return udn_from_usn(headers.get("usn", ""))


def build_ssdp_packet(status_line: str, headers: Mapping[str, Any]) -> bytes:
    """Write a message: start line, headers in their order, the empty line (UDA 2.0 §1.1)."""
    lines = "".join(f"{name}:{one_line(value)}\r\n" for name, value in headers.items())
    return f"{status_line}\r\n{lines}\r\n".encode()


def one_line(value: Any) -> str:
    """Text of a value, which must not begin another header."""
    return str(value).replace("\r", " ").replace("\n", " ")


def build_ssdp_search_packet(ssdp_target: AddressTupleVXType, ssdp_mx: int, ssdp_st: str) -> bytes:
    """Write a multicast search with the headers that UDA 1.0 has: HOST, MAN, MX, ST."""
    headers = {
        "HOST": host_header(ssdp_target[0], ssdp_target[1]),
        "MAN": SSDP_DISCOVER,
        "MX": ssdp_mx,
        "ST": ssdp_st,
    }
    return build_ssdp_packet(SEARCH_LINE, headers)


def is_upnp_search_target(st: str) -> bool:
    """Whether devices of UPnP are searched for, and not those of a protocol that only looks like SSDP."""
    return st.lower().startswith(UPNP_SEARCH_TARGETS)


def build_control_point_search(
    target: AddressTupleVXType, mx: int, st: str, *, multicast: bool, friendly_name: str, user_agent: str
) -> bytes:
    """Write a search as UDA 2.0 §1.3.2 has it; a search of one device has its address as HOST, and no MX.

    Devices of other protocols, such as the lamps that listen to ``wifi_bulb``, get the plain form they know.
    """
    if not is_upnp_search_target(st):
        return build_ssdp_search_packet(target, mx, st)
    headers: dict[str, Any] = {"HOST": host_header(target[0], target[1]), "MAN": SSDP_DISCOVER}
    if multicast:
        headers["MX"] = mx
    headers["ST"] = st
    headers["USER-AGENT"] = user_agent
    if multicast:
        headers["CPFN.UPNP.ORG"] = friendly_name
    return build_ssdp_packet(SEARCH_LINE, headers)
