"""Naming services, whatever their ids contain."""

import pytest

from async_upnp_client.cli.exit_codes import CommandError, ExitCode
from async_upnp_client.cli.service_names import capitals, find_service, last_part, short_name
from async_upnp_client.client_factory import UpnpFactory
from tests.support.descriptions import DEVICE_URL, Device, Service, device_description
from tests.support.replies import ReplyTable

UDN = "uuid:00000000-0000-0000-0000-00000000000a"
EMBEDDED_UDN = "uuid:00000000-0000-0000-0000-00000000000B"


def described(service_type, service_id):
    return Service(service_type, service_id, "", "", "")


async def services_of(*services, embedded=()):
    devices = [Device("urn:x:device:E:1", udn=EMBEDDED_UDN, services=embedded)] if embedded else []
    description = device_description(Device(udn=UDN, services=services, devices=devices))
    requester = ReplyTable({("GET", DEVICE_URL): description})
    device = await UpnpFactory(requester, non_strict=True).async_create_device(DEVICE_URL)
    return device.all_services


RENDERING_CONTROL = described(
    "urn:schemas-upnp-org:service:RenderingControl:1", "urn:upnp-org:serviceId:RenderingControl"
)
AV_TRANSPORT = described("urn:schemas-upnp-org:service:AVTransport:1", "urn:upnp-org:serviceId:AVTransport")


@pytest.mark.parametrize(
    "name",
    [
        "urn:schemas-upnp-org:service:AVTransport:1",
        "urn:upnp-org:serviceId:AVTransport",
        "AVTransport",
        "AVT",
        f"{UDN}::AVTransport",
        f"{UDN.upper()}::AVT",
        f"{UDN}::urn:schemas-upnp-org:service:AVTransport:1",
    ],
)
async def test_a_service_has_several_names(name):
    services = await services_of(RENDERING_CONTROL, AV_TRANSPORT)
    assert find_service(services, name) is services[1]


@pytest.mark.parametrize(
    "service_id", ["a/b", "x:a/b", "SwitchPower", ":", "a::B", "urn:x:serviceId:", "ünï Cödé", "1.2"]
)
async def test_an_id_may_contain_anything(service_id):
    services = await services_of(described("urn:x:service:T:1", service_id), AV_TRANSPORT)
    assert find_service(services, service_id) is services[0]
    assert find_service(services, short_name(services[0], services)) is services[0]


@pytest.mark.parametrize(
    ("service_id", "name", "short"),
    [
        ("urn:upnp-org:serviceId:SwitchPower", "SwitchPower", "SP"),
        ("urn:upnp-org:serviceId:SwitchPower:1", "SwitchPower", "SP"),
        ("urn:upnp-org:serviceId:SwitchPower:1.2", "SwitchPower", "SP"),
        ("urn:schemas-upnp-org:serviceId:Vendor:SwitchPower:10", "Vendor:SwitchPower", "VSP"),
        ("urn:schemas-upnp-org:service:AVTransport:1", "AVTransport", "AVT"),
        ("AVTransport", "AVTransport", "AVT"),
        ("AVTransport:1", "AVTransport", "AVT"),
        ("urn:x:serviceId:1", "1", ""),
        ("urn:x:serviceId:A1", "A1", "A"),
        (":1", "1", ""),
        ("", "", ""),
    ],
)
def test_the_last_part_of_an_id_is_its_name_without_version(service_id, name, short):
    assert (last_part(service_id), capitals(service_id)) == (name, short)


async def test_the_example_of_gupnp_is_called_by_its_name():
    [light] = await services_of(
        described("urn:schemas-upnp-org:service:SwitchPower:1", "urn:upnp-org:serviceId:SwitchPower:1")
    )
    assert [find_service([light], name) for name in ("SwitchPower", "SP")] == [light, light]
    assert short_name(light, [light]) == "SwitchPower"


async def test_the_more_exact_name_wins():
    services = await services_of(
        described("urn:x:service:A:1", "urn:x:serviceId:AVTransport"),
        described("urn:x:service:B:1", "urn:x:serviceId:AVT"),
        described("urn:x:service:C:1", "AVT"),
    )
    assert find_service(services, "AVT") is services[2]
    assert find_service(services[:2], "AVT") is services[1]
    assert find_service(services[:1], "AVT") is services[0]


async def test_several_that_fit_are_named_in_a_sentence():
    services = await services_of(
        RENDERING_CONTROL, described("urn:x:service:R:1", "urn:x:serviceId:RadioClock")
    )
    with pytest.raises(
        CommandError, match=r"^'RC' fits several services: RenderingControl, RadioClock$"
    ) as error:
        find_service(services, "RC")
    assert error.value.exit_code is ExitCode.MISMATCH


async def test_the_same_service_in_several_devices_is_told_apart_by_the_device():
    services = await services_of(AV_TRANSPORT, embedded=[AV_TRANSPORT])
    names = [f"{udn}::AVTransport" for udn in (UDN, EMBEDDED_UDN)]
    with pytest.raises(CommandError) as error:
        find_service(services, "AVTransport")
    assert str(error.value) == f"'AVTransport' fits several services: {', '.join(names)}"
    assert [find_service(services, name) for name in names] == services


@pytest.mark.parametrize(
    "name", ["", "avtransport", "Transport", "urn", "::", f"{UDN}::", f"{UDN}::X", "uuid:none::AVT"]
)
async def test_an_unknown_name_gives_those_that_are_known(name):
    services = await services_of(RENDERING_CONTROL, AV_TRANSPORT)
    with pytest.raises(CommandError) as error:
        find_service(services, name)
    assert str(error.value) == f"no service {name!r}; the device has: AVTransport, RenderingControl"
    assert error.value.exit_code is ExitCode.MISMATCH


async def test_a_device_without_services_is_said_to_be_one():
    with pytest.raises(CommandError, match="the device has no services"):
        find_service([], "AVT")


def test_parts_of_ids():
    assert last_part("urn:upnp-org:serviceId:WANIPConn1") == "WANIPConn1"
    assert capitals("urn:UPNP-ORG:serviceId:WANIPConn1") == "WANIPC"
    assert last_part("Plain") == "Plain"
    assert capitals("urn:x:lower") == ""
