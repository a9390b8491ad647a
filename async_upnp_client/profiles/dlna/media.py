"""What a renderer is told of the media that it is to play (AVTransport:1 §2.4.1; DLNA guidelines).

The server of the media is asked what it is: type, DLNA features, size. Of that, and of what the caller knows,
comes DIDL-Lite that renderers accept. For ``renderer``; ``didl`` writes the text.
"""

import logging
import mimetypes
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from didl_lite import didl_lite
from didl_lite.utils import didl_property_def_key

from async_upnp_client._datatypes import time_to_str
from async_upnp_client._headers import CaseInsensitiveDict, shown
from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.const import MIME_TO_UPNP_CLASS_MAPPING, HttpRequest
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.profiles.dlna.didl_writer import build_didl
from async_upnp_client.profiles.dlna.protocol_info import ProtocolInfo

_LOGGER = logging.getLogger(__name__)

DEFAULT_MIME_TYPE: Final = "application/octet-stream"
MOST_DIGITS: Final = 19  # of 64 bits
DEFAULT_CLASS: Final = "object.item"
ANY_FEATURES: Final = "*"

ROOMIER: Final = {
    "object.item.audioItem": "object.item.audioItem.musicTrack",
    "object.item.videoItem": "object.item.videoItem.movie",
    "object.item.imageItem": "object.item.imageItem.photo",
}
"""A class in which there is room for more, such as an artist, by the class that a type stands for."""

MOST_OF_MEDIA: Final = 64 * 1024
"""Bytes read of media where only its headers are wanted, from servers that know neither HEAD nor ranges:
error pages and playlists are that small. What is longer is not described by its server, and plays all the
same."""

