"""Reading texts that stand side by side a few levels deep, without a tree: events, calls and their answers.

Only what is exactly of that shape is read here. All else (malformed, with a document type, with elements
where a text should be) is for `_xml.parse_xml` to judge, so that both ways come to the same end.
"""

from collections.abc import Generator, Sequence
from functools import lru_cache
from typing import Final
from xml.parsers import expat

from async_upnp_client._xml import local_name, namespaces_disabled
from async_upnp_client._xml_bounds import has_long_tag
from async_upnp_client._xml_known import (
    MARKUPS_REMEMBERED,
    PLACE,
    is_bare,
    may_be_known,
    numbered,
    placed,
    unescaped,
)
from async_upnp_client._xml_sliced import SLICE_LENGTH
from async_upnp_client.limits import DEFAULT_LIMITS, Limits

Texts = list[tuple[str, str]]


# What is before an end tag in a markup.
CUT: Final = f">{PLACE}</"


class OtherShape(Exception):  # noqa: N818  # ends a parse; says nothing by itself
    """Not for us."""


def read_flat(text: str, *path: str | None, limits: Limits = DEFAULT_LIMITS) -> list[Texts] | None:
    """Return local name and text of the children of each element at the end of `path`; None for other shapes.

    `path` has a tag for each level from the root on, as expat writes it (`namespace}name`), None for any.
    """
    if is_for_others(text, path, limits):
        return None
    found = read_known(text, path)
    return read_by_expat(text, path) if found is None else found


def read_by_expat(text: str, path: Sequence[str | None]) -> list[Texts] | None:
    """Read as `read_flat` does, whatever the markup is."""
    parser, found = flat_parser(path)
    try:
        parser.Parse(text, True)
    except (OtherShape, expat.ExpatError, UnicodeEncodeError):
        return None
    return found


def read_known(text: str, path: tuple[str | None, ...]) -> list[Texts] | None:
    """Read as `read_flat` does, by the markup; None also where that is for expat to do."""
    if not may_be_known(text):
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")  # XML 1.0 §2.11
    parts = text.split("</")
    escaped = []
    for number in range(len(parts) - 1):
        parts[number], _, last = parts[number].rpartition(">")
        escaped.append(last)
    markup = placed(parts, CUT)
    found = None if markup is None else places_in(markup, path)
    texts = unescaped(escaped)
    if found is None or texts is None:
        return None
    return [[(name, "" if place is None else texts[place]) for name, place in leaves] for leaves in found]


@lru_cache(MARKUPS_REMEMBERED)
def places_in(markup: str, path: tuple[str | None, ...]) -> list[list[tuple[str, int | None]]] | None:
    """Return what `read_flat` would, with the number of its place, if it has one, instead of each text."""
    found = read_by_expat(numbered(markup), path) if is_bare(markup) else None
    if found is None or any(">" in text for leaves in found for _, text in leaves):
        return None  # a `>` in a text was taken for the end of a tag
    return [[(name, int(text) if text else None) for name, text in leaves] for leaves in found]


def read_flat_sliced(
    text: str, *path: str | None, limits: Limits = DEFAULT_LIMITS
) -> Generator[None, None, list[Texts] | None]:
    """Read as `read_flat` does, a millisecond or two from step to step of the generator."""
    if is_for_others(text, path, limits):
        return None
    parser, found = flat_parser(path)
    try:
        for start in range(0, len(text), SLICE_LENGTH):
            parser.Parse(text[start : start + SLICE_LENGTH], False)
            yield
        parser.Parse("", True)
    except (OtherShape, expat.ExpatError, UnicodeEncodeError):
        return None
    return found


def is_for_others(text: str, path: Sequence[str | None], limits: Limits) -> bool:
    """Whether a text is not to be tried: it may be beyond the limits, or read in another way."""
    size = len(text)
    return (
        namespaces_disabled.get()
        or len(path) >= limits.xml_depth
        or (size > limits.xml_elements and text.count("<") > limits.xml_elements)
        or (size > limits.xml_tag_length and has_long_tag(text, limits))
    )


def flat_parser(path: Sequence[str | None]) -> tuple[expat.XMLParserType, list[Texts]]:
    """Make a parser, and the list that it fills."""
    found: list[Texts] = []
    level = 0
    leaf_level = len(path)
    texts: Texts = []
    pieces: list[str] = []

    def start(tag: str, _attributes: dict[str, str]) -> None:
        nonlocal level, texts
        if level == leaf_level:
            pieces.clear()
        elif level > leaf_level or ((asked := path[level]) is not None and asked != tag):
            raise OtherShape
        elif level == leaf_level - 1:
            texts = []
            found.append(texts)
        level += 1

    def end(tag: str) -> None:
        nonlocal level
        level -= 1
        if level == leaf_level:
            texts.append((tag if tag.isalnum() else local_name(tag), "".join(pieces)))

    parser = expat.ParserCreate(None, "}")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = pieces.append
    return parser, found


def refuse(*_declaration: object) -> None:
    """Leave a document type to who knows what is dangerous in it."""
    raise OtherShape
