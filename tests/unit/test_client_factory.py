"""From the URL of a description to a device: what is asked for, when, and what comes of failures."""

import asyncio
import gc
import logging
import weakref
from dataclasses import replace
from typing import Any

import pytest

from async_upnp_client.client.action import UpnpAction
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.const import HttpRequest, HttpResponse, Severity
from async_upnp_client.exceptions import (
    UpnpConnectionError,
    UpnpConnectionTimeoutError,
    UpnpError,
    UpnpResponseError,
    UpnpUrlError,
    UpnpValueError,
    UpnpXmlContentError,
    UpnpXmlParseError,
)
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.url_policy import UrlPolicy
from tests.support.descriptions import (
    Action,
    Device,
    Service,
    Variable,
    device_description,
    service_description,
)
from tests.support.replies import ReplyTable, xml_reply

URL = "http://192.0.2.1:49152/dev/description.xml"
HOST = "http://192.0.2.1:49152"
BOTH = pytest.mark.parametrize("non_strict", [False, True], ids=["strict", "non_strict"])

SCPD = service_description(
    [Variable("Level", "ui1", minimum="0", maximum="100"), Variable("Name")],
    [
        Action("SetLevel", inputs=[("NewLevel", "Level")]),
        Action("GetName", outputs=[("CurrentName", "Name")]),
    ],
)


def service(name: str, **urls: str | None) -> Service:
    return Service(
        service_type=f"urn:schemas-upnp-org:service:{name}:1",
        service_id=f"urn:upnp-org:serviceId:{name}",
        **{
            "scpd_url": f"/{name}.xml",
            "control_url": f"/{name}/ctl",
            "event_sub_url": f"/{name}/evt",
            **urls,
        },
    )


def table(device: Device, *, url_base: str | None = None, **scpds: Any) -> ReplyTable:
    """Return a requester that has a device, and service descriptions by name (SCPD for a name of None)."""
    replies = ReplyTable({("GET", URL): device_description(device, url_base=url_base)})
    for name, reply in scpds.items():
        replies.add("GET", f"{HOST}/{name}.xml", SCPD if reply is None else reply)
    return replies


async def create(requester: UpnpRequester, *, non_strict: bool = False) -> UpnpDevice:
    return await UpnpFactory(requester, non_strict).async_create_device(URL)


def scpd_requests(requester: ReplyTable) -> list[str]:
    return [url.removeprefix(HOST) for _method, url in requester.asked[1:]]


class Rounds(UpnpRequester):
    """A requester whose requests take one round trip each, and which tells when each of them was sent."""

    def __init__(self, replies: ReplyTable) -> None:
        self.replies = replies
        self.sent: list[list[str]] = []
        self._waiting: list[asyncio.Future[None]] = []

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        future = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        if len(self._waiting) == 1:
            self.sent.append([])
            # what is sent before the answers of this round arrive belongs to this round
            asyncio.get_running_loop().call_later(0.001, self._answer)
        self.sent[-1].append(http_request.url.removeprefix(HOST))
        await future
        return await self.replies.async_http_request(http_request)

    def _answer(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)


