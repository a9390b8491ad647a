"""What happens to a device of ours on a network, told once, with all that goes over the wire.

It is published, searched for, described, called and listened to; it gets one more address, ends, and begins
again. `test_captures` looks at what it said over UDP, `test_captures_http` at what it said over TCP.
"""

import json
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tests.interop.capture import Capture, Packet
from tests.interop.lab import CLIENT_SECONDS, IPV6_SECONDS
from tests.interop.network import INTERFACE, Host, Network, Program, interruptible, wait_until
from tests.interop.router import client, run_or_fail
from tests.interop.spoken import Spoken, await_notifies, spoken_by

HERE = Path(__file__).parent
UDN = "uuid:5f9ec1b3-ed59-79bb-4530-0000000000c0"
GATEWAY = "urn:schemas-upnp-org:device:InternetGatewayDevice:2"
WAN = "urn:schemas-upnp-org:service:WANIPConnection:2"
GROUPS = {"ipv4": "239.255.255.250", "ipv6": "ff02::c"}
SECOND = "eth1"  # a line of its own from the device to the control point
SECOND_IPV4 = {30: "10.78.0.30", 31: "10.78.0.31"}
EACH = 3 + 2 * 2 + 4  # a root device, two embedded ones, four types of services (D-012)
REPEATS, BYEBYES = 3, 2
MX = 3
LAG = 3.0  # seconds by which a machine under load may be late
PATIENCE = 60.0

SEARCHES = {
    "all": "ssdp:all",
    "root": "upnp:rootdevice",
    "device": UDN,
    "type": GATEWAY,
    "lower": f"{GATEWAY[:-1]}1",
    "service": WAN,
    "lower_service": f"{WAN[:-1]}1",
    "higher": f"{GATEWAY[:-1]}3",
    "nobody": "uuid:00000000-0000-0000-0000-000000000000",
}
COUNTS = {"all": EACH, "root": 1, "device": 1, "type": 1, "lower": 1, "service": 1, "lower_service": 1}
SILENT = ("higher", "nobody", "without_mx", "other_man")
OUTSIDE = "11.22.33.2"  # an address of the internet, which the control point has as well
THIRD = "11.22.33.9"
EVENTS = "/WANIPConnection/events"
NT = "NT: upnp:event"
# What is asked by hand, with the status of the answer.
REQUESTS: dict[str, tuple[int, list[str]]] = {
    "without NT": (412, [f"SUBSCRIBE {EVENTS} HTTP/1.1", "CALLBACK: <http://{control}:9/>"]),
    "another NT": (
        412,
        [f"SUBSCRIBE {EVENTS} HTTP/1.1", "CALLBACK: <http://{control}:9/>", "NT: upnp:other"],
    ),
    "without CALLBACK": (412, [f"SUBSCRIBE {EVENTS} HTTP/1.1", NT]),
    "to a third party": (412, [f"SUBSCRIBE {EVENTS} HTTP/1.1", f"CALLBACK: <http://{THIRD}:80/>", NT]),
    "SID and NT": (400, [f"SUBSCRIBE {EVENTS} HTTP/1.1", "SID: uuid:1", NT]),
    "a new one": (
        200,
        [f"SUBSCRIBE {EVENTS} HTTP/1.1", "CALLBACK: <http://{control}:9/>", NT, "TIMEOUT: Second-infinite"],
    ),
    "renewed": (200, [f"SUBSCRIBE {EVENTS} HTTP/1.1", "SID: {{SID}}", "TIMEOUT: Second-1800"]),
    "ended": (200, [f"UNSUBSCRIBE {EVENTS} HTTP/1.1", "SID: {{SID}}"]),
    "ended twice": (412, [f"UNSUBSCRIBE {EVENTS} HTTP/1.1", "SID: {{SID}}"]),
    "renewed too late": (412, [f"SUBSCRIBE {EVENTS} HTTP/1.1", "SID: {{SID}}"]),
    "for a foreign name": (403, ["GET /device.xml HTTP/1.1", "HOST: rebound.example.com"]),
    "in German": (200, ["GET /device.xml HTTP/1.1", "ACCEPT-LANGUAGE: de"]),
}


@dataclass
class Story:
    """What happened, and all that was captured of it."""

    lines: dict[str, list[Packet]] = field(default_factory=dict)
    ports: dict[str, dict[str, int]] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    location: str = ""
    asked: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)

    def sent(self, family: str = "ipv4", line: str = INTERFACE, kind: str = "") -> list[Spoken]:
        """Return the messages of SSDP that our device sent, in order."""
        address = self.addresses[family if line == INTERFACE else line]
        return [one for one in spoken_by(address, self.lines[line]) if kind in ("", one.kind)]

    def answers(self, search: str, family: str = "ipv4") -> list[Spoken]:
        """Return what came for a search."""
        port = self.ports[family][search]
        return [one for one in self.sent(family, kind="answer") if one.packet.target_port == port]

    def asked_at(self, search: str, family: str = "ipv4") -> float:
        """Return when a search was sent."""
        port = self.ports[family][search]
        return next(
            packet.time
            for packet in self.lines[INTERFACE]
            if packet.source_port == port and packet.payload.startswith(b"M-SEARCH")
        )


@contextmanager
def told_story() -> Iterator[Story]:
    """Publish a device, search for it, use it, give it an address more, end it, and begin again."""
    with (
        interruptible(),
        tempfile.TemporaryDirectory(prefix="upnp-capture-") as directory,
        Network(Path(directory)) as network,
    ):
        device, control = network.add_host("device", 30), network.add_host("control", 31)
        wait_until(lambda: device.has_ipv6() and control.has_ipv6(), "IPv6 addresses", IPV6_SECONDS)
        lay_second_line(device, control)
        with Capture(control) as first, Capture(control, SECOND) as second:
            yield tell(device, control, first, second)


