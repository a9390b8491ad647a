"""SSDP over UDP (UDA 2.0 §1): sockets, and the protocol that makes messages of datagrams.

`advertisement`, `search` and the device side open their sockets here. What the messages say is written and
read in ``_protocol.discovery``, whose names this module shows; it must not know what a message is about.
"""

import asyncio
import contextlib
import logging
import socket
import struct
import sys
from collections.abc import Callable, Coroutine
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Any, Final, Protocol, runtime_checkable

from async_upnp_client._addresses import (
    fix_ipv6_address_scope_id,
    get_adjusted_url,
    get_host_port_string,
    get_host_string,
    ip_port_from_address_tuple,
    is_ipv4_address,
    is_ipv6_address,
    is_link_local,
    is_multicast,
)
from async_upnp_client._callbacks import CallbackTasks
from async_upnp_client._headers import CaseInsensitiveDict, shown
from async_upnp_client._protocol import discovery
from async_upnp_client._protocol.discovery import (
    LOWER__HOST,
    LOWER__LOCAL_ADDR,
    LOWER__LOCATION_ORIGINAL,
    LOWER__PORT,
    LOWER__REMOTE_ADDR,
    LOWER__TIMESTAMP,
    LOWER__UDN,
    LOWER_LOCATION,
    SSDP_DISCOVER,
    SSDP_IP_V4,
    SSDP_IP_V6,
    SSDP_IP_V6_GLOBAL,
    SSDP_IP_V6_LINK_LOCAL,
    SSDP_IP_V6_ORGANISATION_LOCAL,
    SSDP_IP_V6_SITE_LOCAL,
    SSDP_MX,
    SSDP_PORT,
    SSDP_ST_ALL,
    SSDP_ST_ROOTDEVICE,
    SSDP_TARGET,
    SSDP_TARGET_V4,
    SSDP_TARGET_V6,
    build_ssdp_packet,
    build_ssdp_search_packet,
    is_valid_ssdp_packet,
    udn_from_headers,
    udn_from_usn,
)
from async_upnp_client.const import AddressTupleV6Type, AddressTupleVXType, IPvXAddress, SsdpHeaders
from async_upnp_client.exceptions import UpnpError

__all__ = [
    "LOWER_LOCATION",
    "LOWER__HOST",
    "LOWER__LOCAL_ADDR",
    "LOWER__LOCATION_ORIGINAL",
    "LOWER__PORT",
    "LOWER__REMOTE_ADDR",
    "LOWER__TIMESTAMP",
    "LOWER__UDN",
    "SSDP_DISCOVER",
    "SSDP_IP_V4",
    "SSDP_IP_V6",
    "SSDP_IP_V6_GLOBAL",
    "SSDP_IP_V6_LINK_LOCAL",
    "SSDP_IP_V6_ORGANISATION_LOCAL",
    "SSDP_IP_V6_SITE_LOCAL",
    "SSDP_MX",
    "SSDP_PORT",
    "SSDP_ST_ALL",
    "SSDP_ST_ROOTDEVICE",
    "SSDP_TARGET",
    "SSDP_TARGET_V4",
    "SSDP_TARGET_V6",
    "AddressTupleVXType",
    "CaseInsensitiveDict",
    "IPvXAddress",
    "SsdpEndpoint",
    "SsdpHeaders",
    "SsdpProtocol",
    "build_ssdp_packet",
    "build_ssdp_search_packet",
    "decode_ssdp_packet",
    "determine_source_target",
    "fix_ipv6_address_scope_id",
    "get_adjusted_url",
    "get_host_port_string",
    "get_host_string",
    "get_ssdp_socket",
    "ip_port_from_address_tuple",
    "is_ipv4_address",
    "is_ipv6_address",
    "is_valid_ssdp_packet",
    "udn_from_headers",
    "udn_from_usn",
]

_LOGGER = logging.getLogger(__name__)
_LOGGER_TRAFFIC_SSDP = logging.getLogger("async_upnp_client.traffic.ssdp")

# A search of a full network is answered by hundreds of datagrams within milliseconds; with the default of
# some 200 KiB most are lost while Python is busy. The system may grant less.
RECEIVE_BUFFER_BYTES: Final = 1 << 20
# No datagram is larger. asyncio takes a buffer of four times that for each, which costs more than decoding.
DATAGRAM_BYTES: Final = 1 << 16
# Messages stay in the local network, and pass at most a router that was set up to pass them (UDA 2.0 §1).
HOPS: Final = 2
# The site is larger than the link (UDA 2.0 Annex A).
HOPS_SITE_LOCAL: Final = 10
# Shown in the traffic log; real messages are shorter.
TRAFFIC_CHARACTERS: Final = 4096

# Linux delivers groups that any socket of the machine has joined to all sockets on the port, unless told not
# to. The numbers are those of <linux/in.h> and <linux/in6.h>, for which Python has no names.
IP_MULTICAST_ALL: Final = 49
IPV6_MULTICAST_ALL: Final = 29
# Addresses of this machine, each with the number of its interface; Linux only.
IF_INET6: Final = Path("/proc/net/if_inet6")


