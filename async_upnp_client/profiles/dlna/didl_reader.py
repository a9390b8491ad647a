"""From the elements of DIDL-Lite to python-didl-lite's objects, in one pass (CDS §2.8).

What is well-formed gives what that library gives, and what devices get wrong is read by guess, and told.
`didl` has the documents parsed. It must not know texts.
"""

from collections.abc import Iterable
from typing import Any, Final, TypeAlias
from xml.etree import ElementTree as ET

from didl_lite.didl_lite import Descriptor, DidlObject, Resource
from didl_lite.utils import to_camel_case

from async_upnp_client._diagnostics import Code
from async_upnp_client._headers import shown
from async_upnp_client._xml import local_name
from async_upnp_client.exceptions import UpnpXmlParseError
from async_upnp_client.profiles.dlna.didl_elements import READ, Place
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
READ_RESOURCE: Final = READ[Resource]


class Reader:
    """One pass over a document; it remembers what it found out about names, and what is wrong."""

    def __init__(self) -> None:
        self.found: list[Didl] = []
        self.descriptors: list[Didl] = []
        self.wrong: dict[Code, str] = {}  # each kind once, however many objects have it
        self._names: dict[str, str] = {}
        self._keys: dict[tuple[str, str], str] = {}

    def note_repaired(self, error: UpnpXmlParseError) -> None:
        """Hear that a text had to be mended, and of what first."""
        message = f"DIDL-Lite is not well-formed, and was mended: {error}"
        self.wrong.setdefault(Code.DIDL_REPAIRED, message)

    def is_regular(self, root: ET.Element) -> bool:
        """Whether an element is the root that the standard wants."""
        return self.name(root.tag) == "DIDL-Lite"

    def top(self, root: ET.Element) -> Iterable[ET.Element]:
        """Return the elements that should stand for objects."""
        if self.is_regular(root):
            return root
        self.wrong[Code.DIDL_WRONG_ROOT] = f"the root of DIDL-Lite is {shown(root.tag)}"
        if self.name(root.tag) in OBJECTS:
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

    def read(self, element: ET.Element, place: Place) -> None:
        """Make the object or descriptor that an element stands for, if it stands for any."""
        name = self.name(element.tag)
        if name in OBJECTS:
            self.found.append(self._object(element, name, place))
        elif name == "desc":
            self.descriptors.append(descriptor(element, place))

    def _object(self, element: ET.Element, tag: str, place: Place) -> DidlObject:
        kind, written = self._class(element, tag)
        values = TEMPLATES[kind].copy()
        values["res"], values["descriptors"], values["xml_el"] = [], [], place
        if written is not None:
            values["class"] = written
        for name, value in element.attrib.items():
            if name in OBJECT_ATTRIBUTES:
                values[OBJECT_ATTRIBUTES[name]] = value
            elif (key := self._key("", name)) not in RESERVED:
                values[key] = value
        children = self._fill(element, values, place)
        self._complete(tag, values)
        made: DidlObject = kind.__new__(READ[kind])
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

    def _fill(self, element: ET.Element, values: dict[str, Any], place: Place) -> list[DidlObject]:
        """Take the properties of an object from its elements; return the objects in it."""
        children: list[DidlObject] = []
        for number, part in enumerate(element):
            tag = part.tag
            key = PLAIN.get(tag)
            if key is not None:
                text = part.text
                if text is not None or key not in values:
                    values[key] = text  # the last of several counts, if it says something
            elif tag == RES_TAG:
                values["res"].append(resource(part, (*place, number)))
                continue
            elif tag == CLASS_TAG:
                key = "class"
            else:
                key = self._special(part, values, children, (*place, number))
            for attribute, value in part.items() if key else ():
                of_part = self._key(key, attribute)
                if of_part not in RESERVED:
                    values[of_part] = value
        return children

    def _special(
        self, part: ET.Element, values: dict[str, Any], children: list[DidlObject], place: Place
    ) -> str:
        """Take what is no mere text in the right namespace; return what its attributes are attributes of."""
        name = self.name(part.tag)
        if name == "class":
            return name
        if name == "res":
            values["res"].append(resource(part, place))
            return ""
        key = PROPERTIES.get(name) or self._key("", local_name(part.tag))
        text = part.text
        if name == "desc":
            values["descriptors"].append(descriptor(part, place))
        elif name in OBJECTS:
            children.append(self._object(part, name, place))
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


def resource(element: ET.Element, place: Place) -> Resource:
    """Make a resource; attributes that are not the standard's are left out."""
    values = RESOURCE.copy()
    uri = element.text
    if uri is not None:
        values["uri"] = uri.strip()
    values["xml_el"] = place
    for name, value in element.attrib.items():
        if name in RESOURCE_ATTRIBUTES:
            values[RESOURCE_ATTRIBUTES[name]] = value
    made: Resource = Resource.__new__(READ_RESOURCE)
    made.__dict__ = values
    return made


def descriptor(element: ET.Element, place: Place) -> Descriptor:
    """Make a descriptor, whose attributes need not be there."""
    made: Descriptor = READ[Descriptor](
        id=element.get("id", ""),
        name_space=element.get("nameSpace", ""),
        type=element.get("type"),
        text=element.text,
    )
    vars(made)["xml_el"] = place
    return made