# Types that have several names: what one renderer lists by one of them, another lists by another.
SAME_TYPES: Final = (
    frozenset({"audio/mpeg", "audio/mp3", "audio/x-mp3", "audio/x-mpeg", "audio/mpeg3"}),
    frozenset({"audio/flac", "audio/x-flac", "application/flac"}),
    frozenset({"audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"}),
    frozenset({"audio/mp4", "audio/m4a", "audio/x-m4a"}),
    frozenset({"audio/aac", "audio/x-aac", "audio/vnd.dlna.adts", "audio/aacp"}),
    frozenset({"audio/ogg", "audio/x-ogg", "application/ogg"}),
    frozenset({"audio/x-ms-wma", "audio/wma", "audio/x-wma"}),
    frozenset({"video/x-matroska", "video/mkv", "video/x-mkv", "video/matroska"}),
    frozenset({"video/x-msvideo", "video/avi", "video/msvideo", "video/divx"}),
    frozenset({"video/mp4", "video/x-m4v", "video/m4v"}),
    frozenset({"video/mp2t", "video/vnd.dlna.mpeg-tts", "video/mpegts"}),
    frozenset({"image/jpeg", "image/jpg"}),
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a caller says of media, in place of its server (`override_`) or where that is silent."""

    default_mime_type: str | None = None
    default_upnp_class: str | None = None
    override_mime_type: str | None = None
    override_upnp_class: str | None = None
    override_dlna_features: str | None = None


@dataclass(frozen=True, slots=True)
class Media:
    """What is known of media; what is None is not known."""

    url: str
    title: str
    mime_type: str | None = None
    features: str | None = None
    """The fourth field of protocolInfo."""
    upnp_class: str = DEFAULT_CLASS
    size: int | None = None
    """In bytes."""
    properties: Mapping[str, Any] = field(default_factory=dict)
    """What else there is to say, by the names that didl_lite has: ``artist``, ``album_art_uri``, ..."""

    def minimal(self) -> "Media":
        """Return what no renderer can object to: a title, and a resource of a type."""
        return replace(self, upnp_class=DEFAULT_CLASS, features=ANY_FEATURES, size=None, properties={})

    def with_room(self) -> "Media":
        """Return it as of a class that has room for its properties: an audioItem has no artist."""
        known = didl_lite.type_by_upnp_class(self.upnp_class)
        roomier = didl_lite.type_by_upnp_class(ROOMIER.get(self.upnp_class, ""))
        if known is None or roomier is None:
            return self
        gains = names_of(roomier) & self.properties.keys() - names_of(known)
        return replace(self, upnp_class=roomier.upnp_class) if gains else self

    def build(self) -> str:
        """Write it as DIDL-Lite (AVTransport:1 §2.4.1); UpnpError for a class unknown to didl_lite."""
        item_class = didl_lite.type_by_upnp_class(self.upnp_class)
        if item_class is None:
            raise UpnpError(f"Unknown upnp:class {shown(self.upnp_class)}")
        info = ProtocolInfo(
            "http-get", "*", self.mime_type or DEFAULT_MIME_TYPE, self.features or ANY_FEATURES
        )
        known = {name: _text(value) for name, value in self.properties.items() if value is not None}
        resource = didl_lite.Resource(
            self.url,
            info.build(),
            size=known.pop("size", None) or (None if self.size is None else str(self.size)),
            duration=known.pop("duration", None),
        )
        properties: dict[str, Any] = {
            "id": "0",
            "parent_id": "-1",
            "restricted": "false",
            "title": self.title,
        }
        return build_didl(item_class(**{**properties, "res": [resource], **known}))


def names_of(item_class: type[didl_lite.DidlObject]) -> set[str]:
    """Return the properties that a class has room for, by the names that Python has for them."""
    return {didl_property_def_key(definition) for definition in item_class.didl_properties_defs}


def _text(value: object) -> str:
    return time_to_str(value) if isinstance(value, timedelta) else str(value)


async def async_fetch_headers(
    requester: UpnpRequester, url: str, headers: Mapping[str, str]
) -> CaseInsensitiveDict | None:
    """Ask the server of media for its headers, not for the media; None where they cannot be had."""
    attempts = (
        HttpRequest("HEAD", url, dict(headers), None, max_size=MOST_OF_MEDIA),
        HttpRequest("GET", url, {**headers, "Range": "bytes=0-0"}, None, max_size=MOST_OF_MEDIA),
        HttpRequest("GET", url, dict(headers), None, max_size=MOST_OF_MEDIA),
    )
    for request in attempts:
        try:
            answer = await requester.async_http_request(request)
        except Exception as err:  # noqa: BLE001  # requesters of applications raise what they like
            _LOGGER.debug("%s of %s failed: %s", request.method, shown(url), shown(err))
            continue
        if 200 <= answer.status_code <= 299:
            return CaseInsensitiveDict(answer.headers)
        if request.method == "HEAD" and answer.status_code == 404:  # Not Found
            return None
    return None


def size_of(headers: Mapping[str, str]) -> int | None:
    """Return how many bytes media has, by the headers of the answer to HEAD or to a range of it."""
    whole = headers.get("Content-Range", "").rpartition("/")[2] or headers.get("Content-Length", "")
    size = int(whole) if whole.isascii() and whole.isdigit() and len(whole) <= MOST_DIGITS else 0
    return size or None


def guess_mime_type(url: str) -> str | None:
    """Guess a type from the name at the end of a URL's path."""
    with suppress(ValueError):
        return mimetypes.guess_type(urlsplit(url).path)[0]
    return None


def class_of(mime_type: str) -> str | None:
    """Return the upnp:class of a type; None where there is none."""
    wanted = mime_type.lower()
    classes = MIME_TO_UPNP_CLASS_MAPPING.items()
    return next((upnp_class for start, upnp_class in classes if wanted.startswith(start)), None)


def same_types(mime_type: str) -> frozenset[str]:
    """Return the names that a type has, its own among them."""
    wanted = mime_type.partition(";")[0].strip().lower()
    return next((names for names in SAME_TYPES if wanted in names), frozenset({wanted}))
