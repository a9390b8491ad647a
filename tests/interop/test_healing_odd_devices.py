"""Devices that answer, grant and send events in odd ways, and control points that sleep: events go on.

The devices are made for this (`odd_device`), and run on a host of their own, side by side; so is what befalls
each of them. A program that follows them all runs on another host. Time of both runs several times as fast as
the clock. Waits end with what is printed, not with time.
"""

from __future__ import annotations

import json
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import require
from tests.interop.lines import Result
from tests.interop.network import Network, Program, interruptible, unmet_needs, wait_until
from tests.interop.odd_device import ODDITIES

pytestmark = pytest.mark.interop

SECONDS = 180.0  # a machine under load takes more than the few that these take
SPEED = 10
NOTHING_LEFT = {"left": {"tasks": 0, "files": 0, "timers": 0}}
ANY = "any-0"
SECOND = "second"  # the other segment
BEHIND = "10.78.0.20"  # the address of the devices there
UNREACHABLE = "callback_unreachable"


class Told:
    """What a program has printed, read as it comes."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._lines: list[Result] = []
        self._read = 0

    def lines(self) -> list[Result]:
        """Return all of it."""
        with self.program.output.open("rb") as file:
            file.seek(self._read)
            text = file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._read += len(whole)
        self._lines += [json.loads(line) for line in whole.splitlines()]
        return self._lines

    def wait_for(self, is_wanted: Callable[[Result], bool], what: str, after: int = 0) -> int:
        """Wait for a line, and return how many there are up to it."""
        found: list[int] = []

        def look() -> bool:
            found[:] = [n + 1 for n, line in enumerate(self.lines()) if n >= after and is_wanted(line)]
            return bool(found)

        self.program.wait_for(look, what, SECONDS)
        return found[0]


class OddHome:
    """A host with odd devices, and a control point that follows some of them."""

    def __init__(self, network: Network, speed: int = SPEED, like_any: int = 0) -> None:
        network.add_bridge(SECOND)
        self.network = network
        self.control = network.add_host("control", 10)
        self.host = network.add_host("devices", 20)
        self.speed = ["--speed", str(speed)]
        self.timeout = speed  # in which a machine under load has a second for a request
        self.like_any = ["--like-any", str(like_any)]
        self._commands = str(network.directory / "commands")
        self.seen = 0
        """How many lines of the devices were there when something began."""

    def start(self, address: str | None = None) -> None:
        """Start the devices."""
        module = [sys.executable, "-m", "tests.interop.odd_street", *self.speed, *self.like_any]
        program = self.host.start(*module, self._commands, address or self.host.ipv4, name="odd")
        self.devices = Told(program)
        self.devices.wait_for(lambda line: "ready" in line, "the devices")
        self.locations: dict[str, str] = self.devices.lines()[0]["ready"]

    def follow(
        self, *names: str, seconds: int = 1800, busy: Path | None = None, bind: str = "0.0.0.0"
    ) -> None:
        """Follow devices, and return once all are."""
        options = ["--seconds", str(seconds), "--timeout", str(self.timeout), "--bind", bind]
        options += [] if busy is None else ["--busy", str(busy)]
        module = [sys.executable, "-m", "tests.interop.following", *self.speed, *options]
        locations = [self.locations[name] for name in names]
        self.program = self.control.start(*module, *locations, name="following")
        self.told = Told(self.program)
        for name in names:
            self.told.wait_for(lambda line: is_there(line, name), name)  # noqa: B023  # waited for

    def command(self, *words: str) -> Any:
        """Have something happen to the devices; return what they say."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(self._commands)
            connection.sendall(" ".join(words).encode() + b"\n")
            with connection.makefile() as answer:
                return json.loads(answer.read())

    def asked(self, name: str, after: int = 0) -> list[Result]:
        """Return what a device was asked about events."""
        return [
            line for line in self.devices.lines()[after:] if line.get("device") == name and "asked" in line
        ]

    def sent(self, name: str) -> list[Result]:
        """Return the events that a device has sent, in their order."""
        return [line for line in self.devices.lines() if line.get("device") == name and "event" in line]

    def known(self, name: str) -> dict[int, int]:
        """Return the values of a device, as events have told them."""
        events = [line for line in self.told.lines() if line["udn"] == f"uuid:{name}" and "event" in line]
        return {int(line["service"][-1]): line["event"]["Value"] for line in events if line["event"]}

    def states(self, name: str, service: int | None = None) -> list[str]:
        """Return the states of the subscriptions to a device, in their order."""
        lines = [line for line in self.told.lines() if line["udn"] == f"uuid:{name}" and "state" in line]
        return [line["state"] for line in lines if service is None or line["service"].endswith(f"S{service}")]

    def is_whole(self, name: str) -> None:
        """Change the values of a device, and wait until all are known."""
        self.command("change_all", name)
        self.knows(name)

    def knows(self, *names: str) -> None:
        """Wait until the values of devices are known."""
        values: dict[str, list[int]] = {}

        def look() -> bool:
            values.update(self.command("values"))
            return all(self.known(name) == dict(enumerate(values[name])) for name in names)

        wait_until(look, f"the values of {names}", SECONDS)

    def end(self) -> None:
        """End the program that follows: it leaves nothing, and has not complained."""
        assert self.program.stop() == 0
        assert self.told.lines()[-1] == NOTHING_LEFT
        assert "Traceback" not in self.program.complained()
        assert "never" not in self.program.complained()


