"""SSDP messages: what real devices send, what the UDA says to send, and what has to be put up with."""

import json
from datetime import datetime
from typing import Any

import pytest

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._protocol.discovery import (
    build_control_point_search,
    build_ssdp_packet,
    build_ssdp_search_packet,
    decode_if_ssdp,
    decode_ssdp_packet,
    is_upnp_search_target,
    udn_from_headers,
)
from async_upnp_client._protocol.ssdp_message import (
    NOTIFY_LINE,
    RESPONSE_LINE,
    SEARCH_LINE,
    is_valid_ssdp_packet,
    udn_from_usn,
)
from async_upnp_client.exceptions import UpnpContentError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits

NOW = datetime(2026, 11, 21, 12, 0, 0)
SENDER = ("192.0.2.7", 50000)
SENDER_V6 = ("fe80::7", 50001, 0, 3)
LOCAL = ("192.0.2.1", 1900)


def packet(*lines: str, start: str = NOTIFY_LINE, end: str = "\r\n") -> bytes:
    return (end.join((start, *lines, "")) + end).encode()


def decode(data: bytes, sender: Any = SENDER) -> tuple[str, CaseInsensitiveDict]:
    return decode_ssdp_packet(data, LOCAL, sender, NOW)


def received(data: bytes) -> dict[str, Any]:
    """What came in the message, by names as written, without what is added."""
    headers = decode(data)[1]
    return {name: value for name, value in headers.items() if not name.startswith("_")}


# --- real devices (captured)

GMEDIARENDER_ALIVE = packet(
    "HOST: 239.255.255.250:1900",
    "CACHE-CONTROL: max-age=100",
    "LOCATION: http://10.77.0.30:49494/description.xml",
    'OPT: "http://schemas.upnp.org/upnp/1/0/"; ns=01',
    "01-NLS: 4a68e2d0-e552-11f1-bf65-b2e972c08e6b",
    "NT: upnp:rootdevice",
    "NTS: ssdp:alive",
    "SERVER: Linux/6.18.44-fc-v595, UPnP/1.0, Portable SDK for UPnP devices/1.8.4",
    "X-User-Agent: redsonic",
    "USN: uuid:11111111-2222-3333-4444-000000000030::upnp:rootdevice",
)
MINIUPNPD_RESPONSE = (
    b"HTTP/1.1 200 OK\r\n"
    b"CACHE-CONTROL: max-age=120\r\n"
    b"ST: upnp:rootdevice\r\n"
    b"USN: uuid:73616d75-6e67-7a6f-6e65-000000000001::upnp:rootdevice\r\n"
    b"EXT:\r\n"
    b"SERVER: Debian/12 UPnP/1.1 MiniUPnPd/2.3.1\r\n"
    b"LOCATION: http://10.77.0.1:5000/rootDesc.xml\r\n"
    b'OPT: "http://schemas.upnp.org/upnp/1/0/"; ns=01\r\n'
    b"01-NLS: 1763693852\r\n"
    b"BOOTID.UPNP.ORG: 1763693852\r\n"
    b"CONFIGID.UPNP.ORG: 1337\r\n"
    b"\r\n"
)


@pytest.mark.uda("D-002")
@pytest.mark.uda("D-004")
@pytest.mark.uda("V-006")
def test_an_announcement():
    start_line, headers = decode(GMEDIARENDER_ALIVE)
    assert start_line == NOTIFY_LINE
    assert dict(headers) == {
        "HOST": "239.255.255.250:1900",
        "CACHE-CONTROL": "max-age=100",
        "LOCATION": "http://10.77.0.30:49494/description.xml",
        "OPT": '"http://schemas.upnp.org/upnp/1/0/"; ns=01',
        "01-NLS": "4a68e2d0-e552-11f1-bf65-b2e972c08e6b",
        "NT": "upnp:rootdevice",
        "NTS": "ssdp:alive",
        "SERVER": "Linux/6.18.44-fc-v595, UPnP/1.0, Portable SDK for UPnP devices/1.8.4",
        "X-User-Agent": "redsonic",
        "USN": "uuid:11111111-2222-3333-4444-000000000030::upnp:rootdevice",
        "_udn": "uuid:11111111-2222-3333-4444-000000000030",
        "_location_original": "http://10.77.0.30:49494/description.xml",
        "_host": "192.0.2.7",
        "_timestamp": NOW,
        "_remote_addr": SENDER,
        "_port": 50000,
        "_local_addr": LOCAL,
    }
    for name in ("01-nls", "X-USER-AGENT", "location", "Location"):
        assert headers[name] == headers[name.upper()]


