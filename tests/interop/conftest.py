"""The lab and the story, once for all tests; without root or packages skipped, or a failure if required."""

import os
from collections.abc import Iterator

import pytest

from tests.interop.capture import PROGRAMS
from tests.interop.devices import DEBIAN_PACKAGES, unmet_device_needs
from tests.interop.lab import Lab, open_lab
from tests.interop.network import Host, NetworkError, unmet_needs
from tests.interop.story import Story, told_story

LOSS = "iifname != lo numgen random mod 100 < 30"
NOT_IN_THE_KERNEL = ("No such file or directory", "Operation not supported")
REQUIRED = os.environ.get("UPNP_INTEROP") == "require"


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """Real devices on a network of their own."""
    require(unmet_device_needs())
    with open_lab() as opened:
        yield opened


@pytest.fixture(scope="session")
def story() -> Iterator[Story]:
    """What happened to a device of ours, and all that was captured of it."""
    require(unmet_needs(PROGRAMS))
    with told_story() as told:
        yield told


def lose_packets(*hosts: Host) -> None:
    """Lose three of ten packets that come in at hosts; skipped where the kernel loses none at random."""
    try:
        for host in hosts:
            host.drop(LOSS)
    except NetworkError as err:
        if not any(reason in str(err) for reason in NOT_IN_THE_KERNEL):
            raise
        pytest.skip("the kernel loses no packets at random; tests of journeys and units do it in memory")


def require(unmet: list[str]) -> None:
    """Skip the tests if something is missing, or fail them if they are required."""
    if unmet:
        reason = f"needs {', '.join(unmet)} (Debian packages: {' '.join(DEBIAN_PACKAGES)})"
        if REQUIRED:
            pytest.fail(reason)
        pytest.skip(reason)
