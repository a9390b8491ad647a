"""One connection on which requests come, over real sockets: what is answered when, and how it ends."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import pytest

from async_upnp_client._http.connection import MOST_AT_ONCE, Answer, Connection
from async_upnp_client._http.connections import Bounds, Connections
from async_upnp_client._http.lenient import LenientRequest
from async_upnp_client._quiet import QuietLog
from async_upnp_client.limits import Limits
from tests.support.virtual_time import pass_time, run
from tests.support.wire import close

LOGGER = logging.getLogger("async_upnp_client.test")
LARGE = b"x" * (16 << 20)  # more than what fits into the buffers of a connection
LAST = b"GET /last HTTP/1.1\r\nConnection: close\r\n\r\n"


def get(path: str, *lines: str) -> bytes:
    return "\r\n".join((f"GET {path} HTTP/1.1", *lines, "", "")).encode()


class Taker:
    """Answers at once, or later where the path says so; what it answers is the path, and what was sent."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.told: list[str] = []
        self.go = asyncio.Event()
        self.connections: Connections | None = None
        self.port = 0

    def __call__(
        self, request: LenientRequest, connection: Connection
    ) -> Answer | Coroutine[Any, Any, Answer]:
        assert connection.peername[0] == connection.sockname[0] == connection.host == "127.0.0.1"
        self.begun.append(request.target)
        if request.target.startswith("/later"):
            return self.async_answer(request)
        if request.target == "/large":
            return Answer(200, LARGE)
        return Answer(200, request.target.encode() + request.body)

    async def async_answer(self, request: LenientRequest) -> Answer:
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.told.append("cancelled")
            raise
        if request.target.endswith("fails"):
            raise ZeroDivisionError
        return Answer(200, request.target.encode())


class Other(asyncio.Protocol):
    """Another server, which has all that is for /other, until a request for /end."""

    def __init__(self) -> None:
        self.came = b""
        self.transport: asyncio.Transport | None = None

    def serves(self, _method: str, target: str) -> bool:
        return target.startswith("/other")

    def take_over(self, transport: asyncio.Transport, data: bytes) -> None:
        self.came, self.transport = b"", transport
        transport.set_protocol(self)
        self.data_received(data)

    def data_received(self, data: bytes) -> None:
        self.came += data
        if self.came.endswith(get("/end")):
            assert self.transport is not None
            self.transport.write(b"other")
            self.transport.close()

    def count(self, _host: str | None = None) -> int:
        return 0


@contextlib.asynccontextmanager
async def listening(*, seconds: float = 30, other: Other | None = None) -> AsyncIterator[Taker]:
    loop = asyncio.get_running_loop()
    taker = Taker()
    bounds = Bounds(connections=100, of_host=100, seconds=seconds, request_bytes=1000)
    taker.connections = Connections(taker, bounds, Limits(), QuietLog(LOGGER), loop, elsewhere=other)
    server = await loop.create_server(taker.connections.accept, "127.0.0.1", 0)
    taker.port = server.sockets[0].getsockname()[1]
    try:
        yield taker
    finally:
        server.close()
        await taker.connections.async_stop()
        await server.wait_closed()


