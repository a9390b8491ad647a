"""`upnp-client serve`: a virtual device on the network, until it is interrupted, and who calls it.

Called by `commands`; `demo` publishes the same devices on loopback. What they do is `virtual`'s.
"""

import argparse
import asyncio
import platform
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from async_upnp_client._local_ip import async_get_local_ip
from async_upnp_client.cli.addresses import socket_address
from async_upnp_client.cli.exit_codes import CommandError, ExitCode
from async_upnp_client.cli.output import Output
from async_upnp_client.const import AddressTupleVXType
from async_upnp_client.server import UpnpServer, UpnpServerAction, UpnpServerDevice, current_caller
from async_upnp_client.ssdp import SSDP_IP_V4, SSDP_IP_V6, SSDP_PORT
from async_upnp_client.virtual import VirtualMediaServer, VirtualRenderer
from async_upnp_client.virtual.gateway import VirtualGateway

Maker = Callable[..., UpnpServerDevice]


def make_gateway(name: str, udn: str) -> Maker:
    """Return what makes a gateway of that name."""
    return VirtualGateway(name=name, udn=udn).device_class


DEVICES: Mapping[str, Callable[[str, str], Maker]] = {
    "renderer": VirtualRenderer.named,
    "media-server": VirtualMediaServer.named,
    "gateway": make_gateway,
}
"""What can be served: each takes a name and a UDN, and gives what makes the device."""


async def serve(args: argparse.Namespace, output: Output) -> None:
    """Publish a device, print where it is and then each call of it, until cancelled."""
    sources = [socket_address(text, 0) for text in args.bind] or [await async_own_address()]
    name = args.name or f"Virtual {args.kind.replace('-', ' ')}"
    make = DEVICES[args.kind](name, args.udn or lasting_udn(args.kind, name))
    target = target_of(args, sources[0])
    server = UpnpServer(make, sources[0], target, args.port, other_sources=sources[1:], max_age=args.max_age)
    async with server:
        show_calls(server.device, output)
        output.result(
            {
                "timestamp": output.timestamp(),
                "device_type": server.device.device_type,
                "friendly_name": server.device.friendly_name,
                "udn": server.device.udn,
                "location": server.location,
            }
        )
        await asyncio.get_running_loop().create_future()


async def async_own_address() -> AddressTupleVXType:
    """Return the address by which the outside is reached; CommandError where there is none."""
    try:
        _, host = await async_get_local_ip()
    except OSError as err:
        sentence = f"no address of this machine reaches a network ({err}); --bind names one"
        raise CommandError(ExitCode.MISMATCH, sentence) from err
    return (host, 0)


def target_of(args: argparse.Namespace, source: AddressTupleVXType) -> AddressTupleVXType | None:
    """Return the SSDP group on another port than its own, None for its own."""
    if args.target_port == SSDP_PORT:
        return None
    return socket_address(SSDP_IP_V6 if len(source) == 4 else SSDP_IP_V4, args.target_port)


def lasting_udn(kind: str, name: str) -> str:
    """Return a UDN that is the same each time that a device of that name is served here."""
    return f"uuid:{uuid5(NAMESPACE_DNS, f'{kind}/{name}/{platform.node()}')}"


def show_calls(device: UpnpServerDevice, output: Output) -> None:
    """Have each call of an action printed, before it is carried out."""
    for service in device.all_server_services:
        for action in service.actions.values():
            if isinstance(action, UpnpServerAction) and action.handler is not None:
                action.handler = partial(async_shown, action, action.handler, output)


async def async_shown(
    action: UpnpServerAction, handler: Callable[..., Awaitable[Any]], output: Output, **values: Any
) -> Any:
    """Print a call, and carry it out."""
    output.result(
        {
            "timestamp": output.timestamp(),
            "caller": current_caller(),
            "service_id": action.service.service_id,
            "action": action.name,
            "in_parameters": values,
        }
    )
    return await handler(**values)
