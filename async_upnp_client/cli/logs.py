"""What the library logs, as lines on standard error that cannot move the cursor of a terminal.

`main` turns it on while a command runs. Knows nothing of commands.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from async_upnp_client.cli.output import printable


class PrintableFormatter(logging.Formatter):
    """Log lines that cannot move the cursor. Further lines of a message are indented: none begins one."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record."""
        lines = super().format(record).replace("\r\n", "\n").split("\n")
        return "\n    ".join(printable(line) for line in lines)


@contextmanager
def logging_to(stream: TextIO | None, *, debug: bool, debug_traffic: bool) -> Iterator[None]:
    """Show what the library logs: warnings; with `debug` all but the traffic; with `debug_traffic` that."""
    levels = {
        "async_upnp_client": logging.DEBUG if debug else logging.WARNING,
        "async_upnp_client.traffic": logging.DEBUG if debug_traffic else logging.WARNING,
    }
    previous = {name: logging.getLogger(name).level for name in levels}
    handler: logging.Handler = logging.StreamHandler(stream) if stream else logging.NullHandler()
    handler.setFormatter(PrintableFormatter("%(levelname)s:%(name)s:%(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    try:
        yield
    finally:
        root.removeHandler(handler)
        for name, level in previous.items():
            logging.getLogger(name).setLevel(level)