@BOTH
async def test_a_device(non_strict):
    requester = table(
        Device(
            icons=[{"mimetype": "image/png", "width": "48", "height": "48", "depth": "24", "url": "/i.png"}],
            services=[service("A")],
            devices=[
                Device(device_type="urn:schemas-upnp-org:device:In:1", udn="uuid:2", services=[service("B")])
            ],
        ),
        A=None,
        B=None,
    )
    device = await create(requester, non_strict=non_strict)
    assert requester.requests == [
        HttpRequest("GET", url, {}, None) for url in (URL, f"{HOST}/A.xml", f"{HOST}/B.xml")
    ]
    assert device.requester is requester
    assert (device.device_url, device.friendly_name, device.manufacturer) == (URL, "Test device", "Maker")
    assert [icon.url for icon in device.icons] == [f"{HOST}/i.png"]
    [found] = device.services.values()
    assert found.device is device
    assert found.requester is requester
    assert (found.scpd_url, found.control_url, found.event_sub_url) == (
        f"{HOST}/A.xml",
        f"{HOST}/A/ctl",
        f"{HOST}/A/evt",
    )
    assert list(found.state_variables) == ["Level", "Name"]
    assert list(found.actions) == ["SetLevel", "GetName"]
    argument = found.action("SetLevel").argument("NewLevel")
    assert argument is not None
    assert argument.related_state_variable is found.state_variable("Level")
    assert argument.related_state_variable.service is found
    [embedded] = device.embedded_devices.values()
    assert embedded.parent_device is device
    assert (embedded.udn, embedded.device_url) == ("uuid:2", URL)
    assert embedded.services["urn:schemas-upnp-org:service:B:1"].device is embedded


async def test_strict_decides_what_variables_hold():
    requester = table(Device(services=[service("A")]), A=None)
    strict = (await create(requester)).services["urn:schemas-upnp-org:service:A:1"].state_variable("Level")
    with pytest.raises(UpnpValueError):
        strict.value = 101
    tolerant = (await create(requester, non_strict=True)).services["urn:schemas-upnp-org:service:A:1"]
    tolerant.state_variable("Level").value = 101
    with pytest.raises(UpnpValueError):
        tolerant.state_variable("Level").value = "101"


async def test_strict_decides_what_actions_answer():
    requester = table(Device(services=[service("A")]), A=None)
    service_type = "urn:schemas-upnp-org:service:A:1"
    body = (
        "<s:Envelope><s:Body><u:GetNameResponse><CurrentName>n</CurrentName></u:GetNameResponse></s:Body>"
        "</s:Envelope>"
    )
    answer = HttpResponse(200, {}, body)
    strict = (await create(requester)).services[service_type].action("GetName")
    with pytest.raises(UpnpXmlParseError):
        strict.parse_response(service_type, answer)
    tolerant = (await create(requester, non_strict=True)).services[service_type].action("GetName")
    assert tolerant.parse_response(service_type, answer) == {"CurrentName": "n"}


@BOTH
async def test_hooks_see_every_request(non_strict):
    requester = table(Device(services=[service("A"), service("B")]), A="<broken", B="<broken")
    requester.set("GET", URL, "<broken")
    seen: list[str] = []

    def pre(kind):
        def hook(request):
            seen.append(f"pre {kind} {request.url.removeprefix(HOST)}")
            return replace(request, headers={"X-Kind": kind})

        return hook

    def post(kind, body):
        def hook(response):
            seen.append(f"post {kind}")
            return replace(response, body=body)

        return hook

    def on_pre_call_action(action, args, request):
        seen.append(f"pre call {action.name} {args}")
        return request

    def on_post_call_action(action, response):
        seen.append(f"post call {action.name}")
        return replace(
            response,
            body="<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body>"
            "<u:SetLevelResponse xmlns:u='urn:schemas-upnp-org:service:A:1'/></s:Body></s:Envelope>",
        )

    factory = UpnpFactory(
        requester,
        non_strict,
        pre("device"),
        post("device", device_description(Device(services=[service("A"), service("B")]))),
        pre("service"),
        post("service", SCPD),
        on_pre_call_action,
        on_post_call_action,
    )
    device = await factory.async_create_device(URL)
    assert seen[:2] == ["pre device /dev/description.xml", "post device"]
    assert sorted(seen[2:]) == ["post service"] * 2 + ["pre service /A.xml", "pre service /B.xml"]
    assert [request.headers for request in requester.requests] == [
        {"X-Kind": "device"},
        {"X-Kind": "service"},
        {"X-Kind": "service"},
    ]
    seen.clear()
    requester.add("POST", f"{HOST}/A/ctl", "")
    await device.services["urn:schemas-upnp-org:service:A:1"].action("SetLevel").async_call(NewLevel=5)
    assert seen == ["pre call SetLevel {'NewLevel': 5}", "post call SetLevel"]
    seen.clear()
    await device.async_ping()
    assert seen[0] == "pre device /dev/description.xml"


