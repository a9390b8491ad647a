"""What the command line says: results as JSON on standard output, complaints as lines on standard error.

Called by every command. Text from the network passes through here before a person sees it, and none of
it can move the cursor of a terminal. Knows nothing of UPnP.
"""

import base64
import json
import math
import time
from collections.abc import Callable, Mapping
from datetime import date, datetime
from datetime import time as time_of_day
from typing import Any, TextIO

from async_upnp_client.cli.exit_codes import PROGRAM


def printable(text: str) -> str:
    r"""Escape every character that does not print: control, bidirectional, line ends (\x1b, \u202e, \n)."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def plain(value: object) -> Any:
    """Give a value as JSON can carry it; what JSON lacks (dates, decimals, bytes, infinity) becomes text."""
    if (
        value is None
        or isinstance(value, bool | int | str)
        or (isinstance(value, float) and math.isfinite(value))
    ):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, date | time_of_day):
        return value.isoformat()
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else str(value)


class Output:
    """The two streams of a command; None for one that the process was started without."""

    def __init__(
        self,
        results: TextIO | None,
        complaints: TextIO | None,
        *,
        pprint: bool,
        iso8601: bool,
    ) -> None:
        self.failure: OSError | None = None
        """Why results cannot be written any more; a BrokenPipeError if their reader has gone."""
        self.on_failure: Callable[[], object] = bool  # whoever runs a command ends it then
        self._results = results
        self._complaints = complaints
        self._indent = 4 if pprint else None
        self._iso8601 = iso8601

    def timestamp(self) -> float | str:
        """Now: seconds since 1970, or with --iso8601 local time."""
        return str(datetime.now()) if self._iso8601 else time.time()

    def result(self, record: Mapping[str, Any]) -> None:
        """Print one result at once: a line of JSON, with --pprint several; in ASCII, the rest escaped."""
        if self._results is None or self.failure:
            return
        text = json.dumps(plain(record), indent=self._indent, allow_nan=False)
        try:
            print(text, file=self._results, flush=True)
        except OSError as err:
            self.failure = err
            self.on_failure()

    def complain(self, sentence: str) -> None:
        """Print one line on standard error, whatever the sentence quotes."""
        self._print_beside(f"{PROGRAM}: {printable(sentence)}")

    def diagnostic(self, record: Mapping[str, str]) -> None:
        """Print what is wrong with a device on standard error: a line of JSON, in ASCII, the rest escaped."""
        self._print_beside(json.dumps(record))

    def _print_beside(self, line: str) -> None:
        if self._complaints is not None:
            # a closed standard error leaves nobody to complain to
            try:
                print(line, file=self._complaints, flush=True)
            except OSError:
                self._complaints = None