def is_there(line: Result, name: str) -> bool:
    """Tell whether a device is told to be there."""
    return line.get("udn") == f"uuid:{name}" and line.get("available") is True


def methods(lines: list[Result], service: int = 0) -> list[tuple[str, int | None]]:
    """Return what was asked about a service, and the answers."""
    return [(line["asked"], line["answered"]) for line in lines if line["service"] == service]


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    """A network of its own for each test."""
    require(unmet_needs())
    with interruptible(), Network(tmp_path) as network:
        yield network


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OddHome]:
    """All odd devices, followed side by side from the first test to the last of them."""
    require(unmet_needs())
    with interruptible(), Network(tmp_path_factory.mktemp("odd")) as network:
        found = OddHome(network)
        found.start()
        found.follow(*ODDITIES)
        found.command("announce")
        yield found
        found.end()


# ---- renewals


@pytest.mark.uda("E-024")
@pytest.mark.parametrize(("name", "status"), [("refuses-412", 412), ("refuses-500", 500)])
def test_a_renewal_is_refused(home: OddHome, name: str, status: int) -> None:
    refused = home.devices.wait_for(
        lambda line: line.get("device") == name and line.get("answered") == status, "a refusal"
    )
    service = home.devices.lines()[refused - 1]["service"]
    home.devices.wait_for(
        lambda line: (
            (line.get("device"), line.get("asked"), line.get("service")) == (name, "SUBSCRIBE", service)
        ),
        "another subscription",
        refused,
    )
    begin = [("SUBSCRIBE", 200), ("renewal", status), ("UNSUBSCRIBE", 200), ("SUBSCRIBE", 200)]
    assert methods(home.asked(name), service)[:4] == begin
    home.is_whole(name)
    assert "lost" not in home.states(name)


def test_a_renewal_is_not_answered(home: OddHome) -> None:
    name = "says-nothing"
    silent = home.devices.wait_for(
        lambda line: line.get("device") == name and "asked" in line and line["answered"] is None, "silence"
    )
    service = home.devices.lines()[silent - 1]["service"]
    home.devices.wait_for(
        lambda line: (
            (line.get("device"), line.get("asked"), line.get("service")) == (name, "renewal", service)
        ),
        "another try",
        silent,
    )
    assert methods(home.asked(name), service)[:3] == [("SUBSCRIBE", 200), ("renewal", None), ("renewal", 200)]
    home.is_whole(name)
    assert home.states(name, service)[:3] == ["active", "renewing", "active"]


@pytest.mark.uda("E-023")
def test_less_is_granted_than_was_asked_for(home: OddHome) -> None:
    name = "grants-less"

    def is_renewed() -> bool:
        asked = [line["asked"] for line in home.asked(name)]
        return asked.count("renewal") >= 3

    home.program.wait_for(is_renewed, "renewals", SECONDS)
    assert {line["asked"] for line in home.asked(name)} == {"SUBSCRIBE", "renewal"}
    assert {line["answered"] for line in home.asked(name)} == {200}
    home.is_whole(name)
    assert set(home.states(name)) == {"active"}


