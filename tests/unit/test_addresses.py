"""Socket addresses, hosts, URLs and zones."""

import socket

import pytest

from async_upnp_client._addresses import (
    absolute_url,
    canonical_host_of_origin,
    canonical_host_of_url,
    fix_ipv6_address_scope_id,
    get_adjusted_url,
    get_host_port_string,
    get_host_string,
    host_header,
    host_header_of_url,
    inherit_zone,
    ip_port_from_address_tuple,
    ip_version_from_location,
    is_ipv4_address,
    is_ipv6_address,
    is_link_local,
    is_multicast,
    is_valid_location,
    same_host,
    split_address,
    with_host,
    without_zone,
    zone_of_url,
)
from async_upnp_client.exceptions import UpnpError

LOOPBACK_NAME, LOOPBACK_NUMBER = next((name, number) for number, name in socket.if_nameindex())
HEARD_BY_3 = ("fe80::9", 1900, 0, 3)


def test_families():
    assert is_ipv4_address(("192.0.2.1", 1900))
    assert not is_ipv4_address(("::1", 1900, 0, 0))
    assert is_ipv6_address(("::1", 1900, 0, 0))
    assert not is_ipv6_address(("192.0.2.1", 1900))


@pytest.mark.parametrize(
    ("address", "host", "host_port"),
    [
        (("192.0.2.1", 80), "192.0.2.1", "192.0.2.1:80"),
        (("2001:db8::1", 80, 0, 0), "2001:db8::1", "[2001:db8::1]:80"),
        (("fe80::1", 80, 0, 3), "fe80::1%3", "[fe80::1%3]:80"),
        (("fe80::1%3", 80, 0, 3), "fe80::1%3", "[fe80::1%3]:80"),
        (("fe80::1%eth0", 80, 0, 3), "fe80::1%eth0", "[fe80::1%eth0]:80"),
        (("FF02::C", 1900, 0, 2), "FF02::C%2", "[FF02::C%2]:1900"),
    ],
)
def test_host_strings(address, host: str, host_port: str):
    assert get_host_string(address) == host
    assert get_host_port_string(address) == host_port


@pytest.mark.uda("V-004")
@pytest.mark.parametrize(
    ("host", "port", "header"),
    [
        ("192.0.2.1", 1900, "192.0.2.1:1900"),
        ("192.0.2.1", None, "192.0.2.1"),
        ("FF02::C", 1900, "[FF02::C]:1900"),
        ("fe80::1%3", None, "[fe80::1]"),
        ("fe80::1%eth0", 80, "[fe80::1]:80"),
        ("tv.local", 80, "tv.local:80"),
    ],
)
def test_host_header(host: str, port: int | None, header: str):
    assert host_header(host, port) == header


@pytest.mark.uda("V-005")
@pytest.mark.parametrize(
    ("url", "header"),
    [
        ("http://192.0.2.1/desc.xml", "192.0.2.1"),
        ("http://192.0.2.1:80/desc.xml", "192.0.2.1:80"),
        ("http://TV.local:8080", "TV.local:8080"),
        ("http://user:word@192.0.2.1:81/", "192.0.2.1:81"),
        ("http://[fe80::1%3]:5000/", "[fe80::1]:5000"),
        ("http://[fe80::1%eth0]/", "[fe80::1]"),
        ("http://[2001:db8::1]:5000/a%20b]", "[2001:db8::1]:5000"),
    ],
)
def test_host_header_of_url(url: str, header: str):
    assert host_header_of_url(url) == header


@pytest.mark.parametrize(
    "url", ["", "/control", "http://", "http:///x", "http://[::1/", "http://a:b/", "http://a b/"]
)
def test_host_header_of_no_url(url: str):
    with pytest.raises(UpnpError):
        host_header_of_url(url)


@pytest.mark.uda("V-005")
@pytest.mark.parametrize(
    ("url", "zone", "without"),
    [
        ("http://[fe80::1%3]:80/a?b#c", "3", "http://[fe80::1]:80/a?b#c"),
        ("http://[fe80::1%eth0]/%eth0]", "eth0", "http://[fe80::1]/%eth0]"),
        ("http://u@[FE80::1%Eth0]/", "Eth0", "http://u@[FE80::1]/"),
        ("http://[fe80::1]/%3", None, "http://[fe80::1]/%3"),
        ("http://192.0.2.1/%3]", None, "http://192.0.2.1/%3]"),
        ("http://a%3.b/", None, "http://a%3.b/"),
        ("http://[fe80::1%3", None, "http://[fe80::1%3"),
        ("", None, ""),
    ],
)
def test_zone_and_without(url: str, zone: str | None, without: str):
    assert zone_of_url(url) == zone
    assert without_zone(url) == without


