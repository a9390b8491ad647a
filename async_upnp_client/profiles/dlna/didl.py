"""DIDL-Lite: the text in which media servers and renderers describe what they have (CDS §2.8).

Read into python-didl-lite's objects, which `didl_reader` makes of the elements; `didl_writer` writes. Pure:
it knows neither services nor devices.
"""

from collections.abc import Generator, Iterable
from typing import Final
from xml.etree import ElementTree as ET

from async_upnp_client._diagnostics import Code, Note, ignore
from async_upnp_client._slices import finished
from async_upnp_client._xml import unescape
from async_upnp_client._xml_parts import PART_LENGTH, parse_parts
from async_upnp_client._xml_sliced import parse_xml_sliced
from async_upnp_client.exceptions import UpnpContentError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.profiles.dlna.didl_elements import Source
from async_upnp_client.profiles.dlna.didl_reader import Didl, Reader

# Standing for no value (AVT §2.2)
NOTHING: Final = frozenset({"", "NOT_IMPLEMENTED"})
# Some two milliseconds of work
OBJECTS_PER_SLICE: Final = 200
# Where a long document is cut
ENDS: Final = ("</item>", "</container>")


def parse_didl(text: str, *, note: Note = ignore, limits: Limits = DEFAULT_LIMITS) -> list[Didl]:
    """Read objects and descriptors from DIDL-Lite (CDS §2.8); what cannot be read gives none.

    Never raises for what the text says: `note` is told what is wrong with it.
    """
    try:
        return read_didl(text, note=note, limits=limits)
    except UpnpContentError as err:
        note(Code.DIDL_UNREADABLE, "", f"DIDL-Lite that cannot be read: {err}")
        return []


def read_didl(text: str, *, note: Note = ignore, limits: Limits = DEFAULT_LIMITS) -> list[Didl]:
    """Read objects and descriptors as `parse_didl` does, but raise for what cannot be read.

    Raises UpnpXmlParseError for what is no XML, and UpnpXmlContentError for what is refused.
    """
    return finished(read_didl_sliced(text, note=note, limits=limits))


def read_didl_sliced(
    text: str, *, note: Note = ignore, limits: Limits = DEFAULT_LIMITS
) -> Generator[None, None, list[Didl]]:
    """Read as `read_didl` does, some milliseconds from step to step of the generator; it returns the list.

    Objects come first, descriptors after them; what is neither is left out.
    """
    text = prepared(text, note)
    if text in NOTHING:
        return []
    reader = yield from read_parts(text, limits)
    if reader is None:
        reader = yield from read_whole(text, limits)
    for code, message in reader.wrong.items():
        note(code, "", message)
    return reader.found + reader.descriptors


def prepared(text: str, note: Note) -> str:
    """Return the text without blanks around it, and unescaped if it was escaped once too often."""
    text = text.strip(" \t\r\n\0\ufeff")
    if "<" not in text and "&lt;" in text:
        note(Code.DIDL_ESCAPED_TWICE, "", "DIDL-Lite is escaped once too often")
        text = unescape(text)
    return text


def read_parts(text: str, limits: Limits, length: int = PART_LENGTH) -> Generator[None, None, Reader | None]:
    """Read a document part by part; None for one that is to be read as a whole, if at all."""
    reader = Reader()
    try:
        for part, root in parse_parts(text, ENDS, limits, reader.note_repaired, length):
            if not reader.is_regular(root):
                return None
            yield from read_all(reader, root, Source(part))
            yield
    except UpnpContentError:
        return None
    return reader


def read_whole(text: str, limits: Limits) -> Generator[None, None, Reader]:
    """Read a document that cannot be mended in parts, or whose objects have to be looked for."""
    reader = Reader()
    root = yield from parse_xml_sliced(text, limits=limits, repaired=reader.note_repaired)
    elements = list(reader.top(root))
    yield from read_all(reader, elements, Source("", elements))
    return reader


def read_all(reader: Reader, elements: Iterable[ET.Element], source: Source) -> Generator[None, None, None]:
    """Read the elements of a source."""
    for number, element in enumerate(elements):
        reader.read(element, (source, number))
        if not (number + 1) % OBJECTS_PER_SLICE:
            yield
