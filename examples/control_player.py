#!/usr/bin/env python3
"""Control an OpenHome player: show its sources and its playlist, play, pause, stop, set the volume.

    python examples/control_player.py http://192.168.1.50:55178/device.xml [play|pause|stop] [--level 0.3]

Playing, pausing and stopping mean the source that is active, whichever it is.
"""

import argparse
import asyncio

from async_upnp_client.aiohttp import AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.profiles.ohmedia import OhmDevice


async def control(location: str, step: str | None, volume: int | None, level: float | None) -> None:
    """Do what is asked for, then show what the player has."""
    device = await UpnpFactory(AiohttpRequester(), non_strict=True).async_create_device(location)
    player = OhmDevice(device, None)
    if volume is not None:
        await player.async_volume_set(volume)
    if level is not None:
        await player.async_volume_set_level(level)
    if step is not None:
        await {"play": player.async_play, "pause": player.async_pause, "stop": player.async_stop}[step]()

    # without events, what they would tell is asked for
    await player.async_update_state_variables()
    print(f"{player.product_room}: {player.transport_state}, volume {player.volume}")
    active = await player.async_active_source_index()
    for source in await player.async_visible_sources():
        print(f"{'*' if source['Index'] == active else ' '} {source['Name']} ({source['Type']})")
    for track in await player.async_playlist_tracks():
        print(f"  {track.id}: {track.uri}")


def main() -> None:
    """Read the command line, and control the player."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("location", help="URL of the player's description")
    parser.add_argument("step", nargs="?", choices=("play", "pause", "stop"))
    parser.add_argument("--volume", type=int, help="what to set, in steps of the player")
    parser.add_argument("--level", type=float, help="the same, from 0.0 to 1.0")
    args = parser.parse_args()
    try:
        asyncio.run(control(args.location, args.step, args.volume, args.level))
    except UpnpError as err:
        raise SystemExit(str(err)) from err


if __name__ == "__main__":
    main()
