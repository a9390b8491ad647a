"""Answers to our requests, which are not quite proper all too often (UDA 2.0 §2.1; RFC 9112).

`device_connection` reads them with this, and learns when one is over, and whether another can follow. It must
not know connections: bytes go in.
"""

import re
from typing import Final, NamedTuple

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._http.lenient import (
    HEAD_BYTES,
    LINE_ENDS,
    OLD_VERSIONS,
    LenientReader,
    NoHttpError,
    charset_of,
)
from async_upnp_client.limits import Limits

STATUS_LINE: Final = re.compile(
    r"[A-Z]{2,8}/([0-9]{1,3}(?:\.[0-9]{1,3})?)[ \t]+([0-9]{3})(?![0-9])", re.IGNORECASE
)
WITHOUT_BODY: Final = frozenset({204, 304})


class BrokenOffError(NoHttpError, ConnectionError):
    """The connection ended before the headers did."""


class LenientAnswer(NamedTuple):
    """Status, headers and body of an answer."""

    status: int
    headers: CaseInsensitiveDict
    body: bytes

    @property
    def charset(self) -> str | None:
        """Character set of the Content-Type."""
        return charset_of(self.headers)


class AnswerReader(LenientReader):
    """Reads the answer to a request by `method`."""

    def __init__(self, method: str, most: int, limits: Limits) -> None:
        super().__init__(most, limits)
        self._method = method
        self._version = ""
        self._status = 0
        self._has_no_body = False

    def _begin(self, line: str) -> bool:
        found = STATUS_LINE.match(line)
        if found is None or self._head_bytes > HEAD_BYTES:
            raise self._no_http(line)
        self._version, self._status = found[1], int(found[2])
        self.is_complete = self._has_no_body = self._method == "HEAD" or self._status in WITHOUT_BODY
        return (
            not 100 <= self._status < 200
        )  # an interim answer (RFC 9110 §15.2): the one that counts follows

    @property
    def is_sufficient(self) -> bool:
        """Whether there is nothing left that was announced, or the document is whole."""
        if self.headers is not None and self._length is None and not self._is_chunked:
            # answers to these have no body (UDA 2.0 §4.1.2)
            return super().is_sufficient or self._method in ("SUBSCRIBE", "UNSUBSCRIBE")
        return super().is_sufficient

    @property
    def is_as_announced(self) -> bool:
        """Whether the body has the announced length, and nothing came after it."""
        return self.headers is not None and not self._is_chunked and len(self._body) == self._length

    @property
    def leaves_open(self) -> bool:
        """Whether another answer can follow: this one ended where it was to end, and says nothing else."""
        if self.headers is None or not (self.is_complete or self.is_as_announced):
            return False
        ended = self._has_no_body or self._is_chunked or len(self._body) == self._length
        if not ended or self._data.strip(LINE_ENDS):
            return False
        said = self.headers.get_lower("connection", "").lower()
        return "keep-alive" in said if self._version in OLD_VERSIONS else "close" not in said

    def answer(self) -> LenientAnswer:
        """Return the answer, once nothing more comes. Raises NoHttpError if it broke off."""
        if self.headers is None:
            begin = self._lines[0] if self._lines else self._data
            if begin.startswith(b"HTTP/"):
                raise BrokenOffError("the connection ended in the middle of the headers")
            raise self._no_http()
        return LenientAnswer(self._status, self.headers, self._plain_body())
