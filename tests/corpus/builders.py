"""Texts as devices write them: datagrams, descriptions, answers and events, each in a line or two."""

from collections.abc import Mapping
from html import escape

UDN = "uuid:11111111-2222-3333-4444-555555555555"
LOCATION = "http://192.0.2.9:8080/dir/description.xml"
ROOT = "upnp:rootdevice"
SERVICE = "urn:schemas-upnp-org:service:RenderingControl:1"
AV_TRANSPORT = "urn:schemas-upnp-org:service:AVTransport:1"
CONNECTION_MANAGER = "urn:schemas-upnp-org:service:ConnectionManager:1"

# ---- SSDP


def lines(*texts: str) -> bytes:
    """Return a datagram of these lines."""
    return "\r\n".join([*texts, "", ""]).encode()


def response(
    *more: str, udn: str = UDN, st: str = ROOT, location: str = LOCATION, max_age: str = "max-age=1800"
) -> bytes:
    """Return the answer to a search."""
    return lines(
        "HTTP/1.1 200 OK",
        f"CACHE-CONTROL: {max_age}",
        "EXT:",
        f"LOCATION: {location}",
        f"ST: {st}",
        f"USN: {udn}::{st}",
        *more,
    )


def alive(
    *more: str, udn: str = UDN, nt: str = ROOT, location: str = LOCATION, max_age: str = "max-age=1800"
) -> bytes:
    """Return an announcement."""
    return lines(
        "NOTIFY * HTTP/1.1",
        "HOST: 239.255.255.250:1900",
        f"CACHE-CONTROL: {max_age}",
        f"LOCATION: {location}",
        f"NT: {nt}",
        "NTS: ssdp:alive",
        f"USN: {udn}::{nt}",
        *more,
    )


def byebye(*more: str, udn: str = UDN, nt: str = ROOT) -> bytes:
    """Return a goodbye, which has no LOCATION."""
    return lines(
        "NOTIFY * HTTP/1.1",
        "HOST: 239.255.255.250:1900",
        f"NT: {nt}",
        "NTS: ssdp:byebye",
        f"USN: {udn}::{nt}",
        *more,
    )


# ---- descriptions


def service(
    service_type: str = SERVICE,
    *,
    service_id: str = "urn:upnp-org:serviceId:1",
    scpd: str = "/scpd.xml",
    control: str = "/control",
    events: str = "/events",
) -> str:
    """Return a service's entry in a device description."""
    return (
        f"<service><serviceType>{service_type}</serviceType><serviceId>{service_id}</serviceId>"
        f"<SCPDURL>{scpd}</SCPDURL><controlURL>{control}</controlURL><eventSubURL>{events}</eventSubURL></service>"
    )


def description(
    *services: str,
    udn: str = UDN,
    friendly_name: str = "Device",
    device_type: str = "urn:schemas-upnp-org:device:MediaRenderer:1",
    root: str = "",
    device: str = "",
    prolog: str = '<?xml version="1.0"?>',
) -> str:
    """Return a device description; `root` and `device` are put into those elements."""
    service_list = f"<serviceList>{''.join(services)}</serviceList>" if services else ""
    return (
        f'{prolog}<root xmlns="urn:schemas-upnp-org:device-1-0"><specVersion><major>1</major><minor>0</minor>'
        f"</specVersion>{root}<device><deviceType>{device_type}</deviceType>"
        f"<friendlyName>{friendly_name}</friendlyName><manufacturer>Maker</manufacturer>"
        f"<modelName>Model</modelName><UDN>{udn}</UDN>{device}{service_list}</device></root>"
    )


def variable(
    name: str, data_type: str = "string", *, more: str = "", attributes: str = ' sendEvents="yes"'
) -> str:
    """Return a state variable."""
    typed = f"<name>{name}</name><dataType>{data_type}</dataType>"
    return f"<stateVariable{attributes}>{typed}{more}</stateVariable>"


def value_range(minimum: int, maximum: int) -> str:
    """Return the declared range of a variable."""
    return f"<allowedValueRange><minimum>{minimum}</minimum><maximum>{maximum}</maximum></allowedValueRange>"


def value_list(*values: str) -> str:
    """Return the declared values of a variable."""
    allowed = "".join(f"<allowedValue>{value}</allowedValue>" for value in values)
    return f"<allowedValueList>{allowed}</allowedValueList>"


def action(name: str, *arguments: tuple[str, str, str]) -> str:
    """Return an action, its arguments as (name, direction, variable)."""
    listed = "".join(
        f"<argument><name>{argument}</name><direction>{direction}</direction>"
        f"<relatedStateVariable>{related}</relatedStateVariable></argument>"
        for argument, direction, related in arguments
    )
    return f"<action><name>{name}</name><argumentList>{listed}</argumentList></action>"


def scpd(*variables: str, actions: str = "") -> str:
    """Return a service description."""
    return (
        '<?xml version="1.0"?><scpd xmlns="urn:schemas-upnp-org:service-1-0">'
        "<specVersion><major>1</major><minor>0</minor></specVersion>"
        f"<actionList>{actions}</actionList><serviceStateTable>{''.join(variables)}</serviceStateTable></scpd>"
    )


# ---- SOAP


def envelope(body: str) -> str:
    """Return a SOAP message."""
    return (
        '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
        f's:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>{body}</s:Body></s:Envelope>'
    )


def answer(name: str, arguments: str, *, namespace: str = SERVICE) -> str:
    """Return the answer to a call."""
    return envelope(f'<u:{name}Response xmlns:u="{namespace}">{arguments}</u:{name}Response>')


def fault(code: int, text: str) -> str:
    """Return a fault."""
    return envelope(
        "<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail>"
        f'<UPnPError xmlns="urn:schemas-upnp-org:control-1-0"><errorCode>{code}</errorCode>'
        f"<errorDescription>{text}</errorDescription></UPnPError></detail></s:Fault>"
    )


# ---- events


def propertyset(*properties: tuple[str, str], namespace: str = "urn:schemas-upnp-org:event-1-0") -> str:
    """Return an event's body; values as they stand in the text."""
    inner = "".join(f"<e:property><{name}>{text}</{name}></e:property>" for name, text in properties)
    return f'<?xml version="1.0"?><e:propertyset xmlns:e="{namespace}">{inner}</e:propertyset>'


def last_change(inner: str, *, root: str = '<Event xmlns="urn:schemas-upnp-org:metadata-1-0/AVT/">') -> str:
    """Return the text of LastChange for instance 0."""
    return f'{root}<InstanceID val="0">{inner}</InstanceID></Event>'


def vals(values: Mapping[str, str]) -> str:
    """Return variables of a LastChange."""
    return "".join(f'<{name} val="{escape(value)}"/>' for name, value in values.items())
