"""HTTP messages that are not quite proper, read as far as they can be (UDA 2.0 §2.1, §4.3; RFC 9112).

Devices send two lengths, headers without a colon, lines and chunks that end in LF, a body longer than they
say, a first line of their own. `answer_reader` reads answers with this, `connection` all requests to a server
of ours. The document itself says where it ends, where the headers do not. It must not know connections: bytes
go in.
"""

import re
import zlib
from abc import ABC, abstractmethod
from typing import Final, NamedTuple

from async_upnp_client._headers import CaseInsensitiveDict, shown
from async_upnp_client._http.messages import is_whole
from async_upnp_client.limits import Limits

HEAD_BYTES: Final = 64 * 1024
"""Bytes until the body begins: real heads have some hundred, and what is longer is no head."""

HEAD_LINES: Final = 1024
"""Lines until the body begins, empty ones included: each costs more than its bytes."""

SHOWN_BYTES: Final = 200
"""Bytes of what is no HTTP that its error quotes: the device's own words are the best hint at what it is."""

# blanks are not given back: else a line of nothing else would take the square of its length
REQUEST_LINE: Final = re.compile(
    r"([A-Za-z][A-Za-z-]{0,31})[ \t]++((?:.*[ \t])?)HTTP/([0-9]{1,3}(?:\.[0-9]{1,3})?)\s*+\Z",
    re.IGNORECASE | re.DOTALL,
)
LENGTH: Final = re.compile(r"\s*([0-9]{1,15})(?![0-9])")
CHUNK_SIZE: Final = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?\r*\Z", re.DOTALL)
PROPER_BYTES: Final = 8 * 1024  # of a head that is read at a stroke
CHUNK_LINE: Final = 256  # bytes of the line before a chunk, with its extensions
LINE_ENDS: Final = b"\r\n"
OLD_VERSIONS: Final = frozenset({"0.9", "1.0"})  # without a word a connection ends with its message
WITH_BODY: Final = frozenset({"NOTIFY", "POST", "M-POST"})  # which could have lost its length
COMPRESSED: Final = (b"\x1f\x8b", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")  # gzip, deflate
CONTROLS: Final = dict.fromkeys((*range(9), *range(10, 32), 127))


class NoHttpError(ValueError):
    """What came is no HTTP message."""


class TooLongError(NoHttpError):
    """What came has a longer body than was allowed."""


class CutOffError(NoHttpError):
    """What came has a shorter body than was announced."""


def charset_of(headers: CaseInsensitiveDict) -> str | None:
    """Return the character set of a Content-Type."""
    _, _, named = headers.get("content-type", "").lower().partition("charset=")
    return named.split(";")[0].strip(" \"'") or None


class LenientReader(ABC):
    """Reads one message, whose body may have `most` bytes.

    Bytes go into `feed`, until `is_complete`. Once it `is_sufficient`, the message may be over, and only a
    sender that gives a wrong length has more.
    """

    def __init__(self, most: int, limits: Limits) -> None:
        self._most = most
        self._limits = limits
        self._data = bytearray()  # what was not taken apart yet
        self._lines: list[bytes] = []  # of a head that has not ended
        self._head_bytes = self._head_lines = 0
        self._length: int | None = None
        self._is_chunked = False
        self._chunk = 0  # bytes of it that are still to come
        self._body = bytearray()
        self.headers: CaseInsensitiveDict | None = None
        """Of a name that came twice, the first with a value; None while they have not come."""
        self.is_complete = False

    @property
    def has_begun(self) -> bool:
        """Whether anything came."""
        return bool(self._data.strip(LINE_ENDS) or self._lines or self.headers is not None)

    @property
    def is_sufficient(self) -> bool:
        """Whether there is nothing left that was announced, or the document is whole."""
        if self.is_complete or self.headers is None:
            return self.is_complete
        if self._length is not None and not self._is_chunked and len(self._body) >= self._length:
            return True
        return not self._chunk and is_whole(self._body)

    def feed(self, data: bytes) -> None:
        """Take in what came. Raises NoHttpError where it cannot become a message."""
        self._data += data
        while self.headers is None:
            if not self._take_head():
                return
        if not self.is_complete:
            self._take_body()
        if len(self._body) > self._most:
            raise TooLongError(f"the body exceeds {self._most} bytes")

    def _plain_body(self) -> bytes:
        """Return the body that came, which is to be whole. Raises NoHttpError."""
        body = bytes(self._body)
        if not is_whole(body):
            if not self.is_complete and (self._is_chunked or len(body) < (self._length or 0)):
                raise CutOffError(f"it ended after {len(body)} bytes, and there were to be more")
            if self._length is not None and not self._is_chunked:
                body = body[: self._length]
        # by its first bytes, as those that compress unasked are not always those that say so
        if not body.startswith(COMPRESSED):
            return body
        try:
            plain = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(body, self._most + 1)
        except zlib.error:
            return body
        if len(plain) > self._most:
            raise TooLongError(f"the body exceeds {self._most} bytes")
        return plain

    def _no_http(self, line: str = "") -> NoHttpError:
        begin = b"\n".join(self._lines[:4]) or bytes(self._data[:SHOWN_BYTES])
        return NoHttpError(f"no HTTP: {shown(line or begin[:SHOWN_BYTES])}")

    # --- The head ---

    @abstractmethod
    def _begin(self, line: str) -> bool:
        """Take the first line; return whether this head counts. Raises NoHttpError."""

    def _take_head(self) -> bool:
        """Take the head off the data, if it is whole; return whether there was one."""
        lines = self._proper_lines() or self._any_lines()
        if not lines:
            return False
        counts = self._begin(lines[0].strip())
        self._lines = []
        if not counts:
            return bool(self._data)
        self.headers = self._headers(lines)
        self._is_chunked = "chunked" in self.headers.get("transfer-encoding", "").lower()
        return True

    def _proper_lines(self) -> list[str] | None:
        """Take the lines of a head that came in one piece and has no line end but CR LF."""
        end = -1 if self._lines else self._data.find(b"\r\n\r\n", 0, PROPER_BYTES)
        if end <= 0:
            return None
        head = self._data[:end]
        if head.count(b"\n") != head.count(b"\r\n") or head.startswith(b"\r"):
            return None
        if b"\n<" in head or b"\r\r" in head:
            return None
        self._head_bytes += end
        self._head_lines += head.count(b"\n")
        del self._data[: end + 4]
        return head.decode("utf-8", "replace").split("\r\n")

    def _any_lines(self) -> list[str] | None:
        """Take the lines of a head with any line ends, once it has come; None before."""
        lines = self._lines
        while not (lines and self._data.startswith(b"<")):  # some have no empty line before the document
            end = self._data.find(b"\n")
            if self._head_bytes + (len(self._data) if end < 0 else end) > HEAD_BYTES:
                raise self._no_http()
            if end < 0:
                return None
            self._head_bytes += end + 1
            self._head_lines += 1
            if self._head_lines > HEAD_LINES:
                raise self._no_http()
            line = bytes(self._data[:end])
            del self._data[: end + 1]
            if line.strip(LINE_ENDS):
                lines.append(line)
            elif lines:
                break
        return [line.decode("utf-8", "replace") for line in lines]

    def _headers(self, lines: list[str]) -> CaseInsensitiveDict:
        """Read the headers, which come after the first of `lines`."""
        values: dict[str, str] = {}
        spelling: dict[str, str] = {}
        longest, most = self._limits.header_length, self._limits.headers
        last = ""
        for text in lines[1 : self._limits.header_lines + 1]:
            line = text[:longest]
            if not line.isprintable():
                line = line.translate(CONTROLS)
            if last and line[:1] in (" ", "\t"):
                values[last] = f"{values[last]} {line.strip()}"[:longest]
                continue
            name, colon, value = line.partition(":")
            name = name.strip()
            last = name.lower() if colon else ""
            if not last:
                continue
            value = value.strip()
            if last == "content-length" and (length := LENGTH.match(value)):
                # of two, the document tells whether it was the other
                self._length = max(int(length[1]), self._length or 0)
            if last not in values:
                if len(values) >= most:
                    last = ""
                    continue
                values[last] = value
                if last != name:
                    spelling[last] = name
            elif not values[last]:
                values[last] = value
        return CaseInsensitiveDict.from_decoded(values, spelling)

    # --- The body ---

    def _take_body(self) -> None:
        if self._is_chunked:
            self._take_chunks()
        if not self._is_chunked:
            self._take_sized()

    def _take_sized(self) -> None:
        """Take what there is, to the announced length at least."""
        self._body += self._data
        self._data.clear()
        whole = is_whole(self._body)
        if self._length is None:
            self.is_complete = whole
        else:
            self.is_complete = len(self._body) >= self._length and (whole or not self._is_document())

    def _is_document(self) -> bool:
        return self._body[:64].lstrip(b"\xef\xbb\xbf \t\r\n\0").startswith(b"<")

    def _take_chunks(self) -> None:
        """Take the chunks that came; what does not begin with a size is no chunk, but the body itself."""
        while not self.is_complete:
            if self._chunk:
                part = self._data[: self._chunk]
                self._body += part
                del self._data[: len(part)]
                self._chunk -= len(part)
                if self._chunk:
                    return
            while self._data.startswith((b"\r", b"\n")):
                del self._data[:1]
            end = self._data.find(b"\n", 0, CHUNK_LINE)
            if end < 0 and len(self._data) < CHUNK_LINE and not self._data.startswith(b"<"):
                return
            size = CHUNK_SIZE.match(self._data[: max(end, 0)])
            if size is None:
                self._is_chunked = False
                return
            del self._data[: end + 1]
            self._chunk = int(size[1], 16)
            self.is_complete = self._chunk == 0


class LenientRequest(NamedTuple):
    """Method, target, headers and body of a request; whether its connection ends with it, or is to stay."""

    method: str
    target: str
    headers: CaseInsensitiveDict
    body: bytes
    is_last: bool
    asks_to_stay: bool = False

    @property
    def charset(self) -> str | None:
        """Character set of the Content-Type."""
        return charset_of(self.headers)


class RequestReader(LenientReader):
    """Reads a request; what comes after it is in `rest`."""

    def __init__(self, most: int, limits: Limits) -> None:
        super().__init__(most, limits)
        self._method = self._target = ""
        self._version = ""

    def _begin(self, line: str) -> bool:
        found = REQUEST_LINE.match(line)
        if found is None:
            raise self._no_http(line)
        self._method = found[1].upper()
        self._target = found[2].rstrip()
        self._version = found[3]
        return True

    @property
    def is_sufficient(self) -> bool:
        """Whether there is nothing left that was announced, the document is whole, or none is of any use."""
        if self.headers is not None and not (self._is_chunked or self._length):
            return True
        return super().is_sufficient or (self.headers is not None and self._method not in WITH_BODY)

    @property
    def wants_to_be_told(self) -> bool:
        """Whether the sender waits for a word before it sends the body (RFC 9110 §10.1.1).

        Raises TooLongError where that would be too long.
        """
        if self.headers is None or self.is_complete or self._body:
            return False
        if self.headers.get_lower("expect", "").lower() != "100-continue":
            return False
        if (self._length or 0) > self._most:
            raise TooLongError(f"the body exceeds {self._most} bytes")
        return True

    def _take_sized(self) -> None:
        """Take the announced length; all there is, if only that makes the document whole."""
        if self._length is None:
            if self._method not in WITH_BODY:
                self.is_complete = True
                return
            super()._take_sized()
            return
        missing = self._length - len(self._body)
        if len(self._data) <= missing:
            self._body += self._data
            self._data.clear()
        else:
            part = self._data[:missing]
            if not is_whole(self._body + part) and is_whole(self._body + self._data):
                part = self._data  # its length is of characters, not of bytes
            self._body += part
            self._data = self._data[len(part) :]
        self.is_complete = len(self._body) >= self._length

    @property
    def rest(self) -> bytes:
        """What came after a complete request."""
        return bytes(self._data)

    def request(self) -> LenientRequest:
        """Return the request, once nothing more of it comes. Raises NoHttpError if it broke off."""
        if self.headers is None:
            raise self._no_http()
        said = self.headers.get_lower("connection", "").lower()
        asks_to_stay = "keep-alive" in said
        is_read = self.is_complete or self._method in WITH_BODY
        is_last = "close" in said or (self._version in OLD_VERSIONS and not asks_to_stay)
        return LenientRequest(
            self._method,
            self._target,
            self.headers,
            self._plain_body() if is_read else b"",
            is_last,
            asks_to_stay,
        )


def request_line(data: bytes) -> tuple[str, str] | None:
    """Return method and target of the request that begins; both empty for none, None until one can tell."""
    line, line_end, _ = data[:PROPER_BYTES].lstrip(LINE_ENDS).partition(b"\n")
    if not line_end and len(data) < PROPER_BYTES:
        return None
    found = REQUEST_LINE.match(line.decode("utf-8", "replace"))
    return (found[1].upper(), found[2].rstrip()) if found else ("", "")
