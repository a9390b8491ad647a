"""What a command has printed, judged: JSON lines of results, one clear line of complaint."""

import json
from collections.abc import Iterable
from typing import Any

from tests.interop.lab import Ended

Result = dict[str, Any]


def results(lines: Iterable[str] | str) -> list[Result]:
    """Read the results, one JSON object a line."""
    listed = lines.splitlines() if isinstance(lines, str) else lines
    return [json.loads(line) for line in listed]


def done(ended: Ended) -> list[Result]:
    """Return the results of a command that ended well and had nothing to complain of."""
    assert ended.returncode == 0, f"exit code {ended.returncode}: {ended.stderr}"
    assert ended.stderr == ""
    return results(ended.stdout)


def only(ended: Ended) -> Result:
    """Return the one result of a command that ended well."""
    (result,) = done(ended)
    return result


def complaint(ended: Ended, code: int) -> str:
    """Return the one line that a command has for what went wrong; nothing else was printed."""
    assert ended.returncode == code, f"exit code {ended.returncode}: {ended.stdout}{ended.stderr}"
    assert ended.stdout == ""
    (line,) = ended.stderr.splitlines()
    assert line.startswith("upnp-client: ")
    return line
