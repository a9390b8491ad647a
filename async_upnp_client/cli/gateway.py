"""Internet gateways at the command line: `igd status`, `list`, `add`, `open`, `delete`, `pinhole`, `watch`.

Called by `commands`. What a gateway does with a request is `profiles.igd`'s; here it becomes results.
"""

import argparse
import asyncio
from collections.abc import Mapping
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from async_upnp_client.aiohttp import AiohttpRequester
from async_upnp_client.cli.description import async_device
from async_upnp_client.cli.diagnostics import diagnosed
from async_upnp_client.cli.errors import explain
from async_upnp_client.cli.exit_codes import CommandError, ExitCode
from async_upnp_client.cli.output import Output
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.profiles.igd import (
    IgdDevice,
    IgdState,
    LastingPinhole,
    PortMapping,
    PortMappingEntry,
    WanConnection,
)


async def async_gateway(args: argparse.Namespace) -> IgdDevice:
    """Fetch the gateway that the command line names; CommandError for a device that is none."""
    device = await async_device(args, AiohttpRequester(timeout=args.timeout))
    try:
        return IgdDevice(device, None)
    except UpnpError as err:
        raise CommandError(
            ExitCode.MISMATCH, f"{device.name} is no Internet gateway: {explain(err)}"
        ) from err


async def status(args: argparse.Namespace, output: Output) -> None:
    """Print the state of a gateway: its connections, its traffic, and what it can do."""
    igd = await async_gateway(args)
    with diagnosed(igd.device, output, wanted=args.diagnostics):
        connections = await igd.async_wan_connections()
        if connections:
            await igd.async_select_connection(connections[0])
        output.result(
            {
                "timestamp": output.timestamp(),
                "gateway": igd.name,
                "udn": igd.udn,
                "device_type": igd.device_type,
                "connections": [connection_record(found) for found in connections],
                "state": state_record(await igd.async_get_traffic_and_status_data()),
                "capabilities": {
                    feature.value: {
                        "state": found.state.value,
                        "reason": found.reason,
                        "error_code": found.error_code,
                    }
                    for feature, found in (await igd.async_probe()).items()
                },
            }
        )


async def list_mappings(args: argparse.Namespace, output: Output) -> None:
    """Print each port mapping of a gateway, one result for each."""
    igd = await async_gateway(args)
    with diagnosed(igd.device, output, wanted=args.diagnostics):
        for entry in await igd.async_get_port_mappings():
            output.result({"timestamp": output.timestamp(), **entry_record(entry)})


async def add(args: argparse.Namespace, output: Output) -> None:
    """Open a port until its lease ends, and print what the gateway made of it."""
    mapping = asked_mapping(await async_gateway(args), args)
    await mapping.async_open_once()
    output.result({"timestamp": output.timestamp(), **mapping_record(mapping)})


async def keep_open(args: argparse.Namespace, output: Output) -> None:
    """Open a port until interrupted; print what the gateway made of it, and every change."""
    mapping = asked_mapping(await async_gateway(args), args)

    def show(changed: PortMapping) -> None:
        output.result({"timestamp": output.timestamp(), **mapping_record(changed)})

    mapping.on_change = show
    async with mapping:
        show(mapping)
        await asyncio.Event().wait()


async def delete(args: argparse.Namespace, output: Output) -> None:
    """Close a port, whoever opened it."""
    igd = await async_gateway(args)
    host = None if args.remote_host is None else IPv4Address(args.remote_host)
    await igd.async_delete_port_mapping(host, args.external_port, args.protocol)
    record = {"deleted": True, "external_port": args.external_port, "protocol": args.protocol}
    output.result({"timestamp": output.timestamp(), **record})


