"""Searches: what is sent and when, whose answers count, and that nothing stays behind."""

import asyncio
import contextlib
import itertools
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._product import user_agent
from async_upnp_client._protocol.discovery import build_ssdp_search_packet, decode_ssdp_packet
from async_upnp_client.const import SsdpSource
from async_upnp_client.exceptions import UpnpError, UpnpNotFoundError
from async_upnp_client.limits import DEFAULT_LIMITS
from async_upnp_client.search import (
    GRACE_SECONDS,
    LEAST_MX,
    REPEAT_JITTER_SECONDS,
    REPEAT_SECONDS,
    SsdpSearchListener,
    async_search,
    async_search_first,
)
from tests.support.multicast import Multicast
from tests.support.timed_loop import TimedLoop
from tests.support.udp import GROUP, Peer, free_port, ipv6_addresses, peer

RESPONSE = "HTTP/1.1 200 OK"
RENDERER = "urn:schemas-upnp-org:device:MediaRenderer:1"
LOCAL = ("127.0.0.1", 0)
LINK_LOCAL = [(host, number) for host, number, link_local in ipv6_addresses() if link_local]


class PatientLoop(TimedLoop):
    """Real sockets, but time passes when the test says so."""

    async def create_datagram_endpoint(self, protocol_factory: Callable[[], Any], **kwargs: Any) -> Any:
        return await self._loop.create_datagram_endpoint(protocol_factory, **kwargs)


class Heard:
    """Answers called back, in order."""

    def __init__(self) -> None:
        self.answers: asyncio.Queue[CaseInsensitiveDict] = asyncio.Queue()

    def __call__(self, headers: CaseInsensitiveDict) -> None:
        self.answers.put_nowait(headers)

    async def later(self, headers: CaseInsensitiveDict) -> None:
        self.answers.put_nowait(headers)

    async def next(self) -> CaseInsensitiveDict:
        async with asyncio.timeout(10):
            return await self.answers.get()


def answer(
    udn: str = "uuid:a", st: str = "upnp:rootdevice", location: str = "http://192.0.2.7/d.xml"
) -> bytes:
    return f"{RESPONSE}\r\nST: {st}\r\nUSN: {udn}::{st}\r\nLOCATION: {location}\r\nEXT:\r\n\r\n".encode()


def headers_of(data: bytes) -> CaseInsensitiveDict:
    return decode_ssdp_packet(data, None, ("192.0.2.7", 1900), None)[1]  # type: ignore[arg-type]  # no time here


def sent_headers(data: bytes) -> dict[str, str]:
    """Return the headers of a search as sent."""
    line, headers = decode_ssdp_packet(data, None, ("192.0.2.7", 1900), None)  # type: ignore[arg-type]
    assert line == "M-SEARCH * HTTP/1.1"
    return {name: value for name, value in headers.items() if not name.startswith("_")}


@contextlib.asynccontextmanager
async def searching(*args: Any, **kwargs: Any) -> AsyncIterator[SsdpSearchListener]:
    listener = SsdpSearchListener(*args, **kwargs)
    await listener.async_start()
    try:
        yield listener
    finally:
        listener.async_stop()
        await asyncio.sleep(0)


# --- the listener as it is made


def test_a_callback_is_needed():
    with pytest.raises(AssertionError):
        SsdpSearchListener()


def test_what_it_is_made_of():
    listener = SsdpSearchListener(callback=print)
    assert (listener.source, listener.target) == (("0.0.0.0", 0), ("239.255.255.250", 1900))
    assert (listener.timeout, listener.search_target, listener.repeat) == (4, "ssdp:all", 3)
    assert str(listener.target_ip) == "239.255.255.250"
    assert [listener.async_callback, listener.connect_callback, listener.async_connect_callback] == [None] * 3
    listener = SsdpSearchListener(callback=print, source=("fe80::1", 0, 0, 3))
    assert str(listener.target_ip) == "ff02::c%3"


def test_nothing_is_searched_before_the_start():
    listener = SsdpSearchListener(callback=print)
    with pytest.raises(AssertionError):
        listener.async_search()
    listener.async_stop()


