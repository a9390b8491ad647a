"""Every error that the library raises.

UpnpError
├── UpnpActionError                      the device refuses an action: error_code, error_desc
│   └── UpnpActionResponseError          (also an UpnpResponseError)
├── UpnpContentError                     what was received cannot be used
│   ├── UpnpSIDError
│   ├── UpnpValueError                   a value does not fit its state variable: name, value
│   │   └── UpnpValueDecodeError         (also a ValueError)
│   ├── UpnpXmlContentError              XML, but not what was asked for
│   └── UpnpXmlParseError                not XML (also an ElementTree.ParseError)
├── UpnpCommunicationError               (also an aiohttp.ClientError)
│   ├── UpnpConnectionError              (also an aiohttp.ClientConnectionError)
│   │   └── UpnpConnectionTimeoutError   (also an aiohttp.ServerTimeoutError, a TimeoutError)
│   ├── UpnpResponseError                an HTTP status that is no success: status, headers
│   │   ├── UpnpActionResponseError
│   │   └── UpnpClientResponseError      (also an aiohttp.ClientResponseError)
│   └── UpnpUrlError                     the URL policy refuses a URL, or the address it leads to
├── UpnpNotFoundError                    nobody who was looked for has answered in time
└── UpnpServerError
    └── UpnpServerOSError                (also an OSError)
"""

import os
from collections.abc import Mapping
from enum import IntEnum
from typing import Any
from xml.etree.ElementTree import ParseError

from aiohttp import ClientConnectionError, ClientError, ClientResponseError, ServerTimeoutError


class UpnpError(Exception):
    """Base of all errors of this library."""

    def __init__(self, *args: Any, message: str | None = None, **_kwargs: Any) -> None:
        super().__init__(*args, *(() if message is None else (message,)))

    def __reduce__(self) -> tuple[Any, ...]:
        # aiohttp's read-only headers cannot be pickled, a copy of them can
        state = self.__dict__.copy()
        if (headers := state.get("headers")) is not None:
            state["headers"] = headers.copy() if hasattr(headers, "copy") else dict(headers)
        return _rebuilt, (type(self), self.args), state


def _rebuilt(error_type: type[UpnpError], args: tuple[Any, ...]) -> UpnpError:
    """Make an unpickled or copied error, past its constructor, which takes other arguments than it keeps."""
    error = error_type.__new__(error_type, *args)
    if isinstance(error, OSError):
        OSError.__init__(error, *args)
        _forget_false_errno(error)
    elif isinstance(error, ParseError):
        error.msg = args[0]
    return error


def _forget_false_errno(error: OSError) -> None:
    """Undo that an OSError takes the first of two texts for a number."""
    if not isinstance(error.errno, int):
        error.errno = error.strerror = None


def _text_of(error: OSError) -> str:
    """Text of an error that may have no number."""
    return BaseException.__str__(error) if error.errno is None else OSError.__str__(error)


class UpnpContentError(UpnpError):
    """What was received cannot be used."""


class UpnpActionErrorCode(IntEnum):
    """Error codes that the UDA gives to actions (UDA 2.0 §3.2.5)."""

    INVALID_ACTION = 401
    INVALID_ARGS = 402
    ACTION_FAILED = 501
    ARGUMENT_VALUE_INVALID = 600
    ARGUMENT_VALUE_OUT_OF_RANGE = 601
    OPTIONAL_ACTION_NOT_IMPLEMENTED = 602
    OUT_OF_MEMORY = 603
    HUMAN_INTERVENTION_REQUIRED = 604
    STRING_ARGUMENT_TOO_LONG = 605


class UpnpActionError(UpnpError):
    """The device refuses an action, with UPnP's `error_code` and its own `error_desc`."""

    def __init__(
        self,
        *args: Any,
        error_code: int | None = None,
        error_desc: str | None = None,
        message: str | None = None,
        **kwargs: Any,
    ) -> None:
        if not message:
            message = f"The device refused with UPnP error {error_code} ({error_desc})"
        super().__init__(*args, message=message, **kwargs)
        self.error_code = error_code
        self.error_desc = error_desc


