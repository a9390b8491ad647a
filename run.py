"""The project's commands, with nothing but Python 3.11: `python3 run.py test`, `demo` and others.

Each but `conformance` makes a virtual environment for the Python that runs it (`.venv-3.11`), installs the
package there, and runs the tool, which takes its settings from `pyproject.toml`.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

TOP = Path(__file__).resolve().parent
HELP = {
    "test": "run the tests; what follows is for pytest. Those with real devices need root and packages",
    "demo": "find, describe, call and hear devices of our own, on this machine",
    "lint": "look for bad habits: ruff, and its format",
    "types": "check the types: mypy",
    "conformance": "print which tests hold which row of the UPnP architecture; --rst writes the page of it",
}


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(prog="run.py", description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, text in HELP.items():
        commands.add_parser(name, help=text, add_help=False)
    chosen, rest = parser.parse_known_args(arguments)
    try:
        return {
            "test": run_tests,
            "demo": run_demo,
            "lint": run_lint,
            "types": run_types,
            "conformance": run_conformance,
        }[chosen.command](rest)
    except KeyboardInterrupt:
        return 130
    except SetUpError as err:
        print(f"run.py: {err}", file=sys.stderr)
        return 2


class SetUpError(Exception):
    """The environment cannot be made."""


def environment(extra: str) -> Path:
    """Return the folder of the commands of an environment with the package and an extra."""
    folder = TOP / f".venv-{sys.version_info.major}.{sys.version_info.minor}"
    commands = folder / ("Scripts" if os.name == "nt" else "bin")
    stamp = folder / f"installed-{extra}"
    wanted = hashlib.sha256((TOP / "pyproject.toml").read_bytes() + sys.version.encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return commands
    print(f"run.py: installing into {folder.name} (once)", file=sys.stderr, flush=True)
    try:
        venv.create(folder, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as err:
        raise SetUpError(f"no virtual environment ({err}); on Debian: apt-get install python3-venv") from err
    pip = [str(commands / "python"), "-m", "pip", "-qq", "--disable-pip-version-check"]
    installed = subprocess.run([*pip, "install", "--editable", f"{TOP}[{extra}]"], check=False)
    if installed.returncode:
        raise SetUpError("pip could not install the package, see above")
    stamp.write_text(wanted)
    return commands


def run(command: Sequence[str | Path]) -> int:
    """Run a command in the project's folder, and return its exit code."""
    sys.stdout.flush()
    return subprocess.run([str(word) for word in command], cwd=TOP, check=False).returncode


def run_tests(rest: Sequence[str]) -> int:
    """Run the tests: all of them, or what is named."""
    return run([environment("test") / "python", "-m", "pytest", *rest])


def run_lint(rest: Sequence[str]) -> int:
    """Look for bad habits."""
    ruff = environment("lint") / "ruff"
    return run([ruff, "check", *rest]) or run([ruff, "format", "--check", *rest])


def run_types(rest: Sequence[str]) -> int:
    """Check the types, those of the tests too."""
    environment("test")
    return run([environment("lint") / "mypy", *rest])


def run_demo(rest: Sequence[str]) -> int:
    """Show the main job on devices of our own, on this machine."""
    if rest:
        raise SetUpError(f"demo takes no arguments: {' '.join(rest)}")
    return run([environment("test") / "upnp-client", "demo"])


def run_conformance(rest: Sequence[str]) -> int:
    """Print the conformance table, or write its page; needs nothing installed."""
    return run([sys.executable, "-m", "tests.conformance.table", *rest])


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever runs it need not have read what the package asks for
        sys.exit("run.py: this needs Python 3.11 or newer; this is " + sys.version.split()[0])
    sys.exit(main(sys.argv[1:]))
