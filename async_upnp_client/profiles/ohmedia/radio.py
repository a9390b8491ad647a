"""OpenHome Radio: presets.

One of the mixins of ``OhmDevice``: a method for each action, which returns the out-arguments as the player
says them, and a property for each evented variable.
"""

from collections.abc import Mapping

from async_upnp_client.profiles.ohmedia.caller import OpenHomeCaller
from async_upnp_client.profiles.ohmedia.evented import Evented
from async_upnp_client.profiles.ohmedia.names import Radio, Service
from async_upnp_client.profiles.ohmedia.variables import RadioState


class RadioCalls(OpenHomeCaller):
    """The service Radio."""

    radio_uri = Evented[str](Service.RADIO, RadioState.URI)
    radio_metadata = Evented[str](Service.RADIO, RadioState.METADATA)
    radio_transport_state = Evented[str](Service.RADIO, RadioState.TRANSPORT_STATE)
    radio_id = Evented[int](Service.RADIO, RadioState.ID)
    radio_id_array = Evented[str](Service.RADIO, RadioState.ID_ARRAY)
    radio_channels_max = Evented[int](Service.RADIO, RadioState.CHANNELS_MAX)
    radio_protocol_info = Evented[str](Service.RADIO, RadioState.PROTOCOL_INFO)

    async def async_radio_play(self) -> None:
        """Call Play."""
        await self._async_call_action(Service.RADIO, Radio.PLAY)

    async def async_radio_pause(self) -> None:
        """Call Pause."""
        await self._async_call_action(Service.RADIO, Radio.PAUSE)

    async def async_radio_stop(self) -> None:
        """Call Stop."""
        await self._async_call_action(Service.RADIO, Radio.STOP)

    async def async_radio_channel(self) -> Mapping[str, str]:
        """Call Channel; return what it tells."""
        return await self._async_call_action(Service.RADIO, Radio.CHANNEL)

    async def async_radio_set_channel(self, uri: str, metadata: str) -> None:
        """Call SetChannel."""
        await self._async_call_action(Service.RADIO, Radio.SET_CHANNEL, Uri=uri, Metadata=metadata)

    async def async_radio_transport_state(self) -> Mapping[str, str]:
        """Call TransportState; return what it tells."""
        return await self._async_call_action(Service.RADIO, Radio.TRANSPORT_STATE)

    async def async_radio_id(self) -> Mapping[str, int]:
        """Call Id; return what it tells."""
        return await self._async_call_action(Service.RADIO, Radio.ID)

    async def async_radio_set_id(self, value: int, uri: str) -> None:
        """Call SetId."""
        await self._async_call_action(Service.RADIO, Radio.SET_ID, Value=value, Uri=uri)

    async def async_radio_read(self, ident: int) -> Mapping[str, str]:
        """Call Read; return what it tells."""
        return await self._async_call_action(Service.RADIO, Radio.READ, Id=ident)

    async def async_radio_read_list(self, idlist: str) -> Mapping[str, str]:
        """Call ReadList; return what it tells."""
        return await self._async_call_action(Service.RADIO, Radio.READ_LIST, IdList=idlist)

    async def async_radio_id_array(self) -> Mapping[str, int | str]:
        """Call IdArray; return what it tells."""
        return await self._async_call_action(Service.RADIO, Radio.ID_ARRAY)

    async def async_radio_id_array_changed(self, token: int) -> Mapping[str, bool]:
        """Call IdArrayChanged; return what it tells."""
        return await self._async_call_action(Service.RADIO, Radio.ID_ARRAY_CHANGED, Token=token)

    async def async_radio_channels_max(self) -> Mapping[str, int]:
        """Call ChannelsMax; return what it tells."""
        return await self._async_call_action(Service.RADIO, Radio.CHANNELS_MAX)

    async def async_radio_protocol_info(self) -> Mapping[str, str]:
        """Call ProtocolInfo; return what it tells."""
        return await self._async_call_action(Service.RADIO, Radio.PROTOCOL_INFO)

    async def async_radio_refresh_presets(self) -> None:
        """Call RefreshPresets."""
        await self._async_call_action(Service.RADIO, Radio.REFRESH_PRESETS)

    async def async_radio_seek_second_absolute(self, value: int) -> None:
        """Call SeekSecondAbsolute."""
        await self._async_call_action(Service.RADIO, Radio.SEEK_SECOND_ABSOLUTE, Value=value)

    async def async_radio_seek_second_relative(self, value: int) -> None:
        """Call SeekSecondRelative."""
        await self._async_call_action(Service.RADIO, Radio.SEEK_SECOND_RELATIVE, Value=value)