# --- what is sent


@pytest.mark.uda("D-047")
@pytest.mark.uda("D-049")
@pytest.mark.uda("D-054")
async def test_a_search_by_multicast_is_sent_three_times():
    port = free_port()
    loop = PatientLoop()
    async with (
        peer(port=port, group=GROUP) as device,
        searching(
            callback=print, source=LOCAL, target=(GROUP, port), loop=loop, search_target=RENDERER
        ) as listener,
    ):
        listener.async_search()
        first, _ = await device.receive()
        assert sent_headers(first) == {
            "HOST": f"{GROUP}:{port}",
            "MAN": '"ssdp:discover"',
            "MX": "4",
            "ST": RENDERER,
            "USER-AGENT": user_agent(),
            "CPFN.UPNP.ORG": "async-upnp-client",
        }
        for _ in range(2):
            (wait,) = loop.waits
            assert REPEAT_SECONDS <= wait <= REPEAT_SECONDS + REPEAT_JITTER_SECONDS
            await loop.pass_time(wait)
            assert (await device.receive())[0] == first
        assert loop.waits == []


@pytest.mark.uda("D-060")
@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")])
async def test_a_search_by_unicast_alternates_between_two_forms(host: str, shown: str):
    loop = PatientLoop()
    async with peer(host) as device, searching(callback=print, target=device.address, loop=loop) as listener:
        listener.async_search()
        await loop.pass_time(1)
        searches = [sent_headers((await device.receive())[0]) for _ in range(3)]
        unicast = {
            "HOST": f"{shown}:{device.address[1]}",
            "MAN": '"ssdp:discover"',
            "ST": "ssdp:all",
            "USER-AGENT": user_agent(),
        }
        group = "[FF02::C]:1900" if host == "::1" else "239.255.255.250:1900"
        assert searches[0] == searches[2] == unicast
        assert searches[1] == {**unicast, "HOST": group, "MX": "4", "CPFN.UPNP.ORG": "async-upnp-client"}


@pytest.mark.parametrize("repeat", [0, 1, 2, 5])
async def test_the_number_of_searches_can_be_chosen(repeat: int):
    segment = Multicast()
    loop = TimedLoop(segment)
    async with searching(callback=print, source=LOCAL, loop=loop, repeat=repeat) as listener:
        listener.async_search()
        await loop.pass_time(10)
        assert len(segment.packets) == max(1, repeat)


async def test_a_stop_ends_the_repeats():
    segment = Multicast()
    loop = TimedLoop(segment)
    async with searching(callback=print, source=LOCAL, loop=loop) as listener:
        listener.async_search()
        listener.async_search()
        assert len(loop.waits) == 2
        listener.async_stop()
        assert loop.waits == []
        await loop.pass_time(10)
    assert len(segment.packets) == 2


async def test_a_socket_that_is_lost_ends_the_repeats():
    loop = PatientLoop()
    async with peer() as device, searching(callback=print, target=device.address, loop=loop) as listener:
        listener.async_search()
        assert listener._endpoint._protocol is not None
        assert listener._endpoint._protocol.transport is not None
        listener._endpoint._protocol.transport.abort()
        await loop.pass_time(1)
        assert loop.waits == []
        await listener.async_start()
        listener.async_search()
        assert len([await device.receive() for _ in range(2)]) == 2


async def test_timers_that_have_run_are_not_kept():
    loop = TimedLoop()
    async with searching(callback=print, source=LOCAL, loop=loop) as listener:
        for _ in range(20):
            listener.async_search()
            await loop.pass_time(10)
        assert len(listener._timers) <= 2


@pytest.mark.uda("D-048")
@pytest.mark.parametrize(
    ("timeout", "mx"), [(4, "4"), (0, "1"), (-3, "1"), (1, "1"), (5, "5"), (6, "5"), (120, "5"), (2.9, "2")]
)
async def test_mx_is_one_to_five(timeout: Any, mx: str):
    segment = Multicast()
    async with searching(callback=print, source=LOCAL, loop=TimedLoop(segment), timeout=timeout) as listener:
        listener.async_search()
        assert sent_headers(segment.packets[0][0])["MX"] == mx


