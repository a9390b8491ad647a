"""A small library made by arithmetic: tones as WAV, pictures as PNG, a playlist; real bytes without files.

It is what ``VirtualMediaServer`` has unless it is given another. It must not know how it is served.
"""

import array
import io
import math
import struct
import sys
import wave
import zlib
from collections.abc import Mapping
from functools import partial
from typing import Final

from async_upnp_client.virtual.library import ROOT, Entry, Library, Property, Resource
from async_upnp_client.virtual.media import format_time

RATE: Final = 8000  # samples per second
LOUDNESS: Final = 12_000  # of 32,767
ARTIST: Final = "The Oscillators"

ALBUMS: Final[Mapping[str, Mapping[str, tuple[int, ...]]]] = {
    "Scale": {"C": (262,), "D": (294,), "E": (330,), "F": (349,), "G": (392,)},
    "Chords": {"C major": (262, 330, 392), "A minor": (220, 262, 330), "F & G": (349, 392)},
}
"""Frequencies, in whole hertz, by title, by album."""
PICTURES: Final = {"Red": (255, 0, 0), "Green": (0, 160, 0), "Blue <at noon>": (0, 0, 255)}
"""Colours by title."""


def tone(frequencies: tuple[int, ...], seconds: int) -> bytes:
    """Return a WAV file with these frequencies: mono, 16 bits, 8 kHz."""
    second = array.array(
        "h",
        [
            int(
                LOUDNESS
                / len(frequencies)
                * sum(math.sin(math.tau * hertz * at / RATE) for hertz in frequencies)
            )
            for at in range(RATE)
        ],
    )
    if sys.byteorder == "big":
        second.byteswap()
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        writer.writeframes(second.tobytes() * seconds)  # whole hertz: each second begins as the first
    return file.getvalue()


def picture(colour: tuple[int, int, int], width: int, height: int) -> bytes:
    """Return a PNG file: from black on its left to a colour."""
    row = b"\0" + b"".join(
        [bytes([part * column // max(width - 1, 1) for part in colour]) for column in range(width)]
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits, RGB
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(row * height)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def generated_library() -> Library:
    """Make the library: two albums, pictures, a playlist, and favourites that stand for others."""
    library = Library("Generated library")
    library.add(Entry("music", ROOT, "Music", "object.container"))
    tracks = [
        track
        for number, album in enumerate(ALBUMS, 1)
        for track in add_album(library, f"music/{number}", album)
    ]
    library.add(Entry("pictures", ROOT, "Pictures", "object.container.album.photoAlbum"))
    for number, (title, colour) in enumerate(PICTURES.items(), 1):
        add_picture(library, f"pictures/{number}", title, colour)
    library.add(Entry("favourites", ROOT, "Favourites", "object.container"))
    for track in tracks[:: len(tracks) // 2]:
        favourite = f"favourites/{track.object_id.replace('/', '-')}"
        library.add(
            Entry(
                favourite,
                "favourites",
                track.title,
                track.upnp_class,
                track.properties,
                track.resources,
                ref_id=track.object_id,
            )
        )
    return library


def add_album(library: Library, object_id: str, title: str) -> list[Entry]:
    """Add an album with its tracks, its cover and a playlist of it; return the tracks."""
    cover = Resource(
        f"{object_id}.png", "image/png", partial(picture, (90, 30, 160), 120, 120), profile="PNG_TN"
    )
    art = Property("upnp:albumArtURI", library.offer(cover).url_path, {"dlna:profileID": "PNG_TN"})
    creator, genre = Property("dc:creator", ARTIST), Property("upnp:genre", "Electronic")
    common = (creator, Property("upnp:artist", ARTIST, {"role": "Performer"}), genre, art)
    library.add(Entry(object_id, "music", title, "object.container.album.musicAlbum", common))
    album = Property("upnp:album", title)
    tracks = []
    for number, (name, frequencies) in enumerate(ALBUMS[title].items(), 1):
        seconds = 2 + number
        audio = Resource(
            f"{object_id}/{number}.wav",
            "audio/wav",
            partial(tone, frequencies, seconds),
            {
                "duration": f"{format_time(seconds)}.000",
                "bitrate": str(RATE * 2),
                "sampleFrequency": str(RATE),
                "bitsPerSample": "16",
                "nrAudioChannels": "1",
            },
        )
        track_number = Property("upnp:originalTrackNumber", str(number))
        date = Property("dc:date", f"2026-0{number}-01")
        track = Entry(
            f"{object_id}/{number}",
            object_id,
            name,
            "object.item.audioItem.musicTrack",
            (*common, album, track_number, date),
            (audio,),
        )
        tracks.append(library.add(track))
    lines = [f"#EXTINF:{2 + number},{track.title}\n{number}.wav\n" for number, track in enumerate(tracks, 1)]
    text = "#EXTM3U\n" + "".join(lines)
    playlist = Resource(f"{object_id}/all.m3u", "audio/x-mpegurl", text.encode())
    library.add(
        Entry(
            f"{object_id}/all",
            object_id,
            f"All of {title}",
            "object.item.playlistItem",
            (creator,),
            (playlist,),
        )
    )
    return tracks


def add_picture(library: Library, object_id: str, title: str, colour: tuple[int, int, int]) -> None:
    """Add a picture, in two sizes."""
    sizes = [(640, 480, "PNG_LRG"), (160, 120, "PNG_TN")]
    resources = [
        Resource(
            f"{object_id}-{width}.png",
            "image/png",
            partial(picture, colour, width, height),
            {"resolution": f"{width}x{height}", "colorDepth": "24"},
            profile,
        )
        for width, height, profile in sizes
    ]
    date = Property("dc:date", "2026-05-01")
    library.add(Entry(object_id, "pictures", title, "object.item.imageItem.photo", (date,), tuple(resources)))
