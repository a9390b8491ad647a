"""One million forged USNs into a running `SsdpListener`: what they cost, and whether real devices stay known.

A plain script on the public API, which so runs on another release as well:

    python tests/benchmarks/spoofed_usns.py [PEER_PYTHON] [--packets 1000000] [--types 1] [--search] [--long]

Prints how much the memory grew, what a packet cost on average and at worst, in time of the processor, and
whether the two are known. They announce themselves with all their types beforehand and now and then, as
devices do. Interrupts and page faults count as well, but do not hit the same packet in run after run: the
same packets are sent in each of several runs, each in a process of its own, and the cost of a packet is its
least. The garbage collector runs as it likes, unless told otherwise, and has aiohttp to look through, as in
most programs. With PEER_PYTHON, an interpreter that has another release, that one is measured after, with
fewer packets, as what it takes grows with each.
"""

import argparse
import asyncio
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp  # noqa: F401  # a program that the garbage collector has something to look through in

import async_upnp_client
from async_upnp_client.ssdp_listener import SsdpListener

ROUND = 10_000
SLOW = 200_000  # nanoseconds
REAL = ("uuid:0f0f0f0f-1e1e-2d2d-3c3c-4b4b4b4b4b4b", "uuid:a5a5a5a5-b4b4-c3c3-d2d2-e1e1e1e1e1e1")
KINDS = (
    "upnp:rootdevice",
    "",
    "urn:schemas-upnp-org:device:MediaRenderer:1",
    "urn:schemas-upnp-org:service:AVTransport:1",
    "urn:schemas-upnp-org:service:RenderingControl:1",
    "urn:schemas-upnp-org:service:ConnectionManager:1",
)
Address = tuple[str, int]


class Wire:
    """In the place of a transport."""

    def get_extra_info(self, _name: str, default: Any = None) -> Any:
        """Tell the local address."""
        return ("192.168.1.2", 1900) if _name == "sockname" else default

    def sendto(self, _data: bytes, _address: Any = None) -> None:
        """Send nothing."""

    def is_closing(self) -> bool:
        """Be open."""
        return False

    def close(self) -> None:
        """Be closed."""


class Loop:
    """The running loop, but for datagrams: these are fed by hand."""

    def __init__(self) -> None:
        """Take the loop that runs."""
        self._loop = asyncio.get_running_loop()
        self.protocols: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        """Be the loop that runs."""
        return getattr(self._loop, name)

    async def create_datagram_endpoint(
        self, factory: Callable[[], Any], *_: Any, sock: Any = None, **__: Any
    ) -> tuple[Any, Any]:
        """Make the protocol, without its socket."""
        if sock is not None:
            sock.close()
        protocol, wire = factory(), Wire()
        protocol.connection_made(wire)
        self.protocols.append(protocol)
        return wire, protocol


def announcement(udn: str, kind: str, host: str, options: argparse.Namespace, extra: str = "") -> bytes:
    """Return an ssdp:alive, or the answer to a search."""
    usn = f"{udn}::{kind}" if kind else udn
    first, target = ("HTTP/1.1 200 OK", "ST") if options.search else ("NOTIFY * HTTP/1.1", "NT")
    rest = "EXT:\r\n" if options.search else "HOST: 239.255.255.250:1900\r\nNTS: ssdp:alive\r\n"
    return (
        f"{first}\r\nCACHE-CONTROL: max-age={options.max_age}\r\nLOCATION: http://{host}:49152/description.xml\r\n"
        f"{target}: {kind or udn}\r\n{rest}SERVER: Linux/5.10 UPnP/1.0 GUPnP/1.4.3\r\nUSN: {usn}\r\n"
        f"BOOTID.UPNP.ORG: 1\r\nCONFIGID.UPNP.ORG: 1\r\n{extra}\r\n"
    ).encode()


def forged(first: int, count: int, options: argparse.Namespace) -> Iterator[tuple[bytes, Address]]:
    """Yield forged packets, from a hundred thousand addresses."""
    for number in range(first, first + count):
        device, kind = divmod(number, options.types)
        sender = f"10.{device % 4}.{device // 4 % 200}.{device // 800 % 125 + 1}"
        extra = f"X-{number % 5}: {str(number) * 800}"[:4000] + "\r\n" if options.long else ""
        udn = f"uuid:{device:08x}-5bad-5bad-5bad-{device * 2654435761 % 2**48:012x}"
        kind_name = KINDS[kind] if kind < len(KINDS) else f"urn:forged:service:{kind}:1"
        yield announcement(udn, kind_name, sender, options, extra), (sender, 1900)


