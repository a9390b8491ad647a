"""Sockets for SSDP: shared with other programs, and tied to one interface (UDA 2.0 §1, Annex A).

``ssdp`` makes protocols of them. Must not know what is sent.
"""

import contextlib
import errno
import socket
import struct
import sys
from ipaddress import IPv6Address
from typing import Any, Final

from async_upnp_client._addresses import canonical_address, is_multicast, with_interface
from async_upnp_client._interfaces import Interface, usable_interfaces
from async_upnp_client._protocol.discovery import SSDP_IP_V6_SITE_LOCAL
from async_upnp_client.const import AddressTupleV6Type, AddressTupleVXType
from async_upnp_client.exceptions import UpnpError

# A search of a full network is answered by hundreds of datagrams within milliseconds; with the default of
# some 200 KiB most are lost while Python is busy. The system may grant less (net.core.rmem_max), unless it is
# asked by one who may administer the network.
RECEIVE_BUFFER_BYTES: Final = 1 << 22
# Messages stay in the local network, and pass at most a router that was set up to pass them (UDA 2.0 §1).
HOPS: Final = 2
# The site is larger than the link (UDA 2.0 Annex A).
HOPS_SITE_LOCAL: Final = 10
# Linux delivers groups that any socket of the machine has joined to all sockets on the port, unless told not
# to. The numbers are those of <linux/in.h> and <linux/in6.h>, for which Python has no names.
IP_MULTICAST_ALL: Final = 49
IPV6_MULTICAST_ALL: Final = 29
# As above, of <asm-generic/socket.h>; where a processor has another number, nothing comes of it.
SO_RCVBUFFORCE: Final = 33


def get_ssdp_socket(
    source: AddressTupleVXType,
    target: AddressTupleVXType,
    *,
    hops: int | None = None,
    must_join: bool = True,
) -> tuple[socket.socket, AddressTupleVXType, AddressTupleVXType]:
    """Make a socket for SSDP, not bound yet; return it with source and target as they can be used with it.

    A group as target is joined on the source's interface, and sent to from there. `hops` is how far a
    multicast goes: 1 stays on the link; by default 2, site-local 10. Without `must_join` a group in IPv4 that
    cannot be joined is none of the errors: `join_everywhere` tries again. Raises UpnpError for hosts that are
    no IP addresses, and for link-local ones without scope id; OSError for a source that this machine has not.
    """
    source, target = canonical_address(source), canonical_address(target)
    if len(source) != len(target):
        raise UpnpError("Source and target are not of the same family")
    if len(source) == 4 and len(target) == 4:
        target = with_interface(source, target)
    sock = socket.socket(socket.AF_INET6 if len(source) == 4 else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        _set_shared(sock)
        if len(source) == 4 and len(target) == 4:
            _set_ipv6(sock, target, hops)
        else:
            _set_ipv4(sock, source, target, hops, must_join=must_join)
    except BaseException:
        sock.close()
        raise
    return sock, source, target


def _set_shared(sock: socket.socket) -> None:
    """Share the port with the other programs that use SSDP (D-063)."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Linux shares a port by SO_REUSEADDR. SO_REUSEPORT would have it give a multicast to one socket of those
    # on the port, whichever interface it came by (seen with 6.18): see `bind_shared`.
    if sys.platform != "linux":
        _set_reuse_port(sock)
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
    if sys.platform == "linux":
        # Linux grants twice what it is asked for
        if sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) < 2 * RECEIVE_BUFFER_BYTES:
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES)


def _set_reuse_port(sock: socket.socket) -> None:
    with contextlib.suppress(AttributeError, OSError):  # what a system lacks is done without
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)


def bind_shared(sock: socket.socket, address: tuple[Any, ...]) -> None:
    """Bind to an address, also beside a program that shares it by SO_REUSEPORT alone."""
    try:
        sock.bind(address)
    except OSError as err:
        if err.errno != errno.EADDRINUSE:
            raise
        _set_reuse_port(sock)
        sock.bind(address)


def _set_ipv4(
    sock: socket.socket,
    source: AddressTupleVXType,
    target: AddressTupleVXType,
    hops: int | None,
    *,
    must_join: bool,
) -> None:
    interface = socket.inet_aton(source[0])
    if sys.platform == "linux":
        sock.setsockopt(socket.IPPROTO_IP, IP_MULTICAST_ALL, 0)
    if is_multicast(target):
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, interface)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, HOPS if hops is None else hops)
        group = socket.inet_aton(target[0]) + interface
        # without a route Linux has no interface for a group (ENODEV)
        with contextlib.nullcontext() if must_join else contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)


def join_everywhere(
    sock: socket.socket, target: AddressTupleVXType, joined: frozenset[Interface] = frozenset()
) -> frozenset[Interface]:
    """Join a group in IPv4 on every interface that there is now, and leave it on those that are gone.

    `joined` is what was returned for the socket before. What is refused is done without, until the next time.
    """
    if len(target) != 2 or not is_multicast(target):
        return joined
    try:
        there = [interface for interface in usable_interfaces() if len(interface.source) == 2]
    except OSError:
        return joined
    for gone in joined.difference(there):
        with contextlib.suppress(OSError):  # else it went on to count as one of the 20 that Linux grants
            membership = _membership(target[0], gone)
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_DROP_MEMBERSHIP, membership)
    now = set(joined.intersection(there))
    for interface in there:
        if interface not in now and _join(sock, target[0], interface):
            now.add(interface)
    return frozenset(now)


def _join(sock: socket.socket, group: str, interface: Interface) -> bool:
    try:
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, _membership(group, interface))
    except OSError as err:
        return err.errno == errno.EADDRINUSE  # it is joined already
    return True


def _membership(group: str, interface: Interface) -> bytes:
    """Return how a system names a group on an interface; Linux by a number, also when that is gone."""
    addresses = socket.inet_aton(group) + socket.inet_aton(interface.source[0])
    return addresses + struct.pack("@i", interface.index) if sys.platform == "linux" else addresses


def _set_ipv6(sock: socket.socket, target: AddressTupleV6Type, hops: int | None) -> None:
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # since Linux 4.20
            sock.setsockopt(socket.IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0)
    if is_multicast(target):
        group, interface = IPv6Address(target[0]), target[3]
        default_hops = HOPS_SITE_LOCAL if group == IPv6Address(SSDP_IP_V6_SITE_LOCAL) else HOPS
        sock.setsockopt(
            socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, default_hops if hops is None else hops
        )
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, interface)
        membership = struct.pack("@16sI", group.packed, interface)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, membership)
