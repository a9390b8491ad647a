import pytest

from async_upnp_client.exceptions import UpnpError
from async_upnp_client.profiles.igd.device import IgdDevice
from async_upnp_client.profiles.igd.pace import CALL_GAP, PacedGate
from tests.support import model
from tests.support.gateway import Gateway, Wan


async def test_a_gateway_is_asked_one_thing_at_a_time() -> None:
    igd = await Gateway().async_igd()
    gate = igd.device.call_gate
    assert isinstance(gate, PacedGate)
    assert gate.gap == CALL_GAP
    IgdDevice(igd.device, None)
    assert igd.device.call_gate is gate, "two profiles of a device share one pace"


async def test_the_pace_may_be_the_devices_own() -> None:
    igd = await Gateway().async_igd(call_gap=None)
    assert not isinstance(igd.device.call_gate, PacedGate)


def test_what_is_no_gateway() -> None:
    with pytest.raises(UpnpError):
        IgdDevice(model.device(), None)


@pytest.mark.uda("G-002")
@pytest.mark.parametrize("version", [1, 2])
async def test_both_versions_are_gateways(version: int) -> None:
    igd = await Gateway(version=version).async_igd()
    assert igd.profile_device.device_type == igd.DEVICE_TYPES[version - 1]


@pytest.mark.uda("G-001", "G-002")
@pytest.mark.parametrize("kind", ["WANIPConnection:1", "WANIPConnection:2", "WANPPPConnection:1"])
async def test_each_kind_of_connection_is_used(kind: str) -> None:
    igd = await Gateway(Wan("wan", kind)).async_igd()
    assert await igd.async_get_external_ip_address() == "198.51.100.7"


async def test_a_connection_outside_of_the_gateways_own_tree_is_found() -> None:
    service = model.service(service_type="urn:schemas-upnp-org:service:WANPPPConnection:1")
    gateway = model.device(device_type=IgdDevice.DEVICE_TYPES[0], udn="uuid:g")
    root = model.device([], [gateway, model.device([service], udn="uuid:w")])
    assert IgdDevice(root, None).wan_services == [service]
