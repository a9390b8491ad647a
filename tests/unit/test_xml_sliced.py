"""Documents read in slices: the same trees and the same errors as read at once."""

import contextlib
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._slices import finished
from async_upnp_client._xml import DisableXmlNamespaces, parse_xml
from async_upnp_client._xml_sliced import SLICE_LENGTH, parse_xml_sliced
from async_upnp_client.exceptions import UpnpXmlContentError, UpnpXmlParseError
from async_upnp_client.limits import MIB, Limits
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


@pytest.mark.parametrize(
    ("start", "repeated", "end", "steps"),
    [
        ("<a>", "b &amp; c & d ", "</a>", 100),
        ("<a>", "b &lt; < d ", "</a>", 100),
        ("<a>", "b\0c", "</a>", 80),
        ("<a>", "<![CDATA[ & ]]>", "&</a>", 100),
        ("<a>", " b:c=d", "<e:f/></a>", 50),
        ("<a>", "\n\r", "</a>b", 150),
        ("<a>", "<?xml b?>", "</a>", 50),
        ("<a>", "b", "</a>&#1;", 50),
        ("<!DOCTYPE a><a>", "<b/>cccccccc", "</a>", 30),
    ],
)
def test_no_step_takes_long_whatever_is_to_be_mended(start, repeated, end, steps):
    limits = Limits(xml_elements=1_000_000)
    text = start + repeated * (4 * MIB // len(repeated)) + end
    work = parse_xml_sliced(text, limits=limits)
    taken = 0
    with contextlib.suppress(StopIteration, UpnpXmlParseError):
        while True:
            next(work)
            taken += 1
    assert taken > steps


def test_strictly_nothing_is_mended():
    with pytest.raises(UpnpXmlParseError):
        finished(parse_xml_sliced("<a>&</a>", strict=True))
    assert finished(parse_xml_sliced("<a>&amp;</a>", strict=True)).text == "&"


def test_namespaces_are_left_out_where_the_context_says_so():
    with DisableXmlNamespaces():
        assert finished(parse_xml_sliced("<a:b xmlns:a='c'/>", strict=True)).tag == "a:b"


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


@given(st.text() | st.lists(PIECES).map("".join))
def test_any_text_is_read_as_at_once(text):
    try:
        expected = ET.tostring(parse_xml(text, strict=False))
    except (UpnpXmlParseError, UpnpXmlContentError) as err:
        with pytest.raises(type(err)):
            sliced(text)
    else:
        assert ET.tostring(sliced(text)[0]) == expected
