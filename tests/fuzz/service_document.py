"""Any service document is read or refused with a documented error; lenient reads whatever strict does.

What was read makes state variables and arguments that never raise, whatever they declare.
"""

from async_upnp_client._datatypes import DATA_TYPES
from async_upnp_client._protocol.service_description import ServiceDocument, parse_service_document
from async_upnp_client._protocol.values import value_validator
from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.const import StateVariableInfo
from async_upnp_client.exceptions import (
    UpnpError,
    UpnpValueDecodeError,
    UpnpValueError,
    UpnpXmlContentError,
    UpnpXmlParseError,
)
from tests.fuzz.diagnostics import check_diagnostics
from tests.fuzz.text import document_of

LARGEST = 1 << 16
# what an event may bring
TEXTS = ("", "1", "-1", "x", "2024-02-29", "12:00:00+02:00", "1e400")


def check(data: bytes) -> None:
    """Check one document."""
    text = document_of(data)
    strict = read(text, strict=True)
    lenient = read(text, strict=False)
    assert strict is None or lenient is not None, "read strictly, but not leniently"
    for document, is_strict in ((strict, True), (lenient, False)):
        if document is not None:
            check_document(document, strict=is_strict)


def read(text: str, *, strict: bool) -> ServiceDocument | None:
    """Read, or refuse with one of the errors named."""
    try:
        return parse_service_document(text, strict=strict)
    except (UpnpXmlParseError, UpnpXmlContentError):
        return None
    except UpnpError as err:
        if not strict or type(err) not in (UpnpError, UpnpValueDecodeError):
            raise
        return None


def check_document(document: ServiceDocument, *, strict: bool) -> None:
    """Check what was read."""
    check_diagnostics(document.diagnostics)
    names = {info.name for info in document.state_variables}
    assert "" not in names
    for info in document.state_variables:
        check_variable(info, strict=strict)
    for action in document.actions:
        assert action.name == action.name.strip() != ""
        for argument in action.arguments:
            assert argument.name == argument.name.strip() != ""
            assert not strict or argument.state_variable_name in names
            assert strict or argument.direction in ("in", "out")


def check_variable(info: StateVariableInfo, *, strict: bool) -> None:
    """Check one state variable, and what it does with values."""
    assert info.name == info.name.strip()
    assert info.type_info.data_type in DATA_TYPES
    variable: UpnpStateVariable[object] = UpnpStateVariable(
        info, value_validator(info.type_info, strict=strict)
    )
    declared = (variable.min_value, variable.max_value, variable.step_value, variable.default_value)
    types = DATA_TYPES[info.type_info.data_type].python_types
    assert all(value is None or isinstance(value, types) for value in (*declared, *variable.allowed_values))
    assert all(value == value.strip().lower() for value in variable.normalized_allowed_values)
    for text in TEXTS:
        try:
            variable.upnp_value = text
            assert variable.value is None or isinstance(variable.value, types)
        except UpnpValueError:
            pass
