"""The gateway profile with a real router: miniupnpd and nftables, and `upnpc` as the other control point."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import require
from tests.interop.lab import CLIENT_SECONDS
from tests.interop.lines import complaint, done, only
from tests.interop.network import Program
from tests.interop.router import EXTERNAL_IPV4, RouterLab, open_router_lab, unmet_router_needs

pytestmark = pytest.mark.interop
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def lab() -> Iterator[RouterLab]:
    """A real router between two networks."""
    require(unmet_router_needs())
    with open_router_lab() as opened:
        yield opened


def rule(port: int, internal: int | None = None) -> str:
    """Return what the rule of a mapping to the host inside looks like."""
    return f"dnat ip to 10.77.0.10:{internal or port}"


def first_record(program: Program) -> dict[str, Any]:
    """Wait for the first result of a program that goes on, and read it."""
    program.wait_for(lambda: bool(program.printed()), "the first result", CLIENT_SECONDS)
    record: dict[str, Any] = json.loads(program.printed()[0])
    return record


def listed_by_us(lab: RouterLab) -> set[tuple[str, int, str, int]]:
    """Return what we list: (protocol, external port, host inside, its port)."""
    records = done(lab.run_client("igd", "list", lab.url))
    return {(r["protocol"], r["external_port"], r["internal_client"], r["internal_port"]) for r in records}


def listed_by_upnpc(lab: RouterLab) -> set[tuple[str, int, str, int]]:
    """Return what `upnpc -l` lists."""
    found = re.findall(r"^ *\d+ (TCP|UDP) +(\d+)->([\d.]+):(\d+) ", lab.upnpc("-l"), re.MULTILINE)
    return {(protocol, int(port), host, int(inside)) for protocol, port, host, inside in found}


@pytest.mark.uda("G-001", "G-002", "G-017")
def test_status_is_that_of_upnpc(lab: RouterLab) -> None:
    record = only(lab.run_client("igd", "status", lab.url))
    said = lab.upnpc("-s")
    assert record["state"]["external_ip_address"] == EXTERNAL_IPV4
    assert f"ExternalIPAddress = {EXTERNAL_IPV4}" in said
    assert record["connections"][0]["status"] == "Connected"
    assert "Status : Connected" in said
    assert record["connections"][0]["address_kind"] == "public"
    assert record["state"]["bytes_received"] >= 0
    assert {name: found["state"] for name, found in record["capabilities"].items()} == dict.fromkeys(
        ("external address", "connection status", "port mapping", "traffic counters", "IPv6 pinholes"),
        "present",
    )


@pytest.mark.uda("G-001", "G-002")
def test_an_example_finds_the_gateway_by_itself(lab: RouterLab) -> None:
    program = lab.start_inside(sys.executable, str(EXAMPLES / "open_port.py"), "8095")
    opened = f"open: TCP {EXTERNAL_IPV4}:8095"
    program.wait_for(lambda: opened in program.printed(), opened, CLIENT_SECONDS)
    assert "is the default gateway" in program.printed()[0]
    assert rule(8095) in lab.router.rules
    assert program.interrupt() == 0
    assert rule(8095) not in lab.router.rules


@pytest.mark.uda("G-003")
def test_a_port_is_open_as_long_as_the_program_runs(lab: RouterLab) -> None:
    lab.greet_at(8080)
    assert not lab.is_let_in(EXTERNAL_IPV4, 8080)
    program = lab.start_client("igd", "open", lab.url, "8080")
    record = first_record(program)
    assert (record["open"], record["external_ip_address"], record["external_port"]) == (
        True,
        EXTERNAL_IPV4,
        8080,
    )
    assert 3600.0 - CLIENT_SECONDS <= record["lease_duration"] <= 3600.0, "what the router says is left of it"
    assert rule(8080) in lab.router.rules
    assert ("TCP", 8080, "10.77.0.10", 8080) in listed_by_upnpc(lab)
    assert lab.is_let_in(EXTERNAL_IPV4, 8080)
    assert program.interrupt() == 0
    assert rule(8080) not in lab.router.rules
    assert not lab.is_let_in(EXTERNAL_IPV4, 8080)
    assert "could not" not in program.complained()


def test_events_tell_what_then_need_not_be_asked_for(lab: RouterLab) -> None:
    told = done(lab.run_library("gateway_events", lab.url))
    assert told == [
        {"address": EXTERNAL_IPV4, "status": "Connected"},
        {"mappings": 1},
        {"state": EXTERNAL_IPV4},
    ]


def test_sigterm_closes_it_too(lab: RouterLab) -> None:
    program = lab.start_client("igd", "open", lab.url, "8081", "--protocol", "UDP")
    first_record(program)
    assert rule(8081) in lab.router.rules
    assert program.stop() == 0
    assert rule(8081) not in lab.router.rules


@pytest.mark.uda("G-005")
def test_it_is_renewed_and_is_back_after_a_restart_of_the_router(lab: RouterLab) -> None:
    program = lab.start_client("--debug-traffic", "igd", "open", lab.url, "8082", "--lease", "4")
    assert 1.0 <= first_record(program)["lease_duration"] <= 4.0, "what the router says is left of it"
    renewals = '#AddPortMapping"'
    program.wait_for(lambda: program.complained().count(renewals) >= 4, "three renewals", CLIENT_SECONDS)
    assert rule(8082) in lab.router.rules, "longer than its first lease"
    lab.router.restart()
    lab.await_rule(rule(8082), present=True)
    assert program.interrupt() == 0
    assert rule(8082) not in lab.router.rules


def test_what_is_killed_is_gone_with_its_lease(lab: RouterLab) -> None:
    program = lab.start_client("igd", "open", lab.url, "8083", "--lease", "3")
    first_record(program)
    program.kill()
    lab.await_rule(rule(8083), present=False)


def test_what_is_added_is_listed_and_expires(lab: RouterLab) -> None:
    record = only(lab.run_client("igd", "add", lab.url, "8084", "--external-port", "9084", "--lease", "3"))
    assert record["lease_duration"] in (2.0, 3.0)
    lab.await_rule(rule(9084, 8084), present=False)


@pytest.mark.uda("G-009", "G-012")
def test_both_list_the_same_and_delete_what_the_other_added(lab: RouterLab) -> None:
    only(lab.run_client("igd", "add", lab.url, "8085"))
    assert "is redirected to" in lab.upnpc("-a", "10.77.0.10", "8086", "8086", "UDP", "600")
    ours = listed_by_us(lab)
    assert {("TCP", 8085, "10.77.0.10", 8085), ("UDP", 8086, "10.77.0.10", 8086)} <= ours
    assert ours == listed_by_upnpc(lab)
    only(lab.run_client("igd", "delete", lab.url, "8086", "--protocol", "UDP"))
    assert "UPNP_DeletePortMapping() returned : 0" in lab.upnpc("-d", "8085", "TCP")
    assert listed_by_us(lab) == listed_by_upnpc(lab) == set()


@pytest.mark.uda("G-011")
@pytest.mark.parametrize("strict", [(), ("--strict",)], ids=["lenient", "strict"])
def test_the_next_free_port_is_taken_where_another_host_has_it(
    lab: RouterLab, strict: tuple[str, ...]
) -> None:
    theirs = ("TCP", 8087, lab.other.ipv4, 8087)
    lab.other.run("upnpc", "-u", lab.url, "-a", lab.other.ipv4, "8087", "8087", "TCP")
    assert theirs in listed_by_upnpc(lab)
    assert "718" in complaint(lab.run_client("igd", "add", lab.url, "8087"), 4)
    program = lab.start_client(*strict, "igd", "open", lab.url, "8087", "--any-port")
    record = first_record(program)
    ours = ("TCP", record["external_port"], "10.77.0.10", 8087)
    assert record["external_port"] != 8087
    assert ours in listed_by_upnpc(lab)
    assert program.interrupt() == 0
    assert ours not in listed_by_upnpc(lab)
    assert theirs in listed_by_upnpc(lab), "another's is left alone"
    lab.other.run("upnpc", "-u", lab.url, "-d", "8087", "TCP")


@pytest.mark.uda("G-017")
def test_what_the_router_does_not_allow_is_told_with_its_code(lab: RouterLab) -> None:
    said = complaint(lab.run_client("igd", "add", lab.url, "80"), 4)
    assert re.search(r"refused with UPnP error (606|718|501|729)", said)


@pytest.mark.uda("G-015", "G-016")
def test_an_ipv6_pinhole_is_open_as_long_as_the_program_runs(lab: RouterLab) -> None:
    lab.greet_at(8090)
    assert not lab.is_let_in(lab.control_ipv6, 8090)
    program = lab.start_client("igd", "pinhole", lab.ipv6_url, "8090")
    record = first_record(program)
    assert record["internal_client"] == lab.control_ipv6
    assert lab.is_let_in(lab.control_ipv6, 8090)
    assert not lab.is_let_in(lab.control_ipv6, 8080), "one port only"
    assert program.interrupt() == 0
    assert not lab.is_let_in(lab.control_ipv6, 8090)


@pytest.mark.uda("G-016")
def test_a_pinhole_over_ipv4_is_no_pinhole(lab: RouterLab) -> None:
    assert "no IPv6 location" in complaint(lab.run_client("igd", "pinhole", lab.url, "8091"), 3)