def test_an_answer():
    start_line, headers = decode(MINIUPNPD_RESPONSE)
    assert start_line == RESPONSE_LINE
    assert headers["st"] == "upnp:rootdevice"
    assert headers["ext"] == ""
    assert headers["bootid.upnp.org"] == "1763693852"


def test_each_message_has_its_own_headers():
    first, second = decode(GMEDIARENDER_ALIVE)[1], decode(GMEDIARENDER_ALIVE)[1]
    first["NT"] = "changed"
    first["new"] = "new"
    assert second["NT"] == "upnp:rootdevice"
    assert "new" not in second
    assert decode(GMEDIARENDER_ALIVE)[1]["NT"] == "upnp:rootdevice"


# --- start lines


@pytest.mark.uda("D-001")
@pytest.mark.parametrize(
    ("line", "canonical"),
    [
        ("NOTIFY * HTTP/1.1", NOTIFY_LINE),
        ("M-SEARCH * HTTP/1.1", SEARCH_LINE),
        ("HTTP/1.1 200 OK", RESPONSE_LINE),
        ("HTTP/1.0 200 OK", RESPONSE_LINE),
        ("HTTP/1.1 200 Ok", RESPONSE_LINE),
        ("HTTP/1.1 200", RESPONSE_LINE),
        ("HTTP/1.1 200 All is well", RESPONSE_LINE),
        ("HTTP/1.1  200   OK", RESPONSE_LINE),
        ("http/1.1 200 ok", RESPONSE_LINE),
        ("HTTP/2 200 OK", RESPONSE_LINE),
        ("NOTIFY  *  HTTP/1.1", NOTIFY_LINE),
        ("NOTIFY * HTTP/1.0 ", NOTIFY_LINE),
        ("Notify * Http/1.1", NOTIFY_LINE),
        ("M-SEARCH\t* HTTP/1.1", SEARCH_LINE),
        ("\r\n\r\nNOTIFY * HTTP/1.1", NOTIFY_LINE),
    ],
)
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_start_line(line: str, canonical: str, end: str):
    data = packet("NT: a", start=line, end=end)
    assert is_valid_ssdp_packet(data)
    start_line, headers = decode(data)
    assert start_line == canonical
    assert headers["nt"] == "a"


@pytest.mark.uda("D-001")
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"\r\n\r\n",
        b"NOTIFY * HTTP/1.1",
        b"NOTIFY * HTTP/1.1\r",
        b"NOTIFY * \r\n",
        b"NOTIFY\r\n",
        b"NOTIFY / HTTP/1.1\r\n\r\n",
        b"NOTIFYX * HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 404 Not Found\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/11 200 OK\r\n\r\n",
        b"HTTPS/1.1 200 OK\r\n\r\n",
        b"X HTTP/1.1 200 OK\r\n\r\n",
        b"\xff\xfe\r\n\r\n",
        b"\0\0\0\n",
        b"NOTIFY * HTTP/1.1" + b" " * 200 + b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n",
    ],
)
def test_no_ssdp(data: bytes):
    assert not is_valid_ssdp_packet(data)
    assert decode_if_ssdp(data, LOCAL, SENDER, NOW) is None
    with pytest.raises(UpnpContentError):
        decode(data)


# --- headers as they come


@pytest.mark.uda("D-003")
@pytest.mark.parametrize("tail", ["", "\r\n", "\r\n\r\n", "\n", "\0", "\r\n\r\n\0\0"])
def test_an_empty_line_at_the_end_is_not_needed(tail: str):
    data = b"NOTIFY * HTTP/1.1\r\nNT: a\r\nNTS: ssdp:alive" + tail.encode()
    assert received(data) == {"NT": "a", "NTS": "ssdp:alive"}


