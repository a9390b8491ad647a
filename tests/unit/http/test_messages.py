"""What HTTP messages say, without connections."""

import re

import pytest

from async_upnp_client._http.messages import dump, fixed_host_header, is_whole, may_repeat, merged_headers
from async_upnp_client.const import HttpRequest


@pytest.mark.uda("V-005")
@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("http://192.0.2.1:80/", {}),
        ("http://device.example/a%20b", {}),
        ("http://[fe80::1]:80/", {}),
        ("http://[fe80::1%eth0]:8080/d.xml", {"Host": "[fe80::1]:8080"}),
        ("http://[fe80::1%2]/d.xml", {"Host": "[fe80::1]"}),
        ("http://192.0.2.1/100%25", {}),
        ("not a url%", {}),
    ],
)
def test_fixed_host_header(url, headers):
    assert fixed_host_header(url) == headers


def merged(request_headers, defaults=None, agent=None, url="http://192.0.2.1/"):
    return list(merged_headers(HttpRequest("GET", url, request_headers, None), defaults or {}, agent).items())


def test_merged_headers_keep_their_spelling_and_order():
    assert merged({"NT": "upnp:event", "TIMEOUT": "Second-1", "HOST": "h"}) == [
        ("NT", "upnp:event"),
        ("TIMEOUT", "Second-1"),
        ("HOST", "h"),
    ]


@pytest.mark.uda("S-003")
def test_the_request_wins_over_the_defaults_in_any_spelling():
    assert merged({"USER-AGENT": "a"}, {"user-agent": "b", "X-Y": "c"}, "d") == [
        ("X-Y", "c"),
        ("USER-AGENT", "a"),
    ]
    assert merged({}, {"user-agent": "b"}, "d") == [("user-agent", "b")]
    assert merged({}, {}, "d") == [("User-Agent", "d")]
    assert merged({}, {}, None) == []


def test_a_zone_is_not_sent():
    assert merged({}, url="http://[fe80::1%3]:80/") == [("Host", "[fe80::1]:80")]
    assert merged({"HOST": "[fe80::1]:80"}, url="http://[fe80::1%3]:80/") == [("HOST", "[fe80::1]:80")]


@pytest.mark.uda("C-029")
@pytest.mark.parametrize(
    ("body", "whole"),
    [
        (b"<a></a>", True),
        (b'<?xml version="1.0"?>\n<s:Envelope x="1"><s:Body/></s:Envelope>\r\n\0', True),
        (b"<!-- <b> --><a></a>", False),  # not read as XML, so rather no than yes
        (b"<a><b></b>", False),
        (b"<a>", False),
        (b"text", False),
        (b"", False),
    ],
)
def test_is_whole(body, whole):
    assert is_whole(body) is whole


@pytest.mark.parametrize(
    ("method", "repeatable", "expected"),
    [
        ("GET", None, True),
        ("HEAD", None, True),
        ("SUBSCRIBE", None, True),
        ("UNSUBSCRIBE", None, True),
        ("POST", None, False),
        ("NOTIFY", None, False),
        ("POST", True, True),
        ("GET", False, False),
    ],
)
def test_may_repeat(method, repeatable, expected):
    assert may_repeat(HttpRequest(method, "http://192.0.2.1/", {}, None, repeatable=repeatable)) is expected


def test_dump_has_the_message_line_by_line():
    assert dump({"A": "1", "B": "2"}, "<a>\r\n</a>") == "A: 1\nB: 2\n\n<a>\n</a>"
    assert dump({}, None) == ""


def test_dump_moves_no_terminal():
    text = dump({"SERVER": "a\x1b[2Jb"}, "c\x1b]0;d\x07\x85e")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)
