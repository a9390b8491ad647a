import pytest

from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.profiles.dlna.last_change import parse_last_change
from async_upnp_client.server import NopRequester, UpnpServerAction
from async_upnp_client.virtual.av_transport import AVTransport
from async_upnp_client.virtual.clock import ManualClock
from async_upnp_client.virtual.fetching import Head
from tests.unit.virtual.test_media import DIDL, RES, wav

SONG = "http://192.0.2.1/song.mp3"
OTHER = "http://192.0.2.1/other.mp3"


def metadata(uri: str, duration: str = "0:03:00", mime: str = "audio/mpeg") -> str:
    return DIDL.format(RES.format(f"http-get:*:{mime}:*", duration, uri))


async def nothing_there(url: str) -> Head:
    raise OSError(url)


def transport() -> tuple[AVTransport, ManualClock]:
    made, clock = AVTransport(NopRequester()), ManualClock()
    made.clock, made.fetch = clock, nothing_there
    return made, clock


async def call(service: AVTransport, name: str, **values: str) -> dict[str, str]:
    """Call an action by its texts, as the wire has them."""
    action = service.actions[name]
    assert isinstance(action, UpnpServerAction)
    return dict(await action.async_answer([("InstanceID", "0"), *values.items()], 10.0))


async def load(service: AVTransport, uri: str = SONG, duration: str = "0:03:00") -> None:
    await call(
        service,
        "SetAVTransportURI",
        CurrentURI=uri,
        CurrentURIMetaData=metadata(uri, duration) if uri else "",
    )


async def refusal_of(service: AVTransport, name: str, **values: str) -> int | None:
    with pytest.raises(UpnpActionError) as refused:
        await call(service, name, **values)
    return refused.value.error_code


def changes(service: AVTransport) -> dict[str, str]:
    return parse_last_change(service.last_change.changed_text()).get("0", {})


async def test_it_plays_by_its_clock() -> None:
    service, clock = transport()
    await load(service)
    await call(service, "Play", Speed="1")
    clock.advance(65)
    position = await call(service, "GetPositionInfo")
    assert position == {
        "Track": "1",
        "TrackDuration": "0:03:00",
        "TrackMetaData": metadata(SONG),
        "TrackURI": SONG,
        "RelTime": "0:01:05",
        "AbsTime": "0:01:05",
        "RelCount": "2147483647",
        "AbsCount": "2147483647",
    }
    await call(service, "Pause")
    await call(service, "Seek", Unit="REL_TIME", Target="0:02:30")
    assert (await call(service, "GetTransportInfo"))["CurrentTransportState"] == "PAUSED_PLAYBACK"
    await call(service, "Play", Speed="1")
    clock.advance(30)
    assert await call(service, "GetTransportInfo") == {
        "CurrentTransportState": "STOPPED",
        "CurrentTransportStatus": "OK",
        "CurrentSpeed": "1",
    }


async def test_last_change_tells_each_change_without_being_asked() -> None:
    service, clock = transport()
    assert changes(service)["TransportState"] == "NO_MEDIA_PRESENT"
    await load(service)
    told = changes(service)
    assert told["TransportState"] == "STOPPED"
    assert told["CurrentTransportActions"] == "Play,Seek"
    assert told["AVTransportURI"] == told["CurrentTrackURI"] == SONG
    assert told["CurrentTrackDuration"] == "0:03:00"
    await call(service, "Play", Speed="1")
    assert changes(service) == {"TransportState": "PLAYING", "CurrentTransportActions": "Stop,Pause,Seek"}
    clock.advance(100)
    assert changes(service) == {}, "the position is no event"
    clock.advance(80)
    assert changes(service) == {"TransportState": "STOPPED", "CurrentTransportActions": "Play,Seek"}


async def test_what_is_next_follows_by_itself() -> None:
    service, clock = transport()
    await load(service)
    await call(service, "SetNextAVTransportURI", NextURI=OTHER, NextURIMetaData=metadata(OTHER, "0:00:20"))
    await call(service, "Play", Speed="1")
    changes(service)
    clock.advance(185)
    assert changes(service) == {
        "CurrentTrackURI": OTHER,
        "AVTransportURI": OTHER,
        "AVTransportURIMetaData": metadata(OTHER, "0:00:20"),
        "CurrentTrackMetaData": metadata(OTHER, "0:00:20"),
        "CurrentTrackDuration": "0:00:20",
        "CurrentMediaDuration": "0:00:20",
        "NextAVTransportURI": "",
        "NextAVTransportURIMetaData": "",
        "CurrentTransportActions": "Stop,Pause,Seek",
    }
    assert (await call(service, "GetPositionInfo"))["RelTime"] == "0:00:05"


async def test_the_media_are_told() -> None:
    service, _ = transport()
    await load(service)
    await call(service, "SetNextAVTransportURI", NextURI=OTHER, NextURIMetaData=metadata(OTHER))
    assert await call(service, "GetMediaInfo") == {
        "NrTracks": "1",
        "MediaDuration": "0:03:00",
        "CurrentURI": SONG,
        "CurrentURIMetaData": metadata(SONG),
        "NextURI": OTHER,
        "NextURIMetaData": metadata(OTHER),
        "PlayMedium": "NETWORK",
        "RecordMedium": "NOT_IMPLEMENTED",
        "WriteStatus": "NOT_IMPLEMENTED",
    }
    await load(service, "")
    assert (await call(service, "GetMediaInfo"))["PlayMedium"] == "NONE"


