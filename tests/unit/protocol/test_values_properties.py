"""What holds for any value: it is returned as it is, or refused; and what is returned can be written."""

import xml.etree.ElementTree as ET

import voluptuous as vol
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._datatypes import DATA_TYPES
from async_upnp_client._protocol.values import value_validator
from async_upnp_client.const import STATE_VARIABLE_TYPE_MAPPING, StateVariableTypeInfo

VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text()
    | st.binary()
    | st.dates()
    | st.times()
    | st.datetimes()
    | st.lists(st.integers())
)
TEXTS = st.none() | st.text(max_size=3) | st.integers(-10, 300).map(str)


@given(
    st.sampled_from(list(DATA_TYPES)),
    VALUES,
    st.booleans(),
    st.none() | st.lists(st.text(max_size=3), max_size=3),
    TEXTS,
    TEXTS,
)
def test_any_value_is_returned_or_refused(data_type, value, strict, allowed, minimum, maximum):
    bounds = {"min": minimum, "max": maximum, "step": None}
    info = StateVariableTypeInfo(
        data_type, STATE_VARIABLE_TYPE_MAPPING[data_type], None, bounds, allowed, ET.Element("stateVariable")
    )
    try:
        returned = value_validator(info, strict=strict)(value)
    except vol.MultipleInvalid:
        return
    assert returned is value
    if data_type != "fixed.14.4":  # which is bounded in digits, and that is for writing to say
        assert isinstance(DATA_TYPES[data_type].encode(value), str)
