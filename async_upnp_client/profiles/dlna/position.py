"""Where a renderer is in its track: the last sample, and what has passed since.

Renderers do not event positions (AVTransport:1 §2.3), they are asked; between two answers only one's own
clock goes on, and only while the renderer plays. A state holder: `now` is an argument, in seconds of any
clock that never jumps.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PositionSample:
    """A position, and when it was right."""

    seconds: float
    at: float
    """The time of the clock."""
    is_estimate: bool = False
    """Whether it is reckoned, not told by the device."""


class PositionClock:
    """The position in a track. It stands still while nothing plays, and never leaves the track."""

    def __init__(self) -> None:
        self.sample: PositionSample | None = None
        """The last sample; None while nothing is known."""
        self.duration: float | None = None
        """Seconds that the track lasts; None where that is not known."""
        self.awaits_track = False
        """Whether another track was set that has not played yet: what was told is of the one before."""
        self._plays = False

    @property
    def plays(self) -> bool:
        """Whether the position moves."""
        return self._plays

    def told(self, seconds: float | None, now: float) -> None:
        """Take the position that the device told, None for one that it does not know."""
        self.awaits_track = False
        self.sample = None if seconds is None else PositionSample(seconds, now)

    def playing(self, plays: bool, now: float) -> None:
        """Take it that the renderer plays, or does not; the pause is not counted."""
        if plays == self._plays:
            return
        seconds = 0.0 if self.awaits_track else self.seconds(now)
        self.awaits_track = False
        self._plays = plays
        if seconds is not None:
            self.sample = PositionSample(seconds, now, is_estimate=True)

    def new_track(self, now: float) -> None:
        """Take it that another track has begun."""
        self.awaits_track = not self._plays
        self.sample = PositionSample(0.0, now, is_estimate=True) if self._plays else None

    def seconds(self, now: float) -> float | None:
        """Return the position as of now; None while nothing is known."""
        sample = self.sample
        if sample is None:
            return None
        if not self._plays:
            return sample.seconds
        seconds = sample.seconds + max(0.0, now - sample.at)
        # past the end by as much as the last sample was, if it was: devices round durations
        return seconds if self.duration is None else min(seconds, max(self.duration, sample.seconds))
