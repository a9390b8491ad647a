"""What the package logs while it takes what peers send: no errors, and no lines that a peer wrote."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

PACKAGE = "async_upnp_client"


class Collector(logging.Handler):
    """Keeps what ought not to be logged."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__(logging.DEBUG)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Look at one record."""
        message = record.getMessage()
        if record.levelno >= logging.ERROR or record.exc_info:
            self.found.append(f"{message}: {record.exc_info[1]!r}" if record.exc_info else message)
        elif not message.isprintable():
            self.found.append(f"a log record that is not one line: {message!r}")


@contextmanager
def watched_logs() -> Iterator[None]:
    """Fail where the package logs an error, or a text of a peer as it is; everything is logged meanwhile."""
    logger = logging.getLogger(PACKAGE)
    collector = Collector()
    level, propagate = logger.level, logger.propagate
    logger.addHandler(collector)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(collector)
        logger.setLevel(level)
        logger.propagate = propagate
    assert not collector.found, collector.found[0]
