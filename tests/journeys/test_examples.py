"""The examples as people run them: each script in a process of its own, against a device on loopback.

They end by themselves, with one line per thing that is worth one and nothing on standard error.
"""

import asyncio
import signal
import sys
import threading
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from async_upnp_client.aiohttp import AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.server import UpnpServer
from async_upnp_client.virtual import VirtualMediaServer, VirtualRenderer
from async_upnp_client.virtual.fetching import Head
from tests.support import openhome
from tests.support.cli_device import CliDevice, announce
from tests.support.device_server import served
from tests.support.gateway import Gateway
from tests.support.soap_device import SoapDevice, SoapService
from tests.support.udp import GROUP, free_port, peer
from tests.unit.virtual.test_media import wav


class Playing(VirtualRenderer):
    """A renderer for which every song is a second long."""

    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.av_transport.fetch = self.fetched

    async def fetched(self, url):
        return Head("audio/wav", wav(1.0))


EXAMPLES = Path(__file__).parents[2] / "examples"
NEVER = 30  # seconds after which a test has failed
SSDP_PORT = 1900
ROOT = "upnp:rootdevice"
ELSEWHERE = "http://192.0.2.7:8080/description.xml"  # where nobody looks


async def start(name, *argv):
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        *[sys.executable, "-u", "-W", "error", EXAMPLES / name, *argv],
        stdin=asyncio.subprocess.DEVNULL,
        stdout=pipe,
        stderr=pipe,
    )


async def ended(process):
    """Return the exit code, the lines of standard output, and the text of standard error."""
    async with asyncio.timeout(NEVER):
        out, err = await process.communicate()
    return process.returncode, out.decode().splitlines(), err.decode()


async def run(name, *argv):
    return await ended(await start(name, *argv))


@asynccontextmanager
async def answering(*locations):
    """Answer each search on loopback, also those of others who test at the same time; yields our UDN."""
    udn = f"uuid:{uuid4()}"
    answers = [
        f"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nEXT:\r\nLOCATION: {location}\r\n"
        f"SERVER: a/1 UPnP/1.0 b/1\r\nST: {ROOT}\r\nUSN: {udn}::{ROOT}\r\n\r\n"
        for location in locations
    ]

    async def answer(neighbour):
        while True:
            data, searcher = await neighbour.arrived.get()
            if data.startswith(b"M-SEARCH "):
                for text in answers:
                    neighbour.send(text.encode(), searcher)

    async with peer("127.0.0.1", SSDP_PORT, group=GROUP) as neighbour:
        task = asyncio.create_task(answer(neighbour))
        try:
            yield udn
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def byebye(udn):
    return (
        f"NOTIFY * HTTP/1.1\r\nHOST: {GROUP}:{SSDP_PORT}\r\nNT: {ROOT}\r\nNTS: ssdp:byebye\r\n"
        f"USN: {udn}::{ROOT}\r\n\r\n"
    ).encode()


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


def test_every_example_is_run_here():
    here = Path(__file__).read_text(encoding="utf-8")
    missing = [path.name for path in EXAMPLES.glob("*.py") if f'"{path.name}"' not in here]
    assert not missing


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
async def test_an_example_says_what_it_is_for(path):
    code, out, err = await run(path.name, "--help")
    assert (code, err) == (0, "")
    assert out[0].startswith("usage: ")


async def test_call_action_reads_and_sets_the_volume(device):
    assert await run("call_action.py", device.url()) == (0, ["volume: 25"], "")
    assert await run("call_action.py", device.url(), "40") == (0, ["volume: 40"], "")
    assert device.volume == 40


async def test_call_action_sends_nothing_that_is_no_volume(device):
    code, out, err = await run("call_action.py", device.url(), "loud")
    assert (code, out) == (2, [])
    assert "loud" in err
    assert device.calls == []


async def test_call_action_has_a_sentence_for_a_device_that_is_not_there(device):
    code, out, err = await run("call_action.py", device.url("/nothing.html"))
    assert (code, out) == (1, [])
    assert err
    assert "Traceback" not in err


