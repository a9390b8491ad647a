"""`call-action`: from the texts of a command line to values, and back to a result."""

from datetime import datetime
from decimal import Decimal

import pytest

from async_upnp_client.cli.control import async_call, find_action, read_values, split_arguments, split_call
from async_upnp_client.cli.exit_codes import CommandError, ExitCode
from async_upnp_client.client_factory import UpnpFactory
from tests.support.descriptions import (
    DEVICE_URL,
    Action,
    Device,
    Service,
    Variable,
    device_description,
    service_description,
)
from tests.support.replies import ReplyTable, xml_reply

VARIABLES = [
    Variable("Small", "ui1", minimum="1", maximum="9"),
    Variable("Signed", "i1"),
    Variable("Wide", "ui4"),
    Variable("Switch", "boolean"),
    Variable("Real", "r8"),
    Variable("Money", "fixed.14.4"),
    Variable("When", "dateTime"),
    Variable("Channel", "string", allowed=["Master", "LF"]),
    Variable("Text", "string"),
]


async def device_of(*, strict=False, reply=None):
    actions = [Action(f"Set{variable.name}", [("Value", variable.name)]) for variable in VARIABLES]
    actions += [
        Action("Swap", [("A", "Text"), ("B", "Wide")], [("A", "Text"), ("Number", "Wide"), ("When", "When")]),
        Action("Nothing"),
    ]
    requester = ReplyTable(
        {
            ("GET", DEVICE_URL): device_description(Device(services=[Service(scpd_url="/s.xml")])),
            ("GET", "http://192.0.2.1:80/s.xml"): service_description(VARIABLES, actions),
        }
    )
    if reply is not None:
        requester.add("POST", "http://192.0.2.1:80/control", reply)
    return await UpnpFactory(requester, non_strict=not strict).async_create_device(DEVICE_URL)


async def service_of(*, strict=False):
    return (await device_of(strict=strict)).all_services[0]


def soap(body):
    envelope = "http://schemas.xmlsoap.org/soap/envelope/"
    return f'<s:Envelope xmlns:s="{envelope}"><s:Body>{body}</s:Body></s:Envelope>'


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("RC/SetVolume", ("RC", "SetVolume")),
        ("urn:x:serviceId:a/b/Set", ("urn:x:serviceId:a/b", "Set")),
        ("//Set", ("/", "Set")),
    ],
)
def test_the_last_slash_divides_service_and_action(text, parts):
    assert split_call(text) == parts


@pytest.mark.parametrize("text", ["", "SetVolume", "/SetVolume", "RC/", "/"])
def test_what_names_no_action_is_refused(text):
    with pytest.raises(CommandError, match="SERVICE/ACTION") as error:
        split_call(text)
    assert error.value.exit_code is ExitCode.MISMATCH


def test_the_first_equals_sign_divides_name_and_value():
    assert split_arguments(["A=1", "B=", "C=a=b"]) == {"A": "1", "B": "", "C": "a=b"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["A"], "argument 'A' is not of the form NAME=VALUE"),
        (["=1"], "argument '=1' is not of the form NAME=VALUE"),
        (["A=1", "A=2"], "argument A is given twice"),
    ],
)
def test_arguments_of_another_form_are_refused(arguments, said):
    with pytest.raises(CommandError) as error:
        split_arguments(arguments)
    assert str(error.value) == said


@pytest.mark.parametrize(
    ("action", "text", "value"),
    [
        ("SetSmall", "9", 9),
        ("SetSigned", "-128", -128),
        ("SetWide", "4294967295", 2**32 - 1),
        ("SetSwitch", "1", True),
        ("SetSwitch", "no", False),
        ("SetReal", "-0.5", -0.5),
        ("SetMoney", "1.25", Decimal("1.25")),
        ("SetWhen", "2026-01-02T03:04:05", datetime(2026, 1, 2, 3, 4, 5)),
        ("SetChannel", "LF", "LF"),
        ("SetChannel", "B", "B"),  # devices take more than they declare, save with --strict
        ("SetSmall", "0", 0),
        ("SetText", "", ""),
        ("SetText", "a=b é", "a=b é"),
    ],
)
async def test_texts_become_values_of_the_declared_type(action, text, value):
    read = read_values((await service_of()).action(action), {"Value": text})
    assert read == {"Value": value}
    assert type(read["Value"]) is type(value)


