"""What release 0.49.0 gets wrong of renderers, and this package must not; each test is named by it."""

from datetime import timedelta
from typing import Any

import pytest

from async_upnp_client.exceptions import UpnpConnectionError
from async_upnp_client.profiles.dlna import split_commas
from tests.support.renderer import Renderer, didl, last_change, tell, tell_text

ITEM = '<item id="1" parentID="0" restricted="1"><dc:title>T</dc:title>'
SONG = f"{ITEM}<upnp:class>object.item.audioItem.musicTrack</upnp:class></item>"


async def test_seek_targets_are_not_padded() -> None:
    renderer = Renderer()
    dmr = await renderer.async_profile()
    await dmr.async_seek_rel_time(timedelta(minutes=1, seconds=5))
    assert renderer.called("Seek")[0][1]["Target"] == "0:01:05"


@pytest.mark.parametrize(("said", "seconds"), [("25:00:05", 90005), ("-0:00:10", None)])
async def test_durations_lose_their_days(said: str, seconds: int | None) -> None:
    dmr = await Renderer().async_profile()
    tell(dmr, "AVT", CurrentTrackDuration=said)
    assert dmr.media_duration == seconds


async def test_the_source_list_is_taken_for_the_sink_list() -> None:
    renderer = Renderer(
        GetProtocolInfo={"Source": "http-get:*:audio/mpeg:*", "Sink": "http-get:*:audio/mpeg:DLNA.ORG_PN=MP3"}
    )
    dmr = await renderer.async_profile()
    found = await dmr._async_sink_info_for_mime_type("audio/mpeg")
    assert found is not None
    assert found.additional_info == "DLNA.ORG_PN=MP3"


async def test_short_entries_of_the_list_raise_an_index_error() -> None:
    dmr = await Renderer(GetProtocolInfo={"Source": "", "Sink": "http-get:*,x"}).async_profile()
    assert await dmr._async_sink_info_for_mime_type("audio/mpeg") is None


async def test_levels_ignore_the_minimum() -> None:
    dmr = await Renderer(volume=("20", "60", None)).async_profile()
    tell(dmr, "RC", Volume="40")
    assert dmr.volume_level == 0.5


async def test_metadata_that_begins_with_a_descriptor_raises_an_attribute_error() -> None:
    dmr = await Renderer().async_profile()
    tell(dmr, "AVT", CurrentTrackMetaData=didl('<desc id="1" nameSpace="urn:x">y</desc>'))
    assert dmr.media_image_url is None


async def test_a_list_is_shared_by_all_who_split_it() -> None:
    split_commas("one,two").clear()
    assert split_commas("one,two") == ["one", "two"]


async def test_protocol_lists_are_never_asked_for_again_after_an_error() -> None:
    renderer = Renderer(GetProtocolInfo={"Source": "", "Sink": "http-get:*:audio/mpeg:*"})
    dmr = await renderer.async_profile()
    renderer.is_gone = True
    with pytest.raises(UpnpConnectionError):
        await dmr.async_update()
    renderer.is_gone = False
    await dmr.async_update()
    assert dmr.sink_protocol_info


async def test_the_time_of_a_position_is_that_of_its_last_change() -> None:
    renderer = Renderer(
        GetTransportInfo={"CurrentTransportState": "PAUSED_PLAYBACK"}, GetPositionInfo={"RelTime": "0:00:07"}
    )
    dmr = await renderer.async_profile()
    await dmr.async_update()
    first = dmr.media_position_updated_at
    await dmr.async_update()
    second = dmr.media_position_updated_at
    assert first is not None
    assert second is not None
    assert second > first


async def test_other_channels_are_thrown_away() -> None:
    dmr: Any = await Renderer().async_profile()
    tell_text(dmr, "RC", last_change("RC", {"Volume": "3"}).replace("<Volume", '<Volume channel="LF"'))
    assert dmr.channel_value("Volume", "LF") == "3"


async def test_metadata_is_read_for_nobody() -> None:
    dmr = await Renderer().async_profile()
    tell(dmr, "AVT", CurrentTrackMetaData=didl(SONG))
    assert dmr._metadata == {}, "it is read when somebody asks for it"
    assert dmr.media_title == "T"