async def test_listen_to_events_prints_what_changes_and_cancels_its_subscriptions(device):
    code, out, err = await run("listen_to_events.py", device.url(), "--seconds", "0.1")
    assert (code, err) == (0, "")
    assert "SwitchPower Status = True" in out
    assert "SwitchPower: subscribed for 0:30:00" in out
    assert any(line.startswith("urn:upnp-org:serviceId:Refusing: lost: ") for line in out)
    assert sorted(device.unsubscribed) == sorted(device.subscribed)
    assert len(device.subscribed) == 4


async def test_find_devices_describes_each_device_once(device):
    async with answering(device.url(), device.url(), device.url("/broken.xml")):
        code, out, err = await run("find_devices.py", "--source", "127.0.0.1")
    assert (code, err) == (0, "")
    assert sum(line.endswith(f" at {device.url()}") for line in out) == 1
    assert any(line.startswith(f"{device.url('/broken.xml')}: ") for line in out)
    assert "    urn:upnp-org:serviceId:RenderingControl: GetVolume, SetVolume" in out
    assert out[-1].endswith(" devices")


async def test_watch_network_tells_who_comes_and_goes():
    async with answering(ELSEWHERE) as udn:
        process = await start("watch_network.py", "--source", "127.0.0.1", "--seconds", "3")
        come = f"search_changed: {udn} {ROOT} {ELSEWHERE}\n"
        async with asyncio.timeout(NEVER):
            while (await process.stdout.readline()).decode() != come:
                assert not process.stdout.at_eof()
        announce(byebye(udn), SSDP_PORT)
        code, out, err = await ended(process)
    assert (code, err) == (0, "")
    assert f"advertisement_byebye: {udn} {ROOT} {ELSEWHERE}" in out
    assert out[-1].endswith(" devices known")


async def test_locate_device_finds_it_where_it_is_now(device):
    async with answering(device.url()) as udn:
        for location in (device.url(), "http://127.0.0.1:9/d.xml"):
            code, out, err = await run(
                "locate_device.py", udn, "--location", location, "--source", "127.0.0.1"
            )
            assert (code, err) == (0, "")
            assert out[0] == f"{device.url()} (found by multicast)"
            assert out[-1].endswith("(urn:schemas-upnp-org:device:Test:1)")


async def test_locate_device_has_a_sentence_for_one_that_is_nowhere(device):
    nobody = f"uuid:{uuid4()}"
    code, out, err = await run("locate_device.py", nobody, "--source", "127.0.0.1", "--timeout", "1")
    assert (code, out, err) == (1, [f"{nobody} not found in 1 s"], "")


async def test_play_on_renderer_plays_to_the_end():
    url = f"http://127.0.0.1:{free_port()}/one%20song.wav"
    async with UpnpServer(Playing, ("127.0.0.1", 0), (GROUP, free_port())) as server:
        code, out, err = await run("play_on_renderer.py", server.location, url)
        assert (code, out, err) == (0, ["Virtual renderer: one song.wav"], "")
        assert isinstance(server.device, Playing)
        assert server.device.av_transport.playback.media.uri == url


async def test_follow_renderer_shows_each_change():
    async with UpnpServer(Playing, ("127.0.0.1", 0), (GROUP, free_port())) as server:
        process = await start("follow_renderer.py", server.location)
        async with asyncio.timeout(NEVER):
            assert b"NO_MEDIA_PRESENT" in await process.stdout.readline()
            assert isinstance(server.device, Playing)
            server.device.rendering_control.take_volume("Master", 20)
            while b"volume 20%" not in await process.stdout.readline():
                assert not process.stdout.at_eof()
        process.send_signal(signal.SIGINT)
        assert (await ended(process))[0::2] == (0, "")


async def test_open_port_opens_it_as_long_as_it_runs():
    gateway = Gateway()
    async with served(gateway) as url:
        process = await start("open_port.py", "8080", "--location", url)
        async with asyncio.timeout(NEVER):
            assert await process.stdout.readline() == b"open: TCP 198.51.100.7:8080\n"
        assert ("", "8080", "TCP") in gateway.mappings
        process.send_signal(signal.SIGINT)
        assert await ended(process) == (0, ["closed"], "")
    assert gateway.mappings == {}


