"""Who is answered, when, and what is announced when, in a time that the tests have in their hands."""

import itertools
import random
from typing import Any

import pytest

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._protocol.ssdp_message import SEARCH_LINE
from async_upnp_client.limits import Limits
from async_upnp_client.server.device import NopRequester
from async_upnp_client.server.discovery import (
    SSDP_ADVERTISEMENT_ANNOUNCER_OPTION_HEADERS,
    SSDP_ADVERTISEMENT_ANNOUNCER_OPTIONS,
    SSDP_SEARCH_RESPONDER_OPTION_ALWAYS_REPLY_WITH_ROOT_DEVICE,
    SSDP_SEARCH_RESPONDER_OPTIONS,
    SsdpAdvertisementAnnouncer,
    SsdpSearchResponder,
    is_for_everybody,
    sender_of,
    with_headers,
)
from tests.support.light import UDN, Light
from tests.support.timed_loop import TimedLoop

BASE = "http://192.168.1.10:8000"
PEER = ("192.168.1.20", 50000)

Announcing = tuple[SsdpAdvertisementAnnouncer, list[tuple[float, bytes]]]


class Sent:
    """A transport that keeps what is sent."""

    def __init__(self, loop: TimedLoop) -> None:
        """Begin with nothing."""
        self.loop = loop
        self.packets: list[tuple[float, bytes, Any]] = []

    def sendto(self, data: bytes, address: Any) -> None:
        """Keep a packet, and when it came."""
        self.packets.append((self.loop.now, data, address))


def light() -> Light:
    return Light(requester=NopRequester(), base_uri=BASE, boot_id=3, config_id=9)


def responder(loop: TimedLoop, **more: Any) -> tuple[SsdpSearchResponder, Sent]:
    made = SsdpSearchResponder(light(), ("192.168.1.10", 0), rng=random.Random(1), **more)
    made._loop = loop  # type: ignore[assignment]  # a loop in front of one
    sent = Sent(loop)
    made._response_transport = sent  # type: ignore[assignment]  # section by which 0.49.0's tests reach it
    return made, sent


def search(**more: Any) -> CaseInsensitiveDict:
    headers = {"HOST": "239.255.255.250:1900", "MAN": '"ssdp:discover"', "MX": "3", "ST": "upnp:rootdevice"}
    return CaseInsensitiveDict({**headers, "_remote_addr": PEER, **more})


@pytest.fixture
async def loop() -> TimedLoop:
    return TimedLoop()


@pytest.mark.uda("D-055", "D-052")
async def test_a_search_is_answered_once_within_its_time(loop: TimedLoop) -> None:
    made, sent = responder(loop)
    made._on_data(SEARCH_LINE, search())
    assert sent.packets == []
    assert len(loop.timers) == 1
    await loop.pass_time(3)
    assert [address for _, _, address in sent.packets] == [PEER]
    assert sent.packets[0][1].startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.uda("D-024")
@pytest.mark.parametrize("url", ["device.xml", "/device.xml"])
def test_a_location_is_a_url_however_its_path_is_written(url: str) -> None:
    class Written(Light):
        DEVICE_DEFINITION = Light.DEVICE_DEFINITION._replace(url=url)

    sender = sender_of(Written(NopRequester(), BASE), "http://192.168.1.11:8000")
    assert sender.location == "http://192.168.1.11:8000/device.xml"


