"""UDA chapter 1: what the tracker keeps of messages, and what it may cost.

The messages of one device say the same, but for the type, the USN that follows from it, and when they came:
what they have in common is kept once, as a `Row`, and headers are made of it for who looks. What messages
have beyond the ordinary is counted, and cut where it is too much. Knows no devices.
"""

from array import array
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, Final, Protocol

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._protocol.rows import (
    BETWEEN,
    ORDINARY_BYTES,
    OWN,
    SHARED_LENGTH,
    SURPLUS,
    Own,
    Row,
    common_values,
    cut,
    differs,
    headers_of,
    names_in,
    row_of,
    surplus,
    written,
)
from async_upnp_client._protocol.ssdp_meaning import local_time
from async_upnp_client.const import DeviceOrServiceType, UniqueDeviceName

# Values remembered to be kept once: those of the latest messages, among them the others of the same device,
# and what all have in common. More would cost memory and gain nothing.
VALUES_SHARED: Final = 512
# Rows remembered for the same reason: a device's messages come together.
ROWS_SHARED: Final = 64

# The place of a type that has no message.
ABSENT: Final = -1


class Sender(Protocol):
    """Whose messages they are."""

    udn: UniqueDeviceName
    host: str
    last_seen: datetime | None


class Messages:
    """The latest message of one device for each type: `kinds`, and for each its time, location and row.

    What was assigned by a user is headers in the place of a row.
    """

    __slots__ = ("kinds", "locations", "rows", "times")

    def __init__(self) -> None:
        self.kinds: tuple[DeviceOrServiceType, ...] = ()
        # POSIX times; None of what was assigned without one
        self.times: list[Any] = []
        self.locations: list[str | None] = []
        self.rows: list[Row | CaseInsensitiveDict] = []

    def put_away(self, udn: UniqueDeviceName) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """Return types and messages, of the device of that UDN, as tuples from which they can be `restored`.

        As a rule all have one location and row, and the types are those of other devices as well.
        """
        times, locations, rows = self.times, self.locations, self.rows
        count = len(rows)
        kinds = tuple([OWN if kind == udn else kind for kind in self.kinds])
        if rows and locations.count(locations[0]) == rows.count(rows[0]) == count and None not in times:
            return kinds, (array("d", times).tobytes(), locations[0], rows[0])
        return kinds, (*times, *locations, *rows)

    @classmethod
    def restored(cls, udn: UniqueDeviceName, kinds: tuple[Any, ...], said: Sequence[Any]) -> "Messages":
        """Return the messages that were `put_away`."""
        self, count = cls(), len(kinds)
        self.kinds = tuple([udn if kind is OWN else kind for kind in kinds])
        if said and type(said[0]) is bytes:
            times, location, row = said
            self.times = array("d", times).tolist()
            self.locations, self.rows = [location] * count, [row] * count
        else:
            self.times, self.locations = list(said[:count]), list(said[count : 2 * count])
            self.rows = list(said[2 * count :])
        return self

    def find(self, kind: DeviceOrServiceType) -> int:
        """Return the place of a type, or `ABSENT`."""
        kinds = self.kinds
        return kinds.index(kind) if kind in kinds else ABSENT

    def at(self, place: int) -> Row:
        """Return what is kept at a place."""
        row = self.rows[place]
        return row if type(row) is tuple else row_of(row)  # type: ignore[arg-type]  # it is one or the other

    def own(self, place: int, sender: Sender) -> Own:
        """Return what the message at a place has for itself."""
        came = self.times[place]
        time = None if came is None else local_time(came, sender.last_seen)
        return sender.udn, sender.host, self.kinds[place], time, self.locations[place]

    def headers(self, place: int, sender: Sender) -> CaseInsensitiveDict:
        """Return the headers of the message at a place."""
        row = self.rows[place]
        return headers_of(row, self.own(place, sender)) if isinstance(row, tuple) else row

    def renew(
        self, place: int, came: float | None, location: str | None, row: Row | CaseInsensitiveDict
    ) -> None:
        """Keep a later message in the place of the one there."""
        self.times[place] = came
        self.locations[place] = location
        self.rows[place] = row

    def add(
        self,
        kind: DeviceOrServiceType,
        came: float | None,
        location: str | None,
        row: Row | CaseInsensitiveDict,
    ) -> None:
        """Keep a message for a type that has none."""
        self.kinds = (*self.kinds, kind)
        self.times.append(came)
        self.locations.append(location)
        self.rows.append(row)

    def drop(self, place: int) -> None:
        """Let the message at a place go, and its type."""
        self.kinds = (*self.kinds[:place], *self.kinds[place + 1 :])
        for each in (self.times, self.locations, self.rows):
            del each[place]

    def surplus(self) -> int:
        """Return what all of them take beyond the ordinary."""
        return sum(row[SURPLUS] for row in self.rows if isinstance(row, tuple))