@BOTH
@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (xml_reply("", 404), UpnpResponseError),
        (xml_reply("", 500), UpnpResponseError),
        (xml_reply(device_description(), 204), UpnpResponseError),
        (UpnpConnectionError("x"), UpnpConnectionError),
        (UpnpConnectionTimeoutError("x"), UpnpConnectionTimeoutError),
        ("", UpnpXmlParseError),
        (HttpResponse(200, {}, None), UpnpXmlParseError),
        ("status=ok", UpnpXmlParseError),
        ("<root xmlns='urn:schemas-upnp-org:device-1-0'/>", UpnpXmlContentError),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", UpnpXmlContentError),
    ],
    ids=range(10),
)
async def test_a_description_that_cannot_be_had(reply, error, non_strict):
    requester = ReplyTable({("GET", URL): reply})
    with pytest.raises(error):
        await create(requester, non_strict=non_strict)
    assert len(requester.requests) == 1


@BOTH
async def test_the_status_and_headers_of_an_answer_are_told(non_strict):
    requester = ReplyTable({("GET", URL): HttpResponse(503, {"Retry-After": "5"}, "")})
    with pytest.raises(UpnpResponseError) as caught:
        await create(requester, non_strict=non_strict)
    assert caught.value.status == 503
    assert caught.value.headers == {"Retry-After": "5"}


BROKEN = [
    (xml_reply("", 404), UpnpResponseError, "scpd-not-found"),
    (xml_reply("", 410), UpnpResponseError, "scpd-not-found"),
    (xml_reply(SCPD, 500), UpnpResponseError, "scpd-http-status"),
    (UpnpConnectionError("x"), UpnpConnectionError, "scpd-unreachable"),
    (UpnpConnectionTimeoutError("x"), UpnpConnectionTimeoutError, "scpd-timeout"),
    (TimeoutError("x"), TimeoutError, "scpd-timeout"),
    (ConnectionResetError("x"), ConnectionResetError, "scpd-unreachable"),
    (UpnpUrlError("x"), UpnpUrlError, "scpd-refused"),
    # Hegel H190 (S-030)
    ("", UpnpXmlParseError, "scpd-empty"),
    (" \r\n", UpnpXmlParseError, "scpd-empty"),
    (HttpResponse(200, {}, None), UpnpXmlParseError, "scpd-empty"),
    ("<scpd", UpnpXmlParseError, "scpd-malformed"),
    ("<html><body>Not here</body></html>", UpnpXmlContentError, "not-a-service-description"),
    ("<root xmlns='urn:schemas-upnp-org:device-1-0'/>", UpnpXmlContentError, "not-a-service-description"),
    ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", UpnpXmlContentError, "scpd-refused"),
]


@pytest.mark.uda("S-030")
@pytest.mark.parametrize(("reply", "error", "code"), BROKEN, ids=range(len(BROKEN)))
async def test_a_service_description_that_cannot_be_used(reply, error, code, caplog):
    requester = table(Device(services=[service("A"), service("B")]), A=reply, B=None)
    with pytest.raises(error):
        await create(requester)
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "async_upnp_client.client_factory"):
        device = await create(requester, non_strict=True)
    broken, good = device.services.values()
    assert broken.service_id == "urn:upnp-org:serviceId:A"
    assert (broken.state_variables, broken.actions) == ({}, {})
    assert broken.control_url == f"{HOST}/A/ctl"
    assert list(good.actions) == ["SetLevel", "GetName"]
    assert (good.diagnostics, device.diagnostics) == ([], [])
    found = next(found for found in broken.diagnostics if found.code == code)
    assert found.where == "uuid:00000000-0000-0000-0000-000000000001/urn:upnp-org:serviceId:A"
    assert found.severity is Severity.ERROR
    assert [record.getMessage() for record in caplog.records] == [
        f"{found.where}: {found.code}: {found.message}" for found in device.all_diagnostics
    ]


