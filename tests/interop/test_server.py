"""Our device, as other people's control points see it: gssdp-discover, and one on GUPnP."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.conftest import require
from tests.interop.devices import DEBIAN_PYTHON, unmet_device_needs
from tests.interop.network import INTERFACE, Host, Network, interruptible, unmet_needs

pytestmark = pytest.mark.interop
HERE = Path(__file__).parent
EXAMPLE = HERE.parents[1] / "examples" / "serve_a_device.py"
START_SECONDS = 20.0


@pytest.fixture
def hosts() -> Iterator[tuple[Host, Host, str]]:
    """A host with our device, another for a control point, and the location of the device."""
    require([*unmet_device_needs(), *unmet_needs(["gssdp-discover"])])
    with (
        interruptible(),
        tempfile.TemporaryDirectory(prefix="upnp-server-") as directory,
        Network(Path(directory)) as network,
    ):
        ours, theirs = network.add_host("device", 30), network.add_host("control", 31)
        server = ours.start(sys.executable, "-u", str(EXAMPLE), ours.ipv4, name="server")
        server.wait_for(lambda: bool(server.printed()), "the location", START_SECONDS)
        yield ours, theirs, server.printed()[0].split()[-1]


@pytest.mark.uda("D-012", "D-024", "D-055", "D-056")
def test_gssdp_discover_finds_each_part(hosts: tuple[Host, Host, str]) -> None:
    _, theirs, location = hosts
    ended = theirs.run("gssdp-discover", "-i", INTERFACE, "-n", "4", "-t", "ssdp:all", seconds=30)
    assert ended.stdout.count(f"Location: {location}") >= 4, ended.stdout + ended.stderr
    for part in ("upnp:rootdevice", "device:BinaryLight:1", "service:SwitchPower:1"):
        assert part in ended.stdout


@pytest.mark.uda("C-006", "C-015", "E-011", "E-027", "E-028", "E-034")
def test_gupnp_finds_describes_calls_and_hears_it(hosts: tuple[Host, Host, str]) -> None:
    _, theirs, _ = hosts
    ended = theirs.run(DEBIAN_PYTHON, str(HERE / "gupnp_control_point.py"), INTERFACE, seconds=40)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.startswith("found uuid:")
    assert "event True" in ended.stdout
