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
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.url_policy import UrlPolicy
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
from tests.support.eventing import NotifyServer, Publisher, granted, refused
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
    # what is announced is believed at once, as 0.49.0 does; tests of the patience are at the end
    return DeviceUpdater(
        device,
        factory,
        source,
        loop=loop,  # type: ignore[arg-type]  # stands in for a loop
        patience=0,
    )


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


@pytest.mark.uda("D-018")
@pytest.mark.parametrize("cache_control", ["max-age=60", None])
async def test_a_device_that_leaves_before_it_is_heard_once_is_known_by_its_answer(
    held: Held, cache_control: str | None
) -> None:
    held.device.ssdp_headers = DEVICE.response(cache_control=cache_control)
    updater = updater_of(held.device, UpnpFactory(held.table), held.loop)
    await updater.async_start()
    await held.loop.pass_time(61)
    assert held.device.available is (cache_control is None), "what says no time counts for ever"
    await updater.async_stop()


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


class Anywhere(UrlPolicy):
    def check_location(self, url: str, **_heard: object) -> str:
        return url


async def test_a_policy_of_the_caller_decides_where_is_followed_to(held: Held) -> None:
    moved = "http://127.0.0.1/description.xml"
    describe(held.table, moved, "Moved")
    source = ("127.0.0.1", 0)
    updater = DeviceUpdater(
        held.device,
        UpnpFactory(held.table),
        source,
        loop=held.loop,  # type: ignore[arg-type]  # stands in for a loop
        url_policy=Anywhere(),
    )
    await updater.async_start()
    updater._listener._on_data("NOTIFY * HTTP/1.1", DEVICE.alive(location=moved))
    await held.settle()
    assert held.device.device_url == moved
    await updater.async_stop()


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


def described_as(*udns: str, device_type: str = RENDERER) -> str:
    """Return the description of a device and of one in it, and so on."""
    device: Device | None = None
    for number, udn in reversed(list(enumerate(udns))):
        kind = device_type if number == 0 else RENDERER
        device = Device(kind, udn=udn, friendly_name="New", devices=[device] if device else [])
    assert device is not None
    return device_description(device)


@pytest.mark.uda("S-021")
async def test_a_description_without_the_announced_device_is_not_taken(
    held: Held, caplog: pytest.LogCaptureFixture
) -> None:
    services = held.device.all_services
    held.hear(DEVICE.alive(bootid_upnp_org="1"))
    held.table.set("GET", URL, described_as("uuid:stranger", "uuid:another"))
    for _ in range(3):
        held.hear(DEVICE.alive(bootid_upnp_org="2"))
        await held.settle()
    assert (held.device.udn, held.device.name, held.device.device_url) == (UDN, "Old", URL)
    assert held.device.all_services == services
    assert held.device.ssdp_headers["bootid.upnp.org"] == "1"
    assert not held.device.available
    (record,) = caplog.records
    assert "uuid:stranger" in record.getMessage()
    describe(held.table, URL, "New")
    held.hear(DEVICE.alive(bootid_upnp_org="2"))
    await held.settle()
    assert (held.device.available, held.device.name) == (True, "New")


@pytest.mark.uda("S-021")
async def test_another_device_at_the_new_location_is_not_taken(held: Held) -> None:
    held.table.set("GET", MOVED, described_as("uuid:stranger"))
    held.hear(DEVICE.alive(location=MOVED))
    await held.settle()
    assert (held.device.udn, held.device.device_url) == (UDN, URL)
    assert not held.device.available


@pytest.mark.uda("S-021")
@pytest.mark.parametrize("udn", [UDN.upper(), f"uuid:{UDN}", f" {UDN} "])
async def test_the_same_udn_in_other_letters_is_the_same(held: Held, udn: str) -> None:
    held.hear(DEVICE.alive(bootid_upnp_org="1"))
    held.table.set("GET", URL, described_as(udn))
    held.hear(DEVICE.alive(bootid_upnp_org="2"))
    await held.settle()
    assert (held.device.available, held.device.name) == (True, "New")


async def test_an_announced_device_that_has_come_to_stand_in_another_is_found_there(held: Held) -> None:
    held.hear(DEVICE.alive(bootid_upnp_org="1"))
    held.table.set("GET", URL, described_as("uuid:box", UDN, device_type="urn:x:device:Box:1"))
    held.hear(DEVICE.alive(bootid_upnp_org="2"))
    await held.settle()
    assert (held.device.available, held.device.name, held.device.udn) == (True, "New", UDN)
    held.hear(DEVICE.byebye())
    assert not held.device.available