async def test_what_is_wrong_is_told_at_debug_once(caplog):
    requester = table(
        Device(services=[service("A"), service("B", control_url="http://192.0.2.9/")]), A="<scpd"
    )
    with caplog.at_level(logging.DEBUG):
        device = await create(requester, non_strict=True)
    assert [record.levelname for record in caplog.records] == ["DEBUG", "DEBUG"]
    assert [(found.code, found.where.rpartition(":")[2]) for found in device.all_diagnostics] == [
        ("service-url-refused", "B"),
        ("scpd-malformed", "A"),
    ]


@BOTH
async def test_both_modes_tell_what_is_no_error(non_strict):
    scpd = service_description(
        [Variable("A", "ui4", minimum="0", maximum="")],
        [Action("X", outputs=[("Out", "A")]), Action("X", outputs=[("Out", "A")])],
    )
    requester = table(
        Device(friendly_name=None, services=[service("A")]), url_base="http://192.0.2.9/", A=scpd
    )
    device = await create(requester, non_strict=non_strict)
    udn = device.udn
    service_path = f"{udn}/urn:upnp-org:serviceId:A"
    assert [(found.code, found.where) for found in device.all_diagnostics] == [
        ("url-base-unused", f"{udn}/URLBase"),
        ("element-missing", f"{udn}/friendlyName"),
        ("range-unreadable", f"{service_path}/variable A/maximum"),
        ("action-repeated", f"{service_path}/action X"),
    ]


async def test_each_thing_has_what_is_wrong_with_it():
    scpd = """<scpd xmlns="urn:schemas-upnp-org:service-1-0"><actionList><action><name>Play</name>
    <argumentList><argument><name>Speed</name><direction>INOUT</direction><relatedStateVariable>Gone</relatedStateVariable>
    </argument></argumentList></action></actionList><serviceStateTable><stateVariable sendEvents="no">
    <name>Mode</name><dataType>Vendor</dataType></stateVariable></serviceStateTable></scpd>"""
    inner = Device("urn:x:device:Inner:1", udn="ESP_1", services=[service("B", scpd_url="")])
    device = await create(table(Device(services=[service("A")], devices=[inner]), A=scpd), non_strict=True)
    action = device.all_services[0].action("Play")
    start = "uuid:00000000-0000-0000-0000-000000000001/urn:upnp-org:serviceId:A"
    assert [(found.code, found.where) for found in action.diagnostics] == [
        ("argument-direction-odd", f"{start}/action Play/argument Speed"),
        ("argument-variable-undeclared", f"{start}/action Play/argument Speed"),
    ]
    assert [(found.code, found.where) for found in device.all_services[0].diagnostics] == [
        ("data-type-unknown", f"{start}/variable Mode")
    ]
    assert device.diagnostics == []
    embedded = device.own_devices[0]
    assert [(found.code, found.where) for found in embedded.diagnostics] == [
        ("udn-malformed", "uuid:ESP_1/UDN")
    ]
    assert [(found.code, found.where) for found in embedded.own_services[0].diagnostics] == [
        ("scpd-url-missing", "uuid:ESP_1/urn:upnp-org:serviceId:B")
    ]
    assert device.all_diagnostics == [
        *device.all_services[0].diagnostics,
        *action.diagnostics,
        *embedded.diagnostics,
        *embedded.own_services[0].diagnostics,
    ]


async def test_a_url_base_that_is_wrong():
    requester = table(Device(services=[service("A", scpd_url="A.xml")]), url_base=f"{HOST}/wrong/")
    requester.add("GET", f"{HOST}/dev/A.xml", SCPD)
    device = await create(requester, non_strict=True)
    assert [found.code for found in device.all_diagnostics] == ["url-base-wrong"]
    assert list(device.all_services[0].actions) == ["SetLevel", "GetName"]