@pytest.mark.uda("D-047")
async def test_an_overriding_group_is_named_in_its_search():
    segment = Multicast()
    async with searching(callback=print, source=LOCAL, loop=TimedLoop(segment)) as listener:
        listener.async_search(("239.255.255.246", 7900))
        data, _, target = segment.packets[0]
        assert target == ("239.255.255.246", 7900)
        assert sent_headers(data)["HOST"] == "239.255.255.246:7900"


@pytest.mark.parametrize("listened", [{}, {"target": ("255.255.255.255", 1900)}])
async def test_a_broadcast_is_like_a_multicast(listened: Any):
    segment = Multicast()
    async with searching(callback=print, source=LOCAL, loop=TimedLoop(segment), **listened) as listener:
        listener.async_search(("255.255.255.255", 1900))
        data, _, target = segment.packets[0]
        assert target == ("255.255.255.255", 1900)
        assert sent_headers(data)["HOST"] == "239.255.255.250:1900"
        assert sent_headers(data)["MX"] == "4"


@pytest.mark.parametrize("override", [None, ("192.0.2.7", 1982)])
async def test_a_search_for_what_is_not_upnp_has_the_form_it_always_had(override: Any):
    segment = Multicast()
    loop = TimedLoop(segment)
    target = ("239.255.255.250", 1982)
    async with searching(
        callback=print, source=LOCAL, target=target, loop=loop, search_target="wifi_bulb"
    ) as listener:
        listener.async_search(override)
        await loop.pass_time(10)
        assert {data for data, _, _ in segment.packets} == {build_ssdp_search_packet(target, 4, "wifi_bulb")}
        assert {to for _, _, to in segment.packets} == {override or target}


@pytest.mark.uda("V-002")
@pytest.mark.parametrize(
    ("group", "allowed"),
    [
        ("FF01::C", True),
        ("FF02::C", True),
        ("FF05::C", True),
        ("FF04::C", False),
        ("FF08::C", False),
        ("FF0E::C", False),
    ],
)
async def test_searches_do_not_leave_the_site(group: str, allowed: bool):
    segment = Multicast()
    source = ("::1", 0, 0, 0)
    async with searching(callback=print, source=source, loop=TimedLoop(segment)) as listener:
        with contextlib.nullcontext() if allowed else pytest.raises(UpnpError):
            listener.async_search((group, 1900, 0, 1))
        assert len(segment.packets) == (1 if allowed else 0)


@pytest.mark.uda("D-036")
async def test_how_far_a_search_goes_can_be_chosen():
    loop = TimedLoop()
    async with searching(callback=print, source=LOCAL, loop=loop, hops=4):
        (member,) = loop._segment.members
        assert member.sock.getsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL) == 4


# --- answers


async def answered(device: Peer, *answers: bytes) -> bytes:
    """Answer the next search that a device gets, and return it."""
    data, searcher = await device.receive()
    for each in answers:
        device.send(each, searcher)
    return data


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_answers_are_called_back(host: str):
    plain, later = Heard(), Heard()
    async with (
        peer(host) as device,
        searching(later.later, plain, target=device.address, loop=PatientLoop()) as listener,
    ):
        listener.async_search()
        await answered(device, answer())
        headers = await plain.next()
        assert headers is await later.next()
        assert headers["_source"] == SsdpSource.SEARCH
        assert headers["_host"] == host
        assert headers["_udn"] == "uuid:a"
        assert headers["location"] == "http://192.0.2.7/d.xml"


async def test_answers_to_a_multicast_come_from_anybody():
    port = free_port()
    heard = Heard()
    async with (
        peer(port=port, group=GROUP) as ear,
        peer() as first,
        peer() as second,
        searching(callback=heard, source=LOCAL, target=(GROUP, port), loop=PatientLoop()) as listener,
    ):
        listener.async_search()
        _, searcher = await ear.receive()
        assert searcher[0] == "127.0.0.1"
        first.send(answer("uuid:a"), searcher)
        assert (await heard.next())["_udn"] == "uuid:a"
        second.send(answer("uuid:b"), searcher)
        assert (await heard.next())["_udn"] == "uuid:b"


