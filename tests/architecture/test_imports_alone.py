"""Every module can be imported first and alone, with warnings as errors, and nothing happens when it is."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.architecture.house import MODULES, TOP, Module

# Runs in an interpreter of its own: third-party libraries first, what they do at import is theirs. Then each
# module has a fork of it, as to load the libraries for each would take most of the time.
PROBE = """
import importlib, json, logging, os, signal, sys, tempfile, threading, warnings
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    for library in sys.argv[1].split():
        importlib.import_module(library)

def probe(name):
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

outcomes = {}
for name in sys.argv[2:]:
    assert name not in sys.modules
    with tempfile.TemporaryFile() as said:
        if not (child := os.fork()):
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            try:
                probe(name)
            except BaseException:
                sys.excepthook(*sys.exc_info())
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(0)
        os.waitpid(child, 0)
        said.seek(0)
        outcomes[name] = said.read().decode()
print(json.dumps(outcomes))
"""
THIRD_PARTY = "aiohttp defusedxml.ElementTree voluptuous didl_lite.didl_lite ifaddr"
# Running it is its purpose.
NAMES = [module.full_name for module in MODULES.values() if module.name != "cli.__main__"]


def probe(names: list[str]) -> dict[str, str]:
    """Import each of the modules in an interpreter of its own; return what was said there."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROBE, THIRD_PARTY, *names],
        cwd=TOP,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert not done.stderr
    said: dict[str, str] = json.loads(done.stdout)
    return said


@pytest.fixture(scope="module")
def probes() -> dict[str, str]:
    """What the import of each module says, side by side."""
    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        return {
            name: said
            for part in pool.map(probe, [NAMES[number::workers] for number in range(workers)])
            for name, said in part.items()
        }


@pytest.mark.parametrize("name", NAMES)
def test_imported_alone_and_in_silence(name: str, probes: dict[str, str]) -> None:
    assert probes[name] == ""


def test_the_package_itself_loads_nothing() -> None:
    code = "import async_upnp_client, sys; print('asyncio' in sys.modules or 'aiohttp' in sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=TOP, capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "False"


def test_modules_are_all_read() -> None:
    assert isinstance(MODULES["const"], Module)
