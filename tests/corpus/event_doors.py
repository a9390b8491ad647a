"""The ways in for subscriptions and events, and what a user sees behind them."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from typing import Any
from urllib.parse import urlsplit

from async_upnp_client.aiohttp import AiohttpNotifyServer
from async_upnp_client.client import UpnpRequester, UpnpService, UpnpStateVariable
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.event_handler import UpnpEventHandler, UpnpNotifyServer
from async_upnp_client.exceptions import UpnpConnectionError
from tests.corpus.builders import LOCATION, SERVICE, description, propertyset, scpd, service, variable
from tests.corpus.doors import PATIENCE, SID, Web, received

CALLBACK = "http://192.0.2.2:8090/notify"


def event(body: str, sid: str = SID, seq: int = 0) -> HttpRequest:
    """Return the request that brings an event."""
    headers = {"NT": "upnp:event", "NTS": "upnp:propchange", "SID": sid, "SEQ": str(seq)}
    return HttpRequest("NOTIFY", CALLBACK, received(headers), body)


class CallbackAddress(UpnpNotifyServer):
    """A notify server that is only an address."""

    @property
    def callback_url(self) -> str:
        """A fixed URL."""
        return CALLBACK

    async def async_start_server(self) -> None:
        """Do nothing."""

    async def async_stop_server(self) -> None:
        """Do nothing."""


class Subscriber:
    """What a user of events sees: `statuses` answered, `told` by `on_event`, the service and its values."""

    def __init__(self, subscribed: UpnpService) -> None:
        self.service = subscribed
        self.statuses: list[int] = []
        self.told: list[dict[str, Any]] = []
        self.sid = SID
        subscribed.on_event = self.on_event

    def on_event(self, _service: UpnpService, variables: Sequence[UpnpStateVariable[Any]]) -> None:
        """Take a call; a LastChange is read as renderers' users read it."""
        self.told.append({variable.name: variable.value for variable in variables})

    @property
    def values(self) -> dict[str, Any]:
        """The values that are known."""
        return {
            name: variable.value
            for name, variable in self.service.state_variables.items()
            if variable.value is not None
        }

    def raw(self, name: str) -> Any:
        """The text that a variable came with."""
        return getattr(self.service.state_variable(name), "raw_upnp_value", "no such property")


async def subscribed_service(variables: str, service_type: str, requester: UpnpRequester) -> UpnpService:
    """Return a service with these state variables, whose requests go to `requester`."""
    web = Web({"/dir/description.xml": description(service(service_type)), "/scpd.xml": variables})
    device = await UpnpFactory(web, non_strict=True).async_create_device(LOCATION)
    found = next(iter(device.services.values()))
    found.requester = requester
    return found


@dataclass(frozen=True)
class Evented:
    """Events come to an `UpnpEventHandler`, after a subscription: bodies, in memory."""

    scpd: str
    bodies: Sequence[str]
    look: Callable[[Subscriber], Any]
    service_type: str = SERVICE
    watcher: type[Subscriber] = Subscriber

    async def observed(self) -> Any:
        """Let them come, and look."""
        web = Web({})
        watched = self.watcher(await subscribed_service(self.scpd, self.service_type, web))
        handler = UpnpEventHandler(CallbackAddress(), web)
        await handler.async_subscribe(watched.service)
        for number, body in enumerate(self.bodies):
            status = await handler.handle_notify(event(body, seq=number))
            watched.statuses.append(int(status))
        return self.look(watched)


@dataclass(frozen=True)
class EventedOverHttp:
    """An event comes to an `AiohttpNotifyServer`: the bytes of a body, and a Content-Length of its own."""

    scpd: str
    body: bytes
    look: Callable[[Subscriber], Any]
    headers: Sequence[str] = ("CONTENT-TYPE: text/xml",)
    length: int | None = None

    async def observed(self) -> Any:
        """Let it come, and look."""
        web = Web({})
        server = AiohttpNotifyServer(web, ("127.0.0.1", 0))
        await server.async_start_server()
        try:
            handler = server.event_handler
            watched = Subscriber(await subscribed_service(self.scpd, SERVICE, web))
            await handler.async_subscribe(watched.service)
            watched.statuses.append(await self.send(server.callback_url))
            return self.look(watched)
        finally:
            await server.async_stop_server()

    async def send(self, url: str) -> int:
        """Send it as a device would, and return the status of the answer, 0 for none."""
        to = urlsplit(url)
        reader, writer = await asyncio.open_connection(to.hostname, to.port)
        head = [
            f"NOTIFY {to.path or '/'} HTTP/1.1",
            f"HOST: {to.netloc}",
            *self.headers,
            "NT: upnp:event",
            "NTS: upnp:propchange",
            f"SID: {SID}",
            "SEQ: 0",
            f"CONTENT-LENGTH: {len(self.body) if self.length is None else self.length}",
            "CONNECTION: close",
            "",
            "",
        ]
        try:
            writer.write("\r\n".join(head).encode() + self.body)
            async with asyncio.timeout(PATIENCE):
                line = await reader.readline()
            return int(line.split()[1]) if line else 0
        finally:
            writer.close()
            await writer.wait_closed()


class Publisher(UpnpRequester):
    """A device that answers subscriptions one by one with these; `before` is done before each answer."""

    def __init__(self, answers: Sequence[HttpResponse], before: Callable[[], Any] | None = None) -> None:
        self.answers = list(answers)
        self.before = before
        self.asked: list[HttpRequest] = []

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        """Answer the next."""
        self.asked.append(http_request)
        if http_request.method == "UNSUBSCRIBE":
            return HttpResponse(200, received({}), "")
        if self.before is not None:
            await self.before()
        if not self.answers:
            raise UpnpConnectionError("nobody there")
        return self.answers.pop(0)


@dataclass(frozen=True)
class Subscribed:
    """A service is subscribed to, the device answers so; `then` does more with handler and service."""

    answers: Sequence[HttpResponse]
    then: Callable[[UpnpEventHandler, Subscriber, tuple[str, timedelta], Publisher], Any]
    events: str = "/events"
    early: str | None = None

    async def observed(self) -> Any:
        """Subscribe, do the rest, and return its result."""
        publisher = Publisher(self.answers)
        web = Web(
            {
                "/dir/description.xml": description(service(events=self.events)),
                "/scpd.xml": scpd(variable("Volume", "ui2")),
            }
        )
        device = await UpnpFactory(web, non_strict=True).async_create_device(LOCATION)
        watched = Subscriber(next(iter(device.services.values())))
        watched.service.requester = publisher
        handler = UpnpEventHandler(CallbackAddress(), publisher)
        if self.early is not None:
            publisher.before = lambda: self.notify(handler, watched)
        granted = await handler.async_subscribe(watched.service)
        return await self.then(handler, watched, granted, publisher)

    async def notify(self, handler: UpnpEventHandler, watched: Subscriber, sid: str = SID) -> None:
        """Bring an event."""
        status = await handler.handle_notify(event(self.early or "", sid))
        watched.statuses.append(int(status))


def changed(text: str) -> str:
    """Return an event of LastChange with this text in it."""
    return propertyset(("LastChange", escape(text)))
