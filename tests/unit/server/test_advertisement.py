"""What is announced, and when, in a time that the tests have in their hands."""

import itertools
import random
from typing import Any

import pytest

from async_upnp_client.server.advertisement import (
    SSDP_ADVERTISEMENT_ANNOUNCER_OPTION_HEADERS,
    SSDP_ADVERTISEMENT_ANNOUNCER_OPTIONS,
    SsdpAdvertisementAnnouncer,
)
from async_upnp_client.server.device import NopRequester
from tests.support.light import Light
from tests.support.timed_loop import TimedLoop

BASE = "http://192.168.1.10:8000"

Announcing = tuple[SsdpAdvertisementAnnouncer, list[tuple[float, bytes]]]


def light() -> Light:
    return Light(requester=NopRequester(), base_uri=BASE, boot_id=3, config_id=9)


@pytest.fixture
async def loop() -> TimedLoop:
    return TimedLoop()


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
