"""`DmrDevice` and the virtual renderer over loopback: what is told, what is heard, and what is reckoned."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.profiles.dlna import DmrDevice, TransportState
from tests.support.player import SECONDS, Player, song
from tests.support.virtual_time import pass_time, run

both_ways = pytest.mark.parametrize("is_evented", [True, False])


def state_of(dmr: DmrDevice) -> TransportState | None:
    """Return the state, which changes by itself."""
    return dmr.transport_state


@both_ways
def test_a_song_is_played(is_evented: bool) -> None:
    async def main() -> None:
        async with Player(is_evented=is_evented) as player:
            dmr = player.dmr
            assert state_of(dmr) is TransportState.NO_MEDIA_PRESENT
            item = song("a")
            assert await dmr.async_play_media(item.url, item.title, item.meta_data)
            await pass_time(30)
            await dmr.async_update()
            assert state_of(dmr) is TransportState.PLAYING
            assert (dmr.media_title, dmr.media_duration) == ("a", int(SECONDS))
            assert dmr.media_position in (29, 30)
            assert (dmr.current_track_uri, dmr.av_transport_uri) == (item.url, item.url)
            assert dmr.media_playlist_title is None
            await dmr.async_seek_rel_time(timedelta(minutes=2))
            await dmr.async_pause()
            await pass_time(60)
            await dmr.async_update()
            assert state_of(dmr) is TransportState.PAUSED_PLAYBACK
            assert dmr.media_position == 120
            await dmr.async_play()
            await dmr.async_update()
            await pass_time(10)
            position = dmr.media_position_now
            assert position is not None
            assert abs(position - 130) < 2
            await dmr.async_stop()
            await pass_time(1)
            await dmr.async_update()
            assert state_of(dmr) is TransportState.STOPPED

    run(main())


@pytest.mark.uda("A-004", "A-014")
def test_volume_mute_and_presets_follow_by_events() -> None:
    async def main() -> None:
        async with Player() as player:
            dmr = player.dmr
            await pass_time(1)
            assert dmr.preset_names[0] == "FactoryDefaults"
            await dmr.async_set_volume_level(0.44)
            await dmr.async_mute_volume(True)
            await pass_time(1)
            assert (dmr.volume_level, dmr.is_volume_muted) == (0.44, True)
            player.renderer.rendering_control.take_volume("Master", 20)
            await pass_time(1)
            assert dmr.volume_level == 0.2
            await dmr.async_select_preset("FactoryDefaults")
            await pass_time(1)
            assert dmr.volume_level == 0.3

    run(main())


@pytest.mark.parametrize(
    ("code", "act"),
    [
        (711, lambda dmr: dmr.async_seek_rel_time(timedelta(hours=9))),
        (711, lambda dmr: dmr.async_seek_track(99)),
    ],
)
def test_refusals_are_told(code: int, act: Callable[[DmrDevice], Any]) -> None:
    async def main() -> None:
        async with Player() as player:
            await player.play("a")
            with pytest.raises(UpnpActionError) as caught:
                await act(player.dmr)
            assert caught.value.error_code == code

    run(main())


def test_a_page_is_no_song() -> None:
    async def main() -> None:
        async with Player() as player:
            with pytest.raises(UpnpActionError) as caught:
                await player.dmr.async_set_transport_uri("http://127.0.0.1:9/page.html", "Page")
            assert caught.value.error_code in (714, 716)

    run(main())
