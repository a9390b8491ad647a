"""What a program does with the library, one job for each command, run on the control point's host.

    python -m tests.interop.library search|listen|watch|hold|describe|call|subscribe ...

Each prints JSON, one line for a result. Only the public API is used, as its users do.
"""

import asyncio
import contextlib
import json
import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester
from async_upnp_client.client import UpnpDevice, UpnpService, UpnpStateVariable
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.const import SsdpSource
from async_upnp_client.device_updater import DeviceUpdater
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.locating import async_locate_device
from async_upnp_client.profiles.igd import IgdDevice, IgdStateItem
from async_upnp_client.search import async_search
from async_upnp_client.ssdp_interfaces import SsdpInterfacesListener
from async_upnp_client.ssdp_listener import SsdpDevice, SsdpListener
from async_upnp_client.utils import CaseInsensitiveDict, async_get_local_ip

# A search is repeated, and devices take their time: what says byebye meanwhile may answer after it.
ANSWERED_SECONDS = 3
WATCH_SECONDS = 0.2  # between two looks at the interfaces


def show(result: Any) -> None:
    """Print one result."""
    print(json.dumps(result, default=str), flush=True)


async def search(search_target: str, seconds: str) -> None:
    """Search once; show the UDN and the location of each answer."""

    async def found(headers: CaseInsensitiveDict) -> None:
        show({"udn": headers["_udn"], "location": headers["location"], "st": headers["st"]})

    await async_search(found, timeout=int(seconds), search_target=search_target)


async def listen(*udns: str) -> None:
    """Search, then listen, until every device was seen, and then until every one said byebye."""
    seen: set[str] = set()
    present, gone = asyncio.Event(), asyncio.Event()

    def heard(device: SsdpDevice, _type: str, source: SsdpSource) -> None:
        if device.udn not in udns:
            return
        if source is SsdpSource.ADVERTISEMENT_BYEBYE:
            seen.discard(device.udn)
        else:
            seen.add(device.udn)
        show({"udn": device.udn, "source": source.name, "location": device.location})
        if seen == set(udns):
            present.set()
        if not seen and present.is_set():
            gone.set()

    listener = SsdpListener(callback=heard, search_timeout=1)
    await listener.async_start()
    try:
        await listener.async_search()
        await present.wait()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANSWERED_SECONDS):
                await gone.wait()
        show({"present": sorted(listener.devices.keys() & set(udns))})
        await gone.wait()
        show({"present": sorted(listener.devices.keys() & set(udns))})
    finally:
        await listener.async_stop()


async def watch(udn: str, locations: str) -> None:
    """Listen and search on every interface, for ever; show what happens to interfaces and to one device.

    Once that device has so many locations, describe it.
    """

    def heard(device: SsdpDevice, _type: str, source: SsdpSource) -> None:
        if device.udn == udn:
            told = {url: str(listener.interface_of(device, url)) for url in listener.locations(device)}
            show({"heard": source.name, "locations": told})
            if len(told) == int(locations):
                many.set()

    def changed() -> None:
        show({"interfaces": [str(interface) for interface in listener.interfaces]})

    many = asyncio.Event()
    listener = SsdpInterfacesListener(
        callback=heard, on_interfaces=changed, search_timeout=1, look_seconds=WATCH_SECONDS
    )
    await listener.async_start()
    try:
        await listener.async_search()
        await many.wait()
        factory = UpnpFactory(AiohttpRequester())
        device = await listener.async_create_device(factory, listener.devices[udn])
        show({"described": device.device_url, "name": device.name})
        await asyncio.Event().wait()
    finally:
        await listener.async_stop()


async def create_device(url: str, mode: str) -> UpnpDevice:
    """Describe a device, strictly or not."""
    factory = UpnpFactory(AiohttpRequester(), non_strict=mode != "strict")
    return await factory.async_create_device(url)


async def hold(url: str) -> None:
    """Keep a device current, for ever; show whether it is there, and where."""
    device = await create_device(url, "strict")

    def changed(held: UpnpDevice) -> None:
        show({"available": held.available, "at": held.device_url})

    updater = DeviceUpdater(
        device,
        UpnpFactory(AiohttpRequester()),
        on_change=changed,
        patience=0.2,
        async_locate=async_locate_device,
    )
    await updater.async_start()
    try:
        changed(device)
        await asyncio.Event().wait()
    finally:
        await updater.async_stop()


