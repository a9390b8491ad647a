"""What 0.49.0 got wrong in ssdp_listener, one test each."""

import os
import time
from datetime import datetime, timedelta

import pytest

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client.const import SsdpSource
from async_upnp_client.ssdp_listener import (
    SsdpDevice,
    SsdpDeviceTracker,
    SsdpListener,
    extract_uncache_after,
    is_valid_location,
)
from tests.support.announcements import AV_TRANSPORT, DEVICE, NOON, RENDERER, ROOT, UDN, Device
from tests.support.timed_loop import TimedLoop


def test_huge_max_age_does_not_raise() -> None:
    tracker = SsdpDeviceTracker()
    assert tracker.see_advertisement(DEVICE.alive(cache_control="max-age=99999999999999"))[0]
    assert tracker.devices[UDN].valid_to == NOON + timedelta(days=1)


async def test_a_device_that_goes_silent_is_told_without_another_packet() -> None:
    loop = TimedLoop()
    expired: list[SsdpDevice] = []
    listener = SsdpListener(
        callback=lambda *_: None,
        source=("127.0.0.1", 0),
        loop=loop,  # type: ignore[arg-type]  # stands in for a loop
        on_expired=expired.append,
    )
    await listener.async_start()
    headers = DEVICE.alive(cache_control="max-age=10")
    headers["_timestamp"] = datetime.now() - timedelta(seconds=11)
    listener._on_alive(headers)
    (device,) = listener.devices.values()
    await loop.pass_time(2)
    assert expired == [device]
    assert listener.devices == {}
    await listener.async_stop()


def test_a_byebye_for_one_service_does_not_drop_the_device() -> None:
    tracker = SsdpDeviceTracker()
    for kind in (ROOT, RENDERER, AV_TRANSPORT):
        tracker.see_advertisement(DEVICE.alive(kind))
    device = tracker.devices[UDN]
    assert tracker.unsee_advertisement(DEVICE.byebye(AV_TRANSPORT)) == (True, device, AV_TRANSPORT)
    assert tracker.devices == {UDN: device}


def test_expired_locations_leave_though_another_device_expires_first() -> None:
    tracker = SsdpDeviceTracker()
    tracker.see_advertisement(Device("uuid:first").alive(cache_control="max-age=5"))
    tracker.see_advertisement(DEVICE.alive(location="http://10.77.0.30:1/", cache_control="max-age=60"))
    tracker.see_advertisement(DEVICE.alive(RENDERER, location="http://10.77.0.30:2/"))
    tracker.see_advertisement(Device("uuid:first").alive(after=4, cache_control="max-age=5"))
    tracker.purge_devices(NOON + timedelta(seconds=61))
    assert list(tracker.devices[UDN].locations) == ["http://10.77.0.30:2/"]


def test_an_announced_boot_id_is_not_a_change() -> None:
    tracker = SsdpDeviceTracker()
    tracker.see_advertisement(DEVICE.alive(bootid_upnp_org="1", configid_upnp_org="5"))
    tracker.see_advertisement(DEVICE.update(bootid_upnp_org="1", nextbootid_upnp_org="2"))
    assert tracker.see_advertisement(DEVICE.alive(bootid_upnp_org="2"))[0] is False
    assert (tracker.devices[UDN].boot_id, tracker.devices[UDN].config_id) == (2, 5)


@pytest.mark.parametrize("location", ["http://[fd00::30]/", "http://box.lan/"])
def test_a_new_ipv6_or_dns_location_counts_where_it_is_the_only_one(location: str) -> None:
    tracker = SsdpDeviceTracker()
    tracker.see_advertisement(DEVICE.alive(cache_control="max-age=60"))
    tracker.see_advertisement(DEVICE.alive(RENDERER, cache_control="max-age=60"))
    device = tracker.devices[UDN]
    device.valid_to = NOON + timedelta(days=1)  # kept by what, does not matter
    assert tracker.see_advertisement(DEVICE.alive(after=61, location=location))[0]
    assert list(device.locations) == [location]


def test_a_dns_location_counts_beside_another_name() -> None:
    tracker = SsdpDeviceTracker()
    tracker.see_advertisement(DEVICE.alive(location="http://old.lan/"))
    assert tracker.see_advertisement(DEVICE.alive(location="http://new.lan/"))[0]


def test_forged_packets_fill_no_memory() -> None:
    tracker = SsdpDeviceTracker()
    headers = DEVICE.alive()
    for number in range(5000):
        headers["_udn"] = f"uuid:{number}"
        tracker.see_advertisement(headers)
    assert len(tracker.devices) == 1024
    headers = DEVICE.alive()
    headers["_host"] = "another"
    for number in range(200):
        headers["nt"], headers["location"] = str(number), f"http://10.0.0.{number}/"
        tracker.see_advertisement(headers)
    device = tracker.devices[UDN]
    assert len(device.all_combined_headers) == 64
    assert len(device.locations) == 16


def test_the_middle_of_another_directive_is_no_max_age() -> None:
    assert extract_uncache_after("s-max-age=5") == timedelta(seconds=900)


def test_schemes_are_matched_in_any_case_and_as_a_whole() -> None:
    assert is_valid_location("HTTP://192.168.1.2/")
    assert not is_valid_location("httpfoo://192.168.1.2/")


def test_combined_headers_without_a_source_do_not_raise() -> None:
    device = SsdpDevice(UDN, NOON)
    device.search_headers[ROOT] = CaseInsensitiveDict(st=ROOT)
    device.advertisement_headers[ROOT] = CaseInsensitiveDict(nt=ROOT, _source=SsdpSource.ADVERTISEMENT)
    assert device.combined_headers(ROOT) == {"st": ROOT, "nt": ROOT}
    del device.advertisement_headers[ROOT]["_source"]
    assert device.combined_headers(ROOT) == {"st": ROOT, "nt": ROOT}


def test_one_packet_with_no_max_age_does_not_make_each_packet_look_at_all_devices() -> None:
    class Watched(SsdpDevice):
        looked_at = 0

        @property
        def earliest(self) -> float:
            Watched.looked_at += 1
            return super().earliest

    tracker = SsdpDeviceTracker()
    for number in range(200):
        device = Device(f"uuid:{number}")
        tracker.see_advertisement(device.alive())
        tracker.devices[f"uuid:{number}"].__class__ = Watched
    for number in range(50):
        tracker.see_advertisement(DEVICE.alive(after=number, cache_control="max-age=0"))
    assert Watched.looked_at == 0
    assert len(tracker.devices) == 201


@pytest.mark.parametrize(
    ("heard", "look"),
    [
        # an hour before the clock goes from three back to two, and half an hour later by the sun
        (datetime(2026, 10, 25, 2, 50), datetime(2026, 10, 25, 2, 21, fold=1)),
        # before it goes from two to three, and five minutes later
        (datetime(2026, 3, 29, 1, 58), datetime(2026, 3, 29, 3, 3)),
    ],
)
def test_the_clock_change_moves_no_expiry(heard: datetime, look: datetime) -> None:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Europe/Berlin"
    time.tzset()
    try:
        tracker = SsdpDeviceTracker()
        headers = DEVICE.alive(cache_control="max-age=1800")
        headers["_timestamp"] = heard
        tracker.see_advertisement(headers)
        tracker.purge_devices(look)
        passed = look.timestamp() - heard.timestamp()
        assert bool(tracker.devices) is (passed <= 1800)
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()
