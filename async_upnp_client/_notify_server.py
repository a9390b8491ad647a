"""The port through which events come in (UDA 2.0 §4.3): what `event_handler` expects of a notify server.

`aiohttp.AiohttpNotifyServer` is the one at hand; applications that have an HTTP server bring their own.
"""

from abc import ABC
from dataclasses import replace

from async_upnp_client.const import HttpRequest


def default_on_pre_notify(request: HttpRequest) -> HttpRequest:
    """Return `request` without white space and NULs that devices put after the body; no body becomes ""."""
    body = (request.body or "").rstrip(" \t\r\n\0")
    return request if body == request.body else replace(request, body=body)


class UpnpNotifyServer(ABC):  # noqa: B024  # 0.49.0's base; see below
    """What receives NOTIFY requests, and hands them to `UpnpEventHandler.handle_notify`.

    Subclasses override what they need. Nothing is abstract in the sense of `abc`, since servers that live in
    another HTTP server have nothing to start or stop.
    """

    @property
    def callback_url(self) -> str:
        """URL to which devices send their events. NotImplementedError from this base, as in 0.49.0."""
        raise NotImplementedError(f"{type(self).__name__} has no callback URL")

    async def async_callback_url_for(self, url: str) -> str:  # noqa: ARG002  # for overrides
        """Return the callback URL for the device behind `url`; servers with several addresses override it."""
        return self.callback_url

    async def async_start_server(self) -> None:
        """Start receiving. NotImplementedError from a server that has no start of its own, as in 0.49.0."""
        raise NotImplementedError(f"{type(self).__name__} is started by who has it")

    async def async_stop_server(self) -> None:
        """Cancel all subscriptions, and stop receiving. NotImplementedError as of a start."""
        raise NotImplementedError(f"{type(self).__name__} is stopped by who has it")
