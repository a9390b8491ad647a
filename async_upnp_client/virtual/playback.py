"""The transport of a renderer as of now: what plays, since when, and what comes next (AVTransport:1 §2.5).

Pure: the time is an argument, ``due`` says when to look again. ``av_transport`` tells control points of it.
It must not know services, events or timers.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.virtual.media import NO_MEDIA, Media, Track, parse_time, total_duration

TRANSITION_NOT_AVAILABLE: Final = 701
SEEK_MODE_NOT_SUPPORTED: Final = 710
ILLEGAL_SEEK_TARGET: Final = 711


class State(StrEnum):
    """TransportState (AVTransport:1 §2.2.1)."""

    NO_MEDIA_PRESENT = "NO_MEDIA_PRESENT"
    STOPPED = "STOPPED"
    TRANSITIONING = "TRANSITIONING"
    PLAYING = "PLAYING"
    PAUSED_PLAYBACK = "PAUSED_PLAYBACK"


class Mode(StrEnum):
    """CurrentPlayMode, those that are supported (AVTransport:1 §2.2.9)."""

    NORMAL = "NORMAL"
    REPEAT_ONE = "REPEAT_ONE"
    REPEAT_ALL = "REPEAT_ALL"


def refused(code: int, text: str) -> UpnpActionError:
    """Return the error that refuses a command."""
    return UpnpActionError(error_code=code, error_desc=text)


class Playback:
    """One transport. Commands raise UpnpActionError with the code of AVTransport:1.

    ``buffering`` is how many seconds it is TRANSITIONING before it plays.
    """

    def __init__(self, buffering: float = 0.0) -> None:
        self.buffering = buffering
        self.state = State.NO_MEDIA_PRESENT
        self.mode = Mode.NORMAL
        self.media = NO_MEDIA
        self.next_media = NO_MEDIA
        self.index = 0
        """Of the current track among those of the media."""
        self._start = 0.0
        """Position in the track at the time ``_since``."""
        self._since = 0.0
        """When it began to play, or will."""

    # --- as of now ---

    @property
    def track(self) -> Track:
        """The current track, an empty one without media."""
        return self.media.tracks[self.index] if self.media.tracks else Track()

    @property
    def number(self) -> int:
        """The number of the track: 1 is the first, 0 without media."""
        return self.index + 1 if self.media.tracks else 0

    def position(self, now: float) -> float:
        """Return the seconds since the start of the track."""
        if self.state is not State.PLAYING:
            return self._start
        position = self._start + now - self._since
        return position if self.track.duration is None else min(position, self.track.duration)

    def position_in_media(self, now: float) -> float | None:
        """Return the seconds since the start of the first track, None where one before has no duration."""
        before = total_duration(self.media.tracks[: self.index])
        return None if before is None else before + self.position(now)

    @property
    def due(self) -> float | None:
        """When something happens by itself: it begins to play, or the track ends."""
        if self.state is State.TRANSITIONING:
            return self._since
        if self.state is State.PLAYING and self.track.duration is not None:
            return self._since + self.track.duration - self._start
        return None

    def tick(self, now: float) -> None:
        """Let happen what was due until now."""
        while (due := self.due) is not None and due <= now:
            if self.state is State.TRANSITIONING:
                self.state = State.PLAYING
            else:
                self._end_track(due)

    def _end_track(self, at: float) -> None:
        if self.mode is Mode.REPEAT_ONE:
            self._play_from(at, self.index)
        elif self.index + 1 < len(self.media.tracks):
            self._play_from(at, self.index + 1)
        elif self.next_media.tracks:
            self.media, self.next_media = self.next_media, NO_MEDIA
            self._play_from(at, 0)
        elif self.mode is Mode.REPEAT_ALL:
            self._play_from(at, 0)
        else:
            self.state, self.index, self._start = State.STOPPED, 0, 0.0

    def _play_from(self, at: float, index: int) -> None:
        """Go on with the start of a track, without a gap."""
        self.index, self._start, self._since = index, 0.0, at

    @property
    def actions(self) -> tuple[str, ...]:
        """What a control point may do now (AVTransport:1 §2.2.27)."""
        if self.state is State.NO_MEDIA_PRESENT:
            return ()
        found = ["Play"] if self.state in {State.STOPPED, State.PAUSED_PLAYBACK} else ["Stop"]
        if self.state is State.PLAYING:
            found.append("Pause")
        elif self.state is State.PAUSED_PLAYBACK:
            found.append("Stop")
        found.append("Seek")
        if self.index + 1 < len(self.media.tracks) or self.next_media.tracks:
            found.append("Next")
        if self.index > 0:
            found.append("Previous")
        return tuple(found)

    # --- commands ---

    def set_media(self, now: float, media: Media) -> None:
        """Take other media; what plays goes on with them, from their start."""
        self.media, self.next_media, self.index, self._start = media, NO_MEDIA, 0, 0.0
        if not media.tracks:
            self.state = State.NO_MEDIA_PRESENT
        elif self.state in {State.PLAYING, State.TRANSITIONING}:
            self._begin(now)
        else:
            self.state = State.STOPPED

    def set_next_media(self, media: Media) -> None:
        """Take what is to follow the current media."""
        if self.state is State.NO_MEDIA_PRESENT:
            raise refused(TRANSITION_NOT_AVAILABLE, "There are no media that others could follow")
        self.next_media = media

    def play(self, now: float) -> None:
        """Play, from where it stands."""
        self._need_media()
        if self.state in {State.STOPPED, State.PAUSED_PLAYBACK}:
            self._begin(now)

    def _begin(self, now: float) -> None:
        self._since = now + self.buffering
        self.state = State.TRANSITIONING if self.buffering else State.PLAYING

    def pause(self, now: float) -> None:
        """Stand still where it is."""
        if self.state is not State.PLAYING:
            raise refused(TRANSITION_NOT_AVAILABLE, f"It is {self.state}")
        self._start = self.position(now)
        self.state = State.PAUSED_PLAYBACK

    def stop(self) -> None:
        """Stop, and go back to the start of the track."""
        self._need_media()
        self.state, self._start = State.STOPPED, 0.0

    def seek(self, now: float, unit: str, target: str) -> None:
        """Go to a place: REL_TIME in the track, ABS_TIME in the media, or the start of track TRACK_NR."""
        self._need_media()
        if unit == "TRACK_NR":
            number = int(target) if target.strip().isdecimal() and len(target) < 10 else 0
            self._go_to_track(now, number - 1)
        elif unit == "REL_TIME":
            self._go_to(now, parse_time(target))
        elif unit == "ABS_TIME":
            self._go_to_in_media(now, parse_time(target))
        else:
            raise refused(SEEK_MODE_NOT_SUPPORTED, f"Seek mode not supported: {unit}")

    def _go_to(self, now: float, position: float | None) -> None:
        duration = self.track.duration
        if position is None or duration is None or position > duration:
            raise refused(ILLEGAL_SEEK_TARGET, "There is no such place")
        self._start = position
        self._restart(now)

    def _go_to_in_media(self, now: float, position: float | None) -> None:
        if position is None or self.media.duration is None or position > self.media.duration:
            raise refused(ILLEGAL_SEEK_TARGET, "There is no such place")
        for index, track in enumerate(self.media.tracks):
            if position <= (track.duration or 0.0):
                self.index = index
                break
            position -= track.duration or 0.0
        self._go_to(now, position)

    def _go_to_track(self, now: float, index: int) -> None:
        if not 0 <= index < len(self.media.tracks):
            raise refused(ILLEGAL_SEEK_TARGET, "There is no such track")
        self.index, self._start = index, 0.0
        self._restart(now)

    def _restart(self, now: float) -> None:
        """Count anew from here what plays."""
        if self.state in {State.PLAYING, State.TRANSITIONING}:
            self._begin(now)

    def next(self, now: float) -> None:
        """Go to the next track, or to the media that are to follow."""
        self._need_media()
        if self.index + 1 >= len(self.media.tracks) and self.next_media.tracks:
            self.media, self.next_media, self.index = self.next_media, NO_MEDIA, -1
        self._go_to_track(now, self.index + 1)

    def previous(self, now: float) -> None:
        """Go to the track before."""
        self._need_media()
        self._go_to_track(now, self.index - 1)

    def _need_media(self) -> None:
        if self.state is State.NO_MEDIA_PRESENT:
            raise refused(TRANSITION_NOT_AVAILABLE, "There are no media")
