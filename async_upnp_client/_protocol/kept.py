"""UDA chapter 1: what the tracker keeps of messages, and what it may cost.

The messages of one device say the same, but for the type, the USN that follows from it, and when they came:
what they have in common is kept once, as a `Row`, and headers are made of it for who looks. What messages
have beyond the ordinary is counted, and cut where it is too much. Knows what headers are called, and no
devices.
"""

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, Final

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client.const import DeviceOrServiceType

# Values remembered to be kept once, and how long they may be: those of the latest messages, among them the
# others of the same device, and what all have in common. More would cost memory and gain nothing.
VALUES_SHARED: Final = 512
SHARED_LENGTH: Final = 256
# Rows remembered for the same reason: a device's messages come together.
ROWS_SHARED: Final = 64

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

# How the names in search responses and advertisements together are spelled: all messages of one kind of
# software share the spellings in either. The keys are identities of what the values were made of.
SPELLINGS_REMEMBERED: Final = 64
SPELLINGS: Final[dict[tuple[int, int, int], tuple[tuple[Any, ...], Mapping[str, str]]]] = {}

# Looked up once: a class with an abstract base takes its time.
new_headers = CaseInsensitiveDict.from_decoded

# In a row, in the place of what each message has for itself: its type as NT or ST, the USN that consists of
# UDN and type, and when it came.
OWN: Final = ...

# The place of a type that has no message.
ABSENT: Final = -1


def surplus(values: Iterable[Any], count: int) -> int:
    """Return the bytes of a message with so many headers beyond an ordinary one."""
    size = sum([len(value) for value in values if type(value) is str])
    return max(0, size + BYTES_PER_HEADER * count - ORDINARY_BYTES)


def usn_of(udn: Any, kind: str) -> str:
    """Return the USN that a device has for a type (UDA 2.0 §1.1.4)."""
    return kind if kind == udn else f"{udn}::{kind}"


def fill_in(values: dict[str, Any], kind: DeviceOrServiceType, came: datetime | None) -> None:
    """Put what one message has for itself into what it has in common with others."""
    get = values.get
    if get("nt") is OWN:
        values["nt"] = kind
    if get("st") is OWN:
        values["st"] = kind
    if get("usn") is OWN:
        values["usn"] = usn_of(get("_udn"), kind)
    if get("_timestamp") is OWN:
        values["_timestamp"] = came


class Row:
    """What messages have in common: names and values of headers, in order. It is never changed.

    `surplus` is what they take beyond the ordinary.
    """

    __slots__ = ("names", "spelling", "surplus", "values")

    def __init__(
        self, names: tuple[str, ...], values: tuple[Any, ...], spelling: Mapping[str, str], surplus: int = 0
    ) -> None:
        self.names = names
        self.values = values
        self.spelling = spelling
        self.surplus = surplus

    def get(self, name: str) -> Any:
        """Return the value of a lower-case name, or None."""
        return self.values[self.names.index(name)] if name in self.names else None

    def headers(self, kind: DeviceOrServiceType, came: datetime | None) -> CaseInsensitiveDict:
        """Make the headers of the message for a type that came then."""
        values = dict(zip(self.names, self.values, strict=True))
        fill_in(values, kind, came)
        return new_headers(values, self.spelling)

    def differs(self, before: "Row", ignored: AbstractSet[str]) -> bool:
        """Return whether a header that both have differs; `ignored` and "_" in front do not count."""
        names, values = self.names, self.values
        both: Iterable[tuple[str, Any, Any]]
        if before.names == names:
            both = zip(names, before.values, values, strict=True)
        else:
            old = dict(zip(before.names, before.values, strict=True))
            new = zip(names, values, strict=True)
            both = ((name, old[name], value) for name, value in new if name in old)
        return any(mine != their and name not in ignored and name[:1] != "_" for name, mine, their in both)


def combined_headers(
    searched: Row, advertised: Row, kind: DeviceOrServiceType, came: datetime | None
) -> CaseInsensitiveDict:
    """Return the headers of a search response overlaid by those of an advertisement that came then."""
    values = dict(zip(searched.names, searched.values, strict=True))
    values.update(zip(advertised.names, advertised.values, strict=True))
    values.pop("_source", None)
    fill_in(values, kind, came)
    return new_headers(values, spelling_of_both(searched, advertised))


