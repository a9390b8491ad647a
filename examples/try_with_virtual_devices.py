#!/usr/bin/env python3
"""Try a control point on devices that are not there: a song is browsed, and played to its end in a moment.

    python examples/try_with_virtual_devices.py

Everything stays on this machine. The clock of the renderer is moved by hand; so it is in tests.
"""

import argparse
import asyncio
import re
from functools import partial

from async_upnp_client.aiohttp import AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.server import UpnpServer
from async_upnp_client.ssdp import SSDP_PORT
from async_upnp_client.virtual import ManualClock, VirtualMediaServer, VirtualRenderer

HERE = ("127.0.0.1", 0)


async def play(ssdp_port: int) -> None:
    """Publish a media server and a renderer, and play on one what the other has."""
    clock, group = ManualClock(), ("239.255.255.250", ssdp_port)
    async with (
        UpnpServer(VirtualMediaServer, HERE, group) as media_server,
        UpnpServer(partial(VirtualRenderer, clock=clock), HERE, group) as renderer,
    ):
        # what follows is the control point, as it would be with real devices
        factory = UpnpFactory(AiohttpRequester())
        device = await factory.async_create_device(media_server.location)
        found = await device.service("urn:schemas-upnp-org:service:ContentDirectory:1").async_call_action(
            "Search",
            ContainerID="0",
            SearchCriteria='upnp:class derivedfrom "object.item.audioItem" and dc:title = "G"',
            Filter="*",
            StartingIndex=0,
            RequestedCount=1,
            SortCriteria="",
        )
        uri = re.findall(r">(http[^<]+)</res>", found["Result"])[0]

        player = await factory.async_create_device(renderer.location)
        transport = player.service("urn:schemas-upnp-org:service:AVTransport:1")
        call = partial(transport.async_call_action, InstanceID=0)
        await call("SetAVTransportURI", CurrentURI=uri, CurrentURIMetaData=found["Result"])
        await call("Play", Speed="1")
        for seconds in (0, 5, 5):
            clock.advance(seconds)
            state = (await call("GetTransportInfo"))["CurrentTransportState"]
            position = await call("GetPositionInfo")
            print(state, position["RelTime"], "of", position["TrackDuration"])


def main() -> None:
    """Read the command line, and play."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ssdp-port", type=int, default=SSDP_PORT, help=argparse.SUPPRESS)
    args = parser.parse_args()
    try:
        asyncio.run(play(args.ssdp_port))
    except (UpnpError, OSError) as err:
        raise SystemExit(str(err)) from err


if __name__ == "__main__":
    main()
