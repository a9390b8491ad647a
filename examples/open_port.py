#!/usr/bin/env python3
"""Open a port of the router for as long as this program runs.

    python examples/open_port.py 8080 [--protocol UDP] [--location http://192.168.1.1:5000/rootDesc.xml]

Without a location the gateways of the network are searched for, and the right one is taken. The port is
renewed, opened anew after the router has restarted, and closed at the end: press Ctrl-C.
"""

import argparse
import asyncio

from async_upnp_client.aiohttp import AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.profiles.igd import IgdDevice, PortMapping, async_find_gateways


async def find_gateway(location: str | None) -> IgdDevice:
    """Return the gateway at a location, or the best of those that answer."""
    requester = AiohttpRequester()
    if location is not None:
        factory = UpnpFactory(requester, non_strict=True)
        return IgdDevice(await factory.async_create_device(location), None)
    ranked = await async_find_gateways(requester)
    if not ranked:
        raise SystemExit("no gateway answers")
    print(f"{ranked[0].gateway.name}: {', '.join(ranked[0].reasons)}")
    return ranked[0].gateway


def show(mapping: PortMapping) -> None:
    """Print how it stands with the port."""
    if mapping.error is not None:
        print(f"lost for now: {mapping.error}")
    else:
        print(f"open: {mapping.protocol} {mapping.external_address}:{mapping.external_port}", flush=True)


async def keep_open(location: str | None, port: int, protocol: str, seconds: float | None) -> None:
    """Keep a port open, until cancelled or for some seconds."""
    igd = await find_gateway(location)
    async with igd.port_mapping(port, protocol, any_port=True, on_change=show) as mapping:
        show(mapping)
        await (asyncio.Event().wait() if seconds is None else asyncio.sleep(seconds))
    print("closed")


def main() -> None:
    """Read the command line, and keep the port open."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("port", type=int, help="port of this machine")
    parser.add_argument("--protocol", choices=("TCP", "UDP"), default="TCP")
    parser.add_argument("--location", help="URL of the gateway's description (default: search for it)")
    parser.add_argument("--seconds", type=float, help="how long (default: until Ctrl-C)")
    args = parser.parse_args()
    try:
        asyncio.run(keep_open(args.location, args.port, args.protocol, args.seconds))
    except KeyboardInterrupt:
        print("closed")
    except UpnpError as err:
        raise SystemExit(str(err)) from err


if __name__ == "__main__":
    main()
