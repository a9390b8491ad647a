"""How long a connection of another HTTP server may wait for a request, over real sockets."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from async_upnp_client._http.idle_connections import IdleConnections
from async_upnp_client._quiet import QuietLog
from tests.support.wire import close

LOGGER = logging.getLogger("async_upnp_client.test")


class Line(asyncio.Protocol):
    """A connection on which each line is a request."""

    def __init__(self, server: "Lines") -> None:
        self.server = server
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.server.connections.append(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.server.connections.remove(self)
        self.transport = None

    def data_received(self, data: bytes) -> None:
        assert self.transport is not None
        bounded = self.server.bounded
        assert bounded is not None
        for line in data.splitlines(keepends=True):
            if line.endswith(b"\n"):
                bounded.begin(self)
                self.transport.write(line)
                if line != b"stay\n":
                    bounded.end(self)


class Lines:
    """The server of them."""

    def __init__(self) -> None:
        self.connections: list[Line] = []
        self.bounded: IdleConnections | None = None

    def __call__(self) -> Line:
        line = Line(self)
        assert self.bounded is not None
        self.bounded.end(line)
        return line


@contextlib.asynccontextmanager
async def listening(seconds: float = 30) -> AsyncIterator[tuple[Lines, int]]:
    loop = asyncio.get_running_loop()
    lines = Lines()
    lines.bounded = IdleConnections(seconds, QuietLog(LOGGER), loop)
    server = await loop.create_server(lines, "127.0.0.1", 0)
    try:
        yield lines, server.sockets[0].getsockname()[1]
    finally:
        lines.bounded.stop()
        server.close()
        for connection in lines.connections:
            assert connection.transport is not None
            connection.transport.abort()
        await server.wait_closed()


async def is_closed(reader: asyncio.StreamReader) -> bool:
    """Wait for the end of a connection."""
    async with asyncio.timeout(10):
        with contextlib.suppress(ConnectionError):
            return await reader.read() == b""
    return True


async def test_who_sends_no_request_is_closed_and_who_has_one_is_not():
    async with listening(seconds=1) as (lines, port):
        silent, trickling, served = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        trickling[1].write(b"x")
        served[1].write(b"stay\n")
        assert await served[0].readline() == b"stay\n"
        assert await is_closed(silent[0])
        assert await is_closed(trickling[0])
        assert len(lines.connections) == 1
        served[1].write(b"done\n")
        assert await served[0].readline() == b"done\n"
        assert await is_closed(served[0])
        await close(silent, trickling, served)


async def test_after_the_stop_nothing_is_watched():
    async with listening() as (lines, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert lines.bounded is not None
        lines.bounded.stop()
        writer.write(b"x\n")
        assert await reader.readline() == b"x\n"
        assert lines.bounded._timer is None
        await close((reader, writer))
