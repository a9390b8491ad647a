"""A TIMEOUT is None, INFINITE or a duration above zero, that is the same when written and read again."""

from datetime import timedelta

from async_upnp_client._protocol.eventing import INFINITE, MAX_TIMEOUT_SECONDS, format_timeout, parse_timeout
from tests.fuzz.text import header_of

LARGEST = 65507


def check(data: bytes) -> None:
    """Check one header."""
    timeout = parse_timeout(header_of(data))
    if timeout is None:
        return
    assert timeout > timedelta(0)
    written = format_timeout(timeout)
    seconds = int(written.removeprefix("Second-"))
    assert 1 <= seconds <= MAX_TIMEOUT_SECONDS
    if timeout != INFINITE and timeout.total_seconds() <= MAX_TIMEOUT_SECONDS:
        assert parse_timeout(written) == timeout
