"""What a renderer knows of media before it plays them: tracks, types, durations.

It is read from metadata (DIDL-Lite), or from the first bytes of the media. Pure: ``fetching`` gets the bytes,
and ``av_transport`` asks for both. It must not know services.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

from async_upnp_client._xml import local_name, parse_xml
from async_upnp_client.exceptions import UpnpXmlContentError, UpnpXmlParseError

PLAYLISTS: Final = ("audio/x-mpegurl", "audio/mpegurl")
PLAYABLE: Final = (
    *("audio/wav", "audio/x-wav", "audio/mpeg", "audio/mp4", "audio/flac", "audio/x-flac", "audio/ogg"),
    *("audio/L16", "video/mp4", "video/mpeg", "video/x-matroska", "image/png", "image/jpeg"),
    *PLAYLISTS,
)
"""What the virtual renderer takes, as MIME types: it plays nothing, and so it could take everything."""

STREAMED: Final = 2**32 - 64
"""What the size of a WAV file is near to whose writer did not know it."""

# H+:MM:SS[.F+] or H+:MM:SS[.F0/F1] (AVTransport:1 §2.2.15)
_TIME: Final = re.compile(r"\+?(\d+):(\d{1,2}):(\d{1,2})(?:\.(\d+)(?:/(\d+))?)?")


@dataclass(frozen=True, slots=True)
class Track:
    """One thing to play; ``duration`` is in seconds, None where nobody knows, as of a radio."""

    uri: str = ""
    metadata: str = ""
    duration: float | None = None


@dataclass(frozen=True, slots=True)
class Media:
    """What one URI stands for: a track, or as a playlist several; none at all without a URI."""

    uri: str = ""
    metadata: str = ""
    tracks: tuple[Track, ...] = ()

    @property
    def duration(self) -> float | None:
        """Seconds of all tracks, None where one of them has no end."""
        return total_duration(self.tracks)


NO_MEDIA: Final = Media()


def total_duration(tracks: tuple[Track, ...]) -> float | None:
    """Return the seconds of these tracks, None where one is not known."""
    total = 0.0
    for track in tracks:
        if track.duration is None:
            return None
        total += track.duration
    return total


# --- times, in UPnP's form ---


def parse_time(text: str) -> float | None:
    """Return the seconds of H+:MM:SS[.F+], None for what is no time (AVTransport:1 §2.2.15)."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    hours, minutes, seconds, part, whole = found.groups()
    if int(minutes) > 59 or int(seconds) > 59 or len(hours) > 9:
        return None
    fraction = 0.0
    if part is not None:
        fraction = float(f"0.{part}") if whole is None else int(part) / max(int(whole), 1)
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + fraction


def format_time(seconds: float | None) -> str:
    """Write whole seconds as H:MM:SS; what is not known is 0:00:00 (AVTransport:1 §2.2.14)."""
    whole = int(seconds or 0)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


# --- metadata ---


@dataclass(frozen=True, slots=True)
class Described:
    """What metadata say of a resource."""

    mime: str = ""
    duration: float | None = None


def read_metadata(metadata: str, uri: str) -> Described:
    """Read what DIDL-Lite says of a URI; nothing where it says nothing, or is none.

    The ``res`` with that URI counts, or else the first: servers give others to other interfaces.
    """
    if not metadata.lstrip().startswith("<"):
        return Described()
    try:
        root = parse_xml(metadata, strict=False)
    except (UpnpXmlParseError, UpnpXmlContentError):
        return Described()
    found = [element for element in root.iter() if local_name(element.tag) == "res"]
    if not found:
        return Described()
    res = next((element for element in found if (element.text or "").strip() == uri), found[0])
    return Described(mime_of_protocol_info(res.get("protocolInfo", "")), positive(res_duration(res)))


def res_duration(res: ET.Element) -> float | None:
    """Return the seconds that a ``res`` claims to last."""
    return parse_time(res.get("duration", ""))


def mime_of_protocol_info(text: str) -> str:
    """Return the MIME type in ``http-get:*:audio/mpeg:*``, without parameters; "" where there is none."""
    parts = text.split(":")
    found = parts[2].partition(";")[0].strip() if len(parts) > 2 else ""
    return "" if found == "*" else found


def positive(duration: float | None) -> float | None:
    """Return a duration that can end, None for another: servers write 0:00:00 for what they do not know."""
    return duration if duration is not None and duration > 0 else None


def is_playable(mime: str) -> bool:
    """Tell whether the virtual renderer takes a MIME type."""
    return mime.lower() in {known.lower() for known in PLAYABLE}


# --- bytes ---


def wav_duration(head: bytes) -> float | None:
    """Return the seconds of a WAV file, by its first bytes; None for anything else."""
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        return None
    rate, at = 0, 12
    while at + 8 <= len(head):
        kind, size = head[at : at + 4], int.from_bytes(head[at + 4 : at + 8], "little")
        if kind == b"fmt ":
            rate = int.from_bytes(head[at + 16 : at + 20], "little")  # bytes per second
        elif kind == b"data":
            return positive(size / rate) if rate and size < STREAMED else None
        at += 8 + size + size % 2
    return None


def parse_playlist(text: str, base: str) -> tuple[Track, ...]:
    """Read an M3U: a URI per line, with ``#EXTINF:seconds,title`` before it where it has one."""
    tracks: list[Track] = []
    duration: float | None = None
    for line in map(str.strip, text.lstrip("\ufeff").splitlines()):
        if line.startswith("#EXTINF:"):
            number = line[8:].partition(",")[0].strip()
            duration = positive(float(number)) if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", number) else None
        elif line and not line.startswith("#"):
            tracks.append(Track(urljoin(base, line), "", duration))
            duration = None
    return tuple(tracks)
