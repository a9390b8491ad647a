"""UDA 2.0 §2.5: what a state variable may hold, as a validator.

`client_factory` and the device side make one validator per state variable; it runs for each value that is
set, sent or evented. How a value is written is the business of `_datatypes`.
"""

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from math import isfinite
from typing import Any, Final

from async_upnp_client._datatypes import DATA_TYPES, DataType, find_data_type
from async_upnp_client._diagnostics import Code
from async_upnp_client.const import StateVariableTypeInfo

Validator = Callable[[Any], Any]
Judge = Callable[[Any], Code | None]

FRACTIONS: Final = (float, Decimal)
NUMBERS: Final = (int, *FRACTIONS)


def value_validator(type_info: StateVariableTypeInfo, *, strict: bool) -> Validator:
    """Return a function that returns a value it is given, or raises voluptuous.MultipleInvalid.

    It holds a value to the Python type, and for the `.tz` types to a time zone. Strict, it also holds it to
    the width of integer types (T-002), the allowed values as declared, and the allowed range, ends
    included; not strict it does not, as devices leave their own ranges (S-041). Bounds that are empty or
    cannot be read do not bound (Netgear's `<maximum/>`), nor does an empty list of values.
    """
    data_type = find_data_type(type_info.data_type) or DATA_TYPES["string"]
    of_type = type_validator(data_type.name)
    if not strict:
        return of_type
    if not type_info.allowed_values and not type_info.allowed_value_range and data_type.minimum is None:
        return of_type
    within: Validator | None = None

    def validate(value: Any) -> Any:
        nonlocal within
        of_type(value)
        if within is None:  # of the variables of a device, few are ever validated
            within = declared_validator(data_type, type_info)
        return within(value)

    return validate


def declared_validator(data_type: DataType, type_info: StateVariableTypeInfo) -> Validator:
    """Return the validator of what is declared beside the type, for values of the type."""
    allowed = frozenset(readable(data_type, type_info.allowed_values or ()))
    minimum, maximum = bounds(data_type, type_info)

    def validate(value: Any) -> Any:
        if allowed and value not in allowed:
            raise invalid("value is not allowed")
        if minimum is not None and value < minimum:
            raise invalid(f"value must be at least {minimum}")
        if maximum is not None and value > maximum:
            raise invalid(f"value must be at most {maximum}")
        return value

    return validate


@cache  # one per data type, and these are few
def type_validator(name: str) -> Validator:
    """Return the validator of a data type alone."""
    data_type = DATA_TYPES[name]
    types = data_type.python_types
    message = f"expected {' or '.join(accepted.__name__ for accepted in types)}"

    def validate(value: Any) -> Any:
        if not isinstance(value, types):
            raise invalid(message)
        return value

    def validate_fraction(value: Any) -> Any:
        # a bool is an int to Python, and no number here
        if not isinstance(value, types) or isinstance(value, bool) or not is_sendable(value):
            raise invalid(message)
        return value

    def validate_tz(value: Any) -> Any:
        validate(value)
        if getattr(value, "tzinfo", None) is None:
            raise invalid("Requires tzinfo")
        return value

    if data_type.requires_tz:
        return validate_tz
    return validate_fraction if any(fraction in types for fraction in FRACTIONS) else validate


def is_sendable(number: Any) -> bool:
    """Tell whether a number can be written at all: NaN and infinity cannot (T-004)."""
    try:
        return isfinite(number)
    except (OverflowError, ValueError):  # an int beyond any float, a signalling NaN
        return False


def received_judge(type_info: StateVariableTypeInfo) -> Judge | None:
    """Return a function that tells what is wrong with a value received, None where nothing can be.

    Such a value is delivered all the same (S-041): devices add modes that their description does not list,
    and counters outgrow their type.
    """
    data_type = find_data_type(type_info.data_type) or DATA_TYPES["string"]
    allowed = frozenset(readable(data_type, type_info.allowed_values or ()))
    minimum, maximum = bounds(data_type, type_info)
    if not allowed and minimum is None and maximum is None:
        return None

    def judge(value: Any) -> Code | None:
        try:
            if allowed and value not in allowed:
                return Code.VALUE_NOT_LISTED
            if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
                return Code.VALUE_OUT_OF_RANGE
        except TypeError:  # a value of a user's own data type, which does not compare
            return None
        return None

    return judge


def readable(data_type: DataType, texts: Any) -> list[Any]:
    """Return the values of those texts that the type can read."""
    values = []
    for text in texts:
        try:
            values.append(data_type.decode(text))
        except ValueError:
            continue
    return values


def bounds(data_type: DataType, type_info: StateVariableTypeInfo) -> tuple[Any, Any]:
    """Return the least and the greatest value, None where there is none; of numbers only (S-040)."""
    if not any(number in data_type.python_types for number in NUMBERS):
        return None, None
    declared = type_info.allowed_value_range
    lower = readable(data_type, [declared.get("min") or ""])
    upper = readable(data_type, [declared.get("max") or ""])
    if data_type.minimum is not None:
        lower.append(data_type.minimum)
    if data_type.maximum is not None:
        upper.append(data_type.maximum)
    return max(lower, default=None), min(upper, default=None)


def invalid(message: str) -> Exception:
    """Return the error that state variables expect."""
    from voluptuous import Invalid, MultipleInvalid  # noqa: PLC0415  # as in `_datatypes`

    return MultipleInvalid([Invalid(message)])


def is_refusal(err: Exception) -> bool:
    """Tell whether an error is what validators raise for a value, those of callers among them."""
    from voluptuous import Invalid  # noqa: PLC0415  # as in `_datatypes`

    return isinstance(err, Invalid)
