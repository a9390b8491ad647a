"""What is kept of messages: what they have in common once, and no more than there is room for."""

import copy
from datetime import datetime, timedelta
from typing import Any

import pytest

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._protocol.kept import (
    BYTES_PER_HEADER,
    ORDINARY_BYTES,
    ROWS_SHARED,
    SHARED_LENGTH,
    SPELLINGS,
    SPELLINGS_REMEMBERED,
    VALUES_SHARED,
    Farewells,
    KeptMessages,
    LatestMessages,
    Row,
    combined_headers,
    row_of,
    surplus,
)
from tests.support.announcements import DEVICE, NOON, RENDERER, ROOT, UDN, Device

NOTHING: frozenset[str] = frozenset()


def long(text: str, count: int) -> CaseInsensitiveDict:
    headers = DEVICE.alive()
    headers["x-long"] = text * count
    return headers


def row(messages: KeptMessages, headers: CaseInsensitiveDict, before: Row | None = None) -> Row:
    """Return what is kept of an announcement or an answer."""
    kind = "nt" if "nt" in headers else "st"
    return messages.row(headers, headers.as_lower_dict(), headers[kind], kind, before)


def made(of: Row, headers: CaseInsensitiveDict) -> CaseInsensitiveDict:
    """Return the headers that are made of a row, for a message."""
    return of.headers(headers.get("nt") or headers["st"], headers["_timestamp"])


def size(headers: CaseInsensitiveDict) -> int:
    return surplus(headers.values(), len(headers))


def test_an_ordinary_message_has_no_surplus():
    assert size(DEVICE.alive()) == size(DEVICE.response()) == 0
    assert surplus(("x" * ORDINARY_BYTES, 5), 2) == 2 * BYTES_PER_HEADER


# ---- rows


@pytest.mark.parametrize(
    "headers",
    [
        DEVICE.alive(),
        DEVICE.alive(UDN),
        DEVICE.alive(RENDERER, after=1, x="1"),
        DEVICE.response(),
        DEVICE.alive(usn=UDN),  # not the USN that it should be
        DEVICE.alive(usn=f"{UDN.upper()}::{ROOT}"),
        DEVICE.alive(usn=f"uuid:{UDN}::{ROOT}"),
        DEVICE.alive(st="x"),
        DEVICE.alive(location=None),
    ],
)
def test_headers_made_of_a_row_are_those_of_the_message(headers: CaseInsensitiveDict):
    found = made(row(KeptMessages(100), headers), headers)
    assert found.as_dict() == headers.as_dict()
    assert list(found) == list(headers)


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
    assert all(rows[0][name] is rows[1][name] for name in ("server", "location", "_remote_addr"))
    kind = messages.share(str(ROOT.encode(), "ascii"))
    assert messages.share(str(ROOT.encode(), "ascii")) is kind
    assert messages.share("x" * (SHARED_LENGTH + 1)) == "x" * (SHARED_LENGTH + 1)


def test_what_is_remembered_for_that_is_bounded():
    messages = KeptMessages(10**9)
    for number in range(VALUES_SHARED):
        row(messages, DEVICE.alive(x_one=str(number), x_two="y" * number))
        assert len(messages._values) <= VALUES_SHARED + 20
        assert len(messages._rows) <= ROWS_SHARED
        assert all(len(value) <= SHARED_LENGTH for value in messages._values)


@pytest.mark.parametrize(
    ("later", "differs"),
    [
        ({}, False),
        ({"x": "1"}, False),  # there was none
        ({"server": "Other"}, True),
        ({"server": "Other", "x": "1"}, True),
        ({"server": None}, False),
        ({"host": "Other"}, False),
    ],
)
def test_whether_a_message_differs(later: dict[str, str | None], differs: bool):
    messages = KeptMessages(100)
    before, after = (row(messages, headers) for headers in (DEVICE.alive(), DEVICE.alive(ROOT, 1, **later)))
    assert after.differs(before, frozenset({"host"})) is differs
    for _ in range(2):
        assert messages.differ(before, after, frozenset({"host"})) is differs
    assert messages.differ(before, after, frozenset({"host", "server"})) is False
    assert messages.differ(after, after, NOTHING) is False


def test_what_is_only_known_of_the_datagram_makes_no_difference():
    one, two = Device(host="192.0.2.1").alive(), Device(host="192.0.2.2").alive()
    assert not row_of(two).differs(row_of(one), NOTHING)
    assert row_of(one).get("_host") == "192.0.2.1"
    assert row_of(one).get("x") is None


