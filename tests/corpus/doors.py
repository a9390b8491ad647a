"""The ways in for datagrams, descriptions and calls, all of them public, and what a user sees behind them."""

import asyncio
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientSession
from multidict import CIMultiDict, CIMultiDictProxy

from async_upnp_client.aiohttp import AiohttpRequester, AiohttpSessionRequester
from async_upnp_client.client import UpnpDevice, UpnpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.ssdp_listener import SsdpDevice, SsdpListener
from tests.corpus.builders import LOCATION, UDN, description, service
from tests.support.raw_device import RawDevice

PATIENCE = 10.0
SID = "uuid:subscription"


def received(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Return headers as HTTP libraries hand them over: found in any spelling."""
    return CIMultiDictProxy(CIMultiDict(headers))


# ---- SSDP


class MemoryTransport(asyncio.DatagramTransport):
    """A socket that nobody reads."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__({"socket": sock, "sockname": sock.getsockname()})
        self.sock = sock

    def sendto(self, data: Any, addr: Any = None) -> None:
        """Send nothing."""

    def is_closing(self) -> bool:
        """Tell whether it was closed."""
        return self.sock.fileno() < 0

    def close(self) -> None:
        """Close the socket."""
        self.sock.close()


class MemoryLoop:
    """The running loop, but with datagrams in memory: `protocols` are what was to hear them, in order."""

    def __init__(self) -> None:
        self.protocols: list[Any] = []
        self._loop = asyncio.get_running_loop()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loop, name)

    async def create_datagram_endpoint(
        self, factory: Callable[[], Any], *, sock: socket.socket, **_: Any
    ) -> tuple[MemoryTransport, Any]:
        """Make an endpoint of a socket."""
        protocol, transport = factory(), MemoryTransport(sock)
        self.protocols.append(protocol)
        protocol.connection_made(transport)
        return transport, protocol


class Ears:
    """What the user of an `SsdpListener` sees."""

    def __init__(self) -> None:
        self.listener: Any = None
        self.told: list[tuple[str, str, str]] = []

    def tell(self, device: SsdpDevice, kind: str, source: Any) -> None:
        """Take a call of the listener."""
        self.told.append((device.udn, kind, source.value))

    @property
    def devices(self) -> Mapping[str, SsdpDevice]:
        """The devices known."""
        found: Mapping[str, SsdpDevice] = self.listener.devices
        return found

    @property
    def locations(self) -> dict[str, str | None]:
        """The devices known, each with its location."""
        return {udn: device.location for udn, device in self.devices.items()}

    def header(self, kind: str, name: str, udn: str = UDN) -> Any:
        """A header that a device was heard with."""
        return self.devices[udn].combined_headers(kind).get(name)

    def times_told(self, *sources: str) -> int:
        """How often something was told, of those sources."""
        return sum(source in sources for _, _, source in self.told)


@dataclass(frozen=True)
class Heard:
    """Datagrams come to an `SsdpListener`."""

    datagrams: Sequence[bytes]
    look: Callable[[Ears], Any] = lambda ears: ears.locations
    senders: Sequence[tuple[Any, ...]] = (("192.0.2.9", 1900),)

    async def observed(self) -> Any:
        """Let them come, from the senders in turn, and look."""
        loop, ears = MemoryLoop(), Ears()
        listener = SsdpListener(callback=ears.tell, source=("127.0.0.1", 0), loop=loop)  # type: ignore[arg-type]  # stands in for a loop
        ears.listener = listener
        await listener.async_start()
        try:
            announcements, answers = loop.protocols[:2]
            for number, datagram in enumerate(self.datagrams):
                protocol = answers if datagram.startswith(b"HTTP") else announcements
                protocol.datagram_received(datagram, self.senders[number % len(self.senders)])
                await asyncio.sleep(0)
            return self.look(ears)
        finally:
            await listener.async_stop()


# ---- descriptions

Files = Mapping[str, "str | int | bytes | Exception"]


