"""Devices that restart, move, leave and come back, and networks that lose packets: events go on.

Our own light, gmediarender (libupnp) and a light on GUPnP, each on a host of its own; on another one a
program that follows the device. Whether all is well is seen by what that prints: a change at the device has
to be told by an event. Waits end with what is printed, not with time.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.interop.conftest import lose_packets, require
from tests.interop.devices import Device, GMediaRender, GUPnPLight, unmet_device_needs
from tests.interop.lines import Result, results
from tests.interop.network import Network, interruptible, unmet_needs, wait_until
from tests.support.light import UDN

pytestmark = pytest.mark.interop

SECONDS = 180.0  # the slowest of these take half a minute; a machine under load takes more
SECOND = "second"  # the other segment
GROUPS = ("ip daddr 239.255.255.250", "ip6 daddr ff02::c")
INCOMING = "tcp flags & (syn | ack) == syn"
NOTHING_LEFT = {"left": {"tasks": 0, "files": 0, "timers": 0}}
SHORT = "20"  # seconds to subscribe for, where a renewal is awaited


class OwnLight(Device):
    """The light on our own server."""

    kind = "own-light"
    friendly_name = "Light"
    udn = UDN
    device_type = "urn:schemas-upnp-org:device:DimmableLight:1"
    port = 49152
    path = "/device.xml"
    max_age = 1800
    others: Sequence[str] = ()

    def arguments(self) -> list[str]:
        """Return the command line."""
        options = ["--name", self.friendly_name, "--max-age", str(self.max_age)]
        module = [sys.executable, "-m", "tests.interop.own_device"]
        return [*module, *options, str(self.port), self.host.ipv4, *self.others]

    def start(self) -> None:
        """Start it; ready when it says so."""
        super().start()
        assert self.program is not None, "it is started"
        printed = self.program.printed
        self.program.wait_for(lambda: "ready" in printed(), "it is ready", SECONDS)


CALLS: dict[type[Device], Callable[[int], tuple[str, str, str]]] = {
    OwnLight: lambda number: ("Dimming/SetLoadLevelTarget", f"newLoadlevelTarget={number}", f": {number}"),
    GMediaRender: lambda number: (
        "RC/SetVolume",
        f"InstanceID=0 Channel=Master DesiredVolume={number}",
        f'"{number}"',
    ),
    GUPnPLight: lambda number: (
        "SwitchPower/SetTarget",
        f"newTargetValue={number % 2}",
        f": {str(bool(number % 2)).lower()}",
    ),
}
"""What changes the state of a device: an action, its arguments, and what is in the event that tells it."""


class Home:
    """A device, and a control point that follows it; a second segment is there for further interfaces."""

    def __init__(self, network: Network, kind: type[Device]) -> None:
        network.add_bridge(SECOND)
        self.network = network
        self.control = network.add_host("control", 10)
        self.device = kind(network.add_host("device", 20), self.control)
        self._seen = 0
        self._number = 20
        self.other_url: str | None = None

    @property
    def url(self) -> str:
        """Where the device is described."""
        return self.other_url or self.device.url

    def follow(self, seconds: str = "1800", *, becomes_whole: bool = True) -> None:
        """Start the device, unless it runs, and who follows it; return once its events come."""
        if self.device.program is None:
            self.device.start()
        command = [sys.executable, "-m", "tests.interop.following", "--seconds", seconds, self.device.url]
        self.program = self.control.start(*command, name="following")
        self.wait_for(lambda line: line.get("available") is True, "the device")
        if becomes_whole:
            self.becomes_whole()
            self.is_whole()

    def wait_for(self, is_wanted: Callable[[Result], bool], what: str) -> Result:
        """Wait for a line that comes after those waited for before."""
        found: list[tuple[int, Result]] = []

        def look() -> bool:
            lines = results(self.program.printed())
            found[:] = [(n + 1, line) for n, line in enumerate(lines) if n >= self._seen and is_wanted(line)]
            return bool(found)

        self.program.wait_for(look, what, SECONDS)
        self._seen, line = found[0]
        return line

    def is_whole(self) -> None:
        """Change something at the device, and wait for the event that tells it."""
        told = self.change()
        self.wait_for(lambda line: told in told_by(line), told)

    def becomes_whole(self) -> None:
        """Change something again and again, until an event tells it: some tell nothing when it begins."""

        def look() -> bool:
            wanted.append(self.change(may_fail=True))
            lines = self.lines()[self._seen :]
            return any(told in told_by(line) for line in lines for told in wanted)

        wanted: list[str] = []
        wait_until(look, "an event", SECONDS)
        self._seen = len(self.lines())

    def change(self, *, may_fail: bool = False, by_itself: bool = False) -> str:
        """Change something at the device, from another host or its own; return what an event is to tell."""
        self._number += 1
        action, arguments, told = CALLS[type(self.device)](self._number)
        client = [sys.executable, "-m", "async_upnp_client.cli", "--timeout", "20", "call-action"]
        host = self.device.host if by_itself else self.control
        called = host.run(*client, self.url, action, *arguments.split(), seconds=SECONDS)
        assert may_fail or called.returncode == 0, called.stderr
        return told

    def wait_until_at(self, url: str) -> None:
        """Wait until the device is known to be somewhere; GUPnP has two names for its description."""
        place = urlsplit(url).netloc
        self.wait_for(
            lambda line: line.get("available") is True and urlsplit(line["at"]).netloc == place, url
        )

    def lines(self) -> list[Result]:
        """Return everything that was printed."""
        return results(self.program.printed())

    def end(self) -> None:
        """End the program: it leaves nothing, and has not complained."""
        assert self.program.stop() == 0
        assert self.lines()[-1] == NOTHING_LEFT
        assert "Traceback" not in self.program.complained()
        assert "never" not in self.program.complained()


def told_by(line: Result) -> str:
    """Return what an event tells."""
    return json.dumps(line.get("event", {})).replace("\\", "")


@pytest.fixture(params=[OwnLight, GMediaRender, GUPnPLight], ids=lambda kind: kind.kind)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    """A network of its own for each test, with each of the devices."""
    require(unmet_device_needs() if request.param is not OwnLight else unmet_needs(("nft",)))
    with interruptible(), Network(tmp_path) as network:
        found = Home(network, request.param)
        wait_until(lambda: all(host.has_ipv6() for host in network.hosts), "IPv6 addresses", SECONDS)
        yield found


# ours grants half an hour at least, as UDA 2.0 §4.1.2 wants it, GUPnP five minutes whatever is asked for
grants_what_is_asked = pytest.mark.parametrize("home", [GMediaRender], indirect=True, ids=["gmediarender"])
own_light = pytest.mark.parametrize("home", [OwnLight], indirect=True, ids=["own-light"])


def move(device: Device, what: str) -> None:
    """Let a device that does not run have another port or address, or both."""
    if "port" in what:
        device.port += 1
    if "address" in what:
        device.host.move_to(21)


# ---- restarts


@pytest.mark.uda("D-028", "E-042")
@pytest.mark.parametrize(
    ("home", "what"),
    [
        (OwnLight, "same port"),
        (OwnLight, "new port"),
        (OwnLight, "new address"),
        (GMediaRender, "same port"),
        (GMediaRender, "new address and port"),
        (GUPnPLight, "new address"),
    ],
    indirect=["home"],
    ids=lambda value: getattr(value, "kind", value),
)
def test_a_device_restarts_after_a_byebye(home: Home, what: str) -> None:
    home.follow()
    home.device.stop()
    home.wait_for(lambda line: line.get("available") is False, "that it has gone")
    move(home.device, what.removeprefix("same port"))
    home.device.start()
    home.wait_until_at(home.url)
    home.becomes_whole()
    home.is_whole()
    home.end()


@pytest.mark.uda("D-031")
@pytest.mark.parametrize(
    ("home", "what"),
    [(OwnLight, "new address"), (GMediaRender, "new address"), (GUPnPLight, "new port")],
    indirect=["home"],
    ids=lambda value: getattr(value, "kind", value),
)
def test_a_device_loses_its_power_and_is_elsewhere(home: Home, what: str) -> None:
    home.follow()
    home.device.kill()
    move(home.device, what)
    home.device.start()
    home.wait_until_at(home.url)
    home.becomes_whole()
    home.is_whole()
    home.end()


def test_a_device_loses_its_power_and_is_back(home: Home) -> None:
    """Those that count their starts are known to have restarted, the others by a renewal that they refuse."""
    home.follow(SHORT)
    home.device.kill()
    home.device.start()
    home.becomes_whole()
    home.is_whole()
    home.end()


@grants_what_is_asked
def test_a_restart_that_nobody_hears(home: Home) -> None:
    home.follow(SHORT)
    home.device.kill()
    for group in GROUPS:
        home.control.drop(group)
    home.device.start()
    home.becomes_whole()
    home.is_whole()
    home.end()


def test_the_description_has_changed(home: Home) -> None:
    home.follow()
    home.device.stop()
    home.wait_for(lambda line: line.get("available") is False, "that it has gone")
    home.device.friendly_name = "Renamed"
    home.device.start()
    home.wait_for(lambda line: line.get("name") == "Renamed", "its new name")
    home.becomes_whole()
    home.is_whole()
    home.end()


# ---- power cuts


@own_light
@pytest.mark.uda("D-018")
def test_a_power_cut_without_byebye_is_noticed_and_mended(home: Home) -> None:
    home.device.max_age = 6  # type: ignore[attr-defined]  # it is our light
    home.follow()
    home.device.kill()
    home.wait_for(lambda line: line.get("available") is False, "that its announcements ran out")
    home.device.start()
    home.wait_until_at(home.url)
    home.becomes_whole()
    home.is_whole()
    home.end()


@own_light
def test_byebye_and_alive_within_a_second(home: Home) -> None:
    home.follow()
    program = home.device.program
    assert program is not None, "it is started"
    for times in (1, 2):
        program.process.send_signal(signal.SIGUSR1)
        program.wait_for(
            lambda: sum(line.startswith("away") for line in program.printed()) == times,  # noqa: B023  # awaited
            "that it is back",
            SECONDS,
        )
        home.becomes_whole()
        home.is_whole()
        away = [float(line.removeprefix("away ")) for line in program.printed() if line.startswith("away")]
        if away[-1] < 1.0:  # a machine with too much to do takes longer
            assert all(line.get("available", True) for line in home.lines()), "it never was away"
    home.end()


# ---- networks


@pytest.mark.uda("E-029")
def test_a_firewall_keeps_events_away(home: Home) -> None:
    home.device.start()
    home.control.drop(INCOMING)
    home.follow(SHORT, becomes_whole=False)
    home.wait_for(lambda line: line.get("state") == "callback_unreachable", "that no event arrives")
    told = [line for line in home.program.complained().splitlines() if "No events arrive at" in line]
    assert len(told) == 1
    assert f"http://{home.control.ipv4}:" in told[0]
    if isinstance(home.device, GMediaRender):  # the others grant more than a test waits for
        home.control.drop_nothing()
        home.wait_for(lambda line: line.get("state") == "active", "that events arrive")
        home.becomes_whole()
        home.is_whole()
    home.end()


@grants_what_is_asked
@pytest.mark.uda("D-054")
def test_a_restart_while_three_of_ten_packets_get_lost_each_way(home: Home) -> None:
    """Whatever gets lost of announcements, subscriptions and events, nothing of it is lost for good."""
    home.follow(SHORT)
    hosts = (home.control, home.device.host)
    lose_packets(*hosts)
    home.device.kill()
    home.device.start()
    for _ in range(3):
        home.change(by_itself=True)
    for host in hosts:
        host.drop_nothing()
    home.becomes_whole()
    home.is_whole()
    home.end()


@own_light
@pytest.mark.uda("D-032")
def test_a_device_on_two_interfaces_is_followed_from_the_one_to_the_other(home: Home) -> None:
    for host, ipv4 in ((home.control, "10.78.0.10"), (home.device.host, "10.78.0.20")):
        host.add_interface("eth1", ipv4, SECOND)
    home.device.others, home.device.max_age = ["10.78.0.20"], 6  # type: ignore[attr-defined]  # it is our light
    home.follow()
    home.control.unplug()
    home.other_url = home.url.replace(home.device.host.ipv4, "10.78.0.20")
    home.wait_until_at(home.other_url)
    home.becomes_whole()
    home.is_whole()
    home.end()


@own_light
@pytest.mark.uda("D-038")
def test_a_device_behind_the_second_interface_is_followed(home: Home) -> None:
    for host, ipv4 in ((home.control, "10.78.0.10"), (home.device.host, "10.78.0.20")):
        host.add_interface("eth1", ipv4, SECOND)
    home.device.host.unplug()
    home.device.host.ipv4 = "10.78.0.20"
    home.follow()
    home.device.kill()
    home.device.port += 1
    home.device.start()
    home.wait_until_at(home.url)
    home.becomes_whole()
    home.is_whole()
    home.end()
