"""The listener for devices: two sockets, a tracker, a timer, and who is told what."""

import asyncio
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Self

import pytest

from async_upnp_client import ssdp_client, ssdp_listener
from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client.const import SsdpSource
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.ssdp_listener import (
    SsdpAdvertisementListener,
    SsdpDevice,
    SsdpDeviceTracker,
    SsdpListener,
    SsdpSearchListener,
)
from tests.support.announcements import AV_TRANSPORT, DEVICE, RENDERER, ROOT, UDN, Device
from tests.support.multicast import Multicast
from tests.support.timed_loop import TimedLoop

SOURCE = ("127.0.0.1", 0)
GROUP = ("239.255.255.250", 1900)
Told = list[tuple[str, str, SsdpSource]]


def now(headers: CaseInsensitiveDict, after: float = 0) -> CaseInsensitiveDict:
    """Have a message come now, or in so many seconds."""
    headers["_timestamp"] = datetime.now() + timedelta(seconds=after)
    return headers


class Heard:
    """A listener, who it told of what, and the loop it lives on."""

    def __init__(self, loop: TimedLoop | None = None, **options: Any) -> None:
        self.loop = TimedLoop() if loop is None else loop
        self.told: Told = []
        self.expired: list[str] = []
        options.setdefault("on_expired", lambda device: self.expired.append(device.udn))
        self.listener = SsdpListener(callback=self.tell, source=SOURCE, loop=self.loop, **options)  # type: ignore[arg-type]  # stands in for a loop

    def tell(self, device: SsdpDevice, kind: str, source: SsdpSource) -> None:
        self.told.append((device.udn, kind, source))

    async def __aenter__(self) -> Self:
        await self.listener.async_start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.listener.async_stop()
        await asyncio.sleep(0)


PACKET = (
    "NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nCACHE-CONTROL: max-age=1800\r\n"
    "LOCATION: http://10.77.0.30:49494/description.xml\r\nNT: upnp:rootdevice\r\nNTS: {nts}\r\n"
    "USN: uuid:11111111-2222-3333-4444-000000000030::upnp:rootdevice\r\n\r\n"
)
RESPONSE = (
    "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nLOCATION: http://10.77.0.30:49494/description.xml\r\n"
    "ST: upnp:rootdevice\r\nUSN: uuid:11111111-2222-3333-4444-000000000030::upnp:rootdevice\r\n\r\n"
)


# ---- construction


def test_somebody_must_want_to_know() -> None:
    with pytest.raises(AssertionError):
        SsdpListener()
    with pytest.raises(AssertionError):
        SsdpListener(on_expired=lambda _: None)


def test_source_and_target_are_completed_and_must_fit() -> None:
    listener = SsdpListener(callback=lambda *_: None)
    assert (listener.source, listener.target) == (("0.0.0.0", 0), GROUP)
    assert (listener.search_timeout, listener.search_target) == (4, "ssdp:all")
    assert listener.devices == {}
    with pytest.raises(UpnpError):
        SsdpListener(callback=lambda *_: None, source=("::1", 0, 0, 0), target=GROUP)


def test_the_announced_name_is_a_window_on_this_module() -> None:
    assert ssdp_client.__all__ == ssdp_listener.__all__
    assert all(getattr(ssdp_client, name) is getattr(ssdp_listener, name) for name in ssdp_listener.__all__)


# ---- start and stop


async def test_it_hears_announcements_first_then_answers_and_searches_when_told() -> None:
    heard = Heard()
    segment = heard.loop._segment
    async with heard as started:
        listener = started.listener
        first, second = segment.members
        assert isinstance(listener._advertisement_listener, SsdpAdvertisementListener)
        assert isinstance(listener._search_listener, SsdpSearchListener)
        assert first.address[1] == 1900
        assert second.address[1] != 1900
        assert segment.packets == []
        await listener.async_search()
        assert b"ST:ssdp:all\r\n" in segment.sent_to(GROUP)[0]
        await listener.async_search(("10.77.0.30", 1900))
        assert b"ssdp:discover" in segment.sent_to(("10.77.0.30", 1900))[0]
        await listener.async_start()  # again: nothing happens
        assert segment.members == [first, second]
    assert segment.members == []
    assert heard.loop.timers == []
    await heard.listener.async_stop()
    with pytest.raises(AssertionError):
        await heard.listener.async_search()
    async with heard:
        assert len(segment.members) == 2


