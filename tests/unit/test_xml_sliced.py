"""Documents read in slices: the same trees and the same errors as read at once."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._xml import parse_xml
from async_upnp_client._xml_sliced import SLICE_LENGTH, finished, parse_xml_sliced
from async_upnp_client.exceptions import UpnpXmlContentError, UpnpXmlParseError
from async_upnp_client.limits import Limits
from tests.unit.test_xml_properties import PIECES

LONG = "<a>" + "<b c='d'>é &amp; f</b>\n" * 20_000 + "</a>"


def sliced(text: str, limits: Limits | None = None) -> tuple[ET.Element, list[str], int]:
    """Return the root, what was said to be mended, and in how many steps."""
    repaired: list[UpnpXmlParseError] = []
    work = parse_xml_sliced(text, limits=limits or Limits(), repaired=repaired.append)
    steps = 0
    while True:
        try:
            next(work)
        except StopIteration as done:
            return done.value, [str(error) for error in repaired], steps
        steps += 1


def test_a_long_document_is_read_in_slices():
    root, repaired, steps = sliced(LONG)
    assert ET.tostring(root) == ET.tostring(parse_xml(LONG))
    assert steps > len(LONG) // SLICE_LENGTH
    assert not repaired


def test_a_long_document_is_mended():
    text = LONG.replace("&amp;", "&")
    root, repaired, _ = sliced(text)
    assert ET.tostring(root) == ET.tostring(parse_xml(text, strict=False))
    assert len(repaired) == 1


def test_the_first_error_is_told():
    with pytest.raises(UpnpXmlParseError) as raised:
        sliced("<a>&x;<b></a>")
    with pytest.raises(UpnpXmlParseError) as expected:
        parse_xml("<a>&x;<b></a>", strict=False)
    assert str(raised.value) == str(expected.value)


def test_too_many_elements_and_levels_are_refused():
    with pytest.raises(UpnpXmlContentError):
        sliced(LONG, Limits(xml_elements=1000))
    with pytest.raises(UpnpXmlContentError):
        sliced("<a>" * 200 + "</a>" * 200)


def test_entities_are_refused():
    with pytest.raises(UpnpXmlContentError):
        sliced('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')


def test_work_is_finished_at_once():
    assert finished(parse_xml_sliced("<a/>", repaired=lambda _error: None)).tag == "a"


@given(st.text() | st.lists(PIECES).map("".join))
def test_any_text_is_read_as_at_once(text):
    try:
        expected = ET.tostring(parse_xml(text, strict=False))
    except (UpnpXmlParseError, UpnpXmlContentError) as err:
        with pytest.raises(type(err)):
            sliced(text)
    else:
        assert ET.tostring(sliced(text)[0]) == expected
