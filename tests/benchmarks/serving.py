"""What a device serves: searches and actions a second, and events to many of whom some never answer.

    python tests/benchmarks/serving.py [PEER_PYTHON] [--rounds 3] [--subscribers 100] [--deaf 10]

The device is a program of its own, under the interpreter that runs this and, where one is given, under
PEER_PYTHON with another release; they take turns. Whoever asks is this program, and the same for both. The
better figure of the rounds counts. "all of them" is until every subscriber that answers has an event.
"""

import argparse
import asyncio
import contextlib
import json
import os
import socket
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

HOST = "127.0.0.1"
ROOT = Path(__file__).resolve().parents[2]
KIND = "urn:schemas-upnp-org:service:RenderingControl:1"
WINDOW = 16  # searches on their way
CONNECTIONS = 4
PATIENCE = 20.0  # seconds for one event to come to everybody
START_SECONDS = 60.0
SEARCH = 'M-SEARCH * HTTP/1.1\r\nHOST: {host}:{port}\r\nMAN: "ssdp:discover"\r\nST: upnp:rootdevice\r\n\r\n'
CALL = (
    '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    ' s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body><u:{action} xmlns:u="{kind}">'
    "{arguments}</u:{action}></s:Body></s:Envelope>"
)


# --- The device, under either release ---


