from xml.etree import ElementTree as ET

import pytest

from async_upnp_client._protocol.description import DeviceDocument, parse_device_document
from async_upnp_client._protocol.description_writer import build_device_document, build_service_document
from async_upnp_client._protocol.service_description import parse_service_document
from async_upnp_client.const import (
    STATE_VARIABLE_TYPE_MAPPING,
    ActionArgumentInfo,
    ActionInfo,
    DeviceIcon,
    DeviceInfo,
    ServiceInfo,
    StateVariableInfo,
    StateVariableTypeInfo,
)

XML = ET.Element("made")
URL = "http://192.168.1.10:8000/d.xml"
SERVICE = ServiceInfo(
    "urn:upnp-org:serviceId:A", "urn:schemas-upnp-org:service:A:1", "/c", "/e", "/s.xml", XML
)
QUIET = SERVICE._replace(service_id="urn:upnp-org:serviceId:B", event_sub_url="", control_url="/c2")


def info(udn: str = "uuid:1", **more: object) -> DeviceInfo:
    base = DeviceInfo(
        "urn:schemas-upnp-org:device:D:1",
        "F & f",
        "M",
        None,
        None,
        "N",
        None,
        None,
        None,
        udn,
        None,
        None,
        URL,
        [],
        XML,
    )
    return base._replace(**more)  # type: ignore[arg-type]  # fields by name


def document(
    device: DeviceInfo, *parts: DeviceDocument, services: tuple[ServiceInfo, ...] = ()
) -> DeviceDocument:
    return DeviceDocument(device, services, parts, URL)


FULL = info(
    manufacturer_url="http://m/",
    model_description="D",
    model_number="1",
    model_url="http://n/",
    serial_number="2",
    upc="123456789012",
    presentation_url="/p",
    icons=[DeviceIcon("image/png", 48, 48, 24, "/i.png")],
)


@pytest.mark.uda("S-007", "S-011", "S-012", "S-018", "S-019", "S-020", "S-022", "S-024", "S-028")
def test_a_device_is_read_back_without_a_fault() -> None:
    inner = document(info("uuid:2"), document(info("uuid:3"), services=(QUIET,)))
    text = build_device_document(document(FULL, inner, services=(SERVICE,)), config_id=7)
    found = parse_device_document(text, URL, strict=True)
    assert found.diagnostics == ()
    icons = [icon._replace(url="http://192.168.1.10:8000/i.png") for icon in FULL.icons]
    assert found.info._replace(xml=XML) == FULL._replace(icons=icons)
    assert [service._replace(xml=XML) for service in found.services] == [SERVICE]
    assert found.embedded[0].embedded[0].info.udn == "uuid:3"
    assert [service._replace(xml=XML) for service in found.embedded[0].embedded[0].services] == [QUIET]
    assert text.startswith(
        '<?xml version="1.0" encoding="utf-8"?>\n<root xmlns="urn:schemas-upnp-org:device-1-0" configId="7">'
    )
    assert "<specVersion><major>2</major><minor>0</minor></specVersion>" in text


@pytest.mark.uda("S-013", "S-019", "S-023")
def test_what_is_empty_is_left_out() -> None:
    text = build_device_document(document(info()), spec_version=(1, 0))
    root = ET.fromstring(text)
    assert "configId" not in root.attrib
    device = root[1]
    assert [child.tag.partition("}")[2] for child in device] == [
        "deviceType",
        "friendlyName",
        "manufacturer",
        "modelName",
        "UDN",
    ]
    assert "<major>1</major>" in text


@pytest.mark.uda("S-026")
def test_a_service_without_events_has_an_empty_url() -> None:
    assert "<eventSubURL />" in build_device_document(document(info(), services=(QUIET,)))


def variable(
    name: str, data_type: str = "string", *, events: bool = False, **more: object
) -> StateVariableInfo:
    fields = {"default_value": None, "allowed_value_range": {}, "allowed_values": None} | more
    type_info = StateVariableTypeInfo(
        data_type=data_type,
        data_type_mapping=STATE_VARIABLE_TYPE_MAPPING[data_type],
        xml=XML,
        **fields,  # type: ignore[arg-type]  # fields by name
    )
    return StateVariableInfo(name, events, type_info, XML)


@pytest.mark.uda("S-030", "S-033", "S-034", "S-036", "S-040", "S-042")
def test_a_service_is_read_back_without_a_fault() -> None:
    variables = [
        variable("A", allowed_values=["x", "y & z"], default_value="x", events=True),
        variable("B", "ui2", allowed_value_range={"min": "0", "max": "9", "step": "3"}, default_value="3"),
        variable("C", "ui2", allowed_value_range={"min": "0", "max": "9"}),
        variable("D", "boolean", default_value="1"),
        variable("E", "ui2", allowed_value_range={"min": "0", "max": None}),
    ]
    arguments = [ActionArgumentInfo("Out", "out", "A", XML), ActionArgumentInfo("In", "in", "B", XML)]
    actions = [ActionInfo("Do", arguments, XML), ActionInfo("Nothing", [], XML)]
    text = build_service_document(variables, actions, config_id=7)
    found = parse_service_document(text, strict=True)
    assert found.diagnostics == ()
    assert [(one.name, one.send_events) for one in found.state_variables] == [
        ("A", True),
        ("B", False),
        ("C", False),
        ("D", False),
        ("E", False),
    ]
    assert found.state_variables[0].type_info.allowed_values == ["x", "y & z"]
    assert found.state_variables[1].type_info.allowed_value_range == {"min": "0", "max": "9", "step": "3"}
    assert found.state_variables[2].type_info.allowed_value_range == {"min": "0", "max": "9", "step": None}
    assert [one.type_info.default_value for one in found.state_variables] == ["x", "3", None, "1", None]
    assert [(one.name, one.direction) for one in found.actions[0].arguments] == [("In", "in"), ("Out", "out")]
    assert found.actions[1].arguments == []
    assert "retval" not in text
    assert text.count("sendEvents=") == 5
    assert text.count("<allowedValueRange>") == 2, "a range has both ends"


@pytest.mark.uda("S-030")
def test_without_actions_there_is_no_list() -> None:
    assert "actionList" not in build_service_document([variable("A")], [])


@pytest.mark.uda("S-040")
def test_a_list_of_values_is_for_texts_alone() -> None:
    numbers, texts = variable("N", "ui2", allowed_values=["1", "2"]), variable("T", allowed_values=["a"])
    written = build_service_document([numbers, texts], [])
    assert written.count("<allowedValueList>") == 1
    assert "<allowedValue>a</allowedValue>" in written


def test_what_xml_cannot_carry_is_left_out() -> None:
    written = build_device_document(document(info(friendly_name="a\x00b\x1f<")))
    assert "<friendlyName>ab&lt;</friendlyName>" in written
