"""UDA chapter 1: which devices have been heard before, of those that the tracker had no room for.

Real devices say several things within a moment. A flood of forged ones, each heard once, so changes nothing,
which costs least. Knows UDNs, and nothing of devices.
"""

from array import array
from typing import Final

from async_upnp_client.const import UniqueDeviceName

# How many are known by their hashes, some 64 KiB: what a flood sends while a device announces itself.
KNOCKS_REMEMBERED: Final = 8192


class Knocks:
    """UDNs that were refused, each by its hash in the place that it has by that."""

    def __init__(self) -> None:
        # made when first needed
        self._hashes: array[int] | None = None

    def is_heard_again(self, udn: UniqueDeviceName) -> bool:
        """Return whether a UDN was asked for before, if not too many others have been since."""
        if self._hashes is None:
            self._hashes = array("q", bytes(8 * KNOCKS_REMEMBERED))
        number = hash(udn)
        place = number % KNOCKS_REMEMBERED
        if self._hashes[place] == number:
            return True
        self._hashes[place] = number
        return False
