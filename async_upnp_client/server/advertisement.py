"""UDA chapter 1.2, device side: announce what is there, say what changes, and byebye.

``server.lifecycle`` starts one for every address of a device. What the messages say, and which there are, is
in ``_protocol.announcing``; here is when they go out. It must not know HTTP.
"""

import asyncio
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar, Final

from async_upnp_client._addresses import host_header
from async_upnp_client._protocol.announcing import (
    MAX_AGE,
    Announcement,
    Sender,
    announcements,
    build_alive,
    build_byebye,
    build_update,
    check_max_age,
)
from async_upnp_client.const import AddressTupleVXType
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.server.device import UpnpServerDevice
from async_upnp_client.server.sender import extra_headers, sender_of, with_headers
from async_upnp_client.ssdp import SsdpEndpoint, SsdpProtocol, determine_source_target, get_ssdp_socket

SSDP_ADVERTISEMENT_ANNOUNCER_OPTIONS = "ssdp_advertisement_announcer_options"
SSDP_ADVERTISEMENT_ANNOUNCER_OPTION_HEADERS = "advertisement_headers"

FIRST_WAIT: Final = 0.1
"""Seconds, at most, before the first announcement: devices that start together, as after a power cut, are not
to speak together (UDA 2.0 §1.2.2)."""

REPEATS: Final = 3
"""How often the first announcement is sent, as datagrams get lost (UDA 2.0 §1.2.2)."""

REPEAT_PAUSE: Final = 0.3
"""Seconds between those: a few hundred milliseconds (UDA 2.0 §1.2.2)."""

BYEBYES: Final = 2
"""How often a byebye is sent: nobody waits for a third."""

REFRESH: Final = (0.25, 0.45)
"""Part of max-age after which it is announced again, at random between these: below one half, so that one
that is lost does no harm (UDA 2.0 §1.2.2)."""


class SsdpAdvertisementAnnouncer:
    """Announces a device (UDA 2.0 §1.2), from ``async_start`` until ``async_stop`` says byebye.

    It sends to the group of ``target`` from ``source``: everything three times at the start, and again at
    random times before half of ``max_age``, the seconds for which it counts (ValueError for less than one).
    ``options`` may have, under ``SSDP_ADVERTISEMENT_ANNOUNCER_OPTIONS``, headers to add. ``base_uri`` is
    where the device is found from this interface, where that differs.
    """

    ANNOUNCE_INTERVAL: ClassVar[timedelta] = timedelta(seconds=30)
    """0.49.0's pause between two messages. Here everything is sent together, and again as max-age asks."""

    def __init__(
        self,
        device: UpnpServerDevice,
        source: AddressTupleVXType | None = None,
        target: AddressTupleVXType | None = None,
        options: dict[str, Any] | None = None,
        loop: asyncio.AbstractEventLoop | None = None,
        *,
        base_uri: str | None = None,
        search_port: int | None = None,
        max_age: int = MAX_AGE,
        hops: int | None = None,
        limits: Limits = DEFAULT_LIMITS,
        rng: random.Random | None = None,
    ) -> None:
        self.device = device
        self.source, self.target = determine_source_target(source, target)
        self.options = options or {}
        self.search_port = search_port
        self._loop = loop
        self._base_uri = base_uri
        self._max_age = check_max_age(max_age)
        self._hops = hops
        self._limits = limits
        self._random = rng or random.Random()  # noqa: S311 - spreads messages, keeps no secret
        self._endpoint = SsdpEndpoint()
        self._group: AddressTupleVXType = self.target
        self._timer: asyncio.TimerHandle | None = None
        self._announced = 0

    async def async_start(self) -> None:
        """Begin to announce. OSError or UpnpError where the socket cannot be had."""
        loop = self._loop = self._loop or asyncio.get_running_loop()
        sock, source, self._group = get_ssdp_socket(self.source, self.target, hops=self._hops)
        protocol = SsdpProtocol(loop, limits=self._limits)
        await self._endpoint.async_open(protocol, sock, (source[0], 0, *source[2:]))
        self._announced = 0
        self._timer = loop.call_later(self._random.uniform(0, FIRST_WAIT), self._announce)

    async def async_wait_for_transport_protocol(self) -> None:
        """Return when the socket is open, which it is after ``async_start``."""

    async def async_stop(self) -> None:
        """Say byebye, if anything was announced, and send nothing more; safe before a start, and twice."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._endpoint.is_open and self._announced:
            for _ in range(BYEBYES):
                self._send_each(build_byebye)
        self._announced = 0
        self._endpoint.close()

    def update(self, next_boot_id: int) -> None:
        """Say that BOOTID will be another, though nothing restarted (UDA 2.0 §1.2.4).

        Whoever calls it gives the device that id then, and calls ``announce_anew``.
        """

        def build(sender: Sender, host: str, announcement: Announcement) -> bytes:
            return build_update(sender, host, announcement, next_boot_id)

        if self._endpoint.is_open:
            self._send_each(build)

    def announce_anew(self) -> None:
        """Announce as at the start: something about the device has changed."""
        if self._loop is not None and self._endpoint.is_open:
            if self._timer is not None:
                self._timer.cancel()
            self._announced = 0
            self._announce()

    def _announce(self) -> None:
        """Send everything that there is to announce, and see to the next time."""
        loop = self._loop or asyncio.get_running_loop()
        self._send_each(build_alive)
        self._announced += 1
        if self._announced < REPEATS:
            pause = REPEAT_PAUSE * self._random.uniform(0.7, 1.3)
        else:
            pause = self._max_age * self._random.uniform(*REFRESH)
        self._timer = loop.call_later(pause, self._announce)

    def _send_each(self, build: Callable[[Sender, str, Announcement], bytes]) -> None:
        """Send one message for each thing that there is to announce."""
        settings = self.options.get(SSDP_ADVERTISEMENT_ANNOUNCER_OPTIONS)
        extra = extra_headers((settings or {}).get(SSDP_ADVERTISEMENT_ANNOUNCER_OPTION_HEADERS))
        sender = sender_of(self.device, self._base_uri, self._max_age, self.search_port)
        host = host_header(self._group[0].partition("%")[0], self._group[1])
        for announcement in announcements(self.device.announced()):
            self._endpoint.send(with_headers(build(sender, host, announcement), extra), self._group)
