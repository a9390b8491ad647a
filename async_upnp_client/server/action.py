"""UDA chapter 3, device side: an action of a service, and the author's method that carries it out.

``server.http`` has the texts of a call decoded here, and the values of the result encoded; what is wrong with
either is an UpnpActionError with UPnP's code. It must not know SOAP.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from async_upnp_client._headers import shown
from async_upnp_client.client.action import UpnpAction
from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.exceptions import (
    UpnpActionError,
    UpnpActionErrorCode,
    UpnpError,
    UpnpValueDecodeError,
    UpnpValueError,
)

_LOGGER = logging.getLogger(__name__)

DESCRIPTIONS: Final[Mapping[int, str]] = {
    401: "Invalid Action",
    402: "Invalid Args",
    404: "Invalid Var",
    501: "Action Failed",
    600: "Argument Value Invalid",
    601: "Argument Value Out of Range",
    602: "Optional Action Not Implemented",
    603: "Out of Memory",
    604: "Human Intervention Required",
    605: "String Argument Too Long",
    606: "Action not authorized",
}
"""What is said of a code where the author says nothing (UDA 2.0 §3.2.5)."""


_CALLER: ContextVar[str | None] = ContextVar("caller", default=None)
_BASE_URI: ContextVar[str | None] = ContextVar("base_uri", default=None)


def current_caller() -> str | None:
    """Give the address of the control point whose call is carried out; None where nobody calls.

    For methods of actions: a gateway, for example, opens ports for who asks only (WANIPConnection:2).
    """
    return _CALLER.get()


def current_base_uri() -> str | None:
    """Give the URL, without a path, that the call came to which is carried out; None where nobody calls.

    For URLs in what an action gives: a device at several addresses is reached by this one.
    """
    return _BASE_URI.get()


@contextmanager
def called_by(address: str | None, base_uri: str | None = None) -> Iterator[None]:
    """Carry out a call of that control point inside, which reaches us at a URL."""
    caller, at = _CALLER.set(address), _BASE_URI.set(base_uri)
    try:
        yield
    finally:
        _CALLER.reset(caller)
        _BASE_URI.reset(at)


def refusal(code: int, description: str | None = None) -> UpnpActionError:
    """Give the error that refuses a call."""
    return UpnpActionError(error_code=code, error_desc=description or DESCRIPTIONS.get(code, ""))


class UpnpServerAction(UpnpAction):
    """An action of ours; ``handler`` is the author's method, which takes the in-arguments by name."""

    handler: Callable[..., Awaitable[Any]] | None = None
    codes: Mapping[str, int] = MappingProxyType({})
    """Error codes of values not allowed, by argument; else it is 601."""

    @cached_property
    def _taken(self) -> list[tuple[str, UpnpStateVariable[Any]]]:
        """Names and variables of the in-arguments."""
        return [(argument.name, argument.related_state_variable) for argument in self.in_arguments()]

    @cached_property
    def _given(self) -> list[tuple[str, UpnpStateVariable[Any]]]:
        """The same of the out-arguments."""
        return [(argument.name, argument.related_state_variable) for argument in self.out_arguments()]

    async def async_handle(self, **kwargs: Any) -> Any:
        """Check the values of a call, carry it out, and give what the author's method gives.

        Raises UpnpError for a missing argument, UpnpValueError for a value not allowed, and whatever the
        method raises.
        """
        self.validate_arguments(**kwargs)
        if self.handler is None:
            raise refusal(UpnpActionErrorCode.OPTIONAL_ACTION_NOT_IMPLEMENTED)
        return await self.handler(**kwargs)

    def decode_arguments(self, arguments: Iterable[tuple[str, str]]) -> dict[str, Any]:
        """Give the values of a call by name (UDA 2.0 §3.2.1).

        Raises UpnpActionError: 402 for an argument too many, too few or of the wrong type, 601, or what
        ``codes`` say, for one outside of the range or list declared.
        """
        texts: dict[str, str] = {}
        for name, text in arguments:
            if name in texts:
                raise refusal(UpnpActionErrorCode.INVALID_ARGS, f"{shown(name)} is there twice")
            texts[name] = text
        values: dict[str, Any] = {}
        for name, variable in self._taken:
            if name not in texts:
                raise refusal(UpnpActionErrorCode.INVALID_ARGS, f"{name} is missing")
            text = texts.pop(name)
            try:
                value = variable.coerce_python(text)
                variable.validate_value(value)
            except UpnpValueDecodeError as err:
                description = f"{name} is no {variable.data_type}"
                raise refusal(UpnpActionErrorCode.INVALID_ARGS, description) from err
            except UpnpValueError as err:
                description = f"{name} may not be {shown(text)}"
                code = self.codes.get(name, UpnpActionErrorCode.ARGUMENT_VALUE_OUT_OF_RANGE)
                raise refusal(code, description) from err
            values[name] = value
        if texts:
            unknown = shown(next(iter(texts)))
            raise refusal(UpnpActionErrorCode.INVALID_ARGS, f"{unknown} is no argument of {self.name}")
        return values

    def encode_result(self, result: Mapping[str, Any] | None) -> list[tuple[str, str]]:
        """Give the texts of the out-arguments, in the order of the SCPD.

        ``result`` maps each to its value, or to the state variable that has it. Raises UpnpError where it
        lacks one or has others, UpnpValueError for a value that the argument may not have.
        """
        values = dict(result) if result is not None else {}
        texts = []
        for name, variable in self._given:
            if name not in values:
                msg = f"The method of {self.name} gave no {name}"
                raise UpnpError(msg)
            value = values.pop(name)
            if isinstance(value, UpnpStateVariable):
                texts.append((name, value.upnp_value))
            else:
                variable.validate_value(value)
                texts.append((name, variable.coerce_upnp(value)))
        if values:
            msg = f"The method of {self.name} gave {sorted(values)}, which are no out-arguments"
            raise UpnpError(msg)
        return texts

    async def async_answer(
        self, arguments: Iterable[tuple[str, str]], seconds: float
    ) -> list[tuple[str, str]]:
        """Carry out a call from its texts, and give those of its out-arguments.

        Raises UpnpActionError and nothing else: what the author's method does wrong, or takes longer than
        ``seconds`` for, is 501 and one record in the log.
        """
        values = self.decode_arguments(arguments)
        if self.handler is None:
            raise refusal(UpnpActionErrorCode.OPTIONAL_ACTION_NOT_IMPLEMENTED)
        try:
            result = await self._async_carry_out(self.handler, values, seconds)
            return self.encode_result(result)
        except UpnpActionError:
            raise
        except Exception as err:
            _LOGGER.exception("%s failed", self)
            raise refusal(UpnpActionErrorCode.ACTION_FAILED) from err

    async def _async_carry_out(
        self, handler: Callable[..., Awaitable[Any]], values: Mapping[str, Any], seconds: float
    ) -> Any:
        """Give what the author's method gives; UpnpActionError where it refuses, or does not end in time."""
        limit = asyncio.timeout(seconds)
        try:
            async with limit:
                return await handler(**values)
        except UpnpActionError as err:
            code = err.error_code if isinstance(err.error_code, int) else None
            raise refusal(code or UpnpActionErrorCode.ACTION_FAILED, err.error_desc) from err
        except UpnpValueError as err:
            raise refusal(UpnpActionErrorCode.ARGUMENT_VALUE_INVALID, str(err)) from err
        except TimeoutError as err:
            if not limit.expired():
                raise
            _LOGGER.error("%s took longer than %s s", self, seconds)  # noqa: TRY400  # where says nothing
            raise refusal(UpnpActionErrorCode.ACTION_FAILED) from err
        except asyncio.CancelledError as err:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # nobody has cancelled the call: the method has waited for something else that was cancelled
            raise UpnpError(message=f"What {self.name} has waited for was cancelled") from err