@pytest.mark.uda("V-005")
@pytest.mark.parametrize(
    ("url", "address", "adjusted"),
    [
        ("http://[fe80::1]:80/a?b#c", HEARD_BY_3, "http://[fe80::1%3]:80/a?b#c"),
        ("http://[FE80::1]/", HEARD_BY_3, "http://[fe80::1%3]/"),
        ("http://user@[fe80::1]/", HEARD_BY_3, "http://[fe80::1%3]/"),
        ("http://[fe80::1%7]/", HEARD_BY_3, "http://[fe80::1%7]/"),
        ("http://[2001:db8::1]/", HEARD_BY_3, "http://[2001:db8::1]/"),
        ("http://192.0.2.1/", HEARD_BY_3, "http://192.0.2.1/"),
        ("http://169.254.1.1/", HEARD_BY_3, "http://169.254.1.1/"),
        ("http://tv/", HEARD_BY_3, "http://tv/"),
        ("http://[fe80::1]/", ("fe80::9", 1900, 0, 0), "http://[fe80::1]/"),
        ("http://[fe80::1]/", ("192.0.2.9", 1900), "http://[fe80::1]/"),
        ("http://[fe80::1/", HEARD_BY_3, "http://[fe80::1/"),
        ("http://fe80::1:5000/x", HEARD_BY_3, "http://fe80::1:5000/x"),
        ("/[relative]", HEARD_BY_3, "/[relative]"),
        ("", HEARD_BY_3, ""),
    ],
)
def test_get_adjusted_url(url: str, address, adjusted: str):
    assert get_adjusted_url(url, address) == adjusted


@pytest.mark.uda("V-005")
@pytest.mark.parametrize(
    ("base", "url", "inherited"),
    [
        ("http://[fe80::1%3]/d.xml", "http://[fe80::1]:81/c", "http://[fe80::1%3]:81/c"),
        ("http://[fe80::1%eth0]/d.xml", "http://[fe80::1]/c", "http://[fe80::1%eth0]/c"),
        ("http://[fe80::1%3]/d.xml", "http://[fe80::1%4]/c", "http://[fe80::1%4]/c"),
        ("http://[fe80::1%3]/d.xml", "http://[fd00::1]/c", "http://[fd00::1]/c"),
        ("http://[fe80::1]/d.xml", "http://[fe80::1]/c", "http://[fe80::1]/c"),
        ("http://192.0.2.1/d.xml", "http://192.0.2.1/c", "http://192.0.2.1/c"),
        ("http://[fe80::1%3]/d.xml", "http://[fe80::1/c", "http://[fe80::1/c"),
    ],
)
def test_inherit_zone(base: str, url: str, inherited: str):
    assert inherit_zone(base, url) == inherited


@pytest.mark.parametrize(
    ("address", "fixed"),
    [
        (None, None),
        (("192.0.2.1", 80), ("192.0.2.1", 80)),
        (("fe80::1", 80, 0, 3), ("fe80::1", 80, 0, 3)),
        (("fe80::1%3", 80, 0, 0), ("fe80::1", 80, 0, 3)),
        (("fe80::1%3", 80, 1, 7), ("fe80::1", 80, 1, 7)),
        ((f"fe80::1%{LOOPBACK_NAME}", 80, 0, 0), ("fe80::1", 80, 0, LOOPBACK_NUMBER)),
        (("fe80::1%nosuch0", 80, 0, 0), ("fe80::1", 80, 0, 0)),
        (("fe80::1%", 80, 0, 0), ("fe80::1", 80, 0, 0)),
        (("fe80::1%a\0b", 80, 0, 0), ("fe80::1", 80, 0, 0)),
        (("fe80::1%" + "9" * 5000, 80, 0, 0), ("fe80::1", 80, 0, 0)),
        (("fe80::1%4294967296", 80, 0, 0), ("fe80::1", 80, 0, 0)),
        (("fe80::1%²", 80, 0, 0), ("fe80::1", 80, 0, 0)),
    ],
)
def test_fix_ipv6_address_scope_id(address, fixed):
    assert fix_ipv6_address_scope_id(address) == fixed


