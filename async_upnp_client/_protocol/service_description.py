"""UDA 2.0 §2.5: the service description (SCPD), read into records.

`client_factory` comes here with the text of an SCPD, and makes state variables and actions of what it gets.
Nothing is fetched here, and nothing logged: what a device gets wrong is listed in `diagnostics`. Not strict,
one variable or action that cannot be used costs nothing but itself.
"""

import xml.etree.ElementTree as ET
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from async_upnp_client._datatypes import DATA_TYPES, DataType, find_data_type
from async_upnp_client._diagnostics import Code, Findings, path, place
from async_upnp_client._headers import shown
from async_upnp_client._protocol.description import listed, parse_document, stripped
from async_upnp_client.const import (
    NS,
    STATE_VARIABLE_TYPE_MAPPING,
    ActionArgumentInfo,
    ActionInfo,
    Diagnostic,
    StateVariableInfo,
    StateVariableTypeInfo,
)
from async_upnp_client.exceptions import UpnpError, UpnpValueDecodeError, UpnpXmlContentError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits

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

NAMELESS: Final = "nameless"


@dataclass(frozen=True, slots=True, weakref_slot=True)
class ServiceDocument:
    """A service as described. An argument's state variable may be missing if not read strictly.

    `diagnostics` tells what is wrong with the service and its variables, `action_diagnostics` what is with
    its actions, by their names. Their `where` is relative to the service or action.
    """

    state_variables: tuple[StateVariableInfo, ...]
    actions: tuple[ActionInfo, ...]
    diagnostics: tuple[Diagnostic, ...]
    action_diagnostics: Mapping[str, tuple[Diagnostic, ...]]


def parse_service_document(text: str, *, strict: bool, limits: Limits = DEFAULT_LIMITS) -> ServiceDocument:
    """Read a service description (UDA 2.0 §2.5).

    Raises UpnpXmlParseError for what is no XML. Strict: UpnpXmlContentError for another root than `scpd` in
    the standard's namespace, no state table, a variable without a type, an argument without its variable;
    UpnpError for an unknown type; UpnpValueDecodeError for a default value that its type cannot hold. Not
    strict, those are only noted.
    """
    findings = Findings(strict=strict, limits=limits)
    root = parse_document(text, NS["service"], findings)
    if root.tag != SCPD:
        error = UpnpXmlContentError(f"service description with the root {shown(root.tag)}")
        findings.fault(error, Code.NOT_A_SERVICE_DESCRIPTION, "")
    table = root.find(STATE_TABLE)
    if table is None:
        error = UpnpXmlContentError("service description without a state table")
        findings.fault(error, Code.STATE_TABLE_MISSING, "")
    variables: list[StateVariableInfo] = []
    known: set[str] = set()
    for number, element in enumerate(() if table is None else table.findall(STATE_VARIABLE), 1):
        variable = state_variable(element, findings)
        if not variable.name:
            message = "a state variable without a name is left out"
            findings.note(Code.VARIABLE_WITHOUT_NAME, f"variable {number}", message)
            continue
        if variable.name in known:
            message = f"the state variable {shown(variable.name)} is declared again; the last one holds"
            findings.note(Code.VARIABLE_REPEATED, place("variable", variable.name), message)
        known.add(variable.name)
        variables.append(variable)
    actions = read_actions(root, findings, known)
    return ServiceDocument(tuple(variables), tuple(actions), findings.of(), findings.by_part())


def state_variable(element: ET.Element, findings: Findings) -> StateVariableInfo:
    """Read one state variable."""
    name = (element.findtext(NAME) or "").strip()
    events = element.get("sendEvents")
    if events not in {"yes", "no"}:
        events = mended_events(events, element, name, findings)
    declared = element.findtext(DATA_TYPE)
    data_type = None if declared is None else DATA_TYPES.get(declared)
    if data_type is None:
        data_type = mended_type(declared, name, findings)
    default = element.findtext(DEFAULT_VALUE)
    values = element.find(ALLOWED_LIST)
    bounds = element.find(ALLOWED_RANGE)
    type_info = StateVariableTypeInfo(
        data_type.name,
        STATE_VARIABLE_TYPE_MAPPING[data_type.name],
        None if default is None else default_value(default.strip(), data_type, name, findings),
        {} if bounds is None else allowed_range(bounds, data_type, name, findings),
        None if values is None else allowed_values(values),
        element,
    )
    return StateVariableInfo(name, is_evented(events), type_info, element)


def is_evented(text: str | None) -> bool:
    """Tell whether a variable is evented; absent means yes (S-036)."""
    return not text or text in YES or text.strip().lower() in YES


def mended_events(text: str | None, element: ET.Element, name: str, findings: Findings) -> str | None:
    """Return what a variable says of its events in another way than by `sendEvents="yes"` or `"no"`."""
    if text is None:
        # the template's name for the attribute, which some took for an element
        text = element.findtext(NAMESPACE + "sendEventsAttribute")
        message = f"state variable {shown(name)} has no attribute sendEvents"
    else:
        message = f"sendEvents of state variable {shown(name)} is {shown(text)}"
    findings.note(Code.SEND_EVENTS_ODD, place("variable", name), message)
    return text


