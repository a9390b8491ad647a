"""Bytes that a device serves beside its documents: icons, pictures, media; whole or in ranges (RFC 9110 §14).

Authors call ``content_response`` in the handlers of their ``routes``. It must not know what the bytes are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from aiohttp import hdrs

if TYPE_CHECKING:
    from aiohttp import web

_RANGE: Final = re.compile(r"bytes\s*=\s*(\d{0,20})\s*-\s*(\d{0,20})", re.IGNORECASE)


def content_response(
    request: web.Request, content: bytes, content_type: str, headers: Mapping[str, str] | None = None
) -> web.Response:
    """Answer a GET or a HEAD with content, or with the range of it that is asked for.

    200 has all of it, 206 the range, 416 nothing where it begins behind the end. Several ranges in one
    request, and what is no range, are answered with all. ``headers`` are added.
    """
    # whoever is asked has loaded aiohttp's server; others need not
    from aiohttp import web  # noqa: PLC0415 - see above

    more = {**(headers or {}), hdrs.ACCEPT_RANGES: "bytes", hdrs.CONTENT_TYPE: content_type}
    part = parse_range(request.headers.get(hdrs.RANGE, ""), len(content))
    if part is None:
        return web.Response(body=content, headers=more)
    if not part:
        more[hdrs.CONTENT_RANGE] = f"bytes */{len(content)}"
        return web.Response(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=more)
    more[hdrs.CONTENT_RANGE] = f"bytes {part.start}-{part.stop - 1}/{len(content)}"
    return web.Response(body=content[part.start : part.stop], status=HTTPStatus.PARTIAL_CONTENT, headers=more)


def parse_range(header: str, length: int) -> range | None:
    """Return the bytes that a RANGE header asks for, of so many; none where there are none that it can mean.

    None stands for all: there is no header, or one that is not of a single range of bytes.
    """
    found = _RANGE.fullmatch(header.strip())
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:  # the last so many
        return range(max(length - int(last), 0), length)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, length) if last else length)
