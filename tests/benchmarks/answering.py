"""How long a device waits for the answer to an event whose listener takes its time, over real sockets.

    python tests/benchmarks/answering.py [--listener SECONDS] [--attempts N]

The listener blocks for `--listener` seconds (10), as one does that works in the loop; the device measures the
time from its last byte to the status line. Prints the best and the worst of the attempts, in milliseconds.
"""

import argparse
import asyncio
import logging
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

# found by where this file is
sys.path.append(str(Path(__file__).resolve().parents[2]))

from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester
from async_upnp_client.subscription import UpnpSubscription
from tests.support import model
from tests.support.eventing import bound_device, propertyset
from tests.support.raw_device import RawDevice, answer

PATIENCE = 60.0
"""Seconds that a device waits at all."""


def notify(port: int, seq: int) -> float:
    """Send an event as a device does; return the seconds until it is answered 200, and hang up."""
    body = propertyset(Status=str(seq)).encode()
    head = (
        f"NOTIFY /notify HTTP/1.1\r\nHOST: 127.0.0.1:{port}\r\nNT: upnp:event\r\nNTS: upnp:propchange\r\n"
        f"SID: uuid:1\r\nSEQ: {seq}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as device:
        device.sendall(head.encode() + body)
        begin = time.perf_counter()
        line = device.recv(4096)
        took = time.perf_counter() - begin
    assert line.startswith(b"HTTP/1.1 200"), line
    return took


async def async_answered(listener: Callable[[threading.Event], None], attempts: int) -> list[float]:
    """Send events one after the other; return the seconds until each is answered.

    `listener` is called for each, in the loop, with what is set once that event has been answered.
    """
    granted = answer(headers={"SID": "uuid:1", "TIMEOUT": "Second-1800"})
    async with RawDevice({"/event": [granted, answer()]}) as device:
        service = model.service([model.variable("Status", "string")], event_sub_url="/event")
        bound_device(service, url=device.url("/device.xml"))
        server = AiohttpNotifyServer(AiohttpRequester(), ("127.0.0.1", 0))
        await server.async_start_server()
        try:
            kept: UpnpSubscription = await server.event_handler.async_keep_subscribed(service)
            took = []
            for seq in range(attempts):
                answered, heard = threading.Event(), asyncio.Event()

                def on_event(*_: object, answered: threading.Event, heard: asyncio.Event) -> None:
                    try:
                        listener(answered)
                    finally:
                        heard.set()

                def send(seq: int, answered: threading.Event) -> float:
                    try:
                        return notify(server.listen_port, seq)
                    finally:
                        answered.set()

                service.on_event = lambda *_, a=answered, h=heard: on_event(answered=a, heard=h)
                took.append(await asyncio.to_thread(send, seq, answered))
                await heard.wait()
            await kept.async_stop()
        finally:
            await server.async_stop_server()
    return took


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--listener", type=float, default=10.0, metavar="SECONDS")
    parser.add_argument("--attempts", type=int, default=3)
    args = parser.parse_args()
    logging.disable()
    took = asyncio.run(async_answered(lambda _: time.sleep(args.listener), args.attempts))
    print(
        f"an event whose listener takes {args.listener:g} s is answered in "
        f"{min(took) * 1000:.1f} to {max(took) * 1000:.1f} ms"
    )


if __name__ == "__main__":
    main()
