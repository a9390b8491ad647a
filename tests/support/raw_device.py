"""A device on loopback that answers with bytes as they were given, and keeps the bytes it was sent."""

import asyncio
from collections.abc import Mapping

from tests.support.loopback import LoopbackServer

CLOSE = object()  # as an answer: close the connection without a word
SILENCE = object()  # as an answer: keep the connection, and say nothing


def answer(
    body: bytes | str = b"", status: str = "200 OK", headers: Mapping[str, str] | None = None
) -> bytes:
    """Return an HTTP answer with a Content-Length; header names go out as they are spelled."""
    data = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in (headers or {}).items())]
    lines += [f"Content-Length: {len(data)}", "", ""]
    return "\r\n".join(lines).encode() + data


class RawDevice(LoopbackServer):
    """An HTTP server for tests: `async with RawDevice({"/a.xml": answer("<a/>")}) as device`.

    Answers are by path; a list is given out one by one, its last one for ever. `requests` holds each request
    whole, head and body, `connections` counts what was accepted.
    """

    def __init__(self, answers: Mapping[str, object] | None = None, host: str = "127.0.0.1") -> None:
        """Take the answers; what has none is 404."""
        super().__init__(host)
        self.answers = {path: list(a) if isinstance(a, list) else [a] for path, a in (answers or {}).items()}
        self.requests: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer each request."""
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(_content_length(head))
            self.requests.append(head + body)
            path = head.split(b" ", 2)[1].decode()
            answers = self.answers.get(path) or [answer(status="404 Not Found")]
            chosen = answers.pop(0) if len(answers) > 1 else answers[0]
            if chosen is CLOSE:
                return
            if isinstance(chosen, bytes):
                writer.write(chosen)
                await writer.drain()


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
