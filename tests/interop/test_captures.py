"""Our device on the wire, as tcpdump captures it: what it announces, answers, tells and says at the end."""

import itertools
import json
import re
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.interop.capture import PROGRAMS, Capture, Packet, streams
from tests.interop.conftest import require
from tests.interop.lab import CLIENT_SECONDS, IPV6_SECONDS
from tests.interop.network import INTERFACE, Host, Network, Program, interruptible, unmet_needs, wait_until
from tests.interop.router import client, run_or_fail

pytestmark = pytest.mark.interop
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

# The headers of each message, as the UDA has them.
ALIVE = {"HOST", "CACHE-CONTROL", "LOCATION", "NT", "NTS", "SERVER", "USN", "BOOTID", "CONFIGID"}
ANSWER = {"CACHE-CONTROL", "DATE", "EXT", "LOCATION", "SERVER", "ST", "USN", "BOOTID", "CONFIGID"}
UPDATE = {"HOST", "LOCATION", "NT", "NTS", "USN", "BOOTID", "CONFIGID", "NEXTBOOTID"}
BYEBYE = {"HOST", "NT", "NTS", "USN", "BOOTID", "CONFIGID"}
MORE = {"OPT", "01-NLS"}  # for control points of UDA 1.0 over IPv6


@dataclass(frozen=True)
class Message:
    """A message of SSDP: its start line and headers, and the packet that it came in."""

    packet: Packet
    start: str
    headers: dict[str, str]

    @property
    def kind(self) -> str:
        """What NTS says, or "answer"."""
        return self.headers.get("NTS", "answer")

    @property
    def what(self) -> tuple[str, str]:
        """What it is about: NT or ST, and USN."""
        return self.headers.get("NT", self.headers.get("ST", "")), self.headers["USN"]


@dataclass
class Story:
    """What happened, and all that was captured of it."""

    lines: dict[str, list[Packet]] = field(default_factory=dict)
    ports: dict[str, dict[str, int]] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    location: str = ""
    asked: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)

    def sent(self, family: str = "ipv4", line: str = INTERFACE, kind: str = "") -> list[Message]:
        """Return the messages of SSDP that our device sent, in order."""
        address = self.addresses[family if line == INTERFACE else line]
        packets = [p for p in self.lines[line] if p.seq is None and p.source == address]
        return [one for p in packets if (one := read(p)) is not None and kind in ("", one.kind)]

    def answers(self, search: str, family: str = "ipv4") -> list[Message]:
        """Return what came for a search."""
        port = self.ports[family][search]
        return [one for one in self.sent(family, kind="answer") if one.packet.target_port == port]

    def asked_at(self, search: str, family: str = "ipv4") -> float:
        """Return when a search was sent."""
        port = self.ports[family][search]
        return next(
            p.time for p in self.lines[INTERFACE] if p.source_port == port and p.payload.startswith(b"M-S")
        )


