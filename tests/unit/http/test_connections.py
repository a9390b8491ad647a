"""All connections of a server of ours, over real sockets: how many, what is written, and how they end."""

import asyncio
import contextlib
import logging
import re
from collections.abc import AsyncIterator

import pytest

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._http.connection import Answer, Connection
from async_upnp_client._http.connections import STOPPING_SECONDS, Bounds, Connections
from async_upnp_client._http.lenient import LenientRequest
from async_upnp_client._quiet import QuietLog
from async_upnp_client.limits import Limits
from tests.support.virtual_time import pass_time, run
from tests.support.wire import close

LOGGER = logging.getLogger("async_upnp_client.test")
REQUEST = b"GET / HTTP/1.1\r\n\r\n"
CLOSING = b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n"


class Others:
    """Another server, with so many connections."""

    def __init__(self, number: int) -> None:
        self.number = number

    def serves(self, _method: str, _target: str) -> bool:
        return False

    def take_over(self, transport: asyncio.Transport, _data: bytes) -> None:
        raise AssertionError(transport)

    def count(self, _host: str | None = None) -> int:
        return self.number


def at_once(_request: LenientRequest, _connection: Connection) -> Answer:
    return Answer(200)


@contextlib.asynccontextmanager
async def listening(
    take=at_once, *, most: int = 100, of_host: int = 100, others: Others | None = None
) -> AsyncIterator[tuple[Connections, int]]:
    loop = asyncio.get_running_loop()
    bounds = Bounds(most, of_host, 30, 1000)
    connections = Connections(take, bounds, Limits(), QuietLog(LOGGER), loop, elsewhere=others)
    server = await loop.create_server(connections.accept, "127.0.0.1", 0)
    try:
        yield connections, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await connections.async_stop()
        assert len(connections) == 0
        await server.wait_closed()


async def answer_to(port: int, raw: bytes) -> bytes:
    """Send a request on a connection of its own; return all that is answered until it is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answered = b""
    with contextlib.suppress(ConnectionError):
        writer.write(raw)
        answered = await reader.read()
    await close((reader, writer))
    return answered


@pytest.mark.parametrize("others", [0, 1])
async def test_one_too_many_is_closed_at_once_and_costs_one_record(
    others: int, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG, LOGGER.name)
    async with asyncio.timeout(10), listening(most=2 + others, others=Others(others)) as (_, port):
        streams = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        for reader, writer in streams:
            writer.write(REQUEST)
            await reader.readuntil(b"\r\n\r\n")
        for _ in range(10):
            assert await answer_to(port, b"") == b""
        await close(streams.pop())
        while not await answer_to(port, CLOSING):
            pass  # until the server has seen that the other is gone
        await close(*streams)
    assert len(caplog.records) == 1
    assert "127.0.0.1" in caplog.records[0].getMessage()


@pytest.mark.parametrize("others", [0, 2])
async def test_one_host_leaves_room_for_others(others: int, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG, LOGGER.name)
    async with asyncio.timeout(10), listening(of_host=1 + others, others=Others(others)) as (_, port):
        kept = await asyncio.open_connection("127.0.0.1", port)
        assert await answer_to(port, CLOSING) == b""
        assert await answer_to(port, CLOSING) == b""
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=("127.0.0.2", 0))
        writer.write(REQUEST)
        assert await reader.readuntil(b"\r\n\r\n")
        await close(kept, (reader, writer))
    assert len(caplog.records) == 1
    assert "127.0.0.1" in caplog.records[0].getMessage()


async def test_an_answer_is_written_with_its_headers_before_its_body():
    loop = asyncio.get_running_loop()
    quiet = QuietLog(LOGGER)
    connections = Connections(at_once, Bounds(1, 1, 1, 1), Limits(), quiet, loop, server="X/1 UPnP/2.0 Y/1")
    request = LenientRequest("GET", "/", CaseInsensitiveDict(), b"", is_last=False)
    written = connections.written(
        request, Answer(400, b"body", {"EXT": ""}, reason="InvalidSoap"), is_last=False
    )
    assert re.fullmatch(
        rb"HTTP/1\.1 400 InvalidSoap\r\nContent-Length: 4\r\nDate: [^\r]* GMT\r\n"
        rb"Server: X/1 UPnP/2\.0 Y/1\r\nEXT: \r\n\r\nbody",
        written,
    )
    assert b"Connection: close\r\n" in connections.written(None, Answer(408), is_last=True)


def test_a_stop_waits_for_what_is_under_way_and_cancels_what_takes_too_long():
    async def main() -> None:
        told: list[str] = []

        async def answer(seconds: float) -> Answer:
            try:
                await pass_time(seconds)
            except asyncio.CancelledError:
                told.append("cancelled")
                raise
            return Answer(200)

        def take(request: LenientRequest, _connection: Connection):
            return answer(float(request.target))

        loop = asyncio.get_running_loop()
        async with listening(take) as (connections, port):
            soon, late = [
                asyncio.ensure_future(answer_to(port, CLOSING.replace(b"/ ", seconds + b" ", 1)))
                for seconds in (b"1", b"100")
            ]
            await pass_time(0.5)
            begun = loop.time()
            await connections.async_stop()
            assert loop.time() - begun < STOPPING_SECONDS + 1
            assert (await soon).startswith(b"HTTP/1.1 200 OK")
            assert await late == b""
            assert told == ["cancelled"]

    run(main())


def test_who_does_not_read_does_not_keep_it_from_stopping():
    async def main() -> None:
        def take(_request: LenientRequest, _connection: Connection) -> Answer:
            return Answer(200, b"x" * (16 << 20))

        async with listening(take) as (connections, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.transport.pause_reading()  # type: ignore[attr-defined]  # it is one of TCP
            writer.write(REQUEST)
            await pass_time(1)
            await connections.async_stop()
            assert await answer_to(port, REQUEST) == b"", "nobody is let in any more"
            writer.transport.abort()
            await close((reader, writer))

    run(main())