def decode_ssdp_packet(
    data: bytes, local_addr: AddressTupleVXType | None, remote_addr: AddressTupleVXType
) -> tuple[str, CaseInsensitiveDict]:
    """Read a datagram that came just now: canonical start line, and headers.

    The headers are those received, and ``_host``, ``_port``, ``_remote_addr``, ``_local_addr``,
    ``_timestamp`` (local time, naive), ``_udn`` if the USN has one. `location` has the zone it was heard from
    if it needs one; ``_location_original`` is as received. Raises UpnpContentError if it is no SSDP.
    """
    return discovery.decode_ssdp_packet(data, local_addr, remote_addr, datetime.now())


@runtime_checkable
class _HasMaxSize(Protocol):
    max_size: int


class SsdpProtocol(asyncio.DatagramProtocol):
    """Makes SSDP messages of datagrams, and hands start line and headers to its callbacks.

    Whatever comes, from whomever, and whatever a callback raises: nothing is raised into the event loop.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        async_on_connect: Callable[[asyncio.DatagramTransport], Coroutine[Any, Any, None]] | None = None,
        on_connect: Callable[[asyncio.DatagramTransport], None] | None = None,
        async_on_data: Callable[[str, CaseInsensitiveDict], Coroutine[Any, Any, None]] | None = None,
        on_data: Callable[[str, CaseInsensitiveDict], None] | None = None,
    ) -> None:
        self.loop = loop
        self.async_on_connect = async_on_connect
        self.on_connect = on_connect
        self.async_on_data = async_on_data
        self.on_data = on_data
        self.transport: asyncio.DatagramTransport | None = None
        self.local_addr: AddressTupleVXType | None = None
        self.is_lost = False
        self._callbacks = CallbackTasks(_LOGGER)
        self._reported: set[int | None] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport; the socket is open."""
        self.transport = transport  # type: ignore[assignment]  # the base class types it for streams too
        self.local_addr = transport.get_extra_info("sockname")
        if isinstance(transport, _HasMaxSize):
            transport.max_size = DATAGRAM_BYTES
        _LOGGER.debug("Open: %s", self.local_addr)
        self._callbacks.call(self.async_on_connect, self.on_connect, transport)

    def datagram_received(self, data: bytes, addr: AddressTupleVXType) -> None:
        """Decode a datagram and call back; what is no SSDP is dropped."""
        if _LOGGER_TRAFFIC_SSDP.isEnabledFor(logging.DEBUG):
            _LOGGER_TRAFFIC_SSDP.debug(
                "Received from %s at %s: %s", addr, self.local_addr, shown(data, TRAFFIC_CHARACTERS)
            )
        try:
            decoded = discovery.decode_if_ssdp(data, self.local_addr, addr, datetime.now())
        except Exception:
            # nothing is known to get here but a sender's address of an unknown form
            _LOGGER.debug("Cannot use a datagram from %s: %s", addr, shown(data), exc_info=True)
            return
        if decoded is not None:
            self._callbacks.call(self.async_on_data, self.on_data, *decoded)
        elif _LOGGER.isEnabledFor(logging.DEBUG):
            _LOGGER.debug("Not SSDP, from %s: %s", addr, shown(data))

    def error_received(self, exc: Exception) -> None:
        """Report that a datagram could not be sent, once for each cause: it is likely to be so every time."""
        number = exc.errno if isinstance(exc, OSError) else None
        level = logging.DEBUG if number in self._reported else logging.WARNING
        self._reported.add(number)
        _LOGGER.log(level, "Socket %s reports: %s", self.local_addr, exc)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let the transport go; the socket is closed."""
        _LOGGER.debug("Closed: %s (%s)", self.local_addr, exc)
        self.transport = None
        self.is_lost = True

    def send_ssdp_packet(self, packet: bytes, target: AddressTupleVXType) -> None:
        """Send a datagram; AssertionError before the socket is open."""
        if self.transport is None:
            raise AssertionError("The socket is not open")
        if _LOGGER_TRAFFIC_SSDP.isEnabledFor(logging.DEBUG):
            _LOGGER_TRAFFIC_SSDP.debug(
                "Sent from %s to %s: %s", self.local_addr, target, shown(packet, TRAFFIC_CHARACTERS)
            )
        self.transport.sendto(packet, target)


class SsdpEndpoint:
    """The one socket of a listener: opened once however often it is asked for, closed whatever happens."""

    def __init__(self) -> None:
        self._protocol: SsdpProtocol | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can be sent from."""
        return self._protocol is not None and self._protocol.transport is not None

    @property
    def is_wanted(self) -> bool:
        """Whether it is open, or being opened."""
        return self._protocol is not None and not self._protocol.is_lost

    async def async_open(self, protocol: SsdpProtocol, sock: socket.socket, address: tuple[Any, ...]) -> None:
        """Bind the socket to an address and receive; OSError if the address cannot be had."""
        self._protocol = protocol
        try:
            sock.bind(address)
            transport, _ = await protocol.loop.create_datagram_endpoint(lambda: protocol, sock=sock)
        except BaseException:
            sock.close()
            if self._protocol is protocol:
                self._protocol = None
            raise
        if self._protocol is not protocol:  # closed while it was opened
            transport.close()

    def send(self, packet: bytes, target: AddressTupleVXType) -> None:
        """Send a datagram; AssertionError if it is not open."""
        if self._protocol is None:
            raise AssertionError("The socket is not open")
        self._protocol.send_ssdp_packet(packet, target)

    def close(self) -> None:
        """Close the socket, if there is one."""
        protocol, self._protocol = self._protocol, None
        if protocol is not None and protocol.transport is not None:
            protocol.transport.close()