async def keep_pinhole(args: argparse.Namespace, output: Output) -> None:
    """Open a port of ours in the IPv6 firewall until interrupted; print it, and every change."""
    igd = await async_gateway(args)
    try:
        client = None if args.client is None else IPv6Address(args.client)
        pinhole = igd.pinhole(args.port, args.protocol, internal_client=client, lease=lease_of(args))
    except ValueError as err:
        raise CommandError(ExitCode.MISMATCH, str(err)) from err

    def show(changed: LastingPinhole) -> None:
        output.result({"timestamp": output.timestamp(), **pinhole_record(changed)})

    pinhole.on_change = show
    async with pinhole:
        show(pinhole)
        await asyncio.Event().wait()


async def watch(args: argparse.Namespace, output: Output) -> None:
    """Print the state of a gateway again and again, until interrupted."""
    igd = await async_gateway(args)
    while True:
        state = await igd.async_get_traffic_and_status_data()
        output.result({"timestamp": output.timestamp(), **state_record(state)})
        await asyncio.sleep(args.interval)


def asked_mapping(igd: IgdDevice, args: argparse.Namespace) -> PortMapping:
    """Return the mapping that the command line asks for, not open yet."""
    try:
        client = None if args.client is None else IPv4Address(args.client)
        host = None if args.remote_host is None else IPv4Address(args.remote_host)
    except ValueError as err:
        raise CommandError(ExitCode.MISMATCH, f"port mappings are for IPv4: {err}") from err
    return igd.port_mapping(
        args.port,
        args.protocol,
        external_port=args.external_port,
        internal_client=client,
        remote_host=host,
        description=args.description,
        lease=lease_of(args),
        any_port=args.any_port,
    )


def lease_of(args: argparse.Namespace) -> timedelta:
    """Return the lease that the command line asks for."""
    return timedelta(seconds=args.lease)


# --- Records ---


def connection_record(connection: WanConnection) -> dict[str, Any]:
    """Describe a WAN connection, and why it stands where it does."""
    return {
        "service_id": connection.service.service_id,
        "service_type": connection.service.service_type,
        "status": connection.status,
        "external_ip_address": connection.external_ip_address,
        "address_kind": connection.address_kind.name.lower(),
        "is_default": connection.is_default,
        "reasons": connection.reasons,
    }


def state_record(state: IgdState) -> dict[str, Any]:
    """Describe a state; an error as a sentence in the place of its value."""
    values: Mapping[str, Any] = state._asdict()
    return {
        name: {"error": explained(value)} if isinstance(value, BaseException) else value
        for name, value in values.items()
        if name != "timestamp"
    }


def explained(error: BaseException) -> str:
    """Say in a sentence what went wrong with one value."""
    return explain(error) if isinstance(error, UpnpError | OSError) else repr(error)


def entry_record(entry: PortMappingEntry) -> dict[str, Any]:
    """Describe a port mapping that a gateway lists; the lease in seconds, None without end."""
    lease = entry.lease_duration
    return entry._asdict() | {"lease_duration": None if lease is None else lease.total_seconds()}


def mapping_record(mapping: PortMapping) -> dict[str, Any]:
    """Describe a port mapping of ours; the lease in seconds, None without end."""
    return {
        "open": mapping.is_open,
        "error": None if mapping.error is None else explain(mapping.error),
        "external_ip_address": mapping.external_address,
        "external_port": mapping.external_port,
        "protocol": mapping.protocol,
        "internal_port": mapping.internal_port,
        "internal_client": mapping.internal_client,
        "lease_duration": None if mapping.granted is None else mapping.granted.total_seconds(),
    }


def pinhole_record(pinhole: LastingPinhole) -> dict[str, Any]:
    """Describe a pinhole of ours; the lease in seconds."""
    return {
        "open": pinhole.is_open,
        "error": None if pinhole.error is None else explain(pinhole.error),
        "unique_id": pinhole.pinhole_id,
        "protocol": pinhole.protocol,
        "internal_port": pinhole.internal_port,
        "internal_client": pinhole.internal_client,
        "lease_duration": None if pinhole.granted is None else pinhole.granted.total_seconds(),
    }
