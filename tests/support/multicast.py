"""SSDP without a network: datagrams between protocols in memory, on the loop's next turn.

What is tested gets `MulticastLoop` as its `loop` argument; it opens its sockets as ever; nobody reads them.
"""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

Address = tuple[Any, ...]


class Multicast:
    """One network segment. Every packet is kept in `packets`: (data, sender, target)."""

    def __init__(self) -> None:
        """Begin with nobody on it, and no loss."""
        self.members: list[MemoryTransport] = []
        self.packets: list[tuple[bytes, Address, Address]] = []
        self.lose: Callable[[bytes, int], bool] = lambda _data, _number: False

    def send(self, data: bytes, sender: Address, target: Address) -> None:
        """Carry a datagram to every listener on the target's port, or to the one at the target's address."""
        number = len(self.packets)
        self.packets.append((data, sender, target))
        if self.lose(data, number):
            return
        for member in tuple(self.members):
            if member.hears(target):
                member.loop.call_soon(member.receive, data, sender)

    def sent_to(self, target: Address) -> list[bytes]:
        """Return what was sent to an address."""
        return [data for data, _, to in self.packets if to[:2] == target[:2]]


class MemoryTransport(asyncio.DatagramTransport):
    """A datagram endpoint on a `Multicast` segment."""

    def __init__(
        self, segment: Multicast, loop: asyncio.AbstractEventLoop, protocol: Any, sock: socket.socket
    ) -> None:
        """Join the segment in the place of a socket."""
        super().__init__({"sockname": sock.getsockname()})
        self.segment = segment
        self.loop = loop
        self.protocol = protocol
        self.sock = sock
        self.address: Address = sock.getsockname()
        if not self.address[1]:  # never bound: the system chooses when it sends
            port = 40000 + len(segment.members)
            ipv4 = sock.family == socket.AF_INET
            self.address = ("198.51.100.1", port) if ipv4 else ("2001:db8::1", port, 0, 0)
        segment.members.append(self)

    def hears(self, target: Address) -> bool:
        """Tell whether a datagram for this target comes here."""
        multicast = target[0].startswith(("224.", "239.")) or target[0].lower().startswith("ff")
        return bool(target[1] == self.address[1] and (multicast or target[0] == self.address[0]))

    def receive(self, data: bytes, sender: Address) -> None:
        """Hand a datagram to the protocol, unless the endpoint was closed meanwhile."""
        if self in self.segment.members:
            self.protocol.datagram_received(data, sender)

    def sendto(self, data: Any, addr: Any = None) -> None:
        """Send a datagram into the segment."""
        self.segment.send(bytes(data), self.address, addr)

    def is_closing(self) -> bool:
        """Tell whether it was closed."""
        return self not in self.segment.members

    def close(self) -> None:
        """Leave the segment and close the socket."""
        if self in self.segment.members:
            self.segment.members.remove(self)
            self.sock.close()
            self.loop.call_soon(self.protocol.connection_lost, None)

    abort = close


class MulticastLoop:
    """The running loop, save that its datagram endpoints are on a `Multicast` segment."""

    def __init__(self, segment: Multicast) -> None:
        """Stand in front of the loop that runs now."""
        self._segment = segment
        self._loop = asyncio.get_running_loop()

    def __getattr__(self, name: str) -> Any:
        """Everything else is the running loop's."""
        return getattr(self._loop, name)

    async def create_datagram_endpoint(
        self, protocol_factory: Callable[[], Any], *, sock: socket.socket
    ) -> tuple[MemoryTransport, Any]:
        """Open an endpoint on the segment."""
        protocol = protocol_factory()
        transport = MemoryTransport(self._segment, self._loop, protocol, sock)
        self._loop.call_soon(protocol.connection_made, transport)
        await asyncio.sleep(0)
        return transport, protocol
