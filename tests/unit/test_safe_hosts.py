"""Hosts of strangers' URLs: what leads to this machine or to a whole network is found in any spelling."""

from ipaddress import IPv4Address

import pytest

from async_upnp_client._safe_hosts import canonical_host, is_safe_host, is_this_machine, read_ipv4

SAFE = [
    "192.168.1.1",
    "10.0.0.1",
    "172.16.0.1",
    "100.64.0.1",
    "192.0.2.1",
    "8.8.8.8",
    "fe80::1",
    "fe80::1%3",
    "fe80::1%eth0",
    "fd00::2",
    "2001:db8::1",
    "::ffff:192.168.1.1",
    "tv",
    "tv.local",
    "tv.local.",
    "localhost.example.org",
    "mylocalhost",
    "a_b-c.example",
    "xn--bcher-kva.example",
    "0x.example",
]
LOOPBACK = [
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0X7F.1",
    "0177.0.0.1",
    "017700000001",
    "%31%32%37.0.0.1",
    "127%2e0%2e0%2e1",
    "127.0.0.1。",
    "127。0。0。1",
    "１２７.0.0.1",  # noqa: RUF001  # wide digits are the point
    "①②⑦.0.0.1",
    "::1",
    "::1%1",
    "0:0:0:0:0:0:0:1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::127.0.0.1",
    "2002:7f00:1::",
    "64:ff9b::127.0.0.1",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "localhost.localdomain",
    "localhost6",
    "ip6-localhost",
    "ip6-loopback",
    "router.localhost",
    "ｌocalhost",  # noqa: RUF001  # a wide letter
]
OTHERS = [
    "",
    ".",
    "0.0.0.0",
    "0",
    "0.1.2.3",
    "::",
    "169.254.169.254",
    "0xa9fea9fe",
    "::ffff:169.254.1.1",
    "224.0.0.1",
    "239.255.255.250",
    "ff02::c",
    "240.0.0.1",
    "255.255.255.255",
    "1.2.3.4.5",
    "1.2.3.256",
    "300.1.1.1",
    "0x",
    "08.1.1.1",
    "4294967296",
    "fe80::g",
    "1:2",
    "a b",
    "a/b",
    "a@b",
    "a\\b",
    "a%00b",
    "a\x7fb",
    "a#b",
    "[::1]",
]


@pytest.mark.parametrize("host", SAFE)
def test_safe(host: str):
    assert is_safe_host(host)


@pytest.mark.uda("D-025")
@pytest.mark.parametrize("host", LOOPBACK)
def test_this_machine(host: str):
    assert not is_safe_host(host)


@pytest.mark.uda("D-025")
@pytest.mark.parametrize("host", OTHERS)
def test_not_one_other_machine(host: str):
    assert not is_safe_host(host)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("1.2.3.4", "1.2.3.4"),
        ("1.2.772", "1.2.3.4"),
        ("1.131844", "1.2.3.4"),
        ("16909060", "1.2.3.4"),
        ("0x1.02.3.4", "1.2.3.4"),
        ("0300.0250.01.01", "192.168.1.1"),
        ("0", "0.0.0.0"),
        ("4294967295", "255.255.255.255"),
        ("4294967296", None),
        ("1.2.65536", None),
        ("256.1.1.1", None),
        ("1..2", None),
        ("09", None),
        ("1.2.3.4.5", None),
        ("+1.2.3.4", None),
        ("1_0.2.3.4", None),
        ("9" * 5000, None),
        ("٣.1.1.1", None),
    ],
)
def test_read_ipv4(text: str, address: str | None):
    assert read_ipv4(text) == (address and IPv4Address(address))


@pytest.mark.parametrize(
    ("host", "canonical"),
    [
        *((host, "127.0.0.1") for host in LOOPBACK if "7" in host and "127" not in host and ":" not in host),
        ("192.168.1.1.", "192.168.1.1"),
        ("FE80:0::1%Eth0", "fe80::1%Eth0"),
        ("::ffff:192.168.1.1", "192.168.1.1"),
        ("::ffff:192.168.1.1%3", "192.168.1.1"),
        ("::127.0.0.1", "::7f00:1"),
        ("TV.Local.", "tv.local"),
        ("tv..local", ""),
        (".local", ""),
        ("tv..", ""),
        (".", ""),
        ("", ""),
        ("1.2.3.256", ""),
        ("fe80::g", ""),
        ("a b", ""),
        ("a%2fb", ""),
    ],
)
def test_canonical_host(host: str, canonical: str):
    assert canonical_host(host) == canonical
    assert canonical_host(canonical) == canonical


@pytest.mark.parametrize("host", SAFE + OTHERS)
def test_others_are_not_this_machine(host: str):
    assert not is_this_machine(host)


@pytest.mark.parametrize(
    "host", [host for host in LOOPBACK if host not in {"::127.0.0.1", "2002:7f00:1::", "64:ff9b::127.0.0.1"}]
)
def test_is_this_machine(host: str):
    assert is_this_machine(host)
