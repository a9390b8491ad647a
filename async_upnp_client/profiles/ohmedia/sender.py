"""OpenHome Sender: what is sent to other players.

One of the mixins of ``OhmDevice``: a method for each action, which returns the out-arguments as the player
says them, and a property for each evented variable.
"""

from collections.abc import Mapping

from async_upnp_client.profiles.ohmedia.caller import OpenHomeCaller
from async_upnp_client.profiles.ohmedia.evented import Evented
from async_upnp_client.profiles.ohmedia.names import Sender, Service
from async_upnp_client.profiles.ohmedia.variables import SenderState


class SenderCalls(OpenHomeCaller):
    """The service Sender."""

    sender_audio = Evented[bool](Service.SENDER, SenderState.AUDIO)
    sender_metadata = Evented[str](Service.SENDER, SenderState.METADATA)
    sender_presentation_url = Evented[str](Service.SENDER, SenderState.PRESENTATION_URL)
    sender_status2 = Evented[str](Service.SENDER, SenderState.STATUS2)
    sender_enabled = Evented[bool](Service.SENDER, SenderState.ENABLED)

    async def async_sender_presentation_url(self) -> Mapping[str, str]:
        """Call PresentationUrl; return what it tells."""
        return await self._async_call_action(Service.SENDER, Sender.PRESENTATION_URL)

    async def async_sender_metadata(self) -> Mapping[str, str]:
        """Call Metadata; return what it tells."""
        return await self._async_call_action(Service.SENDER, Sender.METADATA)

    async def async_sender_audio(self) -> Mapping[str, bool]:
        """Call Audio; return what it tells."""
        return await self._async_call_action(Service.SENDER, Sender.AUDIO)

    async def async_sender_status(self) -> Mapping[str, str]:
        """Call Status; return what it tells."""
        return await self._async_call_action(Service.SENDER, Sender.STATUS)

    async def async_sender_status2(self) -> Mapping[str, str]:
        """Call Status2; return what it tells."""
        return await self._async_call_action(Service.SENDER, Sender.STATUS2)

    async def async_sender_enabled(self) -> Mapping[str, bool]:
        """Call Enabled; return what it tells."""
        return await self._async_call_action(Service.SENDER, Sender.ENABLED)

    async def async_sender_attributes(self) -> Mapping[str, str]:
        """Call Attributes; return what it tells."""
        return await self._async_call_action(Service.SENDER, Sender.ATTRIBUTES)
