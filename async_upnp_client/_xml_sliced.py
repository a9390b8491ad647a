"""Reading large documents a few milliseconds at a time, so that an event loop can do other things in between.

A browse result of thousands of items takes a parser longer than a loop should wait. Same documents and same
errors as `_xml.parse_xml`; who calls runs the generator, and lets the loop go on between its steps.
"""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Generator
from typing import Final, TypeVar

from async_upnp_client._xml import PLAIN_PROLOG, parse, refuse_declarations, surrogate_error, trimmed
from async_upnp_client._xml_bounds import LEVEL_LENGTH, refuse_depth, refuse_mass
from async_upnp_client._xml_repair import BEYOND_REPAIR, REPAIRS, without_stray
from async_upnp_client.exceptions import UpnpXmlParseError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits

T = TypeVar("T")

# One to two milliseconds of parsing.
SLICE_LENGTH: Final = 128 * 1024


def parse_xml_sliced(
    text: str, *, limits: Limits = DEFAULT_LIMITS, repaired: Callable[[UpnpXmlParseError], None]
) -> Generator[None, None, ET.Element]:
    """Read a document as `parse_xml` does without strictness; `repaired` is told what had to be mended.

    The generator returns the root. Raises UpnpXmlParseError and UpnpXmlContentError, as `parse_xml` does.
    """
    text = trimmed(text)
    refuse_mass(text, limits)
    yield
    try:
        root = yield from fed(text)
    except ET.ParseError as err:
        # the first error is the one that tells about what the peer sent
        first = UpnpXmlParseError(err)
        root = yield from mended(text, err, first)
        repaired(first)
    if len(text) > limits.xml_depth * LEVEL_LENGTH:
        refuse_depth(root, limits)
    return root


def mended(text: str, error: ET.ParseError, first: UpnpXmlParseError) -> Generator[None, None, ET.Element]:
    """Mend what the error is about, then what the next is about, each kind once; at last drop namespaces."""
    left = dict(REPAIRS)
    while (repair := left.pop(error.code, None)) is not None:
        text = repair(text, error)
        yield
        try:
            return (yield from fed(text))
        except ET.ParseError as err:
            error = err
    if error.code in BEYOND_REPAIR:
        raise first
    try:
        return parse(without_stray(text, error), namespaces=False)
    except ET.ParseError as err:
        raise first from err


def fed(text: str) -> Generator[None, None, ET.Element]:
    """Parse once, in slices; ET.ParseError and UpnpXmlContentError are the only errors."""
    parser = ET.XMLParser()  # noqa: S314  # what makes it unsafe is refused
    try:
        if PLAIN_PROLOG.match(text) is None:
            refuse_declarations(text)
        for start in range(0, len(text), SLICE_LENGTH):
            parser.feed(text[start : start + SLICE_LENGTH])
            yield
        root: ET.Element = parser.close()
    except UnicodeEncodeError as err:
        raise surrogate_error(err) from err
    return root


def finished(work: Generator[None, None, T]) -> T:
    """Do all the work of a generator at once."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            result: T = done.value
            return result
