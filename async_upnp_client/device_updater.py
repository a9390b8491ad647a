"""UDA chapters 1 and 2, control point: keep one UpnpDevice current from what is announced of it.

For whoever holds a device for long. It hears announcements through a listener of its own, has the factory
describe the device again when that restarted, moved or changed, and follows whether it is there. Of events it
knows only when a device has forgotten its subscribers; what is to be done then is the event handler's.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeAlias

from async_upnp_client._addresses import ip_version_from_location, same_host
from async_upnp_client._callbacks import CallbackTasks
from async_upnp_client._headers import CaseInsensitiveDict, shown
from async_upnp_client._presence import Presence
from async_upnp_client._protocol.boot_id import (
    CONFIG_ID,
    BootIds,
    adds,
    as_recorded,
    differ,
    has_restarted,
    is_same_boot,
)
from async_upnp_client._protocol.discovery import (
    LOWER__REMOTE_ADDR,
    LOWER__TIMESTAMP,
    LOWER__UDN,
    LOWER_LOCATION,
    SSDP_ST_ROOTDEVICE,
)
from async_upnp_client._protocol.ssdp_device import (
    SsdpDevice,
    location_changed,
)
from async_upnp_client._protocol.ssdp_meaning import (
    extract_valid_to,
    is_service_type,
    max_age,
)
from async_upnp_client._seeking import Seeking
from async_upnp_client.advertisement import SsdpAdvertisementListener
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client.service import UpnpService
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.const import AddressTupleVXType
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.exceptions import UpnpError, UpnpUrlError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.url_policy import DEFAULT_URL_POLICY, UrlPolicy

_LOGGER = logging.getLogger(__name__)

ChangeCallback: TypeAlias = Callable[[UpnpDevice], None]


class DeviceUpdater:
    """Keeps a `UpnpDevice` current, from `async_start` to `async_stop`.

    On an alive or update of the root device, where BOOTID or CONFIGID differ from those of
    `device.ssdp_headers` or the device moved, `factory` creates it anew and the device becomes the new
    one in place (`UpnpDevice.reinit`); `device.ssdp_headers` are then those of the announcement. Where
    that fails, or another device is described there, the device stays as it is and is not available, and the
    next announcement leads to another try.

    Where one that has not restarted, by its BOOTID, announces another address, it is followed there only if
    it does not answer at the one before: it may have both.

    A byebye of the device is believed after `patience`, in seconds, if no alive has come and the device does
    not answer either; so is it when its announcements ran out without a new one (UDA 2.0 §1.2.2). Then
    `device.available` is False, until the next alive. With a `patience` of 0 both are believed at once, and
    the device is asked nothing. `on_change` is called with the device once it has been replaced in place, and
    when it has gone or is back; what it raises is logged. `source` is the address to listen on; without it
    all interfaces are listened on, in IPv4, as they come and go. `url_policy` judges where
    announcements say that the device has moved to, `limits` bound what is read of them.

    A device that restarted, moved, or is back after it was gone, has forgotten its subscribers (UDA 2.0
    §1.2): where an `event_handler` is given, it is told to subscribe anew, as soon as the device is there
    and described (`UpnpEventHandler.async_resubscribe_device`).

    Where a device is gone and its announcements do not come through, it can be looked for:
    `async_locate=locating.async_locate_device`, or anything that returns headers of a message of the device.
    It is asked while the device is not available, at once and then less and less often. With it a
    device that the `event_handler` cannot reach for a subscription is asked whether it is there,
    whatever the `patience`, and is gone if it does not answer. Without it nothing is sent while the device
    is gone.
    """

    def __init__(
        self,
        device: UpnpDevice,
        factory: UpnpFactory,
        source: AddressTupleVXType | None = None,
        *,
        loop: asyncio.AbstractEventLoop | None = None,
        url_policy: UrlPolicy = DEFAULT_URL_POLICY,
        event_handler: UpnpEventHandler | None = None,
        patience: float = 3.0,
        on_change: ChangeCallback | None = None,
        limits: Limits = DEFAULT_LIMITS,
        async_locate: Callable[[UpnpDevice], Awaitable[CaseInsensitiveDict]] | None = None,
    ) -> None:
        self._device = device
        self._limits = limits
        self._url_policy = url_policy
        self._factory = factory
        self._event_handler = event_handler
        self._looks = patience > 0
        self._presence = Presence(patience, self._async_ping, self._leave, self._resubscribe)
        self.on_change = on_change
        """Called with the device after each change of it."""
        self._listener = SsdpAdvertisementListener(
            on_alive=self._on_alive,
            on_byebye=self._on_byebye,
            on_update=self._on_update,
            source=source,
            loop=loop,
            everywhere=source is None,
            limits=limits,
        )
        self._tasks = CallbackTasks(_LOGGER)
        self._seeking = (
            None
            if async_locate is None
            else Seeking(partial(async_locate, device), self._on_located, self._tasks)
        )
        self._locations: SsdpDevice | None = None
        # what the device is being created anew from, and what came meanwhile
        self._current: CaseInsensitiveDict | None = None
        self._wanted: CaseInsensitiveDict | None = None
        self._present = True
        self._boots = BootIds()
        self._has_failed = False
        # whether the device has forgotten its subscribers, and what sees to that
        self._has_forgotten = False
        self._resubscribing: asyncio.Task[None] | None = None

    async def async_start(self) -> None:
        """Start to listen. OSError or UpnpError where the port cannot be had."""
        await self._listener.async_start()
        self._presence.start(self._listener.loop or asyncio.get_running_loop())
        if self._event_handler is not None and self._seeking is not None:
            self._event_handler.on_unreached.add(self._on_unreached)
        # it may leave before it is heard once
        cache_control = self._device.ssdp_headers.get_lower("cache-control")
        if cache_control is not None:
            self._presence.heard(max_age(cache_control))

    async def async_stop(self) -> None:
        """Stop to listen, and end a creation that is under way. Safe before a start, and twice."""
        self._wanted = None
        if self._event_handler is not None:
            self._event_handler.on_unreached.discard(self._on_unreached)
        self._end_resubscribing()
        if self._seeking is not None:
            self._seeking.stop()
        await self._listener.async_stop()
        await self._presence.async_stop()
        await self._tasks.async_cancel()
        self._current = None  # where its task was cancelled before it ran

    # ---- what is heard

    def _is_own(self, headers: CaseInsensitiveDict) -> bool:
        # embedded devices have UDNs of their own, and come and go with the root device's
        return str(headers.get_lower(LOWER__UDN)).lower() == self._device.udn.lower()

    def _on_byebye(self, headers: CaseInsensitiveDict) -> None:
        if not self._is_own(headers) or is_service_type(headers.get_lower("nt") or ""):
            return
        _LOGGER.debug("Device %r says byebye", self._device)
        self._has_forgotten = True  # its subscribers, whether it leaves or not
        self._end_resubscribing()
        self._presence.left()

    def _on_update(self, headers: CaseInsensitiveDict) -> None:
        self._on_alive(headers)

    def _on_alive(self, headers: CaseInsensitiveDict) -> None:
        if not self._is_own(headers):
            return
        self._boots.see(as_recorded(headers))
        self._presence.heard(max_age(headers.get_lower("cache-control") or ""))
        location = headers.get_lower(LOWER_LOCATION)
        if headers.get_lower("nt") != SSDP_ST_ROOTDEVICE or not location:
            return
        device_url = self._device.device_url
        if location != device_url and not self._may_follow(headers, location, device_url):
            _LOGGER.debug("Not following device %r to %s", self._device, shown(location))
            return
        self._present = True
        followed = self._wanted or self._current
        latest = self._device.ssdp_headers if followed is None else followed
        moved = self._has_moved(
            headers, location, latest.get_lower(LOWER_LOCATION) if followed else device_url
        )
        recorded = as_recorded(headers)
        # the first of an update's repeats has had its next BOOTID recorded
        booted = self._boots.are_meant and has_restarted(latest, headers) and has_restarted(latest, recorded)
        if moved and not booted and self._may_have_two_addresses(latest, recorded):
            _ = self._tasks.start(self._async_look_where(recorded), f"look where {self._device.udn} is")
            moved = False
        if moved or booted:
            self._has_forgotten = True
        if moved or booted or differ(latest, headers, CONFIG_ID):
            self._wanted = recorded
            if self._current is None:
                self._current = recorded  # from now on, not from when the task first runs
                _ = self._tasks.start(self._async_follow(), f"update of {self._device.udn}")
        elif self._current is not None:
            return  # repeats what is being followed
        else:
            if adds(latest, recorded):
                self._device.ssdp_headers = recorded
            self._become(available=True)
            self._resubscribe()

    def _may_follow(self, headers: CaseInsensitiveDict, location: str, device_url: str) -> bool:
        if same_host(device_url, location):
            return True
        try:
            self._url_policy.check_location(
                location, heard_by=self._listener.source, heard_from=headers.get_lower(LOWER__REMOTE_ADDR)
            )
        except UpnpUrlError:
            return False
        return True

    def _has_moved(self, headers: CaseInsensitiveDict, location: str, used: str) -> bool:
        """Return whether a LOCATION means that the device is somewhere else than at the one used.

        It does not where the device still announces that one as well: it has several addresses, and
        announces one after the other (UDA 2.0 §1.2).
        """
        valid_to = extract_valid_to(headers)
        known = self._locations
        if known is None:
            known = self._locations = SsdpDevice(self._device.udn, valid_to, limits=self._limits)
            if ip_version_from_location(used) is not None:  # a name is never announced
                known.add_location(used, valid_to)
        known.purge_locations(headers.get_lower(LOWER__TIMESTAMP))
        moved = used not in known.locations or location_changed(known, headers)
        known.add_location(location, valid_to)
        return moved and location != used

    def _may_have_two_addresses(self, latest: CaseInsensitiveDict, headers: CaseInsensitiveDict) -> bool:
        """Whether a LOCATION that is new may be one more of a device that is where it was (row D-032)."""
        used, new = self._device.device_url, str(headers.get_lower(LOWER_LOCATION))
        is_known = self._locations is not None and used in self._locations.locations
        is_free = self._looks and self._current is None and self._device.available
        return is_free and is_known and not same_host(used, new) and is_same_boot(latest, headers)

    async def _async_look_where(self, headers: CaseInsensitiveDict) -> None:
        """Follow the device to one more location that it has announced, if it has left the other."""
        used = self._device.device_url
        try:
            await self._device.async_ping()
        except (UpnpError, OSError) as err:
            _LOGGER.debug("A device is no more at %s: %s", shown(used), shown(err))
            if self._present and self._current is None and self._device.device_url == used:
                self._has_forgotten = True
                self._wanted = self._current = headers
                await self._async_follow()

    # ---- creating anew

    async def _async_follow(self) -> None:
        """Create the device anew, and once more for what came meanwhile."""
        try:
            while self._wanted is not None:
                self._current, self._wanted = self._wanted, None
                await self._async_reinit(self._current)
        finally:
            self._current = None

    async def _async_reinit(self, headers: CaseInsensitiveDict) -> None:
        location: str = headers.get_lower(LOWER_LOCATION)
        before = self._device.all_services
        try:
            new_device = await self._factory.async_create_device(location)
            self._device.reinit(_announced(new_device, headers))
        except (UpnpError, OSError) as err:
            # a device that starts, or sleeps, may refuse for long: the log need not grow with each alive
            level = logging.DEBUG if self._has_failed else logging.WARNING
            _LOGGER.log(level, "Cannot update %r from %s: %s", self._device, shown(location), shown(err))
            self._fail()
        except Exception:
            _LOGGER.exception("Cannot update %r from %s", self._device, shown(location))
            self._fail()
        else:
            self._has_failed = False
            self._device.ssdp_headers = headers
            self._become(available=self._present, replaced=True)
            self._drop(set(before) - set(self._device.all_services))
            self._resubscribe()

    def _fail(self) -> None:
        """Wait for the next announcement, which then is news again."""
        self._has_failed = True
        self._locations = None
        self._become(available=False)

    def _become(self, *, available: bool, replaced: bool = False) -> None:
        """Note whether it is there, and tell what has changed."""
        if self._seeking is not None and available:
            self._seeking.stop()
        elif self._seeking is not None:
            self._seeking.start()  # also where a profile has noted already that it is not there
        if self._device.available == available and not replaced:
            return
        self._device.available = available
        if self.on_change is not None:
            try:
                self.on_change(self._device)
            except Exception:
                _LOGGER.exception("on_change of %r failed", self._device)

    # ---- its subscribers

    def _resubscribe(self) -> None:
        """Have the event handler subscribe anew, where the device has forgotten us."""
        if self._event_handler is None or not self._has_forgotten or self._resubscribing is not None:
            return
        self._resubscribing = self._tasks.start(
            self._async_resubscribe(self._event_handler), f"subscriptions to {self._device.udn}"
        )

    def _end_resubscribing(self) -> None:
        """Send no more; what is left is to be done when the device is heard again."""
        if self._resubscribing is not None:
            self._resubscribing.cancel()
            self._resubscribing = None
            self._has_forgotten = True

    async def _async_resubscribe(self, event_handler: UpnpEventHandler) -> None:
        """Have it done, and once more for a restart meanwhile."""
        try:
            while self._has_forgotten and self._device.available and self._current is None:
                self._has_forgotten = False
                await event_handler.async_resubscribe_device(self._device)
        finally:
            if self._resubscribing is asyncio.current_task():
                self._resubscribing = None

    def _drop(self, services: set[UpnpService]) -> None:
        """Keep no subscription to services that the device has no more."""
        kept = self._event_handler.kept_subscriptions if self._event_handler is not None else ()
        for subscription in kept:
            if subscription.service in services:
                _ = self._tasks.start(subscription.async_stop(), f"end of {subscription}")

    # ---- whether it is there

    async def _async_ping(self) -> None:
        """Look at the device, unless it is being described anew, which is a look as well."""
        if self._current is None:
            await self._device.async_ping()

    def _on_unreached(self, service: UpnpService) -> None:
        """Look at the device, which may have moved unheard; while it is gone that is known."""
        if self._present and self._current is None and service in self._device.all_services:
            self._presence.doubted()

    def _leave(self) -> None:
        self._present = False
        self._has_forgotten = True
        self._end_resubscribing()
        self._become(available=False)
        self._wanted = self._locations = None

    def _on_located(self, headers: CaseInsensitiveDict) -> None:
        """Follow the device to where it was found, unless it has been heard meanwhile."""
        # a profile that reaches it may have said that it is available
        if (self._device.available and self._present) or self._current is not None:
            return
        self._presence.heard(max_age(headers.get_lower("cache-control") or ""))
        self._present = self._has_forgotten = True
        self._wanted = self._current = headers
        _ = self._tasks.start(self._async_follow(), f"update of {self._device.udn}")


def _announced(described: UpnpDevice, headers: CaseInsensitiveDict) -> UpnpDevice:
    """Return what a description has of the device that was announced; UpnpError if it is another's (S-021).

    UDNs that are announced by other names than described, as a router does, never come here: the device
    was known by the one of its description.
    """
    udn = str(headers.get_lower(LOWER__UDN))
    found = described.get_devices_matching_udn(udn)
    if not found:
        raise UpnpError(f"it describes {shown(described.udn)}")
    return found[0]
