"""UDP by hand on this machine's own interfaces: somebody who gets datagrams and can answer them."""

import asyncio
import errno
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

# Datagrams on loopback arrive at once; this is for machines under load.
PATIENCE = 10.0
GROUP = "239.255.255.250"


class Peer(asyncio.DatagramProtocol):
    """Another program with a socket."""

    def __init__(self) -> None:
        """Begin with nothing received."""
        self.arrived: asyncio.Queue[tuple[bytes, Any]] = asyncio.Queue()
        self.address: Any = None
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        """Take the socket."""
        self.transport = transport
        self.address = transport.get_extra_info("sockname")

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """Keep what came."""
        self.arrived.put_nowait((data, addr))

    async def receive(self) -> tuple[bytes, Any]:
        """Return the next datagram and its sender."""
        async with asyncio.timeout(PATIENCE):
            return await self.arrived.get()

    def send(self, data: bytes, address: Any) -> None:
        """Send a datagram."""
        self.transport.sendto(data, address)


@asynccontextmanager
async def peer(
    host: str = "127.0.0.1", port: int = 0, scope: int = 0, group: str = ""
) -> AsyncIterator[Peer]:
    """Open a socket; with a group, hear what is sent to it on the interface of the host."""
    ipv6 = ":" in host
    sock = socket.socket(socket.AF_INET6 if ipv6 else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if ipv6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, scope)
        else:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(host))
        sock.bind((group or host, port, 0, scope) if ipv6 else (group or host, port))
        if group and ipv6:
            member = socket.inet_pton(socket.AF_INET6, group) + struct.pack("@I", scope)
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, member)
        elif group:
            member = socket.inet_aton(group) + socket.inet_aton(host)
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        loop = asyncio.get_running_loop()
        transport, protocol = await loop.create_datagram_endpoint(Peer, sock=sock)
    except BaseException:
        sock.close()
        raise
    try:
        yield protocol
    finally:
        transport.close()
        await asyncio.sleep(0)  # the loop closes sockets on its next turn


def free_port() -> int:
    """Return a port that nobody has on any interface."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
        sock.bind(("::", 0))
        return int(sock.getsockname()[1])


def ipv6_addresses() -> list[tuple[str, int, bool]]:
    """Return this machine's IPv6 addresses: text, interface's number, whether link-local. Linux tells."""
    found = []
    path = Path("/proc/net/if_inet6")
    for line in path.read_text("ascii").splitlines() if path.exists() else []:
        digits, number, _prefix, scope, *_ = line.split()
        address = socket.inet_ntop(socket.AF_INET6, bytes.fromhex(digits))
        found.append((address, int(number, 16), scope == "20"))
    return found


class Routeless(socket.socket):
    """A socket of a machine without a route for multicasts: there is no interface for the group."""

    def setsockopt(self, level: int, option: int, *value: Any) -> None:
        """Refuse to choose an interface."""
        if (level, option) == (socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP) and value[0].endswith(bytes(4)):
            raise OSError(errno.ENODEV, "No such device")
        super().setsockopt(level, option, *value)
