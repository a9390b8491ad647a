"""An HTTP answer that is not quite one, read as far as it can be (UDA 2.0 §2.1, RFC 9112).

Devices send two lengths, headers without a colon, chunks that end in LF, a body longer than they say, a
status line of their own. `_lenient_exchange` reads with this what aiohttp refused. The document itself says
where it ends, where the headers do not. It must not know connections: bytes go in.
"""

import re
import zlib
from dataclasses import dataclass
from typing import Final

from async_upnp_client._headers import CaseInsensitiveDict, shown
from async_upnp_client._http import is_whole
from async_upnp_client.limits import Limits

HEAD_BYTES: Final = 64 * 1024
"""Bytes until the body begins. Real answers have some hundred; the limits on headers count only in these."""

SHOWN_BYTES: Final = 200
"""Bytes of what is no HTTP that its error quotes: the device's own words are the best hint at what it is."""

STATUS_LINE: Final = re.compile(rb"[A-Z]{2,8}/\d{1,3}(?:\.\d{1,3})?[ \t]+(\d{3})(?!\d)", re.IGNORECASE)
LENGTH: Final = re.compile(r"\s*(\d{1,15})(?!\d)")
CHUNK_SIZE: Final = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?\r*\Z", re.DOTALL)
CHUNK_LINE: Final = 256  # bytes of the line before a chunk, with its extensions
LINE_ENDS: Final = b"\r\n \t"
WITHOUT_BODY: Final = frozenset({204, 304})
COMPRESSED: Final = b"\x1f\x8b"
CONTROLS: Final = dict.fromkeys((*range(9), *range(10, 32), 127))


@dataclass(frozen=True, slots=True)
class LenientAnswer:
    """Status, headers and body of an answer. Of a header that came twice, the first with a value counts."""

    status: int
    headers: CaseInsensitiveDict
    body: bytes

    @property
    def charset(self) -> str | None:
        """Character set of the Content-Type."""
        _, _, named = str(self.headers.get("content-type", "")).lower().partition("charset=")
        return named.split(";")[0].strip(" \"'") or None


class NoHttpError(ValueError):
    """What came is no HTTP answer, or more of one than was asked for."""


class LenientReader:
    """Reads one answer to a request by `method`, whose body may have `most` bytes.

    Bytes go into `feed`, until `is_complete`. Once it `is_sufficient`, the answer may be over, and only a
    sender that gives a wrong length has more. `answer` tells what has come until then.
    """

    def __init__(self, method: str, most: int, limits: Limits) -> None:
        self._method = method
        self._most = most
        self._limits = limits
        self._data = bytearray()  # what was not taken apart yet
        self._body = bytearray()
        self._lines: list[bytes] = []  # of a head that has not ended
        self._head_bytes = 0
        self._head: tuple[int, CaseInsensitiveDict] | None = None
        self._length: int | None = None
        self._is_chunked = False
        self._is_without_body = False
        self._chunk = 0  # bytes of it that are still to come
        self.is_complete = False

    @property
    def is_sufficient(self) -> bool:
        """Whether there is nothing left that was announced."""
        if self.is_complete:
            return True
        if self._head is None:
            return False
        if self._is_chunked:
            return not self._chunk and is_whole(self._body)  # there was no last chunk yet
        if self._length is not None:
            return len(self._body) >= self._length
        return self._method in ("SUBSCRIBE", "UNSUBSCRIBE")  # whose answers have no body (UDA 2.0 §4.1.2)

    def feed(self, data: bytes) -> None:
        """Take in what came. Raises NoHttpError where it cannot become an answer."""
        self._data += data
        while self._head is None:
            if not self._take_head():
                return
        self._take_body()
        if len(self._body) > self._most:
            raise NoHttpError(f"the answer exceeds {self._most} bytes")

    def answer(self) -> LenientAnswer:
        """Return the answer, once nothing more comes. Raises NoHttpError if it broke off."""
        if self._head is None:
            raise NoHttpError(f"no HTTP: {self._begun()}")
        status, headers = self._head
        body = bytes(self._body)
        if self._length is not None and not is_whole(body) and not self._is_without_body:
            if len(body) < self._length:
                raise NoHttpError(f"the answer ended after {len(body)} of {self._length} bytes")
            body = body[: self._length]
        return LenientAnswer(status, headers, self._decompressed(body))

    def _decompressed(self, body: bytes) -> bytes:
        # by its first bytes, as those that compress unasked are not always those that say so
        if not body.startswith(COMPRESSED):
            return body
        try:
            plain = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(body, self._most + 1)
        except zlib.error:
            return body
        if len(plain) > self._most:
            raise NoHttpError(f"the answer exceeds {self._most} bytes")
        return plain

    # --- The head ---

    def _take_head(self) -> bool:
        """Take the head off the data, if it is whole; return whether there was one."""
        lines = self._lines
        while not (lines and self._data.startswith(b"<")):  # some have no empty line before the document
            end = self._data.find(b"\n")
            self._head_bytes += end + 1
            if self._head_bytes + (len(self._data) if end < 0 else 0) > HEAD_BYTES:
                raise NoHttpError(f"no HTTP: {self._begun()}")
            if end < 0:
                return False
            line = bytes(self._data[:end])
            del self._data[: end + 1]
            if line.strip(LINE_ENDS):
                lines.append(line)
            elif lines:
                break
        status = STATUS_LINE.match(lines[0].lstrip(LINE_ENDS))
        if status is None:
            raise NoHttpError(f"no HTTP: {self._begun()}")
        code = int(status[1])
        self._lines = []
        if 100 <= code < 200:
            return bool(self._data)  # an interim answer (RFC 9110 §15.2): the one that counts follows
        headers = self._headers(lines[1:])
        self._head = code, headers
        self._is_chunked = "chunked" in str(headers.get("transfer-encoding", "")).lower()
        self._is_without_body = self._method == "HEAD" or code in WITHOUT_BODY
        self.is_complete = self._is_without_body
        return True

    def _begun(self) -> str:
        """Return how it begins, for an error."""
        return shown((b"\n".join(self._lines[:4]) or bytes(self._data[:SHOWN_BYTES]))[:SHOWN_BYTES])

    def _headers(self, lines: list[bytes]) -> CaseInsensitiveDict:
        headers = CaseInsensitiveDict()
        lengths: list[int] = []
        name = ""
        for line in lines[: self._limits.header_lines]:
            text = line[: self._limits.header_length].decode("utf-8", "replace").translate(CONTROLS)
            if text[:1] in (" ", "\t") and name:
                headers[name] = f"{headers[name]} {text.strip()}"[: self._limits.header_length]
                continue
            name, colon, value = (part.strip() for part in text.partition(":"))
            if not (name and colon) or (name not in headers and len(headers) >= self._limits.headers):
                name = ""
                continue
            if not headers.get(name):
                headers[name] = value
            if name.lower() == "content-length" and (length := LENGTH.match(value)):
                lengths.append(int(length[1]))
        self._length = max(lengths, default=None)  # of two, the document tells whether it was the other
        return headers

    # --- The body ---

    def _take_body(self) -> None:
        if self.is_complete:
            return
        if self._is_chunked:
            self._take_chunks()
            if self._is_chunked:
                return
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
