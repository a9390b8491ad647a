"""The devices that are known: which of them are objects, and that nobody notices."""

import gc
import sys
import weakref

import pytest

from async_upnp_client._protocol.known import AT_HAND, KINDS_SHARED, KnownDevices
from async_upnp_client._protocol.ssdp_device import SsdpDevice
from async_upnp_client._protocol.tracker import SsdpDeviceTracker
from async_upnp_client.limits import DEFAULT_LIMITS
from tests.support.announcements import NOON, RENDERER, ROOT, Device

MANY = 3 * AT_HAND


def filled(count: int = MANY) -> SsdpDeviceTracker:
    tracker = SsdpDeviceTracker()
    for number in range(count):
        device = Device(f"uuid:{number}", f"http://10.77.1.{number % 250}/", f"10.77.1.{number % 250}")
        for kind in (ROOT, device.udn, RENDERER):
            assert tracker.see_advertisement(device.alive(kind))[0]
    return tracker


def objects(tracker: SsdpDeviceTracker) -> int:
    """Return how many of the devices are objects."""
    return sum(type(device) is SsdpDevice for table in tracker.devices._tables for device in table.values())


def test_a_mapping_of_udns_to_devices():
    gone: list[SsdpDevice] = []
    known = KnownDevices(DEFAULT_LIMITS, gone.append)
    device = SsdpDevice("uuid:1", NOON)
    known["uuid:1"] = device
    known["uuid:1"] = device
    assert (len(known), list(known), known["uuid:1"], known.get("uuid:1")) == (1, ["uuid:1"], device, device)
    assert "uuid:1" in known
    assert "uuid:2" not in known
    assert known.get("uuid:2") is known.next_check("uuid:2") is None
    assert repr(known) == "{'uuid:1': <SsdpDevice(uuid:1)>}"
    with pytest.raises(KeyError):
        known["uuid:2"]
    with pytest.raises(KeyError):
        del known["uuid:2"]
    known.clear()
    assert (len(known), gone) == (0, [device])


def test_they_are_in_the_order_in_which_they_came():
    tracker = filled()
    again = Device("uuid:1", "http://10.77.1.1/", "10.77.1.1")
    tracker.see_advertisement(again.alive(after=1))
    tracker.unsee_advertisement(Device("uuid:2").byebye(after=1))
    tracker.see_advertisement(Device("uuid:2").alive(after=2))
    tracker.devices["uuid:3"] = SsdpDevice("uuid:3", NOON)
    numbers = [0, 1, *range(3, MANY), 2]
    assert list(tracker.devices) == [f"uuid:{number}" for number in numbers]
    assert [device.udn for device in tracker.devices.values()] == [f"uuid:{number}" for number in numbers]


def test_devices_that_were_not_heard_lately_are_no_objects():
    tracker = filled()
    assert (len(tracker.devices), objects(tracker)) == (MANY, AT_HAND)
    for udn in [f"uuid:{number}" for number in range(MANY)]:
        device = tracker.devices[udn]
        assert device.udn == udn
        assert set(device.types) == {ROOT, udn, RENDERER}
        assert tracker.devices.next_check(udn) == device.next_check
        assert tracker.devices.is_confirmed(udn) is device.is_confirmed
        assert tracker.devices.deadline(udn) == device.deadline
        del device
        assert objects(tracker) == AT_HAND
    first = Device("uuid:0", "http://10.77.1.0/", "10.77.1.0")
    assert tracker.see_advertisement(first.alive(after=5))[0] is False  # known, and the same


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="its collector is another")
def test_the_garbage_collector_finds_nothing_in_those():
    tracker = filled()
    for _ in range(3):  # it takes a turn for each level of tuples
        gc.collect()
    put_away = [each for table in tracker.devices._tables for each in table.values() if type(each) is tuple]
    assert len(put_away) == MANY - AT_HAND
    assert not any(map(gc.is_tracked, put_away))


def test_a_device_that_is_held_stays_the_same():
    tracker = SsdpDeviceTracker()
    tracker.see_advertisement(Device("uuid:held").alive())
    tracker.see_advertisement(Device("uuid:noted").alive())
    tracker.see_advertisement(Device("uuid:watched").alive())
    held = tracker.devices["uuid:held"]
    tracker.devices["uuid:noted"].userdata = "mine"
    watched = weakref.WeakKeyDictionary({tracker.devices["uuid:watched"]: "mine"})
    headers = held.advertisement_headers
    for number in range(MANY):
        tracker.see_advertisement(Device(f"uuid:{number}").alive())
    assert tracker.devices["uuid:held"] is held
    assert tracker.devices["uuid:noted"].userdata == "mine"
    assert watched[tracker.devices["uuid:watched"]] == "mine"
    tracker.see_advertisement(Device("uuid:held").alive(RENDERER, after=9))
    assert set(headers) == {ROOT, RENDERER}


def test_who_holds_what_was_said_holds_the_device():
    tracker = SsdpDeviceTracker()
    tracker.see_advertisement(Device("uuid:held").alive())
    headers = tracker.devices["uuid:held"].advertisement_headers
    for number in range(MANY):
        tracker.see_advertisement(Device(f"uuid:{number}").alive())
    tracker.see_advertisement(Device("uuid:held").alive(RENDERER, after=9))
    assert set(headers) == {ROOT, RENDERER}


def test_whoever_deletes_a_device_the_books_are_right():
    tracker = filled()
    for udn in list(tracker.devices):
        del tracker.devices[udn]
    assert (len(tracker.devices), tracker._types, objects(tracker)) == (0, 0, 0)
    assert not any(tracker._devices_of_host)


def test_the_sets_of_types_remembered_are_bounded():
    tracker = SsdpDeviceTracker()
    for number in range(KINDS_SHARED + MANY):
        tracker.see_advertisement(Device(f"uuid:{number}").alive(f"urn:x:service:{number}:1"))
    assert 0 < len(tracker.devices._kinds) <= KINDS_SHARED
