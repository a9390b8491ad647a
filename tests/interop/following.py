"""What a program does that holds devices for long, run on the control point's host.

    python -m tests.interop.following [--speed N] [--seconds SECONDS] [--timeout SECONDS] [--busy FILE]
        [--bind ADDRESS] URL...

It keeps the devices current and their events coming, asking for subscriptions of so many seconds, until it is
told to end. It prints JSON, one line for whatever happens. Only the public API is used, as its users do. Time
runs N times as fast, and an hour of it passes at SIGUSR1. What hears the events does nothing else while there
is a FILE.
"""

import argparse
import asyncio
import contextlib
import json
import signal
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester
from async_upnp_client.client import UpnpDevice, UpnpService, UpnpStateVariable
from async_upnp_client.client.service import EventCallbackType
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.device_updater import DeviceUpdater
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.locating import async_locate_device
from async_upnp_client.search import async_search_first
from async_upnp_client.subscription import UpnpSubscription
from tests.support.compressed_time import compressed_loop, run

HALF_HOUR = 1800
HOUR = 3600
TIMEOUT = 5  # seconds for a request
PAUSE = 0.05  # seconds between two looks at a file
TURNS = 100  # of the loop
PATIENCE = 1.0  # seconds until a byebye is believed


def show(device: UpnpDevice, **line: Any) -> None:
    """Print one thing that has happened to a device."""
    print(json.dumps({"udn": device.udn, **line}, default=str), flush=True)


def on_change(device: UpnpDevice) -> None:
    """Show where the device is, or that it is gone."""
    show(device, available=device.available, at=device.device_url, name=device.name)


def on_state(subscription: UpnpSubscription) -> None:
    """Show how a subscription is."""
    service = subscription.service
    show(service.device, service=service.service_id, state=subscription.state.value)


def on_event(service: UpnpService, variables: Sequence[UpnpStateVariable[Any]]) -> None:
    """Show what an event tells."""
    event = {variable.name: variable.value for variable in variables}
    show(service.device, service=service.service_id, event=event)


def busy_while(file: Path) -> EventCallbackType:
    """Return what shows events, and takes its time for each."""

    def on_event_busy(service: UpnpService, variables: Sequence[UpnpStateVariable[Any]]) -> None:
        while file.exists():
            show(service.device, busy=True)
            time.sleep(PAUSE)
        on_event(service, variables)

    return on_event_busy


def files() -> int:
    """Return how many files and sockets are open."""
    return len(list(Path("/proc/self/fd").iterdir()))


async def follow(
    url: str,
    options: argparse.Namespace,
    factory: UpnpFactory,
    handler: UpnpEventHandler,
    stack: contextlib.AsyncExitStack,
) -> None:
    """Follow a device; the stack ends that."""
    device = await describe(url, factory)
    try:
        device.ssdp_headers = await async_search_first(device.udn)  # by which a restart can be told
    except UpnpError as err:
        show(device, not_found=str(err))
    updater = DeviceUpdater(
        device,
        factory,
        event_handler=handler,
        on_change=on_change,
        patience=PATIENCE,
        async_locate=async_locate_device,
    )
    await updater.async_start()
    stack.push_async_callback(updater.async_stop)
    evented = [one for one in device.all_services if one.event_sub_url and has_events(one)]
    for service in evented:
        service.on_event = on_event if options.busy is None else busy_while(options.busy)
    await asyncio.gather(
        *(
            handler.async_keep_subscribed(service, timedelta(seconds=options.seconds), on_state=on_state)
            for service in evented
        )
    )
    on_change(device)


async def describe(url: str, factory: UpnpFactory) -> UpnpDevice:
    """Describe a device, as soon as that can be done."""
    while True:
        try:
            return await factory.async_create_device(url)
        except UpnpError as err:
            print(json.dumps({"udn": None, "not_described": str(err)}), flush=True)
            await asyncio.sleep(PATIENCE)


def has_events(service: UpnpService) -> bool:
    """Tell whether any variable is evented."""
    return any(variable.send_events for variable in service.state_variables.values())


async def follow_all(options: argparse.Namespace) -> None:
    """Follow devices until the end."""
    ended, loop = asyncio.Event(), compressed_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    loop.add_signal_handler(signal.SIGUSR1, loop.jump, HOUR)
    before = files()
    requester = AiohttpRequester(options.timeout)
    server = AiohttpNotifyServer(requester, source=(options.bind, 0))
    await server.async_start_server()
    factory = UpnpFactory(requester, non_strict=True)
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(server.async_stop_server)
        await asyncio.gather(
            *(follow(url, options, factory, server.event_handler, stack) for url in options.locations)
        )
        await ended.wait()
    await requester.async_close()
    for _ in range(TURNS):  # connections that came in as the server stopped are closed in some of them
        if files() > before:
            await asyncio.sleep(0)
    left = {"tasks": len(asyncio.all_tasks()) - 1, "files": files() - before, "timers": loop.timers}
    print(json.dumps({"left": left}), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Follow devices.")
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--seconds", type=int, default=HALF_HOUR)
    parser.add_argument("--timeout", type=int, default=TIMEOUT)
    parser.add_argument("--bind", default="0.0.0.0")
    parser.add_argument("--busy", type=Path)
    parser.add_argument("locations", nargs="+")
    found = parser.parse_args()
    run(follow_all(found), found.speed)
