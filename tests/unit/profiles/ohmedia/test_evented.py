from async_upnp_client.profiles.ohmedia.device import OhmDevice
from async_upnp_client.profiles.ohmedia.evented import Evented, HasAction
from tests.support.openhome import async_player, service


async def test_a_declaration_is_a_property() -> None:
    player, _ = await async_player(service("Info", {}, {"Duration": "ui4", "Lossless": "boolean"}))
    assert player.info_duration is None
    player.profile_device.all_services[0].notify_changed_state_variables({"Duration": "7", "Lossless": "1"})
    duration: int | None = player.info_duration
    assert (duration, player.info_lossless) == (7, True)
    has: bool = player.has_volume
    assert has is False


def test_the_class_shows_the_declaration() -> None:
    assert isinstance(OhmDevice.info_duration, Evented)
    assert isinstance(OhmDevice.info_duration, property)
    assert isinstance(OhmDevice.has_volume, HasAction)
    assert OhmDevice.info_duration.__doc__ == "Duration of Info, as last evented; None where there is none."
    assert OhmDevice.has_volume.__doc__ == "Whether Volume has the action Volume."
