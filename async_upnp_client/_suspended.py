"""How long this machine has slept: the clock of an event loop stands still meanwhile on Linux and macOS.

For whoever waits for times that pass elsewhere as well, as those that devices grant. Timers of the loop are
late by as much, so who asks has to ask from time to time.
"""

import sys
import time

if sys.platform == "linux":
    _ALL, _AWAKE = time.CLOCK_BOOTTIME, time.CLOCK_MONOTONIC
elif sys.platform == "darwin":
    _ALL, _AWAKE = time.CLOCK_MONOTONIC, time.CLOCK_UPTIME_RAW


def seconds_suspended() -> float:
    """Return the seconds that this machine has slept since it was started; 0 where the loop counts them."""
    if sys.platform in ("linux", "darwin"):
        return max(time.clock_gettime(_ALL) - time.clock_gettime(_AWAKE), 0.0)
    return 0.0
