"""LastChange: the one evented variable that carries the changes of all others (AVT §2.2, RCS §2.2).

The text of that variable is itself XML: a variable's value per element, per instance of the service.
Called with the text as the event delivered it, unescaped once. Pure: it knows neither
services nor events, and it has no way to fail; what cannot be read is not in the result.
"""

import html
import re
import sys
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias
from xml.parsers.expat import ExpatError, ParserCreate

from async_upnp_client._xml import escape
from async_upnp_client._xml_known import (
    LEGAL_IN_ATTRIBUTES,
    MARKUPS_REMEMBERED,
    PLACE,
    is_bare,
    may_be_known,
    numbered,
    placed,
    unescaped,
)

MAX_CHARACTERS = 1024 * 1024
"""What is read of one text. Metadata of a queue takes some 100 kB; longer text costs time in the event loop
and memory for every value in it. What lies beyond is not read."""

DEFAULT_INSTANCE = "0"
"""The instance that every renderer has, and whose values are meant where a device names none."""

_ILLEGAL_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_AMPERSAND = re.compile(
    "&(?:(?:amp|lt|gt|quot|apos);|#(?P<decimal>[0-9]{1,7});|#x(?P<hexadecimal>[0-9a-fA-F]{1,6});)?"
)

# Tags that are well-formed by themselves; possessive, so that no text takes long.
_TAG = re.compile(
    r"""<(?P<end>/?)(?P<name>[\w:.-]++)"""
    r"""(?P<attributes>(?:\s++[\w:.-]++\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'))*+)\s*+(?P<empty>/?)>"""
)
_ATTRIBUTE = re.compile(r"""([\w:.-]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')""")
_BARE_DIDL = re.compile(r"""(?<==["'])<DIDL-Lite""")
_END_OF_DIDL = "</DIDL-Lite>"

_VALUE: Final = " val="  # as nearly all devices write it
_QUOTES: Final = frozenset({'"', "'"})
_LABEL: Final = "\ue000"  # before the number of a place; for private use, which nobody makes of it

_Places: TypeAlias = list[tuple[int, str | None, dict[str, int]]]
"""The places of an instance, and of values by variable; for None or a channel beside Master."""


class LastChange(NamedTuple):
    """What a LastChange tells, values as text in UPnP's form."""

    instances: dict[str, dict[str, str]]
    """Values by variable by instance, of the Master channel where there are channels."""
    channels: dict[tuple[str, str], dict[str, str]]
    """Values by variable, of the other channels, by instance and channel as the device names it."""


def parse_last_change(text: str) -> dict[str, dict[str, str]]:
    """Values by variable by instance, of the Master channel where there are channels.

    Names come without namespace prefix. An instance that is named without any value has an
    empty mapping. Never raises: what could be read before an error counts.
    """
    return read_last_change(text).instances


def read_last_change(text: str) -> LastChange:
    """Read the whole of a text, as ``parse_last_change`` does the values of the Master channel."""
    text = text[:MAX_CHARACTERS]
    if not text.startswith("<"):
        text = _from_first_tag(text)
    known = read_known(text)
    return guess_last_change(text) if known is None else known


def guess_last_change(text: str) -> LastChange:
    """Read a text that begins with a tag, whatever may be wrong with it."""
    reader = _Reader()
    if not reader.read(text):
        # forgives a bare "&" in titles, names and URLs, and control characters (row A-003)
        second, third = _Reader(), _Reader()
        repaired = _repaired(text)
        if not second.read(repaired):
            third.read_tags(_with_didl_escaped(repaired))
        reader = max(reader, second, third, key=_Reader.number_of_values)
    return LastChange(reader.changes, reader.channels)


def read_known(text: str) -> LastChange | None:
    """Read a text by its markup; None where that is for expat to do."""
    if not may_be_known(text):
        return None
    first, *parts = text.split(_VALUE)
    markup, texts = [first], []
    for part in parts:
        quote = part[:1]
        value, end, rest = part[1:].partition(quote) if quote in _QUOTES else ("", "", "")
        if not end:
            return None
        texts.append(value)
        markup.append(rest)
    whole = placed(markup, f'{_VALUE}"{PLACE}"')
    places = None if whole is None else _places_in(whole)
    read = unescaped(texts, LEGAL_IN_ATTRIBUTES)
    if places is None or read is None:
        return None
    told = LastChange({}, {})
    for place, channel, variables in places:
        instance = read[place].strip() or DEFAULT_INSTANCE
        if channel is None:
            values = told.instances.setdefault(instance, {})
        else:
            values = told.channels.setdefault((instance, channel), {})
        for name, place_of_value in variables.items():
            values[name] = read[place_of_value]
    return told


@lru_cache(MARKUPS_REMEMBERED)
def _places_in(markup: str) -> _Places | None:
    """Return where in a markup which value is; None unless all places are values or instances."""
    if not is_bare(markup) or _LABEL in markup:
        return None
    reader = _Reader()
    if not reader.read(numbered(markup, _LABEL)):
        return None
    found: list[tuple[str, str | None, dict[str, str]]] = [
        *((instance, None, variables) for instance, variables in reader.changes.items()),
        *((instance, channel, variables) for (instance, channel), variables in reader.channels.items()),
    ]
    labels = [*reader.changes, *(label for *_, variables in found for label in variables.values())]
    if sorted(labels) != sorted(f"{_LABEL}{number}" for number in range(markup.count(PLACE))):
        return None
    return [
        (_number(instance), channel, {name: _number(label) for name, label in variables.items()})
        for instance, channel, variables in found
    ]