@pytest.mark.uda("D-006")
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_body_is_ignored(end: str):
    assert received(packet("NT: a", end=end) + b"USN: uuid:b\r\n\r\nmore: c\r\n") == {"NT": "a"}


@pytest.mark.uda("D-005")
@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # values: blanks round them, none at all, and colons within
        (["NT:a", "B:   c d  ", "EXT:", "E: f:g"], {"NT": "a", "B": "c d", "EXT": "", "E": "f:g"}),
        # Eaton xComfort: doubled headers, in one case or another
        (["SERVER: a", "SERVER: b"], {"SERVER": "a"}),
        (["Server: a", "SERVER: b", "server: c"], {"Server": "a"}),
        # Dell 1815dn: a line feed within the value
        (
            ["SERVER: Printer UPnP/1.0 OS 1.03.03.08\n10-30-2006", "NT: a"],
            {"SERVER": "Printer UPnP/1.0 OS 1.03.03.08 10-30-2006", "NT": "a"},
        ),
        (["NT: a", "SERVER: b\n c: d"], {"NT": "a", "SERVER": "b c: d"}),
        (["NT: a", "SERVER: b\n", "ST: c"], {"NT": "a", "SERVER": "b", "ST": "c"}),
        (["NT: a", "SERVER: b\nlast words: c", "ST: d"], {"NT": "a", "SERVER": "b last words: c", "ST": "d"}),
        # routers of dslforum: a line feed within the USN
        (["USN:uuid:uuid:df30\n::urn:a:b:1"], {"USN": "uuid:uuid:df30::urn:a:b:1"}),
        # folded lines, and lines without a colon
        (["NT: a", " b", "\tc: d"], {"NT": "a b c: d"}),
        (["NT: a", "b c", "ST: d"], {"NT": "a b c", "ST": "d"}),
        (["lost", "NT: a"], {"NT": "a"}),
        # a lone line feed where a header ends
        (["NT: a\nST: b", "USN: c"], {"NT": "a", "ST": "b", "USN": "c"}),
        # names
        (["NT : a"], {"NT": "a"}),
        (["Bad Name: a", "lost too", "NT: b"], {"NT": "b"}),
        ([": a", "NT: b"], {"NT": "b"}),
        (["NT: a", "::b"], {"NT": "a::b"}),
        (["DLNADeviceName.lge.com: %5bLG%5d"], {"DLNADeviceName.lge.com": "%5bLG%5d"}),
        # text that is not UTF-8 is Latin-1, line by line; NUL is nothing
        (["NT: a\0b\0", "ST: d"], {"NT": "ab", "ST": "d"}),
        (["NT\0: a", "ST: d"], {"NT": "a", "ST": "d"}),
        # names of ours, which a packet could otherwise forge
        (["_udn: uuid:a", "_source: b", "_timestamp: c", "NT: d"], {"NT": "d"}),
        # a carriage return too many
        (["NT: a\r", "ST: b"], {"NT": "a", "ST": "b"}),
    ],
)
def test_headers(lines: list[str], expected: dict[str, str]):
    assert received(packet(*lines)) == expected


@pytest.mark.uda("D-005")
@pytest.mark.parametrize(
    ("data", "text"),
    [(b"K\xfcche", "Küche"), ("Küche".encode(), "Küche"), (b"\xff\xfe\xed\xa0\x80", "ÿþí\xa0\x80")],
)
def test_text_in_latin_1(data: bytes, text: str):
    found = received(b"NOTIFY * HTTP/1.1\r\nNAME: " + data + b"\r\nOTHER: " + "ü".encode() + b"\r\n\r\n")
    assert found == {"NAME": text, "OTHER": "ü"}
    assert json.dumps(found, ensure_ascii=False).encode()


def test_a_message_without_headers():
    assert received(b"NOTIFY * HTTP/1.1\r\n\r\n") == {}


