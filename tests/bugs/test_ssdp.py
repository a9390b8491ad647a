"""Defects of release 0.49.0 in what SSDP reads, and in the sockets it makes."""

import asyncio
import logging
import socket
from typing import Any

import pytest

from async_upnp_client.ssdp import (
    SSDP_TARGET_V4,
    SSDP_TARGET_V6,
    SsdpProtocol,
    build_ssdp_search_packet,
    decode_ssdp_packet,
    fix_ipv6_address_scope_id,
    get_adjusted_url,
    get_host_port_string,
    get_host_string,
    get_ssdp_socket,
    is_valid_ssdp_packet,
    udn_from_usn,
)

SENDER = ("192.0.2.7", 1900)
SCOPED_SENDER = ("fe80::7", 1900, 0, 3)
LOOPBACK_NAME, LOOPBACK_NUMBER = next((name, number) for number, name in socket.if_nameindex())


def heard(data: bytes, sender: Any = SENDER) -> list[str]:
    """Start lines that a protocol calls back with for a datagram."""
    loop = asyncio.new_event_loop()
    loop.close()
    lines: list[str] = []
    SsdpProtocol(loop, on_data=lambda line, _: lines.append(line)).datagram_received(data, sender)
    return lines


@pytest.mark.uda("D-005")
@pytest.mark.parametrize(
    ("data", "sender", "count"),
    [
        (b"NOTIFY * HTTP/1.1 \xff\r\nNT: a\r\n\r\n", SENDER, 1),
        (b"\xff\xfe * HTTP/1.1\r\nNT: a\r\n\r\n", SENDER, 0),
        (b"NOTIFY * HTTP/1.1\r\nNT: \xff\r\n\r\n", SENDER, 1),
        (b"NOTIFY * HTTP/1.1\r\nLOCATION: http://[fe80::1/d.xml\r\n\r\n", SCOPED_SENDER, 1),
        (b"NOTIFY * HTTP/1.1\r\nLOCATION: /d.xml\r\n\r\n", SCOPED_SENDER, 1),
        (b"NOTIFY * HTTP/1.1\r\nLOCATION: http://[fe80::1]:port/\r\n\r\n", SCOPED_SENDER, 1),
    ],
)
def test_no_datagram_raises_into_the_loop(
    data: bytes, sender: Any, count: int, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    assert len(heard(data, sender)) == count
    assert not [record for record in caplog.records if record.exc_info]


def test_a_callback_that_raises_does_not_raise_into_the_loop():
    def fails(_line: str, _headers: Any) -> None:
        raise ValueError

    loop = asyncio.new_event_loop()
    loop.close()
    SsdpProtocol(loop, on_data=fails).datagram_received(b"NOTIFY * HTTP/1.1\r\n\r\n", SENDER)


@pytest.mark.uda("D-001")
@pytest.mark.parametrize(
    "line", [b"HTTP/1.0 200 OK\r\n", b"HTTP/1.1 200 Ok\r\n", b"HTTP/1.1  200 OK\r\n", b"HTTP/1.1 200 OK\n"]
)
def test_answers_with_another_start_line_are_not_dropped(line: bytes):
    assert is_valid_ssdp_packet(line + b"ST: a\r\n\r\n")
    assert heard(line + b"ST: a\r\n\r\n") == ["HTTP/1.1 200 OK"]


@pytest.mark.parametrize(
    "line",
    [
        b"no colon",
        b": no name",
        b"BLANK : before the colon",
        b" folded: line",
        b"Two Words: a",
        b"B\xfccher: a",
    ],
)
def test_a_bad_header_line_does_not_cost_the_message(line: bytes):
    _, headers = decode_ssdp_packet(
        b"NOTIFY * HTTP/1.1\r\nNT: a\r\n" + line + b"\r\nNTS: b\r\n\r\n", None, SENDER
    )
    assert headers["nt"].startswith("a")
    assert headers["nts"] == "b"


def test_a_line_feed_in_a_value_does_not_cost_the_message():
    data = b"HTTP/1.1 200 OK\r\nSERVER: Printer 1.03.03.08\n10-30-2006\r\nST: a\r\n\r\n"
    assert decode_ssdp_packet(data, None, SENDER)[1]["server"] == "Printer 1.03.03.08 10-30-2006"


def test_a_doubled_uuid_counts_once():
    assert udn_from_usn("uuid:uuid:df30::urn:dslforum-org:service:ManagementServer:1") == "uuid:df30"


def test_location_is_one_entry():
    data = b"NOTIFY * HTTP/1.1\r\nLocation: http://[fe80::7]/\r\n\r\n"
    _, headers = decode_ssdp_packet(data, None, SCOPED_SENDER)
    assert [name for name in headers if name.lower() == "location"] == ["Location"]
    assert headers["Location"] == headers["location"] == "http://[fe80::7%3]/"


def test_a_header_cannot_pass_for_one_of_ours():
    _, headers = decode_ssdp_packet(b"NOTIFY * HTTP/1.1\r\n_udn: uuid:a\r\n_source: b\r\n\r\n", None, SENDER)
    assert "_udn" not in headers
    assert "_source" not in headers


def test_a_zone_with_a_name_becomes_a_scope_id():
    address = (f"fe80::1%{LOOPBACK_NAME}", 80, 0, 0)
    assert fix_ipv6_address_scope_id(address) == ("fe80::1", 80, 0, LOOPBACK_NUMBER)
    assert fix_ipv6_address_scope_id(("fe80::1%nosuch0", 80, 0, 0)) == ("fe80::1", 80, 0, 0)


def test_a_host_gets_no_second_zone():
    assert get_host_string(("fe80::1%3", 80, 0, 3)) == "fe80::1%3"
    assert get_host_port_string(("fe80::1%3", 80, 0, 3)) == "[fe80::1%3]:80"
    assert get_adjusted_url("http://[fe80::1%3]/", SCOPED_SENDER) == "http://[fe80::1%3]/"


@pytest.mark.parametrize("url", ["http://169.254.1.1:80/d.xml", "/d.xml", "d.xml", "http://[fe80::1/", ""])
def test_a_url_that_needs_no_zone_stays_as_it_is(url: str):
    assert get_adjusted_url(url, SCOPED_SENDER) == url


@pytest.mark.uda("V-005")
def test_the_zone_is_not_sent():
    assert b"HOST:[FF02::C]:1900\r\n" in build_ssdp_search_packet(("FF02::C", 1900, 0, 3), 4, "ssdp:all")


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (("203.0.113.77", 0), SSDP_TARGET_V4),
        (("::1", 0, 0, 2**31 - 1), (*SSDP_TARGET_V6[:3], 2**31 - 1)),
    ],
)
def test_no_socket_is_left_when_an_option_cannot_be_set(source: Any, target: Any):
    # a socket that is left open fails the test when it is collected, or else after the test
    with pytest.raises(OSError, match=r"address|device"):
        get_ssdp_socket(source, target)


@pytest.mark.uda("V-009")
def test_a_source_that_is_not_link_local_needs_no_scope_id():
    sock, source, _ = get_ssdp_socket(("::1", 0, 0, 0), ("::1", 1900, 0, 0))
    with sock:
        sock.bind(source)
        assert sock.getsockname()[:1] == ("::1",)


def test_the_same_error_of_a_socket_is_not_logged_for_ever(caplog: pytest.LogCaptureFixture):
    loop = asyncio.new_event_loop()
    loop.close()
    protocol = SsdpProtocol(loop)
    for _ in range(100):
        protocol.error_received(OSError(101, "Network is unreachable"))
    assert len(caplog.records) == 1
