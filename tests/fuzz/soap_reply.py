"""Any SOAP answer is out-arguments, a fault or a documented error; lenient reads the arguments of strict."""

from functools import cache

from async_upnp_client._datatypes import DATA_TYPES
from async_upnp_client._diagnostics import ignore
from async_upnp_client._protocol.control import Fault, Reply, guess_reply, parse_fault, parse_reply
from async_upnp_client.client.action import UpnpAction
from async_upnp_client.const import HttpResponse
from async_upnp_client.exceptions import (
    UpnpActionError,
    UpnpActionResponseError,
    UpnpError,
    UpnpResponseError,
    UpnpValueDecodeError,
    UpnpXmlContentError,
    UpnpXmlParseError,
)
from async_upnp_client.limits import DEFAULT_LIMITS
from tests.fuzz.logs import watched_logs
from tests.fuzz.still_loop import run
from tests.fuzz.text import check_error, document_of
from tests.support import model

ACTION = "GetThings"
TYPES = ("string", "ui4", "boolean", "dateTime.tz", "fixed.14.4")
# a case reads its text six times, and mending takes up to half a microsecond per character
LARGEST = 1 << 13


def check(data: bytes) -> None:
    """Check one body: as the text that it is, as the answer to a call, and as one with an error status."""
    text = document_of(data)
    strict, lenient = read(text, strict=True), read(text, strict=False)
    if isinstance(strict, Reply):
        assert lenient == strict, (strict, lenient)
    # a malformed text may hold a fault, which strict reading rescues, beside a response, which mending brings
    assert strict is None or lenient is not None
    fault = parse_fault(text)
    if fault is not None:
        check_fault(fault)
    with watched_logs():
        for non_strict in (False, True):
            call(text, non_strict=non_strict)
        refuse(text, fault)


def read(text: str, *, strict: bool) -> Reply | Fault | None:
    """Read, or refuse with one of the errors named; without a tree and with one alike."""
    try:
        answer = parse_reply(text, model.SERVICE_TYPE, ACTION, strict=strict)
        careful = guess_reply(
            text, model.SERVICE_TYPE, ACTION, strict=strict, note=ignore, limits=DEFAULT_LIMITS
        )
        assert careful == answer, (careful, answer)
    except (UpnpXmlParseError, UpnpXmlContentError) as err:
        check_error(err)
        return None
    if isinstance(answer, Fault):
        check_fault(answer)
    else:
        for name, value in answer.arguments:
            assert not {"{", "}", ":"} & set(name), name
            assert isinstance(value, str)
    return answer


def check_fault(fault: Fault) -> None:
    """Check what a fault says."""
    assert fault.code is None or isinstance(fault.code, int)
    assert isinstance(fault.text, str)
    assert fault.reason is None or isinstance(fault.reason, str)


@cache
def action(*, non_strict: bool) -> UpnpAction:
    """Return an action with an out-argument of each of some types."""
    arguments = [
        (f"A{number}", "out", model.variable(f"V{number}", name)) for number, name in enumerate(TYPES)
    ]
    return model.action(ACTION, arguments, non_strict=non_strict)


def call(text: str, *, non_strict: bool) -> None:
    """Read an answer to a call."""
    called = action(non_strict=non_strict)
    try:
        values = called.parse_response(model.SERVICE_TYPE, HttpResponse(200, {}, text))
    except (UpnpXmlParseError, UpnpXmlContentError, UpnpActionError):
        return
    except UpnpError as err:
        if non_strict or type(err) not in (UpnpError, UpnpValueDecodeError):
            raise
        return
    for name, value in values.items():
        argument = called.argument(name, "out")
        if argument is None:
            assert non_strict
            assert isinstance(value, str)
        else:
            types = DATA_TYPES[argument.related_state_variable.data_type].python_types
            assert isinstance(value, types) or (value is None and non_strict), (name, value)


def refuse(text: str, fault: Fault | None) -> None:
    """Call an action that is answered with status 500."""
    requester = model.MemoryRequester(HttpResponse(500, {}, text))
    called = model.action(ACTION)
    model.device([model.service((), [called], requester=requester)], requester=requester)
    error: UpnpResponseError | None = None
    try:
        run(called.async_call())
    except UpnpResponseError as err:
        error = err
    assert error is not None, "an error status that is no error"
    assert error.status == 500
    if isinstance(error, UpnpActionResponseError):
        assert fault is not None
        assert error.error_code == fault.code
    else:
        assert fault is None
