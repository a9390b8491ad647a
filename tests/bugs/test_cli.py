"""Defects of the command line of release 0.49.0, each with a test that says it."""

import asyncio
import io
import json
import re
import signal
import socket
import subprocess
import sys
from datetime import datetime

import pytest

from async_upnp_client.cli import main
from async_upnp_client.cli.arguments import parse_arguments
from async_upnp_client.cli.commands import async_run
from async_upnp_client.cli.control import async_call, read_values, split_call
from async_upnp_client.cli.discovery import source_and_target
from async_upnp_client.cli.exit_codes import ExitCode
from async_upnp_client.cli.output import Output
from async_upnp_client.client_factory import UpnpFactory
from tests.support.cli_device import CliDevice, announce
from tests.support.descriptions import (
    DEVICE_URL,
    Action,
    Device,
    Service,
    Variable,
    device_description,
    service_description,
)
from tests.support.replies import ReplyTable


def python(code):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=60, check=False
    )


def test_importing_parses_no_arguments():
    ended = python("import sys; sys.argv = ['x', 'nonsense']; import async_upnp_client.cli.commands")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_importing_configures_no_logging():
    code = """
import logging
root = logging.getLogger()
before = root.level, root.handlers[:]
import async_upnp_client.cli.commands
assert (root.level, root.handlers) == before
"""
    assert python(code).returncode == 0


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["call-action", "http://127.0.0.1:9/d.xml", "A/B"], 3),
        (["describe", "nonsense"], 3),
        (["search", "--bind", "127.0.0.1", "--target", "::1"], 1),
        (["call-action", DEVICE_URL, "A/B", "no-equals-sign"], 1),
    ],
)
def test_ordinary_errors_are_a_line_on_standard_error_and_no_traceback(argv, code, capsys):
    assert main(argv) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("upnp-client: ")
    assert err.count("\n") == 1


async def called(service, variables, actions, text, texts, reply=None):
    requester = ReplyTable(
        {
            ("GET", DEVICE_URL): device_description(Device(services=[service])),
            ("GET", "http://192.0.2.1:80/scpd.xml"): service_description(variables, actions),
            ("POST", "http://192.0.2.1:80/control"): reply or [],
        }
    )
    device = await UpnpFactory(requester, non_strict=True).async_create_device(DEVICE_URL)
    return await async_call(device, *split_call(text), texts)


def response(action, body):
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<u:{action}Response xmlns:u="urn:schemas-upnp-org:service:Test:1">{body}</u:{action}Response>'
        "</s:Body></s:Envelope>"
    )


async def test_a_date_in_a_result_does_not_crash():
    record = await called(
        Service(),
        [Variable("Now", "dateTime")],
        [Action("Get", [], [("Now", "Now")])],
        "Test/Get",
        {},
        response("Get", "<Now>2026-01-02T03:04:05</Now>"),
    )
    assert record["out_parameters"] == {"Now": datetime(2026, 1, 2, 3, 4, 5)}
    results = io.StringIO()
    Output(results, None, pprint=False, iso8601=False).result(record)
    assert json.loads(results.getvalue())["out_parameters"] == {"Now": "2026-01-02T03:04:05"}


async def test_more_than_one_slash_does_not_crash():
    service = Service(service_id="urn:x:serviceId:a/b/c")
    reply = response("Get", "")
    record = await called(service, [], [Action("Get")], "urn:x:serviceId:a/b/c/Get", {}, reply)
    assert record["service_id"] == "urn:x:serviceId:a/b/c"


async def test_an_out_argument_of_the_same_name_does_not_hide_the_in_argument():
    variables = [Variable("Number", "ui4"), Variable("Text", "string")]
    scpd = service_description(variables, [Action("Do", [("Value", "Text")], [("Value", "Number")])])
    inward, outward = re.findall("<argument>.*?</argument>", scpd)
    scpd = scpd.replace(inward + outward, outward + inward)
    replies = {
        ("GET", DEVICE_URL): device_description(Device(services=[Service()])),
        ("GET", "http://192.0.2.1:80/scpd.xml"): scpd,
    }
    device = await UpnpFactory(ReplyTable(replies), non_strict=True).async_create_device(DEVICE_URL)
    assert read_values(device.all_services[0].action("Do"), {"Value": "abc"}) == {"Value": "abc"}


@pytest.mark.filterwarnings("error::DeprecationWarning")
def test_main_asks_for_no_loop_that_is_not_running(capsys):
    assert main(["search", "--timeout", "1", "--target", "127.0.0.1", "--target_port", "9"]) == 0
    assert capsys.readouterr().err == ""


def test_an_ipv6_address_with_scope_keeps_no_zone_in_its_host():
    args = parse_arguments(["search", "--bind", "fe80::1%6", "--target", "FF02::C%6"])
    assert source_and_target(args) == (("fe80::1", 0, 0, 6), ("FF02::C", 1900, 0, 6))


async def test_ctrl_c_stops_the_listener():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    results, complaints = io.StringIO(), io.StringIO()
    output = Output(results, complaints, pprint=False, iso8601=False)
    args = parse_arguments(["advertisements", "--bind", "127.0.0.1", "--target_port", str(port)])
    running = asyncio.create_task(async_run(args, output))
    packet = b"NOTIFY * HTTP/1.1\r\nNT: a\r\nNTS: ssdp:alive\r\nUSN: uuid:a::a\r\nLOCATION: http://192.0.2.1/\r\n\r\n"
    async with asyncio.timeout(10):
        while not results.getvalue():  # until it listens
            announce(packet, port)
            await asyncio.wait([running], timeout=0.01)
        signal.raise_signal(signal.SIGINT)
        assert await running is ExitCode.DONE
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("", port))  # nobody has it any more


async def test_events_of_a_device_on_ipv6_arrive():
    results = io.StringIO()
    async with CliDevice("::1") as device:
        output = Output(results, None, pprint=False, iso8601=False)
        running = asyncio.create_task(async_run(parse_arguments(["subscribe", device.url(), "RC"]), output))
        async with asyncio.timeout(10):
            while not results.getvalue():
                await asyncio.wait([running], timeout=0.01)
        signal.raise_signal(signal.SIGINT)
        assert await running is ExitCode.DONE
        assert device.unsubscribed == ["RenderingControl"]