async def test_searches_carry_what_was_asked_for() -> None:
    async with Heard(search_timeout=2, search_target=RENDERER) as heard:
        await heard.listener.async_search()
        search = heard.loop._segment.packets[0][0]
        assert b"MX:2\r\n" in search
        assert f"ST:{RENDERER}\r\n".encode() in search


async def test_nothing_can_be_searched_before_the_start_and_a_stop_does_no_harm() -> None:
    listener = SsdpListener(callback=lambda *_: None)
    with pytest.raises(AssertionError):
        await listener.async_search()
    await listener.async_stop()


class OneSocketLoop(TimedLoop):
    """Has one socket to give."""

    async def create_datagram_endpoint(
        self, protocol_factory: Callable[[], Any], *, sock: socket.socket
    ) -> tuple[Any, Any]:
        if self._segment.members:
            raise OSError("no more sockets")
        return await super().create_datagram_endpoint(protocol_factory, sock=sock)


async def test_where_it_cannot_hear_answers_it_does_not_go_on_hearing_announcements() -> None:
    segment = Multicast()
    heard = Heard(OneSocketLoop(segment))
    with pytest.raises(OSError, match="no more sockets"):
        await heard.listener.async_start()
    assert segment.members == []
    assert heard.listener._advertisement_listener is None
    with pytest.raises(AssertionError):
        await heard.listener.async_search()
    await heard.listener.async_stop()


# ---- who is told what


async def test_from_the_wire_to_the_callback() -> None:
    async with Heard() as heard:
        segment = heard.loop._segment
        answers_to = segment.members[1].address
        for packet, target in (
            (PACKET.format(nts="ssdp:alive"), GROUP),
            (PACKET.format(nts="ssdp:alive"), GROUP),
            (PACKET.format(nts="ssdp:update"), GROUP),
            (RESPONSE, answers_to),
            (PACKET.format(nts="ssdp:byebye"), GROUP),
            (PACKET.format(nts="ssdp:byebye"), GROUP),
            ("nonsense", GROUP),
        ):
            segment.send(packet.encode(), ("10.77.0.30", 1900), target)
            await asyncio.sleep(0)
        assert heard.told == [
            (UDN, ROOT, SsdpSource.ADVERTISEMENT_ALIVE),
            (UDN, ROOT, SsdpSource.ADVERTISEMENT_UPDATE),
            (UDN, ROOT, SsdpSource.SEARCH_ALIVE),
            (UDN, ROOT, SsdpSource.ADVERTISEMENT_BYEBYE),
        ]
        assert heard.listener.devices == {}


async def test_datagrams_on_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind(SOURCE)
        target = sender.getsockname()
        heard = asyncio.Event()
        listener = SsdpListener(callback=lambda *_: heard.set(), source=SOURCE, target=target)
        sender.close()
    await listener.async_start()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(PACKET.format(nts="ssdp:alive").encode(), target)
    async with asyncio.timeout(5):
        await heard.wait()
    assert list(listener.devices) == [UDN]
    await listener.async_stop()


async def test_messages_can_be_put_in_where_the_listeners_hand_them_on() -> None:
    # as Home Assistant's tests do, and 0.49.0's own, without a start
    heard = Heard()
    listener = heard.listener
    listener._on_search(DEVICE.response())
    listener._on_search(DEVICE.response(RENDERER))
    listener._on_alive(DEVICE.alive())
    listener._on_alive(DEVICE.alive(AV_TRANSPORT))
    listener._on_update(DEVICE.update())
    listener._on_byebye(DEVICE.byebye(AV_TRANSPORT))
    listener._on_byebye(DEVICE.byebye())
    assert heard.told == [
        (UDN, ROOT, SsdpSource.SEARCH_CHANGED),
        (UDN, RENDERER, SsdpSource.SEARCH_CHANGED),
        (UDN, AV_TRANSPORT, SsdpSource.ADVERTISEMENT_ALIVE),
        (UDN, ROOT, SsdpSource.ADVERTISEMENT_UPDATE),
        (UDN, AV_TRANSPORT, SsdpSource.ADVERTISEMENT_BYEBYE),
        (UDN, ROOT, SsdpSource.ADVERTISEMENT_BYEBYE),
    ]
    assert heard.loop.timers == []


