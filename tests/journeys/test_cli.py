"""`upnp-client` as people run it: a process, its streams and signals, and a device over real sockets."""

import asyncio
import json
import os
import re
import signal
import socket
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.cli_device import EMBEDDED_UDN, UDN, CliDevice, announce
from tests.support.udp import free_port

CLI = [sys.executable, "-W", "error", "-m", "async_upnp_client.cli"]
FULL = Path("/dev/full")
NEVER = 30  # seconds after which a test has failed
DESCRIBED = [("icon-without-url", "info")]  # what is wrong with the descriptions of `CliDevice`
REFUSING_PORT = 9  # discard: nobody listens there


@dataclass
class Ended:
    """How a process ended."""

    code: int
    out: str
    err: str

    @property
    def results(self):
        return [json.loads(line) for line in self.out.splitlines()]

    def complained(self, sentence):
        """Check that there is one line on standard error, and that nothing in it moves the cursor."""
        assert self.err.endswith("\n")
        assert self.err[:-1].isprintable(), self.err
        assert re.fullmatch(f"upnp-client: {sentence}", self.err[:-1]), self.err


async def start(*argv):
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        *CLI, *argv, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe
    )


async def ended(process):
    async with asyncio.timeout(NEVER):
        out, err = await process.communicate()
    return Ended(process.returncode, out.decode(), err.decode())


async def run(*argv):
    return await ended(await start(*argv))


async def read_results(process, number):
    async with asyncio.timeout(NEVER):
        return [json.loads(await process.stdout.readline()) for _ in range(number)]


@pytest.fixture(autouse=True)
def waiters_have_gone():
    """asyncio waits for a process in a thread, which ends a moment after the loop knows."""
    yield
    for thread in threading.enumerate():
        if "waitpid" in thread.name:  # "asyncio-waitpid", or without, by version
            thread.join(NEVER)


@pytest.fixture
async def device():
    async with CliDevice() as device:
        yield device


class TestDescribe:
    async def test_shows_the_device(self, device):
        shown = await run("describe", device.url())
        assert (shown.code, shown.err) == (0, "")
        record = shown.results[0]["device"]
        assert record["udn"] == UDN
        assert record["embedded_devices"][0]["udn"] == EMBEDDED_UDN
        assert record["friendly_name"] == "Küche \u202e\x85 device"
        assert shown.out.isascii()

    async def test_pprint_is_for_people(self, device):
        shown = await run("describe", device.url(), "--pprint", "--iso8601")
        assert shown.out.startswith('{\n    "timestamp": "')
        assert all(line.isprintable() and line.isascii() for line in shown.out.splitlines())


def diagnostics(text):
    """Read the lines of `--diagnostics`, without where they are."""
    records = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    assert all(list(record) == ["code", "where", "severity", "message"] for record in records)
    assert all(line.isprintable() and line.isascii() for line in text.splitlines())
    return [(record["code"], record["severity"]) for record in records]


class TestDiagnostics:
    async def test_of_the_descriptions(self, device):
        plain = await run("describe", device.url())
        shown = await run("--diagnostics", "describe", device.url())
        assert shown.code == 0
        assert [record["device"] for record in shown.results] == [
            record["device"] for record in plain.results
        ]
        assert diagnostics(shown.err) == DESCRIBED

    async def test_of_an_answer(self, device):
        argv = ["call-action", device.url(), "urn:example/com:serviceId:a/b/GetClock", "--diagnostics"]
        end = await run(*argv)
        assert (end.code, len(end.results)) == (0, 1)
        assert diagnostics(end.err) == [*DESCRIBED, ("value-unreadable", "warning")]

    async def test_of_an_answer_that_is_an_error(self, device):
        end = await run("call-action", device.url(), "SwitchPower/GetStatus", "--diagnostics", "--strict")
        assert (end.code, end.out) == (4, "")
        assert end.err.splitlines()[-1].startswith("upnp-client: SwitchPower/GetStatus: refused")
        assert diagnostics(end.err)[: len(DESCRIBED)] == DESCRIBED

    async def test_of_events(self, device):
        process = await start("--diagnostics", "subscribe", device.url(), "RC")
        await read_results(process, 2)
        sid = "uuid:RenderingControl-0"
        await device.notify(device.callback_urls[0], sid, {"Volume": "101", "Vendor": "1"}, seq=1)
        await read_results(process, 1)
        process.send_signal(signal.SIGINT)
        end = await ended(process)
        assert diagnostics(end.err) == [
            *DESCRIBED,
            ("value-out-of-range", "info"),
            ("event-variable-undeclared", "info"),
        ]


