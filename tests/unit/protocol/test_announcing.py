from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._protocol.announcing import (
    LONGEST_AGE,
    MAX_AGE,
    AnnouncedDevice,
    Announcement,
    Search,
    Sender,
    announcements,
    answers,
    build_alive,
    build_answer,
    build_byebye,
    build_update,
    check_max_age,
    parse_search,
    split_type,
)
from async_upnp_client._protocol.discovery import build_control_point_search, decode_ssdp_packet

ROOT = "uuid:00000000-0000-0000-0000-000000000001"
INNER = "uuid:00000000-0000-0000-0000-000000000002"
URN = "urn:schemas-upnp-org"
TREE = AnnouncedDevice(
    ROOT,
    f"{URN}:device:MediaRenderer:2",
    (f"{URN}:service:AVTransport:2", f"{URN}:service:AVTransport:1", f"{URN}:service:AVTransport:2"),
    (AnnouncedDevice(INNER, f"{URN}:device:Lamp:1", (f"{URN}:service:AVTransport:2",)),),
)
SENDER = Sender("http://192.168.1.10:8000/d.xml", "Linux/6 UPnP/2.0 test/1", 5, 77)
HOST = "239.255.255.250:1900"
FROM = ("192.168.1.10", 1900)
PART = Announcement("upnp:rootdevice", f"{ROOT}::upnp:rootdevice")


def read(packet: bytes) -> tuple[str, dict[str, str]]:
    line, headers = decode_ssdp_packet(packet, None, FROM, datetime(2026, 1, 1))
    return line, {name: value for name, value in headers.as_lower_dict().items() if not name.startswith("_")}


@pytest.mark.uda("D-012", "D-013", "D-014", "D-015", "D-039")
def test_three_and_two_and_one_for_each_type() -> None:
    found = announcements(TREE)
    assert len(found) == 3 + 2 * 1 + 2
    assert set(found) == {
        PART,
        Announcement(ROOT, ROOT),
        Announcement(f"{URN}:device:MediaRenderer:2", f"{ROOT}::{URN}:device:MediaRenderer:2"),
        Announcement(INNER, INNER),
        Announcement(f"{URN}:device:Lamp:1", f"{INNER}::{URN}:device:Lamp:1"),
        Announcement(f"{URN}:service:AVTransport:2", f"{ROOT}::{URN}:service:AVTransport:2"),
        Announcement(f"{URN}:service:AVTransport:2", f"{INNER}::{URN}:service:AVTransport:2"),
    }


@pytest.mark.uda("D-056", "D-057", "D-058", "D-015")
@pytest.mark.parametrize(
    ("target", "usns"),
    [
        ("upnp:rootdevice", [f"{ROOT}::upnp:rootdevice"]),
        (ROOT, [ROOT]),
        (INNER.upper().replace("UUID", "uuid"), [INNER]),
        (ROOT[:-1], []),
        (f"{URN}:device:MediaRenderer:1", [f"{ROOT}::{URN}:device:MediaRenderer:2"]),
        (f"{URN}:device:MediaRenderer:3", []),
        (f"{URN}:device:MediaRenderer:0", []),
        (f"{URN}:device:MediaRenderer", []),
        (
            f"{URN}:service:AVTransport:1",
            [f"{ROOT}::{URN}:service:AVTransport:2", f"{INNER}::{URN}:service:AVTransport:2"],
        ),
        ("urn:other:service:AVTransport:1", []),
        ("", []),
    ],
)
def test_a_search_is_answered_by_what_matches(target: str, usns: list[str]) -> None:
    found = answers(TREE, target)
    assert [answer.usn for answer in found] == usns
    assert {answer.target for answer in found} <= {target}


@pytest.mark.uda("D-056")
def test_a_search_for_all_is_answered_by_all() -> None:
    assert answers(TREE, "ssdp:all") == announcements(TREE)


@pytest.mark.uda("D-020", "D-024", "D-026", "D-028", "D-033", "D-011")
def test_alive() -> None:
    line, headers = read(build_alive(SENDER, HOST, PART))
    assert line == "NOTIFY * HTTP/1.1"
    assert headers == {
        "host": HOST,
        "cache-control": "max-age=1800",
        "location": SENDER.location,
        "nt": "upnp:rootdevice",
        "nts": "ssdp:alive",
        "server": SENDER.server,
        "usn": f"{ROOT}::upnp:rootdevice",
        "bootid.upnp.org": "5",
        "configid.upnp.org": "77",
    }


@pytest.mark.uda("D-042")
def test_byebye_says_only_who() -> None:
    line, headers = read(build_byebye(SENDER, HOST, PART))
    assert line == "NOTIFY * HTTP/1.1"
    assert headers.keys() == {"host", "nt", "nts", "usn", "bootid.upnp.org", "configid.upnp.org"}
    assert headers["nts"] == "ssdp:byebye"