def _number(label: str) -> int:
    return int(label.removeprefix(_LABEL))


def _from_first_tag(text: str) -> str:
    """Cut what precedes the first tag: forgives byte order marks and blanks before the XML declaration."""
    start = text.find("<")
    if start < 0:
        # forgives text that was escaped once too often
        text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&apos;", "'")
        text = text.replace("&amp;", "&")
        start = text.find("<")
    return text[start:] if start >= 0 else ""


def _repaired(text: str) -> str:
    """Drop characters and references that XML does not allow; escape each "&" that begins no reference."""
    return _AMPERSAND.sub(_repaired_reference, _ILLEGAL_CHARACTERS.sub("", text))


def _repaired_reference(match: re.Match[str]) -> str:
    if match["decimal"] or match["hexadecimal"]:
        number = int(match["decimal"] or match["hexadecimal"], 10 if match["decimal"] else 16)
        if number > sys.maxunicode or _ILLEGAL_CHARACTERS.match(chr(number)):
            return ""
    return "&amp;" if match[0] == "&" else match[0]


def _with_didl_escaped(text: str) -> str:
    """Escape metadata that stands bare in a value: forgives what was escaped once too seldom (row A-003)."""
    pieces, done = [], 0
    while (match := _BARE_DIDL.search(text, done)) is not None:
        end = text.find(_END_OF_DIDL, match.end())
        if end < 0:
            break
        end += len(_END_OF_DIDL)
        pieces += [text[done : match.start()], escape(text[match.start() : end]).replace('"', "&quot;")]
        done = end
    return "".join([*pieces, text[done:]])


def _attribute(attributes: dict[str, str], name: str) -> str | None:
    """Value of an attribute, whatever the case of its name (row A-002: devices write Channel, Val)."""
    value = attributes.get(name)
    if value is None:
        for key, other in attributes.items():
            if key.lower() == name:
                return other
    return value


class _EntityRefusedError(Exception):
    """The text declares entities: nothing needs them, and they can grow without bound."""


class _Reader:
    """One pass over a text. Prefixes are cut off, not looked up: devices leave them undeclared."""

    def __init__(self) -> None:
        self.changes: dict[str, dict[str, str]] = {}
        self.channels: dict[tuple[str, str], dict[str, str]] = {}
        self._instance = DEFAULT_INSTANCE
        self._values: dict[str, str] | None = None  # of the instance; None before its first
        self._depth = 0
        self._holder_depth = 1  # of the element whose children are variables: the root, or an InstanceID
        self._pieces: list[str] = []  # of the text since the last tag that matters
        self._is_value = False  # whether that text is the value of the element around it

    def read(self, text: str) -> bool:
        """Whether reading on after a repair cannot bring more than `changes` holds now."""
        parser = ParserCreate("utf-8")  # over what the XML declaration says: text is decoded already
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._pieces.append
        parser.EntityDeclHandler = refuse
        try:
            parser.Parse(text.encode("utf-8", "replace"), True)
        except ExpatError:
            return False
        except _EntityRefusedError:
            pass
        return True

    def read_tags(self, text: str) -> None:
        """Read what has a value and is well-formed by itself, whatever stands between (row A-003)."""
        self._start("Event", {})
        for match in _TAG.finditer(text):
            name = match["name"]
            is_instance = name.rpartition(":")[2] == "InstanceID"
            if not match["end"]:
                found = _ATTRIBUTE.findall(match["attributes"])
                self._start(name, {key: html.unescape(one or other) for key, one, other in found})
                if match["empty"] or not is_instance:
                    self._end(name)
            elif is_instance and self._depth > 1:
                self._end(name)

    def number_of_values(self) -> int:
        """How much was found."""
        return sum(len(variables) for variables in (*self.changes.values(), *self.channels.values()))

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._is_value = False
        name = tag.rpartition(":")[2] if ":" in tag else tag
        value = attributes.get("val")
        channel = None
        if attributes and (value is None or len(attributes) > 1):  # most have a value and nothing else
            value = _attribute(attributes, "val")
            channel = _attribute(attributes, "channel")
        if name == "InstanceID":
            self._instance = (value or "").strip() or DEFAULT_INSTANCE
            self._values = self.changes.setdefault(self._instance, {})
            self._holder_depth = self._depth
        # no channel means Master (row A-002); other channels would overwrite its value
        elif channel and channel != "Master" and channel.strip().lower() != "master":
            if value is not None:
                self.channels.setdefault((self._instance, channel.strip()), {})[name] = value
        elif value is not None:
            self._take(name, value)
        elif self._depth == self._holder_depth + 1:
            # forgives the value as text of the element, instead of in `val` (row A-001)
            self._is_value = True
            self._pieces.clear()

    def _end(self, tag: str) -> None:
        if self._is_value:
            self._is_value = False
            value = "".join(self._pieces).strip()
            if value:
                self._take(tag.rpartition(":")[2], value)
        if self._depth == self._holder_depth:
            self._instance = DEFAULT_INSTANCE
            self._values = None
            self._holder_depth = 1
        self._depth -= 1

    def _take(self, name: str, value: str) -> None:
        if self._values is None:
            self._values = self.changes.setdefault(self._instance, {})
        self._values[name] = value


def refuse(*_declaration: object) -> None:
    """Handle the declaration of an entity."""
    raise _EntityRefusedError
