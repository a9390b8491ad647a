"""The script still runs, and a flood does not make real devices be forgotten."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("spoofed_usns.py")


@pytest.mark.parametrize(
    "options", [(), ("--types", "6"), ("--search", "--long"), ("--max-age", "1", "--no-gc")]
)
def test_it_runs(options: tuple[str, ...]) -> None:
    command = [sys.executable, str(SCRIPT), "--packets", "300", "--runs", "2", *options]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    rows = dict(line.split(None, 1) for line in ended.stdout.splitlines())
    assert rows["packets"].startswith("300, ")
    assert rows["devices"].endswith("of 2 real ones 2")
