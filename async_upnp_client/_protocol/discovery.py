"""UDA chapter 1, discovery: the texts of SSDP, both ways (UDA 2.0 §1.1 to §1.3).

``ssdp`` hands every datagram to the reader here, ``search`` takes its messages from the writers. A message is
a start line and headers, so it is read as that, by a reader of its own: what a datagram may hold is not
HTTP's business. Must not know sockets, the time, or what a device is.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any, Final, NamedTuple, TypeAlias

from async_upnp_client._addresses import get_adjusted_url, get_host_string, host_header
from async_upnp_client._headers import CaseInsensitiveDict, lowerstr, shown
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

NOTIFY_LINE: Final = "NOTIFY * HTTP/1.1"
SEARCH_LINE: Final = "M-SEARCH * HTTP/1.1"
RESPONSE_LINE: Final = "HTTP/1.1 200 OK"

PLAIN_START_LINES: Final = {f"{line}\r": line for line in (NOTIFY_LINE, SEARCH_LINE, RESPONSE_LINE)}

# Start lines have 15 to 19 characters; a reason phrase of some length is let pass. What has no line end
# within that is no SSDP, and is not searched further.
START_LINE_BYTES: Final = 128
# What a start line may begin with, blanks before it included. What begins otherwise is not remembered, or a
# flood of it would have real messages forgotten.
FIRST_BYTES: Final = frozenset({b"N", b"n", b"M", b"m", b"H", b"h", b"\r", b"\n", b" ", b"\t", b"\v", b"\f"})
# Messages of real devices have 300 to 1500 bytes. What is longer is read every time anew, so that those
# remembered take some hundred KiB however large the datagrams of a flood are.
REMEMBERED_BYTES: Final = 2048
# The same message comes by several interfaces, to several listeners, and two or three times within a second:
# enough for what devices send meanwhile. A larger number costs every new message more than it saves.
MESSAGES_REMEMBERED: Final = 128
# Software writes its headers always in the same order: one entry per kind of message and implementation.
SHAPES_REMEMBERED: Final = 256
# Most lines of a message were in another lately: what devices have in common, and what the messages of one
# have. Their texts are then shared as well. Those of the latest hundred messages or so; longer ones hardly
# come again.
LINES_REMEMBERED: Final = 512
LINE_REMEMBERED: Final = 256

UPNP_SEARCH_TARGETS: Final = ("ssdp:", "upnp:", "uuid:", "urn:")
"""What the search targets of the UDA begin with (UDA 2.0 §1.3.2)."""

TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
REPEATED_UUID: Final = re.compile(r"(?:uuid:)+(?=uuid:)", re.IGNORECASE)
VERSION: Final = re.compile(rb"HTTP/\d(?:\.\d)?", re.IGNORECASE)


class Shape(NamedTuple):
    """Names of the headers of a message: in lower case, and as written where that differs."""

    lower: tuple[str, ...]
    spelling: Mapping[str, str]


Line: TypeAlias = tuple[str, str, str]

LINES: Final[dict[str, Line]] = {}
"""Headers by their lines; at most `LINES_REMEMBERED`."""

SHAPES: Final[dict[tuple[str, ...], Shape]] = {}
"""Shapes of messages, by the names of their headers; at most `SHAPES_REMEMBERED`."""

Message: TypeAlias = tuple[str, dict[str, Any], Mapping[str, str]]
"""An SSDP message: canonical start line, values by lower-case name, names as written."""


def is_valid_ssdp_packet(data: bytes) -> bool:
    """Whether the datagram begins with one of SSDP's three start lines (UDA 2.0 §1.1.1)."""
    return split_start_line(data) is not None


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
    return CaseInsensitiveDict.from_decoded(values, spelling)


