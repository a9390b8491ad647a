"""That the benchmark of the paths of a control point still runs; its figures are for who runs it by hand."""

import subprocess
import sys
from pathlib import Path

from tests.benchmarks import paths


def test_it_measures_everything() -> None:
    script = str(Path(paths.__file__))
    command = [sys.executable, script, "--rounds", "1", "--devices", "20"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert [line[:26].strip() for line in ended.stdout.splitlines()] == list(paths.ROWS)
    assert ended.stderr == ""
