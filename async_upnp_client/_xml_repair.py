"""Mending XML text that does not parse, for readers that are not strict.

`_xml.parse_xml` comes here with what expat says is wrong. One function per deviation, text to text: none of
them knows what the document is about, and none makes worse what other text says. All run in linear time, and
in steps, see `_slices`.
"""

import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Generator, Mapping
from typing import Final
from xml.parsers import expat

from async_upnp_client._slices import in_pieces, pieces

Mending = Generator[None, None, str]

# Of prefixes that a document uses and does not declare. Devices forget one or two.
MAX_DECLARED_PREFIXES: Final = 32

# Digits of a reference to a character: Unicode needs seven, and leading zeros say nothing.
MAX_REFERENCE_DIGITS: Final = 12

# From this length on mending takes long enough to ask whether there is something to be mended: a document
# that somebody forgot to escape has an `&` in ten characters at most (XML in XML), and a `<` in eight.
LONG_DOCUMENT: Final = 64 * 1024
FEWEST_BETWEEN_REFERENCES: Final = 6
FEWEST_BETWEEN_TAGS: Final = 4

# What XML 1.0 cannot carry, not even as a reference.
ILLEGAL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]+")
STRAY_ANGLE: Final = re.compile(r"<(?![^\W\d]|[:/!?])")
# references to characters, after every `&` was escaped
ESCAPED_REFERENCE: Final = re.compile(r"(&amp;#(?:x[0-9A-Fa-f]+|[0-9]+);)")
# Places in a text that XML cannot hold itself: where a CDATA section was taken out, and where nothing stays.
SECTION: Final = "\0"
DROPPED: Final = "\1"
XML_DECLARATION: Final = re.compile(r"<\?xml\b[^<>]*\?>")
PREFIX: Final = re.compile(r"(?:</?|\s)([^\W\d][\w.-]*):[\w.-]+(?=[\s/>=])")
DECLARED_PREFIX: Final = re.compile(r"xmlns:([\w.-]+)")
# the name is not given back: else a long one without an end would take the square of its length
ROOT_START: Final = re.compile(r"<([^\W\d][\w.:-]*+)([^<>]*)>")
LINE_END: Final = re.compile(r"\r\n|\r|\n")
LINES_AT_A_TIME: Final = 8192
# Before these a text may be cut: a reference, a tag or a prefixed name is not torn.
MARKUP: Final = re.compile("[<&]")
BEFORE_PREFIX: Final = re.compile(r"[<\s]")


def without_stray(text: str, _error: ET.ParseError) -> Mending:
    """Drop characters that XML cannot carry, and escape `&` and `<` that someone forgot to escape (C-031).

    What is in CDATA sections keeps its `&` and `<`. A long text that is little else stays as it is.
    """
    if is_hopeless(text):
        return text
    text = yield from in_pieces(text, MARKUP, lambda piece: ILLEGAL.sub(DROPPED, piece))
    mended: list[str] = []
    position = 0
    is_closed = True
    for start, end in pieces(text, MARKUP):
        if end <= position:  # in the midst of a section
            continue
        position = max(position, start)
        outside: list[str] = []
        sections: list[str] = []
        while is_closed and (opened := text.find("<![CDATA[", position, end)) >= 0:
            closed = text.find("]]>", opened)
            if closed < 0:
                is_closed = False
                break
            outside.append(text[position:opened])
            sections.append(text[opened:closed])
            position = closed
        outside.append(text[position:end])
        position = max(position, end)
        # all at once: a piece may have thousands of sections
        parts = escape_stray(SECTION.join(outside)).split(SECTION)
        for place, section in enumerate(sections):
            parts[place] += section
        mended += parts
        yield
    return "".join(mended).replace(DROPPED, "")


def is_hopeless(text: str) -> bool:
    """Whether a text is no document, but long and made to keep us busy."""
    return len(text) > LONG_DOCUMENT and (
        text.count("&") * FEWEST_BETWEEN_REFERENCES > len(text)
        or text.count("<") * FEWEST_BETWEEN_TAGS > len(text)
    )


