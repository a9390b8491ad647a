"""What is wrong with what a device sends: kept at the action or the service, strict or not."""

import logging
from typing import Any

import pytest

from async_upnp_client._diagnostics import Code
from async_upnp_client.client.action import UpnpAction
from async_upnp_client.client.diagnosed import Diagnosed
from async_upnp_client.client.service import UpnpService
from async_upnp_client.const import Diagnostic, HttpResponse, Severity
from async_upnp_client.exceptions import UpnpActionError, UpnpActionResponseError, UpnpError
from async_upnp_client.limits import Limits
from tests.support import model
from tests.support.model import SERVICE_ID, SERVICE_TYPE, MemoryRequester, answer, variable

BOTH = pytest.mark.parametrize("non_strict", [False, True], ids=["strict", "non_strict"])
START = f"uuid:1/{SERVICE_ID}"


def built(*answers: HttpResponse, non_strict: bool = True) -> UpnpAction:
    """GetVolume() -> Volume, Mode."""
    volume = variable("Volume", "ui2", value_range={"min": "0", "max": "100"})
    mode = variable("Mode", "string", allowed=["A", "B"])
    action = model.action("Get", [("Volume", "out", volume), ("Mode", "out", mode)], non_strict=non_strict)
    model.device([model.service([volume, mode], [action], requester=MemoryRequester(*answers))])
    return action


def told(thing: Diagnosed) -> list[tuple[str, str]]:
    return [(found.code, found.where.removeprefix(thing.where)) for found in thing.diagnostics]


GOOD = "<Volume>5</Volume><Mode>A</Mode>"
REFUSED = "<errorCode>701</errorCode>"


@BOTH
async def test_a_good_answer_leaves_nothing(non_strict):
    action = built(answer("Get", GOOD), non_strict=non_strict)
    await action.async_call()
    assert (action.diagnostics, action.service.device.all_diagnostics) == ([], [])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("<Volume>101</Volume><Mode>A</Mode>", [("value-out-of-range", "/argument Volume")]),
        ("<Volume>5</Volume><Mode>C</Mode>", [("value-not-listed", "/argument Mode")]),
        ("<Mode>B</Mode>", [("argument-missing", "/argument Volume")]),
    ],
)
@BOTH
@pytest.mark.uda("S-041")
async def test_what_an_answer_lacks_or_exceeds(arguments, expected, non_strict):
    action = built(answer("Get", arguments), non_strict=non_strict)
    await action.async_call()
    assert told(action) == expected
    assert action.where == f"{START}/action Get"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (f"{GOOD}<More>1</More>", [("argument-unknown", "/argument More")]),
        ("<Volume>loud</Volume><Mode>A</Mode>", [("value-unreadable", "/argument Volume")]),
    ],
)
async def test_what_is_an_error_if_strict_is_told_too(arguments, expected):
    strict, tolerant = built(answer("Get", arguments), non_strict=False), built(answer("Get", arguments))
    with pytest.raises(UpnpError):
        await strict.async_call()
    await tolerant.async_call()
    assert told(strict) == told(tolerant) == expected


ENVELOPE = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{}</s:Body></s:Envelope>'


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        # Klipsch PowerGate
        (answer("Get", GOOD, namespace=SERVICE_ID), ["answer-wrong-namespace"]),
        (answer("Got", GOOD), ["answer-wrong-element"]),
        (answer("Get", GOOD, status=201), ["answer-status-odd"]),
        (answer("Get", "<Volume>5</Volume><Mode>A & B</Mode>"), ["answer-repaired", "value-not-listed"]),
        (HttpResponse(200, {}, f"<a><b><GetResponse>{GOOD}</GetResponse></c>"), ["answer-repaired"]),
    ],
)
async def test_an_answer_that_is_not_quite_one(response, expected):
    action = built(response)
    assert (await action.async_call())["Volume"] == 5
    assert [found.code for found in action.diagnostics] == expected


@pytest.mark.parametrize(
    ("fault", "status", "expected"),
    [
        (f"<s:Fault><detail><UPnPError>{REFUSED}</UPnPError></detail></s:Fault>", 500, []),
        (f"<s:Fault><detail><UPnPError>{REFUSED}</UPnPError></detail></s:Fault>", 200, ["fault-status-odd"]),
        (f"<s:Fault><detail><UPnPError>{REFUSED}</UPnPError></detail></s:Fault>", 401, ["fault-status-odd"]),
        # MikroTik
        (f"<s:Fault><faultCode>x</faultCode><detail>{REFUSED}</detail></s:Fault>", 500, ["fault-misspelled"]),
        ("<s:Fault><faultcode>x</faultcode></s:Fault>", 500, ["fault-without-code"]),
        ("<s:Fault><detail><errorCode>x</errorCode></detail></s:Fault>", 500, ["fault-without-code"]),
    ],
)
@BOTH
async def test_a_fault_that_is_not_quite_one(fault, status, expected, non_strict):
    action = built(HttpResponse(status, {}, ENVELOPE.format(fault)), non_strict=non_strict)
    with pytest.raises(UpnpActionError):
        await action.async_call()
    assert [found.code for found in action.diagnostics] == expected


