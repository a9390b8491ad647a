"""Peers that mean harm, on loopback, and a heartbeat that feels what they do to the loop."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self


class Heartbeat:
    """A task that wants its turn all the time, and keeps the longest pause between two, in seconds."""

    STEP = 0.002

    def __init__(self) -> None:
        """Begin when entered."""
        self.longest = 0.0
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin."""
        self._task = asyncio.create_task(self._beat())
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_error: object) -> None:
        """End."""
        assert self._task is not None, "it was entered"
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _beat(self) -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(self.STEP)
            now = time.perf_counter()
            self.longest = max(self.longest, now - last - self.STEP)
            last = now


class EndlessServer:
    """Answers each request with a head, and then with pieces until nobody listens or there are none left.

    `sent` counts the bytes of the pieces that a connection took.
    """

    def __init__(self, head: bytes, piece: bytes, pause: float = 0.0) -> None:
        """Take what to send, and how long to wait between two pieces."""
        self.head = head
        self.piece = piece
        self.pause = pause
        self.sent = 0
        self.requests = 0
        self.url = ""

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["EndlessServer"]:
        """Listen, on a port that the system chooses."""
        serving: set[asyncio.Task[None]] = set()

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            serving.add(task)
            try:
                with contextlib.suppress(
                    ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError
                ):
                    await self._serve(reader, writer)
            finally:
                serving.discard(task)
                writer.transport.abort()

        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()
            for task in tuple(serving):
                task.cancel()
            await asyncio.gather(*serving, return_exceptions=True)
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.requests += 1
        writer.write(self.head)
        while True:
            writer.write(self.piece)
            await writer.drain()
            self.sent += len(self.piece)
            await asyncio.sleep(self.pause)
