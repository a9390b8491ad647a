"""Our OpenHome profile and a player on our own server: sources, tracks, volume, pins, and what goes wrong."""

from contextlib import asynccontextmanager, suppress

import pytest

from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.exceptions import UpnpActionError, UpnpConnectionTimeoutError, UpnpError
from async_upnp_client.profiles.ohmedia.device import OhmDevice
from async_upnp_client.profiles.ohmedia.lists import Entry, Pin
from async_upnp_client.server import UpnpServer
from tests.support.evented import async_until
from tests.support.udp import GROUP, free_port
from tests.support.virtual_player import Player
from tests.support.virtual_time import run

HOST = "127.0.0.1"


@asynccontextmanager
async def published():
    """Publish a player, and give it with its profile device, which hears events."""
    player = Player()
    notified = AiohttpNotifyServer(AiohttpRequester(), (HOST, 0))
    await notified.async_start_server()
    try:
        async with UpnpServer(player.device_class, (HOST, 0), (GROUP, free_port())) as server:
            device = await UpnpFactory(AiohttpRequester()).async_create_device(server.location)
            profile = OhmDevice(device, notified.event_handler)
            yield player, profile
            with suppress(UpnpError):
                await profile.async_unsubscribe_services()
    finally:
        await notified.async_stop_server()


@pytest.mark.uda("O-001", "O-005")
async def test_sources():
    async with published() as (player, profile):
        assert (await profile.async_product())["Room"] == "the Room"
        assert (await profile.async_product_get_image_uri("hd"))["ImageUri"] == "http://192.0.2.1/hd.png"
        assert [one["Name"] for one in await profile.async_visible_sources()] == ["Playlist", "Radio"]
        await profile.async_subscribe_services()
        await async_until(profile, lambda: profile.product_source_index == 0)
        await profile.async_product_set_source_by_system_name("Radio")
        await async_until(profile, lambda: profile.product_source_index == 1)
        assert await profile.async_active_source_type() == "Radio"
        with pytest.raises(UpnpActionError) as refused:
            await profile.async_product_set_source_index(9)
        assert refused.value.error_code == 800
        await profile.async_product_set_standby(True)
        await async_until(profile, lambda: profile.product_standby is True)
        assert player.get("Product", "Standby") is True


@pytest.mark.uda("O-002", "O-003", "O-005", "O-006")
async def test_a_playlist_is_filled_played_and_emptied():
    async with published() as (player, profile):
        await profile.async_subscribe_services()
        with pytest.raises(UpnpActionError) as refused:
            await profile.async_play()
        assert refused.value.error_code == 501
        for number in range(3):
            after = await profile.async_playlist_last_id()
            await profile.async_playlist_insert(after, f"http://192.0.2.1/{number}?a&b", "<DIDL-Lite/>")
        assert await profile.async_playlist_ids() == [1, 2, 3]
        tracks = await profile.async_playlist_tracks([3, 1, 99])
        assert tracks == [
            Entry(1, "http://192.0.2.1/0?a&b", "<DIDL-Lite/>"),
            Entry(3, "http://192.0.2.1/2?a&b", "<DIDL-Lite/>"),
        ]
        for call, code in (
            (profile.async_playlist_insert(3, "http://192.0.2.1/4", ""), 801),
            (profile.async_playlist_insert(99, "http://192.0.2.1/4", ""), 800),
            (profile.async_playlist_read(99), 800),
            (profile.async_playlist_seek_id(99), 800),
        ):
            with pytest.raises(UpnpActionError) as refused:
                await call
            assert refused.value.error_code == code
        await profile.async_play()
        await async_until(profile, lambda: profile.transport_state == "Playing")
        await profile.async_playlist_next()
        await profile.async_pause()
        await async_until(profile, lambda: profile.transport_state == "Paused")
        assert player.get("Playlist", "Id") == 2
        assert (await profile.async_playlist_id_array_changed(3))["Value"] is False
        await profile.async_playlist_delete_id(99)
        await profile.async_playlist_delete_all()
        assert await profile.async_playlist_tracks() == []
        await async_until(profile, lambda: profile.transport_state == "Stopped")


@pytest.mark.uda("O-002", "O-003")
async def test_the_radio_and_pins():
    async with published() as (player, profile):
        await profile.async_subscribe_services()
        assert await profile.async_radio_ids() == [0, 7]
        assert await profile.async_radio_presets() == [Entry(7, "", "<DIDL-Lite/>")]
        assert await profile.async_pins() == [
            Pin(5, "radio", "tunein", "tunein://5", "News", "", "", shuffle=False)
        ]
        await async_until(profile, lambda: profile.product_source_index == 0)
        await profile.async_pins_invoke_id(5)
        await async_until(profile, lambda: profile.product_source_index == 1)
        await async_until(profile, lambda: profile.transport_state == "Playing")
        await profile.async_stop()
        await async_until(profile, lambda: profile.transport_state == "Stopped")
        assert player.get("Radio", "TransportState") == "Stopped"


@pytest.mark.uda("O-004")
async def test_the_volume_ends_at_the_limit():
    async with published() as (player, profile):
        await profile.async_volume_set_level(0.5)
        assert player.get("Volume", "Volume") == 40
        await profile.async_volume_set_level(1.0)
        assert player.get("Volume", "Volume") == 60
        with pytest.raises(UpnpActionError) as refused:
            await profile.async_volume_inc()
        assert refused.value.error_code == 811
        await profile.async_subscribe_services()
        await async_until(profile, lambda: profile.volume_level == 0.75)
        await profile.async_volume_set_mute(True)
        await async_until(profile, lambda: profile.is_muted is True)


async def test_without_events_everything_is_asked_for():
    async with published() as (player, profile):
        player.refuse["Volume.VolumeLimit"] = 501
        await profile.async_update_state_variables()
        assert (profile.product_source_index, profile.volume, profile.is_muted) == (0, 20, False)
        assert profile.playlist_transport_state == "Stopped"
        assert profile.volume_limit is None, "one that is refused costs no more than itself"


def test_an_answer_that_does_not_come_is_no_answer():
    async def main():
        async with published() as (player, profile):
            player.lose_answer.add("Playlist.DeleteAll")
            with pytest.raises(UpnpConnectionTimeoutError):
                await profile.async_playlist_delete_all()
            assert player.calls == ["Playlist.DeleteAll"], "it is asked for once"

    run(main())