async def test_open_port_has_a_sentence_for_a_refusal():
    gateway = Gateway()
    gateway.refuse["AddPortMapping"] = 606
    async with served(gateway) as url:
        code, out, err = await run("open_port.py", "8080", "--location", url, "--seconds", "0")
    assert (code, out) == (1, [])
    assert "606" in err
    assert "Traceback" not in err


async def test_watch_traffic_prints_a_line_for_each_look():
    gateway = Gateway()
    gateway.refuse["GetTotalBytesReceived"] = 501
    async with served(gateway) as url:
        code, out, err = await run("watch_traffic.py", url, "--looks", "2", "--interval", "0.01")
    assert (code, err) == (0, "")
    assert len(out) == 2
    assert out[1].startswith("Connected 198.51.100.7  in      ? KiB/s  out    0.0 KiB/s")
    assert "501" in out[1]


async def test_print_state_prints_it_and_listens():
    state = {"PrinterState": "string", "PrinterStateReasons": "string", "JobIdList": "string", "JobId": "i4"}
    basic = SoapService(
        "urn:schemas-upnp-org:service:PrintBasic:1",
        "urn:upnp-org:serviceId:PrintBasic",
        {"GetPrinterAttributes": ({}, state)},
        {"PrinterState": "string"},
    )
    basic.answers["GetPrinterAttributes"] = {
        "PrinterState": "processing",
        "PrinterStateReasons": "media-low",
        "JobIdList": "3,4",
        "JobId": "3",
    }
    printer = SoapDevice("urn:schemas-upnp-org:device:printer:1", [basic])
    async with served(printer) as url:
        code, out, err = await run("print_state.py", url, "--seconds", "0")
    assert (code, out, err) == (0, ["Test device: processing (media-low), jobs: 3, 4"], "")
    assert printer.subscribed == [("SUBSCRIBE", "0/event"), ("UNSUBSCRIBE", "0/event")]


async def test_print_document_sends_it_to_where_the_printer_wants_it(tmp_path):
    texts = ("JobName", "JobOriginatingUserName", "DocumentFormat", "Sides", "NumberUp")
    more = ("OrientationRequested", "MediaSize", "MediaType", "PrintQuality")
    job = dict.fromkeys(texts + more, "string") | {"Copies": "i4"}
    basic = SoapService(
        "urn:schemas-upnp-org:service:PrintBasic:1",
        "urn:upnp-org:serviceId:PrintBasic",
        {"CreateJob": (job, {"JobId": "i4", "DataSink": "uri"}), "CancelJob": ({"JobId": "i4"}, {})},
    )
    basic.answers["CreateJob"] = {"JobId": "7", "DataSink": "/sink/7"}
    printer = SoapDevice("urn:schemas-upnp-org:device:printer:1", [basic])
    page = tmp_path / "letter.xhtml"
    page.write_text("<html><body><p>Grüße</p></body></html>", encoding="utf-8")
    async with served(printer) as url:
        assert await run("print_document.py", url, str(page), "--copies", "2") == (
            0,
            ["Test device has taken letter.xhtml as job 7"],
            "",
        )
        assert [sent.body for sent in printer.documents] == [page.read_text(encoding="utf-8")]
        assert (printer.calls[0][1]["JobName"], printer.calls[0][1]["Copies"]) == ("letter.xhtml", "2")
        printer.takes_documents = 413
        code, out, err = await run("print_document.py", url, str(page))
    assert (code, out) == (1, [])
    assert "413" in err
    assert printer.calls[-1] == ("CancelJob", {"JobId": "7"})


