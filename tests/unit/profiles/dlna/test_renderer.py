import asyncio
from typing import Any

import pytest

from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.exceptions import UpnpActionError, UpnpConnectionError, UpnpError
from async_upnp_client.profiles.dlna import DmrDevice, PlayMode, TransportState
from async_upnp_client.profiles.dlna.didl import read_didl
from async_upnp_client.profiles.dlna.renderer import MOST_CHANNELS, is_refusal_of_metadata
from tests.support.renderer import Renderer, last_change, tell, tell_text

URL = "http://192.0.2.9/a.mp3"
ALL = [
    "GetCurrentTransportActions",
    "GetDeviceCapabilities",
    "GetMediaInfo",
    "GetMute",
    "GetProtocolInfo",
    "GetTransportInfo",
    "GetTransportSettings",
    "GetVolume",
]


class WithMedia(Renderer):
    """A renderer, and the server of its media, which tells these headers."""

    headers: dict[str, str] | None = None

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        """Answer as either."""
        if http_request.url.startswith(URL):
            self.calls.append((http_request.method, dict(http_request.headers)))
            return HttpResponse(404 if self.headers is None else 200, self.headers or {}, "")
        return await super().async_http_request(http_request)


# --- Updates and events


async def test_without_events_everything_is_polled() -> None:
    renderer = Renderer()
    dmr = await renderer.async_profile()
    for _ in range(2):
        renderer.calls.clear()
        await dmr.async_update(do_ping=False)
        asked = sorted(name for name, _ in renderer.called())
        assert asked == [name for name in ALL if name in asked]
        assert set(ALL) - set(asked) <= {"GetProtocolInfo"}


@pytest.mark.uda("A-005")
async def test_with_events_it_is_polled_once() -> None:
    renderer = Renderer()
    dmr = await renderer.async_profile(evented=True)
    await dmr.async_subscribe_services()
    await dmr.async_update()
    assert sorted(name for name, _ in renderer.called()) == ALL
    renderer.calls.clear()
    await dmr.async_update(do_ping=False)
    assert renderer.called() == []
    await dmr.async_update()
    assert [name for name, _ in renderer.called()] == ["GetTransportInfo"]
    await dmr.async_unsubscribe_services()


@pytest.mark.uda("A-004")
@pytest.mark.parametrize("told", [{}, {"TransportState": "STOPPED"}], ids=["nothing", "its state"])
async def test_the_state_that_no_event_has_told_is_asked_for_once(told: dict[str, str]) -> None:
    renderer = Renderer(GetTransportInfo={"CurrentTransportState": "STOPPED"})
    dmr = await renderer.async_profile(evented=True)
    await dmr.async_subscribe_services()
    tell_text(dmr, "AVT", last_change("AVT", told))
    await dmr.async_update(do_ping=False)
    assert dmr.transport_state is TransportState.STOPPED
    assert len(renderer.called("GetTransportInfo")) == (0 if told else 1)
    await dmr.async_update(do_ping=False)
    assert len(renderer.called("GetTransportInfo")) == (0 if told else 1)
    await dmr.async_unsubscribe_services()


@pytest.mark.parametrize("state", ["PLAYING", "PAUSED_PLAYBACK"])
async def test_the_position_is_asked_for_where_there_is_one(state: str) -> None:
    renderer = Renderer(
        GetTransportInfo={"CurrentTransportState": state}, GetPositionInfo={"RelTime": "0:00:07"}
    )
    dmr = await renderer.async_profile()
    await dmr.async_update()
    assert dmr.media_position == 7
    renderer.calls.clear()
    await dmr.async_update()
    assert len(renderer.called("GetPositionInfo")) == 1


async def test_a_device_without_transport_is_pinged() -> None:
    renderer = Renderer(without={"AVTransport"})
    dmr = await renderer.async_profile()
    renderer.is_gone = True
    await dmr.async_update(do_ping=False) if dmr._has_protocol_info else None
    with pytest.raises(UpnpConnectionError):
        await dmr.async_update()


