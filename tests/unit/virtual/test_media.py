import io
import wave

import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client.virtual.media import (
    Described,
    Media,
    Track,
    format_time,
    is_playable,
    mime_of_protocol_info,
    parse_playlist,
    parse_time,
    read_metadata,
    wav_duration,
)

DIDL = (
    '<DIDL-Lite xmlns="urn:schemas-upnp-org:metadata-1-0/DIDL-Lite/">'
    '<item id="1" parentID="0" restricted="1">{}</item></DIDL-Lite>'
)
RES = '<res protocolInfo="{}" duration="{}">{}</res>'


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0:00:12", 12.0),
        ("1:02:03", 3723.0),
        ("00:03:25.5", 205.5),
        ("0:00:01.1/4", 1.25),
        ("0:00:01.1/0", 2.0),
        (" 10:00:00 ", 36000.0),
        ("+0:00:05", 5.0),
        ("-0:00:05", None),
        ("0:60:00", None),
        ("0:00:60", None),
        ("12", None),
        ("NOT_IMPLEMENTED", None),
        ("", None),
    ],
)
def test_times(text: str, seconds: float | None) -> None:
    assert parse_time(text) == seconds


@given(st.integers(0, 10**9))
def test_times_are_read_as_they_are_written(seconds: int) -> None:
    assert parse_time(format_time(seconds)) == seconds


@given(st.text())
def test_no_text_is_too_strange_for_a_time_or_metadata(text: str) -> None:
    assert parse_time(text) is None or parse_time(text) >= 0  # type: ignore[operator]  # the first says so
    assert isinstance(read_metadata("<" + text, ""), Described)
    assert isinstance(mime_of_protocol_info(text), str)


def test_what_is_not_known_is_zero() -> None:
    assert format_time(None) == "0:00:00"


@pytest.mark.parametrize(
    ("metadata", "found"),
    [
        pytest.param("", Described(), id="none"),
        pytest.param("NOT_IMPLEMENTED", Described(), id="no XML"),
        pytest.param("<DIDL-Lite", Described(), id="broken"),
        pytest.param('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', Described(), id="entities"),
        pytest.param(DIDL.format(""), Described(), id="no res"),
        pytest.param(
            DIDL.format(RES.format("http-get:*:audio/wav:*", "0:01:00", "http://h/a.wav")),
            Described("audio/wav", 60.0),
            id="res",
        ),
        pytest.param(
            DIDL.format(
                RES.format("http-get:*:audio/mpeg:*", "0:02:00", "http://h/other")
                + RES.format("http-get:*:audio/L16;rate=44100:*", "0:01:00", " http://h/a.wav ")
            ),
            Described("audio/L16", 60.0),
            id="the one with the URI",
        ),
        pytest.param(
            DIDL.format(RES.format("http-get:*:*:*", "0:00:00", "http://h/other")),
            Described(),
            id="knows little",
        ),
    ],
)
def test_metadata(metadata: str, found: Described) -> None:
    assert read_metadata(metadata, "http://h/a.wav") == found


def test_playable() -> None:
    assert is_playable("AUDIO/WAV")
    assert is_playable("audio/l16")
    assert not is_playable("text/html")
    assert not is_playable("")


def wav(seconds: float) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(2)
        writer.setsampwidth(2)
        writer.setframerate(8000)
        writer.writeframes(bytes(int(seconds * 8000) * 4))
    return file.getvalue()


@pytest.mark.parametrize("seconds", [0.5, 1.0, 3.25])
def test_the_head_of_a_wav_says_how_long_it_lasts(seconds: float) -> None:
    assert wav_duration(wav(seconds)[:64]) == seconds


def test_a_wav_may_have_other_parts_before_its_data() -> None:
    whole = wav(1.0)
    extra = b"LIST" + (3).to_bytes(4, "little") + b"abc\0"
    assert wav_duration(whole[:36] + extra + whole[36:]) == 1.0


@pytest.mark.parametrize(
    "data",
    [b"", b"RIFF", b"\xff\xfbaudio", wav(1.0)[:30], b"RIFF\0\0\0\0WAVEdata\1\0\0\0", wav(0.0)],
    ids=["empty", "cut", "mp3", "no data yet", "no rate", "nothing"],
)
def test_what_is_no_wav_has_no_duration(data: bytes) -> None:
    assert wav_duration(data) is None


def test_a_wav_whose_writer_did_not_know_has_no_duration() -> None:
    head = wav(1.0)[:44]
    assert wav_duration(head[:40] + b"\xff\xff\xff\xff") is None


def test_a_playlist() -> None:
    text = "\ufeff#EXTM3U\r\n#EXTINF:12,Title\r\na.wav\r\n\r\n#EXTINF:-1,Radio\nhttp://o/r\nlast.mp3\n"
    assert parse_playlist(text, "http://h/lists/l.m3u") == (
        Track("http://h/lists/a.wav", "", 12.0),
        Track("http://o/r", "", None),
        Track("http://h/lists/last.mp3", "", None),
    )


def test_media_last_as_long_as_their_tracks() -> None:
    assert Media("u", "", (Track("a", "", 1.0), Track("b", "", 2.0))).duration == 3.0
    assert Media("u", "", (Track("a", "", 1.0), Track("b"))).duration is None
