"""DLNA with real devices: songs of minidlna are played on gmediarender, and followed by its events."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.conftest import require
from tests.interop.devices import GMediaRender, MiniDlna, unmet_device_needs
from tests.interop.lab import Ended
from tests.interop.lines import Result, results
from tests.interop.music import ARTIST, SECONDS, SONGS, write_song
from tests.interop.network import Network, Program, interruptible, unmet_needs

pytestmark = pytest.mark.interop
LISTENING_SECONDS = 180.0


class MusicServer(MiniDlna):
    """minidlna with songs instead of tones."""

    friendly_name = "Interop Songs"
    tones = dict.fromkeys(SONGS, 0)

    def arguments(self) -> list[str]:
        """Write the songs first."""
        home = self.host.network.directory / "minidlna"
        media = home / "Music"
        media.mkdir(parents=True)
        for title in SONGS:
            write_song(media, title)
        return super().arguments()


class Studio:
    """A control point, a renderer and a server of songs."""

    def __init__(self, network: Network) -> None:
        """Join the hosts to the network, and start the devices."""
        self.control = network.add_host("control", 10)
        self.server = MusicServer(network.add_host("songs", 20), self.control)
        self.renderer = GMediaRender(network.add_host("speaker", 30), self.control)
        self.server.start()
        self.renderer.start()

    def command(self, job: str, *arguments: str) -> list[str]:
        """Return the command line of a job."""
        urls = [self.renderer.url, self.server.url]
        return [sys.executable, "-m", "tests.interop.listening", job, *urls, *arguments]

    def run(self, job: str, *arguments: str) -> list[Result]:
        """Run a job to its end; return its steps."""
        ended: Ended = self.control.run(*self.command(job, *arguments), seconds=LISTENING_SECONDS)
        assert (ended.returncode, ended.stderr) == (0, ""), f"{ended.stdout}\n{ended.stderr}"
        return results(ended.stdout.splitlines())


@pytest.fixture(scope="module")
def studio() -> Iterator[Studio]:
    """Real devices on a network of their own."""
    require([*unmet_device_needs(), *unmet_needs(["gst-launch-1.0"])])
    with (
        interruptible(),
        tempfile.TemporaryDirectory(prefix="upnp-studio-") as directory,
        Network(Path(directory)) as network,
    ):
        yield Studio(network)


@pytest.mark.uda("A-005", "A-006", "A-010", "A-012")
@pytest.mark.parametrize("title", ["Tune", "Ballad"])
def test_a_song_is_played_and_followed_by_events(studio: Studio, title: str) -> None:
    found, playing, later, paused, still, again, sought, quiet, loud, stopped = studio.run("play", title)
    assert found["found"] == title
    assert (playing["state"], playing["title"], playing["artist"]) == ("PLAYING", title, ARTIST)
    assert later["title"] == title
    assert 2 <= later["position"] <= SECONDS
    assert abs(later["duration"] - SECONDS) <= 1
    assert (paused["state"], still, again["state"]) == ("PAUSED_PLAYBACK", {"stands_still": True}, "PLAYING")
    assert 7 <= sought["sought"] <= SECONDS
    assert (quiet["muted"], loud["muted"]) == (True, False)
    assert abs(quiet["volume"] - 0.2) < 0.02
    assert abs(loud["volume"] - 0.6) < 0.02
    assert stopped["state"] == "STOPPED"


@pytest.mark.uda("A-013")
def test_a_queue_of_three_is_played_to_its_end(studio: Studio) -> None:
    steps = studio.run("queue", *SONGS)
    assert [step["plays"] for step in steps[:-1]] == [*SONGS, None]
    assert steps[-1]["errors"] == []


def test_a_renderer_that_was_killed_is_picked_up_again(studio: Studio) -> None:
    job: Program = studio.control.start(*studio.command("pick_up", "Tune"), name="pick-up")
    job.wait_for(lambda: any("state" in step for step in results(job.printed())), "it plays", 60)
    studio.renderer.kill()
    studio.renderer.start()
    assert job.wait_for_end(120) == 0, job.printed()
    steps = results(job.printed())
    assert [step["state"] for step in steps if "state" in step] == ["PLAYING", "PLAYING", "STOPPED"]
    assert any("volume" in step for step in steps), "events come again"
