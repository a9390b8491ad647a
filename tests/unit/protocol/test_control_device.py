import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._protocol.control import (
    Fault,
    Reply,
    build_call,
    call_headers,
    parse_fault,
    parse_reply,
)
from async_upnp_client._protocol.control_device import (
    Call,
    NotUnderstoodError,
    build_fault,
    build_not_understood,
    build_response,
    parse_call,
    parse_soap_action,
)
from async_upnp_client.exceptions import UpnpContentError, UpnpXmlContentError, UpnpXmlParseError
from async_upnp_client.limits import Limits

TYPE = "urn:schemas-upnp-org:service:RenderingControl:1"
ACTION = f'"{TYPE}#GetVolume"'
SOAP = 'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'


def envelope(body: str, header: str = "") -> str:
    return f"<s:Envelope {SOAP}>{header}<s:Body>{body}</s:Body></s:Envelope>"


@pytest.mark.uda("C-004")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ACTION, (TYPE, "GetVolume")),
        (ACTION.strip('"'), (TYPE, "GetVolume")),
        (f"  {ACTION} ", (TYPE, "GetVolume")),
        (None, None),
        ("", None),
        ("GetVolume", None),
        ("#GetVolume", None),
        (f"{TYPE}#", None),
        (f"{TYPE}#Get#Volume", None),
    ],
)
def test_soap_action(text: str | None, expected: tuple[str, str] | None) -> None:
    assert parse_soap_action(text) == expected


@pytest.mark.uda("C-005", "C-006", "C-007")
@pytest.mark.parametrize(
    "body",
    [
        f'<u:GetVolume xmlns:u="{TYPE}"><InstanceID>0</InstanceID><Channel/></u:GetVolume>',
        f'<GetVolume xmlns="{TYPE}"><InstanceID>0</InstanceID><Channel></Channel></GetVolume>',
        f'<x:GetVolume xmlns:x="{TYPE}"><x:InstanceID>0</x:InstanceID><x:Channel/></x:GetVolume>',
        "<GetVolume><InstanceID>0</InstanceID><Channel/></GetVolume>",
    ],
)
def test_a_call_is_read_whatever_its_prefixes(body: str) -> None:
    assert parse_call(ACTION, envelope(body)) == Call(
        TYPE, "GetVolume", (("InstanceID", "0"), ("Channel", ""))
    )


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.text(st.characters(codec="ascii", min_codepoint=32)))))
def test_what_our_control_point_writes_is_read(arguments: list[tuple[str, str]]) -> None:
    headers = call_headers("http://192.168.1.10/c", TYPE, "Do")
    assert parse_call(headers["SOAPACTION"], build_call(TYPE, "Do", arguments)) == Call(
        TYPE, "Do", tuple(arguments)
    )


@pytest.mark.parametrize(
    ("soap_action", "body", "error"),
    [
        (None, envelope("<GetVolume/>"), UpnpXmlContentError),
        (ACTION, "<s:Envelope", UpnpXmlParseError),
        (ACTION, "<html/>", UpnpXmlContentError),
        (ACTION, f"<s:Envelope {SOAP}/>", UpnpXmlContentError),
        (ACTION, envelope(""), UpnpXmlContentError),
        (ACTION, envelope("<SetVolume/>"), UpnpXmlContentError),
        (ACTION, '<!DOCTYPE a [<!ENTITY b "c">]>' + envelope("<GetVolume/>"), UpnpXmlContentError),
    ],
)
def test_what_is_no_call(soap_action: str | None, body: str, error: type[UpnpContentError]) -> None:
    with pytest.raises(error):
        parse_call(soap_action, body)


@pytest.mark.uda("C-012")
def test_soap_headers_are_ignored_unless_they_must_be_understood() -> None:
    call = f'<u:GetVolume xmlns:u="{TYPE}"/>'
    header = '<s:Header><t:a xmlns:t="urn:t" s:mustUnderstand="{}"/></s:Header>'
    assert parse_call(ACTION, envelope(call, header.format("0"))).arguments == ()
    with pytest.raises(NotUnderstoodError):
        parse_call(ACTION, envelope(call, header.format("1")))
    assert "<faultcode>s:MustUnderstand</faultcode>" in build_not_understood()


def test_a_call_that_is_remembered_is_refused_where_limits_are_narrower() -> None:
    text = envelope(f'<u:GetVolume xmlns:u="{TYPE}"><a><b><c/></b></a>{" " * 50}</u:GetVolume>')
    assert parse_call(ACTION, text) == parse_call(ACTION, text)
    with pytest.raises(UpnpXmlContentError):
        parse_call(ACTION, text, Limits(xml_depth=4))


@given(st.text())
def test_anything_is_read_or_refused(text: str) -> None:
    try:
        parse_call(ACTION, text)
    except UpnpContentError:
        return


@pytest.mark.uda("C-015", "C-005")
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))))
def test_an_answer_is_read_by_our_control_point(text: str) -> None:
    found = parse_reply(
        build_response(TYPE, "GetVolume", [("A", text), ("B", "")]), TYPE, "GetVolume", strict=True
    )
    assert isinstance(found, Reply)
    kept = "".join(c for c in text if c not in "\ufffe\uffff")
    assert found.arguments == (("A", kept), ("B", ""))


@pytest.mark.uda("C-019")
@pytest.mark.parametrize("description", ["Transition not available", "a < b & c", ""])
def test_a_fault_is_read_by_our_control_point(description: str) -> None:
    assert parse_fault(build_fault(701, description)) == Fault(701, description, "UPnPError")


@pytest.mark.uda("C-019")
def test_a_long_description_is_cut() -> None:
    fault = parse_fault(build_fault(501, "x" * 1000))
    assert fault is not None
    assert len(fault.description or "") == 255