# ---- its subscribers


class Subscribed:
    """A device that is kept, with a subscription to its service; what is asked stands in one list."""

    def __init__(self, held: Held, handler_type: type[UpnpEventHandler] = UpnpEventHandler) -> None:
        self.held = held
        self.publisher = Publisher()
        self.handler = handler_type(NotifyServer(), self.publisher)
        source = ("127.0.0.1", 0)
        loop: Any = held.loop
        self.updater = DeviceUpdater(
            held.device,
            UpnpFactory(held.table),
            source,
            loop=loop,
            event_handler=self.handler,
            patience=0,
        )
        held.updater = self.updater

    @property
    def urls(self) -> list[str]:
        """Where was subscribed anew."""
        asked = self.publisher.requests[1:]
        assert {(request.method, request.headers.get("SID")) for request in asked} <= {("SUBSCRIBE", None)}
        return [request.url for request in asked]


EVENTS = "http://10.77.0.30:49494/event"


@pytest_asyncio.fixture
async def subscribed(held: Held) -> AsyncIterator[Subscribed]:
    await held.updater.async_stop()
    made = Subscribed(held)
    await made.updater.async_start()
    await made.handler.async_subscribe(held.device.service(AV_TRANSPORT))
    yield made
    await made.updater.async_stop()
    await asyncio.sleep(0)


@pytest.mark.uda("E-042")
async def test_a_device_that_restarted_is_subscribed_anew(subscribed: Subscribed) -> None:
    subscribed.held.hear(DEVICE.alive(bootid_upnp_org="1"))
    await subscribed.held.settle()
    assert subscribed.urls == []
    for _ in range(3):
        subscribed.held.hear(DEVICE.alive(bootid_upnp_org="2"))
        await subscribed.held.settle()
    assert subscribed.urls == [EVENTS]
    service = subscribed.held.device.service(AV_TRANSPORT)
    assert subscribed.handler.service_for_sid("uuid:1") is service
    assert subscribed.handler.sid_for_service(service) == "uuid:2"


@pytest.mark.uda("E-042")
async def test_a_device_that_moved_is_subscribed_anew_where_it_is_now(subscribed: Subscribed) -> None:
    subscribed.held.hear(DEVICE.alive(location=MOVED))
    await subscribed.held.settle()
    assert subscribed.urls == ["http://10.77.0.30:50000/event"]


@pytest.mark.uda("E-042")
@pytest.mark.parametrize("boot_id", ["1", "2"])
async def test_a_device_that_left_is_subscribed_anew_when_it_is_back(
    subscribed: Subscribed, boot_id: str
) -> None:
    subscribed.held.hear(DEVICE.alive(bootid_upnp_org="1"), *[DEVICE.byebye(bootid_upnp_org="1")] * 3)
    await subscribed.held.settle()
    assert subscribed.urls == []
    subscribed.held.hear(*[DEVICE.alive(bootid_upnp_org=boot_id)] * 3)
    await subscribed.held.settle()
    assert subscribed.urls == [EVENTS]
    assert len(subscribed.held.described) == (boot_id == "2")


@pytest.mark.uda("E-042")
async def test_a_device_that_went_silent_is_subscribed_anew_when_it_is_back(subscribed: Subscribed) -> None:
    subscribed.held.hear(DEVICE.alive(cache_control="max-age=60"))
    await subscribed.held.loop.pass_time(61)
    assert not subscribed.held.device.available
    assert subscribed.urls == []
    subscribed.held.hear(DEVICE.alive())
    await subscribed.held.settle()
    assert subscribed.urls == [EVENTS]


async def test_what_is_no_restart_leaves_subscriptions_alone(subscribed: Subscribed) -> None:
    subscribed.held.hear(
        DEVICE.alive(bootid_upnp_org="1", configid_upnp_org="1"),
        DEVICE.update(bootid_upnp_org="1", nextbootid_upnp_org="2", configid_upnp_org="1"),
        DEVICE.alive(bootid_upnp_org="2", configid_upnp_org="1"),
        DEVICE.byebye(AV_TRANSPORT),
        announcements.Device("uuid:other").byebye(),
        DEVICE.alive(bootid_upnp_org="2", configid_upnp_org="2"),
    )
    await subscribed.held.settle()
    assert subscribed.held.described == [URL], "it is described anew, since that has changed"
    assert subscribed.urls == []