@pytest.mark.uda("D-045", "D-029")
def test_update_has_both_boot_ids() -> None:
    _, headers = read(build_update(SENDER, HOST, PART, 6))
    assert headers["nts"] == "ssdp:update"
    assert (headers["bootid.upnp.org"], headers["nextbootid.upnp.org"]) == ("5", "6")
    assert headers["location"] == SENDER.location


@pytest.mark.uda("D-059", "D-003", "D-006")
def test_answer() -> None:
    packet = build_answer(SENDER, PART, "Fri, 27 Nov 2026 19:00:00 GMT")
    line, headers = read(packet)
    assert line == "HTTP/1.1 200 OK"
    assert headers == {
        "cache-control": "max-age=1800",
        "date": "Fri, 27 Nov 2026 19:00:00 GMT",
        "ext": "",
        "location": SENDER.location,
        "server": SENDER.server,
        "st": "upnp:rootdevice",
        "usn": f"{ROOT}::upnp:rootdevice",
        "bootid.upnp.org": "5",
        "configid.upnp.org": "77",
    }
    assert packet.endswith(b"\r\n\r\n")


@pytest.mark.uda("V-006")
def test_over_ipv6_a_restart_is_told_to_old_control_points_too() -> None:
    _, headers = read(build_alive(SENDER._replace(is_ipv6=True), "[FF02::C]:1900", PART))
    assert headers["01-nls"] == "5"
    assert headers["opt"] == '"http://schemas.upnp.org/upnp/1/0/"; ns=01'


@pytest.mark.uda("D-034")
def test_another_search_port_is_announced_and_answered_with() -> None:
    sender = SENDER._replace(search_port=50000)
    for packet in (build_alive(sender, HOST, PART), build_answer(sender, PART, "")):
        assert read(packet)[1]["searchport.upnp.org"] == "50000"
    assert "searchport.upnp.org" not in read(build_byebye(sender, HOST, PART))[1]


@pytest.mark.uda("D-007")
def test_it_fits_in_one_packet() -> None:
    assert max(len(build_alive(SENDER, HOST, part)) for part in announcements(TREE)) < 512


@pytest.mark.uda("D-047", "D-050", "D-051", "D-058", "D-061")
@pytest.mark.parametrize(
    ("more", "is_multicast", "expected"),
    [
        ({}, True, Search("ssdp:all", 3)),
        ({"mx": " 1 "}, True, Search("ssdp:all", 1)),
        ({"mx": "120"}, True, Search("ssdp:all", 5)),
        ({"mx": "0"}, True, None),
        ({"mx": "-3"}, True, None),
        ({"mx": "a"}, True, None),
        ({"mx": ""}, True, None),
        ({"mx": "9" * 5000}, True, None),
        ({"mx": ""}, False, Search("ssdp:all", None)),
        ({"man": "ssdp:discover"}, True, None),
        ({"man": '"ssdp:other"'}, False, None),
        ({"st": ""}, True, None),
    ],
)
def test_a_search_is_read(more: dict[str, str], is_multicast: bool, expected: Search | None) -> None:
    headers = {"man": '"ssdp:discover"', "mx": "3", "st": "ssdp:all"} | more
    assert parse_search(headers, is_multicast=is_multicast) == expected


@pytest.mark.parametrize("multicast", [True, False])
def test_the_search_of_our_control_point_is_read(multicast: bool) -> None:
    packet = build_control_point_search(
        ("239.255.255.250", 1900), 2, "ssdp:all", multicast=multicast, friendly_name="F", user_agent="U"
    )
    _, headers = read(packet)
    assert parse_search(headers, is_multicast=multicast) == Search("ssdp:all", 2 if multicast else None)


@given(st.text(max_size=40))
def test_any_target_is_answered_or_not(target: str) -> None:
    for answer in answers(TREE, target):
        assert answer.target == target or target.lower() == "ssdp:all"
    assert split_type(target)[1] >= 0


@pytest.mark.uda("D-020")
def test_the_age_of_announcements_is_a_number_of_seconds() -> None:
    assert MAX_AGE >= 1800, "as UDA 2.0 §1.2.2 asks"
    assert [check_max_age(seconds) for seconds in (1, MAX_AGE, LONGEST_AGE)] == [1, MAX_AGE, LONGEST_AGE]


@pytest.mark.parametrize("seconds", [0, -1, LONGEST_AGE + 1, 1800.0, True, "1800", None])
def test_what_no_message_can_say_is_refused(seconds: object) -> None:
    with pytest.raises(ValueError, match="max_age must be a whole number of seconds from 1"):
        check_max_age(seconds)  # type: ignore[arg-type]  # what an author may write
