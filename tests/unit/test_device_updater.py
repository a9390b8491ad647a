"""A device is kept current: created anew when it restarts or moves, and known to be there or gone."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.device_updater import DeviceUpdater
from tests.support import announcements
from tests.support.announcements import AV_TRANSPORT, RENDERER, ROOT, UDN
from tests.support.descriptions import (
    Action,
    Device,
    Service,
    Variable,
    device_description,
    service_description,
)
from tests.support.replies import ReplyTable
from tests.support.timed_loop import TimedLoop

URL = "http://10.77.0.30:49494/description.xml"
MOVED = "http://10.77.0.30:50000/description.xml"
DEVICE = announcements.Device(location=URL)
EMBEDDED = "uuid:embedded"


def describe(table: ReplyTable, url: str, name: str, *actions: str) -> None:
    """Put a description and its service at a URL."""
    service = Service(AV_TRANSPORT, "urn:upnp-org:serviceId:AVTransport")
    root = Device(
        RENDERER,
        friendly_name=name,
        udn=UDN,
        services=[service],
        devices=[Device("urn:schemas-upnp-org:device:Embedded:1", udn=EMBEDDED)],
    )
    scpd = service_description([Variable("Value")], [Action(action) for action in actions])
    table.set("GET", url, device_description(root))
    table.set("GET", url.replace("description.xml", "scpd.xml"), scpd)


def updater_of(device: UpnpDevice, factory: UpnpFactory, loop: TimedLoop) -> DeviceUpdater:
    source = ("127.0.0.1", 0)
    return DeviceUpdater(device, factory, source, loop=loop)  # type: ignore[arg-type]  # stands in for a loop


class Held:
    """A device, its updater, and where it is described."""

    def __init__(self, table: ReplyTable, device: UpnpDevice, loop: TimedLoop) -> None:
        self.table = table
        self.device = device
        self.loop = loop
        factory = UpnpFactory(table)
        self.updater = updater_of(device, factory, loop)

    def hear(self, *messages: CaseInsensitiveDict) -> None:
        """Have announcements come in at once."""
        for headers in messages:
            self.updater._listener._on_data("NOTIFY * HTTP/1.1", headers)

    async def settle(self) -> None:
        """Let what is under way end."""
        for _ in range(30):
            await asyncio.sleep(0)

    @property
    def described(self) -> list[str]:
        """The descriptions asked for since the device was made."""
        return [url for _, url in self.table.asked[2:] if url.endswith("description.xml")]


@pytest_asyncio.fixture
async def held() -> AsyncIterator[Held]:
    table = ReplyTable()
    describe(table, URL, "Old")
    describe(table, MOVED, "Moved", "Play")
    device = await UpnpFactory(table).async_create_device(URL)
    held = Held(table, device, TimedLoop())
    await held.updater.async_start()
    yield held
    await held.updater.async_stop()
    await asyncio.sleep(0)


# ---- creating anew


async def test_what_is_first_heard_is_only_recorded(held: Held) -> None:
    held.hear(DEVICE.alive(bootid_upnp_org="5", configid_upnp_org="1"))
    await held.settle()
    assert held.described == []
    assert held.device.ssdp_headers["bootid.upnp.org"] == "5"
    assert held.device.available


@pytest.mark.parametrize("name", ["bootid_upnp_org", "configid_upnp_org"])
async def test_an_id_that_differs_leads_to_a_new_device_in_place(held: Held, name: str) -> None:
    device, service = held.device, held.device.service(AV_TRANSPORT)
    service.on_event = lambda *_: None
    on_event = service.on_event
    held.hear(DEVICE.notify("ssdp:alive", ROOT, 0, **{name: "5"}))
    describe(held.table, URL, "New", "Play", "Stop")
    held.hear(DEVICE.notify("ssdp:alive", ROOT, 0, **{name: "6"}))
    await held.settle()
    assert held.described == [URL]
    assert device.name == "New"
    assert device.service(AV_TRANSPORT) is service
    assert service.on_event is on_event
    assert set(service.actions) == {"Play", "Stop"}
    assert device.ssdp_headers.get(name.replace("_upnp_org", ".upnp.org")) == "6"
    held.hear(DEVICE.notify("ssdp:alive", ROOT, 0, **{name: "006"}))  # the same number
    held.hear(DEVICE.alive())  # without it
    await held.settle()
    assert held.described == [URL]


async def test_headers_that_the_user_set_are_what_is_compared_with(held: Held) -> None:
    held.device.ssdp_headers = DEVICE.response(bootid_upnp_org="5")
    held.hear(DEVICE.alive(bootid_upnp_org="5"))
    await held.settle()
    assert held.described == []
    held.hear(DEVICE.alive(bootid_upnp_org="6"))
    await held.settle()
    assert held.described == [URL]


async def test_a_device_that_moved_is_followed(held: Held) -> None:
    held.hear(DEVICE.alive(location=MOVED))
    await held.settle()
    assert (held.device.device_url, held.device.name) == (MOVED, "Moved")
    assert "Play" in held.device.service(AV_TRANSPORT).actions


@pytest.mark.uda("D-032")
async def test_a_device_with_several_addresses_is_not_followed_to_and_fro(held: Held) -> None:
    v6 = "http://[fd00::30]:49494/description.xml"
    describe(held.table, v6, "IPv6")
    for _ in range(20):
        held.hear(DEVICE.alive(bootid_upnp_org="1"), DEVICE.alive(location=v6, bootid_upnp_org="1"))
        await held.settle()
    assert held.described == []
    # two ports of the same address: the second is followed once
    for _ in range(20):
        held.hear(DEVICE.alive(bootid_upnp_org="1"), DEVICE.alive(location=MOVED, bootid_upnp_org="1"))
        await held.settle()
    assert held.described == [MOVED]


async def test_a_device_that_goes_on_at_its_other_address_is_followed_there(held: Held) -> None:
    v6 = "http://[fd00::30]:49494/description.xml"
    describe(held.table, v6, "IPv6")
    held.hear(DEVICE.alive(cache_control="max-age=60"))
    held.hear(DEVICE.alive(after=50, location=v6))
    await held.settle()
    assert held.described == []
    held.hear(DEVICE.alive(after=61, location=v6))
    await held.settle()
    assert held.device.device_url == v6


async def test_a_device_known_by_name_is_followed_to_where_it_is_announced(held: Held) -> None:
    url = "http://box.lan/description.xml"
    describe(held.table, url, "Named")
    device = await UpnpFactory(held.table).async_create_device(url)
    other = Held(held.table, device, held.loop)
    other.hear(DEVICE.alive())
    await held.settle()
    assert device.device_url == URL
    await other.updater.async_stop()


async def test_a_burst_of_a_device_known_by_name_leads_to_one_creation(held: Held) -> None:
    url = "http://box.lan/description.xml"
    describe(held.table, url, "Named")
    device = await UpnpFactory(held.table).async_create_device(url)
    asked = len(held.table.requests)
    other = Held(held.table, device, held.loop)
    other.hear(*[DEVICE.alive()] * 5)
    await asyncio.sleep(0)
    other.hear(*[DEVICE.alive()] * 5)
    await held.settle()
    assert [path for _, path in held.table.asked[asked:]] == [URL, URL.replace("description", "scpd")]
    await other.updater.async_stop()


@pytest.mark.parametrize("location", [None, "http://127.0.0.1/", "http://169.254.169.254/", "nonsense"])
async def test_nothing_is_followed_to_where_nothing_should_be(held: Held, location: str | None) -> None:
    held.hear(DEVICE.alive(location=location, bootid_upnp_org="9"))
    await held.settle()
    assert held.described == []
    assert held.device.device_url == URL


@pytest.mark.uda("D-046")
async def test_the_boot_id_that_an_update_announces_is_no_restart(held: Held) -> None:
    held.hear(
        DEVICE.alive(bootid_upnp_org="1"),
        DEVICE.update(bootid_upnp_org="1", nextbootid_upnp_org="2"),
        DEVICE.update(bootid_upnp_org="1", nextbootid_upnp_org="2"),
        DEVICE.alive(bootid_upnp_org="2"),
    )
    await held.settle()
    assert held.device.ssdp_headers["bootid.upnp.org"] == "2"
    assert held.described == []
    held.hear(DEVICE.alive(bootid_upnp_org="3"))
    await held.settle()
    assert held.described == [URL]


async def test_a_burst_leads_to_one_creation_and_one_more_for_what_is_newer(held: Held) -> None:
    held.hear(DEVICE.alive(bootid_upnp_org="1"))
    held.hear(*[DEVICE.alive(bootid_upnp_org="2")] * 9)
    await asyncio.sleep(0)
    held.hear(*[DEVICE.alive(bootid_upnp_org="2")] * 9)
    held.hear(*[DEVICE.alive(bootid_upnp_org="3")] * 9)
    held.hear(*[DEVICE.alive(bootid_upnp_org="4")] * 9)
    await held.settle()
    assert held.described == [URL, URL]
    assert held.device.ssdp_headers["bootid.upnp.org"] == "4"


@pytest.mark.parametrize(
    "reply",
    [HttpResponse(404, {}, ""), TimeoutError("asleep"), ZeroDivisionError("a bug"), "<root/>"],
    ids=["404", "time-out", "bug", "no device"],
)
async def test_a_creation_that_fails_is_tried_again(
    held: Held, reply: Any, caplog: pytest.LogCaptureFixture
) -> None:
    held.hear(DEVICE.alive(bootid_upnp_org="1"))
    held.table.set("GET", URL, reply)
    held.hear(DEVICE.alive(bootid_upnp_org="2"))
    await held.settle()
    assert not held.device.available
    assert held.device.name == "Old"
    assert [record.name for record in caplog.records] == ["async_upnp_client.device_updater"]
    describe(held.table, URL, "New")
    held.hear(DEVICE.alive(bootid_upnp_org="2"))
    await held.settle()
    assert held.device.available
    assert held.device.name == "New"


async def test_a_move_that_cannot_be_followed_is_tried_again(held: Held) -> None:
    held.table.set("GET", MOVED, HttpResponse(503, {}, ""))
    held.hear(DEVICE.alive(location=MOVED))
    await held.settle()
    assert not held.device.available
    describe(held.table, MOVED, "Moved")
    held.hear(DEVICE.alive(location=MOVED))
    await held.settle()
    assert (held.device.available, held.device.device_url) == (True, MOVED)


async def test_another_device_at_the_location_is_refused(held: Held) -> None:
    held.hear(DEVICE.alive(bootid_upnp_org="1"))
    held.table.set("GET", URL, device_description(Device("urn:schemas-upnp-org:device:Other:1")))
    held.hear(DEVICE.alive(bootid_upnp_org="2"))
    await held.settle()
    assert held.device.device_type == RENDERER
    assert not held.device.available


# ---- whether it is there


@pytest.mark.parametrize("kind", [ROOT, UDN, RENDERER])
async def test_a_byebye_of_the_device_makes_it_unavailable_until_the_next_alive(
    held: Held, kind: str
) -> None:
    held.hear(DEVICE.alive(), DEVICE.byebye(kind))
    assert not held.device.available
    held.hear(announcements.Device(UDN.upper(), URL).alive())
    assert held.device.available
    assert held.described == []


@pytest.mark.parametrize("udn", ["uuid:other", EMBEDDED])
async def test_a_byebye_of_another_device_is_none_of_ours(held: Held, udn: str) -> None:
    held.hear(announcements.Device(udn).byebye())
    assert held.device.available
    held.hear(DEVICE.byebye(), announcements.Device(udn).alive(location=MOVED))
    await held.settle()
    assert not held.device.available
    assert held.described == []


async def test_a_byebye_of_one_service_does_not_make_the_device_unavailable(held: Held) -> None:
    held.hear(DEVICE.byebye(AV_TRANSPORT))
    assert held.device.available


async def test_only_announcements_of_the_root_device_are_followed(held: Held) -> None:
    held.hear(DEVICE.alive(RENDERER, location=MOVED), DEVICE.alive(UDN, location=MOVED))
    await held.settle()
    assert held.described == []


async def test_a_byebye_while_it_is_created_counts(held: Held) -> None:
    held.hear(DEVICE.alive(bootid_upnp_org="1"), DEVICE.alive(bootid_upnp_org="2"))
    await asyncio.sleep(0)
    held.hear(DEVICE.byebye())
    await held.settle()
    assert held.described == [URL]
    assert not held.device.available


@pytest.mark.uda("D-023")
async def test_a_device_whose_announcements_run_out_is_unavailable(held: Held) -> None:
    assert held.loop.waits == []  # nothing heard, nothing to run out
    held.hear(DEVICE.alive(cache_control="max-age=100"))
    await held.loop.pass_time(60)
    held.hear(DEVICE.alive(AV_TRANSPORT, cache_control="max-age=100"))  # any one of them counts
    await held.loop.pass_time(99)
    assert held.device.available
    await held.loop.pass_time(2)
    assert not held.device.available
    assert held.loop.waits == []
    held.hear(DEVICE.alive(cache_control="max-age=100"))
    assert held.device.available
    assert held.loop.waits == [100.0]


async def test_after_a_byebye_nothing_runs_out(held: Held) -> None:
    held.hear(DEVICE.alive(), DEVICE.byebye())
    assert held.loop.waits == []
    held.device.available = True  # somebody knows better
    await held.loop.pass_time(4000)
    assert held.device.available


# ---- start and stop


class SlowTable(ReplyTable):
    """Answers when it is let."""

    def __init__(self, table: ReplyTable) -> None:
        super().__init__()
        self.table = table
        self.asked_for = asyncio.Event()
        self.answer = asyncio.Event()

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        self.asked_for.set()
        await self.answer.wait()
        return await self.table.async_http_request(http_request)


async def test_a_stop_ends_what_is_under_way(held: Held) -> None:
    table = SlowTable(held.table)
    updater = updater_of(held.device, UpnpFactory(table), held.loop)
    await updater.async_start()
    for boot_id in ("1", "2"):
        updater._listener._on_data("NOTIFY * HTTP/1.1", DEVICE.alive(bootid_upnp_org=boot_id))
    await table.asked_for.wait()
    assert len(held.loop.waits) == 1
    await updater.async_stop()
    assert held.loop.waits == []
    assert held.device.name == "Old"
    await updater.async_stop()


async def test_a_stop_before_a_creation_has_begun_leaves_it_to_the_next_start(held: Held) -> None:
    held.hear(DEVICE.alive(bootid_upnp_org="1"), DEVICE.alive(bootid_upnp_org="2"))
    await held.updater.async_stop()
    await held.settle()
    assert held.described == []
    await held.updater.async_start()
    held.hear(DEVICE.alive(bootid_upnp_org="2"))
    await held.settle()
    assert held.described == [URL]


async def test_a_device_that_keeps_failing_is_complained_of_once(
    held: Held, caplog: pytest.LogCaptureFixture
) -> None:
    held.hear(DEVICE.alive(bootid_upnp_org="1"))
    held.table.set("GET", URL, HttpResponse(400, {}, ""))
    for _ in range(5):
        held.hear(DEVICE.alive(bootid_upnp_org="2"))
        await held.settle()
    assert len(held.described) == 5
    assert len(caplog.records) == 1


async def test_it_hears_what_is_sent_to_the_group(held: Held) -> None:
    packet = (
        "NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNT: upnp:rootdevice\r\nNTS: ssdp:byebye\r\n"
        f"USN: {UDN}::upnp:rootdevice\r\n\r\n"
    )
    held.loop._segment.send(packet.encode(), ("10.77.0.30", 1900), ("239.255.255.250", 1900))
    await asyncio.sleep(0)
    assert not held.device.available


async def test_a_stop_before_the_start_does_no_harm(held: Held) -> None:
    await DeviceUpdater(held.device, UpnpFactory(held.table)).async_stop()
