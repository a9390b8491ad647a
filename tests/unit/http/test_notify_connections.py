"""The connections of a notify server, over real sockets: how many, for how long, and what is answered."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable

import pytest

from async_upnp_client._http.lenient import LenientRequest
from async_upnp_client._http.notify_connections import NotifyConnections
from async_upnp_client._quiet import QuietLog
from async_upnp_client.limits import Limits
from tests.support.virtual_time import pass_time, run, virtual_loop
from tests.support.wire import close

LOGGER = logging.getLogger("async_upnp_client.test")
BODY = b"<a>hello</a>"
HEAD = b"NOTIFY /x HTTP/1.1\r\nHOST: here\r\nSID: uuid:1\r\n"
EVENT = HEAD + b"Content-Length: 12\r\n\r\n" + BODY


class Taker:
    """Takes requests, and keeps them; ``fails`` says at what."""

    def __init__(self) -> None:
        self.fails = ""
        self.requests: list[LenientRequest] = []
        self.followed = 0
        self.connections: NotifyConnections | None = None
        self.port = 0

    def __call__(self, request: LenientRequest, host: str | None) -> tuple[int, Callable[[], None]]:
        assert host == "127.0.0.1"
        if self.fails == "judging":
            raise ZeroDivisionError
        self.requests.append(request)
        return 200, self.follow

    def follow(self) -> None:
        if self.fails == "following":
            raise ZeroDivisionError
        self.followed += 1

    @property
    def bodies(self) -> list[bytes]:
        return [request.body for request in self.requests]


@contextlib.asynccontextmanager
async def listening(limits: Limits | None = None) -> AsyncIterator[Taker]:
    loop = asyncio.get_running_loop()
    taker = Taker()
    taker.connections = NotifyConnections(taker, limits or Limits(), QuietLog(LOGGER), loop)
    server = await loop.create_server(taker.connections.accept, "127.0.0.1", 0)
    taker.port = server.sockets[0].getsockname()[1]
    try:
        yield taker
    finally:
        server.close()
        await taker.connections.async_stop()
        assert len(taker.connections) == 0
        await server.wait_closed()


async def rest_of(reader: asyncio.StreamReader) -> bytes:
    """Wait for the end of a connection; return what still came."""
    with contextlib.suppress(ConnectionError):
        return await reader.read()
    return b""


async def answer_to(taker: Taker, *pieces: bytes, half_close: bool = False) -> bytes:
    """Send pieces on a connection of their own; return all that is answered until it is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", taker.port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
    if half_close:
        writer.write_eof()
    answered = await rest_of(reader)
    await close((reader, writer))
    return answered


def statuses(answered: bytes) -> list[int]:
    return [int(part[:3]) for part in answered.split(b"HTTP/1.1 ")[1:]]


# --- What is answered ---


def test_an_answer_is_proper_and_the_connection_stays():
    async def main() -> None:
        async with listening() as taker:
            reader, writer = await asyncio.open_connection("127.0.0.1", taker.port)
            for count in range(1, 4):
                writer.write(EVENT)
                head = await reader.readuntil(b"\r\n\r\n")
                lines = head.split(b"\r\n")
                assert lines[:2] == [b"HTTP/1.1 200 OK", b"Content-Length: 0"]
                assert lines[2].startswith(b"Date: ")
                assert lines[2].endswith(b" GMT")
                assert lines[3:] == [b"", b""]
                assert (taker.bodies, taker.followed) == ([BODY] * count, count)
            await close((reader, writer))
        (request, *_) = taker.requests
        assert (request.method, request.target, request.headers["sid"]) == ("NOTIFY", "/x", "uuid:1")

    run(main())


def test_several_requests_at_once_are_answered_one_after_the_other():
    async def main() -> None:
        async with listening() as taker:
            chunked = HEAD + b"Transfer-Encoding: chunked\r\n\r\nc\r\n" + BODY + b"\r\n0\r\n\r\n"
            get = b"GET / HTTP/1.1\r\n\r\n"
            last = EVENT.replace(b"SID", b"Connection: close\r\nSID")
            answered = await answer_to(taker, EVENT + chunked + get + last + EVENT)
            assert statuses(answered) == [200] * 4
            assert answered.count(b"Connection: close") == 1
            assert taker.bodies == [BODY, BODY, b"", BODY]

    run(main())


ONE_BYTE_LESS = HEAD + b"Content-Length: 14\r\n\r\n<a>h\xc3\xa9ll\xc3\xb6</a>"


