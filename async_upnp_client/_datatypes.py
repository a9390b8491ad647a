"""The data types of state variables and arguments, text <-> value (UDA 2.0 §2.5, "data types").

One row per type. Reading takes what devices are known to send, writing keeps to the standard's form. Knows
nothing of state variables or of what one of them allows; range checks are for whoever sends.
"""

import base64
import binascii
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Context, Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

INTEGER = re.compile(r"[+-]?[0-9]+")
# Longest text that is read as an integer: the standard has no bound for `int`, but the cost of reading
# grows with the square of the digits.
MAX_INTEGER_DIGITS: Final = 100
FLOAT = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
# No double needs more, and Decimal would take any number.
MAX_FLOAT_LENGTH: Final = 400
FIXED_DIGITS: Final = 14
FIXED_STEP: Final = Decimal("0.0001")
FIXED_LIMIT: Final = Decimal(10) ** FIXED_DIGITS
DATE = r"(?P<year>[0-9]{4})-?(?P<month>[0-9]{2})-?(?P<day>[0-9]{2})"
TIME = (
    r"(?P<hour>[0-9]{2})(?::?(?P<minute>[0-9]{2})"
    r"(?::?(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,12}))?)?)?"
)
# forgives a blank before the zone, which 0.49.0 read as well
ZONE = r"(?: ?(?P<zone>[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?))?"
# Groups have the names that 0.49.0 gave them, though `ms` is a fraction of a second and counts nothing.
# Forgives one digit for minutes and seconds, and a point that nothing follows.
TIME_RE: Final = re.compile(
    r"(?P<sign>[-+])?(?P<h>[0-9]{1,9}):(?P<m>[0-5]?[0-9]):(?P<s>[0-5]?[0-9])"
    r"(?:\.(?:(?P<dividend>[0-9]{1,9})/(?P<divisor>[0-9]{1,9})|(?P<ms>[0-9]{1,12}))?)?"
)
TRUE: Final = frozenset({"1", "true", "yes"})
FALSE: Final = frozenset({"0", "false", "no"})
BLANKS: Final = re.compile(r"\s+")
LARGEST_R4: Final = 3.40282347e38
"""Largest magnitude of a four-byte float (UDA 2.0 §2.5)."""


def decode_integer(text: str) -> int:
    """Read an integer; one beyond its declared width is given as it is, as counters of devices grow there."""
    text = text.strip()
    # most have no sign, and then there is no need of the pattern
    if len(text) <= MAX_INTEGER_DIGITS and ((text.isdecimal() and text.isascii()) or INTEGER.fullmatch(text)):
        return int(text)
    raise ValueError(f"Not an integer: {text[:MAX_INTEGER_DIGITS]!r}")


def encode_integer(value: Any) -> str:
    """Write an integer; `True` is 1."""
    number = int(value)
    if number != value:
        raise ValueError(f"Not an integer: {value!r}")
    return str(number)


def decode_float(text: str) -> float:
    """Read a float; neither infinite nor not-a-number, which UPnP does not have."""
    text = text.strip()
    if len(text) <= MAX_FLOAT_LENGTH and FLOAT.fullmatch(text) and math.isfinite(value := float(text)):
        return value
    raise ValueError(f"Not a float: {text[:MAX_FLOAT_LENGTH]!r}")


def encode_float(value: Any) -> str:
    """Write a float, with `E` for the exponent as the standard has it."""
    try:
        number = float(value)
    except OverflowError as err:
        raise ValueError("Too large for a float") from err
    if not math.isfinite(number):
        raise ValueError(f"Not a float that UPnP can carry: {value!r}")
    return repr(number).replace("e", "E")


def encode_r4(value: Any) -> str:
    """Write a float that four bytes can hold."""
    text = encode_float(value)
    if abs(value) > LARGEST_R4:
        raise ValueError(f"Too large for r4: {text}")
    return text


def decode_fixed(text: str) -> Decimal:
    """Read fixed.14.4 exactly: a binary float would lose its last digits. More digits than that are kept."""
    text = text.strip()
    if len(text) <= MAX_FLOAT_LENGTH and FLOAT.fullmatch(text):
        try:
            value = Decimal(text)
        except InvalidOperation as err:  # an exponent that not even Decimal holds
            raise ValueError(f"Not a fixed-point number: {text!r}") from err
        # written out, an exponent of nine digits would take a gigabyte
        if abs(value.adjusted()) <= MAX_FLOAT_LENGTH:
            return value
    raise ValueError(f"Not a fixed-point number: {text[:MAX_FLOAT_LENGTH]!r}")


def encode_fixed(value: Any) -> str:
    """Write at most 14 digits before the point, which else is an error, and at most 4 after it, rounded."""
    try:
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    except InvalidOperation as err:
        raise ValueError(f"Not a fixed-point number: {value!r}") from err
    if not number.is_finite():
        raise ValueError(f"Not a fixed-point number that UPnP can carry: {value!r}")
    if number.adjusted() < FIXED_DIGITS:
        # a context of our own: the program's may have fewer digits
        text = format(number.quantize(FIXED_STEP, context=Context(prec=28)), "f").rstrip("0").rstrip(".")
        if abs(Decimal(text)) < FIXED_LIMIT:
            return "0" if text == "-0" else text
    raise ValueError("Too many digits for fixed.14.4")