def resident() -> int:
    """Return the bytes of memory that the process has."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Attack:
    """A listener, and what is sent to it."""

    def __init__(self, options: argparse.Namespace, listener: SsdpListener, protocol: Any) -> None:
        """Begin with nothing sent."""
        self.options = options
        self.listener = listener
        self.receive = protocol.datagram_received
        # all of it is there from the beginning, so that it does not count as growth
        self.costs = array("I", bytes(4 * options.packets))

    def announce_real(self) -> None:
        """Have the two real devices announce themselves."""
        real = argparse.Namespace(**{**vars(self.options), "max_age": 1800})
        for number, udn in enumerate(REAL):
            host = f"192.168.1.{20 + number}"
            for kind in KINDS:
                self.receive(announcement(udn, kind, host, real), (host, 1900))

    def send(self, first: int, packets: Iterator[tuple[bytes, Address]]) -> None:
        """Send packets, and measure each; `first` is the number of the first."""
        receive, clock, costs = self.receive, time.thread_time_ns, self.costs
        for number, (data, sender) in enumerate(packets, first):
            start = clock()
            receive(data, sender)
            costs[number] = clock() - start

    async def run(self) -> None:
        """Send all packets, in rounds."""
        for first in range(0, self.options.packets, ROUND):
            if first % (10 * ROUND) == 0:
                self.announce_real()
            self.send(first, forged(first, min(ROUND, self.options.packets - first), self.options))
            await asyncio.sleep(0)

    def found(self, before: int) -> dict[str, Any]:
        """Return what came of it."""
        gc.collect()
        now = datetime.now()
        devices = self.listener.devices
        return {
            "release": getattr(async_upnp_client, "__version__", "(no version)"),
            "grew": resident() - before,
            "devices": len(devices),
            "known": sum(udn in devices and devices[udn].valid_to > now for udn in REAL),
        }


async def measure(options: argparse.Namespace) -> tuple[dict[str, Any], "array[int]"]:
    """Send everything once; return what came of it, and what each packet cost."""
    loop = Loop()
    listener = SsdpListener(
        callback=lambda _device, _kind, _source: None,
        source=("127.0.0.1", 0),
        target=("239.255.255.250", 1900),
        loop=loop,  # type: ignore[arg-type]  # a stand-in for the loop
    )
    await listener.async_start()
    attack = Attack(options, listener, loop.protocols[1 if options.search else 0])
    attack.announce_real()
    gc.collect()
    if options.no_gc:
        gc.disable()
    before = resident()
    await attack.run()
    found = attack.found(before)
    await listener.async_stop()
    return found, attack.costs


def run(python: str, arguments: list[str]) -> tuple[dict[str, Any], "array[int]"]:
    """Measure in a process of its own; return what came of it, and what each packet cost."""
    with tempfile.NamedTemporaryFile() as costs:
        command = [python, __file__, *arguments, "--costs", costs.name]
        # the same hashes in each run, so that the same packets find the same tables full
        environment = {**os.environ, "PYTHONHASHSEED": "0"}
        ended = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        each = array("I", Path(costs.name).read_bytes())
        return json.loads(ended.stdout), each


def report(python: str, options: argparse.Namespace, arguments: list[str]) -> None:
    """Measure in several runs, and print what came of it."""
    least: array[int] | None = None
    found: dict[str, Any] = {}
    mean, grew, known = float("inf"), 0, len(REAL)
    for _ in range(options.runs):
        found, each = run(python, arguments)
        mean = min(mean, sum(each) / len(each))
        grew, known = max(grew, found["grew"]), min(known, found["known"])
        least = each if least is None else array("I", map(min, least, each))
    assert least is not None
    slow = [number for number, cost in enumerate(least) if cost > SLOW]
    print(f"async_upnp_client {found['release']}")
    print(f"packets          {len(least)}, of {options.types} type(s) per device; {options.runs} runs")
    print(f"memory           grew by {grew / 2**20:.1f} MiB")
    print(f"devices          {found['devices']} known in the end; of {len(REAL)} real ones {known}")
    print(f"mean packet      {mean / 1000:.1f} us")
    print(
        f"above {SLOW // 1000} us     {len(slow)} packets{': number ' if slow else ''}{str(slow[:10])[1:-1]}"
    )
    print(f"worst packets    {', '.join(f'{cost / 1000:.0f}' for cost in sorted(least)[:-11:-1])} us")


def main() -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peer", nargs="?", help="an interpreter that has another release")
    parser.add_argument("--packets", type=int, default=1_000_000, help="how many are forged")
    parser.add_argument(
        "--peer-packets", type=int, default=20_000, help="how many are sent to the other release"
    )
    parser.add_argument("--runs", type=int, default=3, help="how often the same packets are sent")
    parser.add_argument("--search", action="store_true", help="forge answers to searches")
    parser.add_argument("--types", type=int, default=1, help="types announced of each device")
    parser.add_argument("--long", action="store_true", help="give each message 4,000 bytes more")
    parser.add_argument("--max-age", type=int, default=1800, help="of forged messages, in seconds")
    parser.add_argument("--no-gc", action="store_true", help="keep the garbage collector from running")
    parser.add_argument("--costs", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.costs:
        found, each = asyncio.run(measure(options))
        Path(options.costs).write_bytes(each.tobytes())
        print(json.dumps(found))
        return
    arguments = [f"--types={options.types}", f"--max-age={options.max_age}"]
    arguments += [
        f"--{name}" for name in ("search", "long", "no-gc") if getattr(options, name.replace("-", "_"))
    ]
    report(sys.executable, options, [f"--packets={options.packets}", *arguments])
    if options.peer:
        report(options.peer, options, [f"--packets={options.peer_packets}", *arguments])


if __name__ == "__main__":
    main()
