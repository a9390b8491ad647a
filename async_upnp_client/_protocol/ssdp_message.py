"""UDA chapter 1: the text of one SSDP message, from bytes to start line and headers (UDA 2.0 §1.1).

A message is a start line and headers, so it is read as that, by a reader of its own: what a datagram may hold
is not HTTP's business. What was read lately is remembered, message by message and line by line. For
``discovery``, which knows what comes with a datagram; must not know what headers mean.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any, Final, NamedTuple, TypeAlias

from async_upnp_client.limits import DEFAULT_LIMITS, Limits

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
LINES_REMEMBERED: Final = 256
LINE_REMEMBERED: Final = 256

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
    is_short = len(data) <= REMEMBERED_BYTES and len(data) <= limits.header_length
    message = read_plain(data) if is_short else None
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