async def test_a_coroutine_and_a_function_can_be_told_and_may_fail(caplog: pytest.LogCaptureFixture) -> None:
    told: list[tuple[str, str]] = []
    done = asyncio.Event()

    async def tell_later(_device: SsdpDevice, kind: str, _source: SsdpSource) -> None:
        told.append(("later", kind))
        done.set()
        raise ValueError("later")

    def tell(_device: SsdpDevice, kind: str, _source: SsdpSource) -> None:
        told.append(("at once", kind))
        raise ValueError("at once")

    listener = SsdpListener(tell_later, tell)
    listener._on_alive(DEVICE.alive())
    listener._on_alive(DEVICE.alive(RENDERER))
    await done.wait()
    await asyncio.sleep(0)
    assert told == [("at once", ROOT), ("at once", RENDERER), ("later", ROOT), ("later", RENDERER)]
    assert caplog.text.count("ValueError: ") == 4


async def test_callbacks_can_be_assigned_later() -> None:
    listener = SsdpListener(callback=lambda *_: None)
    told = []
    listener.callback = lambda _device, kind, _source: told.append(kind)
    listener._on_alive(DEVICE.alive())
    assert told == [ROOT]


async def test_listeners_may_share_a_tracker() -> None:
    tracker = SsdpDeviceTracker()
    one, two = Heard(device_tracker=tracker), Heard(device_tracker=tracker)
    one.listener._on_alive(DEVICE.alive())
    two.listener._on_alive(DEVICE.alive())
    two.listener._on_byebye(DEVICE.byebye())
    one.listener._on_byebye(DEVICE.byebye())
    assert one.listener.devices is two.listener.devices is tracker.devices
    assert one.told == [(UDN, ROOT, SsdpSource.ADVERTISEMENT_ALIVE)]
    assert two.told == [(UDN, ROOT, SsdpSource.ADVERTISEMENT_BYEBYE)]


# ---- expiry


async def test_a_silent_device_expires_without_another_message() -> None:
    async with Heard() as heard:
        assert heard.loop.timers == []  # nothing is known
        heard.listener._on_alive(now(DEVICE.alive(cache_control="max-age=100"), after=-101))
        heard.listener._on_alive(now(DEVICE.alive(RENDERER, cache_control="max-age=100"), after=-101))
        assert len(heard.loop.timers) == 1
        assert list(heard.listener.devices) == [UDN]
        await heard.loop.pass_time(1.5)
        assert heard.expired == [UDN]
        assert heard.listener.devices == {}
        assert heard.loop.timers == []


async def test_one_timer_waits_for_what_expires_first() -> None:
    first, second = Device("uuid:1"), Device("uuid:2")
    async with Heard() as heard:
        heard.listener._on_alive(now(first.alive(cache_control="max-age=1000")))
        assert heard.loop.waits == [pytest.approx(1000, abs=5)]
        heard.listener._on_search(now(second.response(cache_control="max-age=100")))
        assert heard.loop.waits == [pytest.approx(100, abs=5)]
        heard.listener._on_byebye(now(second.byebye()))
        assert heard.loop.waits == [pytest.approx(100, abs=5)]  # it looks, and finds that there is time
        assert await heard.loop.pass_time(101) == 1
        assert heard.loop.waits == [pytest.approx(1000, abs=5)]
        heard.listener._on_byebye(now(first.byebye()))
        assert heard.loop.timers == []
        assert heard.expired == []


async def test_a_sender_of_no_max_age_does_not_keep_the_loop_busy() -> None:
    async with Heard() as heard:
        for _ in range(100):
            heard.listener._on_alive(now(DEVICE.alive(cache_control="max-age=0")))
            assert heard.loop.waits == [1.0]
        assert await heard.loop.pass_time(10) <= 10


