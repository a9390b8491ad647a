import inspect
from datetime import timedelta
from unittest.mock import create_autospec

from async_upnp_client.profiles import igd as window
from async_upnp_client.profiles.igd.device import IgdDevice
from async_upnp_client.profiles.igd.pinhole import LastingPinhole
from async_upnp_client.profiles.igd.port_mapping import PortMapping
from tests.support.gateway import Gateway


async def test_what_lasts_is_made_with_its_settings() -> None:
    igd = await Gateway().async_igd()
    mapping = igd.port_mapping(8080, "udp", external_port=9090, internal_client="192.0.2.10")
    assert isinstance(mapping, PortMapping)
    assert (mapping.internal_port, mapping.external_port, mapping.protocol) == (8080, 9090, "UDP")
    assert str(mapping) == "<PortMapping(UDP 9090 to 192.0.2.10:8080)>"
    assert not mapping.is_open
    pinhole = igd.pinhole(8080, 6, lease=timedelta(hours=2), internal_client="2001:db8::5")
    assert isinstance(pinhole, LastingPinhole)
    assert str(pinhole) == "<LastingPinhole(6 [2001:db8::5]:8080)>"


def test_a_stand_in_for_tests_of_applications_has_coroutines() -> None:
    stand_in = create_autospec(IgdDevice, instance=True)
    names = [name for name in dir(IgdDevice) if name.startswith("async_")]
    # doubles of class methods are no coroutines, from Python 3.13 on
    names = [name for name in names if not inspect.ismethod(getattr(IgdDevice, name))]
    assert len(names) > 30
    assert [name for name in names if not inspect.iscoroutinefunction(getattr(stand_in, name))] == []


def test_the_window_shows_what_is_there() -> None:
    assert all(hasattr(window, name) for name in window.__all__)
    assert window.IgdDevice is IgdDevice
