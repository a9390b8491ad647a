"""Description (UDA 2.0 §2): URLs are resolved, and a description is fetched when there is a reason to."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from async_upnp_client.aiohttp import AiohttpRequester
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.device_updater import DeviceUpdater
from async_upnp_client.exceptions import UpnpCommunicationError, UpnpXmlContentError
from async_upnp_client.ssdp import SSDP_TARGET_V4
from tests.support.announcements import UDN
from tests.support.descriptions import Device, Service, Variable, device_description, service_description
from tests.support.multicast import Multicast
from tests.support.raw_device import RawDevice, answer
from tests.support.replies import ReplyTable
from tests.support.timed_loop import TimedLoop

HOST = "192.0.2.1"
URL = f"http://{HOST}:7676/dmr/description.xml"
MOVED = f"http://{HOST}:7677/dmr/description.xml"
SCPD = service_description([Variable()])
SECONDS = 5.0


# ---- URLs


@pytest.mark.uda("S-015")
@pytest.mark.parametrize(
    ("written", "resolved"),
    [
        ("RenderingControl1.xml", f"http://{HOST}:7676/dmr/RenderingControl1.xml"),
        ("./RenderingControl1.xml", f"http://{HOST}:7676/dmr/RenderingControl1.xml"),
        ("/RenderingControl1.xml", f"http://{HOST}:7676/RenderingControl1.xml"),
        ("../up.xml", f"http://{HOST}:7676/up.xml"),
        ("../../up.xml", f"http://{HOST}:7676/up.xml"),
        ("sub/a.xml", f"http://{HOST}:7676/dmr/sub/a.xml"),
        ("a.xml?x=1&y=/2", f"http://{HOST}:7676/dmr/a.xml?x=1&y=/2"),
        ("?x=1", f"{URL}?x=1"),
        (f"//{HOST}:80/a.xml", f"http://{HOST}:80/a.xml"),
        (f"http://{HOST}:80/a.xml", f"http://{HOST}:80/a.xml"),
    ],
)
async def test_relative_urls_are_resolved_against_the_path_of_the_description(written, resolved):
    service = Service(scpd_url=written, control_url=written, event_sub_url=written)
    table = ReplyTable(
        {("GET", URL): device_description(Device(services=[service])), ("GET", resolved): SCPD}
    )
    device = await UpnpFactory(table).async_create_device(URL)
    made = device.service(service.service_type)
    assert (made.scpd_url, made.control_url, made.event_sub_url) == (resolved,) * 3
    assert table.asked == [("GET", URL), ("GET", resolved)]
    assert set(made.state_variables) == {"Value"}


@pytest.mark.uda("S-014", "S-015")
async def test_a_url_base_with_a_path_is_the_base():
    resolved = f"http://{HOST}:80/base/scpd.xml"
    service = Service(scpd_url="scpd.xml", control_url="ctl", event_sub_url="/evt")
    text = device_description(Device(services=[service]), url_base=f"http://{HOST}:80/base/")
    table = ReplyTable({("GET", URL): text, ("GET", resolved): SCPD})
    made = (await UpnpFactory(table).async_create_device(URL)).service(service.service_type)
    assert made.scpd_url == resolved
    assert made.control_url == f"http://{HOST}:80/base/ctl"
    assert made.event_sub_url == f"http://{HOST}:80/evt"


# ---- what is refused


@pytest.mark.uda("S-006")
@pytest.mark.parametrize(
    "declarations",
    [
        '<!DOCTYPE root [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE root [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE root [<!ENTITY % a SYSTEM "http://192.0.2.9/a.dtd"> %a;]>',
        '<!DOCTYPE root SYSTEM "http://192.0.2.9/a.dtd">',
    ],
    ids=["internal", "external", "parameter", "DTD"],
)
@pytest.mark.parametrize("non_strict", [False, True])
async def test_entities_and_foreign_dtds_are_refused(declarations, non_strict):
    text = device_description(Device(udn=UDN)).replace("?>", f"?>{declarations}", 1)
    table = ReplyTable({("GET", URL): text})
    with pytest.raises(UpnpXmlContentError):
        await UpnpFactory(table, non_strict=non_strict).async_create_device(URL)
    assert table.asked == [("GET", URL)]


@pytest.mark.uda("S-006")
async def test_a_description_beyond_measure_is_refused():
    text = device_description(Device(udn=UDN, more={"modelDescription": "x" * 100_000}))
    async with RawDevice({"/device.xml": answer(text)}) as raw:
        url = raw.url("/device.xml")
        with pytest.raises(UpnpCommunicationError):
            await UpnpFactory(AiohttpRequester(max_size=100_000)).async_create_device(url)
        large_enough = AiohttpRequester(max_size=len(text))
        assert (await UpnpFactory(large_enough).async_create_device(url)).udn == UDN


# ---- when it is fetched


class Kept:
    """A device that is kept current, what announces it, and where it is described."""

    def __init__(self, table: ReplyTable, device: UpnpDevice) -> None:
        self.table = table
        self.device = device
        self.segment = Multicast()
        loop: Any = TimedLoop(self.segment)
        self.updater = DeviceUpdater(device, UpnpFactory(table), source=("127.0.0.1", 0), loop=loop)

    def announce(self, location: str = URL, boot: int = 1, config: int = 1) -> None:
        """Send an alive to the group."""
        packet = (
            "NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nCACHE-CONTROL: max-age=1800\r\n"
            f"LOCATION: {location}\r\nNT: upnp:rootdevice\r\nNTS: ssdp:alive\r\nSERVER: a/1 UPnP/2.0 b/1\r\n"
            f"USN: {UDN}::upnp:rootdevice\r\nBOOTID.UPNP.ORG: {boot}\r\nCONFIGID.UPNP.ORG: {config}\r\n\r\n"
        )
        self.segment.send(packet.encode(), (HOST, 1900), SSDP_TARGET_V4)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for what has to come."""
        async with asyncio.timeout(SECONDS):
            while not condition():  # noqa: ASYNC110  # nothing tells when the updater is done
                await asyncio.sleep(0)

    async def recorded(self, **ids: int) -> None:
        """Wait until the device has been brought to these ids."""
        names = {f"{name}id.upnp.org": str(value) for name, value in ids.items()}
        await self.until(lambda: all(self.device.ssdp_headers.get(n) == v for n, v in names.items()))

    @property
    def fetched(self) -> list[str]:
        """The descriptions fetched since the device was made."""
        return [url for _, url in self.table.asked[1:]]