def test_five_seconds_are_granted(home: OddHome) -> None:
    """Nothing asks twice within ten seconds, so it is not always subscribed, but comes back always."""
    name = "grants-5"
    home.program.wait_for(
        lambda: len([one for one in home.asked(name) if one["asked"] == "SUBSCRIBE"]) >= 9, "nine", SECONDS
    )
    times = [line["at"] for line in home.asked(name) if line["service"] == 0 and line["asked"] == "SUBSCRIBE"]
    assert times[-1] - times[0] > 10 * (len(times) - 1) - 5
    home.is_whole(name)


# ---- events


@pytest.mark.uda("E-029")
@pytest.mark.parametrize("when", ["before", "after"])
def test_the_initial_event_comes(home: OddHome, when: str) -> None:
    name = f"initial-{when}"
    lines = [line for line in home.devices.lines() if line.get("device") == name and line.get("service") == 0]
    first = [("event" in line, line["answered"]) for line in lines[:2]]
    assert first == [(when == "before", 200), (when == "after", 200)]
    home.is_whole(name)
    assert set(home.states(name)) == {"active"}


@pytest.mark.uda("E-029")
def test_the_initial_event_never_comes(home: OddHome) -> None:
    name = "initial-missing"
    home.told.wait_for(
        lambda line: line["udn"] == f"uuid:{name}" and line.get("state") == UNREACHABLE, UNREACHABLE
    )
    home.is_whole(name)
    home.told.wait_for(lambda line: line["udn"] == f"uuid:{name}" and line.get("state") == "active", "events")
    complaints = [line for line in home.program.complained().splitlines() if "No events arrive at" in line]
    assert len(complaints) == 1


@pytest.mark.uda("E-032")
@pytest.mark.parametrize("name", ["reorders", "duplicates"])
def test_events_come_in_another_order_or_twice(home: OddHome, name: str) -> None:
    before = len(home.devices.lines())
    home.command("change_all", name)
    if name == "reorders":
        home.program.wait_for(lambda: len(home.asked(name, before)) == 2, "another subscription", SECONDS)
        asked = methods(home.asked(name))
        assert asked[:3] == [("SUBSCRIBE", 200), ("UNSUBSCRIBE", 200), ("SUBSCRIBE", 200)]
    numbers = {"reorders": [0, 2, 1], "duplicates": [0, 0, 1, 1]}[name]
    home.program.wait_for(lambda: len(home.sent(name)) >= len(numbers), "events", SECONDS)
    assert [line["event"] for line in home.sent(name)][: len(numbers)] == numbers
    # one that comes late has the SID of the former subscription
    assert {line["answered"] for line in home.sent(name)} <= ({200, 412} if name == "reorders" else {200})
    home.knows(name)
    home.is_whole(name)
    if name == "duplicates":
        told = [
            line["event"]["Value"] for line in home.told.lines() if "event" in line and name in line["udn"]
        ]
        assert len(told) == len(set(told)), "nothing is told twice"
        assert {line["asked"] for line in home.asked(name)[1:]} <= {"renewal"}


@pytest.mark.uda("E-036")
def test_an_event_is_answered_while_its_listener_takes_its_time(network: Network) -> None:
    home = OddHome(network, like_any=1)
    home.start()
    busy = network.directory / "busy"
    home.follow(ANY, busy=busy)
    home.knows(ANY)
    before, begin = len(home.devices.lines()), len(home.told.lines())
    busy.touch()
    home.command("change_all", ANY)
    home.told.wait_for(lambda line: "busy" in line, "the listener", begin)
    home.devices.wait_for(lambda line: "event" in line and line["answered"] == 200, "the answer", before)
    assert [line for line in home.told.lines()[begin:] if "event" in line] == [], "it has not ended"
    busy.unlink()
    home.knows(ANY)
    home.end()


# ---- connections


def test_a_gateway_closes_the_second_parallel_connection(home: OddHome) -> None:
    name = "one-connection"
    home.is_whole(name)
    before = len(home.devices.lines())
    home.command("restart", name)
    home.program.wait_for(lambda: len(home.asked(name, before)) == 3, "it is asked again", SECONDS)
    home.knows(name)
    home.is_whole(name)
    assert sorted(line["service"] for line in home.asked(name, before)) == [0, 1, 2]
    assert [line for line in home.devices.lines() if "closed" in line] == []
    assert "lost" not in home.states(name)


