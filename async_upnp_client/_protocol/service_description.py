"""UDA 2.0 §2.5: the service description (SCPD), read into records.

`client_factory` comes here with the text of an SCPD, and makes state variables and actions of what it gets.
Nothing is fetched here, and nothing logged: what a device gets wrong is listed in `problems`. Not strict,
one variable or action that cannot be used costs nothing but itself.
"""

import xml.etree.ElementTree as ET
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from async_upnp_client._datatypes import DATA_TYPES, DataType, find_data_type
from async_upnp_client._headers import shown
from async_upnp_client._protocol.description import Problems, listed, parse_document, stripped
from async_upnp_client.const import (
    NS,
    STATE_VARIABLE_TYPE_MAPPING,
    ActionArgumentInfo,
    ActionInfo,
    StateVariableInfo,
    StateVariableTypeInfo,
)
from async_upnp_client.exceptions import UpnpError, UpnpValueDecodeError, UpnpXmlContentError

NAMESPACE: Final = f"{{{NS['service']}}}"
SCPD: Final = NAMESPACE + "scpd"
STATE_TABLE: Final = NAMESPACE + "serviceStateTable"
STATE_VARIABLE: Final = NAMESPACE + "stateVariable"
DATA_TYPE: Final = NAMESPACE + "dataType"
DEFAULT_VALUE: Final = NAMESPACE + "defaultValue"
ALLOWED_LIST: Final = NAMESPACE + "allowedValueList"
ALLOWED_VALUE: Final = NAMESPACE + "allowedValue"
ALLOWED_RANGE: Final = NAMESPACE + "allowedValueRange"
ACTION_LIST: Final = NAMESPACE + "actionList"
ACTION: Final = NAMESPACE + "action"
ARGUMENT_LIST: Final = NAMESPACE + "argumentList"
ARGUMENT: Final = NAMESPACE + "argument"
NAME: Final = NAMESPACE + "name"
DIRECTION: Final = NAMESPACE + "direction"
RELATED: Final = NAMESPACE + "relatedStateVariable"

# What a state variable is whose type is unknown or missing: its text as it is (S-035, S-038).
UNTYPED: Final = DATA_TYPES["string"]

DIRECTIONS: Final = frozenset({"in", "out"})

# `1` and `true` are not the standard's, but are sent (S-036).
YES: Final = frozenset({"yes", "1", "true"})


@dataclass(frozen=True, slots=True)
class ServiceDocument:
    """A service as described. An argument's state variable may be missing if not read strictly."""

    state_variables: tuple[StateVariableInfo, ...]
    actions: tuple[ActionInfo, ...]
    problems: tuple[str, ...]


def parse_service_document(text: str, *, strict: bool) -> ServiceDocument:
    """Read a service description (UDA 2.0 §2.5).

    Raises UpnpXmlParseError for what is no XML. Strict: UpnpXmlContentError for another root than `scpd` in
    the standard's namespace, no state table, a variable without a type, an argument without its variable;
    UpnpError for an unknown type; UpnpValueDecodeError for a default value that its type cannot hold. Not
    strict, those are only problems.
    """
    root = parse_document(text, NS["service"], strict=strict)
    problems = Problems(strict=strict)
    if root.tag != SCPD:
        problems.fault(UpnpXmlContentError(f"service description with the root {shown(root.tag)}"))
    table = root.find(STATE_TABLE)
    if table is None:
        problems.fault(UpnpXmlContentError("service description without a state table"))
    variables: list[StateVariableInfo] = []
    for element in () if table is None else table.findall(STATE_VARIABLE):
        variable = state_variable(element, problems)
        if variable.name:
            variables.append(variable)
        else:
            problems.note("a state variable without a name is left out")
    known = {variable.name for variable in variables}
    actions = [action(element, problems, known) for element in listed(root, ACTION_LIST, ACTION)]
    return ServiceDocument(tuple(variables), tuple(actions), problems.texts)


def state_variable(element: ET.Element, problems: Problems) -> StateVariableInfo:
    """Read one state variable."""
    name = (element.findtext(NAME) or "").strip()
    events = element.get("sendEvents")
    if events is None:
        # the template's name for the attribute, which some took for an element
        events = element.findtext(NAMESPACE + "sendEventsAttribute")
    declared = element.findtext(DATA_TYPE)
    data_type = None if declared is None else DATA_TYPES.get(declared)
    if data_type is None:
        data_type = mended_type(declared, name, problems)
    default = element.findtext(DEFAULT_VALUE)
    values = element.find(ALLOWED_LIST)
    bounds = element.find(ALLOWED_RANGE)
    type_info = StateVariableTypeInfo(
        data_type.name,
        STATE_VARIABLE_TYPE_MAPPING[data_type.name],
        None if default is None else default_value(default.strip(), data_type, name, problems),
        {} if bounds is None else allowed_range(bounds),
        None if values is None else allowed_values(values),
        element,
    )
    return StateVariableInfo(name, is_evented(events), type_info, element)


