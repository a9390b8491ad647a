"""UDA chapters 1 and 2, control point: find one device again, in every way at once.

A device that is known may have another address, another port, or a router between that lets nothing pass but
one of the ways: `async_locate` asks at its last LOCATION, searches by unicast at its last host and by
multicast on every interface, and hears what is announced. It must not know what is wanted of the device.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Final, NoReturn

from async_upnp_client._addresses import host_and_zone, ip_version_from_location, split_address
from async_upnp_client._headers import CaseInsensitiveDict, shown
from async_upnp_client._http.route import async_addresses
from async_upnp_client._interfaces import Interface
from async_upnp_client._protocol.description import DeviceDocument, parse_device_document
from async_upnp_client._protocol.discovery import SSDP_PORT
from async_upnp_client._protocol.search_targets import is_same_udn, ladder
from async_upnp_client._race import async_first
from async_upnp_client.aiohttp import AiohttpRequester
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.const import AddressTupleVXType, DeviceOrServiceType, HttpRequest, SsdpSource
from async_upnp_client.exceptions import UpnpError, UpnpNotFoundError, UpnpResponseError, UpnpUrlError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.search import SsdpSearchListener
from async_upnp_client.ssdp_interfaces import SsdpInterfacesListener
from async_upnp_client.ssdp_listener import SsdpDevice
from async_upnp_client.url_policy import DEFAULT_URL_POLICY, UrlPolicy

SECONDS: Final = 10.0
"""Seconds to look for a device: some start within that time, and what can be heard of one that is there has
been heard several times."""

MX: Final = 1
"""Seconds within which devices are to answer: somebody waits, and most searches are for this one alone."""

RUNG_SECONDS: Final = 0.6
"""Seconds from one search target to the next. All four have been searched for within two seconds, and who
answers the first spares the others the searches for everything."""

PAUSE_SECONDS: Final = 2.0
"""Seconds after the last search target until the first again; doubled each time, so that searching for long
burdens nobody. Also how long a request that failed is not repeated."""


OTHER_FAMILY_SECONDS: Final = 2.0
"""Seconds that a location in IPv6 waits for one in IPv4 where the last one was that, and the other way round:
a device that has both says so within moments, and who asks is used to, or reached by, the one it had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocateHints:
    """What is known of a device from before. All of it may be out of date, and none is needed.

    `location` is the URL of its description; `host` its IP address or name, that of `location` without it;
    `device_type` what it is; `search_port` where it answers searches by unicast (SEARCHPORT.UPNP.ORG).
    """

    location: str | None = None
    host: str | None = None
    device_type: str | None = None
    search_port: int = SSDP_PORT


class LocatedBy(str, Enum):
    """What has found a device."""

    LOCATION = "location"
    """Its description is where it was."""
    UNICAST = "unicast"
    """It has answered a search at its last host."""
    MULTICAST = "multicast"
    """It has answered a search of everybody."""
    ADVERTISEMENT = "advertisement"
    """It has announced itself."""


@dataclass(frozen=True, slots=True)
class Located:
    """Where a device is: `location` is the URL of its description, or of that of its root device.

    `headers` are those of the message that said so, and `interface` is the name of that by which it came,
    where a message did, and an interface is known.
    """

    udn: str
    location: str
    by: LocatedBy
    headers: CaseInsensitiveDict | None = None
    interface: str | None = None


NO_HINTS: Final = LocateHints()


