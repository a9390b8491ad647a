"""A weak router's HTTP server, in front of a better one: one connection at a time, others are closed."""

import asyncio
import contextlib
from types import TracebackType
from typing import Self

GRACE = 0.01
"""Seconds in which it notices that a connection has ended; in virtual time, none that is under way does."""


class OneConnection:
    """Listens on loopback, and hands on to `host` and `port`; ``closed`` counts the refused."""

    def __init__(self, host: str, port: int | None) -> None:
        """Take the server behind."""
        self._behind = host, port
        self.closed = 0
        self._is_busy = False
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Listen."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the port and every connection."""
        assert self._server is not None, "it was started"
        self._server.close()
        for writer in tuple(self._writers):
            writer.close()
        await asyncio.gather(*self._serving, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """Where it is."""
        assert self._server is not None, "it was started"
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "a callback of a server is a task"
        self._serving.add(task)
        self._writers.add(writer)
        try:
            await self._take(reader, writer)
        finally:
            await async_close(writer)
            self._serving.discard(task)
            self._writers.discard(writer)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_busy:
            await asyncio.sleep(GRACE)
        if self._is_busy:
            self.closed += 1
            return
        self._is_busy = True
        try:
            await self._serve(reader, writer)
        finally:
            self._is_busy = False

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self._behind)
        pumps = [asyncio.ensure_future(pump(*way)) for way in ((reader, back), (there, writer))]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in pumps:
                one.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            await async_close(back)


async def async_close(writer: asyncio.StreamWriter) -> None:
    """Close a connection, whatever state it is in."""
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hand on what comes, to the end."""
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
