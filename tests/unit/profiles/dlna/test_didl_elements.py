"""The elements of what was read: found again when they are asked for, and carried by copies."""

import copy
import pickle
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from didl_lite import didl_lite

from async_upnp_client.profiles.dlna.didl import read_didl
from async_upnp_client.profiles.dlna.didl_elements import READ, Source
from tests.unit.profiles.dlna.test_didl import ITEM, didl, known

FOLDER = (
    '<container id="1" parentID="0" restricted="1"><dc:title>F</dc:title>'
    "<upnp:class>object.container.storageFolder</upnp:class>"
    + ITEM.format('<desc id="a" nameSpace="b"><v:c/></desc><res>http://1.2.3.4/a</res>')
    + "</container>"
)
TEXT = didl(ITEM.format("<res>http://1.2.3.4/b</res>") + FOLDER)


def read(text: str) -> list[Any]:
    """Return the objects."""
    return list(read_didl(text))


def test_elements_are_found():
    track, folder = read(TEXT)
    (inner,) = folder
    for thing in (track, folder, inner):
        assert thing.xml_el is thing.xml_el
        assert thing.xml_el.get("id") == thing.id
    assert track.res[0].xml_el is track.xml_el[2]
    assert inner.xml_el is folder.xml_el[2]
    assert inner.descriptors[0].xml_el[0].tag == "{urn:vendor}c"
    assert inner.res[0].xml_el.text == inner.res[0].uri


def test_elements_of_what_was_mended_are_found():
    track, _ = read(TEXT.replace(">T<", ">A & B<"))
    assert track.xml_el[0].text == track.title == "A & B"


def test_another_element_takes_the_place():
    track, _ = read(TEXT)
    element = ET.Element("a")
    track.xml_el = element
    track.res[0].xml_el = None
    assert (track.xml_el, track.res[0].xml_el) == (element, None)


@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, lambda thing: pickle.loads(pickle.dumps(thing))]
)
def test_copies_are_of_the_library(duplicate):
    for thing in read_didl(TEXT):
        made = duplicate(thing)
        assert type(made).__module__ == didl_lite.__name__
        assert known(made) == known(thing)


def test_classes_stand_for_those_of_the_library():
    for kind, made in READ.items():
        assert issubclass(made, kind)
        assert (made.__name__, made.__doc__) == (kind.__name__, kind.__doc__)
    assert didl_lite.type_by_upnp_class("object.item") is didl_lite.Item
    assert repr(read_didl(TEXT)[0]).startswith("MusicTrack(")


def test_a_source_of_what_was_found():
    root = ET.fromstring("<a><b/></a>")
    assert Source("", [root]).find([0, 0]) is root[0]
