"""What messages of one device have in common, and the headers that are made of it."""

import pytest

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._protocol.rows import (
    BYTES_PER_HEADER,
    ORDINARY_BYTES,
    OWN,
    SHARED_LENGTH,
    SPELLINGS_REMEMBERED,
    SURPLUS,
    Own,
    Row,
    combined_headers,
    common_values,
    cut,
    differs,
    headers_of,
    row_of,
    spelling_of,
    spelling_of_both,
    surplus,
    value_of,
    written,
)
from tests.support.announcements import DEVICE, HOST, NOON, RENDERER, ROOT, UDN, Device

NOTHING: frozenset[str] = frozenset()
OF_NOBODY: Own = ("", "", ROOT, None, None)


def size(headers: CaseInsensitiveDict) -> int:
    return surplus(headers.values(), len(headers))


def own(headers: CaseInsensitiveDict) -> Own:
    """Return what a message has for itself."""
    kind = headers.get("nt") or headers.get("st")
    return UDN, HOST, kind, headers.get("_timestamp"), headers.get("location")


def row(headers: CaseInsensitiveDict) -> Row:
    """Return what a message has in common with others."""
    kind_name = "nt" if "nt" in headers else "st"
    values = common_values(headers.peek_lower(), kind_name, UDN, HOST)
    common = CaseInsensitiveDict.from_decoded(dict(values), headers.spelling)
    return (*row_of(common)[:SURPLUS], size(common))


def test_an_ordinary_message_has_no_surplus():
    assert size(DEVICE.alive()) == size(DEVICE.response()) == 0
    assert surplus(("x" * ORDINARY_BYTES, 5), 2) == 2 * BYTES_PER_HEADER


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
        Device(UDN.upper()).alive(),
        Device(host="192.0.2.7").alive(),
        Device(location="http://192.0.2.7/" + "x" * SHARED_LENGTH).alive(),
        CaseInsensitiveDict({"NT": ROOT, "_timestamp": NOON}),
    ],
)
def test_headers_made_of_a_row_are_those_of_the_message(headers: CaseInsensitiveDict):
    found = headers_of(row(headers), own(headers))
    assert found.as_dict() == headers.as_dict()
    assert list(found) == list(headers)


def test_what_differs_between_devices_of_a_model_is_in_no_row():
    other = Device("uuid:other", "http://192.0.2.9/other.xml", "192.0.2.9")
    headers = other.alive(RENDERER, after=7)
    values = common_values(headers.peek_lower(), "nt", "uuid:other", "192.0.2.9")
    assert tuple(values.values()) == row(DEVICE.alive())[1:-2]
    assert value_of(row(DEVICE.alive()), "location") is OWN


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ({}, False),
        ({"x": "1"}, False),  # there was none
        ({"server": "Other"}, True),
        ({"server": "Other", "x": "1"}, True),
        ({"server": None}, False),
        ({"host": "Other"}, False),
    ],
)
def test_whether_a_message_differs(later: dict[str, str | None], expected: bool):
    before, after = row(DEVICE.alive()), row(DEVICE.alive(ROOT, 1, **later))
    assert differs(before, after, frozenset({"host"})) is expected


def test_what_is_only_known_of_the_datagram_makes_no_difference():
    one, two = row_of(Device(host="192.0.2.1").alive()), row_of(Device(host="192.0.2.2").alive())
    assert not differs(one, two, frozenset({"location"}))
    assert value_of(one, "_host") == "192.0.2.1"
    assert value_of(one, "x") is None


@pytest.mark.parametrize(
    ("searched", "advertised"),
    [
        (DEVICE.response(), DEVICE.alive(after=1)),
        (DEVICE.response(UDN), DEVICE.alive(UDN, x="1")),
        (DEVICE.response(), Device(location="http://192.0.2.8/").alive(after=1)),
        (DEVICE.response(), DEVICE.alive(location=None)),
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
        found = combined_headers(row_of(searched), None, row_of(advertised), OF_NOBODY)
        assert (found.as_dict(), list(found)) == (expected.as_dict(), list(expected))
    if "_udn" in searched:
        found = combined_headers(row(searched), searched["location"], row(advertised), own(advertised))
        assert found.as_dict() == expected.as_dict()


def test_what_is_remembered_of_spellings_is_bounded():
    for number in range(2 * SPELLINGS_REMEMBERED):
        searched, advertised = (CaseInsensitiveDict({f"{name}{number}": 1}) for name in "AB")
        found = combined_headers(row_of(searched), None, row_of(advertised), OF_NOBODY)
        assert found.as_dict() == {f"A{number}": 1, f"B{number}": 1}
    for cache in (spelling_of, spelling_of_both):
        assert cache.cache_info().maxsize == SPELLINGS_REMEMBERED


def test_names_are_kept_as_written():
    assert written(["server", "x"], {"server": "SERVER"}) == "SERVER\nx"
    assert spelling_of("server\nx", "SERVER\nx") == {"server": "SERVER"}


def test_what_is_cut_has_no_surplus_whatever_is_long():
    headers = DEVICE.alive()
    long_ones = {"usn": f"{UDN}::", "nts": "ssdp:alive", "cache-control": "", "location": "http://192.0.2.1/"}
    for name, value in long_ones.items():
        headers[name] = value.ljust(3000, "a")
    headers["server"] = "d" * 200
    for number in range(20):
        headers[f"x{number}"] = "f" * 200
    whole = row(headers)
    found = cut(whole)
    assert whole[SURPLUS] > 0 == found[SURPLUS] == surplus(found[1:-2], len(found) - 3)
    kept = headers_of(found, own(headers))
    assert (kept["nt"], kept["_udn"], kept["server"]) == (ROOT, UDN, "d" * 200)
    assert not {"x1", "location", "usn"} & set(kept.as_lower_dict())
