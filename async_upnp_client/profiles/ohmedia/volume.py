"""OpenHome Volume: volume, also as a part of what the player has, balance, fade.

One of the mixins of ``OhmDevice``: a method for each action, which returns the out-arguments as the player
says them, and a property for each evented variable.
"""

from collections.abc import Mapping

from async_upnp_client.exceptions import UpnpValueError
from async_upnp_client.profiles.ohmedia.caller import OpenHomeCaller
from async_upnp_client.profiles.ohmedia.evented import Evented, HasAction
from async_upnp_client.profiles.ohmedia.names import Service, Volume
from async_upnp_client.profiles.ohmedia.variables import VolumeState


class VolumeCalls(OpenHomeCaller):
    """The service Volume."""

    is_muted = Evented[bool](Service.VOLUME, VolumeState.MUTE)
    volume_max = Evented[int](Service.VOLUME, VolumeState.VOLUME_MAX)
    volume_limit = Evented[int](Service.VOLUME, VolumeState.VOLUME_LIMIT)
    has_volume = HasAction(Service.VOLUME, Volume.VOLUME)
    has_volume_set = HasAction(Service.VOLUME, Volume.SET_VOLUME)
    has_volume_set_mute = HasAction(Service.VOLUME, Volume.SET_MUTE)
    has_volume_mute = HasAction(Service.VOLUME, Volume.MUTE)

    @property
    def volume(self) -> int | None:
        """The volume as last evented, 0 to VolumeMax (row O-004); None while nothing has been."""
        value = self.get_state_variable_value(Service.VOLUME, VolumeState.VOLUME)
        return value if isinstance(value, int) else None

    @property
    def volume_level(self) -> float | None:
        """The volume as last evented, from 0.0 to 1.0 at VolumeMax (row O-004); None if unknown."""
        volume, most = self.volume, self.volume_max
        if volume is None or not most:
            return None
        return min(volume / most, 1.0)

    async def async_volume_set_level(self, level: float) -> None:
        """Set the volume from 0.0 to 1.0 at VolumeMax, but no higher than VolumeLimit (row O-004).

        What has not been evented of these is asked for. UpnpValueError for any other level, or from a player
        that does not say what its volumes are.
        """
        if not 0.0 <= level <= 1.0:
            raise UpnpValueError("level", level)
        most = self.volume_max
        if most is None:
            most = (await self.async_volume_characteristics()).get("VolumeMax")
        if not isinstance(most, int):
            raise UpnpValueError("VolumeMax", most)
        limit = self.volume_limit
        if limit is None and self._action(Service.VOLUME, Volume.VOLUME_LIMIT) is not None:
            limit = (await self.async_volume_limit()).get("Value")
        volume = round(level * most)
        await self.async_volume_set(min(volume, limit) if isinstance(limit, int) else volume)

    async def async_volume_set(self, volume_level: int) -> None:
        """Call SetVolume."""
        await self._async_call_action(Service.VOLUME, Volume.SET_VOLUME, Value=volume_level)

    async def async_volume_set_mute(self, mute: bool) -> None:
        """Call SetMute."""
        if not isinstance(mute, bool):
            raise TypeError(f"mute is true or false, not {mute!r}")
        await self._async_call_action(Service.VOLUME, Volume.SET_MUTE, Value=mute)

    async def async_volume_inc(self) -> None:
        """Call VolumeInc."""
        await self._async_call_action(Service.VOLUME, Volume.VOLUME_INC)

    async def async_volume_dec(self) -> None:
        """Call VolumeDec."""
        await self._async_call_action(Service.VOLUME, Volume.VOLUME_DEC)

    async def async_volume(self) -> Mapping[str, int]:
        """Call Volume; return what it tells."""
        return await self._async_call_action(Service.VOLUME, Volume.VOLUME)

    async def async_volume_mute(self) -> Mapping[str, bool]:
        """Call Mute; return what it tells."""
        return await self._async_call_action(Service.VOLUME, Volume.MUTE)

    async def async_volume_characteristics(self) -> Mapping[str, int]:
        """Call Characteristics; return what it tells."""
        return await self._async_call_action(Service.VOLUME, Volume.CHARACTERISTICS)

    async def async_volume_set_no_unmute(self, value: int) -> None:
        """Call SetVolumeNoUnmute."""
        await self._async_call_action(Service.VOLUME, Volume.SET_VOLUME_NO_UNMUTE, Value=value)

    async def async_volume_inc_no_unmute(self) -> None:
        """Call VolumeIncNoUnmute."""
        await self._async_call_action(Service.VOLUME, Volume.VOLUME_INC_NO_UNMUTE)

    async def async_volume_dec_no_unmute(self) -> None:
        """Call VolumeDecNoUnmute."""
        await self._async_call_action(Service.VOLUME, Volume.VOLUME_DEC_NO_UNMUTE)

    async def async_volume_set_balance(self, value: int) -> None:
        """Call SetBalance."""
        await self._async_call_action(Service.VOLUME, Volume.SET_BALANCE, Value=value)

    async def async_volume_balance_inc(self) -> None:
        """Call BalanceInc."""
        await self._async_call_action(Service.VOLUME, Volume.BALANCE_INC)

    async def async_volume_balance_dec(self) -> None:
        """Call BalanceDec."""
        await self._async_call_action(Service.VOLUME, Volume.BALANCE_DEC)

    async def async_volume_balance(self) -> Mapping[str, int]:
        """Call Balance; return what it tells."""
        return await self._async_call_action(Service.VOLUME, Volume.BALANCE)

    async def async_volume_set_fade(self, value: int) -> None:
        """Call SetFade."""
        await self._async_call_action(Service.VOLUME, Volume.SET_FADE, Value=value)

    async def async_volume_fade_inc(self) -> None:
        """Call FadeInc."""
        await self._async_call_action(Service.VOLUME, Volume.FADE_INC)

    async def async_volume_fade_dec(self) -> None:
        """Call FadeDec."""
        await self._async_call_action(Service.VOLUME, Volume.FADE_DEC)

    async def async_volume_fade(self) -> Mapping[str, int]:
        """Call Fade; return what it tells."""
        return await self._async_call_action(Service.VOLUME, Volume.FADE)

    async def async_volume_limit(self) -> Mapping[str, int]:
        """Call VolumeLimit; return what it tells."""
        return await self._async_call_action(Service.VOLUME, Volume.VOLUME_LIMIT)

    async def async_volume_unity_gain(self) -> Mapping[str, bool]:
        """Call UnityGain; return what it tells."""
        return await self._async_call_action(Service.VOLUME, Volume.UNITY_GAIN)

    async def async_volume_offset(self, channel: str) -> Mapping[str, int]:
        """Call VolumeOffset; return what it tells."""
        return await self._async_call_action(Service.VOLUME, Volume.VOLUME_OFFSET, Channel=channel)

    async def async_volume_set_offset(self, channel: str, volumeoffsetbinarymillidb: int) -> None:
        """Call SetVolumeOffset."""
        await self._async_call_action(
            Service.VOLUME,
            Volume.SET_VOLUME_OFFSET,
            Channel=channel,
            VolumeOffsetBinaryMilliDb=volumeoffsetbinarymillidb,
        )

    async def async_volume_trim(self, channel: str) -> Mapping[str, int]:
        """Call Trim; return what it tells."""
        return await self._async_call_action(Service.VOLUME, Volume.TRIM, Channel=channel)

    async def async_volume_set_trim(self, channel: str, trimbinarymillidb: int) -> None:
        """Call SetTrim."""
        await self._async_call_action(
            Service.VOLUME, Volume.SET_TRIM, Channel=channel, TrimBinaryMilliDb=trimbinarymillidb
        )
