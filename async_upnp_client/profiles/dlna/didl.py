"""DIDL-Lite: the text in which media servers and renderers describe what they have (CDS §2.8).

Read into python-didl-lite's objects: what is well-formed gives what that library gives, and what devices get
wrong is read by guess, and told. Pure: it knows neither services nor devices. `didl_writer` writes.
"""

from collections.abc import Generator, Iterable
from typing import Any, Final, TypeAlias
from xml.etree import ElementTree as ET

from didl_lite.didl_lite import Descriptor, DidlObject, Resource
from didl_lite.utils import to_camel_case

from async_upnp_client._diagnostics import Code, Note, ignore
from async_upnp_client._headers import shown
from async_upnp_client._xml import local_name, parse_xml, unescape
from async_upnp_client._xml_sliced import finished, parse_xml_sliced
from async_upnp_client.exceptions import UpnpContentError, UpnpXmlParseError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.profiles.dlna.didl_names import (
    CLASS_TAG,
    CLASSES,
    KNOWN,
    OBJECT_ATTRIBUTES,
    OBJECTS,
    PLAIN,
    PROPERTIES,
    RES_TAG,
    RESERVED,
    RESOURCE,
    RESOURCE_ATTRIBUTES,
    TEMPLATES,
    UNKNOWN,
    mistaken_name,
    nearest,
)

Didl: TypeAlias = DidlObject | Descriptor

# Standing for no value (AVT §2.2)
NOTHING: Final = frozenset({"", "NOT_IMPLEMENTED"})
# Some two milliseconds of work
OBJECTS_PER_SLICE: Final = 200


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
    text = prepared(text, note)
    if text in NOTHING:
        return []
    try:
        root = parse_xml(text, limits=limits)
    except UpnpXmlParseError as err:
        root = parse_xml(text, strict=False, limits=limits)
        note_repaired(err, note)
    return finished(objects_of(root, note))


def read_didl_sliced(
    text: str, *, note: Note = ignore, limits: Limits = DEFAULT_LIMITS
) -> Generator[None, None, list[Didl]]:
    """Read as `read_didl` does, some milliseconds from step to step of the generator; it returns the list."""
    text = prepared(text, note)
    if text in NOTHING:
        return []
    root = yield from parse_xml_sliced(text, limits=limits, repaired=lambda err: note_repaired(err, note))
    return (yield from objects_of(root, note))


def prepared(text: str, note: Note) -> str:
    """Return the text without blanks around it, and unescaped if it was escaped once too often."""
    text = text.strip(" \t\r\n\0\ufeff")
    if "<" not in text and "&lt;" in text:
        note(Code.DIDL_ESCAPED_TWICE, "", "DIDL-Lite is escaped once too often")
        text = unescape(text)
    return text


def note_repaired(error: UpnpXmlParseError, note: Note) -> None:
    """Tell that a text had to be mended."""
    note(Code.DIDL_REPAIRED, "", f"DIDL-Lite is not well-formed, and was mended: {error}")


def objects_of(root: ET.Element, note: Note) -> Generator[None, None, list[Didl]]:
    """Make the objects of a document, and then its descriptors; what is neither is left out."""
    reader = Reader()
    found: list[Didl] = []
    descriptors: list[Didl] = []
    for number, element in enumerate(reader.top(root), 1):
        made = reader.read(element)
        if made is not None:
            (descriptors if isinstance(made, Descriptor) else found).append(made)
        if not number % OBJECTS_PER_SLICE:
            yield
    for code, message in reader.wrong.items():
        note(code, "", message)
    return found + descriptors


