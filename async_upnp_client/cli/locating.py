"""UDA chapter 1 at the command line: `locate`, where one device is now.

Called by `commands`. How it is found is `locating`'s.
"""

import argparse

from async_upnp_client.cli.output import Output
from async_upnp_client.locating import LocateHints, async_locate

UUID = "uuid:"


async def locate(args: argparse.Namespace, output: Output) -> None:
    """Look for a device, and print where it is; UpnpNotFoundError if it is not found in time."""
    udn = args.udn if args.udn.lower().startswith(UUID) else UUID + args.udn
    hints = LocateHints(location=args.location, host=args.host, device_type=args.device_type)
    interfaces = [args.bind.partition("%")[0]] if args.bind else None
    found = await async_locate(udn, hints, timeout=args.timeout, interfaces=interfaces)
    output.result(
        {
            "timestamp": output.timestamp(),
            "udn": found.udn,
            "location": found.location,
            "found_by": found.by.value,
            "interface": found.interface,
        }
    )
