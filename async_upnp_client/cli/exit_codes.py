"""How a command ends: its exit code, what that means, and the error that says so.

For `arguments`, which lists them, and every command. It imports next to nothing, since `--help` needs it too.
"""

from collections.abc import Mapping
from enum import IntEnum

PROGRAM = "upnp-client"


class ExitCode(IntEnum):
    """How a command ended; `--help` lists the meanings."""

    DONE = 0
    MISMATCH = 1
    USAGE = 2
    UNREACHABLE = 3
    REFUSED = 4
    INTERRUPTED = 130


EXIT_CODES: Mapping[ExitCode, str] = {
    ExitCode.DONE: "done; also subscribe and advertisements ended by Ctrl-C",
    ExitCode.MISMATCH: "something named does not exist or does not fit: service, action, argument, address",
    ExitCode.USAGE: "the command line cannot be understood",
    ExitCode.UNREACHABLE: "no usable answer: wrong URL, no connection, timeout, HTTP error, unreadable text",
    ExitCode.REFUSED: "the device refused: UPnP error of an action, subscription not accepted",
    ExitCode.INTERRUPTED: "interrupted while waiting for an answer",
}


class CommandError(Exception):
    """The command cannot go on: one sentence for standard error, and the exit code."""

    def __init__(self, exit_code: ExitCode, sentence: str) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code
