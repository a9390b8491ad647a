"""A device on our own server: a light with a dimmer, and a lamp embedded in it."""

from typing import ClassVar

from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.server import (
    UpnpServerDevice,
    UpnpServerService,
    callable_action,
    create_device_info,
    create_event_var,
    create_service_info,
    create_state_var,
)

UDN = "uuid:5f9ec1b3-ed59-79bb-4530-000000000001"
LAMP_UDN = "uuid:5f9ec1b3-ed59-79bb-4530-000000000002"
DIMMING = "urn:schemas-upnp-org:service:Dimming:1"
SWITCH = "urn:schemas-upnp-org:service:SwitchPower:2"


class Dimming(UpnpServerService):
    """A service as it was written for 0.49.0."""

    SERVICE_DEFINITION = create_service_info(DIMMING)
    STATE_VARIABLE_DEFINITIONS: ClassVar = {
        "LoadLevelStatus": create_event_var("ui1", allowed_range={"min": "0", "max": "100"}, default="0"),
        "IsRamping": create_event_var("boolean", default="0"),
        "Name": create_state_var("string", default="a & b <c>"),
    }

    @callable_action("SetLoadLevelTarget", {"newLoadlevelTarget": "LoadLevelStatus"}, {})
    async def set_level(self, newLoadlevelTarget: int) -> None:  # noqa: N803 - UPnP's name
        """Take a level; 13 is refused."""
        if newLoadlevelTarget == 13:
            raise UpnpActionError(error_code=701, error_desc="an unlucky number")
        self.state_variable("LoadLevelStatus").value = newLoadlevelTarget

    @callable_action("GetLoadLevelStatus", {}, {"retLoadlevelStatus": "LoadLevelStatus", "Name": "Name"})
    async def get_level(self) -> dict[str, UpnpStateVariable[int] | str]:
        """Give the level as a variable, and the name as a value, in another order than declared."""
        return {"Name": "a & b <c>", "retLoadlevelStatus": self.state_variable("LoadLevelStatus")}

    @callable_action("Break", {}, {})
    async def break_down(self) -> None:
        """Fail as authors' methods do."""
        raise ZeroDivisionError("an author's mistake")


class Switch(UpnpServerService):
    """A service without events."""

    SERVICE_DEFINITION = create_service_info(SWITCH)
    STATE_VARIABLE_DEFINITIONS: ClassVar = {"Target": create_state_var("boolean", default="0")}

    @callable_action("GetTarget", {}, {"RetTargetValue": "Target"})
    async def get_target(self) -> dict[str, bool]:
        """Give what is always so."""
        return {"RetTargetValue": True}


class Lamp(UpnpServerDevice):
    """The embedded device."""

    DEVICE_DEFINITION = create_device_info(
        "urn:schemas-upnp-org:device:BinaryLight:1", "Lamp", udn=LAMP_UDN, url="/lamp.xml"
    )
    SERVICES = (Switch,)


class Light(UpnpServerDevice):
    """The root device."""

    DEVICE_DEFINITION = create_device_info(
        "urn:schemas-upnp-org:device:DimmableLight:1", "Light", udn=UDN, model_number="7"
    )
    EMBEDDED_DEVICES = (Lamp,)
    SERVICES = (Dimming,)