async def test_a_description_read_anew_begins_a_new_list():
    requester = table(Device(services=[service("A")]), A="<scpd")
    requester.add("GET", f"{HOST}/A.xml", SCPD)
    known, fresh = await create(requester, non_strict=True), await create(requester, non_strict=True)
    assert [found.code for found in known.all_diagnostics] == ["scpd-malformed"]
    known.reinit(fresh)
    assert known.all_diagnostics == []


async def test_a_status_says_whose_it_is():
    with pytest.raises(UpnpResponseError, match=f"^{URL} answered with HTTP status 404 instead of 200$"):
        await create(ReplyTable({("GET", URL): xml_reply("", 404)}))


@pytest.mark.uda("S-016")
@pytest.mark.parametrize("which", ["scpd_url", "control_url", "event_sub_url"])
@pytest.mark.parametrize("url", ["http://192.0.2.9/x", "http://[::1/x", "ftp://192.0.2.1/x"])
async def test_a_url_on_another_host(which, url):
    requester = table(Device(services=[service("A", **{which: url}), service("B")]), A=None, B=None)
    with pytest.raises(UpnpError):
        await create(requester)
    assert scpd_requests(requester) == []
    device = await create(requester, non_strict=True)
    assert [found.service_id for found in device.services.values()] == ["urn:upnp-org:serviceId:B"]
    assert scpd_requests(requester)[1:] == ["/B.xml"]
    assert [(found.code, found.severity) for found in device.diagnostics] == [
        ("service-url-refused", Severity.ERROR)
    ]


@pytest.mark.parametrize("scpd_url", ["", " ", None])
async def test_a_service_without_description(scpd_url):
    placeholder = service("A", scpd_url=scpd_url, control_url="", event_sub_url="")
    requester = table(Device(services=[placeholder, service("B")]), B=None)
    with pytest.raises(UpnpXmlContentError):
        await create(requester)
    assert scpd_requests(requester) == []
    device = await create(requester, non_strict=True)
    empty, _good = device.services.values()
    assert (empty.state_variables, empty.actions, empty.event_sub_url) == ({}, {}, "")
    assert scpd_requests(requester)[1:] == ["/B.xml"]


@BOTH
@pytest.mark.uda("S-027")
@pytest.mark.parametrize("event_sub_url", ["", None])
async def test_an_empty_event_sub_url_stays_empty(event_sub_url, non_strict):
    requester = table(Device(services=[service("A", event_sub_url=event_sub_url)]), A=None)
    [found] = (await create(requester, non_strict=non_strict)).services.values()
    assert found.event_sub_url == ""


@pytest.mark.uda("S-035")
async def test_arguments_without_their_variable_share_one_that_is_untyped():
    scpd = service_description(
        [Variable("A")],
        [
            Action("X", inputs=[("a", "Missing"), ("b", "A")]),
            Action("Y", outputs=[("c", "Missing"), ("d", "Other")]),
        ],
    )
    requester = table(Device(services=[service("A")]), A=scpd)
    with pytest.raises(UpnpXmlContentError):
        await create(requester)
    [found] = (await create(requester, non_strict=True)).services.values()
    a, b = found.action("X").in_arguments()
    c, d = found.action("Y").out_arguments()
    assert a.related_state_variable is c.related_state_variable
    assert a.related_state_variable is not d.related_state_variable
    assert b.related_state_variable is found.state_variable("A")
    assert list(found.state_variables) == ["A"]
    assert (a.related_state_variable.name, a.related_state_variable.data_type) == ("Missing", "string")
    request = found.action("X").create_request(a="5", b="")
    assert request.body is not None
    assert "<a>5</a>" in request.body


