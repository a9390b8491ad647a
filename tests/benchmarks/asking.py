"""What requests cost that go over real sockets: processor time of who asks, for a call and for a description.

    python tests/benchmarks/asking.py [PEER_PYTHON] [--rounds 3] [--calls 400]

The device is a program of its own, which answers as fast as it can. With PEER_PYTHON, an interpreter that has
another release, the two take turns, each in a process of its own; the best round counts. `calibration` is
work of the standard library alone, as in `paths.py`.
"""

import argparse
import asyncio
import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

# Another release has no tests beside it: these are found by where this file is. Installed ones come first.
sys.path.append(str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.apart import measured
from tests.benchmarks.paths import KIND, calibration, replies

HOST = "127.0.0.1"
DESCRIPTIONS = 10
REPEATS = 5
ROWS = (
    "calibration",
    "a call, by AiohttpRequester",
    "what is not to arrive twice",
    "a call, by a session",
    "a device, described",
)


# --- The device ---


class Answering(asyncio.Protocol):
    """A connection of the device; requests have their lengths, and come one by one."""

    def __init__(self, answers: dict[str, str]) -> None:
        """Take what it answers."""
        self.answers = answers
        self.data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer a request that is whole."""
        self.data += data
        head, end, body = self.data.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if not end or len(body) < int(headers.get("content-length", 0)):
            return
        self.data = b""
        text = self.answers[lines[0].split()[1]].encode()
        self.transport.write(
            b'HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset="utf-8"\r\nContent-Length: %d\r\n\r\n%b'
            % (len(text), text)
        )


async def async_serve() -> None:
    """Be the device, until standard input ends."""
    answers = replies()
    server = await asyncio.get_running_loop().create_server(lambda: Answering(answers), HOST, 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    os._exit(0)


# --- Who asks ---


async def async_each(work: Callable[[], Awaitable[object]], count: int) -> float:
    """Return the microseconds of processor time that one of `count` takes, which come one by one."""
    best = float("inf")
    for _ in range(REPEATS):
        gc.collect()
        begin = time.process_time()
        for _ in range(count):
            await work()
        best = min(best, (time.process_time() - begin) / count * 1e6)
    return best


async def async_measure(port: int, calls: int) -> dict[str, float]:
    """Measure with the release that this interpreter has."""
    from aiohttp import ClientSession

    from async_upnp_client.aiohttp import AiohttpRequester, AiohttpSessionRequester
    from async_upnp_client.client_factory import UpnpFactory
    from async_upnp_client.const import HttpRequest

    url = f"http://{HOST}:{port}"

    async def async_describe(requester: Any) -> Any:
        return await UpnpFactory(requester).async_create_device(f"{url}/device.xml")

    async def async_call(requester: Any) -> float:
        device = await async_describe(requester)
        action = device.service(KIND).action("GetVolume")
        return await async_each(lambda: action.async_call(InstanceID=0), calls)

    requester = AiohttpRequester()
    post = HttpRequest("POST", f"{url}/control", {"Content-Type": "text/xml"}, "<a/>")
    async with ClientSession() as session:
        return {
            ROWS[0]: calibration(),
            ROWS[1]: await async_call(requester),
            ROWS[2]: await async_each(lambda: requester.async_http_request(post), calls),
            ROWS[3]: await async_call(AiohttpSessionRequester(session)),
            ROWS[4]: await async_each(lambda: async_describe(AiohttpRequester()), DESCRIPTIONS),
        }


# --- The table ---


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("peer", nargs="?", help="an interpreter that has another release")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--calls", type=int, default=400)
    parser.add_argument("--measure", type=int, metavar="PORT", help=argparse.SUPPRESS)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        asyncio.run(async_serve())
        return
    if args.measure:
        print(json.dumps(asyncio.run(async_measure(args.measure, args.calls))))
        return
    ours, peers = [], []
    command = [sys.executable, __file__, "--serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as device:
        assert device.stdin is not None, "it is a pipe"
        assert device.stdout is not None, "it is a pipe"
        port = int(device.stdout.readline())
        for _ in range(args.rounds):
            ours.append(measured(sys.executable, __file__, port, "--calls", args.calls))
            if args.peer:
                peers.append(measured(args.peer, __file__, port, "--calls", args.calls))
        device.stdin.close()
    for row in ROWS:
        mine = min(found[row] for found in ours)
        line = f"{row:28} {mine:10.1f} us"
        if peers:
            theirs = min(found[row] for found in peers)
            line += f"   peer {theirs:10.1f}   {theirs / mine if mine else float('inf'):6.2f} times as good"
        print(line)


if __name__ == "__main__":
    main()
