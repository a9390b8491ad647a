"""Requests of aiohttp's server, answered by 0.49.0's names."""

from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from async_upnp_client.aiohttp import AiohttpRequester
from async_upnp_client.const import HttpRequest
from async_upnp_client.limits import Limits
from async_upnp_client.server import (
    UpnpServer,
    action_handler,
    subscribe_handler,
    to_xml,
    unsubscribe_handler,
)
from async_upnp_client.server.device import NopRequester
from tests.support.light import SWITCH, Light
from tests.support.udp import free_port

HOST = "127.0.0.1"
GROUP = "239.255.255.250"
BASE = "http://192.168.1.10:8000"
CALL = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    f'<u:GetTarget xmlns:u="{SWITCH}"/></s:Body></s:Envelope>'
)


async def test_a_description_as_an_answer_of_aiohttps() -> None:
    device = Light(NopRequester(), BASE)
    for thing, part in ((device, b"<root "), (device.all_server_services[0], b"<scpd ")):
        answer = await to_xml(thing, make_mocked_request("GET", "/", {"Accept-Language": "de"}))
        assert isinstance(answer.body, bytes)
        assert part in answer.body
        assert answer.content_type == "text/xml"
        assert answer.headers["Content-Language"] == "en"


async def test_requests_of_aiohttps_are_answered_by_their_handlers() -> None:
    switch = next(one for one in Light(NopRequester(), BASE).all_server_services if not one.has_events)

    async def control(request: web.Request) -> web.Response:
        return await action_handler(switch, request)

    async def events(request: web.Request) -> web.StreamResponse:
        if request.method == "SUBSCRIBE":
            return await subscribe_handler(switch, request)
        return await unsubscribe_handler(switch, request)

    class Elsewhere(Light):
        ROUTES = (
            web.post("/control", control),
            web.route("SUBSCRIBE", "/events", events),
            web.route("UNSUBSCRIBE", "/events", events),
        )

    soap = {"SOAPACTION": f'"{SWITCH}#GetTarget"'}
    asked = [
        ("POST", "/control", soap, CALL, 200),
        ("POST", "/control", soap, CALL + " " * 1000, 413),
        ("POST", "/control", {}, CALL, 400),
        ("SUBSCRIBE", "/events", {"NT": "upnp:event", "CALLBACK": "<http://127.0.0.1:9/>"}, None, 200),
        ("SUBSCRIBE", "/events", {"SID": "uuid:1"}, None, 412),
        ("UNSUBSCRIBE", "/events", {}, None, 412),
    ]
    limits = Limits(request_bytes=1000)
    async with UpnpServer(Elsewhere, (HOST, 0), (GROUP, free_port()), limits=limits) as server:
        requester = AiohttpRequester()
        for method, path, headers, body, status in asked:
            request = HttpRequest(method, f"{server.base_uri}{path}", headers, body)
            answer = await requester.async_http_request(request)
            assert answer.status_code == status
            assert " UPnP/2.0 " in answer.headers["Server"]
        assert len(switch.publisher.subscribers) == 1
        await switch.async_stop()
