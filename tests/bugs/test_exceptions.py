"""Defects of the errors of 0.49.0."""

import copy
import errno
import pickle

import pytest

from async_upnp_client._datatypes import DATA_TYPES
from async_upnp_client.exceptions import (
    UpnpActionResponseError,
    UpnpConnectionTimeoutError,
    UpnpError,
    UpnpResponseError,
    UpnpServerOSError,
    UpnpSIDError,
    UpnpValueDecodeError,
    UpnpValueError,
)


def test_args_do_not_end_in_none():
    assert UpnpError("a").args == ("a",)
    assert UpnpSIDError().args == ()
    assert str(UpnpError("a")) == "a"
    assert str(UpnpSIDError()) == ""


def test_server_os_error_has_its_errno_and_strerror():
    error = UpnpServerOSError(errno=errno.EADDRINUSE, strerror="Address in use")
    assert (error.errno, error.strerror) == (errno.EADDRINUSE, "Address in use")
    assert str(error) == f"[Errno {errno.EADDRINUSE}] Address in use"


def test_server_os_error_with_only_an_errno_says_what_it_means():
    error = UpnpServerOSError(errno=errno.EADDRINUSE)
    assert error.errno == errno.EADDRINUSE
    assert error.strerror


@pytest.mark.parametrize("kind", [UpnpConnectionTimeoutError, UpnpServerOSError])
def test_text_is_not_taken_for_an_errno(kind: type[UpnpConnectionTimeoutError] | type[UpnpServerOSError]):
    error = kind("too slow")
    assert str(error) == "too slow"
    assert error.errno is None
    error = kind("too slow", message="very")
    assert error.args == ("too slow", "very")
    assert (error.errno, error.strerror) == (None, None)
    assert "Errno" not in str(error)


def test_an_os_error_that_is_wrapped_keeps_its_errno():
    error = UpnpServerOSError(errno.EACCES, "Permission denied")
    assert (error.errno, error.strerror) == (errno.EACCES, "Permission denied")


@pytest.mark.parametrize(
    "error",
    [UpnpValueError("Volume", 500), UpnpResponseError(status=500), UpnpActionResponseError(status=500)],
    ids=repr,
)
def test_errors_with_attributes_can_be_copied_and_pickled(error: UpnpError):
    for again in (copy.copy(error), copy.deepcopy(error), pickle.loads(pickle.dumps(error))):
        assert type(again) is type(error)
        assert vars(again) == vars(error)
        assert str(again) == str(error)


def test_text_that_a_type_cannot_hold_has_an_error_of_ours_that_is_a_value_error():
    with pytest.raises(ValueError, match="Not an integer") as caught:
        DATA_TYPES["ui4"].decode("NOT_IMPLEMENTED")
    assert type(caught.value) is ValueError
    error = UpnpValueDecodeError("RelCount", "NOT_IMPLEMENTED")
    assert isinstance(error, UpnpValueError)
    assert isinstance(error, ValueError)
    assert isinstance(error, UpnpError)
    assert (error.name, error.value) == ("RelCount", "NOT_IMPLEMENTED")