async def test_it_is_described_first(subscribed: Subscribed) -> None:
    held = subscribed.held
    held.hear(DEVICE.alive(bootid_upnp_org="1"))
    for reply in (HttpResponse(503, {}, ""), described_as("uuid:stranger")):
        held.table.set("GET", URL, reply)
        held.hear(DEVICE.alive(bootid_upnp_org="2"))
        await held.settle()
    assert subscribed.urls == [], "it may be another that is there"
    describe(held.table, URL, "New")
    held.hear(DEVICE.alive(bootid_upnp_org="2"))
    await held.settle()
    assert subscribed.urls == [EVENTS]


async def test_several_restarts_at_once_make_one(subscribed: Subscribed) -> None:
    held = subscribed.held
    held.hear(DEVICE.alive(bootid_upnp_org="1"), DEVICE.alive(bootid_upnp_org="2"))
    await asyncio.sleep(0)
    held.hear(DEVICE.alive(bootid_upnp_org="3"), DEVICE.alive(location=MOVED, bootid_upnp_org="4"))
    await held.settle()
    assert held.described == [URL, MOVED]
    assert subscribed.urls == ["http://10.77.0.30:50000/event"]


@pytest.mark.parametrize("when", range(12))
async def test_nothing_is_sent_from_a_byebye_on(subscribed: Subscribed, when: int) -> None:
    """Wherever it comes: while the device is described, and while it is subscribed to."""
    held = subscribed.held
    held.hear(DEVICE.alive(bootid_upnp_org="1"), DEVICE.alive(bootid_upnp_org="2"))
    for _ in range(when):
        await asyncio.sleep(0)
    held.hear(DEVICE.byebye())
    sent = len(subscribed.urls)
    await held.settle()
    assert len(subscribed.urls) == sent
    held.hear(DEVICE.alive(bootid_upnp_org="2"))
    await held.settle()
    assert len(subscribed.urls) == sent + 1


class Waits:
    """A device that answers SUBSCRIBE when it is let."""

    def __init__(self, publisher: Publisher) -> None:
        self.asked = asyncio.Event()
        self.answer = asyncio.Event()
        publisher.answers.append(self)

    async def __call__(self, _request: HttpRequest) -> HttpResponse:
        self.asked.set()
        await self.answer.wait()
        return granted("uuid:late")


async def test_one_run_at_a_time_and_one_more_for_what_came_meanwhile(subscribed: Subscribed) -> None:
    held = subscribed.held
    waits = Waits(subscribed.publisher)
    held.hear(DEVICE.alive(bootid_upnp_org="1"), DEVICE.alive(bootid_upnp_org="2"))
    await waits.asked.wait()
    for boot_id in range(3, 9):
        held.hear(*(DEVICE.alive(kind, bootid_upnp_org=str(boot_id)) for kind in (ROOT, RENDERER)))
        await held.settle()
    assert len(held.described) == 7
    assert subscribed.urls == [EVENTS]
    waits.answer.set()
    await held.settle()
    assert subscribed.urls == [EVENTS] * 2
    assert subscribed.handler.sid_for_service(held.device.service(AV_TRANSPORT)) == "uuid:2"


async def test_what_was_under_way_when_it_left_is_not_waited_for(subscribed: Subscribed) -> None:
    held = subscribed.held
    waits = Waits(subscribed.publisher)
    held.hear(DEVICE.alive(bootid_upnp_org="1"), DEVICE.alive(bootid_upnp_org="2"))
    await waits.asked.wait()
    held.hear(DEVICE.byebye(), DEVICE.alive(bootid_upnp_org="2"))
    await held.settle()
    assert subscribed.urls == [EVENTS] * 2
    assert subscribed.handler.sid_for_service(held.device.service(AV_TRANSPORT)) == "uuid:2"


class Failing(UpnpEventHandler):
    """Fails."""

    async def async_resubscribe_device(self, device: UpnpDevice) -> None:
        raise ZeroDivisionError(device)


