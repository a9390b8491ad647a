"""ContentDirectory: what a media server has, asked for call by call (ContentDirectory §2.7).

The part of ``DmsDevice`` that asks as 0.49.0 did, and knows what the service says of itself. `didl` reads
what comes, `content_directory` has the words. It must not know of pages.
"""

from collections.abc import Iterable
from typing import Any, ClassVar, Final, NamedTuple, TypeAlias

from didl_lite.didl_lite import Container, Descriptor, DidlObject

from async_upnp_client._addresses import absolute_url
from async_upnp_client._diagnostics import Code, place
from async_upnp_client._turns import async_finished
from async_upnp_client._xml_sliced import SLICE_LENGTH
from async_upnp_client.client.action import UpnpAction
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.exceptions import (
    UpnpActionError,
    UpnpContentError,
    UpnpError,
    UpnpResponseError,
    UpnpXmlContentError,
)
from async_upnp_client.profiles.dlna.comma_lists import split_commas
from async_upnp_client.profiles.dlna.content_directory import (
    ALL,
    PARENT_OF_ROOT,
    ROOT_ID,
    ContentDirectoryErrorCode,
    allowed_criteria,
    container_updates,
    joined,
    signed_criteria,
)
from async_upnp_client.profiles.dlna.didl import read_didl, read_didl_sliced
from async_upnp_client.profiles.dlna.metadata import text_or_none
from async_upnp_client.profiles.dlna.object_changes import ObjectChange, parse_object_changes
from async_upnp_client.profiles.profile import UpnpProfileDevice

BROWSE: Final = "Browse"
SEARCH: Final = "Search"
BROWSE_METADATA: Final = "BrowseMetadata"
BROWSE_DIRECT_CHILDREN: Final = "BrowseDirectChildren"

Properties: TypeAlias = Iterable[str] | str
"""Names of properties (``dc:title``, ``res@size``), or the text that has them with commas between."""


class BrowseResult(NamedTuple):
    """What a server answers: the objects, how many it says these are, how many it has, and its update id.

    ``total_matches`` is 0 where it does not know, and wrong with many servers.
    """

    result: list[DidlObject | Descriptor]
    number_returned: int
    total_matches: int
    update_id: int


