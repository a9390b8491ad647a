"""What holds for any description: not strict, content raises nothing while there is a device to be read."""

import asyncio
from typing import Any
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from async_upnp_client._diagnostics import Code
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.exceptions import UpnpXmlContentError, UpnpXmlParseError
from async_upnp_client.limits import DEFAULT_LIMITS
from tests.support.descriptions import (
    Action,
    Device,
    Service,
    Variable,
    device_description,
    service_description,
)
from tests.support.replies import ReplyTable

URL = "http://192.0.2.1:49152/dev/description.xml"
HOST = "http://192.0.2.1:49152"

DEVICE = device_description(
    Device(
        icons=[{"mimetype": "image/png", "width": "1", "height": "2", "depth": "3", "url": "/i"}],
        services=[Service(), Service("urn:x:service:Other:1", "urn:x:serviceId:Other", "/other.xml")],
        devices=[Device("urn:x:device:Inner:1", services=[Service()])],
    ),
    url_base=f"{HOST}/",
)
SCPD = service_description(
    [
        Variable("Level", "ui1", "yes", "5", minimum="0", maximum="9", step="1"),
        Variable("Mode", "string", "no", "x", allowed=["x", "y"]),
    ],
    [Action("Set", [("New", "Level")]), Action("Get", [("In", "Mode")], [("Out", "Level")])],
)
PIECES = st.sampled_from(
    [
        *("", "<", ">", "&", "\0", " ", "\n", "x", "9" * 5000, "uuid:", "http://[", "//x"),
        *("http://192.0.2.9/", "</url>", "<x:y/>", "<device>", "<service>", "</service>", "<name/>"),
        *("<action/>", "<argument/>", "xmlns='urn:x'", "<?xml", "<!--", "<![CDATA[", "]]>"),
    ]
)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=9)


@st.composite
def damaged(draw: st.DrawFn, text: str) -> str:
    """Give a text with pieces put in and taken out."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        text = text[:start] + draw(PIECES) + text[start + draw(st.integers(0, 60)) :]
    return text


@st.composite
def rearranged(draw: st.DrawFn, text: str) -> str:
    """Give a text that is XML, with elements removed, renamed, emptied, repeated, or with other texts."""
    root = ET.fromstring(text)
    for _ in range(draw(st.integers(1, 5))):
        parents = [element for element in root.iter() if len(element)]
        parent = draw(st.sampled_from(parents)) if parents else root
        if not len(parent):
            break
        child = parent[draw(st.integers(0, len(parent) - 1))]
        match draw(st.sampled_from(["remove", "rename", "repeat", "empty", "text", "foreign"])):
            case "remove":
                parent.remove(child)
            case "rename":
                child.tag = draw(st.sampled_from([element.tag for element in root.iter()]))
            case "repeat":
                parent.append(child)
            case "empty":
                child.clear()
            case "foreign":
                child.tag = "{urn:x}" + child.tag.rpartition("}")[2]
            case _:
                child.text = draw(PIECES | TEXTS).replace("\0", "")
    return ET.tostring(root, encoding="unicode")


def any_of(text: str) -> st.SearchStrategy[str]:
    return damaged(text) | rearranged(text) | st.text(max_size=40) | st.just(text)


CODES = {code.text: code.severity for code in Code}


def check(device: UpnpDevice) -> None:
    """Check what a device says of itself: complete, bounded, without repetition, and fit for a terminal."""
    found = device.all_diagnostics
    for record in found:
        assert CODES[record.code] is record.severity
        assert f"{record.where}{record.message}".isprintable()
        assert len(record.message) <= DEFAULT_LIMITS.diagnostic_length + 1
    things: list[Any] = [*device.all_devices, *device.all_services]
    things += [action for service in device.all_services for action in service.actions.values()]
    assert len(found) == sum(len(thing.diagnostics) for thing in things)
    for thing in things:
        places = [(record.code, record.where) for record in thing.diagnostics]
        assert len(set(places)) == len(places) <= DEFAULT_LIMITS.diagnostics


def create(device: str, *scpds: str) -> UpnpDevice:
    replies = ReplyTable({("GET", URL): device})
    for path, scpd in zip(("/scpd.xml", "/other.xml"), scpds, strict=True):
        replies.add("GET", f"{HOST}{path}", scpd)
    return asyncio.run(UpnpFactory(replies, non_strict=True).async_create_device(URL))


@given(any_of(DEVICE), any_of(SCPD), any_of(SCPD))
@settings(max_examples=150)
def test_only_a_device_that_cannot_be_read_is_an_error(device, scpd, other):
    try:
        created = create(device, scpd, other)
    except (UpnpXmlParseError, UpnpXmlContentError):
        # never for what the services are described as
        try:
            create(device, SCPD, SCPD)
        except (UpnpXmlParseError, UpnpXmlContentError):
            return
        raise
    check(created)


@given(any_of(SCPD), any_of(SCPD))
@settings(max_examples=150)
def test_a_service_costs_no_more_than_itself(scpd, other):
    created = create(DEVICE, scpd, other)
    assert len(created.all_services) == 3
    check(created)
    if scpd == SCPD:
        assert list(created.all_services[0].actions) == ["Set", "Get"]


@given(rearranged(DEVICE))
@settings(max_examples=150)
def test_a_device_element_that_is_there_makes_a_device(text):
    if ET.fromstring(text).find("{urn:schemas-upnp-org:device-1-0}device") is None:
        return
    check(create(text, SCPD, SCPD))
