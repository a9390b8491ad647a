import inspect
from unittest.mock import create_autospec

import pytest

from async_upnp_client.exceptions import UpnpError
from async_upnp_client.profiles import ohmedia as window
from async_upnp_client.profiles.ohmedia.device import OhmDevice
from tests.support import model
from tests.support.openhome import async_player, service


def test_a_stand_in_for_tests_of_applications_has_coroutines() -> None:
    stand_in = create_autospec(OhmDevice, instance=True)
    names = [name for name in dir(OhmDevice) if name.startswith("async_")]
    # doubles of class methods are no coroutines, from Python 3.13 on
    names = [name for name in names if not inspect.ismethod(getattr(OhmDevice, name))]
    assert len(names) > 120
    assert [name for name in names if not inspect.iscoroutinefunction(getattr(stand_in, name))] == []


@pytest.mark.uda("O-001")
@pytest.mark.parametrize("device_type", OhmDevice.DEVICE_TYPES)
def test_what_is_a_player(device_type: str) -> None:
    product = model.service(
        service_type="urn:av-openhome-org:service:Product:3",
        service_id="urn:av-openhome-org:serviceId:Product",
    )
    assert OhmDevice.is_profile_device(model.device([product], device_type=device_type))
    assert not OhmDevice.is_profile_device(model.device([], device_type=device_type))
    with pytest.raises(UpnpError):
        OhmDevice(model.device([product]), None)


@pytest.mark.uda("O-004")
async def test_the_volume_is_a_number_or_none() -> None:
    player, _ = await async_player(service("Volume", {}, {"Volume": "ui4", "Mute": "boolean"}))
    before = player.volume
    player.profile_device.all_services[0].notify_changed_state_variables({"Volume": "33", "Mute": "1"})
    assert (before, player.volume, player.is_muted) == (None, 33, True)


async def test_mute_is_true_or_false() -> None:
    player, _ = await async_player(service("Volume", {"SetMute": ({"Value": "boolean"}, {})}))
    with pytest.raises(TypeError, match="true or false"):
        await player.async_volume_set_mute(1)  # type: ignore[arg-type]  # what it is about


def test_the_window_shows_what_is_there() -> None:
    assert all(hasattr(window, name) for name in window.__all__)
