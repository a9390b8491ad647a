"""UDA chapter 1.3, control point: search for devices, and gather their answers (M-SEARCH).

`async_search` is one search from start to end; `ssdp_listener` keeps an `SsdpSearchListener` and searches
when it wants to. What an answer means for a device is not known here.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Coroutine
from ipaddress import IPv6Address
from typing import Any, Final

from async_upnp_client._addresses import (
    canonical_ip,
    fix_ipv6_address_scope_id,
    get_host_string,
    ip_port_from_address_tuple,
    is_link_local,
    is_multicast,
)
from async_upnp_client._callbacks import CallbackTasks
from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._product import PRODUCT, user_agent
from async_upnp_client._protocol.discovery import (
    SSDP_MX,
    SSDP_ST_ALL,
    SSDP_TARGET_V4,
    SSDP_TARGET_V6,
    build_control_point_search,
    is_upnp_search_target,
)
from async_upnp_client._protocol.search_targets import fits
from async_upnp_client.const import AddressTupleVXType, IPvXAddress, SsdpSource
from async_upnp_client.exceptions import UpnpError, UpnpNotFoundError, UpnpUrlError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.ssdp import SsdpEndpoint, SsdpProtocol, determine_source_target, get_ssdp_socket
from async_upnp_client.url_policy import DEFAULT_URL_POLICY, UrlPolicy

__all__ = [
    "SSDP_MX",
    "SSDP_ST_ALL",
    "AddressTupleVXType",
    "CaseInsensitiveDict",
    "IPvXAddress",
    "SsdpSearchListener",
    "async_search",
    "async_search_first",
]

_LOGGER = logging.getLogger(__name__)

# UDP loses datagrams: with 30 % loss three searches leave 3 % of devices that heard none. More would burden
# devices whose processors are small (UDA 2.0 §1.3.2 asks for more than one, D-054).
SEARCHES_SENT: Final = 3
# Bursts of loss are shorter. Random, so that programs that started together do not stay together.
REPEAT_SECONDS: Final = 0.3
REPEAT_JITTER_SECONDS: Final = 0.1
# Devices wait a random time up to MX and take their time to answer; repeats are sent later than the first.
GRACE_SECONDS: Final = 1.0
# MX is at least 1, and above 5 devices take it for 5 (UDA 2.0 §1.3.2, §1.3.3).
LEAST_MX: Final = 1
MOST_MX: Final = 5

BROADCAST: Final = "255.255.255.255"


class SsdpSearchListener:
    """Searches, and calls back with the headers of answers (UDA 2.0 §1.3).

    Headers are those of `ssdp.decode_ssdp_packet`, and ``_source``. `timeout` is the MX of the search: the
    seconds within which devices answer, 1 to 5. A search is sent `repeat` times; the answers to repeats are
    not called back again. With one device as target only its answers are. At least one callback is needed, or
    it is an AssertionError. Attributes may be assigned until the start. `limits` bound what is read and
    remembered.
    """

    def __init__(
        self,
        async_callback: Callable[[CaseInsensitiveDict], Coroutine[Any, Any, None]] | None = None,
        callback: Callable[[CaseInsensitiveDict], None] | None = None,
        loop: asyncio.AbstractEventLoop | None = None,
        source: AddressTupleVXType | None = None,
        target: AddressTupleVXType | None = None,
        timeout: int = SSDP_MX,
        search_target: str = SSDP_ST_ALL,
        async_connect_callback: Callable[[], Coroutine[Any, Any, None]] | None = None,
        connect_callback: Callable[[], None] | None = None,
        *,
        repeat: int = SEARCHES_SENT,
        hops: int | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        if async_callback is None and callback is None:
            raise AssertionError("A callback is needed")
        self.async_callback = async_callback
        self.callback = callback
        self.async_connect_callback = async_connect_callback
        self.connect_callback = connect_callback
        self.search_target = search_target
        self.source, self.target = determine_source_target(source, target)
        self.timeout = timeout
        self.loop = loop
        self.repeat = repeat
        self.hops = hops
        self._endpoint = SsdpEndpoint()
        self._limits = limits
        self._callbacks = CallbackTasks(_LOGGER, limits.callbacks)
        self._target_host: str | None = None
        self._overridden: set[str] = set()
        self._send_to: AddressTupleVXType = self.target
        self._timers: list[asyncio.TimerHandle] = []
        self._heard: set[int] | None = None

    @property
    def port(self) -> int:
        """The port searched from; 0 while it is not started."""
        return self._endpoint.port

    @property
    def target_ip(self) -> IPvXAddress:
        """IP address of the target."""
        return ip_port_from_address_tuple(self.target)[0]

    async def async_start(self) -> None:
        """Open the socket; nothing happens if it is open. Errors are those of `ssdp.get_ssdp_socket`."""
        if self._endpoint.is_wanted:
            return
        if self.loop is None or self.loop.is_closed():
            self.loop = asyncio.get_running_loop()
        sock, source, self._send_to = get_ssdp_socket(self.source, self.target, hops=self.hops)
        self._target_host = "" if _is_group(self._send_to) else _host_of(self._send_to)
        protocol = SsdpProtocol(
            self.loop, on_connect=self._on_connect, on_data=self._on_data, limits=self._limits
        )
        await self._endpoint.async_open(protocol, sock, _sending_address(source))

    def async_stop(self) -> None:
        """Close the socket, and send no repeats; safe at any time."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self._endpoint.close()

    def async_search(
        self, override_target: AddressTupleVXType | None = None, *, search_target: str | None = None
    ) -> None:
        """Search now, and repeat the search in a moment; AssertionError before the start.

        `override_target` is searched instead of the target, for `search_target` instead of the listener's
        own. UpnpError for a group that is not local: UDA 2.0 Annex A.2.3 forbids it.
        """
        if self.loop is None or not self._endpoint.is_open:
            raise AssertionError("The listener is not started")
        address = self._send_to
        if override_target is not None:
            address = fix_ipv6_address_scope_id(override_target) or override_target
            if not _is_group(address):
                self._overridden.add(_host_of(address))
        if _is_beyond_site(address):
            raise UpnpError(f"Searches must not leave the site: {address[0]}")
        self._heard = set()
        self._send(
            self._searches(override_target or self.target, search_target or self.search_target), address
        )

    def _searches(self, target: AddressTupleVXType, st: str) -> list[bytes]:
        """Messages to send one after the other."""
        count = max(1, self.repeat)
        if not is_upnp_search_target(st):
            return [self._build(self.target, st, multicast=True)] * count
        groups = (address for address in (target, self.target) if is_multicast(address))
        to_group = self._build(next(groups, _group_like(target)), st, multicast=True)
        if _is_group(target):
            return [to_group] * count
        # Devices on libupnp do not answer what UDA 2.0 §1.3.2 says of a search by unicast: they want HOST of
        # the group, and MX. So every second one is like that.
        forms = self._build(target, st, multicast=False), to_group
        return [forms[number % 2] for number in range(count)]

    def _build(self, host: AddressTupleVXType, st: str, *, multicast: bool) -> bytes:
        return build_control_point_search(
            host,
            max(LEAST_MX, min(MOST_MX, int(self.timeout))),
            st,
            multicast=multicast,
            friendly_name=PRODUCT,
            user_agent=user_agent(),
        )

    def _send(self, searches: list[bytes], target: AddressTupleVXType) -> None:
        """Send the first, and have the others sent later; a socket that was lost meanwhile ends it."""
        first, *others = searches
        if self.loop is None or not self._endpoint.is_open:
            return
        self._endpoint.send(first, target)
        if not others:
            return
        delay = REPEAT_SECONDS + random.uniform(0, REPEAT_JITTER_SECONDS)  # noqa: S311  # keeps no secret
        now = self.loop.time()
        self._timers = [timer for timer in self._timers if timer.when() > now]
        self._timers.append(self.loop.call_later(delay, self._send, others, target))

    def _on_connect(self, _transport: asyncio.DatagramTransport) -> None:
        self._callbacks.call(self.async_connect_callback, self.connect_callback)

    def _on_data(self, request_line: str, headers: CaseInsensitiveDict) -> None:
        """Call back for an answer, once in a search; from others than whom was searched for it is none."""
        # An answer is told by its first line alone: Eaton's controllers put NTS into theirs.
        if not request_line.startswith("HTTP/"):
            return
        headers.set_lower("_source", SsdpSource.SEARCH)
        host = headers.get_lower("_host")
        if self._target_host and host != self._target_host and host not in self._overridden:
            return
        if self._heard is not None:
            answer = hash((host, *map(headers.get_lower, ("usn", "st", "_location_original"))))
            if answer in self._heard:
                return
            if len(self._heard) < self._limits.answers:
                self._heard.add(answer)
        self._callbacks.call(self.async_callback, self.callback, headers)