class MessageReader:
    """Reads datagrams within limits, and remembers the latest: the same come by several interfaces."""

    __slots__ = ("_earlier", "_latest", "_limits", "_remembered_bytes")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._remembered_bytes = min(REMEMBERED_BYTES, limits.datagram_bytes)
        # the older half of what is remembered is forgotten at once, which takes less than one by one
        self._latest: dict[bytes, Message] = {}
        self._earlier: dict[bytes, Message] = {}

    def read(self, data: bytes) -> Message | None:
        """Read start line and headers, and what follows from them alone.

        None if it is no SSDP, or longer than it may be.
        """
        if data[:1] not in FIRST_BYTES:
            return None
        if len(data) > self._remembered_bytes:
            return read_message(data, self._limits) if len(data) <= self._limits.datagram_bytes else None
        message = self._latest.get(data)
        if message is None:
            message = self._earlier.get(data) or read_message(data, self._limits)
            if message is not None:
                if len(self._latest) * 2 >= MESSAGES_REMEMBERED:
                    self._earlier, self._latest = self._latest, {}
                self._latest[data] = message
        return message


# One for all sockets with the same limits, of which there is one set as a rule.
reader = lru_cache(8)(MessageReader)


def read_message(data: bytes, limits: Limits) -> Message | None:
    """Read a message that is not remembered; None if it is no SSDP."""
    # where all is shorter than the longest header may be, no header is too long
    message = read_plain(data) if len(data) <= min(REMEMBERED_BYTES, limits.header_length) else None
    if message is None or len(message[1]) > limits.headers:
        split = split_start_line(data)
        if split is None:
            return None
        start_line, rest = split
        message = (
            start_line,
            *read_any_headers(rest, limits.headers, limits.header_lines, limits.header_length),
        )
    values = message[1]
    usn = values.get("usn")
    if usn and (udn := udn_from_usn(usn)) is not None:
        values["_udn"] = udn
    if location := values.get("location"):
        values["_location_original"] = location
    return message


def split_start_line(data: bytes) -> tuple[str, bytes] | None:
    """Canonical start line, and what follows it; None if it is not one of SSDP's."""
    end = data.find(b"\n", 0, START_LINE_BYTES)
    if end < 0:
        return None
    line = data[:end]
    start_line = canonical_start_line(line)
    if start_line is not None:
        return start_line, data[end + 1 :]
    # empty lines ahead of the start line, which RFC 9112 §2.2 asks receivers to skip
    return split_start_line(data.lstrip(b"\r\n")) if data[:1] in {b"\r", b"\n"} else None


@lru_cache(64)  # three lines in use, each in a few variants
def canonical_start_line(line: bytes) -> str | None:
    """SSDP's spelling of a start line; None if it is none.

    Read by its words, as devices send HTTP/1.0, ``200 Ok`` or no reason, and more than one blank (D-001).
    """
    words = line.split()
    if len(words) < 2:
        return None
    if VERSION.fullmatch(words[0]):
        return RESPONSE_LINE if words[1] == b"200" else None
    if len(words) < 3 or words[1] != b"*" or not VERSION.fullmatch(words[2]):
        return None
    return {b"NOTIFY": NOTIFY_LINE, b"M-SEARCH": SEARCH_LINE}.get(words[0].upper())


def read_plain(data: bytes) -> Message | None:
    """Read a message that is as it should be, which is quick; None if anything about it is not."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    # a CR that is left at the end of a line falls with the blanks of the value
    lines = text.split("\n")
    start_line = PLAIN_START_LINES.get(lines[0])
    if start_line is None or len(lines) < 3 or lines.pop() or lines.pop().strip() or "\0" in text:
        return None
    del lines[0]
    values: dict[str, Any] = {}
    names = []
    for line in lines:
        known = LINES.get(line) or learn_line(line)
        if known is None:
            return None
        name, lower, value = known
        values[lower] = value
        names.append(name)
    spelled = tuple(names)
    shape = SHAPES.get(spelled) or learn_shape(spelled)
    return None if shape is None else (start_line, values, shape.spelling)


def learn_line(line: str) -> Line | None:
    """Name of a header as written and in lower case, and its value; None for another line."""
    name, colon, value = line.partition(":")
    if not colon:
        return None
    known = name, name.lower(), value.strip()
    if len(line) <= LINE_REMEMBERED:
        if len(LINES) >= LINES_REMEMBERED:
            LINES.clear()
        LINES[line] = known
    return known


def learn_shape(names: tuple[str, ...]) -> Shape | None:
    """Shape of a message with headers of these names; None if not all are fit, or one comes twice."""
    lower = tuple(name.lower() for name in names)
    if len(set(lower)) != len(lower) or not all(map(is_header_name, names)):
        return None
    if len(SHAPES) >= SHAPES_REMEMBERED:
        SHAPES.clear()
    shape = Shape(lower, {low: name for low, name in zip(lower, names, strict=True) if low != name})
    SHAPES[names] = shape
    return shape


def is_header_name(name: str) -> bool:
    """Whether it is a header's name, and not one of those that are added to what was received."""
    return TOKEN.fullmatch(name) is not None and not name.startswith("_")


