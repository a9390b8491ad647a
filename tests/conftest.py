"""What holds for every test: nothing is left behind, and nobody blocks the loop."""

import asyncio
import gc
import inspect
import logging
import os
import signal
import stat
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import settings

# A callback on a loaded machine takes tens of milliseconds; a blocking look-up or a sleep takes seconds.
BLOCKED_SECONDS = 3.0

settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")

# Whatever a shell starts in the background ignores Ctrl-C, and so do the programs that it starts in turn;
# those that tests start are to be interrupted.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def open_sockets() -> set[tuple[int, int]]:
    """Return the open sockets of this process, (descriptor, inode); none where the system lists no files."""
    found: set[tuple[int, int]] = set()
    try:
        descriptors = [int(path.name) for path in Path("/dev/fd").iterdir()]
    except OSError:
        return found
    for descriptor in descriptors:
        try:
            status = os.fstat(descriptor)
        except OSError:  # the listing's own descriptor, closed since
            continue
        if stat.S_ISSOCK(status.st_mode):
            found.add((descriptor, status.st_ino))
    return found


Open = tuple[set[tuple[int, int]], set[threading.Thread]]
BEFORE = pytest.StashKey[Open]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Note what is open before a test and its fixtures."""
    item.stash[BEFORE] = (open_sockets(), set(threading.enumerate()))
    yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Fail a test that, after its fixtures and its loop are gone, leaves a socket or a thread behind."""
    yield
    sockets, threads = item.stash[BEFORE]
    if left := open_sockets() - sockets:
        gc.collect()  # what only a cycle of garbage holds is reported as a ResourceWarning, with its place
        left = open_sockets() - sockets
    assert not left, f"sockets left open (descriptor, inode): {sorted(left)}"
    left_threads = [thread.name for thread in threading.enumerate() if thread not in threads]
    assert not left_threads, f"threads left running: {left_threads}"


@pytest.fixture(autouse=True)
def watched_loop(request: pytest.FixtureRequest) -> None:
    """Watch the loop of a test that has one; a test without stays without."""
    if inspect.iscoroutinefunction(request.function):
        request.getfixturevalue("loop_left_clean")


@pytest_asyncio.fixture
async def loop_left_clean() -> AsyncIterator[None]:
    """Fail a test that leaves a task behind, or blocks the loop."""
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    loop.slow_callback_duration = BLOCKED_SECONDS
    slow = SlowCallbacks()
    logger = logging.getLogger("asyncio")
    logger.addHandler(slow)
    before = asyncio.all_tasks()
    try:
        yield
    finally:
        logger.removeHandler(slow)
    await asyncio.sleep(0)  # what was closed in the test's last step is closed in the loop's next one
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    assert not left, f"tasks left running: {left}"
    assert not slow.messages, f"the loop was blocked: {slow.messages}"


class SlowCallbacks(logging.Handler):
    """Gathers what asyncio's debug mode says of callbacks that take too long."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message if it is one of those."""
        if record.msg.startswith("Executing"):
            self.messages.append(record.getMessage())
