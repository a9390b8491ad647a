"""`upnp-client demo`: the whole job on a device of our own, on this machine alone.

Called by `commands`. It publishes a light on loopback, then runs the other commands as a person would, each
shown before its results. Nothing leaves this machine; it needs no privileges.
"""

import argparse
import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final, TypedDict

from async_upnp_client.cli.arguments import parse_arguments
from async_upnp_client.cli.control import call_action
from async_upnp_client.cli.description import describe
from async_upnp_client.cli.discovery import search
from async_upnp_client.cli.eventing import subscribe
from async_upnp_client.cli.output import PROGRAM, CommandError, ExitCode, Output
from async_upnp_client.const import AddressTupleV4Type
from async_upnp_client.server.annotations import Variable
from async_upnp_client.server.device import UpnpServerDevice, create_device_info, create_service_info
from async_upnp_client.server.lifecycle import UpnpServer
from async_upnp_client.server.service import UpnpServerService, callable_action
from async_upnp_client.ssdp import SSDP_IP_V4

HOST: Final = "127.0.0.1"
# SSDP's own port may belong to another program; these are for whoever needs one (RFC 6335)
PORTS: Final = range(49152, 65536)
PATIENCE: Final = 10.0  # seconds for an event, which comes within a moment

Command = Callable[[argparse.Namespace, Output], Awaitable[None]]


class Level(TypedDict):
    """What GetLoadLevelStatus gives."""

    retLoadlevelStatus: Annotated[int, "LoadLevelStatus"]


class Dimming(UpnpServerService):
    """How bright the light is."""

    SERVICE_DEFINITION = create_service_info("urn:schemas-upnp-org:service:Dimming:1")

    level = Variable(int, "LoadLevelStatus", data_type="ui1", default=0, minimum=0, maximum=100, evented=True)

    @callable_action("SetLoadLevelTarget")
    async def set_level(self, newLoadlevelTarget: Annotated[int, "LoadLevelStatus"]) -> None:  # noqa: N803 - UPnP's
        """Dim the light."""
        self.level = newLoadlevelTarget

    @callable_action("GetLoadLevelStatus")
    async def get_level(self) -> Level:
        """Tell how bright it is."""
        return {"retLoadlevelStatus": self.level}


class Light(UpnpServerDevice):
    """The device of the demonstration."""

    DEVICE_DEFINITION = create_device_info(
        "urn:schemas-upnp-org:device:DimmableLight:1",
        "Light of the demonstration",
        model_description="A light that is there as long as the demonstration",
    )
    SERVICES = (Dimming,)


class Heard(Output):
    """Passes results on, and tells when there is one."""

    def __init__(self, output: Output) -> None:
        self.__dict__.update(output.__dict__)
        self.came = asyncio.Event()

    def result(self, record: object) -> None:
        """Print it, and tell."""
        super().result(record)  # type: ignore[arg-type]  # a record as the base class takes it
        self.came.set()


async def demo(args: argparse.Namespace, output: Output) -> None:
    """Publish a light, then find, describe, call and hear it; CommandError where a step shows nothing."""
    group = (SSDP_IP_V4, random.choice(PORTS))  # noqa: S311 - any will do
    async with UpnpServer(Light, (HOST, 0), group) as server:
        output.complain(f"a light is on this machine, at {server.location}")
        await async_step(args, output, search, search_words(group))
        await async_step(args, output, describe, ["describe", server.location])
        await async_step(args, output, call_action, call_words(server.location, 42))
        await async_listen(args, output, server.location)
    output.complain("found, described, called and heard: that is all")


def search_words(group: AddressTupleV4Type) -> list[str]:
    """Return the command that finds the light."""
    target = ["--target", group[0], "--target_port", str(group[1])]
    device_type = Light.DEVICE_DEFINITION.device_type
    return ["search", "--bind", HOST, *target, "--search_target", device_type, "--timeout", "1"]


def call_words(location: str, level: int) -> list[str]:
    """Return the command that dims the light."""
    return ["call-action", location, "Dimming/SetLoadLevelTarget", f"newLoadlevelTarget={level}"]


def understood(args: argparse.Namespace, output: Output, words: list[str]) -> argparse.Namespace:
    """Show a command, and read it as the command line does, with the options of the demonstration."""
    output.complain(f"$ {PROGRAM} {' '.join(words)}")
    found = parse_arguments(words)
    found.pprint, found.iso8601 = args.pprint, args.iso8601
    return found


async def async_step(args: argparse.Namespace, output: Output, command: Command, words: list[str]) -> None:
    """Run one command to its end; CommandError where it had no result."""
    heard = Heard(output)
    await command(understood(args, output, words), heard)
    if not heard.came.is_set():
        raise CommandError(ExitCode.UNREACHABLE, f"{words[0]} has found nothing")


async def async_listen(args: argparse.Namespace, output: Output, location: str) -> None:
    """Subscribe, change something, show the event of it, and unsubscribe."""
    heard = Heard(output)
    words = ["subscribe", location, "Dimming"]
    listening = asyncio.ensure_future(subscribe(understood(args, output, words), heard))
    try:
        await async_heard(heard, listening)
        await async_step(args, output, call_action, call_words(location, 7))
        await async_heard(heard, listening)
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def async_heard(heard: Heard, listening: asyncio.Future[None]) -> None:
    """Wait for an event; CommandError where none comes, and what ended the listening where that did."""
    waiting = asyncio.ensure_future(heard.came.wait())
    both: tuple[asyncio.Future[Any], ...] = (waiting, listening)
    try:
        await asyncio.wait(both, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
    if listening.done():
        listening.result()
    if not heard.came.is_set():
        raise CommandError(ExitCode.UNREACHABLE, "no event has come")
    heard.came.clear()
