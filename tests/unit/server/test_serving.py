"""The HTTP server of a device over real sockets: how much it takes, for how long, and how it ends."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

import pytest
from aiohttp import web

from async_upnp_client._http.connection import Answer, Connection
from async_upnp_client._http.lenient import LenientRequest
from async_upnp_client.limits import Limits
from async_upnp_client.server.pages import Pages
from async_upnp_client.server.serving import HttpServer
from tests.support.udp import PATIENCE

HOST = "127.0.0.1"
PAGE = b"x" * (32 << 20)  # more than what fits into the buffers of a connection
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


OWN, PAGES = "", "/pages"
either_way = pytest.mark.parametrize("at", [OWN, PAGES], ids=["own", "page"])


class Serving:
    """A server with a page, a large one, and one that does not come to an end; all also of aiohttp's."""

    def __init__(self, limits: Limits) -> None:
        self.begun = asyncio.Event()
        self.told: list[str] = []
        routes = [web.get(PAGES + path, self.of_aiohttp(path)) for path in ("/page", "/large", "/endless")]
        pages = Pages(routes, limits, lambda _, target: not target.startswith(PAGES))
        self.server = HttpServer(self.take, limits, pages)
        self.socket = socket.create_server((HOST, 0))
        self.port = self.socket.getsockname()[1]

    def take(self, request: LenientRequest, _connection: Connection) -> Answer | Coroutine[Any, Any, Answer]:
        if request.target == "/endless":
            return self.endless()
        return Answer(200, PAGE if request.target == "/large" else b"page")

    def of_aiohttp(self, path: str) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(_request: web.Request) -> web.Response:
            if path == "/endless":
                await self.endless()
            return web.Response(body=PAGE if path == "/large" else b"page")

        return answer

    async def endless(self) -> Answer:
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.told.append("ended")
        return Answer(200)

    async def open(self, text: str = "") -> Streams:
        """Connect, and send something."""
        reader, writer = await asyncio.open_connection(HOST, self.port)
        writer.write(text.encode())
        return reader, writer

    async def ask(self, path: str = "/page") -> bytes:
        """Ask for a page on a connection of its own; nothing where it is refused."""
        reader, writer = await self.open(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n")
        try:
            return await ended(reader)
        finally:
            await close(writer)


@contextlib.asynccontextmanager
async def serving(limits: Limits) -> AsyncIterator[Serving]:
    made = Serving(limits)
    await made.server.async_start()
    await made.server.async_listen(made.socket)
    try:
        async with asyncio.timeout(PATIENCE):
            yield made
    finally:
        await made.server.async_stop()


async def ended(reader: asyncio.StreamReader) -> bytes:
    """Read to the end, however that comes."""
    try:
        return await reader.read()
    except ConnectionError:
        return b""


async def close(*writers: asyncio.StreamWriter) -> None:
    for writer in writers:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


@either_way
async def test_a_page_is_served_until_the_stop(at: str) -> None:
    async with serving(Limits()) as here:
        assert (await here.ask(f"{at}/page")).endswith(b"page")
        await here.server.async_stop()
        with pytest.raises(ConnectionError):
            await here.ask(f"{at}/page")
        await here.server.async_stop()


@either_way
async def test_one_connection_too_many_is_closed_at_once(at: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving(Limits(request_connections=2)) as here:
        held = [await here.open(f"GET {path}/page HTTP/1.1\r\nHost: {HOST}\r\n\r\n") for path in (at, OWN)]
        for reader, _ in held:
            await reader.readuntil(b"page")
        for _ in range(5):
            assert await here.ask(f"{at}/page") == b""
        await close(*(writer for _, writer in held))
        while not (await here.ask(f"{at}/page")).endswith(b"page"):  # until the server has seen it
            pass
    assert sum("Refused a connection" in record.getMessage() for record in caplog.records) == 1


async def test_a_request_that_does_not_come_to_an_end_is_closed() -> None:
    async with serving(Limits(request_seconds=1)) as here:
        silent, trickling, for_a_page = (
            await here.open(),
            await here.open("GET /page HTTP/1.1\r\nHo"),
            await here.open(f"GET {PAGES}/page HTTP/1.1\r\nHo"),
        )
        assert await ended(silent[0]) == await ended(for_a_page[0]) == b""
        assert (await ended(trickling[0])).startswith(b"HTTP/1.1 408 ")
        await close(silent[1], trickling[1], for_a_page[1])


async def test_who_reads_a_page_slowly_is_not_taken_for_one_who_asks_for_nothing() -> None:
    async with serving(Limits(request_seconds=1)) as here:
        reader, writer = await here.open(
            f"GET {PAGES}/large HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n"
        )
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        for _ in range(2):  # while two others come and are closed for their silence
            silent = await here.open()
            assert await ended(silent[0]) == b""
            await close(silent[1])
        assert len(await ended(reader)) == len(PAGE)
        await close(writer)


@pytest.mark.parametrize("text", ["\0\1\r\n\r\n", f"GET {PAGES}/page HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"])
async def test_what_is_no_http_is_the_peers_mistake(text: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving(Limits()) as here:
        for _ in range(3):
            reader, writer = await here.open(text)
            assert (await ended(reader)).split()[1] == b"400"
            await close(writer)
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


@either_way
async def test_what_is_under_way_when_it_stops_is_ended(at: str) -> None:
    async with serving(Limits()) as here:
        reader, writer = await here.open(f"GET {at}/endless HTTP/1.1\r\nHost: {HOST}\r\n\r\n")
        await here.begun.wait()
        await here.server.async_stop()
        assert here.told == ["ended"]
        await ended(reader)
        await close(writer)
