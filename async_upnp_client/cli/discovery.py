"""UDA chapter 1 at the command line: `search` and `advertisements`, a result for each message heard.

Called by `commands`. What a message means, and who is there, is not judged here.
"""

import argparse
import asyncio
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from functools import partial
from typing import NamedTuple

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._interfaces import Interface, usable_interfaces
from async_upnp_client.advertisement import SsdpAdvertisementListener
from async_upnp_client.cli.addresses import socket_address
from async_upnp_client.cli.errors import command_error, explain
from async_upnp_client.cli.exit_codes import CommandError, ExitCode
from async_upnp_client.cli.output import Output
from async_upnp_client.const import AddressTupleVXType
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.search import async_search
from async_upnp_client.ssdp import SSDP_IP_V4, SSDP_IP_V6, SSDP_PORT, determine_source_target


class Way(NamedTuple):
    """From where to where messages go; `interface` is its name where all interfaces are used."""

    source: AddressTupleVXType
    target: AddressTupleVXType
    interface: str | None = None


async def search(args: argparse.Namespace, output: Output) -> None:
    """Send a search on each way, print each answer, return when no more can come."""

    async def async_search_on(way: Way) -> None:
        async def on_response(headers: CaseInsensitiveDict) -> None:
            output.result(message_record(headers, way.interface))

        await async_search(
            on_response,
            timeout=args.timeout,
            search_target=args.search_target,
            source=way.source,
            target=way.target,
        )

    on_ways = ways(args)
    ended = await asyncio.gather(*map(async_search_on, on_ways), return_exceptions=True)
    judge(args, output, on_ways, ended)


async def advertisements(args: argparse.Namespace, output: Output) -> None:
    """Print each advertisement of each way, until cancelled."""

    def on_advertisement(interface: str | None, headers: CaseInsensitiveDict) -> None:
        output.result(message_record(headers, interface))

    on_ways = ways(args)
    async with AsyncExitStack() as stack:

        async def async_listen_on(way: Way) -> None:
            heard = partial(on_advertisement, way.interface)
            listener = SsdpAdvertisementListener(
                on_alive=heard, on_byebye=heard, on_update=heard, source=way.source, target=way.target
            )
            stack.push_async_callback(listener.async_stop)
            await listener.async_start()

        ended = await asyncio.gather(*map(async_listen_on, on_ways), return_exceptions=True)
        judge(args, output, on_ways, ended)
        await asyncio.get_running_loop().create_future()


def ways(
    args: argparse.Namespace, list_interfaces: Callable[[], list[Interface]] = usable_interfaces
) -> list[Way]:
    """Return what --bind and --target say; without them every interface, in IPv4 and in IPv6."""
    if not args.bind and not args.target:
        with _sockets_for(args):
            found = list_interfaces()
        if found:
            return [
                Way(interface.source, _group_for(interface.source, args.target_port), interface.name)
                for interface in found
            ]
    return [Way(*source_and_target(args))]


def judge(
    args: argparse.Namespace, output: Output, on_ways: list[Way], ended: list[BaseException | None]
) -> None:
    """Tell of ways that failed; CommandError where all have."""
    failed = [(way, err) for way, err in zip(on_ways, ended, strict=True) if err is not None]
    for way, err in failed:
        if len(failed) == len(on_ways) or not isinstance(err, UpnpError | OSError):
            with _sockets_for(args):
                raise err
        output.complain(f"{way.interface} ({way.source[0]}): {explain(err)}")


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


def message_record(headers: CaseInsensitiveDict, interface: str | None = None) -> dict[str, str]:
    """Make a result of a message: every header as text, LOCATION as received and `location` as usable.

    `interface` is the name of that by which it came, where it is known.
    """
    record: dict[str, str] = {}
    original = headers.get("_location_original")
    for name, value in headers.items():
        if original is not None and name != "location" and name.lower() == "location":
            record[name] = str(original)
            continue
        record[name] = str(value)
        if name == "_location_original":
            record["location"] = str(headers.get("location", original))
    if interface is not None:
        record["_interface"] = interface
    return record
