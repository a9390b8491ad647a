"""A device of ours on the network: HTTP first, then the device, which has to know the port, then SSDP.

Applications make a ``UpnpServer`` and start it. Down again goes in reverse: byebye, searches, HTTP, and the
device itself last. It must not know what the messages say.
"""

import asyncio
import logging
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from aiohttp import ClientSession, TCPConnector

from async_upnp_client._addresses import canonical_address, get_host_string, host_header
from async_upnp_client._local_ip import async_get_local_ip
from async_upnp_client._protocol.announcing import MAX_AGE, check_max_age
from async_upnp_client.aiohttp import AiohttpSessionRequester
from async_upnp_client.const import AddressTupleVXType
from async_upnp_client.exceptions import UpnpServerOSError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.server.advertisement import SsdpAdvertisementAnnouncer
from async_upnp_client.server.callbacks import CallbackPolicy
from async_upnp_client.server.device import UpnpServerDevice
from async_upnp_client.server.http import Reception
from async_upnp_client.server.review import mistakes
from async_upnp_client.server.search import SsdpSearchResponder
from async_upnp_client.server.serving import HttpServer, OtherServer
from async_upnp_client.ssdp import determine_source_target

_LOGGER = logging.getLogger(__name__)

BOOT_IDS: Final = 2**31
"""BOOTID is below it (UDA 2.0 §1.2.2)."""

_EXTERNAL_IPV6: Final = "[2606:4700:4700::1111]:80"


