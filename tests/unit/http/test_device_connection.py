"""One connection to a device: when an answer is over, what ends it, and what is no answer."""

import asyncio
import contextlib
import ssl
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._http import device_connection
from async_upnp_client._http.answer_reader import AnswerReader
from async_upnp_client._http.device_connection import (
    GRACE,
    HungUpError,
    NotConnectedError,
    async_connect,
    tls_context,
)
from async_upnp_client._http.lenient import CutOffError, NoHttpError, TooLongError
from async_upnp_client._http.route import Address
from async_upnp_client.limits import DEFAULT_LIMITS
from tests.support.virtual_time import pass_time, run
from tests.support.wire import HANG_UP, SILENCE, close, serving

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
GET = b"GET / HTTP/1.1\r\n\r\n"
CERTIFICATE = Path(__file__).parents[2] / "support" / "device.pem"  # and its key


def to(wire, source=None):
    return Address(wire.host, wire.port, None, source)


async def ask(connection, method="GET", message=GET):
    return await connection.async_ask(message, AnswerReader(method, 1000, DEFAULT_LIMITS))


async def asked(wire, method="GET"):
    connection = await async_connect(to(wire))
    try:
        return await ask(connection, method)
    finally:
        connection.abort()


async def test_one_request_after_the_other():
    async with serving(OK, keep=True) as wire:
        connection = await async_connect(to(wire, source="127.0.0.3"))
        for _ in range(3):
            assert (await ask(connection)).body == "ok"
            assert connection.is_open
        assert (wire.connections, len(wire.requests)) == (1, 3)
        connection.abort()
        assert not connection.is_open
        with pytest.raises(HungUpError):
            await ask(connection)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.0 200 OK\r\n\r\n<a></a>",
        OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"),
        OK + b"more",
    ],
)
async def test_it_closes_where_no_other_answer_can_follow(answer):
    async with serving(answer, keep=True) as wire:
        connection = await async_connect(to(wire))
        assert (await ask(connection)).status_code == 200
        assert not connection.is_open


async def test_who_speaks_unasked_is_not_asked_again():
    async with serving(OK, keep=True) as wire:
        connection = await async_connect(to(wire))
        connection.data_received(b"\r\n")
        assert (await ask(connection)).body == "ok"
        connection.data_received(b"\r\n")
        assert connection.is_open
        connection.data_received(OK)
        assert not connection.is_open


async def test_an_answer_that_comes_before_the_request_is_whole():
    is_over = asyncio.Event()

    async def refuse(reader, writer):
        await reader.read(10)
        writer.write(OK)
        with contextlib.suppress(ConnectionError):
            await reader.read()
        await close((reader, writer))
        is_over.set()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        connection = await async_connect(Address("127.0.0.1", port, None, None))
        assert (await ask(connection, message=GET + b"x" * 50_000_000)).body == "ok"
        assert not connection.is_open
        await is_over.wait()


def test_an_answer_is_over_when_it_may_be_and_nothing_more_comes():
    answers = (
        ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<a>hello", "<a>h"),
        ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n<a></a>", "<a></a>"),
        ("GET", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n<a></a>\r\n", "<a></a>"),
        ("SUBSCRIBE", b"HTTP/1.1 200 OK\r\nSID: uuid:1\r\n\r\n", ""),
    )

    async def main():
        loop = asyncio.get_running_loop()
        async with serving(*(answer for _, answer, _ in answers), keep=True) as wire:
            for method, _, body in answers:
                begun = loop.time()
                assert (await asked(wire, method)).body == body
                assert GRACE <= loop.time() - begun < 2 * GRACE

    run(main())


def test_an_answer_as_it_was_announced_is_over_at_once():
    async def main():
        loop = asyncio.get_running_loop()
        async with serving(b"HTTP/1.1 404 No\r\nContent-Length: 7\r\n\r\n<p>no<p", keep=True) as wire:
            begun = loop.time()
            assert (await asked(wire)).body == "<p>no<p"
            assert loop.time() - begun < GRACE

    run(main())


async def test_the_device_hangs_up():
    async with serving(HANG_UP, b"\r\n") as wire:
        for _ in range(2):
            with pytest.raises(HungUpError, match="without an answer"):
                await asked(wire)


async def test_a_connection_that_breaks():
    async with serving(SILENCE) as wire:
        connection = await async_connect(to(wire))
        waiting = asyncio.ensure_future(ask(connection))
        await wire.asked.wait()
        connection.connection_lost(ConnectionResetError("reset"))
        with pytest.raises(HungUpError, match="reset") as caught:
            await waiting
        assert isinstance(caught.value.__cause__, ConnectionResetError)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"what?\r\n\r\n", NoHttpError),
        (b"HTTP/1.1 200 OK\r\n", NoHttpError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<a>", CutOffError),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1001, TooLongError),
    ],
)
async def test_what_is_no_answer(answer, error):
    async with serving(answer) as wire:
        with pytest.raises(error):
            await asked(wire)


