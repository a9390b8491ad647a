"""UDA chapter 4.3, device side: which evented variables are due to be told, as of now (UDA 2.0 §4.3.2).

A service has one of these; ``server.eventing`` asks it, and has the one timer. A variable with a maximum rate
is told at most once per period, and its last value always is. Must not know values, subscribers or the clock.
"""


class Moderation:
    """The variables that have changed and are yet to be told, and since when the others may be again."""

    def __init__(self) -> None:
        # in the order of the changes
        self._due: dict[str, float] = {}
        self._told: dict[str, float] = {}

    def change(self, name: str, max_rate: float | None, now: float) -> None:
        """Take it that a variable has changed; `max_rate` is the least number of seconds between events."""
        if name in self._due:
            return
        told = self._told.get(name)
        self._due[name] = now if told is None or not max_rate else max(now, told + max_rate)

    @property
    def next_due(self) -> float | None:
        """When something is to be told next, None if nothing is."""
        return min(self._due.values(), default=None)

    def take_due(self, now: float) -> list[str]:
        """Return the variables to tell now, in the order of their changes, and take them as told."""
        names = [name for name, due in self._due.items() if due <= now]
        for name in names:
            del self._due[name]
            self._told[name] = now
        return names
