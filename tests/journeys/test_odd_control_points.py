"""Our device and control points that are odd, over raw sockets: torn, wrong, long, in a row."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from async_upnp_client.limits import Limits
from async_upnp_client.server import UpnpServer
from tests.support.light import SWITCH, Light
from tests.support.udp import PATIENCE, free_port
from tests.support.wire import send

HOST = "127.0.0.1"
BODY = (
    '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    f'<u:GetTarget xmlns:u="{SWITCH}"/></s:Body></s:Envelope>'
)
GET = f"GET /device.xml HTTP/1.1\r\nHost: {HOST}\r\n\r\n"
LAST = GET.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")
CALL = (
    f"POST /SwitchPower/control HTTP/1.1\r\nHost: {HOST}\r\n"
    f'SOAPACTION: "{SWITCH}#GetTarget"\r\nContent-Type: text/xml; charset="utf-8"\r\n'
    f"Connection: close\r\nContent-Length: {len(BODY)}\r\n\r\n{BODY}"
)
SUBSCRIBE = (
    f"SUBSCRIBE /Dimming/events HTTP/1.1\r\nHost: {HOST}\r\nNT: upnp:event\r\n"
    "CALLBACK: <http://127.0.0.1:9/>\r\n\r\n"
)
UNSUBSCRIBE = f"UNSUBSCRIBE /Dimming/events HTTP/1.1\r\nHost: {HOST}\r\nSID: uuid:1\r\n\r\n"


@asynccontextmanager
async def light(limits: Limits | None = None) -> AsyncIterator[UpnpServer]:
    target = ("239.255.255.250", free_port())
    async with (
        UpnpServer(Light, (HOST, 0), target, limits=limits or Limits()) as server,
        asyncio.timeout(PATIENCE),
    ):
        yield server


async def ask(server: UpnpServer, *pieces: str | bytes, half_close: bool = False) -> list[int]:
    """Send pieces, and return the statuses of all that is answered until the connection is closed."""
    raw = [piece.encode() if isinstance(piece, str) else piece for piece in pieces]
    answered = await send(server.http_port or 0, *raw, half_close=half_close)
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", answered)]


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(CALL.replace("\r\n", "\n"), id="lines that end in LF"),
        pytest.param("\r\n\r\n" + CALL, id="empty lines before"),
        pytest.param(CALL.replace("POST", "post"), id="a small method"),
        pytest.param(CALL.replace("HTTP/1.1", "HTTP/1.0"), id="HTTP/1.0"),
        pytest.param(CALL.replace(f"Host: {HOST}\r\n", ""), id="no HOST"),
        pytest.param(CALL.replace("Host", f"Host: {HOST}\r\nHost"), id="HOST twice"),
        pytest.param(CALL.replace("/Switch", f"http://{HOST}/Switch"), id="a whole URL"),
        pytest.param(CALL.replace("/control ", "/control?x=1 "), id="a query"),
        pytest.param(CALL.replace("/control ", "/c%6fntrol "), id="an escaped letter"),
        pytest.param(CALL.replace("SOAPACTION:", "SoapAction :"), id="a blank before the colon"),
        pytest.param(CALL.replace("Host", "no colon\r\nHost"), id="a line that is no header"),
        pytest.param(CALL.replace("Host", "X: " + "x" * 40_000 + "\r\nHost"), id="a long header"),
        pytest.param(CALL.replace("Length: ", "Length: 1"), id="a length that is too large"),
        pytest.param(CALL.replace(f": {len(BODY)}", f": {len(BODY) - 9}"), id="one that is too small"),
        pytest.param(CALL.replace(f": {len(BODY)}", ": -1"), id="one below zero"),
        pytest.param(CALL.replace(f": {len(BODY)}", ": some"), id="one that is no number"),
        pytest.param(CALL.replace(f"Content-Length: {len(BODY)}\r\n", ""), id="no length"),
        pytest.param(
            CALL.replace(f"Content-Length: {len(BODY)}", "Transfer-Encoding: chunked").replace(
                BODY, f"5\r\n{BODY[:5]}\r\n{len(BODY) - 5:x};x=y\r\n{BODY[5:]}\r\n0\r\n\r\n"
            ),
            id="chunks",
        ),
    ],
)
async def test_an_odd_call_is_answered(raw: str) -> None:
    async with light() as server:
        assert await ask(server, raw) == [200]
        assert await ask(server, raw, half_close=True) == [200]
        cut = raw.index("\n") // 2
        assert await ask(server, raw[:cut], raw[cut:-20], raw[-20:-1], raw[-1]) == [200]


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("GET /device.xml", 200),
        ("HEAD /device.xml", 200),
        ("SUBSCRIBE /Dimming/events", 412),
        ("UNSUBSCRIBE /Dimming/events", 412),
        ("DELETE /device.xml", 405),
    ],
)
async def test_a_body_that_is_announced_where_none_is_needed_is_not_waited_for(
    request_line: str, status: int
) -> None:
    async with light() as server:
        assert await ask(server, f"{request_line} HTTP/1.1\r\nContent-Length: 10\r\n\r\n") == [status]


@pytest.mark.parametrize(
    ("raw", "statuses"),
    [
        (GET * 3 + LAST, [200] * 4),
        (SUBSCRIBE + UNSUBSCRIBE + LAST, [200, 412, 200]),
        (SUBSCRIBE + CALL, [200, 200]),
        (CALL.replace("Connection: close\r\n", "") + SUBSCRIBE + LAST, [200, 200, 200]),
        (GET + "nonsense\r\n\r\n" + GET, [200, 400]),
    ],
)
async def test_requests_in_a_row_are_answered_in_their_order(raw: str, statuses: list[int]) -> None:
    async with light() as server:
        assert await ask(server, raw) == statuses
        assert await ask(server, *(raw[i : i + 7] for i in range(0, len(raw), 7))) == statuses
        (dimming,) = server.device.own_server_services
        assert len(dimming.publisher.subscribers) == (2 if SUBSCRIBE in raw else 0)


async def test_nothing_follows_a_request_that_was_to_be_the_last() -> None:
    async with light() as server:
        assert await ask(server, CALL + GET) == [200]


@pytest.mark.parametrize(
    ("raw", "statuses"),
    [
        pytest.param(GET.replace("\r\n\r\n", "\r\n" + "X: y\r\n" * 100_000 + "\r\n"), [400], id="headers"),
        pytest.param("GET /" + "x" * 100_000 + " HTTP/1.1\r\n\r\n", [400], id="a long target"),
        pytest.param("X" * 100_000, [400], id="a line without an end"),
        pytest.param("\r\n" * 100_000, [400], id="nothing but line ends"),
        pytest.param(LAST.replace("\r\n\r\n", "\r\n" + "X: y\r\n" * 900 + "\r\n"), [200], id="many headers"),
        pytest.param(
            CALL.replace(BODY, "x" * (1 << 20 | 1)).replace("Length: ", "Length: 9999"),
            [413],
            id="a long body",
        ),
        pytest.param(
            CALL.removesuffix(BODY)
            .replace("Host", "Expect: 100-continue\r\nHost")
            .replace("Length: ", "Length: 99999"),
            [413],
            id="who asks before he sends too much",
        ),
        pytest.param("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [404, 400], id="HTTP/2"),
        pytest.param("GET /device.xml\r\n\r\n", [400], id="HTTP/0.9"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\n" * 9, [400], id="TLS"),
        pytest.param("M-" + CALL, [405], id="M-POST"),
    ],
)
async def test_what_is_too_much_or_no_request_is_refused(raw: str | bytes, statuses: list[int]) -> None:
    begun = time.process_time()
    async with light() as server:
        assert (await ask(server, raw))[:2] == statuses
        assert await ask(server, LAST) == [200], "others are served"
    assert time.process_time() - begun < PATIENCE


async def test_who_holds_on_to_his_connections_leaves_room_for_others() -> None:
    async with light(Limits(request_connections=6, connections_per_host=4)) as server:
        held = [await asyncio.open_connection(HOST, server.http_port) for _ in range(4)]
        for _, writer in held:
            writer.write(b"GET /dev")
            await writer.drain()
        reader, writer = await asyncio.open_connection(HOST, server.http_port, local_addr=("127.0.0.2", 0))
        writer.write(LAST.encode())
        assert (await reader.read()).startswith(b"HTTP/1.1 200 ")
        for _, one in (*held, (reader, writer)):
            one.close()
            await one.wait_closed()
