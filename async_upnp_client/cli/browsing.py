"""Media servers at the command line: `browse`.

Called by `commands`. What is in a server is for `profiles.dlna` to find out; here it becomes results.
"""

import argparse
from typing import Any

from async_upnp_client.aiohttp import AiohttpRequester
from async_upnp_client.cli.description import async_device
from async_upnp_client.cli.diagnostics import diagnosed
from async_upnp_client.cli.errors import explain
from async_upnp_client.cli.exit_codes import CommandError, ExitCode
from async_upnp_client.cli.output import Output
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.profiles.dlna.media_server import DmsDevice


async def async_media_server(args: argparse.Namespace) -> DmsDevice:
    """Fetch the media server that the command line names; CommandError for a device that is none."""
    device = await async_device(args, AiohttpRequester(timeout=args.timeout))
    try:
        return DmsDevice(device, None)
    except UpnpError as err:
        raise CommandError(ExitCode.MISMATCH, f"{device.name} is no media server: {explain(err)}") from err


async def browse(args: argparse.Namespace, output: Output) -> None:
    """Print what is in a container, or is found by a search, one result for each object."""
    server = await async_media_server(args)
    with diagnosed(server.device, output, wanted=args.diagnostics):
        if args.search is not None:
            found = server.walk_search(args.object, args.search, sort_criteria=args.sort)
        else:
            depth = args.depth or None
            found = server.walk(args.object, depth=depth, sort_criteria=args.sort)
        async for thing in found:
            output.result(object_record(thing, server))


def object_record(thing: Any, server: DmsDevice) -> dict[str, Any]:
    """Give an object of DIDL-Lite as a result."""
    record: dict[str, Any] = {
        "id": thing.id,
        "parent_id": thing.parent_id,
        "kind": thing.tag,
        "title": thing.title,
        "class": vars(thing)["class"],
    }
    if thing.tag == "container":
        record["child_count"] = thing.child_count
    for name in ("creator", "artist", "album", "date"):
        if (value := getattr(thing, name, None)) is not None:
            record[name] = value
    record["resources"] = [
        {
            "url": None if resource.uri is None else server.get_absolute_url(resource.uri),
            "protocol_info": resource.protocol_info,
            "size": resource.size,
            "duration": resource.duration,
        }
        for resource in thing.res
    ]
    return record
