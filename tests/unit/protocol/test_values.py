"""What a state variable may hold."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
import voluptuous as vol

from async_upnp_client._datatypes import DATA_TYPES
from async_upnp_client._diagnostics import Code
from async_upnp_client._protocol.values import received_judge, value_validator
from async_upnp_client.const import STATE_VARIABLE_TYPE_MAPPING, StateVariableTypeInfo

BOTH = pytest.mark.parametrize("strict", [True, False], ids=["strict", "non_strict"])


def info(
    data_type: str,
    *,
    allowed: Sequence[str] | None = None,
    minimum: str | None = None,
    maximum: str | None = None,
) -> StateVariableTypeInfo:
    bounds = {} if minimum is maximum is None else {"min": minimum, "max": maximum, "step": None}
    mapping = STATE_VARIABLE_TYPE_MAPPING.get(data_type, STATE_VARIABLE_TYPE_MAPPING["string"])
    values = None if allowed is None else list(allowed)
    return StateVariableTypeInfo(data_type, mapping, None, bounds, values, ET.Element("stateVariable"))


INTEGERS = ["ui1", "ui2", "ui4", "ui8", "i1", "i2", "i4", "i8", "int"]
FLOATS = ["r4", "r8", "number", "float"]
TEXTS = ["char", "string", "uri", "uuid", "bin.base64", "bin.hex"]
NAN = float("nan")

ACCEPTED = [
    *((name, value) for name in INTEGERS for value in (0, 1, 100, True, False)),
    *((name, value) for name in [*FLOATS, "fixed.14.4"] for value in (0, 1, -1, 0.5, 1e13)),
    ("fixed.14.4", Decimal("1.5")),
    *((name, value) for name in TEXTS for value in ("", "a", "é😀")),
    ("bin.base64", b""),
    ("bin.hex", b"\0\xff"),
    ("boolean", True),
    ("boolean", False),
    ("date", date(2001, 2, 3)),
    ("date", datetime(2001, 2, 3, 4, 5, 6)),
    ("dateTime", datetime(2001, 2, 3, 4, 5, 6)),
    ("dateTime", datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)),
    ("dateTime.tz", datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)),
    ("time", time(4, 5, 6)),
    ("time.tz", time(4, 5, 6, tzinfo=UTC)),
    ("no such type", "x"),
]

REFUSED = [
    *((name, None) for name in DATA_TYPES),
    *((name, value) for name in INTEGERS for value in ("5", 5.0, Decimal(5), b"5", [5])),
    *((name, value) for name in [*FLOATS, "fixed.14.4"] for value in ("5", True, NAN, float("inf"), 10**400)),
    ("fixed.14.4", Decimal("NaN")),
    ("fixed.14.4", Decimal("sNaN")),
    ("r4", Decimal(1)),
    *((name, value) for name in TEXTS for value in (5, True, ["a"])),
    ("string", b"a"),
    ("bin.hex", bytearray(b"a")),
    *(("boolean", value) for value in (0, 1, "1", "true")),
    ("date", "2001-02-03"),
    ("date", time(1)),
    ("dateTime", time(1)),
    ("dateTime", "2001-02-03T04:05:06"),
    ("dateTime.tz", datetime(2001, 2, 3, 4, 5, 6)),
    ("time", "04:05:06"),
    ("time", datetime(2001, 2, 3)),
    ("time.tz", time(4, 5, 6)),
    ("no such type", 5),
]


@BOTH
@pytest.mark.uda("T-008")
@pytest.mark.parametrize(("data_type", "value"), ACCEPTED)
def test_accepted(data_type, value, strict):
    assert value_validator(info(data_type), strict=strict)(value) is value


@BOTH
@pytest.mark.uda("T-004")
@pytest.mark.parametrize(("data_type", "value"), REFUSED)
def test_refused(data_type, value, strict):
    with pytest.raises(vol.MultipleInvalid):
        value_validator(info(data_type), strict=strict)(value)


@BOTH
@pytest.mark.parametrize(
    ("data_type", "value"), [(name, value) for name, value in ACCEPTED if name in DATA_TYPES]
)
def test_what_is_accepted_can_be_written(data_type, value, strict):
    value_validator(info(data_type), strict=strict)(value)
    assert isinstance(DATA_TYPES[data_type].encode(value), str)


@pytest.mark.uda("T-002")
@pytest.mark.parametrize(
    ("data_type", "low", "high"),
    [
        ("ui1", 0, 2**8 - 1),
        ("ui2", 0, 2**16 - 1),
        ("ui4", 0, 2**32 - 1),
        ("ui8", 0, 2**64 - 1),
        ("i1", -(2**7), 2**7 - 1),
        ("i2", -(2**15), 2**15 - 1),
        ("i4", -(2**31), 2**31 - 1),
        ("i8", -(2**63), 2**63 - 1),
    ],
)
def test_width_of_integers(data_type, low, high):
    strict = value_validator(info(data_type), strict=True)
    assert (strict(low), strict(high)) == (low, high)
    for value in (low - 1, high + 1):
        with pytest.raises(vol.MultipleInvalid):
            strict(value)
        # counters and track numbers of devices go beyond (T-003)
        assert value_validator(info(data_type), strict=False)(value) == value


def test_int_has_no_width():
    assert value_validator(info("int"), strict=True)(10**100) == 10**100


@pytest.mark.uda("S-041")
@pytest.mark.parametrize(
    ("type_info", "good", "bad"),
    [
        (info("string", allowed=["PLAYING", "STOPPED"]), ["PLAYING", "STOPPED"], ["playing", "", "PAUSED"]),
        (info("ui4", allowed=["1", "02"]), [1, 2], [0, 3]),
        (info("ui4", allowed=["1", "x"]), [1], [0]),
        (info("boolean", allowed=["1"]), [True], [False]),
        (info("ui2", minimum="0", maximum="100"), [0, 50, 100], [-1, 101]),
        (info("ui2", minimum="5", maximum=""), [5, 65535], [4, 65536]),
        (info("ui2", minimum=None, maximum="9"), [0, 9], [-1, 10]),
        (info("ui2", minimum="x", maximum="y"), [0, 65535], [-1]),
        (info("ui1", minimum="-5", maximum="1000"), [0, 255], [-1, 256]),
        (info("i2", minimum="-100", maximum="-10"), [-100, -10], [-101, -9, 0]),
        (info("r4", minimum="-0.5", maximum="0.5"), [-0.5, 0, 0.5], [-0.6, 1]),
        (info("fixed.14.4", maximum="0.5"), [Decimal("0.5"), 0.5, -1], [Decimal("0.5001"), 1]),
        (info("ui4", allowed=["1", "9"], minimum="2", maximum="9"), [9], [1, 2]),
    ],
    ids=range(13),
)
def test_allowed_values_and_range(type_info, good, bad):
    strict = value_validator(type_info, strict=True)
    tolerant = value_validator(type_info, strict=False)
    for value in good:
        assert strict(value) is value
        assert tolerant(value) is value
    for value in bad:
        with pytest.raises(vol.MultipleInvalid):
            strict(value)
        assert tolerant(value) is value
    judge = received_judge(type_info)
    assert judge is not None
    assert [judge(value) for value in good] == [None] * len(good)
    assert {judge(value) for value in bad} <= {Code.VALUE_NOT_LISTED, Code.VALUE_OUT_OF_RANGE}


@pytest.mark.parametrize("data_type", ["string", "r8", "boolean", "dateTime", "int", "no such type"])
def test_where_nothing_is_declared_nothing_is_judged(data_type):
    assert received_judge(info(data_type)) is None
    assert received_judge(info(data_type, allowed=[], minimum="", maximum="")) is None


def test_which_code_a_value_received_gets():
    listed, bounded = received_judge(info("string", allowed=["A"])), received_judge(info("ui4", maximum="9"))
    assert listed is not None
    assert bounded is not None
    assert (listed("NETWORK,NONE"), bounded(10)) == (Code.VALUE_NOT_LISTED, Code.VALUE_OUT_OF_RANGE)
    assert bounded("what a user's own data type makes of it") is None


@BOTH
@pytest.mark.parametrize("allowed", [[], ["x"]])
def test_an_empty_or_unreadable_list_allows_all(allowed, strict):
    assert value_validator(info("ui4", allowed=allowed), strict=strict)(5) == 5


@BOTH
def test_a_range_of_texts_does_not_bound(strict):
    assert value_validator(info("string", minimum="b", maximum="c"), strict=strict)("a") == "a"


@BOTH
def test_a_range_of_dates_does_not_bound(strict):
    validate = value_validator(info("dateTime", minimum="2001-01-01", maximum="2002-01-01"), strict=strict)
    moment = datetime(2010, 1, 1, tzinfo=UTC)
    assert validate(moment) is moment


@BOTH
@pytest.mark.parametrize("value", ["x", NAN, None, 10**400])
def test_errors_say_what_was_expected(value, strict):
    with pytest.raises(vol.MultipleInvalid) as caught:
        value_validator(info("r4"), strict=strict)(value)
    assert len(caught.value.errors) == 1
    assert "float" in str(caught.value)


def test_a_type_name_in_another_case():
    assert value_validator(info("UI4"), strict=False)(5) == 5
    with pytest.raises(vol.MultipleInvalid):
        value_validator(info("UI4"), strict=False)("5")
