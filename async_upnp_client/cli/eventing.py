"""UDA chapter 4 at the command line: `subscribe`, a result for each event.

Called by `commands`. Holds the subscriptions until it is cancelled, then cancels them at the device.
"""

import argparse
import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

from async_upnp_client._headers import shown
from async_upnp_client._local_ip import async_get_local_ip
from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester
from async_upnp_client.cli.addresses import socket_address
from async_upnp_client.cli.description import async_device
from async_upnp_client.cli.diagnostics import diagnosed
from async_upnp_client.cli.errors import explain
from async_upnp_client.cli.exit_codes import CommandError, ExitCode
from async_upnp_client.cli.output import Output
from async_upnp_client.cli.service_names import find_service, short_name
from async_upnp_client.client import UpnpDevice, UpnpService, UpnpStateVariable
from async_upnp_client.client.service import EventCallbackType
from async_upnp_client.const import AddressTupleVXType, SubscriptionState
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.exceptions import UpnpConnectionError, UpnpError, UpnpServerError
from async_upnp_client.profiles.dlna.last_change import DEFAULT_INSTANCE, parse_last_change
from async_upnp_client.subscription import UpnpSubscription

_LOGGER = logging.getLogger(__name__)

LAST_CHANGE = "LastChange"


async def subscribe(args: argparse.Namespace, output: Output) -> None:
    """Subscribe to the services that the command line names, print events, until cancelled."""
    requester = AiohttpRequester(timeout=args.timeout)
    device = await async_device(args, requester)
    with diagnosed(device, output, wanted=args.diagnostics) as write_diagnostics:
        await _async_listen(args, output, requester, device, write_diagnostics)


async def _async_listen(
    args: argparse.Namespace,
    output: Output,
    requester: AiohttpRequester,
    device: UpnpDevice,
    after_event: Callable[[], None],
) -> None:
    services = choose_services(device, args.service)
    source = await _async_source(args)
    server = AiohttpNotifyServer(requester, source=source, callback_url=args.callback_url)
    try:
        await server.async_start_server()
    except UpnpServerError as err:
        sentence = f"events cannot be received at {source[0]} port {source[1]}: {explain(err)}"
        raise CommandError(ExitCode.MISMATCH, sentence) from err
    try:
        on_event = event_printer(output, show_last_change=not args.nolastchange, after_event=after_event)
        for service in services:
            service.on_event = on_event
        await async_hold(server.event_handler, output, services)
    finally:
        await server.async_stop_server()


def choose_services(device: UpnpDevice, names: Sequence[str]) -> list[UpnpService]:
    """Find the services to subscribe to, each once; "*" means all that send events."""
    chosen: list[UpnpService] = []
    for name in names:
        if name == "*":
            chosen += [service for service in device.all_services if service.event_sub_url]
            continue
        service = find_service(device.all_services, name)
        if not service.event_sub_url:
            raise CommandError(ExitCode.MISMATCH, f"{name} sends no events")
        chosen.append(service)
    if not chosen:
        raise CommandError(ExitCode.MISMATCH, "no service of the device sends events")
    return list(dict.fromkeys(chosen))


async def _async_source(args: argparse.Namespace) -> AddressTupleVXType:
    """Our own address for events: the one given, or the one from which the device is reached."""
    address = args.bind
    if address is None:
        _family, address = await async_get_local_ip(args.device)
    return socket_address(address, args.bind_port)


async def async_hold(handler: UpnpEventHandler, output: Output, services: Sequence[UpnpService]) -> None:
    """Keep all subscribed to until cancelled; CommandError if none is at first.

    One that is refused, or lost later, costs a line and not the others.
    """
    kept = await asyncio.gather(*(handler.async_keep_subscribed(service) for service in services))
    refused = [item for item in kept if item.state is SubscriptionState.LOST]
    if len(refused) == len(kept):
        unreachable = all(isinstance(item.error, UpnpConnectionError) for item in refused)
        code = ExitCode.UNREACHABLE if unreachable else ExitCode.REFUSED
        raise CommandError(code, "; ".join(map(sentence_about, refused)))
    for item in refused:
        output.complain(sentence_about(item))

    def on_state(subscription: UpnpSubscription) -> None:
        if subscription.state is not SubscriptionState.CALLBACK_UNREACHABLE:  # that is in the log
            output.complain(sentence_about(subscription))

    for item in kept:
        item.on_state = on_state
    await asyncio.Event().wait()


def sentence_about(subscription: UpnpSubscription) -> str:
    """Say how the events of a service are, and why."""
    service, err = subscription.service, subscription.error
    name = short_name(service, service.device.root_device.all_services)
    state = subscription.state
    why = explain(err) if isinstance(err, UpnpError | OSError) else str(err)
    if state is SubscriptionState.LOST:
        return f"{name} is not subscribed: {why}"
    if state is SubscriptionState.RENEWING:
        return f"{name} is being subscribed anew" + (f": {why}" if err is not None else "")
    return f"{name} is subscribed again"


def event_printer(
    output: Output, *, show_last_change: bool, after_event: Callable[[], None] = lambda: None
) -> EventCallbackType:
    """Print each event; LastChange as it came, if wanted, then the changes it carries as their own event."""

    def on_event(service: UpnpService, variables: Sequence[UpnpStateVariable[Any]]) -> None:
        values = {variable.name: event_value(variable) for variable in variables}
        last_change = values.get(LAST_CHANGE)
        if not show_last_change:
            values.pop(LAST_CHANGE, None)
        if values:
            output.result(
                {
                    "timestamp": output.timestamp(),
                    "service_id": service.service_id,
                    "service_type": service.service_type,
                    "state_variables": values,
                }
            )
        if isinstance(last_change, str):
            service.notify_changed_state_variables(nested_changes(last_change))
        after_event()

    return on_event


def event_value(variable: UpnpStateVariable[Any]) -> Any:
    """Give the value of a variable, or the text as received where that is no value of its type."""
    if variable.value_unchecked is variable.UPNP_VALUE_ERROR:
        return variable.raw_upnp_value
    return variable.value


def nested_changes(last_change: str) -> dict[str, str]:
    """Read the changes that the text of LastChange carries, of the instance that every device has."""
    instances = parse_last_change(last_change)
    changes = instances.pop(DEFAULT_INSTANCE, {})
    if instances:
        _LOGGER.debug("Not shown: LastChange of instances %s", shown(", ".join(instances)))
    changes.pop(LAST_CHANGE, None)  # it would be read again, and again
    return changes
