"""Defects of the data types of 0.49.0, whose table is in const."""

from datetime import UTC, time
from decimal import Decimal

import pytest

from async_upnp_client._datatypes import DATA_TYPES, decode_bytes
from async_upnp_client.const import STATE_VARIABLE_TYPE_MAPPING as MAPPING

INTEGERS = ["ui1", "ui2", "ui4", "ui8", "i1", "i2", "i4", "i8", "int"]
FLOATS = ["r4", "r8", "number", "float", "fixed.14.4"]


@pytest.mark.uda("T-006")
def test_time_tz_can_be_written():
    assert MAPPING["time.tz"]["out"](time(3, 4, tzinfo=UTC)) == "03:04:00+00:00"


@pytest.mark.uda("T-006")
@pytest.mark.parametrize("name", ["time", "time.tz"])
@pytest.mark.parametrize("text", ["03:04", "03:04:05Z", "03:04:05.5"])
def test_forms_of_time_that_could_not_be_read(name: str, text: str):
    assert MAPPING[name]["in"](text).hour == 3


@pytest.mark.uda("T-007")
@pytest.mark.parametrize(("name", "text"), [("bin.base64", "AP8="), ("bin.hex", "00fF")])
def test_bytes_can_be_had(name: str, text: str):
    assert MAPPING[name]["in"](text) == text
    assert decode_bytes(name, text) == b"\x00\xff"
    assert decode_bytes(name, MAPPING[name]["out"](b"\x00\xff")) == b"\x00\xff"


@pytest.mark.uda("T-002")
@pytest.mark.parametrize("name", INTEGERS[:-1])
def test_integer_types_have_a_width(name: str):
    data_type = DATA_TYPES[name]
    assert data_type.minimum is not None
    assert data_type.maximum is not None
    assert data_type.maximum - data_type.minimum + 1 == 256 ** int(name[-1])


@pytest.mark.uda("T-002")
@pytest.mark.parametrize("name", INTEGERS + FLOATS)
@pytest.mark.parametrize("text", ["1_000", "\u0663"])
def test_numbers_of_python_are_not_numbers_of_upnp(name: str, text: str):
    with pytest.raises(ValueError, match="Not a"):
        MAPPING[name]["in"](text)


@pytest.mark.parametrize("name", INTEGERS)
def test_true_as_an_integer_is_written_as_one(name: str):
    assert MAPPING[name]["out"](True) == "1"


@pytest.mark.uda("T-001")
@pytest.mark.parametrize("text", ["", "2", "NOT_IMPLEMENTED"])
def test_a_boolean_is_not_false_for_any_text(text: str):
    with pytest.raises(ValueError, match="Not a boolean"):
        MAPPING["boolean"]["in"](text)


@pytest.mark.uda("T-001")
@pytest.mark.parametrize("text", ["True ", " 1", "yes\n"])
def test_a_boolean_is_stripped(text: str):
    assert MAPPING["boolean"]["in"](text) is True


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("date", "2026-01-02"),
        ("dateTime", "2026-01-02T03:04:05"),
        ("dateTime.tz", "2026-01-02T03:04:05+01:00"),
        ("time", "03:04:05"),
        ("time.tz", "03:04:05+01:00"),
    ],
)
def test_a_date_is_stripped(name: str, text: str):
    assert MAPPING[name]["in"](f" {text}\n") == MAPPING[name]["in"](text)


@pytest.mark.uda("T-004")
@pytest.mark.parametrize("name", FLOATS)
@pytest.mark.parametrize("text", ["nan", "NaN", "inf", "-INF", "infinity"])
def test_not_a_number_and_infinity_are_refused(name: str, text: str):
    with pytest.raises(ValueError, match="Not a"):
        MAPPING[name]["in"](text)
    with pytest.raises(ValueError, match="Not a"):
        MAPPING[name]["out"](float(text))


@pytest.mark.uda("T-005")
def test_fixed_point_is_written_as_such_and_keeps_its_digits():
    write, read = MAPPING["fixed.14.4"]["out"], MAPPING["fixed.14.4"]["in"]
    assert write(1e-4) == "0.0001"
    assert write(Decimal("1E+2")) == "100"
    assert write(read("12345678901234.5678")) == "12345678901234.5678"
