"""The words of UPnP: what 0.49.0 had is there, with its fields and values."""

import dataclasses
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from async_upnp_client._datatypes import DATA_TYPES, require_tzinfo
from async_upnp_client.const import (
    MIME_TO_UPNP_CLASS_MAPPING,
    NS,
    STATE_VARIABLE_TYPE_MAPPING,
    UDA_ACTION_RESPONSE_TIMEOUT,
    DeviceIcon,
    DeviceInfo,
    EventableStateVariableTypeInfo,
    HttpRequest,
    HttpResponse,
    NotificationSubType,
    ServiceInfo,
    SsdpSource,
    StateVariableInfo,
    StateVariableTypeInfo,
)

XML = ET.Element("x")


def test_the_mapping_has_each_type_in_order():
    assert list(STATE_VARIABLE_TYPE_MAPPING) == list(DATA_TYPES)


@pytest.mark.parametrize("name", DATA_TYPES)
def test_a_mapping_reads_and_writes_as_its_type_does(name: str):
    mapping, data_type = STATE_VARIABLE_TYPE_MAPPING[name], DATA_TYPES[name]
    assert mapping["type"] is data_type.python_types[0]
    assert mapping["in"] is data_type.decode
    assert mapping["out"] is data_type.encode
    expected = {"validator": require_tzinfo} if name.endswith(".tz") else {}
    assert {key: mapping[key] for key in mapping if key not in {"type", "in", "out"}} == expected


@pytest.mark.parametrize(
    ("name", "python_type"),
    [("ui4", int), ("float", float), ("string", str), ("boolean", bool), ("bin.hex", str), ("uuid", str)],
)
def test_python_type_of_a_mapping(name: str, python_type: type):
    assert STATE_VARIABLE_TYPE_MAPPING[name]["type"] is python_type


def test_upnp_class_of_a_mime_type_is_looked_for_in_this_order():
    assert list(MIME_TO_UPNP_CLASS_MAPPING) == [
        "audio",
        "video",
        "image",
        "application/dash+xml",
        "application/x-mpegurl",
        "application/vnd.apple.mpegurl",
    ]
    assert set(list(MIME_TO_UPNP_CLASS_MAPPING.values())[3:]) == {"object.item.videoItem"}


def test_namespaces():
    assert sorted(NS) == ["control", "device", "event", "service", "soap_envelope"]
    assert UDA_ACTION_RESPONSE_TIMEOUT == 30


def test_a_request_has_no_timeout_of_its_own_unless_told():
    request = HttpRequest("GET", "http://192.0.2.1/", {}, None)
    assert (request.timeout, request.repeatable) == (None, None)
    assert request == HttpRequest(method="GET", url="http://192.0.2.1/", headers={}, body=None)
    assert request != HttpRequest("GET", "http://192.0.2.1/", {}, None, 5.0)
    assert HttpRequest("POST", "", {}, "", 5.0).timeout == 5.0


@pytest.mark.parametrize(
    "record",
    [
        HttpRequest("GET", "", {}, None),
        HttpResponse(200, {}, ""),
        StateVariableTypeInfo("ui4", {}, None, {}, None, XML),
        EventableStateVariableTypeInfo("ui4", {}, None, {}, None, XML, 0.2),
        StateVariableInfo("x", True, StateVariableTypeInfo("ui4", {}, None, {}, None, XML), XML),
    ],
)
def test_a_record_cannot_be_changed(record: Any):
    name = dataclasses.fields(record)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(record, name, None)
    assert dataclasses.replace(record) == record


def test_an_eventable_type_is_a_type():
    info = EventableStateVariableTypeInfo("ui4", {}, None, {}, None, XML, max_rate=0.2)
    assert isinstance(info, StateVariableTypeInfo)
    assert info.max_rate == 0.2


def test_named_tuples_are_replaced_in_part():
    icon = DeviceIcon("image/png", 48, 48, 24, "/icon.png")
    assert icon._replace(url="http://192.0.2.1/icon.png").url == "http://192.0.2.1/icon.png"
    assert DeviceInfo._fields[-3:] == ("url", "icons", "xml")
    assert ServiceInfo._fields == (
        "service_id",
        "service_type",
        "control_url",
        "event_sub_url",
        "scpd_url",
        "xml",
    )


@pytest.mark.parametrize(
    ("member", "text"),
    [
        (NotificationSubType.SSDP_ALIVE, "ssdp:alive"),
        (NotificationSubType.SSDP_BYEBYE, "ssdp:byebye"),
        (NotificationSubType.SSDP_UPDATE, "ssdp:update"),
        (SsdpSource.SEARCH, "search"),
        (SsdpSource.ADVERTISEMENT, "advertisement"),
        (SsdpSource.SEARCH_ALIVE, "search_alive"),
        (SsdpSource.SEARCH_CHANGED, "search_changed"),
        (SsdpSource.ADVERTISEMENT_ALIVE, "advertisement_alive"),
        (SsdpSource.ADVERTISEMENT_BYEBYE, "advertisement_byebye"),
        (SsdpSource.ADVERTISEMENT_UPDATE, "advertisement_update"),
    ],
)
def test_enumerations_are_text_but_are_not_shown_as_it(member: NotificationSubType | SsdpSource, text: str):
    assert member == text
    assert type(member)(text) is member
    assert str(member) == f"{type(member).__name__}.{member.name}"