def test_headers_beyond_the_limit_are_lost():
    most = DEFAULT_LIMITS.headers
    names = [f"H{number}" for number in range(most + 5)]
    assert list(received(packet(*(f"{name}: a" for name in names)))) == names[:most]


def test_a_header_that_is_too_long_is_left_out_and_the_others_count():
    most = DEFAULT_LIMITS.header_length
    found = received(packet(f"A: {'a' * most}", f"B: {'b' * (most + 1)}", "C: c"))
    assert found == {"A": "a" * most, "C": "c"}
    folded = (f" {'b' * 1000}" for _ in range(5))
    assert received(packet("B: b", *folded, "C: c")) == {"C": "c"}


def test_lines_beyond_the_limit_are_lost():
    folded = (" a" for _ in range(DEFAULT_LIMITS.header_lines))
    assert list(received(packet("A: a", *folded, "B: b"))) == ["A"]
    torn = packet("B: b").replace(b": b", b":" + b"\n x" * DEFAULT_LIMITS.header_lines)
    assert list(received(torn + b"C: c\r\n\r\n")) == ["B"]


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        (Limits(headers=1), ["A"]),
        (Limits(header_length=3), ["B"]),
        (Limits(header_lines=1), ["A"]),
    ],
)
def test_the_limits_are_the_callers(limits: Limits, found: list[str]):
    _, headers = decode_ssdp_packet(packet("A: aa", " aa", "B: b"), LOCAL, SENDER, NOW, limits)
    assert [name for name in headers if name[:1] != "_"] == found


def test_a_torn_message_of_the_largest_size_is_read_in_no_time():
    lines = b"a\n" * 32000
    assert received(b"NOTIFY * HTTP/1.1\r\nNT: b\r\nST: c\n" + lines)["ST"].startswith("c a a")


def test_a_blank_location_is_no_location():
    headers = decode(packet("LOCATION:  ", "NT: a"))[1]
    assert "_location_original" not in headers
    assert headers["location"] == ""


# --- what is added


@pytest.mark.uda("V-005")
def test_a_link_local_location_gets_the_zone_it_was_heard_from():
    headers = decode(packet("LOCATION: http://[fe80::7]:80/d.xml"), SENDER_V6)[1]
    assert headers["location"] == "http://[fe80::7%3]:80/d.xml"
    assert headers["_location_original"] == "http://[fe80::7]:80/d.xml"
    assert headers["_host"] == "fe80::7%3"
    assert headers["_port"] == 50001
    assert headers["_remote_addr"] == SENDER_V6
    assert [name for name in headers if name.lower() == "location"] == ["LOCATION"]


@pytest.mark.uda("V-005")
@pytest.mark.parametrize(
    "location", ["http://192.0.2.7/d.xml", "http://[fd00::7]/d.xml", "http://tv/d.xml", "/d.xml", "http://[x"]
)
def test_other_locations_stay(location: str):
    headers = decode(packet(f"Location: {location}"), SENDER_V6)[1]
    assert headers["LOCATION"] == headers["_location_original"] == location


@pytest.mark.uda("D-010")
@pytest.mark.parametrize(
    ("usn", "udn"),
    [
        ("uuid:a::upnp:rootdevice", "uuid:a"),
        ("uuid:a", "uuid:a"),
        ("UUID:A::urn:b", "UUID:A"),
        ("uuid:123402409-bccb-::x", "uuid:123402409-bccb-"),
        ("uuid:Socket-1_0-22:sensor:switch::urn:x", "uuid:Socket-1_0-22:sensor:switch"),
        ("uuid:RINCON_000E58A0_MR::urn:x", "uuid:RINCON_000E58A0_MR"),
        ("uuid:upnp-InternetGatewayDevice-1_0", "uuid:upnp-InternetGatewayDevice-1_0"),
        ("uuid:uuid:a::b", "uuid:a"),
        ("UUID:uuid:Uuid:a", "Uuid:a"),
        ("uuid:uuid:a-uuid:uuid:b", "uuid:a-uuid:uuid:b"),
        (" uuid:a ::b", "uuid:a"),
        ("uuid:", None),
        ("uuid:::b", None),
        ("a", None),
        ("", None),
        ("urn:x::uuid:a", None),
    ],
)
def test_udn(usn: str, udn: str | None):
    assert udn_from_usn(usn) == udn
    assert udn_from_headers(CaseInsensitiveDict({"USN": usn})) == udn
    assert decode(packet(f"USN: {usn}"))[1].get("_udn") == udn


