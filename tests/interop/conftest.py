"""The lab, once for all tests; without root or the packages they are skipped, or fail if required."""

import os
from collections.abc import Iterator

import pytest

from tests.interop.devices import DEBIAN_PACKAGES, unmet_device_needs
from tests.interop.lab import Lab, open_lab

REQUIRED = os.environ.get("UPNP_INTEROP") == "require"


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """Real devices on a network of their own."""
    require(unmet_device_needs())
    with open_lab() as opened:
        yield opened


def require(unmet: list[str]) -> None:
    """Skip the tests if something is missing, or fail them if they are required."""
    if unmet:
        reason = f"needs {', '.join(unmet)} (Debian packages: {' '.join(DEBIAN_PACKAGES)})"
        if REQUIRED:
            pytest.fail(reason)
        pytest.skip(reason)
