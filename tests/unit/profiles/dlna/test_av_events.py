from typing import Any

import pytest

from async_upnp_client.exceptions import UpnpError
from async_upnp_client.profiles.dlna import dlna_handle_notify_last_change
from async_upnp_client.profiles.dlna.av_events import take_last_change
from tests.support.renderer import Renderer, last_change


async def async_service() -> Any:
    dmr = await Renderer().async_profile()
    return dmr._service("RC")


@pytest.mark.uda("A-001")
async def test_the_variables_take_what_is_told() -> None:
    service = await async_service()
    heard: list[tuple[str, Any]] = []
    service.on_event = lambda _service, variables: heard.extend((one.name, one.value) for one in variables)
    variable = service.state_variable("LastChange")
    variable.value = last_change("RC", {"Volume": "7", "Mute": "1"})
    dlna_handle_notify_last_change(variable)
    assert heard == [("Volume", 7), ("Mute", True)]


@pytest.mark.parametrize("text", ["", None, "</InstanceID></Event>", "<"])
async def test_nothing_is_told(text: str | None) -> None:
    service = await async_service()
    service.on_event = lambda *_: pytest.fail("nothing has changed")
    take_last_change(service, text)
    assert service.state_variable("Volume").value is None


async def test_another_variable_is_refused() -> None:
    service = await async_service()
    with pytest.raises(UpnpError, match="Volume"):
        dlna_handle_notify_last_change(service.state_variable("Volume"))


@pytest.mark.uda("A-017")
async def test_other_instances_are_told_of(caplog: pytest.LogCaptureFixture) -> None:
    service = await async_service()
    take_last_change(service, last_change("RC", {"Volume": "7"}, instance=1))
    assert service.state_variable("Volume").value is None
    assert "none of which is 0" in caplog.text


@pytest.mark.uda("A-002")
async def test_other_channels_are_kept_apart() -> None:
    service = await async_service()
    told = take_last_change(
        service,
        '<Event><InstanceID val="0"><Volume channel="LF" val="1"/><Volume Channel="master" val="5"/>'
        '<Volume channel="RF" val="2"/></InstanceID></Event>',
    )
    assert service.state_variable("Volume").value == 5
    assert told.channels == {("0", "LF"): {"Volume": "1"}, ("0", "RF"): {"Volume": "2"}}
