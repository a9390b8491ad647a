"""Requests as bytes: what goes out is proper, whatever URLs and headers are made of."""

import re

import pytest

from async_upnp_client._addresses import LOCATION_CHARACTERS
from async_upnp_client._http.route import Address, Route
from async_upnp_client._http.writing import address_of, destination_of, written
from async_upnp_client.const import HttpRequest

URL = "http://192.0.2.1/x"


def request(method="GET", body=None, source=None):
    return HttpRequest(method, URL, {}, body, source=source)


def write(url=URL, headers=None, *, method="GET", body=None, host=None, is_last=False):
    return written(request(method, body), Route(url, host), headers or {}, is_last=is_last)


def test_what_goes_out_is_proper():
    url = "http://192.0.2.1:80/a b/\u00e9?x=%20&y#part"
    headers = {"User-Agent": "a/1", "host": "tv", "SOAPACTION": '"urn:x#Y"', "accept": "text/xml"}
    assert write(url, headers, method="post", body="<\u00e9/>", is_last=True) == (
        b'POST /a%20b/%C3%A9?x=%20&y HTTP/1.1\r\nhost: tv\r\nUser-Agent: a/1\r\nSOAPACTION: "urn:x#Y"\r\n'
        b"accept: text/xml\r\nConnection: close\r\nContent-Length: 5\r\n\r\n<\xc3\xa9/>"
    )
    assert write() == b"GET /x HTTP/1.1\r\nHost: 192.0.2.1\r\nAccept: */*\r\n\r\n"
    assert write(host="tv.local").startswith(b"GET /x HTTP/1.1\r\nHost: tv.local\r\n")


@pytest.mark.parametrize(
    ("method", "says"), [("GET", False), ("HEAD", False), ("SUBSCRIBE", True), ("POST", True)]
)
def test_who_says_that_there_is_no_body(method, says):
    assert (b"\r\nContent-Length: 0\r\n" in write(method=method)) is says


def test_the_length_is_ours_to_say():
    sent = write(headers={"CONTENT-LENGTH": "99", "Transfer-Encoding": "chunked"}, method="POST", body="x")
    assert re.findall(rb"(?i)content-length: (.*)\r", sent) == [b"1"]
    assert b"chunked" not in sent


@pytest.mark.parametrize(
    "headers", [{"X": "a\r\nY: b"}, {"X\n": "a"}, {"X": "a\rb"}, {"X": "a\0b"}, {"Host": "a\nb"}]
)
def test_nothing_is_smuggled(headers):
    with pytest.raises(ValueError, match="line break"):
        write(headers=headers)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://h", "/"),
        ("http://h?a", "/?a"),
        ("http://h/a/./b/../c?d=/../e", "/a/c?d=/../e"),
        ("http://h/%7e%c3;x,y(1)", "/%7e%c3;x,y(1)"),
        ("http://h/%zz%?%2", "/%25zz%25?%252"),
        ('http://h/"<>[]\u20ac', "/%22%3C%3E%5B%5D%E2%82%AC"),
    ],
)
def test_the_target_is_as_the_device_wrote_it(url, target):
    assert destination_of(url).target == target


@pytest.mark.parametrize(
    "url", ["gopher://192.0.2.1/", "http://[::1/", "/x", "http://192.0.2.1:x/", "http:///x"]
)
def test_only_http_is_asked(url):
    with pytest.raises(ValueError, match="No URL of HTTP"):
        destination_of(url)


def test_a_user_in_the_url_is_told_unless_headers_say_otherwise():
    url = "http://me:p%40ss@192.0.2.1/x"
    assert b"\r\nAuthorization: Basic bWU6cEBzcw==\r\n" in write(url)
    assert b"\r\nHost: 192.0.2.1\r\n" in write(url)
    assert re.findall(rb"(?i)authorization: (.*)\r", write(url, {"authorization": "mine"})) == [b"mine"]


def test_addresses():
    assert address_of(request(), Route(URL)) == Address("192.0.2.1", 80, None, None)
    zoned = Route("https://[fe80::1%3]:8443/")
    assert address_of(request(source="fe80::2%3"), zoned) == Address(
        "fe80::1%3", 8443, "fe80::1%3", "fe80::2%3"
    )
    assert address_of(request(), Route("https://192.0.2.1/", "tv", "tv.local")).server_name == "tv.local"


def test_a_url_that_is_too_long_to_be_remembered_is_asked_all_the_same():
    path = "/" + "x" * LOCATION_CHARACTERS
    assert destination_of(f"http://192.0.2.1{path}").target == path
