"""Scenarios with interfaces that come and go, devices that move, and networks that lose packets.

The device is our own server: nothing but iproute2 and nftables is needed.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.interop.conftest import lose_packets, require
from tests.interop.lab import Ended, library
from tests.interop.lines import Result, only, results
from tests.interop.network import Host, Network, Program, interruptible, unmet_needs, wait_until
from tests.support.light import LAMP_UDN, UDN

pytestmark = pytest.mark.interop

SECONDS = 60.0  # everything takes a few; a machine under load takes more
SECOND = "second"  # the other segment
PORT = 49152
TYPE = "urn:schemas-upnp-org:device:DimmableLight:1"
GROUPS = ("ip daddr 239.255.255.250", "ip6 daddr ff02::c")
LOCATED = 8  # times


class House:
    """A control point and a device on one segment; a second segment is there for further interfaces."""

    def __init__(self, network: Network) -> None:
        network.add_bridge(SECOND)
        self.network = network
        self.control = network.add_host("control", 10)
        self.server = network.add_host("light", 20)

    def run(self, host: Host, *arguments: str) -> Program:
        """Start a Python module of ours on a host."""
        return host.start(sys.executable, "-m", *arguments, name=f"program-{len(self.network.programs)}")

    def serve(self, *addresses: str, port: int = PORT) -> Program:
        """Start the device, and wait until it is there."""
        device = self.run(
            self.server, "tests.interop.own_device", str(port), *(addresses or [self.server.ipv4])
        )
        device.wait_for(lambda: "ready" in device.printed(), "the device", SECONDS)
        return device

    def watch(self, locations: int) -> Program:
        """Start to listen on all interfaces of the control point."""
        watcher = self.control.start(*library("watch", UDN, str(locations)), name="watch")
        watcher.wait_for(lambda: bool(watcher.printed()), "interfaces", SECONDS)
        return watcher

    def locate(self, udn: str = UDN, location: str | None = None, *more: str) -> Ended:
        """Run `upnp-client locate` on the control point."""
        options = ["--location", location] if location else []
        client = [sys.executable, "-m", "async_upnp_client.cli"]
        return self.control.run(*client, "--timeout", "30", "locate", udn, *options, *more, seconds=SECONDS)

    def location(self, port: int = PORT) -> str:
        """Return where the device is described on the first segment."""
        return f"http://{self.server.ipv4}:{port}/device.xml"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A network of its own for each test."""
    require(unmet_needs(("nft",)))
    with interruptible(), Network(tmp_path) as network:
        found = House(network)
        wait_until(lambda: all(host.has_ipv6() for host in network.hosts), "IPv6 addresses", SECONDS)
        yield found


def wait_for(program: Program, is_wanted: Callable[[Result], bool], what: str, after: int = 0) -> int:
    """Wait for a result, and return how many lines there are up to it."""
    found: list[int] = []

    def look() -> bool:
        lines = results(program.printed())
        found[:] = [number + 1 for number, line in enumerate(lines) if number >= after and is_wanted(line)]
        return bool(found)

    program.wait_for(look, what, SECONDS)
    return found[0]


def names(line: Result) -> set[str]:
    """Return the names of the interfaces that are listened on."""
    return {text.partition(" ")[0] for text in line.get("interfaces", [])}


# ---- interfaces


@pytest.mark.uda("D-032")
@pytest.mark.uda("D-054")
def test_a_device_on_two_interfaces_is_one(house: House) -> None:
    for host, ipv4 in ((house.control, "10.78.0.10"), (house.server, "10.78.0.20")):
        host.add_interface("eth1", ipv4, SECOND)
    house.serve(house.server.ipv4, "10.78.0.20")
    watcher = house.watch(2)
    end = wait_for(watcher, lambda line: "described" in line, "its description")
    before = results(watcher.printed())[: end - 1]
    first, second = house.location(), f"http://10.78.0.20:{PORT}/device.xml"
    both = {first: "eth0 (10.77.0.10)", second: "eth1 (10.78.0.10)"}
    assert [line["locations"] for line in before if len(line.get("locations", ())) == 2][-1] == both
    assert results(watcher.printed())[end - 1]["described"] == first
    assert watcher.complained() == ""