def is_evented(text: str | None) -> bool:
    """Tell whether a variable is evented; absent means yes (S-036)."""
    return not text or text in YES or text.strip().lower() in YES


def mended_type(declared: str | None, name: str, problems: Problems) -> DataType:
    """Return the data type that a variable declares with blanks, in another case, or not at all (S-038)."""
    if declared is None:
        problems.fault(UpnpXmlContentError(f"state variable {shown(name)} has no data type"))
        return UNTYPED
    declared = declared.strip()
    found = DATA_TYPES.get(declared) if problems.strict else find_data_type(declared)
    if found is None:
        problems.fault(UpnpError(f"Unsupported data type of state variable {shown(name)}: {shown(declared)}"))
        return UNTYPED
    return found


def default_value(text: str, data_type: DataType, name: str, problems: Problems) -> str | None:
    """Return a default value that its type can hold (S-042); an empty one is none but for texts."""
    if not text:
        return text if str in data_type.python_types else None
    try:
        data_type.decode(text)
    except ValueError:
        problems.fault(UpnpValueDecodeError(name, text))
        return None
    return text


def allowed_range(element: ET.Element) -> dict[str, str | None]:
    """Return the bounds of a range as text: "" for an empty (Netgear's `<maximum/>`), None for a missing."""
    return {
        "min": stripped(element, NAMESPACE + "minimum"),
        "max": stripped(element, NAMESPACE + "maximum"),
        "step": stripped(element, NAMESPACE + "step"),
    }


def allowed_values(element: ET.Element) -> list[str]:
    """Return the values of a list that are not empty."""
    return [text for part in element.findall(ALLOWED_VALUE) if (text := (part.text or "").strip())]


def action(element: ET.Element, problems: Problems, known: Collection[str]) -> ActionInfo:
    """Read one action; `known` are the names of the state variables."""
    name = stripped(element, NAME) or "nameless"
    arguments: list[ActionArgumentInfo] = []
    for part in listed(element, ARGUMENT_LIST, ARGUMENT):
        argument = (part.findtext(NAME) or "").strip()
        direction = part.findtext(DIRECTION) or ""
        variable = part.findtext(RELATED) or ""
        if argument and direction in DIRECTIONS and variable in known:
            arguments.append(ActionArgumentInfo(argument, direction, variable, part))
        else:
            found = mended_argument(
                ActionArgumentInfo(argument, direction.strip().lower(), variable.strip(), part),
                f"action {shown(name)}: argument {shown(argument)}",
                problems,
                known,
            )
            if found is not None:
                arguments.append(found)
    return ActionInfo(name, arguments, element)


def mended_argument(
    info: ActionArgumentInfo, where: str, problems: Problems, known: Collection[str]
) -> ActionArgumentInfo | None:
    """Return an argument that is not quite as it should be, or None for one that cannot be used.

    An argument without a direction, or with one that is none (Pelco's `INOUT`), is taken as `in` (S-033).
    Strict, only what has a name, a direction and a state variable is an argument, as in 0.49.0.
    """
    if not info.name or (problems.strict and not (info.direction and info.state_variable_name)):
        problems.note(f"{where} is incomplete and left out")
        return None
    if info.direction not in DIRECTIONS and not problems.strict:
        problems.note(f"{where} has the direction {shown(info.direction)}, read as in")
        info = info._replace(direction="in")
    if info.state_variable_name not in known:
        related = shown(info.state_variable_name)
        problems.fault(UpnpXmlContentError(f"{where} is of a state variable that is not declared, {related}"))
    return info


def untyped_variable(info: ActionArgumentInfo) -> StateVariableInfo:
    """Return a state variable for an argument whose own is not declared: any text, not evented (S-035)."""
    type_info = StateVariableTypeInfo(
        UNTYPED.name, STATE_VARIABLE_TYPE_MAPPING[UNTYPED.name], None, {}, None, info.xml
    )
    return StateVariableInfo(info.state_variable_name or info.name, False, type_info, info.xml)
