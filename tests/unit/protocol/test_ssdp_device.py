"""What is kept of one device."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._protocol.ssdp_device import (
    DEADLINE,
    IS_CONFIRMED,
    NEXT_CHECK,
    SsdpDevice,
    headers_differ_from_existing_advertisement,
    headers_differ_from_existing_search,
    location_changed,
)
from async_upnp_client._protocol.tracker import SsdpDeviceTracker
from async_upnp_client.limits import DEFAULT_LIMITS
from tests.support.announcements import DEVICE, LOCATION, NOON, RENDERER, ROOT, UDN


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


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
    device.refresh(ROOT, "http://192.168.1.99/", None, NOON, NOON.timestamp(), NOON.timestamp())
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
    device.refresh(ROOT, LOCATION, None, NOON, ahead, ahead + 1800)
    device.refresh(RENDERER, LOCATION, None, NOON, now, now + 1800)
    assert device.earliest == now + 1800
    assert device.valid_to <= NOON + timedelta(days=1)


# ---- put away


def shared(kinds: tuple[Any, ...]) -> tuple[Any, ...]:
    return kinds


def all_of(device: SsdpDevice) -> list[Any]:
    """Return what anybody can see of a device."""
    names = ("udn", "host", "surplus", "is_confirmed", "next_check", "deadline", "valid_to", "last_seen")
    return [
        *[getattr(device, name) for name in (*names, "boot_id", "config_id", "location", "earliest")],
        dict(device.advertisement_headers),
        dict(device.search_headers),
        list(device.types),
    ]


ALIVE: dict[str, Any] = {"bootid_upnp_org": "7", "configid_upnp_org": "3"}


@pytest.mark.parametrize(
    "messages",
    [
        [DEVICE.alive()],
        [DEVICE.alive(), DEVICE.alive(UDN, 1), DEVICE.alive(RENDERER, 2, **ALIVE)],
        [DEVICE.response()],
        [DEVICE.response(), DEVICE.response(RENDERER, 5), DEVICE.alive(UDN, 9, **ALIVE)],
        [DEVICE.alive(**ALIVE), DEVICE.update(RENDERER, **ALIVE, nextbootid_upnp_org="8")],
        [DEVICE.alive(_timestamp=None), DEVICE.alive(usn=UDN), DEVICE.alive(RENDERER, x="x" * 3000)],
    ],
)
def test_a_device_that_was_put_away_is_as_it_was(messages: list[CaseInsensitiveDict]) -> None:
    tracker = SsdpDeviceTracker()
    for headers in messages:
        (tracker.see_search if "st" in headers else tracker.see_advertisement)(headers)
    device = tracker.devices[UDN]
    put_away = device.put_away(shared)
    assert put_away is not None
    again = SsdpDevice.restored(put_away, DEFAULT_LIMITS)
    assert all_of(again) == all_of(device)
    places = (IS_CONFIRMED, NEXT_CHECK, DEADLINE)
    told = [device.is_confirmed, device.next_check, device.deadline]
    assert [put_away[place] for place in places] == told
    # what was settled about its BOOTID
    assert again.note_ids({"bootid.upnp.org": "8"}, multicast=False) is device.note_ids(
        {"bootid.upnp.org": "8"}, multicast=False
    )


def test_times_stay_in_their_time_zone() -> None:
    tracker, headers = SsdpDeviceTracker(), DEVICE.alive()
    headers["_timestamp"] = datetime(2026, 1, 1, tzinfo=UTC)
    tracker.see_advertisement(headers)
    put_away = tracker.devices[UDN].put_away(shared)
    assert put_away is not None
    again = SsdpDevice.restored(put_away, DEFAULT_LIMITS)
    assert again.advertisement_headers[ROOT]["_timestamp"] == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("what", ["user data", "attribute", "locations", "view", "nothing", "farewell"])
def test_what_is_more_than_was_heard_is_not_put_away(what: str) -> None:
    tracker = SsdpDeviceTracker()
    tracker.see_advertisement(DEVICE.alive())
    device = tracker.devices[UDN]
    match what:
        case "user data":
            device.userdata = 0
        case "attribute":
            device.mine = 1  # type: ignore[attr-defined]  # as users do
        case "locations":
            device.add_location("http://10.77.0.31/", NOON + seconds(60))
        case "view":
            assert device.locations
        case "nothing":
            device.purge(NOON.timestamp() + 9000)
        case "farewell":
            device.advertisement_headers[RENDERER] = DEVICE.alive(RENDERER)
            device.forget(RENDERER, DEVICE.byebye(RENDERER))
    assert device.put_away(shared) is None
