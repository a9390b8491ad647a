"""The tree of errors: who is whose kind, what each says, and that each can be sent elsewhere."""

import copy
import pickle
from collections.abc import Callable
from xml.etree.ElementTree import ParseError

import aiohttp
import pytest
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from async_upnp_client.exceptions import (
    UpnpActionError,
    UpnpActionErrorCode,
    UpnpActionResponseError,
    UpnpClientResponseError,
    UpnpCommunicationError,
    UpnpConnectionError,
    UpnpConnectionTimeoutError,
    UpnpContentError,
    UpnpError,
    UpnpNotFoundError,
    UpnpResponseError,
    UpnpServerError,
    UpnpServerOSError,
    UpnpSIDError,
    UpnpUrlError,
    UpnpValueDecodeError,
    UpnpValueError,
    UpnpXmlContentError,
    UpnpXmlParseError,
)


def parse_error() -> ParseError:
    error = ParseError("no element found: line 1, column 3")
    error.code = 3
    error.position = (1, 3)
    return error


@pytest.mark.parametrize(
    ("error", "kinds"),
    [
        (UpnpError, {Exception}),
        (UpnpContentError, {UpnpError}),
        (UpnpActionError, {UpnpError}),
        (UpnpXmlParseError, {UpnpContentError, ParseError, SyntaxError}),
        (UpnpXmlContentError, {UpnpContentError}),
        (UpnpValueError, {UpnpContentError}),
        (UpnpValueDecodeError, {UpnpValueError, ValueError}),
        (UpnpSIDError, {UpnpContentError}),
        (UpnpNotFoundError, {UpnpError}),
        (UpnpCommunicationError, {UpnpError, aiohttp.ClientError}),
        (UpnpResponseError, {UpnpCommunicationError}),
        (UpnpActionResponseError, {UpnpActionError, UpnpResponseError}),
        (UpnpClientResponseError, {UpnpResponseError, aiohttp.ClientResponseError}),
        (UpnpConnectionError, {UpnpCommunicationError, aiohttp.ClientConnectionError}),
        (
            UpnpConnectionTimeoutError,
            {UpnpConnectionError, aiohttp.ServerTimeoutError, TimeoutError, OSError},
        ),
        (UpnpUrlError, {UpnpCommunicationError}),
        (UpnpServerError, {UpnpError}),
        (UpnpServerOSError, {UpnpServerError, OSError}),
    ],
)
def test_is_of_the_kinds_that_users_catch(error: type[UpnpError], kinds: set[type[BaseException]]):
    assert kinds <= set(error.__mro__)


@pytest.mark.parametrize(
    ("error", "not_a"),
    [
        (UpnpActionError, UpnpCommunicationError),
        (UpnpValueError, ValueError),
        (UpnpXmlContentError, ParseError),
        (UpnpResponseError, aiohttp.ClientResponseError),
        (UpnpServerError, UpnpContentError),
    ],
)
def test_is_not_of_kinds_that_users_tell_apart(error: type[UpnpError], not_a: type[BaseException]):
    assert not issubclass(error, not_a)


@pytest.mark.parametrize(
    ("error", "args", "text"),
    [
        (UpnpError(), (), ""),
        (UpnpError("a"), ("a",), "a"),
        (UpnpError(message="m"), ("m",), "m"),
        (UpnpError("a", message="m"), ("a", "m"), "('a', 'm')"),
        (UpnpError("a", unknown=1), ("a",), "a"),
        (UpnpSIDError(), (), ""),
        (UpnpXmlParseError(parse_error()), (str(parse_error()),), str(parse_error())),
    ],
)
def test_args_are_what_was_given(error: UpnpError, args: tuple[object, ...], text: str):
    assert error.args == args
    assert str(error) == text