def read_any_headers(
    rest: bytes,
    headers_read: int = DEFAULT_LIMITS.headers,
    lines_read: int = DEFAULT_LIMITS.header_lines,
    longest: int = DEFAULT_LIMITS.header_length,
) -> tuple[dict[str, Any], Mapping[str, str]]:
    """Read headers as well as they can be read; those that cannot are left out (UDA 2.0 §1.1.5)."""
    values: dict[str, list[str]] = {}
    spelling: dict[str, str] = {}
    # what a line without a name continues; lines before the first header continue nothing
    current: list[str] = []
    for line, is_whole in islice(header_lines(rest, lines_read), lines_read):
        name, colon, value = line.partition(":")
        name = name.rstrip()  # a blank before the colon
        if colon and TOKEN.fullmatch(name):
            if len(values) == headers_read:
                break
            current = [value]
            lower = name.lower()
            # doubled headers, as Eaton's controllers send: the first counts
            if lower not in values and is_header_name(name):
                values[lower] = current
                if lower != name:
                    spelling[lower] = name
        elif not colon or not name or line[0].isspace() or not is_whole:
            # Folded (RFC 9112 §5.2), or torn by a line feed: Dell's printers do that to SERVER, and
            # some routers to USN.
            current.append(line)
        else:
            current = []
    joined = {lower: join_value(parts) for lower, parts in values.items()}
    for lower in [lower for lower, value in joined.items() if len(value) > longest]:
        del joined[lower]
        spelling.pop(lower, None)
    # with the same names, not only equal ones, as other messages of that shape, whose memory they share
    names = tuple(spelling.get(lower, lower) for lower in joined)
    shape = SHAPES.get(names) or learn_shape(names)
    return (
        (joined, spelling)
        if shape is None
        else (dict(zip(shape.lower, joined.values(), strict=True)), shape.spelling)
    )


def header_lines(rest: bytes, count: int) -> Iterable[tuple[str, bool]]:
    """Lines up to the empty one, decoded, each with whether it stands on its own by the message's line end.

    What comes after `count` lines need not be right.

    Lines end as the first one does, with CR LF or LF. A lone LF among CR LF still parts two lines, but what
    follows it is a header only if it looks like one, and an empty line there ends nothing.
    """
    rest = rest.replace(b"\0", b"")
    line_end = b"\r\n" if rest.partition(b"\n")[0].endswith(b"\r") else b"\n"
    for whole in rest.split(line_end, count):
        if not whole.strip():
            return
        for number, line in enumerate(whole.split(b"\n", count)):
            yield decode_line(line), number == 0


def decode_line(line: bytes) -> str:
    """Text of a line: UTF-8, or else one character per byte, for devices that send names in Latin-1."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def join_value(parts: list[str]) -> str:
    """Value of a header from its lines: one blank between them, none where a USN was torn before its "::"."""
    value = [parts[0].strip()]
    for part in map(str.strip, parts[1:]):
        value += [part] if part.startswith("::") else [" ", part]
    return "".join(value).strip()


def udn_from_usn(usn: str) -> str | None:
    """UDN of a USN, the part before "::", as it is spelled; None if that does not begin with ``uuid:``.

    What follows ``uuid:`` may be anything, as devices do not keep to the form of a UUID (UDA 2.0 §1.1.4);
    ``uuid:uuid:``, which ssdp-responder and some routers send, counts once.
    """
    udn = usn.partition("::")[0].strip()
    if not udn.startswith("uuid:") and udn[:5].lower() != "uuid:":
        return None
    if udn[5:6] in "uU" and udn[5:10].lower() == "uuid:":
        udn = REPEATED_UUID.sub("", udn, count=1)
    return udn if len(udn) > 5 else None


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
