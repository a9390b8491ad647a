from typing import Any

import pytest

from tests.support.renderer import Renderer, didl, tell

FIELDS = {
    "media_class": ("upnp_class", "object.item.videoItem.movie"),
    "media_program_title": ("upnp:programTitle", "Programme"),
    "media_series_title": ("upnp:seriesTitle", "Series"),
    "media_season_number": ("upnp:episodeSeason", "3"),
    "media_episode_number": ("upnp:episodeNumber", "4"),
    "media_episode_count": ("upnp:episodeCount", "5"),
    "media_channel_name": ("upnp:channelName", "Channel"),
    "media_title": ("dc:title", "Title"),
    "media_artist": ("upnp:artist", "Artist"),
    "media_album_name": ("upnp:album", "Album"),
    "media_album_artist": ("upnp:albumArtist", "Album artist"),
    "media_channel_number": ("upnp:channelNumber", "7"),
}


def movie() -> str:
    inside = "".join(f"<{tag}>{text}</{tag}>" for tag, text in FIELDS.values() if ":" in tag)
    upnp_class = "<upnp:class>object.item.videoItem.movie</upnp:class>"
    return didl(f'<item id="1" parentID="0" restricted="1">{upnp_class}{inside}</item>')


@pytest.mark.parametrize("name", FIELDS)
async def test_what_is_said_of_a_track(name: str) -> None:
    dmr: Any = await Renderer().async_profile()
    assert getattr(dmr, name) is None
    tell(dmr, "AVT", CurrentTrackMetaData=movie())
    assert getattr(dmr, name) == FIELDS[name][1]
    tell(dmr, "AVT", CurrentTrackMetaData="NOT_IMPLEMENTED")
    assert getattr(dmr, name) is None


@pytest.mark.parametrize("text", ["", "NOT_IMPLEMENTED", "<DIDL-Lite", "text", "<a/>"])
async def test_nothing_is_raised_for_what_cannot_be_read(text: str) -> None:
    dmr: Any = await Renderer().async_profile()
    tell(dmr, "AVT", CurrentTrackMetaData=text, AVTransportURIMetaData=text)
    names = [*FIELDS, "media_image_url", "media_playlist_title", "_current_track_meta_data"]
    assert {name: getattr(dmr, name) for name in names} == dict.fromkeys(names)
    assert (dmr.track_metadata is None) is (text in ("", "NOT_IMPLEMENTED"))


@pytest.mark.uda("A-026")
@pytest.mark.parametrize(
    ("text", "code"), [("<DIDL-Lite><item", "didl-unreadable"), (movie()[:-30], "didl-unreadable")]
)
async def test_a_diagnostic_tells_what_cannot_be_read(text: str, code: str) -> None:
    dmr = await Renderer().async_profile()
    tell(dmr, "AVT", CurrentTrackMetaData=text)
    assert (dmr.media_title, dmr.media_title) == (None, None)
    assert dmr.track_metadata is not None
    assert dmr.track_metadata.raw == text
    service = dmr._service("AVT")
    assert service is not None
    assert [(found.code, found.where) for found in service.diagnostics] == [
        (code, f"{service.where}/variable CurrentTrackMetaData")
    ]


async def test_without_the_service_nothing_is_known() -> None:
    dmr: Any = await Renderer(without={"AVTransport"}).async_profile()
    assert dmr.media_title is None
    assert dmr.media_playlist_title is None
    assert dmr._av_transport_uri_meta_data is None


async def test_the_list_that_a_track_is_of() -> None:
    dmr = await Renderer().async_profile()
    title = "<dc:title>List</dc:title><upnp:class>object.container.playlistContainer</upnp:class>"
    tell(
        dmr,
        "AVT",
        AVTransportURI="http://x/list",
        CurrentTrackURI="http://x/1",
        AVTransportURIMetaData=didl(f'<container id="1" parentID="0" restricted="1">{title}</container>'),
    )
    assert dmr.media_playlist_title == "List"
    assert dmr._av_transport_uri_meta_data is not None
    tell(dmr, "AVT", CurrentTrackURI="http://x/list")
    assert dmr.media_playlist_title is None, "it was set by itself"


async def test_a_text_is_read_once() -> None:
    dmr = await Renderer().async_profile()
    tell(dmr, "AVT", CurrentTrackMetaData=movie())
    first = dmr._current_track_meta_data
    tell(dmr, "AVT", CurrentTrackMetaData=movie())
    assert dmr._current_track_meta_data is first
    tell(dmr, "AVT", CurrentTrackMetaData=movie().replace("Title", "Other"))
    assert dmr.media_title == "Other"


async def test_pictures_are_those_of_the_device() -> None:
    dmr = await Renderer().async_profile()
    text = movie().replace("</item>", "<upnp:albumArtURI>/art.jpg</upnp:albumArtURI></item>")
    tell(dmr, "AVT", CurrentTrackMetaData=text)
    assert dmr.media_image_url == "http://192.0.2.1:80/art.jpg"
