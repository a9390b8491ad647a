"""What a renderer's transport does, and where in which track it is (AVTransport:1 §2.2).

The lower half of ``av_transport``. Properties give what was evented or polled last and never raise; nothing,
empty and NOT_IMPLEMENTED are None. ``position`` reckons how far it has played.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, ClassVar, Final

from async_upnp_client._datatypes import str_to_time
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.exceptions import UpnpCommunicationError
from async_upnp_client.profiles._services import Poll
from async_upnp_client.profiles.dlna.metadata import text_or_none
from async_upnp_client.profiles.dlna.position import PositionClock, PositionSample
from async_upnp_client.profiles.dlna.rendering_control import INSTANCE
from async_upnp_client.profiles.dlna.types import DeviceState, TransportState
from async_upnp_client.profiles.profile import UpnpProfileDevice

NO_NUMBER: Final = 2147483647
"""What counters have that count nothing (row A-007)."""


STATE: Final[Poll] = ("AVT", "GetTransportInfo", {"InstanceID": INSTANCE})
POSITION: Final[Poll] = ("AVT", "GetPositionInfo", {"InstanceID": INSTANCE})

PAUSE: Final = 0.25
PAUSE_WITH_EVENTS: Final = 1.0
"""Seconds between two polls of the state; events that come meanwhile are looked at as they come."""

OTHER_TRACK: Final = frozenset({"CurrentTrack", "CurrentTrackURI", "AVTransportURI"})
"""Variables whose change means that another track has begun."""


class TransportStateMixin(UpnpProfileDevice):
    """What a renderer plays."""

    _SERVICE_TYPES: ClassVar[dict[str, set[str]]] = {
        "AVT": {
            "urn:schemas-upnp-org:service:AVTransport:1",
            "urn:schemas-upnp-org:service:AVTransport:2",
            "urn:schemas-upnp-org:service:AVTransport:3",
        },
    }

    clock: Callable[[], float] = staticmethod(time.monotonic)
    """What positions are reckoned by, in seconds; it must never jump."""

    def __init__(self, device: UpnpDevice, event_handler: UpnpEventHandler | None) -> None:
        super().__init__(device, event_handler)
        self._clock = PositionClock()
        self._stamp: tuple[PositionSample, datetime] | None = None
        self._track: tuple[object, ...] | None = None
        self._waiting: set[asyncio.Future[None]] = set()
        self.wakes = 0
        """How often the transport has told something so far."""
        # another profile of the same device may have polled before
        self._clock.duration = _seconds(self._text("CurrentTrackDuration"))
        self._clock.playing(self.transport_state is TransportState.PLAYING, self.clock())

    def _text(self, variable_name: str) -> str | None:
        """Give the text of a variable; None where it says nothing."""
        service = self._service("AVT")
        variable = None if service is None else service.state_variables.get(variable_name)
        return None if variable is None else text_or_none(variable.value)

    # --- State ---

    @property
    def state(self) -> DeviceState:
        """What it does, in four words. Deprecated: see ``transport_state``."""
        if self._state_variable("AVT", "TransportState") is None:
            return DeviceState.ON
        said = (self._text("TransportState") or "").strip().lower()
        if said == "playing":
            return DeviceState.PLAYING
        return DeviceState.PAUSED if said in ("paused", "paused_playback") else DeviceState.IDLE

    @property
    def transport_state(self) -> TransportState | None:
        """What the transport does; None where the device has no such variable."""
        variable = self._state_variable("AVT", "TransportState")
        return None if variable is None else state_in(text_or_none(variable.value) or "")

    @property
    def transport_status(self) -> str | None:
        """What went wrong: OK, ERROR_OCCURRED or a vendor's own word (AVTransport:1 §2.2.2)."""
        return self._text("TransportStatus")

    def _on_transport_event(self, names: AbstractSet[str]) -> None:
        """Take it that variables have changed, or were told once more."""
        now = self.clock()
        if "CurrentTrackDuration" in names:
            self._clock.duration = _seconds(self._text("CurrentTrackDuration"))
        if "TransportState" in names:
            self._clock.playing(self.transport_state is TransportState.PLAYING, now)
        if not OTHER_TRACK.isdisjoint(names):
            track = (self.current_track_uri, self.av_transport_uri, self.media_track_number)
            if self._track not in (None, track):
                self._clock.new_track(now)
                self._on_track_changed()
            self._track = track
        if "RelativeTimePosition" in names:
            self._clock.told(_seconds(self._text("RelativeTimePosition")), now)
        self.wake()

    def _on_track_changed(self) -> None:
        """Hear of another track."""

    def _on_answer(self, service_name: str, action_name: str, answer: Mapping[str, Any]) -> None:
        """Take the position of each answer, also where it is the one before: it is of another time."""
        super()._on_answer(service_name, action_name, answer)
        if service_name == "AVT" and action_name == "GetPositionInfo" and "RelTime" in answer:
            self._clock.told(_seconds(text_or_none(answer["RelTime"])), self.clock())

    def wake(self) -> None:
        """Have those who wait for an event of the transport look at it now."""
        self.wakes += 1
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)

    async def async_wait_event(self, seconds: float, *, since: int | None = None) -> bool:
        """Wait for the next event of the transport, at most that long; return whether there was one.

        With what `wakes` was at some time, one that came since then counts.
        """
        if since is not None and since != self.wakes:
            return True
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            await asyncio.wait({waiter}, timeout=seconds)
        finally:
            self._waiting.discard(waiter)
        return waiter.done()

    async def async_poll_transport(self) -> None:
        """Ask what the transport does, and where in which track; UpnpCommunicationError if it is gone."""
        await self._async_poll_all([STATE, POSITION])

    async def async_wait_for(
        self,
        is_so: Callable[[], bool],
        max_wait_time: float,
        async_poll: Callable[[], Awaitable[object]] | None = None,
    ) -> bool:
        """Wait until something is so, at most that many seconds, and return whether it is.

        It is looked at whenever an event has come, and after polls: of the transport's state, or
        `async_poll`. Errors of the connection are no answer, and neither is one that comes too late.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + max_wait_time
        while not is_so():
            left = end - loop.time()
            if left <= 0:
                return False
            await self.async_wait_event(min(left, PAUSE_WITH_EVENTS if self.has_transport_events else PAUSE))
            if is_so():
                break
            with contextlib.suppress(UpnpCommunicationError, TimeoutError):
                async with asyncio.timeout_at(end):
                    if async_poll is None:
                        await self._async_poll_all([STATE])
                    else:
                        await async_poll()
        return True

    @property
    def has_transport_events(self) -> bool:
        """Whether events tell what the transport does, as opposed to polls."""
        return self._events_come("AVT")

    # --- What plays, and where it is ---

    @property
    def current_track_uri(self) -> str | None:
        """The URI of the track."""
        return self._text("CurrentTrackURI")

    @property
    def av_transport_uri(self) -> str | None:
        """The URI of what was set: a track, or a list of them."""
        return self._text("AVTransportURI")

    @property
    def next_av_transport_uri(self) -> str | None:
        """The URI of what follows."""
        return self._text("NextAVTransportURI")

    @property
    def media_track_number(self) -> int | None:
        """The number of the track in the media, from 1."""
        return _number(self._state_variable("AVT", "CurrentTrack"))

    @property
    def media_duration(self) -> int | None:
        """How long the track is, in seconds."""
        seconds = _seconds(self._text("CurrentTrackDuration"))
        return None if seconds is None else int(seconds)

    @property
    def media_position(self) -> int | None:
        """Where in the track it was, in seconds, at ``media_position_updated_at``."""
        if self._clock.awaits_track:
            return None
        sample = self._clock.sample
        seconds = _seconds(self._text("RelativeTimePosition")) if sample is None else sample.seconds
        return None if seconds is None else int(seconds)

    @property
    def media_position_updated_at(self) -> datetime | None:
        """When ``media_position`` was right, in UTC: time in which it did not play is not counted."""
        if self._clock.awaits_track:
            return None
        sample = self._clock.sample
        if sample is None:
            variable = self._state_variable("AVT", "RelativeTimePosition")
            return None if variable is None else variable.updated_at
        if self._stamp is None or self._stamp[0] is not sample:
            age = timedelta(seconds=self.clock() - sample.at)
            self._stamp = (sample, datetime.now(UTC) - age)
        return self._stamp[1]

    @property
    def media_position_now(self) -> float | None:
        """Where in the track it is now, in seconds: the last answer, and what it has played since."""
        return self._clock.seconds(self.clock())


@lru_cache(maxsize=32)  # users look at the same few again and again
def state_in(text: str) -> TransportState:
    """Read the state of a transport."""
    try:
        return TransportState(text.strip().upper())
    except ValueError:  # a vendor's own (row A-008)
        return TransportState.VENDOR_DEFINED


@lru_cache(maxsize=32)
def _seconds(text: str | None) -> float | None:
    duration = None if text is None else str_to_time(text)
    # the sign that the standard allows is of no use here: nothing is before the beginning
    return None if duration is None or duration < timedelta() else duration.total_seconds()


def _number(variable: UpnpStateVariable[Any] | None) -> int | None:
    value = None if variable is None else variable.value
    return value if isinstance(value, int) and value != NO_NUMBER else None
