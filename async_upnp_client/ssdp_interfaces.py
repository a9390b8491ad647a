"""UDA chapter 1, control point: all interfaces of this machine at once, as they come and go.

`SsdpInterfacesListener` has an `SsdpListener` for each interface and address family, all with one tracker: a
device that several hear is one device, with several locations. Which interfaces there are says `_interfaces`,
what a message means the listeners; here is who listens where, and what was heard by whom.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping
from functools import partial
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from async_upnp_client._addresses import host_and_zone, ip_version_from_location, is_link_local
from async_upnp_client._callbacks import CallbackTasks
from async_upnp_client._headers import CaseInsensitiveDict, shown
from async_upnp_client._interfaces import LOOK_SECONDS, Interface, usable_interfaces
from async_upnp_client._protocol.discovery import SSDP_IP_V6_SITE_LOCAL, SSDP_MX, SSDP_PORT, SSDP_ST_ALL
from async_upnp_client._quiet import QuietLog
from async_upnp_client._race import async_first
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.const import (
    AddressTupleVXType,
    DeviceOrServiceType,
    SsdpSource,
    UniqueDeviceName,
)
from async_upnp_client.exceptions import UpnpError, UpnpNotFoundError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.ssdp_listener import SsdpDevice, SsdpDeviceTracker, SsdpListener
from async_upnp_client.url_policy import DEFAULT_URL_POLICY, UrlPolicy

__all__ = ["Interface", "SsdpInterfacesListener", "usable_interfaces"]

_LOGGER = logging.getLogger(__name__)

LATELY_SECONDS: Final = 60.0
"""Seconds that one location may be behind the latest one heard, and count as heard with it: a device
announces itself on all its interfaces within moments. What is older may be where it was before it moved."""

FALLBACK_SECONDS: Final = 1.0
"""Seconds that a location has to answer before the next is tried beside it."""


class Sighting(NamedTuple):
    """By which interface a location was last heard, and when (the loop's time)."""

    interface: Interface
    at: float


class SsdpInterfacesListener:
    """Listens and searches like `SsdpListener`, on every interface, in IPv4 and IPv6, while they come and go.

    Arguments are those of `SsdpListener`, without addresses. `interfaces` has the names or addresses of those
    to use, or is a function that returns them (`usable_interfaces`); None for all but loopback. Headers of
    what was heard have the interface's name as ``_interface``. One that cannot be listened on is told in the
    log and in `failed`, is tried again at each look, every `look_seconds`, and does not concern the others;
    so it may be that none is there yet. `on_interfaces` is called when `interfaces` has become another.

    AssertionError without a callback.
    """

    def __init__(
        self,
        async_callback: Callable[[SsdpDevice, DeviceOrServiceType, SsdpSource], Coroutine[Any, Any, None]]
        | None = None,
        callback: Callable[[SsdpDevice, DeviceOrServiceType, SsdpSource], None] | None = None,
        *,
        interfaces: Collection[str] | Callable[[], Iterable[Interface]] | None = None,
        loop: asyncio.AbstractEventLoop | None = None,
        search_timeout: int = SSDP_MX,
        search_target: str = SSDP_ST_ALL,
        device_tracker: SsdpDeviceTracker | None = None,
        on_expired: Callable[[SsdpDevice], None] | None = None,
        on_interfaces: Callable[[], None] | None = None,
        look_seconds: float = LOOK_SECONDS,
        limits: Limits = DEFAULT_LIMITS,
        url_policy: UrlPolicy = DEFAULT_URL_POLICY,
    ) -> None:
        if async_callback is None and callback is None:
            raise AssertionError("Provide at least one callback")
        if isinstance(interfaces, str):
            interfaces = (interfaces,)
        self.loop = loop
        self.on_interfaces = on_interfaces
        self.failed: dict[Interface, UpnpError | OSError] = {}
        """Why interfaces that are there cannot be listened on, as of the last look."""
        self._list = interfaces if callable(interfaces) else partial(usable_interfaces, interfaces)
        self._device_tracker = device_tracker or SsdpDeviceTracker(limits=limits, url_policy=url_policy)
        self._make = partial(
            _InterfaceListener,
            self,
            async_callback=async_callback,
            callback=callback,
            search_timeout=search_timeout,
            search_target=search_target,
            device_tracker=self._device_tracker,
            on_expired=on_expired,
            limits=limits,
            url_policy=url_policy,
        )
        self._look_seconds = look_seconds
        self._locations_per_device = limits.locations_per_device
        self._listeners: dict[Interface, SsdpListener] = {}
        self._sites: dict[Interface, SsdpListener] = {}
        self._seen: WeakKeyDictionary[SsdpDevice, dict[str, Sighting]] = WeakKeyDictionary()
        self._quiet = QuietLog(_LOGGER, limits.log_reasons)
        self._tasks = CallbackTasks(_LOGGER)
        self._turn = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._is_started = False
        self._has_searched = False

    @property
    def devices(self) -> Mapping[UniqueDeviceName, SsdpDevice]:
        """The devices known, by UDN: a live mapping."""
        return self._device_tracker.devices

    @property
    def interfaces(self) -> tuple[Interface, ...]:
        """The interfaces that are listened on."""
        return tuple(self._listeners)

    # ---- start and stop

    async def async_start(self) -> None:
        """Start to listen, on what there is; no search is sent. Nothing happens if it is started."""
        if self._is_started:
            return
        self.loop = self.loop or asyncio.get_running_loop()
        self._is_started = True
        try:
            await self._async_look_again()
        except BaseException:
            await self.async_stop()
            raise

    async def async_stop(self) -> None:
        """Stop to listen; the devices known stay known. Safe before a start, and twice."""
        self._is_started = self._has_searched = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        await self._tasks.async_cancel()
        async with self._turn:
            await self._async_close(self.interfaces)
        self.failed.clear()

    # ---- interfaces

    async def async_look(self) -> None:
        """Look now which interfaces there are, for who knows that they have changed; not before the start.

        On one that is new a search is sent, if one has been sent on the others.
        """
        async with self._turn:
            before = set(self._listeners)
            if self._is_started:
                try:
                    await self._async_follow(list(self._list()))
                except OSError as err:
                    self._quiet.report("Interfaces of %s: %s", "this machine", err, level=logging.WARNING)
            has_changed = before != set(self._listeners)
        if has_changed and self.on_interfaces is not None:
            self._tasks.call(None, self.on_interfaces)

    async def _async_follow(self, there: list[Interface]) -> None:
        await self._async_close([known for known in self._listeners if known not in there])
        self.failed = {known: err for known, err in self.failed.items() if known in there}
        for interface in there:
            if interface not in self._listeners:
                await self._async_open(interface)
        # in the system's order, with the networks of today
        self._listeners = {found: self._listeners[found] for found in there if found in self._listeners}
        self._sites = {found: self._sites[found] for found in there if found in self._sites}

    async def _async_open(self, interface: Interface) -> None:
        listener = self._make(interface, loop=self.loop)
        try:
            await listener.async_start()
        except (OSError, UpnpError) as err:
            self.failed[interface] = err
            self._quiet.report("Cannot listen on %s: %s", str(interface), shown(err), level=logging.WARNING)
            return
        _LOGGER.debug("Listening on %s", interface)
        self.failed.pop(interface, None)
        self._listeners[interface] = listener
        if self._has_searched:
            await listener.async_search()
        if len(interface.source) == 4:
            await self._async_open_site(interface, interface.source[3])

    async def _async_open_site(self, interface: Interface, index: int) -> None:
        """Listen to the group of the site, too: devices beyond a router announce themselves there."""
        target = (SSDP_IP_V6_SITE_LOCAL, SSDP_PORT, 0, index)
        site = self._make(interface, loop=self.loop, target=target)
        try:
            await site.async_start()
        except (OSError, UpnpError) as err:
            self._quiet.report("Cannot listen to the site on %s: %s", str(interface), shown(err))
            return
        self._sites[interface] = site
        if self._has_searched and interface.is_of_site:
            await site.async_search()

    async def _async_close(self, interfaces: Iterable[Interface]) -> None:
        for interface in interfaces:
            _LOGGER.debug("No longer listening on %s", interface)
            await self._listeners.pop(interface).async_stop()
            site = self._sites.pop(interface, None)
            if site is not None:
                await site.async_stop()

    async def _async_look_again(self) -> None:
        try:
            await self.async_look()
        finally:
            if self._is_started and self.loop is not None:
                self._timer = self.loop.call_later(self._look_seconds, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        _ = self._tasks.start(self._async_look_again(), "look at the interfaces")

    # ---- searches

    async def async_search(
        self, override_target: AddressTupleVXType | None = None, *, search_target: str | None = None
    ) -> None:
        """Send a search on every interface, or on those of the family of another target.

        From interfaces with an IPv6 address that is more than link-local, the site is searched as well.
        AssertionError before the start.
        """
        if not self._is_started:
            raise AssertionError("Call async_start() first")
        self._has_searched = self._has_searched or override_target is None
        for listener in tuple(self._listeners.values()):
            if override_target is None or len(override_target) == len(listener.source):
                await listener.async_search(override_target, search_target=search_target)
        for interface, site in list(self._sites.items()) if override_target is None else ():
            if interface.is_of_site:
                await site.async_search(search_target=search_target)

    async def async_search_politely(self, within: float = 30.0) -> bool:
        """Search where nobody else has in the last `within` seconds; return whether anything was sent.

        See `SsdpListener.async_search_politely`; each interface has its own neighbours.
        """
        if not self._is_started:
            raise AssertionError("Call async_start() first")
        self._has_searched = True
        sites = [site for interface, site in self._sites.items() if interface.is_of_site]
        listeners = (*self._listeners.values(), *sites)
        return any([await listener.async_search_politely(within) for listener in listeners])

    def is_our_port(self, port: int) -> bool:
        """Tell whether one of the searches from this port was ours."""
        listeners = (*self._listeners.values(), *self._sites.values())
        return any(listener.search_port == port for listener in listeners)

    # ---- where a device is

    def note(self, device: SsdpDevice, headers: CaseInsensitiveDict, interface: Interface) -> None:
        """Take note of where a device says that it is; for the listeners."""
        location = headers.get_lower("location")
        if self.loop is None or not device.has_location(location):
            return
        seen = self._seen.setdefault(device, {})
        if location not in seen and len(seen) >= self._locations_per_device:
            for gone in [known for known in seen if not device.has_location(known)]:
                del seen[gone]
        seen[location] = Sighting(interface, self.loop.time())

    def interface_of(self, device: SsdpDevice, location: str) -> Interface | None:
        """Return the interface by which a location of a device was last heard, None for an unknown one."""
        sighting = self._seen.get(device, {}).get(location)
        return None if sighting is None else sighting.interface

    def locations(self, device: SsdpDevice) -> list[str]:
        """Return the locations of a device in the order to try them.

        First those by interfaces that are still there, that were heard lately, with an address in the
        networks of that interface; of these IPv4 first, and link-local IPv6 last.
        """
        seen = self._seen.get(device, {})
        latest = max((sighting.at for sighting in seen.values()), default=0.0)
        here = {interface: interface for interface in self._listeners}

        def rank(location: str) -> tuple[bool, bool, bool, int, str]:
            sighting = seen.get(location)
            interface = here.get(sighting.interface) if sighting is not None else None
            host = host_and_zone(location)[0]
            family = (
                3 if is_link_local(host) else {4: 0, 6: 1}.get(ip_version_from_location(location) or 0, 2)
            )
            return (
                interface is None,
                sighting is None or latest - sighting.at > LATELY_SECONDS,
                interface is None or not interface.reaches(host),
                family,
                location,
            )

        return sorted(device.locations, key=rank)

    async def async_create_device(self, factory: UpnpFactory, device: SsdpDevice) -> UpnpDevice:
        """Describe a device that was heard, at the first of its `locations` that answers (UDA 2.0 §2).

        The next one is tried when one has failed, or has not answered for a second. One where another device
        is described has failed. If all have, it is the error of the first, see
        `UpnpFactory.async_create_device`; UpnpNotFoundError for a device that has no location any more.
        """
        locations = self.locations(device)
        if not locations:
            raise UpnpNotFoundError(f"{shown(device.udn)} has no location")
        return await async_first(
            [partial(_async_describe, factory, location, device.udn) for location in locations],
            FALLBACK_SECONDS,
        )


async def _async_describe(factory: UpnpFactory, location: str, udn: str) -> UpnpDevice:
    described = await factory.async_create_device(location)
    if not described.get_devices_matching_udn(udn):
        raise UpnpError(f"{shown(location)} describes {shown(described.udn)}, not {shown(udn)}")
    return described


class _InterfaceListener(SsdpListener):
    """What listens on one interface, and tells the whole of what it hears."""

    def __init__(self, whole: SsdpInterfacesListener, interface: Interface, **options: Any) -> None:
        super().__init__(source=interface.source, **options)
        self._whole = whole
        self._interface = interface

    def _on_search(self, headers: CaseInsensitiveDict) -> None:
        headers["_interface"] = self._interface.name
        super()._on_search(headers)

    def _see(self, headers: CaseInsensitiveDict, source: SsdpSource) -> None:
        headers["_interface"] = self._interface.name
        super()._see(headers, source)

    def _on_byebye(self, headers: CaseInsensitiveDict) -> None:
        headers["_interface"] = self._interface.name
        super()._on_byebye(headers)

    def _note(self, device: SsdpDevice, headers: CaseInsensitiveDict) -> None:
        self._whole.note(device, headers, self._interface)

    def _is_our_own(self, port: int) -> bool:
        return self._whole.is_our_port(port)
