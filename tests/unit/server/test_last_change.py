import pytest

from async_upnp_client.profiles.dlna.last_change import parse_last_change
from async_upnp_client.server.device import NopRequester, create_service_info
from async_upnp_client.server.last_change import (
    RENDERING_CONTROL_EVENTS,
    LastChangeVariable,
    build_last_change,
    quoted,
)
from async_upnp_client.server.service import UpnpServerService, create_event_var


class Rendering(UpnpServerService):
    """A service that events through LastChange."""

    SERVICE_DEFINITION = create_service_info("urn:schemas-upnp-org:service:RenderingControl:1")
    STATE_VARIABLE_DEFINITIONS = {"LastChange": create_event_var("string")}  # noqa: RUF012
    LAST_CHANGE = RENDERING_CONTROL_EVENTS


@pytest.mark.uda("A-004")
def test_the_first_event_has_all_and_the_next_what_changed() -> None:
    variable = Rendering(NopRequester()).last_change
    variable.note("Volume", "30", channel="Master")
    variable.note("Mute", "0", channel="Master")
    variable.note("PresetNameList", "a & <b>")
    everything = {"0": {"Volume": "30", "Mute": "0", "PresetNameList": "a & <b>"}}
    assert parse_last_change(variable.changed_text()) == everything
    assert parse_last_change(variable.changed_text()) == {}
    variable.note("Volume", "31", channel="Master")
    variable.note("Mute", "0", channel="Master")
    assert parse_last_change(variable.changed_text()) == {"0": {"Volume": "31"}}
    everything["0"]["Volume"] = "31"
    assert parse_last_change(variable.initial_text()) == everything


def test_its_rate_is_the_standards_unless_declared() -> None:
    assert Rendering(NopRequester()).last_change.max_rate == 0.2
    assert isinstance(Rendering(NopRequester()).last_change, LastChangeVariable)


def test_texts_survive_as_attributes() -> None:
    text = 'a"b\n\t\r&<>'
    assert quoted(text) == '"a&quot;b&#10;&#9;&#13;&amp;&lt;&gt;"'
    assert parse_last_change(build_last_change("urn:n", {1: {("A", None): text}})) == {"1": {"A": text}}
