"""Builders of the control point's model: variables, actions, services and devices, without descriptions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from async_upnp_client._protocol.values import value_validator
from async_upnp_client.client.action import UpnpAction
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.client.service import UpnpService
from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.const import (
    STATE_VARIABLE_TYPE_MAPPING,
    ActionArgumentInfo,
    ActionInfo,
    DeviceInfo,
    HttpRequest,
    HttpResponse,
    ServiceInfo,
    StateVariableInfo,
    StateVariableTypeInfo,
)

XML = ET.Element("none")
SERVICE_TYPE = "urn:schemas-upnp-org:service:RenderingControl:1"
SERVICE_ID = "urn:upnp-org:serviceId:RenderingControl"
DEVICE_TYPE = "urn:schemas-upnp-org:device:MediaRenderer:1"
DEVICE_URL = "http://192.0.2.1:8080/dir/description.xml"


class MemoryRequester(UpnpRequester):
    """Answers with what it was given, one response (or error) a request, and keeps the requests."""

    def __init__(self, *answers: HttpResponse | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[HttpRequest] = []

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        self.requests.append(http_request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def variable(
    name: str = "V",
    data_type: str = "ui2",
    *,
    default: str | None = None,
    value_range: Mapping[str, str | None] | None = None,
    allowed: list[str] | None = None,
    strict: bool = True,
) -> UpnpStateVariable[Any]:
    """Build a state variable."""
    type_info = StateVariableTypeInfo(
        data_type=data_type,
        data_type_mapping=STATE_VARIABLE_TYPE_MAPPING[data_type],
        default_value=default,
        allowed_value_range=value_range or {},
        allowed_values=allowed,
        xml=XML,
    )
    info = StateVariableInfo(name=name, send_events=True, type_info=type_info, xml=XML)
    return UpnpStateVariable(info, value_validator(type_info, strict=strict))


def action(
    name: str,
    arguments: Iterable[tuple[str, str, UpnpStateVariable[Any]]] = (),
    *,
    non_strict: bool = False,
) -> UpnpAction:
    """Build an action from (name, direction, variable) triples."""
    built = [
        UpnpAction.Argument(ActionArgumentInfo(argument, direction, related.name, XML), related)
        for argument, direction, related in arguments
    ]
    return UpnpAction(ActionInfo(name, [argument.info for argument in built], XML), built, non_strict)


def service(
    state_variables: Sequence[UpnpStateVariable[Any]] = (),
    actions: Sequence[UpnpAction] = (),
    *,
    requester: UpnpRequester | None = None,
    service_type: str = SERVICE_TYPE,
    service_id: str = SERVICE_ID,
    control_url: str = "/control",
    event_sub_url: str = "/event",
    scpd_url: str = "scpd.xml",
) -> UpnpService:
    """Build a service."""
    info = ServiceInfo(service_id, service_type, control_url, event_sub_url, scpd_url, XML)
    return UpnpService(requester or MemoryRequester(), info, state_variables, actions)


def device(
    services: Sequence[UpnpService] = (),
    embedded_devices: Sequence[UpnpDevice] = (),
    *,
    requester: UpnpRequester | None = None,
    device_type: str = DEVICE_TYPE,
    udn: str = "uuid:1",
    url: str = DEVICE_URL,
    friendly_name: str = "Device",
) -> UpnpDevice:
    """Build a device."""
    info = DeviceInfo(
        device_type=device_type,
        friendly_name=friendly_name,
        manufacturer="Maker",
        manufacturer_url=None,
        model_description=None,
        model_name="Model",
        model_number=None,
        model_url=None,
        serial_number=None,
        udn=udn,
        upc=None,
        presentation_url=None,
        url=url,
        icons=[],
        xml=XML,
    )
    return UpnpDevice(requester or MemoryRequester(), info, services, embedded_devices)


def answer(name: str, arguments: str, *, namespace: str = SERVICE_TYPE, status: int = 200) -> HttpResponse:
    """Build the response to a call, the arguments as they stand in the text."""
    return HttpResponse(
        status,
        {},
        '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
        's:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>'
        f'<u:{name}Response xmlns:u="{namespace}">{arguments}</u:{name}Response></s:Body></s:Envelope>',
    )
