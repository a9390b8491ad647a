"""Objects made of elements, wherever the elements come from."""

from xml.etree import ElementTree as ET

import pytest
from didl_lite import didl_lite

from async_upnp_client._diagnostics import Code
from async_upnp_client.profiles.dlna.didl_elements import Source
from async_upnp_client.profiles.dlna.didl_reader import Reader
from tests.unit.profiles.dlna.test_didl import ITEM, didl


def read(text: str) -> Reader:
    """Return a reader that has read a document."""
    reader = Reader()
    elements = list(reader.top(ET.fromstring(text)))
    source = Source("", elements)
    for number, element in enumerate(elements):
        reader.read(element, (source, number))
    return reader


def test_objects_and_descriptors_are_kept_apart():
    reader = read(didl('<desc id="a" nameSpace="b"/><v:x/>' + ITEM.format("")))
    assert [thing.id for thing in reader.found] == ["1"]
    assert [thing.id for thing in reader.descriptors] == ["a"]
    assert reader.wrong == {}


def test_what_is_wrong_is_told_once():
    reader = read(didl("<item/><item/>"))
    assert set(reader.wrong) == {Code.DIDL_CLASS_MISSING, Code.DIDL_PROPERTY_MISSING}


@pytest.mark.parametrize(
    ("text", "is_regular"),
    [(didl(""), True), ("<DIDL-Lite/>", True), ("<Result/>", False), ("<item/>", False)],
)
def test_the_root(text, is_regular):
    assert Reader().is_regular(ET.fromstring(text)) is is_regular


def test_a_root_within():
    reader = read(f"<Result><x>{didl(ITEM.format(''))}</x></Result>")
    assert [type(thing).__name__ for thing in reader.found] == [didl_lite.MusicTrack.__name__]
    assert set(reader.wrong) == {Code.DIDL_WRONG_ROOT}
