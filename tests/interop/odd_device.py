"""A device that is odd about events: on raw connections, so that it may misbehave to the byte.

`odd_street` runs many of them. Each prints what happens about events: JSON, a line for a request or an event.
"""

import asyncio
import itertools
import json
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from tests.support.compressed_time import compressed_loop
from tests.support.loopback import LoopbackServer, async_close
from tests.support.raw_device import answer
from tests.support.simulated import SimulatedDevice, Subscriber

ODDITIES: Final[dict[str, dict[str, Any]]] = {
    "refuses-412": {"granted": 60, "renewals": [412]},
    "refuses-500": {"granted": 60, "renewals": [500, 500]},
    "says-nothing": {"granted": 150, "renewals": [None]},
    "grants-less": {"granted": 200},
    "grants-5": {"granted": 5},
    "initial-before": {"initial": "before"},
    "initial-after": {"initial": "after"},
    "initial-missing": {"initial": "never", "services": 1},
    "reorders": {"sends": "reordered", "services": 1},
    "duplicates": {"sends": "twice", "services": 1},
    "one-connection": {"one_connection": True},
}
"""Devices by what is odd about them."""

GROUP: Final = ("239.255.255.250", 1900)
GRACE: Final = 0.1
"""Seconds in which one that takes a single connection notices that it has ended."""

REASONS: Final = {412: "Precondition Failed", 500: "Internal Server Error"}
EVENT: Final = (
    '<e:propertyset xmlns:e="urn:schemas-upnp-org:event-1-0"><e:property>'
    "<Value>{value}</Value></e:property></e:propertyset>"
)


HEADER: Final = (
    "HOST: {group[0]}:{group[1]}\r\nCACHE-CONTROL: max-age=1800\r\nLOCATION: {device.location}\r\n"
    "NT: {kind}\r\nNTS: ssdp:alive\r\nSERVER: a/1 UPnP/1.1 b/1\r\nUSN: {usn}\r\n"
    "BOOTID.UPNP.ORG: {device.boot_id}\r\nCONFIGID.UPNP.ORG: 1\r\n\r\n"
)


def show(**line: Any) -> None:
    """Print one thing that has happened."""
    print(json.dumps(line), flush=True)


@dataclass
class Called(Subscriber):
    """Whom a device has granted a subscription, and where he wants events."""

    callback: str = ""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass
class OddDevice(SimulatedDevice):
    """What a device is like."""

    sends: str = "in order"
    """How it sends events: in order, reordered (once), twice."""
    boot_id: int = 1

    @property
    def name(self) -> str:
        """What it is called."""
        return self.udn.removeprefix("uuid:")


