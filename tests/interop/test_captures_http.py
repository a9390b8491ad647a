"""Our device on the wire, over TCP, as tshark captures and reads it: its answers, and the events it sends."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from tests.interop.capture import Packet
from tests.interop.network import INTERFACE
from tests.interop.story import OUTSIDE, REQUESTS, SECOND, SECOND_IPV4, THIRD, WAN, Story

pytestmark = pytest.mark.interop
PORT = 8000


@dataclass(frozen=True)
class Said:
    """One message of HTTP, and the packet that it ended in."""

    packet: Packet
    start: str
    headers: dict[str, str]
    body: str


def said(story: Story, start: str, line: str = INTERFACE, family: str = "ipv4") -> list[Said]:
    """Return the messages of HTTP that begin so, in order."""
    return [
        Said(packet, message.start, message.headers, message.body)
        for packet in story.lines[line]
        if packet.stream is not None and (":" in packet.source) == (family == "ipv6")
        if (message := packet.message) and message.start.startswith(start)
    ]


def answer_to(story: Story, request: Said) -> Said:
    """Return what was answered to a request: on its connection, the first after it."""
    asked = request.packet
    return next(
        one
        for one in said(story, "HTTP/1.1")
        if one.packet.stream == asked.stream and one.packet.number > asked.number
    )


def began(story: Story, one: Said) -> float:
    """Return when the first byte was on the wire of the connection of a message, on its side."""
    return next(
        packet.time
        for packet in story.lines[INTERFACE]
        if packet.size and (packet.stream, packet.source) == (one.packet.stream, one.packet.source)
    )


@pytest.mark.uda("C-033", "S-004")
def test_answers_leave_by_the_address_and_the_line_of_the_request(story: Story) -> None:
    for line, address in ((INTERFACE, story.addresses["ipv4"]), (SECOND, SECOND_IPV4[30])):
        answers = [one for one in said(story, "HTTP/1.1 ", line) if one.packet.source_port == PORT]
        assert answers
        assert {one.packet.source for one in answers} == {address}


def test_wireshark_finds_nothing_wrong(story: Story) -> None:
    for line, packets in story.lines.items():
        own = {*story.addresses.values()}
        assert [packet for packet in packets if packet.source in own and packet.flaws] == [], line


@pytest.mark.uda("S-004", "S-011", "S-012")
def test_the_description_has_the_number_of_the_announcements(story: Story) -> None:
    asked = said(story, f"GET {urlsplit(story.location).path} ")[0]
    answer = answer_to(story, asked)
    assert answer.headers["CONTENT-TYPE"] == 'text/xml; charset="utf-8"'
    assert f'configId="{story.sent()[0].headers["CONFIGID"]}"' in answer.body


@pytest.mark.uda("C-005", "C-007", "C-015")
def test_the_answer_to_a_call_to_the_letter(story: Story) -> None:
    call = next(one for one in said(story, "POST ") if f'"{WAN}#AddPortMapping"' in one.headers["SOAPACTION"])
    answer = answer_to(story, call)
    assert {"EXT", "DATE", "SERVER", "CONTENT-LENGTH"} <= answer.headers.keys()
    assert answer.headers["CONTENT-TYPE"] == 'text/xml; charset="utf-8"'
    assert 'encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"' in answer.body
    assert re.search(rf'<(\w+):AddPortMappingResponse xmlns:\1="{WAN}"', answer.body)


@pytest.mark.uda("E-011", "E-027", "E-028", "E-030", "E-034")
def test_a_subscription_and_its_events_to_the_letter(story: Story) -> None:
    answer = answer_to(story, said(story, "SUBSCRIBE ")[0])
    assert {"DATE", "SERVER", "SID", "TIMEOUT"} <= answer.headers.keys()
    assert answer.headers["CONTENT-LENGTH"] == "0"
    assert re.fullmatch(r"uuid:[0-9a-f-]{36}", answer.headers["SID"])
    assert re.fullmatch(r"Second-[0-9]+", answer.headers["TIMEOUT"])
    events = said(story, "NOTIFY ")
    assert began(story, events[0]) >= answer.packet.time
    for number, event in enumerate(events):
        assert (event.headers["NT"], event.headers["NTS"]) == ("upnp:event", "upnp:propchange")
        assert (event.headers["SID"], event.headers["SEQ"]) == (answer.headers["SID"], str(number))
        assert event.headers["CONTENT-TYPE"] == 'text/xml; charset="utf-8"'
        assert {"HOST", "CONTENT-LENGTH"} <= event.headers.keys()
    told = [set(re.findall(r"<e:property><(\w+)>", event.body)) for event in events]
    assert told[0] == {
        "PossibleConnectionTypes",
        "ConnectionStatus",
        "ExternalIPAddress",
        "PortMappingNumberOfEntries",
        "SystemUpdateID",
    }
    assert told[1:] == [{"PortMappingNumberOfEntries", "SystemUpdateID"}], "what has changed"


@pytest.mark.uda("E-027", "E-028", "V-004", "V-009")
def test_events_reach_a_subscriber_at_a_link_local_address(story: Story) -> None:
    (subscribed,) = said(story, "SUBSCRIBE ", family="ipv6")
    first, *_ = said(story, "NOTIFY ", family="ipv6")
    assert f"<http://{first.headers['HOST']}/" in subscribed.headers["CALLBACK"]
    assert first.headers["SEQ"] == "0"
    assert "%" not in first.headers["HOST"]


@pytest.mark.parametrize("name", REQUESTS)
@pytest.mark.uda("E-004", "E-005", "E-006", "E-008", "E-021", "E-022", "E-026", "C-032", "S-005")
def test_what_is_asked_by_hand_has_its_status(story: Story, name: str) -> None:
    assert story.asked[name][0] == REQUESTS[name][0]


@pytest.mark.uda("E-013", "E-015", "E-017", "E-021", "S-005")
def test_a_renewal_keeps_the_subscription_and_none_is_for_ever(story: Story) -> None:
    new, renewed = (story.asked[name][1] for name in ("a new one", "renewed"))
    assert re.fullmatch(r"Second-[0-9]+", new["TIMEOUT"])
    assert int(new["TIMEOUT"].partition("-")[2]) >= 1800
    assert (renewed["SID"], renewed["TIMEOUT"]) == (new["SID"], "Second-1800")
    assert story.asked["in German"][1]["CONTENT-LANGUAGE"]


@pytest.mark.uda("E-008")
def test_nothing_is_sent_to_a_third_party(story: Story) -> None:
    for packets in story.lines.values():
        assert not [packet for packet in packets if packet.target in (THIRD, OUTSIDE)]
