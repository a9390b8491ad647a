from typing import ClassVar

import pytest

from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.profiles.dlna.last_change import parse_last_change
from async_upnp_client.server import (
    RENDERING_CONTROL_EVENTS,
    NopRequester,
    UpnpServerAction,
    callable_action,
    create_event_var,
    create_service_info,
    create_state_var,
)
from async_upnp_client.virtual.av_service import INSTANCE, AvService, Result


class Radio(AvService):
    """A service with one value."""

    SERVICE_DEFINITION = create_service_info("urn:schemas-upnp-org:service:RenderingControl:1")
    LAST_CHANGE = RENDERING_CONTROL_EVENTS
    INVALID_INSTANCE = 799
    STATE_VARIABLE_DEFINITIONS: ClassVar = {
        "Station": create_state_var("ui2", default="7"),
        "LastChange": create_event_var("string"),
        "A_ARG_TYPE_InstanceID": create_state_var("ui4"),
    }

    @callable_action("GetStation", INSTANCE, {"CurrentStation": "Station"})
    async def get_station(self, InstanceID: int) -> Result:  # noqa: N803 - UPnP's name
        return self.results("GetStation")


async def call(radio: Radio, instance: str) -> list[tuple[str, str]]:
    action = radio.actions["GetStation"]
    assert isinstance(action, UpnpServerAction)
    return await action.async_answer([("InstanceID", instance)], 10.0)


async def test_the_one_instance_answers_with_its_variables() -> None:
    assert await call(Radio(NopRequester()), "0") == [("CurrentStation", "7")]


async def test_other_instances_are_refused_with_the_services_code() -> None:
    with pytest.raises(UpnpActionError) as refused:
        await call(Radio(NopRequester()), "1")
    assert refused.value.error_code == 799


def test_what_is_told_is_in_the_last_change() -> None:
    radio = Radio(NopRequester())
    radio.tell("Station", 8)
    assert radio.state_variable("Station").value == 8
    assert parse_last_change(radio.last_change.changed_text()) == {"0": {"Station": "8"}}
