"""UDA chapter 3: an action of a service, as a control point calls it.

It checks and encodes the values of a call, has the call sent by the requester of its service, and decodes
what comes back. ``_protocol.control`` writes and reads the envelopes; HTTP itself is the requester's.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from async_upnp_client._headers import CaseInsensitiveDict, shown
from async_upnp_client._protocol.control import (
    Fault,
    Reply,
    build_call,
    call_headers,
    parse_fault,
    parse_reply,
)
from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.const import ActionArgumentInfo, ActionInfo, HttpRequest, HttpResponse
from async_upnp_client.exceptions import (
    UpnpActionError,
    UpnpActionResponseError,
    UpnpError,
    UpnpResponseError,
    UpnpValueDecodeError,
)

if TYPE_CHECKING:
    from async_upnp_client.client.service import UpnpService

_LOGGER = logging.getLogger(__name__)

# Actions that may be sent twice without doing something twice, by the way UPnP names them. All others are
# not: a second Next skips a track more. A step hidden in a getter (GetNext..., GetAndReset...) is a step.
REPEATABLE = re.compile(r"(?:X_)?(?:Get|Set|Browse|Search|List|Read|Is|Has|Query)(?![a-z])")
STEP = re.compile(r"(?:Next|Previous|Toggle|Increment|Decrement|Inc|Dec|Reset|Clear)(?![a-z])")


class UpnpAction:
    """An action: its arguments, and the call (UDA 2.0 §2.5, §3.2)."""

    class Argument:
        """An argument of an action. It keeps the value of the last answer, whichever call that was for."""

        def __init__(self, argument_info: ActionArgumentInfo, state_variable: UpnpStateVariable[Any]) -> None:
            self._argument_info = argument_info
            self._related_state_variable = state_variable
            self._value: Any = None
            self.raw_upnp_value: str | None = None
            """The text of the last answer as received, also where it could not be read."""

        def __str__(self) -> str:
            return f"<UpnpAction.Argument({self.name}, {self.direction})>"

        __repr__ = __str__

        @property
        def info(self) -> ActionArgumentInfo:
            """The declaration, as read from the service description."""
            return self._argument_info

        @property
        def name(self) -> str:
            """The name of the argument."""
            return self._argument_info.name

        @property
        def direction(self) -> str:
            """``in`` or ``out``."""
            return self._argument_info.direction

        @property
        def related_state_variable(self) -> UpnpStateVariable[Any]:
            """The state variable that gives the argument its type."""
            return self._related_state_variable

        @property
        def xml(self) -> ET.Element:
            """The element of the service description that declares the argument."""
            return self._argument_info.xml

        def validate_value(self, value: Any) -> None:
            """Check that the argument may have a value; UpnpValueError where it may not."""
            self._related_state_variable.validate_value(value)

        @property
        def value(self) -> Any:
            """The value last received or set. Setting it raises UpnpValueError for what it may not be."""
            return self._value

        @value.setter
        def value(self, value: Any) -> None:
            self.validate_value(value)
            self._value = value

        @property
        def upnp_value(self) -> str:
            """The value as text in UPnP's form, "" while there is none.

            Setting it converts the text without a check of range or list; UpnpValueDecodeError for text that
            the data type cannot hold.
            """
            return "" if self._value is None else self.coerce_upnp(self._value)

        @upnp_value.setter
        def upnp_value(self, upnp_value: str) -> None:
            self._value = self.coerce_python(upnp_value)

        def receive(self, upnp_value: str, value: Any) -> None:
            """Keep what an answer had: the text, and the value that it stands for (None if unreadable)."""
            self.raw_upnp_value = upnp_value
            self._value = value

        def coerce_python(self, upnp_value: str) -> Any:
            """Convert UPnP's text to a Python value; UpnpValueDecodeError where the type cannot hold it."""
            return self._related_state_variable.coerce_python(upnp_value)

        def coerce_upnp(self, value: Any) -> str:
            """Convert a Python value to UPnP's text; UpnpValueError where the type has no text for it."""
            return self._related_state_variable.coerce_upnp(value)

    def __init__(
        self, action_info: ActionInfo, arguments: list[UpnpAction.Argument], non_strict: bool = False
    ) -> None:
        self._service: UpnpService | None = None
        self._declare(action_info, arguments, non_strict=non_strict)

    def _declare(self, info: ActionInfo, arguments: list[UpnpAction.Argument], *, non_strict: bool) -> None:
        self._action_info = info
        self._arguments = arguments
        self._non_strict = non_strict
        # What every call needs, made at the first: most actions of a device are never called.
        self._inputs: list[tuple[str, Callable[[Any], None], Callable[[Any], str]]] | None = None
        self._outputs: dict[str, tuple[UpnpAction.Argument, Callable[[str], Any]]] | None = None
        self._headers: tuple[str, str, CaseInsensitiveDict] | None = None

    def __str__(self) -> str:
        return f"<UpnpAction({self.name})>"

    def __repr__(self) -> str:
        return f"<UpnpAction({self.name})({self.in_arguments()}) -> {self.out_arguments()}>"

    def reinit(self, new_action: UpnpAction, state_variables: Mapping[str, UpnpStateVariable[Any]]) -> None:
        """Take the declaration of another action, with its arguments bound to the given variables by name."""
        arguments = [
            UpnpAction.Argument(
                argument.info,
                state_variables.get(argument.related_state_variable.name, argument.related_state_variable),
            )
            for argument in new_action.arguments
        ]
        self._declare(new_action.info, arguments, non_strict=new_action.non_strict)

    @property
    def info(self) -> ActionInfo:
        """The declaration, as read from the service description."""
        return self._action_info

    @property
    def non_strict(self) -> bool:
        """Whether answers are read with tolerance for what devices get wrong."""
        return self._non_strict

    @property
    def name(self) -> str:
        """The name of the action."""
        return self._action_info.name

    @property
    def arguments(self) -> list[UpnpAction.Argument]:
        """All arguments, in the order of the service description."""
        return self._arguments

    @property
    def xml(self) -> ET.Element:
        """The element of the service description that declares the action."""
        return self._action_info.xml

    @property
    def service(self) -> UpnpService:
        """The service that has the action. Raises UpnpError while there is none."""
        if self._service is None:
            msg = "UpnpAction not bound to UpnpService"
            raise UpnpError(msg)
        return self._service

    @service.setter
    def service(self, service: UpnpService) -> None:
        self._service = service

    def in_arguments(self) -> list[UpnpAction.Argument]:
        """Give the arguments that a call takes, in the order of the service description."""
        return [argument for argument in self._arguments if is_direction(argument, "in")]

    def out_arguments(self) -> list[UpnpAction.Argument]:
        """Give the arguments that an answer has, in the order of the service description."""
        return [argument for argument in self._arguments if is_direction(argument, "out")]

    def argument(self, name: str, direction: str | None = None) -> UpnpAction.Argument | None:
        """Give the first argument of that name (and direction, where given), or None."""
        for argument in self._arguments:
            if argument.name == name and (direction is None or is_direction(argument, direction)):
                return argument
        return None

    def validate_arguments(self, **kwargs: Any) -> None:
        """Check the values of a call: UpnpError for a missing one, UpnpValueError for one not allowed.

        Keywords that are no in-argument of the action are ignored.
        """
        for name, validate, _ in self._input_table():
            validate(value_of(name, kwargs))

    async def async_call(self, *, request_timeout: float | None = None, **kwargs: Any) -> Mapping[str, Any]:
        """Call the action on the device, and give the out-arguments of the answer by name (UDA 2.0 §3.2).

        ``request_timeout``, in seconds, takes the place of the requester's own.

        An out-argument that the answer lacks is absent. In a non-strict action one whose text cannot be read
        is None (``Argument.raw_upnp_value`` has the text), and one that is not declared is given as text.

        Raises UpnpError for a missing argument, UpnpValueError for a value not allowed;
        UpnpCommunicationError from the requester; UpnpActionResponseError for a fault or, where the device
        sent it as a success, UpnpActionError; UpnpResponseError for another HTTP status than 2xx;
        UpnpXmlParseError or UpnpXmlContentError for an answer that is none; in a strict action
        UpnpValueDecodeError for an out-argument that cannot be read and UpnpError for one not declared.
        """
        service = self.service
        made = self.create_request(request_timeout=request_timeout, **kwargs)
        request = service.on_pre_call_action(self, kwargs, made)
        if request is not made and request.timeout is None and request_timeout is not None:
            # Hooks written before requests had a timeout make a new request without it.
            request = replace(request, timeout=request_timeout)

        response = await service.requester.async_http_request(request)
        response = service.on_post_call_action(self, response)
        if not isinstance(response.body, str):
            msg = f"Did not receive a body in answer to {self.name}"
            raise UpnpError(msg)

        # Some devices answer 201 or 204 where the UDA has 200 only.
        if 200 <= response.status_code <= 299:
            return self.parse_response(service.service_type, response)
        fault = parse_fault(response.body)
        if fault is None:
            raise UpnpResponseError(status=response.status_code, headers=response.headers)
        raise UpnpActionResponseError(
            status=response.status_code,
            headers=response.headers,
            error_code=fault.code,
            error_desc=fault.reason,
        )

    def create_request(self, *, request_timeout: float | None = None, **kwargs: Any) -> HttpRequest:
        """Make the request that calls the action with the values given (UDA 2.0 §3.2.1).

        Raises UpnpError for a missing argument and where the service has no control URL, UpnpValueError for
        a value not allowed. Keywords that are no in-argument are ignored.
        """
        service = self.service
        arguments = []
        for name, validate, encode in self._input_table():
            value = value_of(name, kwargs)
            validate(value)
            arguments.append((name, encode(value)))
        control_url, service_type = service.control_url, service.service_type
        return HttpRequest(
            "POST",
            control_url,
            self._call_headers(control_url, service_type),
            build_call(service_type, self.name, arguments),
            request_timeout,
            True if is_repeatable(self.name) else None,
        )

    def parse_response(self, service_type: str, http_response: HttpResponse) -> Mapping[str, Any]:
        """Read the out-arguments of an answer, whatever its status; errors as ``async_call`` has them.

        A fault is raised as UpnpActionError.
        """
        body = http_response.body
        if not isinstance(body, str):
            msg = f"Did not receive a body in answer to {self.name}"
            raise UpnpError(msg)
        if not self._output_table() and not body.strip():
            return {}  # nothing was to be said, and some devices leave out even the envelope (C-018)
        reply = parse_reply(body, service_type, self.name, strict=not self._non_strict)
        if isinstance(reply, Fault):
            raise UpnpActionError(error_code=reply.code, error_desc=reply.reason)
        return self._decode_arguments(reply)

    def _decode_arguments(self, reply: Reply) -> dict[str, Any]:
        outputs = self._output_table()
        values: dict[str, Any] = {}
        for name, text in reply.arguments:
            output = outputs.get(name)
            if output is None:
                if not self._non_strict:
                    msg = f"Invalid response, unknown argument: {shown(name)}"
                    raise UpnpError(msg)
                # Samsung's MainTVAgent2 and miniupnpd's AddAnyPortMapping answer with arguments not declared.
                values[name] = text
                continue
            argument, decode = output
            try:
                value = decode(text)
            except UpnpValueDecodeError:
                argument.receive(text, None)
                if not self._non_strict:
                    raise
                # NOT_IMPLEMENTED or nothing in a number (T-003): the other arguments are worth having.
                _LOGGER.debug("%s: cannot read %s: %r", self, name, shown(text))
                value = None
            argument.receive(text, value)
            values[name] = value
        return values

    def _input_table(self) -> list[tuple[str, Callable[[Any], None], Callable[[Any], str]]]:
        """Give for each in-argument, in SCPD order (C-008): its name, its check and its encoder."""
        if self._inputs is None:
            self._inputs = [
                (argument.name, argument.related_state_variable.validate_value, argument.coerce_upnp)
                for argument in self.in_arguments()
            ]
        return self._inputs

    def _output_table(self) -> dict[str, tuple[UpnpAction.Argument, Callable[[str], Any]]]:
        """Give for each out-argument, by name, the argument and its decoder."""
        if self._outputs is None:
            self._outputs = {
                argument.name: (argument, argument.related_state_variable.coerce_python)
                for argument in reversed(self.out_arguments())
            }
        return self._outputs

    def _call_headers(self, control_url: str, service_type: str) -> CaseInsensitiveDict:
        """Give each request headers of its own, since hooks add to them; made anew when the device moves."""
        if self._headers is None or self._headers[0] != control_url or self._headers[1] != service_type:
            if not control_url:
                msg = f"{self.service} has no control URL"
                raise UpnpError(msg)
            self._headers = (control_url, service_type, call_headers(control_url, service_type, self.name))
        return self._headers[2].copy()


@lru_cache(maxsize=1024)  # names of actions that are called: a few dozen in most programs
def is_repeatable(action: str) -> bool:
    """Tell by its name whether an action may be sent twice without doing something twice."""
    return REPEATABLE.match(action) is not None and STEP.search(action) is None


def is_direction(argument: UpnpAction.Argument, direction: str) -> bool:
    """Compare the direction of an argument, ignoring case and blanks: descriptions are careless with both."""
    return argument.direction.strip().lower() == direction


def value_of(name: str, values: Mapping[str, Any]) -> Any:
    """Give the value for an in-argument; UpnpError where there is none, for all are sent (UDA 2.0 §3.2.1)."""
    try:
        return values[name]
    except KeyError:
        msg = f"Missing argument: {name}"
        raise UpnpError(msg) from None
