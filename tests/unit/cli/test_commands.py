"""Running a command in a loop: signals, errors, and what it ends with."""

import asyncio
import io
import signal

import pytest

from async_upnp_client.cli.arguments import parse_arguments
from async_upnp_client.cli.commands import COMMANDS, ENDED_BY_INTERRUPT, async_run, run
from async_upnp_client.cli.exit_codes import CommandError, ExitCode
from async_upnp_client.cli.output import Output
from tests.support.descriptions import device_description
from tests.support.raw_device import SILENCE, RawDevice, answer

URL = "http://192.0.2.1/d.xml"


def make_output(results=None):
    complaints = io.StringIO()
    return Output(results or io.StringIO(), complaints, pprint=False, iso8601=False), complaints


async def until_asked(device):
    async with asyncio.timeout(10):
        while not device.requests:  # noqa: ASYNC110 - the device keeps bytes, and tells nobody
            await asyncio.sleep(0)


def test_every_command_of_the_command_line_is_here():
    for command, *more in (
        ["search"],
        ["advertisements"],
        ["locate", "uuid:a"],
        ["describe", URL],
        ["call-action", URL, "a"],
        ["subscribe", URL, "a"],
        ["serve", "renderer"],
        ["browse", URL],
        *(["igd", verb, URL] for verb in ("status", "list", "watch")),
        *(["igd", verb, URL, "80"] for verb in ("add", "open", "delete", "pinhole")),
    ):
        assert parse_arguments([command, *more]).command in COMMANDS
    assert len(COMMANDS) == 16
    assert set(COMMANDS) >= ENDED_BY_INTERRUPT


async def test_a_command_that_ends_is_done():
    output, complaints = make_output(results := io.StringIO())
    async with RawDevice({"/d.xml": answer(device_description())}) as device:
        args = parse_arguments(["describe", device.url("/d.xml")])
        assert await async_run(args, output) is ExitCode.DONE
    assert '"friendly_name": "Test device"' in results.getvalue()
    assert complaints.getvalue() == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_while_waiting_ends_the_command(number):
    output, complaints = make_output()
    handlers = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    async with RawDevice({"/d.xml": SILENCE}) as device:
        running = asyncio.create_task(async_run(parse_arguments(["describe", device.url("/d.xml")]), output))
        await until_asked(device)
        signal.raise_signal(number)
        assert await running is ExitCode.INTERRUPTED
    assert complaints.getvalue() == "upnp-client: interrupted\n"
    assert [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)] == handlers


async def test_cancelling_the_whole_is_no_end_of_its_own():
    output, complaints = make_output()
    async with RawDevice({"/d.xml": SILENCE}) as device:
        running = asyncio.create_task(async_run(parse_arguments(["describe", device.url("/d.xml")]), output))
        await until_asked(device)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert complaints.getvalue() == ""


class Closed(io.StringIO):
    def write(self, text):
        raise BrokenPipeError


async def test_a_reader_that_has_gone_ends_the_command_in_silence():
    output, complaints = make_output(Closed())
    async with RawDevice({"/d.xml": answer(device_description())}) as device:
        args = parse_arguments(["describe", device.url("/d.xml")])
        assert await async_run(args, output) is ExitCode.DONE
    assert complaints.getvalue() == ""


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (answer(status="404 Not Found"), "404"),
        (answer("<a>"), "what came cannot be read"),
        (answer("<a/>"), "what came cannot be read"),
        (answer("not XML"), "what came cannot be read"),
        (b"rubbish\r\n\r\n", ""),
    ],
)
async def test_an_error_of_the_library_is_a_sentence_about_the_device(reply, said):
    output, _ = make_output()
    async with RawDevice({"/d.xml": reply}) as device:
        url = device.url("/d.xml")
        with pytest.raises(CommandError) as error:
            await async_run(parse_arguments(["describe", url]), output)
    assert url in str(error.value)
    assert said in str(error.value)
    assert error.value.exit_code is ExitCode.UNREACHABLE


def test_run_brings_its_own_loop():
    output, _ = make_output()
    with pytest.raises(CommandError, match="is not the URL of a description"):
        run(parse_arguments(["describe", "x"]), output)
