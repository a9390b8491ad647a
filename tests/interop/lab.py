"""The lab: a network with a control point's host and three devices, and `upnp-client` run on that host.

Opened by `tests/interop/conftest.py` for the tests and by `tests/interop/demo.py` for people.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.interop.devices import Device, GMediaRender, GUPnPLight, MiniDlna
from tests.interop.network import Host, Network, Program, interruptible, wait_until

CLIENT_SECONDS = 60.0  # every command ends by itself long before
IPV6_SECONDS = 10.0
# The groups of SSDP as the kernel lists them; that of IPv4 in the byte order of the machine.
IPV4_GROUP = f"{int.from_bytes(bytes([239, 255, 255, 250]), sys.byteorder):08X}"
IPV6_GROUP = "ff02000000000000000000000000000c"

Ended = subprocess.CompletedProcess[str]


class Lab:
    """The hosts and the devices; nothing runs until `start`."""

    def __init__(self, network: Network) -> None:
        """Join the hosts to the network."""
        self.network = network
        self.client = [sys.executable, "-m", "async_upnp_client.cli"]
        self.control = network.add_host("control", 10)
        self.server = MiniDlna(network.add_host("server", 20), self.control)
        self.renderer = GMediaRender(network.add_host("renderer", 30), self.control)
        self.light = GUPnPLight(network.add_host("light", 40), self.control)

    @property
    def devices(self) -> tuple[Device, ...]:
        """Every device."""
        return (self.server, self.renderer, self.light)

    @property
    def hosts(self) -> list[Host]:
        """Every host."""
        return self.network.hosts

    def start(self) -> None:
        """Start every device and wait until it serves its description."""
        wait_until(lambda: all(host.has_ipv6() for host in self.hosts), "IPv6 addresses", IPV6_SECONDS)
        for device in self.devices:
            device.start()

    @property
    def ipv6_group(self) -> str:
        """The IPv6 multicast group of SSDP as `--target` takes it, on the control point's interface."""
        return f"ff02::c%{self.control.scope_id}"

    def ipv6_url(self, device: Device) -> str:
        """Return the location of a device's description at its link-local address, with the scope."""
        return f"http://[{device.host.ipv6}%{self.control.scope_id}]:{device.port}{device.path}"

    def run_client(self, *arguments: str) -> Ended:
        """Run `upnp-client` on the control point's host to its end."""
        return self.control.run(*self.client, *arguments, seconds=CLIENT_SECONDS)

    def start_client(self, *arguments: str) -> Program:
        """Start `upnp-client` on the control point's host."""
        return self._start(*self.client, *arguments)

    def run_library(self, *arguments: str) -> Ended:
        """Run a job of `tests.interop.library` on the control point's host to its end."""
        return self.control.run(*library(*arguments), seconds=CLIENT_SECONDS)

    def start_library(self, *arguments: str) -> Program:
        """Start a job of `tests.interop.library` on the control point's host."""
        return self._start(*library(*arguments))

    def _start(self, *arguments: str) -> Program:
        return self.control.start(*arguments, name=f"client-{len(self.network.programs)}")

    def wait_until_listening(self, program: Program, *, ipv6: bool = False) -> None:
        """Wait until a program on the control point's host has joined the multicast group of SSDP."""
        listing, group = ("/proc/net/igmp6", IPV6_GROUP) if ipv6 else ("/proc/net/igmp", IPV4_GROUP)
        program.wait_for(
            lambda: group in self.control.run("cat", listing).stdout,
            "the multicast group of SSDP",
            CLIENT_SECONDS,
        )


def library(*arguments: str) -> list[str]:
    """Return the command line of a job of `tests.interop.library`."""
    return [sys.executable, "-m", "tests.interop.library", *arguments]


@contextlib.contextmanager
def open_lab() -> Iterator[Lab]:
    """Build the network, start the devices; at the end stop them and leave nothing."""
    with (
        interruptible(),
        tempfile.TemporaryDirectory(prefix="upnp-lab-") as directory,
        Network(Path(directory)) as network,
    ):
        lab = Lab(network)
        lab.start()
        yield lab
