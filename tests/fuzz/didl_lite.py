"""Any DIDL-Lite is read into objects without an error, at once as in slices; its XML is bounded or refused.

The door to XML, and what reads trees, is tried on such texts, too.
"""

import xml.etree.ElementTree as ET

from didl_lite.didl_lite import Descriptor, DidlObject

from async_upnp_client._diagnostics import Code, ignore
from async_upnp_client._slices import finished
from async_upnp_client._xml import (
    DisableXmlNamespaces,
    child,
    child_text,
    children,
    escape,
    etree_to_dict,
    local_name,
    parse_xml,
)
from async_upnp_client.exceptions import UpnpContentError, UpnpXmlContentError, UpnpXmlParseError
from async_upnp_client.limits import DEFAULT_LIMITS
from async_upnp_client.profiles.dlna.didl import (
    parse_didl,
    prepared,
    read_didl_sliced,
    read_parts,
    read_whole,
)
from async_upnp_client.profiles.dlna.didl_writer import build_didl
from tests.fuzz.text import check_error, document_of

# a case is read up to nine times, and mending takes up to half a microsecond per character
LARGEST = 1 << 14
# far less than usual, so that there are some parts
PART_LENGTH = 256


def check(data: bytes) -> None:
    """Check one text."""
    text = document_of(data)
    check_objects(text)
    strict, lenient = parsed(text, strict=True), parsed(text, strict=False)
    with DisableXmlNamespaces():
        plain = parsed(text, strict=False)
    if strict is not None:
        assert lenient is not None, "read strictly, but not leniently"
        assert ET.tostring(strict) == ET.tostring(lenient)
    for root in (lenient, plain):
        if root is not None:
            check_tree(root)
    again = parsed(f"<a>{escape(text)}</a>", strict=True)
    assert again is not None, "what was escaped cannot be read"


def check_objects(text: str) -> None:
    """Read objects at once, in slices and in parts, and write them."""
    told: list[Code] = []
    found = parse_didl(text, note=lambda code, _where, _message: told.append(code))
    assert len(told) == len(set(told)), "told twice"
    assert all(isinstance(thing, DidlObject | Descriptor) for thing in found)
    assert len(repr(found)) <= 200 * len(text) + 2000
    try:
        sliced = finished(read_didl_sliced(text))
    except UpnpContentError as err:
        check_error(err)
        assert Code.DIDL_UNREADABLE in told
    else:
        assert repr(sliced) == repr(found)
    check_parts(text)
    written = build_didl(*found)
    assert parsed(written, strict=True) is not None, "what was written cannot be read"
    assert len(parse_didl(written)) == len(found)


def check_parts(text: str) -> None:
    """Read objects part by part, where that is possible, and compare with the whole."""
    text = prepared(text, ignore)
    parts = finished(read_parts(text, DEFAULT_LIMITS, PART_LENGTH))
    if parts is not None:
        whole = finished(read_whole(text, DEFAULT_LIMITS))
        assert repr(parts.found + parts.descriptors) == repr(whole.found + whole.descriptors)
        assert set(parts.wrong) == set(whole.wrong)


def parsed(text: str, *, strict: bool) -> ET.Element | None:
    """Parse, or refuse with one of the errors named."""
    try:
        return parse_xml(text, strict=strict)
    except (UpnpXmlParseError, UpnpXmlContentError) as err:
        check_error(err)
        return None


def check_tree(root: ET.Element) -> None:
    """Walk a tree, and ask for what readers ask for."""
    assert depth(root) <= DEFAULT_LIMITS.xml_depth
    assert list(etree_to_dict(root)) == [local_name(root.tag)]
    for part in root:
        name = local_name(part.tag)
        assert child(root, name) in list(children(root, name))
        text = child_text(root, name)
        assert text is not None
        assert text == text.strip()


def depth(root: ET.Element) -> int:
    """Return how many levels a tree has."""
    levels = 0
    parents = [root]
    while parents:
        levels += 1
        parents = [part for parent in parents for part in parent]
    return levels