async def test_an_event_handler_that_fails_does_no_harm(held: Held, caplog: pytest.LogCaptureFixture) -> None:
    await held.updater.async_stop()
    subscribed = Subscribed(held, Failing)
    await subscribed.updater.async_start()
    for number in range(1, 3):
        held.hear(DEVICE.alive(), DEVICE.byebye(), DEVICE.alive())
        await held.settle()
        assert len(caplog.records) == number
        assert held.device.available


class Slow(UpnpEventHandler):
    """Notes how many runs there are, each of which takes until it is let go."""

    begun = 0
    under_way = 0

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.go = asyncio.Event()

    async def async_resubscribe_device(self, device: UpnpDevice) -> None:
        self.begun += 1
        self.under_way += 1
        try:
            await self.go.wait()
        finally:
            self.under_way -= 1


async def test_the_event_handler_is_asked_once_at_a_time(held: Held) -> None:
    await held.updater.async_stop()
    slow = Subscribed(held, Slow).handler
    assert isinstance(slow, Slow)
    await held.updater.async_start()
    for boot_id, *byebye in [("1",), ("2",), ("3",), ("3", "leaves"), ("4",), ("5",)]:
        if byebye:
            held.hear(DEVICE.byebye())
        held.hear(DEVICE.alive(bootid_upnp_org=boot_id))
        await held.settle()
        assert slow.under_way == (boot_id != "1")
    assert slow.begun == 2, "the first ended when it left"
    slow.go.set()
    await held.settle()
    assert (slow.begun, slow.under_way) == (3, 0)


async def test_a_subscription_that_fails_is_left_to_its_renewal(
    subscribed: Subscribed, caplog: pytest.LogCaptureFixture
) -> None:
    subscribed.publisher.answers.append(refused(503))
    subscribed.held.hear(DEVICE.alive(bootid_upnp_org="1"), DEVICE.alive(bootid_upnp_org="2"))
    await subscribed.held.settle()
    assert subscribed.held.device.available
    assert len(caplog.records) == 1
    assert (await subscribed.handler.async_resubscribe("uuid:1"))[0] == "uuid:2"
    assert subscribed.urls == [EVENTS] * 2


@pytest.mark.parametrize("begun", [False, True])
async def test_what_a_stop_ends_is_done_after_the_next_start(subscribed: Subscribed, begun: bool) -> None:
    held = subscribed.held
    waits = Waits(subscribed.publisher)
    held.hear(DEVICE.alive(bootid_upnp_org="1"), DEVICE.byebye(), DEVICE.alive(bootid_upnp_org="1"))
    if begun:
        await waits.asked.wait()
    await subscribed.updater.async_stop()
    waits.answer.set()
    await held.settle()
    assert len(subscribed.urls) == begun
    await subscribed.updater.async_start()
    held.hear(DEVICE.alive(bootid_upnp_org="1"))
    await held.settle()
    assert len(subscribed.urls) == begun + 1


async def test_without_an_event_handler_nobody_is_subscribed_to(held: Held) -> None:
    held.hear(DEVICE.alive(bootid_upnp_org="1"), DEVICE.byebye(), DEVICE.alive(bootid_upnp_org="2"))
    await held.settle()
    assert {method for method, _ in held.table.asked} == {"GET"}
    assert held.device.available


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


# ---- what is told of it


async def test_a_change_is_told_once(held: Held) -> None:
    told: list[tuple[str, bool]] = []
    held.updater.on_change = lambda device: told.append((device.name, device.available))
    held.hear(DEVICE.alive(bootid_upnp_org="1"), DEVICE.alive(bootid_upnp_org="1"))
    assert told == []
    describe(held.table, URL, "New")
    held.hear(DEVICE.alive(bootid_upnp_org="2"), DEVICE.alive(RENDERER, bootid_upnp_org="2"))
    await held.settle()
    assert told == [("New", True)]
    held.hear(DEVICE.byebye(), DEVICE.byebye(UDN))
    assert told[1:] == [("New", False)]
    held.hear(DEVICE.alive(bootid_upnp_org="2"))
    assert told[2:] == [("New", True)]


async def test_a_listener_that_fails_does_no_harm(held: Held, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_device: UpnpDevice) -> None:
        raise ZeroDivisionError

    held.updater.on_change = broken
    held.hear(DEVICE.byebye())
    assert not held.device.available
    assert "on_change" in caplog.text


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


# ---- a device that nobody hears


