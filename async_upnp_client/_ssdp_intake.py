"""Datagrams of an SSDP socket, on their way from the system to who reads them (UDA 2.0 §1).

``ssdp`` puts an `Intake` between a transport and its protocol. A search of a full network is answered by
thousands of datagrams within milliseconds, sooner than they can be decoded, and the system's buffer holds
some hundred: they are taken out of it first, and looked at after. Must not know what they say.
"""

import asyncio
import socket
import sys
from collections import deque
from typing import Any, Final

from async_upnp_client.const import AddressTupleVXType
from async_upnp_client.limits import Limits

# Datagrams looked at before those that came meanwhile are taken in and others have their turn: some
# milliseconds at most, in which a buffer of the usual 200 KiB is not filled.
LOOKED_AT_PER_TURN: Final = 32
# What a datagram takes in memory beside its bytes: the objects round it, and the address.
BYTES_BESIDE: Final = 256


class Intake(asyncio.DatagramProtocol):
    """Stands before a protocol, and hands it what came, in order, when it is its turn.

    What is beyond `Limits.waiting_bytes` is left to the system, which drops what it has no room for.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        protocol: asyncio.DatagramProtocol,
        sock: socket.socket,
        limits: Limits,
    ) -> None:
        self._loop = loop
        self._protocol = protocol
        self._sock: socket.socket | None = sock
        # one more than is used, so that a longer datagram, which is cut, is known by it
        self._longest = limits.datagram_bytes + 1
        self._most = limits.waiting_bytes
        self._transport: Any = None
        self._waiting: deque[tuple[bytes, AddressTupleVXType]] = deque()
        self._size = 0
        self._turn: asyncio.Handle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport; the socket is open."""
        self._transport = transport
        # Windows has a read under way all the time; and a transport of another kind reads no socket.
        if sys.platform == "win32" or transport.get_extra_info("socket") is None:
            self._sock = None
        self._protocol.connection_made(transport)  # type: ignore[arg-type]  # it is one of datagrams

    def datagram_received(self, data: bytes, addr: AddressTupleVXType) -> None:
        """Take a datagram, and with it all that are in the socket's buffer."""
        if self._sock is None:
            self._protocol.datagram_received(data, addr)
            return
        self._put(data, addr)
        if self._turn is None:
            self._look()

    def error_received(self, exc: Exception) -> None:
        """Hand on an error of the socket."""
        self._protocol.error_received(exc)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let the transport go, and what waits; the socket is closed."""
        self._sock = None
        self._waiting.clear()
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None
        self._protocol.connection_lost(exc)

    def _put(self, data: bytes, addr: AddressTupleVXType) -> None:
        self._waiting.append((data, addr))
        self._size += len(data) + BYTES_BESIDE

    def _fetch(self, sock: socket.socket) -> None:
        """Take what is in the socket's buffer."""
        try:
            while self._size < self._most:
                self._put(*sock.recvfrom(self._longest))
        except (BlockingIOError, InterruptedError):
            pass
        except OSError as err:
            self._protocol.error_received(err)

    def _look(self) -> None:
        """Hand on some of what waits; if there is more, another turn of the loop comes for it."""
        self._turn = None
        waiting, transport, receive = self._waiting, self._transport, self._protocol.datagram_received
        if self._sock is not None and not transport.is_closing():
            self._fetch(self._sock)
        for _ in range(LOOKED_AT_PER_TURN):
            # a callback may have closed it
            if not waiting or transport.is_closing():
                return
            data, addr = waiting.popleft()
            self._size -= len(data) + BYTES_BESIDE
            receive(data, addr)
        if waiting:
            self._turn = self._loop.call_soon(self._look)
