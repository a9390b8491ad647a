"""The virtual renderer over loopback, and our control point of it; for virtual time."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Self

from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.profiles.dlna import DmrDevice
from async_upnp_client.profiles.dlna.play_queue import PlayQueue
from async_upnp_client.profiles.dlna.queue_order import QueueItem
from async_upnp_client.server import UpnpServer
from async_upnp_client.virtual import VirtualRenderer
from tests.support.udp import free_port
from tests.support.virtual_time import pass_time

HOST = "127.0.0.1"
GROUP = "239.255.255.250"
SECONDS = 180.0
"""How long every song is."""


def song(name: str, seconds: float | None = SECONDS) -> QueueItem:
    """Return a song with its metadata, so that nobody has to be asked."""
    url = f"http://192.0.2.9/{name}.mp3"
    duration = "" if seconds is None else f' duration="0:{seconds // 60:02.0f}:{seconds % 60:02.0f}"'
    return QueueItem(
        url,
        name,
        '<DIDL-Lite xmlns="urn:schemas-upnp-org:metadata-1-0/DIDL-Lite/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:upnp="urn:schemas-upnp-org:metadata-1-0/upnp/">'
        f'<item id="0" parentID="-1" restricted="1"><dc:title>{name}</dc:title>'
        "<upnp:class>object.item.audioItem.musicTrack</upnp:class>"
        f'<res protocolInfo="http-get:*:audio/mpeg:*"{duration}>{url}</res></item></DIDL-Lite>',
    )


class Player:
    """A renderer that plays, `dmr` as we see it, and a queue for it; without events if not `is_evented`."""

    def __init__(
        self, renderer: Callable[..., VirtualRenderer] = VirtualRenderer, *, is_evented: bool = True
    ) -> None:
        """Begin."""
        self._make = renderer
        self._is_evented = is_evented
        self.played: list[str | None] = []
        """The titles of the queue as they changed; None at its end."""

    async def __aenter__(self) -> Self:
        """Publish the renderer, and follow it."""
        self._server = UpnpServer(partial(self._made, self._make), (HOST, 0), (GROUP, free_port()))
        await self._server.async_start()
        return await self._async_follow()

    def _made(self, make: Callable[..., VirtualRenderer], *arguments: Any, **named: Any) -> VirtualRenderer:
        self.renderer = make(*arguments, **named)
        return self.renderer

    async def _async_follow(self) -> Self:
        requester = AiohttpRequester()
        self._notify = AiohttpNotifyServer(requester, (HOST, 0))
        await self._notify.async_start_server()
        handler: UpnpEventHandler | None = self._notify.event_handler if self._is_evented else None
        device = await UpnpFactory(requester).async_create_device(self._server.location)
        self.dmr = DmrDevice(device, handler)
        self.dmr.clock = asyncio.get_running_loop().time
        await self.dmr.async_subscribe_services(auto_resubscribe=True)
        await self.dmr.async_update()
        self.queue = PlayQueue(self.dmr, on_change=self._note)
        self.queue.start()
        return self

    def _note(self, queue: PlayQueue) -> None:
        self.played.append(queue.current.title if queue.is_active and queue.current else None)

    async def __aexit__(self, *_: object) -> None:
        """End everything."""
        await self.queue.async_close()
        await self.dmr.async_unsubscribe_services()
        await self._notify.async_stop_server()
        await self._server.async_stop()

    async def play(self, *names: str) -> None:
        """Have the queue play songs from now on, and let them begin."""
        self.queue.append(*map(song, names))
        await self.queue.async_play()
        await pass_time(1)
