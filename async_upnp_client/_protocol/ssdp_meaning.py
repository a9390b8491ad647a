"""UDA chapter 1: what the headers of a message mean: how long it counts, whether it says enough, and more.

For ``tracker`` and what it stands on; `ssdp_listener` shows most of it to users. Knows no devices, nor what
time it is.
"""

import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from async_upnp_client._addresses import is_valid_location
from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._protocol.discovery import LOWER__TIMESTAMP, LOWER__UDN, LOWER_LOCATION
from async_upnp_client.limits import DEFAULT_LIMITS

# 0.49.0 published this pattern; `extract_uncache_after` reads more and is fooled less.
CACHE_CONTROL_RE = re.compile(r"max-age\s*=\s*(\d+)", re.IGNORECASE)

# A directive of its own ("s-max-age" is another one), blanks round "=" as the examples of UDA 1.0 print
# them, quotes as RFC 9111 §5.2 lets anybody send them; or a bare number, as pydial sends it.
_MAX_AGE = re.compile(
    r"""(?:^|[,;\s])max-age\s*=\s*(?:["']\s*)?([0-9]+)|^\s*["']?([0-9]+)["']?\s*$""", re.IGNORECASE
)

# What a message without a usable max-age gets: UDA 2.0 §1.2.2 asks devices for 1800 s or more, so half of
# that errs towards asking again.
DEFAULT_MAX_AGE = timedelta(seconds=900)

# Digits of a BOOTID or CONFIGID: 31 bits are ten (UDA 2.0 §1.2.2), some send milliseconds or leading zeros.
_LONGEST_NUMBER = 32

# Headers that differ from message to message of a device that has not changed.
IGNORED_HEADERS = {"date", "cache-control", "server", "host", "location"}


@lru_cache(maxsize=128)
def max_age(cache_control: str, longest: int = DEFAULT_LIMITS.max_age) -> int:
    """Return the seconds that a CACHE-CONTROL gives a message, with its default and its limit."""
    match = _MAX_AGE.search(cache_control)
    if match is None:
        return min(int(DEFAULT_MAX_AGE.total_seconds()), longest)
    digits = (match[1] or match[2]).lstrip("0")
    return min(int(digits or "0"), longest) if len(digits) <= len(str(longest)) else longest


def extract_uncache_after(cache_control: str) -> timedelta:
    """Return how long a message counts, from its CACHE-CONTROL (UDA 2.0 §1.2.2).

    Blanks, case, quotes, other directives and a bare number are forgiven. Without a usable max-age it
    is `DEFAULT_MAX_AGE`; it is never more than `Limits.max_age`, a day.
    """
    return timedelta(seconds=max_age(cache_control))


def local_time(posix: float, like: datetime | None = None) -> datetime:
    """Return a POSIX time as naive local time, or in the time zone of `like`."""
    return datetime.fromtimestamp(posix, None if like is None else like.tzinfo)


def extract_valid_to(headers: CaseInsensitiveDict) -> datetime:
    """Return until when a message counts: when it came plus its max-age, in naive local time."""
    came: datetime = headers.get_lower(LOWER__TIMESTAMP)
    return local_time(came.timestamp() + max_age(headers.get_lower("cache-control") or ""), came)


def _all_there(headers: CaseInsensitiveDict, *names: str) -> bool:
    return all(headers.get_lower(name) for name in names)


def valid_search_headers(headers: CaseInsensitiveDict) -> bool:
    """Return whether a search response says who answers, for what, and where it is described."""
    return _all_there(headers, LOWER__UDN, "st") and is_valid_location(
        headers.get_lower(LOWER_LOCATION) or ""
    )


def valid_advertisement_headers(headers: CaseInsensitiveDict) -> bool:
    """Return whether an ssdp:alive or ssdp:update says who, what, and where it is described."""
    return _all_there(headers, LOWER__UDN, "nt", "nts") and is_valid_location(
        headers.get_lower(LOWER_LOCATION) or ""
    )


def valid_byebye_headers(headers: CaseInsensitiveDict) -> bool:
    """Return whether an ssdp:byebye says who leaves; it needs no LOCATION (UDA 2.0 §1.2.3)."""
    return _all_there(headers, LOWER__UDN, "nt", "nts")


def same_headers_differ(current_headers: CaseInsensitiveDict, new_headers: CaseInsensitiveDict) -> bool:
    """Return whether a header that both messages have differs.

    Those in `IGNORED_HEADERS` do not count, nor do names with "_" in front.
    """
    before = current_headers.get_lower
    return any(
        name not in IGNORED_HEADERS and before(name, value) != value and name[:1] != "_"
        for name, value in new_headers.as_lower_dict().items()
    )


def header_number(text: Any) -> int | None:
    """Return the number in a BOOTID or CONFIGID, or None; leading zeros do not count (UDA 2.0 §1.2.2)."""
    digits = text.strip() if isinstance(text, str) else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_NUMBER else None


def is_service_type(kind: str) -> bool:
    """Return whether an NT or ST names a service, rather than a device, a UDN or upnp:rootdevice."""
    return ":service:" in kind.lower()
