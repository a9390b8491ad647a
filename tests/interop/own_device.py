"""A light on our own server, at addresses and a port: what moves, and what has several interfaces.

    python -m tests.interop.own_device PORT ADDRESS...

Runs until it is told to end, and then says byebye.
"""

import asyncio
import signal
import sys

from async_upnp_client.server import UpnpServer
from tests.support.light import Light


async def serve(port: int, *addresses: str) -> None:
    """Serve the light; print a line once it is there."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    first, *others = [(address, 0) for address in addresses]
    async with UpnpServer(Light, first, http_port=port, other_sources=others):
        print("ready", flush=True)
        await ended.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), *sys.argv[2:]))
