"""Whatever is sent, in whatever order: the tracker raises nothing, and its books agree."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._protocol.ssdp_meaning import (
    extract_uncache_after,
)
from async_upnp_client._protocol.tracker import SsdpDeviceTracker
from async_upnp_client.limits import DEFAULT_LIMITS
from tests.support.announcements import AV_TRANSPORT, NOON, RENDERER, ROOT, VOLUME

LONGEST = timedelta(seconds=DEFAULT_LIMITS.max_age)

texts = st.text(max_size=12)
locations = st.sampled_from(
    [
        "http://10.0.0.1/",
        "http://10.0.0.2/",
        "http://[fd00::1]/",
        "http://box.lan/",
        "http://127.0.0.1/",
        "junk",
    ]
)
kinds = st.sampled_from([ROOT, RENDERER, AV_TRANSPORT, VOLUME, AV_TRANSPORT[:-1] + "2"])
numbers = st.one_of(st.integers(0, 3).map(str), texts)
messages = st.fixed_dictionaries(
    {
        "_udn": st.sampled_from(["uuid:a", "uuid:b", "UUID:A", ""]),
        "_host": st.sampled_from(["10.0.0.1", "10.0.0.2"]),
        "usn": texts,
    },
    optional={
        "location": st.one_of(locations, texts),
        "cache-control": st.one_of(st.integers(0, 2000).map("max-age={}".format), texts),
        "BOOTID.UPNP.ORG": numbers,
        "NEXTBOOTID.UPNP.ORG": numbers,
        "CONFIGID.UPNP.ORG": numbers,
        "X": texts,
    },
)
steps = st.lists(
    st.tuples(
        st.sampled_from(["alive", "update", "byebye", "search", "purge"]),
        st.integers(-100, 1000),
        st.one_of(kinds, texts),
        messages,
    ),
    max_size=30,
)


@given(steps)
def test_anything_in_any_order(steps: list[tuple[str, int, str, dict[str, str]]]) -> None:
    tracker = SsdpDeviceTracker()
    now = NOON
    for step, passed, kind, message in steps:
        now += timedelta(seconds=passed)
        headers = CaseInsensitiveDict(message, _timestamp=now)
        if step == "search":
            headers["st"] = kind
            propagate, device, told, source = tracker.see_search(headers)
            assert propagate is (source is not None)
        elif step == "purge":
            tracker.take_removed()  # as of earlier messages, when the clock may have been ahead
            removed = tracker.purge(now)
            assert all(gone.valid_to < now and gone not in tracker.devices.values() for gone in removed)
            continue
        else:
            headers["nt"], headers["nts"] = kind, f"ssdp:{step}"
            see = tracker.unsee_advertisement if step == "byebye" else tracker.see_advertisement
            propagate, device, told = see(headers)
        if propagate:
            assert device is not None
            assert told == kind
            assert device.combined_headers(kind)
        agree(tracker)
    tracker.purge(now + LONGEST * 2 + timedelta(hours=9))
    assert (dict(tracker.devices), tracker.next_valid_to) == ({}, None)
    agree(tracker)


def agree(tracker: SsdpDeviceTracker) -> None:
    """Hold the tracker's books against what it knows."""
    devices = tracker.devices.values()
    assert tracker._types == sum(len(device.types) for device in devices)
    assert sum(sum(table.values()) for table in tracker._devices_of_host) == len(devices)
    assert tracker._by_lower_udn == {
        device.udn.lower(): device.udn for device in devices if not device.udn.islower()
    }
    in_heap = {tracker._due.at(place) for place in range(len(tracker._due))} - {None}
    assert in_heap == {device.udn for device in devices}
    assert tracker.next_check <= min((device.earliest for device in devices), default=tracker.next_check)
    for device in devices:
        assert device.types
        assert len(device.locations) <= DEFAULT_LIMITS.locations_per_device
        assert {*device.search_headers, *device.advertisement_headers} == set(device.types)


@given(st.one_of(st.text(), st.from_regex(r"(?i)max-age\s*=\s*[0-9]{1,40}")))
def test_any_cache_control_gives_a_time_within_a_day(text: str) -> None:
    assert timedelta(0) <= extract_uncache_after(text) <= LONGEST
