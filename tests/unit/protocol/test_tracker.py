"""Who is here: sequences of messages, and what of them is news."""

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._protocol.due import SPARE
from async_upnp_client._protocol.ssdp_device import SsdpDevice
from async_upnp_client._protocol.tracker import PURGED_PER_MESSAGE, REMOVALS_REMEMBERED, SsdpDeviceTracker
from async_upnp_client.const import AddressTupleVXType, SsdpSource
from async_upnp_client.exceptions import UpnpUrlError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.url_policy import UrlPolicy
from tests.support.announcements import (
    AV_TRANSPORT,
    DEVICE,
    LOCATION,
    NOON,
    RENDERER,
    ROOT,
    UDN,
    VOLUME,
    Device,
    read,
)

ALIVE = SsdpSource.SEARCH_ALIVE
CHANGED = SsdpSource.SEARCH_CHANGED


def at(after: float) -> datetime:
    return NOON + timedelta(seconds=after)


def hear(tracker: SsdpDeviceTracker, headers: CaseInsensitiveDict) -> bool | SsdpSource:
    """Hand on a message by its kind; return whether it is news, or as what a search response is told."""
    if "st" in headers:
        propagate, device, kind, source = tracker.see_search(headers)
        assert propagate is (source is not None)
    elif headers["nts"] == "ssdp:byebye":
        propagate, device, kind = tracker.unsee_advertisement(headers)
        source = None
    else:
        propagate, device, kind = tracker.see_advertisement(headers)
        source = None
    if propagate:
        assert device is not None
        assert device.udn.lower() == headers["_udn"].lower()
        assert kind == headers.get("st", headers.get("nt"))
    return source or propagate