def spelling_of_both(searched: Row, advertised: Row) -> Mapping[str, str]:
    """Return how names are spelled: as in the search response, or else as in the advertisement."""
    given = searched.names, searched.spelling, advertised.spelling
    key = (id(given[0]), id(given[1]), id(given[2]))
    known = SPELLINGS.get(key)
    if known is None:
        theirs = {name: text for name, text in advertised.spelling.items() if name not in searched.names}
        # kept with what it was made of, so that no other has their identities
        known = given, {**theirs, **searched.spelling}
        if len(SPELLINGS) >= SPELLINGS_REMEMBERED:
            SPELLINGS.clear()
        SPELLINGS[key] = known
    return known[1]


class LatestMessages(MutableMapping[DeviceOrServiceType, CaseInsensitiveDict]):
    """The latest message of one device for each type, as a mapping of types to headers.

    Headers of what was heard are made when they are asked for, and belong to who asked. Those that were
    assigned are kept as they are.
    """

    __slots__ = ("_kinds", "_latest")

    def __init__(self) -> None:
        # in few objects, as there are many devices: each makes the garbage collector's pauses longer
        self._kinds: tuple[DeviceOrServiceType, ...] = ()
        # for each of them, when its message came, and its row
        self._latest: list[Any] = []

    def __getitem__(self, kind: DeviceOrServiceType) -> CaseInsensitiveDict:
        place = self._place(kind)
        came, row = self._latest[2 * place : 2 * place + 2]
        return row.headers(kind, came) if type(row) is Row else row

    def __setitem__(self, kind: DeviceOrServiceType, headers: CaseInsensitiveDict) -> None:
        place = self.find(kind)
        if place == ABSENT:
            self.add(kind, headers.get_lower("_timestamp"), headers)
        else:
            self._latest[2 * place : 2 * place + 2] = headers.get_lower("_timestamp"), headers

    def __delitem__(self, kind: DeviceOrServiceType) -> None:
        place = self._place(kind)
        self._kinds = (*self._kinds[:place], *self._kinds[place + 1 :])
        del self._latest[2 * place : 2 * place + 2]

    def __contains__(self, kind: object) -> bool:
        return kind in self._kinds

    def __iter__(self) -> Iterator[DeviceOrServiceType]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)

    def __repr__(self) -> str:
        return repr(dict(self))

    def _place(self, kind: DeviceOrServiceType) -> int:
        place = self.find(kind)
        if place == ABSENT:
            raise KeyError(kind)
        return place

    def find(self, kind: DeviceOrServiceType) -> int:
        """Return the place of a type, or `ABSENT`."""
        kinds = self._kinds
        return kinds.index(kind) if kind in kinds else ABSENT

    def at(self, place: int) -> Row:
        """Return what is kept at a place."""
        row = self._latest[2 * place + 1]
        return row if type(row) is Row else row_of(row)

    def came(self, place: int) -> datetime | None:
        """Return when the message at a place came."""
        return self._latest[2 * place]  # type: ignore[no-any-return]  # times and rows take turns

    def renew(self, place: int, came: datetime | None, row: Row) -> None:
        """Keep a later message in the place of the one there."""
        latest = self._latest
        latest[2 * place] = came
        latest[2 * place + 1] = row

    def add(self, kind: DeviceOrServiceType, came: datetime | None, row: Row | CaseInsensitiveDict) -> None:
        """Keep a message for a type that has none."""
        self._kinds = (*self._kinds, kind)
        self._latest += came, row

    def surplus(self) -> int:
        """Return what all of them take beyond the ordinary."""
        return sum(row.surplus for row in self._latest if type(row) is Row)


class Farewells:
    """What one device said when it took types back, for who is told of it."""

    __slots__ = ("_headers",)

    def __init__(self) -> None:
        self._headers: dict[DeviceOrServiceType, tuple[CaseInsensitiveDict, int]] = {}

    def keep(self, kind: DeviceOrServiceType, headers: CaseInsensitiveDict, most: int) -> None:
        """Keep the headers of a farewell, if there are fewer than `most`."""
        if kind in self._headers or len(self._headers) < most:
            self._headers[kind] = headers, ORDINARY_BYTES + surplus(headers.values(), len(headers))

    def drop(self, kind: DeviceOrServiceType) -> bool:
        """Let the farewell of a type go; return whether there was one."""
        return self._headers.pop(kind, None) is not None

    def get(self, kind: DeviceOrServiceType) -> CaseInsensitiveDict | None:
        """Return the headers of the farewell of a type, or None."""
        return self._headers.get(kind, (None, 0))[0]

    def surplus(self) -> int:
        """Return what all of them take: no device has an ordinary number of these."""
        return sum(size for _, size in self._headers.values())


