"""Reading texts that stand side by side a few levels deep, without a tree: events, calls and their answers.

Only what is exactly of that shape is read here. All else (malformed, with a document type, with elements
where a text should be) is for `_xml.parse_xml` to judge, so that both ways come to the same end.
"""

from xml.parsers import expat

from async_upnp_client._xml import local_name, namespaces_disabled
from async_upnp_client.limits import DEFAULT_LIMITS, Limits

Texts = list[tuple[str, str]]


class OtherShape(Exception):  # noqa: N818  # ends a parse; says nothing by itself
    """Not for us."""


def read_flat(text: str, *path: str | None, limits: Limits = DEFAULT_LIMITS) -> list[Texts] | None:
    """Return local name and text of the children of each element at the end of `path`; None for other shapes.

    `path` has a tag for each level from the root on, as expat writes it (`namespace}name`), None for any.
    """
    if namespaces_disabled.get() or len(path) >= limits.xml_depth or text.count("<") > limits.xml_elements:
        return None
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
    try:
        parser.Parse(text, True)
    except (OtherShape, expat.ExpatError, UnicodeEncodeError):
        return None
    return found


def refuse(*_declaration: object) -> None:
    """Leave a document type to who knows what is dangerous in it."""
    raise OtherShape
