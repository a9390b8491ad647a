"""When subscriptions of a profile are to be renewed (UDA 2.0 §4.1.2): pure, `now` is an argument.

``profile`` keeps a table of SID to the time at which the subscription ends, and asks here what to do with it.
Must not know services, nor how a subscription is renewed.
"""

from collections.abc import Mapping
from typing import Final

LEAST_PAUSE: Final = 0.5
"""Seconds between two rounds at least: whatever devices grant, no loop goes round without rest."""
FIRST_RETRY: Final = 5.0
LONGEST_RETRY: Final = 300.0


def is_void(expires: float, now: float, tolerance: float) -> bool:
    """Tell whether a subscription has been over for so long that its device has forgotten it."""
    return now > expires + tolerance


def seconds_left(subscriptions: Mapping[str, float], now: float, tolerance: float) -> float | None:
    """Return in how many seconds the first renewal is due, at least 0; None without subscriptions."""
    if not subscriptions:
        return None
    return max(min(subscriptions.values()) - now - tolerance, 0.0)


def pause(subscriptions: Mapping[str, float], now: float, tolerance: float) -> float | None:
    """Return for how many seconds a loop that renews may rest; None without subscriptions.

    Devices that grant less than the tolerance are asked again at half of what they grant.
    """
    left = seconds_left(subscriptions, now, tolerance)
    if left is None:
        return None
    if left <= 0:
        left = (min(subscriptions.values()) - now) / 2
    return max(left, LEAST_PAUSE)


def retry_pause(failures: int) -> float:
    """Return for how many seconds to rest after so many rounds in which something stayed lost."""
    return float(min(FIRST_RETRY * 2 ** min(max(failures - 1, 0), 16), LONGEST_RETRY))