def serve() -> None:
    """Be the device until standard input ends."""
    # only here: the program that asks may have none of it
    from async_upnp_client.const import DeviceInfo, ServiceInfo
    from async_upnp_client.server import (
        UpnpServer,
        UpnpServerDevice,
        UpnpServerService,
        callable_action,
        create_event_var,
    )

    class Volume(UpnpServerService):
        SERVICE_DEFINITION = ServiceInfo(
            service_id="urn:upnp-org:serviceId:RenderingControl",
            service_type=KIND,
            control_url="/control",
            event_sub_url="/event",
            scpd_url="/scpd.xml",
            xml=ET.Element("server_service"),
        )
        STATE_VARIABLE_DEFINITIONS = {  # noqa: RUF012
            "Volume": create_event_var("ui4", default="0"),
        }

        @callable_action("GetVolume", {}, {"CurrentVolume": "Volume"})
        async def get_volume(self) -> dict[str, Any]:
            return {"CurrentVolume": self.state_variable("Volume")}

        @callable_action("SetVolume", {"DesiredVolume": "Volume"}, {})
        async def set_volume(self, DesiredVolume: int) -> dict[str, Any]:  # noqa: N803
            self.state_variable("Volume").value = DesiredVolume
            return {}

    class Device(UpnpServerDevice):
        DEVICE_DEFINITION = DeviceInfo(
            device_type="urn:schemas-upnp-org:device:MediaRenderer:1",
            friendly_name="Benchmark",
            manufacturer="async-upnp-client",
            manufacturer_url=None,
            model_description=None,
            model_name="Benchmark",
            model_url=None,
            model_number=None,
            serial_number=None,
            udn="uuid:5f9ec1b3-ed59-79bb-4530-0000000000b0",
            upc=None,
            presentation_url=None,
            url="/device.xml",
            icons=[],
            xml=ET.Element("server_device"),
        )
        EMBEDDED_DEVICES = []  # noqa: RUF012
        SERVICES = [Volume]  # noqa: RUF012

    async def run() -> None:
        http_port, ssdp_port = free_port(socket.SOCK_STREAM), free_port(socket.SOCK_DGRAM)
        server = UpnpServer(Device, (HOST, 0), (HOST, ssdp_port), http_port=http_port)
        await server.async_start()
        print(json.dumps({"http": http_port, "ssdp": ssdp_port}), flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        os._exit(0)  # what 0.49.0 still waits for is not of interest

    asyncio.run(run())


def free_port(kind: socket.SocketKind) -> int:
    """Return a port that nobody has."""
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.bind((HOST, 0))
        return int(sock.getsockname()[1])


@contextlib.asynccontextmanager
async def device(python: str, *, is_ours: bool) -> AsyncIterator[dict[str, int]]:
    """Run a device under an interpreter, and give its ports."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    if is_ours:
        environment["PYTHONPATH"] = str(ROOT)
    process = await asyncio.create_subprocess_exec(
        python,
        __file__,
        "--serve",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=environment,
    )
    assert process.stdin is not None, "it is a pipe"
    assert process.stdout is not None, "it is a pipe"
    try:
        ports = json.loads(await asyncio.wait_for(process.stdout.readline(), START_SECONDS))
        yield ports
    finally:
        process.stdin.close()
        await process.wait()


# --- Who asks ---


def searches(port: int, seconds: float) -> float:
    """Return how many searches a second are answered, with a few on their way all the time."""
    packet = SEARCH.format(host=HOST, port=port).encode()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((HOST, 0))
        sock.settimeout(1.0)
        answered = 0
        begin = time.perf_counter()
        for _ in range(WINDOW):
            sock.sendto(packet, (HOST, port))
        while time.perf_counter() < begin + seconds:
            try:
                sock.recv(4096)
            except TimeoutError:  # lost, or not answered at all
                sock.sendto(packet, (HOST, port))
                continue
            answered += 1
            sock.sendto(packet, (HOST, port))
        return answered / (time.perf_counter() - begin)


def call_bytes(action: str, arguments: str, port: int) -> bytes:
    """Return a call as it goes over the wire."""
    body = CALL.format(action=action, kind=KIND, arguments=arguments)
    return (
        f'POST /control HTTP/1.1\r\nHOST: {HOST}:{port}\r\nSOAPACTION: "{KIND}#{action}"\r\n'
        f'CONTENT-TYPE: text/xml; charset="utf-8"\r\nCONTENT-LENGTH: {len(body)}\r\n\r\n{body}'
    ).encode()


async def read_message(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    """Read a message of HTTP: its head and its body."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            return head, await reader.readexactly(int(value))
    return head, b""


async def async_calls(port: int, seconds: float) -> float:
    """Return how many calls a second are answered, over a few connections."""
    packet = call_bytes("GetVolume", "", port)
    begin = time.perf_counter()

    async def async_call() -> int:
        reader, writer = await asyncio.open_connection(HOST, port)
        count = 0
        while time.perf_counter() < begin + seconds:
            writer.write(packet)
            head, _ = await read_message(reader)
            assert " 200 " in head.partition("\r\n")[0], head
            count += 1
        writer.close()
        return count

    counts = await asyncio.gather(*(async_call() for _ in range(CONNECTIONS)))
    return sum(counts) / (time.perf_counter() - begin)


@dataclass
class Audience:
    """Subscribers: those that answer, by their path, and those that never do."""

    answering: int
    deaf: int
    heard: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """How many events each has."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def async_hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take events over a connection, and answer those for who answers."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head, _ = await read_message(reader)
                path = head.split(" ", 2)[1]
                if path.startswith("/deaf"):
                    await reader.read()  # until the device gives up
                    break
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                self.heard[path] += 1
                self.changed.set()
        writer.close()

    async def async_subscribe(self, port: int, own_port: int) -> None:
        """Subscribe everybody, those that never answer first."""
        paths = [f"/deaf{n}" for n in range(self.deaf)] + [f"/s{n}" for n in range(self.answering)]
        for path in paths:
            reader, writer = await asyncio.open_connection(HOST, port)
            writer.write(
                f"SUBSCRIBE /event HTTP/1.1\r\nHOST: {HOST}:{port}\r\nNT: upnp:event\r\n"
                "TIMEOUT: Second-1800\r\n"
                f"CALLBACK: <http://{HOST}:{own_port}{path}>\r\n\r\n".encode()
            )
            head, _ = await read_message(reader)
            assert " 200 " in head.partition("\r\n")[0], head
            writer.close()

    async def async_all_have(self, count: int) -> bool:
        """Wait until everybody who answers has so many events; False where somebody waits too long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while len(self.heard) < self.answering or min(self.heard.values()) < count:
                    self.changed.clear()
                    await self.changed.wait()
                return True
        return False


async def async_events(port: int, answering: int, deaf: int, changes: int) -> tuple[list[float], int]:
    """Change a value so often; return the seconds until all had each change, and how many came too late."""
    audience = Audience(answering, deaf)
    listening = await asyncio.start_server(audience.async_hear, HOST, 0)
    took, late = [], 0
    try:
        await audience.async_subscribe(port, listening.sockets[0].getsockname()[1])
        late += not await audience.async_all_have(1)
        reader, writer = await asyncio.open_connection(HOST, port)
        for number in range(1, changes + 1):
            before = min(audience.heard.values(), default=0)
            begin = time.perf_counter()
            writer.write(call_bytes("SetVolume", f"<DesiredVolume>{number}</DesiredVolume>", port))
            await read_message(reader)
            if await audience.async_all_have(before + 1):
                took.append(time.perf_counter() - begin)
            else:
                late += 1
        writer.close()
    finally:
        listening.close()
    return took, late


# --- The table ---

ROWS = (
    "searches/s",
    "actions/s",
    "events/s, all answer",
    "events/s, some deaf",
    "ms to all of them, median",
    "ms, worst",
)


async def async_measure(python: str, args: argparse.Namespace, *, is_ours: bool) -> dict[str, float]:
    """Measure one device."""
    found: dict[str, float] = {}
    answering = args.subscribers - args.deaf
    async with device(python, is_ours=is_ours) as ports:
        found[ROWS[0]] = await asyncio.to_thread(searches, ports["ssdp"], args.seconds)
        found[ROWS[1]] = await async_calls(ports["http"], args.seconds)
    async with device(python, is_ours=is_ours) as ports:
        took, late = await async_events(ports["http"], args.subscribers, 0, args.changes)
    found[ROWS[2]] = args.subscribers * len(took) / sum(took) if took else 0.0
    async with device(python, is_ours=is_ours) as ports:
        took, late = await async_events(ports["http"], answering, args.deaf, args.changes)
    found[ROWS[3]] = answering * len(took) / sum(took) if took else 0.0
    if late:
        print(f"  {late} changes did not come to all within {PATIENCE:g} s", file=sys.stderr)
    found[ROWS[4]] = statistics.median(took) * 1000 if took else float("inf")
    found[ROWS[5]] = max(took) * 1000 if took and not late else float("inf")
    return found


def best(row: str, values: Sequence[float]) -> float:
    """Return the better one of the rounds."""
    return min(values) if row.startswith("ms") else max(values)


def show(ours: list[dict[str, float]], peers: list[dict[str, float]]) -> None:
    """Print the table."""
    for row in ROWS:
        mine = best(row, [found[row] for found in ours])
        line = f"{row:28} {mine:12.1f}"
        if peers:
            theirs = best(row, [found[row] for found in peers])
            ratio = theirs / mine if row.startswith("ms") else mine / theirs if theirs else float("inf")
            line += f"   peer {theirs:12.1f}   {ratio:8.2f} times as good"
        print(line)


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("peer", nargs="?", help="an interpreter that has another release")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0, help="for searches, and for actions")
    parser.add_argument("--subscribers", type=int, default=100)
    parser.add_argument("--deaf", type=int, default=10, help="how many of them never answer")
    parser.add_argument("--changes", type=int, default=20)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        serve()
        return
    ours, peers = [], []
    for _ in range(args.rounds):
        ours.append(asyncio.run(async_measure(sys.executable, args, is_ours=True)))
        if args.peer:
            peers.append(asyncio.run(async_measure(args.peer, args, is_ours=False)))
    show(ours, peers)


if __name__ == "__main__":
    main()
