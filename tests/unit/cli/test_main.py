"""`python -m async_upnp_client.cli`."""

import subprocess
import sys

from async_upnp_client import __version__


def test_runs_as_a_module_and_exits_with_its_code():
    for argv, code in ((["--version"], 0), (["nonsense"], 2)):
        command = [sys.executable, "-W", "error", "-m", "async_upnp_client.cli", *argv]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert ended.returncode == code
        assert ended.stdout == ("" if code else f"upnp-client {__version__}\n")
