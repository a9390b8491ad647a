"""Messages of SSDP as they were captured: read by tshark, and to the letter by us.

`story` and `test_refresh` look at what a device of ours says. It imports only the standard library.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tests.interop.capture import Capture, Packet
from tests.interop.network import wait_until

# The headers of each message, as the UDA has them.
ALIVE = {"HOST", "CACHE-CONTROL", "LOCATION", "NT", "NTS", "SERVER", "USN", "BOOTID", "CONFIGID"}
ANSWER = {"CACHE-CONTROL", "DATE", "EXT", "LOCATION", "SERVER", "ST", "USN", "BOOTID", "CONFIGID"}
UPDATE = {"HOST", "LOCATION", "NT", "NTS", "USN", "BOOTID", "CONFIGID", "NEXTBOOTID"}
BYEBYE = {"HOST", "NT", "NTS", "USN", "BOOTID", "CONFIGID"}
MORE = {"OPT", "01-NLS"}  # for control points of UDA 1.0 over IPv6


@dataclass(frozen=True)
class Spoken:
    """A message of SSDP from a device: its start line and headers, and the packet that it came in."""

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

    def has(self, names: set[str], family: str) -> bool:
        """Tell whether it has these headers, and over IPv6 those for UDA 1.0 beside."""
        return self.headers.keys() == (names | MORE if family == "ipv6" else names)


def spoken_by(address: str, packets: Iterable[Packet]) -> list[Spoken]:
    """Return the messages of SSDP that a device sent from an address, in order."""
    return [read(packet) for packet in packets if packet.stream is None and packet.source == address]


def read(packet: Packet) -> Spoken:
    """Read a message of SSDP, to the letter: a start line, headers each once, an empty line, no body.

    AssertionError for what is none, or is another one to tshark.
    """
    assert packet.message is not None, f"SSDP is all that a device says over UDP: {packet}"
    assert not packet.flaws, packet
    text = packet.payload.decode("ascii")
    assert text.endswith("\r\n\r\n"), "an empty line ends the headers (D-003), and there is no body (D-006)"
    start, *lines = text[:-4].split("\r\n")
    pairs = [line.split(":", 1) for line in lines]
    assert all(re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", name) for name, _ in pairs)
    headers = {name.upper(): value.strip() for name, value in pairs}
    assert len(headers) == len(pairs), f"each header once: {pairs}"
    assert (packet.message.start, packet.message.headers) == (start, headers), "tshark reads the same"
    assert not packet.message.body
    return Spoken(packet, start, {name.removesuffix(".UPNP.ORG"): value for name, value in headers.items()})


def await_notifies(capture: Capture, group: str, count: int, seconds: float) -> None:
    """Wait until so many announcements to a group have been captured."""

    def are_there() -> bool:
        targets = [packet.target for packet in capture.packets() if packet.payload.startswith(b"NOTIFY")]
        return targets.count(group) >= count

    wait_until(are_there, f"{count} announcements to {group}", seconds)
