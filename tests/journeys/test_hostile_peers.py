"""Peers that mean harm, over real sockets: each ends in its documented error, within its limit.

Meanwhile a heartbeat in the same loop must not stop. The bound on its pauses is generous, since other
programs share the machine; what they are is printed, see `-s`.
"""

import asyncio
import contextlib
import gc
import time
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from typing import Any

import pytest

from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.const import NS, HttpRequest, HttpResponse
from async_upnp_client.exceptions import (
    UpnpClientResponseError,
    UpnpCommunicationError,
    UpnpConnectionTimeoutError,
    UpnpError,
    UpnpXmlContentError,
    UpnpXmlParseError,
)
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from tests.support import model
from tests.support.descriptions import Device, Service, device_description
from tests.support.eventing import Publisher, evented_service, propertyset
from tests.support.hostile import EndlessServer, Heartbeat
from tests.support.raw_device import RawDevice, answer
from tests.support.wire import send

LONGEST_PAUSE = 5.0
BOTH = pytest.mark.parametrize("non_strict", [False, True], ids=["strict", "non_strict"])

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE root [<!ENTITY l0 "lol">'
    + "".join(f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 10))
    + "]><root>&l9;</root>"
)
NESTED = "<a>" * 100_000 + "</a>" * 100_000
NEVER_CLOSED = "<a>" * 100_000
CROWD = "<root>" + "<a/>" * 200_000 + "</root>"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"


@pytest.fixture
async def heartbeat(request: pytest.FixtureRequest) -> AsyncIterator[Heartbeat]:
    gc.collect()
    async with Heartbeat() as heart:
        yield heart
    print(f"{request.node.name}: longest pause {heart.longest * 1000:.1f} ms")  # noqa: T201  # for who measures
    assert heart.longest < LONGEST_PAUSE


def factory(non_strict: bool = False, timeout: int = 5) -> UpnpFactory:
    return UpnpFactory(AiohttpRequester(timeout), non_strict=non_strict)


async def error_of(awaitable: Awaitable[Any]) -> UpnpError:
    """Return the error that it ends in."""
    with pytest.raises(UpnpError) as caught:
        await awaitable
    return caught.value


# ---- descriptions


@BOTH
@pytest.mark.parametrize(
    "text", [LAUGHS, NESTED, NEVER_CLOSED, CROWD], ids=["laughs", "nested", "never closed", "crowd"]
)
async def test_a_description_that_would_explode(text: str, non_strict: bool, heartbeat: Heartbeat):
    async with RawDevice({"/d.xml": answer(text)}) as device:
        error = await error_of(factory(non_strict).async_create_device(device.url("/d.xml")))
    assert isinstance(error, UpnpXmlContentError)


@BOTH
@pytest.mark.parametrize(
    "head", [OK + b"\r\n", OK + b"Content-Length: 1073741824\r\n\r\n"], ids=["open", "1 GiB"]
)
async def test_a_description_that_never_ends(head: bytes, non_strict: bool, heartbeat: Heartbeat):
    async with EndlessServer(head + b"<root>", b"<a>never</a>" * 1000).listening() as server:
        error = await error_of(factory(non_strict).async_create_device(server.url))
        assert isinstance(error, UpnpCommunicationError)
        assert f"exceeds {DEFAULT_LIMITS.description_bytes} bytes" in str(error)
        # what the two ends hold in their buffers comes on top
        assert server.sent < DEFAULT_LIMITS.description_bytes + 8 * 1024 * 1024


async def test_a_service_description_that_never_ends(heartbeat: Heartbeat):
    async with EndlessServer(OK + b"\r\n<scpd>", b"<a>never</a>" * 1000).listening() as server:
        text = device_description(Device(services=[Service(scpd_url=f"{server.url}/scpd.xml")]))
        port = int(server.url.rpartition(":")[2])
        assert port

        class Both(AiohttpRequester):
            async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
                if http_request.url.endswith("/d.xml"):
                    return HttpResponse(200, {}, text)
                return await super().async_http_request(http_request)

        url = f"{server.url}/d.xml"
        error = await error_of(UpnpFactory(Both()).async_create_device(url))
        assert f"exceeds {DEFAULT_LIMITS.scpd_bytes} bytes" in str(error)
        device = await UpnpFactory(Both(), non_strict=True).async_create_device(url)
        (service,) = device.services.values()
        assert not service.actions
        assert server.requests == 2


