"""Listening on many interfaces: which come and go, which fail, and what is one device by several of them."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any, Self

import pytest

from async_upnp_client._interfaces import LOOK_SECONDS, Interface
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.const import SsdpSource
from async_upnp_client.exceptions import UpnpConnectionError, UpnpError, UpnpNotFoundError
from async_upnp_client.ssdp_interfaces import LATELY_SECONDS, SsdpInterfacesListener
from async_upnp_client.ssdp_listener import SsdpDevice, SsdpDeviceTracker
from tests.support.announcements import ROOT, UDN
from tests.support.descriptions import Device, device_description
from tests.support.multicast import MemoryTransport, Multicast
from tests.support.replies import ReplyTable
from tests.support.timed_loop import TimedLoop

ONE = Interface("one", 1, ("127.0.0.1", 0), ("192.0.2.0/24",))
TWO = Interface("two", 1, ("127.0.0.2", 0), ("198.51.100.0/24", "2001:db8::/64", "fe80::/64"))
GONE = Interface("gone", 9, ("203.0.113.77", 0))
GROUP = ("239.255.255.250", 1900)
SENDER = ("192.0.2.7", 1900)
HERE, THERE = "http://192.0.2.7:80/d.xml", "http://198.51.100.7:80/d.xml"


def alive(location: str = HERE, nts: str = "ssdp:alive", kind: str = ROOT) -> bytes:
    """Return an announcement."""
    return (
        f"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nCACHE-CONTROL: max-age=1800\r\nNT: {kind}\r\n"
        f"LOCATION: {location}\r\nNTS: {nts}\r\nUSN: {UDN}::{kind}\r\n\r\n"
    ).encode()


def answer(location: str = HERE) -> bytes:
    """Return the answer to a search."""
    return (
        f"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nLOCATION: {location}\r\nST: {ROOT}\r\n"
        f"USN: {UDN}::{ROOT}\r\n\r\n"
    ).encode()


class Lan:
    """A listener on interfaces that a test has come and go; datagrams reach the sockets that it says."""

    def __init__(self, *there: Interface, **options: Any) -> None:
        self.there: Iterable[Interface] | OSError = list(there)
        self.loop = TimedLoop(Multicast())
        self.told: list[tuple[str, str, SsdpSource, str]] = []
        self.changes = 0
        self.listener = SsdpInterfacesListener(
            callback=self.tell,
            interfaces=self.look,
            loop=self.loop,  # type: ignore[arg-type]  # stands in for a loop
            on_interfaces=self.count,
            **options,
        )

    def look(self) -> Iterable[Interface]:
        if isinstance(self.there, OSError):
            raise self.there
        return self.there

    def count(self) -> None:
        self.changes += 1

    def tell(self, device: SsdpDevice, kind: str, source: SsdpSource) -> None:
        headers = device.combined_headers(kind)
        self.told.append((device.udn, kind, source, headers["_interface"]))

    async def __aenter__(self) -> Self:
        await self.listener.async_start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.listener.async_stop()
        await asyncio.sleep(0)
        assert self.segment.members == []
        assert self.loop.timers == []

    @property
    def interfaces(self) -> list[Interface]:
        return list(self.listener.interfaces)

    @property
    def segment(self) -> Multicast:
        return self.loop._segment

    def sockets(self, interface: Interface) -> list[MemoryTransport]:
        """The sockets of an interface: the one for the group, and the one for searches."""
        place = self.listener.interfaces.index(interface)
        return self.segment.members[2 * place : 2 * place + 2]

    def announce(self, interface: Interface, data: bytes) -> None:
        self.sockets(interface)[0].receive(data, SENDER)

    def answer(self, interface: Interface, data: bytes) -> None:
        self.sockets(interface)[1].receive(data, SENDER)

    @property
    def device(self) -> SsdpDevice:
        return self.listener.devices[UDN]

    @property
    def searches(self) -> int:
        """How many searches have been sent to the group."""
        return len(self.segment.sent_to(GROUP))


def test_somebody_must_want_to_know() -> None:
    with pytest.raises(AssertionError):
        SsdpInterfacesListener()


# ---- what is heard


@pytest.mark.uda("D-038")
async def test_it_listens_on_each_interface_and_says_on_which_it_heard() -> None:
    async with Lan(ONE, TWO) as lan:
        assert lan.interfaces == [ONE, TWO]
        assert len(lan.segment.members) == 4
        lan.announce(ONE, alive())
        lan.answer(TWO, answer())
        lan.announce(TWO, alive(nts="ssdp:update"))
        lan.announce(ONE, alive(nts="ssdp:byebye"))
    assert lan.told == [
        (UDN, ROOT, SsdpSource.ADVERTISEMENT_ALIVE, "one"),
        (UDN, ROOT, SsdpSource.SEARCH_ALIVE, "one"),
        (UDN, ROOT, SsdpSource.ADVERTISEMENT_UPDATE, "two"),
        (UDN, ROOT, SsdpSource.ADVERTISEMENT_BYEBYE, "one"),
    ]


@pytest.mark.uda("D-032")
async def test_a_device_on_two_interfaces_is_one_with_two_locations() -> None:
    async with Lan(ONE, TWO) as lan:
        for _ in range(2):
            lan.announce(TWO, alive(THERE))
            lan.announce(ONE, alive(HERE))
        assert list(lan.listener.devices) == [UDN]
        assert lan.listener.locations(lan.device) == [HERE, THERE]
        assert lan.listener.interface_of(lan.device, HERE) == ONE
        assert lan.listener.interface_of(lan.device, THERE) == TWO
        assert lan.listener.interface_of(lan.device, "http://192.0.2.8/") is None
        assert len(lan.told) == 2  # each location is news once
    assert lan.listener.interface_of(lan.device, HERE) == ONE


async def test_locations_are_in_the_order_to_try_them() -> None:
    ordered = [
        "http://198.51.100.7/d.xml",
        "http://[2001:db8::7]/d.xml",
        "http://[fe80::7]/d.xml",
        "http://172.17.0.1/d.xml",  # a bridge of the device's own
        "http://[2001:db8:1::7]/d.xml",
        "http://media-server/d.xml",
    ]
    async with Lan(ONE, TWO) as lan:
        for location in reversed(ordered):
            lan.announce(TWO, alive(location))
        assert lan.listener.locations(lan.device) == ordered
        lan.loop.now += LATELY_SECONDS + 1
        lan.announce(ONE, alive(HERE))
        assert lan.listener.locations(lan.device) == [HERE, *ordered]
        lan.announce(TWO, alive(ordered[4]))
        assert lan.listener.locations(lan.device)[:2] == [HERE, ordered[4]]
        lan.there = [TWO]
        await lan.listener.async_look()
        assert lan.listener.locations(lan.device)[-1] == HERE  # nothing leads there any more


async def test_a_location_that_is_known_from_elsewhere_comes_last() -> None:
    tracker = SsdpDeviceTracker()
    async with Lan(ONE, device_tracker=tracker) as lan:
        lan.announce(ONE, alive(HERE))
        lan.device.add_location("http://192.0.2.1/", lan.device.valid_to)
        assert lan.listener.locations(lan.device) == [HERE, "http://192.0.2.1/"]


async def test_sightings_are_as_many_as_locations() -> None:
    async with Lan(ONE) as lan:
        for number in range(40):
            lan.announce(ONE, alive(f"http://192.0.2.{number + 1}/"))
        assert len(lan.listener._seen[lan.device]) == len(lan.device.locations) == 16
        lan.device.purge(float("inf"))
        lan.announce(ONE, alive(HERE))
        assert list(lan.listener._seen[lan.device]) == [HERE]


# ---- interfaces


async def test_interfaces_come_and_go() -> None:
    async with Lan() as lan:
        assert lan.interfaces == []
        lan.there = [ONE]
        await lan.listener.async_look()
        await lan.listener.async_look()
        assert (lan.interfaces, lan.changes) == ([ONE], 1)
        lan.there = [TWO, ONE]
        await lan.listener.async_look()
        assert (lan.interfaces, len(lan.segment.members)) == ([TWO, ONE], 4)
        lan.there = [TWO]
        await lan.listener.async_look()
        assert (lan.interfaces, len(lan.segment.members)) == ([TWO], 2)
        assert lan.changes == 3
    await lan.listener.async_look()  # not after the stop
    assert lan.interfaces == []


async def test_it_looks_by_itself() -> None:
    async with Lan() as lan:
        for there in ([ONE], [ONE, TWO], []):
            lan.there = there
            assert lan.loop.waits == [LOOK_SECONDS]
            await lan.loop.pass_time(LOOK_SECONDS)
            async with asyncio.timeout(10):
                while not lan.loop.timers:  # noqa: ASYNC110 - the look has a few turns of the loop to go
                    await asyncio.sleep(0)
            assert lan.interfaces == there


async def test_one_that_fails_leaves_the_others_running(caplog: pytest.LogCaptureFixture) -> None:
    async with Lan(GONE, ONE) as lan:
        assert lan.interfaces == [ONE]
        assert list(lan.listener.failed) == [GONE]
        assert isinstance(lan.listener.failed[GONE], OSError)
        await lan.listener.async_look()
        lan.announce(ONE, alive())
        assert len(lan.told) == 1
        lan.there = [ONE]
        await lan.listener.async_look()
        assert lan.listener.failed == {}
        lan.there = [GONE]
        await lan.listener.async_look()
        assert (lan.interfaces, list(lan.listener.failed)) == ([], [GONE])
    assert lan.listener.failed == {}
    warnings = [record for record in caplog.records if record.levelno >= logging.WARNING]
    (warning,) = warnings  # once in an hour
    assert "gone (203.0.113.77)" in warning.getMessage()


async def test_one_that_has_failed_is_tried_again() -> None:
    whole = SsdpInterfacesListener(callback=lambda *_: None, interfaces=lambda: [ONE])
    make, opened = whole._make, []

    def fail_first(*args: Any, **kwargs: Any) -> Any:
        opened.append(args)
        if len(opened) == 1:
            return make(Interface("one", 1, ("fe80::1", 0, 0, 0)), **kwargs)
        return make(*args, **kwargs)

    whole._make = fail_first  # type: ignore[assignment]  # it stands in for a partial
    try:
        await whole.async_start()
        assert isinstance(whole.failed[ONE], UpnpError)
        await whole.async_look()
        assert (whole.interfaces, whole.failed) == ((ONE,), {})
    finally:
        await whole.async_stop()
        await asyncio.sleep(0)


async def test_a_system_that_does_not_tell_its_interfaces_changes_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with Lan(ONE) as lan:
        lan.there = OSError("too many open files")
        await lan.listener.async_look()
        assert lan.interfaces == [ONE]
    assert "too many open files" in caplog.text


async def test_a_start_that_fails_leaves_nothing() -> None:
    def broken() -> Iterable[Interface]:
        raise ZeroDivisionError("a mistake of the user")

    listener = SsdpInterfacesListener(callback=lambda *_: None, interfaces=broken)
    with pytest.raises(ZeroDivisionError):
        await listener.async_start()
    with pytest.raises(AssertionError):
        await listener.async_search()


async def test_starts_and_stops_may_be_repeated() -> None:
    lan = Lan(ONE)
    await lan.listener.async_stop()
    for _ in range(2):
        async with lan:
            await lan.listener.async_start()
            assert len(lan.segment.members) == 2
        await lan.listener.async_stop()


@pytest.mark.parametrize("named", ["127.0.0.1", ["127.0.0.1"]])
async def test_interfaces_may_be_named(named: Any) -> None:
    listener = SsdpInterfacesListener(callback=lambda *_: None, interfaces=named)
    await listener.async_start()
    try:
        assert [interface.source for interface in listener.interfaces] == [("127.0.0.1", 0)]
    finally:
        await listener.async_stop()
        await asyncio.sleep(0)


# ---- searches


@pytest.mark.uda("D-054")
async def test_a_search_goes_out_on_every_interface_and_on_each_that_comes() -> None:
    async with Lan(ONE) as lan:
        with_port = lan.sockets(ONE)[1].address[1]
        assert lan.listener.is_our_port(with_port)
        assert not lan.listener.is_our_port(0)
        lan.there = [ONE, TWO]
        await lan.listener.async_look()
        assert lan.searches == 0
        await lan.listener.async_search(search_target="uuid:a")
        assert lan.searches == 2
        assert b"ST:uuid:a\r\n" in lan.segment.sent_to(GROUP)[0]
        await lan.listener.async_search(("192.0.2.9", 1900))
        await lan.listener.async_search(("fe80::9", 1900, 0, 1))
        assert len(lan.segment.sent_to(("192.0.2.9", 1900))) == 2
        assert not lan.segment.sent_to(("fe80::9", 1900))
        await lan.loop.pass_time(2)
        lan.there = [ONE]
        await lan.listener.async_look()
        before = lan.searches
        lan.there = [ONE, TWO]
        await lan.listener.async_look()
        assert lan.searches == before + 1
        await lan.loop.pass_time(2)


@pytest.mark.uda("D-054")
async def test_each_interface_has_its_own_neighbours() -> None:
    lan = Lan(ONE, TWO)
    with pytest.raises(AssertionError):
        await lan.listener.async_search_politely()
    search = (
        b'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nST: ssdp:all\r\n\r\n'
    )
    async with lan:
        assert await lan.listener.async_search_politely()
        await lan.loop.pass_time(2)
        lan.answer(ONE, answer())
        lan.answer(TWO, answer())
        assert await lan.listener.async_search_politely()  # ours are heard on both
        await lan.loop.pass_time(2)
        lan.answer(ONE, answer())
        lan.answer(TWO, answer())
        before = lan.searches
        lan.announce(ONE, search)
        assert await lan.listener.async_search_politely()
        assert lan.searches == before + 1
        lan.answer(TWO, answer())
        lan.announce(TWO, search)
        assert await lan.listener.async_search_politely()  # on the first, which was left out before
        await lan.loop.pass_time(2)


# ---- devices


def described(udn: str = UDN) -> str:
    """Return the description of a device without services."""
    return device_description(Device(udn=udn))


def heard(lan: Lan) -> None:
    """Let a device be heard on both interfaces."""
    lan.announce(ONE, alive(HERE))
    lan.announce(TWO, alive(THERE))


@pytest.mark.uda("D-032")
@pytest.mark.parametrize(
    ("replies", "used"),
    [
        ({("GET", HERE): described(), ("GET", THERE): described()}, HERE),
        ({("GET", THERE): described()}, THERE),
        ({("GET", HERE): described("uuid:other"), ("GET", THERE): described()}, THERE),
        ({("GET", HERE): "<html/>", ("GET", THERE): described()}, THERE),
    ],
    ids=["both", "no connection", "another device", "no description"],
)
async def test_a_location_that_does_not_serve_is_replaced_by_the_next(replies: Any, used: str) -> None:
    table = ReplyTable(replies)
    async with Lan(ONE, TWO) as lan:
        heard(lan)
        device = await lan.listener.async_create_device(UpnpFactory(table), lan.device)
    assert (device.udn, device.device_url) == (UDN, used)
    assert table.asked == [("GET", HERE), ("GET", THERE)][: 1 if used == HERE else 2]


async def test_where_none_serves_the_first_tells_why() -> None:
    async with Lan(ONE, TWO) as lan:
        heard(lan)
        with pytest.raises(UpnpConnectionError, match=r"192\.0\.2\.7"):
            await lan.listener.async_create_device(UpnpFactory(ReplyTable()), lan.device)
        table = ReplyTable({("GET", HERE): described("uuid:other")})
        with pytest.raises(UpnpError, match="describes uuid:other, not"):
            await lan.listener.async_create_device(UpnpFactory(table), lan.device)
        lan.device.purge(float("inf"))
        with pytest.raises(UpnpNotFoundError, match="no location"):
            await lan.listener.async_create_device(UpnpFactory(table), lan.device)


async def test_what_has_expired_is_told_once() -> None:
    expired: list[str] = []
    callback: Callable[[SsdpDevice], None] = lambda device: expired.append(device.udn)  # noqa: E731
    async with Lan(ONE, TWO, on_expired=callback) as lan:
        lan.announce(ONE, alive().replace(b"max-age=1800", b"max-age=0"))
        lan.device.deadline -= 10
        lan.announce(TWO, alive().replace(UDN.encode(), b"uuid:other"))
        assert expired == [UDN]


# ---- the group of the site


LOOPBACK6 = ("::1", 0, 0, 1)
LINK, SITE = ("ff02::c", 1900), ("ff05::c", 1900)


@pytest.mark.uda("V-001")
async def test_the_group_of_the_site_is_listened_to_and_searched() -> None:
    routed = Interface("six", 1, LOOPBACK6, ("fe80::/64", "fd00::/64"))
    async with Lan(ONE, routed) as lan:
        link, site = lan.segment.members[2:4], lan.segment.members[4:6]
        site[0].receive(alive("http://[fd00::7]:80/d.xml"), ("fd00::7", 1900, 0, 0))
        assert lan.told == [(UDN, ROOT, SsdpSource.ADVERTISEMENT_ALIVE, "six")]
        await lan.listener.async_search()
        assert len(lan.segment.sent_to(SITE)) == len(lan.segment.sent_to(LINK)) == 1
        ports = [member.get_extra_info("sockname")[1] for member in (link[1], site[1])]
        assert all(lan.listener.is_our_port(port) for port in ports)
        lan.there = [ONE]
        await lan.listener.async_look()
        assert lan.interfaces == [ONE]
        assert len(lan.segment.members) == 2


@pytest.mark.uda("V-001")
async def test_the_site_is_not_searched_from_where_only_the_link_is_reached() -> None:
    async with Lan(Interface("six", 1, LOOPBACK6, ("fe80::/64",))) as lan:
        await lan.listener.async_search()
        assert await lan.listener.async_search_politely() is True
        assert lan.segment.sent_to(SITE) == []
        lan.there = [Interface("six", 1, LOOPBACK6, ("fe80::/64", "fd00::/64"))]  # a router has come
        await lan.listener.async_look()
        await lan.listener.async_search()
        assert len(lan.segment.sent_to(SITE)) == 1


async def test_where_the_group_of_the_site_cannot_be_had_the_rest_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Lan() as lan:
        make = lan.listener._make

        def refuse(interface: Interface, **options: Any) -> Any:
            if "target" in options:
                options["target"] = ("FF05::C", 1900, 0, 4711)
            return make(interface, **options)

        monkeypatch.setattr(lan.listener, "_make", refuse)
        lan.there = [Interface("six", 1, LOOPBACK6, ("fd00::/64",))]
        await lan.listener.async_look()
        await lan.listener.async_search()
        assert (lan.segment.sent_to(SITE), lan.listener.failed) == ([], {})
        assert len(lan.segment.sent_to(LINK)) == 1
