"""AVTransport:1 of a virtual renderer: what is played, and where it stands.

The state is that of ``playback``, with a ``clock`` that may be a test's. Every change goes to the state
variables here, and from them to LastChange. It must not know how bytes are got.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, Final

from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.server import (
    AV_TRANSPORT_EVENTS,
    callable_action,
    create_event_var,
    create_service_info,
    create_state_var,
)
from async_upnp_client.virtual.av_service import INSTANCE, AvService, Result
from async_upnp_client.virtual.clock import Clock, LoopClock, Timer
from async_upnp_client.virtual.fetching import Head, async_fetch_head
from async_upnp_client.virtual.media import (
    PLAYLISTS,
    Media,
    Track,
    format_time,
    is_playable,
    parse_playlist,
    read_metadata,
    wav_duration,
)
from async_upnp_client.virtual.playback import Mode, Playback, State

_LOGGER = logging.getLogger(__name__)

NO_CONTENTS: Final = 702
PLAY_MODE_NOT_SUPPORTED: Final = 712
SEEK_MODE_NOT_SUPPORTED: Final = 710
ILLEGAL_MIME_TYPE: Final = 714
RESOURCE_NOT_FOUND: Final = 716
PLAY_SPEED_NOT_SUPPORTED: Final = 717
INVALID_INSTANCE: Final = 718

NOT_IMPLEMENTED: Final = "NOT_IMPLEMENTED"
NO_COUNTER: Final = 2**31 - 1  # what RelCount and AbsCount are where there is none (AVTransport:1 §2.2.22)

Fetch = Callable[[str], Awaitable[Head]]


class AVTransport(AvService):
    """The transport. ``fetch`` gets the first bytes of media whose metadata do not say how long they last."""

    SERVICE_DEFINITION = create_service_info("urn:schemas-upnp-org:service:AVTransport:1")
    LAST_CHANGE = AV_TRANSPORT_EVENTS
    INVALID_INSTANCE = INVALID_INSTANCE
    STATE_VARIABLE_DEFINITIONS: ClassVar = {
        "TransportState": create_state_var("string", allowed=list(State), default=State.NO_MEDIA_PRESENT),
        "TransportStatus": create_state_var("string", allowed=["OK", "ERROR_OCCURRED"], default="OK"),
        "PlaybackStorageMedium": create_state_var("string", default="NONE"),
        "RecordStorageMedium": create_state_var("string", default=NOT_IMPLEMENTED),
        "PossiblePlaybackStorageMedia": create_state_var("string", default="NETWORK,NONE"),
        "PossibleRecordStorageMedia": create_state_var("string", default=NOT_IMPLEMENTED),
        "CurrentPlayMode": create_state_var("string", allowed=list(Mode), default=Mode.NORMAL),
        "TransportPlaySpeed": create_state_var("string", allowed=["1"], default="1"),
        "RecordMediumWriteStatus": create_state_var("string", default=NOT_IMPLEMENTED),
        "CurrentRecordQualityMode": create_state_var("string", default=NOT_IMPLEMENTED),
        "PossibleRecordQualityModes": create_state_var("string", default=NOT_IMPLEMENTED),
        "NumberOfTracks": create_state_var("ui4", default="0"),
        "CurrentTrack": create_state_var("ui4", default="0"),
        "CurrentTrackDuration": create_state_var("string", default="0:00:00"),
        "CurrentMediaDuration": create_state_var("string", default="0:00:00"),
        "CurrentTrackMetaData": create_state_var("string", default=""),
        "CurrentTrackURI": create_state_var("string", default=""),
        "AVTransportURI": create_state_var("string", default=""),
        "AVTransportURIMetaData": create_state_var("string", default=""),
        "NextAVTransportURI": create_state_var("string", default=""),
        "NextAVTransportURIMetaData": create_state_var("string", default=""),
        "RelativeTimePosition": create_state_var("string", default="0:00:00"),
        "AbsoluteTimePosition": create_state_var("string", default="0:00:00"),
        "RelativeCounterPosition": create_state_var("i4", default=str(NO_COUNTER)),
        "AbsoluteCounterPosition": create_state_var("i4", default=str(NO_COUNTER)),
        "CurrentTransportActions": create_state_var("string", default=""),
        "LastChange": create_event_var("string"),
        "A_ARG_TYPE_SeekMode": create_state_var("string", allowed=["TRACK_NR", "REL_TIME", "ABS_TIME"]),
        "A_ARG_TYPE_SeekTarget": create_state_var("string"),
        "A_ARG_TYPE_InstanceID": create_state_var("ui4"),
    }
    POSITIONS: ClassVar = frozenset(
        {
            "RelativeTimePosition",
            "AbsoluteTimePosition",
            "RelativeCounterPosition",
            "AbsoluteCounterPosition",
        }
    )
    """What LastChange does not tell: it changes all the time (AVTransport:1 §2.2.29)."""

    def __init__(self, requester: UpnpRequester) -> None:
        super().__init__(requester)
        self.playback = Playback()
        self.clock: Clock = LoopClock()
        self.fetch: Fetch = async_fetch_head
        self._timer: Timer | None = None
        for name, variable in self.state_variables.items():
            if not name.startswith("A_ARG_TYPE") and name not in {*self.POSITIONS, "LastChange"}:
                self.last_change.note(name, variable.upnp_value)

    async def async_stop(self) -> None:
        """Ring no more, and forget the subscribers."""
        self._set_timer(None)
        await super().async_stop()

    # --- what is played ---

    async def async_read_media(self, uri: str, metadata: str) -> Media:
        """Give what a URI stands for; UpnpActionError 702, 714 or 716. For others to extend."""
        if not uri:
            return Media()
        described = read_metadata(metadata, uri)
        if described.mime and not is_playable(described.mime):
            raise UpnpActionError(error_code=ILLEGAL_MIME_TYPE, error_desc="Illegal MIME-type")
        if described.duration is not None:
            return Media(uri, metadata, (Track(uri, metadata, described.duration),))
        try:
            head = await self.fetch(uri)
        except OSError as err:
            _LOGGER.debug("No media at %s: %s", uri, err)
            raise UpnpActionError(error_code=RESOURCE_NOT_FOUND, error_desc="Resource not found") from err
        if not is_playable(described.mime or head.content_type):
            raise UpnpActionError(error_code=ILLEGAL_MIME_TYPE, error_desc="Illegal MIME-type")
        if head.content_type in PLAYLISTS:
            tracks = parse_playlist(head.data.decode("utf-8", "replace"), uri)
            if not tracks:
                raise UpnpActionError(error_code=NO_CONTENTS, error_desc="No contents")
            return Media(uri, metadata, tracks)
        return Media(uri, metadata, (Track(uri, metadata, wav_duration(head.data)),))

    def now(self) -> float:
        """Give the time, with everything told that was due until now."""
        now = self.clock.time()
        self.playback.tick(now)
        return now

    def refresh(self) -> None:
        """Take over what has changed, tell of it, and have the clock ring when the next thing is due."""
        playback, media = self.playback, self.playback.media
        for name, value in {
            "TransportState": playback.state.value,
            "CurrentPlayMode": playback.mode.value,
            "PlaybackStorageMedium": "NETWORK" if media.tracks else "NONE",
            "NumberOfTracks": len(media.tracks),
            "CurrentTrack": playback.number,
            "CurrentTrackDuration": format_time(playback.track.duration),
            "CurrentMediaDuration": format_time(media.duration),
            "CurrentTrackMetaData": playback.track.metadata,
            "CurrentTrackURI": playback.track.uri,
            "AVTransportURI": media.uri,
            "AVTransportURIMetaData": media.metadata,
            "NextAVTransportURI": playback.next_media.uri,
            "NextAVTransportURIMetaData": playback.next_media.metadata,
            "CurrentTransportActions": ",".join(playback.actions),
        }.items():
            self.tell(name, value)
        self._set_timer(playback.due)

    def _set_timer(self, due: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if due is None else self.clock.call_at(due, self._on_due)

    def _on_due(self) -> None:
        self._timer = None
        self.now()
        self.refresh()

    def fail(self) -> None:
        """Stop as after an error while it played: STOPPED, with the status ERROR_OCCURRED."""
        self.now()
        self.playback.stop()
        self.tell("TransportStatus", "ERROR_OCCURRED")
        self.refresh()

    # --- actions ---

    @callable_action(
        "SetAVTransportURI",
        INSTANCE | {"CurrentURI": "AVTransportURI", "CurrentURIMetaData": "AVTransportURIMetaData"},
        {},
    )
    async def set_uri(self, InstanceID: int, CurrentURI: str, CurrentURIMetaData: str) -> None:
        """Take other media."""
        media = await self.async_read_media(CurrentURI, CurrentURIMetaData)
        self.playback.set_media(self.now(), media)
        self.tell("TransportStatus", "OK")
        self.refresh()

    @callable_action(
        "SetNextAVTransportURI",
        INSTANCE | {"NextURI": "NextAVTransportURI", "NextURIMetaData": "NextAVTransportURIMetaData"},
        {},
    )
    async def set_next_uri(self, InstanceID: int, NextURI: str, NextURIMetaData: str) -> None:
        """Take the media that are to follow without a gap."""
        media = await self.async_read_media(NextURI, NextURIMetaData)
        self.now()
        self.playback.set_next_media(media)
        self.refresh()

    @callable_action(
        "Play", INSTANCE | {"Speed": "TransportPlaySpeed"}, {}, codes={"Speed": PLAY_SPEED_NOT_SUPPORTED}
    )
    async def play(self, InstanceID: int, Speed: str) -> None:
        """Play."""
        self.playback.play(self.now())
        self.refresh()

    @callable_action("Pause", INSTANCE, {})
    async def pause(self, InstanceID: int) -> None:
        """Pause."""
        self.playback.pause(self.now())
        self.refresh()

    @callable_action("Stop", INSTANCE, {})
    async def stop(self, InstanceID: int) -> None:
        """Stop."""
        self.now()
        self.playback.stop()
        self.refresh()

    @callable_action(
        "Seek",
        INSTANCE | {"Unit": "A_ARG_TYPE_SeekMode", "Target": "A_ARG_TYPE_SeekTarget"},
        {},
        codes={"Unit": SEEK_MODE_NOT_SUPPORTED},
    )
    async def seek(self, InstanceID: int, Unit: str, Target: str) -> None:
        """Go to a place."""
        self.playback.seek(self.now(), Unit, Target)
        self.refresh()

    @callable_action("Next", INSTANCE, {})
    async def next(self, InstanceID: int) -> None:
        """Go to the next track."""
        self.playback.next(self.now())
        self.refresh()

    @callable_action("Previous", INSTANCE, {})
    async def previous(self, InstanceID: int) -> None:
        """Go to the track before."""
        self.playback.previous(self.now())
        self.refresh()

    @callable_action(
        "SetPlayMode",
        INSTANCE | {"NewPlayMode": "CurrentPlayMode"},
        {},
        codes={"NewPlayMode": PLAY_MODE_NOT_SUPPORTED},
    )
    async def set_play_mode(self, InstanceID: int, NewPlayMode: str) -> None:
        """Repeat, or do not."""
        self.now()
        self.playback.mode = Mode(NewPlayMode)
        self.refresh()

    @callable_action(
        "GetMediaInfo",
        INSTANCE,
        {
            "NrTracks": "NumberOfTracks",
            "MediaDuration": "CurrentMediaDuration",
            "CurrentURI": "AVTransportURI",
            "CurrentURIMetaData": "AVTransportURIMetaData",
            "NextURI": "NextAVTransportURI",
            "NextURIMetaData": "NextAVTransportURIMetaData",
            "PlayMedium": "PlaybackStorageMedium",
            "RecordMedium": "RecordStorageMedium",
            "WriteStatus": "RecordMediumWriteStatus",
        },
    )
    async def get_media_info(self, InstanceID: int) -> Result:
        """Tell what the media are."""
        return self.results("GetMediaInfo")

    @callable_action(
        "GetTransportInfo",
        INSTANCE,
        {
            "CurrentTransportState": "TransportState",
            "CurrentTransportStatus": "TransportStatus",
            "CurrentSpeed": "TransportPlaySpeed",
        },
    )
    async def get_transport_info(self, InstanceID: int) -> Result:
        """Tell what it does."""
        return self.results("GetTransportInfo")

    @callable_action(
        "GetPositionInfo",
        INSTANCE,
        {
            "Track": "CurrentTrack",
            "TrackDuration": "CurrentTrackDuration",
            "TrackMetaData": "CurrentTrackMetaData",
            "TrackURI": "CurrentTrackURI",
            "RelTime": "RelativeTimePosition",
            "AbsTime": "AbsoluteTimePosition",
            "RelCount": "RelativeCounterPosition",
            "AbsCount": "AbsoluteCounterPosition",
        },
    )
    async def get_position_info(self, InstanceID: int) -> dict[str, Any]:
        """Tell where it stands."""
        now = self.now()
        self.refresh()
        absolute = self.playback.position_in_media(now)
        self.state_variable("RelativeTimePosition").value = format_time(self.playback.position(now))
        self.state_variable("AbsoluteTimePosition").value = (
            NOT_IMPLEMENTED if absolute is None else format_time(absolute)
        )
        return self.results("GetPositionInfo")

    @callable_action(
        "GetDeviceCapabilities",
        INSTANCE,
        {
            "PlayMedia": "PossiblePlaybackStorageMedia",
            "RecMedia": "PossibleRecordStorageMedia",
            "RecQualityModes": "PossibleRecordQualityModes",
        },
    )
    async def get_device_capabilities(self, InstanceID: int) -> Result:
        """Tell what it can play from, and record to."""
        return self.results("GetDeviceCapabilities")

    @callable_action(
        "GetTransportSettings",
        INSTANCE,
        {"PlayMode": "CurrentPlayMode", "RecQualityMode": "CurrentRecordQualityMode"},
    )
    async def get_transport_settings(self, InstanceID: int) -> Result:
        """Tell whether it repeats."""
        return self.results("GetTransportSettings")

    @callable_action("GetCurrentTransportActions", INSTANCE, {"Actions": "CurrentTransportActions"})
    async def get_current_transport_actions(self, InstanceID: int) -> Result:
        """Tell what may be done now."""
        return self.results("GetCurrentTransportActions")
