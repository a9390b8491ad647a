"""What the headers of SSDP messages mean."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._protocol.ssdp_meaning import (
    extract_uncache_after,
    extract_valid_to,
    header_number,
    is_service_type,
    same_headers_differ,
    valid_advertisement_headers,
    valid_byebye_headers,
    valid_search_headers,
)
from tests.support.announcements import AV_TRANSPORT, DEVICE, NOON, RENDERER, ROOT, UDN


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


# ---- max-age


@pytest.mark.uda("D-021")
@pytest.mark.parametrize(
    ("cache_control", "expected"),
    [
        ("max-age=1800", 1800),
        ("max-age = 3600", 3600),  # Sonos
        ("MAX-AGE=60", 60),
        ('max-age="100"', 100),
        ("no-cache, max-age=120", 120),
        ('no-cache="Ext",max-age=120', 120),
        ("max-age=120, no-cache", 120),
        ("max-age=120;public", 120),
        ("max-age=0", 0),
        ("max-age=007", 7),
        ("s-max-age=5, max-age=7", 7),
    ],
)
def test_max_age_is_read(cache_control: str, expected: int) -> None:
    assert extract_uncache_after(cache_control) == seconds(expected)


@pytest.mark.uda("D-022")
@pytest.mark.parametrize(
    ("cache_control", "expected"),
    [
        ("1800", 1800),  # pydial
        (' "1800" ', 1800),
        ("", 900),
        ("max-age", 900),
        ("max-age=", 900),
        ("max-age=-4", 900),
        ("max-age=soon", 900),
        ("max-age=٣٠", 900),  # digits, but not of HTTP
        ("s-max-age=5", 900),
        ("no-cache", 900),
        ("max-age=86400", 86400),
        ("max-age=86401", 86400),
        ("max-age=99999999999999", 86400),
        ("max-age=" + "9" * 10_000, 86400),
        ("max-age=" + "0" * 10_000 + "5", 5),
    ],
)
def test_an_unusable_max_age_gets_a_default_and_an_absurd_one_is_clamped(
    cache_control: str, expected: int
) -> None:
    assert extract_uncache_after(cache_control) == seconds(expected)


def test_a_message_counts_from_when_it_came() -> None:
    assert extract_valid_to(DEVICE.alive(after=5, cache_control="max-age=100")) == NOON + seconds(105)
    assert extract_valid_to(DEVICE.alive(cache_control=None)) == NOON + seconds(900)


def test_a_message_with_an_aware_time_counts_until_an_aware_time() -> None:
    headers = CaseInsensitiveDict(DEVICE.alive(), _timestamp=NOON.replace(tzinfo=UTC))
    assert extract_valid_to(headers) == (NOON + seconds(1800)).replace(tzinfo=UTC)


@pytest.fixture
def berlin() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Europe/Berlin"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize(
    ("came", "valid_to"),
    [
        (datetime(2026, 3, 29, 1, 45), datetime(2026, 3, 29, 3, 15)),  # the clock goes forward at two
        (datetime(2026, 10, 25, 2, 45), datetime(2026, 10, 25, 2, 15, fold=1)),  # and back at three
        (datetime(2026, 10, 25, 2, 45, fold=1), datetime(2026, 10, 25, 3, 15)),
    ],
)
def test_half_an_hour_is_half_an_hour_when_the_clock_changes(came: datetime, valid_to: datetime) -> None:
    headers = CaseInsensitiveDict(DEVICE.alive(), _timestamp=came)
    found = extract_valid_to(headers)
    assert (found, found.fold) == (valid_to, valid_to.fold)
    assert found.timestamp() - came.timestamp() == 1800


# ---- what a message must have


def without(headers: CaseInsensitiveDict, name: str) -> CaseInsensitiveDict:
    left = headers.copy()
    del left[name]
    return left


def test_a_search_response_needs_udn_st_and_location() -> None:
    headers = DEVICE.response()
    assert valid_search_headers(headers)
    assert not any(valid_search_headers(without(headers, name)) for name in ("_udn", "st", "location"))
    assert not valid_search_headers(DEVICE.response(location="http://127.0.0.1/"))


def test_an_alive_needs_udn_nt_nts_and_location() -> None:
    headers = DEVICE.alive()
    assert valid_advertisement_headers(headers)
    assert not any(
        valid_advertisement_headers(without(headers, name)) for name in ("_udn", "nt", "nts", "location")
    )
    assert not valid_advertisement_headers(DEVICE.alive(location="http://localhost/"))


@pytest.mark.uda("D-043")
def test_a_byebye_needs_udn_nt_and_nts_only() -> None:
    headers = DEVICE.byebye()
    assert valid_byebye_headers(headers)
    assert not any(valid_byebye_headers(without(headers, name)) for name in ("_udn", "nt", "nts"))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (AV_TRANSPORT, True),
        ("urn:microsoft.com:service:X_MS_MediaReceiverRegistrar:1", True),
        ("urn:schemas-mbs upnp device:service:URLService:1", True),  # Eaton
        (RENDERER, False),
        ("upnp:acn-com:device:UTCLCDI:1", False),  # UTC
        (ROOT, False),
        (UDN, False),
    ],
)
def test_service_types_are_told_from_devices(kind: str, expected: bool) -> None:
    assert is_service_type(kind) is expected


@pytest.mark.uda("D-028")
@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1),
        (" 0012 ", 12),
        ("2147483647", 2147483647),
        ("1700000000000", 1700000000000),
        ("-1", None),
        ("1.5", None),
        ("", None),
        ("abc", None),
        ("²", None),
        ("9" * 5000, None),
        (None, None),
        (7, None),
    ],
)
def test_numbers_in_headers(text: object, number: int | None) -> None:
    assert header_number(text) == number


# ---- differences


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"A": "1"}, {"a": "1"}, False),
        ({"A": "1"}, {"a": "2"}, True),
        ({"A": "1"}, {"b": "2"}, False),  # only what both have
        ({"_a": 1}, {"_a": 2}, False),
        ({"01-NLS": "x"}, {"01-NLS": "y"}, True),
        *(
            ({name: "1"}, {name: "2"}, False)
            for name in ("Date", "CACHE-CONTROL", "Server", "HOST", "Location")
        ),
        ({"BOOTID.UPNP.ORG": "1"}, {"bootid.upnp.org": "2"}, True),
        ({"NTS": "ssdp:alive"}, {"NTS": "ssdp:update"}, True),
    ],
)
def test_headers_that_count_as_a_change(
    before: dict[str, str], after: dict[str, str], expected: bool
) -> None:
    assert same_headers_differ(CaseInsensitiveDict(before), CaseInsensitiveDict(after)) is expected