def test_no_udn_without_usn():
    assert udn_from_headers(CaseInsensitiveDict()) is None


# --- what is sent


def test_a_packet_is_written_in_the_order_of_its_headers():
    headers = CaseInsensitiveDict({"HOST": "239.255.255.250:1900", "EXT": "", "MX": 3})
    assert build_ssdp_packet(NOTIFY_LINE, headers) == (
        b"NOTIFY * HTTP/1.1\r\nHOST:239.255.255.250:1900\r\nEXT:\r\nMX:3\r\n\r\n"
    )


def test_a_value_begins_no_header():
    assert (
        build_ssdp_packet(NOTIFY_LINE, {"ST": "a\r\nMAN: b"}) == b"NOTIFY * HTTP/1.1\r\nST:a  MAN: b\r\n\r\n"
    )


@pytest.mark.uda("D-047")
@pytest.mark.uda("V-001")
@pytest.mark.parametrize(
    ("target", "host"),
    [
        (("239.255.255.250", 1900), b"239.255.255.250:1900"),
        (("FF02::C", 1900, 0, 3), b"[FF02::C]:1900"),
        (("FF02::C%3", 1900, 0, 3), b"[FF02::C]:1900"),
        (("FF05::C", 1900, 0, 0), b"[FF05::C]:1900"),
    ],
)
def test_a_plain_search(target: Any, host: bytes):
    assert build_ssdp_search_packet(target, 4, "ssdp:all") == (
        b"M-SEARCH * HTTP/1.1\r\nHOST:" + host + b'\r\nMAN:"ssdp:discover"\r\nMX:4\r\nST:ssdp:all\r\n\r\n'
    )


@pytest.mark.uda("D-047")
@pytest.mark.uda("D-049")
def test_a_search_by_multicast():
    data = build_control_point_search(
        ("239.255.255.250", 1900),
        3,
        "upnp:rootdevice",
        multicast=True,
        friendly_name="me",
        user_agent="a/1 b/2",
    )
    assert data == (
        b'M-SEARCH * HTTP/1.1\r\nHOST:239.255.255.250:1900\r\nMAN:"ssdp:discover"\r\nMX:3\r\n'
        b"ST:upnp:rootdevice\r\nUSER-AGENT:a/1 b/2\r\nCPFN.UPNP.ORG:me\r\n\r\n"
    )


@pytest.mark.uda("D-060")
def test_a_search_by_unicast():
    data = build_control_point_search(
        ("fe80::7", 1900, 0, 3), 3, "uuid:a", multicast=False, friendly_name="me", user_agent="a/1 b/2"
    )
    assert data == (
        b'M-SEARCH * HTTP/1.1\r\nHOST:[fe80::7]:1900\r\nMAN:"ssdp:discover"\r\n'
        b"ST:uuid:a\r\nUSER-AGENT:a/1 b/2\r\n\r\n"
    )


@pytest.mark.parametrize("multicast", [True, False])
def test_a_search_for_what_is_not_upnp_is_plain(multicast: bool):
    target = ("239.255.255.250", 1982)
    data = build_control_point_search(
        target, 3, "wifi_bulb", multicast=multicast, friendly_name="me", user_agent="a/1 b/2"
    )
    assert data == build_ssdp_search_packet(target, 3, "wifi_bulb")


@pytest.mark.parametrize(
    ("st", "upnp"),
    [
        ("ssdp:all", True),
        ("upnp:rootdevice", True),
        ("UUID:a", True),
        ("urn:schemas-upnp-org:device:MediaRenderer:1", True),
        ("wifi_bulb", False),
        ("", False),
    ],
)
def test_is_upnp_search_target(st: str, upnp: bool):
    assert is_upnp_search_target(st) is upnp
