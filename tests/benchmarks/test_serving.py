"""That the benchmark of what a device serves still runs; its figures are for who runs it by hand."""

import subprocess
import sys
from pathlib import Path

import pytest

from async_upnp_client.limits import DEFAULT_LIMITS
from tests.benchmarks import serving

SMALL = ["--rounds", "1", "--seconds", "0.1", "--subscribers", "12", "--deaf", "3", "--changes", "3"]


def test_it_measures_everything() -> None:
    script = str(Path(serving.__file__))
    ended = subprocess.run([sys.executable, script, *SMALL], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    rows = [line[:28].strip() for line in ended.stdout.splitlines()]
    assert rows == list(serving.ROWS)
    assert ended.stderr == ""


@pytest.mark.uda("E-038")
async def test_who_answers_does_not_wait_for_who_does_not() -> None:
    async with serving.device(sys.executable, is_ours=True) as ports:
        took, late = await serving.async_events(ports["http"], 10, 5, 4)
    # the device gives up who never answers after a longer time than is waited for an event
    assert DEFAULT_LIMITS.notify_seconds > serving.PATIENCE
    assert late == 0
    assert len(took) == 4
