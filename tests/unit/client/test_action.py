import asyncio
import inspect
import logging
from typing import Any
from unittest.mock import create_autospec

import pytest

from async_upnp_client.client.action import LONG_ANSWER, UpnpAction, is_repeatable
from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.exceptions import (
    UpnpActionError,
    UpnpActionResponseError,
    UpnpConnectionError,
    UpnpError,
    UpnpResponseError,
    UpnpValueDecodeError,
    UpnpValueError,
    UpnpXmlContentError,
    UpnpXmlParseError,
)
from tests.support import model
from tests.support.model import MemoryRequester, answer, variable

FAULT = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Client</faultcode>'
    '<faultstring>UPnPError</faultstring><detail><UPnPError xmlns="urn:schemas-upnp-org:control-1-0">'
    "<errorCode>701</errorCode><errorDescription>No</errorDescription></UPnPError></detail></s:Fault></s:Body></s:Envelope>"
)


def get_volume(requester: MemoryRequester | None = None, *, non_strict: bool = False) -> UpnpAction:
    """GetVolume(InstanceID, Channel) -> CurrentVolume, Muted, of a service of a device."""
    instance = variable("A_ARG_TYPE_InstanceID", "ui4")
    channel = variable("A_ARG_TYPE_Channel", "string", allowed=["Master", "LF"])
    volume = variable("Volume", "ui2", value_range={"min": "0", "max": "100"})
    mute = variable("Mute", "boolean")
    built = model.action(
        "GetVolume",
        [
            ("InstanceID", "in", instance),
            ("CurrentVolume", "out", volume),
            ("Channel", "in", channel),
            ("Muted", "out", mute),
        ],
        non_strict=non_strict,
    )
    model.device([model.service([instance, channel, volume, mute], [built], requester=requester)])
    return built


def stop(requester: MemoryRequester, *, non_strict: bool = False) -> UpnpAction:
    built = model.action("Stop", non_strict=non_strict)
    model.device([model.service([], [built], requester=requester)])
    return built


# The model


def test_what_is_declared():
    action = get_volume()
    assert action.name == "GetVolume"
    assert action.xml is model.XML
    assert [argument.name for argument in action.arguments] == [
        "InstanceID",
        "CurrentVolume",
        "Channel",
        "Muted",
    ]
    assert [argument.name for argument in action.in_arguments()] == ["InstanceID", "Channel"]
    assert [argument.name for argument in action.out_arguments()] == ["CurrentVolume", "Muted"]
    assert str(action) == "<UpnpAction(GetVolume)>"
    assert repr(stop(MemoryRequester())) == "<UpnpAction(Stop)([]) -> []>"
    channel = action.argument("Channel")
    assert channel is not None
    assert str(channel) == repr(channel) == "<UpnpAction.Argument(Channel, in)>"
    assert channel.direction == "in"
    assert channel.related_state_variable.name == "A_ARG_TYPE_Channel"
    assert channel.xml is model.XML


def test_an_argument_by_name_and_direction():
    both = model.action("Do", [("A", "in", variable("V")), ("A", "out", variable("W"))])
    first, second = both.arguments
    assert both.argument("A") is first
    assert both.argument("A", "in") is first
    assert both.argument("A", "out") is second
    assert both.argument("B") is None
    assert both.argument("A", "inout") is None


def test_it_has_a_service_or_raises():
    with pytest.raises(UpnpError, match="not bound"):
        _ = model.action("Do").service
    with pytest.raises(UpnpError, match="not bound"):
        model.action("Do").create_request()


def test_the_value_of_an_argument():
    argument = UpnpAction.Argument(
        model.action("Do", [("A", "in", variable())]).arguments[0].info,
        variable("V", value_range={"max": "10"}),
    )
    assert (argument.value, argument.upnp_value, argument.raw_upnp_value) == (None, "", None)
    argument.value = 5
    assert (argument.value, argument.upnp_value) == (5, "5")
    with pytest.raises(UpnpValueError):
        argument.value = 11
    with pytest.raises(UpnpValueError):
        argument.validate_value("5")
    argument.upnp_value = "11"
    assert argument.value == 11
    with pytest.raises(UpnpValueDecodeError):
        argument.upnp_value = "x"
    assert argument.value == 11


# The call


@pytest.mark.uda("C-001")
@pytest.mark.uda("C-008")
def test_the_request_of_a_call():
    request = get_volume().create_request(Channel="Master", InstanceID=0)
    assert (request.method, request.url, request.timeout) == ("POST", "http://192.0.2.1:8080/control", None)
    assert list(request.headers) == ["HOST", "CONTENT-TYPE", "SOAPACTION"]
    assert request.headers["SOAPAction"] == f'"{model.SERVICE_TYPE}#GetVolume"'
    assert request.body == (
        '<?xml version="1.0"?><s:Envelope s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"'
        ' xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<u:GetVolume xmlns:u="{model.SERVICE_TYPE}"><InstanceID>0</InstanceID>\n'
        "<Channel>Master</Channel></u:GetVolume></s:Body></s:Envelope>"
    )


