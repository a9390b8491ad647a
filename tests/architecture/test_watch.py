"""The watch that `tests/conftest.py` keeps over every test: what it lets pass, what it fails."""

import subprocess
import sys
from pathlib import Path

from tests.architecture.house import TESTS, TOP

CLEAN = """
import asyncio

async def test_closes_what_it_opens():
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    server.close()
    await server.wait_closed()

async def test_asks_a_thread():
    assert await asyncio.get_running_loop().run_in_executor(None, int, "1") == 1

def test_without_a_loop():
    pass
"""
UNCLEAN = """
import asyncio, socket, threading, time
KEPT = []

async def test_leaves_a_task():
    KEPT.append(asyncio.ensure_future(asyncio.Event().wait()))

async def test_leaves_a_transport():
    loop = asyncio.get_running_loop()
    KEPT.append(await loop.create_datagram_endpoint(asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)))

def test_leaves_a_socket():
    KEPT.append(socket.socket())

def test_leaves_a_thread():
    KEPT.append(threading.Event())
    threading.Thread(target=KEPT[-1].wait, daemon=True).start()

async def test_blocks_the_loop():
    await asyncio.sleep(0)
    time.sleep(3.2)
"""


def run_watched(folder: Path, text: str) -> str:
    """Run tests under the project's own conftest, and return what pytest says."""
    (folder / "conftest.py").write_text((TESTS / "conftest.py").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "test_it.py").write_text(text, encoding="utf-8")
    options = ["-q", "-p", "no:cacheprovider", "-c", str(TOP / "pyproject.toml"), f"--rootdir={folder}"]
    command = [sys.executable, "-m", "pytest", str(folder), *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def test_clean_tests_pass(tmp_path: Path) -> None:
    assert "3 passed in" in run_watched(tmp_path, CLEAN)


def test_what_is_left_behind_fails_its_test(tmp_path: Path) -> None:
    said = run_watched(tmp_path, UNCLEAN)
    for complaint in (
        "tasks left running",
        "sockets left open",
        "threads left running",
        "the loop was blocked",
    ):
        assert complaint in said
    assert "5 passed, 5 errors in" in said
