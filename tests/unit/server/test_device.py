import pytest

from async_upnp_client._protocol.announcing import AnnouncedDevice
from async_upnp_client._protocol.description import parse_device_document
from async_upnp_client.const import HttpRequest
from async_upnp_client.server.device import (
    NopRequester,
    UpnpXmlSerializer,
    create_device_info,
    create_service_info,
)
from tests.support.light import DIMMING, LAMP_UDN, SWITCH, UDN, Dimming, Lamp, Light

BASE = "http://192.168.1.10:8000"


def light() -> Light:
    return Light(requester=NopRequester(), base_uri=BASE)


def test_it_is_a_tree_of_devices_and_services() -> None:
    device = light()
    assert device.device_url == f"{BASE}/device.xml"
    assert (device.host, device.boot_id, device.config_id) == ("192.168.1.10", 1, 1)
    assert [one.udn for one in device.all_server_devices] == [UDN, LAMP_UDN]
    assert [one.service_type for one in device.all_server_services] == [DIMMING, SWITCH]
    assert device.service(DIMMING).control_url == f"{BASE}/Dimming/control"
    assert device.announced() == AnnouncedDevice(
        UDN,
        Light.DEVICE_DEFINITION.device_type,
        (DIMMING,),
        (AnnouncedDevice(LAMP_UDN, Lamp.DEVICE_DEFINITION.device_type, (SWITCH,)),),
    )


@pytest.mark.uda("S-016", "S-017", "S-020", "S-025", "S-026", "D-009")
def test_it_describes_itself() -> None:
    device = light()
    text = device.description()
    found = parse_device_document(text, device.device_url, strict=True)
    assert found.diagnostics == ()
    assert found.services[0].control_url == "/Dimming/control"
    assert found.info.device_type == "urn:schemas-upnp-org:device:DimmableLight:1"
    assert found.embedded[0].services[0].event_sub_url == ""
    assert device.description() is text


@pytest.mark.uda("D-033", "S-012")
def test_other_documents_have_another_config_id() -> None:
    class Renamed(Light):
        DEVICE_DEFINITION = Light.DEVICE_DEFINITION._replace(friendly_name="Other")

    first, second = light().derive_config_id(), Renamed(NopRequester(), BASE).derive_config_id()
    assert first == light().derive_config_id() != second
    assert 0 <= first < 2**24
    device = light()
    device.set_ids(5, first)
    assert [(one.boot_id, one.config_id) for one in device.all_server_devices] == [(5, first)] * 2
    assert f'configId="{first}"' in device.description()


def test_a_service_needs_few_words() -> None:
    info = create_service_info("urn:schemas-upnp-org:service:SwitchPower:1", path="/lamp")
    assert info.service_id == "urn:upnp-org:serviceId:SwitchPower"
    assert (info.control_url, info.event_sub_url, info.scpd_url) == (
        "/lamp/SwitchPower/control",
        "/lamp/SwitchPower/events",
        "/lamp/SwitchPower/scpd.xml",
    )
    assert create_service_info("urn:example-com:service:X:1").service_id == "urn:example-com:serviceId:X"
    assert create_service_info("odd", "urn:id").service_id == "urn:id"


@pytest.mark.uda("D-009")
def test_a_device_has_a_udn() -> None:
    udn = create_device_info("urn:schemas-upnp-org:device:D:1", "D").udn
    assert udn.startswith("uuid:")
    assert [len(part) for part in udn.removeprefix("uuid:").split("-")] == [8, 4, 4, 4, 12]


def test_it_is_written_as_elements_too() -> None:
    assert UpnpXmlSerializer.to_xml(light()).tag == "root"
    assert UpnpXmlSerializer.to_xml(Dimming(NopRequester())).tag == "scpd"
    with pytest.raises(NotImplementedError):
        UpnpXmlSerializer.to_xml("device")  # type: ignore[arg-type]  # what is refused


async def test_without_a_network_nothing_is_sent() -> None:
    answer = await NopRequester().async_http_request(HttpRequest("GET", BASE, {}, None))
    assert (answer.status_code, answer.body) == (200, None)
    device = light()
    await device.async_start()
    await device.async_stop()


async def test_devices_in_it_are_started_and_stopped_with_it() -> None:
    told: list[str] = []

    class Inner(Lamp):
        async def async_start(self) -> None:
            await super().async_start()
            told.append("start")

        async def async_stop(self) -> None:
            await super().async_stop()
            told.append("stop")

    class Outer(Light):
        EMBEDDED_DEVICES = (Inner,)

    device = Outer(NopRequester(), BASE)
    await device.async_start()
    assert told == ["start"]
    await device.async_stop()
    assert told == ["start", "stop"]
