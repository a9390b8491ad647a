"""A profile of lamps, one lamp in memory with two services, and what it tells."""

from collections.abc import Sequence
from typing import Any, ClassVar

from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.client.service import UpnpService
from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.exceptions import UpnpConnectionError
from async_upnp_client.profiles._services import Poll
from async_upnp_client.profiles.profile import UpnpProfileDevice
from tests.support import model
from tests.support.eventing import NotifyServer, Publisher, notify

TYPES = ["urn:x:device:Lamp:1", "urn:x:device:Lamp:2"]
DIMMING = "urn:x:service:Dimming:{}"
POWER = "urn:x:service:Power:1"
SILENT = "urn:x:service:Silent:1"


class Lamp(UpnpProfileDevice):
    """A profile of lamps."""

    DEVICE_TYPES: ClassVar[list[str]] = TYPES
    SERVICE_IDS = frozenset({"urn:x:serviceId:Power"})
    _SERVICE_TYPES: ClassVar[dict[str, set[str]]] = {
        "DIM": {DIMMING.format(1), DIMMING.format(2), DIMMING.format(10)},
        "PWR": {POWER},
        "SIL": {SILENT},
    }
    _POLLS: ClassVar[Sequence[Poll]] = (("DIM", "Get", {"In": 1}), ("DIM", "none such", {}))


def service(service_type: str, service_id: str = "x", **options: Any) -> UpnpService:
    """A service with a text variable and an action that tells two."""
    text, level = model.variable("Status", "string"), model.variable("Level", "ui2", value_range={"max": "9"})
    get = model.action("Get", [("In", "in", model.variable("I")), ("S", "out", text), ("L", "out", level)])
    return model.service([text, level], [get], service_type=service_type, service_id=service_id, **options)


def power(**options: Any) -> UpnpService:
    """The service that every lamp has."""
    return service(POWER, "urn:x:serviceId:Power", **options)


def tree(*services: UpnpService, lamp_type: str = TYPES[0]) -> UpnpDevice:
    """A lamp that is embedded in something else."""
    lamp = model.device(services, device_type=lamp_type, udn="uuid:lamp", friendly_name="Lamp")
    return model.device([], [lamp], device_type="urn:x:device:Ceiling:1", udn="uuid:ceiling")


class Evented:
    """A lamp with two services and one without events, its event handler, and what is heard."""

    def __init__(self, *answers: Any) -> None:
        """Begin with what is answered first."""
        self.publisher = Publisher(*answers)
        self.handler = UpnpEventHandler(NotifyServer(), self.publisher)
        self.told: list[HttpResponse] = []
        """What is answered to actions, in this order; then nothing but errors."""
        self.polls = 0
        self.dimming = service(DIMMING.format(1), event_sub_url="/dimming", requester=Answering(self))
        self.power = power(event_sub_url="/power")
        silent = service(SILENT, event_sub_url="")
        other = service("urn:x:service:Other:1")
        self.root = tree(self.dimming, self.power, silent, other)
        self.lamp = Lamp(self.root, self.handler)
        self.heard: list[tuple[UpnpService, list[str]]] = []
        self.lamp.on_event = self.hear

    def hear(self, heard: UpnpService, variables: Sequence[UpnpStateVariable[Any]]) -> None:
        """Note an event."""
        self.heard.append((heard, [variable.name for variable in variables]))

    def initial_events(self, *sids: str) -> None:
        """Have events come, without a change."""
        for sid in sids or self.lamp._subscriptions:
            self.handler.receive_notify(notify(sid, "0")).take_in()

    @property
    def methods(self) -> list[str]:
        """The methods of all requests about events."""
        return [method for method, _ in self.publisher.asked]


class Answering(UpnpRequester):
    """Requester to the actions of a lamp."""

    def __init__(self, evented: Evented) -> None:
        """Take what is to answer."""
        self.evented = evented

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        """Answer the next that is told."""
        self.evented.polls += 1
        if not self.evented.told:
            raise UpnpConnectionError("nothing to be told")
        return self.evented.told.pop(0)