class Served(LoopbackServer):
    """A device at its port."""

    def __init__(self, device: OddDevice) -> None:
        """Take what it is like."""
        super().__init__(device.host, device.port)
        self.device = device
        self._busy = asyncio.Lock()
        self._sending: set[asyncio.Task[None]] = set()
        self._sids = itertools.count(1)

    def show(self, **line: Any) -> None:
        """Print what has happened to it."""
        show(device=self.device.name, **line)

    # --- Requests

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of a connection."""
        if not self.device.one_connection:
            await self._async_serve(reader, writer)
            return
        try:
            async with asyncio.timeout(GRACE):
                await self._busy.acquire()
        except TimeoutError:
            self.show(closed="a second connection")
            return
        try:
            await self._async_serve(reader, writer)
        finally:
            self._busy.release()

    async def _async_serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            if not self.device.is_up:
                await reader.read()  # until the other side gives up
                return
            line, *fields = head.decode("latin-1").split("\r\n")
            method, target, _ = line.split(" ")
            headers = {name.upper(): value.strip() for name, _, value in map(split, fields)}
            await self._answer(method, target, headers, reader, writer)

    async def _answer(
        self,
        method: str,
        target: str,
        headers: dict[str, str],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        xml = {"Content-Type": "text/xml"}
        if method == "GET":
            body = self.device.description if target == "/device.xml" else self.device.SCPD
            writer.write(answer(body, headers=xml))
            return
        number, sid = int(target.rpartition("/")[2]), headers.get("SID")
        asked = "UNSUBSCRIBE" if method == "UNSUBSCRIBE" else "SUBSCRIBE" if sid is None else "renewal"
        self.device.requests.append((compressed_loop().time(), method, sid))
        then: Callable[[], None] = do_nothing
        if asked == "UNSUBSCRIBE":
            status: int | None = 200 if self.device.subscribers.pop(sid or "", None) else 412
            given: dict[str, str] = {}
        elif asked == "SUBSCRIBE":
            status, given, then = await self._subscribe(number, headers)
        else:
            status, given = self._renew(sid or "", headers)
        self.show(
            at=compressed_loop().time(),
            asked=asked,
            service=number,
            sid=given.get("SID", sid),
            answered=status,
        )
        if status is None:
            await reader.read()
            return
        writer.write(answer(status=f"{status} {REASONS.get(status, 'OK')}", headers=given))
        await writer.drain()
        then()

    async def _subscribe(
        self, number: int, headers: dict[str, str]
    ) -> tuple[int | None, dict[str, str], Callable[[], None]]:
        device = self.device
        status = device.subscriptions.pop(0) if device.subscriptions else 200
        if status != 200:
            return status, {}, do_nothing
        sid, seconds = f"uuid:{device.boot_id}-{device.port}-{next(self._sids)}", self._seconds(headers)
        callback = headers["CALLBACK"].strip("<>")
        subscriber = Called(number, compressed_loop().time() + seconds, callback=callback)
        device.subscribers[sid] = subscriber
        given, then = {"SID": sid, "TIMEOUT": f"Second-{seconds}"}, do_nothing
        if device.initial == "before":
            await self._async_send(sid, self._numbered(subscriber))
        elif device.initial == "after":
            event = self._numbered(subscriber)

            def then() -> None:
                self._start(self._async_send(sid, event, times=1 + (device.sends == "twice")))
        else:
            subscriber.seq = 1  # it got lost
        return status, given, then

    def _renew(self, sid: str, headers: dict[str, str]) -> tuple[int | None, dict[str, str]]:
        device, now = self.device, compressed_loop().time()
        status = device.renewals.pop(0) if device.renewals else 200
        if status != 200:
            return status, {}
        subscriber = device.subscribers.get(sid)
        if subscriber is None or subscriber.expires < now:
            return 412, {}
        seconds = self._seconds(headers)
        subscriber.expires = now + seconds
        return 200, {"SID": sid, "TIMEOUT": f"Second-{seconds}"}

    def _seconds(self, headers: dict[str, str]) -> int:
        return min(int(headers["TIMEOUT"].removeprefix("Second-")), self.device.granted)

    # --- Events

    def change(self, number: int) -> None:
        """Let a value change, and tell whoever subscribed."""
        device, now = self.device, compressed_loop().time()
        device.values[number] += 1
        for sid, subscriber in list(device.subscribers.items()):
            if subscriber.expires < now:
                del device.subscribers[sid]
            elif subscriber.service == number and device.is_up and isinstance(subscriber, Called):
                self._send_change(sid, subscriber)

    def _send_change(self, sid: str, subscriber: Called) -> None:
        events = [self._numbered(subscriber)]
        if self.device.sends == "reordered":
            self.device.sends = "in order"
            self.device.values[subscriber.service] += 1
            events.insert(0, self._numbered(subscriber))
        for event in events:
            self._start(self._async_send(sid, event, times=1 + (self.device.sends == "twice")))

    def _numbered(self, subscriber: Called) -> tuple[int, int]:
        """Return the number of the next event, and the value that it tells."""
        seq = subscriber.seq
        subscriber.seq += 1
        return seq, self.device.values[subscriber.service]

    async def _async_send(self, sid: str, event: tuple[int, int], times: int = 1) -> None:
        """Send an event, when those before it were answered."""
        subscriber = self.device.subscribers.get(sid)
        if not isinstance(subscriber, Called) or self.device.is_deaf:
            return
        async with subscriber.turn:
            for _ in range(times):
                try:
                    async with asyncio.timeout(30):
                        status = await self._async_notify(sid, subscriber, *event)
                except (OSError, TimeoutError, asyncio.IncompleteReadError, IndexError, ValueError):
                    status = None
                self.show(event=event[0], value=event[1], service=subscriber.service, answered=status)

    async def _async_notify(self, sid: str, subscriber: Called, seq: int, value: int) -> int:
        url = urlsplit(subscriber.callback)
        body = EVENT.format(value=value)
        head = (
            f"NOTIFY {url.path or '/'} HTTP/1.1\r\nHOST: {url.netloc}\r\nCONTENT-TYPE: text/xml\r\n"
            f"NT: upnp:event\r\nNTS: upnp:propchange\r\nSID: {sid}\r\nSEQ: {seq}\r\nConnection: close\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        reader, writer = await asyncio.open_connection(url.hostname, url.port)
        try:
            writer.write((head + body).encode())
            return int((await reader.readuntil(b"\r\n\r\n")).split()[1])
        finally:
            await async_close(writer)

    def _start(self, sending: Awaitable[None]) -> None:
        task = asyncio.ensure_future(sending)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    # --- Announcements

    async def async_announce(self) -> None:
        """Say that it is there, from where it is now."""
        device = self.device
        if self.port != device.port:
            await self.__aexit__(None, None, None)
            self._port = device.port
            await self.__aenter__()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(device.host))
            for kind in ("upnp:rootdevice", device.udn, "urn:example-org:device:D:1"):
                usn = kind if kind == device.udn else f"{device.udn}::{kind}"
                header = HEADER.format(group=GROUP, device=device, kind=kind, usn=usn)
                out.sendto(b"NOTIFY * HTTP/1.1\r\n" + header.encode(), GROUP)


def split(field: str) -> tuple[str, str, str]:
    """Split a header."""
    return field.partition(":")


def do_nothing() -> None:
    """Nothing follows."""
