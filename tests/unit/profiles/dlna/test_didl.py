"""DIDL-Lite as it should be, which gives what python-didl-lite gives, and as devices send it."""

import copy
from collections.abc import Generator
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from didl_lite import didl_lite

from async_upnp_client._xml import escape
from async_upnp_client.exceptions import UpnpXmlContentError, UpnpXmlParseError
from async_upnp_client.limits import Limits
from async_upnp_client.profiles.dlna.didl import (
    OBJECTS_PER_SLICE,
    parse_didl,
    read_didl,
    read_didl_sliced,
)
from async_upnp_client.profiles.dlna.didl_reader import Didl

HEAD = (
    '<DIDL-Lite xmlns="urn:schemas-upnp-org:metadata-1-0/DIDL-Lite/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:upnp="urn:schemas-upnp-org:metadata-1-0/upnp/"'
    ' xmlns:dlna="urn:schemas-dlna-org:metadata-1-0/" xmlns:sec="http://www.sec.co.kr/"'
    ' xmlns:v="urn:vendor">'
)
TITLE = "<dc:title>T</dc:title>"
CLASS = "<upnp:class>object.item.audioItem.musicTrack</upnp:class>"
ITEM = f'<item id="1" parentID="0" restricted="1">{TITLE}{CLASS}{{}}</item>'


def didl(content: str, head: str = HEAD) -> str:
    """Return a document."""
    return f"{head}{content}</DIDL-Lite>"


def known(thing: Any) -> Any:
    """Return all that is known of an object, and what it is."""
    if isinstance(thing, list) and not isinstance(thing, didl_lite.DidlObject):
        return [known(part) for part in thing]
    if not hasattr(thing, "__dict__"):
        return thing
    values = {name: known(value) for name, value in vars(thing).items() if name != "xml_el"}
    children = [known(child) for child in thing] if isinstance(thing, didl_lite.Container) else []
    return its_class(thing), values, written(thing.xml_el), children


def written(element: ET.Element | None) -> bytes:
    """Return an element as text, without what follows it."""
    if element is None:
        return b""
    alone = copy.copy(element)
    alone.tail = None
    return ET.tostring(alone)


def its_class(thing: object) -> type[didl_lite.DidlObject]:
    """Return python-didl-lite's class of an object."""
    return next(kind for kind in type(thing).__mro__ if kind.__module__ == didl_lite.__name__)


def parsed(text: str) -> tuple[list[Any], list[str]]:
    """Return the objects, and the codes of what is wrong."""
    codes: list[str] = []
    found = parse_didl(text, note=lambda code, _where, _message: codes.append(code.text))
    return found, codes


OWN = 'id="1" parentID="0" restricted="1"'
FOLDER = "<dc:title>T</dc:title><upnp:class>object.container.storageFolder</upnp:class>"
WELL_FORMED = {
    "a track": ITEM.format(
        "<dc:creator>C</dc:creator><upnp:album>B &amp; C</upnp:album><dc:date>2020</dc:date>"
        '<upnp:artist role="Performer">A</upnp:artist>'
        '<upnp:albumArtURI dlna:profileID="JPEG_TN">http://1.2.3.4/a.jpg</upnp:albumArtURI>'
        '<res size="3" duration="0:01:02.000" protocolInfo="http-get:*:audio/mpeg:*">http://1.2.3.4/a</res>'
        '<res protocolInfo="http-get:*:audio/flac:*" resolution="1x2" v:x="1" y="2"/>'
    ),
    "of a vendor": ITEM.format(
        '<sec:dcmInfo>x</sec:dcmInfo><v:fooBar aB="1">y</v:fooBar><unknown/>'
        '<upnp:genre id="1" extended="2">R</upnp:genre>'
    ),
    "attributes of a vendor": f'<item {OWN} refID="9" v:a="1" b="2">{TITLE}{CLASS}</item>',
    "a folder": f'<container {OWN} childCount="3" searchable="0">{FOLDER}</container>',
    "a folder with what is in it": f"<container {OWN}>{FOLDER}{ITEM}{ITEM}</container>",
    "several": ITEM.format("") * 3,
    "descriptors": '<desc id="b" nameSpace="urn:v"><v:y/></desc>'
    + ITEM.format('<desc id="a" nameSpace="urn:v" type="t">text<v:x>1</v:x></desc>'),
    "nothing": "",
    "blanks": "\n  " + ITEM.format("\n  <dc:creator>\n C </dc:creator>\n") + "\n",
    "a class in another case": f"<item {OWN}>{TITLE}<upnp:class>OBJECT.item</upnp:class></item>",
    "properties twice": ITEM.format("<upnp:artist>A</upnp:artist><upnp:artist>B</upnp:artist>"),
    "a foreign element": ITEM.format("") + "<v:thing/>",
    "a title that is empty": f"<item {OWN}><dc:title></dc:title>{CLASS}</item>",
}


