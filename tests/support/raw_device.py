"""A device on loopback that answers with bytes as they were given, and keeps the bytes it was sent."""

import asyncio
import contextlib
from collections.abc import Mapping
from types import TracebackType
from typing import Self

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


class RawDevice:
    """An HTTP server for tests: `async with RawDevice({"/a.xml": answer("<a/>")}) as device`.

    Answers are by path; a list is given out one by one, its last one for ever. `requests` holds each request
    whole, head and body, `connections` counts what was accepted.
    """

    def __init__(self, answers: Mapping[str, object] | None = None, host: str = "127.0.0.1") -> None:
        """Take the answers; what has none is 404."""
        self.answers = {path: list(a) if isinstance(a, list) else [a] for path, a in (answers or {}).items()}
        self.host = host
        self.requests: list[bytes] = []
        self.connections = 0
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Listen on a port that the system chooses."""
        self._server = await asyncio.start_server(self._accept, self.host, 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the port and every connection."""
        assert self._server is not None, "it was started"
        self._server.close()
        for task in tuple(self._serving):
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def port(self) -> int:
        """The port it listens on."""
        assert self._server is not None, "it was started"
        return int(self._server.sockets[0].getsockname()[1])

    def url(self, path: str = "/") -> str:
        """Return the URL of a path on it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}{path}"

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "a connection is served by a task"
        self._serving.add(task)
        self.connections += 1
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
                await self._serve(reader, writer)
        finally:
            self._serving.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
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
