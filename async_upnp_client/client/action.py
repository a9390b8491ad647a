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
from typing import TYPE_CHECKING, Any, TypeAlias
from xml.etree import ElementTree as ET

from async_upnp_client._diagnostics import OUTSIDE, Code, path, place
from async_upnp_client._headers import CaseInsensitiveDict, shown
from async_upnp_client._protocol.control import (
    Fault,
    Reply,
    build_call,
    call_headers,
    parse_fault,
    parse_reply,
    parse_reply_sliced,
)
from async_upnp_client._turns import async_finished
from async_upnp_client.client.argument import ActionArgument
from async_upnp_client.client.diagnosed import Diagnosed
from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.const import ActionInfo, HttpRequest, HttpResponse
from async_upnp_client.exceptions import (
    UpnpActionError,
    UpnpActionResponseError,
    UpnpError,
    UpnpResponseError,
    UpnpValueDecodeError,
)
from async_upnp_client.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from async_upnp_client.client.service import UpnpService

_LOGGER = logging.getLogger(__name__)

# Actions that may be sent twice without doing something twice, by the way UPnP names them. All others are
# not: a second Next skips a track more. A step hidden in a getter (GetNext..., GetAndReset...) is a step.
REPEATABLE = re.compile(r"(?:X_)?(?:Get|Set|Browse|Search|List|Read|Is|Has|Query)(?![a-z])")
STEP = re.compile(r"(?:Next|Previous|Toggle|Increment|Decrement|Inc|Dec|Reset|Clear)(?![a-z])")

LONG_ANSWER = 1 << 20  # characters: what is shorter is read at once, in some three milliseconds
FAULT_STATUS = 500  # the status of a fault (UDA 2.0 §3.2.5)


