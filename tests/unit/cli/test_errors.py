"""Errors as sentences and exit codes."""

import errno

import pytest

from async_upnp_client._xml import parse_xml
from async_upnp_client.cli.errors import command_error, explain
from async_upnp_client.cli.exit_codes import ExitCode
from async_upnp_client.exceptions import (
    UpnpActionError,
    UpnpActionResponseError,
    UpnpCommunicationError,
    UpnpConnectionError,
    UpnpConnectionTimeoutError,
    UpnpError,
    UpnpResponseError,
    UpnpServerOSError,
    UpnpSIDError,
    UpnpXmlParseError,
)


def parse_error():
    with pytest.raises(UpnpXmlParseError) as error:
        parse_xml("<a>")
    return error.value


ROWS = [
    (UpnpActionError(error_code=701, error_desc="No"), ExitCode.REFUSED, "refused with UPnP error 701: No"),
    (
        UpnpActionResponseError(status=500, error_code=402, error_desc=None),
        ExitCode.REFUSED,
        "refused with UPnP error 402: no description",
    ),
    (UpnpActionError(), ExitCode.REFUSED, "refused with UPnP error without code: no description"),
    (UpnpConnectionError("GET x: refused"), ExitCode.UNREACHABLE, "no connection: GET x: refused"),
    (UpnpConnectionTimeoutError("GET x: late"), ExitCode.UNREACHABLE, "GET x: late"),
    (UpnpCommunicationError("GET x: bad"), ExitCode.UNREACHABLE, "GET x: bad"),
    (
        UpnpResponseError(status=404),
        ExitCode.UNREACHABLE,
        "The device answered with HTTP status 404 instead of 200",
    ),
    (
        parse_error(),
        ExitCode.UNREACHABLE,
        "what came cannot be read: no element found: line 1, column 3",
    ),
    (UpnpSIDError(), ExitCode.UNREACHABLE, "what came cannot be read: UpnpSIDError"),
    (UpnpError(), ExitCode.UNREACHABLE, "UpnpError"),
    (OSError(errno.ENETUNREACH, "Network is unreachable"), ExitCode.UNREACHABLE, "Network is unreachable"),
    (OSError(errno.EADDRNOTAVAIL, "Not ours"), ExitCode.MISMATCH, "Not ours"),
    (OSError("odd"), ExitCode.UNREACHABLE, "odd"),
]


@pytest.mark.parametrize(("error", "code", "sentence"), ROWS, ids=lambda value: type(value).__name__)
def test_every_error_is_a_sentence_and_a_code(error, code, sentence):
    assert explain(error) == sentence
    ended = command_error(error, "http://h/")
    assert (str(ended), ended.exit_code) == (f"http://h/: {sentence}", code)


def test_a_server_error_keeps_what_the_system_said():
    error = UpnpServerOSError(errno=errno.EADDRINUSE, strerror="Address already in use")
    assert "Address already in use" in explain(error)


def test_the_subject_is_not_said_twice():
    assert str(command_error(UpnpError("GET http://h/: no"), "http://h/")) == "GET http://h/: no"
    assert str(command_error(UpnpError("no"))) == "no"


def test_a_status_names_the_url_that_failed_alone():
    error = UpnpResponseError(status=404, url="http://h/control")
    sentence = "http://h/control answered with HTTP status 404 instead of 200"
    assert str(command_error(error, "http://h/description.xml")) == sentence
    refused = UpnpActionResponseError(status=500, error_code=402, error_desc=None, url="http://h/control")
    assert str(command_error(refused, "RC/Play")) == "RC/Play: refused with UPnP error 402: no description"