@pytest.mark.uda("D-032")
def test_where_the_first_location_does_not_connect_the_second_does(house: House) -> None:
    for host, ipv4 in ((house.control, "10.78.0.10"), (house.server, "10.78.0.20")):
        host.add_interface("eth1", ipv4, SECOND)
    house.server.drop(f"tcp dport {PORT} ip daddr {house.server.ipv4}")
    house.serve(house.server.ipv4, "10.78.0.20")
    watcher = house.watch(2)
    end = wait_for(watcher, lambda line: "described" in line, "its description")
    line = results(watcher.printed())[end - 1]
    assert line == {"described": f"http://10.78.0.20:{PORT}/device.xml", "name": "Light"}


@pytest.mark.uda("D-038")
@pytest.mark.uda("D-054")
def test_an_interface_is_added_and_removed(house: House) -> None:
    watcher = house.watch(9)
    house.server.add_interface("eth1", "10.78.0.20", SECOND)
    device = house.serve("10.78.0.20")
    house.control.add_interface("eth1", "10.78.0.10", SECOND)
    at = wait_for(watcher, lambda line: "eth1" in names(line), "the new interface")
    # it answers the search that the new interface is greeted with, or was heard there by itself
    at = wait_for(watcher, lambda line: "10.78.0.20" in json.dumps(line), "a device there", at)
    house.control.remove_interface("eth1")
    at = wait_for(watcher, lambda line: names(line) == {"eth0"}, "that it has gone", at)
    device.kill()
    house.serve()
    wait_for(watcher, lambda line: house.location() in line.get("locations", {}), "the other one", at)
    assert watcher.interrupt() != 0
    assert "Task" not in watcher.complained()


@pytest.mark.uda("D-038")
def test_a_device_is_held_from_before_there_is_a_route_for_multicasts(house: House) -> None:
    device = house.serve()
    house.control.has_no_route()
    holder = house.control.start(*library("hold", house.location()), name="hold")
    at = wait_for(holder, lambda line: line == {"available": True, "at": house.location()}, "the device")
    house.control.plug_in()
    device.stop()
    at = wait_for(holder, lambda line: line["available"] is False, "that it has gone", at)
    house.serve(port=PORT + 1)
    moved = {"available": True, "at": house.location(PORT + 1)}
    wait_for(holder, lambda line: line == moved, "the device at its new port", at)
    assert holder.complained() == ""


@pytest.mark.uda("D-038")
def test_a_cable_is_pulled_and_put_back(house: House) -> None:
    watcher = house.watch(9)
    house.control.unplug()
    # its IPv6 address leaves with the link, and comes back with it
    at = wait_for(watcher, lambda line: len(line.get("interfaces", ("", ""))) < 2, "the link that is down")
    house.control.plug_in()
    at = wait_for(watcher, lambda line: len(line.get("interfaces", ())) == 2, "the link that is up", at)
    house.serve()
    wait_for(watcher, lambda line: house.location() in line.get("locations", {}), "the device", at)


def test_the_command_line_uses_every_interface(house: House) -> None:
    house.control.add_interface("eth1", "10.78.0.10", SECOND)
    house.server.add_interface("eth1", "10.78.0.20", SECOND)
    house.serve("10.78.0.20")
    client = [
        sys.executable,
        "-m",
        "async_upnp_client.cli",
        "--timeout",
        "1",
        "search",
        "--search_target",
        UDN,
    ]
    ended = house.control.run(*client, seconds=SECONDS)
    assert {(line["_interface"], line["location"]) for line in results(ended.stdout)} == {
        ("eth1", f"http://10.78.0.20:{PORT}/device.xml")
    }
    assert (ended.returncode, ended.stderr) == (0, "")


# ---- moves


