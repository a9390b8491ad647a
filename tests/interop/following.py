"""What a program does that holds a device for long, run on the control point's host.

    python -m tests.interop.following URL [SECONDS]

It keeps the device current and its events coming, asking for subscriptions of so many seconds, until it is
told to end. It prints JSON, one line for whatever happens. Only the public API is used, as its users do.
"""

import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester
from async_upnp_client.client import UpnpDevice, UpnpService, UpnpStateVariable
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.device_updater import DeviceUpdater
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.locating import async_locate_device
from async_upnp_client.search import async_search_first
from async_upnp_client.subscription import UpnpSubscription

HALF_HOUR = "1800"
PATIENCE = 1.0  # seconds until a byebye is believed


def show(**line: Any) -> None:
    """Print one thing that has happened."""
    print(json.dumps(line, default=str), flush=True)


def on_change(device: UpnpDevice) -> None:
    """Show where the device is, or that it is gone."""
    show(available=device.available, at=device.device_url, name=device.name)


def on_state(subscription: UpnpSubscription) -> None:
    """Show how a subscription is."""
    show(service=subscription.service.service_id, state=subscription.state.value)


def on_event(service: UpnpService, variables: Sequence[UpnpStateVariable[Any]]) -> None:
    """Show what an event tells."""
    show(service=service.service_id, event={variable.name: variable.value for variable in variables})


async def follow(url: str, seconds: str = HALF_HOUR) -> None:
    """Follow the device until the end."""
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    requester = AiohttpRequester()
    server = AiohttpNotifyServer(requester, source=("0.0.0.0", 0))
    await server.async_start_server()
    factory = UpnpFactory(requester, non_strict=True)
    device = await factory.async_create_device(url)
    try:
        device.ssdp_headers = await async_search_first(device.udn)  # by which a restart can be told
    except UpnpError as err:
        show(not_found=str(err))
    updater = DeviceUpdater(
        device,
        factory,
        event_handler=server.event_handler,
        on_change=on_change,
        patience=PATIENCE,
        async_locate=async_locate_device,
    )
    await updater.async_start()
    try:
        for service in device.all_services:
            if service.event_sub_url and any(one.send_events for one in service.state_variables.values()):
                service.on_event = on_event
                await server.event_handler.async_keep_subscribed(
                    service, timedelta(seconds=int(seconds)), on_state=on_state
                )
        on_change(device)
        await ended.wait()
    finally:
        await updater.async_stop()
        await server.async_stop_server()
    show(tasks=len(asyncio.all_tasks()) - 1)


if __name__ == "__main__":
    asyncio.run(follow(*sys.argv[1:]))
