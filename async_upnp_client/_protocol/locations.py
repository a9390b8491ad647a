"""UDA chapter 1: where one device is described, and until when each location counts, for `ssdp_device`.

Most devices have one location, forged ones all: no dict is made for that. Knows no messages.
"""

from collections.abc import Collection, KeysView

from async_upnp_client.limits import Limits


class Locations:
    """Locations with the POSIX times until which they count."""

    __slots__ = ("_all", "_only", "_until")

    def __init__(self) -> None:
        self._only: str | None = None
        self._until = 0.0
        # made for the second location, or for whoever wants to see all; takes the place of the other two
        self._all: dict[str, float] | None = None

    def __contains__(self, location: str) -> bool:
        return location == self._only if self._all is None else location in self._all

    def only(self) -> tuple[str, float] | None:
        """Return the only location, and until when it counts; None where there are more, or none."""
        return None if self._only is None else (self._only, self._until)

    def names(self) -> KeysView[str]:
        """Return a live view."""
        return self._as_dict().keys()

    def _as_dict(self) -> dict[str, float]:
        if self._all is None:
            self._all = {} if self._only is None else {self._only: self._until}
            self._only = None
        return self._all

    def until(self, location: str) -> float | None:
        """Return until when a location counts, None for an unknown one."""
        if self._all is None:
            return self._until if location == self._only else None
        return self._all.get(location)

    def put(self, location: str, until: float, limits: Limits) -> None:
        """Note a location, if it is the only one, or known, or within the limits."""
        if self._all is None and self._only in (None, location):
            self._only, self._until = location, until
        else:
            known = self._as_dict()
            if location in known or _is_room(known, location, limits):
                known[location] = until

    def purge(self, now: float) -> None:
        """Remove what has expired."""
        if self._all is None:
            if self._until < now:
                self._only = None
        else:
            for location in [known for known, until in self._all.items() if until < now]:
                del self._all[location]

    def earliest(self, at_most: float) -> float:
        """Return when the next expires, or `at_most`."""
        if self._all is None:
            return at_most if self._only is None else min(self._until, at_most)
        return min(at_most, *self._all.values()) if self._all else at_most

    def first(self) -> str | None:
        """Return the first in order of the alphabet."""
        return self._only if self._all is None else min(self._all, default=None)


def _is_room(known: Collection[str], location: str, limits: Limits) -> bool:
    characters = len(location) + sum(map(len, known))
    return len(known) < limits.locations_per_device and characters <= limits.location_characters
