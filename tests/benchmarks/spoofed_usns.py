"""One million forged USNs into a running `SsdpListener`: what they cost, and whether real devices stay known.

A plain script on the public API, which so runs on another release as well:

    python tests/benchmarks/spoofed_usns.py [--packets 1000000] [--types 1] [--search] [--long] [--max-age 1]

Prints how much the memory grew, what a packet cost on average and at worst (in time of the processor, so that
waiting for other programs does not count), and whether the two are known. They announce themselves with all
their types beforehand and now and then, as devices do. The garbage collector is off while packets are
measured, and runs between the rounds: what it costs depends on all that the program has. Interrupts and page
faults do count: where the worst packets differ from run to run they tell of the machine.
"""

import argparse
import asyncio
import gc
import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

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


def forged(first: int, options: argparse.Namespace) -> Iterator[tuple[bytes, Address]]:
    """Yield forged packets, from a hundred thousand addresses."""
    for number in range(first, first + ROUND):
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
        self.costs: list[int] = []
        self.worst: list[int] = []
        self.total = self.count = self.slow = 0

    def announce_real(self) -> None:
        """Have the two real devices announce themselves."""
        real = argparse.Namespace(**{**vars(self.options), "max_age": 1800})
        for number, udn in enumerate(REAL):
            host = f"192.168.1.{20 + number}"
            for kind in KINDS:
                self.receive(announcement(udn, kind, host, real), (host, 1900))

    def send(self, packets: Iterator[tuple[bytes, Address]]) -> None:
        """Send packets, and measure each."""
        receive, clock = self.receive, time.thread_time_ns
        costs = []
        for data, sender in packets:
            start = clock()
            receive(data, sender)
            costs.append(clock() - start)
        self.total += sum(costs)
        self.count += len(costs)
        self.slow += sum(cost > SLOW for cost in costs)
        self.worst = sorted([*self.worst, *sorted(costs)[-10:]])[-10:]

    async def run(self) -> None:
        """Send all packets, in rounds."""
        for first in range(0, self.options.packets, ROUND):
            if first % (10 * ROUND) == 0:
                self.announce_real()
            gc.collect()
            if not self.options.gc:
                gc.disable()
            self.send(forged(first, self.options))
            gc.enable()
            await asyncio.sleep(0)

    def report(self, before: int) -> None:
        """Print what came of it."""
        gc.collect()
        now = datetime.now()
        devices = self.listener.devices
        print(f"{async_upnp_client.__name__} {getattr(async_upnp_client, '__version__', '(no version)')}")
        print(f"packets          {self.count}, of {self.options.types} type(s) per device")
        print(f"memory           grew by {(resident() - before) / 2**20:.1f} MiB")
        print(f"devices          {len(devices)} known in the end")
        print(f"mean packet      {self.total / self.count / 1000:.1f} us")
        print(f"above {SLOW // 1000} us     {self.slow} packets")
        print(f"worst packets    {', '.join(f'{cost / 1000:.0f}' for cost in reversed(self.worst))} us")
        for udn in REAL:
            known = devices.get(udn)
            valid_to = getattr(known, "valid_to", None)
            fresh = valid_to is not None and valid_to > now
            print(f"real device      {udn}: {'known' if known else 'gone'}, {'fresh' if fresh else 'stale'}")


async def main() -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packets", type=int, default=1_000_000, help="how many are forged")
    parser.add_argument("--search", action="store_true", help="forge answers to searches")
    parser.add_argument("--types", type=int, default=1, help="types announced of each device")
    parser.add_argument("--long", action="store_true", help="give each message 4,000 bytes more")
    parser.add_argument("--max-age", type=int, default=1800, help="of forged messages, in seconds")
    parser.add_argument("--gc", action="store_true", help="let the garbage collector run as it likes")
    options = parser.parse_args()
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
    before = resident()
    await attack.run()
    attack.report(before)
    await listener.async_stop()


if __name__ == "__main__":
    asyncio.run(main())