async def test_what_expired_is_told_before_the_message_that_finds_it() -> None:
    order: list[str] = []
    listener = SsdpListener(
        callback=lambda device, _kind, source: order.append(f"{source.value} {device.udn}"),
        on_expired=lambda device: order.append(f"expired {device.udn}"),
    )
    listener._on_alive(DEVICE.alive(cache_control="max-age=10"))
    listener._on_alive(DEVICE.alive(after=11, cache_control="max-age=10"))
    listener._on_byebye(Device("uuid:other").byebye(after=30))
    listener._on_search(DEVICE.response(after=31, cache_control="max-age=10"))
    listener._on_search(Device("uuid:other").response(after=50))
    assert order == [
        f"advertisement_alive {UDN}",
        f"expired {UDN}",
        f"advertisement_alive {UDN}",
        f"expired {UDN}",
        f"search_changed {UDN}",
        f"expired {UDN}",
        "search_changed uuid:other",
    ]


async def test_nobody_needs_to_ask_for_expiries() -> None:
    async with Heard(on_expired=None) as heard:
        heard.listener._on_alive(now(DEVICE.alive(cache_control="max-age=1"), after=-5))
        await heard.loop.pass_time(2)
        assert heard.listener.devices == {}


async def test_who_is_told_of_an_expiry_may_stop_the_listener() -> None:
    heard = Heard()
    stops: list[asyncio.Task[None]] = []
    heard.listener.on_expired = lambda _: stops.append(asyncio.create_task(heard.listener.async_stop()))
    async with heard:
        heard.listener._on_alive(now(DEVICE.alive(cache_control="max-age=1"), after=-5))
        heard.listener._on_alive(now(Device("uuid:other").alive()))
        assert await heard.loop.pass_time(2000) == 1
        await stops[0]
        assert heard.loop.timers == []
        heard.listener._on_alive(now(Device("uuid:3").alive()))
        assert heard.loop.timers == []


def test_purging_without_a_time_means_now() -> None:
    tracker = SsdpDeviceTracker()
    tracker.see_advertisement(now(DEVICE.alive(cache_control="max-age=10"), after=-11))
    tracker.see_advertisement(now(Device("uuid:2").alive()))
    tracker.purge_devices()
    assert list(tracker.devices) == ["uuid:2"]
    tracker.purge_devices(datetime.now() + timedelta(seconds=1900))
    assert tracker.devices == {}


# ---- politeness

SEARCH = (
    'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: {st}\r\n\r\n'
)


@pytest.mark.uda("D-054")
async def test_a_search_that_another_host_has_just_sent_is_left_out() -> None:
    segment = Multicast()
    searched = SEARCH.format(st="ssdp:all").encode()
    async with Heard(TimedLoop(segment)) as heard:
        listener = heard.listener
        with_answer = segment.members[1]

        async def search() -> bool:
            sent = await listener.async_search_politely()
            await heard.loop.pass_time(2)
            with_answer.receive(RESPONSE.encode(), ("192.0.2.7", 1900))
            return sent

        assert await search()  # the first
        assert await search()  # ours come back to us, and are no other's
        segment.send(searched, ("192.0.2.9", 50000), GROUP)
        await asyncio.sleep(0)
        assert not await search()
        assert await search()  # not twice one after the other
        await heard.loop.pass_time(60)
        assert await search()  # too long ago
        segment.send(searched, ("192.0.2.9", 50000), GROUP)
        await asyncio.sleep(0)
        assert await listener.async_search_politely(within=-1.0)
        await heard.loop.pass_time(2)
    with pytest.raises(AssertionError):
        await listener.async_search_politely()


async def test_a_search_may_be_for_something_else_than_the_listeners_own() -> None:
    async with Heard() as heard:
        segment = heard.loop._segment
        await heard.listener.async_search(search_target="uuid:a")
        assert b"ST:uuid:a\r\n" in segment.sent_to(GROUP)[0]
        await heard.loop.pass_time(2)