ROWS: dict[str, list[tuple[CaseInsensitiveDict, bool | SsdpSource]]] = {
    "a device is news once": [(DEVICE.alive(), True), (DEVICE.alive(after=1), False)],
    "each type is news once": [
        (DEVICE.alive(), True),
        (DEVICE.alive(UDN), True),
        (DEVICE.alive(RENDERER), True),
        (DEVICE.alive(UDN), False),
        (DEVICE.response(RENDERER), ALIVE),
        (DEVICE.response(AV_TRANSPORT), CHANGED),
        (DEVICE.alive(AV_TRANSPORT), False),
    ],
    "every search response is told": [
        (DEVICE.response(), CHANGED),
        (DEVICE.response(after=1), ALIVE),
        (DEVICE.response(after=2), ALIVE),
    ],
    "a header that differs is news": [
        (DEVICE.alive(x_state="on"), True),
        (DEVICE.alive(x_state="off"), True),
        (DEVICE.alive(), False),
        (DEVICE.response(x_state="on"), ALIVE),
        (DEVICE.response(x_state="off"), CHANGED),
    ],
    "what differs with each message is none": [
        (DEVICE.alive(server="a", date="b", host="c", cache_control="max-age=5"), True),
        (DEVICE.alive(server="b", date="c", host="d", cache_control="max-age=6"), False),
    ],
    "an update is news each time, the alive after it is not": [
        (DEVICE.alive(), True),
        (DEVICE.update(), True),
        (DEVICE.update(), True),
        (DEVICE.alive(), False),
    ],
    "a location is news, and its return is not": [
        (DEVICE.alive(location="http://10.77.0.30:1/"), True),
        (DEVICE.alive(location="http://10.77.0.30:2/"), True),
        *[
            (DEVICE.alive(location=f"http://10.77.0.30:{1 + number % 2}/"), False)
            for number in range(10)  # as an extender does all day
        ],
    ],
    "byebye, and back again": [
        (DEVICE.alive(), True),
        (DEVICE.byebye(), True),
        (DEVICE.byebye(), False),
        (DEVICE.alive(), True),
    ],
    "expired, and back again": [
        (DEVICE.alive(cache_control="max-age=60"), True),
        (DEVICE.alive(after=60), False),
        (DEVICE.alive(after=1861), True),
    ],
    "another spelling of the UDN is the same device": [
        (DEVICE.alive(), True),
        (Device(UDN.upper()).alive(), False),
        (Device(UDN.upper()).byebye(), True),
        (DEVICE.byebye(), False),
    ],
    "what says too little is nothing": [
        (DEVICE.alive(usn=None), False),
        (DEVICE.alive(location=None), False),
        (DEVICE.alive(location="http://127.0.0.1/"), False),
        (DEVICE.alive(nt=None), False),
        (DEVICE.response(st=""), False),
        (DEVICE.response(usn="RINCON_1"), False),
        (DEVICE.response(location="nonsense"), False),
        (DEVICE.byebye(nt=None), False),
        (DEVICE.byebye(usn=None), False),
    ],
    "a bad location of a known device is nothing": [
        (DEVICE.alive(), True),
        (DEVICE.alive(RENDERER, location="http://169.254.169.254/"), False),
    ],
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_sequence_of_messages(row: list[tuple[CaseInsensitiveDict, bool | SsdpSource]]) -> None:
    tracker = SsdpDeviceTracker()
    assert [hear(tracker, headers) for headers, _ in row] == [expected for _, expected in row]


def heard(*messages: CaseInsensitiveDict) -> tuple[SsdpDeviceTracker, SsdpDevice]:
    tracker = SsdpDeviceTracker()
    for headers in messages:
        hear(tracker, headers)
    return tracker, tracker.devices[UDN]


# ---- what is kept


def test_what_is_known_of_a_device() -> None:
    tracker, device = heard(DEVICE.alive(after=3), DEVICE.response(after=5))
    assert device.last_seen == at(5)
    assert device.valid_to == at(1805)
    assert device.location == DEVICE.location
    assert device.advertisement_headers[ROOT]["_timestamp"] == at(3)
    assert device.search_headers[ROOT]["_timestamp"] == at(5)
    assert tracker.get_device(DEVICE.alive()) is device
    assert tracker.get_device(DEVICE.alive(usn=UDN.upper())) is device
    assert tracker.get_device(DEVICE.alive(usn="uuid:other")) is None
    assert tracker.get_device(CaseInsensitiveDict()) is None


def test_headers_belong_to_who_has_asked_and_are_not_shared_with_the_message() -> None:
    first, second = DEVICE.alive(x="1"), DEVICE.alive(x="2")
    tracker, device = heard(first)
    before = device.advertisement_headers[ROOT]
    hear(tracker, second)
    assert before["x"] == "1"
    assert device.advertisement_headers[ROOT]["x"] == "2"
    second["x"] = "3"
    device.advertisement_headers[ROOT]["x"] = "3"
    assert device.advertisement_headers[ROOT]["x"] == "2"
    assert hear(tracker, second) is True


def test_a_device_that_somebody_deleted_comes_back() -> None:
    tracker, device = heard(DEVICE.alive(cache_control="max-age=10"), Device("uuid:2").alive())
    tracker.devices.clear()  # which is for reading
    assert hear(tracker, DEVICE.alive(after=5)) is True
    assert list(tracker.devices) == [UDN]
    assert tracker.devices[UDN] is not device
    assert tracker.purge(at(20)) == []
    assert tracker.next_valid_to == at(1805)


def test_a_message_without_a_time_is_nothing() -> None:
    headers = DEVICE.alive()
    del headers["_timestamp"]
    assert hear(SsdpDeviceTracker(), headers) is False


def test_the_headers_of_a_byebye_can_be_read_by_who_is_told() -> None:
    tracker = SsdpDeviceTracker()
    hear(tracker, DEVICE.alive())
    _, device, kind = tracker.unsee_advertisement(DEVICE.byebye(bootid_upnp_org="7"))
    assert device is not None
    assert kind is not None
    headers = device.combined_headers(kind)
    assert (headers["nts"], headers["bootid.upnp.org"], device.boot_id) == ("ssdp:byebye", "7", 7)
    assert device.location == DEVICE.location


# ---- the checklist


MESSAGES = [DEVICE.alive(kind) for kind in (ROOT, UDN, RENDERER, AV_TRANSPORT)] + [DEVICE.response(VOLUME)]


@pytest.mark.uda("D-016")
def test_no_order_of_messages_is_assumed() -> None:
    states = set()
    for order in itertools.permutations(MESSAGES):
        _, device = heard(*order)
        states.add((frozenset(device.types), device.location, device.valid_to, device.boot_id))
    assert len(states) == 1


@pytest.mark.uda("D-023")
def test_a_device_is_present_while_any_of_its_announcements_counts() -> None:
    tracker, device = heard(
        DEVICE.alive(cache_control="max-age=1800"),
        DEVICE.response(after=10, cache_control="max-age=60"),
        DEVICE.alive(RENDERER, after=20, cache_control="max-age=100"),
    )
    # the search response took the place of the alive for the same type
    assert device.valid_to == at(120)
    assert tracker.purge(at(120)) == []
    assert device.location is not None
    assert tracker.purge(at(120.1)) == [device]
    assert not tracker.devices


@pytest.mark.uda("D-023")
def test_a_short_announcement_does_not_end_a_long_one() -> None:
    tracker, device = heard(
        DEVICE.alive(cache_control="max-age=1800"),
        DEVICE.alive(RENDERER, after=20, cache_control="max-age=10"),
    )
    assert device.valid_to == at(1800)
    assert tracker.purge(at(1800)) == []
    assert device.location == DEVICE.location
    assert tracker.purge(at(1801)) == [device]


@pytest.mark.uda("D-028")
def test_boot_id_and_config_id_are_recorded() -> None:
    tracker, device = heard(DEVICE.alive(bootid_upnp_org="007", configid_upnp_org="1337"))
    assert (device.boot_id, device.config_id) == (7, 1337)
    # leading zeros do not count; a device that stops to send them keeps them; nonsense is not recorded
    hear(tracker, DEVICE.alive(RENDERER))
    hear(tracker, DEVICE.alive(AV_TRANSPORT, bootid_upnp_org="x", configid_upnp_org="y"))
    assert (device.boot_id, device.config_id) == (7, 1337)


@pytest.mark.uda("D-029")
def test_the_same_boot_id_in_all_kinds_of_messages_is_no_change() -> None:
    tracker = SsdpDeviceTracker()
    messages = [
        DEVICE.alive(bootid_upnp_org="3"),
        DEVICE.response(bootid_upnp_org="3"),
        DEVICE.alive(bootid_upnp_org="3"),
        DEVICE.response(bootid_upnp_org="3"),
    ]
    assert [hear(tracker, headers) for headers in messages] == [True, ALIVE, False, ALIVE]


@pytest.mark.uda("D-030")
@pytest.mark.uda("D-031")
@pytest.mark.parametrize(("before", "after"), [("1", "2"), ("2000000000", "1"), ("5", "4")])
def test_a_boot_id_that_differs_is_a_restart_whether_higher_or_lower(before: str, after: str) -> None:
    tracker, device = heard(
        DEVICE.alive(bootid_upnp_org=before), DEVICE.alive(RENDERER, bootid_upnp_org=before)
    )
    assert hear(tracker, DEVICE.alive(bootid_upnp_org=after)) is True
    assert hear(tracker, DEVICE.alive(RENDERER, bootid_upnp_org=after)) is True
    assert hear(tracker, DEVICE.alive(RENDERER, bootid_upnp_org=after)) is False
    assert device.boot_id == int(after)


@pytest.mark.uda("D-031")
def test_a_device_that_counts_its_responses_does_not_restart_with_each() -> None:
    # old minisatip
    tracker = SsdpDeviceTracker()
    told = [hear(tracker, DEVICE.response(bootid_upnp_org=str(number))) for number in range(1, 20)]
    assert told == [CHANGED, CHANGED, *[ALIVE] * 17]
    assert tracker.devices[UDN].boot_id == 19
    # and is believed again when a value repeats
    assert hear(tracker, DEVICE.response(RENDERER, bootid_upnp_org="30")) is CHANGED  # a type not seen before
    assert hear(tracker, DEVICE.response(bootid_upnp_org="30")) is CHANGED
    assert hear(tracker, DEVICE.response(bootid_upnp_org="31")) is CHANGED


@pytest.mark.uda("D-031")
def test_a_device_without_boot_id_never_restarts() -> None:
    tracker = SsdpDeviceTracker()
    messages = [DEVICE.alive(), DEVICE.alive(bootid_upnp_org="1"), DEVICE.alive(), DEVICE.response()]
    assert [hear(tracker, headers) for headers in messages] == [True, False, False, ALIVE]


@pytest.mark.uda("D-032")
def test_a_device_with_two_addresses_has_not_moved() -> None:
    other = "http://[fd00::30]:49494/description.xml"
    tracker, device = heard(DEVICE.alive(bootid_upnp_org="1"))
    assert hear(tracker, DEVICE.alive(bootid_upnp_org="1", location=other)) is False
    assert set(device.locations) == {DEVICE.location, other}


@pytest.mark.uda("D-032")
def test_an_address_of_another_family_is_a_move_where_the_old_one_has_expired() -> None:
    other = "http://[fd00::30]:49494/description.xml"
    tracker, device = heard(
        DEVICE.alive(cache_control="max-age=60"),
        # known by name only from here on, long enough
        DEVICE.alive(RENDERER, location="http://box.lan/", cache_control="max-age=3600"),
        DEVICE.alive(RENDERER, after=50, location=other, cache_control="max-age=20"),
    )
    assert hear(tracker, DEVICE.alive(after=55, location=other, cache_control="max-age=20")) is False
    assert hear(tracker, DEVICE.alive(after=3601, location="http://10.77.0.31/")) is True
    assert device not in tracker.devices.values()  # nothing was left of it by then

    tracker, device = heard(DEVICE.alive(cache_control="max-age=60"))
    device.valid_to = at(7200)
    tracker.purge(at(61))
    assert (device.location, dict(tracker.devices)) == (None, {UDN: device})
    assert hear(tracker, DEVICE.alive(after=62, location=other)) is True


@pytest.mark.uda("D-040")
def test_a_higher_version_than_known_is_recognised() -> None:
    tracker, device = heard(DEVICE.alive("urn:schemas-upnp-org:device:MediaRenderer:9"))
    assert hear(tracker, DEVICE.response("urn:schemas-upnp-org:service:AVTransport:1")) is CHANGED
    assert hear(tracker, DEVICE.alive("urn:schemas-upnp-org:service:AVTransport:9")) is True
    # its byebye takes back what it answered for a lower version
    assert hear(tracker, DEVICE.byebye("urn:schemas-upnp-org:service:AVTransport:9")) is True
    assert set(device.types) == {"urn:schemas-upnp-org:device:MediaRenderer:9"}


@pytest.mark.uda("D-043")
def test_a_byebye_without_location_and_max_age_counts() -> None:
    tracker, _ = heard(DEVICE.alive())
    assert hear(tracker, DEVICE.byebye()) is True
    assert not tracker.devices


@pytest.mark.uda("D-044")
@pytest.mark.parametrize("kind", [ROOT, UDN, RENDERER, "upnp:acn-com:device:UTCLCDI:1"])
def test_a_byebye_for_the_device_takes_it_away(kind: str) -> None:
    tracker, _ = heard(*MESSAGES)
    assert hear(tracker, DEVICE.byebye(kind)) is True
    assert not tracker.devices


def test_a_byebye_for_a_service_takes_back_that_service() -> None:
    tracker, device = heard(*MESSAGES)
    assert hear(tracker, DEVICE.byebye(AV_TRANSPORT)) is True
    assert tracker.devices == {UDN: device}
    assert set(device.types) == {ROOT, UDN, RENDERER, VOLUME}
    assert AV_TRANSPORT not in device.all_combined_headers
    assert device.combined_headers(AV_TRANSPORT)["nts"] == "ssdp:byebye"  # for who is told
    assert hear(tracker, DEVICE.byebye(AV_TRANSPORT)) is False
    # told with what the search response said, as for a device
    assert hear(tracker, DEVICE.byebye(VOLUME)) is True
    assert device.combined_headers(VOLUME)["location"] == DEVICE.location
    assert hear(tracker, DEVICE.alive(AV_TRANSPORT)) is True
    assert device.combined_headers(AV_TRANSPORT)["nts"] == "ssdp:alive"


def test_the_byebye_for_the_last_service_takes_the_device_away() -> None:
    tracker, device = heard(DEVICE.response(AV_TRANSPORT), DEVICE.response(VOLUME))
    assert hear(tracker, DEVICE.byebye(AV_TRANSPORT)) is True
    assert tracker.devices == {UDN: device}
    assert hear(tracker, DEVICE.byebye(VOLUME)) is True
    assert not tracker.devices
    assert tracker.next_valid_to is None


def test_what_is_left_after_a_byebye_expires_in_its_own_time() -> None:
    tracker, device = heard(
        DEVICE.alive(cache_control="max-age=100"), DEVICE.alive(AV_TRANSPORT, cache_control="max-age=1800")
    )
    hear(tracker, DEVICE.byebye(AV_TRANSPORT))
    assert device.valid_to == at(100)
    assert tracker.purge(at(101)) == [device]


@pytest.mark.uda("D-046")
def test_the_boot_id_that_an_update_announces_is_no_restart() -> None:
    tracker, device = heard(
        *(DEVICE.alive(kind, bootid_upnp_org="1") for kind in (ROOT, UDN, RENDERER)),
        DEVICE.update(bootid_upnp_org="1", nextbootid_upnp_org="2"),
    )
    assert device.boot_id == 2
    assert hear(tracker, DEVICE.update(UDN, bootid_upnp_org="1", nextbootid_upnp_org="2")) is True
    for kind in (ROOT, UDN, RENDERER):
        assert hear(tracker, DEVICE.alive(kind, bootid_upnp_org="2")) is False
    assert hear(tracker, DEVICE.response(bootid_upnp_org="2")) is ALIVE
    assert hear(tracker, DEVICE.alive(bootid_upnp_org="3")) is True
    assert hear(tracker, DEVICE.alive(RENDERER, bootid_upnp_org="3")) is True


@pytest.mark.uda("D-046")
def test_an_update_without_a_next_boot_id_changes_nothing_recorded() -> None:
    tracker, device = heard(DEVICE.alive(bootid_upnp_org="1"), DEVICE.update(bootid_upnp_org="1"))
    assert device.boot_id == 1
    assert hear(tracker, DEVICE.alive(bootid_upnp_org="1")) is False


# ---- expiry


def test_purging() -> None:
    tracker = SsdpDeviceTracker()
    assert (tracker.next_valid_to, tracker.purge(at(0))) == (None, [])
    first, second = Device("uuid:1"), Device("uuid:2")
    hear(tracker, first.alive(cache_control="max-age=10"))
    hear(tracker, second.alive(cache_control="max-age=20"))
    assert tracker.next_valid_to == at(10)
    assert tracker.purge(at(10)) == []
    assert [device.udn for device in tracker.purge(at(10.5))] == ["uuid:1"]
    assert tracker.next_valid_to == at(20)
    hear(tracker, second.alive(after=15, cache_control="max-age=20"))
    assert tracker.next_valid_to == at(35)
    tracker.purge_devices(at(34))
    assert list(tracker.devices) == ["uuid:2"]
    tracker.purge_devices()  # as of the latest message
    assert list(tracker.devices) == ["uuid:2"]
    tracker.purge_devices(at(36))
    assert not tracker.devices
    assert tracker.next_valid_to is None
    tracker.purge_devices()


def test_a_shorter_max_age_comes_up_earlier() -> None:
    tracker, device = heard(DEVICE.alive(), DEVICE.alive(after=1, cache_control="max-age=5"))
    assert tracker.next_valid_to == device.valid_to == at(6)
    assert tracker.purge(at(7)) == [device]


def test_each_message_first_purges() -> None:
    tracker, device = heard(DEVICE.alive(cache_control="max-age=5"))
    other = Device("uuid:other")
    hear(tracker, other.alive(after=6))
    assert list(tracker.devices) == ["uuid:other"]
    assert hear(tracker, DEVICE.byebye(after=6)) is False
    assert tracker.next_valid_to == at(1806)
    assert device.location == DEVICE.location


def test_expired_locations_leave_while_the_device_stays() -> None:
    tracker, device = heard(
        DEVICE.alive(location="http://10.77.0.30:1/", cache_control="max-age=10"),
        DEVICE.alive(RENDERER, location="http://10.77.0.30:2/"),
    )
    assert tracker.next_valid_to == at(10)
    tracker.purge(at(11))
    assert list(device.locations) == ["http://10.77.0.30:2/"]
    assert tracker.next_valid_to == at(1800)


def test_what_comes_up_next_is_exact_after_any_message() -> None:
    tracker = SsdpDeviceTracker()
    devices = [Device(f"uuid:{number}") for number in range(8)]
    for turn in range(200):
        device = devices[turn * 5 % 8]
        age = f"max-age={turn * 7919 % 300}"
        kind = (ROOT, RENDERER)[turn % 2]
        message: Callable[..., CaseInsensitiveDict] = (device.alive, device.response)[turn % 3 == 0]
        hear(tracker, message(kind, after=turn, cache_control=age))
        assert all(known.deadline >= at(turn).timestamp() for known in tracker.devices.values())
        earliest = min(known.earliest for known in tracker.devices.values())
        assert tracker.next_check <= earliest
        assert tracker.next_valid_to == datetime.fromtimestamp(earliest)


# ---- cost and bounds


def test_a_sender_of_changing_max_ages_leaves_nothing_behind() -> None:
    tracker = SsdpDeviceTracker()
    for number in range(1000):
        hear(tracker, DEVICE.alive(after=number, cache_control=f"max-age={1800 * (number % 2)}"))
        hear(tracker, DEVICE.alive(RENDERER, after=number, cache_control="max-age=1"))
    assert len(tracker._due) <= SPARE + 2
    tracker.purge(at(10_000))
    assert (dict(tracker.devices), len(tracker._due), tracker._types) == ({}, 0, 0)


def test_ten_thousand_devices_of_as_many_hosts_are_kept() -> None:
    tracker = SsdpDeviceTracker()
    template = DEVICE.alive()
    for number in range(10_000):
        message = template.copy()
        message["_udn"], message["_host"] = f"uuid:{number}", f"10.77.{number // 250}.{number % 250}"
        hear(tracker, message)
    assert len(tracker.devices) == 10_000


def flood(tracker: SsdpDeviceTracker, count: int, hosts: int) -> None:
    template = DEVICE.alive()
    for number in range(count):
        message = template.copy()
        message["_udn"], message["_host"] = f"uuid:{number}", str(number % hosts)
        hear(tracker, message)


def test_devices_heard_once_make_room_and_those_heard_more_often_stay() -> None:
    tracker = SsdpDeviceTracker(limits=Limits(devices=50))
    hear(tracker, DEVICE.alive())
    hear(tracker, DEVICE.alive(RENDERER))  # a second message, whatever it is
    flood(tracker, 500, hosts=1000)
    assert len(tracker.devices) == 50
    assert tracker.devices[UDN].is_confirmed
    # who comes while the flood lasts is believed when it says a second thing, and stays
    late = Device("uuid:late")
    told = [hear(tracker, late.alive(kind)) for kind in ("uuid:late", ROOT, RENDERER, "uuid:late")]
    assert told == [False, True, True, True]
    flood(tracker, 500, hosts=1000)
    assert {UDN, "uuid:late"} < set(tracker.devices)
    assert len(tracker.devices) == 50
    assert tracker._types == sum(len(device.types) for device in tracker.devices.values())


def test_where_all_were_heard_more_often_a_newcomer_waits() -> None:
    tracker = SsdpDeviceTracker(limits=Limits(devices=5))
    devices = [Device(f"uuid:{number}") for number in range(5)]
    for device in devices * 2:
        hear(tracker, device.alive())
    assert [hear(tracker, DEVICE.alive()) for _ in range(3)] == [False] * 3
    assert hear(tracker, devices[3].alive(after=60, x="1")) is False
    assert tracker.devices["uuid:3"].valid_to == at(1860)
    assert hear(tracker, devices[3].byebye(after=60)) is True
    assert hear(tracker, DEVICE.alive(after=60)) is True


def test_who_made_room_is_told_as_removed() -> None:
    tracker = SsdpDeviceTracker(limits=Limits(devices=1))
    hear(tracker, Device("uuid:1").alive())
    hear(tracker, Device("uuid:2").alive())
    assert tracker.purge(at(0)) == []
    hear(tracker, Device("uuid:2").alive())
    assert [device.udn for device in tracker.purge(at(0))] == ["uuid:1"]
    assert tracker.purge(at(0)) == []


def test_who_was_removed_is_not_remembered_for_ever() -> None:
    tracker = SsdpDeviceTracker()
    for turn in range(40):
        for number in range(PURGED_PER_MESSAGE):
            hear(tracker, Device(f"uuid:{number}").alive(after=100 * turn, cache_control="max-age=50"))
    assert 0 < len(tracker.removed) <= REMOVALS_REMEMBERED + PURGED_PER_MESSAGE + 1


def test_a_message_removes_only_some_of_those_that_expired() -> None:
    tracker = SsdpDeviceTracker()
    flood(tracker, 100, hosts=10)
    assert hear(tracker, DEVICE.alive(after=2000)) is True
    assert len(tracker.devices) == 101 - PURGED_PER_MESSAGE
    # of those that are left, one that is heard is there anew, one that says byebye was not there
    last, other = (tracker.devices[udn] for udn in sorted(tracker.devices)[-3:-1])
    assert hear(tracker, Device(last.udn).alive(after=2000)) is True
    assert tracker.devices[last.udn] is not last
    assert hear(tracker, Device(other.udn).byebye(after=2000)) is False
    assert other.udn not in tracker.devices
    assert len(tracker.purge(at(2000), most=10)) > 10  # and those removed since
    tracker.purge(at(2000))
    assert set(tracker.devices) == {UDN, last.udn}


def test_devices_from_one_host_are_bounded() -> None:
    tracker = SsdpDeviceTracker()
    flood(tracker, DEFAULT_LIMITS.devices_per_host + 50, hosts=1)
    assert len(tracker.devices) == DEFAULT_LIMITS.devices_per_host
    assert hear(tracker, DEVICE.alive()) is True  # from another host
    tracker.purge(at(1900))
    flood(tracker, 5, hosts=1)
    assert len(tracker.devices) == 5


def test_types_of_a_device_are_bounded_and_known_ones_refreshed() -> None:
    tracker, device = heard(DEVICE.alive())
    most = DEFAULT_LIMITS.types_per_device
    told = [hear(tracker, DEVICE.alive(f"urn:x:service:{number}:1")) for number in range(most + 10)]
    assert told == [True] * (most - 1) + [False] * 11
    assert len(device.types) == most
    assert hear(tracker, DEVICE.alive("urn:x:service:3:1", after=9)) is False
    assert device.valid_to == at(1809)
    for number in range(most):
        hear(tracker, DEVICE.byebye(f"urn:x:service:{number}:1", after=9))
    assert set(device.types) == {ROOT}


def test_types_of_all_devices_together_are_bounded() -> None:
    tracker = SsdpDeviceTracker(limits=Limits(types_in_all=100, types_per_device=8))
    for number in range(20):
        device = Device(f"uuid:{number}")
        for kind in range(8):
            hear(tracker, device.alive(str(kind)))
    assert sum(len(device.types) for device in tracker.devices.values()) == 100


def test_the_longest_max_age_is_the_callers() -> None:
    tracker = SsdpDeviceTracker(limits=Limits(max_age=60))
    hear(tracker, DEVICE.alive(cache_control="max-age=1800"))
    assert tracker.devices[UDN].valid_to == at(60)


def test_what_messages_have_beyond_the_ordinary_is_bounded() -> None:
    tracker = SsdpDeviceTracker(limits=Limits(long_headers=10_000))
    devices = [Device(f"uuid:{number}") for number in range(10)]
    for device in devices:
        hear(tracker, device.alive(x_long="x" * 4000))
        hear(tracker, device.alive(x_long="y" * 4000))  # in place of the other
    kept = [tracker.devices[device.udn].combined_headers(ROOT) for device in devices]
    assert ["x-long" in headers for headers in kept] == [True] * 3 + [False] * 7
    assert all(headers["location"] == DEVICE.location for headers in kept)
    assert kept[0]["x-long"] == "y" * 4000
    for device in devices:
        hear(tracker, device.byebye())
    assert tracker._kept.room == 10_000


def test_what_farewells_take_is_bounded() -> None:
    tracker = SsdpDeviceTracker(limits=Limits(long_headers=10_000))
    kinds = [f"urn:schemas-upnp-org:service:S{number}:1" for number in range(10)]
    for kind in (ROOT, *kinds):
        hear(tracker, DEVICE.alive(kind))
    device = tracker.devices[UDN]
    for kind in kinds:
        assert hear(tracker, DEVICE.byebye(kind)) is True
    told = [device.combined_headers(kind).get("nts") for kind in kinds]
    assert told == ["ssdp:byebye"] * 4 + [None] * 6
    for kind in kinds:
        assert hear(tracker, DEVICE.alive(kind)) is True
    assert tracker._kept.room == 10_000
    hear(tracker, DEVICE.byebye(kinds[0]))
    hear(tracker, DEVICE.byebye())
    assert tracker._kept.room == 10_000


def test_equal_texts_of_messages_are_kept_once() -> None:
    tracker = SsdpDeviceTracker()
    hear(tracker, DEVICE.alive(server=str(b"Linux", "ascii")))
    hear(tracker, DEVICE.alive(RENDERER, server=str(b"Linux", "ascii")))
    hear(tracker, DEVICE.alive(RENDERER, after=1, server=str(b"Linux", "ascii")))
    first, second = tracker.devices[UDN].advertisement_headers.values()
    assert first["server"] is second["server"]


# ---- as real devices send it


CAPTURED = (
    b"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nCACHE-CONTROL: max-age=100\r\n"
    b"LOCATION: http://10.77.0.30:49494/description.xml\r\n"
    b'OPT: "http://schemas.upnp.org/upnp/1/0/"; ns=01\r\n01-NLS: %s\r\nNT: %s\r\nNTS: %s\r\n'
    b"SERVER: Linux/6.18, UPnP/1.0, Portable SDK for UPnP devices/1.8.4\r\nX-User-Agent: redsonic\r\n"
    b"USN: uuid:11111111-2222-3333-4444-000000000030%s\r\n\r\n"
)
FIRST, SECOND = b"4a68e2d0-e552-11f1-bf65-b2e972c08e6b", b"249defac-e555-11f1-ac23-a99a54fd7053"
ALL = [
    (b"upnp:rootdevice", b"::upnp:rootdevice"),
    (UDN.encode(), b""),
    (RENDERER.encode(), b"::" + RENDERER.encode()),
    (AV_TRANSPORT.encode(), b"::" + AV_TRANSPORT.encode()),
]


def test_a_renderer_comes_restarts_and_leaves() -> None:
    """gmediarender with libupnp 1.8.4: no BOOTID, but 01-NLS changes with a restart."""
    tracker = SsdpDeviceTracker()

    def announced(nls: bytes, nts: bytes, after: float) -> list[bool | SsdpSource]:
        return [hear(tracker, read(CAPTURED % (nls, nt, nts, usn), after)) for nt, usn in ALL]

    assert announced(FIRST, b"ssdp:alive", 0) == [True] * 4
    assert announced(FIRST, b"ssdp:alive", 1) == [False] * 4
    assert announced(SECOND, b"ssdp:alive", 50) == [True] * 4
    assert announced(SECOND, b"ssdp:byebye", 60) == [True, False, False, False]
    assert not tracker.devices


# ---- whom the URL policy lets in


class OnlyOne(UrlPolicy):
    """Only one location, and what is asked about it."""

    def __init__(self, location: str) -> None:
        self.location = location
        self.asked: list[tuple[str, AddressTupleVXType | None, AddressTupleVXType | None]] = []

    def check_location(
        self,
        url: str,
        *,
        heard_by: AddressTupleVXType | None = None,
        heard_from: AddressTupleVXType | None = None,
    ) -> str:
        self.asked.append((url, heard_by, heard_from))
        if url != self.location:
            raise UpnpUrlError("not this one")
        return url


def test_a_policy_of_the_caller_judges_locations_once_while_they_are_known() -> None:
    policy = OnlyOne("http://127.0.0.1/")
    tracker = SsdpDeviceTracker(url_policy=policy)
    assert hear(tracker, DEVICE.alive()) is False
    assert not tracker.devices
    source = ("10.77.0.1", 0)
    for headers in (DEVICE.alive(location="http://127.0.0.1/"), DEVICE.alive(location="http://127.0.0.1/")):
        tracker.see_advertisement(headers, heard_by=source)
    assert list(tracker.devices) == [UDN]
    sender = headers.get_lower("_remote_addr")
    assert policy.asked == [(LOCATION, None, sender), ("http://127.0.0.1/", source, sender)]


@pytest.mark.parametrize("heard_by", [None, ("0.0.0.0", 0), ("127.0.0.1", 0)])
def test_this_machine_is_believed_on_loopback_only(heard_by: AddressTupleVXType | None) -> None:
    device = Device(location="http://127.0.0.1:80/d.xml", host="127.0.0.1")
    tracker = SsdpDeviceTracker()
    seen = [
        tracker.see_search(device.response(), heard_by=heard_by)[0],
        tracker.see_advertisement(device.alive(), heard_by=heard_by)[0],
    ]
    assert any(seen) is (heard_by == ("127.0.0.1", 0))


@pytest.mark.uda("V-005")
def test_a_zone_that_a_device_makes_up_is_not_believed() -> None:
    tracker = SsdpDeviceTracker()
    assert hear(tracker, DEVICE.alive(location="http://[fe80::1%7]/d.xml")) is False
    assert not tracker.devices


def test_a_device_that_a_user_has_put_there_can_leave():
    tracker = SsdpDeviceTracker()
    tracker.devices[UDN] = SsdpDevice(UDN, NOON)
    assert hear(tracker, DEVICE.byebye())
    assert not tracker.devices