class Locator:
    """Finds the device where a test says, or raises; counts how often it was asked."""

    def __init__(self, *answers: CaseInsensitiveDict | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[UpnpDevice] = []

    async def __call__(self, device: UpnpDevice) -> CaseInsensitiveDict:
        self.asked.append(device)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def seek_with(held: Held, locator: Locator) -> None:
    """Have the updater look for its device that way."""
    held.updater = DeviceUpdater(
        held.device,
        UpnpFactory(held.table),
        ("127.0.0.1", 0),
        loop=held.loop,  # type: ignore[arg-type]  # stands in for a loop
        patience=0,
        async_locate=locator,
    )


async def test_a_device_that_is_gone_is_looked_for_and_followed_to_where_it_is(held: Held) -> None:
    await held.updater.async_stop()
    locator = Locator(announcements.Device(location=MOVED).response(bootid_upnp_org="8"))
    seek_with(held, locator)
    changes: list[tuple[bool, str]] = []
    held.updater.on_change = lambda device: changes.append((device.available, device.device_url))
    await held.updater.async_start()
    held.hear(DEVICE.byebye())
    await held.settle()
    assert changes == [(False, URL), (True, MOVED)]
    assert held.device.name == "Moved"
    assert held.device.ssdp_headers["bootid.upnp.org"] == "8"
    assert locator.asked == [held.device]
    # what it then announces is no news
    held.hear(announcements.Device(location=MOVED).alive(bootid_upnp_org="8"))
    await held.settle()
    assert held.described == [MOVED]


async def test_a_device_that_is_heard_again_is_not_looked_for_any_more(held: Held) -> None:
    await held.updater.async_stop()
    locator = Locator(UpnpError("nobody"))
    seek_with(held, locator)
    await held.updater.async_start()
    held.hear(DEVICE.byebye())
    await held.settle()
    assert not held.device.available
    assert len(locator.asked) == 1
    held.hear(DEVICE.alive())
    await held.settle()
    assert held.device.available
    assert len(held.updater._tasks) == 0
    locator.answers = [DEVICE.response()]
    held.updater._on_located(DEVICE.response())  # found a moment later
    await held.settle()
    assert held.described == []


async def test_a_device_that_was_found_and_is_not_there_is_looked_for_on(held: Held) -> None:
    await held.updater.async_stop()
    locator = Locator(announcements.Device(location="http://10.77.0.31/gone.xml").response())
    seek_with(held, locator)
    await held.updater.async_start()
    held.hear(DEVICE.byebye())
    await held.settle()
    assert not held.device.available
    assert len(held.updater._tasks) == 1


ELSEWHERE = "http://10.78.0.30:49494/description.xml"


@pytest.mark.uda("D-032")
@pytest.mark.parametrize("answers", [True, False])
async def test_one_more_address_is_no_move_where_the_device_answers_at_the_other(
    held: Held, answers: bool
) -> None:
    await held.updater.async_stop()
    loop: Any = held.loop
    held.updater = DeviceUpdater(held.device, UpnpFactory(held.table), ("127.0.0.1", 0), loop=loop)
    await held.updater.async_start()
    describe(held.table, ELSEWHERE, "Elsewhere")
    second = announcements.Device(location=ELSEWHERE, host="10.78.0.30")
    held.hear(DEVICE.alive(bootid_upnp_org="1"))
    if not answers:
        held.table.set("GET", URL, HttpResponse(404, {}, ""))
    for _ in range(3):
        held.hear(second.alive(bootid_upnp_org="1"))
        await held.settle()
    assert held.described == ([URL] if answers else [URL, ELSEWHERE])
    assert held.device.device_url == (URL if answers else ELSEWHERE)
    assert held.device.available
    if answers:
        held.hear(second.alive(after=1801, bootid_upnp_org="1"))
        await held.settle()
        assert held.device.device_url == ELSEWHERE, "the first is announced no more"


async def test_a_device_that_does_not_count_its_starts_is_followed_at_once(held: Held) -> None:
    await held.updater.async_stop()
    loop: Any = held.loop
    held.updater = DeviceUpdater(held.device, UpnpFactory(held.table), ("127.0.0.1", 0), loop=loop)
    await held.updater.async_start()
    describe(held.table, ELSEWHERE, "Elsewhere")
    held.hear(DEVICE.alive(), announcements.Device(location=ELSEWHERE, host="10.78.0.30").alive())
    await held.settle()
    assert held.described == [ELSEWHERE]
