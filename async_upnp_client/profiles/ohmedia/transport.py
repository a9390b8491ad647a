"""OpenHome Transport: one transport for all sources.

One of the mixins of ``OhmDevice``: a method for each action, which returns the out-arguments as the player
says them, and a property for each evented variable.
"""

from collections.abc import Mapping

from async_upnp_client.profiles.ohmedia.caller import OpenHomeCaller
from async_upnp_client.profiles.ohmedia.evented import Evented, HasAction
from async_upnp_client.profiles.ohmedia.names import Service, Transport
from async_upnp_client.profiles.ohmedia.variables import TransportState


class TransportCalls(OpenHomeCaller):
    """The service Transport."""

    transport_modes = Evented[str](Service.TRANSPORT, TransportState.MODES)
    transport_can_skip_next = Evented[bool](Service.TRANSPORT, TransportState.CAN_SKIP_NEXT)
    transport_can_skip_previous = Evented[bool](Service.TRANSPORT, TransportState.CAN_SKIP_PREVIOUS)
    transport_can_repeat = Evented[bool](Service.TRANSPORT, TransportState.CAN_REPEAT)
    transport_can_shuffle = Evented[bool](Service.TRANSPORT, TransportState.CAN_SHUFFLE)
    transport_can_seek = Evented[bool](Service.TRANSPORT, TransportState.CAN_SEEK)
    transport_can_pause = Evented[bool](Service.TRANSPORT, TransportState.CAN_PAUSE)
    transport_stream_id = Evented[int](Service.TRANSPORT, TransportState.STREAM_ID)
    transport_repeat = Evented[bool](Service.TRANSPORT, TransportState.REPEAT)
    transport_shuffle = Evented[bool](Service.TRANSPORT, TransportState.SHUFFLE)
    has_transport_play = HasAction(Service.TRANSPORT, Transport.PLAY)
    has_transport_pause = HasAction(Service.TRANSPORT, Transport.PAUSE)
    has_transport_stop = HasAction(Service.TRANSPORT, Transport.STOP)
    has_transport_skip_next = HasAction(Service.TRANSPORT, Transport.SKIP_NEXT)
    has_transport_skip_previous = HasAction(Service.TRANSPORT, Transport.SKIP_PREVIOUS)
    has_transport_set_repeat = HasAction(Service.TRANSPORT, Transport.SET_REPEAT)
    has_transport_set_shuffle = HasAction(Service.TRANSPORT, Transport.SET_SHUFFLE)
    has_transport_seek_second_absolute = HasAction(Service.TRANSPORT, Transport.SEEK_SECOND_ABSOLUTE)
    has_transport_seek_second_relative = HasAction(Service.TRANSPORT, Transport.SEEK_SECOND_RELATIVE)
    has_transport_state = HasAction(Service.TRANSPORT, Transport.TRANSPORT_STATE)

    async def async_transport_play(self) -> None:
        """Call Play."""
        await self._async_call_action(Service.TRANSPORT, Transport.PLAY)

    async def async_transport_pause(self) -> None:
        """Call Pause."""
        await self._async_call_action(Service.TRANSPORT, Transport.PAUSE)

    async def async_transport_stop(self) -> None:
        """Call Stop."""
        await self._async_call_action(Service.TRANSPORT, Transport.STOP)

    async def async_transport_skip_next(self) -> None:
        """Call SkipNext."""
        await self._async_call_action(Service.TRANSPORT, Transport.SKIP_NEXT)

    async def async_transport_skip_previous(self) -> None:
        """Call SkipPrevious."""
        await self._async_call_action(Service.TRANSPORT, Transport.SKIP_PREVIOUS)

    async def async_transport_play_as(self, mode: str, command: str) -> None:
        """Call PlayAs."""
        await self._async_call_action(Service.TRANSPORT, Transport.PLAY_AS, Mode=mode, Command=command)

    async def async_transport_set_repeat(self, repeat: bool) -> None:
        """Call SetRepeat."""
        await self._async_call_action(Service.TRANSPORT, Transport.SET_REPEAT, Repeat=repeat)

    async def async_transport_set_shuffle(self, shuffle: bool) -> None:
        """Call SetShuffle."""
        await self._async_call_action(Service.TRANSPORT, Transport.SET_SHUFFLE, Shuffle=shuffle)

    async def async_transport_seek_second_absolute(self, streamid: int, secondabsolute: int) -> None:
        """Call SeekSecondAbsolute."""
        await self._async_call_action(
            Service.TRANSPORT,
            Transport.SEEK_SECOND_ABSOLUTE,
            StreamId=streamid,
            SecondAbsolute=secondabsolute,
        )

    async def async_transport_seek_second_relative(self, streamid: int, secondrelative: int) -> None:
        """Call SeekSecondRelative."""
        await self._async_call_action(
            Service.TRANSPORT,
            Transport.SEEK_SECOND_RELATIVE,
            StreamId=streamid,
            SecondRelative=secondrelative,
        )

    async def async_transport_state(self) -> Mapping[str, str]:
        """Call TransportState; return what it tells."""
        return await self._async_call_action(Service.TRANSPORT, Transport.TRANSPORT_STATE)

    async def async_transport_modes(self) -> Mapping[str, str]:
        """Call Modes; return what it tells."""
        return await self._async_call_action(Service.TRANSPORT, Transport.MODES)

    async def async_transport_mode_info(self) -> Mapping[str, bool]:
        """Call ModeInfo; return what it tells."""
        return await self._async_call_action(Service.TRANSPORT, Transport.MODE_INFO)

    async def async_transport_stream_info(self) -> Mapping[str, int | bool]:
        """Call StreamInfo; return what it tells."""
        return await self._async_call_action(Service.TRANSPORT, Transport.STREAM_INFO)

    async def async_transport_stream_id(self) -> Mapping[str, int]:
        """Call StreamId; return what it tells."""
        return await self._async_call_action(Service.TRANSPORT, Transport.STREAM_ID)

    async def async_transport_repeat(self) -> Mapping[str, bool]:
        """Call Repeat; return what it tells."""
        return await self._async_call_action(Service.TRANSPORT, Transport.REPEAT)

    async def async_transport_shuffle(self) -> Mapping[str, bool]:
        """Call Shuffle; return what it tells."""
        return await self._async_call_action(Service.TRANSPORT, Transport.SHUFFLE)
