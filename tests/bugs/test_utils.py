"""Defects of the utilities of 0.49.0."""

import copy
import errno
import socket
from datetime import time, timedelta
from xml.etree import ElementTree as ET

import pytest

from async_upnp_client.utils import (
    CaseInsensitiveDict,
    async_get_local_ip,
    etree_to_dict,
    get_local_ip,
    lowerstr,
    parse_date_time,
    str_to_time,
    time_to_str,
)


def test_equal_headers_have_equal_hashes():
    one, other = CaseInsensitiveDict(A="x", b="y"), CaseInsensitiveDict(B="y", a="x")
    assert one == other
    assert hash(one) == hash(other)


def test_two_spellings_of_a_name_are_one_entry():
    headers = CaseInsensitiveDict({"LOCATION": "a", "location": "b"})
    assert len(headers) == 1
    assert list(headers.values()) == ["b"]


def test_combining_keeps_one_entry_for_a_name():
    headers = CaseInsensitiveDict({"LOCATION": "a"})
    assert headers.combine(CaseInsensitiveDict(location="b")).as_dict() == {"LOCATION": "b"}
    assert headers.combine_lower_dict({lowerstr("location"): "b"}).as_dict() == {"LOCATION": "b"}


def test_replaced_headers_are_not_shared():
    one, other = CaseInsensitiveDict(a="x"), CaseInsensitiveDict(b="y")
    one.replace(other)
    one["b"] = "z"
    one["c"] = "z"
    assert other.as_dict() == {"b": "y"}


def test_internals_are_not_handed_out():
    headers = CaseInsensitiveDict(A="x")
    headers.as_dict().clear()
    headers.case_map().clear()
    assert headers["a"] == "x"
    assert headers.as_dict() == {"A": "x"}


def test_a_copy_by_the_copy_module_is_independent():
    headers = CaseInsensitiveDict(A="x")
    copy.copy(headers)["a"] = "y"
    assert headers["a"] == "x"


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (timedelta(seconds=3723), "1:02:03"),
        (timedelta(days=2), "48:00:00"),
        (timedelta(seconds=-5), "-0:00:05"),
        (timedelta(seconds=1.5), "0:00:01.500"),
    ],
)
def test_minutes_and_seconds_have_two_digits(duration: timedelta, text: str):
    assert time_to_str(duration) == text
    assert str_to_time(text) == duration


@pytest.mark.parametrize(
    ("text", "seconds"), [("0:00:00.5", 0.5), ("0:00:00.1/4", 0.25), ("0:00:01.05", 1.05)]
)
def test_fractions_of_durations_are_fractions(text: str, seconds: float):
    assert str_to_time(text) == timedelta(seconds=seconds)


def test_fractions_of_durations_are_written():
    assert time_to_str(timedelta(milliseconds=1400)) == "0:00:01.400"


@pytest.mark.parametrize("text", ["", "x", "12345"])
def test_short_texts_are_no_index_error(text: str):
    with pytest.raises(ValueError, match="Not a date or time"):
        parse_date_time(text)


def test_a_time_without_seconds_is_no_index_error():
    assert parse_date_time("03:04") == time(3, 4)


@pytest.mark.parametrize(
    "text",
    [
        "12:13:14Z",
        "12:13:14.5",
        "2001-02-03T04:05:06.789",
        "2001-02-03T04:05:06.789Z",
        "2001-02-03 04:05:06+01:00",
    ],
)
def test_forms_of_dates_and_times_that_could_not_be_read(text: str):
    assert not isinstance(parse_date_time(text), str)


def test_a_socket_that_cannot_be_made_is_an_os_error():
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))  # no file more, and so no socket
    try:
        with pytest.raises(OSError, match=r"\w") as caught:
            get_local_ip("http://127.0.0.1/")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert caught.value.errno == errno.EMFILE


def test_local_ip_towards_an_ipv6_address():
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.connect(("::1", 80))
    except OSError:
        pytest.skip("no IPv6 here")
    assert get_local_ip("http://[::1]:80/") == "::1"


async def test_local_ip_of_no_host_is_an_os_error():
    for url in ("http://" + "a" * 64 + "/", "http://127.0.0.1:99999/", "http://[::1"):
        with pytest.raises(OSError, match=r"\w"):
            get_local_ip(url)
        with pytest.raises(OSError, match=r"\w"):
            await async_get_local_ip(url)


def test_a_deep_document_is_no_recursion_error():
    root = element = ET.Element("a")
    for _ in range(100_000):
        element = ET.SubElement(element, "a")
    element.text = "end"
    try:
        result = etree_to_dict(root)
    finally:
        # taken apart level by level, as elements are freed by recursion
        while len(root):
            root, inner = root[0], root
            inner.clear()
    assert list(result) == ["a"]