async def test_what_has_changed_is_told_before_last_change() -> None:
    dmr = await Renderer().async_profile()
    told: list[list[str]] = []
    dmr.on_event = lambda _service, variables: told.append([one.name for one in variables])
    tell(dmr, "AVT", TransportState="PLAYING", CurrentTrack="1")
    assert told == [["TransportState", "CurrentTrack"], ["LastChange"]]


@pytest.mark.uda("A-002")
async def test_other_channels() -> None:
    dmr = await Renderer().async_profile()
    tell_text(
        dmr,
        "RC",
        '<Event><InstanceID val="0"><Volume channel="Master" val="4"/><Volume channel="LF" val="3"/>'
        '</InstanceID><InstanceID val="1"><Volume channel="RF" val="9"/></InstanceID></Event>',
    )
    assert dmr.volume_level == 0.04
    assert dmr.channel_value("Volume", "LF") == "3"
    assert dmr.channel_value("Volume", "RF") is None


async def test_channels_that_a_device_makes_up_are_bounded() -> None:
    dmr = await Renderer().async_profile()
    values = "".join(f'<Volume channel="C{n}" val="1"/><Odd{n} channel="LF" val="1"/>' for n in range(1000))
    tell_text(dmr, "RC", f'<Event><InstanceID val="0">{values}</InstanceID></Event>')
    assert len(dmr._channels) == MOST_CHANNELS
    assert dmr.channel_value("Odd1", "LF") is None


async def test_another_profile_of_the_device_knows_that_it_plays() -> None:
    dmr = await Renderer().async_profile()
    tell(dmr, "AVT", TransportState="PLAYING", CurrentTrackDuration="0:03:00")
    other = DmrDevice(dmr.device, None)
    assert other._clock.plays
    assert other._clock.duration == 180.0


@pytest.mark.uda("A-008")
async def test_polled_values_that_are_not_listed_are_read_as_they_are() -> None:
    renderer = Renderer(GetTransportSettings={"PlayMode": "X_PARTY"})
    dmr = await renderer.async_profile()
    tell(dmr, "AVT", CurrentPlayMode="NORMAL")
    await dmr.async_update()
    assert dmr.play_mode is PlayMode.VENDOR_DEFINED


async def test_lost_events_end_what_was_refused() -> None:
    dmr = await Renderer(Next=401).async_profile()
    with pytest.raises(UpnpActionError):
        await dmr.async_next()
    service = dmr._service("AVT")
    assert service is not None
    dmr._on_event(service, [])
    assert dmr.can_next


async def test_an_event_that_cannot_be_read_changes_nothing() -> None:
    dmr = await Renderer().async_profile()
    tell(dmr, "AVT", TransportState="PLAYING")
    tell_text(dmr, "AVT", "</InstanceID></Event>")
    tell_text(dmr, "AVT", last_change("AVT", {"TransportState": "PLAYING"}).replace("val", "x", 9))
    assert dmr.transport_state is TransportState.PLAYING


# --- What it is told to play


async def test_metadata_is_sent_as_it_is() -> None:
    renderer = WithMedia()
    dmr = await renderer.async_profile()
    await dmr.async_set_transport_uri(URL, "T", "<DIDL-Lite/>")
    await dmr.async_set_next_transport_uri(URL, "T", "")
    instance = {"InstanceID": "0"}
    assert renderer.called() == [
        ("SetAVTransportURI", {**instance, "CurrentURI": URL, "CurrentURIMetaData": "<DIDL-Lite/>"}),
        ("SetNextAVTransportURI", {**instance, "NextURI": URL, "NextURIMetaData": ""}),
    ]