async def test_who_waits_may_be_cancelled():
    async with serving(SILENCE) as wire:
        connection = await async_connect(to(wire))
        silent = asyncio.ensure_future(ask(connection))
        await wire.asked.wait()
        silent.cancel()
        with pytest.raises(asyncio.CancelledError):
            await silent
        assert not connection.is_open


async def test_nobody_listens():
    async with serving(OK) as wire:
        pass
    with pytest.raises(NotConnectedError, match=r"refused|failed") as caught:
        await async_connect(to(wire))
    assert isinstance(caught.value.__cause__, OSError)


class DeafLoop(asyncio.SelectorEventLoop):
    """A loop in whose network nobody answers."""

    async def sock_connect(self, sock: object, address: object) -> None:
        """Wait for ever."""
        await asyncio.Event().wait()


def test_a_connection_takes_too_long():
    address = Address("127.0.0.1", 1, None, None)
    said = pytest.raises(NotConnectedError, match=r"no connection within 0\.01 s")
    with asyncio.Runner(loop_factory=DeafLoop) as runner, said:
        runner.run(async_connect(address, 0.01))


STARTS = [
    b"HTTP/1.1 200 OK\r\n",
    b"Content-Length: 7\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"\r\n",
    b"<a></a>",
    b"7\r\n",
    b"0\r\n\r\n",
]


@given(st.lists(st.one_of(st.sampled_from(STARTS), st.binary(max_size=20))))
def test_whatever_a_device_says_is_an_answer_or_none(pieces):
    async def main():
        async def answer(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            for piece in pieces:
                writer.write(piece)
                await asyncio.sleep(0)
            writer.write_eof()
            with contextlib.suppress(ConnectionError):
                await reader.read()
            await close((reader, writer))

        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            connection = await async_connect(Address("127.0.0.1", port, None, None))
            with contextlib.suppress(HungUpError, NoHttpError):
                assert (await ask(connection)).status_code
            connection.abort()
            await pass_time(GRACE)

    run(main())


@pytest.fixture
async def encrypted():
    """A device that has a certificate for 127.0.0.1 and device.test, which it made itself."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)

    async def answer(reader, writer):
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(OK)
        await close((reader, writer))

    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context) as server:
        yield Address("127.0.0.1", server.sockets[0].getsockname()[1], "127.0.0.1", None)


@pytest.fixture
def trusted(monkeypatch):
    context = ssl.create_default_context(cafile=CERTIFICATE)
    monkeypatch.setattr(device_connection, "tls_context", lambda: context)


@pytest.mark.usefixtures("trusted")
async def test_an_encrypted_connection(encrypted):
    for name in ("127.0.0.1", "device.test"):
        connection = await async_connect(encrypted._replace(server_name=name))
        for _ in range(2):
            assert (await ask(connection)).body == "ok"
        connection.abort()
        await asyncio.sleep(0)


@pytest.mark.usefixtures("trusted")
async def test_a_certificate_for_another(encrypted):
    with pytest.raises(NotConnectedError, match="certificate"):
        await async_connect(encrypted._replace(server_name="other.test"))


async def test_a_certificate_that_nobody_trusts(encrypted):
    with pytest.raises(NotConnectedError, match="certificate"):
        await async_connect(encrypted)


def test_certificates_are_read_once():
    assert tls_context() is tls_context()
    assert tls_context().check_hostname