class LatestMessages(MutableMapping[DeviceOrServiceType, CaseInsensitiveDict]):
    """The latest message of one device for each type, as a live mapping of types to headers.

    Headers of what was heard are made when they are asked for, and belong to who asked. Those that were
    assigned are kept as they are.
    """

    __slots__ = ("_messages", "_sender")

    def __init__(self, messages: Messages, sender: Sender) -> None:
        self._messages = messages
        self._sender = sender

    def __getitem__(self, kind: DeviceOrServiceType) -> CaseInsensitiveDict:
        return self._messages.headers(self._place(kind), self._sender)

    def __setitem__(self, kind: DeviceOrServiceType, headers: CaseInsensitiveDict) -> None:
        place = self._messages.find(kind)
        time: datetime | None = headers.get_lower("_timestamp")
        came = None if time is None else time.timestamp()
        if place == ABSENT:
            self._messages.add(kind, came, None, headers)
        else:
            self._messages.renew(place, came, None, headers)

    def __delitem__(self, kind: DeviceOrServiceType) -> None:
        self._messages.drop(self._place(kind))

    def __contains__(self, kind: object) -> bool:
        return kind in self._messages.kinds

    def __iter__(self) -> Iterator[DeviceOrServiceType]:
        return iter(self._messages.kinds)

    def __len__(self) -> int:
        return len(self._messages.kinds)

    def __repr__(self) -> str:
        return repr(dict(self))

    def _place(self, kind: DeviceOrServiceType) -> int:
        place = self._messages.find(kind)
        if place == ABSENT:
            raise KeyError(kind)
        return place


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
        # the row of the latest message, and names and values that it is of
        self._said: tuple[Any, ...] = ()
        self._row: Row = ()
        self._asked: tuple[Row, Row, AbstractSet[str], bool] | None = None

    def share(self, text: str) -> str:
        """Return an equal text that is kept already, or this one."""
        if len(text) > SHARED_LENGTH:
            return text
        if len(self._values) > VALUES_SHARED:
            self._values.clear()
        return self._values.setdefault(text, text)  # type: ignore[no-any-return]  # equal to their keys

    def row(
        self, headers: CaseInsensitiveDict, kind_name: str, sender: Sender, before: Row | None = None
    ) -> Row:
        """Return the row of a message; an equal one, if there is one.

        `kind_name` is the header of its type, `before` what is kept of the message before.
        """
        values = common_values(headers.peek_lower(), kind_name, sender.udn, sender.host)
        said = tuple(values), *values.values()
        if said != self._said:
            row = self._rows.get(said)
            if row is None:
                names, *others = said
                is_as_before = (
                    before is not None and [*before[1:-2]] == others and names_in(before[0]) == names
                )
                row = before if before is not None and is_as_before else self._new_row(said, headers.spelling)
                self._remember(said, row)
            self._said, self._row = said, row
        return self._row

    def differ(self, before: Row, row: Row, ignored: AbstractSet[str]) -> bool:
        """Return whether a row differs from an earlier one, see `differs`.

        The messages of a device come together, so that the question is the one before, as a rule.
        """
        asked = self._asked
        if asked is None or asked[0] is not before or asked[1] is not row or asked[2] is not ignored:
            asked = self._asked = before, row, ignored, differs(before, row, ignored)
        return asked[3]

    def _new_row(self, said: tuple[Any, ...], spelling: Mapping[str, str]) -> Row:
        """Make a row of names and values, of which as much is shared as can be."""
        shared = self._values
        if len(shared) > VALUES_SHARED:
            shared.clear()
        names, *values = said
        values = [
            shared.setdefault(value, value)
            if (type(value) is str and len(value) <= SHARED_LENGTH) or type(value) is tuple
            else value
            for value in values
        ]
        texts = [BETWEEN.join(names), written(names, spelling)]
        names_text, as_written = [shared.setdefault(text, text) for text in texts]
        return names_text, *values, as_written, surplus(values, len(values))

    def _remember(self, said: tuple[Any, ...], row: Row) -> None:
        if len(self._rows) >= ROWS_SHARED:
            self._rows.clear()
        self._rows[said] = row

    def take_room(self, row: Row, before: int) -> Row:
        """Take room for a row, in the place of one with a surplus of `before`; cut it where there is none."""
        if row[SURPLUS] - before > self.room:
            row = cut(row)
            said = names_in(row[0]), *row[1:-2]
            known = self._rows.get(said)
            if known is None:
                self._remember(said, row)
            row = known or row
        self.room -= row[SURPLUS] - before
        return row