def read(packet: Packet) -> Message | None:
    """Read a message of SSDP, to the letter: a start line, headers each once, an empty line, no body."""
    if packet.source_port != 1900 and packet.target_port != 1900 and b"\r\nUSN:" not in packet.payload:
        return None
    text = packet.payload.decode("ascii")
    assert text.endswith("\r\n\r\n"), "an empty line ends the headers (D-003), and there is no body (D-006)"
    start, *lines = text[:-4].split("\r\n")
    pairs = [line.split(":", 1) for line in lines]
    names = [name.upper().removesuffix(".UPNP.ORG") for name, _ in pairs]
    assert len(set(names)) == len(names), f"each header once: {names}"
    assert all(re.fullmatch(r"[A-Z0-9!#$%&'*+.^_`|~-]+", name) for name in names)
    return Message(packet, start, dict(zip(names, (value.strip() for _, value in pairs), strict=True)))


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    """Publish a device, search for it, use it, give it an address more, end it, and begin again."""
    require(unmet_needs(PROGRAMS))
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

    def await_notifies(capture: Capture, family: str, count: int) -> None:
        group = GROUPS[family]
        wait_until(
            lambda: sum(is_notify(packet, group) for packet in capture.packets()) >= count,
            f"{count} announcements to {group}",
            PATIENCE,
        )

    alive = EACH * REPEATS
    program = start(device, "--later", SECOND_IPV4[30])
    found.location = program.printed()[0]
    await_notifies(first, "ipv4", alive)
    await_notifies(first, "ipv6", alive)
    found.ports["ipv4"] = search(control, GROUPS["ipv4"], device.ipv4)
    found.ports["ipv6"] = search(control, f"{GROUPS['ipv6']}%{INTERFACE}", f"{device.ipv6}%{INTERFACE}")
    use(control, found.location)
    found.asked = ask_by_hand(control, found.location)
    program.process.send_signal(signal.SIGUSR1)
    await_notifies(first, "ipv4", 2 * alive + EACH)
    await_notifies(first, "ipv6", 2 * alive + EACH)
    await_notifies(second, "ipv4", alive)
    elsewhere = found.location.replace(device.ipv4, SECOND_IPV4[30])
    assert control.run(*client("describe", elsewhere)).returncode == 0
    assert program.stop() == 0
    await_notifies(first, "ipv4", 2 * alive + EACH + BYEBYES * EACH)
    again = start(device)
    await_notifies(first, "ipv4", 3 * alive + EACH + BYEBYES * EACH)
    again.kill()
    found.lines = {INTERFACE: first.packets(), SECOND: second.packets()}
    return found


def is_notify(packet: Packet, group: str) -> bool:
    """Tell whether it is an announcement to a group."""
    return packet.target == group and packet.payload.startswith(b"NOTIFY")


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


def ask_by_hand(control: Host, location: str) -> dict[str, tuple[int, dict[str, str]]]:
    """Ask what programs do not, and return what was answered."""
    url = urlsplit(location)
    heads = [[line.format(control=control.ipv4) for line in lines] for _, lines in REQUESTS.values()]
    script = (str(HERE / "raw_requests.py"), str(url.hostname), str(url.port), json.dumps(heads))
    ended = control.run(sys.executable, *script)
    assert ended.returncode == 0, ended.stderr
    return dict(zip(REQUESTS, (tuple(one) for one in json.loads(ended.stdout)), strict=True))


families = pytest.mark.parametrize("family", ["ipv4", "ipv6"])


# --- Announcements ---


def first_life(messages: list[Message]) -> list[Message]:
    """Return the messages with the first BOOTID."""
    return [one for one in messages if one.headers["BOOTID"] == messages[0].headers["BOOTID"]]


@families
@pytest.mark.uda("D-012", "D-013", "D-014", "D-015", "D-018", "D-039")
def test_each_thing_is_announced_three_times_at_the_start(story: Story, family: str) -> None:
    alive = first_life(story.sent(family, kind="ssdp:alive"))
    counted = Counter(one.what for one in alive)
    assert len(counted) == EACH
    assert set(counted.values()) == {REPEATS}
    udns = {usn.partition("::")[0] for _, usn in counted}
    assert len(udns) == 3
    kinds = Counter(nt for nt, _ in counted)
    assert kinds["upnp:rootdevice"] == 1
    for nt, usn in counted:
        udn = usn.partition("::")[0]
        assert usn == (udn if nt == udn else f"{udn}::{nt}")
    sets = [[one.what for one in alive[EACH * n : EACH * (n + 1)]] for n in range(REPEATS)]
    assert sets[0] == sets[1] == sets[2]
    starts = [alive[EACH * n].packet.time for n in range(REPEATS)]
    assert all(later - earlier >= 0.2 for earlier, later in itertools.pairwise(starts))


@families
@pytest.mark.uda("D-001", "D-003", "D-006", "D-007", "D-011", "D-020", "D-024", "D-026", "V-001", "V-006")
def test_an_announcement_to_the_letter(story: Story, family: str) -> None:
    for one in story.sent(family, kind="ssdp:alive"):
        assert one.start == "NOTIFY * HTTP/1.1"
        assert is_of(one, ALIVE, family)
        assert (one.packet.target, one.packet.target_port) == (GROUPS[family], 1900)
        host = one.headers["HOST"].lower()
        assert host == ("239.255.255.250:1900" if family == "ipv4" else "[ff02::c]:1900")
        assert one.headers["CACHE-CONTROL"] == "max-age=1800"
        assert len(one.packet.payload) <= 512
        check_common(story, one)