async def test_an_error_status_without_a_fault_is_no_odd_fault():
    action = built(HttpResponse(404, {}, "not here"))
    with pytest.raises(UpnpError, match=r"^http://192\.0\.2\.1:8080/control answered with HTTP status 404"):
        await action.async_call()
    assert action.diagnostics == []


async def test_an_answer_without_an_envelope():
    action = model.action("Stop")
    model.device([model.service([], [action], requester=MemoryRequester(HttpResponse(200, {}, "")))])
    await action.async_call()
    assert told(action) == [("answer-empty", "")]


async def test_the_url_of_a_refused_call_is_kept():
    fault = HttpResponse(500, {}, ENVELOPE.format(f"<s:Fault>{REFUSED}</s:Fault>"))
    with pytest.raises(UpnpActionResponseError) as caught:
        await built(fault).async_call()
    assert caught.value.failed_url == "http://192.0.2.1:8080/control"


async def test_repeated_answers_make_one_record_and_one_line(caplog):
    answers = [answer("Get", f"<Volume>{volume}</Volume><Mode>A</Mode>") for volume in range(200, 210)]
    action = built(*answers)
    with caplog.at_level(logging.DEBUG):
        for _ in answers:
            await action.async_call()
    [found] = action.diagnostics
    assert found.message == "the answer has Volume as 200, outside of its range"
    assert [record.getMessage() for record in caplog.records] == [
        f"{START}/action Get/argument Volume: value-out-of-range: {found.message}"
    ]


async def test_a_device_that_makes_up_names_fills_no_memory():
    arguments = "".join(f"<X{number}>1</X{number}>" for number in range(5000))
    action = built(answer("Get", GOOD + arguments))
    await action.async_call()
    assert len(action.diagnostics) == 100


# Events


def evented(*variables: Any) -> UpnpService:
    service = model.service(variables)
    model.device([service])
    return service


def test_a_good_event_leaves_nothing():
    service = evented(variable("Volume", value_range={"min": "0", "max": "100"}))
    service.notify_changed_state_variables({"Volume": "100"})
    assert service.diagnostics == []


@pytest.mark.parametrize(
    ("text", "code", "value"),
    [
        ("101", "value-out-of-range", 101),
        ("1100335252538", "value-out-of-range", 1100335252538),
        ("RINCON_0,37", "value-unreadable", None),
    ],
)
@pytest.mark.parametrize("strict", [True, False])
def test_an_event_with_a_value_that_is_not_quite_one(text, code, value, strict):
    service = evented(variable("Volume", value_range={"min": "0", "max": "100"}, strict=strict))
    service.notify_changed_state_variables({"Volume": text})
    assert told(service) == [(code, "/variable Volume")]
    assert service.state_variable("Volume").value == value
    assert service.state_variable("Volume").raw_upnp_value == text
    assert text in service.diagnostics[0].message


def test_an_event_for_a_variable_that_is_not_declared():
    service = evented(variable("Volume"))
    service.notify_changed_state_variables({"LastChange\x9b": "x" * 9999, "Volume": "1"})
    [found] = service.diagnostics
    assert (found.code, found.severity) == ("event-variable-undeclared", Severity.INFO)
    assert f"{found.where}{found.message}".isprintable()
    assert len(found.message) <= 401


def test_a_thing_without_a_device_has_a_shorter_place():
    service = model.service([], [model.action("Stop")])
    assert (service.where, service.action("Stop").where) == (SERVICE_ID, f"{SERVICE_ID}/action Stop")
    assert model.action("Play").where == "action Play"
    untyped = model.service(service_id="", service_type=SERVICE_TYPE)
    assert untyped.where == SERVICE_TYPE


def test_users_may_add_their_own():
    service = evented()
    found = Diagnostic("x-my-own", "variable V", Severity.INFO, "as I see it")
    assert service.add_diagnostic(found)
    assert not service.add_diagnostic(found)
    assert service.device.all_diagnostics == service.diagnostics
    assert service.diagnostics[0].where == f"{START}/variable V"


def test_the_list_is_the_callers():
    service = evented()
    service.add_diagnostic(Diagnostic("x", "", Severity.INFO, ""))
    service.diagnostics.clear()
    assert len(service.diagnostics) == 1


def test_how_many_are_kept_is_the_callers_choice():
    action = UpnpAction(model.action("Get").info, [], limits=Limits(diagnostics=2, diagnostic_length=5))
    for number in range(5):
        action.note(Code.ARGUMENT_UNKNOWN, f"argument {number}", "0123456789")
    assert [found.message for found in action.diagnostics] == ["01234…"] * 2
