"""Datagrams are taken out of a socket first, and handed on in order, some at a time."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from async_upnp_client._ssdp_intake import BYTES_BESIDE, LOOKED_AT_PER_TURN, Intake
from async_upnp_client.limits import DEFAULT_LIMITS, Limits

PATIENCE = 10.0


class Reader(asyncio.DatagramProtocol):
    """Keeps what it is handed."""

    def __init__(self) -> None:
        self.read: list[bytes] = []
        self.errors: list[Exception] = []
        self.is_lost = False
        self.has_read = asyncio.Event()
        self.on_read: Callable[[], None] = lambda: None

    def datagram_received(self, data: bytes, _addr: Any) -> None:
        self.read.append(data)
        self.has_read.set()
        self.on_read()

    def error_received(self, exc: Exception) -> None:
        self.errors.append(exc)

    def connection_lost(self, _exc: Exception | None) -> None:
        self.is_lost = True

    async def has(self, count: int) -> None:
        """Wait until so many were read."""
        async with asyncio.timeout(PATIENCE):
            while len(self.read) < count:
                self.has_read.clear()
                await self.has_read.wait()


@asynccontextmanager
async def opened(
    reader: Reader, limits: Limits = DEFAULT_LIMITS
) -> AsyncIterator[tuple[asyncio.DatagramTransport, Callable[[list[bytes]], None]]]:
    """Open a socket on loopback; yield its transport, and what sends to it before the loop goes on."""
    loop = asyncio.get_running_loop()
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    sock.bind(("127.0.0.1", 0))
    address = sock.getsockname()
    transport, _ = await loop.create_datagram_endpoint(lambda: Intake(loop, reader, sock, limits), sock=sock)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:

        def send(datagrams: list[bytes]) -> None:
            for data in datagrams:
                sender.sendto(data, address)

        try:
            yield transport, send
        finally:
            transport.close()
            await asyncio.sleep(0)


def numbered(count: int) -> list[bytes]:
    return [b"%d" % number for number in range(count)]


@pytest.mark.parametrize("count", [1, LOOKED_AT_PER_TURN, 3 * LOOKED_AT_PER_TURN + 1])
async def test_all_is_handed_on_in_order(count: int) -> None:
    reader = Reader()
    async with opened(reader) as (_, send):
        send(numbered(count))
        await reader.has(count)
        assert reader.read == numbered(count)


async def test_others_have_their_turn_between() -> None:
    reader = Reader()
    turns: list[int] = []

    def on_read() -> None:
        if len(reader.read) % LOOKED_AT_PER_TURN == 1:
            loop.call_soon(lambda: turns.append(len(reader.read)))

    loop, reader.on_read = asyncio.get_running_loop(), on_read
    async with opened(reader) as (_, send):
        send(numbered(4 * LOOKED_AT_PER_TURN))
        await reader.has(4 * LOOKED_AT_PER_TURN)
        await asyncio.sleep(0)
    assert turns == [LOOKED_AT_PER_TURN * number for number in (1, 2, 3, 4)]


async def test_nothing_is_lost_of_what_comes_sooner_than_it_is_looked_at() -> None:
    reader = Reader()
    batch, batches = numbered(2 * LOOKED_AT_PER_TURN), 20
    left = batches

    def on_read() -> None:
        nonlocal left
        if left and len(reader.read) % LOOKED_AT_PER_TURN == 1:
            left -= 1
            loop.call_soon(send, batch)

    loop, reader.on_read = asyncio.get_running_loop(), on_read
    async with opened(reader) as (transport, send):
        # has room for some batches only
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        send([b"first"])
        await reader.has(1 + batches * len(batch))
    assert reader.read == [b"first"] + batches * batch


async def test_what_waits_is_bounded() -> None:
    reader = Reader()
    limits = Limits(waiting_bytes=3 * (1 + BYTES_BESIDE))
    intake: list[Any] = []
    async with opened(reader, limits) as (transport, send):
        intake.append(transport.get_protocol())
        waiting: list[int] = []
        reader.on_read = lambda: waiting.append(len(intake[0]._waiting))
        send([b"a"] * 50)
        await reader.has(50)
    assert max(waiting) == 3 - 1  # one is being read


@pytest.mark.parametrize("most", [10, 100])
async def test_longer_datagrams_are_cut_to_one_byte_more(most: int) -> None:
    reader = Reader()
    async with opened(reader, Limits(datagram_bytes=most)) as (_, send):
        send([b"", b"a" * 200, b"b" * most, b"c" * (most + 1)])
        await reader.has(4)
    # asyncio reads the first one
    assert reader.read == [b"", b"a" * (most + 1), b"b" * most, b"c" * (most + 1)]


async def test_after_a_close_nothing_more_is_handed_on() -> None:
    reader = Reader()
    async with opened(reader) as (transport, send):
        reader.on_read = lambda: transport.close() if len(reader.read) == 2 else None
        send(numbered(100))
        await reader.has(2)
        for _ in range(3):
            await asyncio.sleep(0)
        assert reader.read == numbered(2)
        assert reader.is_lost


async def test_a_close_between_two_turns_drops_what_waits() -> None:
    reader = Reader()
    async with opened(reader) as (transport, send):
        send(numbered(3 * LOOKED_AT_PER_TURN))
        await reader.has(1)
        transport.close()
        for _ in range(3):
            await asyncio.sleep(0)
        assert reader.read == numbered(LOOKED_AT_PER_TURN)
        assert reader.is_lost


class Broken:
    """In the place of a socket: has an error for whoever reads."""

    def recvfrom(self, _size: int) -> tuple[bytes, Any]:
        raise OSError("unplugged")


class Transport(asyncio.DatagramTransport):
    """In the place of what the loop gives."""

    def is_closing(self) -> bool:
        return False


async def test_an_error_of_the_socket_is_handed_on_and_ends_nothing() -> None:
    reader = Reader()
    intake = Intake(asyncio.get_running_loop(), reader, Broken(), DEFAULT_LIMITS)  # type: ignore[arg-type]
    intake.connection_made(Transport({"socket": object()}))
    intake.datagram_received(b"a", ("192.0.2.1", 1900))
    assert (reader.read, [str(error) for error in reader.errors]) == ([b"a"], ["unplugged"])
    intake.error_received(OSError("else"))
    assert [str(error) for error in reader.errors] == ["unplugged", "else"]


async def test_a_transport_without_a_socket_is_read_as_it_comes() -> None:
    reader = Reader()
    intake = Intake(asyncio.get_running_loop(), reader, Broken(), DEFAULT_LIMITS)  # type: ignore[arg-type]
    intake.connection_made(Transport())
    intake.datagram_received(b"a", ("192.0.2.1", 1900))
    assert (reader.read, reader.errors) == ([b"a"], [])