@pytest.mark.uda("A-026", "A-028", "A-029")
@pytest.mark.parametrize("content", WELL_FORMED.values(), ids=WELL_FORMED)
def test_what_is_well_formed_is_read_as_by_the_library(content):
    text = didl(content)
    assert known(read_didl(text)) == known(didl_lite.from_xml_string(text, strict=False))


RES = "<res>http://1.2.3.4/a</res>"
PLAIN = didl(ITEM.format(RES))
SLOPPY = {
    "byte order mark": ("\ufeff" + PLAIN, []),
    "NUL at the end": (PLAIN + "\0", []),
    "XML declaration": ('<?xml version="1.0" encoding="utf-16"?>\n' + PLAIN, []),
    "junk at the end": (PLAIN + "junk", ["didl-repaired"]),
    "escaped twice": (escape(PLAIN), ["didl-escaped-twice"]),
    "undeclared prefix of a vendor": (didl(ITEM.format(RES + "<song:id>1</song:id>")), ["didl-repaired"]),
    "undeclared dc and upnp": (
        didl(ITEM.format(RES), '<DIDL-Lite xmlns="urn:schemas-upnp-org:metadata-1-0/DIDL-Lite/">'),
        ["didl-repaired", "didl-wrong-namespace"],
    ),
    "no namespaces": (
        PLAIN.replace(HEAD, "<DIDL-Lite>").replace("dc:", "").replace("upnp:", ""),
        ["didl-wrong-namespace"],
    ),
    "a misspelled namespace": (PLAIN.replace("DIDL-Lite/", "DIDL-Lite"), ["didl-wrong-namespace"]),
    "in something else": (f"<Result>{PLAIN}</Result>", ["didl-wrong-root"]),
    "without root": (
        f"{HEAD.replace('<DIDL-Lite', f'<item {OWN}')}{TITLE}{CLASS}{RES}</item>",
        ["didl-wrong-root"],
    ),
    "blanks around": (
        PLAIN.replace("musicTrack<", "musicTrack\n<").replace("http:", "\n http:").replace("/a<", "/a <"),
        [],
    ),
    "a bare ampersand": (didl(ITEM.format(RES + "<dc:creator>A & B</dc:creator>")), ["didl-repaired"]),
    "a class that is more special": (
        PLAIN.replace("musicTrack", "musicTrack.live.x"),
        ["didl-class-unknown"],
    ),
    "a title that follows empty": (PLAIN.replace(TITLE, TITLE + "<dc:title/>"), []),
    "a vendor's title": (
        PLAIN.replace(TITLE, f"<v:title>a</v:title>{TITLE}<v:title>b</v:title>"),
        [],
    ),
    "a vendor's class": (PLAIN.replace(CLASS, "<v:class>a</v:class>" + CLASS), []),
    "not restricted": (PLAIN.replace(' restricted="1"', ""), ["didl-property-missing"]),
}


@pytest.mark.uda("A-026", "A-027")
@pytest.mark.parametrize(("text", "codes"), SLOPPY.values(), ids=SLOPPY)
def test_what_is_sloppy_is_read_and_told(text, codes):
    found, told = parsed(text)
    (track,) = found
    assert its_class(track) is didl_lite.MusicTrack
    assert (track.id, track.parent_id, track.title) == ("1", "0", "T")
    assert track.restricted in {"1", "true"}
    assert track.res[0].uri == "http://1.2.3.4/a"
    assert told == codes


