"""What 0.49.0 got wrong in device_updater, one test each."""

import asyncio
from collections.abc import Callable

import pytest

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.const import HttpResponse
from async_upnp_client.device_updater import DeviceUpdater
from async_upnp_client.exceptions import UpnpConnectionError
from tests.support import announcements
from tests.support.announcements import UDN
from tests.support.descriptions import Action, Device, Service, device_description, service_description
from tests.support.replies import ReplyTable
from tests.support.timed_loop import TimedLoop

URL = "http://10.77.0.30:49494/description.xml"
SCPD = "http://10.77.0.30:49494/scpd.xml"
DEVICE = announcements.Device(location=URL)


async def settle() -> None:
    for _ in range(30):
        await asyncio.sleep(0)


async def made(loop: TimedLoop) -> tuple[ReplyTable, UpnpDevice, DeviceUpdater, Callable[..., None]]:
    """Return a started updater of a device, with the table it is read from, and how it hears."""
    embedded = Device("urn:schemas-upnp-org:device:Embedded:1", udn="uuid:embedded")
    root = Device(udn=UDN, services=[Service()], devices=[embedded])
    table = ReplyTable(
        {("GET", URL): device_description(root), ("GET", SCPD): service_description([], [Action("Old")])}
    )
    device = await UpnpFactory(table).async_create_device(URL)
    updater = DeviceUpdater(
        device,
        UpnpFactory(table),
        source=("127.0.0.1", 0),
        loop=loop,  # type: ignore[arg-type]  # stands in for a loop
    )
    await updater.async_start()

    def hear(*messages: CaseInsensitiveDict) -> None:
        for headers in messages:
            updater._listener._on_data("NOTIFY * HTTP/1.1", headers)

    return table, device, updater, hear


async def test_a_byebye_of_any_device_does_not_make_this_one_unavailable() -> None:
    _, device, updater, hear = await made(TimedLoop())
    hear(announcements.Device("uuid:other").byebye())
    assert device.available
    await updater.async_stop()


async def test_a_byebye_of_an_embedded_device_does_not_either() -> None:
    _, device, updater, hear = await made(TimedLoop())
    hear(announcements.Device("uuid:embedded").byebye())
    assert device.available
    await updater.async_stop()


async def test_errors_in_the_creation_do_not_escape(caplog: pytest.LogCaptureFixture) -> None:
    table, device, updater, hear = await made(TimedLoop())
    hear(DEVICE.alive(bootid_upnp_org="1"))
    table.set("GET", URL, HttpResponse(500, {}, ""))
    hear(DEVICE.alive(bootid_upnp_org="2"))
    await settle()
    assert not device.available
    assert [record.name for record in caplog.records] == ["async_upnp_client.device_updater"]
    await updater.async_stop()


async def test_a_burst_of_alives_fetches_once() -> None:
    table, _, updater, hear = await made(TimedLoop())
    before = len(table.requests)
    hear(DEVICE.alive(bootid_upnp_org="1"), *[DEVICE.alive(bootid_upnp_org="2")] * 5)
    await settle()
    assert table.asked[before:] == [("GET", URL), ("GET", SCPD)]
    await updater.async_stop()


async def test_the_first_boot_id_heard_does_not_fetch() -> None:
    table, device, updater, hear = await made(TimedLoop())
    before = len(table.requests)
    hear(DEVICE.alive(bootid_upnp_org="1"))
    await settle()
    assert len(table.requests) == before
    assert device.ssdp_headers["BOOTID.UPNP.ORG"] == "1"
    await updater.async_stop()


async def test_an_announced_boot_id_does_not_fetch() -> None:
    table, _, updater, hear = await made(TimedLoop())
    before = len(table.requests)
    hear(
        DEVICE.alive(bootid_upnp_org="1"),
        DEVICE.update(bootid_upnp_org="1", nextbootid_upnp_org="2"),
        DEVICE.alive(bootid_upnp_org="2"),
    )
    await settle()
    assert len(table.requests) == before
    await updater.async_stop()


async def test_services_and_actions_become_those_of_the_new_description() -> None:
    table, device, updater, hear = await made(TimedLoop())
    service = device.all_services[0]
    table.set("GET", SCPD, service_description([], [Action("New")]))
    hear(DEVICE.alive(bootid_upnp_org="1"), DEVICE.alive(bootid_upnp_org="2"))
    await settle()
    assert device.all_services[0] is service
    assert list(service.actions) == ["New"]
    await updater.async_stop()


async def test_a_device_that_goes_silent_becomes_unavailable() -> None:
    loop = TimedLoop()
    table, device, updater, hear = await made(loop)
    table.set("GET", URL, UpnpConnectionError("gone"))
    hear(DEVICE.alive(cache_control="max-age=60"))
    await loop.pass_time(61)
    await settle()
    assert not device.available
    await updater.async_stop()


async def test_a_device_that_says_byebye_before_each_alive_is_never_away() -> None:
    loop = TimedLoop()
    _, device, updater, hear = await made(loop)
    hear(DEVICE.byebye())
    assert device.available
    await loop.pass_time(1)
    hear(DEVICE.alive())
    await loop.pass_time(60)
    assert device.available
    await updater.async_stop()


async def test_a_device_that_counts_its_messages_in_bootid_is_not_described_each_time() -> None:
    table, _, updater, hear = await made(TimedLoop())
    asked = len(table.asked)
    for boot_id in range(1, 100):
        hear(DEVICE.alive(bootid_upnp_org=str(boot_id)))
        await settle()
    assert len(table.asked) - asked < 10
    await updater.async_stop()


async def test_the_udn_is_matched_in_any_case() -> None:
    loop = TimedLoop()
    table, device, updater, hear = await made(loop)
    table.set("GET", URL, UpnpConnectionError("gone"))
    hear(announcements.Device(UDN.upper()).byebye())
    await loop.pass_time(4)
    await settle()
    assert not device.available
    await updater.async_stop()


async def test_another_device_of_the_same_type_is_not_taken_for_this_one() -> None:
    table, device, updater, hear = await made(TimedLoop())
    table.set("GET", URL, device_description(Device(udn="uuid:stranger", friendly_name="Stranger")))
    hear(DEVICE.alive(bootid_upnp_org="1"), DEVICE.alive(bootid_upnp_org="2"))
    await settle()
    assert (device.udn, device.name) == (UDN, "Test device")
    await updater.async_stop()
