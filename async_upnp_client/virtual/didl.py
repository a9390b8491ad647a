"""DIDL-Lite: entries of a library as a control point wants to read them (ContentDirectory:1 §2.5.6, §2.7.4).

Pure: called by ``content_directory``. It must not know services.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from xml.etree import ElementTree as ET

from async_upnp_client.virtual.library import Entry, Library

NAMESPACES: Final = {
    "xmlns": "urn:schemas-upnp-org:metadata-1-0/DIDL-Lite/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:upnp": "urn:schemas-upnp-org:metadata-1-0/upnp/",
    "xmlns:dlna": "urn:schemas-dlna-org:metadata-1-0/",
}


class PropertyFilter:
    """Which properties are wanted: ``*``, or names apart by commas; the required ones always are.

    What nobody has is no error: control points ask for all they know.
    """

    def __init__(self, text: str) -> None:
        names = {name.strip() for name in text.split(",")}
        self._all = "*" in names
        # "container@childCount" is another way to say "@childCount"
        self._names = {
            name[name.index("@") :] if name.startswith(("container@", "item@")) else name for name in names
        }
        self._elements = {name.partition("@")[0] for name in self._names}

    def wants(self, element: str) -> bool:
        """Tell whether an element is wanted, itself or an attribute of it."""
        return self._all or element in self._elements

    def wants_attribute(self, element: str, attribute: str) -> bool:
        """Tell whether an optional attribute of an element is wanted; the element "" is the object's own."""
        return self._all or f"{element}@{attribute}" in self._names


def build_didl(entries: Iterable[Entry], wanted: PropertyFilter, library: Library, base_uri: str) -> str:
    """Write a DIDL-Lite document; ``base_uri`` is where the server is."""
    root = ET.Element("DIDL-Lite", NAMESPACES)
    for entry in entries:
        root.append(element_of(entry, wanted, library, base_uri))
    return ET.tostring(root, encoding="unicode")


def element_of(entry: Entry, wanted: PropertyFilter, library: Library, base_uri: str) -> ET.Element:
    """Return the element of one entry."""
    attributes = {"id": entry.object_id, "parentID": entry.parent_id, "restricted": "1"}
    optional = {"refID": entry.ref_id}
    if entry.is_container:
        optional = {"childCount": str(library.count(entry.object_id)), "searchable": "1"}
    attributes |= {
        name: value
        for name, value in optional.items()
        if value is not None and wanted.wants_attribute("", name)
    }
    element = ET.Element("container" if entry.is_container else "item", attributes)
    ET.SubElement(element, "dc:title").text = entry.title
    ET.SubElement(element, "upnp:class").text = entry.upnp_class
    for one in entry.properties:
        if wanted.wants(one.name):
            some = {
                name: text for name, text in one.attributes.items() if wanted.wants_attribute(one.name, name)
            }
            is_path = one.name == "upnp:albumArtURI" and one.text.startswith("/")
            ET.SubElement(element, one.name, some).text = base_uri + one.text if is_path else one.text
    if wanted.wants("res"):
        for resource in entry.resources:
            some = {
                name: text
                for name, text in resource.all_attributes.items()
                if name == "protocolInfo" or wanted.wants_attribute("res", name)
            }
            ET.SubElement(element, "res", some).text = base_uri + resource.url_path
    return element
