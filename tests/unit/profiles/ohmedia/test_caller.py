import pytest

from async_upnp_client.exceptions import UpnpActionError, UpnpConnectionError, UpnpError
from tests.support.openhome import async_player, service

STANDBY = {"Standby": ({}, {"Value": "boolean"}), "SetStandby": ({"Value": "boolean"}, {})}


@pytest.mark.uda("O-001")
@pytest.mark.parametrize("version", [1, 4, 7])
async def test_a_service_is_found_in_each_version(version: int) -> None:
    player, device = await async_player(service("Product", STANDBY, version=version))
    device.services[0].answers["Standby"] = {"Value": "1"}
    assert await player.async_product_standby() == {"Value": True}


@pytest.mark.uda("O-001")
async def test_of_several_versions_the_newest_known_one_is_used() -> None:
    services = [service("Volume", {"Volume": ({}, {"Value": "ui4"})}, version=v) for v in (1, 9, 4, 2)]
    player, device = await async_player(*services)
    for number, one in enumerate(device.services):
        one.answers["Volume"] = {"Value": str(number)}
    assert await player.async_volume() == {"Value": 2}


async def test_a_service_of_another_domain_is_none() -> None:
    other = service("Volume", {})
    other.service_type = "urn:schemas-upnp-org:service:Volume:1"
    player, _ = await async_player(other)
    with pytest.raises(UpnpError, match="no service Volume"):
        await player.async_volume()
    assert not player._interesting_service(player.profile_device.all_services[0])


@pytest.mark.uda("O-006")
async def test_a_refusal_has_its_code() -> None:
    player, device = await async_player(service("Playlist", {"Play": ({}, {})}))
    device.services[0].answers["Play"] = 800
    with pytest.raises(UpnpActionError, match="800"):
        await player.async_playlist_play()


async def test_which_actions_tell_evented_variables() -> None:
    actions = {
        "Standby": ({}, {"Value": "boolean"}),
        "Source": ({"Index": "ui4"}, {"Name": "string"}),
        "Model": ({}, {"Name": "string"}),
        "Attributes": ({}, {"Value": "string"}),
    }
    player, _ = await async_player(
        service("Product", actions, {"Standby": "boolean", "Attributes": "string"})
    )
    assert player.get_actions_with_state_variables("Product") == ["Standby", "Attributes"]
    assert player.get_actions_with_state_variables("Radio") == []


@pytest.mark.uda("O-005")
async def test_what_events_would_tell_can_be_asked_for() -> None:
    services = [
        service("Product", STANDBY, {"Standby": "boolean"}),
        service("Time", {"Time": ({}, {"Seconds": "ui4", "Duration": "ui4"})}, {"Seconds": "ui4"}),
        service("Radio", {"Id": ({}, {"Value": "ui4"})}, {"Id": "ui4"}),
    ]
    player, device = await async_player(*services)
    services[0].answers["Standby"] = {"Value": "1"}
    services[1].answers["Time"] = {"Seconds": "30", "Duration": "60"}
    services[2].answers["Id"] = 501
    heard: list[str] = []
    player.on_event = lambda _service, variables: heard.extend(variable.name for variable in variables)
    await player.async_update_state_variables()
    assert (player.product_standby, player.seconds, player.radio_id) == (True, 30, None)
    assert heard[0] == "Standby"
    assert [name for name, _ in device.calls] == ["Standby", "Time", "Id"]

    device.is_gone = True
    with pytest.raises(UpnpConnectionError):
        await player.async_update_state_variables(do_ping=False)