def test_what_is_missing():
    found, told = parsed(didl("<item/><container/>"))
    assert [(its_class(thing), thing.id, thing.title) for thing in found] == [
        (didl_lite.Item, "", None),
        (didl_lite.Container, "", None),
    ]
    assert told == ["didl-class-missing", "didl-property-missing"]


@pytest.mark.uda("A-027")
@pytest.mark.parametrize(
    ("element", "upnp_class", "kind"),
    [
        ("item", "object.item.vendor", didl_lite.Item),
        ("container", "object.container.album.musicAlbum.#DEFAULT", didl_lite.MusicAlbum),
        ("container", "nonsense", didl_lite.Container),
        ("item", "object", didl_lite.Item),
    ],
)
def test_an_unknown_class_is_kept(element, upnp_class, kind):
    text = f"<{element} {OWN}>{TITLE}<upnp:class>{upnp_class}</upnp:class></{element}>"
    (found,) = parse_didl(didl(text))
    assert isinstance(found, didl_lite.DidlObject)
    assert its_class(found) is kind
    assert vars(found)["class"] == upnp_class
    assert found.upnp_class == kind.upnp_class


def test_a_text_does_not_replace_what_python_needs():
    names = (
        "xmlEl",
        "toXml",
        "fromXml",
        "id",
        "res",
        "descriptors",
        "upnpClass",
        "__class__",
        "tag",
        "_setProperties",
    )
    content = "".join(f"<v:{name}>x</v:{name}>" for name in names)
    attributes = " ".join(f'{name}="x"' for name in ("xmlEl", "res", "descriptors", "tag", "toXml", "class"))
    text = didl(ITEM.format(content).replace("<item ", f"<item {attributes} "))
    (found,) = parse_didl(text)
    assert isinstance(found, didl_lite.DidlObject)
    assert found.id == "1"
    assert found.tag == "item"
    assert (found.res, found.descriptors) == ([], [])
    assert found.upnp_class == vars(found)["class"] == "object.item.audioItem.musicTrack"
    assert b"musicTrack" in didl_lite.to_xml_string(found)


@pytest.mark.parametrize("text", ["", " \n", "\0", "NOT_IMPLEMENTED", "\ufeff"])
def test_nothing_is_no_error(text):
    assert parsed(text) == ([], [])
    assert read_didl(text) == []


UNREADABLE = {
    "no XML": ("hello", UpnpXmlParseError),
    "cut off": (PLAIN[: len(PLAIN) // 2], UpnpXmlParseError),
    "entities": ('<!DOCTYPE a [<!ENTITY b "c">]>' + PLAIN, UpnpXmlContentError),
    "too deep": (didl("<container>" * 200 + "</container>" * 200), UpnpXmlContentError),
}


@pytest.mark.parametrize(("text", "error"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_told_or_raised(text, error):
    assert parsed(text) == ([], ["didl-unreadable"])
    with pytest.raises(error):
        read_didl(text)


def test_limits_are_kept():
    text = didl(ITEM.format("") * 100)
    codes: list[str] = []
    found = parse_didl(
        text, limits=Limits(xml_elements=100), note=lambda code, _w, _m: codes.append(code.text)
    )
    assert (found, codes) == ([], ["didl-unreadable"])


def test_much_is_read_in_slices():
    count = 20 * OBJECTS_PER_SLICE
    text = didl(ITEM.format("") * count + ITEM.format("<dc:creator>A & B</dc:creator>"))
    codes: list[str] = []
    found: list[Didl] = []

    def work() -> Generator[None, None, None]:
        found.extend((yield from read_didl_sliced(text, note=lambda code, _w, _m: codes.append(code.text))))

    assert len(list(work())) > 10
    assert known(found) == known(read_didl(text))
    assert codes == ["didl-repaired"]


def test_nothing_is_read_in_no_slices():
    assert list(read_didl_sliced(" ")) == []
