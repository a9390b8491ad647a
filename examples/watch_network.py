#!/usr/bin/env python3
"""Watch devices come, change and go.

    python examples/watch_network.py [--source ADDRESS] [--seconds 60]

A listener keeps a table of everything that is on the networks of all interfaces, or of the one with the
address given: it asks once, then hears what the devices announce, and forgets those that do not renew their
announcement in time.
"""

import argparse
import asyncio

from async_upnp_client.const import SsdpSource
from async_upnp_client.ssdp_interfaces import SsdpInterfacesListener
from async_upnp_client.ssdp_listener import SsdpDevice


def on_change(device: SsdpDevice, device_or_service_type: str, source: SsdpSource) -> None:
    """Print one line for each sighting that is news."""
    if source is not SsdpSource.SEARCH_ALIVE:
        print(f"{source.value}: {device.udn} {device_or_service_type} {device.location or ''}")


def on_expired(device: SsdpDevice) -> None:
    """Print a line for a device that has not renewed its announcement."""
    print(f"expired: {device.udn}")


async def watch(source: str | None, seconds: float) -> None:
    """Listen for a while."""
    listener = SsdpInterfacesListener(
        callback=on_change, on_expired=on_expired, interfaces=[source] if source else None
    )
    await listener.async_start()
    try:
        await listener.async_search()
        await asyncio.sleep(seconds)
        print(f"{len(listener.devices)} devices known")
    finally:
        await listener.async_stop()


def main() -> None:
    """Read the command line, and watch."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--source", help="our own address, to use its interface alone")
    parser.add_argument("--seconds", type=float, default=60, help="how long to watch (default: %(default)s)")
    args = parser.parse_args()
    asyncio.run(watch(args.source, args.seconds))


if __name__ == "__main__":
    main()