def lay_second_line(device: Host, control: Host) -> None:
    """Join the two by one more line."""
    ends = f"netns {device.namespace} type veth peer name {SECOND} netns {control.namespace}"
    run_or_fail(["ip", *f"link add {SECOND} {ends}".split()])
    run_or_fail(["ip", "-n", control.namespace, *f"address add {OUTSIDE}/24 dev {INTERFACE}".split()])
    for host, number in ((device, 30), (control, 31)):
        for words in (f"address add {SECOND_IPV4[number]}/24 dev {SECOND}", f"link set {SECOND} up"):
            run_or_fail(["ip", "-n", host.namespace, *words.split()])


def tell(device: Host, control: Host, first: Capture, second: Capture) -> Story:
    """Have everything happen, and return what was captured."""
    found = Story(addresses={"ipv4": device.ipv4, "ipv6": device.ipv6, SECOND: SECOND_IPV4[30]})

    alive = EACH * REPEATS
    program = start(device, "--later", SECOND_IPV4[30])
    found.location = program.printed()[0]
    await_notifies(first, GROUPS["ipv4"], alive, PATIENCE)
    await_notifies(first, GROUPS["ipv6"], alive, PATIENCE)
    found.ports["ipv4"] = search(control, GROUPS["ipv4"], device.ipv4)
    found.ports["ipv6"] = search(control, f"{GROUPS['ipv6']}%{INTERFACE}", f"{device.ipv6}%{INTERFACE}")
    use(control, found.location)
    listen(control, found.location.replace(device.ipv4, f"[{device.ipv6}%{INTERFACE}]"))
    found.asked = ask_by_hand(control, found.location)
    program.process.send_signal(signal.SIGUSR1)
    await_notifies(first, GROUPS["ipv4"], 2 * alive + EACH, PATIENCE)
    await_notifies(first, GROUPS["ipv6"], 2 * alive + EACH, PATIENCE)
    await_notifies(second, GROUPS["ipv4"], alive, PATIENCE)
    elsewhere = found.location.replace(device.ipv4, SECOND_IPV4[30])
    assert control.run(*client("describe", elsewhere)).returncode == 0
    assert program.stop() == 0
    await_notifies(first, GROUPS["ipv4"], 2 * alive + EACH + BYEBYES * EACH, PATIENCE)
    again = start(device)
    await_notifies(first, GROUPS["ipv4"], 3 * alive + EACH + BYEBYES * EACH, PATIENCE)
    again.kill()
    first.stop()
    second.stop()
    found.lines = {INTERFACE: first.packets(), SECOND: second.packets()}
    return found


def start(device: Host, *arguments: str) -> Program:
    """Publish our device."""
    also = ("--also", f"{device.ipv6}%{INTERFACE}")
    words = ["-m", "tests.interop.published_gateway", UDN, device.ipv4, *also, *arguments]
    program = device.start(sys.executable, "-u", *words, name=f"device-{len(device.network.programs)}")
    program.wait_for(lambda: bool(program.printed()), "the location", PATIENCE)
    return program


def search(control: Host, group: str, unicast: str) -> dict[str, int]:
    """Send all searches, wait for what comes, and return the ports that they were sent from."""
    man = 'MAN: "ssdp:discover"'
    words = {name: f"{man}|MX: {MX}|ST: {target}" for name, target in SEARCHES.items()}
    words["without_mx"] = f"{man}|ST: ssdp:all"
    words["other_man"] = f'MAN: "ssdp:other"|MX: {MX}|ST: ssdp:all'
    words["unicast"] = f"{man}|ST: ssdp:all"
    if ":" not in group:
        words[f"from:{OUTSIDE}"] = f"{man}|MX: {MX}|ST: ssdp:all"
    listed = [f"{name}={headers}" for name, headers in words.items()]
    script = [str(HERE / "searches.py"), group, unicast, str(MX + LAG)]
    ended = control.run(sys.executable, *script, *listed, seconds=PATIENCE)
    assert ended.returncode == 0, ended.stderr
    ports: dict[str, int] = json.loads(ended.stdout)
    return ports


def use(control: Host, location: str) -> None:
    """Describe it, subscribe, have something change, and end the subscription."""
    assert control.run(*client("describe", location)).returncode == 0
    listening = control.start(*client("subscribe", location, "WANIPC"), name="listening")
    listening.wait_for(lambda: len(listening.printed()) >= 1, "the first event", CLIENT_SECONDS)
    assert control.run(*client("igd", "add", location, "8080")).returncode == 0
    listening.wait_for(lambda: len(listening.printed()) >= 2, "the second event", CLIENT_SECONDS)
    listening.interrupt()


def listen(control: Host, location: str) -> None:
    """Subscribe, and wait for the initial event."""
    listening = control.start(*client("subscribe", location, "WANIPC"), name="listening-on-ipv6")
    listening.wait_for(lambda: bool(listening.printed()), "the initial event", CLIENT_SECONDS)
    listening.interrupt()


def ask_by_hand(control: Host, location: str) -> dict[str, tuple[int, dict[str, str]]]:
    """Ask what programs do not, and return what was answered."""
    url = urlsplit(location)
    heads = [[line.format(control=control.ipv4) for line in lines] for _, lines in REQUESTS.values()]
    script = (str(HERE / "raw_requests.py"), str(url.hostname), str(url.port), json.dumps(heads))
    ended = control.run(sys.executable, *script)
    assert ended.returncode == 0, ended.stderr
    return dict(zip(REQUESTS, (tuple(one) for one in json.loads(ended.stdout)), strict=True))
