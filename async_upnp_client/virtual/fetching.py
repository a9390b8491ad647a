"""HTTP, renderer side: the first bytes of what is to be played.

A renderer gets its media from whoever a control point names, as ``av_transport`` does with this. It must not
know what the bytes are.
"""

from dataclasses import dataclass
from typing import Final

from aiohttp import ClientError, ClientSession, ClientTimeout, hdrs

HEAD_BYTES: Final = 64 * 1024
"""Bytes of the start that are enough for a header or a playlist."""
SECONDS: Final = 10.0
"""Seconds that the fetch may take."""


@dataclass(frozen=True)
class Head:
    """The start of a resource."""

    content_type: str
    """The MIME type, without parameters."""
    data: bytes


async def async_fetch_head(url: str) -> Head:
    """Get the first bytes of a URL; OSError or TimeoutError where that cannot be had."""
    if not url.lower().startswith(("http://", "https://")):
        raise OSError(f"{url} is not of HTTP")
    try:
        async with (
            ClientSession(timeout=ClientTimeout(total=SECONDS)) as session,
            session.get(url, headers={hdrs.RANGE: f"bytes=0-{HEAD_BYTES - 1}"}) as answer,
        ):
            if answer.status not in {200, 206}:
                raise OSError(f"{url} answers {answer.status}")
            data = b""
            async for part in answer.content.iter_chunked(HEAD_BYTES):
                data += part
                if len(data) >= HEAD_BYTES:
                    answer.close()  # who does not know ranges would go on
                    break
            return Head(answer.content_type, data[:HEAD_BYTES])
    except (ClientError, ValueError) as err:
        raise OSError(f"{url}: {err}") from err
