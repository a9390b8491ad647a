"""`igd ...`: what a gateway says and does, as results."""

import asyncio
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from async_upnp_client.cli.arguments import parse_arguments
from async_upnp_client.cli.commands import COMMANDS, ENDED_BY_INTERRUPT
from async_upnp_client.cli.exit_codes import CommandError, ExitCode
from async_upnp_client.cli.output import Output
from async_upnp_client.exceptions import UpnpActionError
from tests.support.device_server import served
from tests.support.gateway import Gateway, mapping

SECONDS = 30  # after which a test has failed


class Results(io.StringIO):
    """Takes results, and tells who waits for the next."""

    def __init__(self) -> None:
        super().__init__()
        self.came = asyncio.Event()

    def write(self, text: str) -> int:
        """Take a text."""
        self.came.set()
        return super().write(text)

    @property
    def records(self) -> list[dict[str, Any]]:
        """All results so far."""
        return [json.loads(line) for line in self.getvalue().splitlines()]


async def run(gateway: Gateway, verb: str, *arguments: str, host: str = "127.0.0.1") -> list[dict[str, Any]]:
    """Run a command to its end; its results."""
    results = Results()
    async with served(gateway, host) as url, asyncio.timeout(SECONDS):
        args = parse_arguments(["igd", verb, url, *arguments])
        assert args.command == f"igd {verb}"
        await COMMANDS[args.command](args, Output(results, None, pprint=False, iso8601=False))
    return results.records


async def run_until(
    gateway: Gateway, then: Callable[[], None], verb: str, *arguments: str, host: str = "127.0.0.1"
) -> list[dict[str, Any]]:
    """Run a command until its first result, do something, then interrupt it; its results."""
    results = Results()
    async with served(gateway, host) as url, asyncio.timeout(SECONDS):
        args = parse_arguments(["igd", verb, url, *arguments])
        assert args.command in ENDED_BY_INTERRUPT
        output = Output(results, None, pprint=False, iso8601=False)
        command = asyncio.ensure_future(COMMANDS[args.command](args, output))
        waiter = asyncio.ensure_future(results.came.wait())
        await asyncio.wait([command, waiter], return_when=asyncio.FIRST_COMPLETED)
        waiter.cancel()
        if command.done():
            await command
        then()
        command.cancel()
        with pytest.raises(asyncio.CancelledError):
            await command
    return results.records


async def test_status() -> None:
    gateway = Gateway()
    gateway.refuse["GetTotalBytesSent"] = 401
    (record,) = await run(gateway, "status")
    assert record["gateway"] == "Gateway"
    assert record["connections"][0]["status"] == "Connected"
    assert record["connections"][0]["address_kind"] == "private"  # of a documentation network
    assert record["state"]["external_ip_address"] == "198.51.100.7"
    assert "401" in record["state"]["bytes_sent"]["error"]
    assert record["capabilities"]["port mapping"]["state"] == "present"


async def test_list() -> None:
    gateway = Gateway()
    gateway.mappings.update(mapping(80) | mapping(53, protocol="UDP", lease=60))
    records = await run(gateway, "list")
    assert [(r["external_port"], r["protocol"], r["lease_duration"]) for r in records] == [
        (80, "TCP", None),
        (53, "UDP", 60.0),
    ]
    assert records[0]["internal_client"] == "192.0.2.99"


async def test_add_stays() -> None:
    gateway = Gateway()
    gateway.mappings.update(mapping(9000))
    options = ("--external-port", "9000", "--any-port", "--client", "192.0.2.5", "--lease", "120")
    (record,) = await run(gateway, "add", "8080", *options, "--protocol", "tcp", "--description", "mine")
    assert (record["external_port"], record["lease_duration"]) == (9001, 120.0)
    entry = gateway.mappings["", "9001", "TCP"]
    assert (entry["NewInternalClient"], entry["NewPortMappingDescription"]) == ("192.0.2.5", "mine")


async def test_open_is_closed_at_the_end() -> None:
    gateway = Gateway()

    def look() -> None:
        assert ("", "8080", "UDP") in gateway.mappings

    (record,) = await run_until(gateway, look, "open", "8080", "--protocol", "UDP")
    assert (record["open"], record["error"], record["internal_client"]) == (True, None, "127.0.0.1")
    assert gateway.mappings == {}


async def test_delete() -> None:
    gateway = Gateway()
    gateway.mappings.update(mapping(80) | mapping(81, host="203.0.113.5"))
    await run(gateway, "delete", "80")
    await run(gateway, "delete", "81", "--remote-host", "203.0.113.5")
    assert gateway.mappings == {}
    with pytest.raises(UpnpActionError, match="714"):
        await run(gateway, "delete", "80")


async def test_pinhole() -> None:
    gateway = Gateway()

    def look() -> None:
        assert gateway.pinholes[1]["InternalClient"] == "::1"

    (record,) = await run_until(gateway, look, "pinhole", "8080", "--client", "::1", host="::1")
    assert (record["open"], record["unique_id"], record["lease_duration"]) == (True, 1, 3600.0)
    assert gateway.pinholes == {}


async def test_watch() -> None:
    records = await run_until(Gateway(), lambda: None, "watch")
    assert records[0]["bytes_received"] == 0


async def test_what_is_no_gateway() -> None:
    gateway = Gateway()
    gateway.version = 9
    with pytest.raises(CommandError, match="no Internet gateway") as caught:
        await run(gateway, "status")
    assert caught.value.exit_code is ExitCode.MISMATCH


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("add", ["80", "--client", "::1"]),
        ("open", ["80", "--remote-host", "::1"]),
        ("pinhole", ["80", "--client", "127.0.0.1"]),
        ("pinhole", ["80", "--client", "::1", "--lease", "0"]),
    ],
)
async def test_what_does_not_fit(verb: str, arguments: list[str]) -> None:
    with pytest.raises(CommandError) as caught:
        await run(Gateway(), verb, *arguments)
    assert caught.value.exit_code is ExitCode.MISMATCH


@pytest.mark.parametrize(
    "arguments",
    [
        ["igd"],
        ["igd", "fly"],
        ["igd", "add", "http://x/", "0"],
        ["igd", "add", "http://x/", "80", "--lease", "-1"],
        ["igd", "add", "http://x/", "80", "--lease", "4294967296"],
        ["igd", "add", "http://x/", "80", "--protocol", "icmp"],
        ["igd", "delete", "http://x/", "web"],
    ],
)
def test_what_cannot_be_understood(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        parse_arguments(arguments)