@pytest.mark.parametrize("udn", [UDN, LAMP_UDN])
def test_a_device_that_stayed_is_located_at_once(house: House, udn: str) -> None:
    house.serve()
    found = only(house.locate(udn, house.location()))
    assert found["location"] == house.location()


@pytest.mark.parametrize("new", ["port", "address", "address and port"])
def test_a_device_that_moved_is_located_again(house: House, new: str) -> None:
    before = house.location()
    house.serve().kill()
    if "address" in new:
        house.server.move_to(21)
    port = PORT + 1 if "port" in new else PORT
    house.serve(port=port)
    found = only(house.locate(UDN, before))
    assert found["location"] == house.location(port) != before
    assert found["found_by"] in {"multicast", "advertisement", "unicast"}


def test_a_device_behind_a_router_is_located_by_unicast(house: House) -> None:
    before = house.location()
    house.serve().kill()
    for group in GROUPS:
        house.control.drop(group)
        house.server.drop(group)
    house.serve(port=PORT + 1)
    found = only(house.locate(UDN, before))
    assert (found["location"], found["found_by"]) == (house.location(PORT + 1), "unicast")


def test_a_device_that_is_held_is_followed_though_no_announcement_comes_through(house: House) -> None:
    device = house.serve()
    holder = house.control.start(*library("hold", house.location()), name="hold")
    at = wait_for(holder, lambda line: line == {"available": True, "at": house.location()}, "the device")
    device.stop()
    at = wait_for(holder, lambda line: line["available"] is False, "that it has gone", at)
    for group in GROUPS:
        house.control.drop(group)
        house.server.drop(group)
    house.serve(port=PORT + 1)
    moved = {"available": True, "at": house.location(PORT + 1)}
    wait_for(holder, lambda line: line == moved, "the device at its new port", at)
    assert holder.complained() == ""


def test_another_device_at_the_old_address_is_not_taken_for_it(house: House) -> None:
    house.serve()
    ended = house.control.run(
        *[sys.executable, "-m", "async_upnp_client.cli", "--timeout", "2", "locate", "uuid:another"],
        *["--location", house.location()],
        seconds=SECONDS,
    )
    assert (ended.returncode, ended.stdout) == (3, "")
    assert f"describes {UDN}" in ended.stderr


# ---- loss


@pytest.mark.uda("D-054")
def test_a_device_is_located_though_three_of_ten_packets_get_lost_each_way(house: House) -> None:
    before = house.location()
    house.serve().kill()
    lose_packets(house.control, house.server)
    house.serve(port=PORT + 1)
    for _ in range(LOCATED):
        assert only(house.locate(UDN, before))["location"] == house.location(PORT + 1)


@pytest.mark.uda("D-038", "D-042", "D-045")
def test_a_device_is_found_again_where_an_interface_went_and_came_back(house: House) -> None:
    device, control = "10.78.0.20", "10.78.0.10"
    house.server.add_interface("eth1", device, SECOND)
    house.control.add_interface("eth1", control, SECOND)
    words = ("tests.interop.published_gateway", UDN, house.server.ipv4, "--later", device)
    gateway = house.run(house.server, *words)
    gateway.wait_for(lambda: bool(gateway.printed()), "the location", SECONDS)

    def move(times: int) -> None:
        gateway.process.send_signal(signal.SIGUSR1)
        gateway.wait_for(lambda: len(gateway.printed()) > times, "the device to move", SECONDS)

    def found() -> set[str]:
        search = ("search", "--bind", control, "--search_target", "upnp:rootdevice")
        ended = house.control.run(sys.executable, "-m", "async_upnp_client.cli", *search, seconds=SECONDS)
        return {json.loads(line)["LOCATION"] for line in ended.stdout.splitlines()}

    there = {gateway.printed()[0].replace(house.server.ipv4, device)}
    move(1)
    assert found() == there
    house.server.remove_interface("eth1")
    assert found() == set()
    move(2)
    house.server.add_interface("eth1", device, SECOND)
    move(3)
    assert found() == there
    assert gateway.stop() == 0
    assert "Traceback" not in gateway.complained()
