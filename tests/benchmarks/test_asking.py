"""That the benchmark of requests over sockets still runs; its figures are for who runs it by hand."""

import subprocess
import sys
from pathlib import Path

from tests.benchmarks import asking


def test_it_measures_everything() -> None:
    script = str(Path(asking.__file__))
    command = [sys.executable, script, "--rounds", "1", "--calls", "3"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert [line[:28].strip() for line in ended.stdout.splitlines()] == list(asking.ROWS)
    assert ended.stderr == ""
