"""The virtual gateway, as Debian's `upnpc` sees it: found, asked, ports opened, listed and closed."""

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.conftest import require
from tests.interop.network import Host, Network, interruptible, unmet_needs, wait_until
from tests.interop.published_gateway import EXTERNAL_IPV4 as ADDRESS
from tests.interop.story import UDN

pytestmark = pytest.mark.interop
PATIENCE = 60.0


class Inside:
    """A host inside of a virtual gateway."""

    def __init__(self, host: Host, location: str) -> None:
        """Take the host, and where the gateway is described."""
        self.host = host
        self.location = location
        self.ipv4 = host.ipv4

    def find(self, *arguments: str) -> str:
        """Have upnpc find the gateway and do something; return what it prints."""
        return self.host.run("upnpc", "-m", self.ipv4, *arguments, seconds=PATIENCE).stdout

    def upnpc(self, *arguments: str) -> str:
        """Have upnpc do something at the gateway, whose location it is told."""
        return self.host.run("upnpc", "-u", self.location, *arguments, seconds=PATIENCE).stdout

    def listed(self) -> set[tuple[str, int, str, int, str]]:
        """Return what upnpc lists: protocol, external port, host inside and its port, description."""
        pattern = r"^ *\d+ (TCP|UDP) +(\d+)->([\d.]+):(\d+) +'(.*?)'"
        found = re.findall(pattern, self.upnpc("-l"), re.MULTILINE)
        return {(kind, int(port), host, int(internal), text) for kind, port, host, internal, text in found}


@pytest.fixture(scope="module", params=["1", "2"], ids=["IGD:1", "IGD:2"])
def inside(request: pytest.FixtureRequest) -> Iterator[Inside]:
    """A host inside of a virtual gateway."""
    require(unmet_needs(["upnpc"]))
    with (
        interruptible(),
        tempfile.TemporaryDirectory(prefix="upnp-virtual-") as directory,
        Network(Path(directory)) as network,
    ):
        router, inside = network.add_host("router", 1), network.add_host("inside", 10)
        words = ["-m", "tests.interop.published_gateway", UDN, router.ipv4, "--version", request.param]
        program = router.start(sys.executable, "-u", *words, name="gateway")
        program.wait_for(lambda: bool(program.printed()), "the location", PATIENCE)
        yield Inside(inside, program.printed()[0])


@pytest.mark.uda("D-055", "D-057", "S-004", "C-006", "C-015", "G-010")
def test_it_is_found_and_tells_of_itself(inside: Inside) -> None:
    said = inside.find("-s")
    assert f"ExternalIPAddress = {ADDRESS}" in said
    assert "Status : Connected" in said
    assert "MaxBitRateDown : 50000000 bps" in said
    assert re.search(r"Bytes: +Sent: +\d+", said)


@pytest.mark.uda("G-004", "G-006", "G-009")
def test_ports_are_opened_listed_and_closed(inside: Inside) -> None:
    opened = inside.upnpc("-e", "a web page", "-a", inside.ipv4, "8080", "9080", "TCP", "600")
    assert f"external {ADDRESS}:9080 TCP is redirected to internal {inside.ipv4}:8080" in opened
    inside.upnpc("-e", "another", "-a", inside.ipv4, "8081", "8081", "UDP")
    ours = {("TCP", 9080, inside.ipv4, 8080, "a web page"), ("UDP", 8081, inside.ipv4, 8081, "another")}
    assert inside.listed() == ours
    assert "UPNP_DeletePortMapping() returned : 0" in inside.upnpc("-d", "9080", "TCP")
    assert inside.listed() == {one for one in ours if one[0] == "UDP"}
    assert "UPNP_DeletePortMapping() returned : 0" in inside.upnpc("-d", "8081", "UDP")
    assert inside.listed() == set()
    assert "714" in inside.upnpc("-d", "8081", "UDP")


@pytest.mark.uda("G-006")
def test_a_port_is_gone_with_its_lease(inside: Inside) -> None:
    port = ("TCP", 8082, inside.ipv4, 8082, "for a moment")
    inside.upnpc("-e", "for a moment", "-a", inside.ipv4, "8082", "8082", "TCP", "5")
    opened = inside.listed()
    wait_until(lambda: inside.listed() == set(), "the end of the lease", PATIENCE)
    assert opened in ({port}, set()), "upnpc may have taken longer than the lease"


@pytest.mark.uda("C-019", "G-008")
def test_what_is_refused_has_its_code(inside: Inside) -> None:
    refused = inside.upnpc("-a", inside.ipv4, "8080", "0", "TCP")
    assert "failed with code 716" in refused
