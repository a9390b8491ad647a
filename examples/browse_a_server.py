#!/usr/bin/env python3
"""Browse a media server: show all that it has as a tree, or what a search finds.

python examples/browse_a_server.py http://192.168.1.20:8200/rootDesc.xml [--search blue] [--depth 2]
"""

import argparse
import asyncio

from didl_lite.didl_lite import Container, DidlObject

from async_upnp_client.aiohttp import AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.profiles.dlna.content_directory import ROOT_ID, quoted
from async_upnp_client.profiles.dlna.media_server import DmsDevice


def line(found: DidlObject) -> str:
    """Return what there is to say of an object."""
    if isinstance(found, Container):
        return f"{found.title}/"
    duration = next((resource.duration for resource in found.res if resource.duration), None)
    return f"{found.title} ({duration})" if duration else f"{found.title}"


async def browse(location: str, depth: int | None, title: str | None) -> None:
    """Show what there is."""
    device = await UpnpFactory(AiohttpRequester(), non_strict=True).async_create_device(location)
    server = DmsDevice(device, None)
    await server.async_update()
    if title is not None:
        criteria = f"dc:title contains {quoted(title)}"
        async for found in server.walk_search(ROOT_ID, criteria):
            print(line(found))
        return

    print(f"{server.name}, changed {server.system_update_id} times")
    levels = {ROOT_ID: 1}
    async for found in server.walk(depth=depth, sort_criteria=["upnp:class", "dc:title"]):
        level = levels.get(found.parent_id, 1)
        levels[found.id] = level + 1
        print("  " * level + line(found))


def main() -> None:
    """Read the command line, and browse."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("location", help="URL of the server's description")
    parser.add_argument("--depth", type=int, help="how deep to look into folders, all by default")
    parser.add_argument("--search", metavar="TEXT", help="show what has this in its title")
    args = parser.parse_args()
    try:
        asyncio.run(browse(args.location, args.depth, args.search))
    except UpnpError as err:
        raise SystemExit(str(err)) from err


if __name__ == "__main__":
    main()
