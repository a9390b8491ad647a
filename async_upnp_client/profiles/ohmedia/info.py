"""OpenHome Info: what is playing.

One of the mixins of ``OhmDevice``: a method for each action, which returns the out-arguments as the player
says them, and a property for each evented variable.
"""

from collections.abc import Mapping

from async_upnp_client.profiles.ohmedia.caller import OpenHomeCaller
from async_upnp_client.profiles.ohmedia.evented import Evented
from async_upnp_client.profiles.ohmedia.names import Info, Service
from async_upnp_client.profiles.ohmedia.variables import InfoState


class InfoCalls(OpenHomeCaller):
    """The service Info."""

    info_track_count = Evented[int](Service.INFO, InfoState.TRACK_COUNT)
    info_details_count = Evented[int](Service.INFO, InfoState.DETAILS_COUNT)
    info_metatext_count = Evented[int](Service.INFO, InfoState.METATEXT_COUNT)
    info_uri = Evented[str](Service.INFO, InfoState.URI)
    info_metadata = Evented[str](Service.INFO, InfoState.METADATA)
    info_duration = Evented[int](Service.INFO, InfoState.DURATION)
    info_bit_rate = Evented[int](Service.INFO, InfoState.BIT_RATE)
    info_bit_depth = Evented[int](Service.INFO, InfoState.BIT_DEPTH)
    info_sample_rate = Evented[int](Service.INFO, InfoState.SAMPLE_RATE)
    info_lossless = Evented[bool](Service.INFO, InfoState.LOSSLESS)
    info_codec_name = Evented[str](Service.INFO, InfoState.CODEC_NAME)
    info_metatext = Evented[str](Service.INFO, InfoState.METATEXT)

    async def async_info_counters(self) -> Mapping[str, int]:
        """Call Counters; return what it tells."""
        return await self._async_call_action(Service.INFO, Info.COUNTERS)

    async def async_info_track(self) -> Mapping[str, str]:
        """Call Track; return what it tells."""
        return await self._async_call_action(Service.INFO, Info.TRACK)

    async def async_info_details(self) -> Mapping[str, int | bool | str]:
        """Call Details; return what it tells."""
        return await self._async_call_action(Service.INFO, Info.DETAILS)

    async def async_info_metatext(self) -> Mapping[str, str]:
        """Call Metatext; return what it tells."""
        return await self._async_call_action(Service.INFO, Info.METATEXT)