class UpnpXmlParseError(UpnpContentError, ParseError):
    """What was received is not XML; `code` and `position` are the parser's."""

    def __init__(self, orig_err: ParseError) -> None:
        super().__init__(message=str(orig_err))
        self.code = orig_err.code
        self.position = orig_err.position


class UpnpValueError(UpnpContentError):
    """A value does not fit its state variable."""

    def __init__(self, name: str, value: Any) -> None:
        super().__init__(message=f"Invalid value for {name}: {value!r}")
        self.name = name
        self.value = value


class UpnpValueDecodeError(UpnpValueError, ValueError):
    """Text from a device that its declared type cannot hold."""


class UpnpSIDError(UpnpContentError):
    """A subscription was granted without an identifier."""


class UpnpXmlContentError(UpnpContentError):
    """What was received is XML, but not the document that was asked for, or one that is refused."""


class UpnpCommunicationError(UpnpError, ClientError):
    """The device could not be talked to."""


class UpnpResponseError(UpnpCommunicationError):
    """The device answered with an HTTP `status` that is no success; `failed_url`, where known, did."""

    failed_url: str | None = None

    def __init__(
        self,
        *args: Any,
        status: int,
        headers: Mapping[str, str] | None = None,
        url: str | None = None,
        message: str | None = None,
        **kwargs: Any,
    ) -> None:
        if not message:
            message = f"{url or 'The device'} answered with HTTP status {status} instead of 200"
        super().__init__(*args, message=message, **kwargs)
        self.status = status
        self.headers = headers
        self.failed_url = url


class UpnpActionResponseError(UpnpActionError, UpnpResponseError):
    """The device refuses an action, in an answer with an HTTP status that is no success."""

    def __init__(
        self,
        *args: Any,
        status: int,
        headers: Mapping[str, str] | None = None,
        error_code: int | None = None,
        error_desc: str | None = None,
        message: str | None = None,
        **kwargs: Any,
    ) -> None:
        if not message:
            message = f"The device refused with UPnP error {error_code} ({error_desc}), HTTP status {status}"
        super().__init__(
            *args,
            message=message,
            error_code=error_code,
            error_desc=error_desc,
            status=status,
            headers=headers,
            **kwargs,
        )


class UpnpClientResponseError(ClientResponseError, UpnpResponseError):
    """aiohttp found the answer unusable; constructed as aiohttp's error is."""

    headers: Any


class UpnpConnectionError(UpnpCommunicationError, ClientConnectionError):
    """The device cannot be reached, or the connection broke."""


class UpnpConnectionTimeoutError(UpnpConnectionError, ServerTimeoutError, TimeoutError):
    """The device took too long."""

    def __init__(self, *args: Any, message: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, message=message, **kwargs)
        _forget_false_errno(self)

    def __str__(self) -> str:
        return _text_of(self)


class UpnpUrlError(UpnpCommunicationError):
    """The URL policy refuses a URL, or the address that it leads to (see `url_policy`)."""


class UpnpNotFoundError(UpnpError):
    """What was looked for has not been found in the time that was given."""


class UpnpServerError(UpnpError):
    """A server of ours cannot do its work."""


class UpnpServerOSError(UpnpServerError, OSError):
    """The operating system refuses what a server of ours needs: `errno`, `strerror`."""

    def __init__(
        self,
        *args: Any,
        errno: int | None = None,
        strerror: str | None = None,
        message: str | None = None,
        **kwargs: Any,
    ) -> None:
        if errno is not None:
            args, message = (errno, strerror or message or os.strerror(errno), *args), None
        super().__init__(*args, message=message, **kwargs)
        _forget_false_errno(self)

    def __str__(self) -> str:
        return _text_of(self)
