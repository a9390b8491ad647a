"""By any CACHE-CONTROL a message counts for 0 seconds to a day, by a plain max-age for what it says."""

from datetime import timedelta

from async_upnp_client._protocol.ssdp_meaning import (
    extract_uncache_after,
)
from async_upnp_client.limits import DEFAULT_LIMITS
from tests.fuzz.text import header_of

LARGEST = 65507
LONGEST = timedelta(seconds=DEFAULT_LIMITS.max_age)


def check(data: bytes) -> None:
    """Check one header."""
    text = header_of(data)
    counts = extract_uncache_after(text)
    assert timedelta(0) <= counts <= LONGEST
    # case, blanks and the directives before it change nothing
    seconds = len(data)
    plain = f"{'no-cache, ' * (seconds % 2)}Max-Age{' ' * (seconds % 3)}= {seconds}"
    assert extract_uncache_after(plain) == min(timedelta(seconds=seconds), LONGEST)
