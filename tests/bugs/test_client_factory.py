"""Defects of 0.49.0 in `client_factory` that are fixed here."""

import pytest

from async_upnp_client.aiohttp import AiohttpRequester
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client.service import UpnpService
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.exceptions import (
    UpnpError,
    UpnpValueDecodeError,
    UpnpXmlContentError,
)
from tests.support.descriptions import (
    Action,
    Device,
    Service,
    Variable,
    device_description,
    service_description,
)
from tests.support.raw_device import RawDevice, answer
from tests.support.replies import ReplyTable, xml_reply

URL = "http://192.0.2.1:80/dir/device.xml"
GOOD = service_description([Variable("A")], [Action("X", [("a", "A")])])
BOTH = pytest.mark.parametrize("non_strict", [False, True], ids=["strict", "non_strict"])


async def create(
    description: str, scpd: object = GOOD, *, non_strict: bool, at: str = "/scpd.xml"
) -> UpnpDevice:
    requester = ReplyTable({("GET", URL): description, ("GET", f"http://192.0.2.1:80{at}"): scpd})
    return await UpnpFactory(requester, non_strict=non_strict).async_create_device(URL)


async def create_service(scpd: object, *, non_strict: bool) -> UpnpService:
    device = await create(device_description(Device(services=[Service()])), scpd, non_strict=non_strict)
    [service] = device.services.values()
    return service


@BOTH
async def test_url_base_is_not_ignored(non_strict):
    service = Service(scpd_url="scpd.xml", control_url="control", event_sub_url="event")
    text = device_description(Device(services=[service]), url_base="http://192.0.2.1:80/base/")
    device = await create(text, non_strict=non_strict, at="/base/scpd.xml")
    [found] = device.services.values()
    assert found.control_url == "http://192.0.2.1:80/base/control"


@BOTH
async def test_service_descriptions_are_not_fetched_one_by_one(non_strict):
    services = [Service(service_type=f"t{i}", scpd_url=f"/{i}.xml") for i in range(4)]
    requester = ReplyTable({("GET", URL): device_description(Device(services=services))})
    for i in range(4):
        requester.add("GET", f"http://192.0.2.1:80/{i}.xml", GOOD)
    await UpnpFactory(requester, non_strict=non_strict).async_create_device(URL)
    assert requester.most_under_way == 4


async def test_an_argument_without_its_variable_is_no_key_error():
    scpd = service_description([Variable("A")], [Action("X", [("a", "Missing")])])
    with pytest.raises(UpnpXmlContentError):
        await create_service(scpd, non_strict=False)
    service = await create_service(scpd, non_strict=True)
    assert service.action("X").in_arguments()[0].related_state_variable.data_type == "string"


@BOTH
async def test_names_of_related_variables_are_stripped(non_strict):
    scpd = service_description([Variable("\n A \n")], [Action(" X ", [("\n a ", "\r\n   A\n")])])
    service = await create_service(scpd, non_strict=non_strict)
    assert service.action("X").argument("a", "in") is not None


async def test_a_bad_default_value_is_no_value_error_and_costs_nothing():
    scpd = service_description([Variable("A", "ui4", default="x"), Variable("B")])
    with pytest.raises(UpnpValueDecodeError):
        await create_service(scpd, non_strict=False)
    service = await create_service(scpd, non_strict=True)
    assert list(service.state_variables) == ["A", "B"]
    assert service.state_variable("A").default_value is None


@BOTH
@pytest.mark.parametrize(
    ("data_type", "default"),
    [
        ("date", "2001-02-03"),
        ("dateTime", "2001-02-03T04:05:06"),
        ("dateTime.tz", "2001-02-03T04:05:06Z"),
        ("time", "04:05:06"),
        ("time.tz", "04:05:06+01:00"),
    ],
)
async def test_a_default_value_of_a_date_is_no_type_error(data_type, default, non_strict):
    service = await create_service(
        service_description([Variable("A", data_type, default=default)]), non_strict=non_strict
    )
    assert service.state_variable("A").default_value is not None


@BOTH
async def test_an_empty_default_value_of_a_number_is_none(non_strict):
    service = await create_service(
        service_description([Variable("A", "ui4", default="")]), non_strict=non_strict
    )
    assert service.state_variable("A").default_value is None


@BOTH
async def test_entities_in_a_description_are_a_upnp_error(non_strict):
    with pytest.raises(UpnpXmlContentError):
        await create("<!DOCTYPE a [<!ENTITY b 'c'>]><root>&b;</root>", non_strict=non_strict)


async def test_entities_in_a_service_description_are_a_upnp_error():
    scpd = "<!DOCTYPE a [<!ENTITY b 'c'>]><scpd>&b;</scpd>"
    with pytest.raises(UpnpXmlContentError):
        await create_service(scpd, non_strict=False)
    assert (await create_service(scpd, non_strict=True)).actions == {}


@pytest.mark.parametrize("status", [404, 500])
async def test_a_service_description_that_is_missing_does_not_cost_the_device(status):
    service = await create_service(xml_reply("", status), non_strict=True)
    assert (service.actions, service.state_variables) == ({}, {})


