"""HTTP by hand on loopback: a server that answers with given bytes and hangs up, a client that sends some."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

HANG_UP = b""  # as an answer: close the connection without a word
SILENCE = None  # as an answer: say nothing, and wait


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def close(*streams: Streams) -> None:
    """Close connections, and wait until they are."""
    for _, writer in streams:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


class Wire:
    """What came in at a `serving` server."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.requests: list[bytes] = []
        self.asked = asyncio.Event()
        self.connections = 0
        self.port = 0
        self.host = "127.0.0.1"

    def url(self, path: str = "/x", zone: str = "") -> str:
        """Return the URL of a path on the server."""
        host = f"[{self.host}{zone}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}{path}"


@asynccontextmanager
async def serving(*answers: bytes | None, keep: bool = False, host: str = "127.0.0.1") -> AsyncIterator[Wire]:
    """Serve `answers` one by one, the last for ever; hang up after each unless `keep`."""
    wire = Wire()
    wire.host = host
    left = list(answers)
    tasks = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        tasks.add(task)
        wire.connections += 1
        try:
            while True:
                wire.requests.append(await read_request(reader))
                wire.asked.set()
                answer = left.pop(0) if len(left) > 1 else left[0]
                if answer is None:
                    await reader.read()
                    return
                writer.write(answer)
                await writer.drain()
                if not keep:
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            tasks.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    server = await asyncio.start_server(serve, host, 0)
    wire.port = server.sockets[0].getsockname()[1]
    try:
        yield wire
    finally:
        server.close()
        pending = [task for task in tasks if task is not None]
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        await server.wait_closed()


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """Read one request, head and body."""
    head = await reader.readuntil(b"\r\n\r\n")
    size = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            size = int(value)
    return head + await reader.readexactly(size)


async def send(port: int, *pieces: bytes, host: str = "127.0.0.1", half_close: bool = False) -> bytes:
    """Send `pieces` one by one, and return what comes back until the server hangs up."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        if half_close:
            writer.write_eof()
        return await reader.read()
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
