"""Our device on the wire, over UDP, as tshark captures and reads it: what it announces and answers."""

import itertools
import re
from collections import Counter
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import pytest

from tests.interop.network import INTERFACE
from tests.interop.spoken import ALIVE, ANSWER, BYEBYE, UPDATE, Spoken
from tests.interop.story import (
    BYEBYES,
    COUNTS,
    EACH,
    GROUPS,
    LAG,
    MX,
    OUTSIDE,
    REPEATS,
    SEARCHES,
    SECOND,
    SILENT,
    Story,
)

pytestmark = pytest.mark.interop
families = pytest.mark.parametrize("family", ["ipv4", "ipv6"])


# --- Announcements ---


def first_life(messages: list[Spoken]) -> list[Spoken]:
    """Return the messages with the first BOOTID."""
    return [one for one in messages if one.headers["BOOTID"] == messages[0].headers["BOOTID"]]


@families
@pytest.mark.uda("D-012", "D-013", "D-014", "D-015", "D-018", "D-039")
def test_each_thing_is_announced_three_times_at_the_start(story: Story, family: str) -> None:
    alive = first_life(story.sent(family, kind="ssdp:alive"))
    counted = Counter(one.what for one in alive)
    assert len(counted) == EACH
    assert set(counted.values()) == {REPEATS}
    udns = {usn.partition("::")[0] for _, usn in counted}
    assert len(udns) == 3
    kinds = Counter(nt for nt, _ in counted)
    assert kinds["upnp:rootdevice"] == 1
    for nt, usn in counted:
        udn = usn.partition("::")[0]
        assert usn == (udn if nt == udn else f"{udn}::{nt}")
    sets = [[one.what for one in alive[EACH * n : EACH * (n + 1)]] for n in range(REPEATS)]
    assert sets[0] == sets[1] == sets[2]
    starts = [alive[EACH * n].packet.time for n in range(REPEATS)]
    assert all(later - earlier >= 0.2 for earlier, later in itertools.pairwise(starts))


@families
@pytest.mark.uda("D-001", "D-003", "D-006", "D-007", "D-011", "D-020", "D-024", "D-026", "V-001", "V-006")
def test_an_announcement_to_the_letter(story: Story, family: str) -> None:
    for one in story.sent(family, kind="ssdp:alive"):
        assert one.start == "NOTIFY * HTTP/1.1"
        assert one.has(ALIVE, family)
        assert (one.packet.target, one.packet.target_port) == (GROUPS[family], 1900)
        host = one.headers["HOST"].lower()
        assert host == ("239.255.255.250:1900" if family == "ipv4" else "[ff02::c]:1900")
        assert one.headers["CACHE-CONTROL"] == "max-age=1800"
        assert len(one.packet.payload) <= 512
        check_common(story, one)


def check_common(story: Story, message: Spoken) -> None:
    """Look at what announcements and answers have in common."""
    assert re.match(r"\S+/\S+ UPnP/2\.0 \S+/\S+$", message.headers["SERVER"])
    assert re.fullmatch(r"0|[1-9][0-9]*", message.headers["BOOTID"])
    assert int(message.headers["BOOTID"]) < 2**31
    assert int(message.headers["CONFIGID"]) < 2**24
    path = urlsplit(story.location).path
    assert urlsplit(message.headers["LOCATION"]).path == path


@pytest.mark.uda("D-036")
def test_announcements_go_two_hops(story: Story) -> None:
    assert {one.packet.hops for one in story.sent(kind="ssdp:alive")} == {2}


@pytest.mark.uda("V-003", "V-004", "D-024", "D-037")
def test_location_is_at_the_address_that_a_message_comes_from(story: Story) -> None:
    lines = [("ipv4", INTERFACE), ("ipv6", INTERFACE), ("ipv4", SECOND)]
    for family, line in lines:
        messages = [one for one in story.sent(family, line) if "LOCATION" in one.headers]
        hosts = {urlsplit(one.headers["LOCATION"]).hostname for one in messages}
        assert hosts == {story.addresses[family if line == INTERFACE else line]}
        assert not any("%" in one.headers["LOCATION"] for one in messages)


