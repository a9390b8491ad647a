"""Cutting a long document into short ones, so that an event loop can do other things in between.

What is well-formed between the tags of the root is well-formed in its place among the rest, and is read to
the same elements. So where to cut may be guessed: if each part parses, the whole is what they have together.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence
from typing import Final
from xml.parsers import expat

from async_upnp_client._slices import finished
from async_upnp_client._xml import parse
from async_upnp_client._xml_bounds import refuse_depth, too_many
from async_upnp_client._xml_repair import REPAIRS, is_hopeless
from async_upnp_client.exceptions import UpnpContentError, UpnpXmlParseError
from async_upnp_client.limits import Limits

# Less than a millisecond of parsing, what a processor has in its cache, and what is kept for one element.
PART_LENGTH: Final = 32 * 1024

# Real roots have some 400 characters; a longer one is not copied into each part.
HEAD_LENGTH: Final = 4096

# What may be parsed at once.
LONGEST_PART: Final = 4 * PART_LENGTH

# The root's start tag and its name, where nothing but an XML declaration precedes it. Nothing is given back:
# else a long tag without an end would take the square of its length.
BEGINNING: Final = re.compile(
    r"(?:<\?xml[^<>]*\?>)?\s*(<([^\W\d][\w.:-]*+)(?:[^<>\"']++|\"[^<\"]*+\"|'[^<']*+')*+>)"
)


# What can be wrong with a part alone, and is not taken for a wrong cut.
LOCAL_REPAIRS: Final = {
    code: REPAIRS[code]
    for code in map(
        expat.errors.codes.__getitem__,
        (
            expat.errors.XML_ERROR_INVALID_TOKEN,
            expat.errors.XML_ERROR_BAD_CHAR_REF,
            expat.errors.XML_ERROR_UNDEFINED_ENTITY,
            expat.errors.XML_ERROR_UNBOUND_PREFIX,
        ),
    )
}


def parse_parts(
    text: str,
    ends: Sequence[str],
    limits: Limits,
    repaired: Callable[[UpnpXmlParseError], None],
    length: int = PART_LENGTH,
) -> Iterator[tuple[str, ET.Element]]:
    """Cut a document after some of the `ends`, and yield each part of some `length`, with its root.

    Each is a document, and has some of the elements of the root in a copy of the root. A short one, or one
    that begins in another way than usual, is the only part of itself. `repaired` is told what was mended.

    Raises UpnpXmlParseError, also where a cut was guessed wrong: then only the whole tells if it is right;
    UpnpContentError where there is nowhere to cut, and UpnpXmlContentError as `parse_xml`.
    """
    elements = 0
    has_been_mended = False
    for cut in parts(text, ends, length):
        part = cut
        if len(part) > LONGEST_PART:
            raise UpnpContentError(f"a part of {len(part)} characters")
        try:
            root = parse(part, namespaces=True)
        except ET.ParseError as err:
            wrong = UpnpXmlParseError(err)
            if not has_been_mended and is_hopeless(text):
                raise wrong from err
            part, root = mended(part, err)
            has_been_mended = True
            repaired(wrong)
        count = len(list(root.iter()))
        if count > 1 + len(root) + sum(map(len, root)):  # most documents are not as deep as that
            refuse_depth(root, limits)
        elements += count
        if elements > limits.xml_elements:
            raise too_many(limits)
        yield part, root


def parts(text: str, ends: Sequence[str], length: int) -> Iterator[str]:
    """Yield the parts of a document, as texts."""
    begun = BEGINNING.match(text) if len(text) > length else None
    if begun is None or len(begun[1]) > HEAD_LENGTH:
        yield text
        return
    head, tail = begun[1], f"</{begun[2]}>"
    begin = text[: begun.end()]  # with the XML declaration, for once
    position = begun.end()
    while (cut := next_cut(text, ends, position, length)) > 0:
        yield begin + text[position:cut] + tail
        begin, position = head, cut
    yield begin + text[position:]


def mended(part: str, error: ET.ParseError) -> tuple[str, ET.Element]:
    """Mend what the error is about, then what the next is about, each kind once. Raises UpnpXmlParseError."""
    left = dict(LOCAL_REPAIRS)
    while (repair := left.pop(error.code, None)) is not None:
        part = finished(repair(part, error))
        try:
            return part, parse(part, namespaces=True)
        except ET.ParseError as err:
            error = err
    raise UpnpXmlParseError(error) from error


def next_cut(text: str, ends: Sequence[str], position: int, length: int) -> int:
    """Return where to cut next: as late as a part may be long, or where there is a place at all; else 0."""
    for limit in range(position + length, len(text), length):
        for end in ends:
            found = text.rfind(end, max(position, limit - length - len(end)), limit)
            if found >= 0:
                return found + len(end)
    return 0
