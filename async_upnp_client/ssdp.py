"""SSDP over UDP (UDA 2.0 §1): sockets, and the protocol that makes messages of datagrams.

`advertisement`, `search` and the device side open their sockets here. What the messages say is written and
read in ``_protocol.discovery``, whose names this module shows; it must not know what a message is about.
"""

import asyncio
import logging
import socket
from collections.abc import Callable, Coroutine
from datetime import datetime
from logging import DEBUG
from typing import Any, Final, Protocol, runtime_checkable

from async_upnp_client._addresses import (
    fix_ipv6_address_scope_id,
    get_adjusted_url,
    get_host_port_string,
    get_host_string,
    ip_port_from_address_tuple,
    is_ipv4_address,
    is_ipv6_address,
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
    received_headers,
    udn_from_headers,
)
from async_upnp_client._protocol.ssdp_message import is_valid_ssdp_packet, reader, udn_from_usn
from async_upnp_client._quiet import QuietLog, SocketTrouble
from async_upnp_client._ssdp_intake import Intake
from async_upnp_client._ssdp_sockets import bind_shared, get_ssdp_socket
from async_upnp_client.const import AddressTupleVXType, IPvXAddress, SsdpHeaders
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits

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

# Shown in the traffic log; real messages are shorter.
TRAFFIC_CHARACTERS: Final = 4096

NO_SSDP: Final = "Not SSDP, from %s: %s"
TOO_LONG: Final = "Datagram from %s is too long: %s"


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
        *,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self.loop = loop
        self.async_on_connect = async_on_connect
        self.on_connect = on_connect
        self.async_on_data = async_on_data
        self.on_data = on_data
        self.transport: asyncio.DatagramTransport | None = None
        self.local_addr: AddressTupleVXType | None = None
        self.is_lost = False
        self.limits = limits
        self._callbacks = CallbackTasks(_LOGGER, limits.callbacks)
        self._quiet = QuietLog(_LOGGER, limits.log_reasons)
        self._read = reader(limits).read
        # a socket that cannot send may well receive, and the other way round
        self._sending = SocketTrouble(_LOGGER)
        self._receiving = SocketTrouble(_LOGGER)
        self._is_sending = False
        self._has_failed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport; the socket is open."""
        self.transport = transport  # type: ignore[assignment]  # the base class types it for streams too
        self.local_addr = transport.get_extra_info("sockname")
        if isinstance(transport, _HasMaxSize):
            # one more than is used, so that a longer datagram, which is cut, is known by it. asyncio takes a
            # buffer of 256 KiB for each datagram, which costs more than decoding.
            transport.max_size = self.limits.datagram_bytes + 1
        _LOGGER.debug("Open: %s", self.local_addr)
        self._callbacks.call(self.async_on_connect, self.on_connect, transport)

    def datagram_received(self, data: bytes, addr: AddressTupleVXType) -> None:
        """Decode a datagram and call back; what is no SSDP is dropped."""
        if _LOGGER_TRAFFIC_SSDP.isEnabledFor(DEBUG):
            _LOGGER_TRAFFIC_SSDP.debug(
                "Received from %s at %s: %s", addr, self.local_addr, shown(data, TRAFFIC_CHARACTERS)
            )
        if self._receiving.is_there:
            self._receiving.has_worked(self.local_addr)
        message = self._read(data)
        if message is None:
            if _LOGGER.isEnabledFor(DEBUG):
                is_too_long = len(data) > self.limits.datagram_bytes
                self._report(TOO_LONG if is_too_long else NO_SSDP, addr, data)
            return
        try:
            headers = received_headers(message, self.local_addr, addr, datetime.now())
        except Exception:  # noqa: BLE001  # nothing is known to get here but an address of an unknown form
            self._report("Cannot use a datagram from %s: %s", addr, data)
            return
        self._callbacks.call(self.async_on_data, self.on_data, message[0], headers)

    def _report(self, reason: str, addr: object, data: bytes) -> None:
        """Tell the log of a datagram, by the host that it came from."""
        host = addr[0] if isinstance(addr, tuple) and addr else addr
        self._quiet.report(reason, shown(host), shown(data))

    def error_received(self, exc: Exception) -> None:
        """Report that a datagram could not be sent or received; see `SocketTrouble` for how often."""
        self._has_failed = True
        trouble = self._sending if self._is_sending else self._receiving
        trouble.note(self.local_addr, exc)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let the transport go; the socket is closed."""
        _LOGGER.debug("Closed: %s (%s)", self.local_addr, exc)
        self.transport = None
        self.is_lost = True

    def send_ssdp_packet(self, packet: bytes, target: AddressTupleVXType) -> None:
        """Send a datagram; AssertionError before the socket is open."""
        if self.transport is None:
            raise AssertionError("The socket is not open")
        if _LOGGER_TRAFFIC_SSDP.isEnabledFor(DEBUG):
            _LOGGER_TRAFFIC_SSDP.debug(
                "Sent from %s to %s: %s", self.local_addr, target, shown(packet, TRAFFIC_CHARACTERS)
            )
        self._is_sending, self._has_failed = True, False
        try:
            self.transport.sendto(packet, target)
        finally:
            self._is_sending = False
        if self._sending.is_there and not self._has_failed:
            self._sending.has_worked(self.local_addr)


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

    @property
    def port(self) -> int:
        """The port it has; 0 while it is not open."""
        address = self._protocol.local_addr if self._protocol is not None else None
        return address[1] if address is not None else 0

    async def async_open(self, protocol: SsdpProtocol, sock: socket.socket, address: tuple[Any, ...]) -> None:
        """Bind the socket to an address and receive; OSError if the address cannot be had."""
        self._protocol = protocol
        try:
            bind_shared(sock, address)
            intake = Intake(protocol.loop, protocol, sock, protocol.limits)
            transport, _ = await protocol.loop.create_datagram_endpoint(lambda: intake, sock=sock)
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
