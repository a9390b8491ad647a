"""What a device serves beside its documents, on the connections of its documents, over real sockets."""

import asyncio

import pytest
from aiohttp import web

from async_upnp_client.aiohttp import AiohttpRequester
from async_upnp_client.const import HttpRequest
from async_upnp_client.limits import Limits
from async_upnp_client.server import UpnpServer
from async_upnp_client.server.device import NopRequester
from async_upnp_client.server.pages import own_routes, page_routes
from tests.support.light import SWITCH, Light
from tests.support.udp import PATIENCE, free_port

HOST = "127.0.0.1"
GROUP = "239.255.255.250"
BASE = "http://192.168.1.10:8000"
CALL = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    f'<u:GetTarget xmlns:u="{SWITCH}"/></s:Body></s:Envelope>'
)


async def page(request: web.Request) -> web.Response:
    return web.Response(text=f"page {(await request.read()).decode()}")


class WithPages(Light):
    """A light with a page, and a folder's worth of others."""

    ROUTES = (web.get("/page", page), web.post("/page", page), web.get("/more/{path:.*}", page))


def message(method: str, path: str, *lines: str, body: str = "") -> bytes:
    length = (f"Content-Length: {len(body)}",) if body else ()
    return "\r\n".join((f"{method} {path} HTTP/1.1", f"Host: {HOST}", *lines, *length, "", body)).encode()


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Return the status of an answer, and its body."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = [line.lower() for line in head.split(b"\r\n")]
    (length,) = (int(line[15:]) for line in lines if line.startswith(b"content-length:"))
    return int(head.split()[1]), await reader.readexactly(length)


def test_routes_are_there_for_each_part_and_for_each_page() -> None:
    device = WithPages(NopRequester(), BASE)
    added = [(route.method, route.path) for route in page_routes(device) if isinstance(route, web.RouteDef)]
    assert added == [("GET", "/page"), ("POST", "/page"), ("GET", "/more/{path:.*}")]
    own = {(route.method, route.path) for route in own_routes(device) if isinstance(route, web.RouteDef)}
    assert ("GET", "/device.xml") in own
    assert ("SUBSCRIBE", "/Dimming/events") in own
    assert page_routes(Light(NopRequester(), BASE)) == []


async def test_pages_and_documents_are_had_on_one_connection() -> None:
    calls = message("POST", "/SwitchPower/control", f'SOAPACTION: "{SWITCH}#GetTarget"', body=CALL)
    asked = [
        message("GET", "/device.xml"),
        calls,
        message("POST", "/page", body="of mine"),
        message("GET", "/device.xml"),
        calls,
        message("SUBSCRIBE", "/Dimming/events", "NT: upnp:event", "CALLBACK: <http://127.0.0.1:9/>"),
        message("GET", "/more/of/it"),
        message("GET", "/nothing"),
        message("POST", "/device.xml"),
    ]
    async with (
        UpnpServer(WithPages, (HOST, 0), (GROUP, free_port())) as server,
        asyncio.timeout(PATIENCE),
    ):
        for together in (True, False):
            reader, writer = await asyncio.open_connection(HOST, server.http_port)
            found = []
            if together:
                writer.write(b"".join(asked))
            for one in asked:
                if not together:
                    writer.write(one)
                found.append(await read_answer(reader))
            assert [status for status, _ in found] == [200] * 7 + [404, 405]
            assert found[0] == found[3]
            assert found[1] == found[4]
            assert (found[2][1], found[6][1]) == (b"page of mine", b"page ")
            writer.close()
            await writer.wait_closed()
        (service,) = server.device.own_server_services
        assert len(service.publisher.subscribers) == 2


@pytest.mark.parametrize(("length", "status"), [(1000, 200), (1001, 413)])
async def test_what_is_sent_to_a_page_is_bounded(length: int, status: int) -> None:
    limits = Limits(request_bytes=1000)
    async with UpnpServer(WithPages, (HOST, 0), (GROUP, free_port()), limits=limits) as server:
        request = HttpRequest("POST", f"{server.base_uri}/page", {}, "x" * length)
        assert (await AiohttpRequester().async_http_request(request)).status_code == status
