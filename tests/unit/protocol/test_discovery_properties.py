"""SSDP: parse(build(x)) == x; parse(anything) is a message or a documented error, and the same both ways."""

import json
from datetime import datetime

from hypothesis import example, given
from hypothesis import strategies as st

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._protocol.discovery import (
    build_control_point_search,
    build_ssdp_packet,
    decode_ssdp_packet,
)
from async_upnp_client._protocol.ssdp_message import (
    NOTIFY_LINE,
    RESPONSE_LINE,
    SEARCH_LINE,
    is_valid_ssdp_packet,
    read_any_headers,
    read_plain,
    udn_from_usn,
)
from async_upnp_client.exceptions import UpnpContentError

NOW = datetime(2026, 11, 21, 12, 0, 0)
START_LINES = st.sampled_from([NOTIFY_LINE, SEARCH_LINE, RESPONSE_LINE])
NAMES = st.from_regex(r"[A-Za-z0-9.-][A-Za-z0-9._-]{0,20}", fullmatch=True)
VALUES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])).map(str.strip)
HEADERS = st.dictionaries(NAMES, VALUES, max_size=30)
ADDRESSES = st.one_of(
    st.tuples(st.ip_addresses(v=4).map(str), st.integers(0, 65535)),
    st.tuples(st.ip_addresses(v=6).map(str), st.integers(0, 65535), st.just(0), st.integers(0, 9)),
)
# pieces that messages are made of, and that break readers when they stand in the wrong place
PIECES = st.lists(
    st.sampled_from(
        [
            b"\r\n",
            b"\n",
            b"\r",
            b"\0",
            b":",
            b"::",
            b" ",
            b"\t",
            b"_",
            b"\xff",
            b"\xc2\xa0",
            b"a",
            b"B",
            b"nt",
            b"uuid:",
        ]
    ),
    max_size=40,
).map(b"".join)
LOCATIONS = st.sampled_from(
    ["http://[fe80::1]/", "http://[fe80::1%3]/", "http://[x/", "http://", "::", "\u20ac"]
)


@given(START_LINES, HEADERS)
def test_what_is_written_is_read(start_line, headers):
    headers = CaseInsensitiveDict(headers)
    found, decoded = decode_ssdp_packet(
        build_ssdp_packet(start_line, headers), None, ("192.0.2.7", 1900), NOW
    )
    assert found == start_line
    assert {name: decoded[name] for name in headers} == dict(headers)
    assert [name for name in decoded if not name.startswith("_")] == list(headers)


@given(st.text(max_size=60), st.booleans(), st.integers(1, 5), ADDRESSES)
def test_any_search_is_a_message(search_target, multicast, mx, address):
    search_target = search_target.encode(errors="replace").decode()
    data = build_control_point_search(
        address, mx, search_target, multicast=multicast, friendly_name="a", user_agent="b"
    )
    assert decode_ssdp_packet(data, None, address, NOW)[1]["man"] == '"ssdp:discover"'


@given(START_LINES, PIECES | st.binary(), ADDRESSES)
def test_any_headers_are_read(start_line, rest, address):
    found, headers = decode_ssdp_packet(start_line.encode() + b"\r\n" + rest, None, address, NOW)
    assert found == start_line
    assert json.dumps({name: str(value) for name, value in headers.items()}, ensure_ascii=False).encode()
    assert {"_host", "_timestamp", "_remote_addr", "_port", "_local_addr"} <= set(headers)
    assert not {"_source", ""} & set(headers)


@given(LOCATIONS | st.text(), ADDRESSES)
def test_any_location_is_taken(location, address):
    data = f"NOTIFY * HTTP/1.1\r\nLOCATION:{location}\r\n\r\n".encode(errors="replace")
    headers = decode_ssdp_packet(data, None, address, NOW)[1]
    assert ("_location_original" in headers) is bool(headers.get("location"))


@given(st.binary() | PIECES, ADDRESSES)
def test_any_datagram_is_a_message_or_none(data, address):
    try:
        decode_ssdp_packet(data, None, address, NOW)
    except UpnpContentError:
        assert not is_valid_ssdp_packet(data)
    else:
        assert is_valid_ssdp_packet(data)


@given(PIECES | st.binary())
@example(b"a: b ::c\r\n\r\n")
@example(b"a: b\nc: d\n\n")
@example(b"a:b\r\n\xc2\xa0\r\n")
def test_the_quick_reader_reads_what_the_careful_one_does(rest):
    quick = read_plain(f"{NOTIFY_LINE}\r\n".encode() + rest)
    assert quick is None or quick == (NOTIFY_LINE, *read_any_headers(rest))


@given(HEADERS)
def test_the_quick_reader_reads_what_is_written(headers):
    written = build_ssdp_packet(NOTIFY_LINE, CaseInsensitiveDict(headers))
    read = read_plain(written) if not any(name.startswith("_") for name in headers) else None
    assert read is not None
    assert read == (NOTIFY_LINE, *read_any_headers(written.partition(b"\r\n")[2]))


@given(st.text())
def test_a_udn_is_a_udn(usn):
    udn = udn_from_usn(usn)
    assert udn is None or (udn_from_usn(udn) == udn and udn_from_usn(f"{udn}::upnp:rootdevice") == udn)
