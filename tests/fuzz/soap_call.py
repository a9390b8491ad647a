"""Any call to a device is a `Call` or one of three errors, and its answer or fault is XML that reads back."""

from async_upnp_client._protocol.control import Fault, Reply, parse_reply
from async_upnp_client._protocol.control_device import (
    NotUnderstoodError,
    build_fault,
    build_response,
    parse_call,
)
from async_upnp_client.exceptions import UpnpXmlContentError, UpnpXmlParseError
from tests.fuzz.text import check_error, document_of, header_of

# A case is a SOAPACTION in the first line, and the body after it.
TYPE = "urn:x:service:y:1"
LARGEST = 1 << 15


def check(data: bytes) -> None:
    """Check one call."""
    action, _, body = data.partition(b"\n")
    text = document_of(body)
    check_fault(text)
    try:
        call = parse_call(header_of(action), text)
    except (UpnpXmlParseError, UpnpXmlContentError, NotUnderstoodError) as err:
        check_error(err)
        return
    assert call.service_type
    assert call.action
    for name, value in call.arguments:
        assert name
        assert isinstance(value, str)
    written = build_response(TYPE, "Get", [("A", value) for _, value in call.arguments])
    reply = parse_reply(written, TYPE, "Get", strict=True)
    assert isinstance(reply, Reply)
    assert len(reply.arguments) == len(call.arguments)


def check_fault(text: str) -> None:
    """Check that an author may say anything in a fault."""
    fault = parse_reply(build_fault(501, text), TYPE, "Get", strict=True)
    assert isinstance(fault, Fault)
    assert fault.code == 501
