#!/usr/bin/env python3
"""Find the UPnP devices of the network, and print what each says of itself.

    python examples/find_devices.py [--target ADDRESS] [--source ADDRESS]

Every device is described once, however often it answers; one that answers a search but
not the request for its description costs a line, not the rest.
"""

import argparse
import asyncio

from async_upnp_client.aiohttp import AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.search import async_search
from async_upnp_client.ssdp import SSDP_ST_ROOTDEVICE
from async_upnp_client.utils import CaseInsensitiveDict


async def find_devices(source: tuple[str, int] | None, target: tuple[str, int] | None) -> int:
    """Search, then describe whatever answered; the number of devices described."""
    locations: dict[str, None] = {}

    async def on_response(headers: CaseInsensitiveDict) -> None:
        if location := headers.get("location"):
            locations[location] = None

    await async_search(on_response, timeout=2, search_target=SSDP_ST_ROOTDEVICE, source=source, target=target)

    factory = UpnpFactory(AiohttpRequester(), non_strict=True)
    described = 0
    for location in locations:
        try:
            device = await factory.async_create_device(location)
        except UpnpError as err:
            print(f"{location}: {err}")
            continue
        described += 1
        print(f"{device.name} ({device.device_type}) at {location}")
        for service in device.all_services:
            print(f"    {service.service_id}: {', '.join(sorted(service.actions)) or 'no actions'}")
    return described


def main() -> None:
    """Read the command line, and search."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--source", help="our own address, where the host has several")
    parser.add_argument("--target", help="one host to ask, instead of the whole network")
    args = parser.parse_args()
    source = (args.source, 0) if args.source else None
    target = (args.target, 1900) if args.target else None
    described = asyncio.run(find_devices(source, target))
    print(f"{described} devices")


if __name__ == "__main__":
    main()
