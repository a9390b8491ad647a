"""What a program does with the media servers of the library, run on the control point's host.

    python -m tests.interop.browsing walk|search|follow URL ...

Each prints JSON, one line for a result. Only the public API is used, as its users do.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from didl_lite.didl_lite import Container, DidlObject

from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.profiles.dlna.content_directory import quoted
from async_upnp_client.profiles.dlna.media_server import DmsDevice
from async_upnp_client.utils import async_get_local_ip

LOOK_SECONDS = 0.5  # between two looks at a server that does not tell


def show(**result: Any) -> None:
    """Print one result."""
    print(json.dumps(result, default=str), flush=True)


def show_object(found: DidlObject) -> None:
    """Print an object."""
    show(
        id=found.id,
        parent_id=found.parent_id,
        title=found.title,
        upnp_class=found.upnp_class,
        is_container=isinstance(found, Container),
        resources=[resource.uri for resource in found.res],
    )


async def async_server(url: str, event_handler: UpnpEventHandler | None = None) -> DmsDevice:
    """Describe a server."""
    return DmsDevice(await UpnpFactory(AiohttpRequester()).async_create_device(url), event_handler)


async def walk(url: str, object_id: str, page_size: str) -> None:
    """Show all that is in a container, and what was wrong with it."""
    server = await async_server(url)
    async for found in server.walk(object_id, depth=None, page_size=int(page_size), sort_criteria="dc:title"):
        show_object(found)
    root = await server.async_browse_metadata("0")
    show(
        root=root.id,
        parent_id=root.parent_id,
        diagnostics=[str(told) for told in server.device.all_diagnostics],
    )


async def search(url: str, title: str) -> None:
    """Show what can be searched and sorted by, and then what has something in its title."""
    server = await async_server(url)
    await server.async_update()
    show(search=server.search_capabilities, sort=server.sort_capabilities)
    criteria = f'upnp:class derivedfrom "object.item.audioItem" and dc:title contains {quoted(title)}'
    async for found in server.walk_search("0", criteria):
        show_object(found)


async def follow(url: str) -> None:
    """Subscribe, show the update id, and show it once more when it has risen."""
    _family, local_ip = await async_get_local_ip(url)
    notify = AiohttpNotifyServer(AiohttpRequester(), (local_ip, 0))
    await notify.async_start_server()
    server = await async_server(url, notify.event_handler)
    told = asyncio.Event()
    server.on_event = lambda _service, _variables: told.set()
    try:
        await server.async_subscribe_services()
        await server.async_update()
        before = server.system_update_id or 0
        show(update_id=before)
        while (server.system_update_id or 0) <= before:
            told.clear()
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await told.wait()
            except TimeoutError:
                await server.async_update()
        show(update_id=server.system_update_id)
        await server.async_unsubscribe_services()
    finally:
        await notify.async_stop_server()


JOBS: dict[str, Callable[..., Coroutine[Any, Any, None]]] = {"walk": walk, "search": search, "follow": follow}


if __name__ == "__main__":
    asyncio.run(JOBS[sys.argv[1]](*sys.argv[2:]))
