"""Our virtual media server as other people's programs take it: VLC and gmediarender play what it has."""

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import require
from tests.interop.devices import GMediaRender, unmet_device_needs
from tests.interop.network import Host, Network, Program, interruptible, unmet_needs

pytestmark = pytest.mark.interop
CLIENT = (sys.executable, "-m", "async_upnp_client.cli")
SECONDS = 60.0  # everything is over in a fraction of it
NOBODY = 65534  # VLC does not run for root
ALBUM = "music/2"  # three tracks, of three, four and five seconds


@dataclass
class Scene:
    """A host with our media server, and another one."""

    network: Network
    server: Program
    location: str
    other: Host

    def calls(self) -> list[dict[str, Any]]:
        """Return the calls that the media server has had."""
        return [json.loads(line) for line in self.server.printed()[1:]]

    def run_client(self, *arguments: str) -> dict[str, Any]:
        """Run `upnp-client` on the other host, and return its one result."""
        ended = self.other.run(*CLIENT, *arguments, seconds=SECONDS)
        assert ended.returncode == 0, ended.stderr
        (line,) = ended.stdout.splitlines()
        result: dict[str, Any] = json.loads(line)
        return result

    def start_vlc(self, *arguments: str) -> Program:
        """Start VLC on the other host, without sound or picture, and with all it has to say."""
        home = self.network.directory / "vlc"
        home.mkdir()
        os.chown(home, NOBODY, NOBODY)
        self.network.directory.chmod(0o755)
        as_nobody = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
        options = ("-I", "dummy", "--aout=adummy", "--vout=vdummy", "--no-color", "-vv")
        return self.other.start(
            *as_nobody, "vlc", *options, *arguments, name="vlc", environment={"HOME": str(home)}
        )


@pytest.fixture
def scene() -> Iterator[Scene]:
    """Serve the media server on a network."""
    require([*unmet_device_needs(), *unmet_needs(["vlc", "setpriv"])])
    with (
        interruptible(),
        tempfile.TemporaryDirectory(prefix="upnp-virtual-") as directory,
        Network(Path(directory)) as network,
    ):
        ours, other = network.add_host("server", 20), network.add_host("other", 30)
        server = ours.start(*CLIENT, "serve", "media-server", "--bind", ours.ipv4, name="server")
        server.wait_for(lambda: bool(server.printed()), "its location", SECONDS)
        yield Scene(network, server, json.loads(server.printed()[0])["location"], other)


def test_vlc_finds_it(scene: Scene) -> None:
    vlc = scene.start_vlc("--services-discovery", "upnp")
    vlc.wait_for(
        lambda: "Adding server 'Virtual media server'" in vlc.complained(), "VLC to find it", SECONDS
    )


def test_vlc_browses_an_album_and_plays_each_track(scene: Scene) -> None:
    directory = scene.location.replace("http://", "upnp://").replace("device.xml", "ContentDirectory/control")
    vlc = scene.start_vlc("--play-and-exit", "--rate", "8", f"{directory}?ObjectID={ALBUM}")
    assert vlc.wait_for_end(SECONDS) == 0
    (browsed,) = scene.calls()
    assert browsed["action"] == "Browse"
    assert browsed["in_parameters"]["ObjectID"] == ALBUM
    for number in (1, 2, 3):
        played = f"/media/{ALBUM}/{number}.wav' successfully opened"
        assert played in vlc.complained(), f"track {number}"
    assert "HTTP/1.1 206 Partial Content" in vlc.complained()


def test_gmediarender_plays_a_track_to_its_end(scene: Scene) -> None:
    renderer = GMediaRender(scene.network.add_host("renderer", 40), scene.other)
    renderer.start()
    page = ("Filter=*", "StartingIndex=0", "RequestedCount=1", "SortCriteria=")
    browse = ("CD/Browse", f"ObjectID={ALBUM}", "BrowseFlag=BrowseDirectChildren", *page)
    didl = scene.run_client("call-action", scene.location, *browse)["out_parameters"]["Result"]
    uri = didl[didl.index(">http://", didl.index("<res ")) + 1 : didl.index("</res>")]

    events = scene.other.start(*CLIENT, "subscribe", renderer.url, "AVT", "--nolastchange", name="events")
    events.wait_for(lambda: bool(events.printed()), "the first event", SECONDS)
    call = ("call-action", renderer.url)
    scene.run_client(
        *call, "AVT/SetAVTransportURI", "InstanceID=0", f"CurrentURI={uri}", f"CurrentURIMetaData={didl}"
    )
    scene.run_client(*call, "AVT/Play", "InstanceID=0", "Speed=1")
    for state in ("PLAYING", "STOPPED"):
        events.wait_for(partial(has_told, events, state), state, SECONDS)
    told = [record["state_variables"] for record in map(json.loads, events.printed())]
    durations = [changes["CurrentTrackDuration"] for changes in told if "CurrentTrackDuration" in changes]
    assert durations[-1].startswith("0:00:03")


def has_told(events: Program, state: str) -> bool:
    """Tell whether the transport has come to a state since the first event."""
    changes = [json.loads(line)["state_variables"] for line in events.printed()[1:]]
    return any(change.get("TransportState") == state for change in changes)
