"""What a play queue makes of what its renderer does: a track has begun, has ended, was stopped.

A state holder for ``play_queue``: it is shown the renderer now and again, and says what is to be done. `now`
is an argument, in seconds of a clock that never jumps. It knows no actions and no order.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final
from urllib.parse import unquote

from async_upnp_client.profiles.dlna.types import TransportState

END_SECONDS: Final = 5.0
"""A track that stops so many seconds before its end has ended: durations are rounded, encoders pad, and the
position is that of the last answer."""

GRACE: Final = 2.0
"""Seconds for which a renderer that has stopped at the end of a track may take to begin the next one that it
was told of."""

BEGIN_SECONDS: Final = 20.0
"""Seconds within which a track that is to be played has to begin: renderers buffer streams for up to ten."""

NEW_SECONDS: Final = 5.0
"""Seconds after a track was asked for in which an event may be one of before: the initial one of a
subscription, or one that waited behind others."""

PLAYS: Final = frozenset({TransportState.PLAYING, TransportState.RECORDING})
RESTS: Final = frozenset({TransportState.STOPPED, TransportState.NO_MEDIA_PRESENT})


@dataclass(frozen=True, slots=True)
class View:
    """What is known of a renderer."""

    state: TransportState | None
    uri: str | None
    """Of the track; None where the renderer does not tell."""
    position: float | None = None
    duration: float | None = None


class Step(Enum):
    """What is to be done."""

    NOTHING = auto()
    PRELOAD = auto()
    """The track plays: the renderer may be told of the next one."""
    ADVANCED = auto()
    """The renderer plays the next track, of which it was told."""
    PLAY_NEXT = auto()
    """The track has ended."""
    SKIP = auto()
    """The track does not begin."""
    LEFT = auto()
    """Somebody else stopped the renderer, or has it play something else."""


class QueueWatch:
    """One track, as it is played."""

    def __init__(self) -> None:
        self._uri: str | None = None
        self._asked_at = 0.0
        self._has_begun = False
        self._next_uris: tuple[str, ...] = ()
        self._is_preloaded = False
        self._has_failed = False
        self._rests_since: float | None = None
        self._last: tuple[View, float] | None = None

    @property
    def uri(self) -> str | None:
        """What the renderer was told to play; None for nothing."""
        return self._uri

    @property
    def next_uris(self) -> tuple[str, ...]:
        """What the renderer may believe to be next: what it was told last, and what before."""
        return self._next_uris

    @property
    def is_waiting(self) -> bool:
        """Whether something is to happen soon."""
        waits = not self._has_begun or self._rests_since is not None or not self._is_preloaded
        return self._uri is not None and waits

    def is_new(self, now: float) -> bool:
        """Tell whether the track was asked for so lately that an event may be of before."""
        return now - self._asked_at < NEW_SECONDS

    def asked(self, uri: str, now: float) -> None:
        """Take it that the renderer was told to play this."""
        self._uri, self._asked_at, self._has_begun = uri, now, False
        self._next_uris, self._is_preloaded, self._has_failed = (), False, False
        self._rests_since = self._last = None

    def preloaded(self, *uris: str, is_done: bool = True) -> None:
        """Take it what the renderer may believe to be next; unless `is_done` it is to be told anew."""
        self._next_uris, self._is_preloaded = uris, is_done

    def failed(self) -> None:
        """Take it that the renderer cannot play it."""
        self._has_failed = True

    def order_changed(self) -> None:
        """Take it that something else is next: the renderer has to be told anew."""
        self._is_preloaded = False

    def left(self) -> None:
        """Take it that nothing is played any more."""
        self._uri, self._next_uris = None, ()

    def look(self, view: View, now: float) -> Step:
        """Look at the renderer, and return what is to be done."""
        if self._uri is None:
            return Step.NOTHING
        if self._has_failed:
            return Step.SKIP
        step = self._look(view, self._uri, now)
        if view.state in PLAYS and step in (Step.NOTHING, Step.PRELOAD):
            self._last = (view, now)
        if view.state not in RESTS:
            self._rests_since = None
        return step

    def _look(self, view: View, uri: str, now: float) -> Step:
        if view.state in RESTS:
            return self._look_at_rest(now)
        if view.state not in PLAYS:
            return self._overdue(now)
        if view.uri is not None and not same_uri(view.uri, uri):
            return self._look_at_another(view.uri, now)
        self._has_begun = True
        return Step.NOTHING if self._is_preloaded else Step.PRELOAD

    def _look_at_another(self, uri: str, now: float) -> Step:
        """Judge what plays but is not what was asked for: the next already, not yet, or somebody else's."""
        if any(same_uri(uri, next_uri) for next_uri in self._next_uris):
            return Step.ADVANCED
        if not self._has_begun:
            return self._overdue(now)
        return Step.LEFT

    def _overdue(self, now: float) -> Step:
        return Step.SKIP if not self._has_begun and now - self._asked_at > BEGIN_SECONDS else Step.NOTHING

    def _look_at_rest(self, now: float) -> Step:
        if not self._has_begun:
            return self._overdue(now)
        if not self._is_at_end(now):
            return Step.LEFT
        if self._rests_since is None:
            self._rests_since = now
        waits = bool(self._next_uris) and now - self._rests_since < GRACE
        return Step.NOTHING if waits else Step.PLAY_NEXT

    def _is_at_end(self, now: float) -> bool:
        """Tell whether the track should be near its end; also where nobody knows."""
        if self._last is None:
            return True
        view, seen_at = self._last
        if view.position is None or not view.duration:
            return True
        return view.position + now - seen_at >= view.duration - END_SECONDS


def same_uri(one: str, other: str) -> bool:
    """Tell whether two texts are one URI: renderers escape and unescape what they were given."""
    return one == other or unquote(one).strip() == unquote(other).strip()