@pytest.mark.parametrize(
    ("searched", "advertised"),
    [
        (DEVICE.response(), DEVICE.alive(after=1)),
        (DEVICE.response(UDN), DEVICE.alive(UDN, x="1")),
        (CaseInsensitiveDict({"server": "a", "St": "b"}), CaseInsensitiveDict({"SERVER": "c", "HOST": "d"})),
        (CaseInsensitiveDict({"st": "b"}), CaseInsensitiveDict({"SERVER": "c"})),
        (CaseInsensitiveDict({"server": "a"}), CaseInsensitiveDict({"SERVER": "c"})),
        (CaseInsensitiveDict(), CaseInsensitiveDict({"SERVER": "c", "_source": "d"})),
    ],
)
def test_combined_headers_are_those_of_both(searched: CaseInsensitiveDict, advertised: CaseInsensitiveDict):
    expected = searched.combine(advertised)
    expected.pop("_source", None)
    for _ in range(2):
        found = combined_headers(row_of(searched), row_of(advertised), ROOT, None)
        assert (found.as_dict(), list(found)) == (expected.as_dict(), list(expected))
    if "_udn" in searched:
        kind, messages = searched["st"], KeptMessages(100)
        rows = row(messages, searched), row(messages, advertised)
        assert combined_headers(*rows, kind, advertised["_timestamp"]).as_dict() == expected.as_dict()


def test_what_is_remembered_of_spellings_is_bounded():
    for number in range(2 * SPELLINGS_REMEMBERED):
        searched, advertised = (CaseInsensitiveDict({f"{name}{number}": 1}) for name in "AB")
        found = combined_headers(row_of(searched), row_of(advertised), ROOT, None)
        assert found.as_dict() == {f"A{number}": 1, f"B{number}": 1}
        assert len(SPELLINGS) <= SPELLINGS_REMEMBERED


# ---- room


def test_a_long_message_takes_room_and_is_cut_where_there_is_none():
    messages = KeptMessages(5000)
    headers = long("x", 4000)
    first = messages.take_room(row(messages, headers), 0)
    assert made(first, headers) == headers
    assert messages.room == 5000 - first.surplus
    left, headers = messages.room, long("y", 4000)
    second = messages.take_room(row(messages, headers), 0)
    assert (second.surplus, messages.room) == (0, left)
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
        before = messages.take_room(row(messages, headers, before), before.surplus)
        assert messages.room == 5000 - before.surplus
    assert before.surplus == 0


# ---- the latest of a device


def kept(*messages: CaseInsensitiveDict) -> LatestMessages:
    latest, keeps = LatestMessages(), KeptMessages(10_000)
    for headers in messages:
        latest.add(headers["nt"], headers["_timestamp"], row(keeps, headers))
    return latest


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
    latest = kept(DEVICE.alive())
    for kind in (ROOT, RENDERER):
        headers = DEVICE.alive(kind, after=7)
        latest[kind] = headers
        assert latest[kind] is headers
        assert latest.at(latest.find(kind)).get("nt") == kind
        assert latest.came(latest.find(kind)) == NOON + timedelta(seconds=7)
    assert len(latest) == 2


def test_a_later_message_takes_the_place_of_an_earlier_one():
    latest, later = kept(DEVICE.alive(), DEVICE.alive(RENDERER)), DEVICE.alive(after=9, x="1")
    latest.renew(latest.find(ROOT), later["_timestamp"], row(KeptMessages(0), later))
    assert dict(latest) == {ROOT: later, RENDERER: DEVICE.alive(RENDERER)}


def test_copies_are_independent():
    latest = kept(DEVICE.alive())
    again: Any = copy.deepcopy(latest)
    latest[ROOT] = CaseInsensitiveDict()
    assert dict(again) == {ROOT: DEVICE.alive()}


def test_the_surplus_of_all():
    latest = kept(long("x", 4000))
    assert latest.surplus() == row(KeptMessages(0), long("x", 4000)).surplus > 0
    assert isinstance(latest.came(0), datetime)


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


def test_what_is_cut_has_no_surplus_whatever_is_long():
    headers = DEVICE.alive()
    long_ones = {"usn": f"{UDN}::", "nts": "ssdp:alive", "cache-control": "", "location": "http://192.0.2.1/"}
    for name, value in long_ones.items():
        headers[name] = value.ljust(3000, "a")
    headers["server"] = "d" * 200
    for number in range(20):
        headers[f"x{number}"] = "f" * 200
    messages = KeptMessages(100)
    found = messages.take_room(row(messages, headers), 0)
    assert (found.surplus, messages.room) == (0, 100)
    assert surplus(found.values, len(found.names)) == 0
    kept = found.headers(ROOT, NOON)
    assert (kept["nt"], kept["_udn"], kept["server"]) == (ROOT, UDN, "d" * 200)
    assert not {"x1", "location", "usn"} & set(kept.as_lower_dict())