def is_of(message: Message, names: set[str], family: str) -> bool:
    """Tell whether a message has these headers, and over IPv6 those for UDA 1.0 beside."""
    return message.headers.keys() == (names | MORE if family == "ipv6" else names)


def check_common(story: Story, message: Message) -> None:
    """Look at what announcements and answers have in common."""
    assert re.match(r"\S+/\S+ UPnP/2\.0 \S+/\S+$", message.headers["SERVER"])
    assert re.fullmatch(r"0|[1-9][0-9]*", message.headers["BOOTID"])
    assert int(message.headers["BOOTID"]) < 2**31
    assert int(message.headers["CONFIGID"]) < 2**24
    path = urlsplit(story.location).path
    assert urlsplit(message.headers["LOCATION"]).path == path


@pytest.mark.uda("D-036")
def test_announcements_go_two_hops(story: Story) -> None:
    assert {one.packet.hops for one in story.sent(kind="ssdp:alive")} == {2}


@pytest.mark.uda("V-003", "V-004", "D-024", "D-037")
def test_location_is_at_the_address_that_a_message_comes_from(story: Story) -> None:
    lines = [("ipv4", INTERFACE), ("ipv6", INTERFACE), ("ipv4", SECOND)]
    for family, line in lines:
        messages = [one for one in story.sent(family, line) if "LOCATION" in one.headers]
        hosts = {urlsplit(one.headers["LOCATION"]).hostname for one in messages}
        assert hosts == {story.addresses[family if line == INTERFACE else line]}
        assert not any("%" in one.headers["LOCATION"] for one in messages)


@pytest.mark.uda("D-028", "D-029", "D-033")
def test_bootid_stays_in_a_life_and_rises_with_each_start(story: Story) -> None:
    boot_ids = [int(one.headers["BOOTID"]) for one in story.sent()]
    lives = [boot_id for boot_id, _ in itertools.groupby(boot_ids)]
    assert len(lives) == 3, "the first, with an address more, and started again"
    assert lives == sorted(lives)
    assert len({one.headers["CONFIGID"] for one in story.sent()}) == 1
    first = first_life(story.sent())
    assert {one.kind for one in first} == {"ssdp:alive", "answer", "ssdp:update"}


@families
@pytest.mark.uda("D-037", "D-045")
def test_one_more_address_is_told_by_an_update_first(story: Story, family: str) -> None:
    messages = [one for one in story.sent(family) if one.kind != "answer"]
    updates = [one for one in messages if one.kind == "ssdp:update"]
    assert Counter(one.what for one in updates) == dict.fromkeys({one.what for one in messages}, 1)
    for one in updates:
        assert is_of(one, UPDATE, family)
        assert int(one.headers["NEXTBOOTID"]) > int(one.headers["BOOTID"])
    after = messages[messages.index(updates[-1]) + 1]
    assert (after.kind, after.headers["BOOTID"]) == ("ssdp:alive", updates[0].headers["NEXTBOOTID"])
    there = story.sent(line=SECOND, kind="ssdp:alive")
    assert {one.headers["BOOTID"] for one in there} == {after.headers["BOOTID"]}
    assert set(Counter(one.what for one in there).values()) == {REPEATS}


@families
@pytest.mark.uda("D-042")
def test_byebye_is_said_of_each_thing_that_was_announced(story: Story, family: str) -> None:
    messages = story.sent(family)
    byebyes = [one for one in messages if one.kind == "ssdp:byebye"]
    announced = {one.what for one in messages if one.kind == "ssdp:alive"}
    assert Counter(one.what for one in byebyes) == dict.fromkeys(announced, BYEBYES)
    for one in byebyes:
        assert is_of(one, BYEBYE, family)
    last = [one.headers["BOOTID"] for one in messages if one.kind == "ssdp:alive"]
    assert {one.headers["BOOTID"] for one in byebyes} == {last[2 * EACH * REPEATS - 1]}


