"""What dependents do with `profiles.dlna` of 0.49.0, done as they do it; it holds for 0.49.0 as well."""

import inspect
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from unittest.mock import create_autospec

import pytest

from async_upnp_client.client import UpnpService, UpnpStateVariable
from async_upnp_client.exceptions import UpnpActionError, UpnpError
from async_upnp_client.profiles.dlna import (
    ContentDirectoryErrorCode,
    DmrDevice,
    DmsDevice,
    PlayMode,
    TransportState,
    _parse_last_change_event,
    split_commas,
)
from async_upnp_client.profiles.profile import find_device_of_type
from tests.support.renderer import Renderer, didl, tell

TITLE = "<dc:title>T</dc:title><upnp:class>object.item.audioItem.musicTrack</upnp:class>"
SONG = f'<item id="1" parentID="0" restricted="1">{TITLE}</item>'


@pytest.mark.parametrize("cls", [DmrDevice, DmsDevice])
def test_doubles_are_made_of_the_classes(cls: type) -> None:
    double = create_autospec(cls, instance=True)
    for name, member in inspect.getmembers(cls, inspect.iscoroutinefunction):
        if not inspect.ismethod(member):  # doubles of class methods are none, from Python 3.13 on
            assert inspect.iscoroutinefunction(getattr(double, name)), name


async def test_a_renderer_is_told_from_other_devices() -> None:
    device = await Renderer().async_device()
    assert DmrDevice.is_profile_device(device)
    assert not DmsDevice.is_profile_device(device)
    assert find_device_of_type(device, DmrDevice.DEVICE_TYPES) is device
    assert set(DmrDevice.SERVICE_IDS) <= {service.service_id for service in device.all_services}
    with pytest.raises(UpnpError):
        DmsDevice(device, None)


async def test_what_an_integration_shows() -> None:
    renderer = Renderer(GetTransportInfo={"CurrentTransportState": "PLAYING"})
    dmr = await renderer.async_profile(evented=True)
    heard: list[list[str]] = []

    def on_event(_service: UpnpService, variables: Sequence[UpnpStateVariable[Any]]) -> None:
        heard.append([variable.name for variable in variables])

    dmr.on_event = on_event
    await dmr.async_subscribe_services(auto_resubscribe=True)
    await dmr.async_update(do_ping=True)
    assert dmr.transport_state is TransportState.PLAYING
    tell(
        dmr,
        "AVT",
        CurrentTrackMetaData=didl(SONG),
        CurrentTrackDuration="0:03:00",
        RelativeTimePosition="0:01:00",
        CurrentTrackURI="http://x/a",
        AVTransportURI="http://x/a",
        CurrentPlayMode="SHUFFLE",
    )
    tell(dmr, "RC", Volume="30", Mute="0")
    assert heard[-1] == ["LastChange"]
    assert (dmr.media_title, dmr.media_duration, dmr.media_position) == ("T", 180, 60)
    assert dmr.media_position_updated_at is not None
    assert dmr.media_position_updated_at.tzinfo is not None
    assert (dmr.volume_level, dmr.is_volume_muted) == (0.3, False)
    assert dmr.play_mode is PlayMode.SHUFFLE
    assert (dmr.media_playlist_title, dmr.media_image_url) == (None, None)
    assert dmr.has_play_media
    assert dmr.can_play
    assert dmr.can_seek_rel_time
    assert dmr.valid_play_modes >= {PlayMode.NORMAL, PlayMode.SHUFFLE}
    await dmr.async_unsubscribe_services()
    assert not dmr.is_subscribed


async def test_playing_as_an_integration_does() -> None:
    renderer = Renderer()
    dmr = await renderer.async_profile()
    if dmr.can_stop:
        await dmr.async_stop()
    text = await dmr.construct_play_media_metadata(
        media_url="http://192.0.2.1:80/device.xml?a.mp3",
        media_title="T",
        override_mime_type="audio/mpeg",
        override_dlna_features="*",
        override_upnp_class="object.item.audioItem.musicTrack",
        meta_data={"artist": "A", "no_such_thing": "x"},
    )
    assert 'id="0"' in text
    assert 'parentID="-1"' in text
    assert "no_such_thing" not in text
    await dmr.async_set_transport_uri("http://192.0.2.1:80/a.mp3", "T", text)
    await dmr.async_wait_for_can_play(1)
    await dmr.async_play()
    await dmr.async_set_volume_level(0.5)
    await dmr.async_seek_rel_time(timedelta(seconds=15))
    assert [name for name, _ in renderer.called()] == [
        "Stop",
        "SetAVTransportURI",
        "Play",
        "SetVolume",
        "Seek",
    ]


async def test_errors_as_an_integration_takes_them() -> None:
    dmr = await Renderer(Next=701).async_profile()
    with pytest.raises(UpnpActionError) as caught:
        await dmr.async_next()
    assert caught.value.error_code == 701


def test_results_of_a_server_are_made_by_position() -> None:
    result = DmsDevice.BrowseResult([], 0, 0, 1)
    assert (result.result, result.number_returned, result.total_matches, result.update_id) == ([], 0, 0, 1)
    assert ContentDirectoryErrorCode(701) is ContentDirectoryErrorCode.NO_SUCH_OBJECT
    assert DmsDevice.METADATA_FILTER_ALL == "*"


def test_helpers() -> None:
    text = '<Event><InstanceID val="0"><TransportState val="PLAYING"/></InstanceID></Event>'
    assert _parse_last_change_event(text) == {"0": {"TransportState": "PLAYING"}}
    assert split_commas("a, b,,c") == ["a", "b", "c"]