async def test_of_variables_with_one_name_the_last_counts():
    scpd = service_description(
        [Variable("A", "ui1"), Variable("A", "string")], [Action("X", inputs=[("a", "A")])]
    )
    [found] = (await create(table(Device(services=[service("A")]), A=scpd))).services.values()
    [argument] = found.action("X").in_arguments()
    assert argument.related_state_variable is found.state_variable("A")
    assert found.state_variable("A").data_type == "string"


# --- URLBase


@BOTH
@pytest.mark.uda("S-014")
async def test_url_base_is_the_base(non_strict):
    requester = table(
        Device(services=[service("A", scpd_url="A.xml", control_url="ctl", event_sub_url="/evt")]),
        url_base="http://192.0.2.1:80/base/",
    )
    requester.add("GET", "http://192.0.2.1:80/base/A.xml", SCPD)
    [found] = (await create(requester, non_strict=non_strict)).services.values()
    assert (found.scpd_url, found.control_url, found.event_sub_url) == (
        "http://192.0.2.1:80/base/A.xml",
        "http://192.0.2.1:80/base/ctl",
        "http://192.0.2.1:80/evt",
    )
    assert list(found.actions) == ["SetLevel", "GetName"]


@BOTH
@pytest.mark.uda("S-014")
@pytest.mark.parametrize(
    "failure", [xml_reply("", 404), UpnpConnectionError("refused")], ids=["404", "refused"]
)
async def test_a_url_base_that_does_not_work_is_forgotten(failure, non_strict):
    requester = table(
        Device(services=[service("A"), service("B", scpd_url="")][: 1 + non_strict]),
        url_base="http://192.0.2.1:1/base/",
        A=None,
    )
    requester.add("GET", "http://192.0.2.1:1/A.xml", failure)
    found = (await create(requester, non_strict=non_strict)).services["urn:schemas-upnp-org:service:A:1"]
    assert (found.scpd_url, found.control_url, found.event_sub_url) == (
        f"{HOST}/A.xml",
        f"{HOST}/A/ctl",
        f"{HOST}/A/evt",
    )
    assert list(found.actions) == ["SetLevel", "GetName"]


async def test_a_service_that_is_at_neither_place():
    requester = table(Device(services=[service("A")]), url_base="http://192.0.2.1:1/", A=xml_reply("", 404))
    with pytest.raises(UpnpResponseError):
        await create(requester)
    [found] = (await create(requester, non_strict=True)).services.values()
    assert found.actions == {}
    assert requester.asked[-2:] == [("GET", "http://192.0.2.1:1/A.xml"), ("GET", f"{HOST}/A.xml")]


# --- side by side


NAMES = "ABCDEFGH"
MANY = Device(services=[service(name) for name in NAMES])


@BOTH
async def test_eight_services_take_three_round_trips(non_strict):
    rounds = Rounds(table(MANY, **dict.fromkeys(NAMES)))
    device = await create(rounds, non_strict=non_strict)
    assert DEFAULT_LIMITS.scpd_requests == 4
    assert rounds.sent == [
        ["/dev/description.xml"],
        ["/A.xml", "/B.xml", "/C.xml", "/D.xml"],
        ["/E.xml", "/F.xml", "/G.xml", "/H.xml"],
    ]
    assert [found.service_id[-1] for found in device.services.values()] == list(NAMES)


@pytest.mark.parametrize("limit", [1, 3, 100])
async def test_the_limit_is_the_caller_s(limit):
    rounds = Rounds(table(MANY, **dict.fromkeys(NAMES)))
    await UpnpFactory(rounds, scpd_limit=limit).async_create_device(URL)
    assert max(map(len, rounds.sent)) == min(limit, 8)