def decode_boolean(text: str) -> bool:
    """Read 0 or 1, and the words that UDA 1.1 deprecates, in any case (T-001)."""
    word = text.strip().lower()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise ValueError(f"Not a boolean: {text[:MAX_INTEGER_DIGITS]!r}")


def encode_boolean(value: Any) -> str:
    """Write 1 or 0, never words."""
    return "1" if value else "0"


def decode_text(text: str) -> str:
    """Give text as it is; white space counts."""
    return text


def encode_text(value: Any) -> str:
    """Give the text itself, also of an enumeration member that is text."""
    return str.__str__(value) if isinstance(value, str) else str(value)


def decode_bytes(type_name: str, text: str) -> bytes:
    """Bytes of a `bin.base64` or `bin.hex` value, whose text is what `decode` gives.

    Line breaks, blanks and missing padding are forgiven. ValueError for what is neither.
    """
    packed = BLANKS.sub("", text)
    if type_name == "bin.hex":
        return bytes.fromhex(packed)
    if type_name != "bin.base64":
        raise ValueError(f"Not a type that holds bytes: {type_name}")
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except binascii.Error as err:
        raise ValueError(f"Not base64: {err}") from err


def encode_base64(value: Any) -> str:
    """Write bytes; text is taken to be written already."""
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else encode_text(value)


def encode_hex(value: Any) -> str:
    """Write bytes; text is taken to be written already."""
    return value.hex() if isinstance(value, bytes) else encode_text(value)


def date_of(match: re.Match[str]) -> date:
    """Date of a match."""
    return date(int(match["year"]), int(match["month"]), int(match["day"]))


def time_of(match: re.Match[str], *, day_ends: bool = False) -> time:
    """Time of a match; 24 is an hour only where a day ends with it."""
    hour, minute, second = int(match["hour"]), int(match["minute"] or 0), int(match["second"] or 0)
    microsecond = int((match["fraction"] or "").ljust(6, "0")[:6])
    if hour == 24 and day_ends and not (minute or second or microsecond):
        hour = 0
    return time(hour, minute, second, microsecond, tzinfo=zone_of(match["zone"]))


def date_time_of(match: re.Match[str]) -> datetime:
    """Date and time of a match; 24:00:00 is midnight of the next day (ISO 8601)."""
    moment = time_of(match, day_ends=True)
    day = date_of(match) + timedelta(days=match["hour"] == "24")
    return datetime.combine(day, moment)


def zone_of(text: str | None) -> timezone | None:
    """Zone of `Z`, `±hh`, `±hhmm`, `±hh:mm`; None for none."""
    if not text:
        return None
    if text in {"Z", "z"}:
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


Forms: TypeAlias = Mapping[re.Pattern[str], Callable[[re.Match[str]], date | time | datetime]]

DATE_FORMS: Final[Forms] = MappingProxyType(
    {re.compile(DATE): date_of, re.compile(rf"{DATE}[Tt ]{TIME}{ZONE}"): date_time_of}
)
TIME_FORMS: Final[Forms] = MappingProxyType({re.compile(rf"{TIME}{ZONE}"): time_of})
# where nothing says that it is a time, 2001 and 2001-05 are the shortened dates of AV services, and refused
COMPILED_MATCHERS: Final[Forms] = MappingProxyType(
    {**DATE_FORMS, re.compile(rf"(?![0-9]{{4}}(?![0-9])){TIME}{ZONE}"): time_of}
)
"""What a full match of each form of dates and times stands for."""


def parse_date_time(value: str) -> date | time | datetime:
    """Read a date, a time or both, with or without zone, in any form of UPnP types (T-006).

    Fractions of seconds and missing minutes or seconds are forgiven, as are missing dashes and colons.
    ValueError names what cannot be read.
    """
    return in_one_of(COMPILED_MATCHERS, value)


def in_one_of(forms: Forms, value: str) -> date | time | datetime:
    """Read a value in the first of these forms that it has; ValueError if it has none, or no such day is."""
    text = value.strip()
    for form, value_of in forms.items():
        if match := form.fullmatch(text):
            try:
                return value_of(match)
            except (ValueError, OverflowError) as err:
                raise ValueError(f"Not a date or time: {value[:100]!r}") from err
    raise ValueError(f"Not a date or time: {value[:100]!r}")


def decode_date(text: str) -> date | time | datetime:
    """Read a date, also where the device sends a time with it; a time alone is none.

    A `dateTime` of a date alone is legal, and given as a date: a datetime would invent a midnight.
    """
    return in_one_of(DATE_FORMS, text)


