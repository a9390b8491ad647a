"""The player as a whole, whatever its source: what plays, play and pause, sources, tracks, pins.

The part of ``OhmDevice`` that looks at several services at once: Transport where there is one, else the
service of the active source.
"""

import logging
from collections.abc import Mapping
from typing import Any, Final

from async_upnp_client._headers import shown
from async_upnp_client.exceptions import UpnpXmlContentError, UpnpXmlParseError
from async_upnp_client.profiles.ohmedia.ids import (
    decode_id_array,
    decode_pin_ids,
    id_list_to_string,
    pin_ids_to_string,
)
from async_upnp_client.profiles.ohmedia.lists import (
    Entry,
    Pin,
    Source,
    parse_entries,
    parse_pins,
    parse_sources,
)
from async_upnp_client.profiles.ohmedia.names import ProductSourceType, Service
from async_upnp_client.profiles.ohmedia.pins import PinsCalls
from async_upnp_client.profiles.ohmedia.playlist import PlaylistCalls
from async_upnp_client.profiles.ohmedia.product import ProductCalls
from async_upnp_client.profiles.ohmedia.radio import RadioCalls
from async_upnp_client.profiles.ohmedia.receiver import ReceiverCalls
from async_upnp_client.profiles.ohmedia.transport import TransportCalls
from async_upnp_client.profiles.ohmedia.variables import TransportState, TransportStateAllowedValues

_LOGGER = logging.getLogger(__name__)

PIN_KEYS: Final = ("id", "mode", "type", "uri", "title", "description", "artworkUri", "shuffle")
NOT_PLAYING: Final = frozenset({TransportStateAllowedValues.STOPPED, TransportStateAllowedValues.PAUSED})