# --- Answers to searches ---


@families
@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.uda("D-015", "D-052", "D-055", "D-056", "D-057")
def test_a_search_is_answered_by_what_it_asks_for(story: Story, family: str, name: str) -> None:
    answers = story.answers(name, family)
    assert len(answers) == len({one.what for one in answers}) == COUNTS[name]
    if name == "all":
        announced = {one.what for one in story.sent(family, kind="ssdp:alive")}
        assert {one.what for one in answers} == announced
    else:
        assert {one.headers["ST"] for one in answers} == {SEARCHES[name]}
    asked = story.asked_at(name, family)
    assert all(0 <= one.packet.time - asked <= MX + LAG for one in answers)


@families
@pytest.mark.uda("D-052")
def test_answers_are_spread_over_the_time_that_there_is(story: Story, family: str) -> None:
    times = [one.packet.time for one in story.answers("all", family)]
    assert times[-1] - times[0] > MX / 10


@families
@pytest.mark.parametrize("name", SILENT)
@pytest.mark.uda("D-050", "D-056", "D-057", "D-058")
def test_other_searches_are_not_answered(story: Story, family: str, name: str) -> None:
    assert story.answers(name, family) == []


@pytest.mark.uda("D-064")
def test_who_asks_from_the_internet_is_not_answered(story: Story) -> None:
    assert story.asked_at(f"from:{OUTSIDE}"), "it came to the line"
    assert story.answers(f"from:{OUTSIDE}") == []


@families
@pytest.mark.uda("D-061")
def test_a_search_for_this_device_alone_needs_no_mx(story: Story, family: str) -> None:
    answers = story.answers("unicast", family)
    assert len(answers) == EACH


@families
@pytest.mark.uda("D-001", "D-006", "D-055", "D-059", "C-033")
def test_an_answer_to_the_letter(story: Story, family: str) -> None:
    for one in story.sent(family, kind="answer"):
        assert one.start == "HTTP/1.1 200 OK"
        assert is_of(one, ANSWER, family)
        assert one.headers["EXT"] == ""
        assert one.headers["CACHE-CONTROL"] == "max-age=1800"
        parsedate_to_datetime(one.headers["DATE"])
        check_common(story, one)


# --- Over TCP ---


@pytest.mark.uda("C-033", "S-004")
def test_answers_leave_by_the_address_and_the_line_of_the_request(story: Story) -> None:
    for line, address in ((INTERFACE, story.addresses["ipv4"]), (SECOND, SECOND_IPV4[30])):
        packets = [p for p in story.lines[line] if p.seq is not None and p.source_port == 8000]
        assert {p.source for p in packets} == {address}
        answers = [text for way, text in streams(packets).items() if text]
        assert answers
        assert all(text.startswith(b"HTTP/1.1 ") for text in answers)


@dataclass(frozen=True)
class Said:
    """One message of HTTP: its start line, headers and body, and when its first byte was on the wire."""

    start: str
    headers: dict[str, str]
    body: str
    time: float
    way: tuple[str, int, str, int]


def said(story: Story, start: str) -> list[Said]:
    """Return the messages of HTTP that begin so, in order."""
    packets = [p for p in story.lines[INTERFACE] if p.seq is not None and p.payload]
    found = [one for way, text in streams(packets).items() for one in split(text, way, packets)]
    return sorted((one for one in found if one.start.startswith(start)), key=lambda one: one.time)


def split(text: bytes, way: tuple[str, int, str, int], packets: list[Packet]) -> Iterator[Said]:
    """Yield the messages that went one way over a connection."""
    while text:
        head, _, rest = text.partition(b"\r\n\r\n")
        start, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        headers = {name.upper(): value.strip() for name, _, value in pairs}
        length = int(headers.get("CONTENT-LENGTH", "0"))
        time = next(
            p.time for p in packets if p.way == way and p.payload[:200] == text[: len(p.payload[:200])]
        )
        yield Said(start, headers, rest[:length].decode(), time, way)
        text = rest[length:]


