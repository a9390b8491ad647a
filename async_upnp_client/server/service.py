"""UDA chapters 2.5, 3 and 4, device side: a service as its author writes it.

An author derives from ``UpnpServerService``, declares state variables and decorates methods; what that says
is read here once, when the device is made. Requests come through ``server.http``, events leave through
``server.eventing``. It must not know either's texts.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar, TypeVar, cast
from xml.etree import ElementTree as ET

from async_upnp_client._datatypes import DATA_TYPES
from async_upnp_client._protocol.description_writer import SPEC_VERSION, build_service_document
from async_upnp_client._protocol.values import value_validator
from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.client.service import UpnpService
from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.const import (
    ActionArgumentInfo,
    ActionInfo,
    EventableStateVariableTypeInfo,
    ServiceInfo,
    StateVariableInfo,
    StateVariableTypeInfo,
)
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.server.action import UpnpServerAction
from async_upnp_client.server.annotations import (
    Method,
    declared_variables,
    definition_of,
    make_type_info,
    require_annotations,
)
from async_upnp_client.server.eventing import EventSubscriber, Publisher
from async_upnp_client.server.last_change import LAST_CHANGE, LastChangeVariable
from async_upnp_client.server.state_variable import UpnpEventableStateVariable

Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Any]])


def create_state_var(
    data_type: str,
    *,
    allowed: list[str] | None = None,
    allowed_range: Mapping[str, str | None] | None = None,
    default: str | None = None,
) -> StateVariableTypeInfo:
    """Declare what a state variable may hold (UDA 2.0 §2.5).

    ``data_type`` is one of UPnP's, KeyError for another. ``allowed`` lists the texts of a string,
    ``allowed_range`` has ``min``, ``max`` and ``step`` of a number; these and ``default`` are texts in UPnP's
    form.
    """
    return make_type_info(data_type, default=default, allowed=allowed, bounds=allowed_range)


def create_event_var(
    data_type: str,
    *,
    allowed: list[str] | None = None,
    allowed_range: Mapping[str, str | None] | None = None,
    default: str | None = None,
    max_rate: float | None = None,
) -> StateVariableTypeInfo:
    """Declare what an evented state variable may hold, as ``create_state_var`` does.

    ``max_rate`` is the least number of seconds between two events of it (UDA 2.0 §4.3.2).
    """
    return make_type_info(
        data_type,
        default=default,
        allowed=allowed,
        bounds=allowed_range,
        evented=True,
        max_rate=max_rate,
    )


def callable_action(
    name: str,
    in_args: Mapping[str, str] | None = None,
    out_args: Mapping[str, str] | None = None,
    *,
    codes: Mapping[str, int] | None = None,
) -> Callable[[Handler], Handler]:
    """Make a method of a service the one that carries out an action (UDA 2.0 §2.5, §3.2).

    ``in_args`` and ``out_args`` map names of arguments to names of their state variables. Without them they
    are read from the method's annotations, see ``docs/server.rst``. The method gets Python values by the
    names of the arguments, and returns a mapping from out-arguments to values or state variables. It refuses
    by raising UpnpActionError. ``codes`` has the error codes of values that are outside of the range or list
    declared, by the names of the arguments, where the service's standard has one of its own instead of 601.
    """

    def decorate(method: Handler) -> Handler:
        method.__upnp_action__ = [name, in_args, out_args]  # type: ignore[attr-defined]  # 0.49.0's mark
        method.__upnp_codes__ = codes or {}  # type: ignore[attr-defined]  # beside it
        return method

    return decorate


class UpnpServerService(UpnpService):
    """A service of ours: what it declares, its values, and who is told of them."""

    SERVICE_DEFINITION: ClassVar[ServiceInfo]
    STATE_VARIABLE_DEFINITIONS: ClassVar[Mapping[str, StateVariableTypeInfo]] = {}
    SPEC_VERSION: ClassVar[tuple[int, int]] = SPEC_VERSION
    LAST_CHANGE: ClassVar[str | None] = None
    """The namespace of LastChange, for services that event through it (``server.last_change``)."""

    def __init__(self, requester: UpnpRequester) -> None:
        super().__init__(requester, self.SERVICE_DEFINITION, [], [])
        self.publisher = Publisher(self)
        """Who tells the subscribers."""
        self._document: tuple[int | None, str] | None = None
        for name, type_info in {**declared_variables(type(self)), **self.STATE_VARIABLE_DEFINITIONS}.items():
            self.create_state_var(name, type_info)
        self._create_actions()

    def create_state_var(self, name: str, type_info: StateVariableTypeInfo) -> UpnpStateVariable[Any]:
        """Add a state variable, and give it. UpnpError where there is one of that name."""
        if name in self.state_variables:
            msg = f"The state variable {name} is already there"
            raise UpnpError(msg)
        is_evented = isinstance(type_info, EventableStateVariableTypeInfo)
        info = StateVariableInfo(name, is_evented, self._in_upnp_form(type_info), type_info.xml)
        schema = value_validator(type_info, strict=True)
        variable: UpnpStateVariable[Any]
        if is_evented and name == LAST_CHANGE and self.LAST_CHANGE is not None:
            variable = LastChangeVariable(info, schema)
            variable.namespace = self.LAST_CHANGE
        elif is_evented:
            variable = UpnpEventableStateVariable(info, schema)
        else:
            variable = UpnpStateVariable(info, schema)
        default = type_info.default_value
        if default is not None:
            value = variable.coerce_python(default)
            if isinstance(variable, UpnpEventableStateVariable):
                variable.set_initial(value)
            else:
                variable.value = value
        variable.service = self
        self.state_variables[name] = variable
        self._document = None
        return variable

    @staticmethod
    def _in_upnp_form(type_info: StateVariableTypeInfo) -> StateVariableTypeInfo:
        """Write the default value as the type has it: authors write `True` for a boolean (S-042)."""
        data_type = DATA_TYPES[type_info.data_type]
        if type_info.default_value is not None and bool in data_type.python_types:
            text = data_type.encode(data_type.decode(type_info.default_value))
            return type_info.__class__(**{**type_info.__dict__, "default_value": text})
        return type_info

    def _create_actions(self) -> None:
        for method_name in dir(type(self)):
            method: Method | None = getattr(type(self), method_name, None)
            if not hasattr(method, "__upnp_action__"):
                continue
            name, in_args, out_args = method.__upnp_action__  # type: ignore[union-attr]  # it has one
            if in_args is None or out_args is None:
                definition = definition_of(method)
                in_args = definition.in_args if in_args is None else in_args
                out_args = definition.out_args if out_args is None else out_args
                for variable, type_info in definition.variables.items():
                    if variable not in self.state_variables:
                        self.create_state_var(variable, type_info)
            else:
                types = {argument: self.state_variables[name] for argument, name in in_args.items()}
                require_annotations(method, types)
            action = self._create_action(name, in_args, out_args, getattr(self, method_name))
            action.codes = getattr(method, "__upnp_codes__", {})

    def _create_action(
        self,
        name: str,
        in_args: Mapping[str, str],
        out_args: Mapping[str, str],
        handler: Callable[..., Awaitable[Any]],
    ) -> UpnpServerAction:
        xml = ET.Element("server_action")
        infos = [
            ActionArgumentInfo(argument, direction, variable, xml)
            for direction, arguments in (("in", in_args), ("out", out_args))
            for argument, variable in arguments.items()
        ]
        arguments = [
            UpnpServerAction.Argument(info, self.state_variables[info.state_variable_name]) for info in infos
        ]
        action = UpnpServerAction(ActionInfo(name, infos, xml), arguments)
        action.handler = handler
        action.service = self
        self.actions[name] = action
        return action

    async def async_handle_action(self, action_name: str, **kwargs: Any) -> Any:
        """Carry out an action with Python values, as a call would, and give what the method gives.

        KeyError for an unknown action; else as ``UpnpServerAction.async_handle``.
        """
        action = cast("UpnpServerAction", self.actions[action_name])
        return await action.async_handle(**kwargs)

    @property
    def last_change(self) -> LastChangeVariable:
        """The LastChange of a service that has one. Raises KeyError if there is none."""
        return cast("LastChangeVariable", self.state_variables[LAST_CHANGE])

    @property
    def has_events(self) -> bool:
        """Whether any of the state variables is evented."""
        return any(variable.send_events for variable in self.state_variables.values())

    def description(self, config_id: int | None = None) -> str:
        """Give the text of the service description (UDA 2.0 §2.5)."""
        if self._document is None or self._document[0] != config_id:
            text = build_service_document(
                [variable.info for variable in self.state_variables.values()],
                [action.info for action in self.actions.values()],
                config_id=config_id,
                spec_version=self.SPEC_VERSION,
            )
            self._document = (config_id, text)
        return self._document[1]

    # --- Subscribers, by 0.49.0's names ---

    @property
    def _subscribers(self) -> list[EventSubscriber]:
        return self.publisher.subscribers

    def add_subscriber(self, subscriber: EventSubscriber) -> None:
        """Have a subscriber told of what changes from now on."""
        self.publisher.subscribers.append(subscriber)

    def del_subscriber(self, sid: str) -> bool:
        """Tell a subscriber nothing more; False where the SID names none."""
        subscriber = self.publisher.find(sid)
        if subscriber is None:
            return False
        self.publisher.remove(subscriber)
        return True

    def get_subscriber(self, sid: str) -> EventSubscriber | None:
        """Give the subscriber that a SID names, with or without ``uuid:``; None for an unknown one."""
        return self.publisher.find(sid)

    async def async_send_events(self, subscriber: EventSubscriber | None = None) -> None:
        """Tell one subscriber, or each, of all evented variables, and wait until that has been sent."""
        await self.publisher.async_tell_all(subscriber)

    async def async_stop(self) -> None:
        """Forget the subscribers, and send nothing more. Authors extend it to end what a service does."""
        await self.publisher.async_stop()
