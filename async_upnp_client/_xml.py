"""The only door to XML: reading documents of peers, and the few things that writing needs.

Every chapter of the UDA reads its documents through `parse_xml`, which refuses what is dangerous (entity
declarations, DTDs from elsewhere, bottomless nesting) and, where it is not to be strict, has mended what
devices are known to get wrong. Knows nothing of UPnP's vocabulary, of HTTP or of files.
"""

import codecs
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextvars import ContextVar, Token
from functools import lru_cache
from types import TracebackType
from typing import Any, Final, NoReturn, Self
from xml.parsers import expat

from async_upnp_client._slices import finished
from async_upnp_client._xml_bounds import LEVEL_LENGTH, refuse_depth, refuse_mass
from async_upnp_client._xml_repair import BEYOND_REPAIR, ILLEGAL, REPAIRS, without_stray
from async_upnp_client.exceptions import UpnpXmlContentError, UpnpXmlParseError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits

# A document type declaration stands before the root element. Where nothing but an XML declaration precedes
# the root there is none, and what looks like one further down is text or not well-formed.
PLAIN_PROLOG: Final = re.compile(r"(?:<\?xml[^<>]*\?>)?\s*<[^!?]")

# Characters that may stand before the root element of a document that does not begin with it.
LONGEST_PROLOG: Final = 256 * 1024

# Characters that are mended at once: what may be an event or a description has no more.
LONGEST_MENDED: Final = 1024 * 1024

# How much of a document is looked at to guess whether it is mostly text with references, as XML in XML is.
SAMPLE_LENGTH: Final = 1024

namespaces_disabled: Final[ContextVar[bool]] = ContextVar("namespaces_disabled", default=False)


class DisableXmlNamespaces:
    """Context in which documents are parsed without regard to namespaces: tags stay `prefix:name`.

    Holds for the parses of the current task only.
    """

    def __init__(self) -> None:
        self._tokens: list[Token[bool]] = []

    def __enter__(self) -> Self:
        self._tokens.append(namespaces_disabled.set(True))
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        namespaces_disabled.reset(self._tokens.pop())


def parse_xml(text: str, *, strict: bool = True, limits: Limits = DEFAULT_LIMITS) -> ET.Element:
    """Read a document of a peer.

    A byte order mark and other text before the first `<`, and white space and NUL after the root, never
    harm. Not strict: what cannot be parsed is mended, see `_xml_repair`, and at last read without namespaces.
    A very long text is mended by `_xml_sliced` only, which does not hold up others.

    Raises UpnpXmlParseError for what is malformed, and UpnpXmlContentError for entity declarations, a DTD
    from elsewhere, and more levels or elements than `limits` allow.
    """
    text = trimmed(text)
    finished(refuse_mass(text, limits))
    namespaces = not namespaces_disabled.get()
    try:
        root = parse(text, namespaces=namespaces)
    except ET.ParseError as err:
        if strict or len(text) > LONGEST_MENDED:
            raise UpnpXmlParseError(err) from err
        try:
            root = parse_repaired(text, err, limits, namespaces=namespaces)
        except ET.ParseError:
            # the first error is the one that tells about what the peer sent
            raise UpnpXmlParseError(err) from err
    if len(text) > limits.xml_depth * LEVEL_LENGTH:
        refuse_depth(root, limits)
    return root


def trimmed(text: str) -> str:
    """Cut what comes before the first tag, and what bare C strings leave behind the last one."""
    start = text.find("<")
    if start > 0:
        text = text[start:]
    return text if text.endswith(">") else text.rstrip(" \t\r\n\0")


def parse(text: str, *, namespaces: bool) -> ET.Element:
    """Parse once, without mending; ET.ParseError and UpnpXmlContentError are the only errors."""
    try:
        if PLAIN_PROLOG.match(text) is None:
            refuse_declarations(text)
        if not namespaces:
            return parse_by_expat(text, None)
        if is_mostly_text(text):
            return parse_by_expat(text, "}")
        return ET.fromstring(text)  # noqa: S314  # what makes it unsafe was refused above
    except expat.ExpatError as err:
        raise parse_error(str(err), err.code, (err.lineno, err.offset)) from err
    except UnicodeEncodeError as err:
        raise surrogate_error(err) from err


def is_mostly_text(text: str) -> bool:
    """Whether a document is text with references: ElementTree's parser gets it in pieces, one for each."""
    return text.count("&", 0, SAMPLE_LENGTH) > 2 * text.count("<", 0, SAMPLE_LENGTH)


def surrogate_error(error: UnicodeEncodeError) -> ET.ParseError:
    """Return the error for a lone surrogate, which no parser is given."""
    return parse_error(str(error), expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN], (1, 0))