def mended_type(declared: str | None, name: str, findings: Findings) -> DataType:
    """Return the data type that a variable declares with blanks, in another case, or not at all (S-038)."""
    where = place("variable", name)
    if declared is None:
        error: UpnpError = UpnpXmlContentError(f"state variable {shown(name)} has no data type")
        findings.fault(error, Code.DATA_TYPE_MISSING, where)
        return UNTYPED
    declared = declared.strip()
    found = DATA_TYPES.get(declared) if findings.strict else find_data_type(declared)
    if found is None:
        error = UpnpError(f"Unsupported data type of state variable {shown(name)}: {shown(declared)}")
        findings.fault(error, Code.DATA_TYPE_UNKNOWN, where)
        return UNTYPED
    if found.name != declared:
        message = f"the data type of state variable {shown(name)} is {shown(declared)}, read as {found.name}"
        findings.note(Code.DATA_TYPE_MISSPELLED, where, message)
    return found


def default_value(text: str, data_type: DataType, name: str, findings: Findings) -> str | None:
    """Return a default value that its type can hold (S-042); an empty one is none but for texts."""
    if not text:
        return text if str in data_type.python_types else None
    try:
        data_type.decode(text)
    except ValueError:
        error = UpnpValueDecodeError(name, text)
        findings.fault(error, Code.DEFAULT_VALUE_UNREADABLE, place("variable", name))
        return None
    return text


def allowed_range(
    element: ET.Element, data_type: DataType, name: str, findings: Findings
) -> dict[str, str | None]:
    """Return the bounds of a range as text: "" for an empty (Netgear's `<maximum/>`), None for a missing."""
    minimum = stripped(element, NAMESPACE + "minimum")
    maximum = stripped(element, NAMESPACE + "maximum")
    step = stripped(element, NAMESPACE + "step")
    for bound, text in (("minimum", minimum), ("maximum", maximum), ("step", step)):
        if bound == "step" and text is None:
            continue  # the only one that need not be there
        try:
            data_type.decode(text or "-")
        except ValueError:
            written = "missing" if text is None else shown(text) or "empty"
            message = f"the {bound} of state variable {shown(name)} is {written}, and does not bound"
            findings.note(Code.RANGE_UNREADABLE, path(place("variable", name), bound), message)
    return {"min": minimum, "max": maximum, "step": step}


def allowed_values(element: ET.Element) -> list[str]:
    """Return the values of a list that are not empty."""
    return [text for part in element.findall(ALLOWED_VALUE) if (text := (part.text or "").strip())]


def read_actions(root: ET.Element, findings: Findings, known: Collection[str]) -> list[ActionInfo]:
    """Read the actions; `known` are the names of the state variables."""
    actions: list[ActionInfo] = []
    names: set[str] = set()
    for number, element in enumerate(listed(root, ACTION_LIST, ACTION), 1):
        info = action(element, findings, known)
        if info.name == NAMELESS:
            findings.note(Code.ACTION_WITHOUT_NAME, f"action {number}", "an action has no name")
        elif info.name in names:
            message = f"the action {shown(info.name)} is declared again; the last one holds"
            findings.note(Code.ACTION_REPEATED, place("action", info.name), message)
        names.add(info.name)
        actions.append(info)
    return actions


def action(element: ET.Element, findings: Findings, known: Collection[str]) -> ActionInfo:
    """Read one action; `known` are the names of the state variables."""
    name = stripped(element, NAME) or NAMELESS
    arguments: list[ActionArgumentInfo] = []
    for number, part in enumerate(listed(element, ARGUMENT_LIST, ARGUMENT), 1):
        argument = (part.findtext(NAME) or "").strip()
        direction = part.findtext(DIRECTION) or ""
        variable = part.findtext(RELATED) or ""
        if argument and direction in DIRECTIONS and variable in known:
            arguments.append(ActionArgumentInfo(argument, direction, variable, part))
        else:
            found = mended_argument(
                ActionArgumentInfo(argument, direction.strip().lower(), variable.strip(), part),
                name,
                place("argument", argument or str(number)),
                findings,
                known,
            )
            if found is not None:
                arguments.append(found)
    return ActionInfo(name, arguments, element)


def mended_argument(
    info: ActionArgumentInfo, of_action: str, where: str, findings: Findings, known: Collection[str]
) -> ActionArgumentInfo | None:
    """Return an argument that is not quite as it should be, or None for one that cannot be used.

    An argument without a direction, or with one that is none (Pelco's `INOUT`), is taken as `in` (S-033).
    Strict, only what has a name, a direction and a state variable is an argument, as in 0.49.0.
    """
    text = f"action {shown(of_action)}: argument {shown(info.name)}"
    if not info.name or (findings.strict and not (info.direction and info.state_variable_name)):
        findings.note(Code.ARGUMENT_INCOMPLETE, where, f"{text} is incomplete and left out", of_action)
        return None
    if info.direction not in DIRECTIONS and not findings.strict:
        message = f"{text} has the direction {shown(info.direction) or 'none'}, read as in"
        findings.note(Code.ARGUMENT_DIRECTION_ODD, where, message, of_action)
        info = info._replace(direction="in")
    if info.state_variable_name not in known:
        related = shown(info.state_variable_name)
        error = UpnpXmlContentError(f"{text} is of a state variable that is not declared, {related}")
        findings.fault(error, Code.ARGUMENT_VARIABLE_UNDECLARED, where, of_action)
    return info


def untyped_variable(info: ActionArgumentInfo) -> StateVariableInfo:
    """Return a state variable for an argument whose own is not declared: any text, not evented (S-035)."""
    type_info = StateVariableTypeInfo(
        UNTYPED.name, STATE_VARIABLE_TYPE_MAPPING[UNTYPED.name], None, {}, None, info.xml
    )
    return StateVariableInfo(info.state_variable_name or info.name, False, type_info, info.xml)
