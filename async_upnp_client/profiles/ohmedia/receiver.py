"""OpenHome Receiver: what other players send.

One of the mixins of ``OhmDevice``: a method for each action, which returns the out-arguments as the player
says them, and a property for each evented variable.
"""

from collections.abc import Mapping

from async_upnp_client.profiles.ohmedia.caller import OpenHomeCaller
from async_upnp_client.profiles.ohmedia.evented import Evented
from async_upnp_client.profiles.ohmedia.names import Receiver, Service
from async_upnp_client.profiles.ohmedia.variables import ReceiverState


class ReceiverCalls(OpenHomeCaller):
    """The service Receiver."""

    receiver_metadata = Evented[str](Service.RECEIVER, ReceiverState.METADATA)
    receiver_uri = Evented[str](Service.RECEIVER, ReceiverState.URI)
    receiver_protocol_info = Evented[str](Service.RECEIVER, ReceiverState.PROTOCOL_INFO)
    receiver_transport_state = Evented[str](Service.RECEIVER, ReceiverState.TRANSPORT_STATE)

    async def async_receiver_play(self) -> None:
        """Call Play."""
        await self._async_call_action(Service.RECEIVER, Receiver.PLAY)

    async def async_receiver_stop(self) -> None:
        """Call Stop."""
        await self._async_call_action(Service.RECEIVER, Receiver.STOP)

    async def async_receiver_set_sender(self, uri: str, metadata: str) -> None:
        """Call SetSender."""
        await self._async_call_action(Service.RECEIVER, Receiver.SET_SENDER, Uri=uri, Metadata=metadata)

    async def async_receiver_sender(self) -> Mapping[str, str]:
        """Call Sender; return what it tells."""
        return await self._async_call_action(Service.RECEIVER, Receiver.SENDER)

    async def async_receiver_protocol_info(self) -> Mapping[str, str]:
        """Call ProtocolInfo; return what it tells."""
        return await self._async_call_action(Service.RECEIVER, Receiver.PROTOCOL_INFO)

    async def async_receiver_transport_state(self) -> Mapping[str, str]:
        """Call TransportState; return what it tells."""
        return await self._async_call_action(Service.RECEIVER, Receiver.TRANSPORT_STATE)