@pytest.mark.uda("A-012")
@pytest.mark.parametrize(
    ("headers", "sink", "protocol_info"),
    [
        (None, "", "http-get:*:audio/mpeg:*"),
        ({}, "", "http-get:*:audio/mpeg:*"),
        ({"content-type": "audio/flac"}, "", "http-get:*:audio/flac:*"),
        (
            {"Content-Type": "audio/mpeg", "contentFeatures.dlna.org": "DLNA.ORG_PN=MP3"},
            "http-get:*:audio/mpeg:DLNA.ORG_PN=MP3",
            "http-get:*:audio/mpeg:DLNA.ORG_PN=MP3",
        ),
        (
            {"Content-Type": "audio/mpeg", "contentFeatures.dlna.org": "DLNA.ORG_PN=MP3"},
            "http-get:*:audio/mpeg:*",
            "http-get:*:audio/mpeg:*",
        ),
        ({"Content-Type": "audio/flac"}, "http-get:*:audio/x-flac:*", "http-get:*:audio/x-flac:*"),
        ({"Content-Type": "audio/flac"}, "http-get:*:audio/mpeg:*", "http-get:*:audio/flac:*"),
    ],
)
async def test_what_it_is_told_of_media(headers: Any, sink: str, protocol_info: str) -> None:
    renderer = WithMedia(GetProtocolInfo={"Source": "", "Sink": sink})
    renderer.headers = headers
    dmr = await renderer.async_profile()
    await dmr.async_update()
    await dmr.async_set_transport_uri(URL, "T", {"artist": "A"})
    ((_, arguments),) = renderer.called("SetAVTransportURI")
    (item,) = read_didl(arguments["CurrentURIMetaData"])
    assert item.res[0].protocol_info == protocol_info
    assert (item.title, item.artist) == ("T", "A")


async def test_metadata_as_one_wants_it() -> None:
    renderer = WithMedia()
    dmr = await renderer.async_profile()
    text = await dmr.construct_play_media_metadata(
        URL,
        "T",
        override_mime_type="audio/odd",
        override_upnp_class="object.item.audioItem.musicTrack",
        override_dlna_features="DLNA.ORG_OP=01",
        meta_data={"title": "U", "artist": "A", "album_art_uri": "http://x/a.jpg"},
    )
    assert renderer.called() == [], "nothing was to be asked"
    (item,) = read_didl(text)
    assert (item.title, item.artist, item.album_art_uri) == ("U", "A", "http://x/a.jpg")
    assert item.res[0].protocol_info == "http-get:*:audio/odd:DLNA.ORG_OP=01"
    with pytest.raises(UpnpError, match=r"object\.odd"):
        await dmr.construct_play_media_metadata(URL, "T", override_upnp_class="object.odd")


async def test_defaults_of_metadata() -> None:
    dmr = await WithMedia().async_profile()
    text = await dmr.construct_play_media_metadata(f"{URL}x", "T", "x/y", "object.item.playlistItem")
    (item,) = read_didl(text)
    assert item.upnp_class == "object.item.playlistItem"
    assert item.res[0].protocol_info == "http-get:*:x/y:*"


def refusing(codes: list[int]) -> Any:
    """Refuse with these codes, one after the other."""
    return lambda _: codes.pop(0) if codes else {}


@pytest.mark.parametrize(
    ("codes", "offers", "raised"),
    [
        ([], 1, None),
        ([714], 2, None),
        ([402, 716], 3, None),
        ([714, 716, 501], 3, 714),
        ([501], 1, 501),
        ([718, 718, 718], 3, 718),
    ],
)
async def test_a_renderer_that_refuses_metadata_is_offered_less(
    codes: list[int], offers: int, raised: int | None
) -> None:
    renderer = WithMedia(SetAVTransportURI=refusing(codes), SetNextAVTransportURI=refusing(list(codes)))
    dmr = await renderer.async_profile()
    for name, async_set in (
        ("SetAVTransportURI", dmr.async_set_transport_uri),
        ("SetNextAVTransportURI", dmr.async_set_next_transport_uri),
    ):
        if raised is None:
            await async_set(URL, "T")
        else:
            with pytest.raises(UpnpActionError) as caught:
                await async_set(URL, "T")
            assert caught.value.error_code == raised
        sent = [arguments for _, arguments in renderer.called(name)]
        assert len(sent) == offers
        texts = [next(text for key, text in one.items() if key.endswith("MetaData")) for one in sent]
        assert sorted(texts, key=len, reverse=True) == texts
        assert (texts[-1] == "") is (offers == 3)


