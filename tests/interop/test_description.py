"""UDA chapter 2 with real devices: each is described in strict and in non-strict mode, and the same."""

import pytest

from tests.interop.lab import Lab
from tests.interop.lines import done, only

pytestmark = pytest.mark.interop

SERVICES = {
    "server": {
        "urn:upnp-org:serviceId:ContentDirectory",
        "urn:upnp-org:serviceId:ConnectionManager",
        "urn:microsoft.com:serviceId:X_MS_MediaReceiverRegistrar",
    },
    "renderer": {
        "urn:upnp-org:serviceId:AVTransport",
        "urn:upnp-org:serviceId:ConnectionManager",
        "urn:upnp-org:serviceId:RenderingControl",
    },
    "light": {"urn:upnp-org:serviceId:SwitchPower:1"},
}
ACTIONS = {
    "server": ("urn:upnp-org:serviceId:ContentDirectory", {"Browse", "Search", "GetSystemUpdateID"}),
    "renderer": ("urn:upnp-org:serviceId:RenderingControl", {"GetVolume", "SetVolume", "GetMute"}),
    "light": ("urn:upnp-org:serviceId:SwitchPower:1", {"GetStatus", "SetTarget"}),
}


@pytest.mark.parametrize("mode", ["strict", "lenient"])
@pytest.mark.parametrize("kind", SERVICES)
def test_described_by_the_library(lab: Lab, kind: str, mode: str) -> None:
    device = getattr(lab, kind)
    described = only(lab.run_library("describe", device.url, mode))
    assert (described["udn"], described["name"]) == (device.udn, device.friendly_name)
    assert described["device_type"] == device.device_type
    assert described["services"].keys() == SERVICES[kind]
    service_id, actions = ACTIONS[kind]
    assert actions <= set(described["services"][service_id]["actions"])
    assert all(service["variables"] for service in described["services"].values())


@pytest.mark.parametrize("strict", [(), ("--strict",)], ids=["lenient", "strict"])
@pytest.mark.parametrize("kind", SERVICES)
def test_described_by_the_command(lab: Lab, kind: str, strict: tuple[str, ...]) -> None:
    device = getattr(lab, kind)
    shown = done(lab.run_client(*strict, "describe", device.url))
    text = str(shown)
    assert device.udn in text
    assert all(action in text for action in ACTIONS[kind][1])


# minidlna has no IPv6.
@pytest.mark.parametrize("mode", ["strict", "lenient"])
@pytest.mark.parametrize("kind", ["renderer", "light"])
def test_described_over_ipv6(lab: Lab, kind: str, mode: str) -> None:
    device = getattr(lab, kind)
    described = only(lab.run_library("describe", lab.ipv6_url(device), mode))
    assert described["udn"] == device.udn
    assert described["services"].keys() == SERVICES[kind]
    # Control goes where the description came from, by the same interface.
    assert all(
        f"%{lab.control.scope_id}]" in service["control_url"] for service in described["services"].values()
    )
