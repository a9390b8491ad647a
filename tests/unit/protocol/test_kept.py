"""What is kept of messages: what they have in common once, and no more than there is room for."""

import copy
from datetime import timedelta
from typing import Any

import pytest

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._protocol.kept import (
    ABSENT,
    ROWS_SHARED,
    VALUES_SHARED,
    Farewells,
    KeptMessages,
    LatestMessages,
    Messages,
)
from async_upnp_client._protocol.rows import ORDINARY_BYTES, SHARED_LENGTH, SURPLUS, Row, headers_of, value_of
from async_upnp_client._protocol.ssdp_device import SsdpDevice
from tests.support.announcements import DEVICE, HOST, NOON, RENDERER, ROOT, UDN

NOTHING: frozenset[str] = frozenset()
SENDER = SsdpDevice(UDN, NOON)
SENDER.host = HOST


def long(text: str, count: int) -> CaseInsensitiveDict:
    headers = DEVICE.alive()
    headers["x-long"] = text * count
    return headers


def row(messages: KeptMessages, headers: CaseInsensitiveDict, before: Row | None = None) -> Row:
    """Return what is kept of an announcement or an answer."""
    kind = "nt" if "nt" in headers else "st"
    return messages.row(headers, kind, SENDER, before)


def made(of: Row, headers: CaseInsensitiveDict) -> CaseInsensitiveDict:
    """Return the headers that are made of a row, for a message."""
    kind = headers.get("nt") or headers["st"]
    return headers_of(of, (UDN, HOST, kind, headers["_timestamp"], headers.get("location")))


# ---- rows


def test_the_messages_of_a_device_have_one_row():
    messages = KeptMessages(100)
    rows = [
        row(messages, DEVICE.alive(kind, after))
        for after, kind in enumerate((ROOT, UDN, RENDERER, ROOT, UDN))
    ]
    assert all(one is rows[0] for one in rows)
    assert row(messages, DEVICE.alive(x="1")) is not rows[0]
    assert row(messages, DEVICE.response()) is not rows[0]
    assert row(messages, DEVICE.alive()) is rows[0]


def test_the_row_before_is_known_when_it_is_not_remembered_any_more():
    before = row(KeptMessages(100), DEVICE.alive())
    assert row(KeptMessages(100), DEVICE.alive(after=5), before) is before
    assert row(KeptMessages(100), DEVICE.alive(x="1"), before) is not before


def test_equal_values_under_other_names_are_another_message():
    messages = KeptMessages(100)
    one, two = DEVICE.alive(x="1"), DEVICE.alive(y="1")
    rows = row(messages, one), row(messages, two), row(messages, one)
    assert [made(found, one)["_udn"] for found in rows] == [UDN] * 3
    assert ["x" in made(found, one) for found in rows] == [True, False, True]


def test_equal_values_are_kept_once():
    messages = KeptMessages(100)
    first, second = DEVICE.alive(x="1"), DEVICE.alive(x="2")
    rows = [made(row(messages, headers), headers) for headers in (first, second)]
    assert all(rows[0][name] is rows[1][name] for name in ("server", "_local_addr"))
    kind = messages.share(str(ROOT.encode(), "ascii"))
    assert messages.share(str(ROOT.encode(), "ascii")) is kind
    assert messages.share("x" * (SHARED_LENGTH + 1)) == "x" * (SHARED_LENGTH + 1)


def test_what_is_remembered_for_that_is_bounded():
    messages = KeptMessages(10**9)
    for number in range(VALUES_SHARED):
        row(messages, DEVICE.alive(x_one=str(number), x_two="y" * number))
        assert len(messages._values) <= VALUES_SHARED + 20
        assert len(messages._rows) <= ROWS_SHARED
        assert all(len(value) <= SHARED_LENGTH for value in messages._values if type(value) is str)


def test_whether_a_message_differs():
    messages = KeptMessages(100)
    before, after = (row(messages, DEVICE.alive(server=server)) for server in ("a", "b"))
    for _ in range(2):
        assert messages.differ(before, after, NOTHING) is True
    assert messages.differ(before, after, frozenset({"server"})) is False
    assert messages.differ(after, after, NOTHING) is False


# ---- room


def test_a_long_message_takes_room_and_is_cut_where_there_is_none():
    messages = KeptMessages(5000)
    headers = long("x", 4000)
    first = messages.take_room(row(messages, headers), 0)
    assert made(first, headers) == headers
    assert messages.room == 5000 - first[SURPLUS]
    left, headers = messages.room, long("y", 4000)
    second = messages.take_room(row(messages, headers), 0)
    assert (second[SURPLUS], messages.room) == (0, left)
    found = made(second, headers)
    assert "x-long" not in found
    assert (found["LOCATION"], found["_udn"], found["nt"]) == (DEVICE.location, UDN, ROOT)
    assert next(iter(found)) == "CACHE-CONTROL"


def test_cut_messages_of_a_device_have_one_row():
    messages = KeptMessages(100)
    first, second = (messages.take_room(row(messages, long(text, 4000)), 0) for text in "xy")
    assert first is second


