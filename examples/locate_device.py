#!/usr/bin/env python3
"""Find one device again, wherever it is now, and print what it says of itself.

    python examples/locate_device.py UDN [--location URL] [--source ADDRESS] [--timeout 10]

UDN and URL are what a program has kept of a device that it knew: `find_devices.py` shows the locations of
all. The URL may be out of date, and may be left out.
"""

import argparse
import asyncio
import sys

from async_upnp_client.aiohttp import AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.locating import LocateHints, async_locate


async def locate(udn: str, location: str | None, source: str | None, timeout: float) -> None:
    """Find a device and describe it."""
    requester = AiohttpRequester()
    found = await async_locate(
        udn,
        LocateHints(location=location),
        requester=requester,
        timeout=timeout,
        interfaces=[source] if source else None,
    )
    print(f"{found.location} (found by {found.by.value})")
    device = await UpnpFactory(requester, non_strict=True).async_create_device(found.location)
    print(f"{device.name} ({device.device_type})")


def main() -> int:
    """Read the command line, and look for the device."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("udn", help="uuid:...")
    parser.add_argument("--location", help="where its description was")
    parser.add_argument("--source", help="our own address to search from (default: all interfaces)")
    parser.add_argument(
        "--timeout", type=float, default=10, help="seconds to look for it (default: %(default)s)"
    )
    args = parser.parse_args()
    try:
        asyncio.run(locate(args.udn, args.location, args.source, args.timeout))
    except UpnpError as err:
        print(err)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
