import pytest

from async_upnp_client._protocol.service_description import parse_service_document
from async_upnp_client.const import EventableStateVariableTypeInfo
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.server.device import NopRequester
from async_upnp_client.server.eventing import EventSubscriber
from async_upnp_client.server.service import create_event_var, create_state_var
from tests.support.light import Dimming, Switch


def test_what_is_declared_is_described() -> None:
    service = Dimming(NopRequester())
    text = service.description(7)
    found = parse_service_document(text, strict=True)
    assert found.diagnostics == ()
    assert [one.name for one in found.state_variables] == ["LoadLevelStatus", "IsRamping", "Name"]
    assert {one.name for one in found.actions} == {"SetLoadLevelTarget", "GetLoadLevelStatus", "Break"}
    assert 'configId="7"' in text
    assert service.description(7) is text
    service.create_state_var("Later", create_state_var("string"))
    assert "Later" in service.description(7)
    assert service.has_events
    assert not Switch(NopRequester()).has_events


@pytest.mark.uda("S-042", "T-001")
def test_a_default_is_in_upnps_form() -> None:
    service = Switch(NopRequester())
    variable = service.create_state_var("On", create_state_var("boolean", default="True"))
    assert variable.value is True
    assert "<defaultValue>1</defaultValue>" in service.description()


def test_a_variable_is_declared_once() -> None:
    with pytest.raises(UpnpError, match="Target"):
        Switch(NopRequester()).create_state_var("Target", create_state_var("string"))
    with pytest.raises(KeyError):
        create_state_var("none")


def test_an_evented_variable_has_its_rate() -> None:
    info = create_event_var("ui4", max_rate=0.2, allowed_range={"min": "1", "max": "2"})
    assert isinstance(info, EventableStateVariableTypeInfo)
    assert (info.max_rate, info.allowed_value_range) == (0.2, {"min": "1", "max": "2"})


@pytest.mark.parametrize("prefix", ["", "uuid:"])
def test_a_subscriber_is_found_with_and_without_a_prefix(prefix: str) -> None:
    service = Dimming(NopRequester())
    subscriber = EventSubscriber("http://192.168.1.2/", None)
    service.add_subscriber(subscriber)
    sid = prefix + subscriber.uuid
    assert service.get_subscriber(sid) is subscriber
    assert service.del_subscriber(sid)
    assert not service.del_subscriber(sid)
    assert service.get_subscriber(sid) is None
    assert service._subscribers == []


async def test_actions_are_handled_with_values() -> None:
    service = Dimming(NopRequester())
    await service.async_handle_action("SetLoadLevelTarget", newLoadlevelTarget=3)
    assert service.state_variable("LoadLevelStatus").value == 3
    with pytest.raises(KeyError):
        await service.async_handle_action("None")
    await service.async_stop()