@pytest.mark.uda("E-040")
@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(EVENT.replace(b"\r\n", b"\n"), id="lines that end in LF"),
        pytest.param(EVENT.replace(b"SID", b"Content-Length: 12\r\nSID"), id="one length twice"),
        pytest.param(EVENT.replace(b"SID", b"no colon\r\nA B: c\r\nSID"), id="odd headers"),
        pytest.param(EVENT.replace(b"SID:", b"SID :"), id="a blank before the colon"),
        pytest.param(
            EVENT.replace(b"SID", b"X: a\x01\r\nY: b\r\n c\r\nSID"), id="control characters, a fold"
        ),
        pytest.param(EVENT.replace(b"HOST: here\r\n", b""), id="no host"),
        pytest.param(EVENT.replace(b"SID", b"HOST: there\r\nSID"), id="two hosts"),
        pytest.param(EVENT.replace(b" /x", b""), id="no path"),
        pytest.param(EVENT.replace(b"/x", b"x"), id="a path without slash"),
        pytest.param(EVENT.replace(b"/x", b"/x y z"), id="a path with blanks"),
        pytest.param(EVENT.replace(b"NOTIFY", b"notify"), id="a small method"),
        pytest.param(EVENT.replace(b"HTTP/1.1", b"HTTP/1.0"), id="HTTP/1.0"),
        pytest.param(b"\r\n\r\n" + EVENT, id="empty lines before"),
        pytest.param(EVENT.replace(b": 12", b": 15"), id="a length that is too large"),
        pytest.param(HEAD + b"\r\n" + BODY, id="no length"),
        pytest.param(
            HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nc\n" + BODY + b"\n0\n\n",
            id="chunks and a length",
        ),
    ],
)
def test_an_odd_event_comes_in_all_the_same(raw: bytes):
    async def main() -> None:
        async with listening() as taker:
            for half_close in (True, False):
                assert statuses(await answer_to(taker, raw, half_close=half_close)) == [200]
            pieces = [raw[i : i + 1] for i in range(len(raw))]
            assert statuses(await answer_to(taker, *pieces)) == [200]
            assert taker.bodies == [BODY] * 3
            assert {request.headers["SID"] for request in taker.requests} == {"uuid:1"}

    run(main())


def test_a_length_in_characters_is_mended_where_the_rest_is_there():
    async def main() -> None:
        async with listening() as taker:
            body = "<a>hélló</a>".encode()
            raw = HEAD + b"Content-Length: 12\r\n\r\n" + body
            assert statuses(await answer_to(taker, raw, half_close=True)) == [200]
            assert taker.bodies == [body]

    run(main())


def test_who_asks_whether_to_send_is_told():
    async def main() -> None:
        async with listening() as taker:
            reader, writer = await asyncio.open_connection("127.0.0.1", taker.port)
            writer.write(EVENT[: -len(BODY)].replace(b"SID", b"Expect: 100-continue\r\nSID"))
            assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
            writer.write(BODY)
            assert statuses(await reader.readuntil(b"\r\n\r\n")) == [200]
            await close((reader, writer))

    run(main())


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"no http at all\r\n\r\n", 400),
        (b"NOTIFY / HTTP/x\r\n\r\n", 400),
        (HEAD + b"Content-Length: 11\r\n\r\n" + b"x" * 11, 413),
        (HEAD + b"Content-Length: 99\r\n\r\n" + b"x" * 99 + EVENT, 413),
    ],
)
def test_what_is_refused_may_go_on_for_a_moment_and_gets_to_read_why(
    raw: bytes, status: int, caplog: pytest.LogCaptureFixture
):
    async def main() -> None:
        loop = asyncio.get_running_loop()
        async with listening(Limits(notify_bytes=10)) as taker:
            begun = loop.time()
            assert statuses(await answer_to(taker, raw)) == [status]
            reader, writer = await asyncio.open_connection("127.0.0.1", taker.port)
            writer.write(raw)
            assert statuses(await reader.readuntil(b"\r\n\r\n")) == [status]
            for _ in range(100):
                writer.write(EVENT)
                await asyncio.sleep(0)
            assert await rest_of(reader) == b""
            assert loop.time() - begun < 3
            await close((reader, writer))
            assert taker.requests == []

    caplog.set_level(logging.DEBUG, LOGGER.name)
    run(main())
    assert len(caplog.records) == 1


