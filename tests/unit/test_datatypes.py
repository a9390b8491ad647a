"""UPnP data types, row by row: what is read, what is written, and what is refused (UDA 2.0 §2.5)."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal, localcontext
from enum import Enum, IntEnum
from typing import Any

import pytest
import voluptuous as vol

from async_upnp_client._datatypes import (
    COMPILED_MATCHERS,
    DATA_TYPES,
    TIME_RE,
    decode_bytes,
    find_data_type,
    parse_date_time,
    require_tzinfo,
    str_to_time,
    time_to_str,
)

INTEGERS = ("ui1", "ui2", "ui4", "ui8", "i1", "i2", "i4", "i8", "int")
FLOATS = ("r4", "r8", "number", "float")
CET = timezone(timedelta(hours=1))
NEWFOUNDLAND = timezone(-timedelta(hours=3, minutes=30))


class Mode(str, Enum):
    NORMAL = "NORMAL"


class Number(IntEnum):
    FIVE = 5


# type, value, text: written so, and read back
BOTH_WAYS = [
    *((name, 5, "5") for name in INTEGERS),
    *((name, -5, "-5") for name in INTEGERS if name.startswith("i")),
    ("ui8", 2**64 - 1, "18446744073709551615"),
    ("i8", -(2**63), "-9223372036854775808"),
    ("int", 10**30, "1" + "0" * 30),
    *((name, 1.5, "1.5") for name in FLOATS),
    *((name, -0.25, "-0.25") for name in FLOATS),
    ("r8", 1e-05, "1E-05"),
    ("r8", 1e300, "1E+300"),
    ("r8", 5e-324, "5E-324"),
    ("r4", 3.40282347e38, "3.40282347E+38"),
    ("fixed.14.4", Decimal("99999999999999.9999"), "99999999999999.9999"),
    ("fixed.14.4", Decimal("-0.0001"), "-0.0001"),
    ("fixed.14.4", Decimal(100), "100"),
    ("char", "x", "x"),
    ("char", "\U0001d11e", "\U0001d11e"),
    ("string", " two  blanks ", " two  blanks "),
    ("string", "", ""),
    ("boolean", True, "1"),
    ("boolean", False, "0"),
    ("bin.base64", "AAE=", "AAE="),
    ("bin.hex", "00fF", "00fF"),
    ("uri", "../a b?c", "../a b?c"),
    ("uuid", "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000001"),
    ("uuid", "uuid:anything", "uuid:anything"),
    ("date", date(2001, 2, 3), "2001-02-03"),
    ("date", date(1, 1, 1), "0001-01-01"),
    ("dateTime", datetime(2001, 2, 3, 4, 5, 6), "2001-02-03T04:05:06"),
    ("dateTime", date(2001, 2, 3), "2001-02-03"),
    ("dateTime.tz", datetime(2001, 2, 3, 4, 5, 6, tzinfo=CET), "2001-02-03T04:05:06+01:00"),
    ("dateTime.tz", datetime(2001, 2, 3, 4, 5, 6, tzinfo=NEWFOUNDLAND), "2001-02-03T04:05:06-03:30"),
    ("time", time(4, 5, 6), "04:05:06"),
    ("time.tz", time(4, 5, 6, tzinfo=CET), "04:05:06+01:00"),
]


@pytest.mark.uda("T-008")
@pytest.mark.parametrize(("name", "value", "text"), BOTH_WAYS)
def test_is_written_and_read(name: str, value: Any, text: str):
    data_type = DATA_TYPES[name]
    assert data_type.encode(value) == text
    read = data_type.decode(text)
    assert read == value
    assert type(read) is type(value)
    assert isinstance(read, data_type.python_types)


# type, text as devices send it, value
FORGIVEN = [
    *((name, text, 5) for name in INTEGERS for text in ("005", "+5", " 5\n")),
    ("ui1", "300", 300),
    ("ui4", "-1", -1),
    ("ui4", "1100335252538", 1100335252538),
    *((name, text, 5.0) for name in FLOATS for text in ("5", "5.", "+5.0", "05.00", "50e-1", ".5E+1", " 5 ")),
    ("fixed.14.4", " 1.23456 ", Decimal("1.23456")),
    ("fixed.14.4", "1e2", Decimal(100)),
    *(("boolean", text, True) for text in ("true", "yes", "TRUE", "Yes", " 1 ", "True ")),
    *(("boolean", text, False) for text in ("false", "no", "FALSE", "No", " 0\n")),
    ("char", "xyz", "xyz"),
    ("char", "", ""),
    ("bin.hex", "0", "0"),
    ("date", "20010203", date(2001, 2, 3)),
    ("date", "2001-02-03T04:05:06", datetime(2001, 2, 3, 4, 5, 6)),
    ("dateTime", "2001-02-03T04:05:06Z", datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)),
    ("dateTime.tz", "2001-02-03T04:05:06", datetime(2001, 2, 3, 4, 5, 6)),
    ("dateTime.tz", "2001-02-03", date(2001, 2, 3)),
    ("time", "04:05:06Z", time(4, 5, 6, tzinfo=UTC)),
    ("time.tz", "04:05", time(4, 5)),
    ("time", "0405", time(4, 5)),
]


@pytest.mark.parametrize(("name", "text", "value"), FORGIVEN)
def test_forgives_in_reading(name: str, text: str, value: Any):
    read = DATA_TYPES[name].decode(text)
    assert read == value
    assert type(read) is type(value)
    assert isinstance(read, DATA_TYPES[name].python_types)


NO_NUMBER = ("", " ", "NOT_IMPLEMENTED", "1_000", "٣", "1,5", "0x10", "--1", "+", "-", "RINCON_1,37")
UNREADABLE = [
    *((name, text) for name in INTEGERS for text in (*NO_NUMBER, "5.0", "1e5", "1" * 101)),
    *(
        (name, text)
        for name in (*FLOATS, "fixed.14.4")
        for text in (*NO_NUMBER, "nan", "INF", "-inf", ".", "e5")
    ),
    *((name, "1e400") for name in FLOATS),
    *((name, "1" * 401) for name in (*FLOATS, "fixed.14.4")),
    ("fixed.14.4", "1e999999999"),
    ("fixed.14.4", "1e-999999999"),
    ("fixed.14.4", "0e999999999"),
    *(("boolean", text) for text in ("", "2", "on", "yes please", "NOT_IMPLEMENTED", "1.0")),
    *((name, "04:05:06") for name in ("date", "dateTime", "dateTime.tz")),
    *((name, "2001") for name in ("date", "dateTime", "dateTime.tz")),
    *((name, "2001-02-03") for name in ("time", "time.tz")),
    *((name, "24:00:00") for name in ("time", "time.tz")),
    *((name, "") for name in ("date", "dateTime", "dateTime.tz", "time", "time.tz")),
]


@pytest.mark.uda("T-003")
@pytest.mark.parametrize(("name", "text"), UNREADABLE)
def test_cannot_read(name: str, text: str):
    with pytest.raises(ValueError, match=r"^Not a"):
        DATA_TYPES[name].decode(text)


# type, value, text: written so, though it reads back as another value or kind
WRITTEN = [
    *((name, True, "1") for name in INTEGERS),
    *((name, False, "0") for name in INTEGERS),
    ("ui4", Number.FIVE, "5"),
    ("ui4", 5.0, "5"),
    *((name, 5, "5.0") for name in FLOATS),
    *((name, 0, "0.0") for name in FLOATS),
    ("fixed.14.4", 5, "5"),
    ("fixed.14.4", 0.1, "0.1"),
    ("fixed.14.4", 1.23456, "1.2346"),
    ("fixed.14.4", Decimal("1E+2"), "100"),
    ("fixed.14.4", Decimal("1E-999999"), "0"),
    ("fixed.14.4", Decimal("-0.00001"), "0"),
    ("fixed.14.4", Decimal("-0"), "0"),
    ("boolean", 1, "1"),
    ("boolean", "", "0"),
    ("string", Mode.NORMAL, "NORMAL"),
    ("string", 5, "5"),
    ("bin.base64", b"\x00\x01", "AAE="),
    ("bin.hex", b"\x00\xff", "00ff"),
    ("bin.base64", b"", ""),
    ("date", datetime(2001, 2, 3, 4, 5, 6), "2001-02-03"),
    ("dateTime", datetime(2001, 2, 3, 4, 5, 6, 789), "2001-02-03T04:05:06"),
    ("dateTime.tz", datetime(2001, 2, 3, 4, 5, 6, 789, UTC), "2001-02-03T04:05:06+00:00"),
    ("time", time(4, 5, 6, 789), "04:05:06"),
    ("time.tz", time(4, 5, 6, 789, UTC), "04:05:06+00:00"),
]


@pytest.mark.parametrize(("name", "value", "text"), WRITTEN)
def test_is_written(name: str, value: Any, text: str):
    written = DATA_TYPES[name].encode(value)
    assert written == text
    assert type(written) is str


UNWRITABLE = [
    *((name, value) for name in INTEGERS for value in (5.5, "5", "x")),
    *((name, value) for name in (*FLOATS, "fixed.14.4") for value in (float("nan"), float("-inf"), "x")),
    *((name, 10**400) for name in FLOATS),
    ("r4", 3.5e38),
    ("r4", -1e39),
    ("fixed.14.4", Decimal("1E+14")),
    ("fixed.14.4", Decimal("99999999999999.99995")),
    ("fixed.14.4", Decimal("1E+999999")),
    ("fixed.14.4", -(10**14)),
    ("fixed.14.4", Decimal("sNaN")),
]


@pytest.mark.parametrize(("name", "value"), UNWRITABLE)
def test_cannot_write(name: str, value: Any):
    with pytest.raises(ValueError, match=r"\w"):
        DATA_TYPES[name].encode(value)


@pytest.mark.uda("T-001")
def test_a_boolean_is_sent_as_a_digit_and_read_as_a_word():
    boolean = DATA_TYPES["boolean"]
    assert [boolean.encode(value) for value in (True, False)] == ["1", "0"]
    assert [boolean.decode(text) for text in ("true", "yes", "false", "no")] == [True, True, False, False]


@pytest.mark.uda("T-002")
@pytest.mark.parametrize(
    ("name", "minimum", "maximum"),
    [
        ("ui1", 0, 255),
        ("ui2", 0, 65535),
        ("ui4", 0, 4294967295),
        ("ui8", 0, 18446744073709551615),
        ("i1", -128, 127),
        ("i2", -32768, 32767),
        ("i4", -2147483648, 2147483647),
        ("i8", -9223372036854775808, 9223372036854775807),
        ("int", None, None),
        ("r8", None, None),
        ("string", None, None),
    ],
)
def test_width_of_a_type(name: str, minimum: int | None, maximum: int | None):
    assert (DATA_TYPES[name].minimum, DATA_TYPES[name].maximum) == (minimum, maximum)


@pytest.mark.uda("T-004")
@pytest.mark.parametrize("name", FLOATS)
def test_floats_have_point_or_exponent_and_no_nan(name: str):
    assert DATA_TYPES[name].encode(3) == "3.0"
    assert DATA_TYPES[name].encode(1e20) == "1E+20"
    with pytest.raises(ValueError, match="NaN"):
        DATA_TYPES[name].decode("NaN")


@pytest.mark.uda("T-005")
def test_fixed_point_keeps_eighteen_digits_whatever_the_program_set():
    fixed = DATA_TYPES["fixed.14.4"]
    text = "12345678901234.5678"
    with localcontext(prec=5):
        assert fixed.encode(fixed.decode(text)) == text


@pytest.mark.uda("T-006")
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2001-02-03", date(2001, 2, 3)),
        ("20010203", date(2001, 2, 3)),
        (" 2001-02-03\n", date(2001, 2, 3)),
        ("2001-02-03T04:05:06", datetime(2001, 2, 3, 4, 5, 6)),
        ("2001-02-03t04:05:06z", datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)),
        ("2001-02-03 04:05:06", datetime(2001, 2, 3, 4, 5, 6)),
        ("20010203T040506", datetime(2001, 2, 3, 4, 5, 6)),
        ("2001-02-03T04:05", datetime(2001, 2, 3, 4, 5)),
        ("2001-02-03T04", datetime(2001, 2, 3, 4)),
        ("2001-02-03T04:05:06.5", datetime(2001, 2, 3, 4, 5, 6, 500000)),
        ("2001-02-03T04:05:06,123456789", datetime(2001, 2, 3, 4, 5, 6, 123456)),
        ("2001-02-03T04:05:06+01", datetime(2001, 2, 3, 4, 5, 6, tzinfo=CET)),
        ("2001-02-03T04:05:06+0100", datetime(2001, 2, 3, 4, 5, 6, tzinfo=CET)),
        ("2001-02-03T04:05:06-03:30", datetime(2001, 2, 3, 4, 5, 6, tzinfo=NEWFOUNDLAND)),
        ("2001-02-03 04:05:06 +0100", datetime(2001, 2, 3, 4, 5, 6, tzinfo=CET)),
        ("2001-02-03T24:00:00", datetime(2001, 2, 4)),
        ("2001-12-31T24:00:00Z", datetime(2002, 1, 1, tzinfo=UTC)),
        ("04:05:06", time(4, 5, 6)),
        ("04:05", time(4, 5)),
        ("04", time(4)),
        ("040506", time(4, 5, 6)),
        ("04:05:06.25", time(4, 5, 6, 250000)),
        ("04:05:06Z", time(4, 5, 6, tzinfo=UTC)),
        ("04:05:06+0100", time(4, 5, 6, tzinfo=CET)),
        ("04:05:06 -03:30", time(4, 5, 6, tzinfo=NEWFOUNDLAND)),
    ],
)
def test_dates_and_times(text: str, value: date | time):
    read = parse_date_time(text)
    assert read == value
    assert type(read) is type(value)
    assert getattr(read, "tzinfo", None) == getattr(value, "tzinfo", None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "1",
        "2001-13-01",
        "2001-02-30",
        "0000-01-01",
        "2001",
        "2001-02",
        "2001-02-03T",
        "2001-02-03T04:05:06+25:00",
        "2001-02-03T24:00:01",
        "9999-12-31T24:00:00",
        "24:00:00",
        "12:60:00",
        "12:13:14.",
        "12:13:14 Z x",
        "\u0660\u0664:\u0660\u0665:\u0660\u0666",
        "2001-02-03\x00",
    ],
)
def test_no_date_or_time(text: str):
    with pytest.raises(ValueError, match="Not a date or time") as caught:
        parse_date_time(text)
    assert repr(text) in str(caught.value)


def test_error_of_a_long_text_is_short():
    with pytest.raises(ValueError, match="Not a date or time") as caught:
        parse_date_time("x" * 100_000)
    assert len(str(caught.value)) < 200


def test_matchers_say_what_their_matches_stand_for():
    text = "04:05:06"
    matches = [(form.fullmatch(text), value_of) for form, value_of in COMPILED_MATCHERS.items()]
    assert [value_of(match) for match, value_of in matches if match] == [time(4, 5, 6)]


def test_require_tzinfo():
    aware = time(4, tzinfo=UTC)
    assert require_tzinfo(aware) is aware
    for naive in (time(4), datetime(2001, 2, 3), date(2001, 2, 3)):
        with pytest.raises(vol.Invalid):
            require_tzinfo(naive)


def test_which_types_require_a_zone():
    assert [row.name for row in DATA_TYPES.values() if row.requires_tz] == ["dateTime.tz", "time.tz"]


@pytest.mark.uda("T-007")
@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("bin.base64", "AAEC", b"\x00\x01\x02"),
        ("bin.base64", "AAE=", b"\x00\x01"),
        ("bin.base64", "AAE", b"\x00\x01"),
        ("bin.base64", "AA\r\nEC\n ", b"\x00\x01\x02"),
        ("bin.base64", "", b""),
        ("bin.hex", "00fF", b"\x00\xff"),
        ("bin.hex", "00 fF\r\n10", b"\x00\xff\x10"),
        ("bin.hex", "", b""),
    ],
)
def test_bytes(name: str, text: str, value: bytes):
    assert decode_bytes(name, text) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("bin.base64", "A"),
        ("bin.base64", "AA*C"),
        ("bin.base64", "AA=C"),
        ("bin.base64", "ÄÖ"),
        ("bin.hex", "0"),
        ("bin.hex", "0g"),
        ("bin.hex", "ÄÖ"),
        ("string", "00"),
    ],
)
def test_no_bytes(name: str, text: str):
    with pytest.raises(ValueError, match=r"\w"):
        decode_bytes(name, text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0:01:05", 65),
        ("00:03:12.500", 192.5),
        ("1:02:03.1/4", 3723.25),
        ("100:00:00", 360_000),
        ("0:1:5", 65),
        ("0:00:00.05", 0.05),
        ("+0:00:01", 1),
        ("-0:00:05.400", -5.4),
        (" 0:00:01\n", 1),
        ("0:00:01.", 1),
        ("0:00:01.1/0", 1),
    ],
)
def test_reads_a_duration(text: str, seconds: float):
    assert str_to_time(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NOT_IMPLEMENTED",
        "12:3",
        "1:2:3x",
        "0:60:00",
        "0:00:60",
        ".5",
        "1:-2:3",
        "\u0660:\u0660\u0660:\u0660\u0661",
        "9" * 9 + ":00:00:00",
    ],
)
def test_no_duration(text: str):
    assert str_to_time(text) is None


def test_a_duration_beyond_measure_is_none():
    assert str_to_time("999999999999:00:00") is None


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (timedelta(0), "0:00:00"),
        (timedelta(seconds=65), "0:01:05"),
        (timedelta(hours=1, minutes=2, seconds=3), "1:02:03"),
        (timedelta(days=2), "48:00:00"),
        (timedelta(seconds=192.5), "0:03:12.500"),
        (timedelta(seconds=-5), "-0:00:05"),
        (timedelta(seconds=-5.25), "-0:00:05.250"),
        (timedelta(microseconds=999_600), "0:00:01"),
        (timedelta(microseconds=-100), "0:00:00"),
    ],
)
def test_writes_a_duration(duration: timedelta, text: str):
    assert time_to_str(duration) == text


def test_groups_of_a_duration_have_the_names_of_old():
    match = TIME_RE.fullmatch("-1:02:03.400")
    assert match is not None
    assert [match[name] for name in ("sign", "h", "m", "s", "ms")] == ["-", "1", "02", "03", "400"]


def test_the_types_and_their_order():
    assert list(DATA_TYPES) == [
        *("ui1", "ui2", "ui4", "ui8", "i1", "i2", "i4", "i8", "int"),
        *("r4", "r8", "number", "fixed.14.4", "float", "char", "string", "boolean"),
        *("bin.base64", "bin.hex", "uri", "uuid"),
        *("date", "dateTime", "dateTime.tz", "time", "time.tz"),
    ]
    assert all(row.name == name for name, row in DATA_TYPES.items())


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        *((name, name) for name in DATA_TYPES),
        ("String", "string"),
        ("Boolean", "boolean"),
        ("UI4", "ui4"),
        ("datetime", "dateTime"),
        ("DateTime", "dateTime"),
        ("\n string ", "string"),
        ("strinG", "string"),
    ],
)
def test_finds_a_type(declared: str, name: str):
    assert find_data_type(declared) is DATA_TYPES[name]


@pytest.mark.parametrize("declared", ["", "int8", "uint", "xs:string", "ui 4"])
def test_finds_no_type(declared: str):
    assert find_data_type(declared) is None
