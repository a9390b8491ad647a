"""UDA chapter 3, control, device side: the SOAP call, read, and the answer or fault, written (UDA 2.0 §3.2).

The twin of ``control``, which writes calls and reads answers for the control point. ``server.http`` comes
here with what was posted, and sends what it gets. Values are text here; must not know state variables, the
author's methods or how HTTP is spoken.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from async_upnp_client._headers import shown
from async_upnp_client._xml import escape, local_name, parse_xml
from async_upnp_client.const import NS
from async_upnp_client.exceptions import UpnpContentError, UpnpXmlContentError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits

QUERY_SERVICE: Final = NS["control"]
QUERY_ACTION: Final = "QueryStateVariable"
"""The deprecated way to read a variable, which old control points still go (UDA 1.0 §3.3)."""

HEAD: Final = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    f'<s:Envelope xmlns:s="{NS["soap_envelope"]}"'
    ' s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>'
)
TAIL: Final = "</s:Body></s:Envelope>"
MUST_UNDERSTAND: Final = f"{{{NS['soap_envelope']}}}mustUnderstand"

# Control points poll: each sends the same few calls again and again, and reading one takes longer than all
# else that the answer needs. Longer ones carry metadata, and are not sent twice.
CALLS_REMEMBERED: Final = 64
REMEMBERED_LENGTH: Final = 1024

DESCRIPTION_LENGTH: Final = 255
"""Characters of an errorDescription (UDA 2.0 §3.2.5); what is longer is cut."""


class Call(NamedTuple):
    """A call as it was sent: type of the service, name of the action, in-arguments in their order."""

    service_type: str
    action: str
    arguments: tuple[tuple[str, str], ...]


class NotUnderstoodError(UpnpContentError):
    """A SOAP header that must be understood, and is not (SOAP 1.1 §4.2.3)."""


def parse_soap_action(text: str | None) -> tuple[str, str] | None:
    """Return type and action of a SOAPACTION header, with or without quotes; None if it is none (C-004)."""
    if not text:
        return None
    service_type, hash_sign, action = text.strip().strip('"').partition("#")
    if not hash_sign or not service_type or not action or "#" in action:
        return None
    return service_type.strip(), action.strip()


def parse_call(soap_action: str | None, body: str, limits: Limits = DEFAULT_LIMITS) -> Call:
    """Read a call (UDA 2.0 §3.2.1).

    The header says which action is meant, the body has to have the same one; where they name different
    types the body's is taken. Prefixes may be any, and arguments are read by their local names.

    Raises UpnpXmlParseError for malformed XML, UpnpXmlContentError for what is no call, `NotUnderstoodError`
    for a SOAP header that had to be understood.
    """
    if limits is DEFAULT_LIMITS and len(body) <= REMEMBERED_LENGTH:
        return read_remembered(soap_action, body)
    return read_call(soap_action, body, limits)


def read_call(soap_action: str | None, body: str, limits: Limits = DEFAULT_LIMITS) -> Call:
    """Read a call that is not remembered."""
    named = parse_soap_action(soap_action)
    if named is None:
        raise UpnpXmlContentError(f"no SOAPACTION in {shown(soap_action)}")
    root = parse_xml(body, limits=limits)
    if local_name(root.tag) != "Envelope":
        raise UpnpXmlContentError(f"no SOAP envelope, but {shown(root.tag)}")
    content = None
    for part in root:
        name = local_name(part.tag)
        if name == "Body":
            content = part
        elif name == "Header" and any(entry.get(MUST_UNDERSTAND) in {"1", "true"} for entry in part):
            raise NotUnderstoodError("a SOAP header must be understood")
    element = None if content is None else next(iter(content), None)
    if element is None:
        raise UpnpXmlContentError("a SOAP envelope without an action")
    if local_name(element.tag) != named[1]:
        raise UpnpXmlContentError(f"SOAPACTION has {shown(named[1])}, the body {shown(element.tag)}")
    namespace, brace, _ = element.tag[1:].partition("}")
    return Call(
        namespace if brace else named[0],
        named[1],
        tuple([(local_name(argument.tag), argument.text or "") for argument in element]),
    )


read_remembered = lru_cache(CALLS_REMEMBERED)(read_call)


def build_response(service_type: str, action: str, arguments: Iterable[tuple[str, str]]) -> str:
    """Write the answer to a call, out-arguments in the order of the SCPD (UDA 2.0 §3.2.2)."""
    namespace = escape(service_type).replace('"', "&quot;")
    body = "".join([f"<{name}>{escape(text)}</{name}>" for name, text in arguments])
    return f'{HEAD}<st:{action}Response xmlns:st="{namespace}">{body}</st:{action}Response>{TAIL}'


def build_fault(code: int, description: str) -> str:
    """Write the refusal of a call, with UPnP's error code (UDA 2.0 §3.2.5)."""
    return (
        f"{HEAD}<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring>"
        f'<detail><UPnPError xmlns="{NS["control"]}"><errorCode>{code}</errorCode>'
        f"<errorDescription>{escape(description[:DESCRIPTION_LENGTH])}</errorDescription></UPnPError></detail>"
        f"</s:Fault>{TAIL}"
    )


def build_not_understood() -> str:
    """Write the refusal of a SOAP header that had to be understood (SOAP 1.1 §4.4.1)."""
    return (
        f"{HEAD}<s:Fault><faultcode>s:MustUnderstand</faultcode>"
        f"<faultstring>A header is not understood</faultstring></s:Fault>{TAIL}"
    )
