"""Measuring with an interpreter in a process of its own, so that another release can take its turn."""

import json
import os
import subprocess


def measured(python: str, script: str, *arguments: object) -> dict[str, float]:
    """Run a script that measures, and prints what it has found as JSON, with `--measure` and more."""
    command = [python, script, "--measure", *map(str, arguments)]
    # another release must not find this one by the directory that it is started in
    ended = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=True, cwd="/", env=dict(os.environ)
    )
    found: dict[str, float] = json.loads(ended.stdout)
    return found
