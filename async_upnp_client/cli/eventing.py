"""UDA chapter 4 at the command line: `subscribe`, a result for each event.

Called by `commands`. Holds the subscriptions until it is cancelled, then cancels them at the device.
"""

import argparse
import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

from async_upnp_client._headers import shown
from async_upnp_client._local_ip import async_get_local_ip
from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester
from async_upnp_client.cli.addresses import socket_address
from async_upnp_client.cli.description import async_device
from async_upnp_client.cli.diagnostics import diagnosed
from async_upnp_client.cli.errors import explain
from async_upnp_client.cli.output import CommandError, ExitCode, Output
from async_upnp_client.cli.service_names import find_service, short_name
from async_upnp_client.client import UpnpDevice, UpnpService, UpnpStateVariable
from async_upnp_client.client.service import EventCallbackType
from async_upnp_client.const import AddressTupleVXType
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.exceptions import UpnpConnectionError, UpnpError, UpnpServerError
from async_upnp_client.profiles.dlna.last_change import DEFAULT_INSTANCE, parse_last_change

_LOGGER = logging.getLogger(__name__)

LAST_CHANGE = "LastChange"

MIN_WAIT = 10.0
"""Seconds between two requests for one subscription at least, whatever a device grants, so that a
broken one is not flooded; a subscription that ends before is made anew."""

MAX_WAIT = 24 * 60 * 60.0
"""Seconds at most, for devices that grant for ever: a device that has been restarted has forgotten us."""


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
        subscriber = Subscriber(server.event_handler, output)
        on_event = event_printer(output, show_last_change=not args.nolastchange, after_event=after_event)
        for service in services:
            service.on_event = on_event
        await subscriber.async_hold(services)
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


class Subscriber:
    """Holds subscriptions. One that is refused, or that fails later, costs a line and not the others."""

    def __init__(
        self,
        handler: UpnpEventHandler,
        output: Output,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._handler = handler
        self._output = output
        self._sleep = sleep

    async def async_hold(self, services: Sequence[UpnpService]) -> None:
        """Subscribe to all, renew what was granted, until cancelled; CommandError if nothing was granted."""
        outcomes = await asyncio.gather(*(self._async_subscribe(service) for service in services))
        granted = [
            (service, outcome)
            for service, outcome in zip(services, outcomes, strict=True)
            if isinstance(outcome, timedelta)
        ]
        refusals = [
            (sentence_about(service, "is not subscribed", outcome), outcome)
            for service, outcome in zip(services, outcomes, strict=True)
            if isinstance(outcome, UpnpError)
        ]
        if not granted:
            unreachable = all(isinstance(err, UpnpConnectionError) for _, err in refusals)
            code = ExitCode.UNREACHABLE if unreachable else ExitCode.REFUSED
            raise CommandError(code, "; ".join(sentence for sentence, _ in refusals))
        for sentence, _ in refusals:
            self._output.complain(sentence)
        await asyncio.gather(*(self._async_renew(service, timeout) for service, timeout in granted))

    async def _async_subscribe(self, service: UpnpService) -> timedelta | UpnpError:
        try:
            _sid, granted = await self._handler.async_subscribe(service)
        except UpnpError as err:
            return err
        return granted

    async def _async_renew(self, service: UpnpService, granted: timedelta) -> None:
        wait = wait_after(granted)
        while True:
            await self._sleep(wait)
            try:
                if self._handler.sid_for_service(service) is None:
                    _sid, granted = await self._handler.async_subscribe(service)
                else:
                    _sid, granted = await self._handler.async_resubscribe(service)
            except KeyError:
                wait = MIN_WAIT  # it was lost while we waited for our turn: subscribe anew
            except UpnpError as err:
                self._output.complain(sentence_about(service, "is not renewed", err))
                wait = min(2 * wait, MAX_WAIT)
            else:
                wait = wait_after(granted)


def sentence_about(service: UpnpService, what: str, err: UpnpError) -> str:
    """Say what became of a service, and why."""
    name = short_name(service, service.device.root_device.all_services)
    return f"{name} {what}: {explain(err)}"


def wait_after(granted: timedelta) -> float:
    """Seconds until a subscription is renewed, long before it ends (UDA 2.0 §4.1.3): half of that time."""
    return min(max(granted.total_seconds() / 2, MIN_WAIT), MAX_WAIT)


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
