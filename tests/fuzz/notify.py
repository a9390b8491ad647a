"""A NOTIFY is answered 200, 400 or 412 by its headers alone; nothing that it holds raises or logs an error.

Variables hold values of their types afterwards, or none; what was kept for unknown subscriptions is bounded.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from async_upnp_client._datatypes import DATA_TYPES
from async_upnp_client._diagnostics import ignore
from async_upnp_client._protocol.eventing import guess_propertyset, parse_notify, parse_propertyset
from async_upnp_client.client.service import UpnpService
from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.const import HttpRequest
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.exceptions import UpnpValueError
from async_upnp_client.limits import DEFAULT_LIMITS
from tests.fuzz.logs import watched_logs
from tests.fuzz.still_loop import run
from tests.fuzz.text import document_of, header_of
from tests.support import model
from tests.support.eventing import CALLBACK_URL, NotifyServer, Publisher, bound_device

# A case is one request, or several with this between them: headers, an empty line, a body.
SEPARATOR = b"\n====\n"
MOST_REQUESTS = 8
TYPES = ("string", "ui4", "boolean", "dateTime.tz", "fixed.14.4", "bin.base64")
# a case is read up to four times, and mending takes up to half a microsecond per character
LARGEST = 1 << 15


def check(data: bytes) -> None:
    """Check one request, or a few in a row."""
    with watched_logs():
        run(async_check([read_request(part) for part in data.split(SEPARATOR)[:MOST_REQUESTS]]))


async def async_check(requests: list[HttpRequest]) -> None:
    """Send requests to a handler that has one subscription."""
    variables = [model.variable(f"V{number}", name) for number, name in enumerate(TYPES)]
    service = model.service(variables)
    bound_device(service)

    def on_event(of: UpnpService, changed: Sequence[UpnpStateVariable[Any]]) -> None:
        assert of is service
        assert changed
        for variable in changed:
            check_variable(variable)

    service.on_event = on_event
    handler = UpnpEventHandler(NotifyServer(), Publisher())
    await handler.async_subscribe(service)
    for request in requests:
        status = await handler.handle_notify(request)
        expected = parse_notify(request.headers, request.body)
        careful = guess_propertyset(request.body or "", ignore, DEFAULT_LIMITS)
        assert parse_propertyset(request.body or "") == careful
        if isinstance(expected, HTTPStatus):
            assert status == expected
            assert status in (400, 412)
        else:
            assert status == 200 or (status == 412 and handler.service_for_sid(expected.sid) is None)
            assert expected.sid
            assert all(isinstance(text, str) for _name, text in expected.changes)
        assert len(handler._backlog) <= DEFAULT_LIMITS.backlog_sids


def check_variable(variable: UpnpStateVariable[Any]) -> None:
    """Check what an event did to a variable."""
    value = variable.value
    assert value is None or isinstance(value, DATA_TYPES[variable.data_type].python_types)
    assert isinstance(variable.raw_upnp_value, str)
    try:
        assert isinstance(variable.upnp_value, str)
        if variable.data_type.startswith("bin."):
            assert value is None or isinstance(variable.value_bytes, bytes)
    except UpnpValueError:
        pass  # a value that may be read but not sent


def read_request(data: bytes) -> HttpRequest:
    """Read headers and body as a server would."""
    head, _, body = data.replace(b"\r\n", b"\n").partition(b"\n\n")
    headers = {}
    for line in header_of(head).split("\n"):
        name, colon, value = line.partition(":")
        if colon:
            headers[name] = value
    return HttpRequest("NOTIFY", CALLBACK_URL, headers, document_of(body) if body else None)
