"""A device in memory that a test writes in a few lines: services with actions, and what they answer.

It reads and writes SOAP by itself; nothing of the package takes part.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.exceptions import UpnpConnectionError
from tests.support.descriptions import (
    Action,
    Device,
    Service,
    Variable,
    device_description,
    service_description,
)

LOCATION = "http://192.0.2.1:80/device.xml"
Arguments = Mapping[str, str]
Answer = Mapping[str, str] | int | Callable[[dict[str, str]], Mapping[str, str] | int]


@dataclass
class SoapService:
    """A service: its actions as (name: (in, out) with the data type of each argument), evented variables.

    `answers` has for each action the out-arguments, a function of the in-arguments, or the error code.
    """

    service_type: str
    service_id: str
    actions: Mapping[str, tuple[Arguments, Arguments]]
    variables: Mapping[str, str] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    related: Mapping[str, str] = field(default_factory=dict)
    """The variables of arguments that are not named like them."""
    declared: Sequence[Variable] = ()
    """Variables with more than a type: allowed values, a range."""

    def description(self) -> str:
        """Return its description; an argument's variable is named by the action, but for what is evented."""
        variables = {name: Variable(name, kind, "yes") for name, kind in self.variables.items()}
        variables |= {variable.name: variable for variable in self.declared}
        actions = []
        for name, (inputs, outputs) in self.actions.items():
            listed: list[list[tuple[str, str]]] = []
            for arguments in (inputs, outputs):
                pairs = []
                for argument, kind in arguments.items():
                    related = argument if argument in self.variables else f"A_ARG_TYPE_{name}_{argument}"
                    related = self.related.get(argument, related)
                    if argument == "Value" and name in self.variables:
                        related = name
                    variables.setdefault(related, Variable(related, kind))
                    pairs.append((argument, related))
                listed.append(pairs)
            actions.append(Action(name, *listed))
        return service_description(variables.values(), actions)


class SoapDevice(UpnpRequester):
    """A device with services; `calls` has every call as (action, arguments). It grants subscriptions.

    `documents` are those that were sent to `/sink`; they are answered with the status `takes_documents`.
    """

    def __init__(self, device_type: str, services: Sequence[SoapService]) -> None:
        """Begin with services."""
        self.device_type = device_type
        self.services = list(services)
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.subscribed: list[tuple[str, str]] = []
        self.documents: list[HttpRequest] = []
        self.takes_documents = 200
        self.is_gone = False
        self.holds_documents: asyncio.Event | None = None  # set when one comes, which is never answered then

    async def async_device(self) -> UpnpDevice:
        """Return the device as a control point makes it."""
        return await UpnpFactory(self, non_strict=True).async_create_device(LOCATION)

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        """Answer as the device."""
        if self.is_gone:
            raise UpnpConnectionError("nobody there")
        path = http_request.url.partition("//")[2].partition("/")[2]
        if path == "device.xml":
            listed = [
                Service(one.service_type, one.service_id, f"/{n}/scpd", f"/{n}/control", f"/{n}/event")
                for n, one in enumerate(self.services)
            ]
            return HttpResponse(200, {}, device_description(Device(self.device_type, services=listed)))
        if http_request.method in ("SUBSCRIBE", "UNSUBSCRIBE"):
            self.subscribed.append((http_request.method, path))
            return HttpResponse(200, {"sid": f"uuid:{path}", "timeout": "Second-540"}, "")
        if path.startswith("sink"):
            self.documents.append(http_request)
            if self.holds_documents is not None:
                self.holds_documents.set()
                await asyncio.Event().wait()
            return HttpResponse(self.takes_documents, {}, "")
        service = self.services[int(path.partition("/")[0])]
        if path.endswith("scpd"):
            return HttpResponse(200, {}, service.description())
        return self._answer(service, http_request.body or "")

    def _answer(self, service: SoapService, body: str) -> HttpResponse:
        call = next(iter(ET.fromstring(body)[0]))
        name = call.tag.partition("}")[2]
        arguments = {part.tag: part.text or "" for part in call}
        self.calls.append((name, arguments))
        answer = service.answers.get(name, {})
        values = answer(arguments) if callable(answer) else answer
        if isinstance(values, int):
            error = f"<errorCode>{values}</errorCode><errorDescription>No</errorDescription>"
            detail = f'<UPnPError xmlns="urn:schemas-upnp-org:control-1-0">{error}</UPnPError>'
            fault = "<faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring>"
            return HttpResponse(500, {}, envelope(f"<s:Fault>{fault}<detail>{detail}</detail></s:Fault>"))
        inside = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in values.items())
        response = f'<u:{name}Response xmlns:u="{service.service_type}">{inside}</u:{name}Response>'
        return HttpResponse(200, {}, envelope(response))


def envelope(inside: str) -> str:
    """Return a SOAP envelope around something."""
    return (
        '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
        's:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">'
        f"<s:Body>{inside}</s:Body></s:Envelope>"
    )