def _is_group(address: AddressTupleVXType) -> bool:
    """Whether more than one device is reached, so that the headers of a search by multicast belong to it."""
    return address[0] == BROADCAST or is_multicast(address)


def _sending_address(source: AddressTupleVXType) -> AddressTupleVXType:
    """Return what to bind to: answers come to the address that was searched from (UDA 2.0 §1.3.3).

    On the wildcard address a port could be one that other programs listen to, and they would get some.
    """
    if not ip_port_from_address_tuple(source)[0].is_unspecified:
        return source
    return (source[0], 0, source[2], source[3]) if len(source) == 4 else (source[0], 0)


def _group_like(address: AddressTupleVXType) -> AddressTupleVXType:
    return SSDP_TARGET_V6 if len(address) == 4 else SSDP_TARGET_V4


def _host_of(address: AddressTupleVXType) -> str:
    """Host as datagrams from it have it: the system gives scope ids only to link-local addresses."""
    host = canonical_ip(address[0])
    return get_host_string((host, *address[1:])) if is_link_local(host) else host


def _is_beyond_site(address: AddressTupleVXType) -> bool:
    """Whether it is an IPv6 group of a scope other than interface, link, realm or site (RFC 7346 §2)."""
    if len(address) != 4 or not is_multicast(address):
        return False
    return IPv6Address(address[0]).packed[1] & 0x0F not in {1, 2, 3, 5}