def test_the_timeout_of_a_call():
    assert get_volume().create_request(request_timeout=2.5, InstanceID=0, Channel="LF").timeout == 2.5


def test_headers_are_the_requests_own():
    action = get_volume()
    first = action.create_request(InstanceID=0, Channel="Master")
    first.headers["X"] = "1"  # type: ignore[index]  # what hooks do, though the record says Mapping
    assert "X" not in action.create_request(InstanceID=0, Channel="Master").headers


def test_a_device_that_moved_is_called_where_it_is():
    action = get_volume()
    action.create_request(InstanceID=0, Channel="Master")
    device = action.service.device
    device.device_info = device.device_info._replace(url="http://192.0.2.9:1/d.xml")
    request = action.create_request(InstanceID=0, Channel="Master")
    assert (request.url, request.headers["HOST"]) == ("http://192.0.2.9:1/control", "192.0.2.9:1")


@pytest.mark.uda("C-008")
@pytest.mark.parametrize("missing", ["InstanceID", "Channel"])
def test_a_missing_argument(missing):
    values: dict[str, Any] = {"InstanceID": 0, "Channel": "Master"}
    del values[missing]
    for check in (get_volume().validate_arguments, get_volume().create_request):
        with pytest.raises(UpnpError, match=f"Missing argument: {missing}"):
            check(**values)


@pytest.mark.parametrize(
    "values", [{"InstanceID": "0", "Channel": "Master"}, {"InstanceID": 0, "Channel": None}]
)
def test_an_argument_not_allowed(values):
    for check in (get_volume().validate_arguments, get_volume().create_request):
        with pytest.raises(UpnpValueError):
            check(**values)


def test_surplus_keywords_are_ignored():
    get_volume().validate_arguments(InstanceID=0, Channel="Master", Speed="1")
    request = get_volume().create_request(InstanceID=0, Channel="Master", Speed="1")
    assert "Speed" not in (request.body or "")


def test_a_service_without_control_url_cannot_be_called():
    action = model.action("Stop")
    model.device([model.service([], [action], control_url="")])
    with pytest.raises(UpnpError, match="no control URL"):
        action.create_request()


@pytest.mark.parametrize(
    "name",
    [
        "GetVolume",
        "SetVolume",
        "X_GetFeatureList",
        "Browse",
        "Search",
        "ListPresets",
        "ReadList",
        "IsAuthorized",
        "Get",
    ],
)
def test_actions_that_may_be_repeated(name):
    assert is_repeatable(name)


@pytest.mark.parametrize(
    "name",
    ["Play", "Next", "Previous", "AddPortMapping", "Listen", "Island", "Settle", "getVolume",
     "SetNextAVTransportURI", "GetNext", "GetAndResetCounter", "SetMuteToggle", "Seek",
     "VolumeInc", "CreateObject", ""],
)  # fmt: skip
def test_actions_that_may_not(name):
    assert not is_repeatable(name)


def test_a_request_says_whether_it_may_be_repeated():
    assert get_volume().create_request(InstanceID=0, Channel="Master").repeatable is True
    assert stop(MemoryRequester()).create_request().repeatable is None


async def test_a_call_and_its_answer():
    requester = MemoryRequester(answer("GetVolume", "<CurrentVolume>5</CurrentVolume><Muted>1</Muted>"))
    action = get_volume(requester)
    result = await action.async_call(InstanceID=0, Channel="Master")
    assert result == {"CurrentVolume": 5, "Muted": True}
    assert requester.requests == [action.create_request(InstanceID=0, Channel="Master")]


async def test_arguments_show_the_last_answer():
    action = get_volume(MemoryRequester(answer("GetVolume", "<CurrentVolume>05</CurrentVolume>")))
    await action.async_call(InstanceID=0, Channel="Master")
    current = action.argument("CurrentVolume")
    assert current is not None
    assert (current.value, current.upnp_value, current.raw_upnp_value) == (5, "5", "05")


@pytest.mark.uda("C-016")
async def test_out_arguments_by_name_whatever_their_order_missing_ones_absent():
    requester = MemoryRequester(
        answer("GetVolume", "<Muted>0</Muted><CurrentVolume>5</CurrentVolume>"),
        answer("GetVolume", "<Muted>0</Muted>"),
    )
    action = get_volume(requester)
    assert await action.async_call(InstanceID=0, Channel="Master") == {"CurrentVolume": 5, "Muted": False}
    assert await action.async_call(InstanceID=0, Channel="Master") == {"Muted": False}


