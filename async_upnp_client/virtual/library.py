"""What a virtual media server has: a tree of containers and items, which may change while it is served.

``content_directory`` shows it and tells of changes, ``streaming`` serves the bytes. It must not know either,
nor how DIDL-Lite is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final
from urllib.parse import quote

ROOT: Final = "0"
"""The id of the root container (ContentDirectory:1 §2.7.4)."""
NO_PARENT: Final = "-1"
MEDIA_PATH: Final = "/media/"
"""Where the bytes are, at the server."""

UI4: Final = 2**32

# byte ranges; streaming, background, connection stalling, DLNA 1.5
STREAMED: Final = "DLNA.ORG_OP=01;DLNA.ORG_FLAGS=01700000000000000000000000000000"
# interactive, background, DLNA 1.5
SHOWN: Final = "DLNA.ORG_OP=01;DLNA.ORG_FLAGS=00D00000000000000000000000000000"

Attributes = Mapping[str, str]


@dataclass(frozen=True)
class Property:
    """One element of DIDL-Lite beside title and class, by its name with the usual prefix: ``upnp:artist``."""

    name: str
    text: str
    attributes: Attributes = field(default_factory=dict)


@dataclass(frozen=True)
class Resource:
    """Bytes of an item, or what makes them when they are asked for.

    ``attributes`` are those of ``res``, as ``duration``; size and protocolInfo are added. ``profile`` is a
    DLNA media profile.
    """

    path: str
    mime: str
    source: bytes | Callable[[], bytes]
    attributes: Attributes = field(default_factory=dict)
    profile: str = ""

    @cached_property
    def content(self) -> bytes:
        """The bytes."""
        return self.source if isinstance(self.source, bytes) else self.source()

    @property
    def url_path(self) -> str:
        """Where it is, at the server."""
        return MEDIA_PATH + quote(self.path)

    @property
    def features(self) -> str:
        """The fourth field of protocolInfo, which is also what contentFeatures.dlna.org says."""
        features = SHOWN if self.mime.startswith("image/") else STREAMED
        return f"DLNA.ORG_PN={self.profile};{features}" if self.profile else features

    @property
    def protocol_info(self) -> str:
        """What it is, and how it is got (ConnectionManager:1 §2.5.2)."""
        return f"http-get:*:{self.mime}:{self.features}"

    @property
    def all_attributes(self) -> dict[str, str]:
        """The attributes of ``res``."""
        size = {"size": str(len(self.content))}
        return {"protocolInfo": self.protocol_info, **size, **self.attributes}


@dataclass(frozen=True)
class Entry:
    """A container or an item (ContentDirectory:1 §2.4)."""

    object_id: str
    parent_id: str
    title: str
    upnp_class: str
    properties: tuple[Property, ...] = ()
    resources: tuple[Resource, ...] = ()
    ref_id: str | None = None
    """The item that this one only stands for."""

    @property
    def is_container(self) -> bool:
        """Whether it has children, or could."""
        return is_derived(self.upnp_class, "object.container")

    def values(self, name: str) -> list[str]:
        """Return the texts of a property: ``dc:title``, ``@id``, ``res@size``; none where it has none."""
        own = {
            "@id": self.object_id,
            "@parentID": self.parent_id,
            "@refID": self.ref_id,
            "dc:title": self.title,
            "upnp:class": self.upnp_class,
        }
        if name in own:
            text = own[name]
            return [] if text is None else [text]
        element, _, attribute = name.partition("@")
        if element == "res":
            all_attributes = [resource.all_attributes for resource in self.resources]
            if not attribute:
                return [resource.url_path for resource in self.resources]
            return [each[attribute] for each in all_attributes if attribute in each]
        found = [one for one in self.properties if one.name == element]
        if not attribute:
            return [one.text for one in found]
        return [one.attributes[attribute] for one in found if attribute in one.attributes]


def is_derived(upnp_class: str, base: str) -> bool:
    """Tell whether a class is another one, or derived from it (ContentDirectory:1 §2.5.5)."""
    return upnp_class == base or upnp_class.startswith(f"{base}.")


class Library:
    """The tree. ``on_change`` is called with the id of a container whose children have changed."""

    def __init__(self, title: str = "Library") -> None:
        self._entries = {ROOT: Entry(ROOT, NO_PARENT, title, "object.container")}
        self._children: defaultdict[str, list[str]] = defaultdict(list)
        self._resources: dict[str, Resource] = {}
        self._update_ids: dict[str, int] = {}
        self.update_id = 0
        """SystemUpdateID: it counts changes."""
        self.on_change: Callable[[str], object] | None = None

    # --- what there is ---

    def get(self, object_id: str) -> Entry | None:
        """Give what has an id, None where nothing has."""
        return self._entries.get(object_id)

    def children(self, object_id: str) -> list[Entry]:
        """Give the children of a container, in their order."""
        return [self._entries[child] for child in self._children[object_id]]

    def count(self, object_id: str) -> int:
        """Return how many children a container has."""
        return len(self._children[object_id])

    def below(self, object_id: str) -> Iterator[Entry]:
        """Yield everything in a container, at any depth; each container before what is in it."""
        for child in self.children(object_id):
            yield child
            yield from self.below(child.object_id)

    def resource(self, path: str) -> Resource | None:
        """Give the bytes at a path, None where there are none."""
        return self._resources.get(path)

    @property
    def resources(self) -> list[Resource]:
        """Everything that can be got."""
        return list(self._resources.values())

    def container_update_id(self, object_id: str) -> int:
        """Return how often the children of a container have changed."""
        return self._update_ids.get(object_id, 0)

    # --- what changes ---

    def add(self, entry: Entry) -> Entry:
        """Add something, as the last child of its parent; ValueError without a parent, or for an id twice."""
        parent = self._entries.get(entry.parent_id)
        if parent is None or not parent.is_container or entry.object_id in self._entries:
            raise ValueError(f"{entry.object_id} cannot be added to {entry.parent_id}")
        self._entries[entry.object_id] = entry
        self._children[entry.parent_id].append(entry.object_id)
        for resource in entry.resources:
            self.offer(resource)
        self._changed(entry.parent_id)
        return entry

    def offer(self, resource: Resource) -> Resource:
        """Serve bytes, also such as are no item's, as a cover."""
        return self._resources.setdefault(resource.path, resource)

    def remove(self, object_id: str) -> None:
        """Take something away, with all that is in it. KeyError where there is no such thing."""
        for child in list(self._children.pop(object_id, ())):
            self.remove(child)
        entry = self._entries.pop(object_id)
        self._children[entry.parent_id] = [one for one in self._children[entry.parent_id] if one != object_id]
        if entry.ref_id is None:  # else they are another's
            for resource in entry.resources:
                self._resources.pop(resource.path, None)
        self._changed(entry.parent_id)

    def rename(self, object_id: str, title: str) -> None:
        """Give something another title. KeyError where there is no such thing."""
        entry = self._entries[object_id] = replace(self._entries[object_id], title=title)
        self._changed(entry.parent_id)

    def _changed(self, container_id: str) -> None:
        self.update_id = (self.update_id + 1) % UI4
        self._update_ids[container_id] = (self.container_update_id(container_id) + 1) % UI4
        if self.on_change is not None:
            self.on_change(container_id)