def test_a_later_message_takes_the_room_of_the_earlier():
    messages = KeptMessages(5000)
    before = row(messages, DEVICE.alive())
    for headers in (long("x", 4000), long("y", 4500), DEVICE.alive(), long("z", 9000)):
        before = messages.take_room(row(messages, headers, before), before[SURPLUS])
        assert messages.room == 5000 - before[SURPLUS]
    assert before[SURPLUS] == 0


# ---- the latest of a device


def heard(*messages: CaseInsensitiveDict) -> Messages:
    latest, keeps = Messages(), KeptMessages(10_000)
    for headers in messages:
        came = headers["_timestamp"].timestamp()
        latest.add(headers["nt"], came, headers["location"], row(keeps, headers))
    return latest


def kept(*messages: CaseInsensitiveDict) -> LatestMessages:
    return LatestMessages(heard(*messages), SENDER)


def test_a_mapping_of_types_to_headers():
    latest = kept(DEVICE.alive(), DEVICE.alive(RENDERER, after=1))
    assert list(latest) == [ROOT, RENDERER]
    assert len(latest) == 2
    assert ROOT in latest
    assert UDN not in latest
    assert dict(latest) == {ROOT: DEVICE.alive(), RENDERER: DEVICE.alive(RENDERER, after=1)}
    assert repr(latest) == repr(dict(latest))
    assert latest.get(UDN) is None
    del latest[ROOT]
    assert dict(latest) == {RENDERER: DEVICE.alive(RENDERER, after=1)}
    for mistake in (latest.__getitem__, latest.__delitem__):
        with pytest.raises(KeyError):
            mistake(ROOT)
    assert latest.pop(ROOT, None) is None


def test_headers_belong_to_who_asks():
    latest = kept(DEVICE.alive())
    latest[ROOT]["server"] = "Other"
    assert latest[ROOT] == DEVICE.alive()


def test_headers_that_were_assigned_stay_what_they_are():
    messages = heard(DEVICE.alive())
    latest = LatestMessages(messages, SENDER)
    for kind in (ROOT, RENDERER):
        headers = DEVICE.alive(kind, after=7)
        latest[kind] = headers
        assert latest[kind] is headers
        place = messages.find(kind)
        assert value_of(messages.at(place), "nt") == kind
        assert messages.times[place] == (NOON + timedelta(seconds=7)).timestamp()
    assert len(latest) == 2
    assert messages.surplus() == 0
    latest[ROOT] = CaseInsensitiveDict()
    assert messages.times[messages.find(ROOT)] is None


def test_a_later_message_takes_the_place_of_an_earlier_one():
    messages, later = heard(DEVICE.alive(), DEVICE.alive(RENDERER)), DEVICE.alive(after=9, x="1")
    came = later["_timestamp"].timestamp()
    messages.renew(messages.find(ROOT), came, later["location"], row(KeptMessages(0), later))
    assert dict(LatestMessages(messages, SENDER)) == {ROOT: later, RENDERER: DEVICE.alive(RENDERER)}
    messages.drop(messages.find(ROOT))
    assert messages.find(ROOT) == ABSENT


@pytest.mark.parametrize(
    "messages",
    [
        Messages(),
        heard(DEVICE.alive()),
        heard(DEVICE.alive(), DEVICE.alive(UDN, after=1), DEVICE.alive(RENDERER, after=2)),
        heard(DEVICE.alive(), DEVICE.alive(UDN, x="1")),
        heard(DEVICE.alive(), DEVICE.alive(UDN, location="http://192.0.2.1/")),
    ],
)
def test_what_was_put_away_is_as_it_was(messages: Messages):
    again = Messages.restored(UDN, *messages.put_away(UDN))
    for name in Messages.__slots__:
        assert getattr(again, name) == getattr(messages, name)


def test_assigned_headers_are_put_away_as_they_are():
    messages = heard(DEVICE.alive())
    headers = LatestMessages(messages, SENDER)[RENDERER] = CaseInsensitiveDict()
    again = Messages.restored(UDN, *messages.put_away(UDN))
    assert again.headers(again.find(RENDERER), SENDER) is headers


def test_copies_are_independent():
    latest = kept(DEVICE.alive())
    again: Any = copy.deepcopy(latest)
    latest[ROOT] = CaseInsensitiveDict()
    assert dict(again) == {ROOT: DEVICE.alive()}


def test_the_surplus_of_all():
    latest = heard(long("x", 4000))
    assert latest.surplus() == row(KeptMessages(0), long("x", 4000))[SURPLUS] > 0
    assert latest.times[0] == NOON.timestamp()


# ---- farewells


def test_farewells_are_kept_for_who_is_told_and_take_room_as_a_whole():
    farewells = Farewells()
    for kind in (ROOT, RENDERER, UDN):
        farewells.keep(kind, DEVICE.byebye(kind), 2)
    assert farewells.get(ROOT) == DEVICE.byebye()
    assert farewells.get(UDN) is None
    assert farewells.surplus() == 2 * ORDINARY_BYTES
    farewells.keep(ROOT, long("x", 4000), 2)
    assert farewells.surplus() > 2 * ORDINARY_BYTES + 2000
    assert farewells.drop(ROOT)
    assert not farewells.drop(ROOT)
    assert farewells.get(ROOT) is None
    assert farewells.surplus() == ORDINARY_BYTES
