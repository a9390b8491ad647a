"""`upnp-client demo`: the whole job on devices of our own, on this machine alone.

Called by `commands`. It publishes a renderer, a media server and a gateway on loopback, then runs the other
commands as a person would, each shown before its results. Nothing leaves this machine; it needs no
privileges.
"""

import argparse
import asyncio
import random
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from typing import Any, Final

from async_upnp_client.cli import gateway
from async_upnp_client.cli.arguments import parse_arguments
from async_upnp_client.cli.control import call_action
from async_upnp_client.cli.description import describe
from async_upnp_client.cli.discovery import search
from async_upnp_client.cli.eventing import subscribe
from async_upnp_client.cli.exit_codes import PROGRAM, CommandError, ExitCode
from async_upnp_client.cli.output import Output
from async_upnp_client.cli.serve import DEVICES
from async_upnp_client.const import AddressTupleV4Type
from async_upnp_client.server import UpnpServer
from async_upnp_client.ssdp import SSDP_IP_V4

HOST: Final = "127.0.0.1"
# SSDP's own port may belong to another program; these are for whoever needs one (RFC 6335)
PORTS: Final = range(49152, 65536)
PATIENCE: Final = 10.0  # seconds for an event, which comes within a moment
UDN: Final = "uuid:d3300000-0000-4000-8000-00000000000{}"
SONG: Final = re.compile(r">(http://[^<]+)</res>")

SHOWN_DEPTH: Final = 4
SHOWN_PARTS: Final = 5
SHOWN_LENGTH: Final = 600

Command = Callable[[argparse.Namespace, Output], Awaitable[None]]


class Heard(Output):
    """Passes results on, shortened, and keeps them for who waits for one."""

    def __init__(self, output: Output) -> None:
        self.__dict__.update(output.__dict__)
        self.records: list[Mapping[str, Any]] = []
        self.came = asyncio.Event()

    def result(self, record: Mapping[str, Any]) -> None:
        """Print it, and tell."""
        super().result(abridged(record))
        self.records.append(record)
        self.came.set()

    def has_event(self, name: str, value: object) -> bool:
        """Tell whether an event with that value has come."""
        return any(record.get("state_variables", {}).get(name) == value for record in self.records)


def abridged(value: Any, depth: int = 0) -> Any:
    """Shorten what nobody wants to read in a demonstration: long texts, long lists, and what lies deep."""
    if isinstance(value, Mapping):
        if depth < SHOWN_DEPTH:
            return {key: abridged(part, depth + 1) for key, part in value.items()}
        value = list(value)
    if isinstance(value, list):
        shown = [abridged(part, depth + 1) for part in value[:SHOWN_PARTS]]
        return shown if len(value) <= SHOWN_PARTS else [*shown, f"... {len(value) - SHOWN_PARTS} more"]
    if isinstance(value, str) and len(value) > SHOWN_LENGTH:
        return f"{value[:SHOWN_LENGTH]}... {len(value) - SHOWN_LENGTH} more"
    return value


async def demo(args: argparse.Namespace, output: Output) -> None:
    """Publish devices, then find, describe, call and hear them; CommandError where a step shows nothing."""
    group = (SSDP_IP_V4, random.choice(PORTS))  # noqa: S311 - any will do
    async with AsyncExitStack() as stack:
        locations = {}
        for number, (kind, make) in enumerate(DEVICES.items()):
            device = make(f"Demonstration's {kind}", UDN.format(number))
            server = await stack.enter_async_context(UpnpServer(device, (HOST, 0), group))
            output.complain(f"a {kind} is on this machine, at {server.location}")
            locations[kind] = server.location
        output.complain("what is long is shortened here")
        await async_step(args, output, search, search_words(group))
        await async_play(args, output, locations["renderer"], locations["media-server"])
        await async_open(args, output, locations["gateway"])
    output.complain("found, described, called and heard: that is all")


