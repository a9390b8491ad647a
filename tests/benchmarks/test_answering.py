"""That events are answered while their listener is at work; `answering` has the figures, for who runs it."""

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.benchmarks import answering

MOST = 0.02  # seconds
ATTEMPTS = 50  # of which one has to be that fast: other programs share the machine


@pytest.mark.uda("E-036")
def test_an_event_is_answered_while_its_listener_is_at_work() -> None:
    returned: list[bool] = []

    def listen(answered: threading.Event) -> None:
        """Take as long as the device waits for its answer: for ever, if that depended on this."""
        returned.append(answered.wait(answering.PATIENCE))

    took: list[float] = []
    while len(took) < ATTEMPTS and min(took, default=1.0) >= MOST:
        took += asyncio.run(answering.async_answered(listen, 1))
    assert returned == [True] * len(took), "it was answered before its listener returned"
    assert min(took) < MOST


def test_it_measures() -> None:
    options = ["--listener", "0.1", "--attempts", "2"]
    command = [sys.executable, str(Path(answering.__file__)), *options]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("an event whose listener takes 0.1 s is answered in ")