class UpnpAction(Diagnosed):
    """An action: its arguments, and the call (UDA 2.0 §2.5, §3.2)."""

    Argument: TypeAlias = ActionArgument

    def __init__(
        self,
        action_info: ActionInfo,
        arguments: list[UpnpAction.Argument],
        non_strict: bool = False,
        *,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        super().__init__(limits)
        self._service: UpnpService | None = None
        self._declare(action_info, arguments, non_strict=non_strict)

    def _declare(self, info: ActionInfo, arguments: list[UpnpAction.Argument], *, non_strict: bool) -> None:
        self._action_info = info
        self._arguments = arguments
        self._non_strict = non_strict
        # What every call needs, made at the first: most actions of a device are never called.
        self._inputs: list[tuple[str, Callable[[Any], None], Callable[[Any], str]]] | None = None
        self._outputs: dict[str, Output] | None = None
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
        if new_action is not self:
            self._diagnostics.take(new_action.own_diagnostics)

    @property
    def where(self) -> str:
        """Where a diagnostic about the action is: UDN of the device, serviceId, and the name."""
        return path("" if self._service is None else self._service.where, place("action", self.name))

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

    async def async_call(
        self, *, request_timeout: float | None = None, request_source: str | None = None, **kwargs: Any
    ) -> Mapping[str, Any]:
        """Call the action on the device, and give the out-arguments of the answer by name (UDA 2.0 §3.2).

        ``request_timeout``, in seconds, takes the place of the requester's own. A device is given a few calls
        at a time (``UpnpDevice.call_gate``); the time that others wait for their turn is not in it.
        ``request_source`` is the address of ours to call from, for devices that judge by it.

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
        if request_source is not None:
            request = replace(request, source=request_source)

        gate = service.device.root_device.call_gate
        if not gate.enter():
            await gate.async_wait()
        try:
            response = await service.requester.async_http_request(request)
        finally:
            gate.leave()
        response = service.on_post_call_action(self, response)
        if not isinstance(response.body, str):
            msg = f"Did not receive a body in answer to {self.name}"
            raise UpnpError(msg)

        # Some devices answer 201 or 204 where the UDA has 200 only.
        if 200 <= response.status_code <= 299:
            if len(response.body) > LONG_ANSWER:
                return await self._async_parse_response(service.service_type, response)
            return self.parse_response(service.service_type, response)
        fault = parse_fault(response.body, self.note)
        if fault is None:
            raise UpnpResponseError(status=response.status_code, headers=response.headers, url=request.url)
        if response.status_code != FAULT_STATUS:
            message = f"a fault came with HTTP status {response.status_code} instead of {FAULT_STATUS}"
            self.note(Code.FAULT_STATUS_ODD, "", message)
        raise UpnpActionResponseError(
            status=response.status_code,
            headers=response.headers,
            error_code=fault.code,
            error_desc=fault.reason,
            url=request.url,
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
            # nothing was to be said, and some devices leave out even the envelope (C-018)
            self.note(Code.ANSWER_EMPTY, "", "the answer has no envelope")
            return {}
        reply = parse_reply(
            body, service_type, self.name, strict=not self._non_strict, note=self.note, limits=self._limits
        )
        return self._take(reply, http_response.status_code)

    async def _async_parse_response(
        self, service_type: str, http_response: HttpResponse
    ) -> Mapping[str, Any]:
        """Read a long answer, and let the loop go on meanwhile."""
        work = parse_reply_sliced(
            str(http_response.body),
            service_type,
            self.name,
            strict=not self._non_strict,
            note=self.note,
            limits=self._limits,
        )
        return self._take(await async_finished(work), http_response.status_code)

    def _take(self, reply: Reply | Fault, status: int) -> dict[str, Any]:
        """Return the out-arguments of an answer, or raise UpnpActionError for a fault."""
        if 200 < status <= 299:
            self.note(Code.ANSWER_STATUS_ODD, "", f"an answer came with HTTP status {status} instead of 200")
        if isinstance(reply, Fault):
            if status <= 299:
                message = f"a fault came with HTTP status {status} instead of {FAULT_STATUS}"
                self.note(Code.FAULT_STATUS_ODD, "", message)
            raise UpnpActionError(error_code=reply.code, error_desc=reply.reason)
        return self._decode_arguments(reply)

    def _decode_arguments(self, reply: Reply) -> dict[str, Any]:
        outputs = self._output_table()
        values: dict[str, Any] = {}
        unknown = False
        for name, text in reply.arguments:
            output = outputs.get(name)
            if output is None:
                unknown = True
                message = f"the answer has {shown(name)}, which is not declared"
                self.note(Code.ARGUMENT_UNKNOWN, place("argument", name), message)
                if not self._non_strict:
                    msg = f"Invalid response, unknown argument: {shown(name)}"
                    raise UpnpError(msg)
                # Samsung's MainTVAgent2 and miniupnpd's AddAnyPortMapping answer with arguments not declared.
                values[name] = text
                continue
            argument, decode, judge = output
            try:
                value = decode(text)
            except UpnpValueDecodeError:
                argument.receive(text, None)
                data_type = argument.related_state_variable.data_type
                message = f"the answer has {shown(name)} as {shown(text)}, which is no {data_type}"
                self.note(Code.VALUE_UNREADABLE, place("argument", name), message)
                if not self._non_strict:
                    raise
                # NOT_IMPLEMENTED or nothing in a number (T-003): the other arguments are worth having.
                value = None
            else:
                if judge is not None and (code := judge(value)) is not None:
                    message = f"the answer has {shown(name)} as {shown(text)}, {OUTSIDE[code]}"
                    self.note(code, place("argument", name), message)
            argument.receive(text, value)
            values[name] = value
        if len(values) != len(outputs) or unknown:
            for name in outputs.keys() - values.keys():
                message = f"the answer has no {shown(name)}"
                self.note(Code.ARGUMENT_MISSING, place("argument", name), message)
        return values

    def _input_table(self) -> list[tuple[str, Callable[[Any], None], Callable[[Any], str]]]:
        """Give for each in-argument, in SCPD order (C-008): its name, its check and its encoder."""
        if self._inputs is None:
            self._inputs = [
                (argument.name, variable.validate_value, variable.coerce_upnp)
                for argument in self.in_arguments()
                for variable in (argument.related_state_variable,)
            ]
        return self._inputs

    def _output_table(self) -> dict[str, Output]:
        """Give for each out-argument, by name, the argument, its decoder and its judge."""
        if self._outputs is None:
            self._outputs = {
                argument.name: (argument, variable.coerce_python, variable.judge)
                for argument in reversed(self.out_arguments())
                for variable in (argument.related_state_variable,)
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


Output = tuple[UpnpAction.Argument, Callable[[str], Any], Callable[[Any], Code | None] | None]


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