async def async_locate(
    udn: str,
    hints: LocateHints = NO_HINTS,
    *,
    requester: UpnpRequester | None = None,
    timeout: float = SECONDS,
    interfaces: Collection[str] | Callable[[], Iterable[Interface]] | None = None,
    limits: Limits = DEFAULT_LIMITS,
    url_policy: UrlPolicy = DEFAULT_URL_POLICY,
) -> Located:
    """Find the device with this UDN, embedded ones included, and return where it is (UDA 2.0 §1, §2).

    All at once: GET of the last location, which counts only where a device with this UDN is described; a
    search by unicast at the last host; a search by multicast for the UDN, then for the type, for root
    devices, for everything; and hearing what is announced. The first that finds it ends the others;
    a location in IPv6 where the last one was in IPv4, or the other way round, gives them two seconds more.

    `requester` sends the GET, an `AiohttpRequester` of its own without one. `interfaces` are those of
    `SsdpInterfacesListener`, all without it; `url_policy` judges locations that are heard. UpnpNotFoundError
    where nothing has found it in `timeout` seconds.
    """
    search = _Search(udn, hints, requester or AiohttpRequester(), limits, url_policy)
    ways = (search.async_ask, search.async_search_host, partial(search.async_search_all, interfaces))
    try:
        async with asyncio.timeout(timeout):
            return await async_first(ways, 0.0)
    except TimeoutError:
        raise UpnpNotFoundError(f"{shown(udn)} not found in {timeout:g} s{search.trouble}") from None


async def async_locate_device(
    device: UpnpDevice,
    *,
    timeout: float = SECONDS,
    interfaces: Collection[str] | Callable[[], Iterable[Interface]] | None = None,
    limits: Limits = DEFAULT_LIMITS,
    url_policy: UrlPolicy = DEFAULT_URL_POLICY,
) -> CaseInsensitiveDict:
    """Find a device that has been described before, and return headers as of a message that says where it is.

    For `DeviceUpdater(async_locate=...)`. See `async_locate`; the device's own requester sends the GET.
    """
    hints = LocateHints(location=device.device_url, device_type=device.device_type)
    found = await async_locate(
        device.udn,
        hints,
        requester=device.requester,
        timeout=timeout,
        interfaces=interfaces,
        limits=limits,
        url_policy=url_policy,
    )
    headers = device.ssdp_headers.copy() if found.headers is None else found.headers
    headers["location"] = found.location
    headers["_udn"] = device.udn
    return headers


