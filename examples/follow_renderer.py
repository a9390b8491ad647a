#!/usr/bin/env python3
"""Show what a media renderer does, whoever has it do so: a line for each change, until Ctrl-C.

python examples/follow_renderer.py http://192.168.1.60:49494/description.xml
"""

import argparse
import asyncio
from collections.abc import Sequence
from typing import Any

from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester
from async_upnp_client.client import UpnpService, UpnpStateVariable
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.profiles.dlna import DmrDevice
from async_upnp_client.utils import async_get_local_ip


def line(renderer: DmrDevice) -> str:
    """Return what there is to say, in a line."""
    state, level = renderer.transport_state, renderer.volume_level
    parts = [state.value if state is not None else "on"]
    if renderer.media_title is not None:
        artist = f"{renderer.media_artist}: " if renderer.media_artist is not None else ""
        parts.append(f"{artist}{renderer.media_title}")
    position = renderer.media_position_now
    if position is not None and renderer.media_duration is not None:
        parts.append(f"{position:.0f} of {renderer.media_duration} s")
    if level is not None:
        parts.append("muted" if renderer.is_volume_muted else f"volume {level:.0%}")
    return ", ".join(parts)


async def follow(location: str) -> None:
    """Show changes until cancelled."""
    requester = AiohttpRequester()
    device = await UpnpFactory(requester, non_strict=True).async_create_device(location)
    _, own_address = await async_get_local_ip(location)
    notify_server = AiohttpNotifyServer(requester, (own_address, 0))
    await notify_server.async_start_server()
    renderer = DmrDevice(device, notify_server.event_handler)
    shown = ""

    def show(_service: UpnpService, _variables: Sequence[UpnpStateVariable[Any]]) -> None:
        nonlocal shown
        text = line(renderer)
        if text != shown:
            shown = text
            print(text, flush=True)

    renderer.on_event = show
    try:
        await renderer.async_subscribe_services(auto_resubscribe=True)
        while True:
            await renderer.async_update()  # positions are not evented
            await asyncio.sleep(10)
    finally:
        await renderer.async_unsubscribe_services()
        await notify_server.async_stop_server()


def main() -> None:
    """Read the command line, and follow."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("location", help="URL of the renderer's description")
    args = parser.parse_args()
    try:
        asyncio.run(follow(args.location))
    except UpnpError as err:
        raise SystemExit(str(err)) from err
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