async def test_a_playlist_has_tracks() -> None:
    service, clock = transport()

    async def fetch(url: str) -> Head:
        return Head("audio/x-mpegurl", b"#EXTINF:10,a\na.mp3\nb.mp3\nc.mp3\n")

    service.fetch = fetch
    await call(service, "SetAVTransportURI", CurrentURI="http://192.0.2.1/l.m3u", CurrentURIMetaData="")
    await call(service, "Play", Speed="1")
    await call(service, "Next")
    await call(service, "Next")
    position = await call(service, "GetPositionInfo")
    assert (position["Track"], position["TrackURI"]) == ("3", "http://192.0.2.1/c.mp3")
    assert position["AbsTime"] == "NOT_IMPLEMENTED", "how long b lasts is not known"
    await call(service, "Previous")
    await call(service, "Seek", Unit="TRACK_NR", Target="1")
    clock.advance(11)
    assert (await call(service, "GetMediaInfo"))["NrTracks"] == "3"
    assert (await call(service, "GetPositionInfo"))["TrackURI"] == "http://192.0.2.1/b.mp3"


async def test_a_playlist_without_tracks_has_no_contents() -> None:
    service, _ = transport()

    async def fetch(url: str) -> Head:
        return Head("audio/x-mpegurl", b"#EXTM3U\n")

    service.fetch = fetch
    assert await refusal_of(service, "SetAVTransportURI", CurrentURI=SONG, CurrentURIMetaData="") == 702


async def test_the_header_of_the_media_says_how_long_they_last() -> None:
    service, _ = transport()

    async def fetch(url: str) -> Head:
        return Head("audio/x-wav", wav(7.0)[:100])

    service.fetch = fetch
    await call(service, "SetAVTransportURI", CurrentURI=SONG, CurrentURIMetaData="")
    assert (await call(service, "GetPositionInfo"))["TrackDuration"] == "0:00:07"


async def test_it_can_repeat() -> None:
    service, clock = transport()
    await load(service)
    await call(service, "SetPlayMode", NewPlayMode="REPEAT_ONE")
    assert await call(service, "GetTransportSettings") == {
        "PlayMode": "REPEAT_ONE",
        "RecQualityMode": "NOT_IMPLEMENTED",
    }
    await call(service, "Play", Speed="1")
    clock.advance(400)
    assert (await call(service, "GetPositionInfo"))["RelTime"] == "0:00:40"


async def test_what_it_can_do() -> None:
    service, _ = transport()
    assert (await call(service, "GetDeviceCapabilities"))["PlayMedia"] == "NETWORK,NONE"
    assert await call(service, "GetCurrentTransportActions") == {"Actions": ""}
    await load(service)
    await call(service, "Play", Speed="1")
    assert await call(service, "GetCurrentTransportActions") == {"Actions": "Stop,Pause,Seek"}
    await call(service, "Stop")


@pytest.mark.parametrize(
    ("name", "values", "code"),
    [
        ("Pause", {}, 701),
        ("Next", {}, 711),
        ("Previous", {}, 711),
        ("Seek", {"Unit": "FRAME", "Target": "1"}, 710),
        ("Seek", {"Unit": "REL_TIME", "Target": "0:03:01"}, 711),
        ("SetPlayMode", {"NewPlayMode": "RANDOM"}, 712),
        ("Play", {"Speed": "2"}, 717),
        (
            "SetAVTransportURI",
            {"CurrentURI": SONG, "CurrentURIMetaData": metadata(SONG, mime="text/html")},
            714,
        ),
        ("SetAVTransportURI", {"CurrentURI": SONG, "CurrentURIMetaData": ""}, 716),
        ("SetNextAVTransportURI", {"NextURI": SONG, "NextURIMetaData": ""}, 716),
        ("Play", {"InstanceID": "1", "Speed": "1"}, 718),
        ("Play", {}, 402),
    ],
)
async def test_refusals(name: str, values: dict[str, str], code: int) -> None:
    service, _ = transport()
    await load(service)
    action = service.actions[name]
    assert isinstance(action, UpnpServerAction)
    with pytest.raises(UpnpActionError) as refused:
        await action.async_answer({"InstanceID": "0", **values}.items(), 10.0)
    assert refused.value.error_code == code
    assert (await call(service, "GetMediaInfo"))["CurrentURI"] == SONG, "as it was"


async def test_a_page_of_hypertext_is_no_music() -> None:
    service, _ = transport()

    async def fetch(url: str) -> Head:
        return Head("text/html", b"<html>")

    service.fetch = fetch
    assert await refusal_of(service, "SetAVTransportURI", CurrentURI=SONG, CurrentURIMetaData="") == 714


async def test_without_media_it_does_nothing() -> None:
    service, _ = transport()
    for name, values in (("Play", {"Speed": "1"}), ("Stop", {}), ("Next", {})):
        assert await refusal_of(service, name, **values) == 701


async def test_it_can_fail_while_it_plays() -> None:
    service, _ = transport()
    await load(service)
    await call(service, "Play", Speed="1")
    changes(service)
    service.fail()
    assert changes(service)["TransportStatus"] == "ERROR_OCCURRED"
    assert (await call(service, "GetTransportInfo"))["CurrentTransportState"] == "STOPPED"
    await load(service)
    assert (await call(service, "GetTransportInfo"))["CurrentTransportStatus"] == "OK"


async def test_it_rings_no_more_once_stopped() -> None:
    service, clock = transport()
    await load(service)
    await call(service, "Play", Speed="1")
    await service.async_stop()
    changes(service)
    clock.advance(1000)
    assert changes(service) == {}
