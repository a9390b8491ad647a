"""Data types (UDA 2.0 §2.5) as a user has them: the texts and values of a state variable."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest

from async_upnp_client.const import STATE_VARIABLE_TYPE_MAPPING
from async_upnp_client.exceptions import UpnpValueDecodeError, UpnpValueError
from tests.support.model import variable

EAST = timezone(timedelta(hours=2))


@pytest.mark.uda("T-001", "T-002", "T-004", "T-005", "T-006")
@pytest.mark.parametrize(
    ("data_type", "value", "text"),
    [
        ("boolean", True, "1"),
        ("boolean", False, "0"),
        ("ui1", 255, "255"),
        ("i1", -128, "-128"),
        ("ui8", 2**64 - 1, "18446744073709551615"),
        ("i8", -(2**63), "-9223372036854775808"),
        ("r8", 1.5, "1.5"),
        ("r8", 1e-9, "1E-09"),
        ("float", -2.0, "-2.0"),
        ("fixed.14.4", Decimal("99999999999999.9999"), "99999999999999.9999"),
        ("fixed.14.4", Decimal("1E+2"), "100"),
        ("date", date(2026, 2, 1), "2026-02-01"),
        ("dateTime", datetime(2026, 2, 1, 3, 4, 5), "2026-02-01T03:04:05"),
        ("dateTime.tz", datetime(2026, 2, 1, 3, 4, 5, tzinfo=EAST), "2026-02-01T03:04:05+02:00"),
        ("time", time(3, 4, 5), "03:04:05"),
        ("time.tz", time(3, 4, 5, tzinfo=EAST), "03:04:05+02:00"),
    ],
)
def test_a_value_is_written_in_the_one_form_and_read_from_it(data_type, value, text):
    tested = variable(data_type=data_type)
    tested.value = value
    assert tested.upnp_value == text
    tested.receive(text)
    assert tested.value == value
    assert type(tested.value) is type(value)


@pytest.mark.uda("T-001", "T-002", "T-004", "T-005", "T-006")
@pytest.mark.parametrize(
    ("data_type", "text", "value"),
    [
        ("boolean", "true", True),
        ("boolean", "YES", True),
        ("boolean", "True ", True),
        ("boolean", "false", False),
        ("boolean", "no", False),
        ("i4", "+007", 7),
        ("r4", "1e3", 1000.0),
        ("number", ".5", 0.5),
        ("fixed.14.4", "12345678901234.5678", Decimal("12345678901234.5678")),
        ("date", "20260201", date(2026, 2, 1)),
        ("time", "03:04", time(3, 4)),
        ("time.tz", "03:04:05Z", time(3, 4, 5, tzinfo=UTC)),
        ("dateTime.tz", "2026-02-01T03:04:05+0200", datetime(2026, 2, 1, 3, 4, 5, tzinfo=EAST)),
    ],
)
def test_other_forms_are_read(data_type, text, value):
    tested = variable(data_type=data_type)
    tested.receive(text)
    assert tested.value == value
    assert type(tested.value) is type(value)


@pytest.mark.uda("T-002", "T-003", "T-004", "T-006")
@pytest.mark.parametrize(
    ("data_type", "text"),
    [
        ("boolean", "maybe"),
        ("boolean", ""),
        ("ui4", "1_000"),
        ("ui4", "1,000"),
        ("ui4", "NOT_IMPLEMENTED"),
        ("ui4", ""),
        ("float", "NaN"),
        ("float", "INF"),
        ("float", "1,5"),
        ("date", "2026-02-31"),
        ("time", "25:00:00"),
    ],
)
def test_what_is_no_value_is_none_and_its_text_is_kept(data_type, text):
    tested = variable(data_type=data_type)
    with pytest.raises(UpnpValueDecodeError):
        tested.receive(text)
    assert tested.value is None
    assert tested.raw_upnp_value == text


@pytest.mark.uda("T-002", "T-004", "T-005")
@pytest.mark.parametrize(
    ("data_type", "value"),
    [
        ("ui1", 256),
        ("ui1", -1),
        ("i1", 128),
        ("ui8", 2**64),
        ("i8", 2**63),
        ("float", float("nan")),
        ("r8", float("inf")),
        ("fixed.14.4", Decimal(100000000000000)),
    ],
)
def test_what_the_type_cannot_hold_is_not_sent(data_type, value):
    tested = variable(data_type=data_type)
    with pytest.raises(UpnpValueError):
        sent(tested, value)


def sent(tested, value):
    """Do what a call does with an argument."""
    tested.validate_value(value)
    return tested.coerce_upnp(value)


@pytest.mark.uda("T-007")
@pytest.mark.parametrize(
    ("data_type", "text"),
    [
        ("bin.base64", "AAH+/w=="),
        ("bin.base64", " AA\r\nH+\n/w== "),
        ("bin.base64", "AAH+/w"),
        ("bin.hex", "0001feff"),
        ("bin.hex", "0001FEFF"),
    ],
)
def test_bytes_are_read_in_any_layout(data_type, text):
    tested = variable(data_type=data_type)
    tested.receive(text)
    assert tested.value_bytes == b"\x00\x01\xfe\xff"
    assert tested.value == text


@pytest.mark.uda("T-007")
@pytest.mark.parametrize(("data_type", "text"), [("bin.base64", "AAH+/w=="), ("bin.hex", "0001feff")])
def test_bytes_are_written(data_type, text):
    assert variable(data_type=data_type).coerce_upnp(b"\x00\x01\xfe\xff").lower() == text.lower()


@pytest.mark.uda("T-008")
@pytest.mark.parametrize("name", ["ui8", "i8", "int", "uuid", "uri"])
def test_the_types_of_every_version_are_known(name):
    assert name in STATE_VARIABLE_TYPE_MAPPING
    text = "12" if name in {"ui8", "i8", "int"} else "any text"
    tested = variable(data_type=name)
    tested.receive(text)
    assert tested.upnp_value == text


@pytest.mark.uda("T-008")
def test_int_has_no_bounds():
    tested = variable(data_type="int")
    tested.value = 10**40
    assert tested.upnp_value == "1" + "0" * 40