async def test_the_limits_are_the_caller_s():
    rounds = Rounds(table(MANY, **dict.fromkeys(NAMES)))
    limits = Limits(scpd_requests=2, services=3, description_bytes=5000, scpd_bytes=6000, xml_elements=500)
    device = await UpnpFactory(rounds, non_strict=True, limits=limits).async_create_device(URL)
    assert max(map(len, rounds.sent)) == 2
    assert len(device.all_services) == 3
    assert [found.code for found in device.diagnostics] == ["too-many-services"]
    requests = rounds.replies.requests
    assert [request.max_size for request in requests] == [5000, 6000, 6000, 6000]
    with pytest.raises(UpnpXmlContentError, match="more than 5 elements"):
        await UpnpFactory(rounds, limits=Limits(xml_elements=5, xml_depth=5)).async_create_device(URL)


def test_a_limit_of_nothing_is_an_error():
    with pytest.raises(ValueError, match="scpd_limit"):
        UpnpFactory(ReplyTable(), scpd_limit=0)


async def test_the_limit_is_one_per_host():
    requester = table(MANY, **dict.fromkeys(NAMES))
    other = "http://192.0.2.2:80/d.xml"
    requester.add("GET", other, device_description(MANY))
    for name in NAMES:
        requester.add("GET", f"http://192.0.2.2:80/{name}.xml", SCPD)
    rounds = Rounds(requester)
    factory = UpnpFactory(rounds)
    await asyncio.gather(*(factory.async_create_device(url) for url in (URL, URL, other)))
    assert len(rounds.sent[0]) == 3
    for sent in rounds.sent[1:]:
        assert len([url for url in sent if url.startswith("/")]) <= 4
        assert len([url for url in sent if not url.startswith("/")]) <= 4
    assert len(rounds.sent) == 5


async def test_a_description_that_services_share_is_fetched_once():
    services = [service("A"), service("B", scpd_url="/A.xml"), service("C", scpd_url=f"{HOST}/A.xml")]
    requester = table(Device(services=services), A=None)
    device = await create(requester)
    assert scpd_requests(requester) == ["/A.xml"]
    variables = {id(found.state_variable("Level")) for found in device.services.values()}
    assert len(variables) == 3


async def test_services_of_all_devices_are_fetched_together():
    inner = Device(services=[service("C")])
    middle = Device(services=[service("B")], devices=[inner])
    rounds = Rounds(table(Device(services=[service("A")], devices=[middle]), A=None, B=None, C=None))
    await create(rounds)
    assert rounds.sent == [["/dev/description.xml"], ["/A.xml", "/B.xml", "/C.xml"]]


class Held(UpnpRequester):
    """Answers from a table, but holds some URLs until they are let go, or cancelled."""

    def __init__(self, replies: ReplyTable, *held: str) -> None:
        self.replies = replies
        self.gates = {f"{HOST}/{name}.xml": asyncio.Event() for name in held}
        self.reached = {name: asyncio.Event() for name in held}
        self.cancelled: list[str] = []

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        gate = self.gates.get(http_request.url)
        if gate is not None:
            self.reached[http_request.url[-5]].set()
            try:
                await gate.wait()
            except asyncio.CancelledError:
                await asyncio.sleep(0)  # who cancels has to wait for it
                self.cancelled.append(http_request.url.removeprefix(HOST))
                raise
        return await self.replies.async_http_request(http_request)


async def test_the_first_error_of_the_document_is_raised_and_nothing_goes_on():
    replies = table(MANY, **dict.fromkeys(NAMES))
    replies.set("GET", f"{HOST}/B.xml", xml_reply("", 402))
    replies.set("GET", f"{HOST}/C.xml", xml_reply("", 403))
    held = Held(replies, "A", "D", "H")
    creating = asyncio.ensure_future(create(held))
    await held.reached["H"].wait()
    assert not creating.done()
    held.gates[f"{HOST}/A.xml"].set()
    with pytest.raises(UpnpResponseError) as caught:
        await creating
    assert caught.value.status == 402
    assert sorted(held.cancelled) == ["/D.xml", "/H.xml"]