@pytest.mark.uda("D-052", "D-051")
async def test_many_answers_are_spread(loop: TimedLoop) -> None:
    made, sent = responder(loop)
    made._on_data(SEARCH_LINE, search(ST="ssdp:all", MX="100"))
    await loop.pass_time(5)
    times = [when - 3600 for when, _, _ in sent.packets]
    assert len(times) == 7
    assert times == sorted(times)
    assert max(times) < 5
    assert max(times) - min(times) > 1


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"MX": ""}, marks=pytest.mark.uda("D-050"), id="no MX"),
        pytest.param({"MX": "-1"}, marks=pytest.mark.uda("D-050"), id="negative MX"),
        pytest.param({"MAN": "ssdp:discover"}, marks=pytest.mark.uda("D-058"), id="MAN"),
        pytest.param(
            {"ST": "urn:schemas-upnp-org:service:Other:1"}, marks=pytest.mark.uda("D-058"), id="other"
        ),
        pytest.param({"_remote_addr": ("8.8.8.8", 1900)}, marks=pytest.mark.uda("D-064"), id="from afar"),
    ],
)
async def test_what_is_not_answered(loop: TimedLoop, headers: dict[str, Any]) -> None:
    made, sent = responder(loop)
    made._on_data(SEARCH_LINE, search(**headers))
    made._on_data("NOTIFY * HTTP/1.1", search())
    await loop.pass_time(10)
    assert sent.packets == []


@pytest.mark.uda("D-061")
async def test_who_asks_us_alone_is_answered_at_once(loop: TimedLoop) -> None:
    made, sent = responder(loop)
    made._on_data(SEARCH_LINE, search(HOST="192.168.1.10:1900", MX=""))
    assert len(sent.packets) == 1


async def test_searches_under_way_are_bounded_and_end_with_a_stop(loop: TimedLoop) -> None:
    made, _ = responder(loop, limits=Limits(searches=2))
    for _ in range(5):
        made._on_data(SEARCH_LINE, search())
    assert len(loop.timers) == 2
    await made.async_stop()
    assert loop.timers == []
    await made.async_stop()


async def test_an_option_answers_everything_with_the_root_device(loop: TimedLoop) -> None:
    always = {SSDP_SEARCH_RESPONDER_OPTION_ALWAYS_REPLY_WITH_ROOT_DEVICE: True}
    made, sent = responder(loop, options={SSDP_SEARCH_RESPONDER_OPTIONS: always})
    made._on_data(SEARCH_LINE, search(ST="urn:schemas-upnp-org:service:Other:1"))
    await loop.pass_time(3)
    assert f"USN:{UDN}::upnp:rootdevice".encode() in sent.packets[0][1]


@pytest.mark.uda("D-020", "D-059")
async def test_an_answer_counts_as_long_as_the_author_says(loop: TimedLoop) -> None:
    made, sent = responder(loop, max_age=60)
    made._on_data(SEARCH_LINE, search(HOST="192.168.1.10:1900"))
    assert b"\r\nCACHE-CONTROL:max-age=60\r\n" in sent.packets[0][1]


@pytest.fixture
async def announcer(loop: TimedLoop) -> Announcing:
    return announcing(loop)


def announcing(loop: TimedLoop, **more: Any) -> Announcing:
    options = {
        SSDP_ADVERTISEMENT_ANNOUNCER_OPTIONS: {
            SSDP_ADVERTISEMENT_ANNOUNCER_OPTION_HEADERS: {"X.EXAMPLE.ORG": "1"}
        }
    }
    made = SsdpAdvertisementAnnouncer(
        light(), ("127.0.0.1", 0), options=options, rng=random.Random(1), **more
    )
    made._loop = loop  # type: ignore[assignment]  # a loop in front of one
    sent: list[tuple[float, bytes]] = []
    made._endpoint = Endpoint(loop, sent)  # type: ignore[assignment]  # a socket that keeps what is sent
    return made, sent


class Endpoint:
    """A socket that is open, and keeps what is sent."""

    is_open = True

    def __init__(self, loop: TimedLoop, sent: list[tuple[float, bytes]]) -> None:
        """Begin with what was sent before."""
        self.loop, self.sent = loop, sent

    async def async_open(self, protocol: Any, sock: Any, address: Any) -> None:
        """Need no socket."""
        sock.close()

    def send(self, packet: bytes, target: Any) -> None:
        """Keep a packet, and when it came."""
        self.sent.append((self.loop.now, packet))

    def close(self) -> None:
        """Send no more."""
        self.is_open = False


