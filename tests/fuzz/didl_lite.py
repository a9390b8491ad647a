"""Any DIDL-Lite is XML of bounded depth or one of two errors; what is read strictly is read leniently, too.

No profile makes objects of DIDL-Lite yet, so this is the door to XML, and what reads trees, on such texts.
"""

import xml.etree.ElementTree as ET

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
from async_upnp_client.exceptions import UpnpXmlContentError, UpnpXmlParseError
from async_upnp_client.limits import DEFAULT_LIMITS
from tests.fuzz.text import check_error, document_of

# a case is read up to four times, and mending takes up to half a microsecond per character
LARGEST = 1 << 15


def check(data: bytes) -> None:
    """Check one text."""
    text = document_of(data)
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
