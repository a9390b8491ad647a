"""Defects of 0.49.0 in `profiles.ohmedia`, a test each."""

from tests.support.openhome import async_player, service

SOURCES = "<SourceList><Source><Name>One</Name><Type>Playlist</Type></Source></SourceList>"


async def test_an_active_source_beyond_the_list_is_no_index_error():
    player, _ = await async_player(service("Product", {}, {"SourceIndex": "ui4", "SourceXml": "string"}))
    player.profile_device.all_services[0].notify_changed_state_variables(
        {"SourceIndex": "7", "SourceXml": SOURCES}
    )
    assert player.transport_state is None


async def test_a_source_without_a_name_is_not_called_none():
    actions = {
        "SourceIndex": ({}, {"Value": "ui4"}),
        "Source": ({"Index": "ui4"}, {"Name": "string", "Type": "string"}),
    }
    player, device = await async_player(service("Product", actions))
    device.services[0].answers |= {"SourceIndex": {"Value": "0"}, "Source": {"Type": "Playlist"}}
    assert await player.async_active_source_name() is None
    assert await player.async_active_source_type() == "Playlist"
