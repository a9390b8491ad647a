"""That the benchmark of browse results still runs; its figures are for who runs it by hand."""

import subprocess
import sys
from pathlib import Path

from tests.benchmarks import browsing


def test_it_measures_everything() -> None:
    command = [sys.executable, str(Path(browsing.__file__)), "--items", "20"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert [line[:26].strip() for line in ended.stdout.splitlines()] == list(browsing.ROWS)
    assert ended.stderr == ""
