"""UDA chapter 1: rows, in which ``kept`` has what messages of one device have in common.

A row is made of tuples and atoms alone, and headers are made of it for who looks: ten thousand devices leave
nothing that the garbage collector would look through. Knows what headers are called, and no devices.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, TypeAlias

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client.const import DeviceOrServiceType, SsdpSource, UniqueDeviceName

# Longer values are hardly in another message, and are what is cut.
SHARED_LENGTH: Final = 256

# What an ordinary message takes at most, counting its characters and this for each header: eighteen
# headers, with what the decoder adds, and eight hundred characters.
ORDINARY_BYTES: Final = 2048
BYTES_PER_HEADER: Final = 64

# What is kept where a message is cut, as far as it is not long itself, and there is room in an ordinary one:
# who, what, where, how long, in which run.
ESSENTIAL: Final = (
    "usn",
    "nt",
    "nts",
    "st",
    "cache-control",
    "bootid.upnp.org",
    "configid.upnp.org",
    "location",
    "server",
)

# How the names of messages are spelled, and those of two of them together: all messages of one kind of
# software share it.
SPELLINGS_REMEMBERED: Final = 64

# Looked up once: a class with an abstract base takes its time.
new_headers = CaseInsensitiveDict.from_decoded

# In a row, in the place of what is told of each message, see `Own`, or follows from that.
OWN: Final = ...

Row: TypeAlias = tuple[Any, ...]
"""What messages have in common: the names of headers in lower case, as one text, then their values, then the
names as written, as another, and last the bytes beyond the ordinary. It is flat, as the garbage collector
takes a turn for each level of tuples until it leaves them out."""

Own: TypeAlias = tuple[str, str, DeviceOrServiceType, datetime | None, str | None]
"""What each message has for itself: UDN and host of its device, its type, when it came, and its location."""

# As what a message is heard, by the header that has its type.
SOURCES: Final = {"nt": SsdpSource.ADVERTISEMENT, "st": SsdpSource.SEARCH}

# What a message has for itself that is as it should be, by the header of its type.
REGULAR: Final[Mapping[str, Mapping[str, Any]]] = {
    kind_name: dict.fromkeys(
        (
            kind_name,
            "usn",
            "location",
            "_timestamp",
            "_source",
            "_udn",
            "_host",
            "_remote_addr",
            "_location_original",
        ),
        OWN,
    )
    for kind_name in SOURCES
}

# Between names: none has it.
BETWEEN: Final = "\n"

# Where the names as written and the bytes beyond the ordinary are in a row.
AS_WRITTEN: Final = -2
SURPLUS: Final = -1


def surplus(values: Iterable[Any], count: int) -> int:
    """Return the bytes of a message with so many headers beyond an ordinary one."""
    size = sum([len(value) for value in values if type(value) is str])
    return max(0, size + BYTES_PER_HEADER * count - ORDINARY_BYTES)


def usn_of(udn: Any, kind: str) -> str:
    """Return the USN that a device has for a type (UDA 2.0 §1.1.4)."""
    return kind if kind == udn else f"{udn}::{kind}"


def common_values(
    values: Mapping[str, Any], kind_name: str, udn: UniqueDeviceName, host: str
) -> Mapping[str, Any]:
    """Return values with `OWN` in the place of what one message has for itself.

    `kind_name` is the header of its type, `udn` and `host` are those of its device. What is long stays, so
    that it counts.
    """
    get = values.get
    kind, location = values[kind_name], get("location")
    usn = get("usn")
    if (
        get("_udn") == udn
        and get("_host") == host
        and (usn == f"{udn}::{kind}" or usn == kind == udn)
        and get("_location_original") == location
        and get("_remote_addr") == (host, get("_port"))
        and get("_source") is SOURCES[kind_name]
        and location
        and len(location) <= SHARED_LENGTH
        and len(udn) <= SHARED_LENGTH
    ):
        return {**values, **REGULAR[kind_name]}
    own = {kind_name: OWN, "_timestamp": OWN}
    their_udn = get("_udn")
    if usn == f"{their_udn}::{kind}" or usn == kind == their_udn:
        own["usn"] = OWN
    if get("_source") is SOURCES[kind_name]:
        own["_source"] = OWN
    if their_udn == udn and not is_long(udn):
        own["_udn"] = OWN
    if location and not is_long(location):
        own["location"] = OWN
    return {**values, **own}


def fill_in(values: dict[str, Any], own: Own) -> None:
    """Put what one message has for itself into what it has in common with others."""
    udn, host, kind, came, location = own
    kind_name = "nt" if values.get("nt") is OWN else "st"
    own_values = {
        kind_name: kind,
        "location": location,
        "_timestamp": came,
        "_source": SOURCES[kind_name],
        "_udn": udn,
        "_host": host,
        "_location_original": location,
    }
    if values.get("_remote_addr") is OWN:  # where that is, all of them are
        values.update(own_values, usn=usn_of(udn, kind), _remote_addr=(host, values["_port"]))
        return
    for name, value in own_values.items():
        if values.get(name) is OWN:
            values[name] = value
    if values.get("usn") is OWN:
        values["usn"] = usn_of(values["_udn"], kind)


def row_of(headers: CaseInsensitiveDict) -> Row:
    """Return a row with all that headers have."""
    values = headers.as_lower_dict()
    return BETWEEN.join(values), *values.values(), written(values, headers.spelling), 0


def written(names: Iterable[str], spelling: Mapping[str, str]) -> str:
    """Return names as they are spelled, as one text."""
    return BETWEEN.join([spelling.get(name, name) for name in names])


@lru_cache(SPELLINGS_REMEMBERED)
def names_in(text: str) -> tuple[str, ...]:
    """Return the names of a text."""
    return tuple(text.split(BETWEEN)) if text else ()


@lru_cache(SPELLINGS_REMEMBERED)
def spelling_of(names: str, as_written: str) -> Mapping[str, str]:
    """Return the names that are not lower case, by those that are."""
    both = zip(names_in(names), names_in(as_written), strict=True)
    return {name: text for name, text in both if name != text}


@lru_cache(SPELLINGS_REMEMBERED)
def spelling_of_both(
    searched: str, searched_written: str, advertised: str, advertised_written: str
) -> Mapping[str, str]:
    """Return how names are spelled: as in the search response, or else as in the advertisement."""
    known = frozenset(names_in(searched))
    theirs = spelling_of(advertised, advertised_written).items()
    return {
        **{name: text for name, text in theirs if name not in known},
        **spelling_of(searched, searched_written),
    }


def values_of(row: Row, own: Own) -> dict[str, Any]:
    """Make the values of a message, by lower-case name."""
    values = dict(zip(names_in(row[0]), row[1:], strict=False))
    fill_in(values, own)
    return values


def headers_of(row: Row, own: Own) -> CaseInsensitiveDict:
    """Make the headers of a message."""
    return new_headers(values_of(row, own), spelling_of(row[0], row[AS_WRITTEN]))


def value_of(row: Row, name: str) -> Any:
    """Return the value of a lower-case name, or None."""
    names = names_in(row[0])
    return row[1 + names.index(name)] if name in names else None


def differs(before: Row, row: Row, ignored: AbstractSet[str]) -> bool:
    """Return whether a header that both have differs; `ignored` and "_" in front do not count."""
    names = names_in(row[0])
    both: Iterable[tuple[str, Any, Any]]
    if before[0] == row[0]:
        both = zip(names, before[1:], row[1:], strict=False)
    else:
        old = dict(zip(names_in(before[0]), before[1:], strict=False))
        both = ((name, old[name], value) for name, value in zip(names, row[1:], strict=False) if name in old)
    return any(mine != their and name not in ignored and name[:1] != "_" for name, mine, their in both)


def combined_headers(searched: Row, location: str | None, advertised: Row, own: Own) -> CaseInsensitiveDict:
    """Return the headers of a search response, with its location, overlaid by those of an advertisement."""
    values = dict(zip(names_in(searched[0]), searched[1:], strict=False))
    values.update(values_of(advertised, own))
    values.pop("_source", None)
    if values.get("st") is OWN:
        values["st"] = own[2]
    if OWN in values.values():  # what only the response has
        fill_in(values, (*own[:4], location))
    spelling = spelling_of_both(searched[0], searched[AS_WRITTEN], advertised[0], advertised[AS_WRITTEN])
    return new_headers(values, spelling)


def cut(row: Row) -> Row:
    """Return what matters most of a row, without a surplus."""
    names, *values, as_written, _ = row
    each = dict(zip(names_in(names), values, strict=True))
    kept = {name for name in each if name[:1] == "_" and not is_long(each[name])}
    for name in ESSENTIAL:
        if name in each and not is_long(each[name]):
            more = [each[known] for known in (*kept, name)]
            if not surplus(more, len(more)):
                kept.add(name)
    values = [value for name, value in each.items() if name in kept]
    return (
        BETWEEN.join([name for name in each if name in kept]),
        *values,
        BETWEEN.join([text for name, text in zip(each, names_in(as_written), strict=True) if name in kept]),
        0,
    )


def is_long(value: Any) -> bool:
    """Return whether a value is longer than those that are shared."""
    return type(value) is str and len(value) > SHARED_LENGTH
