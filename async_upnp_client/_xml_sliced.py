"""Reading large documents a few milliseconds at a time, so that an event loop can do other things in between.

A browse result of thousands of items takes a parser longer than a loop should wait. Same documents and same
errors as `_xml.parse_xml`; who calls runs the generator, and lets the loop go on between its steps.
"""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Generator
from typing import Final
from xml.parsers import expat

from async_upnp_client._xml import (
    PLAIN_PROLOG,
    expat_parser,
    is_mostly_text,
    namespaces_disabled,
    parse_error,
    refuse_declarations,
    surrogate_error,
    trimmed,
)
from async_upnp_client._xml_bounds import LEVEL_LENGTH, refuse_depth, refuse_mass
from async_upnp_client._xml_repair import BEYOND_REPAIR, REPAIRS, without_stray
from async_upnp_client.exceptions import UpnpXmlParseError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits

# One to two milliseconds of parsing.
SLICE_LENGTH: Final = 128 * 1024


def say_nothing(_error: UpnpXmlParseError) -> None:
    """Hear that a document had to be mended, and keep it."""


def parse_xml_sliced(
    text: str,
    *,
    strict: bool = False,
    limits: Limits = DEFAULT_LIMITS,
    repaired: Callable[[UpnpXmlParseError], None] = say_nothing,
) -> Generator[None, None, ET.Element]:
    """Read a document as `parse_xml` does; `repaired` is told what had to be mended.

    The generator returns the root. Raises UpnpXmlParseError and UpnpXmlContentError, as `parse_xml` does.
    """
    text = trimmed(text)
    yield from refuse_mass(text, limits)
    namespaces = not namespaces_disabled.get()
    try:
        root = yield from fed(text, namespaces=namespaces)
    except ET.ParseError as err:
        # the first error is the one that tells about what the peer sent
        first = UpnpXmlParseError(err)
        if strict:
            raise first from err
        root = yield from mended(text, err, first, limits, namespaces=namespaces)
        repaired(first)
    if len(text) > limits.xml_depth * LEVEL_LENGTH:
        refuse_depth(root, limits)
    return root


def mended(
    text: str, error: ET.ParseError, first: UpnpXmlParseError, limits: Limits, *, namespaces: bool
) -> Generator[None, None, ET.Element]:
    """Mend what the error is about, then what the next is about, each kind once; at last drop namespaces."""
    left = dict(REPAIRS)
    while (repair := left.pop(error.code, None)) is not None:
        text = yield from repair(text, error)
        yield from refuse_mass(text, limits)  # more of it is well-formed now
        try:
            return (yield from fed(text, namespaces=namespaces))
        except ET.ParseError as err:
            error = err
    if error.code in BEYOND_REPAIR:
        raise first
    text = yield from without_stray(text, error)
    yield from refuse_mass(text, limits)
    try:
        return (yield from fed(text, namespaces=False))
    except ET.ParseError as err:
        raise first from err


def fed(text: str, *, namespaces: bool) -> Generator[None, None, ET.Element]:
    """Parse once, in slices; ET.ParseError and UpnpXmlContentError are the only errors."""
    try:
        if PLAIN_PROLOG.match(text) is None:
            refuse_declarations(text)
        if namespaces and not is_mostly_text(text):
            return (yield from fed_to_tree_parser(text))
        parser, builder = expat_parser("}" if namespaces else None)
        for start in range(0, len(text), SLICE_LENGTH):
            parser.Parse(text[start : start + SLICE_LENGTH], False)
            yield
        parser.Parse("", True)
        return builder.close()
    except expat.ExpatError as err:
        raise parse_error(str(err), err.code, (err.lineno, err.offset)) from err
    except UnicodeEncodeError as err:
        raise surrogate_error(err) from err


def fed_to_tree_parser(text: str) -> Generator[None, None, ET.Element]:
    """Parse with ElementTree's own parser, the faster one where there are many elements."""
    parser = ET.XMLParser()  # noqa: S314  # what makes it unsafe is refused
    for start in range(0, len(text), SLICE_LENGTH):
        parser.feed(text[start : start + SLICE_LENGTH])
        yield
    root: ET.Element = parser.close()
    return root
