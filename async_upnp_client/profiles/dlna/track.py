"""What a renderer plays, in words: title, artist, album, picture (AVTransport:1 §2.2.19).

A mixin of ``DmrDevice``. The metadata of a track is read once for each text, when it is first asked for: most
is never looked at. Nothing raises; what is absent, empty or unreadable is None, and a diagnostic of the
service tells what is wrong with a text.
"""

from didl_lite.didl_lite import DidlObject

from async_upnp_client._diagnostics import Code, place
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.profiles.dlna.metadata import TrackMetadata
from async_upnp_client.profiles.dlna.transport_state import TransportStateMixin


class TrackMixin(TransportStateMixin):
    """What a renderer says of its track."""

    def __init__(self, device: UpnpDevice, event_handler: UpnpEventHandler | None) -> None:
        super().__init__(device, event_handler)
        self._metadata: dict[str, tuple[object, TrackMetadata | None]] = {}

    def _metadata_of(self, variable_name: str) -> TrackMetadata | None:
        """Read the metadata of a variable."""
        variable = self._state_variable("AVT", variable_name)
        if variable is None:
            return None
        text = variable.value
        known = self._metadata.get(variable_name)
        if known is not None and known[0] == text:
            return known[1]
        service = variable.service

        def note(code: Code, _where: str, message: str) -> None:
            service.note(code, place("variable", variable_name), message)

        metadata = TrackMetadata.parse(text, note=note)
        self._metadata[variable_name] = (text, metadata)
        return metadata

    @property
    def track_metadata(self) -> TrackMetadata | None:
        """What is said of the track, also where it could not be read; None where nothing is said."""
        return self._metadata_of("CurrentTrackMetaData")

    @property
    def playlist_metadata(self) -> TrackMetadata | None:
        """What is said of what was set, which may be a list of tracks."""
        return self._metadata_of("AVTransportURIMetaData")

    @property
    def _current_track_meta_data(self) -> DidlObject | None:
        metadata = self.track_metadata
        return None if metadata is None else metadata.item

    @property
    def _av_transport_uri_meta_data(self) -> DidlObject | None:
        metadata = self.playlist_metadata
        return None if metadata is None else metadata.item

    def _track_field(self, name: str) -> str | None:
        metadata = self.track_metadata
        return None if metadata is None else metadata.field(name)

    @property
    def media_class(self) -> str | None:
        """The upnp:class of the track."""
        return self._track_field("upnp_class")

    @property
    def media_title(self) -> str | None:
        """The title."""
        return self._track_field("title")

    @property
    def media_program_title(self) -> str | None:
        """The title of the programme."""
        return self._track_field("program_title")

    @property
    def media_artist(self) -> str | None:
        """The artist."""
        return self._track_field("artist")

    @property
    def media_album_name(self) -> str | None:
        """The album."""
        return self._track_field("album")

    @property
    def media_album_artist(self) -> str | None:
        """The artist of the album."""
        return self._track_field("album_artist")

    @property
    def media_series_title(self) -> str | None:
        """The title of the series."""
        return self._track_field("series_title")

    @property
    def media_season_number(self) -> str | None:
        """The number of the season."""
        return self._track_field("episode_season")

    @property
    def media_episode_number(self) -> str | None:
        """The number of the episode."""
        return self._track_field("episode_number")

    @property
    def media_episode_count(self) -> str | None:
        """How many episodes there are."""
        return self._track_field("episode_count")

    @property
    def media_channel_name(self) -> str | None:
        """The name of the channel."""
        return self._track_field("channel_name")

    @property
    def media_channel_number(self) -> str | None:
        """The number of the channel."""
        return self._track_field("channel_number")

    @property
    def media_image_url(self) -> str | None:
        """The absolute URL of a picture of the track, or its album."""
        metadata = self.track_metadata
        return None if metadata is None else metadata.image_url(self.profile_device.device_url)

    @property
    def media_playlist_title(self) -> str | None:
        """The title of the list that the track is of; None where the track was set by itself."""
        if self.av_transport_uri == self.current_track_uri:
            return None
        metadata = self.playlist_metadata
        return None if metadata is None else metadata.field("title")
