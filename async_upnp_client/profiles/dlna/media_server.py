"""Media servers (MediaServer:1 to :4): what they have, from the first to the last object.

`DmsDevice` walks a server as well as it lets itself be walked: `paging` decides what to ask for next, and
`content_browsing` asks. It must not know what a renderer makes of it.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from didl_lite.didl_lite import Container, DidlObject

from async_upnp_client._diagnostics import Code, place
from async_upnp_client._headers import shown
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client.service import UpnpService
from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.profiles._services import Poll
from async_upnp_client.profiles.dlna.connection_manager import PROTOCOL_INFO, ConnectionManagerMixin
from async_upnp_client.profiles.dlna.content_browsing import (
    BROWSE,
    SEARCH,
    BrowseResult,
    ContentDirectoryMixin,
    Properties,
)
from async_upnp_client.profiles.dlna.content_directory import ALL, ROOT_ID, joined
from async_upnp_client.profiles.dlna.paging import PAGE, Manners, Pager, Request, is_gone

_LOGGER = logging.getLogger(__name__)

UPDATE_ID: Final[Poll] = ("CD", "GetSystemUpdateID", {})
CAPABILITIES: Final[tuple[Poll, ...]] = (
    ("CD", "GetSearchCapabilities", {}),
    ("CD", "GetSortCapabilities", {}),
)

MOST_LEVELS: Final = 64
"""Levels of containers that are walked: the deepest folders of people have a dozen. A server that makes up
containers in containers for ever is left there."""

Ask = Callable[[Request], Awaitable[BrowseResult]]


@dataclass(frozen=True)
class Walk:
    """What holds for all containers of a walk: what is asked for, and where it has been."""

    metadata_filter: str
    sort_criteria: str
    page_size: int
    walked: set[str]


class DmsDevice(ContentDirectoryMixin, ConnectionManagerMixin):
    """A media server."""

    DEVICE_TYPES: ClassVar[list[str]] = [
        "urn:schemas-upnp-org:device:MediaServer:1",
        "urn:schemas-upnp-org:device:MediaServer:2",
        "urn:schemas-upnp-org:device:MediaServer:3",
        "urn:schemas-upnp-org:device:MediaServer:4",
    ]
    SERVICE_IDS: ClassVar[frozenset[str]] = frozenset(
        {
            "urn:upnp-org:serviceId:ConnectionManager",
            "urn:upnp-org:serviceId:ContentDirectory",
        }
    )
    _SERVICE_TYPES: ClassVar[dict[str, set[str]]] = {
        **ContentDirectoryMixin._SERVICE_TYPES,  # noqa: SLF001  # its own base
        **ConnectionManagerMixin._SERVICE_TYPES,  # noqa: SLF001
    }
    _POLLS: ClassVar[Sequence[Poll]] = (UPDATE_ID, PROTOCOL_INFO)

    def __init__(self, device: UpnpDevice, event_handler: UpnpEventHandler | None) -> None:
        super().__init__(device, event_handler)
        self._manners = Manners()
        self._polling = False
        self._is_told = False  # whether events tell of changes: MiniDLNA grants subscriptions and sends none

    async def async_update(self, do_ping: bool = False) -> None:
        """Ask for the update id, where no event tells it, and once for formats and capabilities.

        With `do_ping` the device is asked for something in any case, to see whether it is there.
        Raises UpnpCommunicationError where it cannot be reached.
        """
        self._is_told = is_told = self._is_told and self._events_come("CD")
        wanted: list[Poll] = [] if self._has_protocol_info else [PROTOCOL_INFO]
        wanted += [] if is_told else [UPDATE_ID]
        wanted += [poll for poll in CAPABILITIES if poll[1] not in self._asked]
        self._polling = True
        try:
            await self._async_poll_all(wanted)
        finally:
            self._polling = False
        self._has_protocol_info = True
        self._asked.update(name for _, name, _ in wanted)
        if is_told and do_ping:
            await self.profile_device.async_ping()

    def _on_event(self, service: UpnpService, state_variables: Sequence[UpnpStateVariable[Any]]) -> None:
        names = {variable.name for variable in state_variables}
        if not state_variables:
            self._is_told = False  # events were lost
        elif not self._polling and "SystemUpdateID" in names and self._events_come("CD"):
            self._is_told = True
        super()._on_event(service, state_variables)

    # --- All that there is ---

    async def walk(
        self,
        object_id: str = ROOT_ID,
        *,
        depth: int | None = 1,
        metadata_filter: Properties = ALL,
        sort_criteria: Properties = "",
        page_size: int = PAGE,
    ) -> AsyncIterator[DidlObject]:
        """Yield what is in a container; with a depth of 2 also what is in those in it, and with None all.

        Each container comes before what is in it. Pages are asked for until nothing new comes, whatever the
        server says of totals; with fewer objects where it fails, and without criteria to sort by and a filter
        where it does not take them. A single object that it fails on is left out, and so is a container
        within; a diagnostic of the action Browse tells.

        Raises UpnpError where the server cannot be browsed, what it answers for the container itself, and
        ValueError for pages of less than one object.
        """
        criteria = await self._async_allowed(sort_criteria)
        walk = Walk(joined(metadata_filter), criteria, page_size, {object_id})
        levels = MOST_LEVELS if depth is None else depth
        async for found in self._async_contents(walk, object_id, levels, is_empty=False):
            yield found

    async def _async_contents(
        self, walk: Walk, container_id: str, levels: int, *, is_empty: bool
    ) -> AsyncIterator[DidlObject]:
        """Yield what is in a container, and in those in it while there are levels left."""

        async def async_ask(request: Request) -> BrowseResult:
            return await self.async_browse_direct_children(
                container_id, request.metadata_filter, request.start, request.count, request.sort_criteria
            )

        pager = Pager(
            walk.metadata_filter, walk.sort_criteria, self._manners, page=walk.page_size, is_empty=is_empty
        )
        async for found in self._async_pages(BROWSE, pager, async_ask, place("object", container_id)):
            yield found
            if levels <= 1 or not isinstance(found, Container) or not found.id or found.id in walk.walked:
                continue
            walk.walked.add(found.id)  # containers that have each other in them are walked once
            try:
                async for inner in self._async_contents(
                    walk, found.id, levels - 1, is_empty=found.child_count == "0"
                ):
                    yield inner
            except UpnpError as err:
                if is_gone(err):
                    raise
                message = f"what is in a container cannot be told: {err}"
                self._note(BROWSE, Code.CONTAINER_UNREADABLE, place("object", found.id), message)

    async def walk_search(
        self,
        container_id: str,
        search_criteria: str,
        *,
        metadata_filter: Properties = ALL,
        sort_criteria: Properties = "",
        page_size: int = PAGE,
    ) -> AsyncIterator[DidlObject]:
        """Yield all that a search finds, page by page as ``walk``; errors as ``async_search_directory``."""

        async def async_ask(request: Request) -> BrowseResult:
            return await self.async_search_directory(
                container_id,
                search_criteria,
                request.metadata_filter,
                request.start,
                request.count,
                request.sort_criteria,
            )

        criteria = await self._async_allowed(sort_criteria)
        pager = Pager(joined(metadata_filter), criteria, self._manners, page=page_size)
        async for found in self._async_pages(SEARCH, pager, async_ask, place("object", container_id)):
            yield found

    async def _async_pages(
        self, action_name: str, pager: Pager, ask: Ask, where: str
    ) -> AsyncIterator[DidlObject]:
        while (request := pager.request) is not None:
            try:
                answer = await ask(request)
            except UpnpError as err:
                pager.fail(err)
                _LOGGER.debug("%s: %s, now %s: %s", self.name, request, pager.request, shown(err))
                if pager.request is not None and pager.request.start > request.start:
                    message = f"object {request.start} of a container was left out: {err}"
                    self._note(action_name, Code.OBJECT_UNREADABLE, where, message)
                continue
            for found in pager.take(answer.result, answer.number_returned, answer.total_matches):
                yield found

    def _note(self, action_name: str, code: Code, where: str, message: str) -> None:
        action = self._action("CD", action_name)
        if action is not None:
            action.note(code, where, message)
