"""Every module can be imported first and alone, with warnings as errors, and nothing happens when it is."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.architecture.house import MODULES, TOP, Module

# Runs in an interpreter of its own: third-party libraries first, what they do at import is theirs.
PROBE = """
import importlib, logging, signal, sys, threading, warnings
name, third_party = sys.argv[1], sys.argv[2:]
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    for library in third_party:
        importlib.import_module(library)
records, events = [], []
class Records(logging.Handler):
    def emit(self, record):
        records.append(record.getMessage())
logging.getLogger().addHandler(Records())
logging.getLogger().setLevel(logging.DEBUG)
handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
threads = threading.active_count()
watched = ("socket.", "subprocess.", "os.system", "os.fork", "os.exec")
sys.addaudithook(lambda event, args: events.append(event) if event.startswith(watched) else None)
importlib.import_module(name)
seen = tuple(events)  # a loop has sockets: whoever makes one is seen too
assert not seen, f"it opened {seen}"
assert not records, f"it logged {records}"
assert threading.active_count() == threads, f"it started a thread"
assert all(signal.getsignal(number) == was for number, was in handlers.items()), "it took a signal"
assert len(logging.getLogger().handlers) == 1, "it configured logging"
"""
THIRD_PARTY = ("aiohttp", "defusedxml.ElementTree", "voluptuous", "didl_lite.didl_lite", "ifaddr")
# Running it is its purpose.
NAMES = [module.full_name for module in MODULES.values() if module.name != "cli.__main__"]


def probe(name: str) -> subprocess.CompletedProcess[str]:
    """Import a module in an interpreter of its own."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", PROBE, name, *THIRD_PARTY],
        cwd=TOP,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def probes() -> dict[str, subprocess.CompletedProcess[str]]:
    """Every module's import, side by side."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(NAMES, pool.map(probe, NAMES), strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_imported_alone_and_in_silence(
    name: str, probes: dict[str, subprocess.CompletedProcess[str]]
) -> None:
    done = probes[name]
    assert done.returncode == 0, f"importing {name} alone: {done.stderr}"
    assert (done.stdout, done.stderr) == ("", ""), f"importing {name} is not silent"


def test_the_package_itself_loads_nothing() -> None:
    code = "import async_upnp_client, sys; print('asyncio' in sys.modules or 'aiohttp' in sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=TOP, capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "False"


def test_modules_are_all_read() -> None:
    assert isinstance(MODULES["const"], Module)
