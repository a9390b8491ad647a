"""Every value that a type can hold is read back from its text, and any text is read or refused."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._datatypes import (
    DATA_TYPES,
    LARGEST_R4,
    decode_bytes,
    find_data_type,
    parse_date_time,
    str_to_time,
    time_to_str,
)

ZONES = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
# what a sender writes, UDA 2.0 §2.5
UNSIGNED, SIGNED = r"0|[1-9][0-9]*", r"0|-?[1-9][0-9]*"
FLOAT = r"-?[0-9]+(\.[0-9]+)?(E[+-][0-9]+)?"
DATE, TIME, ZONE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}", r"[0-9]{2}:[0-9]{2}:[0-9]{2}", r"[+-][0-9]{2}:[0-9]{2}"


def whole_seconds(value: Any) -> Any:
    return value.replace(microsecond=0, fold=0)


def integers(name: str) -> st.SearchStrategy[int]:
    minimum, maximum = DATA_TYPES[name].minimum, DATA_TYPES[name].maximum
    if minimum is None:
        minimum, maximum = -(10**90), 10**90
    return st.integers(minimum, maximum)


ROWS: list[tuple[str, st.SearchStrategy[Any], str]] = [
    *((name, integers(name), UNSIGNED) for name in ("ui1", "ui2", "ui4", "ui8")),
    *((name, integers(name), SIGNED) for name in ("i1", "i2", "i4", "i8", "int")),
    ("r4", st.floats(-LARGEST_R4, LARGEST_R4), FLOAT),
    *((name, FLOATS, FLOAT) for name in ("r8", "number", "float")),
    (
        "fixed.14.4",
        st.integers(-(10**18) + 1, 10**18 - 1).map(lambda number: Decimal(number).scaleb(-4)),
        r"-?[0-9]{1,14}(\.[0-9]{1,4})?",
    ),
    *((name, st.text(), r"(?s:.*)") for name in ("char", "string", "uri", "uuid", "bin.base64", "bin.hex")),
    ("boolean", st.booleans(), "[01]"),
    ("date", st.dates(), DATE),
    ("dateTime", st.datetimes().map(whole_seconds), f"{DATE}T{TIME}"),
    ("dateTime.tz", st.datetimes(timezones=ZONES).map(whole_seconds), f"{DATE}T{TIME}{ZONE}"),
    ("time", st.times().map(whole_seconds), TIME),
    ("time.tz", st.times(timezones=ZONES).map(whole_seconds), f"{TIME}{ZONE}"),
]


def test_every_type_has_a_row():
    assert {name for name, _, _ in ROWS} == set(DATA_TYPES)


@pytest.mark.parametrize(("name", "values", "form"), ROWS, ids=[name for name, _, _ in ROWS])
@given(data=st.data())
def test_reads_what_it_writes(name: str, values: st.SearchStrategy[Any], form: str, data: st.DataObject):
    value = data.draw(values)
    text = DATA_TYPES[name].encode(value)
    assert re.fullmatch(form, text)
    assert DATA_TYPES[name].decode(text) == value


@pytest.mark.parametrize("name", DATA_TYPES)
@given(
    text=st.text() | st.text("0123456789+-:.,TZeEaAfF ") | st.from_regex(r"[0-9]{2,4}([-:T][0-9]{2}){0,5}")
)
def test_any_text_is_read_or_refused(name: str, text: str):
    try:
        value = DATA_TYPES[name].decode(text)
    except ValueError:
        return
    assert isinstance(value, DATA_TYPES[name].python_types)


@given(st.text() | st.text("0123456789:+-/. "))
def test_any_text_is_a_duration_or_none(text: str):
    duration = str_to_time(text)
    assert duration is None or isinstance(duration, timedelta)


@given(st.integers(-(10**12), 10**12).map(lambda milliseconds: timedelta(milliseconds=milliseconds)))
def test_a_duration_is_read_back(duration: timedelta):
    text = time_to_str(duration)
    assert re.fullmatch(r"-?[0-9]+:[0-5][0-9]:[0-5][0-9](\.[0-9]{3})?", text)
    assert str_to_time(text) == duration


@pytest.mark.parametrize("name", ["bin.base64", "bin.hex"])
@given(value=st.binary())
def test_bytes_are_read_back(name: str, value: bytes):
    assert decode_bytes(name, DATA_TYPES[name].encode(value)) == value


@pytest.mark.parametrize("name", ["bin.base64", "bin.hex"])
@given(text=st.text() | st.text("0123456789abcdefABCDEF=+/ \n"))
def test_any_text_is_bytes_or_refused(name: str, text: str):
    try:
        value = decode_bytes(name, text)
    except ValueError:
        return
    assert isinstance(value, bytes)


@pytest.mark.parametrize("write", [datetime.isoformat, str])
@given(value=st.datetimes() | st.datetimes(timezones=ZONES))
def test_reads_the_dates_of_python(write: Callable[[datetime], str], value: datetime):
    assert parse_date_time(write(value)) == value


@given(value=st.dates() | st.times() | st.times(timezones=ZONES))
def test_reads_the_dates_and_times_of_python(value: date | time):
    assert parse_date_time(value.isoformat()) == value


@given(st.text())
def test_any_name_is_a_type_or_none(name: str):
    found = find_data_type(name)
    assert found is None or found.name.lower() == name.strip().lower()