@pytest.mark.parametrize(
    ("action", "text", "takes"),
    [
        ("SetSmall", "x", "ui1 from 1 to 9"),
        ("SetSmall", "", "ui1 from 1 to 9"),
        ("SetSmall", "256", "ui1 from 1 to 9"),
        ("SetSigned", "-129", "i1 from -128 to 127"),
        ("SetWide", "-3000", "ui4 from 0 to 4294967295"),
        ("SetWide", "4294967296", "ui4 from 0 to 4294967295"),
        ("SetSwitch", "maybe", "boolean"),
        ("SetReal", "one", "r8"),
        ("SetReal", "nan", "r8"),
        ("SetWhen", "yesterday", "dateTime"),
    ],
)
async def test_a_value_that_does_not_fit_its_type_is_a_sentence(action, text, takes):
    with pytest.raises(CommandError) as error:
        read_values((await service_of()).action(action), {"Value": text})
    assert str(error.value) == f"argument Value: {text!r} does not fit, it takes {takes}"
    assert error.value.exit_code is ExitCode.MISMATCH


@pytest.mark.parametrize(
    ("action", "text", "takes"),
    [("SetChannel", "B", "string, one of: LF, Master"), ("SetSmall", "0", "ui1 from 1 to 9")],
)
async def test_strict_holds_to_what_the_device_declares(action, text, takes):
    with pytest.raises(CommandError, match=f"{text!r} does not fit, it takes {takes}"):
        read_values((await service_of(strict=True)).action(action), {"Value": text})


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"A": "x"}, "Swap needs a value for: B"),
        ({}, "Swap needs a value for: A, B"),
        ({"A": "x", "B": "1", "C": "2"}, "Swap has no argument 'C'; its arguments are: A, B"),
        ({"a": "x", "B": "1"}, "Swap has no argument 'a'; its arguments are: A, B"),
        ({"Number": "1"}, "Swap has no argument 'Number'; its arguments are: A, B"),
    ],
)
async def test_arguments_are_exactly_the_actions(texts, said):
    with pytest.raises(CommandError) as error:
        read_values((await service_of()).action("Swap"), texts)
    assert str(error.value) == said
    assert error.value.exit_code is ExitCode.MISMATCH


async def test_an_action_without_arguments_takes_none():
    action = (await service_of()).action("Nothing")
    assert read_values(action, {}) == {}
    with pytest.raises(CommandError, match="Nothing has no argument 'A'; its arguments are: none"):
        read_values(action, {"A": "1"})


async def test_an_unknown_action_gives_those_that_are_known():
    service = await service_of()
    with pytest.raises(CommandError) as error:
        find_action(service, "swap", "Test")
    known = ", ".join(sorted(service.actions))
    assert known.startswith("Nothing, SetChannel")
    assert str(error.value) == f"Test has no action 'swap'; its actions are: {known}"
    assert error.value.exit_code is ExitCode.MISMATCH


async def test_a_result_has_the_keys_of_the_former_release_and_values():
    body = (
        '<u:SwapResponse xmlns:u="urn:schemas-upnp-org:service:Test:1">'
        "<A>x</A><Number>7</Number><When>2026-01-02</When></u:SwapResponse>"
    )
    record = await async_call(await device_of(reply=soap(body)), "Test", "Swap", {"A": "a", "B": "1"})
    assert list(record) == ["service_id", "service_type", "action", "in_parameters", "out_parameters"]
    assert record["service_id"] == "urn:upnp-org:serviceId:Test"
    assert record["service_type"] == "urn:schemas-upnp-org:service:Test:1"
    assert record["action"] == "Swap"
    assert record["in_parameters"] == {"A": "a", "B": 1}
    assert record["out_parameters"]["A"] == "x"
    assert record["out_parameters"]["Number"] == 7


async def test_what_comes_out_and_is_no_value_of_its_type_is_shown_as_text():
    body = (
        '<u:SwapResponse xmlns:u="urn:schemas-upnp-org:service:Test:1">'
        "<Number>NOT_IMPLEMENTED</Number><Undeclared>x</Undeclared></u:SwapResponse>"
    )
    record = await async_call(await device_of(reply=soap(body)), "Test", "Swap", {"A": "", "B": "1"})
    assert record["out_parameters"] == {"Number": "NOT_IMPLEMENTED", "Undeclared": "x"}


async def test_an_action_that_is_refused_is_a_sentence():
    fault = (
        "<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail>"
        '<UPnPError xmlns="urn:schemas-upnp-org:control-1-0"><errorCode>701</errorCode>'
        "<errorDescription>Not now</errorDescription></UPnPError></detail></s:Fault>"
    )
    device = await device_of(reply=xml_reply(soap(fault), 500))
    with pytest.raises(CommandError) as error:
        await async_call(device, "Test", "Nothing", {})
    assert str(error.value) == "Test/Nothing: refused with UPnP error 701: Not now"
    assert error.value.exit_code is ExitCode.REFUSED