@pytest.mark.parametrize(
    ("address", "text", "port"),
    [
        (("192.0.2.1", 80), "192.0.2.1", 80),
        (("::1", 81, 0, 0), "::1", 81),
        (("fe80::1", 82, 0, 3), "fe80::1%3", 82),
        (("fe80::1%3", 82, 0, 3), "fe80::1%3", 82),
    ],
)
def test_ip_port_from_address_tuple(address, text: str, port: int):
    ip, found = ip_port_from_address_tuple(address)
    assert (str(ip), found) == (text, port)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.1", ("192.0.2.1", 0)),
        ("192.0.2.1:1900", ("192.0.2.1", 1900)),
        ("::", ("::", 0, 0, 0)),
        ("fd00::2", ("fd00::2", 0, 0, 0)),
        ("[fd00::2]", ("fd00::2", 0, 0, 0)),
        ("[fd00::2]:65535", ("fd00::2", 65535, 0, 0)),
        ("FF02::C%2", ("FF02::C", 0, 0, 2)),
        ("[fe80::1%2]:1900", ("fe80::1", 1900, 0, 2)),
        (f"fe80::1%{LOOPBACK_NAME}", ("fe80::1", 0, 0, LOOPBACK_NUMBER)),
    ],
)
def test_split_address(text: str, address):
    assert split_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tv",
        "tv:80",
        "127.1",
        "192.0.2.1:",
        "192.0.2.1:x",
        "192.0.2.1:65536",
        "192.0.2.1:999999",
        "192.0.2.1:-1",
        "192.0.2.1:²",
        "192.0.2.1%eth0",
        "192.0.2.1/24",
        "u@192.0.2.1",
        "[fd00::2",
        "[fd00::2]1900",
        "fe80::1%",
        "fe80::1%nosuch0",
        "[192.0.2.1",
        "http://192.0.2.1",
    ],
)
def test_split_address_refuses(text: str):
    with pytest.raises(UpnpError):
        split_address(text)


@pytest.mark.parametrize(
    ("base", "url", "absolute"),
    [
        ("http://192.0.2.1/a/d.xml", "/c", "http://192.0.2.1/c"),
        ("http://192.0.2.1/a/d.xml", "c", "http://192.0.2.1/a/c"),
        ("http://192.0.2.1/a/d.xml", "../c", "http://192.0.2.1/c"),
        ("http://192.0.2.1/a/d.xml", "?q", "http://192.0.2.1/a/d.xml?q"),
        ("http://192.0.2.1/a/d.xml", "", "http://192.0.2.1/a/d.xml"),
        ("http://192.0.2.1/a/d.xml", "//192.0.2.2/c", "http://192.0.2.2/c"),
        ("http://192.0.2.1/a/d.xml", "http://192.0.2.2/../c", "http://192.0.2.2/../c"),
        ("http://192.0.2.1/a/d.xml", "https:c", "https:c"),
        ("http://[fe80::1%3]:80/d.xml", "c", "http://[fe80::1%3]:80/c"),
        ("http://192.0.2.1/a/d.xml", "//[x", "//[x"),
        ("http://192.0.2.1/a/d.xml", "http://[/x", "http://[/x"),
        ("", "/c", "/c"),
    ],
)
def test_absolute_url(base: str, url: str, absolute: str):
    assert absolute_url(base, url) == absolute


@pytest.mark.uda("D-025")
@pytest.mark.parametrize(
    ("location", "valid"),
    [
        ("http://192.168.1.1/", True),
        ("https://192.168.1.1:49152/desc.xml?a#b", True),
        ("HTTP://192.168.1.1/", True),
        ("http://[fe80::1%3]:80/", True),
        ("http://[fd00::1]", True),
        ("http://tv.local:8080/my desc.xml", True),
        ("http://user@192.168.1.1/", True),
        ("http://127.0.0.1/", False),
        ("http://user@127.0.0.1/", False),
        ("http://192.168.1.1\\@127.0.0.1/", False),
        ("http://127.0.0.1\\@192.168.1.1/", False),
        ("http://[::1]:1900/rootDesc.xml", False),
        ("http://169.254.169.254/latest/meta-data", False),
        ("http://fe80::1:5000/x", False),
        ("httpfoo://192.168.1.1/", False),
        ("ftp://192.168.1.1/", False),
        ("file:///etc/passwd", False),
        ("192.168.1.1/desc.xml", False),
        ("http:192.168.1.1", False),
        ("http://", False),
        ("http:///desc.xml", False),
        (" http://192.168.1.1/", False),
        ("\thttp://192.168.1.1/", False),
        ("http://192.168.1.1/\r\nX: y", False),
        ("http://192.168.1.1/\udcff", False),
        ("http://192.168.1.1:99999/", False),
        ("http://192.168.1.1:port/", False),
        ("http://a b/", False),
        ("http://[::1/", False),
        ("http://192.168.1.1/" + "a" * 2029, True),
        ("http://192.168.1.1/" + "a" * 2030, False),
        ("", False),
    ],
)
def test_is_valid_location(location: str, valid: bool):
    assert is_valid_location(location) is valid


