"""Authors' definitions that a description may not have, one by one, and ours, which it may."""

from collections.abc import Mapping
from typing import Any, ClassVar
from xml.etree import ElementTree as ET

import pytest

from async_upnp_client.const import DeviceIcon, StateVariableTypeInfo
from async_upnp_client.server import (
    NopRequester,
    UpnpServerDevice,
    UpnpServerService,
    callable_action,
    create_service_info,
    create_state_var,
)
from async_upnp_client.server.review import mistakes
from async_upnp_client.virtual import VirtualMediaServer, VirtualRenderer
from async_upnp_client.virtual.gateway import VirtualGateway
from tests.support.light import UDN, Dimming, Lamp, Light

BASE = "http://192.168.1.10:8000"


def made(device: Any) -> UpnpServerDevice:
    return device(requester=NopRequester(), base_uri=BASE)  # type: ignore[no-any-return]  # a device class


@pytest.mark.uda("D-009", "D-041", "S-017", "S-018", "S-020", "S-022", "S-024", "S-025", "S-032", "S-040")
@pytest.mark.parametrize(
    "device",
    [Light, VirtualRenderer, VirtualMediaServer, *(VirtualGateway(n).device_class for n in (1, 2))],
)
def test_ours_have_none(device: Any) -> None:
    assert mistakes(made(device)) == []


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        pytest.param("device_type", "urn:example.com:device:D:1", "no type", marks=pytest.mark.uda("D-041")),
        pytest.param(
            "device_type", "urn:example-com:device:D:1.0", "no type", marks=pytest.mark.uda("S-017")
        ),
        pytest.param("device_type", "urn:example-com:device:D:0", "no type", marks=pytest.mark.uda("S-017")),
        pytest.param("udn", "uuid:1", "no UDN", marks=pytest.mark.uda("D-009", "S-020")),
        pytest.param("udn", UDN.removeprefix("uuid:"), "no UDN", marks=pytest.mark.uda("S-020")),
        pytest.param("friendly_name", "", "no friendly_name", marks=pytest.mark.uda("S-018")),
        pytest.param("friendly_name", "x" * 64, "more than 63", marks=pytest.mark.uda("S-018")),
        pytest.param("model_name", "x" * 32, "more than 31", marks=pytest.mark.uda("S-018")),
        pytest.param("upc", "12345", "no UPC", marks=pytest.mark.uda("S-019")),
        pytest.param(
            "icons",
            [DeviceIcon("image/png", 0, 48, 24, "/i.png")],
            "icon /i.png",
            marks=pytest.mark.uda("S-022"),
        ),
    ],
)
def test_what_a_device_may_not_say(field: str, value: Any, said: str) -> None:
    class Wrong(Light):
        DEVICE_DEFINITION = Light.DEVICE_DEFINITION._replace(**{field: value})

    (mistake,) = mistakes(made(Wrong))
    assert said in mistake


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        pytest.param(
            "service_type", "urn:example.com:service:S:1", "no type", marks=pytest.mark.uda("D-041")
        ),
        pytest.param("service_id", "Dimming", "no id", marks=pytest.mark.uda("S-024")),
        pytest.param("control_url", f"{BASE}/c", "not relative", marks=pytest.mark.uda("S-016")),
        pytest.param("control_url", "/SwitchPower/control", "served at", marks=pytest.mark.uda("S-025")),
    ],
)
def test_what_a_service_may_not_say(field: str, value: Any, said: str) -> None:
    class Wrong(Dimming):
        SERVICE_DEFINITION = Dimming.SERVICE_DEFINITION._replace(**{field: value})

    class Device(Light):
        SERVICES = (Wrong,)

    (mistake,) = mistakes(made(Device))
    assert said in mistake


class Odd(UpnpServerService):
    """A service of wrong variables, and names."""

    SERVICE_DEFINITION = create_service_info("urn:schemas-upnp-org:service:Odd:1")._replace(
        xml=ET.Element("odd")
    )
    STATE_VARIABLE_DEFINITIONS: ClassVar[Mapping[str, StateVariableTypeInfo]] = {
        "Numbers": create_state_var("ui2", allowed=["1", "2"]),
        "Long": create_state_var("string", allowed=["x" * 32]),
        "Half": create_state_var("ui2", allowed_range={"min": "1", "max": None}),
        "with-hyphen": create_state_var("string"),
    }

    @callable_action("Do#It", {}, {})
    async def do_it(self) -> None: ...


@pytest.mark.uda("S-032", "S-040")
def test_what_variables_and_names_may_not_be() -> None:
    class Device(UpnpServerDevice):
        DEVICE_DEFINITION = Light.DEVICE_DEFINITION
        SERVICES = (Odd,)

    found = mistakes(made(Device))
    for said in (
        "a list of allowed",
        "more than 31",
        "a minimum and a maximum",
        "with-hyphen is",
        "Do#It is",
    ):
        assert sum(said in mistake for mistake in found) == 1, said
    assert len(found) == 5


@pytest.mark.uda("S-020", "S-024", "S-030")
def test_what_may_be_there_once_only() -> None:
    class Empty(UpnpServerService):
        SERVICE_DEFINITION = create_service_info("urn:schemas-upnp-org:service:Empty:1")

    class Twin(UpnpServerDevice):
        DEVICE_DEFINITION = Lamp.DEVICE_DEFINITION._replace(udn=UDN)
        SERVICES = (Empty, Empty)

    class Device(UpnpServerDevice):
        DEVICE_DEFINITION = Light.DEVICE_DEFINITION
        EMBEDDED_DEVICES = (Twin,)

    found = mistakes(made(Device))
    assert f"two devices have the UDN {UDN}" in found
    assert sum("two services have the id" in mistake for mistake in found) == 1
    assert sum("two services are served at" in mistake for mistake in found) == 2
    assert sum("no state variable" in mistake for mistake in found) == 2