class KeptMessages:
    """Makes rows of messages, for one tracker. `room` is what is left for their surplus."""

    def __init__(self, room: int) -> None:
        self.room = room
        self._values: dict[Any, Any] = {}
        self._rows: dict[tuple[Any, ...], Row] = {}
        self._latest: Row | None = None
        self._asked: tuple[Row, Row, AbstractSet[str], bool] | None = None

    def share(self, text: str) -> str:
        """Return an equal text that is kept already, or this one."""
        if len(text) > SHARED_LENGTH:
            return text
        return self._values.setdefault(text, text)  # type: ignore[no-any-return]  # equal to their keys

    def row(
        self,
        headers: CaseInsensitiveDict,
        values: dict[str, Any],
        kind: DeviceOrServiceType,
        kind_name: str,
        before: Row | None,
    ) -> Row:
        """Return the row of a message, whose `values` are used up; an equal one, if there is one.

        `kind_name` is the header of its type, `before` what is kept of the message before.
        """
        usn, udn = values.get("usn"), values.get("_udn")
        if usn == f"{udn}::{kind}" or usn == kind == udn:
            values["usn"] = OWN
        values[kind_name] = values["_timestamp"] = OWN
        names, row_values = tuple(values), tuple(values.values())
        latest = self._latest
        if latest is not None and latest.values == row_values and latest.names == names:
            return latest
        row = before
        if row is None or row.values != row_values or row.names != names:
            row = self._rows.get(row_values)
            if row is None or row.names != names:
                row = self._new_row(names, row_values, headers.spelling)
        self._latest = row
        return row

    def differ(self, before: Row, row: Row, ignored: AbstractSet[str]) -> bool:
        """Return whether a row differs from an earlier one, see `Row.differs`.

        The messages of a device come together, so that the question is the one before, as a rule.
        """
        asked = self._asked
        if asked is None or asked[0] is not before or asked[1] is not row or asked[2] is not ignored:
            asked = self._asked = before, row, ignored, row.differs(before, ignored)
        return asked[3]

    def _new_row(self, names: tuple[str, ...], values: tuple[Any, ...], spelling: Mapping[str, str]) -> Row:
        shared = self._values
        if len(shared) > VALUES_SHARED:
            shared.clear()
        kept = tuple(
            [
                shared.setdefault(value, value)
                if (type(value) is str and len(value) <= SHARED_LENGTH) or type(value) is tuple
                else value
                for value in values
            ]
        )
        return self._remembered(
            Row(shared.setdefault(names, names), kept, spelling, surplus(kept, len(kept)))
        )

    def _remembered(self, row: Row) -> Row:
        if len(self._rows) >= ROWS_SHARED:
            self._rows.clear()
        self._rows[row.values] = row
        return row

    def take_room(self, row: Row, before: int) -> Row:
        """Take room for a row, in the place of one with a surplus of `before`; cut it where there is none."""
        if row.surplus - before > self.room:
            row = cut(row)
            known = self._rows.get(row.values)
            row = known if known is not None and known.names == row.names else self._remembered(row)
        self.room -= row.surplus - before
        return row


def row_of(headers: CaseInsensitiveDict) -> Row:
    """Return a row with all that headers have."""
    values = headers.as_lower_dict()
    return Row(tuple(values), tuple(values.values()), headers.spelling)


def cut(row: Row) -> Row:
    """Return what matters most of a row, without a surplus."""
    each = dict(zip(row.names, row.values, strict=True))
    kept = {name for name in each if name[:1] == "_" and not is_long(each[name])}
    for name in ESSENTIAL:
        if name in each and not is_long(each[name]):
            more = [each[known] for known in (*kept, name)]
            if not surplus(more, len(more)):
                kept.add(name)
    values = {name: value for name, value in each.items() if name in kept}
    spelling = {name: text for name, text in row.spelling.items() if name in kept}
    return Row(tuple(values), tuple(values.values()), spelling)


def is_long(value: Any) -> bool:
    """Return whether a value is longer than those that are shared."""
    return type(value) is str and len(value) > SHARED_LENGTH
