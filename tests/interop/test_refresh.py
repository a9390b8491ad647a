"""Announcements that are renewed before they run out, on the wire, and to a control point that takes them at
their word: gssdp-discover lets go of what is not announced again."""

import itertools
import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pytest

from tests.interop.capture import PROGRAMS, Capture, Packet
from tests.interop.conftest import require
from tests.interop.lab import IPV6_SECONDS
from tests.interop.network import INTERFACE, Host, Network, interruptible, unmet_needs, wait_until
from tests.interop.router import client
from tests.interop.spoken import Spoken, await_notifies, spoken_by
from tests.interop.story import EACH, GROUPS, LAG, PATIENCE, REPEATS

pytestmark = pytest.mark.interop
MAX_AGE = 12  # as short as it can be, so that half of it and what a machine may be late are less
REFRESHES = 5
GONE_SECONDS = 60.0
families = pytest.mark.parametrize("family", ["ipv4", "ipv6"])


@dataclass(frozen=True)
class Watched:
    """What was captured of a device, and what a control point saw come and go meanwhile and at the end."""

    packets: list[Packet]
    addresses: dict[str, str]
    seen: list[str]
    seen_at_the_end: list[str]

    def bursts(self, family: str) -> list[list[Spoken]]:
        """Return the announcements of the device, each set of them together."""
        spoken = spoken_by(self.addresses[family], self.packets)
        alive = [one for one in spoken if one.packet.target == GROUPS[family]]
        return [alive[at : at + EACH] for at in range(0, EACH * (REPEATS + REFRESHES), EACH)]

    def pauses(self, family: str) -> list[float]:
        """Return the seconds from the last announcement at the start to the next, and so on."""
        times = [burst[0].packet.time for burst in self.bursts(family)[REPEATS - 1 :]]
        return [later - earlier for earlier, later in itertools.pairwise(times)]


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    """Publish a device whose announcements count for some seconds; cut its power in the end."""
    require(unmet_needs([*PROGRAMS, "gssdp-discover"]))
    with (
        interruptible(),
        tempfile.TemporaryDirectory(prefix="upnp-refresh-") as directory,
        Network(Path(directory)) as network,
    ):
        device, control = network.add_host("device", 30), network.add_host("control", 31)
        wait_until(lambda: device.has_ipv6() and control.has_ipv6(), "IPv6 addresses", IPV6_SECONDS)
        with Capture(control) as capture:
            yield watch(device, control, capture)


def watch(device: Host, control: Host, capture: Capture) -> Watched:
    """Have everything happen, and return what was captured and seen."""
    addresses = {"ipv4": device.ipv4, "ipv6": device.ipv6}
    places = ("--bind", device.ipv4, "--bind", f"{device.ipv6}%{INTERFACE}")
    served = device.start(*client("serve", "gateway", *places, "--max-age", str(MAX_AGE)), name="device")
    served.wait_for(lambda: bool(served.printed()), "the location", PATIENCE)
    udn = json.loads(served.printed()[0])["udn"]
    discover = ("gssdp-discover", "-i", INTERFACE, "-t", udn, "-m", "all")
    control_point = control.start(*discover, name="control-point")

    def seen() -> list[str]:
        return [line for line in control_point.printed() if line.startswith("resource ")]

    for group in GROUPS.values():
        await_notifies(capture, group, EACH * (REPEATS + REFRESHES), MAX_AGE * REFRESHES + PATIENCE)
    before = seen()
    served.kill()
    capture.stop()
    control_point.wait_for(lambda: len(seen()) > len(before), "the device to be let go of", GONE_SECONDS)
    return Watched(capture.packets(), addresses, before, seen())


@families
@pytest.mark.uda("D-012", "D-018", "D-019")
def test_all_is_announced_again_each_time(watched: Watched, family: str) -> None:
    first, *others = watched.bursts(family)
    assert len(others) == REPEATS - 1 + REFRESHES
    assert set(Counter(one.what for one in first).values()) == {1}
    for burst in others:
        assert [one.what for one in burst] == [one.what for one in first]


@families
@pytest.mark.uda("D-019", "D-020", "D-029", "D-033")
def test_what_is_announced_again_says_the_same(watched: Watched, family: str) -> None:
    first, *others = watched.bursts(family)
    for burst in others:
        assert [one.headers for one in burst] == [one.headers for one in first]
    assert {one.kind for one in first} == {"ssdp:alive"}
    assert {one.headers["CACHE-CONTROL"] for one in first} == {f"max-age={MAX_AGE}"}
    assert len({(one.headers["BOOTID"], one.headers["CONFIGID"]) for one in first}) == 1


@families
@pytest.mark.uda("D-019")
def test_it_is_announced_again_at_random_times_before_half_of_its_age(watched: Watched, family: str) -> None:
    pauses = watched.pauses(family)
    assert len(pauses) == REFRESHES
    assert all(MAX_AGE / 5 < pause < MAX_AGE / 2 + LAG < MAX_AGE for pause in pauses), pauses
    assert median(pauses) < MAX_AGE / 2
    assert max(pauses) - min(pauses) > MAX_AGE / 200, "at random"


@pytest.mark.uda("D-019")
def test_a_control_point_that_counts_the_seconds_does_not_lose_it(watched: Watched) -> None:
    assert watched.seen == ["resource available"]
    assert watched.seen_at_the_end == ["resource available", "resource unavailable"], "it does count them"
    searches = [one for one in watched.packets if one.payload.startswith(b"M-SEARCH")]
    first_refresh = watched.bursts("ipv4")[REPEATS]
    assert all(one.time < first_refresh[0].packet.time for one in searches), "it has not asked meanwhile"