@pytest.mark.parametrize(
    ("error", "parts"),
    [
        (UpnpActionError(error_code=501, error_desc="Action Failed"), ["501", "Action Failed"]),
        (UpnpResponseError(status=500), ["500"]),
        (
            UpnpActionResponseError(status=500, error_code=718, error_desc="Conflict"),
            ["500", "718", "Conflict"],
        ),
        (UpnpValueError("Volume", 500), ["Volume", "500"]),
        (UpnpActionError(error_code=501, message="mine"), ["mine"]),
        (UpnpResponseError(status=500, message="mine"), ["mine"]),
    ],
)
def test_says_what_it_knows(error: UpnpError, parts: list[str]):
    assert len(error.args) == 1
    for part in parts:
        assert part in str(error)


def test_a_message_of_the_callers_replaces_the_default():
    assert str(UpnpActionResponseError(status=500, error_code=1, message="mine")) == "mine"


def test_attributes_of_an_action_response_error():
    headers = {"Server": "x"}
    error = UpnpActionResponseError(status=500, headers=headers, error_code=718, error_desc="Conflict")
    assert (error.status, error.headers, error.error_code, error.error_desc) == (
        500,
        headers,
        718,
        "Conflict",
    )


def test_status_of_a_response_error_is_required():
    with pytest.raises(TypeError):
        UpnpResponseError()  # type: ignore[call-arg]  # this is what is refused


def test_parse_error_keeps_code_and_position():
    error = UpnpXmlParseError(parse_error())
    assert error.code == 3
    assert error.position == (1, 3)


def test_client_response_error_is_built_as_that_of_aiohttp():
    url = URL("http://192.0.2.1/")
    request = aiohttp.RequestInfo(url, "GET", CIMultiDictProxy(CIMultiDict()), url)
    error = UpnpClientResponseError(request, (), status=404, message="Not Found", headers=CIMultiDict(a="b"))
    assert error.status == 404
    assert error.message == "Not Found"
    assert error.request_info is request
    assert copy.copy(error).status == 404


def test_action_error_codes_compare_with_those_of_errors():
    assert UpnpActionError(error_code=501).error_code == UpnpActionErrorCode.ACTION_FAILED


ROUND_TRIPS = [
    UpnpError("a"),
    UpnpError("a", message="m"),
    UpnpContentError(message="m"),
    UpnpActionError(error_code=501, error_desc="Action Failed"),
    UpnpXmlParseError(parse_error()),
    UpnpXmlContentError("x"),
    UpnpValueError("Volume", 500),
    UpnpValueDecodeError("Volume", "loud"),
    UpnpSIDError(),
    UpnpCommunicationError("x"),
    UpnpResponseError(status=500, headers={"Server": "x"}),
    UpnpActionResponseError(status=500, error_code=718, error_desc="Conflict"),
    UpnpConnectionError("x"),
    UpnpConnectionTimeoutError("x"),
    UpnpConnectionTimeoutError("x", message="m"),
    UpnpServerError("x"),
    UpnpServerOSError("x"),
    UpnpServerOSError(errno=98, strerror="Address in use"),
]


@pytest.mark.parametrize("error", ROUND_TRIPS, ids=repr)
@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
def test_survives_copy_and_pickle(error: UpnpError, again: Callable[[UpnpError], UpnpError]):
    other = again(error)
    assert type(other) is type(error)
    assert other.args == error.args
    assert str(other) == str(error)
    assert vars(other) == vars(error)
    if isinstance(error, OSError) and isinstance(other, OSError):
        assert (other.errno, other.strerror) == (error.errno, error.strerror)


def test_headers_of_aiohttp_survive_pickle():
    headers = CIMultiDictProxy(CIMultiDict(Server="x"))
    other = pickle.loads(pickle.dumps(UpnpResponseError(status=500, headers=headers)))
    assert other.headers == headers
    assert other.headers["SERVER"] == "x"


def test_every_error_is_drawn_in_the_tree_of_the_docstring():
    from async_upnp_client import exceptions

    errors = [
        name
        for name, kind in vars(exceptions).items()
        if isinstance(kind, type) and issubclass(kind, UpnpError)
    ]
    assert len(errors) == 18
    assert [name for name in errors if name not in (exceptions.__doc__ or "")] == []