@pytest.mark.uda("V-001")
@pytest.mark.skipif(not LINK_LOCAL, reason="this machine has no link-local IPv6 address")
async def test_a_search_on_a_link():
    port = free_port()
    host, interface = LINK_LOCAL[0]
    heard = Heard()
    source, target = (host, 0, 0, interface), ("FF02::C", port, 0, interface)
    async with (
        peer(host, port, interface, group="ff02::c") as ear,
        peer(host, scope=interface) as device,
        searching(callback=heard, source=source, target=target, loop=PatientLoop()) as listener,
    ):
        listener.async_search()
        data, searcher = await ear.receive()
        assert sent_headers(data)["HOST"] == f"[FF02::C]:{port}"
        assert searcher[0] == host
        device.send(answer(location=f"http://[{host}]:80/"), searcher)
        assert (await heard.next())["location"] == f"http://[{host}%{interface}]:80/"


async def test_one_device_is_asked_and_others_do_not_answer():
    heard = Heard()
    async with (
        peer() as device,
        peer("127.0.0.2") as other,
        searching(callback=heard, target=device.address, loop=PatientLoop()) as listener,
    ):
        listener.async_search()
        _, searcher = await device.receive()
        other.send(answer("uuid:other"), searcher)
        device.send(answer("uuid:device"), searcher)
        assert (await heard.next())["_udn"] == "uuid:device"
        assert heard.answers.empty()


@pytest.mark.skipif(not LINK_LOCAL, reason="this machine has no link-local IPv6 address")
async def test_one_device_on_a_link_may_be_asked_by_any_spelling_of_its_address():
    host, interface = LINK_LOCAL[0]
    zone = socket.if_indextoname(interface)
    heard = Heard()
    async with peer(host, scope=interface) as device:
        target = (f"{host.upper()}%{zone}", device.address[1], 0, 0)
        async with searching(callback=heard, target=target, loop=PatientLoop()) as listener:
            listener.async_search()
            await answered(device, answer())
            assert (await heard.next())["_host"] == f"{host}%{interface}"


@pytest.mark.parametrize(
    ("device_host", "other_host", "asked"),
    [("127.0.0.1", "127.0.0.2", "127.0.0.2"), ("::1", "::1", "0:0::1")],
)
async def test_who_is_asked_instead_may_answer(device_host: str, other_host: str, asked: str):
    heard = Heard()
    async with (
        peer(device_host) as device,
        peer(other_host) as other,
        searching(callback=heard, target=device.address, loop=PatientLoop()) as listener,
    ):
        listener._target_host = "192.0.2.99"  # so that only the other way leads here
        listener.async_search((asked, *other.address[1:]))
        await answered(other, answer("uuid:other"))
        assert (await heard.next())["_udn"] == "uuid:other"


@pytest.mark.uda("D-053")
async def test_answers_to_repeats_are_called_back_once():
    heard = Heard()
    loop = PatientLoop()
    async with peer() as device, searching(callback=heard, target=device.address, loop=loop) as listener:
        for _ in range(2):
            listener.async_search()
            await loop.pass_time(1)
            for _ in range(3):
                await answered(device, answer("uuid:a"), answer("uuid:a", RENDERER), answer("uuid:b"))
            device.send(answer("uuid:last"), (await_address(listener)))
            found = [await heard.next() for _ in range(4)]
            assert [(headers["_udn"], headers["st"]) for headers in found] == [
                ("uuid:a", "upnp:rootdevice"),
                ("uuid:a", RENDERER),
                ("uuid:b", "upnp:rootdevice"),
                ("uuid:last", "upnp:rootdevice"),
            ]


