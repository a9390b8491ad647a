"""Runs one command: its coroutine, the loop it runs in, signals, and what it ends with.

Called by `main` once the command line is understood. The commands are beside this module, chapter
by chapter of the UDA; they raise, and here it becomes a sentence and an exit code.
"""

import argparse
import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from async_upnp_client.cli import gateway
from async_upnp_client.cli.browsing import browse
from async_upnp_client.cli.control import call_action
from async_upnp_client.cli.demo import demo
from async_upnp_client.cli.description import describe
from async_upnp_client.cli.discovery import advertisements, search
from async_upnp_client.cli.errors import command_error
from async_upnp_client.cli.eventing import subscribe
from async_upnp_client.cli.exit_codes import ExitCode
from async_upnp_client.cli.locating import locate
from async_upnp_client.cli.output import Output
from async_upnp_client.cli.serve import serve
from async_upnp_client.exceptions import UpnpError

Command = Callable[[argparse.Namespace, Output], Coroutine[Any, Any, None]]

COMMANDS: Mapping[str, Command] = {
    "search": search,
    "advertisements": advertisements,
    "locate": locate,
    "describe": describe,
    "call-action": call_action,
    "subscribe": subscribe,
    "serve": serve,
    "browse": browse,
    "demo": demo,
    "igd status": gateway.status,
    "igd list": gateway.list_mappings,
    "igd add": gateway.add,
    "igd open": gateway.keep_open,
    "igd delete": gateway.delete,
    "igd pinhole": gateway.keep_pinhole,
    "igd watch": gateway.watch,
}

ENDED_BY_INTERRUPT = frozenset(
    {"advertisements", "subscribe", "serve", "igd open", "igd pinhole", "igd watch"}
)
"""Commands that go on until they are interrupted, which is then no failure."""


def run(args: argparse.Namespace, output: Output) -> ExitCode:
    """Run the command to its end or until it is interrupted; CommandError if it fails."""
    return asyncio.run(async_run(args, output))


async def async_run(args: argparse.Namespace, output: Output) -> ExitCode:
    """Run the command in this loop. Interrupting it cancels it, so that it takes back what it has set up."""
    command = asyncio.ensure_future(COMMANDS[args.command](args, output))
    interrupted = asyncio.Event()

    def interrupt() -> None:
        interrupted.set()
        command.cancel()

    output.on_failure = command.cancel  # nobody takes further results
    with _on_signals(interrupt):
        try:
            await command
        except asyncio.CancelledError:
            if not interrupted.is_set() and not output.failure:
                raise
        except (UpnpError, OSError) as err:
            raise command_error(err, getattr(args, "device", None)) from err
    if not interrupted.is_set():
        return ExitCode.DONE
    output.complain("interrupted")
    return ExitCode.DONE if args.command in ENDED_BY_INTERRUPT else ExitCode.INTERRUPTED


@contextmanager
def _on_signals(interrupt: Callable[[], None]) -> Iterator[None]:
    """Call `interrupt` for SIGINT and SIGTERM, where the platform and the thread let a loop take signals."""
    loop = asyncio.get_running_loop()
    previous = {}
    for number in (signal.SIGINT, signal.SIGTERM):
        handler = signal.getsignal(number)
        try:
            loop.add_signal_handler(number, interrupt)
        except (NotImplementedError, RuntimeError, ValueError):
            break  # asyncio.run turns SIGINT into a cancellation and a KeyboardInterrupt
        previous[number] = handler
    try:
        yield
    finally:
        for number, handler in previous.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)
