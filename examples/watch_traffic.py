#!/usr/bin/env python3
"""Watch the traffic of the router.

    python examples/watch_traffic.py http://192.168.1.1:5000/rootDesc.xml [--interval 5]

A line for each look: what came in and went out per second since the last one. A value that the router does
not give is its own error, and the others are there all the same.
"""

import argparse
import asyncio

from async_upnp_client.aiohttp import AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.profiles.igd import IgdDevice


def rate(kibibytes: float | None) -> str:
    """Write a rate, which is not known at the first look and after a restart of the router."""
    return "     ?" if kibibytes is None else f"{kibibytes:6.1f}"


async def watch(location: str, interval: float, looks: int | None) -> None:
    """Look again and again, for ever or some times."""
    factory = UpnpFactory(AiohttpRequester(), non_strict=True)
    igd = IgdDevice(await factory.async_create_device(location), None)
    while looks is None or looks > 0:
        state = await igd.async_get_traffic_and_status_data()
        received, sent = state.kibibytes_per_sec_received, state.kibibytes_per_sec_sent
        print(
            f"{state.connection_status} {state.external_ip_address}  "
            f"in {rate(received)} KiB/s  out {rate(sent)} KiB/s  total in {state.bytes_received}",
            flush=True,
        )
        looks = None if looks is None else looks - 1
        if looks != 0:
            await asyncio.sleep(interval)


def main() -> None:
    """Read the command line, and watch."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("location", help="URL of the gateway's description")
    parser.add_argument("--interval", type=float, default=5, help="seconds between (default: %(default)s)")
    parser.add_argument("--looks", type=int, help="how often to look (default: until Ctrl-C)")
    args = parser.parse_args()
    try:
        asyncio.run(watch(args.location, args.interval, args.looks))
    except KeyboardInterrupt:
        pass
    except UpnpError as err:
        raise SystemExit(str(err)) from err


if __name__ == "__main__":
    main()
