"""UDA chapter 1, control point: know which devices are there, from announcements and search responses.

`SsdpListener` hears both, hands them to a tracker, and tells its user of what is new, changed, leaving or
expired. Knows no packet formats: decoding is below `advertisement` and `search`, judging is the tracker's.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from datetime import datetime
from typing import Any

from async_upnp_client._addresses import ip_version_from_location, is_valid_location
from async_upnp_client._callbacks import CallbackTasks
from async_upnp_client._headers import CaseInsensitiveDict, shown
from async_upnp_client._protocol import tracker as protocol_tracker
from async_upnp_client._protocol.courtesy import SearchCourtesy
from async_upnp_client._protocol.discovery import SSDP_MX, SSDP_ST_ALL
from async_upnp_client._protocol.ssdp_device import (
    SsdpDevice,
    headers_differ_from_existing_advertisement,
    headers_differ_from_existing_search,
    location_changed,
)
from async_upnp_client._protocol.ssdp_meaning import (
    CACHE_CONTROL_RE,
    DEFAULT_MAX_AGE,
    IGNORED_HEADERS,
    extract_uncache_after,
    extract_valid_to,
    same_headers_differ,
    valid_advertisement_headers,
    valid_byebye_headers,
    valid_search_headers,
)
from async_upnp_client._protocol.ssdp_message import udn_from_usn
from async_upnp_client._quiet import QuietLog
from async_upnp_client.advertisement import SsdpAdvertisementListener
from async_upnp_client.const import (
    AddressTupleVXType,
    DeviceOrServiceType,
    NotificationSubType,
    NotificationType,
    SearchTarget,
    SsdpSource,
    UniqueDeviceName,
)
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.search import SsdpSearchListener
from async_upnp_client.ssdp import determine_source_target
from async_upnp_client.url_policy import DEFAULT_URL_POLICY, UrlPolicy

__all__ = [
    "CACHE_CONTROL_RE",
    "DEFAULT_MAX_AGE",
    "IGNORED_HEADERS",
    "SSDP_MX",
    "SSDP_ST_ALL",
    "AddressTupleVXType",
    "CaseInsensitiveDict",
    "DeviceOrServiceType",
    "NotificationSubType",
    "NotificationType",
    "SearchTarget",
    "SsdpAdvertisementListener",
    "SsdpDevice",
    "SsdpDeviceTracker",
    "SsdpListener",
    "SsdpSearchListener",
    "SsdpSource",
    "UniqueDeviceName",
    "determine_source_target",
    "extract_uncache_after",
    "extract_valid_to",
    "headers_differ_from_existing_advertisement",
    "headers_differ_from_existing_search",
    "ip_version_from_location",
    "is_valid_location",
    "location_changed",
    "same_headers_differ",
    "udn_from_usn",
    "valid_advertisement_headers",
    "valid_byebye_headers",
    "valid_search_headers",
]

_LOGGER = logging.getLogger(__name__)

# Seconds between two looks at what expired: a sender of max-age=0 must not keep the loop busy, and nobody
# needs to know to the second that a device went without a word.
_SHORTEST_WAIT = 1.0

# Seconds for which a search of somebody else stands for one of ours: half of the minute after which many
# programs search again.
_POLITE_SECONDS = 30.0

# Devices that expire in one turn of the loop: a flood's may do so all at once, and others want their turn.
_PURGED_PER_TURN = 256

# Looked up once: an enum takes its time, and these are for each message.
_ALIVE = SsdpSource.ADVERTISEMENT_ALIVE
_UPDATE = SsdpSource.ADVERTISEMENT_UPDATE
_BYEBYE = SsdpSource.ADVERTISEMENT_BYEBYE

_NEVER = float("inf")
_STOPPED = float("-inf")


class SsdpDeviceTracker(protocol_tracker.SsdpDeviceTracker):
    """The devices heard, with what they said and for how long it counts; listeners may share one.

    `devices` (UDN -> `SsdpDevice`) is for reading.
    """

    def purge_devices(self, override_now: datetime | None = None) -> None:
        """Remove what has expired now, or at another time (naive local)."""
        moment = (override_now or datetime.now()).timestamp()
        if self.next_check < moment:
            self._purge(moment)


class SsdpListener:
    """Listens for announcements and search responses of devices, and keeps track of them.

    `async_callback` and `callback` (at least one) are called with the `SsdpDevice`, the device or service
    type, and as what it was heard: `SsdpSource.ADVERTISEMENT_ALIVE`, `ADVERTISEMENT_UPDATE` and
    `SEARCH_CHANGED` for news, `ADVERTISEMENT_BYEBYE` for a device or service that leaves, `SEARCH_ALIVE`
    for every other search response. `on_expired` is called with a device whose announcements all ran out
    (UDA 2.0 §1.2.2), within about a second while the listener is started. `search_timeout` is the MX of
    searches in seconds, `search_target` their ST. A `device_tracker` may be shared between listeners; what
    leaves or expires is then told by the listener that notices it. `limits` bound what is remembered; a
    device that makes room for others is told by `on_expired` as well. `url_policy` judges locations; a
    `device_tracker` brings both of its own.

    AssertionError without a callback; UpnpError where source and target are of different families.
    """

    def __init__(
        self,
        async_callback: Callable[[SsdpDevice, DeviceOrServiceType, SsdpSource], Coroutine[Any, Any, None]]
        | None = None,
        callback: Callable[[SsdpDevice, DeviceOrServiceType, SsdpSource], None] | None = None,
        source: AddressTupleVXType | None = None,
        target: AddressTupleVXType | None = None,
        loop: asyncio.AbstractEventLoop | None = None,
        search_timeout: int = SSDP_MX,
        search_target: str = SSDP_ST_ALL,
        device_tracker: SsdpDeviceTracker | None = None,
        *,
        on_expired: Callable[[SsdpDevice], None] | None = None,
        limits: Limits = DEFAULT_LIMITS,
        url_policy: UrlPolicy = DEFAULT_URL_POLICY,
    ) -> None:
        if async_callback is None and callback is None:
            raise AssertionError("Provide at least one callback")
        self.async_callback = async_callback
        self.callback = callback
        self.on_expired = on_expired
        self.source, self.target = determine_source_target(source, target)
        self.loop = loop
        self.search_timeout = search_timeout
        self.search_target = search_target
        if device_tracker is None:
            device_tracker = SsdpDeviceTracker(limits=limits, url_policy=url_policy)
        self._device_tracker = device_tracker
        self._advertisement_listener: SsdpAdvertisementListener | None = None
        self._search_listener: SsdpSearchListener | None = None
        self._limits = limits
        self._quiet = QuietLog(_LOGGER, limits.log_reasons)
        self._callbacks = CallbackTasks(_LOGGER, limits.callbacks)
        self._timer: asyncio.TimerHandle | None = None
        # POSIX time that the timer is set for; what comes up later does not move it
        self._timer_due = _STOPPED
        self._courtesy = SearchCourtesy()

    @property
    def devices(self) -> Mapping[UniqueDeviceName, SsdpDevice]:
        """The devices known, by UDN: a live mapping."""
        return self._device_tracker.devices

    @property
    def search_port(self) -> int:
        """The port that searches are sent from; 0 while it is not started."""
        return 0 if self._search_listener is None else self._search_listener.port

    async def async_start(self) -> None:
        """Start to listen; no search is sent. OSError or UpnpError where a port cannot be had."""
        if self._advertisement_listener is not None:
            return
        loop = self.loop = self.loop or asyncio.get_running_loop()
        self._advertisement_listener = SsdpAdvertisementListener(
            on_alive=self._on_alive,
            on_byebye=self._on_byebye,
            on_update=self._on_update,
            on_search=self._on_others_search,
            source=self.source,
            target=self.target,
            loop=loop,
            limits=self._limits,
        )
        try:
            await self._advertisement_listener.async_start()
            search_listener = SsdpSearchListener(
                callback=self._on_search,
                loop=loop,
                source=self.source,
                target=self.target,
                timeout=self.search_timeout,
                search_target=self.search_target,
                limits=self._limits,
            )
            await search_listener.async_start()
        except BaseException:
            await self.async_stop()
            raise
        self._search_listener = search_listener
        self._timer_due = _NEVER
        self._set_timer()

    async def async_stop(self) -> None:
        """Stop to listen; the devices known stay known. Safe before a start, and twice."""
        self._timer_due = _STOPPED
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        search_listener, self._search_listener = self._search_listener, None
        advertisement_listener, self._advertisement_listener = self._advertisement_listener, None
        if search_listener is not None:
            search_listener.async_stop()
        if advertisement_listener is not None:
            await advertisement_listener.async_stop()

    async def async_search(
        self, override_target: AddressTupleVXType | None = None, *, search_target: str | None = None
    ) -> None:
        """Send a search, to the target or to another one; AssertionError before `async_start`.

        It is for `search_target`, or for that of the listener.
        """
        if self._search_listener is None:
            raise AssertionError("Call async_start() first")
        self._search_listener.async_search(override_target, search_target=search_target)
        if override_target is None:
            self._courtesy.send(search_target or self.search_target)

    async def async_search_politely(self, within: float = _POLITE_SECONDS) -> bool:
        """Search, unless somebody else has in the last `within` seconds; return whether a search was sent.

        For searches that are repeated all the time, to burden devices less (D-054). Answers to the searches
        of others do not come to us, so the first search is always sent, and so is one after a search that
        was left out, or had no answer. AssertionError before `async_start`.
        """
        if self.loop is None or self._search_listener is None:
            raise AssertionError("Call async_start() first")
        if self._courtesy.leave_out(self.search_target, within, self.loop.time()):
            _LOGGER.debug("Not searching for %s: somebody else has", self.search_target)
            return False
        await self.async_search()
        return True

    # ---- what is heard

    def _on_others_search(self, headers: CaseInsensitiveDict) -> None:
        search_target = headers.get_lower("st")
        if search_target and self.loop is not None and not self._is_our_own(headers.get_lower("_port")):
            self._courtesy.hear(search_target, self.loop.time())

    def _is_our_own(self, port: int) -> bool:
        """Return whether a search came from us, as what we send to the group comes back."""
        return self.search_port == port

    def _note(self, device: SsdpDevice, headers: CaseInsensitiveDict) -> None:
        """Take note of a message of a device, before anybody is told of it; for subclasses."""

    def _on_search(self, headers: CaseInsensitiveDict) -> None:
        self._courtesy.answered()
        tracker = self._device_tracker
        propagate, device, search_target, source = tracker.see_search(headers, heard_by=self.source)
        if device is not None:
            self._note(device, headers)
        if tracker.removed:
            self._tell_removed(tracker.take_removed())
        if tracker.next_check < self._timer_due:
            self._set_timer()
        if propagate:
            self._callbacks.call(self.async_callback, self.callback, device, search_target, source)

    def _on_alive(self, headers: CaseInsensitiveDict) -> None:
        self._see(headers, _ALIVE)

    def _on_update(self, headers: CaseInsensitiveDict) -> None:
        self._see(headers, _UPDATE)

    def _see(self, headers: CaseInsensitiveDict, source: SsdpSource) -> None:
        tracker = self._device_tracker
        propagate, device, notification_type = tracker.see_advertisement(headers, heard_by=self.source)
        if device is not None:
            self._note(device, headers)
        if tracker.removed:
            self._tell_removed(tracker.take_removed())
        if tracker.next_check < self._timer_due:
            self._set_timer()
        if propagate:
            self._callbacks.call(self.async_callback, self.callback, device, notification_type, source)

    def _on_byebye(self, headers: CaseInsensitiveDict) -> None:
        tracker = self._device_tracker
        propagate, device, notification_type = tracker.unsee_advertisement(headers)
        if tracker.removed:
            self._tell_removed(tracker.take_removed())
        self._set_timer()
        if propagate:
            self._callbacks.call(self.async_callback, self.callback, device, notification_type, _BYEBYE)

    # ---- what expires

    def _tell_removed(self, devices: Iterable[SsdpDevice]) -> None:
        for device in devices:
            # by host: a flood's devices go as they come
            self._quiet.report("A device of %s expired, or made room: %r", shown(device.host), device)
            if self.on_expired is not None:
                self._callbacks.call(None, self.on_expired, device)

    def _set_timer(self, shortest: float = _SHORTEST_WAIT) -> None:
        """Have the timer come up when something may expire; none where nothing is known."""
        due = self._device_tracker.next_check
        if self._timer is not None:
            if self._timer_due <= due < _NEVER:
                return
            self._timer.cancel()
            self._timer = None
        if self._timer_due == _STOPPED or self.loop is None:
            return
        self._timer_due = due
        if due < _NEVER:
            wait = max(due - time.time(), shortest)
            self._timer = self.loop.call_at(self.loop.time() + wait, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        now = datetime.now()
        self._tell_removed(self._device_tracker.purge(now, _PURGED_PER_TURN))
        left = self._device_tracker.next_check < now.timestamp()
        self._set_timer(0.0 if left else _SHORTEST_WAIT)