def search_words(group: AddressTupleV4Type) -> list[str]:
    """Return the command that finds the devices."""
    target = ["--target", group[0], "--target_port", str(group[1])]
    return ["search", "--bind", HOST, *target, "--search_target", "upnp:rootdevice", "--timeout", "1"]


async def async_play(args: argparse.Namespace, output: Output, renderer: str, media_server: str) -> None:
    """Browse the media server, and have the renderer play what is there."""
    await async_step(args, output, describe, ["describe", renderer])
    browse = ["ObjectID=music/1", "BrowseFlag=BrowseDirectChildren", "Filter=res", "SortCriteria="]
    page = ["StartingIndex=0", "RequestedCount=1"]
    words = ["call-action", media_server, "ContentDirectory/Browse", *browse, *page]
    (found,) = await async_step(args, output, call_action, words)
    song = SONG.search(found["out_parameters"]["Result"])
    if song is None:
        raise CommandError(ExitCode.UNREACHABLE, "there is nothing to play")
    words = [f"CurrentURI={song[1]}", "CurrentURIMetaData="]
    await async_step(args, output, call_action, call_words(renderer, "AVT/SetAVTransportURI", *words))
    await async_listen(args, output, renderer)
    await async_step(args, output, call_action, call_words(renderer, "AVT/GetPositionInfo"))


async def async_open(args: argparse.Namespace, output: Output, location: str) -> None:
    """Open a port of the gateway, and see that it is open."""
    await async_step(args, output, gateway.add, ["igd", "add", location, "8080"])
    await async_step(args, output, gateway.list_mappings, ["igd", "list", location])


def call_words(location: str, action: str, *arguments: str) -> list[str]:
    """Return the command that calls an action of the renderer."""
    return ["call-action", location, action, "InstanceID=0", *arguments]


def understood(args: argparse.Namespace, output: Output, words: list[str]) -> argparse.Namespace:
    """Show a command, and read it as the command line does, with the options of the demonstration."""
    output.complain(f"$ {PROGRAM} {' '.join(words)}")
    found = parse_arguments(words)
    found.pprint, found.iso8601 = args.pprint, args.iso8601
    return found


async def async_step(
    args: argparse.Namespace, output: Output, command: Command, words: list[str]
) -> list[Mapping[str, Any]]:
    """Run one command to its end, and return its results; CommandError where there are none."""
    heard = Heard(output)
    await command(understood(args, output, words), heard)
    if not heard.records:
        raise CommandError(ExitCode.UNREACHABLE, f"{words[0]} has found nothing")
    return heard.records


async def async_listen(args: argparse.Namespace, output: Output, location: str) -> None:
    """Subscribe, play and turn the volume up, show the events of it, and unsubscribe."""
    heard = Heard(output)
    words = ["subscribe", location, "AVT", "RC", "--nolastchange"]
    listening = asyncio.ensure_future(subscribe(understood(args, output, words), heard))
    try:
        await async_heard(heard, listening, "TransportState", "STOPPED")
        await async_step(args, output, call_action, call_words(location, "AVT/Play", "Speed=1"))
        await async_heard(heard, listening, "TransportState", "PLAYING")
        loud = ["Channel=Master", "DesiredVolume=42"]
        await async_step(args, output, call_action, call_words(location, "RC/SetVolume", *loud))
        await async_heard(heard, listening, "Volume", 42)
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def async_heard(heard: Heard, listening: asyncio.Future[None], name: str, value: object) -> None:
    """Wait for an event; CommandError where none comes, and what ended the listening where that did."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while not heard.has_event(name, value):
        heard.came.clear()
        waiting = asyncio.ensure_future(heard.came.wait())
        both: tuple[asyncio.Future[Any], ...] = (waiting, listening)
        left = deadline - asyncio.get_running_loop().time()
        try:
            await asyncio.wait(both, timeout=max(left, 0.0), return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if listening.done():
            listening.result()
        if not heard.came.is_set():
            raise CommandError(ExitCode.UNREACHABLE, f"no event has come that {name} is {value}")