def decode_time(text: str) -> date | time | datetime:
    """Read a time of day; a date is none."""
    return in_one_of(TIME_FORMS, text)


def encode_date(value: Any) -> str:
    """Write YYYY-MM-DD."""
    return (value.date() if isinstance(value, datetime) else value).isoformat()


def encode_date_time(value: Any) -> str:
    """Write YYYY-MM-DDThh:mm:ss and the zone if it has one; a date alone is legal."""
    return value.isoformat("T", "seconds") if isinstance(value, datetime) else value.isoformat()


def encode_time(value: Any) -> str:
    """Write hh:mm:ss and the zone if it has one."""
    return str(value.isoformat("seconds"))


def require_tzinfo(value: Any) -> Any:
    """Return the value, or raise voluptuous.Invalid if it is without time zone."""
    if getattr(value, "tzinfo", None) is None:
        from voluptuous import Invalid  # noqa: PLC0415  # takes longer to load than all of our own

        raise Invalid("Requires tzinfo")
    return value


def time_to_str(time: timedelta) -> str:
    """Write a duration as AV services have it: H:MM:SS, with milliseconds where there are any (AVT §2.2)."""
    milliseconds = round(time / timedelta(milliseconds=1))
    sign = "-" if milliseconds < 0 else ""
    seconds, milliseconds = divmod(abs(milliseconds), 1000)
    fraction = f".{milliseconds:03}" if milliseconds else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}{fraction}"


def str_to_time(string: str) -> timedelta | None:
    """Read a duration of an AV service; None for anything else, as NOT_IMPLEMENTED and empty (AVT §2.2)."""
    match = TIME_RE.fullmatch(string.strip())
    if match is None:
        return None
    fraction = 0.0
    if match["ms"]:
        fraction = float("0." + match["ms"])
    elif match["divisor"] and int(match["divisor"]):
        fraction = int(match["dividend"]) / int(match["divisor"])
    try:
        duration = timedelta(
            hours=int(match["h"]),
            minutes=int(match["m"]),
            seconds=int(match["s"]) + fraction,
        )
    except OverflowError:
        return None
    return -duration if match["sign"] == "-" else duration


class DataType(NamedTuple):
    """One UPnP data type: `decode` reads text or raises ValueError, `encode` writes a value exactly.

    A value has one of `python_types`; `minimum` and `maximum` bound what may be sent.
    """

    name: str
    python_types: tuple[type, ...]
    decode: Callable[[str], Any]
    encode: Callable[[Any], str]
    minimum: int | None = None
    maximum: int | None = None
    requires_tz: bool = False


def integer(name: str, minimum: int | None, maximum: int | None) -> DataType:
    """Row of an integer type."""
    return DataType(name, (int,), decode_integer, encode_integer, minimum, maximum)


def floating(name: str) -> DataType:
    """Row of a float type; integers may be given, too."""
    return DataType(name, (float, int), decode_float, encode_float)


def textual(name: str) -> DataType:
    """Row of a type that is text."""
    return DataType(name, (str,), decode_text, encode_text)


ROWS: Final = (
    integer("ui1", 0, 2**8 - 1),
    integer("ui2", 0, 2**16 - 1),
    integer("ui4", 0, 2**32 - 1),
    integer("ui8", 0, 2**64 - 1),
    integer("i1", -(2**7), 2**7 - 1),
    integer("i2", -(2**15), 2**15 - 1),
    integer("i4", -(2**31), 2**31 - 1),
    integer("i8", -(2**63), 2**63 - 1),
    integer("int", None, None),
    DataType("r4", (float, int), decode_float, encode_r4),
    floating("r8"),
    floating("number"),
    DataType("fixed.14.4", (Decimal, float, int), decode_fixed, encode_fixed),
    floating("float"),
    textual("char"),
    textual("string"),
    DataType("boolean", (bool,), decode_boolean, encode_boolean),
    # text for the users of 0.49.0; decode_bytes gives the bytes
    DataType("bin.base64", (str, bytes), decode_text, encode_base64),
    DataType("bin.hex", (str, bytes), decode_text, encode_hex),
    textual("uri"),
    textual("uuid"),
    DataType("date", (date,), decode_date, encode_date),
    DataType("dateTime", (datetime, date), decode_date, encode_date_time),
    DataType("dateTime.tz", (datetime, date), decode_date, encode_date_time, requires_tz=True),
    DataType("time", (time,), decode_time, encode_time),
    DataType("time.tz", (time,), decode_time, encode_time, requires_tz=True),
)

DATA_TYPES: Final[Mapping[str, DataType]] = MappingProxyType({row.name: row for row in ROWS})
"""Every data type of UDA 2.0, by name."""

BY_LOWER_NAME: Final[Mapping[str, DataType]] = MappingProxyType({row.name.lower(): row for row in ROWS})


def find_data_type(name: str) -> DataType | None:
    """Return the type of that name; in any case and with blanks around, as devices write it; else None."""
    return DATA_TYPES.get(name) or BY_LOWER_NAME.get(name.strip().lower())