@pytest.mark.uda("C-016")
async def test_an_out_argument_not_declared():
    text = answer("GetVolume", "<CurrentVolume>5</CurrentVolume><X_New>a</X_New><Channel>LF</Channel>")
    lenient = get_volume(MemoryRequester(text), non_strict=True)
    assert await lenient.async_call(InstanceID=0, Channel="Master") == {
        "CurrentVolume": 5,
        "X_New": "a",
        "Channel": "LF",
    }
    with pytest.raises(UpnpError, match="unknown argument: X_New"):
        await get_volume(MemoryRequester(text)).async_call(InstanceID=0, Channel="Master")


@pytest.mark.uda("S-041")
@pytest.mark.parametrize("non_strict", [True, False])
async def test_a_value_outside_the_declared_range_is_given(non_strict):
    requester = MemoryRequester(answer("GetVolume", "<CurrentVolume>101</CurrentVolume>"))
    action = get_volume(requester, non_strict=non_strict)
    assert await action.async_call(InstanceID=0, Channel="Master") == {"CurrentVolume": 101}


@pytest.mark.uda("T-003")
async def test_an_out_argument_that_cannot_be_read(caplog):
    text = answer("GetVolume", "<CurrentVolume>NOT_IMPLEMENTED</CurrentVolume><Muted>1</Muted>")
    lenient = get_volume(MemoryRequester(text), non_strict=True)
    with caplog.at_level(logging.DEBUG, "async_upnp_client"):
        assert await lenient.async_call(InstanceID=0, Channel="Master") == {
            "CurrentVolume": None,
            "Muted": True,
        }
    assert [record.levelno for record in caplog.records] == [logging.DEBUG]
    assert "NOT_IMPLEMENTED" in caplog.text
    current = lenient.argument("CurrentVolume")
    assert current is not None
    assert (current.value, current.raw_upnp_value) == (None, "NOT_IMPLEMENTED")

    with pytest.raises(UpnpValueDecodeError) as caught:
        await get_volume(MemoryRequester(text)).async_call(InstanceID=0, Channel="Master")
    assert caught.value.value == "NOT_IMPLEMENTED"


@pytest.mark.uda("C-020")
async def test_a_fault_with_an_error_status():
    headers = {"Server": "x"}
    action = get_volume(MemoryRequester(HttpResponse(500, headers, FAULT)))
    with pytest.raises(UpnpActionResponseError) as caught:
        await action.async_call(InstanceID=0, Channel="Master")
    error = caught.value
    assert (error.status, error.headers, error.error_code, error.error_desc) == (500, headers, 701, "No")


@pytest.mark.uda("C-020")
@pytest.mark.parametrize("status", [200, 201, 204])
async def test_a_fault_with_a_status_of_success(status):
    action = get_volume(MemoryRequester(HttpResponse(status, {}, FAULT)))
    with pytest.raises(UpnpActionError) as caught:
        await action.async_call(InstanceID=0, Channel="Master")
    assert not isinstance(caught.value, UpnpResponseError)
    assert (caught.value.error_code, caught.value.error_desc) == (701, "No")


@pytest.mark.parametrize("status", [301, 400, 404, 412, 500, 501, 503])
@pytest.mark.parametrize("body", ["", "<html><br></html>", "<a/>"])
async def test_another_status_without_a_fault(status, body):
    action = get_volume(MemoryRequester(HttpResponse(status, {"A": "b"}, body)))
    with pytest.raises(UpnpResponseError) as caught:
        await action.async_call(InstanceID=0, Channel="Master")
    assert not isinstance(caught.value, UpnpActionError)
    assert (caught.value.status, caught.value.headers) == (status, {"A": "b"})


@pytest.mark.parametrize("status", [201, 202, 204])
async def test_other_statuses_of_success_are_answers(status):
    action = get_volume(
        MemoryRequester(answer("GetVolume", "<CurrentVolume>5</CurrentVolume>", status=status))
    )
    assert await action.async_call(InstanceID=0, Channel="Master") == {"CurrentVolume": 5}


@pytest.mark.uda("C-018")
@pytest.mark.parametrize("non_strict", [True, False])
@pytest.mark.parametrize("status", [200, 204])
@pytest.mark.parametrize("body", ["", None, "\r\n"])
async def test_an_empty_body_is_a_success_where_nothing_was_to_be_said(status, body, non_strict):
    action = stop(MemoryRequester(HttpResponse(status, {}, body)), non_strict=non_strict)
    assert await action.async_call() == {}


@pytest.mark.parametrize("non_strict", [True, False])
async def test_an_empty_body_where_something_was_to_be_said(non_strict):
    action = get_volume(MemoryRequester(HttpResponse(200, {}, "")), non_strict=non_strict)
    with pytest.raises(UpnpXmlParseError):
        await action.async_call(InstanceID=0, Channel="Master")


