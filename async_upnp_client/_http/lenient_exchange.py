"""One request to a device whose HTTP aiohttp cannot read, on a connection of its own (UDA 2.0 §2.1).

`exchange` falls back on this. What goes out is as strict as ever; what comes back `lenient` reads. It
must not know redirects, nor which addresses are allowed: it gets a route that was checked.
"""

import asyncio
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from async_upnp_client._addresses import canonical_host_of_url, host_header_of_url, split_url
from async_upnp_client._http.lenient import AnswerReader, LenientAnswer
from async_upnp_client._http.route import Route, with_host_header
from async_upnp_client.const import HttpRequest
from async_upnp_client.limits import Limits

GRACE: Final = 1.0
"""Seconds in which a body may grow beyond its announced length, or a last chunk come: the device has been
asked to close the connection, and those that do not listen to that have said all by then."""

READ_BYTES: Final = 64 * 1024
DEFAULT_PORTS: Final[Mapping[str, int]] = {"http": 80, "https": 443}
IN_TARGET: Final = "!$%&'()*+,-./:;=?@_~[]"  # characters of a path and query that stay as they are


async def async_ask_leniently(
    request: HttpRequest, route: Route, headers: Mapping[str, str], most: int, limits: Limits
) -> LenientAnswer:
    """Send `request` with `headers` along `route`, and return what can be read of the answer.

    `most` is for the body, in bytes. Raises OSError where the connection fails, NoHttpError for what is no
    answer. The caller limits the time.
    """
    parts = split_url(route.url)
    if parts is None or parts.scheme not in DEFAULT_PORTS:
        raise ValueError(f"No URL of HTTP: {route.url}")
    secure, host = parts.scheme == "https", canonical_host_of_url(route.url)
    reader, writer = await asyncio.open_connection(
        host,
        parts.port or DEFAULT_PORTS[parts.scheme],
        ssl=secure or None,
        server_hostname=(route.server_name or host) if secure else None,
        local_addr=None if request.source is None else (request.source, 0),
    )
    try:
        target = quote(f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}", safe=IN_TARGET)
        named = with_host_header(dict(headers), route.host or host_header_of_url(route.url))
        writer.write(written(request, target, named))
        await writer.drain()
        answer = AnswerReader(request.method, most, limits)
        await _async_feed(answer, reader)
        return answer.answer()
    finally:
        writer.transport.abort()  # there is nothing to wait for


async def _async_feed(answer: AnswerReader, reader: asyncio.StreamReader) -> None:
    while not answer.is_complete:
        try:
            async with asyncio.timeout(GRACE if answer.is_sufficient else None):
                data = await reader.read(READ_BYTES)
        except TimeoutError:
            return
        if not data:
            return
        answer.feed(data)


def written(request: HttpRequest, target: str, headers: Mapping[str, str]) -> bytes:
    """Return the bytes of a request that closes its connection; ValueError for what HTTP cannot carry."""
    sent = {**headers, "Connection": "close"}
    body = (request.body or "").encode()
    if body or request.method == "POST":
        sent["Content-Length"] = str(len(body))
    fields = [f"{request.method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
    if any("\r" in field or "\n" in field for field in fields):
        raise ValueError("a header has a line break")
    return "\r\n".join((*fields, "", "")).encode() + body
