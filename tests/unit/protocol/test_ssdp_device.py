"""What the headers of SSDP messages mean, and what is kept of one device."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._protocol.ssdp_device import (
    SsdpDevice,
    extract_uncache_after,
    extract_valid_to,
    header_number,
    headers_differ_from_existing_advertisement,
    headers_differ_from_existing_search,
    is_service_type,
    location_changed,
    same_headers_differ,
    valid_advertisement_headers,
    valid_byebye_headers,
    valid_search_headers,
)
from async_upnp_client.limits import DEFAULT_LIMITS
from tests.support.announcements import AV_TRANSPORT, DEVICE, LOCATION, NOON, RENDERER, ROOT, UDN


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


def test_headers_are_compared_with_those_of_the_same_type_and_way() -> None:
    device = SsdpDevice(UDN, NOON)
    device.search_headers[ROOT] = DEVICE.response(bootid_upnp_org="1")
    device.advertisement_headers[ROOT] = DEVICE.alive(bootid_upnp_org="2")
    new = DEVICE.response(bootid_upnp_org="2")
    assert headers_differ_from_existing_search(device, ROOT, new)
    assert not headers_differ_from_existing_advertisement(device, ROOT, new)
    assert not headers_differ_from_existing_search(device, RENDERER, new)
    assert not headers_differ_from_existing_advertisement(device, RENDERER, new)


V4 = "http://192.168.1.2:80/"
V6 = "http://[fd00::2]:80/"
DNS = "http://box.lan/"


@pytest.mark.uda("D-032")
@pytest.mark.parametrize(
    ("known", "location", "expected"),
    [
        ([], V4, True),
        ([V4], V4, False),
        ([V4], "http://192.168.1.3:80/", True),
        ([V4], "http://192.168.1.2:81/", True),
        ([V4], V6, False),
        ([V4], DNS, False),
        ([V6], V4, False),
        ([V6], "http://[fd00::3]:80/", True),
        ([DNS], "http://other.lan/", True),
        ([DNS], V4, False),
        ([V4, V6], "http://[fd00::3]:80/", True),
        ([V4], "", False),
    ],
)
def test_a_location_of_another_family_beside_a_known_one_is_no_move(
    known: list[str], location: str, expected: bool
) -> None:
    device = SsdpDevice(UDN, NOON)
    for url in known:
        device.add_location(url, NOON)
    assert location_changed(device, CaseInsensitiveDict(location=location)) is expected


def test_no_location_is_no_move() -> None:
    assert not location_changed(SsdpDevice(UDN, NOON), CaseInsensitiveDict())


# ---- the device


def test_a_new_device_knows_nothing() -> None:
    device = SsdpDevice(UDN, NOON)
    assert (device.udn, device.valid_to, device.last_seen, device.userdata) == (UDN, NOON, None, None)
    assert (device.location, list(device.locations)) == (None, [])
    assert (device.boot_id, device.config_id) == (None, None)
    assert device.combined_headers(ROOT) == {}
    assert device.all_combined_headers == {}
    assert repr(device) == f"<SsdpDevice({UDN})>"


def test_valid_to_can_be_set() -> None:
    device = SsdpDevice(UDN, NOON)
    device.valid_to = NOON + seconds(7)
    assert device.valid_to == NOON + seconds(7)


def test_locations_count_until_their_time_and_the_first_in_the_alphabet_is_used() -> None:
    device = SsdpDevice(UDN, NOON)
    device.add_location("http://b/", NOON)
    device.add_location("http://a/", NOON + seconds(1))
    locations = device.locations
    assert device.location == "http://a/"
    device.purge_locations(NOON)
    assert set(locations) == {"http://a/", "http://b/"}
    device.purge_locations(NOON + seconds(1))
    assert set(locations) == {"http://a/"}  # the view is a live one
    device.add_location("http://a/", NOON + seconds(5))
    device.purge_locations(NOON + seconds(4))
    assert device.location == "http://a/"
    device.purge_locations()  # never heard: nothing to judge by
    assert device.location == "http://a/"
    device.last_seen = NOON + seconds(6)
    device.purge_locations()
    assert device.location is None


def test_locations_are_bounded_and_known_ones_refreshed() -> None:
    device = SsdpDevice(UDN, NOON)
    for number in range(DEFAULT_LIMITS.locations_per_device + 5):
        device.add_location(f"http://192.168.1.{number}/", NOON)
    assert len(device.locations) == DEFAULT_LIMITS.locations_per_device
    device.add_location("http://192.168.1.3/", NOON + seconds(9))
    device.purge_locations(NOON + seconds(8))
    assert list(device.locations) == ["http://192.168.1.3/"]
    device.refresh(ROOT, "http://192.168.1.99/", NOON, NOON.timestamp(), NOON.timestamp())
    assert len(device.locations) == 2
    assert DEFAULT_LIMITS.types_per_device >= 30  # an OpenHome player with every service in two versions


def test_combined_headers_overlay_the_search_response_with_the_advertisement() -> None:
    device = SsdpDevice(UDN, NOON)
    searched = device.search_headers[ROOT] = DEVICE.response(location="http://1.1.1.1/", server="old")
    assert device.combined_headers(ROOT) is searched
    advertised = device.advertisement_headers[ROOT] = DEVICE.alive(location="http://1.1.1.2/", server="new")
    combined = device.combined_headers(ROOT)
    assert (combined["location"], combined["server"]) == ("http://1.1.1.2/", "new")
    assert (combined["st"], combined["nts"]) == (ROOT, "ssdp:alive")
    assert "_source" not in combined
    assert searched["server"] == "old"
    del device.search_headers[ROOT]
    assert device.combined_headers(ROOT) is advertised


def test_all_combined_headers_have_each_type_heard_either_way() -> None:
    device = SsdpDevice(UDN, NOON)
    device.search_headers[RENDERER] = DEVICE.response(RENDERER)
    device.advertisement_headers[ROOT] = DEVICE.alive()
    assert {kind: headers["location"] for kind, headers in device.all_combined_headers.items()} == {
        RENDERER: LOCATION,
        ROOT: LOCATION,
    }


def test_a_location_noted_while_our_clock_was_ahead_does_not_stay() -> None:
    device = SsdpDevice(UDN, NOON)
    ahead, now = (NOON + timedelta(days=365)).timestamp(), NOON.timestamp()
    device.refresh(ROOT, LOCATION, NOON, ahead, ahead + 1800)
    device.refresh(RENDERER, LOCATION, NOON, now, now + 1800)
    assert device.earliest == now + 1800
    assert device.valid_to <= NOON + timedelta(days=1)
