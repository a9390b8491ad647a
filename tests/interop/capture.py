"""What goes over the wire at a host of the network: captured by tshark, and read by it.

`tests/interop/story.py` and `test_refresh.py` take captures. What a packet says is Wireshark's judgement, not
ours: it knows IP, UDP, TCP, HTTP, SSDP and XML, and tells what is wrong. Here is nothing about UPnP. It
imports only the standard library.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from tests.interop.network import INTERFACE, Host, Program

PROGRAMS = ("tshark",)
START_SECONDS = 30.0
END_SECONDS = 30.0
BUFFER_MIB = "16"
DISCARD = 9  # a port that nobody listens to (RFC 863)

# The answers to searches go between ports of no protocol: whatever is no TCP here is read as SSDP.
READ_AS = "udp.port==1024-65535,ssdp"
FIELDS = (
    "frame.number",
    "frame.time_epoch",
    "ip.src",
    "ip.dst",
    "ip.ttl",
    "ipv6.src",
    "ipv6.dst",
    "ipv6.hlim",
    "udp.srcport",
    "udp.dstport",
    "udp.payload",
    "tcp.srcport",
    "tcp.dstport",
    "tcp.stream",
    "tcp.len",
    "http.request.method",
    "http.request.uri",
    "http.request.version",
    "http.request.line",
    "http.response.version",
    "http.response.code",
    "http.response.phrase",
    "http.response.line",
    "http.unknown_header",
    "http.file_data",
    "_ws.malformed",
    "_ws.expert.severity",
    "_ws.expert.group",
    "_ws.expert.message",
)
# Headers that tshark has fields for; of a request over UDP it gives no lines.
NAMED = {
    "http.host": "HOST",
    "http.cache_control": "CACHE-CONTROL",
    "http.location": "LOCATION",
    "http.server": "SERVER",
    "http.user_agent": "USER-AGENT",
    "http.date": "DATE",
    "http.content_type": "CONTENT-TYPE",
    "http.content_length_header": "CONTENT-LENGTH",
}
WARNING = 0x600000  # of the severities of experts: comment, chat, note, warning, error
SEQUENCE = 0x2000000  # the group about the flow of TCP, which ends as whoever ends first wants it

# Runs on the host: sends an empty datagram through an interface, for the capture to end with.
MARK = """
import socket, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, sys.argv[1].encode())
    sock.sendto(b"", ("255.255.255.255", int(sys.argv[2])))
"""


@dataclass(frozen=True)
class Message:
    """A message of HTTP or SSDP: its start line, its headers by their names in capitals, its body."""

    start: str
    pairs: tuple[tuple[str, str], ...]
    body: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers; AssertionError where one is there twice."""
        found = dict(self.pairs)
        assert len(found) == len(self.pairs), f"each header once: {self.pairs}"
        return found


@dataclass(frozen=True)
class Packet:
    """A datagram, or a segment of TCP; ``hops`` is TTL or hop limit, ``time`` in seconds."""

    number: int
    time: float
    source: str
    source_port: int
    target: str
    target_port: int
    hops: int
    size: int
    stream: int | None
    """The number of the connection; None for a datagram."""
    payload: bytes
    """What is in a datagram, to the byte."""
    message: Message | None
    """What it is, or ends with it."""
    flaws: tuple[str, ...]
    """What tshark finds wrong."""