def escape_stray(text: str) -> str:
    """Escape `&` and `<` that begin nothing.

    Every `&` is escaped, and then what was a reference restored: that half a million of them are no pause
    takes replacing in bulk. `&amp;` is last, as what follows one is text.
    """
    text = text.replace("&", "&amp;")
    for name in ("lt", "gt", "quot", "apos"):
        text = text.replace(f"&amp;{name};", f"&{name};")
    if "&amp;#" in text:
        parts = ESCAPED_REFERENCE.split(text)
        parts[1::2] = map(References().__getitem__, parts[1::2])
        text = "".join(parts)
    text = text.replace("&amp;amp;", "&amp;")
    for after in "<& ":  # in bulk as well
        text = text.replace(f"<{after}", f"&lt;{after}")
    return "&lt;".join(STRAY_ANGLE.split(text))


class References(dict[str, str]):
    """What stands for an escaped reference to a character: itself, or nothing where XML has no such one."""

    def __missing__(self, escaped: str) -> str:
        """Judge one, once."""
        number = escaped[len("&amp;#") : -1]
        result = DROPPED
        if len(number) <= MAX_REFERENCE_DIGITS:
            code = int(number[1:], 16) if number[0] == "x" else int(number)
            if code <= sys.maxunicode and not ILLEGAL.match(chr(code)):
                result = f"&#{number};"
        self[escaped] = result
        return result


def with_prefixes(text: str, _error: ET.ParseError) -> Mending:
    """Declare, on the root, the prefixes that it does not declare."""
    root = ROOT_START.search(text)
    if root is None:
        return text
    declared = {"xml", "xmlns", *DECLARED_PREFIX.findall(root[2])}
    missing: dict[str, None] = {}  # a set that keeps the order
    for start, end in pieces(text, BEFORE_PREFIX):
        for match in PREFIX.finditer(text, start, end + 1):  # which looks at what follows a name
            if match[1] not in declared:
                missing[match[1]] = None
        if len(missing) >= MAX_DECLARED_PREFIXES:
            break
        yield
    declarations = "".join(
        f' xmlns:{prefix}="urn:undeclared:{prefix}"' for prefix in [*missing][:MAX_DECLARED_PREFIXES]
    )
    return text[: root.end(1)] + declarations + text[root.end(1) :]


def without_trailer(text: str, error: ET.ParseError) -> Mending:
    """Cut what follows the root element, from where the error is."""
    line, column = error.position
    position = 0
    for number, match in enumerate(LINE_END.finditer(text), 1):
        if number == line:
            break
        position = match.end()
        if not number % LINES_AT_A_TIME:
            yield
    return text[: position + column]


def without_declarations(text: str, _error: ET.ParseError) -> Mending:
    """Drop XML declarations: one in the wrong place, one repeated, or one that is not well-formed."""
    text = yield from in_pieces(text, MARKUP, lambda piece: XML_DECLARATION.sub("", piece))
    return text.lstrip()


# Which mending an error calls for, by expat's code.
REPAIRS: Final[Mapping[int, Callable[[str, ET.ParseError], Mending]]] = {
    expat.errors.codes[error]: repair
    for error, repair in (
        # PS3 Media Server sends NUL, many a renderer a bare `&` in a title
        (expat.errors.XML_ERROR_INVALID_TOKEN, without_stray),
        (expat.errors.XML_ERROR_BAD_CHAR_REF, without_stray),
        (expat.errors.XML_ERROR_UNDEFINED_ENTITY, without_stray),
        # JBL's `song:`, Samsung's `sec:`, Huawei gateways
        (expat.errors.XML_ERROR_UNBOUND_PREFIX, with_prefixes),
        # Windows hosts and Samsung append bytes, and bodies come twice
        (expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT, without_trailer),
        (expat.errors.XML_ERROR_MISPLACED_XML_PI, without_declarations),
        (expat.errors.XML_ERROR_XML_DECL, without_declarations),
    )
}

# What neither escaping nor dropping namespaces mends: something has no end, or the wrong one. Texts that were
# cut off have this.
BEYOND_REPAIR: Final = frozenset(
    expat.errors.codes[error]
    for error in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
        expat.errors.XML_ERROR_TAG_MISMATCH,
    )
)