class UpnpServer:
    """Publishes a device: from ``async_start``, or ``async with``, until ``async_stop``.

    ``server_device`` is the device's class, or what makes one of the arguments of a class, as a ``partial``
    that adds an author's own. ``source`` is the address to serve and to announce at, ``other_sources`` more
    of them, each of which gets a LOCATION of its own. ``target`` is the SSDP group, by default that of the
    source's family. ``http_port`` None or 0 stands for a free one, which is ``http_port`` afterwards.

    ``boot_id`` has to rise with each start (UDA 2.0 §1.2.2): 1, the default, has it made of the time, or
    counted in the file ``boot_id_path``. ``config_id`` 1, the default, has it made of the documents. ``hops``
    is how far announcements go, ``max_age`` for how many seconds they and answers to searches count: UDA 2.0
    §1.2.2 asks for 1800 or more, the default; ValueError for less than one. All is announced again before
    half of that. ``limits`` bound what control points may ask for.
    """

    def __init__(
        self,
        server_device: Callable[..., UpnpServerDevice],
        source: AddressTupleVXType,
        target: AddressTupleVXType | None = None,
        http_port: int | None = None,
        boot_id: int = 1,
        config_id: int = 1,
        options: dict[str, Any] | None = None,
        *,
        other_sources: Sequence[AddressTupleVXType] = (),
        boot_id_path: Path | None = None,
        hops: int | None = None,
        max_age: int = MAX_AGE,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self.server_device = server_device
        self.source = source
        self.target = target
        self.http_port = http_port
        self.boot_id = boot_id
        self.config_id = config_id
        self.options = options or {}
        self.base_uri: str | None = None
        """Where it is served; known once it has started."""
        self._other_sources = list(other_sources)
        self._boot_id_path = boot_id_path
        self._hops = hops
        self._max_age = check_max_age(max_age)
        self._given_ids = (boot_id, config_id)
        self._last_boot_id: int | None = None
        self._limits = limits
        self._device: UpnpServerDevice | None = None
        self._search_responder: SsdpSearchResponder | None = None
        self._announcers: list[SsdpAdvertisementAnnouncer] = []
        self._http: HttpServer | None = None
        self._up: AsyncExitStack | None = None
        self._places: dict[str, AsyncExitStack] = {}

    @property
    def device(self) -> UpnpServerDevice:
        """The device that is published; AssertionError before it has started."""
        if self._device is None:
            raise AssertionError("The server has not started")
        return self._device

    @property
    def location(self) -> str:
        """The URL of the device description; AssertionError before it has started."""
        return self.device.device_url

    async def __aenter__(self) -> Self:
        await self.async_start()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.async_stop()

    async def async_start(self) -> None:
        """Serve and announce the device; does nothing if it does.

        Raises UpnpServerOSError where a port cannot be had; what was opened until then is closed again.
        """
        if self._up is not None:
            return
        async with AsyncExitStack() as stack:
            await self._async_start(stack)
            self._up = stack.pop_all()

    async def async_stop(self) -> None:
        """Say byebye, and end everything; safe before a start, and twice."""
        up, self._up = self._up, None
        if up is not None:
            await up.aclose()

    async def _async_start(self, stack: AsyncExitStack) -> None:
        self._places.clear()
        self._search_responder = None
        listening = listen(self.source, self.http_port or 0)
        stack.callback(listening.close)
        self.http_port = listening.getsockname()[1]
        self.base_uri = await async_base_uri(self.source, self.http_port)

        # one connection for each subscriber at a time: those that do not answer are not to hold up the others
        session = ClientSession(connector=TCPConnector(limit=0))
        stack.push_async_callback(session.close)
        host = self.base_uri.partition("//")[2].rpartition(":")[0].strip("[]")
        requester = AiohttpSessionRequester(session, url_policy=CallbackPolicy(host), limits=self._limits)

        self.boot_id = self._next_boot_id()
        device = self.server_device(
            requester=requester, base_uri=self.base_uri, boot_id=self.boot_id, config_id=self.config_id
        )
        self._device = device
        stack.push_async_callback(device.async_stop)
        if self._given_ids[1] == 1:
            self.config_id = device.derive_config_id()
        device.set_ids(self.boot_id, self.config_id)
        for mistake in mistakes(device):
            _LOGGER.info("Described against the UDA: %s", mistake)
        for service in device.all_server_services:
            service.publisher.limits = self._limits

        reception = Reception(device, self._limits)
        self._http = HttpServer(reception, self._limits, pages_of(device, reception, self._limits))
        stack.push_async_callback(self._http.async_stop)
        await self._http.async_start()

        await device.async_start()
        await self._async_serve_at(stack, self.source, listening, self.base_uri)
        for source in self._other_sources:
            await self._async_serve_at(stack, source, self._listen_at(source))

    def _next_boot_id(self) -> int:
        """Return the BOOTID of this start: the one given or made, but above that of a start before."""
        given, last = self._given_ids[0], self._last_boot_id
        boot_id = next_boot_id(self._boot_id_path) if given == 1 else given
        if last is not None and boot_id <= last:
            boot_id = (last + 1) % BOOT_IDS
        self._last_boot_id = boot_id
        return boot_id

    def _listen_at(self, source: AddressTupleVXType) -> socket.socket:
        """Listen at one more address, on the same port if that is free there."""
        try:
            return listen(source, self.http_port or 0)
        except UpnpServerOSError:
            return listen(source, 0)

    async def _async_serve_at(
        self,
        stack: AsyncExitStack,
        source: AddressTupleVXType,
        listening: socket.socket,
        base_uri: str | None = None,
    ) -> None:
        """Serve, answer searches and announce at an address, until it is removed or all ends."""
        if self._http is None:
            raise AssertionError("The server has not started")
        async with AsyncExitStack() as place:
            place.callback(listening.close)
            place.callback((await self._http.async_listen(listening)).close)
            if base_uri is None:
                base_uri = await async_base_uri(source, listening.getsockname()[1])
            await self._async_speak(place, source, base_uri)
            kept = self._places[place_of(source)] = place.pop_all()
            stack.push_async_callback(kept.aclose)

    async def _async_speak(self, place: AsyncExitStack, source: AddressTupleVXType, base_uri: str) -> None:
        """Answer searches and announce at an address."""
        target = self._target_at(source)
        common: dict[str, Any] = {"base_uri": base_uri, "max_age": self._max_age, "limits": self._limits}
        responder = SsdpSearchResponder(self.device, source, target, self.options, **common)
        announcer = SsdpAdvertisementAnnouncer(
            self.device, source, target, self.options, hops=self._hops, **common
        )
        try:
            await responder.async_start()
            place.push_async_callback(responder.async_stop)
            announcer.search_port = responder.search_port
            await announcer.async_start()
            place.push_async_callback(announcer.async_stop)
        except OSError as err:
            raise server_error(source, err) from err
        self._announcers.append(announcer)
        place.callback(self._announcers.remove, announcer)
        self._search_responder = self._search_responder or responder

    def _target_at(self, source: AddressTupleVXType) -> AddressTupleVXType | None:
        """Return the group for an address: the one given, or its like in another family."""
        if self.target is None or source == self.source:
            return self.target
        _, group = determine_source_target(source)
        host = self.target[0] if len(group) == len(self.target) else group[0]
        return (host, self.target[1], *group[2:]) if len(group) == 4 else (host, self.target[1])

    async def async_add_source(self, source: AddressTupleVXType) -> None:
        """Serve and announce at one more address, which this machine has got (UDA 2.0 §1.2.4).

        Who knows the device already hears an update, and keeps its subscriptions; then everything is
        announced with the new BOOTID, everywhere. UpnpServerOSError where the address cannot be had.
        """
        if self._up is None:
            raise AssertionError("The server has not started")
        listening = self._listen_at(source)
        following = (self.boot_id + 1) % BOOT_IDS
        before = list(self._announcers)
        for announcer in before:
            announcer.update(following)
        self.boot_id = self._last_boot_id = following
        self.device.set_ids(following, self.config_id)
        try:
            await self._async_serve_at(self._up, source, listening)
        finally:
            for announcer in before:
                announcer.announce_anew()

    async def async_remove_source(self, source: AddressTupleVXType) -> None:
        """Say byebye at an address, and serve there no more: this machine loses it, or has lost it.

        Elsewhere nothing changes (UDA 2.0 §1.2.3). KeyError for an address at which it is not served. One
        that comes back is added again.
        """
        await self._places.pop(place_of(source)).aclose()


def pages_of(device: UpnpServerDevice, reception: Reception, limits: Limits) -> OtherServer | None:
    """Return what serves the pages of a device, and all else on their connections; None where it has none."""
    if not any(one.routes() for one in device.all_server_devices):
        return None
    # who has routes has loaded aiohttp's server, which takes longer to load than all of ours
    from async_upnp_client.server.pages import Pages, own_routes, page_routes  # noqa: PLC0415 - see above

    return Pages([*own_routes(device, limits), *page_routes(device)], limits, reception.answers)


def place_of(source: AddressTupleVXType) -> str:
    """Return the name of an address: its host, with a zone."""
    return get_host_string(canonical_address(source))


def listen(source: AddressTupleVXType, port: int) -> socket.socket:
    """Return a socket that listens at an address, so that the port is known before the device is made."""
    source = canonical_address(source)
    family = socket.AF_INET6 if len(source) == 4 else socket.AF_INET
    try:
        return socket.create_server((source[0], port, *source[2:]), family=family, backlog=128)
    except OSError as err:
        raise server_error((source[0], port), err) from err


def server_error(source: Any, err: OSError) -> UpnpServerOSError:
    """Return the error for an address that cannot be had."""
    return UpnpServerOSError(
        errno=err.errno or 0, strerror=f"{err.strerror or err} at {source[0]}:{source[1]}"
    )


async def async_base_uri(source: AddressTupleVXType, port: int) -> str:
    """Return the URL that control points reach an address by: without its zone, which is nobody else's.

    Where it is any address, the one by which the outside is reached stands for it.
    """
    host = get_host_string(canonical_address(source))
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared
        try:
            _, host = await async_get_local_ip(_EXTERNAL_IPV6 if ":" in host else None)
        except OSError:
            host = "::1" if ":" in host else "127.0.0.1"
    return f"http://{host_header(host.partition('%')[0], port)}"


def next_boot_id(path: Path | None) -> int:
    """Return a BOOTID above that of the last start: counted in a file, or else the time in seconds.

    A file that cannot be read or written costs a warning, and the time is taken.
    """
    now = int(time.time()) % BOOT_IDS
    if path is None:
        return now
    try:
        text = path.read_text(encoding="ascii").strip() if path.exists() else "0"
        boot_id = (int(text) + 1) % BOOT_IDS
        fresh = path.with_name(f"{path.name}.new")  # a power cut is not to leave half a number
        fresh.write_text(f"{boot_id}\n", encoding="ascii")
        fresh.replace(path)
    except (OSError, ValueError) as err:
        _LOGGER.warning("Cannot count starts in %s: %s", path, err)
        return now
    return boot_id


async def async_serve_forever(server: UpnpServer) -> None:
    """Publish a device until the task is cancelled."""
    async with server:
        await asyncio.Event().wait()