class Player(PlaylistCalls, RadioCalls, ReceiverCalls, TransportCalls, ProductCalls, PinsCalls):
    """What concerns several services."""

    # --- Sources ---

    def _sources(self) -> list[Source] | None:
        """Give the sources as last evented; None where nothing has been, or what cannot be read."""
        text = self.product_source_xml
        if not text:
            return None
        try:
            return parse_sources(text)
        except (UpnpXmlParseError, UpnpXmlContentError) as err:
            _LOGGER.warning("%s: its sources cannot be read: %s", self.name, shown(err))
            return None

    def _active_type(self) -> str | None:
        """Give the type of the active source as last evented; None where it is not known."""
        index, sources = self.product_source_index, self._sources()
        if index is None or sources is None:
            return None
        if not 0 <= index < len(sources):
            _LOGGER.warning("%s: source %s is active, of %s", self.name, index, len(sources))
            return None
        return sources[index].source_type

    def has_source_type(self, product_source_type: ProductSourceType) -> bool | None:
        """Tell whether the player has a source of a type, as last evented; None where it is not known."""
        sources = self._sources()
        if sources is None:
            return None
        return any(source.source_type == product_source_type for source in sources)

    async def async_active_source_index(self) -> int | None:
        """Ask which source is active."""
        value = (await self.async_product_source_index()).get("Value")
        return None if value is None else int(value)

    async def async_active_source(self) -> Mapping[str, str | bool] | None:
        """Ask for the active source: SystemName, Type, Name and Visible."""
        index = await self.async_active_source_index()
        return None if index is None else await self.async_product_source(index)

    async def async_active_source_name(self) -> str | None:
        """Ask for the name of the active source."""
        return await self._async_of_active_source("Name")

    async def async_active_source_type(self) -> str | None:
        """Ask for the type of the active source."""
        return await self._async_of_active_source("Type")

    async def _async_of_active_source(self, name: str) -> str | None:
        source = await self.async_active_source()
        value = None if source is None else source.get(name)
        return None if value is None else str(value)

    async def async_visible_sources(self) -> list[dict[str, str | int | None]]:
        """Ask for the sources that are to be shown: Index, Name, Type, SystemName; none if unreadable."""
        text = (await self.async_product_source_xml()).get("Value") or ""
        try:
            sources = parse_sources(text)
        except (UpnpXmlParseError, UpnpXmlContentError) as err:
            _LOGGER.warning("%s: its sources cannot be read: %s", self.name, shown(err))
            return []
        return [
            {
                "Index": source.index,
                "Name": source.name,
                "Type": source.source_type,
                "SystemName": source.system_name,
            }
            for source in sources
            if source.is_visible
        ]

    # --- Transport ---

    @property
    def transport_state(self) -> str | None:
        """The state of what plays, as last evented: of Transport, else of the active source."""
        if self.has_transport_state:
            state: str | None = self.get_state_variable_value(
                Service.TRANSPORT, TransportState.TRANSPORT_STATE
            )
            return state
        match self._active_type():
            case ProductSourceType.PLAYLIST:
                return self.playlist_transport_state
            case ProductSourceType.RADIO:
                return self.radio_transport_state
            case ProductSourceType.RECEIVER:
                return self.receiver_transport_state
        return None

    async def async_play(self) -> None:
        """Play, on whatever source is active."""
        if self.has_transport_play:
            return await self.async_transport_play()
        match await self.async_active_source_type():
            case ProductSourceType.PLAYLIST:
                await self.async_playlist_play()
            case ProductSourceType.RADIO:
                await self.async_radio_play()
            case ProductSourceType.RECEIVER:
                await self.async_receiver_play()
            case other:
                _LOGGER.warning("%s: a source of type %s cannot be played", self.name, shown(other))
        return None

    async def async_stop(self) -> None:
        """Stop, on whatever source is active; nothing where it is known to be stopped."""
        if self.has_transport_stop:
            if self.transport_state != TransportStateAllowedValues.STOPPED:
                await self.async_transport_stop()
            return
        match await self.async_active_source_type():
            case ProductSourceType.PLAYLIST:
                await self.async_playlist_stop()
            case ProductSourceType.RADIO:
                await self.async_radio_stop()
            case ProductSourceType.RECEIVER:
                await self.async_receiver_stop()
            case other:
                _LOGGER.warning("%s: a source of type %s cannot be stopped", self.name, shown(other))

    async def async_pause(self) -> None:
        """Pause, on whatever source is active; a receiver stops. Nothing where nothing is known to play."""
        if self.has_transport_pause:
            if self.transport_state not in NOT_PLAYING:
                await self.async_transport_pause()
            return
        match await self.async_active_source_type():
            case ProductSourceType.PLAYLIST:
                await self.async_playlist_pause()
            case ProductSourceType.RADIO:
                await self.async_radio_pause()
            case ProductSourceType.RECEIVER:
                await self.async_receiver_stop()
            case other:
                _LOGGER.warning("%s: a source of type %s cannot be paused", self.name, shown(other))

    # --- Tracks and presets ---

    @staticmethod
    def _decode_id_array(text: str) -> list[int]:
        return decode_id_array(text)

    async def async_playlist_ids(self) -> list[int]:
        """Ask for the ids of the playlist, in its order; ValueError for an array that is none."""
        return decode_id_array((await self.async_playlist_id_array()).get("Array") or "")

    async def async_playlist_last_id(self) -> int:
        """Ask for the id of the last track, after which others can be inserted; 0 for an empty playlist."""
        ids = await self.async_playlist_ids()
        return ids[-1] if ids else 0

    async def async_playlist_tracks(self, ids: list[int] | None = None) -> list[Entry]:
        """Ask for tracks of the playlist, all without `ids`; those that are gone are left out (row O-003)."""
        wanted = await self.async_playlist_ids() if ids is None else ids
        result = await self.async_playlist_read_list(id_list_to_string(wanted))
        return parse_entries(result.get("TrackList") or "")

    async def async_radio_ids(self) -> list[int]:
        """Ask for the ids of the presets, 0 for an empty place; ValueError for an array that is none."""
        return decode_id_array(str((await self.async_radio_id_array()).get("Array") or ""))

    async def async_radio_presets(self, ids: list[int] | None = None) -> list[Entry]:
        """Ask for presets, all without `ids`; those that are gone are left out (row O-003)."""
        wanted = await self.async_radio_ids() if ids is None else ids
        result = await self.async_radio_read_list(id_list_to_string(wanted))
        return parse_entries(result.get("ChannelList") or "")

    # --- Pins ---

    async def async_pins_ids(self) -> list[int]:
        """Ask for the ids of the pins, 0 for an empty place; ValueError for what is no list of them."""
        return decode_pin_ids((await self.async_pins_get_id_array()).get("IdArray") or "")

    async def async_pins(self, ids: list[int] | None = None) -> list[Pin]:
        """Ask for pins, all without `ids`; those that are gone are left out (row O-003).

        ValueError for an answer that is no list of pins.
        """
        wanted = await self.async_pins_ids() if ids is None else ids
        return parse_pins((await self.async_pins_read_list(pin_ids_to_string(wanted))).get("List") or "")

    async def async_pins_set_device_metadata(self, pin_metadata: Mapping[str, Any]) -> None:
        """Set a pin of the device from its metadata, as ReadList tells it; a warning if it lacks a part."""
        missing = [key for key in PIN_KEYS if key not in pin_metadata]
        if missing:
            _LOGGER.warning("%s: the metadata of a pin has no %s", self.name, ", ".join(missing))
            return
        values = [pin_metadata[key] for key in PIN_KEYS]
        await self.async_pins_set_device(*values)
