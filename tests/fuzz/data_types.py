"""A text that a data type reads is a value of that type, and stays the same when written and read again."""

from datetime import timedelta
from typing import Any

from async_upnp_client._datatypes import (
    DATA_TYPES,
    DataType,
    decode_bytes,
    find_data_type,
    parse_date_time,
    str_to_time,
    time_to_str,
)
from tests.fuzz.text import check_error, document_of

LARGEST = 65507


def check(data: bytes) -> None:
    """Check one text as every type."""
    text = document_of(data)
    for data_type in DATA_TYPES.values():
        check_type(data_type, text)
    found = find_data_type(text)
    assert found is None or found.name.lower() == text.strip().lower()
    check_bytes("bin.base64", text)
    check_bytes("bin.hex", text)
    check_duration(text)
    try:
        parse_date_time(text)
    except ValueError as err:
        check_error(err)


def check_type(data_type: DataType, text: str) -> None:
    """Check one text as one type."""
    try:
        value = data_type.decode(text)
    except ValueError as err:
        check_error(err)
        return
    assert isinstance(value, data_type.python_types), (data_type.name, value)
    try:
        written = data_type.encode(value)
    except ValueError:
        return  # a value that may be read but not sent: larger than the type is wide
    read: Any = data_type.decode(written)
    assert data_type.encode(read) == written, (data_type.name, text, written)
    assert str in data_type.python_types or written.isascii(), (data_type.name, text, written)


def check_bytes(name: str, text: str) -> None:
    """Check one text as bytes, which are the same again when written and read."""
    try:
        value = decode_bytes(name, text)
    except ValueError:
        return
    assert decode_bytes(name, DATA_TYPES[name].encode(value)) == value


def check_duration(text: str) -> None:
    """Check one text as a duration, to the millisecond in which they are written."""
    duration = str_to_time(text)
    if duration is not None:
        again = str_to_time(time_to_str(duration))
        assert again is not None, text
        assert abs(again - duration) <= timedelta(milliseconds=1), text