async def test_an_empty_number_of_an_icon_does_not_cost_the_device():
    text = device_description(Device(icons=[{"width": "", "height": "48", "url": "/i.png"}]))
    with pytest.raises(UpnpError):
        await create(text, non_strict=False)
    [icon] = (await create(text, non_strict=True)).icons
    assert (icon.width, icon.height, icon.url) == (0, 48, "http://192.0.2.1:80/i.png")


@BOTH
async def test_a_variable_is_evented_unless_it_says_no(non_strict):
    service = await create_service(
        service_description([Variable("A", send_events=None)]), non_strict=non_strict
    )
    assert service.state_variable("A").send_events is True


async def test_a_description_without_namespace_is_read():
    text = device_description(Device(services=[Service()])).replace(
        ' xmlns="urn:schemas-upnp-org:device-1-0"', ""
    )
    scpd = GOOD.replace(' xmlns="urn:schemas-upnp-org:service-1-0"', "")
    [service] = (await create(text, scpd, non_strict=True)).services.values()
    assert list(service.actions) == ["X"]


@BOTH
async def test_white_space_around_a_data_type_does_no_harm(non_strict):
    service = await create_service(service_description([Variable("A", "\n ui4 ")]), non_strict=non_strict)
    assert service.state_variable("A").data_type == "ui4"


async def test_an_unknown_data_type_costs_nothing():
    scpd = service_description([Variable("A", "vendor")])
    with pytest.raises(UpnpError, match="Unsupported data type"):
        await create_service(scpd, non_strict=False)
    assert (await create_service(scpd, non_strict=True)).state_variable("A").data_type == "string"


async def test_a_missing_data_type_costs_nothing():
    scpd = service_description([Variable("A", None)])
    with pytest.raises(UpnpXmlContentError):
        await create_service(scpd, non_strict=False)
    assert (await create_service(scpd, non_strict=True)).state_variable("A").data_type == "string"


@BOTH
async def test_directions_in_capitals_are_directions(non_strict):
    scpd = service_description([Variable("A")], [Action("X", [("a", "A")], [("b", "A")])])
    scpd = scpd.replace(">in<", ">IN<").replace(">out<", "> Out <")
    service = await create_service(scpd, non_strict=non_strict)
    action = service.action("X")
    assert [argument.name for argument in action.in_arguments()] == ["a"]
    assert [argument.name for argument in action.out_arguments()] == ["b"]


async def test_an_argument_without_direction_is_not_lost():
    scpd = GOOD.replace("<direction>in</direction>", "")
    service = await create_service(scpd, non_strict=True)
    assert [argument.name for argument in service.action("X").in_arguments()] == ["a"]


@pytest.mark.parametrize("scpd_url", ["", None])
async def test_the_description_is_not_fetched_again_for_a_service_without_its_own(scpd_url):
    requester = ReplyTable({("GET", URL): device_description(Device(services=[Service(scpd_url=scpd_url)]))})
    device = await UpnpFactory(requester, non_strict=True).async_create_device(URL)
    assert requester.asked == [("GET", URL)]
    assert len(device.services) == 1


@BOTH
@pytest.mark.parametrize("before", ["\r\n", "\ufeff", "\ufeff\r\n", " "])
async def test_what_precedes_the_xml_declaration_does_no_harm(before, non_strict):
    device = await create(
        before + device_description(Device(services=[Service()])), before + GOOD, non_strict=non_strict
    )
    assert len(device.services) == 1


@BOTH
async def test_a_description_that_nests_without_end_is_refused(non_strict):
    text = "<root>" + "<device><deviceList>" * 50_000 + "</deviceList></device>" * 50_000 + "</root>"
    with pytest.raises(UpnpXmlContentError):
        await create(text, non_strict=non_strict)


async def test_the_number_of_requests_that_a_description_causes_is_bounded():
    services = [Service(service_type=f"t{i}", scpd_url=f"/{i}.xml") for i in range(2000)]
    requester = ReplyTable({("GET", URL): device_description(Device(services=services))})
    device = await UpnpFactory(requester, non_strict=True).async_create_device(URL)
    assert len(requester.requests) < 300
    assert len(device.services) < 300


async def test_texts_are_stripped():
    text = device_description(
        Device(friendly_name="\n A ", udn=" uuid:1\n", services=[Service(scpd_url="\n /scpd.xml\n")])
    )
    device = await create(text, non_strict=False)
    assert (device.friendly_name, device.udn) == ("A", "uuid:1")
    [service] = device.services.values()
    assert service.scpd_url == "http://192.0.2.1:80/scpd.xml"


async def test_a_redirected_description_is_what_its_urls_are_relative_to():
    service = Service(scpd_url="scpd.xml", control_url="control", event_sub_url="event")
    text = device_description(Device(services=[service]))
    moved = answer(status="301 Moved Permanently", headers={"Location": "/new/device.xml"})
    pages = {"/device.xml": moved, "/new/device.xml": answer(text), "/new/scpd.xml": answer(GOOD)}
    async with RawDevice(pages) as host:
        device = await UpnpFactory(AiohttpRequester()).async_create_device(host.url("/device.xml"))
        [found] = device.services.values()
        assert (found.control_url, list(found.actions)) == (host.url("/new/control"), ["X"])
        # the location it is announced at stays its identity
        assert device.device_url == host.url("/device.xml")
