"""A virtual MediaServer:1: a library that control points browse and search, with bytes that players get.

For tests and demonstrations::

    async with UpnpServer(partial(VirtualMediaServer, library=library), ("127.0.0.1", 0)) as server:
        library.rename("music", "Noise")  # control points are told

Built on the public API of ``server``.
"""

from collections.abc import Collection, Sequence
from typing import Any

from aiohttp import web

from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.server import create_device_info
from async_upnp_client.virtual.connection_manager import ConnectionManager
from async_upnp_client.virtual.content_directory import ContentDirectory
from async_upnp_client.virtual.device import VirtualDevice
from async_upnp_client.virtual.generated import generated_library
from async_upnp_client.virtual.library import Library
from async_upnp_client.virtual.streaming import MEDIA_ROUTE, stream


class Sources(ConnectionManager):
    """What a media server sends: nothing is rendered here."""

    DIRECTION = "Output"
    RENDERING_ID = -1


class VirtualMediaServer(VirtualDevice):
    """The media server. ``library`` is what it has, a small generated one unless given.

    ``without`` names optional actions that it does not have, as ``Search``.
    """

    DEVICE_DEFINITION = create_device_info(
        "urn:schemas-upnp-org:device:MediaServer:1",
        "Virtual media server",
        model_name="Virtual MediaServer",
        model_description="Tones and colours, made by arithmetic",
    )
    SERVICES = (ContentDirectory, Sources)

    def __init__(
        self,
        requester: UpnpRequester,
        base_uri: str,
        boot_id: int = 1,
        config_id: int = 1,
        *,
        library: Library | None = None,
        without: Collection[str] = (),
    ) -> None:
        super().__init__(requester, base_uri, boot_id, config_id, without=without)
        self.library = generated_library() if library is None else library
        (self.content_directory,) = (one for one in self.own_services if isinstance(one, ContentDirectory))
        (self.connection_manager,) = (one for one in self.own_services if isinstance(one, ConnectionManager))
        self.content_directory.base_uri = self.base_uri
        self.content_directory.library = self.library
        sources = dict.fromkeys(resource.protocol_info for resource in self.library.resources)
        self.connection_manager.state_variable("SourceProtocolInfo").value = ",".join(sources)

    def routes(self) -> Sequence[Any]:
        """Give the routes of the media."""
        return [*super().routes(), web.get(MEDIA_ROUTE, self.async_stream)]

    async def async_stream(self, request: web.Request) -> web.StreamResponse:
        """Answer a request for media. To be extended by who wants it to go wrong."""
        return await stream(self.library, request)