class ContentDirectoryMixin(UpnpProfileDevice):
    """A directory of content."""

    _SERVICE_TYPES: ClassVar[dict[str, set[str]]] = {
        "CD": {
            "urn:schemas-upnp-org:service:ContentDirectory:1",
            "urn:schemas-upnp-org:service:ContentDirectory:2",
            "urn:schemas-upnp-org:service:ContentDirectory:3",
            "urn:schemas-upnp-org:service:ContentDirectory:4",
        },
    }

    METADATA_FILTER_ALL: Final = ALL
    DEFAULT_METADATA_FILTER: Final = METADATA_FILTER_ALL
    DEFAULT_SORT_CRITERIA: Final = ""

    BrowseResult: TypeAlias = BrowseResult

    def __init__(self, device: UpnpDevice, event_handler: UpnpEventHandler | None) -> None:
        super().__init__(device, event_handler)
        self._asked: set[str] = set()  # capabilities that the server has told, or refused to tell

    def get_absolute_url(self, url: str) -> str:
        """Return a URL of the server in full; they may be relative to its description."""
        return absolute_url(self.device.device_url, url)

    def _value(self, name: str) -> Any:
        variable = self._state_variable("CD", name)
        return None if variable is None else variable.value

    @property
    def search_capabilities(self) -> list[str]:
        """The properties that can be searched by, ``*`` for all; none while that is not known."""
        return split_commas(text_or_none(self._value("SearchCapabilities")) or "")

    @property
    def sort_capabilities(self) -> list[str]:
        """The properties that can be sorted by, ``*`` for all; none while that is not known."""
        return split_commas(text_or_none(self._value("SortCapabilities")) or "")

    @property
    def system_update_id(self) -> int | None:
        """The number that rises with each change of anything; None while it is not known (row A-024)."""
        value = self._value("SystemUpdateID")
        return value if isinstance(value, int) else None

    @property
    def has_container_update_ids(self) -> bool:
        """Whether the server may tell which containers have changed."""
        return self._state_variable("CD", "ContainerUpdateIDs") is not None

    @property
    def container_update_ids(self) -> dict[str, int] | None:
        """The containers that the last event told of, with their update ids; None before the first."""
        value = self._value("ContainerUpdateIDs")
        return container_updates(value) if isinstance(value, str) else None

    @property
    def object_changes(self) -> list[ObjectChange]:
        """The changes that the last event told of (ContentDirectory:3 §2.2); servers before tell none."""
        value = self._value("LastChange")
        return parse_object_changes(value) if isinstance(value, str) else []

    # --- Browsing and searching, call by call ---

    async def async_browse(
        self,
        object_id: str,
        browse_flag: str,
        metadata_filter: Properties = DEFAULT_METADATA_FILTER,
        starting_index: int = 0,
        requested_count: int = 0,
        sort_criteria: Properties = DEFAULT_SORT_CRITERIA,
    ) -> BrowseResult:
        """Browse an object or what is in it, by `browse_flag`; a count of 0 asks for all (row A-019).

        Raises UpnpError where the server cannot be browsed, UpnpXmlParseError or UpnpXmlContentError for a
        result that cannot be read, and as ``UpnpAction.async_call``.
        """
        return await self._async_list(
            BROWSE,
            metadata_filter,
            starting_index,
            requested_count,
            sort_criteria,
            ObjectID=object_id,
            BrowseFlag=browse_flag,
        )

    async def async_browse_metadata(
        self, object_id: str, metadata_filter: Properties = DEFAULT_METADATA_FILTER
    ) -> DidlObject:
        """Get one object (row A-018). Raises UpnpActionError with code 701 for an answer without one.

        The root is made up where the server refuses to give it, as Synology's does: all have one.
        """
        try:
            answer = await self.async_browse(object_id, BROWSE_METADATA, metadata_filter)
        except (UpnpActionError, UpnpResponseError, UpnpContentError):
            if object_id != ROOT_ID:
                raise
            objects = []
        else:
            objects = [found for found in answer.result if isinstance(found, DidlObject)]
        if objects:
            return objects[0]
        if object_id == ROOT_ID:
            return Container(id=ROOT_ID, parent_id=PARENT_OF_ROOT, restricted="true", title=self.name)
        raise UpnpActionError(
            error_code=ContentDirectoryErrorCode.NO_SUCH_OBJECT, error_desc="the answer has no object"
        )

    async def async_browse_direct_children(
        self,
        object_id: str,
        metadata_filter: Properties = DEFAULT_METADATA_FILTER,
        starting_index: int = 0,
        requested_count: int = 0,
        sort_criteria: Properties = DEFAULT_SORT_CRITERIA,
    ) -> BrowseResult:
        """Browse what is in a container; as ``async_browse``."""
        return await self.async_browse(
            object_id, BROWSE_DIRECT_CHILDREN, metadata_filter, starting_index, requested_count, sort_criteria
        )

    @property
    def has_search_directory(self) -> bool:
        """Whether the server can be searched."""
        return self._action("CD", SEARCH) is not None

    async def async_search_directory(
        self,
        container_id: str,
        search_criteria: str,
        metadata_filter: Properties = DEFAULT_METADATA_FILTER,
        starting_index: int = 0,
        requested_count: int = 0,
        sort_criteria: Properties = DEFAULT_SORT_CRITERIA,
    ) -> BrowseResult:
        """Search a container and all that is in it (row A-023); errors as ``async_browse``.

        ``content_directory.quoted`` writes a value as criteria must have it.
        """
        return await self._async_list(
            SEARCH,
            metadata_filter,
            starting_index,
            requested_count,
            sort_criteria,
            ContainerID=container_id,
            SearchCriteria=search_criteria,
        )

    async def _async_list(
        self,
        action_name: str,
        metadata_filter: Properties,
        starting_index: int,
        requested_count: int,
        sort_criteria: Properties,
        **what: str,
    ) -> BrowseResult:
        action = self._action("CD", action_name)
        if action is None:
            raise UpnpError(f"{self.name} has no action {action_name}")
        arguments: dict[str, Any] = {
            **what,
            "Filter": joined(metadata_filter),
            "StartingIndex": starting_index,
            "RequestedCount": requested_count,
            "SortCriteria": signed_criteria(sort_criteria),
        }
        answer = await action.async_call(**arguments)
        text = answer.get("Result")
        if text is None and answer.get("NumberReturned"):
            raise UpnpXmlContentError(f"The answer of {self.name} to {action_name} has no Result")
        objects = await async_read(str(text or ""), action)
        number = answer.get("NumberReturned")
        return BrowseResult(
            objects,
            number if isinstance(number, int) else len(objects),
            count(answer.get("TotalMatches")),
            count(answer.get("UpdateID")),
        )

    # --- What it can do ---

    async def _async_ask_once(self, action_name: str) -> None:
        if action_name not in self._asked:
            await self._async_poll_state_variables("CD", action_name)
            self._asked.add(action_name)

    async def _async_allowed(self, sort_criteria: Properties) -> str:
        """Return what the server says it can sort by; all where it does not say."""
        criteria = signed_criteria(sort_criteria)
        if not criteria:
            return ""
        if self._value("SortCapabilities") is None:
            await self._async_ask_once("GetSortCapabilities")
        if self._value("SortCapabilities") is None:
            return criteria
        return allowed_criteria(criteria, self.sort_capabilities)


async def async_read(text: str, action: UpnpAction) -> list[DidlObject | Descriptor]:
    """Read the result of an action; a long one in slices, between which the loop has its turn."""

    def note(code: Code, _where: str, message: str) -> None:
        action.note(code, place("argument", "Result"), message)

    if len(text) <= SLICE_LENGTH:
        return read_didl(text, note=note)
    return await async_finished(read_didl_sliced(text, note=note))


def count(value: Any) -> int:
    """Return a number of an answer, 0 where there is none that can be read."""
    return value if isinstance(value, int) else 0
