"""Defects of 0.49.0 in what a state variable may hold, that are fixed here."""

import xml.etree.ElementTree as ET
from decimal import Decimal

import pytest
import voluptuous as vol

from async_upnp_client._protocol.values import value_validator
from async_upnp_client.const import STATE_VARIABLE_TYPE_MAPPING, StateVariableTypeInfo

BOTH = pytest.mark.parametrize("strict", [True, False], ids=["strict", "non_strict"])


def info(data_type: str, bounds: dict[str, str | None] | None = None) -> StateVariableTypeInfo:
    mapping = STATE_VARIABLE_TYPE_MAPPING[data_type]
    return StateVariableTypeInfo(data_type, mapping, None, bounds or {}, None, ET.Element("stateVariable"))


@pytest.mark.parametrize(("data_type", "value"), [("ui1", 256), ("ui1", -1), ("i2", 32768), ("ui4", 2**32)])
def test_strict_checks_the_width_of_integers(data_type, value):
    with pytest.raises(vol.MultipleInvalid):
        value_validator(info(data_type), strict=True)(value)


@BOTH
def test_a_whole_number_is_a_float(strict):
    assert value_validator(info("r4"), strict=strict)(5) == 5


@BOTH
def test_fixed_point_numbers_may_be_decimals(strict):
    assert value_validator(info("fixed.14.4"), strict=strict)(Decimal("1.5")) == Decimal("1.5")


@BOTH
def test_not_a_number_is_no_number(strict):
    with pytest.raises(vol.MultipleInvalid):
        value_validator(info("r8"), strict=strict)(float("nan"))


@BOTH
def test_bytes_are_taken_for_binary_types(strict):
    assert value_validator(info("bin.base64"), strict=strict)(b"x") == b"x"


@BOTH
def test_a_bound_that_cannot_be_read_does_not_bound(strict):
    validate = value_validator(info("ui4", {"min": "x", "max": "", "step": None}), strict=strict)
    assert validate(5) == 5