async def describe(url: str, mode: str) -> None:
    """Show what a device has."""
    device = await create_device(url, mode)
    show(
        {
            "name": device.name,
            "udn": device.udn,
            "device_type": device.device_type,
            "icons": [icon.url for icon in device.icons],
            "services": {
                service.service_id: {
                    "actions": sorted(service.actions),
                    "variables": sorted(service.state_variables),
                    "control_url": service.control_url,
                }
                for service in device.all_services
            },
        }
    )


async def call(url: str, mode: str, service_type: str, action: str, arguments: str) -> None:
    """Call an action; the arguments are JSON."""
    device = await create_device(url, mode)
    show(await device.service(service_type).async_call_action(action, **json.loads(arguments)))


async def subscribe(url: str, service_type: str, variable: str, value: str) -> None:
    """Subscribe, and show events until a variable has a value; then renew, and unsubscribe."""
    device = await create_device(url, "lenient")
    service = device.service(service_type)
    changed = asyncio.Event()

    def on_event(_service: UpnpService, variables: Sequence[UpnpStateVariable[Any]]) -> None:
        values = {variable.name: variable.value for variable in variables}
        show({"event": values})
        if str(values.get(variable)) == value:
            changed.set()

    service.on_event = on_event
    _family, address = await async_get_local_ip(url)
    host, _, scope = address.partition("%")
    source = (host, 0, 0, int(scope)) if scope else (host, 0)
    server = AiohttpNotifyServer(AiohttpRequester(), source=source)
    await server.async_start_server()
    try:
        sid, granted = await server.event_handler.async_subscribe(service)
        show({"sid": sid, "seconds": granted.total_seconds()})
        await changed.wait()
        sid, granted = await server.event_handler.async_resubscribe(sid)
        show({"sid": sid, "seconds": granted.total_seconds()})
        show({"unsubscribed": await server.event_handler.async_unsubscribe(sid)})
    finally:
        await server.async_stop_server()


async def gateway_events(url: str) -> None:
    """Subscribe to a gateway as a profile does, open a port, and show what its events tell."""
    device = await create_device(url, "lenient")
    _family, address = await async_get_local_ip(url)
    server = AiohttpNotifyServer(AiohttpRequester(), source=(address, 0))
    igd = IgdDevice(device, server.event_handler)
    told, mapped = asyncio.Event(), asyncio.Event()
    before = 0  # others may have opened some

    def on_event(_service: UpnpService, _variables: Sequence[UpnpStateVariable[Any]]) -> None:
        if None not in (igd.external_ip_address, igd.connection_status, igd.port_mapping_number_of_entries):
            told.set()
        if (igd.port_mapping_number_of_entries or 0) > before:
            mapped.set()

    igd.on_event = on_event
    await server.async_start_server()
    try:
        await igd.async_subscribe_services(auto_resubscribe=True)
        await told.wait()
        show({"address": igd.external_ip_address, "status": igd.connection_status})
        before = igd.port_mapping_number_of_entries or 0
        mapped.clear()
        async with igd.port_mapping(8096):
            await mapped.wait()
            show({"mappings": (igd.port_mapping_number_of_entries or 0) - before})
        state = await igd.async_get_traffic_and_status_data({IgdStateItem.EXTERNAL_IP_ADDRESS})
        show({"state": state.external_ip_address})
    finally:
        await igd.async_unsubscribe_services()
        await server.async_stop_server()


COMMANDS: dict[str, Callable[..., Coroutine[Any, Any, None]]] = {
    "search": search,
    "listen": listen,
    "watch": watch,
    "hold": hold,
    "describe": describe,
    "call": call,
    "subscribe": subscribe,
    "gateway_events": gateway_events,
}

if __name__ == "__main__":
    try:
        asyncio.run(COMMANDS[sys.argv[1]](*sys.argv[2:]))
    except UpnpError as err:
        show({"error": type(err).__name__, "text": str(err)})
        sys.exit(1)