@pytest.mark.uda("D-017", "D-018", "D-019")
async def test_everything_is_announced_thrice_and_again_before_it_runs_out(
    loop: TimedLoop, announcer: Announcing
) -> None:
    made, sent = announcer
    await made.async_start()
    await loop.pass_time(0.1)
    assert len(sent) == 7
    await loop.pass_time(2)
    assert len(sent) == 21
    await loop.pass_time(900)
    assert len(sent) == 28
    await made.async_stop()
    assert loop.timers == []


@pytest.mark.uda("D-019", "D-020")
@pytest.mark.parametrize("max_age", [10, 60, 1800, 86_400])
async def test_it_is_announced_again_at_random_times_before_half_of_its_age(
    loop: TimedLoop, max_age: int
) -> None:
    made, sent = announcing(loop, max_age=max_age)
    await made.async_start()
    await loop.pass_time(20 * max_age)
    await made.async_stop()
    assert all(
        b"\r\nCACHE-CONTROL:max-age=%d\r\n" % max_age in packet for _, packet in sent if is_alive(packet)
    )
    bursts = sorted({when for when, packet in sent if is_alive(packet)})
    pauses = [later - earlier for earlier, later in itertools.pairwise(bursts[2:])]
    assert len(pauses) > 40, "each before half of it"
    assert all(max_age / 5 < pause < max_age / 2 for pause in pauses)
    assert len(set(pauses)) == len(pauses)
    assert max(pauses) - min(pauses) > max_age / 10


def is_alive(packet: bytes) -> bool:
    return b"\r\nNTS:ssdp:alive\r\n" in packet


@pytest.mark.uda("D-042", "D-008")
async def test_byebye_takes_back_what_was_announced(loop: TimedLoop, announcer: Announcing) -> None:
    made, sent = announcer
    await made.async_start()
    await loop.pass_time(0.1)
    announced = len(sent)
    assert b"\r\nX.EXAMPLE.ORG:1\r\n" in sent[0][1]
    await made.async_stop()
    byebyes = [packet for _, packet in sent[announced:]]
    assert len(byebyes) == 2 * announced
    assert all(b"NTS:ssdp:byebye" in packet and b"LOCATION" not in packet for packet in byebyes)


async def test_nothing_is_taken_back_that_was_not_announced(loop: TimedLoop, announcer: Announcing) -> None:
    made, sent = announcer
    await made.async_start()
    await made.async_stop()
    await made.async_stop()
    assert sent == []
    assert loop.timers == []


@pytest.mark.uda("D-045", "D-029")
async def test_an_update_is_followed_by_announcements(loop: TimedLoop, announcer: Announcing) -> None:
    made, sent = announcer
    await made.async_start()
    await loop.pass_time(5)
    sent.clear()
    made.update(4)
    assert all(b"BOOTID.UPNP.ORG:3" in packet and b"NEXTBOOTID.UPNP.ORG:4" in packet for _, packet in sent)
    assert len(sent) == 7
    made.device.set_ids(4, 9)
    made.announce_anew()
    assert b"BOOTID.UPNP.ORG:4" in sent[-1][1]
    await made.async_stop()


@pytest.mark.uda("D-061", "V-001")
@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("239.255.255.250:1900", True),
        ("[FF02::C]:1900", True),
        ("[ff05:0::c]", True),
        ("", True),
        ("192.168.1.10:1900", False),
        ("127.0.0.1", False),
        ("[fe80::1]:1900", False),
        ("light.local:1900", False),
    ],
)
def test_who_is_meant_by_a_search(host: str, expected: bool) -> None:
    assert is_for_everybody(host) is expected


def test_headers_are_added_before_the_end() -> None:
    assert with_headers(b"A\r\nB:1\r\n\r\n", b"C:2\r\n") == b"A\r\nB:1\r\nC:2\r\n\r\n"
    assert with_headers(b"A\r\n\r\n", b"") == b"A\r\n\r\n"
