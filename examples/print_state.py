#!/usr/bin/env python3
"""Print the state of a printer, and follow it.

    python examples/print_state.py http://192.168.1.40:49152/description.xml [--seconds 60]

The printer says itself what changes, where it can: a line comes for each change.
"""

import argparse
import asyncio
from collections.abc import Sequence

from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester
from async_upnp_client.client import UpnpService, UpnpStateVariable
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.profiles.printer import PrinterDevice
from async_upnp_client.utils import async_get_local_ip


def on_event(_service: UpnpService, variables: Sequence[UpnpStateVariable[object]]) -> None:
    """Print one line for each variable that changed."""
    for variable in variables:
        print(f"{variable.name} = {variable.value!r}", flush=True)


async def follow(location: str, seconds: float) -> None:
    """Ask once, then listen for a while."""
    requester = AiohttpRequester()
    device = await UpnpFactory(requester, non_strict=True).async_create_device(location)
    _family, local_ip = await async_get_local_ip(location)
    server = AiohttpNotifyServer(requester, source=(local_ip, 0))
    printer = PrinterDevice(device, server.event_handler)

    attributes = await printer.async_get_printer_attributes()
    if attributes is None:
        raise SystemExit(f"{printer.name} does not tell its state")
    jobs = ", ".join(map(str, attributes.job_id_list)) or "none"
    print(f"{printer.name}: {attributes.printer_state} ({attributes.printer_state_reasons}), jobs: {jobs}")

    printer.on_event = on_event
    await server.async_start_server()
    try:
        await printer.async_subscribe_services(auto_resubscribe=True)
        await asyncio.sleep(seconds)
    finally:
        await printer.async_unsubscribe_services()
        await server.async_stop_server()


def main() -> None:
    """Read the command line, and follow the printer."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("location", help="URL of the printer's description")
    parser.add_argument("--seconds", type=float, default=60, help="how long (default: %(default)s)")
    args = parser.parse_args()
    try:
        asyncio.run(follow(args.location, args.seconds))
    except KeyboardInterrupt:
        pass
    except UpnpError as err:
        raise SystemExit(str(err)) from err


if __name__ == "__main__":
    main()