@pytest.mark.uda("D-028", "D-029", "D-033")
def test_bootid_stays_in_a_life_and_rises_with_each_start(story: Story) -> None:
    boot_ids = [int(one.headers["BOOTID"]) for one in story.sent()]
    lives = [boot_id for boot_id, _ in itertools.groupby(boot_ids)]
    assert len(lives) == 3, "the first, with an address more, and started again"
    assert lives == sorted(lives)
    assert len({one.headers["CONFIGID"] for one in story.sent()}) == 1
    first = first_life(story.sent())
    assert {one.kind for one in first} == {"ssdp:alive", "answer", "ssdp:update"}


@families
@pytest.mark.uda("D-037", "D-045")
def test_one_more_address_is_told_by_an_update_first(story: Story, family: str) -> None:
    messages = [one for one in story.sent(family) if one.kind != "answer"]
    updates = [one for one in messages if one.kind == "ssdp:update"]
    assert Counter(one.what for one in updates) == dict.fromkeys({one.what for one in messages}, 1)
    for one in updates:
        assert one.has(UPDATE, family)
        assert int(one.headers["NEXTBOOTID"]) > int(one.headers["BOOTID"])
    after = messages[messages.index(updates[-1]) + 1]
    assert (after.kind, after.headers["BOOTID"]) == ("ssdp:alive", updates[0].headers["NEXTBOOTID"])
    there = story.sent(line=SECOND, kind="ssdp:alive")
    assert {one.headers["BOOTID"] for one in there} == {after.headers["BOOTID"]}
    assert set(Counter(one.what for one in there).values()) == {REPEATS}


@families
@pytest.mark.uda("D-042")
def test_byebye_is_said_of_each_thing_that_was_announced(story: Story, family: str) -> None:
    messages = story.sent(family)
    byebyes = [one for one in messages if one.kind == "ssdp:byebye"]
    announced = {one.what for one in messages if one.kind == "ssdp:alive"}
    assert Counter(one.what for one in byebyes) == dict.fromkeys(announced, BYEBYES)
    for one in byebyes:
        assert one.has(BYEBYE, family)
    last = [one.headers["BOOTID"] for one in messages if one.kind == "ssdp:alive"]
    assert {one.headers["BOOTID"] for one in byebyes} == {last[2 * EACH * REPEATS - 1]}


# --- Answers to searches ---


@families
@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.uda("D-015", "D-052", "D-055", "D-056", "D-057")
def test_a_search_is_answered_by_what_it_asks_for(story: Story, family: str, name: str) -> None:
    answers = story.answers(name, family)
    assert len(answers) == len({one.what for one in answers}) == COUNTS[name]
    if name == "all":
        announced = {one.what for one in story.sent(family, kind="ssdp:alive")}
        assert {one.what for one in answers} == announced
    else:
        assert {one.headers["ST"] for one in answers} == {SEARCHES[name]}
    asked = story.asked_at(name, family)
    assert all(0 <= one.packet.time - asked <= MX + LAG for one in answers)


@families
@pytest.mark.uda("D-052")
def test_answers_are_spread_over_the_time_that_there_is(story: Story, family: str) -> None:
    times = [one.packet.time for one in story.answers("all", family)]
    assert times[-1] - times[0] > MX / 10


@families
@pytest.mark.parametrize("name", SILENT)
@pytest.mark.uda("D-050", "D-056", "D-057", "D-058")
def test_other_searches_are_not_answered(story: Story, family: str, name: str) -> None:
    assert story.answers(name, family) == []


@pytest.mark.uda("D-064")
def test_who_asks_from_the_internet_is_not_answered(story: Story) -> None:
    assert story.asked_at(f"from:{OUTSIDE}"), "it came to the line"
    assert story.answers(f"from:{OUTSIDE}") == []


@families
@pytest.mark.uda("D-061")
def test_a_search_for_this_device_alone_needs_no_mx(story: Story, family: str) -> None:
    answers = story.answers("unicast", family)
    assert len(answers) == EACH


@families
@pytest.mark.uda("D-001", "D-006", "D-055", "D-059", "C-033")
def test_an_answer_to_the_letter(story: Story, family: str) -> None:
    for one in story.sent(family, kind="answer"):
        assert one.start == "HTTP/1.1 200 OK"
        assert one.has(ANSWER, family)
        assert one.headers["EXT"] == ""
        assert one.headers["CACHE-CONTROL"] == "max-age=1800"
        parsedate_to_datetime(one.headers["DATE"])
        check_common(story, one)