@pytest.fixture
async def kept():
    text = device_description(Device(udn=UDN))
    table = ReplyTable({("GET", URL): text, ("GET", MOVED): text})
    made = Kept(table, await UpnpFactory(table).async_create_device(URL))
    await made.updater.async_start()
    yield made
    await made.updater.async_stop()
    await asyncio.sleep(0)


@pytest.mark.uda("S-029")
async def test_a_description_is_fetched_when_its_ids_or_its_place_change_and_only_then(kept):
    kept.announce()
    await kept.recorded(boot=1, config=1)
    for _ in range(3):
        kept.announce()
    assert kept.fetched == []
    kept.announce(boot=2)
    await kept.recorded(boot=2)
    assert kept.fetched == [URL]
    kept.announce(boot=2)
    kept.announce(boot=2, config=2)
    await kept.recorded(config=2)
    assert kept.fetched == [URL] * 2
    kept.announce(MOVED, boot=2, config=2)
    await kept.until(lambda: kept.device.device_url == MOVED)
    assert kept.fetched == [URL, URL, MOVED]


@pytest.mark.uda("S-021")
async def test_a_description_of_another_device_is_not_taken_for_the_announced_one(kept):
    kept.announce()
    await kept.recorded(boot=1)
    kept.table.set("GET", URL, device_description(Device(udn="uuid:stranger", friendly_name="Stranger")))
    kept.announce(boot=2)
    await kept.until(lambda: kept.fetched == [URL])
    await kept.until(lambda: kept.device.ssdp_headers["bootid.upnp.org"] == "2" or not kept.device.available)
    assert kept.device.udn == UDN
    assert kept.device.name == "Test device"
