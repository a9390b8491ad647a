"""Writing DIDL-Lite that renderers accept (CDS §2.8, AVT §2.4).

They look for literal prefixes, and want no XML declaration. Written from python-didl-lite's objects, whose
own writer leaves out what a `res` has besides its protocolInfo, and which image profile an album art has.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from didl_lite.didl_lite import Container, Descriptor, DidlObject, Resource
from didl_lite.utils import didl_property_def_key

from async_upnp_client._xml import escape
from async_upnp_client.profiles.dlna.didl_names import (
    DC_NAMESPACE,
    DIDL_NAMESPACE,
    DLNA_NAMESPACE,
    RESOURCE_ATTRIBUTES,
    SEC_NAMESPACE,
    UPNP_NAMESPACE,
)

# Panasonic's televisions want `sec` declared, and nobody is known to mind it in what is to be played.
HEAD: Final = (
    f'<DIDL-Lite xmlns="{DIDL_NAMESPACE}" xmlns:dc="{DC_NAMESPACE}" xmlns:upnp="{UPNP_NAMESPACE}"'
    f' xmlns:sec="{SEC_NAMESPACE}"'
)
DLNA_DECLARATION: Final = f' xmlns:dlna="{DLNA_NAMESPACE}"'
TAIL: Final = "</DIDL-Lite>"

# Attributes of elements that python-didl-lite reads and does not know: by the element, what it calls the
# attribute and what is written.
MORE_ATTRIBUTES: Final = {
    "upnp:artist": (("artist_role", "role"),),
    "upnp:author": (("author_role", "role"),),
    "upnp:actor": (("actor_role", "role"),),
    "upnp:albumArtURI": ((f"album_art_uri_{{{DLNA_NAMESPACE}}}profile_id", "dlna:profileID"),),
}
FIRST: Final = ("dc:title", "upnp:class")


def build_didl(*objects: DidlObject | Descriptor) -> str:
    """Write objects as a document of DIDL-Lite (CDS §2.8).

    Of an object, what its class declares is written, and nothing that is None: what else was set on it has no
    place in the schema. Characters that XML cannot carry are dropped.
    """
    body = "".join(element(made) for made in objects)
    declared = DLNA_DECLARATION if " dlna:" in body else ""
    return f"{HEAD}{declared}>{body}{TAIL}"


def element(made: DidlObject | Descriptor) -> str:
    """Write one object or descriptor."""
    if isinstance(made, Descriptor):
        return desc(made)
    parts = sorted(texts(made), key=lambda part: FIRST.index(part[0]) if part[0] in FIRST else len(FIRST))
    content = "".join([text for _, text in parts])
    content += "".join([res(resource) for resource in made.res or ()])
    content += "".join([desc(descriptor) for descriptor in made.descriptors or ()])
    if isinstance(made, Container):
        content += "".join([element(child) for child in made])
    return f"<{made.tag}{attributes(own_attributes(made))}>{content}</{made.tag}>"


def own_attributes(made: DidlObject) -> Iterator[tuple[str, object]]:
    """Yield the attributes of an object's element."""
    for _, name, _ in made.didl_properties_defs:
        if name.startswith("@"):
            yield name[1:], getattr(made, didl_property_def_key(("", name)), None)


def texts(made: DidlObject) -> Iterator[tuple[str, str]]:
    """Yield the elements that are texts of an object, by name."""
    of_elements: dict[str, list[tuple[str, object]]] = {}
    for prefix, name, _ in made.didl_properties_defs:
        of, at, attribute = name.partition("@")
        if at and of:
            value = getattr(made, didl_property_def_key((prefix, name)), None)
            of_elements.setdefault(f"{prefix}:{of}", []).append((attribute, value))
    written: set[str] = set()
    for prefix, name, _ in made.didl_properties_defs:
        key = didl_property_def_key((prefix, name))
        if "@" in name or name == "res" or key in written:
            continue
        value = getattr(made, key, None)
        if value is None:
            continue
        written.add(key)
        tag = f"{prefix}:{name}"
        more = [
            (written_as, getattr(made, known_as, None))
            for known_as, written_as in MORE_ATTRIBUTES.get(tag, ())
        ]
        with_attributes = attributes([*of_elements.get(tag, ()), *more])
        yield tag, f"<{tag}{with_attributes}>{escape(str(value))}</{tag}>"


def res(resource: Resource) -> str:
    """Write a resource, its protocolInfo first."""
    values = [(name, getattr(resource, key, None)) for name, key in RESOURCE_ATTRIBUTES.items()]
    return f"<res{attributes(values)}>{escape(resource.uri or '')}</res>"


def desc(descriptor: Descriptor) -> str:
    """Write a descriptor; of what its vendor put into it, the text."""
    values = (("id", descriptor.id), ("nameSpace", descriptor.name_space), ("type", descriptor.type))
    return f"<desc{attributes(values)}>{escape(descriptor.text or '')}</desc>"


def attributes(values: Iterable[tuple[str, object]]) -> str:
    """Write the attributes that have a value."""
    return "".join([f' {name}="{attribute_text(str(value))}"' for name, value in values if value is not None])


def attribute_text(text: str) -> str:
    """Escape an attribute; line ends, which a parser makes spaces of, as references."""
    return (
        escape(text)
        .replace('"', "&quot;")
        .replace("\t", "&#9;")
        .replace("\n", "&#10;")
        .replace("\r", "&#13;")
    )