@pytest.mark.parametrize("size", [1000, None])
async def test_the_size_of_an_answer_is_the_callers(size: int | None, heartbeat: Heartbeat):
    most = 5000
    requester = AiohttpRequester(limits=Limits(response_bytes=most))
    async with EndlessServer(OK + b"\r\n", b"x" * 1000).listening() as server:
        error = await error_of(
            requester.async_http_request(HttpRequest("GET", server.url, {}, None, max_size=size))
        )
    assert f"exceeds {size or most} bytes" in str(error)


@BOTH
@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\nX-", OK + b"Content-Length: 9999\r\n\r\n"], ids=["head", "body"]
)
async def test_a_server_that_trickles(head: bytes, non_strict: bool, heartbeat: Heartbeat):
    began = time.monotonic()
    async with EndlessServer(head, b"x", pause=0.02).listening() as server:
        error = await error_of(factory(non_strict, timeout=1).async_create_device(server.url))
    assert isinstance(error, UpnpConnectionTimeoutError)
    assert time.monotonic() - began < 5


async def test_a_head_that_never_ends(heartbeat: Heartbeat):
    async with EndlessServer(b"HTTP/1.1 200 OK\r\n", b"X-Header: y\r\n" * 100).listening() as server:
        error = await error_of(factory().async_create_device(server.url))
        assert isinstance(error, UpnpCommunicationError)
        assert server.sent < 8 * 1024 * 1024


@BOTH
async def test_a_loop_of_redirects(non_strict: bool, heartbeat: Heartbeat):
    there_and_back = {
        "/a": answer(status="302 Found", headers={"Location": "/b"}),
        "/b": answer(status="302 Found", headers={"Location": "/a"}),
    }
    async with RawDevice(there_and_back) as device:
        error = await error_of(factory(non_strict).async_create_device(device.url("/a")))
        assert isinstance(error, UpnpClientResponseError)
        assert error.status == 302
        assert len(device.requests) == DEFAULT_LIMITS.redirects


# ---- answers


