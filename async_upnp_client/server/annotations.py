"""What an author's annotations say: variables of a service, and arguments of its actions.

The shorter way beside 0.49.0's definitions. ``server.service`` reads it when a service is made::

    class SwitchPower(UpnpServerService):
        status = Variable(bool, "Status", default=False, evented=True)

        @callable_action("SetTarget")
        async def set_target(self, newTargetValue: Annotated[bool, "Target"]) -> None: ...

It must not know what becomes of a definition.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from inspect import signature, unwrap
from types import SimpleNamespace
from typing import (
    Annotated,
    Any,
    Final,
    Generic,
    Literal,
    TypeAlias,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
    overload,
)
from xml.etree import ElementTree as ET

from async_upnp_client._datatypes import DATA_TYPES
from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.const import (
    STATE_VARIABLE_TYPE_MAPPING,
    EventableStateVariableTypeInfo,
    StateVariableTypeInfo,
)
from async_upnp_client.exceptions import UpnpError

T = TypeVar("T")
Method: TypeAlias = Callable[..., Awaitable[Any]]

DATA_TYPE_OF: Final[Mapping[type, str]] = {
    bool: "boolean",
    int: "i4",
    float: "r8",
    str: "string",
    bytes: "bin.base64",
    datetime: "dateTime",
    date: "date",
    time: "time",
}
"""The data type that a Python type stands for where none is named."""


class Variable(Generic[T]):
    """A state variable of a service, declared in its class (UDA 2.0 §2.5).

    On the service it is the value: reading gives it, setting it sends the event if ``evented``. ``kind`` is
    its Python type; ``data_type`` is UPnP's, where ``i4``, ``string``, ``boolean`` and the like will not do.
    ``allowed`` lists the values of a string, ``minimum``, ``maximum`` and ``step`` bound a number;
    ``max_rate`` is the least number of seconds between two events. ``name`` is the one in the SCPD, the
    attribute's own without it.
    """

    def __init__(
        self,
        kind: type[T],
        name: str | None = None,
        *,
        data_type: str | None = None,
        default: T | None = None,
        evented: bool = False,
        allowed: list[str] | None = None,
        minimum: T | None = None,
        maximum: T | None = None,
        step: T | None = None,
        max_rate: float | None = None,
    ) -> None:
        self.name = name or ""
        self._data_type = data_type or data_type_of(kind)
        encode = DATA_TYPES[self._data_type].encode
        bounds = {"min": minimum, "max": maximum, "step": step}
        self.type_info = make_type_info(
            self._data_type,
            default=None if default is None else encode(default),
            allowed=allowed,
            bounds={key: encode(bound) for key, bound in bounds.items() if bound is not None},
            evented=evented,
            max_rate=max_rate,
        )

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = self.name or name

    @overload
    def __get__(self, service: None, owner: type) -> Variable[T]: ...

    @overload
    def __get__(self, service: Any, owner: type) -> T: ...

    def __get__(self, service: Any, owner: type) -> Any:
        return self if service is None else service.state_variable(self.name).value

    def __set__(self, service: Any, value: T) -> None:
        service.state_variable(self.name).value = value


@dataclass
class Definition:
    """What the annotations of a method say of its action."""

    in_args: dict[str, str] = field(default_factory=dict)
    out_args: dict[str, str] = field(default_factory=dict)
    variables: dict[str, StateVariableTypeInfo] = field(default_factory=dict)
    """The variables that the arguments need, unless the service has them."""


def declared_variables(service: type) -> dict[str, StateVariableTypeInfo]:
    """Return what a class declares with ``Variable``, in the order of the declarations, bases first."""
    found: dict[str, StateVariableTypeInfo] = {}
    for cls in reversed(service.__mro__):
        for value in vars(cls).values():
            if isinstance(value, Variable):
                found[value.name] = value.type_info
    return found


def definition_of(method: Any) -> Definition:
    """Read the action that a method's annotations describe; UpnpError where they say too little.

    Each parameter is an in-argument: ``int`` has a variable ``A_ARG_TYPE_<name>`` made for it,
    ``Annotated[int, "Volume"]`` names that of the service, ``Literal["a", "b"]`` lists its values. What is
    returned is None, or a TypedDict with the out-arguments.
    """
    try:
        hints = get_type_hints(method, include_extras=True)
    except NameError as err:
        # as for what is imported for type checkers only, or defined in a function
        msg = f"An annotation of {method.__qualname__} names what its module does not have: {err}"
        raise UpnpError(msg) from err
    definition = Definition()
    for name in list(signature(method).parameters)[1:]:
        if name not in hints:
            msg = f"The argument {name} of {method.__qualname__} has no annotation"
            raise UpnpError(msg)
        definition.in_args[name] = read_argument(name, hints[name], definition)
    returned = hints.get("return", type(None))
    if is_typeddict(returned):
        for name, hint in get_type_hints(returned, include_extras=True).items():
            definition.out_args[name] = read_argument(name, hint, definition)
    elif returned is not type(None):
        msg = f"{method.__qualname__} returns neither None nor a TypedDict"
        raise UpnpError(msg)
    return definition


def read_argument(name: str, hint: Any, definition: Definition) -> str:
    """Return the name of an argument's variable, and note that variable if it has to be made."""
    variable, data_type, allowed = f"A_ARG_TYPE_{name}", None, None
    if get_origin(hint) is Annotated:
        hint, *extras = get_args(hint)
        for extra in extras:
            if isinstance(extra, str) and extra in DATA_TYPES:
                data_type = extra
            elif isinstance(extra, str):
                variable = extra
    if get_origin(hint) is Literal:
        allowed, hint = list(get_args(hint)), str
        if not all(isinstance(value, str) for value in allowed):
            msg = f"The values of {name} are no texts: a list is for texts alone, a number has a range"
            raise UpnpError(msg)
    definition.variables[variable] = make_type_info(data_type or data_type_of(hint), allowed=allowed)
    return variable