# ---- sleep, and networks that go


def test_the_control_point_is_suspended_until_its_subscriptions_are_over(network: Network) -> None:
    home = OddHome(network, like_any=1)
    home.start()
    home.follow(ANY, seconds=30)
    home.knows(ANY)
    before = len(home.devices.lines())
    home.program.process.send_signal(signal.SIGSTOP)
    wait_until(lambda: not home.command("held", ANY), "the end of its subscriptions", SECONDS)
    home.command("change_all", ANY)
    home.program.process.send_signal(signal.SIGCONT)
    home.knows(ANY)
    home.is_whole(ANY)
    asked = [line["service"] for line in home.asked(ANY, before) if line["asked"] == "SUBSCRIBE"]
    assert sorted(asked) == [0, 1, 2], "one for each service"
    home.end()


@pytest.mark.parametrize("has_forgotten", [False, True], ids=["the device knows us", "it has forgotten us"])
def test_the_clock_jumps_by_an_hour(network: Network, has_forgotten: bool) -> None:
    home = OddHome(network, like_any=1)
    home.start()
    home.follow(ANY)
    home.knows(ANY)
    before = len(home.devices.lines())
    if has_forgotten:
        home.command("jump", "3600")
        home.command("change_all", ANY)
    home.program.process.send_signal(signal.SIGUSR1)
    home.program.wait_for(lambda: len(home.asked(ANY, before)) == 3, "it is asked", SECONDS)
    home.knows(ANY)
    home.is_whole(ANY)
    asked = [(line["asked"], line["service"]) for line in home.asked(ANY, before)]
    assert sorted(asked) == [("SUBSCRIBE", number) for number in range(3)], "one for each service"
    home.end()


@pytest.mark.uda("D-038")
def test_the_interface_to_a_device_is_removed_and_added(network: Network) -> None:
    home = OddHome(network, like_any=1)
    home.host.add_interface("eth1", BEHIND, SECOND)
    home.control.add_interface("eth1", "10.78.0.10", SECOND)
    home.start(BEHIND)
    home.host.unplug()
    home.follow(ANY, seconds=60)
    home.is_whole(ANY)
    home.control.remove_interface("eth1")
    at = home.told.wait_for(lambda line: line.get("available") is False, "that it has gone")
    home.told.wait_for(lambda line: line.get("state") == "lost", "that events are lost")
    home.command("change_all", ANY)
    home.control.add_interface("eth1", "10.78.0.10", SECOND)
    home.told.wait_for(lambda line: is_there(line, ANY), "that it is back", at)
    home.knows(ANY)
    home.is_whole(ANY)
    home.end()


@pytest.mark.parametrize("everywhere", [True, False], ids=["listening everywhere", "listening on one"])
def test_the_control_point_has_another_address(network: Network, everywhere: bool) -> None:
    """The device goes on to renew, and sends its events to where nobody is."""
    home = OddHome(network, like_any=1)
    home.start()
    home.follow(ANY, seconds=60, bind="0.0.0.0" if everywhere else home.control.ipv4)
    home.is_whole(ANY)
    home.control.move_to(11)
    home.command("change_all", ANY)
    home.knows(ANY)
    home.is_whole(ANY)
    assert "lost" not in home.states(ANY)
    home.end()


# ---- everything at once


def test_ten_minutes_of_faults(network: Network) -> None:
    """Fifty devices of three services, by a seed: whatever had befallen them, they are whole again."""
    home = OddHome(network, speed=30, like_any=50)
    home.start()
    home.follow(*home.locations, seconds=300)
    home.command("announce")
    home.command("suffer", "1", "600")
    end = home.devices.wait_for(lambda line: "faults" in line, "the last of the faults")
    assert home.devices.lines()[end - 1]["faults"] > 50 * 3
    for name in home.locations:
        home.command("change_all", name)
    home.knows(*home.locations)
    wait_until(
        lambda: all(home.states(name, n)[-1] == "active" for name in home.locations for n in range(3)),
        "all subscriptions",
        SECONDS,
    )
    home.end()
