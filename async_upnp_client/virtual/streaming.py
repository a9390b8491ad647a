"""HTTP of a virtual media server: the bytes of its library, with the headers of DLNA.

Players ask for ranges, for what the bytes are, and say how they will take them. It must not know how the
library is browsed.
"""

from http import HTTPStatus
from typing import Final

from aiohttp import web

from async_upnp_client.server import content_response
from async_upnp_client.virtual.library import MEDIA_PATH, Library, Resource

GET_FEATURES: Final = "getcontentFeatures.dlna.org"
FEATURES: Final = "contentFeatures.dlna.org"
TRANSFER_MODE: Final = "transferMode.dlna.org"
MEDIA_ROUTE: Final = MEDIA_PATH + "{path:.+}"


def transfer_modes(resource: Resource) -> tuple[str, ...]:
    """Return how a resource may be taken, the usual way first: what plays is streamed, the rest is not."""
    usual = "Streaming" if resource.mime.startswith(("audio/", "video/")) else "Interactive"
    return (usual, "Background")


async def stream(library: Library, request: web.Request) -> web.StreamResponse:
    """Answer with the bytes at a path of the library, or a range of them.

    404 for what is not there, 400 for another request for features than 1, 406 for a way to take the bytes
    that they cannot be taken in.
    """
    resource = library.resource(request.match_info["path"])
    if resource is None:
        return web.Response(status=HTTPStatus.NOT_FOUND)
    asked = request.headers.get(GET_FEATURES)
    if asked is not None and asked.strip() != "1":
        return web.Response(status=HTTPStatus.BAD_REQUEST)
    modes = {mode.lower(): mode for mode in transfer_modes(resource)}
    mode = modes.get(request.headers.get(TRANSFER_MODE, transfer_modes(resource)[0]).strip().lower())
    if mode is None:
        return web.Response(status=HTTPStatus.NOT_ACCEPTABLE)
    headers = {TRANSFER_MODE: mode}
    if asked is not None:
        headers[FEATURES] = resource.features
    return content_response(request, resource.content, resource.mime, headers)
