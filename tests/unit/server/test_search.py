"""Who is answered, and when, in a time that the tests have in their hands."""

import random
from typing import Any

import pytest

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._protocol.ssdp_message import SEARCH_LINE
from async_upnp_client.limits import Limits
from async_upnp_client.server.device import NopRequester
from async_upnp_client.server.search import (
    SSDP_SEARCH_RESPONDER_OPTION_ALWAYS_REPLY_WITH_ROOT_DEVICE,
    SSDP_SEARCH_RESPONDER_OPTIONS,
    SsdpSearchResponder,
    is_for_everybody,
)
from tests.support.light import UDN, Light
from tests.support.timed_loop import TimedLoop

BASE = "http://192.168.1.10:8000"
PEER = ("192.168.1.20", 50000)


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
