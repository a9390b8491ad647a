"""Interfaces: what the system lists, and what of it is used."""

import socket
import sys
from ipaddress import ip_address

import ifaddr
import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._interfaces import Interface, interfaces_of, usable_interfaces


def adapter(name: str, index: int | None, *addresses: str, nice_name: str | None = None) -> ifaddr.Adapter:
    """Return an interface as `ifaddr` lists it; addresses are written with the length of their prefix."""
    ips = []
    for text in addresses:
        host, _, length = text.partition("/")
        ip = (host, 0, index or 0) if ":" in host else host
        ips.append(ifaddr.IP(ip, int(length), name))
    return ifaddr.Adapter(name, nice_name or name, ips, index=index)


LO = adapter("lo", 1, "127.0.0.1/8", "::1/128")
ETH0 = adapter("eth0", 2, "192.168.1.5/24", "2001:db8::5/64", "fe80::5/64")


def used(*adapters: ifaddr.Adapter, wanted: tuple[str, ...] | None = None) -> list[tuple[str, object]]:
    """Return name and source of what is used."""
    return [(found.name, found.source) for found in interfaces_of(adapters, wanted)]


def test_each_interface_is_used_once_in_each_family() -> None:
    wlan0 = adapter("wlan0", 3, "10.0.0.7/8")
    assert used(LO, ETH0, wlan0) == [
        ("eth0", ("192.168.1.5", 0)),
        ("eth0", ("fe80::5", 0, 0, 2)),
        ("wlan0", ("10.0.0.7", 0)),
    ]


def test_loopback_is_used_where_it_is_asked_for() -> None:
    assert used(LO, wanted=("lo",)) == [("lo", ("127.0.0.1", 0)), ("lo", ("::1", 0, 0, 1))]
    assert used(LO, wanted=("127.0.0.1",)) == [("lo", ("127.0.0.1", 0))]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (("eth0",), [("192.168.1.5", 0), ("fe80::5", 0, 0, 2)]),
        (("192.168.1.5",), [("192.168.1.5", 0)]),
        (("2001:db8::5",), [("2001:db8::5", 0, 0, 2)]),
        (("eth1", "10.0.0.1"), []),
        ((), []),
    ],
)
def test_what_is_wanted_is_named_or_addressed(wanted: tuple[str, ...], expected: list[object]) -> None:
    assert [source for _, source in used(LO, ETH0, wanted=wanted)] == expected


def test_of_several_addresses_one_is_chosen_and_stays_it() -> None:
    # IPv4 link-local addresses are for want of others; IPv6's are what the link's group is used with
    addresses = ["169.254.3.4/16", "10.0.0.9/24", "10.0.0.8/24", "fd00::1/64", "fe80::9/64", "fe80::8/64"]
    expected = [("eth0", ("10.0.0.8", 0)), ("eth0", ("fe80::8", 0, 0, 4))]
    assert used(adapter("eth0", 4, *addresses)) == used(adapter("eth0", 4, *addresses[::-1])) == expected
    assert used(adapter("eth0", 4, "169.254.3.4/16")) == [("eth0", ("169.254.3.4", 0))]
    assert used(adapter("ppp0", 5, "2001:db8::1/64")) == [("ppp0", ("2001:db8::1", 0, 0, 5))]


@pytest.mark.parametrize("address", ["0.0.0.0/0", "::/0", "ff02::1/16"])
def test_an_address_that_is_none_is_not_used(address: str) -> None:
    assert used(adapter("eth0", 4, address)) == []
    assert used(adapter("eth0", 4)) == []


def test_an_address_with_a_label_belongs_to_its_interface() -> None:
    labelled = adapter("eth0:1", None, "192.168.1.4/24")
    assert used(ETH0, labelled)[0] == ("eth0", ("192.168.1.4", 0))
    assert used(labelled) == []


def test_windows_calls_interfaces_by_numbers_in_braces() -> None:
    ethernet = adapter("{4D36E972-E325}", 9, "192.168.1.5/24", nice_name="Ethernet 2")
    assert used(ethernet, wanted=("Ethernet 2",)) == [("Ethernet 2", ("192.168.1.5", 0))]


@pytest.mark.parametrize(
    ("host", "reached"),
    [
        ("192.168.1.77", True),
        ("192.168.2.77", False),
        ("10.9.9.9", True),
        ("fe80::1%3", False),
        ("media-server", False),
        ("", False),
    ],
)
def test_an_interface_reaches_the_networks_of_all_its_addresses(host: str, reached: bool) -> None:
    (interface,) = interfaces_of([adapter("eth0", 2, "192.168.1.5/24", "10.0.0.1/8")], None)
    assert interface.reaches(host) is reached


def test_it_reaches_its_link() -> None:
    _, ipv6 = interfaces_of([ETH0], None)
    assert ipv6.reaches("fe80::1%2")
    assert ipv6.reaches("2001:db8::77")
    assert not ipv6.reaches("2001:db8:1::77")


def test_another_network_makes_no_other_interface() -> None:
    source = ("192.168.1.5", 0)
    assert Interface("eth0", 2, source, ("10.0.0.0/8",)) == Interface("eth0", 2, source)
    assert Interface("eth0", 3, source) != Interface("eth0", 2, source)
    assert str(Interface("eth0", 2, source)) == "eth0 (192.168.1.5)"


addresses = st.one_of(
    st.tuples(st.ip_addresses(v=4), st.integers(0, 32)), st.tuples(st.ip_addresses(v=6), st.integers(0, 128))
)


@given(
    st.lists(st.lists(addresses, max_size=4), max_size=4),
    st.none() | st.sets(st.sampled_from(["if0", "if1"])),
)
def test_whatever_is_listed_each_family_is_used_once_by_an_own_address(listed, wanted) -> None:
    adapters = [
        adapter(f"if{number}", number + 1, *(f"{host}/{length}" for host, length in hosts))
        for number, hosts in enumerate(listed)
    ]
    found = list(interfaces_of(adapters, wanted))
    assert len({(interface.name, len(interface.source)) for interface in found}) == len(found)
    for interface in found:
        own = [host for host, _ in listed[interface.index - 1]]
        assert ip_address(interface.source[0]) in own
        assert interface.reaches(interface.source[0])
        assert wanted is None or interface.name in wanted


@pytest.mark.parametrize("error", [AssertionError("returned None"), ValueError("'0.0.0.0/255.0.255.0'")])
def test_what_cannot_be_read_is_an_error_of_the_system(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(ifaddr, "get_adapters", fail)
    with pytest.raises(OSError, match="cannot be read"):
        usable_interfaces()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere it is called otherwise")
def test_the_system_is_asked() -> None:
    found = usable_interfaces(["lo"])
    assert Interface("lo", socket.if_nametoindex("lo"), ("127.0.0.1", 0)) in found
    assert not [interface for interface in usable_interfaces() if interface.name == "lo"]