class TestUnusableDevices:
    @pytest.mark.parametrize("command", [["describe"], ["call-action"], ["subscribe"]])
    async def test_nobody_listens(self, command):
        more = {"describe": [], "call-action": ["S/A"], "subscribe": ["*"]}[command[0]]
        end = await run(*command, f"http://127.0.0.1:{REFUSING_PORT}/d.xml", *more)
        assert (end.code, end.out) == (3, "")
        end.complained(r"no connection: GET http://127\.0\.0\.1:9/d\.xml: .*")

    async def test_no_answer_in_time(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            url = f"http://127.0.0.1:{server.getsockname()[1]}/d.xml"
            end = await run("--timeout", "1", "describe", url)
        assert (end.code, end.out) == (3, "")
        end.complained(f"GET {url}: no complete answer .*")

    async def test_wrong_path(self, device):
        end = await run("describe", device.url("/nothing/here"))
        assert (end.code, end.out) == (3, "")
        end.complained(f"{device.url('/nothing/here')} answered with HTTP status 404 .*")

    async def test_not_a_description(self, device):
        end = await run("describe", device.url("/broken.xml"))
        assert (end.code, end.out) == (3, "")
        end.complained(f"{device.url('/broken.xml')}: what came cannot be read: .*")

    @pytest.mark.parametrize("url", ["nonsense", "http://[::1/\x1b[2J"])
    async def test_not_a_url(self, url):
        end = await run("describe", url)
        assert (end.code, end.out) == (3, "")
        end.complained(".* is not the URL of a description .*")

    async def test_unknown_host(self):
        end = await run("describe", "http://no-such-host.invalid/d.xml")
        assert (end.code, end.out) == (3, "")
        end.complained(r"no connection: GET http://no-such-host\.invalid/d\.xml: .*")


class TestCallAction:
    async def test_sets_and_reads_back(self, device):
        call = ["call-action", device.url()]
        arguments = ["InstanceID=0", "Channel=Master"]
        end = await run(*call, "RC/SetVolume", *arguments, "DesiredVolume=33")
        assert (end.code, end.err) == (0, "")
        assert device.calls == [
            ("SetVolume", {"InstanceID": "0", "Channel": "Master", "DesiredVolume": "33"})
        ]

        end = await run(*call, "RenderingControl/GetVolume", *arguments)
        (record,) = end.results
        assert isinstance(record.pop("timestamp"), float)
        assert list(record.items()) == [
            ("service_id", "urn:upnp-org:serviceId:RenderingControl"),
            ("service_type", "urn:schemas-upnp-org:service:RenderingControl:1"),
            ("action", "GetVolume"),
            ("in_parameters", {"InstanceID": 0, "Channel": "Master"}),
            ("out_parameters", {"CurrentVolume": 33}),
        ]

    async def test_values_that_json_lacks(self, device):
        end = await run("call-action", device.url(), "urn:example/com:serviceId:a/b/GetClock", "--iso8601")
        assert (end.code, end.err) == (0, "")
        (record,) = end.results
        assert " " in record["timestamp"]
        assert record["out_parameters"] == {
            "Now": "2026-01-02T03:04:05",
            "Drift": -0.5,
            "Price": "1.2500",
            "Ticks": "NOT_IMPLEMENTED",
        }

    @pytest.mark.parametrize(
        ("argv", "sentence"),
        [
            (["Nonsense/Get"], "no service 'Nonsense'; the device has: .*RenderingControl.*"),
            (
                ["RC/Nonsense"],
                "RenderingControl has no action 'Nonsense'; its actions are: GetVolume, SetVolume",
            ),
            (["RC/GetVolume"], "GetVolume needs a value for: InstanceID, Channel"),
            (
                ["RC/GetVolume", "InstanceID=one", "Channel=Master"],
                "argument InstanceID: 'one' does not fit, it takes ui4 from 0 to 4294967295",
            ),
        ],
    )
    async def test_what_does_not_exist_or_fit(self, device, argv, sentence):
        end = await run("call-action", device.url(), *argv)
        assert (end.code, end.out) == (1, "")
        end.complained(sentence)
        assert device.calls == []

    async def test_an_ambiguous_service_and_a_refused_call(self, device):
        exact = f"{EMBEDDED_UDN}::SwitchPower"
        service_type = "urn:schemas-upnp-org:service:SwitchPower:1"
        end = await run("call-action", device.url(), f"{service_type}/GetStatus")
        assert end.code == 1
        end.complained(
            f"'{service_type}' fits several services: SwitchPower, urn:upnp-org:serviceId:SwitchPower"
        )

        end = await run("call-action", device.url(), f"{exact}/GetStatus")
        assert (end.code, end.out) == (4, "")
        end.complained(r".*/GetStatus: refused with UPnP error 701: Transition \\x9b2J\\u202enot available")

    async def test_ctrl_c_while_waiting(self, device):
        device.answer_calls.clear()
        process = await start("call-action", device.url(), "SwitchPower/GetStatus")
        async with asyncio.timeout(NEVER):
            await device.called.wait()
        process.send_signal(signal.SIGINT)
        end = await ended(process)
        assert (end.code, end.out) == (130, "")
        end.complained("interrupted")


class TestSubscribe:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    async def test_shows_events_and_unsubscribes_when_interrupted(self, device, number):
        process = await start("subscribe", device.url(), "RC")
        raw, decoded = await read_results(process, 2)
        assert list(raw) == ["timestamp", "service_id", "service_type", "state_variables"]
        assert raw["service_id"] == "urn:upnp-org:serviceId:RenderingControl"
        assert raw["state_variables"]["LastChange"].startswith("<Event")
        assert decoded["state_variables"] == {"Volume": 25, "Mute": False}

        process.send_signal(number)
        end = await ended(process)
        assert (end.code, end.out) == (0, "")
        end.complained("interrupted")
        assert device.unsubscribed == ["RenderingControl"]

    async def test_all_services_save_one_that_refuses(self, device):
        process = await start("subscribe", device.url(), "*", "--nolastchange")
        events = await read_results(process, 4)
        shown = sorted((event["service_id"], sorted(event["state_variables"])) for event in events)
        assert shown == [
            ("SwitchPower", ["Status"]),
            ("urn:example/com:serviceId:a/b", ["Now"]),
            ("urn:upnp-org:serviceId:RenderingControl", ["Mute", "Volume"]),
            ("urn:upnp-org:serviceId:SwitchPower", ["Status"]),
        ]
        async with asyncio.timeout(NEVER):
            line = (await process.stderr.readline()).decode()
        assert line.startswith("upnp-client: Refusing is not subscribed: ")
        assert "503" in line
        process.send_signal(signal.SIGINT)
        end = await ended(process)
        assert end.code == 0
        end.complained("interrupted")
        assert sorted(device.unsubscribed) == sorted(device.subscribed)

    async def test_a_refused_subscription(self, device):
        end = await run("subscribe", device.url(), "Refusing")
        assert (end.code, end.out) == (4, "")
        end.complained("Refusing is not subscribed: .*503.*")

    async def test_an_unknown_service(self, device):
        end = await run("subscribe", device.url(), "RC", "Nonsense")
        assert (end.code, end.out) == (1, "")
        end.complained("no service 'Nonsense'; the device has: .*")
        assert device.subscribed == []

    async def test_the_callback_url_may_be_given(self, device):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        url = f"http://127.0.0.1:{port}/elsewhere"
        process = await start(
            "subscribe",
            device.url(),
            "RC",
            "--bind",
            "127.0.0.1",
            "--bind_port",
            str(port),
            "--callback_url",
            url,
        )
        await read_results(process, 2)
        process.send_signal(signal.SIGINT)
        assert (await ended(process)).code == 0
        assert device.callback_urls == [url]

    async def test_an_address_that_is_not_ours(self, device):
        end = await run("subscribe", device.url(), "RC", "--bind", "192.0.2.99")
        assert (end.code, end.out) == (1, "")
        assert "upnp-client: events cannot be received at 192.0.2.99 port 0: " in end.err
        assert "Traceback" not in end.err

    async def test_a_reader_that_goes_ends_it_in_silence_and_unsubscribes(self, device):
        process = await start("subscribe", device.url(), "RC")
        await read_results(process, 2)
        process._transport.get_pipe_transport(1).close()
        await device.notify(device.callback_urls[0], "uuid:RenderingControl-0", {"LastChange": ""}, seq=1)
        async with asyncio.timeout(NEVER):
            err = await process.stderr.read()
            assert await process.wait() == 0
        assert err == b""
        assert device.unsubscribed == ["RenderingControl"]

    async def test_over_ipv6(self):
        async with CliDevice("::1") as device:
            process = await start("subscribe", device.url(), "RC")
            await read_results(process, 2)
            process.send_signal(signal.SIGINT)
            assert (await ended(process)).code == 0
        assert device.callback_urls[0].startswith("http://[::1]:")
        assert device.unsubscribed == ["RenderingControl"]


class Responder(asyncio.DatagramProtocol):
    """Answers every search, twice as some devices do."""

    ANSWER = (
        b"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nLOCATION: http://127.0.0.1:9/d.xml\r\n"
        b"ST: upnp:rootdevice\r\nUSN: uuid:abc::upnp:rootdevice\r\nSERVER: \xc2\x9b2J\r\n\r\n"
    )

    def connection_made(self, transport):
        self.transport = transport
        self.asked = asyncio.Event()

    def datagram_received(self, data, addr):
        self.transport.sendto(self.ANSWER, addr)
        self.transport.sendto(self.ANSWER, addr)
        self.asked.set()


@pytest.fixture
async def responder():
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(Responder, local_addr=("127.0.0.1", 0))
    yield protocol
    transport.close()


def port_of(protocol):
    return str(protocol.transport.get_extra_info("sockname")[1])


class TestSearch:
    async def test_prints_each_answer_once(self, responder):
        end = await run(
            "--timeout", "1", "search", "--target", "127.0.0.1", "--target_port", port_of(responder)
        )
        assert (end.code, end.err) == (0, "")
        (record,) = end.results
        assert record["USN"] == "uuid:abc::upnp:rootdevice"
        assert record["SERVER"] == "\x9b2J"
        assert record["LOCATION"] == record["location"] == "http://127.0.0.1:9/d.xml"
        assert record["_source"] == "SsdpSource.SEARCH"
        assert end.out.isascii()

    async def test_traffic_is_shown_on_request_and_cannot_move_the_cursor(self, responder):
        argv = ["--debug-traffic", "--timeout", "1", "search", "--target", "127.0.0.1"]
        end = await run(*argv, "--target_port", port_of(responder))
        assert "M-SEARCH" in end.err
        assert "uuid:abc" in end.err
        assert all(line.isprintable() for line in end.err.splitlines())

    async def test_ctrl_c(self, responder):
        process = await start(
            "--timeout", "60", "search", "--target", "127.0.0.1", "--target_port", port_of(responder)
        )
        await read_results(process, 1)
        process.send_signal(signal.SIGINT)
        end = await ended(process)
        assert (end.code, end.out) == (130, "")
        end.complained("interrupted")

    async def test_mixed_families(self):
        end = await run("search", "--bind", "127.0.0.1", "--target", "::1")
        assert (end.code, end.out) == (1, "")
        end.complained("--bind 127.0.0.1 and --target ::1 are of different address families")


class TestAdvertisements:
    async def test_prints_what_is_announced_until_ctrl_c(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.0.0.1", 0))
            port = sock.getsockname()[1]
        process = await start("advertisements", "--bind", "127.0.0.1", "--target_port", str(port))
        packet = (
            b"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNT: upnp:rootdevice\r\nNTS: ssdp:alive\r\n"
            b"USN: uuid:abc::upnp:rootdevice\r\nLOCATION: http://192.0.2.1/d.xml\r\n\r\n"
        )
        async with asyncio.timeout(NEVER):
            reading = asyncio.create_task(process.stdout.readline())
            while not reading.done():  # until it listens
                announce(packet, port)
                await asyncio.wait([reading], timeout=0.05)
        record = json.loads(reading.result())
        assert record["NTS"] == "ssdp:alive"
        assert record["_source"] == "SsdpSource.ADVERTISEMENT"
        process.send_signal(signal.SIGTERM)
        end = await ended(process)
        assert end.code == 0
        end.complained("interrupted")


class TestStreams:
    @pytest.mark.parametrize("argv", [["--help"], ["describe"]])
    async def test_a_closed_standard_output_is_no_complaint_of_pythons(self, device, argv):
        reading, writing = os.pipe()
        os.close(reading)
        argv = [*argv, device.url()] if argv == ["describe"] else argv
        process = await asyncio.create_subprocess_exec(
            *CLI, *argv, stdin=asyncio.subprocess.DEVNULL, stdout=writing, stderr=asyncio.subprocess.PIPE
        )
        os.close(writing)
        end = await process.communicate()
        assert (process.returncode, end[1]) == (0, b"")

    @pytest.mark.skipif(not FULL.exists(), reason="needs Linux's device that is always full")
    async def test_a_full_disk_is_a_line(self, device):
        full = os.open(FULL, os.O_WRONLY)
        process = await asyncio.create_subprocess_exec(
            *CLI, "describe", device.url(), stdout=full, stderr=asyncio.subprocess.PIPE
        )
        os.close(full)
        _, err = await process.communicate()
        assert process.returncode == 1
        assert err.decode().startswith("upnp-client: results cannot be written: ")
        assert err.count(b"\n") == 1


async def test_a_device_is_served_until_it_is_interrupted():
    process = await start("serve", "media-server", "--bind", "127.0.0.1", "--target-port", str(free_port()))
    async with asyncio.timeout(NEVER):
        first = json.loads(await process.stdout.readline())
        described = await run("describe", first["location"])
        process.send_signal(signal.SIGINT)
        out, err = await process.communicate()
    assert described.results[0]["device"]["udn"] == first["udn"]
    assert (process.returncode, out, err) == (0, b"", b"upnp-client: interrupted\n")


async def test_the_demonstration_ends_by_itself():
    shown = await run("demo")
    assert shown.code == 0, shown.err
    assert shown.err.splitlines()[-1].endswith("that is all")
