"""How much XML a peer may have us read: levels and elements.

`_xml` asks here before it parses, as a tree that is too large is not to be built, and after. What is
ordinary is told from its length and a count of characters; only what looks strange is looked at tag by tag.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Generator
from itertools import chain
from typing import Final
from xml.parsers import expat

from async_upnp_client.exceptions import UpnpXmlContentError
from async_upnp_client.limits import Limits

# Characters looked at together to guess the level that they end at: enough to take no time, few enough that
# what hides between two looks does none either.
PIECE_LENGTH: Final = 16 * 1024
# One to two milliseconds of parsing.
PARSED_LENGTH: Final = 128 * 1024
TAG_START: Final = re.compile(r"<[^\W\d]")
# Nothing is given back: else one without an end would take the square of its length.
TAG: Final = re.compile(r"<[^<>\"']++(?:\"[^<\"]*+\"[^<>\"']*+|'[^<']*+'[^<>\"']*+)*+>")
# How much deeper than allowed a guess must be to be followed up: tags cut in two, comments and text that
# looks like tags make a guess wrong by some.
DOUBT: Final = 8
# `<a></a>` is the shortest text of a level.
LEVEL_LENGTH: Final = len("<a></a>")


class Enough(Exception):  # noqa: N818  # ends a parse; says nothing by itself
    """More than is allowed."""


class NotForUs(Exception):  # noqa: N818  # the same
    """What is refused elsewhere for another reason."""


def refuse_mass(text: str, limits: Limits) -> Generator[None, None, None]:
    """Refuse, in steps, a text with too many levels or elements where it would take time to build its tree.

    Also one with a tag that is too long. Raises UpnpXmlContentError. Some that are too deep pass, as they
    take no time; `refuse_depth` finds them.
    """
    if len(text) <= limits.xml_depth * LEVEL_LENGTH:
        return
    if has_long_tag(text, limits):
        raise UpnpXmlContentError(f"XML with a tag of more than {limits.xml_tag_length} characters")
    tags = text.count("<")
    may_be_deep = len(text) > PIECE_LENGTH and tags > limits.xml_depth
    if (may_be_deep and guessed_depth(text) > DOUBT * limits.xml_depth) or (
        tags > limits.xml_elements and tags - text.count("</") > limits.xml_elements
    ):
        yield from count_tags(text, limits)


def has_long_tag(text: str, limits: Limits) -> bool:
    """Whether an element has so many attributes that a parser is held up by its tag, which it reads at once.

    One that is twice as long as allowed is always found.
    """
    longest = limits.xml_tag_length
    for window in range(0, len(text) - longest + 1, longest):
        if text.count("<", window, window + longest):
            continue
        start = text.rfind("<", 0, window)
        # text that long is none; the rest of a tag is
        if start >= 0 and TAG_START.match(text, start) and not TAG.match(text, start, window + longest):
            return True
    return False


def guessed_depth(text: str) -> int:
    """Return about how many levels are open at most at the end of a piece of the text."""
    depth = deepest = 0
    for start in range(0, len(text), PIECE_LENGTH):
        end = start + PIECE_LENGTH
        tags = text.count("<", start, end)
        depth += tags - 2 * text.count("</", start, end + 1) - text.count("/>", start, end)
        deepest = max(deepest, depth)
    return deepest


def count_tags(text: str, limits: Limits) -> Generator[None, None, None]:
    """Refuse, in steps, a text for the levels and elements that a parser finds, not for being malformed."""
    parser = expat.ParserCreate()
    depth = elements = 0

    def start(_tag: str, _attributes: dict[str, str]) -> None:
        nonlocal depth, elements
        depth += 1
        elements += 1
        if depth > limits.xml_depth or elements > limits.xml_elements:
            raise Enough

    def end(_tag: str) -> None:
        nonlocal depth
        depth -= 1

    def declaration(*_declaration: object) -> None:
        raise NotForUs  # before anything is made of it

    parser.EntityDeclHandler = declaration
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        for begin in range(0, len(text), PARSED_LENGTH):
            parser.Parse(text[begin : begin + PARSED_LENGTH], False)
            yield
        parser.Parse("", True)
    except Enough:
        if depth > limits.xml_depth:
            raise too_deep(limits) from None
        raise too_many(limits) from None
    except (NotForUs, expat.ExpatError, UnicodeEncodeError):
        pass


def refuse_depth(root: ET.Element, limits: Limits) -> None:
    """Refuse a tree of too many levels. Raises UpnpXmlContentError."""
    parents = [root]
    for _ in range(1, limits.xml_depth):
        # an element iterates faster backwards; forwards it ends with an error
        parents = [part for part in chain.from_iterable(map(reversed, parents)) if len(part)]
        if not parents:
            return
    raise too_deep(limits)


def too_deep(limits: Limits) -> UpnpXmlContentError:
    """Return the error."""
    return UpnpXmlContentError(f"XML of more than {limits.xml_depth} levels")


def too_many(limits: Limits) -> UpnpXmlContentError:
    """Return the error."""
    return UpnpXmlContentError(f"XML of more than {limits.xml_elements} elements")
