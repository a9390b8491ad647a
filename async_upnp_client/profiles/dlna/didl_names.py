"""The vocabulary of DIDL-Lite, as tables: classes, their properties, and what these are called in Python.

Taken from python-didl-lite's classes, which know the properties of the standard. `didl` reads by these
tables, and `didl_writer` writes by them.
"""

from collections.abc import Iterator
from typing import Any, Final

from didl_lite.didl_lite import Container, DidlObject, Item, Resource
from didl_lite.utils import NAMESPACES, didl_property_key, to_camel_case

DIDL_NAMESPACE: Final[str] = NAMESPACES["didl_lite"]
DC_NAMESPACE: Final[str] = NAMESPACES["dc"]
UPNP_NAMESPACE: Final[str] = NAMESPACES["upnp"]
SEC_NAMESPACE: Final[str] = NAMESPACES["sec"]
DLNA_NAMESPACE: Final = "urn:schemas-dlna-org:metadata-1-0/"

# What devices write where a namespace of the standard belongs: a prefix that they do not declare (this is
# what `_xml_repair` makes of it), or a misspelling. A text may also have none at all.
MISTAKEN: Final = ("urn:undeclared:", "urn:schemas-upnp-org:", "http://purl.org/dc/")
# The prefixes by which the standard's elements are known where namespaces had to be dropped.
PREFIXES: Final = frozenset({"", "dc", "upnp", "didl", "DIDL-Lite"})

# Names of classes have up to four parts, and vendors add a few; what follows says nothing about the kind.
CLASS_PARTS: Final = 8

# The elements that are no texts of an object
OBJECTS: Final = frozenset({"item", "container"})
STRUCTURE: Final = OBJECTS | {"desc", "res", "class"}


def subclasses(of: type[DidlObject]) -> Iterator[type[DidlObject]]:
    """Yield a class and all that are made from it."""
    yield of
    for below in of.__subclasses__():
        yield from subclasses(below)


KINDS: Final = tuple(found for base in (Item, Container) for found in subclasses(base))
# by the name as it is written, and in lower case: devices are careless with it
CLASSES: Final = {name: kind for kind in KINDS for name in (kind.upnp_class, kind.upnp_class.lower())}
# what an object is where nothing is known of its class, by its element
UNKNOWN: Final[dict[str, type[DidlObject]]] = {"item": Item, "container": Container}

DEFINITIONS: Final = {name for kind in KINDS for _, name, _ in kind.didl_properties_defs}
# the attribute of an object that an element becomes, by the element's name
PROPERTIES: Final = {name: didl_property_key(name) for name in DEFINITIONS | STRUCTURE if "@" not in name}
OBJECT_ATTRIBUTES: Final = {
    name.removeprefix("@"): didl_property_key(name) for name in DEFINITIONS if name.startswith("@")
}
# name of an element by its whole tag, and the attribute that it becomes if it is a mere text
KNOWN: Final = {
    f"{{{namespace}}}{name}": name
    for namespace in (DIDL_NAMESPACE, DC_NAMESPACE, UPNP_NAMESPACE)
    for name in (*PROPERTIES, "DIDL-Lite")
}
PLAIN: Final = {
    tag: PROPERTIES[name] for tag, name in KNOWN.items() if name in PROPERTIES and name not in STRUCTURE
}
CLASS_TAG: Final = f"{{{UPNP_NAMESPACE}}}class"
RES_TAG: Final = f"{{{DIDL_NAMESPACE}}}res"

# Attributes of objects that no text of a device may replace: those that are no texts, and the methods.
RESERVED: Final = frozenset(
    {"id", "parent_id", "class", "res", "resources", "descriptors", "xml_el"} | set(dir(DidlObject))
)
RESOURCE_ATTRIBUTES: Final = {
    name: to_camel_case(name)  # which makes snakes of camels
    for name in (
        "protocolInfo",
        "importUri",
        "size",
        "duration",
        "bitrate",
        "sampleFrequency",
        "bitsPerSample",
        "nrAudioChannels",
        "resolution",
        "colorDepth",
        "protection",
    )
}

# All attributes of an object about which nothing is known, to be copied
TEMPLATES: Final[dict[type[DidlObject], dict[str, Any]]] = {
    kind: dict(vars(kind(strict=False))) for kind in KINDS
}
RESOURCE: Final[dict[str, Any]] = dict(vars(Resource(None, None)))


def nearest(upnp_class: str) -> type[DidlObject] | None:
    """Return the class of that name, or the nearest known above it, as Item for `object.item.x` (A-027)."""
    parts = upnp_class.lower().split(".", CLASS_PARTS)[:CLASS_PARTS]
    while parts:
        if (kind := CLASSES.get(".".join(parts))) is not None:
            return kind
        parts.pop()
    return None


def mistaken_name(tag: str) -> str | None:
    """Return the name of an element of the standard that is in the wrong namespace; None for a vendor's."""
    namespace, brace, name = tag.rpartition("}")
    if not brace:
        prefix, _, name = tag.rpartition(":")
        ours = prefix in PREFIXES
    else:
        ours = namespace[1:].startswith(MISTAKEN)
    return name if ours and (name in PROPERTIES or name == "DIDL-Lite") else None
