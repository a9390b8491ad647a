"""UDA chapter 2 at the command line: `describe`, and the device that every other command starts from.

Called by `commands`, and by the commands of chapters 3 and 4.
"""

import argparse
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from async_upnp_client.aiohttp import AiohttpRequester
from async_upnp_client.cli.diagnostics import diagnosed
from async_upnp_client.cli.exit_codes import CommandError, ExitCode
from async_upnp_client.cli.output import Output
from async_upnp_client.client import UpnpAction, UpnpDevice, UpnpRequester, UpnpService, UpnpStateVariable
from async_upnp_client.client_factory import UpnpFactory


async def describe(args: argparse.Namespace, output: Output) -> None:
    """Print the device, its services and its embedded devices as one result."""
    device = await async_device(args, AiohttpRequester(timeout=args.timeout))
    with diagnosed(device, output, wanted=args.diagnostics):
        output.result({"timestamp": output.timestamp(), "device": device_record(device)})


async def async_device(args: argparse.Namespace, requester: UpnpRequester) -> UpnpDevice:
    """Fetch the device that the command line names. CommandError for what is no URL, UpnpError otherwise."""
    try:
        parts = urlsplit(args.device)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise CommandError(
            ExitCode.UNREACHABLE, f"{args.device!r} is not the URL of a description (http://...)"
        )
    return await UpnpFactory(requester, non_strict=not args.strict).async_create_device(args.device)


def device_record(device: UpnpDevice) -> dict[str, Any]:
    """Describe a device with all that it has."""
    return {
        "device_url": device.device_url,
        "device_type": device.device_type,
        "udn": device.udn,
        "friendly_name": device.friendly_name,
        "manufacturer": device.manufacturer,
        "manufacturer_url": device.manufacturer_url,
        "model_name": device.model_name,
        "model_number": device.model_number,
        "model_description": device.model_description,
        "model_url": device.model_url,
        "serial_number": device.serial_number,
        "presentation_url": device.presentation_url,
        "icons": [icon._asdict() for icon in device.icons],
        "services": [service_record(service) for service in device.own_services],
        "embedded_devices": [device_record(embedded) for embedded in device.own_devices],
    }


def service_record(service: UpnpService) -> dict[str, Any]:
    """Describe a service with its actions and state variables."""
    return {
        "service_id": service.service_id,
        "service_type": service.service_type,
        "scpd_url": service.scpd_url,
        "control_url": service.control_url,
        "event_sub_url": service.event_sub_url,
        "actions": {name: action_record(action) for name, action in service.actions.items()},
        "state_variables": {
            name: {"send_events": variable.send_events, **type_record(variable)}
            for name, variable in service.state_variables.items()
        },
    }


def action_record(action: UpnpAction) -> dict[str, Any]:
    """Describe an action: each argument's name with the type and bounds of its values."""
    return {
        "in": _argument_records(action.in_arguments()),
        "out": _argument_records(action.out_arguments()),
    }


def _argument_records(arguments: Iterable[UpnpAction.Argument]) -> dict[str, Any]:
    return {
        argument.name: {
            "related_state_variable": argument.related_state_variable.name,
            **type_record(argument.related_state_variable),
        }
        for argument in arguments
    }


def type_record(variable: UpnpStateVariable[Any]) -> dict[str, Any]:
    """Describe what a state variable, or an argument related to it, can hold: what is declared of it."""
    declared = {
        "default": variable.default_value,
        "minimum": variable.min_value,
        "maximum": variable.max_value,
        "step": variable.step_value,
        "allowed_values": sorted(map(str, variable.allowed_values)) or None,
    }
    record = {"data_type": variable.data_type, **declared}
    return {name: value for name, value in record.items() if value is not None}