@BOTH
async def test_cancelling_cancels_the_fetches(non_strict):
    held = Held(table(MANY, **dict.fromkeys(NAMES)), *NAMES)
    creating = asyncio.ensure_future(create(held, non_strict=non_strict))
    await held.reached["D"].wait()
    creating.cancel()
    with pytest.raises(asyncio.CancelledError):
        await creating
    assert sorted(held.cancelled) == ["/A.xml", "/B.xml", "/C.xml", "/D.xml"]


async def test_an_error_in_a_hook_is_the_caller_s():
    requester = table(MANY, **dict.fromkeys(NAMES))

    def hook(response):
        raise ZeroDivisionError

    factory = UpnpFactory(requester, non_strict=True, on_post_receive_service_spec=hook)
    with pytest.raises(ZeroDivisionError):
        await factory.async_create_device(URL)


async def test_a_factory_makes_any_number_of_devices():
    requester = table(Device(services=[service("A")]), A=None)
    factory = UpnpFactory(requester)
    first, second = [await factory.async_create_device(URL) for _ in range(2)]
    first.reinit(second)
    assert first.services.keys() == second.services.keys()
    assert isinstance(first.services["urn:schemas-upnp-org:service:A:1"].action("SetLevel"), UpnpAction)


def test_a_factory_works_in_one_loop_after_another():
    requester = table(MANY, **dict.fromkeys(NAMES))
    factory = UpnpFactory(requester)
    for _ in range(2):
        assert len(asyncio.run(factory.async_create_device(URL)).services) == 8


async def test_link_local_urls_get_the_zone_of_the_description():
    base = "http://[fe80::1%25]:80".replace("%25", "%3")
    device = Device(
        services=[service("A", scpd_url="http://[fe80::1]:80/A.xml", control_url="http://[fe80::1]:81/c")]
    )
    requester = ReplyTable(
        {("GET", f"{base}/d.xml"): device_description(device), ("GET", f"{base}/A.xml"): SCPD}
    )
    [found] = (await UpnpFactory(requester).async_create_device(f"{base}/d.xml")).services.values()
    assert (found.scpd_url, found.control_url) == (f"{base}/A.xml", "http://[fe80::1%3]:81/c")
    assert found.event_sub_url == f"{base}/A/evt"


class AnyHost(UrlPolicy):
    def check_service_url(self, location, url):
        return url


async def test_a_policy_of_the_caller_decides_where_services_are():
    url = "http://192.0.2.9/A.xml"
    requester = table(Device(services=[service("A", scpd_url=url)]))
    requester.add("GET", url, SCPD)
    device = await UpnpFactory(requester, url_policy=AnyHost()).async_create_device(URL)
    assert [found.scpd_url for found in device.services.values()] == [url]


async def test_how_many_diagnostics_are_kept_is_the_callers_choice():
    icons = [{"mimetype": "image/png"}] * 300
    requester = table(Device(icons=icons))
    for limits in (Limits(diagnostics=3), Limits(diagnostics=200)):
        device = await UpnpFactory(requester, limits=limits).async_create_device(URL)
        assert len(device.diagnostics) == limits.diagnostics


async def test_services_that_are_described_alike_share_what_their_description_says():
    requester = table(Device(services=[service("A"), service("B")]), A=None, B=None)
    devices = [await create(requester), await create(requester)]
    variables = [one.state_variable("Level") for device in devices for one in device.all_services]
    assert len(variables) == 4
    assert len({id(variable.info) for variable in variables}) == 1
    variables[0].value = 7
    assert [variable.value for variable in variables] == [7, None, None, None]
    not_strict = await create(requester, non_strict=True)
    assert not_strict.all_services[0].state_variable("Level").info is not variables[0].info


async def test_a_description_is_kept_no_longer_than_the_services_that_it_describes():
    scpd = service_description([Variable("OfThisTest")])
    device = await create(table(Device(services=[service("A")]), A=scpd))
    document = weakref.ref(device.all_services[0].document)
    assert document() is not None
    del device
    gc.collect()
    assert document() is None
