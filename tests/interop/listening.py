"""What a media player does with the library, run on the control point's host: find songs, and play them.

    python -m tests.interop.listening play|queue|pick_up|browse ...

Each prints JSON, one line for a step. Only the public API is used, as its users do.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from didl_lite.didl_lite import Container, DidlObject

from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester
from async_upnp_client.client import UpnpDevice
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.device_updater import DeviceUpdater
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.profiles.dlna import DmrDevice, DmsDevice, PlayQueue, QueueItem, TransportState
from async_upnp_client.search import async_search_first
from async_upnp_client.utils import async_get_local_ip

RESTS = (TransportState.STOPPED, TransportState.NO_MEDIA_PRESENT)
MOMENT = 30.0
"""Seconds that a renderer gets for anything."""


def show(**step: Any) -> None:
    """Print one step."""
    print(json.dumps(step, default=str), flush=True)


async def create_device(url: str) -> UpnpDevice:
    """Describe a device."""
    return await UpnpFactory(AiohttpRequester(), non_strict=True).async_create_device(url)


async def find_song(server_url: str, title: str) -> tuple[DidlObject, str]:
    """Look through a whole media server for a song; return it and its URL."""
    server = DmsDevice(await create_device(server_url), None)
    async for found in server.walk("0", depth=None):
        if not isinstance(found, Container) and found.title == title and found.res[0].uri:
            return found, found.res[0].uri
    raise UpnpError(f"There is no {title}")


class Listening:
    """A renderer with its events; `until` waits for what they tell."""

    def __init__(self, renderer: DmrDevice, handler: UpnpEventHandler) -> None:
        """Begin."""
        self.renderer = renderer
        self.handler = handler

    async def until(self, what: str, is_so: Callable[[], bool]) -> None:
        """Wait until events, or a poll for the position, tell that something is so; UpnpError if never."""
        if not await self.renderer.async_wait_for(is_so, MOMENT):
            raise UpnpError(f"Never: {what}; it is {self.renderer.transport_state}")

    async def state(self, state: TransportState) -> None:
        """Wait for a state of the transport, and show what is known then."""
        dmr = self.renderer
        await self.until(state.name, lambda: dmr.transport_state is state)
        show(state=state.name, title=dmr.media_title, artist=dmr.media_artist, duration=dmr.media_duration)


@asynccontextmanager
async def listening(renderer_url: str) -> AsyncIterator[Listening]:
    """Subscribe to a renderer."""
    device = await create_device(renderer_url)
    _family, address = await async_get_local_ip(renderer_url)
    notify_server = AiohttpNotifyServer(AiohttpRequester(), source=(address, 0))
    await notify_server.async_start_server()
    renderer = DmrDevice(device, notify_server.event_handler)
    try:
        await renderer.async_subscribe_services(auto_resubscribe=True)
        await renderer.async_update()
        yield Listening(renderer, notify_server.event_handler)
    finally:
        await renderer.async_unsubscribe_services()
        await notify_server.async_stop_server()


async def play(renderer_url: str, server_url: str, title: str) -> None:
    """Play a song of a media server, and do with it what one does."""
    song, url = await find_song(server_url, title)
    show(found=song.title, url=url, info=song.res[0].protocol_info)
    async with listening(renderer_url) as at:
        dmr = at.renderer
        await dmr.async_play_media(url, song.title, {"artist": song.artist})
        # that it plays may be known by the answer to a poll, before the event that tells what
        await at.until("its title", lambda: dmr.media_title == title)
        await at.state(TransportState.PLAYING)
        await at.until("it plays for two seconds", lambda: (dmr.media_position_now or 0) >= 2)
        await dmr.async_update()
        show(position=dmr.media_position, duration=dmr.media_duration, title=dmr.media_title)
        await dmr.async_pause()
        await at.state(TransportState.PAUSED_PLAYBACK)
        await dmr.async_update()
        before, own_clock = dmr.media_position_now, dmr.clock
        dmr.clock = lambda: own_clock() + 60
        show(stands_still=dmr.media_position_now == before)
        dmr.clock = own_clock
        await dmr.async_play()
        await at.state(TransportState.PLAYING)
        await dmr.async_seek_rel_time(timedelta(seconds=8))
        await dmr.async_update()
        show(sought=dmr.media_position)
        for level, mute in ((0.2, True), (0.6, False)):
            await dmr.async_set_volume_level(level)
            await dmr.async_mute_volume(mute)
            await at.until("the volume", lambda: volume_is(dmr, level, mute))  # noqa: B023  # awaited here
            show(volume=dmr.volume_level, muted=dmr.is_volume_muted)
        await dmr.async_stop()
        await at.state(TransportState.STOPPED)


def volume_is(dmr: DmrDevice, level: float, mute: bool) -> bool:  # a state
    """Tell whether events have told so."""
    return dmr.is_volume_muted is mute and abs((dmr.volume_level or 0) - level) < 0.02


async def queue(renderer_url: str, server_url: str, *titles: str) -> None:
    """Play songs one after the other to the end."""
    songs = [await find_song(server_url, title) for title in titles]
    ended = asyncio.Event()

    def on_change(changed: PlayQueue) -> None:
        title = changed.current.title if changed.is_active and changed.current else None
        show(plays=title)
        if title is None:
            ended.set()

    async with listening(renderer_url) as at:
        items = [QueueItem(url, song.title) for song, url in songs]
        async with PlayQueue(at.renderer, items, on_change=on_change) as songs_queue:
            await songs_queue.async_play()
            await ended.wait()
            show(gapless=songs_queue.is_gapless, errors=[str(item.error) for item in items if item.error])


async def pick_up(renderer_url: str, server_url: str, title: str) -> None:
    """Play a song; once the renderer was away and is back, play it again, still followed by events."""
    song, url = await find_song(server_url, title)
    async with listening(renderer_url) as at:
        dmr = at.renderer
        updater = DeviceUpdater(
            dmr.device, UpnpFactory(AiohttpRequester(), non_strict=True), event_handler=at.handler
        )
        dmr.device.ssdp_headers = await async_search_first(dmr.udn)  # by which a restart can be told
        await updater.async_start()
        try:
            await dmr.async_play_media(url, song.title)
            await at.state(TransportState.PLAYING)
            await at.until("it has forgotten all", lambda: dmr.transport_state in RESTS)
            await dmr.async_play_media(url, song.title)
            await at.state(TransportState.PLAYING)
            await dmr.async_set_volume_level(0.35)  # told by events alone
            await at.until("the volume", lambda: volume_is(dmr, 0.35, mute=False))
            show(volume=dmr.volume_level)
            await dmr.async_stop()
            await at.state(TransportState.STOPPED)
        finally:
            await updater.async_stop()


COMMANDS: dict[str, Callable[..., Coroutine[Any, Any, None]]] = {
    "play": play,
    "queue": queue,
    "pick_up": pick_up,
}

if __name__ == "__main__":
    try:
        asyncio.run(COMMANDS[sys.argv[1]](*sys.argv[2:]))
    except UpnpError as err:
        show(error=type(err).__name__, text=str(err))
        sys.exit(1)
