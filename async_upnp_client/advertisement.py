"""UDA chapter 1.2, control point: hear what devices announce of themselves (NOTIFY).

`ssdp_listener` and `device_updater` stand on the listener here. It sorts messages by what they say; whether
they are complete, and what they mean for a device, is not its business. On the same socket it hears what
other control points search for.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final

from async_upnp_client._addresses import is_multicast
from async_upnp_client._callbacks import CallbackTasks
from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._interfaces import LOOK_SECONDS, Interface
from async_upnp_client._protocol.ssdp_message import NOTIFY_LINE, SEARCH_LINE
from async_upnp_client._ssdp_sockets import join_everywhere
from async_upnp_client.const import AddressTupleVXType, NotificationSubType, SsdpSource
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.ssdp import SsdpEndpoint, SsdpProtocol, determine_source_target, get_ssdp_socket

_LOGGER = logging.getLogger(__name__)

ALIVE: Final = NotificationSubType.SSDP_ALIVE.value
BYEBYE: Final = NotificationSubType.SSDP_BYEBYE.value
UPDATE: Final = NotificationSubType.SSDP_UPDATE.value
WILDCARD: Final = ""


class SsdpAdvertisementListener:
    """Hears announcements and calls back with their headers (UDA 2.0 §1.2).

    Headers are those of `ssdp.decode_ssdp_packet`, and ``_source``. At least one callback is needed, or it is
    an AssertionError. Callbacks and addresses may be assigned until the start. `limits` bound what is read.
    `on_search` is called with the headers of each search by multicast, our own included. With `everywhere`
    what is announced in IPv4 is heard on all interfaces, as they come and go, instead of the source's; it may
    be that none is there at the start.
    """

    def __init__(
        self,
        async_on_alive: Callable[[CaseInsensitiveDict], Coroutine[Any, Any, None]] | None = None,
        async_on_byebye: Callable[[CaseInsensitiveDict], Coroutine[Any, Any, None]] | None = None,
        async_on_update: Callable[[CaseInsensitiveDict], Coroutine[Any, Any, None]] | None = None,
        on_alive: Callable[[CaseInsensitiveDict], None] | None = None,
        on_byebye: Callable[[CaseInsensitiveDict], None] | None = None,
        on_update: Callable[[CaseInsensitiveDict], None] | None = None,
        source: AddressTupleVXType | None = None,
        target: AddressTupleVXType | None = None,
        loop: asyncio.AbstractEventLoop | None = None,
        *,
        on_search: Callable[[CaseInsensitiveDict], None] | None = None,
        everywhere: bool = False,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        if not any((async_on_alive, async_on_byebye, async_on_update, on_alive, on_byebye, on_update)):
            raise AssertionError("At least one callback is needed")
        self.async_on_alive = async_on_alive
        self.async_on_byebye = async_on_byebye
        self.async_on_update = async_on_update
        self.on_alive = on_alive
        self.on_byebye = on_byebye
        self.on_update = on_update
        self.on_search = on_search
        self.source, self.target = determine_source_target(source, target)
        self.loop = loop
        self._everywhere = everywhere
        self._look_timer: asyncio.TimerHandle | None = None
        self._endpoint = SsdpEndpoint()
        self._limits = limits
        self._callbacks = CallbackTasks(_LOGGER, limits.callbacks)

    async def async_start(self) -> None:
        """Listen; nothing happens if it does already. Errors are those of `ssdp.get_ssdp_socket`."""
        if self._endpoint.is_wanted:
            return
        if self.loop is None or self.loop.is_closed():
            self.loop = asyncio.get_running_loop()
        must_join = not self._everywhere
        sock, source, target = get_ssdp_socket(self.source, self.target, must_join=must_join)
        protocol = SsdpProtocol(self.loop, on_data=self._on_data, limits=self._limits)
        await self._endpoint.async_open(protocol, sock, _listening_address(source, target))
        if self._everywhere:
            self._look(partial(join_everywhere, sock, target))

    async def async_stop(self) -> None:
        """Stop listening; safe at any time."""
        self._look_no_more()
        self._endpoint.close()

    def _look(
        self,
        join: Callable[[frozenset[Interface]], frozenset[Interface]],
        joined: frozenset[Interface] = frozenset(),
    ) -> None:
        """Listen on the interfaces that there are, and look again after a while, as long as it is open."""
        self._look_no_more()
        if self._endpoint.is_wanted and self.loop is not None:
            self._look_timer = self.loop.call_later(LOOK_SECONDS, self._look, join, join(joined))

    def _look_no_more(self) -> None:
        if self._look_timer is not None:
            self._look_timer.cancel()
            self._look_timer = None

    def _on_data(self, request_line: str, headers: CaseInsensitiveDict) -> None:
        """Call back for an announcement; answers to searches, which share the port, are not for us."""
        if request_line != NOTIFY_LINE:
            if request_line == SEARCH_LINE:
                self._callbacks.call(None, self.on_search, headers)
            return
        headers.set_lower("_source", SsdpSource.ADVERTISEMENT)
        # "SSDP:ALIVE" is no announcement by the letter, but there is nothing else that it could mean
        nts = headers.get_lower("nts", "").lower()
        if nts == ALIVE:
            self._callbacks.call(self.async_on_alive, self.on_alive, headers)
        elif nts == BYEBYE:
            self._callbacks.call(self.async_on_byebye, self.on_byebye, headers)
        elif nts == UPDATE:
            self._callbacks.call(self.async_on_update, self.on_update, headers)


def _listening_address(source: AddressTupleVXType, target: AddressTupleVXType) -> tuple[Any, ...]:
    """Return what to bind to: the group itself, so that only what is sent to the group comes.

    A socket on the wildcard address would take searches by unicast away from a device of this machine, as
    these come to only one of the sockets on a port. Windows cannot bind to groups.
    """
    if is_multicast(target):
        return (WILDCARD, *target[1:]) if os.name == "nt" else target
    return (source[0], target[1], *source[2:])
