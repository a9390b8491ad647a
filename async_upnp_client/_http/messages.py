"""What our HTTP messages say, whichever library carries them (UDA 2.0 §2.1): headers, and what a dump has.

For `aiohttp`, which moves the bytes. It must not know connections.
"""

import re
from collections.abc import Mapping
from typing import Final

from async_upnp_client._addresses import host_header_of_url, zone_of_url
from async_upnp_client._headers import CaseInsensitiveDict, shown
from async_upnp_client.const import HttpRequest

TRAFFIC_LINE_LIMIT: Final = 64 * 1024
"""Characters per line in the traffic log: events have one line, which is to be read whole."""

_REPEATABLE_METHODS = frozenset({"GET", "HEAD", "SUBSCRIBE", "UNSUBSCRIBE"})
_ENDS = 4096  # bytes in which the first element begins, and those in which its end tag stands
_ROOT_NAME = re.compile(rb"<([A-Za-z_][\w:.-]*)")


def fixed_host_header(url: str) -> dict[str, str]:
    """Return a Host header without zone for a URL with one: it means nothing to the device (row V-005)."""
    return {"Host": host_header_of_url(url)} if "%" in url and zone_of_url(url) else {}


def merged_headers(request: HttpRequest, defaults: Mapping[str, str], agent: str | None) -> dict[str, str]:
    """Return the headers to send, spelled as given: those of `request` win over `defaults`, over `agent`."""
    headers = fixed_host_header(str(request.url))
    if agent:
        headers["User-Agent"] = agent
    for some in (defaults, request.headers):
        headers.update(some.items())
    if len({name.lower() for name in headers}) == len(headers):
        return headers
    return CaseInsensitiveDict(headers).as_dict()  # of two spellings the later


def is_whole(body: bytes | bytearray) -> bool:
    """Whether `body` ends with the end tag of its first element; looks at its two ends only."""
    root = _ROOT_NAME.search(body, 0, _ENDS)
    return root is not None and body[-_ENDS:].rstrip(b" \t\r\n\0").endswith(b"</" + root[1] + b">")


def may_repeat(request: HttpRequest) -> bool:
    """Whether the device may get `request` twice."""
    if request.repeatable is not None:
        return request.repeatable
    return request.method.upper() in _REPEATABLE_METHODS


def dump(headers: Mapping[str, str], body: str | None) -> str:
    """Return a message for the traffic log, line by line, with nothing in it that moves a terminal."""
    lines = [*(f"{name}: {value}" for name, value in headers.items()), "", *(body or "").splitlines()]
    return "\n".join(shown(line, TRAFFIC_LINE_LIMIT) for line in lines)
