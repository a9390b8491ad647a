import pytest

from async_upnp_client.server import NopRequester
from async_upnp_client.virtual.media_server import VirtualMediaServer
from async_upnp_client.virtual.renderer import VirtualRenderer


async def test_its_services_have_its_faults_and_note_its_calls() -> None:
    renderer = VirtualRenderer(NopRequester(), "http://127.0.0.1:80")
    renderer.faults.refuse["Play"] = 701
    assert renderer.av_transport.faults is renderer.rendering_control.faults is renderer.faults
    await renderer.rendering_control.async_handle_action("GetVolume", InstanceID=0, Channel="Master")
    assert [call.action for call in renderer.calls] == ["GetVolume"]
    await renderer.async_stop()


@pytest.mark.parametrize(("make", "action"), [(VirtualRenderer, "Pause"), (VirtualMediaServer, "Search")])
async def test_it_can_do_without_an_action(make: type[VirtualRenderer], action: str) -> None:
    whole = make(NopRequester(), "http://127.0.0.1:80")
    less = make(NopRequester(), "http://127.0.0.1:80", without=(action,))
    found = [
        [service.description() for service in device.own_server_services if action in service.actions]
        for device in (whole, less)
    ]
    assert len(found[0]) == 1
    assert f"<name>{action}</name>" in found[0][0]
    assert found[1] == []
    await whole.async_stop()
    await less.async_stop()


def test_it_can_have_another_name() -> None:
    kitchen = VirtualRenderer.named("Kitchen", "uuid:1")
    assert issubclass(kitchen, VirtualRenderer)
    assert (kitchen.DEVICE_DEFINITION.friendly_name, kitchen.DEVICE_DEFINITION.udn) == ("Kitchen", "uuid:1")
    assert VirtualRenderer.named("Hall").DEVICE_DEFINITION.udn == VirtualRenderer.DEVICE_DEFINITION.udn
