"""A light on our own server, at addresses and a port: what moves, changes, and has several interfaces.

    python -m tests.interop.own_device [--name NAME] [--max-age SECONDS] PORT ADDRESS...

Runs until it is told to end, and then says byebye. At SIGUSR1 it says byebye, and is there again.
"""

import argparse
import asyncio
import signal
import time

from async_upnp_client.server import UpnpServer
from tests.support.light import Light


async def serve(options: argparse.Namespace) -> None:
    """Serve the light; print a line once it is there, and how many seconds it was away."""
    ended, told = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def end() -> None:
        ended.set()
        told.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end)
    loop.add_signal_handler(signal.SIGUSR1, told.set)

    class NamedLight(Light):
        """The light, by the name that it is given."""

        DEVICE_DEFINITION = Light.DEVICE_DEFINITION._replace(friendly_name=options.name)

    first, *others = [(address, 0) for address in options.addresses]
    server = UpnpServer(
        NamedLight, first, http_port=options.port, other_sources=others, max_age=options.max_age
    )
    await server.async_start()
    print("ready", flush=True)
    while True:
        await told.wait()
        told.clear()
        began = time.monotonic()
        await server.async_stop()
        if ended.is_set():
            return
        await server.async_start()
        print(f"away {time.monotonic() - began:.3f}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Serve a light.")
    parser.add_argument("--name", default="Light")
    parser.add_argument("--max-age", type=int, default=1800)
    parser.add_argument("port", type=int)
    parser.add_argument("addresses", nargs="+")
    asyncio.run(serve(parser.parse_args()))
