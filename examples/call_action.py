#!/usr/bin/env python3
"""Read and set the volume of a media renderer.

    python examples/call_action.py http://192.168.1.30:49494/description.xml [VOLUME]

Values go in and come out as Python values: the service's own description says which
type each argument has, and what is of another is refused before anything is sent. A strict
factory, without `non_strict`, would hold them to the range of the description as well; here
the device itself says what it does not take.
"""

import argparse
import asyncio

from async_upnp_client.aiohttp import AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.exceptions import UpnpActionError, UpnpError

RENDERING_CONTROL = "urn:schemas-upnp-org:service:RenderingControl:1"


async def read_or_set_volume(location: str, volume: int | None) -> int:
    """Set the volume where one is given; the volume as the device reports it."""
    device = await UpnpFactory(AiohttpRequester(), non_strict=True).async_create_device(location)
    rendering_control = device.find_service(RENDERING_CONTROL)
    if rendering_control is None:
        raise SystemExit(f"{device.name} has no RenderingControl service")
    channel = {"InstanceID": 0, "Channel": "Master"}
    if volume is not None:
        await rendering_control.async_call_action("SetVolume", **channel, DesiredVolume=volume)
    result = await rendering_control.async_call_action("GetVolume", **channel)
    return int(result["CurrentVolume"])


def main() -> None:
    """Read the command line, and call the actions."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("location", help="URL of the device's description")
    parser.add_argument("volume", type=int, nargs="?", help="what to set; without it the volume is only read")
    args = parser.parse_args()
    try:
        print("volume:", asyncio.run(read_or_set_volume(args.location, args.volume)))
    except UpnpActionError as err:
        raise SystemExit(f"the device refused: {err.error_code} {err.error_desc}") from err
    except UpnpError as err:
        raise SystemExit(str(err)) from err


if __name__ == "__main__":
    main()
