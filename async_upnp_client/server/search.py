"""UDA chapter 1.3, device side: answer searches.

``server.lifecycle`` starts one for every address of a device. What an answer says, and which there are, is in
``_protocol.announcing``; here is when they go out, and to whom. It must not know HTTP.
"""

import asyncio
import logging
import random
import time
from email.utils import formatdate
from functools import lru_cache
from typing import Any, Final

from async_upnp_client._addresses import canonical_host_of_url, get_host_string
from async_upnp_client._headers import CaseInsensitiveDict, shown
from async_upnp_client._networks import is_near, read_address
from async_upnp_client._protocol.announcing import (
    MAX_AGE,
    Announcement,
    Sender,
    answers,
    build_answer,
    check_max_age,
    parse_search,
)
from async_upnp_client._protocol.discovery import SSDP_ST_ROOTDEVICE
from async_upnp_client._protocol.ssdp_message import SEARCH_LINE
from async_upnp_client._quiet import QuietLog
from async_upnp_client.const import AddressTupleVXType
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.server.device import UpnpServerDevice
from async_upnp_client.server.sender import extra_headers, sender_of, with_headers
from async_upnp_client.ssdp import (
    SsdpEndpoint,
    SsdpProtocol,
    determine_source_target,
    get_ssdp_socket,
    is_ipv6_address,
)

_LOGGER = logging.getLogger(__name__)

SSDP_SEARCH_RESPONDER_OPTIONS = "ssdp_search_responder_options"
SSDP_SEARCH_RESPONDER_OPTION_ALWAYS_REPLY_WITH_ROOT_DEVICE = "ssdp_search_responder_always_rootdevice"
SSDP_SEARCH_RESPONDER_OPTION_HEADERS = "search_headers"

MARGIN: Final = 0.1
"""Seconds of MX that are left for the way back."""

KNOWN_SEARCHES: Final = 32
"""Search targets whose answers of this second are remembered: those searched for are few."""

HOSTS_REMEMBERED: Final = 64
"""HOST headers of searches: groups, and addresses of ours."""