async def test_what_plays_is_stopped_first_where_that_is_needed() -> None:
    renderer = WithMedia(SetAVTransportURI=refusing([701]))
    dmr = await renderer.async_profile()
    tell(dmr, "AVT", TransportState="PLAYING")
    await dmr.async_set_transport_uri(URL, "T", "")
    names = [name for name, _ in renderer.called()]
    assert names == ["SetAVTransportURI", "Stop", "SetAVTransportURI"]


async def test_a_device_that_plays_nothing_it_is_told() -> None:
    dmr = await WithMedia(without={"SetAVTransportURI", "SetNextAVTransportURI"}).async_profile()
    assert not dmr.has_play_media
    assert not dmr.has_next_transport_uri
    with pytest.raises(UpnpError, match="SetAVTransportURI"):
        await dmr.async_set_transport_uri(URL, "T")
    with pytest.raises(UpnpError, match="SetNextAVTransportURI"):
        await dmr.async_set_next_transport_uri(URL, "T")


async def test_it_can_be_told_what_is_next() -> None:
    assert (await Renderer().async_profile()).has_next_transport_uri


async def test_playing_something() -> None:
    renderer = WithMedia(GetTransportInfo={"CurrentTransportState": "PLAYING"})
    dmr = await renderer.async_profile()
    assert await dmr.async_play_media(URL, "T")
    names = [name for name, _ in renderer.called("SetAVTransportURI", "Play")]
    assert names == ["SetAVTransportURI", "Play"]


async def test_waiting_until_it_can_play_ends_by_an_event() -> None:
    dmr = await Renderer().async_profile()
    tell(dmr, "AVT", CurrentTransportActions="Stop")
    waiting = asyncio.ensure_future(dmr.async_wait_for_can_play(60))
    await asyncio.sleep(0)
    tell(dmr, "AVT", CurrentTransportActions="Stop,Play")
    await waiting


async def test_waiting_until_it_plays_what_was_set() -> None:
    renderer = WithMedia(
        GetTransportInfo={"CurrentTransportState": "PLAYING"},
        GetCurrentTransportActions={"Actions": "Stop"},
        GetMediaInfo={"NrTracks": "1", "CurrentURI": URL, "CurrentURIMetaData": ""},
    )
    dmr = await renderer.async_profile()
    tell(dmr, "AVT", CurrentTransportActions="Stop")
    await dmr.async_set_transport_uri(URL, "T", "")
    await dmr.async_wait_for_can_play(60)
    assert dmr.av_transport_uri == URL


async def test_waiting_has_an_end() -> None:
    dmr = await Renderer(GetCurrentTransportActions={"Actions": "Stop"}).async_profile()
    tell(dmr, "AVT", CurrentTransportActions="Stop")
    await dmr.async_wait_for_can_play(0)
    assert not dmr.can_play


@pytest.mark.parametrize(
    ("code", "may"), [(402, True), (714, True), (501, False), (800, False), (None, False)]
)
def test_which_errors_may_mean_metadata(code: int | None, may: bool) -> None:
    assert is_refusal_of_metadata(code) is may


@pytest.mark.uda("A-033")
@pytest.mark.parametrize("version", [1, 2, 3])
async def test_all_versions_are_renderers(version: int) -> None:
    renderer = Renderer(version=version)
    device = await renderer.async_device()
    assert DmrDevice.is_profile_device(device)
    await DmrDevice(device, None).async_play()
    assert renderer.called("Play")
