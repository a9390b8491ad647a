"""A router that people have at home: Debian's miniupnpd behind a firewall of nftables, between two networks.

`tests/interop/test_gateway.py` opens it. Inside are a control point's host, another, and the router; outside
is a host that is not let in, unless a port is opened. It imports only the standard library.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.interop.devices import Device
from tests.interop.lab import CLIENT_SECONDS, IPV6_SECONDS, Ended, library
from tests.interop.network import (
    INTERFACE,
    Host,
    Network,
    NetworkError,
    Program,
    interruptible,
    unmet_needs,
    wait_until,
)

PROGRAMS = ("miniupnpd", "nft", "upnpc")
OUTSIDE = "eth1"  # the router's interface to the provider
INSIDE_IPV6 = "fd77:77::"
EXTERNAL_IPV4, FAR_IPV4 = "11.22.33.1", "11.22.33.2"  # public, since miniupnpd judges others to be behind NAT
EXTERNAL_IPV6, FAR_IPV6 = "2001:db8:33::1", "2001:db8:33::2"
TABLE_SECONDS = 30.0

# What a home router has: who is inside may go out, nobody may come in; miniupnpd has chains of its own.
FIREWALL = f"""
table inet filter {{
  chain forward {{
    type filter hook forward priority 0; policy drop;
    ct state established,related accept
    iifname "{INTERFACE}" accept
    jump miniupnpd
  }}
  chain miniupnpd {{ }}
  chain prerouting {{
    type nat hook prerouting priority -100; policy accept;
    jump prerouting_miniupnpd
  }}
  chain postrouting {{
    type nat hook postrouting priority 100; policy accept;
    jump postrouting_miniupnpd
    oifname "{OUTSIDE}" meta nfproto ipv4 masquerade
  }}
  chain prerouting_miniupnpd {{ }}
  chain postrouting_miniupnpd {{ }}
}}
"""

# Greets who connects, and so shows that a connection comes through.
GREETER = """
import socket, sys
server = socket.create_server(("", int(sys.argv[1])), family=socket.AF_INET6, dualstack_ipv6=True)
print("ready", flush=True)
while True:
    connection, _ = server.accept()
    with connection:
        connection.sendall(b"hello")
"""
ASK = """
import socket, sys
try:
    with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=2) as connection:
        sys.exit(0 if connection.recv(16) == b"hello" else 1)
except OSError as err:
    sys.exit(str(err))