class Capture:
    """Everything that an interface of a host sends and receives, from `start` to `stop`."""

    def __init__(self, host: Host, interface: str = INTERFACE) -> None:
        """Take the interface."""
        self.host = host
        self.interface = interface
        self._program: Program | None = None

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    @property
    def program(self) -> Program:
        """The program that captures."""
        assert self._program is not None, "start it first"
        return self._program

    def start(self) -> None:
        """Begin to capture; it has begun when this returns."""
        network = self.host.network
        name = f"tshark-{len(network.programs)}"
        room = {"TMPDIR": str(network.directory)}  # for what is captured and not yet read
        self._program = self.host.start(*command(self.interface), name=name, environment=room)
        # "Capturing on" comes before the interface is opened, this comes after
        self._program.wait_for(
            lambda: "Capture started" in self.program.complained(), "the capture to begin", START_SECONDS
        )

    def stop(self) -> None:
        """End it, with all that has been on the wire; it stays to be read."""
        if self._program is None or not self._program.runs:
            return
        # the kernel hands packets over in blocks, and an end that came before a block was full would lose it
        marked = self.host.run(sys.executable, "-I", "-S", "-c", MARK, self.interface, str(DISCARD))
        assert marked.returncode == 0, marked.stderr
        self._program.wait_for(self._has_mark, "the end of what was sent", END_SECONDS)
        self._program.interrupt()

    def _has_mark(self) -> bool:
        return any(packet.target_port == DISCARD and not packet.size for packet in self.packets())

    def packets(self) -> list[Packet]:
        """Return what has been captured so far of UDP and TCP, in order."""
        found = []
        for line in self.program.printed():
            fields = json.loads(line).get("layers")  # the other lines are for a database
            if fields and (packet := read(fields)):
                found.append(packet)
        return found


def command(interface: str) -> list[str]:
    """Return the command line that captures, and prints each packet as a line of JSON."""
    words = ["tshark", "-i", interface, "-n", "-B", BUFFER_MIB, "-l"]
    words += ["-d", READ_AS, "-o", "tcp.try_heuristic_first:TRUE", "-T", "ek"]
    for field in (*FIELDS, *NAMED):
        words += ["-e", field]
    return words


def read(fields: Mapping[str, list[str]]) -> Packet | None:
    """Read what tshark has found in a packet; None for what is neither UDP nor TCP over IP."""

    def all_of(name: str) -> list[str]:
        return fields.get(name.replace(".", "_"), [])

    def first(*names: str) -> str:
        return next((found[0] for name in names if (found := all_of(name))), "")

    ports = first("udp.srcport", "tcp.srcport"), first("udp.dstport", "tcp.dstport")
    if not all(ports):
        return None
    payload = bytes.fromhex(first("udp.payload").replace(":", ""))
    stream = first("tcp.stream")
    return Packet(
        number=int(first("frame.number")),
        time=float(first("frame.time_epoch")),
        source=first("ip.src", "ipv6.src"),
        source_port=int(ports[0]),
        target=first("ip.dst", "ipv6.dst"),
        target_port=int(ports[1]),
        hops=int(first("ip.ttl", "ipv6.hlim")),
        size=int(first("tcp.len")) if stream else len(payload),
        stream=int(stream) if stream else None,
        payload=payload,
        message=read_message(fields),
        flaws=read_flaws(fields),
    )


def read_message(fields: Mapping[str, list[str]]) -> Message | None:
    """Read the message that ends with a packet, None where none does; AssertionError for several."""

    def all_of(name: str) -> list[str]:
        return fields.get(name.replace(".", "_"), [])

    request = [all_of(f"http.request.{part}") for part in ("method", "uri", "version")]
    answer = [all_of(f"http.response.{part}") for part in ("version", "code", "phrase")]
    words = request if request[0] else answer
    if not words[0]:
        return None
    assert all(len(one) == 1 for one in words), f"one message in a packet: {fields}"
    lines = all_of("http.request.line") + all_of("http.response.line")
    if not lines:
        lines = [f"{name}:{value}" for field, name in NAMED.items() for value in all_of(field)]
        lines += all_of("http.unknown_header")
    pairs = [line.replace("\\r\\n", "").partition(":") for line in lines]
    return Message(
        start=" ".join(one[0] for one in words),
        pairs=tuple((name.strip().upper(), value.strip()) for name, _, value in pairs),
        body="".join(all_of("http.file_data")).replace("\\n", "\n"),
    )


def read_flaws(fields: Mapping[str, list[str]]) -> tuple[str, ...]:
    """Return what is wrong with a packet, beside how its connection flows."""
    experts = (fields.get(f"_ws_expert_{part}", []) for part in ("severity", "group", "message"))
    found = [
        message
        for severity, group, message in zip(*experts, strict=True)
        if int(severity) >= WARNING and int(group) != SEQUENCE
    ]
    return tuple(found + ["malformed" for _ in fields.get("_ws_malformed", [])])