def parse_error(message: str, code: int, position: tuple[int, int]) -> ET.ParseError:
    """Return the error that ElementTree would raise."""
    error = ET.ParseError(message)
    error.code = code
    error.position = position
    return error


def parse_by_expat(text: str, separator: str | None) -> ET.Element:
    """Parse with expat's buffering of text, and without namespaces where there is no separator."""
    parser, builder = expat_parser(separator)
    parser.Parse(text, True)
    return builder.close()


def expat_parser(separator: str | None) -> tuple[expat.XMLParserType, ET.TreeBuilder]:
    """Make a parser for `parse_by_expat`, and what builds its tree."""
    builder = ET.TreeBuilder()
    start_element = builder.start
    parser = expat.ParserCreate(None, separator)
    parser.buffer_text = True

    def start(tag: str, attributes: dict[str, str]) -> None:
        # expat writes `namespace}name`, and ElementTree `{namespace}name`
        if "}" in tag:
            tag = "{" + tag
        if attributes:
            attributes = {"{" + name if "}" in name else name: value for name, value in attributes.items()}
        start_element(tag, attributes)

    parser.StartElementHandler = start if separator else start_element
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    return parser, builder


def parse_repaired(text: str, error: ET.ParseError, limits: Limits, *, namespaces: bool) -> ET.Element:
    """Mend what the error is about, then what the next is about, each kind once; at last drop namespaces."""
    left = dict(REPAIRS)
    while (repair := left.pop(error.code, None)) is not None:
        text = finished(repair(text, error))
        finished(refuse_mass(text, limits))  # more of it is well-formed now
        try:
            return parse(text, namespaces=namespaces)
        except ET.ParseError as err:
            error = err
    if error.code in BEYOND_REPAIR:
        raise error
    text = finished(without_stray(text, error))
    finished(refuse_mass(text, limits))
    return parse(text, namespaces=False)


class PrologRead(Exception):  # noqa: N818  # says where the parser stands; nothing went wrong
    """The root element begins."""


class PrologReader:
    """Target of a parser that is needed only up to the root element."""

    def start(self, _tag: str, _attributes: dict[str, str]) -> NoReturn:
        """Stop at the root."""
        raise PrologRead

    def close(self) -> None:
        """Do what the protocol of targets demands."""


def refuse_declarations(text: str) -> None:
    """Refuse what a document type declaration may do harm with.

    That is to declare entities (the "billion laughs", files of this host) or default attributes (which grow
    with each element), and to point to a DTD elsewhere. A bare `<!DOCTYPE name>` does nothing and may stand.
    """
    # most programs never meet such a document
    from defusedxml import DefusedXmlException  # noqa: PLC0415  # see above
    from defusedxml.ElementTree import DefusedXMLParser  # noqa: PLC0415  # see above

    reader = DefusedXMLParser(target=PrologReader())
    reader.parser.StartDoctypeDeclHandler = refuse_external_dtd
    reader.parser.AttlistDeclHandler = refuse_default_attribute
    try:
        reader.feed(text[:LONGEST_PROLOG])
    except DefusedXmlException as err:
        raise UpnpXmlContentError(f"XML with a forbidden declaration: {type(err).__name__}") from err
    except (PrologRead, ET.ParseError):
        return  # declarations come before the root; what is malformed is for the parser proper to say
    if len(text) > LONGEST_PROLOG:
        raise UpnpXmlContentError(f"XML without a root element in {LONGEST_PROLOG} characters")


def refuse_external_dtd(
    _name: str, system_id: str | None, public_id: str | None, _has_internal_subset: bool
) -> None:
    """Handle the start of a document type declaration."""
    if system_id is not None or public_id is not None:
        raise UpnpXmlContentError("XML with a document type definition from elsewhere")


def refuse_default_attribute(*_declaration: object) -> NoReturn:
    """Handle the declaration of an attribute."""
    raise UpnpXmlContentError("XML that declares attributes")


def local_name(tag: str) -> str:
    """Return a tag without its namespace `{…}` or its prefix `p:`."""
    return tag[max(tag.rfind("}"), tag.rfind(":")) + 1 :]


def child(element: ET.Element, name: str) -> ET.Element | None:
    """Return the first child of that local name."""
    for candidate in element:
        if local_name(candidate.tag) == name:
            return candidate
    return None


def children(element: ET.Element, name: str) -> Iterator[ET.Element]:
    """Yield the children of that local name."""
    for candidate in element:
        if local_name(candidate.tag) == name:
            yield candidate


def child_text(element: ET.Element, name: str) -> str | None:
    """Return the stripped text of the first child of that local name, "" if empty; None if there is none."""
    found = child(element, name)
    if found is None:
        return None
    return (found.text or "").strip()


