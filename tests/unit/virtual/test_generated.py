import io
import struct
import wave
import zlib

from async_upnp_client.virtual.generated import generated_library, picture, tone
from async_upnp_client.virtual.library import ROOT
from async_upnp_client.virtual.media import parse_playlist, parse_time, wav_duration


def test_a_tone_is_a_wav_file_of_its_length() -> None:
    with wave.open(io.BytesIO(tone((440, 660), 3))) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (1, 8000, 24_000)
        second, next_second = file.readframes(8000), file.readframes(8000)
    assert second == next_second
    loudest = max(abs(sample) for (sample,) in struct.iter_unpack("<h", second))
    assert 10_000 < loudest <= 12_000


def test_a_picture_is_a_png_file_of_its_size() -> None:
    data = picture((255, 128, 0), 16, 9)
    assert data.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 16, 9))
    at, chunks = 8, {}
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length : at + 12 + length]) == (zlib.crc32(kind + body),)
        chunks[kind] = body
        at += 12 + length
    rows = zlib.decompress(chunks[b"IDAT"])
    assert len(rows) == 9 * (1 + 16 * 3)
    assert (rows[1:4], rows[46:49]) == (b"\0\0\0", b"\xff\x80\0")


def test_the_library_is_what_it_says() -> None:
    library = generated_library()
    assert [entry.title for entry in library.children(ROOT)] == ["Music", "Pictures", "Favourites"]
    for entry in library.below(ROOT):
        for resource in entry.resources:
            assert library.resource(resource.path) is not None
            if resource.mime == "audio/wav":
                assert wav_duration(resource.content) == parse_time(resource.attributes["duration"])
    for favourite in library.children("favourites"):
        assert favourite.ref_id is not None
        original = library.get(favourite.ref_id)
        assert original is not None
        assert original.resources == favourite.resources


def test_a_playlist_leads_to_its_tracks() -> None:
    library = generated_library()
    playlist = library.resource("music/1/all.m3u")
    assert playlist is not None
    tracks = parse_playlist(playlist.content.decode(), "http://h/media/music/1/all.m3u")
    assert len(tracks) == 5
    for track in tracks:
        resource = library.resource(track.uri.removeprefix("http://h/media/"))
        assert resource is not None
        assert parse_time(resource.attributes["duration"]) == track.duration
