"""A request as the bytes that go out, and what its URL says of the connection for them (UDA 2.0 §2.1).

For connections of our own; sessions of aiohttp write by themselves. What goes out is strict, whatever comes
back. It must not know connections.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import quote, unquote, urljoin

from async_upnp_client._addresses import (
    LOCATION_CHARACTERS,
    URLS_REMEMBERED,
    canonical_host_of_url,
    host_header_of_url,
    split_url,
)
from async_upnp_client._http.route import Address, Route
from async_upnp_client.const import HttpRequest

DEFAULT_PORTS: Final[Mapping[str, int]] = {"http": 80, "https": 443}
IN_TARGET: Final = "!$%&'()*+,-./:;=?@_~"  # characters of a path and query that stay as they are
STRAY_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
WITHOUT_LENGTH: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""Methods of requests that say nothing of a body where they have none (RFC 9110 §8.6)."""

OURS_TO_SAY: Final = frozenset({"content-length", "transfer-encoding"})
"""Headers that tell where a request ends: another would let it be taken for two."""


class Destination(NamedTuple):
    """What a URL says: where to connect to, and what to ask for there."""

    host: str
    port: int
    is_secure: bool
    target: str
    host_header: str
    authorization: str | None


def destination_of(url: str) -> Destination:
    """Read a URL; ValueError for one that is not of http or https."""
    # URLs of devices are asked again and again; what is too long to be one is not remembered
    read = read_destination if len(url) <= LOCATION_CHARACTERS else read_destination.__wrapped__
    return read(url)


@lru_cache(URLS_REMEMBERED)
def read_destination(url: str) -> Destination:
    """Do what `destination_of` does."""
    parts, host = split_url(url), canonical_host_of_url(url)
    if parts is None or not host:
        raise ValueError(f"No URL of HTTP: {url}")
    path = parts.path or "/"
    if "/." in path:
        path = urljoin("http://h/", path).removeprefix("http://h")
    target = f"{path}?{parts.query}" if parts.query else path
    secret = None
    if parts.username is not None:
        user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        secret = f"Basic {b64encode(user.encode()).decode('ascii')}"
    return Destination(
        host,
        parts.port or DEFAULT_PORTS[parts.scheme],
        parts.scheme == "https",
        quote(STRAY_PERCENT.sub("%25", target), safe=IN_TARGET),
        host_header_of_url(url),
        secret,
    )


def address_of(request: HttpRequest, route: Route) -> Address:
    """Return where to connect to."""
    to = destination_of(route.url)
    return Address(to.host, to.port, (route.server_name or to.host) if to.is_secure else None, request.source)


def written(request: HttpRequest, route: Route, headers: Mapping[str, str], *, is_last: bool) -> bytes:
    """Return the bytes of `request` with `headers`; ValueError for what HTTP cannot carry.

    `is_last` asks to close the connection after the answer.
    """
    to, method = destination_of(route.url), request.method.upper()
    lines = [f"{method} {to.target} HTTP/1.1", ""]
    added = {"accept": "Accept: */*"}
    if to.authorization is not None:
        added["authorization"] = f"Authorization: {to.authorization}"
    if is_last:
        added["connection"] = "Connection: close"
    for name, value in headers.items():
        lower = name.lower()
        if lower == "host":
            lines[1] = f"{name}: {value}"
        elif lower not in OURS_TO_SAY:
            added.pop(lower, None)
            lines.append(f"{name}: {value}")
    lines[1] = lines[1] or f"Host: {route.host or to.host_header}"
    lines += added.values()
    body = (request.body or "").encode()
    if body or method not in WITHOUT_LENGTH:
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join(lines)
    if not len(lines) - 1 == head.count("\r") == head.count("\n") or "\0" in head:
        raise ValueError("a header has a line break")
    return b"%b\r\n\r\n%b" % (head.encode(), body)