def escape(text: str) -> str:
    """Write text as the content of an element: `&`, `<` and `>` escaped, and nothing else (C-010).

    Some devices do not read `&quot;` and `&apos;`. Characters that XML 1.0 cannot carry are dropped.
    """
    if text.isalnum():  # as most values are
        return text
    if ILLEGAL.search(text) is not None:
        text = ILLEGAL.sub("", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Undo the escapes of XML's own five entities; the ampersand last, so that nothing is undone twice."""
    for escaped, character in (
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", '"'),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ):
        text = text.replace(escaped, character)
    return text


def etree_to_dict(tree: ET.Element) -> dict[str, Any]:
    """Return `{tag: value}` for a tree of any depth; tags lose their namespaces.

    The value of an element with neither children nor attributes is its stripped text, None where it has none.
    Else it is a dict: children by tag (a list where the tag is repeated), attributes by "@" and name, and
    "#text" for text that is not blank, of which what follows a child does not count.
    """
    values: dict[ET.Element, Any] = {}
    for element in reversed(list(tree.iter())):  # children come before their parents
        if len(element):
            values[element] = branch_value(element, values)
    return {local_name(tree.tag): values[tree] if len(tree) else leaf_value(tree)}


def leaf_value(element: ET.Element) -> Any:
    """Return the value of an element without children."""
    text = element.text
    if text is not None:
        text = text.strip()
    if not element.attrib:
        return text
    return with_attributes({}, element, text)


def branch_value(element: ET.Element, values: dict[ET.Element, Any]) -> dict[str, Any]:
    """Return the value of an element with children, given (and taking out) those of the branches below."""
    result: dict[str, Any] = {}
    repeated: set[str] = set()
    for part in element:
        name = local_name(part.tag)
        value = values.pop(part) if len(part) else leaf_value(part)
        if name not in result:
            result[name] = value
        elif name in repeated:
            result[name].append(value)
        else:
            repeated.add(name)
            result[name] = [result[name], value]
    return with_attributes(result, element, (element.text or "").strip())


def with_attributes(value: dict[str, Any], element: ET.Element, text: str | None) -> dict[str, Any]:
    """Put an element's attributes and text into its value."""
    for name, attribute in element.attrib.items():
        value["@" + name] = attribute
    if text:
        value["#text"] = text
    return value


BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16's, with which it begins
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0?\0", "utf-16-le"),  # XML 1.0, appendix F
    (b"\0<\0?", "utf-16-be"),
)
MARKS: Final = tuple(mark for mark, _ in BYTE_ORDER_MARKS)
ENCODING_DECLARATION: Final = re.compile(rb"\s*<\?xml[^<>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)")

# Families of 8-bit and multi-byte character sets, by the names that Python gives them. A text whose
# declaration was read as ASCII is not in UTF-16, and some codecs of Python are no charsets: punycode, zip.
CHARSET_FAMILIES: Final = (
    "ascii", "big5", "cp", "euc", "gb", "iso2022", "iso8859", "koi8", "mac", "shift", "utf-8",
)  # fmt: skip

# Names of character sets, as declared: everybody says UTF-8, some in another way, few anything else.
CHARSETS_REMEMBERED: Final = 64


def nothing_said() -> None:
    """Name no charset."""


def decode_text(data: bytes, charset: Callable[[], str | None] = nothing_said) -> str:
    """Return the text of a document; never raises.

    By its byte order mark, else the encoding of its XML declaration, else as UTF-8, else by the charset of
    its Content-Type header (which devices get wrong most often, and which is asked for no sooner), else as
    ISO 8859-1, which always works.
    """
    if data.startswith(MARKS):
        encoding = next(encoding for mark, encoding in BYTE_ORDER_MARKS if data.startswith(mark))
        return data.decode(encoding, "replace")
    declaration = ENCODING_DECLARATION.match(data)
    text = decoded(data, declaration[1].decode("ascii")) if declaration else None
    if text is None:
        text = decoded(data, "utf-8")
    if text is None:
        text = decoded(data, charset())
    return data.decode("iso8859-1") if text is None else text


def decoded(data: bytes, charset: str | None) -> str | None:
    """Return bytes as text, None if they are not in that character set."""
    encoding = known_charset(charset) if charset else ""
    try:
        return data.decode(encoding) if encoding else None
    except UnicodeError:
        return None


@lru_cache(CHARSETS_REMEMBERED)
def known_charset(name: str) -> str:
    """Return Python's name of a character set, or "" where it is none that a document comes in."""
    try:
        encoding = codecs.lookup(name.strip("\"' ")).name
    except (LookupError, ValueError):
        return ""
    return encoding if encoding.startswith(CHARSET_FAMILIES) else ""
