"""Sockets for SSDP: what they are set to, and that they are shared."""

import errno
import socket
import sys
from typing import Any

import pytest

from async_upnp_client import _ssdp_sockets
from async_upnp_client._interfaces import Interface
from async_upnp_client._ssdp_sockets import (
    IP_MULTICAST_ALL,
    RECEIVE_BUFFER_BYTES,
    bind_shared,
    get_ssdp_socket,
    join_everywhere,
)
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.ssdp import SSDP_TARGET_V4, SSDP_TARGET_V6
from tests.support.udp import Routeless, ipv6_addresses

ROUTABLE = [(host, number) for host, number, link_local in ipv6_addresses() if not link_local]
LINK_LOCAL = [(host, number) for host, number, link_local in ipv6_addresses() if link_local]


@pytest.mark.uda("D-036")
@pytest.mark.uda("D-038")
@pytest.mark.uda("D-063")
def test_a_socket_for_multicast():
    sock, source, target = get_ssdp_socket(("127.0.0.1", 0), SSDP_TARGET_V4)
    with sock:
        assert (source, target) == (("127.0.0.1", 0), SSDP_TARGET_V4)
        assert sock.getsockname() == ("0.0.0.0", 0)
        assert sock.getblocking() is False
        for option in (socket.SO_REUSEADDR, socket.SO_BROADCAST):
            assert sock.getsockopt(socket.SOL_SOCKET, option) == 1
        # Linux would balance multicasts between sockets, whichever interface they came by
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT) == (sys.platform != "linux")
        assert sock.getsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL) == 2
        interface = sock.getsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, 4)
        assert socket.inet_ntoa(interface) == "127.0.0.1"


def test_a_socket_asks_for_a_large_buffer():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain:
        default = plain.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        granted = plain.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
    sock, *_ = get_ssdp_socket(("127.0.0.1", 0), ("127.0.0.1", 1900))
    with sock:
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) >= granted >= default


@pytest.mark.uda("D-036")
@pytest.mark.uda("V-008")
@pytest.mark.parametrize("hops", [1, 4])
def test_how_far_a_multicast_goes_can_be_chosen(hops: int):
    sock, *_ = get_ssdp_socket(("127.0.0.1", 0), SSDP_TARGET_V4, hops=hops)
    with sock:
        assert sock.getsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL) == hops
    sock, *_ = get_ssdp_socket(("::1", 0, 0, 0), ("FF05::C", 1900, 0, 1), hops=hops)
    with sock:
        assert sock.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS) == hops


@pytest.mark.uda("V-001")
@pytest.mark.uda("V-007")
@pytest.mark.uda("V-008")
@pytest.mark.parametrize(("group", "hops"), [("FF02::C", 2), ("FF05::C", 10)])
def test_a_socket_for_ipv6_multicast(group: str, hops: int):
    sock, _, target = get_ssdp_socket(("::", 0, 0, 1), (group, 1900, 0, 1))
    with sock:
        assert target == (group.lower(), 1900, 0, 1)
        assert sock.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY) == 1
        assert sock.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS) == hops
        assert sock.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF) == 1
        member = socket.inet_pton(socket.AF_INET6, group) + (1).to_bytes(4, sys.byteorder)
        with pytest.raises(OSError, match="already in use"):  # a member already
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, member)


@pytest.mark.uda("V-009")
@pytest.mark.skipif(not ROUTABLE, reason="this machine has no IPv6 address that is not link-local")
@pytest.mark.parametrize(("host", "interface"), ROUTABLE)
def test_a_source_that_is_not_link_local_needs_no_scope_id(host: str, interface: int):
    sock, source, target = get_ssdp_socket((host, 0, 0, 0), SSDP_TARGET_V6)
    with sock:
        sock.bind(source)
        assert sock.getsockname()[0] == host
        assert sock.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF) == interface
        assert target == ("ff02::c", 1900, 0, interface)


@pytest.mark.uda("V-009")
@pytest.mark.skipif(not LINK_LOCAL, reason="this machine has no link-local IPv6 address")
def test_a_link_local_source_may_have_its_scope_id_as_zone():
    host, interface = LINK_LOCAL[0]
    name = socket.if_indextoname(interface)
    sock, source, target = get_ssdp_socket((f"{host}%{name}", 0, 0, 0), SSDP_TARGET_V6)
    with sock:
        assert source == (host, 0, 0, interface)
        assert target == ("ff02::c", 1900, 0, interface)
        sock.bind(source)


