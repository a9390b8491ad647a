"""Eventing without a network: a device that grants subscriptions, services to subscribe to, events."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.client.service import UpnpService
from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.event_handler import UpnpEventHandler, UpnpNotifyServer
from tests.support import model

CALLBACK_URL = "http://192.0.2.2:8090/notify"
EVENT_URL = "http://192.0.2.1:8080/event"

Answer = HttpResponse | Exception | Callable[[HttpRequest], Awaitable[HttpResponse]]


def granted(sid: str | None = "uuid:1", timeout: str | None = "Second-1800") -> HttpResponse:
    """Return a device's answer to SUBSCRIBE."""
    named = {"SID": sid, "TIMEOUT": timeout}
    return HttpResponse(200, {name: value for name, value in named.items() if value is not None}, "")


def refused(status: int = 412) -> HttpResponse:
    """Return a device's refusal."""
    return HttpResponse(status, {}, "")


class Publisher(UpnpRequester):
    """Requester to a device that gives the SIDs uuid:1, uuid:2, ..., renews and cancels.

    `answers` come first, one per request: responses, errors to raise, or coroutine functions of the request.
    """

    def __init__(self, *answers: Answer) -> None:
        """Begin with what is answered first."""
        self.answers = deque(answers)
        self.requests: list[HttpRequest] = []
        self.given = 0

    @property
    def asked(self) -> list[tuple[str, str | None]]:
        """The method and the SID of each request, in order."""
        return [(request.method, request.headers.get("SID")) for request in self.requests]

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        """Answer as the device."""
        self.requests.append(http_request)
        await asyncio.sleep(0)
        if self.answers:
            answer = self.answers.popleft()
            if isinstance(answer, Exception):
                raise answer
            return answer if isinstance(answer, HttpResponse) else await answer(http_request)
        if http_request.method == "UNSUBSCRIBE":
            return HttpResponse(200, {}, "")
        sid = http_request.headers.get("SID")
        if sid is None:
            self.given += 1
            sid = f"uuid:{self.given}"
        return granted(sid)


class NotifyServer(UpnpNotifyServer):
    """A notify server that is only an address, and counts its starts and stops."""

    def __init__(self, requester: UpnpRequester | None = None, source: Any = None) -> None:
        """Take what `UpnpEventHandlerRegister` gives."""
        self.requester = requester
        self.source = source
        self.started = 0
        self.stopped = 0

    @property
    def callback_url(self) -> str:
        """A fixed URL."""
        return CALLBACK_URL

    async def async_start_server(self) -> None:
        """Count."""
        self.started += 1

    async def async_stop_server(self) -> None:
        """Count."""
        self.stopped += 1


class OwningNotifyServer(NotifyServer):
    """A notify server with an event handler of its own, as `AiohttpNotifyServer` is."""

    def __init__(self, requester: UpnpRequester, source: Any = None) -> None:
        """Make the handler."""
        super().__init__(requester, source)
        self.event_handler = UpnpEventHandler(self, requester)


class Listener:
    """Takes a service's `on_event`: `events` has the text of each variable of each call."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.events: list[dict[str, str | None]] = []

    def __call__(self, _service: UpnpService, variables: Sequence[UpnpStateVariable[Any]]) -> None:
        """Note one call."""
        self.events.append({variable.name: variable.value for variable in variables})


def evented_service(
    event_sub_url: str = "/event", names: Sequence[str] = ("Status", "Level")
) -> tuple[UpnpService, Listener]:
    """Return a service of its own device, with text variables, and what listens to it."""
    service = model.service([model.variable(name, "string") for name in names], event_sub_url=event_sub_url)
    bound_device(service)
    listener = Listener()
    service.on_event = listener
    return service, listener


def bound_device(*services: UpnpService, url: str = model.DEVICE_URL) -> UpnpDevice:
    """Return the device of services that have none yet."""
    return model.device(services, url=url)


def notify(
    sid: str | None = "uuid:1", seq: int | str | None = 0, body: str | None = None, **values: str
) -> HttpRequest:
    """Return an event; `values` make its body unless that is given."""
    named = {"NT": "upnp:event", "NTS": "upnp:propchange", "SID": sid, "SEQ": seq}
    headers = {name: str(value) for name, value in named.items() if value is not None}
    if body is None:
        body = propertyset(**values)
    return HttpRequest("NOTIFY", CALLBACK_URL, headers, body)


def propertyset(**values: str) -> str:
    """Return an event's body; values as they stand in the text."""
    properties = "".join(f"<e:property><{name}>{text}</{name}></e:property>" for name, text in values.items())
    return f'<e:propertyset xmlns:e="urn:schemas-upnp-org:event-1-0">{properties}</e:propertyset>'


async def settled() -> None:
    """Wait until everything that is under way has ended."""
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})


def owning_server(handler: UpnpEventHandler) -> OwningNotifyServer:
    """Return the notify server of a handler that `UpnpEventHandlerRegister` made for the type."""
    server = handler._notify_server
    assert isinstance(server, OwningNotifyServer)
    return server
