"""What goes over the wire at a host of the network: captured by tcpdump, read by what comes with Python.

`tests/interop/test_captures.py` looks at it. It knows Ethernet, IP, UDP and as much of TCP as puts a stream
together; nothing of UPnP. It imports only the standard library.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Self

from tests.interop.network import INTERFACE, Host, Program

PROGRAMS = ("tcpdump",)
START_SECONDS = 20.0
BUFFER_KIB = "16384"
MAGIC = 0xA1B2C3D4  # of a capture with microseconds
ETHERNET = 1
IPV4, IPV6, TCP, UDP = 0x0800, 0x86DD, 6, 17
SYN = 0x02


@dataclass(frozen=True)
class Packet:
    """A datagram, or a segment of TCP; ``hops`` is TTL or hop limit, ``time`` in seconds."""

    time: float
    source: str
    source_port: int
    target: str
    target_port: int
    hops: int
    payload: bytes
    seq: int | None = None
    """The number of the first byte of a segment; None for a datagram."""

    @property
    def way(self) -> tuple[str, int, str, int]:
        """From where to where it went."""
        return self.source, self.source_port, self.target, self.target_port


class Capture:
    """Everything that an interface of a host sends and receives, from `start` to `stop`."""

    def __init__(self, host: Host, interface: str = INTERFACE) -> None:
        """Take the interface."""
        self.host = host
        self.interface = interface
        self.path = host.network.directory / f"{host.name}-{interface}.pcap"
        self._program: Program | None = None

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    def start(self) -> None:
        """Begin to capture; it has begun when this returns."""
        # not --immediate-mode: its buffer has room for a few packets only, and the others would be lost
        words = ["tcpdump", "-i", self.interface, "-U", "-n", "-B", BUFFER_KIB, "-w"]
        name = f"tcpdump-{len(self.host.network.programs)}"
        program = self._program = self.host.start(*words, str(self.path), "-Z", "root", name=name)
        program.wait_for(
            lambda: "listening on" in program.complained(), "the capture to begin", START_SECONDS
        )

    def stop(self) -> None:
        """End it; what was captured stays to be read."""
        if self._program is not None:
            self._program.interrupt()

    def packets(self) -> list[Packet]:
        """Return what has been captured so far, in order."""
        return [packet for time, frame in frames(self.path) if (packet := read_frame(time, frame))]


def frames(path: Path) -> Iterator[tuple[float, bytes]]:
    """Yield the frames of a capture, each with its time; one that is still being written is left out."""
    data = path.read_bytes()
    if len(data) < 24:
        return
    order = "<" if struct.unpack("<I", data[:4])[0] == MAGIC else ">"
    assert struct.unpack(f"{order}I", data[20:24])[0] == ETHERNET, "captured on an interface of Ethernet"
    at = 24
    while at + 16 <= len(data):
        seconds, micros, length, _ = struct.unpack(f"{order}IIII", data[at : at + 16])
        frame = data[at + 16 : at + 16 + length]
        if len(frame) < length:
            return
        yield seconds + micros / 1e6, frame
        at += 16 + length


def read_frame(time: float, frame: bytes) -> Packet | None:
    """Read a frame of Ethernet; None for what is neither UDP nor TCP over IP, and for fragments."""
    kind, packet = int.from_bytes(frame[12:14]), frame[14:]
    if kind == IPV4:
        length, protocol, hops = (packet[0] & 15) * 4, packet[9], packet[8]
        if int.from_bytes(packet[6:8]) & 0x3FFF:
            return None
        hosts, inside = (packet[12:16], packet[16:20]), packet[length : int.from_bytes(packet[2:4])]
    elif kind == IPV6:
        protocol, hops = packet[6], packet[7]
        hosts, inside = (packet[8:24], packet[24:40]), packet[40 : 40 + int.from_bytes(packet[4:6])]
    else:
        return None
    source, target = (str(ip_address(host)) for host in hosts)
    ports = int.from_bytes(inside[:2]), int.from_bytes(inside[2:4])
    if protocol == UDP:
        return Packet(time, source, ports[0], target, ports[1], hops, inside[8:])
    if protocol == TCP:
        seq = int.from_bytes(inside[4:8]) + bool(inside[13] & SYN)
        return Packet(time, source, ports[0], target, ports[1], hops, inside[(inside[12] >> 4) * 4 :], seq)
    return None


def streams(packets: list[Packet]) -> dict[tuple[str, int, str, int], bytes]:
    """Return what was sent over TCP each way, put together; what was sent twice counts once."""
    parts: dict[tuple[str, int, str, int], dict[int, bytes]] = {}
    for packet in packets:
        if packet.seq is not None:
            known = parts.setdefault(packet.way, {})
            if len(packet.payload) > len(known.get(packet.seq, b"")):
                known[packet.seq] = packet.payload
    return {way: b"".join(found[seq] for seq in sorted(found)) for way, found in parts.items()}