async def async_search(
    async_callback: Callable[[CaseInsensitiveDict], Coroutine[Any, Any, None]],
    timeout: int = SSDP_MX,
    search_target: str = SSDP_ST_ALL,
    source: AddressTupleVXType | None = None,
    target: AddressTupleVXType | None = None,
    loop: asyncio.AbstractEventLoop | None = None,
    *,
    repeat: int = SEARCHES_SENT,
    grace: float = GRACE_SECONDS,
    limits: Limits = DEFAULT_LIMITS,
) -> None:
    """Search once, and call back with the headers of every answer (UDA 2.0 §1.3).

    Returns after `timeout` seconds, but not before the second that devices are given at least, and `grace`
    more for answers that are late (D-053). Errors are those of `ssdp.get_ssdp_socket`. The search is sent
    `repeat` times; repeated answers are called back once.
    """
    listener = SsdpSearchListener(
        async_callback,
        loop=loop,
        source=source,
        target=target,
        timeout=timeout,
        search_target=search_target,
        repeat=repeat,
        limits=limits,
    )
    try:
        await listener.async_start()
        listener.async_search()
        await asyncio.sleep(max(LEAST_MX, timeout) + grace)
    finally:
        listener.async_stop()


async def async_search_first(
    search_target: str,
    timeout: int = SSDP_MX,
    source: AddressTupleVXType | None = None,
    target: AddressTupleVXType | None = None,
    *,
    is_wanted: Callable[[CaseInsensitiveDict], bool] | None = None,
    repeat: int = SEARCHES_SENT,
    grace: float = GRACE_SECONDS,
    limits: Limits = DEFAULT_LIMITS,
    url_policy: UrlPolicy = DEFAULT_URL_POLICY,
) -> CaseInsensitiveDict:
    """Search, and return the headers of the first answer that fits, as soon as it comes (UDA 2.0 §1.3).

    It has a UDN, a LOCATION that `url_policy` allows, and answers what was searched for; `is_wanted` may ask
    for more. UpnpNotFoundError if none has come `grace` seconds after the `timeout` that devices are given.
    Other errors are those of `ssdp.get_ssdp_socket`.
    """
    first: asyncio.Future[CaseInsensitiveDict] = asyncio.get_running_loop().create_future()

    def on_answer(headers: CaseInsensitiveDict) -> None:
        location = headers.get_lower("location")
        if first.done() or not location or not headers.get_lower("_udn") or not fits(search_target, headers):
            return
        with contextlib.suppress(UpnpUrlError):
            heard_from = headers.get_lower("_remote_addr")
            url_policy.check_location(location, heard_by=listener.source, heard_from=heard_from)
            if is_wanted is None or is_wanted(headers):
                first.set_result(headers)

    listener = SsdpSearchListener(
        callback=on_answer,
        source=source,
        target=target,
        timeout=timeout,
        search_target=search_target,
        repeat=repeat,
        limits=limits,
    )
    seconds = max(LEAST_MX, timeout) + grace
    try:
        await listener.async_start()
        listener.async_search()
        async with asyncio.timeout(seconds):
            return await first
    except TimeoutError:
        raise UpnpNotFoundError(f"Nobody has answered a search for {search_target} in {seconds} s") from None
    finally:
        listener.async_stop()
