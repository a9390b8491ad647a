"""Real devices that are not there: one clear line, the documented exit code, never a traceback."""

from collections.abc import Iterator

import pytest

from tests.interop.lab import Lab
from tests.interop.lines import complaint, results
from tests.interop.network import INTERFACE

pytestmark = pytest.mark.interop
UNREACHABLE = 3
EVENT_SECONDS = 20.0
CHANNEL = ("InstanceID=0", "Channel=Master")


@pytest.fixture
def killed(lab: Lab) -> Iterator[str]:
    """The URL of a renderer that has lost its power."""
    lab.renderer.kill()
    yield lab.renderer.url
    lab.renderer.start()


@pytest.fixture
def unplugged(lab: Lab) -> Iterator[str]:
    """The URL of a renderer whose cable is pulled: nobody says that it is not there."""
    host = lab.renderer.host
    assert host.run("ip", "link", "set", INTERFACE, "down").returncode == 0
    yield lab.renderer.url
    lab.renderer.stop()
    host.plug_in()
    lab.renderer.start()


@pytest.mark.parametrize(
    "command",
    [("describe",), ("call-action", "RC/GetVolume", *CHANNEL), ("subscribe", "RC")],
    ids=lambda command: command[0],
)
def test_a_killed_device_gives_a_clear_error(lab: Lab, killed: str, command: tuple[str, ...]) -> None:
    name, *arguments = command
    line = complaint(lab.run_client(name, killed, *arguments), UNREACHABLE)
    assert f"{lab.renderer.host.ipv4}:{lab.renderer.port}" in line


def test_a_killed_device_gives_an_error_of_the_library(lab: Lab, killed: str) -> None:
    ended = lab.run_library("describe", killed, "lenient")
    assert [line["error"] for line in results(ended.stdout)] == ["UpnpConnectionError"]


def test_an_unplugged_device_gives_a_clear_error(lab: Lab, unplugged: str) -> None:
    complaint(lab.run_client("--timeout", "1", "describe", unplugged), UNREACHABLE)


def test_a_wrong_url_gives_a_clear_error(lab: Lab) -> None:
    url = lab.server.url.replace("rootDesc", "noDesc")
    assert "404" in complaint(lab.run_client("describe", url), UNREACHABLE)


def test_a_device_that_dies_while_it_is_heard_does_not_keep_us(lab: Lab) -> None:
    listener = lab.start_client("subscribe", lab.renderer.url, "RC")
    listener.wait_for(lambda: bool(listener.printed()), "the first event", EVENT_SECONDS)
    lab.renderer.kill()
    try:
        assert listener.interrupt() == 0
        assert "Traceback" not in listener.complained()
    finally:
        lab.renderer.start()
