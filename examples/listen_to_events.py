#!/usr/bin/env python3
"""Subscribe to every service of a device that sends events, and print what changes.

    python examples/listen_to_events.py http://192.168.1.30:49494/description.xml [--seconds 60]

The device calls us: a small HTTP server is started on the address of ours that the device
is reached from. Subscriptions end with the program.
"""

import argparse
import asyncio
from collections.abc import Sequence

from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester
from async_upnp_client.client import UpnpService, UpnpStateVariable
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.subscription import UpnpSubscription
from async_upnp_client.utils import async_get_local_ip


def on_event(service: UpnpService, variables: Sequence[UpnpStateVariable[object]]) -> None:
    """Print one line for each variable that changed."""
    for variable in variables:
        print(f"{service.service_id} {variable.name} = {variable.value!r}")


def on_state(subscription: UpnpSubscription) -> None:
    """Say how a subscription is, whenever that has changed."""
    why = f": {subscription.error}" if subscription.error else ""
    print(f"{subscription.service.service_id}: {subscription.state.value}{why}")


async def listen(location: str, seconds: float) -> None:
    """Subscribe, listen for a while, unsubscribe."""
    requester = AiohttpRequester()
    device = await UpnpFactory(requester, non_strict=True).async_create_device(location)
    _family, local_ip = await async_get_local_ip(location)
    server = AiohttpNotifyServer(requester, source=(local_ip, 0))
    await server.async_start_server()
    try:
        for service in device.all_services:
            service.on_event = on_event
            if not service.event_sub_url:
                continue
            # renewed for as long as this runs, through restarts of the device and lost networks
            subscription = await server.event_handler.async_keep_subscribed(service, on_state=on_state)
            if subscription.error is None:
                print(f"{service.service_id}: subscribed for {subscription.granted_timeout}")
        await asyncio.sleep(seconds)
    finally:
        await server.async_stop_server()


def main() -> None:
    """Read the command line, and listen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("location", help="URL of the device's description")
    parser.add_argument("--seconds", type=float, default=60, help="how long to listen (default: %(default)s)")
    args = parser.parse_args()
    try:
        asyncio.run(listen(args.location, args.seconds))
    except UpnpError as err:
        raise SystemExit(str(err)) from err


if __name__ == "__main__":
    main()
