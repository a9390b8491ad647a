"""Debian's minidlna browsed whole, searched and followed, from another host, by library and command line."""

import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.interop.devices import MiniDlna, WatchfulMiniDlna, write_tone
from tests.interop.lab import CLIENT_SECONDS, Lab
from tests.interop.lines import done, results

pytestmark = pytest.mark.interop
AGAIN_SECONDS = 3.0  # between two times that a file is written
UPDATE_SECONDS = 60.0  # minidlna looks at a new file within some seconds; a machine under load takes more


def job(*arguments: str) -> list[str]:
    """Return the command line of a job of `tests.interop.browsing`."""
    return [sys.executable, "-m", "tests.interop.browsing", *arguments]


def run(lab: Lab, *arguments: str) -> list[dict[str, Any]]:
    """Run a job to its end, and return what it has printed."""
    return done(lab.control.run(*job(*arguments), seconds=CLIENT_SECONDS))


@pytest.mark.uda("A-018", "A-019", "A-026")
@pytest.mark.parametrize("page_size", ["1", "2", "250"])
def test_everything_is_walked(lab: Lab, page_size: str) -> None:
    *found, end = run(lab, "walk", lab.server.url, "0", page_size)
    assert [one["title"] for one in found] == list(lab.server.tones)
    for one in found:
        assert one["parent_id"] == "0"
        assert one["upnp_class"].startswith("object.item.audioItem")
        assert one["resources"][0].startswith(f"http://{lab.server.host.ipv4}:{lab.server.port}/")
    assert end == {"root": "0", "parent_id": "-1", "diagnostics": []}


def test_the_command_shows_the_same(lab: Lab) -> None:
    found = done(lab.run_client("browse", lab.server.url, "--depth", "0"))
    assert sorted(one["title"] for one in found) == sorted(lab.server.tones)
    assert {one["kind"] for one in found} == {"item"}


@pytest.mark.uda("A-023")
def test_it_is_searched(lab: Lab) -> None:
    capabilities, *found = run(lab, "search", lab.server.url, "Tone B")
    assert "dc:title" in capabilities["search"]
    assert "dc:title" in capabilities["sort"]
    assert {one["title"] for one in found} == {"Tone B"}
    assert run(lab, "search", lab.server.url, "no such tone")[1:] == []


@pytest.fixture
def watchful(lab: Lab) -> Iterator[MiniDlna]:
    """A server that takes in new files."""
    server = WatchfulMiniDlna(lab.network.add_host("watchful", 50), lab.control)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.mark.uda("A-024")
def test_a_new_file_is_seen(lab: Lab, watchful: MiniDlna) -> None:
    follower = lab.control.start(*job("follow", watchful.url), name="follow")
    try:
        follower.wait_for(lambda: bool(follower.printed()), "the first update id", CLIENT_SECONDS)
        written = float("-inf")

        def is_seen() -> bool:
            # minidlna begins to look out for files some time after it has begun to serve
            nonlocal written
            if time.monotonic() - written > AGAIN_SECONDS:
                write_tone(watchful.media / "Tone D.wav", 587)
                written = time.monotonic()
            return not follower.runs

        follower.wait_for(is_seen, "a higher update id", UPDATE_SECONDS)
    finally:
        code = follower.stop()
    assert (code, follower.complained()) == (0, "")
    before, after = (result["update_id"] for result in results(follower.printed()))
    assert after > before
    *found, _ = run(lab, "walk", watchful.url, "0", "250")
    assert "Tone D" in [one["title"] for one in found]