def made_of(piece: str) -> bytes:
    """Return an answer to a call, as long as one may be, with `piece` again and again for its argument."""
    head = (
        f'<a:Envelope xmlns:a="{NS["soap_envelope"]}"><a:Body><b:GetResponse xmlns:b="{model.SERVICE_TYPE}">'
    )
    head += "<V>"
    tail = "</V></b:GetResponse></a:Body></a:Envelope>"
    return answer(head + piece * ((DEFAULT_LIMITS.response_bytes - 1000) // len(piece)) + tail)


@pytest.mark.parametrize(
    "piece",
    [
        pytest.param("&lt;a b=&quot;c&quot;&gt; & ", id="references and strays"),
        pytest.param("Fault> & <a> ", id="levels behind strays"),
        pytest.param("<!-- <a> -->", id="comments"),
        pytest.param("<![CDATA[ & ]]> &", id="sections"),
        pytest.param(" a:b=c", id="prefixes"),
    ],
)
async def test_an_answer_made_to_keep_the_loop_busy(piece: str, heartbeat: Heartbeat):
    called = model.action("Get", [("V", "out", model.variable(data_type="string"))], non_strict=True)
    async with RawDevice({"/control": made_of(piece)}) as device:
        service = model.service([], [called], requester=AiohttpRequester(60), control_url="/control")
        model.device([service], requester=service.requester, url=device.url("/d.xml"))
        with contextlib.suppress(UpnpXmlParseError, UpnpXmlContentError):
            assert await called.async_call()


# ---- events


@dataclass
class Listening:
    """A notify server with a subscription, and what came for it."""

    server: AiohttpNotifyServer
    events: list[dict[str, Any]]

    @property
    def port(self) -> int:
        return self.server.listen_port


@contextlib.asynccontextmanager
async def listening(limits: Limits = DEFAULT_LIMITS) -> AsyncIterator[Listening]:
    server = AiohttpNotifyServer(Publisher(), ("127.0.0.1", 0), limits=limits)
    await server.async_start_server()
    service, listener = evented_service("http://127.0.0.1:8080/event")
    await server.event_handler.async_subscribe(service)
    try:
        yield Listening(server, listener.events)
    finally:
        await server.async_stop_server()


def notify(sid: str, seq: int, body: bytes, more: bytes = b"") -> bytes:
    head = f"HOST: x\r\nNT: upnp:event\r\nNTS: upnp:propchange\r\nSID: {sid}\r\nSEQ: {seq}\r\n".encode()
    return b"NOTIFY / HTTP/1.1\r\n%s%sContent-Length: %d\r\n\r\n%s" % (head, more, len(body), body)


async def flood(port: int, name: str, count: int) -> list[bytes]:
    """Send events for unknown SIDs on one connection; return the status of each."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    statuses = []
    for number in range(count):
        writer.write(notify(f"uuid:{name}-{number}", 0, propertyset(Status="x" * 1000).encode()))
        head = await reader.readuntil(b"\r\n\r\n")
        statuses.append(head.split()[1])
    writer.close()
    await writer.wait_closed()
    return statuses


async def test_a_flood_of_events(heartbeat: Heartbeat):
    async with listening() as here:
        floods = [asyncio.create_task(flood(here.port, str(number), 100)) for number in range(20)]
        real = []
        for seq in range(20):
            body = propertyset(Status=str(seq)).encode()
            real.append(await send(here.port, notify("uuid:1", seq, body, b"Connection: close\r\n")))
        statuses = [status for flooded in await asyncio.gather(*floods) for status in flooded]
        assert set(statuses) == {b"412"}
        assert all(b" 200 " in status for status in real)
        assert [event["Status"] for event in here.events] == [str(seq) for seq in range(20)]
        assert len(here.server.event_handler._backlog) == 0


@pytest.mark.parametrize(
    "text", [LAUGHS, NESTED, NEVER_CLOSED, CROWD], ids=["laughs", "nested", "never", "crowd"]
)
async def test_an_event_that_would_explode_changes_nothing(text: str, heartbeat: Heartbeat):
    async with listening() as here:
        refused = await send(here.port, notify("uuid:1", 0, text.encode(), b"Connection: close\r\n"))
        assert b" 200 " in refused  # devices cancel a subscription that is answered with an error
        body = propertyset(Status="real").encode()
        await send(here.port, notify("uuid:1", 1, body, b"Connection: close\r\n"))
        assert here.events == [{"Status": "real"}]


async def test_an_event_that_never_ends(heartbeat: Heartbeat):
    async with listening() as here:
        reader, writer = await asyncio.open_connection("127.0.0.1", here.port)
        writer.write(notify("uuid:1", 0, b"").replace(b"Length: 0", b"Length: 99999999"))
        with contextlib.suppress(ConnectionError):
            while not reader.at_eof() and not reader._buffer:  # type: ignore[attr-defined]  # has it answered?
                writer.write(b"x" * 10_000)
                await writer.drain()
                await asyncio.sleep(0)
        assert b" 413 " in await reader.readline()
        with contextlib.suppress(ConnectionError):
            await reader.read()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


@pytest.mark.parametrize(
    "piece", [b"NOTIFY /", notify("uuid:1", 0, b"").replace(b": 0\r\n\r\n", b": 9\r\n\r\nx")]
)
async def test_a_sender_that_trickles(piece: bytes, heartbeat: Heartbeat):
    async with listening(Limits(notify_seconds=1)) as here:
        streams = [await asyncio.open_connection("127.0.0.1", here.port) for _ in range(20)]
        for _, writer in streams:
            writer.write(piece)
        real = await send(
            here.port, notify("uuid:1", 0, propertyset(Status="a").encode(), b"Connection: close\r\n")
        )
        assert b" 200 " in real
        async with asyncio.timeout(10):
            for reader, writer in streams:
                with contextlib.suppress(ConnectionError):
                    assert b" 408 " in await reader.read() or piece == b"NOTIFY /"
                writer.close()
                with contextlib.suppress(ConnectionError):
                    await writer.wait_closed()


async def test_a_flood_of_connections(heartbeat: Heartbeat):
    async with listening(Limits(notify_connections=50)) as here:
        streams = [await asyncio.open_connection("127.0.0.1", here.port) for _ in range(300)]
        async with asyncio.timeout(10):
            closed = 0
            for reader, _ in streams[50:]:
                with contextlib.suppress(ConnectionError):
                    closed += await reader.read() == b""
        assert closed == 250
        for _, writer in streams:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