class Web(UpnpRequester):
    """An HTTP in memory: texts by path, or a status, or an error. `asked` holds the requests."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.asked: list[HttpRequest] = []

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        """Answer from the files; subscriptions are granted."""
        self.asked.append(http_request)
        if http_request.method == "SUBSCRIBE":
            return HttpResponse(200, received({"SID": SID, "TIMEOUT": "Second-1800"}), "")
        found = self.files.get(urlsplit(http_request.url).path, 404)
        if isinstance(found, Exception):
            raise found
        if isinstance(found, int):
            return HttpResponse(found, received({}), "")
        assert isinstance(found, str)
        return HttpResponse(200, received({}), found)

    @property
    def paths(self) -> list[str]:
        """The paths asked for."""
        return [urlsplit(request.url).path for request in self.asked]


@dataclass(frozen=True)
class Described:
    """A device is made of its descriptions, in memory, or over HTTP with the bytes of whole answers."""

    files: Files
    look: Callable[[UpnpDevice], Any] = lambda device: device.friendly_name
    location: str = LOCATION

    async def observed(self) -> Any:
        """Make the device and look."""
        if any(isinstance(found, bytes) for found in self.files.values()):
            answers = {
                path: raw_answer(found.encode()) if isinstance(found, str) else found
                for path, found in self.files.items()
            }
            async with RawDevice(answers) as raw:
                url = raw.url(urlsplit(self.location).path)
                return self.look(
                    await UpnpFactory(AiohttpRequester(), non_strict=True).async_create_device(url)
                )
        web = Web(self.files)
        return self.look(await UpnpFactory(web, non_strict=True).async_create_device(self.location))


def asked(device: UpnpDevice) -> list[str]:
    """Return the paths that a device in memory was asked for."""
    assert isinstance(device.requester, Web)
    return device.requester.paths


# ---- control


@dataclass(frozen=True)
class Called:
    """An action is called: the device answers with this text and status, or over HTTP with these bytes."""

    scpd: str
    action: str
    answer: str | Sequence[object] | None
    status: int = 200
    arguments: Mapping[str, Any] = field(default_factory=dict)
    look: Callable[[Mapping[str, Any]], Any] = dict

    async def observed(self) -> Any:
        """Call it, and look at what is returned."""
        files = {"/d.xml": description(service()), "/scpd.xml": self.scpd}
        if isinstance(self.answer, str | None):
            web = AnsweringWeb(files, HttpResponse(self.status, received({}), self.answer))
            device = await UpnpFactory(web, non_strict=True).async_create_device("http://192.0.2.9/d.xml")
            return self.look(await self.call(device))
        answers = {path: raw_answer(text.encode()) for path, text in files.items()}
        async with RawDevice({**answers, "/control": list(self.answer)}) as raw, ClientSession() as session:
            factory = UpnpFactory(AiohttpSessionRequester(session), non_strict=True)
            device = await factory.async_create_device(raw.url("/d.xml"))
            return self.look(await self.call(device))

    async def call(self, device: UpnpDevice) -> Mapping[str, Any]:
        """Call it once for each answer that is a text, and return the last."""
        found = next(iter(device.services.values())).action(self.action)
        times = 1
        if not isinstance(self.answer, str | None):
            times = sum(isinstance(one, bytes) for one in self.answer)
        result: Mapping[str, Any] = {}
        async with asyncio.timeout(PATIENCE):
            for _ in range(times):
                result = await found.async_call(**self.arguments)
        return result


class AnsweringWeb(Web):
    """A `Web` that answers calls."""

    def __init__(self, files: Files, answer: HttpResponse) -> None:
        super().__init__(files)
        self.answer = answer

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        """Answer a call, or from the files."""
        if http_request.method == "POST":
            return self.answer
        return await super().async_http_request(http_request)


@dataclass(frozen=True)
class Sent:
    """An action is called over HTTP: what comes to the device."""

    scpd: str
    action: str
    answer: bytes
    look: Callable[[bytes], Any]
    arguments: Mapping[str, Any] = field(default_factory=dict)

    async def observed(self) -> Any:
        """Call it, and look at the bytes of the request."""
        files = {"/d.xml": description(service()), "/scpd.xml": self.scpd}
        answers = {path: raw_answer(text.encode()) for path, text in files.items()}
        async with RawDevice({**answers, "/control": self.answer}) as raw:
            factory = UpnpFactory(AiohttpRequester(), non_strict=True)
            device = await factory.async_create_device(raw.url("/d.xml"))
            async with asyncio.timeout(PATIENCE):
                await next(iter(device.services.values())).action(self.action).async_call(**self.arguments)
            return self.look(raw.requests[-1])


def raw_answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """Return the bytes of an HTTP answer."""
    head = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(head).encode() + body
