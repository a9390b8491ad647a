"""Our control point and our device over loopback: found, described, called, listened to."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from async_upnp_client.advertisement import SsdpAdvertisementListener
from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.const import HttpRequest
from async_upnp_client.exceptions import (
    UpnpActionResponseError,
    UpnpError,
    UpnpResponseError,
    UpnpServerOSError,
)
from async_upnp_client.limits import Limits
from async_upnp_client.search import async_search
from async_upnp_client.server import UpnpServer
from tests.support.light import DIMMING, LAMP_UDN, SWITCH, UDN, Light
from tests.support.udp import PATIENCE, free_port

HOST = "127.0.0.1"
GROUP = "239.255.255.250"


@asynccontextmanager
async def light(**options):
    async with UpnpServer(Light, (HOST, 0), (GROUP, free_port()), **options) as server:
        yield server


async def described(server, *, strict=True):
    factory = UpnpFactory(AiohttpRequester(), non_strict=not strict)
    return await factory.async_create_device(server.location)


async def ask(server, method, path, headers=None, body=None):
    request = HttpRequest(method, server.base_uri + path, headers or {}, body)
    return await AiohttpRequester().async_http_request(request)


@pytest.mark.uda("S-004", "S-005", "S-012", "S-016", "S-020", "S-031")
async def test_the_device_is_described_without_a_fault():
    async with light() as server:
        device = await described(server)
        assert device.udn == UDN
        assert device.all_diagnostics == []
        assert [one.udn for one in device.all_devices] == [UDN, LAMP_UDN]
        assert [service.service_type for service in device.all_services] == [DIMMING, SWITCH]
        answer = await ask(server, "GET", "/device.xml", {"Accept-Language": "de"})
        assert f'configId="{server.config_id}"' in answer.body
        assert answer.headers["Content-Type"] == 'text/xml; charset="utf-8"'
        assert answer.headers["Content-Language"] == "en"
        assert " UPnP/2.0 " in answer.headers["Server"]


@pytest.mark.uda("C-009", "C-014", "C-015", "C-019", "C-021", "C-022", "C-023", "T-001", "T-002")
async def test_actions_are_called_and_refused():
    async with light() as server:
        device = await described(server, strict=False)
        dimming = device.service(DIMMING)
        await dimming.async_call_action("SetLoadLevelTarget", newLoadlevelTarget=42)
        result = await dimming.async_call_action("GetLoadLevelStatus")
        assert result == {"retLoadlevelStatus": 42, "Name": "a & b <c>"}
        assert list(result) == ["retLoadlevelStatus", "Name"]
        switch = device.find_service(SWITCH)
        assert await switch.async_call_action("GetTarget") == {"RetTargetValue": True}
        for level, code in ((13, 701), (101, 601)):
            with pytest.raises(UpnpActionResponseError) as refused:
                await dimming.async_call_action("SetLoadLevelTarget", newLoadlevelTarget=level)
            assert refused.value.error_code == code
            assert refused.value.status == 500
        assert dimming.state_variable("LoadLevelStatus").value is None, "not subscribed"


async def test_an_authors_mistake_is_501_and_one_record(caplog):
    async with light() as server:
        device = await described(server)
        with pytest.raises(UpnpActionResponseError) as refused:
            await device.service(DIMMING).async_call_action("Break")
    assert refused.value.error_code == 501
    assert len([record for record in caplog.records if record.levelname == "ERROR"]) == 1


@pytest.mark.uda("C-006", "C-007", "C-011", "C-012", "C-028")
@pytest.mark.parametrize(
    ("action", "body", "status", "part"),
    [
        pytest.param(
            f"{SWITCH[:-1]}1#GetTarget", "{target1}", 200, 'xmlns:st="{switch1}"', id="lower version"
        ),
        pytest.param(f"{SWITCH[:-1]}3#GetTarget", "{target3}", 500, "401", id="higher version"),
        pytest.param(f"{DIMMING}#GetTarget", "{other}", 500, "401", id="other service"),
        pytest.param(f"{SWITCH}#Nothing", "<e:Envelope", 400, "", id="no XML"),
        pytest.param(
            "urn:schemas-upnp-org:control-1-0#QueryStateVariable",
            "{query}",
            200,
            "<return>0</return>",
            id="query",
        ),
        pytest.param(
            "urn:schemas-upnp-org:control-1-0#QueryStateVariable",
            "{unknown}",
            500,
            "404",
            id="unknown variable",
        ),
        pytest.param(f"{SWITCH}#GetTarget", "{header}", 500, "MustUnderstand", id="SOAP header"),
    ],
)
async def test_calls_of_others(action, body, status, part):
    soap = 'xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"'
    query = (
        '<u:QueryStateVariable xmlns:u="urn:schemas-upnp-org:control-1-0">'
        "<u:varName>{}</u:varName></u:QueryStateVariable>"
    )
    target = '<x:GetTarget xmlns:x="{}"/>'
    wrap = f"<e:Envelope {soap}>{{}}<e:Body>{{}}</e:Body></e:Envelope>"
    bodies = {
        "{target1}": wrap.format("", target.format(SWITCH[:-1] + "1")),
        "{target3}": wrap.format("", target.format(SWITCH[:-1] + "3")),
        "{other}": wrap.format("", target.format(DIMMING)),
        "{query}": wrap.format("", query.format("Target")),
        "{unknown}": wrap.format("", query.format("Nothing")),
        "{header}": wrap.format(
            '<e:Header><t:T xmlns:t="urn:t" e:mustUnderstand="1"/></e:Header>', target.format(SWITCH)
        ),
    }
    async with light() as server:
        headers = {"soapaction": action, "Content-Type": "text/xml"}
        answer = await ask(server, "POST", "/SwitchPower/control", headers, bodies.get(body, body))
    assert answer.status_code == status
    assert part.replace("{switch1}", SWITCH[:-1] + "1") in answer.body


@pytest.mark.uda("E-011", "E-013", "E-021", "E-028", "E-030", "E-034")
async def test_events_come_until_the_subscription_ends():
    requester = AiohttpRequester()
    async with light() as server:
        device = await described(server)
        service = device.service(DIMMING)
        notify = AiohttpNotifyServer(requester, (HOST, 0))
        await notify.async_start_server()
        handler = notify.event_handler
        events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        service.on_event = lambda _, variables: events.put_nowait({one.name: one.value for one in variables})
        try:
            async with asyncio.timeout(PATIENCE):
                sid, granted = await handler.async_subscribe(service, timedelta(seconds=2000))
                assert sid.startswith("uuid:")
                assert granted == timedelta(seconds=2000)
                assert await events.get() == {"LoadLevelStatus": 0, "IsRamping": False}
                await service.async_call_action("SetLoadLevelTarget", newLoadlevelTarget=7)
                assert await events.get() == {"LoadLevelStatus": 7}
                again, granted = await handler.async_resubscribe(sid, timedelta(seconds=60))
                assert (again, granted) == (sid, timedelta(seconds=1800)), "not less than the UDA has it"
                await service.async_call_action("SetLoadLevelTarget", newLoadlevelTarget=8)
                assert await events.get() == {"LoadLevelStatus": 8}
                ours = server.device.service(DIMMING)
                assert len(ours._subscribers) == 1
                await handler.async_unsubscribe(sid)
                assert ours._subscribers == []
        finally:
            await notify.async_stop_server()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"NT": "upnp:event"}, 412, marks=pytest.mark.uda("E-004"), id="no callback"),
        pytest.param(
            {"NT": "x", "CALLBACK": "<http://127.0.0.1/>"}, 412, marks=pytest.mark.uda("E-005"), id="NT"
        ),
        pytest.param({"CALLBACK": "<http://127.0.0.1/>"}, 412, marks=pytest.mark.uda("E-005"), id="no NT"),
        pytest.param(
            {"NT": "upnp:event", "SID": "uuid:1"}, 400, marks=pytest.mark.uda("E-006"), id="SID and NT"
        ),
        pytest.param({"SID": "uuid:1"}, 412, marks=pytest.mark.uda("E-022"), id="unknown SID"),
        pytest.param(
            {"NT": "upnp:event", "CALLBACK": "<http://192.0.2.1/>"},
            412,
            marks=pytest.mark.uda("E-008"),
            id="stranger",
        ),
    ],
)
async def test_subscriptions_are_refused(headers, status):
    async with light() as server:
        answer = await ask(server, "SUBSCRIBE", "/Dimming/events", headers)
        assert answer.status_code == status
        assert server.device.service(DIMMING)._subscribers == []


@pytest.mark.uda("E-026")
@pytest.mark.parametrize(
    ("headers", "status"), [({}, 412), ({"SID": "uuid:1"}, 412), ({"SID": "uuid:1", "NT": "upnp:event"}, 400)]
)
async def test_cancellations_are_refused(headers, status):
    async with light() as server:
        answer = await ask(server, "UNSUBSCRIBE", "/Dimming/events", headers)
    assert answer.status_code == status


@pytest.mark.uda("C-032")
@pytest.mark.parametrize(
    ("host", "status"), [("rebound.example.com", 403), ("light.local", 200), ("[::1]:80", 200)]
)
async def test_a_name_of_the_internet_is_not_ours(host, status):
    async with light() as server:
        answer = await ask(server, "GET", "/device.xml", {"Host": host})
    assert answer.status_code == status


@pytest.mark.uda("D-012", "D-015", "D-055", "D-056", "D-059")
async def test_a_search_finds_each_part_of_it():
    async with light() as server:
        found = {}

        async def keep(headers):
            found[headers["st"]] = headers

        await async_search(keep, timeout=1, source=(HOST, 0), target=server.target)
        device_type = Light.DEVICE_DEFINITION.device_type
        assert found[UDN]["usn"] == UDN
        assert found[device_type]["usn"] == f"{UDN}::{device_type}"
        assert found[SWITCH]["usn"] == f"{LAMP_UDN}::{SWITCH}"
        assert len(found) == 3 + 2 * 1 + 2
        assert {headers["location"] for headers in found.values()} == {server.location}
        assert {headers["configid.upnp.org"] for headers in found.values()} == {str(server.config_id)}


@pytest.mark.uda("D-017", "D-018", "D-019", "D-028", "D-029", "D-042", "D-043")
async def test_it_is_heard_to_come_and_to_go():
    heard: asyncio.Queue[Any] = asyncio.Queue()

    async def keep(headers):
        heard.put_nowait(headers)

    port = free_port()
    listener = SsdpAdvertisementListener(
        async_on_alive=keep,
        async_on_byebye=keep,
        async_on_update=keep,
        source=(HOST, 0),
        target=(GROUP, port),
    )
    await listener.async_start()
    try:
        async with asyncio.timeout(PATIENCE):
            server = UpnpServer(Light, (HOST, 0), (GROUP, port))
            await server.async_start()
            first = [await heard.get() for _ in range(7)]
            assert {headers["nts"] for headers in first} == {"ssdp:alive"}
            assert {headers["usn"].partition("::")[0] for headers in first} == {UDN, LAMP_UDN}
            again = [await heard.get() for _ in range(7)]
            assert [headers["usn"] for headers in again] == [headers["usn"] for headers in first]
            await server.async_stop()
            await server.async_stop()
            last: list[str] = []
            while len(last) < 7:
                headers = await heard.get()
                if headers["nts"] == "ssdp:byebye":
                    last.append(headers["usn"])
            assert sorted(last) == sorted(headers["usn"] for headers in first)
    finally:
        await listener.async_stop()


async def test_a_port_that_is_taken_leaves_nothing_behind():
    async with light() as server:
        second = UpnpServer(Light, (HOST, 0), server.target, http_port=server.http_port)
        with pytest.raises(UpnpServerOSError, match=str(server.http_port)):
            await second.async_start()
        assert (await described(server)).udn == UDN


async def test_what_is_too_long_is_refused():
    async with light(limits=Limits(request_bytes=1000)) as server:
        headers = {"SOAPACTION": f'"{SWITCH}#GetTarget"'}
        answer = await ask(server, "POST", "/SwitchPower/control", headers, " " * 1001)
    assert answer.status_code == 413


async def test_a_call_that_does_not_come_to_an_end_is_refused():
    async with light(limits=Limits(request_seconds=1)) as server, asyncio.timeout(PATIENCE):
        reader, writer = await asyncio.open_connection(HOST, server.http_port)
        head = f"POST /Dimming/control HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 100\r\n\r\n<s:Env"
        writer.write(head.encode())
        assert (await reader.read()).startswith(b"HTTP/1.1 408 ")
        writer.close()
        await writer.wait_closed()


@pytest.mark.uda("D-045", "D-037")
async def test_another_address_is_announced_with_its_own_location():
    heard: asyncio.Queue[Any] = asyncio.Queue()

    async def keep(headers):
        heard.put_nowait(headers)

    port = free_port()
    listener = SsdpAdvertisementListener(
        async_on_alive=keep, async_on_update=keep, source=(HOST, 0), target=(GROUP, port)
    )
    await listener.async_start()
    try:
        async with UpnpServer(Light, (HOST, 0), (GROUP, port)) as server, asyncio.timeout(PATIENCE):
            before = server.boot_id
            await server.async_add_source(("127.0.0.2", 0))
            while (headers := await heard.get())["nts"] != "ssdp:update":
                pass
            assert headers["bootid.upnp.org"] == str(before)
            assert headers["nextbootid.upnp.org"] == str(before + 1) == str(server.boot_id)
            while (headers := await heard.get()).get("bootid.upnp.org") != str(before + 1):
                pass
            assert headers["nts"] == "ssdp:alive"
            device = await UpnpFactory(AiohttpRequester()).async_create_device(
                server.location.replace(HOST, "127.0.0.2")
            )
            assert device.udn == UDN
    finally:
        await listener.async_stop()


@pytest.mark.uda("D-029", "D-042")
async def test_an_address_that_goes_is_taken_leave_of_there_alone():
    heard: asyncio.Queue[Any] = asyncio.Queue()

    async def keep(headers):
        heard.put_nowait((headers["nts"], headers.get_lower("_host"), headers["usn"]))

    target, other = (GROUP, free_port()), ("127.0.0.2", 0)
    listener = SsdpAdvertisementListener(
        async_on_alive=keep, async_on_byebye=keep, source=(HOST, 0), target=target
    )
    await listener.async_start()
    try:
        async with UpnpServer(Light, (HOST, 0), target) as server, asyncio.timeout(PATIENCE):
            await server.async_add_source(other)
            boot_id = server.boot_id
            while (await heard.get())[:2] != ("ssdp:alive", other[0]):
                pass
            await server.async_remove_source(other)
            byebyes: list[tuple[str, str, str]] = []
            while len(byebyes) < 2 * 7:
                if (message := await heard.get())[0] == "ssdp:byebye":
                    byebyes.append(message)
            await server.async_add_source(other)
            while (await heard.get())[:2] != ("ssdp:alive", other[0]):
                pass
            await server.async_remove_source(other)
            await check_gone(server, other)
            assert server.boot_id == boot_id + 1, "of coming back"
    finally:
        await listener.async_stop()
    assert {host for _, host, _ in byebyes} == {other[0]}
    assert len({usn for *_, usn in byebyes}) == 7


async def check_gone(server, source):
    """See that the device is served elsewhere only."""
    assert (await ask(server, "GET", "/device.xml")).status_code == 200
    request = HttpRequest("GET", f"http://{source[0]}:{server.http_port}/device.xml", {}, None)
    with pytest.raises(UpnpError):
        await AiohttpRequester().async_http_request(request)
    with pytest.raises(KeyError):
        await server.async_remove_source(source)


async def test_an_address_that_cannot_be_had_changes_nothing():
    async with light() as server:
        boot_id = server.boot_id
        with pytest.raises(UpnpServerOSError):
            await server.async_add_source(("192.0.2.1", 0))
        assert server.boot_id == boot_id


async def test_what_is_asked_of_nobody_is_not_found():
    async with light() as server:
        answer = await ask(server, "GET", "/nothing")
    assert answer.status_code == 404
    with pytest.raises(UpnpResponseError):
        async with light() as server:
            await UpnpFactory(AiohttpRequester()).async_create_device(server.base_uri + "/nothing")


async def raw(server, text):
    """Send what is no request of ours, and return all that comes until the server closes."""
    reader, writer = await asyncio.open_connection(HOST, server.http_port)
    try:
        async with asyncio.timeout(PATIENCE):
            writer.write(text.encode())
            return (await reader.read()).decode()
    finally:
        writer.close()
        await writer.wait_closed()


@pytest.mark.uda("S-001", "S-002")
@pytest.mark.parametrize(
    "request_line",
    ["GET /device.xml HTTP/1.0\r\n", "GET /device.xml HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"],
)
async def test_the_connection_is_closed_for_who_asks_for_it(request_line):
    async with light() as server:
        answer = await raw(server, f"{request_line}\r\n")
    assert " 200 OK\r\n" in answer
    assert answer.endswith("</root>")


@pytest.mark.uda("C-030")
async def test_who_expects_to_continue_may():
    body = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<u:GetTarget xmlns:u="{SWITCH}"/></s:Body></s:Envelope>'
    )
    head = (
        "POST /SwitchPower/control HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        "Expect: 100-continue\r\nConnection: close\r\n"
        f'SOAPACTION: "{SWITCH}#GetTarget"\r\nContent-Length: {len(body)}\r\n\r\n'
    )
    async with light() as server, asyncio.timeout(PATIENCE):
        reader, writer = await asyncio.open_connection(HOST, server.http_port)
        writer.write(head.encode())
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(body.encode())
        assert b"<RetTargetValue>1</RetTargetValue>" in await reader.read()
        writer.close()
        await writer.wait_closed()
        # who does not wait need not be told
        assert "<RetTargetValue>1</RetTargetValue>" in await raw(server, head + body)


@pytest.mark.uda("E-007")
async def test_one_subscriber_too_many_is_answered_503():
    async with light(limits=Limits(subscribers=1)) as server:
        headers = {"NT": "upnp:event", "CALLBACK": "<http://127.0.0.1:9/>"}
        codes = [(await ask(server, "SUBSCRIBE", "/Dimming/events", headers)).status_code for _ in range(2)]
    assert codes == [200, 503]


@pytest.mark.uda("D-028")
@pytest.mark.parametrize("boot_id", [1, 5])
async def test_each_start_has_a_higher_boot_id(boot_id):
    server = UpnpServer(Light, (HOST, 0), (GROUP, free_port()), boot_id=boot_id)
    seen = []
    for _ in range(3):
        async with server:
            seen.append(server.boot_id)
            assert (await described(server)).udn == UDN
    assert seen == sorted(set(seen))
    assert boot_id == 1 or seen == [5, 6, 7]


@pytest.mark.uda("P-002", "C-032")
async def test_a_page_of_the_author_is_served_to_those_who_mean_us():
    async def page(_request):
        return web.Response(text="<html/>", content_type="text/html")

    class WithPage(Light):
        ROUTES = (web.get("/page", page),)

    async with UpnpServer(WithPage, (HOST, 0), (GROUP, free_port())) as server:
        assert (await ask(server, "GET", "/page")).body == "<html/>"
        assert (await ask(server, "GET", "/page", {"Host": "rebound.example.com"})).status_code == 403


@pytest.mark.uda("P-003")
async def test_a_page_says_in_which_language_it_is_to_who_asks_for_one():
    async def page(_request):
        return web.Response(text="<html/>", content_type="text/html")

    async def translated(_request):
        return web.Response(text="<html/>", content_type="text/html", headers={"Content-Language": "fr"})

    async def data(_request):
        return web.Response(body=b"1")

    class WithPages(Light):
        LANGUAGE = "nl"
        ROUTES = (web.get("/page", page), web.get("/translated", translated), web.get("/data", data))

    async with UpnpServer(WithPages, (HOST, 0), (GROUP, free_port())) as server:
        for path, expected in (("/page", "nl"), ("/translated", "fr"), ("/data", None)):
            answer = await ask(server, "GET", path, {"Accept-Language": "de, fr"})
            assert answer.headers.get("Content-Language") == expected
        assert "Content-Language" not in (await ask(server, "GET", "/page")).headers


async def test_what_is_described_against_the_uda_is_told_to_the_log(caplog):
    class Misnamed(Light):
        DEVICE_DEFINITION = Light.DEVICE_DEFINITION._replace(friendly_name="x" * 64)

    caplog.set_level("INFO", "async_upnp_client.server")
    async with UpnpServer(Misnamed, (HOST, 0), (GROUP, free_port())):
        pass
    (record,) = [one for one in caplog.records if "against the UDA" in one.getMessage()]
    assert record.levelname == "INFO"
    assert "friendly_name has more than 63 characters" in record.getMessage()