async def answer_to(taker: Taker, *pieces: bytes, half_close: bool = False) -> bytes:
    """Send pieces on a connection of their own; return all that is answered until it is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", taker.port)
    answered = b""
    with contextlib.suppress(ConnectionError):
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0)
        if half_close:
            writer.write_eof()
        answered = await reader.read()
    await close((reader, writer))
    return answered


def bodies(answered: bytes) -> list[bytes]:
    return [part.partition(b"\r\n\r\n")[2] for part in answered.split(b"HTTP/1.1 200 OK")[1:]]


def test_answers_keep_the_order_of_requests_though_some_take_longer():
    async def main() -> None:
        async with listening() as taker:
            asked = asyncio.ensure_future(
                answer_to(taker, get("/1") + get("/later/2") + get("/3") + get("/later/4") + LAST)
            )
            await pass_time(1)
            assert taker.begun == ["/1", "/later/2"], "one at a time"
            taker.go.set()
            assert bodies(await asked) == [b"/1", b"/later/2", b"/3", b"/later/4", b"/last"]

    run(main())


def test_a_request_may_be_torn_anywhere():
    async def main() -> None:
        async with listening(other=Other()) as taker:
            taker.go.set()
            raw = get("/1") + get("/later/2") + LAST
            assert bodies(await answer_to(taker, *(raw[i : i + 1] for i in range(len(raw))))) == [
                b"/1",
                b"/later/2",
                b"/last",
            ]

    run(main())


def test_what_comes_while_one_is_answered_waits_and_most_of_it_at_the_sender():
    async def main() -> None:
        async with listening() as taker:
            reader, writer = await asyncio.open_connection("127.0.0.1", taker.port)
            writer.write(get("/later/1"))
            await pass_time(1)

            async def flood() -> None:
                while True:
                    writer.write(get("/x", "X: " + "x" * 900) * 1000)
                    await writer.drain()

            with pytest.raises(TimeoutError):
                await asyncio.wait_for(flood(), 5)
            assert taker.begun == ["/later/1"]
            writer.transport.abort()
            taker.go.set()
            await pass_time(1)
            await close((reader, writer))

    run(main())


def test_many_requests_in_one_piece_leave_others_their_turn():
    async def main() -> None:
        async with listening() as taker:
            turns = []
            many = asyncio.ensure_future(answer_to(taker, get("/x") * 10 * MOST_AT_ONCE + LAST))
            while not many.done():
                before = len(taker.begun)
                await asyncio.sleep(0)
                turns.append(len(taker.begun) - before)
            assert len(bodies(await many)) == 10 * MOST_AT_ONCE + 1
            assert max(turns) <= 2 * MOST_AT_ONCE

    run(main())


def test_who_sends_nothing_more_gets_his_answer():
    async def main() -> None:
        async with listening() as taker:
            asked = asyncio.ensure_future(
                answer_to(taker, get("/later/1") + get("/2") + get("/later/3"), half_close=True)
            )
            await pass_time(1)
            taker.go.set()
            assert bodies(await asked) == [b"/later/1", b"/2", b"/later/3"]

    run(main())


@pytest.mark.parametrize(
    ("lines", "version", "kept"),
    [
        ((), "1.1", b""),
        (("Connection: Keep-Alive",), "1.0", b"Connection: keep-alive"),
        ((), "1.0", b"Connection: close"),
        (("Connection: close",), "1.1", b"Connection: close"),
    ],
)
def test_the_answer_says_whether_the_connection_stays(lines: tuple[str, ...], version: str, kept: bytes):
    async def main() -> None:
        async with listening() as taker:
            reader, writer = await asyncio.open_connection("127.0.0.1", taker.port)
            writer.write(get("/1", *lines).replace(b"1.1\r\n", version.encode() + b"\r\n"))
            head = await reader.readuntil(b"\r\n\r\n")
            assert [line for line in head.split(b"\r\n") if line.startswith(b"Connection")] == [kept] * bool(
                kept
            )
            assert await reader.readexactly(2) == b"/1"
            if kept.endswith(b"close"):
                assert await reader.read() == b""
            else:
                writer.write(get("/2"))
                assert await reader.readuntil(b"\r\n\r\n/2")
            await close((reader, writer))

    run(main())


def test_head_is_answered_without_the_body():
    async def main() -> None:
        async with listening() as taker:
            answered = await answer_to(taker, get("/1").replace(b"GET", b"HEAD") + LAST)
            head, _, rest = answered.partition(b"\r\n\r\n")
            assert b"Content-Length: 2" in head
            assert rest.startswith(b"HTTP/1.1 200 OK")

    run(main())


@pytest.mark.parametrize("path", ["/later/fails", "/later"])
def test_an_answer_that_nobody_waits_for_any_more_is_made_all_the_same(
    path: str, caplog: pytest.LogCaptureFixture
):
    async def main() -> None:
        async with listening() as taker:
            reader, writer = await asyncio.open_connection("127.0.0.1", taker.port)
            writer.write(get(path))
            await pass_time(1)
            writer.transport.abort()
            await close((reader, writer))
            await pass_time(1)
            taker.go.set()
            await pass_time(1)
            assert taker.begun == [path]
            assert taker.told == []

    run(main())
    assert len(caplog.records) == path.endswith("fails")


def test_our_own_mistake_is_500_and_the_connection_stays():
    async def main() -> None:
        async with listening() as taker:
            taker.go.set()
            answered = await answer_to(taker, get("/later/fails") + LAST)
            assert answered.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
            assert bodies(answered) == [b"/last"]

    run(main())


def test_a_post_that_has_lost_its_length_is_whole_where_its_document_is():
    async def main() -> None:
        async with listening() as taker:
            answered = await answer_to(taker, b"POST /1 HTTP/1.1\r\n\r\n<a>", b"</a>")
            assert bodies(answered) == [b"/1<a></a>"]

    run(main())


# --- For how long ---


def test_an_answer_may_take_its_time_and_so_may_who_reads_it():
    async def main() -> None:
        async with listening(seconds=10) as taker:
            late = asyncio.ensure_future(answer_to(taker, get("/later", "Connection: close")))
            reader, writer = await asyncio.open_connection("127.0.0.1", taker.port, limit=1024)
            writer.write(get("/large", "Connection: close"))
            size = 0
            while part := await reader.read(1 << 20):
                size += len(part)
                await pass_time(0.5)
            assert size > len(LARGE)
            await close((reader, writer))
            taker.go.set()
            assert bodies(await late) == [b"/later"]

    run(main())


def test_who_does_not_read_his_answer_is_closed():
    async def main() -> None:
        async with listening(seconds=10) as taker:
            reader, writer = await asyncio.open_connection("127.0.0.1", taker.port, limit=1024)
            writer.transport.pause_reading()  # type: ignore[attr-defined]  # it is one of TCP
            writer.write(get("/large"))
            await pass_time(5)
            assert taker.connections is not None
            assert len(taker.connections) == 1
            await pass_time(30)
            assert len(taker.connections) == 0
            writer.transport.abort()
            await close((reader, writer))

    run(main())


def test_a_request_has_all_of_its_time_however_long_one_waited_for_it():
    async def main() -> None:
        async with listening(seconds=10) as taker:
            reader, writer = await asyncio.open_connection("127.0.0.1", taker.port)
            await pass_time(9)
            writer.write(get("/1")[:10])
            await pass_time(9)
            writer.write(get("/1")[10:])
            assert (await reader.readuntil(b"\r\n\r\n/1")).startswith(b"HTTP/1.1 200 OK")
            await close((reader, writer))

    run(main())


def test_who_is_refused_and_goes_on_is_closed_soon():
    async def main() -> None:
        loop = asyncio.get_running_loop()
        async with listening() as taker:
            reader, writer = await asyncio.open_connection("127.0.0.1", taker.port)
            writer.write(b"nothing\r\n\r\n")
            assert (await reader.read()).startswith(b"HTTP/1.1 400 ")
            begun = loop.time()
            with contextlib.suppress(ConnectionError):
                while True:
                    writer.write(b"x")
                    await writer.drain()
                    await pass_time(0.1)
            assert loop.time() - begun < 3
            await close((reader, writer))

    run(main())


# --- Another server ---


@pytest.mark.parametrize("before", [b"", get("/1"), get("/later/1"), b"\r\n"])
def test_a_connection_is_handed_over_with_the_request_that_is_for_another(before: bytes):
    async def main() -> None:
        other = Other()
        async with listening(other=other) as taker:
            taker.go.set()
            raw = before + get("/other") + get("/end")
            for pieces in ([raw], [raw[i : i + 1] for i in range(len(raw))]):
                answered = await answer_to(taker, *pieces)
                assert answered.endswith(b"other")
                assert other.came.lstrip() == get("/other") + get("/end")
                assert bodies(answered[:-5]) == ([before.split()[1]] if before.strip() else [])
            assert taker.connections is not None
            assert len(taker.connections) == 0

    run(main())


def test_a_first_line_that_does_not_come_to_its_end_is_refused():
    async def main() -> None:
        async with listening(seconds=10, other=Other()) as taker:
            reader, writer = await asyncio.open_connection("127.0.0.1", taker.port)
            for _ in range(3):
                writer.write(b"G")
                await pass_time(3)
            assert (await reader.read()).startswith(b"HTTP/1.1 408 ")
            await close((reader, writer))
            assert (await answer_to(taker, b"G" * 100_000)).startswith(b"HTTP/1.1 400 ")

    run(main())