class Reader:
    """One pass over a document; it remembers what it found out about names, and what is wrong."""

    def __init__(self) -> None:
        self.wrong: dict[Code, str] = {}  # each kind once, however many objects have it
        self._names: dict[str, str] = {}
        self._keys: dict[tuple[str, str], str] = {}

    def top(self, root: ET.Element) -> Iterable[ET.Element]:
        """Return the elements that should stand for objects."""
        name = self.name(root.tag)
        if name == "DIDL-Lite":
            return root
        self.wrong[Code.DIDL_WRONG_ROOT] = f"the root of DIDL-Lite is {shown(root.tag)}"
        if name in OBJECTS:
            return [root]
        return next((part for part in root.iter() if self.name(part.tag) == "DIDL-Lite"), root)

    def name(self, tag: str) -> str:
        """Return the name of an element of the standard, and the whole tag of a vendor's."""
        known = KNOWN.get(tag) or self._names.get(tag)
        if known is None:
            name = mistaken_name(tag)
            if name is not None:
                self.wrong[Code.DIDL_WRONG_NAMESPACE] = f"DIDL-Lite has {shown(tag)}, in the wrong namespace"
            known = self._names[tag] = name or tag
        return known

    def read(self, element: ET.Element) -> Didl | None:
        """Make the object or descriptor that an element stands for, None if it stands for neither."""
        name = self.name(element.tag)
        if name in OBJECTS:
            return self._object(element, name)
        return descriptor(element) if name == "desc" else None

    def _object(self, element: ET.Element, tag: str) -> DidlObject:
        kind, written = self._class(element, tag)
        values = TEMPLATES[kind].copy()
        values["res"], values["descriptors"], values["xml_el"] = [], [], element
        if written is not None:
            values["class"] = written
        for name, value in element.items():
            if name in OBJECT_ATTRIBUTES:
                values[OBJECT_ATTRIBUTES[name]] = value
            elif (key := self._key("", name)) not in RESERVED:
                values[key] = value
        children = self._fill(element, values)
        self._complete(tag, values)
        made: DidlObject = kind.__new__(kind)
        object.__setattr__(made, "__dict__", values)
        if children and isinstance(made, list):
            made.extend(children)
        return made

    def _class(self, element: ET.Element, tag: str) -> tuple[type[DidlObject], str | None]:
        """Return the class of an object, and the name that it gives it if that is another (row A-027)."""
        text = element.findtext(CLASS_TAG)
        if text in CLASSES:
            return CLASSES[text], None
        if text is None:
            text = next((part.text for part in element if self.name(part.tag) == "class"), None)
        text = (text or "").strip()
        if not text:
            self.wrong[Code.DIDL_CLASS_MISSING] = f"a DIDL-Lite {tag} has no upnp:class"
            return UNKNOWN[tag], None
        kind = nearest(text) or UNKNOWN[tag]
        if text.lower() == kind.upnp_class.lower():
            return kind, None
        self.wrong[Code.DIDL_CLASS_UNKNOWN] = f"{shown(text)} was read as {kind.upnp_class}"
        return kind, text

    def _fill(self, element: ET.Element, values: dict[str, Any]) -> list[DidlObject]:
        """Take the properties of an object from its elements; return the objects in it."""
        children: list[DidlObject] = []
        for part in element:
            tag = part.tag
            if tag in PLAIN:
                key = PLAIN[tag]
                text = part.text
                if text is not None or key not in values:
                    values[key] = text  # the last of several counts, if it says something
            elif tag == RES_TAG:
                values["res"].append(resource(part))
                continue
            else:
                key = self._special(part, values, children)
            for attribute, value in part.items():
                of_part = self._key(key, attribute)
                if key and of_part not in RESERVED:
                    values[of_part] = value
        return children

    def _special(self, part: ET.Element, values: dict[str, Any], children: list[DidlObject]) -> str:
        """Take what is no mere text in the right namespace; return what its attributes are attributes of."""
        name = self.name(part.tag)
        if name == "class":
            return name
        if name == "res":
            values["res"].append(resource(part))
            return ""
        key = PROPERTIES.get(name) or self._key("", local_name(part.tag))
        text = part.text
        if name == "desc":
            values["descriptors"].append(descriptor(part))
        elif name in OBJECTS:
            children.append(self._object(part, name))
            text = None  # python-didl-lite has it so
        elif name not in PROPERTIES and (key in RESERVED or values.get(key) is not None):
            return ""  # a vendor's text does not replace the standard's
        if text is not None or key not in values:
            values[key] = text
        return key

    def _key(self, of: str, name: str) -> str:
        """Return what an attribute of an element becomes; of the object itself, where `of` is ""."""
        key = self._keys.get((of, name))
        if key is None:
            key = to_camel_case(name)  # which makes snakes of camels
            if of:
                key = f"{of}_{key}"
            self._keys[of, name] = key
        return key

    def _complete(self, tag: str, values: dict[str, Any]) -> None:
        """Tell what an object lacks, and put in what it means by that."""
        if values["restricted"] is None:
            self._lacks(tag, "restricted")
            values["restricted"] = "true"  # what is not said to be allowed is not
        if not values["id"]:
            self._lacks(tag, "id")
        if values["title"] is None:
            self._lacks(tag, "title")

    def _lacks(self, tag: str, name: str) -> None:
        self.wrong.setdefault(Code.DIDL_PROPERTY_MISSING, f"a DIDL-Lite {tag} has no {name}")


def resource(element: ET.Element) -> Resource:
    """Make a resource; attributes that are not the standard's are left out."""
    values = RESOURCE.copy()
    uri = element.text
    values["uri"] = None if uri is None else uri.strip()
    values["xml_el"] = element
    for name, value in element.items():
        if name in RESOURCE_ATTRIBUTES:
            values[RESOURCE_ATTRIBUTES[name]] = value
    made: Resource = Resource.__new__(Resource)
    made.__dict__ = values
    return made


def descriptor(element: ET.Element) -> Descriptor:
    """Make a descriptor, whose attributes need not be there."""
    return Descriptor(
        id=element.get("id", ""),
        name_space=element.get("nameSpace", ""),
        type=element.get("type"),
        text=element.text,
        xml_el=element,
    )
