"""The demonstration, whole: it needs nothing but this machine."""

import asyncio
import io
import json

import pytest

from async_upnp_client.cli.arguments import parse_arguments
from async_upnp_client.cli.demo import Heard, abridged, async_heard, async_step, demo
from async_upnp_client.cli.exit_codes import CommandError
from async_upnp_client.cli.output import Output


def streams() -> tuple[io.StringIO, io.StringIO, Output]:
    results, complaints = io.StringIO(), io.StringIO()
    return results, complaints, Output(results, complaints, pprint=False, iso8601=False)


async def test_it_finds_describes_calls_and_hears() -> None:
    results, complaints, output = streams()
    await demo(parse_arguments(["demo"]), output)
    records = [json.loads(line) for line in results.getvalue().splitlines()]
    assert len({record["LOCATION"] for record in records if "LOCATION" in record}) == 3
    (described,) = [record["device"] for record in records if "device" in record]
    assert described["device_type"] == "urn:schemas-upnp-org:device:MediaRenderer:1"
    called = {record["action"]: record for record in records if "action" in record}
    song = called["SetAVTransportURI"]["in_parameters"]["CurrentURI"]
    assert song in called["Browse"]["out_parameters"]["Result"]
    assert called["GetPositionInfo"]["out_parameters"]["TrackURI"] == song
    events = [record["state_variables"] for record in records if "state_variables" in record]
    assert any(event.get("TransportState") == "PLAYING" for event in events)
    assert any(event.get("Volume") == 42 for event in events)
    assert records[-1]["external_port"] == 8080
    said = complaints.getvalue()
    assert said.count("$ upnp-client ") == 10
    assert said.splitlines()[-1].endswith("that is all")


def test_what_is_long_is_shortened() -> None:
    assert abridged({"text": "x" * 601}) == {"text": "x" * 600 + "... 1 more"}
    assert abridged({"list": list("abcdefg")}) == {"list": [*"abcde", "... 2 more"]}
    deep = {"1": [{"3": {"a": 1, "b": 2}}]}
    assert abridged(deep) == deep
    assert abridged({"0": deep}) == {"0": {"1": [{"3": ["a", "b"]}]}}


async def test_a_step_without_a_result_is_told() -> None:
    _, _, output = streams()

    async def find_nothing(args: object, output: Output) -> None:
        pass

    with pytest.raises(CommandError, match="search has found nothing"):
        await async_step(parse_arguments(["demo"]), output, find_nothing, ["search"])


async def test_what_ends_the_listening_is_told() -> None:
    _, _, output = streams()
    listening: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    listening.set_exception(ConnectionError("gone"))
    with pytest.raises(ConnectionError, match="gone"):
        await async_heard(Heard(output), listening, "Volume", 1)


async def test_an_event_that_has_come_is_not_waited_for() -> None:
    _, _, output = streams()
    heard = Heard(output)
    heard.result({"state_variables": {"Volume": 1}})
    await async_heard(heard, asyncio.get_running_loop().create_future(), "Volume", 1)
