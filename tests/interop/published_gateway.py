"""Our device for the network of the tests: a virtual gateway, which is published until it is told to end.

    python -m tests.interop.published_gateway UDN ADDRESS [--also ADDRESS] [--later ADDRESS]

It has everything that announcements are about: three levels of devices, services in each. SIGUSR1 has it
take the later address as well, and leave it again, in turn; it prints a line of each.
"""

import argparse
import asyncio
import itertools
import signal
import socket

from async_upnp_client.const import AddressTupleVXType
from async_upnp_client.server import UpnpServer
from async_upnp_client.virtual.gateway import VirtualGateway

PORT = 8000
EXTERNAL_IPV4 = "11.22.33.1"  # a public one: upnpc takes those for documentation for none


def source(text: str) -> AddressTupleVXType:
    """Read an address, with the name of the interface behind a link-local one."""
    host, _, interface = text.partition("%")
    if ":" not in host:
        return (host, 0)
    return (host, 0, 0, socket.if_nametoindex(interface) if interface else 0)


async def move(server: UpnpServer, later: str, more: asyncio.Event) -> None:
    """Take an address, and leave it, each time that it is asked for."""
    for change in itertools.cycle((server.async_add_source, server.async_remove_source)):
        await more.wait()
        more.clear()
        await change(source(later))
        print(change.__name__, flush=True)


async def serve(args: argparse.Namespace) -> None:
    """Publish the gateway until SIGTERM."""
    loop = asyncio.get_running_loop()
    ended, more = asyncio.Event(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    loop.add_signal_handler(signal.SIGUSR1, more.set)
    gateway = VirtualGateway(int(args.version), udn=args.udn, external_address=EXTERNAL_IPV4)
    server = UpnpServer(
        gateway.device_class,
        source(args.address),
        http_port=PORT,
        other_sources=[source(text) for text in args.also],
    )
    async with server:
        print(server.location, flush=True)
        moving = asyncio.ensure_future(move(server, args.later, more)) if args.later else None
        await ended.wait()
        if moving is not None:
            moving.cancel()


def main() -> None:
    """Read the command line, and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("udn")
    parser.add_argument("address")
    parser.add_argument("--also", action="append", default=[])
    parser.add_argument("--later")
    parser.add_argument("--version", default="2")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