def await_address(listener: SsdpSearchListener) -> Any:
    protocol = listener._endpoint._protocol
    assert protocol is not None
    address = protocol.local_addr
    assert address is not None
    return ("127.0.0.1", address[1])


async def test_what_tells_answers_apart():
    heard = Heard()
    segment = Multicast()
    rows = list(
        itertools.product(
            ["uuid:a", "uuid:b"], ["upnp:rootdevice", RENDERER], ["http://192.0.2.7/", "http://192.0.2.8/"]
        )
    )
    async with searching(callback=heard, source=LOCAL, loop=TimedLoop(segment)) as listener:
        listener.async_search()
        for row in rows * 2:
            listener._on_data(RESPONSE, headers_of(answer(*row)))
        assert heard.answers.qsize() == len(rows)


async def test_a_flood_of_answers_fills_no_memory():
    heard = Heard()
    async with searching(callback=heard, source=LOCAL, loop=TimedLoop()) as listener:
        listener.async_search()
        for number in range(DEFAULT_LIMITS.answers + 10):
            listener._on_data(RESPONSE, CaseInsensitiveDict({"usn": f"uuid:{number}", "_host": "192.0.2.7"}))
            if number % 500 == 0:
                await asyncio.sleep(0)  # a flood comes in as many callbacks, not as one
        assert listener._heard is not None
        assert len(listener._heard) == DEFAULT_LIMITS.answers
        assert heard.answers.qsize() == DEFAULT_LIMITS.answers + 10


async def test_without_a_search_of_ours_every_message_counts():
    heard = Heard()
    listener = SsdpSearchListener(callback=heard)
    for _ in range(2):
        listener._on_data(RESPONSE, headers_of(answer()))
    assert heard.answers.qsize() == 2


@pytest.mark.parametrize("line", ["NOTIFY * HTTP/1.1", "M-SEARCH * HTTP/1.1"])
async def test_what_is_no_answer(line: str):
    heard = Heard()
    listener = SsdpSearchListener(callback=heard)
    listener._on_data(line, headers_of(answer()))
    assert heard.answers.empty()


# --- start and stop


async def test_connect_callbacks_may_search():
    port = free_port()
    order: list[str] = []

    async def later() -> None:
        order.append("later")

    def connected() -> None:
        order.append("now")
        listener.async_search()

    listener = SsdpSearchListener(
        callback=print,
        source=LOCAL,
        target=(GROUP, port),
        async_connect_callback=later,
        connect_callback=connected,
    )
    async with peer(port=port, group=GROUP) as device:
        await listener.async_start()
        assert sent_headers((await device.receive())[0])["ST"] == "ssdp:all"
        assert order == ["now", "later"]
        listener.async_stop()
        await asyncio.sleep(0)


async def test_it_can_be_started_again_after_a_stop():
    heard = Heard()
    listener = SsdpSearchListener(callback=heard, source=LOCAL)
    for _ in range(2):
        async with peer() as device:
            listener.target = device.address
            await listener.async_start()
            listener.async_search()
            await answered(device, answer())
            await heard.next()
            listener.async_stop()
            listener.async_stop()
            await asyncio.sleep(0)


async def test_it_can_be_started_again_after_a_failure():
    listener = SsdpSearchListener(callback=print, source=("203.0.113.77", 0), target=("127.0.0.1", 1900))
    with pytest.raises(OSError, match=r"address|device"):
        await listener.async_start()
    listener.source = LOCAL
    await listener.async_start()
    listener.async_stop()
    await asyncio.sleep(0)


# --- the function


@pytest.mark.uda("D-053")
async def test_async_search_takes_answers_that_come_after_mx():
    """A timeout of no seconds: devices are told to answer within one, and some are late."""
    heard = Heard()
    loop = asyncio.get_running_loop()
    async with peer() as device:
        begin = loop.time()
        search = asyncio.ensure_future(async_search(heard.later, 0, RENDERER, LOCAL, device.address))
        data = await answered(device, answer())
        assert b"ST:" + RENDERER.encode() in data
        assert (await heard.next())["_udn"] == "uuid:a"
        assert not search.done()
        await search
        assert LEAST_MX + GRACE_SECONDS - 0.1 <= loop.time() - begin < 5