@pytest.mark.parametrize(("fails", "status"), [("judging", 500), ("following", 200)])
def test_our_own_mistake_is_logged_and_the_connection_stays(
    fails: str, status: int, caplog: pytest.LogCaptureFixture
):
    async def main() -> None:
        async with listening() as taker:
            taker.fails = fails
            reader, writer = await asyncio.open_connection("127.0.0.1", taker.port)
            for _ in range(2):
                writer.write(EVENT)
                assert statuses(await reader.readuntil(b"\r\n\r\n")) == [status]
            await close((reader, writer))

    run(main())
    assert [record.levelname for record in caplog.records] == ["ERROR"] * 2


# --- How many, and for how long ---


async def test_one_too_many_is_closed_at_once_and_costs_one_record(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG, LOGGER.name)
    async with listening(Limits(notify_connections=2)) as taker:
        streams = [await asyncio.open_connection("127.0.0.1", taker.port) for _ in range(2)]
        for reader, writer in streams:
            writer.write(EVENT)
            await reader.readuntil(b"\r\n\r\n")
        for _ in range(10):
            assert await answer_to(taker) == b""
        await close(streams.pop())
        async with asyncio.timeout(10):
            while not await answer_to(taker, EVENT.replace(b"SID", b"Connection: close\r\nSID")):
                pass  # until the server has seen that the other is gone
        await close(*streams)
    assert len(caplog.records) == 1
    assert "127.0.0.1" in caplog.records[0].getMessage()


def test_who_sends_nothing_is_closed_and_who_trickles_is_told():
    async def main() -> None:
        loop = asyncio.get_running_loop()
        async with listening(Limits(notify_seconds=10)) as taker:
            silent = await asyncio.open_connection("127.0.0.1", taker.port)
            trickling = await asyncio.open_connection("127.0.0.1", taker.port)
            busy = await asyncio.open_connection("127.0.0.1", taker.port)
            begun = loop.time()

            async def trickle() -> None:
                for n in range(100):
                    trickling[1].write(EVENT[n : n + 1])
                    await pass_time(1)

            drip = asyncio.ensure_future(trickle())
            told = asyncio.ensure_future(trickling[0].readuntil(b"\r\n\r\n"))
            for _ in range(3):
                await pass_time(8)
                busy[1].write(EVENT)
                assert statuses(await busy[0].readuntil(b"\r\n\r\n")) == [200]
            assert await rest_of(silent[0]) == b""
            assert statuses(await told) == [408]
            drip.cancel()
            assert await rest_of(busy[0]) == b""
            assert loop.time() - begun >= 3 * 8 + 10
            await close(silent, trickling, busy)

    run(main())


def test_who_reads_no_answers_is_read_no_further():
    async def main() -> None:
        async with listening() as taker:
            reader, writer = await asyncio.open_connection("127.0.0.1", taker.port)
            writer.transport.pause_reading()  # type: ignore[attr-defined]  # it is one of TCP
            get = b"GET / HTTP/1.1\r\n\r\n" * 1000

            async def flood() -> None:
                while True:
                    writer.write(get)
                    await writer.drain()

            with pytest.raises(TimeoutError):
                await asyncio.wait_for(flood(), 5)
            before = len(taker.requests)
            await pass_time(5)
            assert len(taker.requests) == before
            writer.transport.abort()
            await close((reader, writer))

    run(main())


def test_stopping_closes_all_and_lets_nobody_in():
    async def main() -> None:
        async with listening() as taker:
            idle, half = [await asyncio.open_connection("127.0.0.1", taker.port) for _ in range(2)]
            half[1].write(EVENT[:30])
            idle[1].write(EVENT)
            await idle[0].readuntil(b"\r\n\r\n")
            assert taker.connections is not None
            await taker.connections.async_stop()
            assert await rest_of(idle[0]) == b""
            assert await rest_of(half[0]) == b""
            assert await answer_to(taker, EVENT) == b""
            await close(idle, half)

    run(main())


def test_stopping_lets_nobody_in_who_knocked_before():
    async def main() -> None:
        async with listening() as taker:
            assert taker.connections is not None
            await taker.connections.async_stop()
            stopped_at = virtual_loop().time()
            late = await asyncio.open_connection("127.0.0.1", taker.port)
            assert await rest_of(late[0]) == b""
            assert virtual_loop().time() - stopped_at < 1, "nobody waits until he is silent for too long"
            assert len(taker.connections) == 0
            await close(late)

    run(main())