"""


def unmet_router_needs() -> list[str]:
    """Return what is missing for the router, in words; nothing when all is there."""
    return unmet_needs(PROGRAMS)


class MiniUpnpd(Device):
    """miniupnpd: an InternetGatewayDevice:2 with IPv6."""

    kind = "miniupnpd"
    friendly_name = "Interop Router"
    udn = "uuid:00000000-0000-0000-0000-000000000a01"
    device_type = "urn:schemas-upnp-org:device:InternetGatewayDevice:2"
    port = 5000
    path = "/rootDesc.xml"

    def arguments(self) -> list[str]:
        """Write the configuration; return the command line."""
        home = self.host.network.directory
        settings = {
            "ext_ifname": OUTSIDE,
            "listening_ip": INTERFACE,
            "http_port": self.port,
            "enable_natpmp": "no",
            "enable_upnp": "yes",
            "secure_mode": "yes",
            "bitrate_up": 10_000_000,
            "bitrate_down": 100_000_000,
            "friendly_name": self.friendly_name,
            "uuid": self.udn.removeprefix("uuid:"),
        }
        rules = "allow 1024-65535 10.77.0.0/24 1024-65535\ndeny 0-65535 0.0.0.0/0 0-65535\n"
        configuration = home / "miniupnpd.conf"
        configuration.write_text("".join(f"{name}={value}\n" for name, value in settings.items()) + rules)
        return ["miniupnpd", "-d", "-f", str(configuration), "-P", str(home / "miniupnpd.pid")]

    def load_firewall(self) -> None:
        """Load the rules, without what was opened."""
        done = self.host.run("sh", "-c", f"nft flush ruleset; printf '%s' '{FIREWALL}' | nft -f -")
        if done.returncode:
            raise NetworkError(f"nft: {done.stderr}")

    def restart(self) -> None:
        """Cut its power and start it again, with an empty memory."""
        self.kill()
        self.load_firewall()
        self.start()

    @property
    def rules(self) -> str:
        """The rules as the kernel has them."""
        return self.host.run("nft", "list", "ruleset").stdout


class RouterLab:
    """The router, two hosts inside and one outside."""

    def __init__(self, network: Network) -> None:
        """Join the hosts: outside is a network of its own."""
        self.network = network
        self.control = network.add_host("control", 10)
        self.router = MiniUpnpd(network.add_host("router", 1), self.control)
        self.other = network.add_host("other", 11)
        self.far = network.add_host("far", 99)

    def start(self) -> None:
        """Lay the line to the provider, load the firewall, start the router."""
        router, far, control = self.router.host, self.far, self.control
        wait_until(lambda: all(host.has_ipv6() for host in (router, control)), "IPv6", IPV6_SECONDS)
        self._outside(f"link set {INTERFACE} down", far)
        self._outside(f"address flush dev {INTERFACE}", far)
        line = (
            f"link add {OUTSIDE} netns {router.namespace} type veth peer name {OUTSIDE} netns {far.namespace}"
        )
        run_or_fail(["ip", *line.split()])
        for host, ipv4, ipv6 in (
            (router, EXTERNAL_IPV4, EXTERNAL_IPV6),
            (far, FAR_IPV4, FAR_IPV6),
        ):
            self._outside(f"address add {ipv4}/24 dev {OUTSIDE}", host)
            self._outside(f"-6 address add {ipv6}/64 dev {OUTSIDE} nodad", host)
            self._outside(f"link set {OUTSIDE} up", host)
        for host, number in ((router, 1), (control, 10)):
            self._outside(f"-6 address add {INSIDE_IPV6}{number}/64 dev {INTERFACE} nodad", host)
        self._outside(f"-6 route add {INSIDE_IPV6}/64 via {EXTERNAL_IPV6}", far)
        self._outside(f"-6 route add default via {INSIDE_IPV6}1", control)
        self._outside(f"route replace default via {router.ipv4}", control)
        self._outside(f"route replace default via {FAR_IPV4}", router)
        for name in ("ipv4/ip_forward", "ipv6/conf/all/forwarding"):
            router.run("sh", "-c", f"echo 1 > /proc/sys/net/{name}")
        self.router.load_firewall()
        self.router.start()

    @staticmethod
    def _outside(words: str, host: Host) -> None:
        run_or_fail(["ip", "-n", host.namespace, *words.split()])

    @property
    def url(self) -> str:
        """The location of the router's description."""
        return self.router.url

    @property
    def ipv6_url(self) -> str:
        """The same over IPv6."""
        return f"http://[{INSIDE_IPV6}1]:{self.router.port}{self.router.path}"

    @property
    def control_ipv6(self) -> str:
        """The global address of the host inside."""
        return f"{INSIDE_IPV6}10"

    def run_client(self, *arguments: str) -> Ended:
        """Run `upnp-client` on the host inside to its end."""
        return self.control.run(*client(*arguments), seconds=CLIENT_SECONDS)

    def run_library(self, *arguments: str) -> Ended:
        """Run a job of `tests.interop.library` on the host inside to its end."""
        return self.control.run(*library(*arguments), seconds=CLIENT_SECONDS)

    def start_client(self, *arguments: str) -> Program:
        """Start `upnp-client` on the host inside."""
        return self.start_inside(*client(*arguments))

    def start_inside(self, *arguments: str) -> Program:
        """Start a program on the host inside."""
        return self.control.start(*arguments, name=f"client-{len(self.network.programs)}")

    def upnpc(self, *arguments: str) -> str:
        """Run `upnpc` on the host inside, and return what it prints."""
        return self.control.run("upnpc", "-u", self.url, *arguments).stdout

    def greet_at(self, port: int) -> Program:
        """Start a server on the host inside."""
        program = self.start_inside(sys.executable, "-c", GREETER, str(port))
        program.wait_for(lambda: "ready" in program.printed(), "the greeter", CLIENT_SECONDS)
        return program

    def is_let_in(self, address: str, port: int) -> bool:
        """Connect from outside."""
        return self.far.run(sys.executable, "-c", ASK, address, str(port)).returncode == 0

    def await_rule(self, text: str, *, present: bool) -> None:
        """Wait until the firewall has a rule with a text, or has it no more."""
        wait_until(
            lambda: (text in self.router.rules) is present,
            f"a rule with {text!r} to be {'there' if present else 'gone'}",
            TABLE_SECONDS,
        )


def client(*arguments: str) -> list[str]:
    """Return the command line of `upnp-client`."""
    return [sys.executable, "-m", "async_upnp_client.cli", *arguments]


def run_or_fail(command: list[str]) -> None:
    """Run a command; NetworkError if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=CLIENT_SECONDS)
    if done.returncode:
        raise NetworkError(f"{' '.join(command)}: {done.stderr.strip()}")


@contextlib.contextmanager
def open_router_lab() -> Iterator[RouterLab]:
    """Build both networks and start the router; at the end leave nothing."""
    with (
        interruptible(),
        tempfile.TemporaryDirectory(prefix="upnp-router-") as directory,
        Network(Path(directory)) as network,
    ):
        lab = RouterLab(network)
        lab.start()
        yield lab