async def test_async_search_that_is_cancelled_leaves_nothing():
    heard = Heard()
    async with peer() as device:
        search = asyncio.ensure_future(
            async_search(async_callback=heard.later, timeout=60, target=device.address)
        )
        await answered(device, answer())
        await heard.next()
        search.cancel()
        with pytest.raises(asyncio.CancelledError):
            await search
        await asyncio.sleep(0)


async def test_async_search_that_cannot_begin_leaves_nothing():
    with pytest.raises(UpnpError):
        await async_search(Heard().later, source=LOCAL, target=("FF02::C", 1900, 0, 1))
    with pytest.raises(UpnpError):
        await async_search(Heard().later, target=("FF0E::C", 1900, 0, 1))
    await asyncio.sleep(0)


async def test_how_late_answers_may_be_can_be_chosen():
    loop = asyncio.get_running_loop()
    begin = loop.time()
    async with peer() as device:
        await async_search(Heard().later, 0, RENDERER, LOCAL, device.address, grace=0.0)
    assert loop.time() - begin >= LEAST_MX - 0.1


# --- the first answer


@pytest.mark.uda("D-053")
@pytest.mark.uda("D-057")
async def test_the_first_answer_that_fits_ends_the_search():
    """A minute is given, and nobody waits for it."""
    async with peer() as device:
        search = asyncio.ensure_future(async_search_first(RENDERER, 60, LOCAL, device.address))
        _, searcher = await device.receive()
        here = "http://127.0.0.1:80/d.xml"
        for unfit in (
            answer("uuid:a", "upnp:rootdevice", here),
            answer("uuid:b", RENDERER, "ftp://192.0.2.7/"),
            answer("uuid:c", RENDERER, ""),
            answer("x", RENDERER, here),
        ):
            device.send(unfit, searcher)
        device.send(answer("uuid:d", RENDERER.replace(":1", ":2"), here), searcher)
        device.send(answer("uuid:e", RENDERER, here), searcher)
        found = await search
    assert (found["_udn"], found["location"]) == ("uuid:d", here)
    assert found["_remote_addr"] == device.address
    await asyncio.sleep(0)


async def test_who_searches_may_be_choosier():
    def is_wanted(headers: CaseInsensitiveDict) -> bool:
        if headers["_udn"] == "uuid:a":
            raise ZeroDivisionError("a mistake of whoever searches")
        return bool(headers["_udn"] == "uuid:c")

    async with peer() as device:
        search = asyncio.ensure_future(
            async_search_first("ssdp:all", target=device.address, is_wanted=is_wanted)
        )
        _, searcher = await device.receive()
        for udn in ("uuid:a", "uuid:b", "uuid:c"):
            device.send(answer(udn), searcher)
        assert (await search)["_udn"] == "uuid:c"
    await asyncio.sleep(0)


async def test_a_search_that_nobody_answers_has_found_nothing():
    async with peer() as device:
        with pytest.raises(UpnpNotFoundError, match=r"uuid:a in 1\.25 s"):
            await async_search_first("uuid:a", 0, target=device.address, grace=0.25)
    await asyncio.sleep(0)


async def test_a_first_answer_is_not_waited_for_where_nothing_can_be_sent():
    with pytest.raises(UpnpError):
        await async_search_first("uuid:a", source=LOCAL, target=("FF02::C", 1900, 0, 1))
    await asyncio.sleep(0)


async def test_one_socket_may_search_for_several_things():
    loop = PatientLoop()
    async with peer() as device, searching(callback=print, target=device.address, loop=loop) as listener:
        assert listener.port
        for asked in (None, "uuid:a", "wifi_bulb"):
            listener.async_search(search_target=asked)
            data, searcher = await device.receive()
            assert sent_headers(data)["ST"] == (asked or "ssdp:all")
            assert searcher[1] == listener.port
        await loop.pass_time(2)
        assert loop.waits == []
    assert SsdpSearchListener(callback=print).port == 0