async def test_an_answer_that_is_a_web_page():
    action = stop(MemoryRequester(HttpResponse(200, {}, "<html><body><br></body></html>")))
    with pytest.raises(UpnpXmlContentError, match="HTML"):
        await action.async_call()


async def test_what_the_requester_raises_is_passed_on():
    with pytest.raises(UpnpConnectionError):
        await stop(MemoryRequester(UpnpConnectionError("x"))).async_call()


def test_a_response_without_a_body():
    with pytest.raises(UpnpError, match="body"):
        get_volume().parse_response(model.SERVICE_TYPE, HttpResponse(200, {}, None))


def test_a_response_is_read_by_the_type_it_is_said_to_be_of():
    values = get_volume().parse_response("urn:t", answer("GetVolume", "<Muted>1</Muted>", namespace="urn:t"))
    assert values == {"Muted": True}


# Hooks


async def test_a_long_answer_lets_the_loop_go_on():
    channel = variable("A_ARG_TYPE_Text", "string")
    read = model.action("Read", [("Text", "out", channel)])
    text = "a &lt; " * LONG_ANSWER
    requester = MemoryRequester(answer("Read", f"<Text>{text}</Text>"))
    model.device([model.service([channel], [read], requester=requester)])
    calling = asyncio.ensure_future(read.async_call())
    turns = 0
    while not calling.done():
        await asyncio.sleep(0)
        turns += 1
    assert calling.result() == {"Text": "a < " * LONG_ANSWER}
    assert turns > 1


async def test_hooks_see_and_change_what_goes_out_and_comes_in():
    requester = MemoryRequester(HttpResponse(200, {}, "x"))
    action = get_volume(requester)
    seen: list[Any] = []

    def before(called, values, request):
        seen.append((called, dict(values), request))
        return HttpRequest("POST", "http://192.0.2.7/", {}, "changed")

    def after(called, response):
        seen.append((called, response))
        return answer("GetVolume", "<Muted>1</Muted>")

    action.service.on_pre_call_action = before
    action.service.on_post_call_action = after
    values: dict[str, Any] = {"InstanceID": 0, "Channel": "Master"}
    assert await action.async_call(request_timeout=3.0, **values) == {"Muted": True}
    assert seen == [
        (action, values, action.create_request(request_timeout=3.0, **values)),
        (action, HttpResponse(200, {}, "x")),
    ]
    assert requester.requests == [HttpRequest("POST", "http://192.0.2.7/", {}, "changed", 3.0)]


async def test_a_hook_may_have_a_timeout_of_its_own():
    requester = MemoryRequester(HttpResponse(200, {}, ""))
    action = stop(requester)
    action.service.on_pre_call_action = lambda _action, _values, request: HttpRequest(
        request.method, request.url, request.headers, request.body, 9.0
    )
    await action.async_call(request_timeout=3.0)
    assert requester.requests[0].timeout == 9.0


@pytest.mark.parametrize("body", [None, b"<a/>"])
async def test_a_hook_that_leaves_no_text(body):
    action = stop(MemoryRequester(HttpResponse(200, {}, "")))
    action.service.on_post_call_action = lambda _action, _response: HttpResponse(200, {}, body)
    with pytest.raises(UpnpError, match="body"):
        await action.async_call()


async def test_calls_at_the_same_time_do_not_mix():
    gates = [asyncio.Event(), asyncio.Event()]

    class Slow(MemoryRequester):
        async def async_http_request(self, http_request):
            place = len(self.requests)
            self.requests.append(http_request)
            await gates[place].wait()
            return answer("GetVolume", f"<CurrentVolume>{place}</CurrentVolume>")

    action = get_volume(Slow())
    calls = [asyncio.ensure_future(action.async_call(InstanceID=0, Channel="Master")) for _ in gates]
    for gate in reversed(gates):
        gate.set()
    assert await asyncio.gather(*calls) == [{"CurrentVolume": 0}, {"CurrentVolume": 1}]


def test_reinit_takes_the_declaration_with_the_variables_given():
    action = get_volume()
    action.create_request(InstanceID=0, Channel="Master")
    kept = variable("Kept", "string")
    new = model.action("GetVolume", [("Only", "in", variable("Kept", "ui2"))], non_strict=True)
    action.reinit(new, {"Kept": kept})
    assert action.non_strict
    assert [argument.related_state_variable for argument in action.arguments] == [kept]
    assert "<Only>x</Only>" in (action.create_request(Only="x").body or "")


def test_everything_is_there_for_autospec():
    double = create_autospec(UpnpAction, instance=True)
    assert inspect.iscoroutinefunction(double.async_call)
    for name in ("name", "arguments", "service", "create_request", "parse_response"):
        assert hasattr(double, name)
