"""A clock that only a test moves, for what takes the time as an argument."""

from datetime import UTC, datetime, timedelta


class Clock:
    """The wall clock (naive, as SSDP headers carry it, and aware) and the monotonic one, in step."""

    def __init__(self, start: datetime = datetime(2026, 1, 1, 12, 0, 0)) -> None:
        """Begin at a naive local time, with the monotonic clock at zero."""
        self._start = start
        self._passed = timedelta()

    @property
    def now(self) -> datetime:
        """The naive wall clock time."""
        return self._start + self._passed

    @property
    def utc(self) -> datetime:
        """The aware wall clock time, of a machine that lives in UTC."""
        return self.now.replace(tzinfo=UTC)

    @property
    def monotonic(self) -> float:
        """Seconds since the start."""
        return self._passed.total_seconds()

    def advance(self, seconds: float = 0.0, **units: float) -> datetime:
        """Let time pass, in seconds or in units of timedelta, and return the new wall clock time."""
        self._passed += timedelta(seconds=seconds, **units)
        return self.now
