"""A port for tests, as a rule on loopback: whoever connects is served by a task, all end with the port."""

import asyncio
import contextlib
from types import TracebackType
from typing import Self


class LoopbackServer:
    """Listens on a port, as a context manager; what it says is for subclasses."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Take the address, and a port where the system is not to choose it."""
        self.host = host
        self._port = port
        self.connections = 0
        """How many were accepted."""
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection, which is closed after it."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        """Listen."""
        self._server = await asyncio.start_server(self._accept, self.host, self._port)
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
                await self.serve(reader, writer)
        finally:
            self._serving.discard(task)
            await async_close(writer)


async def async_close(writer: asyncio.StreamWriter) -> None:
    """Close a connection, whatever state it is in."""
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