@pytest.mark.uda("V-009")
@pytest.mark.parametrize(
    ("source", "target"),
    [
        (("fe80::1", 0, 0, 0), ("FF02::C", 1900, 0, 0)),
        (("fe80::1", 0, 0, 0), ("FF02::C", 1900, 0, 1)),
        (("fe80::1%nosuch0", 0, 0, 0), ("FF02::C", 1900, 0, 0)),
        (("::", 0, 0, 0), ("FF02::C", 1900, 0, 0)),
        (("::", 0, 0, 0), ("fe80::7", 1900, 0, 0)),
        (("localhost", 0), SSDP_TARGET_V4),
        (("127.0.0.1", 0), ("tv.local", 1900)),
        (("", 0), SSDP_TARGET_V4),
        (("::1", 0), SSDP_TARGET_V4),
        (("127.0.0.1", 0, 0, 0), ("FF02::C", 1900, 0, 1)),
    ],
)
def test_addresses_that_cannot_be_used(source: Any, target: Any):
    with pytest.raises(UpnpError):
        get_ssdp_socket(source, target)


def test_a_unicast_target_keeps_its_scope_id():
    sock, _, target = get_ssdp_socket(("::1", 0, 0, 0), ("fd00::7", 1900, 0, 0))
    sock.close()
    assert target == ("fd00::7", 1900, 0, 0)
    sock, _, target = get_ssdp_socket(("::", 0, 0, 1), ("fe80::7", 1900, 0, 0))
    sock.close()
    assert target == ("fe80::7", 1900, 0, 1)


@pytest.mark.skipif(sys.platform != "linux", reason="an option of Linux")
def test_groups_that_others_joined_are_not_heard():
    sock, *_ = get_ssdp_socket(("127.0.0.1", 0), SSDP_TARGET_V4)
    with sock:
        assert sock.getsockopt(socket.IPPROTO_IP, IP_MULTICAST_ALL) == 0


@pytest.mark.uda("D-063")
def test_a_port_is_shared_also_with_a_program_that_shares_it_its_own_way():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        sock, *_ = get_ssdp_socket(("127.0.0.1", 0), SSDP_TARGET_V4)
        with sock:
            bind_shared(sock, other.getsockname())
            assert sock.getsockname() == other.getsockname()


def test_a_port_that_is_not_shared_cannot_be_had():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        sock, *_ = get_ssdp_socket(("127.0.0.1", 0), SSDP_TARGET_V4)
        with sock, pytest.raises(OSError, match="in use") as error:
            bind_shared(sock, other.getsockname())
    assert error.value.errno == errno.EADDRINUSE


@pytest.mark.uda("D-038")
def test_a_group_is_joined_on_every_interface(monkeypatch: pytest.MonkeyPatch) -> None:
    there = [
        Interface("gone", 9, ("203.0.113.77", 0)),
        Interface("lo", 1, ("127.0.0.1", 0)),
        Interface("lo", 1, ("::1", 0, 0, 1)),
    ]
    monkeypatch.setattr(_ssdp_sockets, "usable_interfaces", lambda: there)
    sock, _, target = get_ssdp_socket(("0.0.0.0", 0), SSDP_TARGET_V4)
    member = socket.inet_aton(target[0]) + socket.inet_aton("127.0.0.1")
    with sock:
        for _ in range(2):
            join_everywhere(sock, target)
        join_everywhere(sock, ("192.0.2.1", 1900))  # no group
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_DROP_MEMBERSHIP, member)
        with pytest.raises(OSError, match="assign"):
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_DROP_MEMBERSHIP, member)


def test_a_group_is_left_where_an_interface_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    loopback, cable = Interface("lo", 1, ("127.0.0.1", 0)), Interface("eth7", 77, ("203.0.113.77", 0))
    there = [loopback, cable]
    monkeypatch.setattr(_ssdp_sockets, "usable_interfaces", lambda: there)
    sock, _, target = get_ssdp_socket(("127.0.0.1", 0), SSDP_TARGET_V4)
    with sock:
        joined = join_everywhere(sock, target)
        assert joined == {loopback}, "what is refused is tried again"
        there = []
        assert join_everywhere(sock, target, joined | {cable}) == frozenset()
        member = socket.inet_aton(target[0]) + socket.inet_aton("127.0.0.1")
        with pytest.raises(OSError, match="assign"):
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_DROP_MEMBERSHIP, member)
        there = [loopback]
        assert join_everywhere(sock, target) == {loopback}


def test_a_group_that_cannot_be_joined_yet_is_an_error_only_where_it_has_to_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loopback = Interface("lo", 1, ("127.0.0.1", 0))
    monkeypatch.setattr(socket, "socket", Routeless)
    with pytest.raises(OSError, match="No such device"):
        get_ssdp_socket(("0.0.0.0", 0), SSDP_TARGET_V4)
    sock, *_ = get_ssdp_socket(("0.0.0.0", 0), SSDP_TARGET_V4, must_join=False)
    with sock:
        monkeypatch.setattr(_ssdp_sockets, "usable_interfaces", lambda: [loopback])
        assert join_everywhere(sock, SSDP_TARGET_V4) == {loopback}


def test_where_interfaces_are_not_known_none_is_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> list[Interface]:
        raise OSError("not told")

    monkeypatch.setattr(_ssdp_sockets, "usable_interfaces", unknown)
    sock, _, target = get_ssdp_socket(("0.0.0.0", 0), SSDP_TARGET_V4)
    with sock:
        assert join_everywhere(sock, target) == frozenset()