@pytest.mark.parametrize(
    ("base", "url", "same"),
    [
        ("http://192.0.2.1/d", "http://192.0.2.1:81/c", True),
        ("http://192.0.2.1/d", "http://192.0.2.2/c", False),
        ("http://tv/d", "http://TV/c", True),
        ("http://[fe80::1%3]/d", "http://[fe80::1%3]/c", True),
        ("http://[fe80::1%3]/d", "http://[fe80::1]/c", True),
        ("http://[fe80::1%3]/d", "http://[FE80:0::1]/c", True),
        ("http://[fe80::1]/d", "http://[fe80::1%3]/c", False),
        ("http://[fe80::1%3]/d", "http://[fe80::1%4]/c", False),
        ("http://[fd00::1]/d", "http://[fd00::2]/c", False),
        ("http://192.0.2.1/d", "http://192.0.2.1:x/c", False),
        ("http://192.0.2.1/d", "http://u\\@192.0.2.1/c", False),
        ("http://192.0.2.1/d", "/c", False),
        ("/d", "/c", False),
    ],
)
@pytest.mark.uda("V-005")
def test_same_host(base: str, url: str, same: bool):
    assert same_host(base, url) is same


@pytest.mark.parametrize(
    ("location", "version"),
    [
        ("http://192.0.2.1/", 4),
        ("http://[fe80::1%3]:80/", 6),
        ("http://tv/", None),
        ("http://127.1/", None),
        ("http://[::1/", None),
        ("", None),
    ],
)
def test_ip_version_from_location(location: str, version: int | None):
    assert ip_version_from_location(location) == version


@pytest.mark.parametrize(
    ("host", "link_local"),
    [("fe80::1", True), ("febf::1%3", True), ("fec0::1", False), ("169.254.1.1", False), ("tv", False)],
)
def test_is_link_local(host: str, link_local: bool):
    assert is_link_local(host) is link_local


@pytest.mark.parametrize(
    ("address", "multicast"),
    [
        (("239.255.255.250", 1900), True),
        (("192.0.2.1", 1900), False),
        (("255.255.255.255", 1900), False),
        (("FF02::C%2", 1900, 0, 2), True),
        (("fe80::1", 1900, 0, 2), False),
        (("tv", 1900), False),
    ],
)
def test_is_multicast(address, multicast: bool):
    assert is_multicast(address) is multicast


def test_what_locations_were_judged_to_be_can_be_forgotten():
    is_valid_location("http://192.0.2.77/")
    is_valid_location.cache_clear()
    assert is_valid_location.cache_info().currsize == 0


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://TV.local.:80/x?y", "tv.local"),
        ("HTTPS://0x7f.1", "127.0.0.1"),
        ("http://u:p@[FE80::1%3]:80?x=/", "fe80::1%3"),
        ("http://tv?x", "tv"),
        ("ftp://tv/", ""),
        ("/x", ""),
        ("//tv/x", ""),
        ("http:///x", ""),
        (" http://tv/", ""),
        ("http://tv/\n", ""),
        ("http://[fe80::1/", ""),
        ("http://tv:port/", ""),
        (f"http://{'a' * 3000}/", ""),
    ],
)
def test_canonical_host_of_url(url: str, host: str):
    assert canonical_host_of_url(url) == host


@pytest.mark.parametrize(
    ("url", "host", "changed"),
    [
        ("http://tv/x", "192.0.2.1", "http://192.0.2.1/x"),
        ("HTTP://h:80/x#y", "192.0.2.1", "http://192.0.2.1:80/x#y"),
        ("http://http", "h", "http://h"),
        ("http://u:p@[fe80::1]:80?x=/y", "fe80::1%3", "http://u:p@[fe80::1%3]:80?x=/y"),
        ("http://tv?x", "fd00::1", "http://[fd00::1]?x"),
        ("http://192.0.2.1/x", "192.0.2.1", "http://192.0.2.1/x"),
    ],
)
def test_with_host(url: str, host: str, changed: str):
    assert with_host(url, host) == changed


def test_what_long_urls_leave_behind_is_little():
    before = canonical_host_of_origin.cache_info().currsize
    for number in range(3):
        assert canonical_host_of_url(f"http://long.example/{number}{'x' * 100_000}") == "long.example"
    assert canonical_host_of_origin.cache_info().currsize <= before + 1


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("http://192.0.2.1/", "http://[::ffff:192.0.2.1]:80/"),
        ("http://192.0.2.1/", "http://0xc0000201/"),
        ("http://tv.local/", "http://TV.LOCAL./"),
    ],
)
def test_same_host_in_other_spellings(base: str, url: str):
    assert same_host(base, url)