class SsdpSearchResponder:
    """Answers searches for a device (UDA 2.0 §1.3.3), from ``async_start`` to ``async_stop``.

    It listens to the group of ``target`` on the interface of ``source``, and answers from ``source``. Answers
    are spread at random over the time that a search gives, and go to near addresses only. ``options`` may
    have, under ``SSDP_SEARCH_RESPONDER_OPTIONS``, that the root device is an answer to any search, and
    headers to add. ``base_uri`` is where the device is found from this interface, where that differs.
    ``max_age`` is for how many seconds an answer counts; ValueError for less than one.
    """

    def __init__(
        self,
        device: UpnpServerDevice,
        source: AddressTupleVXType | None = None,
        target: AddressTupleVXType | None = None,
        options: dict[str, Any] | None = None,
        loop: asyncio.AbstractEventLoop | None = None,
        *,
        base_uri: str | None = None,
        max_age: int = MAX_AGE,
        limits: Limits = DEFAULT_LIMITS,
        rng: random.Random | None = None,
    ) -> None:
        self.device = device
        self.source, self.target = determine_source_target(source, target)
        self.options = options or {}
        self._loop = loop
        self._base_uri = base_uri
        self._max_age = check_max_age(max_age)
        self._own_host = canonical_host_of_url(base_uri or device.base_uri)
        self._limits = limits
        self._random = rng or random.Random()  # noqa: S311 - spreads answers, keeps no secret
        self._quiet = QuietLog(_LOGGER, limits.log_reasons)
        self._search_endpoint = SsdpEndpoint()
        self._response_endpoint = SsdpEndpoint()
        self._response_transport: asyncio.DatagramTransport | None = None
        self._under_way: dict[int, asyncio.TimerHandle] = {}
        self._count = 0
        self._known: tuple[Any, dict[str, list[bytes]]] = (None, {})
        self.search_port: int | None = None
        """The port of unicast searches where it is not 1900, as is to be announced (UDA 2.0 §1.2.2)."""

    @property
    def _settings(self) -> dict[str, Any]:
        found = self.options.get(SSDP_SEARCH_RESPONDER_OPTIONS)
        return found if isinstance(found, dict) else {}

    async def async_start(self) -> None:
        """Begin to listen. OSError or UpnpError where the sockets cannot be had."""
        loop = self._loop = self._loop or asyncio.get_running_loop()
        protocol = SsdpProtocol(loop, on_data=self._on_data, limits=self._limits)
        sock, source, target = get_ssdp_socket(self.source, self.target)
        # the group's own datagrams come to the wildcard address only
        wildcard = ("::", target[1], 0, 0) if is_ipv6_address(target) else ("", target[1])
        await self._search_endpoint.async_open(protocol, sock, wildcard)
        try:
            sender = SsdpProtocol(loop, on_data=self._on_data, limits=self._limits)
            sock, source, _ = get_ssdp_socket(self.source, self.target)
            address = (source[0], 0, *source[2:])
            await self._response_endpoint.async_open(sender, sock, address)
            self._response_transport = sender.transport
        except BaseException:
            self._search_endpoint.close()
            raise

    async def async_stop(self) -> None:
        """Answer nothing more; safe before a start, and twice."""
        for handle in self._under_way.values():
            handle.cancel()
        self._under_way.clear()
        self._response_transport = None
        self._search_endpoint.close()
        self._response_endpoint.close()

    def _on_data(self, request_line: str, headers: CaseInsensitiveDict) -> None:
        """Take a message, and answer it in time if it is a search that concerns us."""
        if request_line != SEARCH_LINE:
            return
        peer: AddressTupleVXType = headers.get_lower("_remote_addr")
        is_multicast = is_for_everybody(headers.get_lower("host") or "")
        search = parse_search(headers, is_multicast=is_multicast)
        if search is None:
            return
        if not is_near(get_host_string(peer), self._own_host):
            # a forged source would have us flood somebody in the internet (D-064)
            self._quiet.report("Did not answer a search of %s, who is not near", get_host_string(peer))
            return
        sender = sender_of(self.device, self._base_uri, self._max_age, self.search_port)
        packets = self._packets(sender, search.target)
        if packets:
            self._answer(packets, peer, 0.0 if search.mx is None else search.mx - MARGIN)

    def _packets(self, sender: Sender, target: str) -> list[bytes]:
        """Return the answers to a search; those of one second are the same."""
        second = (sender, int(time.time()))
        if self._known[0] != second:
            self._known = (second, {})
        known = self._known[1]
        found = known.get(target)
        if found is None:
            root = self.device.announced()
            matching = answers(root, target)
            always = self._settings.get(SSDP_SEARCH_RESPONDER_OPTION_ALWAYS_REPLY_WITH_ROOT_DEVICE)
            if not matching and always:
                matching = [Announcement(SSDP_ST_ROOTDEVICE, f"{root.udn}::{SSDP_ST_ROOTDEVICE}")]
            date = formatdate(second[1], usegmt=True)
            extra = extra_headers(self._settings.get(SSDP_SEARCH_RESPONDER_OPTION_HEADERS))
            found = [with_headers(build_answer(sender, answer, date), extra) for answer in matching]
            if len(known) < KNOWN_SEARCHES:
                known[target] = found
        return found

    def _answer(self, packets: list[bytes], peer: AddressTupleVXType, seconds: float) -> None:
        """Send the answers at random times within so many seconds, one after the other."""
        if len(self._under_way) >= self._limits.searches:
            self._quiet.report("Did not answer a search of %s: too many at a time", get_host_string(peer))
            return
        if seconds <= 0:
            for packet in packets:
                self._send(packet, peer)
            return
        loop = self._loop or asyncio.get_running_loop()
        start = loop.time()
        times = sorted(start + self._random.uniform(0, seconds) for _ in packets)
        self._count += 1
        number = self._count

        def send_next(place: int) -> None:
            self._send(packets[place], peer)
            if place + 1 < len(packets):
                self._under_way[number] = loop.call_at(times[place + 1], send_next, place + 1)
            else:
                self._under_way.pop(number, None)

        self._under_way[number] = loop.call_at(times[0], send_next, 0)

    def _send(self, packet: bytes, peer: AddressTupleVXType) -> None:
        if self._response_transport is not None:
            try:
                self._response_transport.sendto(packet, peer)
            except OSError as err:
                self._quiet.report("Could not answer a search of %s: %s", get_host_string(peer), shown(err))


@lru_cache(HOSTS_REMEMBERED)
def is_for_everybody(host: str) -> bool:
    """Tell whether a search was sent to a group, by its HOST; without one it counts as that."""
    name = host.strip()
    name = name[1:].partition("]")[0] if name.startswith("[") else name.partition(":")[0]
    address = read_address(name)
    return not name or (address is not None and address.is_multicast)