def determine_source_target(
    source: AddressTupleVXType | None = None, target: AddressTupleVXType | None = None
) -> tuple[AddressTupleVXType, AddressTupleVXType]:
    """Complete source and target: the wildcard address, SSDP's group, of the family that the other has.

    Raises UpnpError if they are of different families.
    """
    if source is None:
        if target is not None and len(target) == 4:
            return ("::", 0, 0, target[3]), target
        return ("0.0.0.0", 0), target or SSDP_TARGET_V4  # noqa: S104  # all interfaces is what no source means
    if target is None:
        if len(source) == 4:
            return source, (*SSDP_TARGET_V6[:3], source[3])
        return source, SSDP_TARGET_V4
    if len(source) != len(target):
        raise UpnpError("Source and target are not of the same family")
    return source, target


def get_ssdp_socket(
    source: AddressTupleVXType, target: AddressTupleVXType, *, hops: int | None = None
) -> tuple[socket.socket, AddressTupleVXType, AddressTupleVXType]:
    """Make a socket for SSDP, not bound yet; return it with source and target as they can be used with it.

    A group as target is joined on the source's interface, and sent to from there. `hops` is how far a
    multicast goes: 1 stays on the link; by default 2, site-local 10. Raises UpnpError for hosts that are no
    IP addresses, and for link-local ones without scope id; OSError for a source that this machine has not.
    """
    source, target = _usable(source), _usable(target)
    if len(source) != len(target):
        raise UpnpError("Source and target are not of the same family")
    if len(source) == 4 and len(target) == 4:
        target = _with_interface(source, target)
    sock = socket.socket(socket.AF_INET6 if len(source) == 4 else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        _set_shared(sock)
        if len(source) == 4 and len(target) == 4:
            _set_ipv6(sock, target, hops)
        else:
            _set_ipv4(sock, source, target, hops)
    except BaseException:
        sock.close()
        raise
    return sock, source, target


def _usable(address: AddressTupleVXType) -> AddressTupleVXType:
    """Return the address with its zone as scope id, and in its canonical spelling."""
    host, *rest = fix_ipv6_address_scope_id(address) or address
    try:
        ip = ip_address(host)
    except ValueError as err:
        raise UpnpError(f"No IP address: {shown(host)}") from err
    if (ip.version == 6) != (len(address) == 4):
        raise UpnpError(f"No address of its family: {address}")
    return (str(ip), *rest)  # type: ignore[return-value]  # mypy loses the length of the tuple


def _with_interface(source: AddressTupleV6Type, target: AddressTupleV6Type) -> AddressTupleV6Type:
    """Complete the target's scope id from the source, where it needs one; UpnpError if that cannot be.

    An address that is not link-local, as source, needs none itself: it says by itself which interface it is.
    """
    if is_link_local(source[0]) and not source[3]:
        raise UpnpError(f"Source needs a scope id: {source}")
    scope = target[3] or source[3]
    if is_multicast(target):
        scope = scope or _interface_of(source[0])
        if not scope and IPv6Address(source[0]).is_unspecified:
            raise UpnpError(f"Source or target needs a scope id: {source}, {target}")
    elif not is_link_local(target[0]):
        return target
    elif not scope:
        raise UpnpError(f"Target needs a scope id: {target}")
    return (*target[:3], scope)


def _interface_of(host: str) -> int:
    """Return the number of the interface that has this IPv6 address; 0 where the system does not tell."""
    wanted = IPv6Address(host).packed.hex()
    with contextlib.suppress(OSError):
        for line in IF_INET6.read_text("ascii").splitlines():
            address, number, *_ = line.split()
            if address == wanted:
                return int(number, 16)
    return 0


def _set_shared(sock: socket.socket) -> None:
    """Share the port with the other programs that use SSDP (D-063)."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # what a system lacks of these is done without
    with contextlib.suppress(AttributeError, OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)


def _set_ipv4(
    sock: socket.socket, source: AddressTupleVXType, target: AddressTupleVXType, hops: int | None
) -> None:
    interface = socket.inet_aton(source[0])
    if sys.platform == "linux":
        sock.setsockopt(socket.IPPROTO_IP, IP_MULTICAST_ALL, 0)
    if is_multicast(target):
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, interface)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, HOPS if hops is None else hops)
        group = socket.inet_aton(target[0]) + interface
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)


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
