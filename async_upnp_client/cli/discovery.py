"""UDA chapter 1 at the command line: `search` and `advertisements`, a result for each message heard.

Called by `commands`. What a message means, and who is there, is not judged here.
"""

import argparse
import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client.advertisement import SsdpAdvertisementListener
from async_upnp_client.cli.addresses import socket_address
from async_upnp_client.cli.errors import command_error, explain
from async_upnp_client.cli.output import CommandError, ExitCode, Output
from async_upnp_client.const import AddressTupleVXType
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.search import async_search
from async_upnp_client.ssdp import SSDP_IP_V4, SSDP_IP_V6, SSDP_PORT, determine_source_target


async def search(args: argparse.Namespace, output: Output) -> None:
    """Send a search, print each answer, return when no more can come."""
    source, target = source_and_target(args)

    async def on_response(headers: CaseInsensitiveDict) -> None:
        output.result(message_record(headers))

    with _sockets_for(args):
        await async_search(
            on_response,
            timeout=args.timeout,
            search_target=args.search_target,
            source=source,
            target=target,
        )


async def advertisements(args: argparse.Namespace, output: Output) -> None:
    """Print each advertisement, until cancelled."""
    source, target = source_and_target(args)

    def on_advertisement(headers: CaseInsensitiveDict) -> None:
        output.result(message_record(headers))

    listener = SsdpAdvertisementListener(
        on_alive=on_advertisement,
        on_byebye=on_advertisement,
        on_update=on_advertisement,
        source=source,
        target=target,
    )
    with _sockets_for(args):
        await listener.async_start()
    try:
        await asyncio.get_running_loop().create_future()
    finally:
        await listener.async_stop()


def source_and_target(args: argparse.Namespace) -> tuple[AddressTupleVXType, AddressTupleVXType]:
    """Addresses of --bind, --target and --target_port; what is left out follows from the others."""
    source = socket_address(args.bind, 0) if args.bind else None
    target = socket_address(args.target, args.target_port) if args.target else None
    if target is None and args.target_port != SSDP_PORT:
        target = _group_for(source, args.target_port)
    if source and target and len(source) != len(target):
        sentence = f"--bind {args.bind} and --target {args.target} are of different address families"
        raise CommandError(ExitCode.MISMATCH, sentence)
    with _sockets_for(args):
        return determine_source_target(source, target)


@contextmanager
def _sockets_for(args: argparse.Namespace) -> Iterator[None]:
    """Say in a sentence why there is no socket: a scope is missing, an address is not ours, no route."""
    given = [f"--{option} {vars(args)[option]}" for option in ("bind", "target") if vars(args)[option]]
    named = " ".join(given) or "the network"
    try:
        yield
    except UpnpError as err:
        raise CommandError(ExitCode.MISMATCH, f"{named}: {explain(err)}") from err
    except OSError as err:
        raise command_error(err, named) from err


def _group_for(source: AddressTupleVXType | None, port: int) -> AddressTupleVXType:
    if source is not None and len(source) == 4:
        return (SSDP_IP_V6, port, 0, source[3])
    return (SSDP_IP_V4, port)


def message_record(headers: CaseInsensitiveDict) -> dict[str, str]:
    """Make a result of a message: every header as text, LOCATION as received and `location` as usable."""
    record: dict[str, str] = {}
    original = headers.get("_location_original")
    for name, value in headers.items():
        if original is not None and name != "location" and name.lower() == "location":
            record[name] = str(original)
            continue
        record[name] = str(value)
        if name == "_location_original":
            record["location"] = str(headers.get("location", original))
    return record