def answer_to(story: Story, request: Said) -> Said:
    """Return what was answered to a request: on its connection, the first after it."""
    back = (*request.way[2:], *request.way[:2])
    return next(one for one in said(story, "HTTP/1.1") if one.way == back and one.time >= request.time)


@pytest.mark.uda("S-004", "S-011", "S-012")
def test_the_description_has_the_number_of_the_announcements(story: Story) -> None:
    asked = said(story, f"GET {urlsplit(story.location).path} ")[0]
    answer = answer_to(story, asked)
    assert answer.headers["CONTENT-TYPE"] == 'text/xml; charset="utf-8"'
    assert f'configId="{story.sent()[0].headers["CONFIGID"]}"' in answer.body


@pytest.mark.uda("C-005", "C-007", "C-015")
def test_the_answer_to_a_call_to_the_letter(story: Story) -> None:
    call = next(one for one in said(story, "POST ") if f'"{WAN}#AddPortMapping"' in one.headers["SOAPACTION"])
    answer = answer_to(story, call)
    assert {"EXT", "DATE", "SERVER", "CONTENT-LENGTH"} <= answer.headers.keys()
    assert answer.headers["CONTENT-TYPE"] == 'text/xml; charset="utf-8"'
    assert 'encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"' in answer.body
    assert re.search(rf'<(\w+):AddPortMappingResponse xmlns:\1="{WAN}"', answer.body)


@pytest.mark.uda("E-011", "E-027", "E-028", "E-030", "E-034")
def test_a_subscription_and_its_events_to_the_letter(story: Story) -> None:
    answer = answer_to(story, said(story, "SUBSCRIBE ")[0])
    assert {"DATE", "SERVER", "SID", "TIMEOUT"} <= answer.headers.keys()
    assert answer.headers["CONTENT-LENGTH"] == "0"
    assert re.fullmatch(r"uuid:[0-9a-f-]{36}", answer.headers["SID"])
    assert re.fullmatch(r"Second-[0-9]+", answer.headers["TIMEOUT"])
    events = said(story, "NOTIFY ")
    assert events[0].time >= answer.time
    for number, event in enumerate(events):
        assert (event.headers["NT"], event.headers["NTS"]) == ("upnp:event", "upnp:propchange")
        assert (event.headers["SID"], event.headers["SEQ"]) == (answer.headers["SID"], str(number))
        assert event.headers["CONTENT-TYPE"] == 'text/xml; charset="utf-8"'
        assert {"HOST", "CONTENT-LENGTH"} <= event.headers.keys()
    told = [set(re.findall(r"<e:property><(\w+)>", event.body)) for event in events]
    assert told[0] == {
        "PossibleConnectionTypes",
        "ConnectionStatus",
        "ExternalIPAddress",
        "PortMappingNumberOfEntries",
        "SystemUpdateID",
    }
    assert told[1:] == [{"PortMappingNumberOfEntries", "SystemUpdateID"}], "what has changed"


@pytest.mark.parametrize("name", REQUESTS)
@pytest.mark.uda("E-004", "E-005", "E-006", "E-008", "E-021", "E-022", "E-026", "C-032", "S-005")
def test_what_is_asked_by_hand_has_its_status(story: Story, name: str) -> None:
    assert story.asked[name][0] == REQUESTS[name][0]


@pytest.mark.uda("E-013", "E-015", "E-017", "E-021", "S-005")
def test_a_renewal_keeps_the_subscription_and_none_is_for_ever(story: Story) -> None:
    new, renewed = (story.asked[name][1] for name in ("a new one", "renewed"))
    assert re.fullmatch(r"Second-[0-9]+", new["TIMEOUT"])
    assert int(new["TIMEOUT"].partition("-")[2]) >= 1800
    assert (renewed["SID"], renewed["TIMEOUT"]) == (new["SID"], "Second-1800")
    assert story.asked["in German"][1]["CONTENT-LANGUAGE"]


@pytest.mark.uda("E-008")
def test_nothing_is_sent_to_a_third_party(story: Story) -> None:
    for packets in story.lines.values():
        assert not [packet for packet in packets if packet.target in (THIRD, OUTSIDE)]
