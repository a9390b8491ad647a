"""A virtual MediaRenderer:1: it plays as a real one does, without a sound, by a clock of one's choice.

For tests and demonstrations of control points::

    clock = ManualClock()
    async with UpnpServer(partial(VirtualRenderer, clock=clock), ("127.0.0.1", 0)) as server:
        ...

Built on the public API of ``server``.
"""

from collections.abc import Collection

from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.server import create_device_info
from async_upnp_client.virtual.av_transport import AVTransport
from async_upnp_client.virtual.clock import Clock
from async_upnp_client.virtual.connection_manager import ConnectionManager, protocol_infos
from async_upnp_client.virtual.device import VirtualDevice
from async_upnp_client.virtual.media import PLAYABLE
from async_upnp_client.virtual.rendering_control import RenderingControl


class VirtualRenderer(VirtualDevice):
    """The renderer. ``clock`` is what its playing goes by, that of the running loop unless given.

    ``buffering`` is how many seconds it is TRANSITIONING before it plays, ``without`` names optional actions
    that it does not have, as ``Pause``.
    """

    DEVICE_DEFINITION = create_device_info(
        "urn:schemas-upnp-org:device:MediaRenderer:1",
        "Virtual renderer",
        model_name="Virtual MediaRenderer",
        model_description="Plays everything, in silence",
    )
    SERVICES = (AVTransport, RenderingControl, ConnectionManager)

    def __init__(
        self,
        requester: UpnpRequester,
        base_uri: str,
        boot_id: int = 1,
        config_id: int = 1,
        *,
        clock: Clock | None = None,
        buffering: float = 0.0,
        without: Collection[str] = (),
    ) -> None:
        super().__init__(requester, base_uri, boot_id, config_id, without=without)
        (self.av_transport,) = (one for one in self.own_services if isinstance(one, AVTransport))
        (self.rendering_control,) = (one for one in self.own_services if isinstance(one, RenderingControl))
        (self.connection_manager,) = (one for one in self.own_services if isinstance(one, ConnectionManager))
        self.av_transport.playback.buffering = buffering
        if clock is not None:
            self.av_transport.clock = clock
        self.connection_manager.state_variable("SinkProtocolInfo").value = protocol_infos(PLAYABLE)
