"""OpenHome Time: how far it is.

One of the mixins of ``OhmDevice``: a method for each action, which returns the out-arguments as the player
says them, and a property for each evented variable.
"""

from collections.abc import Mapping

from async_upnp_client.profiles.ohmedia.caller import OpenHomeCaller
from async_upnp_client.profiles.ohmedia.evented import Evented
from async_upnp_client.profiles.ohmedia.names import Service, Time
from async_upnp_client.profiles.ohmedia.variables import TimeState


class TimeCalls(OpenHomeCaller):
    """The service Time."""

    track_count = Evented[int](Service.TIME, TimeState.TRACK_COUNT)
    time_duration = Evented[int](Service.TIME, TimeState.DURATION)
    seconds = Evented[int](Service.TIME, TimeState.SECONDS)

    async def async_time(self) -> Mapping[str, int]:
        """Call Time; return what it tells."""
        return await self._async_call_action(Service.TIME, Time.TIME)
