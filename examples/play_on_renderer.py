#!/usr/bin/env python3
"""Play files on a media renderer, one after the other, and show what it plays, until it has played them.

    python examples/play_on_renderer.py http://192.168.1.60:49494/description.xml http://192.168.1.2/a.mp3 ...

The URLs must be such that the renderer can fetch them.
"""

import argparse
import asyncio
from urllib.parse import unquote, urlsplit

from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.profiles.dlna import DmrDevice, PlayQueue, QueueItem
from async_upnp_client.utils import async_get_local_ip


def title_of(url: str) -> str:
    """Return what a file is called."""
    return unquote(urlsplit(url).path.rpartition("/")[2]) or url


async def play(location: str, urls: list[str]) -> None:
    """Play the files."""
    requester = AiohttpRequester()
    device = await UpnpFactory(requester, non_strict=True).async_create_device(location)
    _, own_address = await async_get_local_ip(location)
    notify_server = AiohttpNotifyServer(requester, (own_address, 0))
    await notify_server.async_start_server()
    renderer = DmrDevice(device, notify_server.event_handler)
    has_ended = asyncio.Event()

    def show(queue: PlayQueue) -> None:
        if queue.is_active and queue.current is not None:
            print(f"{renderer.name}: {queue.current.title}")
        else:
            has_ended.set()

    try:
        await renderer.async_subscribe_services(auto_resubscribe=True)
        await renderer.async_update()
        async with PlayQueue(
            renderer, [QueueItem(url, title_of(url)) for url in urls], on_change=show
        ) as queue:
            await queue.async_play()
            await has_ended.wait()
    finally:
        await renderer.async_unsubscribe_services()
        await notify_server.async_stop_server()


def main() -> None:
    """Read the command line, and play."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("location", help="URL of the renderer's description")
    parser.add_argument("url", nargs="+", help="what to play")
    args = parser.parse_args()
    try:
        asyncio.run(play(args.location, args.url))
    except UpnpError as err:
        raise SystemExit(str(err)) from err
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