def data_type_of(kind: Any) -> str:
    """Return UPnP's data type for a Python type; UpnpError where there is none."""
    found = DATA_TYPE_OF.get(kind)
    if found is None:
        msg = f"No data type of UPnP for {kind!r}"
        raise UpnpError(msg)
    return found


def make_type_info(
    data_type: str,
    *,
    default: str | None = None,
    allowed: list[str] | None = None,
    bounds: Mapping[str, str | None] | None = None,
    evented: bool = False,
    max_rate: float | None = None,
) -> StateVariableTypeInfo:
    """Return the record of a variable's type."""
    mapping, xml = STATE_VARIABLE_TYPE_MAPPING[data_type], ET.Element("server_stateVariable")
    if evented:
        return EventableStateVariableTypeInfo(
            data_type, mapping, default, dict(bounds or {}), allowed, xml, max_rate
        )
    return StateVariableTypeInfo(data_type, mapping, default, dict(bounds or {}), allowed, xml)


def require_annotations(method: Any, variables: Mapping[str, UpnpStateVariable[Any]]) -> None:
    """Check that a method takes its arguments as what their variables hold; AssertionError where not.

    A value of another type would only show when somebody calls the action.
    """
    for name, variable in variables.items():
        mapping, hint = variable.info.type_info.data_type_mapping, hint_of(method, name)
        if hint is not mapping["type"]:
            msg = (
                f"{method.__qualname__} takes {name} as {hint!r}, but {variable.name} is {mapping['type']!r}"
            )
            raise AssertionError(msg)


def hint_of(method: Any, name: str) -> Any:
    """Return the type that a parameter is annotated with, its text where that cannot be read, None for none.

    The others, and what is returned, may name what only type checkers see.
    """
    hint = getattr(method, "__annotations__", {}).get(name)
    if hint is None:
        return None
    names = getattr(unwrap(method), "__globals__", {})
    try:
        return get_type_hints(SimpleNamespace(__annotations__={name: hint}), names)[name]
    except NameError:
        return hint
