"""LastChange of a ContentDirectory: which objects came, changed and went (ContentDirectory:3 §2.2).

Another text than the LastChange of renderers, with another root (row A-025). Called with the text as the
event delivered it. Pure, and it has no way to fail: what cannot be read is not in the result.
"""

from enum import Enum
from typing import Final, NamedTuple

from async_upnp_client._xml import local_name, parse_xml
from async_upnp_client.exceptions import UpnpContentError
from async_upnp_client.profiles.dlna.content_directory import read_update_id

TRUE: Final = frozenset({"1", "true", "yes"})


class ObjectChangeKind(Enum):
    """What became of an object."""

    ADDED = "objAdd"
    MODIFIED = "objMod"
    REMOVED = "objDel"
    SUBTREE_DONE = "stDone"
    """The last of the changes of one update of all that is in the object."""


class ObjectChange(NamedTuple):
    """One change; ``parent_id`` and ``upnp_class`` come with added objects."""

    kind: ObjectChangeKind
    object_id: str
    update_id: int | None
    parent_id: str | None = None
    upnp_class: str | None = None
    is_of_subtree: bool = False
    """Whether it is part of an update of a whole subtree, which has an end of its own."""


KINDS: Final = {kind.value.lower(): kind for kind in ObjectChangeKind}


def parse_object_changes(text: str) -> list[ObjectChange]:
    """Read the changes, in their order; never raises."""
    try:
        root = parse_xml(text, strict=False)
    except UpnpContentError:
        return []
    changes = []
    for element in root:
        kind = KINDS.get(local_name(element.tag).lower())
        # devices are careless with the case of names
        values = {local_name(name).lower(): value for name, value in element.items()}
        object_id = values.get("objid")
        if kind is None or object_id is None:
            continue
        changes.append(
            ObjectChange(
                kind,
                object_id,
                read_update_id(values.get("updateid", "")),
                values.get("objparentid"),
                values.get("objclass"),
                values.get("stupdate", "").strip().lower() in TRUE,
            )
        )
    return changes
