"""The demonstration, whole: it needs nothing but this machine."""

import io
import json

import pytest

from async_upnp_client.cli.arguments import parse_arguments
from async_upnp_client.cli.demo import Light, async_heard, async_step, demo
from async_upnp_client.cli.output import CommandError, Output


def streams() -> tuple[io.StringIO, io.StringIO, Output]:
    results, complaints = io.StringIO(), io.StringIO()
    return results, complaints, Output(results, complaints, pprint=False, iso8601=False)


async def test_it_finds_describes_calls_and_hears() -> None:
    results, complaints, output = streams()
    await demo(parse_arguments(["demo"]), output)
    records = [json.loads(line) for line in results.getvalue().splitlines()]
    assert records[0]["ST"] == Light.DEVICE_DEFINITION.device_type
    assert records[1]["device"]["friendly_name"] == Light.DEVICE_DEFINITION.friendly_name
    assert records[2]["in_parameters"] == {"newLoadlevelTarget": 42}
    assert records[3]["state_variables"] == {"LoadLevelStatus": 42}
    assert {"LoadLevelStatus": 7} in [record.get("state_variables") for record in records[4:]]
    said = complaints.getvalue()
    assert said.count("$ upnp-client ") == 5
    assert said.splitlines()[-1].endswith("that is all")


async def test_a_step_without_a_result_is_told() -> None:
    _, _, output = streams()

    async def find_nothing(args: object, output: Output) -> None:
        pass

    with pytest.raises(CommandError, match="search has found nothing"):
        await async_step(parse_arguments(["demo"]), output, find_nothing, ["search"])


async def test_what_ends_the_listening_is_told() -> None:
    import asyncio

    from async_upnp_client.cli.demo import Heard

    _, _, output = streams()
    listening: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    listening.set_exception(ConnectionError("gone"))
    with pytest.raises(ConnectionError, match="gone"):
        await async_heard(Heard(output), listening)