async def test_control_player_plays_and_shows_what_there_is():
    product = openhome.service(
        "Product",
        {
            "Product": ({}, {"ProductRoom": "string"}),
            "SourceIndex": ({}, {"Value": "ui4"}),
            "SourceXml": ({}, {"Value": "string"}),
            "Source": ({"Index": "ui4"}, {"Name": "string", "Type": "string"}),
        },
        {"ProductRoom": "string", "SourceIndex": "ui4", "SourceXml": "string"},
    )
    source = "<Source><Name>Queue</Name><Type>Playlist</Type><Visible>true</Visible></Source>"
    product.answers |= {
        "Product": {"ProductRoom": "Kitchen"},
        "SourceIndex": {"Value": "0"},
        "SourceXml": {"Value": f"<SourceList>{source}</SourceList>"},
        "Source": {"Name": "Queue", "Type": "Playlist"},
    }
    playlist = openhome.service(
        "Playlist",
        {
            "Play": ({}, {}),
            "TransportState": ({}, {"Value": "string"}),
            "IdArray": ({}, {"Token": "ui4", "Array": "string"}),
            "ReadList": ({"IdList": "string"}, {"TrackList": "string"}),
        },
        {"TransportState": "string"},
    )
    track = "<Entry><Id>7</Id><Uri>http://x/7.flac</Uri><Metadata/></Entry>"
    playlist.answers |= {
        "TransportState": {"Value": "Playing"},
        "IdArray": {"Token": "1", "Array": "AAAABw=="},
        "ReadList": {"TrackList": f"<TrackList>{track}</TrackList>"},
    }
    volume = openhome.service(
        "Volume",
        {
            "SetVolume": ({"Value": "ui4"}, {}),
            "Volume": ({}, {"Value": "ui4"}),
            "Characteristics": ({}, {"VolumeMax": "ui4"}),
        },
        {"Volume": "ui4"},
    )
    volume.answers |= {"Volume": {"Value": "30"}, "Characteristics": {"VolumeMax": "80"}}
    player = SoapDevice(openhome.SOURCE, [product, playlist, volume])
    async with served(player) as url:
        code, out, err = await run("control_player.py", url, "play", "--volume", "30")
        assert (code, err) == (0, "")
        assert out == ["Kitchen: Playing, volume 30", "* Queue (Playlist)", "  7: http://x/7.flac"]
        assert ("Play", {}) in player.calls
        assert ("SetVolume", {"Value": "30"}) in player.calls
        assert (await run("control_player.py", url, "--level", "0.25"))[::2] == (0, "")
    assert ("SetVolume", {"Value": "20"}) in player.calls


async def test_browse_a_server_shows_a_tree_and_finds_titles():
    group = ("239.255.255.250", free_port())
    async with UpnpServer(VirtualMediaServer, ("127.0.0.1", 0), group) as server:
        code, out, err = await run("browse_a_server.py", server.location)
        assert (code, err) == (0, "")
        assert out[0].startswith("Virtual media server, changed ")
        assert out[out.index("    Scale/") :][:4] == [
            "    Scale/",
            "      C (0:00:03.000)",
            "      D (0:00:04.000)",
            "      E (0:00:05.000)",
        ]
        code, out, err = await run("browse_a_server.py", server.location, "--depth", "1")
        assert (code, err) == (0, "")
        assert sorted(out[1:]) == ["  Favourites/", "  Music/", "  Pictures/"]
        assert await run("browse_a_server.py", server.location, "--search", "<at") == (
            0,
            ["Blue <at noon>"],
            "",
        )


async def test_browse_a_server_has_a_sentence_for_a_device_that_is_none(device):
    code, out, err = await run("browse_a_server.py", device.url())
    assert (code, out) == (1, [])
    assert "MediaServer" in err
    assert "Traceback" not in err


async def test_serve_a_device_is_found_switched_and_ends_at_ctrl_c():
    process = await start("serve_a_device.py", "127.0.0.1", "--ssdp-port", str(free_port()))
    async with asyncio.timeout(NEVER):
        url = (await process.stdout.readline()).decode().split()[-1]
    device = await UpnpFactory(AiohttpRequester()).async_create_device(url)
    assert device.all_diagnostics == []
    switch = device.service("urn:schemas-upnp-org:service:SwitchPower:1")
    await switch.async_call_action("SetTarget", newTargetValue=True)
    assert await switch.async_call_action("GetStatus") == {"ResultStatus": True}
    process.send_signal(signal.SIGINT)
    assert await ended(process) == (0, ["the light is on"], "")


async def test_try_with_virtual_devices_plays_a_song_in_a_moment():
    code, out, err = await run("try_with_virtual_devices.py", "--ssdp-port", str(free_port()))
    assert (code, err) == (0, "")
    assert out == ["PLAYING 0:00:00 of 0:00:07", "PLAYING 0:00:05 of 0:00:07", "STOPPED 0:00:00 of 0:00:07"]
