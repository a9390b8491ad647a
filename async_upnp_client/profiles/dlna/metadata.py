"""What a renderer says of a track: DIDL-Lite as text, and what could be read of it (AVTransport:1 §2.2.19).

For ``renderer``. ``didl`` reads the text. A text that cannot be read is kept as it is.
"""

from dataclasses import dataclass
from typing import Final

from didl_lite.didl_lite import Descriptor, DidlObject

from async_upnp_client._addresses import absolute_url
from async_upnp_client._diagnostics import Note, ignore
from async_upnp_client.profiles.dlna.didl import parse_didl
from async_upnp_client.profiles.dlna.protocol_info import ProtocolInfo

NO_VALUE: Final = frozenset({"", "NOT_IMPLEMENTED"})
"""Texts that stand for no value (row A-007)."""


def text_or_none(value: object) -> str | None:
    """Return a text that says something; None for none, blanks and NOT_IMPLEMENTED."""
    if not isinstance(value, str) or value.strip() in NO_VALUE:
        return None
    return value


@dataclass(frozen=True, slots=True)
class TrackMetadata:
    """What is said of a track."""

    raw: str
    """The text as the device sent it, unescaped as the event demands."""
    objects: tuple[DidlObject | Descriptor, ...]
    """What could be read of it."""

    @classmethod
    def parse(cls, text: object, *, note: Note = ignore) -> "TrackMetadata | None":
        """Read a text; None where nothing is said. Never raises: `note` is told what is wrong with it."""
        said = text_or_none(text)
        if said is None:
            return None
        return cls(said, tuple(parse_didl(said, note=note)))

    @property
    def item(self) -> DidlObject | None:
        """The first element, where that is an item or container."""
        first = self.objects[0] if self.objects else None
        return first if isinstance(first, DidlObject) else None

    def field(self, name: str) -> str | None:
        """Return a property of the item as text; None where it has none such."""
        value = getattr(self.item, name, None)
        return str(value) if value not in (None, "") else None

    def image_url(self, base: str) -> str | None:
        """Return the absolute URL of a picture: of the album, or else the first resource that is one."""
        for found in self.objects:
            art = getattr(found, "album_art_uri", None)
            if isinstance(art, str) and art.strip():
                return absolute_url(base, art.strip())
            for resource in getattr(found, "res", None) or ():
                info = ProtocolInfo.parse(resource.protocol_info or "")
                is_picture = info.protocol.lower() == "http-get" and info.mime_type.startswith("image/")
                if is_picture and resource.uri and resource.uri.strip():
                    return absolute_url(base, resource.uri.strip())
        return None