class _Search:
    """The ways to one device. Each ends with what it has found, or by an UpnpError where it never can."""

    def __init__(
        self, udn: str, hints: LocateHints, requester: UpnpRequester, limits: Limits, url_policy: UrlPolicy
    ) -> None:
        self.trouble = ""
        self._udn = udn
        self._hints = hints
        self._requester = requester
        self._limits = limits
        self._url_policy = url_policy
        self._ip_version = ip_version_from_location(hints.location) if hints.location else None

    # ---- HTTP

    async def async_ask(self) -> Located:
        """Look whether it is described where it was; again and again, as it may be starting."""
        location = self._hints.location
        if not location:
            raise UpnpNotFoundError("No location is known")
        while True:
            try:
                document = await self._async_describe(location)
            except (UpnpError, OSError) as err:
                self.trouble = f"; last, {shown(err)}"
            else:
                if any(is_same_udn(device.info.udn, self._udn) for device in _devices_of(document)):
                    return Located(self._udn, location, LocatedBy.LOCATION)
                self.trouble = f"; {shown(location)} describes {shown(document.info.udn)}"
                raise UpnpNotFoundError(self.trouble)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _async_describe(self, location: str) -> DeviceDocument:
        request = HttpRequest("GET", location, {}, None, max_size=self._limits.description_bytes)
        response = await self._requester.async_http_request(request)
        if response.status_code != 200:
            raise UpnpResponseError(status=response.status_code, headers=response.headers, url=location)
        return parse_device_document(
            response.body or "",
            location,
            strict=False,
            url_policy=self._url_policy,
            limits=self._limits,
            found_at=response.url,
        )

    # ---- SSDP

    async def async_search_host(self) -> Located:
        """Search at the host where it was."""
        target = await self._async_host()
        found = _Findings(self._ip_version)

        def on_answer(headers: CaseInsensitiveDict) -> None:
            location = headers.get_lower("location")
            if location and is_same_udn(headers.get_lower("_udn"), self._udn):
                heard_from = headers.get_lower("_remote_addr")
                try:
                    self._url_policy.check_location(location, heard_by=listener.source, heard_from=heard_from)
                except UpnpUrlError as err:
                    self.trouble = f"; {err}"
                else:
                    found.take(self._located(LocatedBy.UNICAST, headers))

        listener = SsdpSearchListener(callback=on_answer, target=target, timeout=MX, limits=self._limits)

        async def async_search(search_target: str) -> None:
            listener.async_search(search_target=search_target)

        try:
            await listener.async_start()
            return await self._async_climb(async_search, found)
        finally:
            listener.async_stop()

    async def _async_host(self) -> AddressTupleVXType:
        """Return the address to search at."""
        host, zone = self._hints.host or "", None
        if not host and self._hints.location:
            host, zone = host_and_zone(self._hints.location)
        if not host:
            raise UpnpNotFoundError("No host is known")
        addresses = await async_addresses(f"{host}%{zone}" if zone else host)
        address, _port, *rest = split_address(addresses[0])
        return (address, self._hints.search_port, *rest)  # type: ignore[return-value]  # of the same length

    async def async_search_all(
        self, interfaces: Collection[str] | Callable[[], Iterable[Interface]] | None
    ) -> Located:
        """Search everywhere, and hear what is announced."""
        found = _Findings(self._ip_version)

        def on_heard(device: SsdpDevice, kind: DeviceOrServiceType, source: SsdpSource) -> None:
            if not is_same_udn(device.udn, self._udn):
                return
            if source in {SsdpSource.SEARCH_ALIVE, SsdpSource.SEARCH_CHANGED}:
                found.take(self._located(LocatedBy.MULTICAST, device.search_headers[kind]))
            elif source is not SsdpSource.ADVERTISEMENT_BYEBYE:
                headers = device.advertisement_headers[kind]
                found.take(self._located(LocatedBy.ADVERTISEMENT, headers))

        listener = SsdpInterfacesListener(
            callback=on_heard,
            interfaces=interfaces,
            search_timeout=MX,
            search_target=self._udn,
            limits=self._limits,
            url_policy=self._url_policy,
        )

        async def async_search(search_target: str) -> None:
            await listener.async_search(search_target=search_target)

        await listener.async_start()
        try:
            return await self._async_climb(async_search, found)
        finally:
            await listener.async_stop()

    def _located(self, by: LocatedBy, headers: CaseInsensitiveDict) -> Located:
        location: str = headers.get_lower("location")
        return Located(self._udn, location, by, headers.copy(), headers.get_lower("_interface"))

    async def _async_climb(
        self, async_search: Callable[[str], Awaitable[None]], found: "_Findings"
    ) -> Located:
        """Search for one target after the other, round after round, until it is found."""

        async def async_search_on() -> NoReturn:
            pause = PAUSE_SECONDS
            while True:
                for search_target in ladder(self._udn, self._hints.device_type):
                    await async_search(search_target)
                    await asyncio.sleep(RUNG_SECONDS)
                await asyncio.sleep(pause)
                pause *= 2

        return await async_first((found.async_first, found.async_other, async_search_on), 0.0)


class _Findings:
    """The first location in an IP version, None for any, and the first in the other one."""

    def __init__(self, ip_version: int | None) -> None:
        self._ip_version = ip_version
        loop = asyncio.get_running_loop()
        self._first: asyncio.Future[Located] = loop.create_future()
        self._other: asyncio.Future[Located] = loop.create_future()

    def take(self, located: Located) -> None:
        version = ip_version_from_location(located.location)
        fits = version is None or self._ip_version in {None, version}
        future = self._first if fits else self._other
        if not future.done():
            future.set_result(located)

    async def async_first(self) -> Located:
        return await self._first

    async def async_other(self) -> Located:
        located = await self._other
        await asyncio.sleep(OTHER_FAMILY_SECONDS)
        return located


def _devices_of(document: DeviceDocument) -> Iterator[DeviceDocument]:
    yield document
    for embedded in document.embedded:
        yield from _devices_of(embedded)
