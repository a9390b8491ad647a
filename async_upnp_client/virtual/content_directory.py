"""ContentDirectory:1 of a virtual media server: its library, browsed and searched.

It must not know how bytes are served.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, Final, cast

from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.server import (
    UpnpEventableStateVariable,
    callable_action,
    create_event_var,
    create_service_info,
    create_state_var,
    current_base_uri,
)
from async_upnp_client.virtual.didl import PropertyFilter, build_didl
from async_upnp_client.virtual.library import Entry, Library
from async_upnp_client.virtual.search_criteria import CriteriaError, compare, parse_criteria
from async_upnp_client.virtual.service import VirtualService

INVALID_ARGS: Final = 402
NO_SUCH_OBJECT: Final = 701
INVALID_SEARCH_CRITERIA: Final = 708
INVALID_SORT_CRITERIA: Final = 709
NO_SUCH_CONTAINER: Final = 710
CANNOT_PROCESS: Final = 720

METADATA: Final = "BrowseMetadata"
CHILDREN: Final = "BrowseDirectChildren"

SORTABLE: Final = (
    *("dc:title", "dc:creator", "dc:date", "upnp:class", "upnp:artist", "upnp:album"),
    *("upnp:originalTrackNumber", "res@size", "res@duration"),
)
SEARCHABLE: Final = (
    *("@id", "@parentID", "@refID"),
    *SORTABLE,
    *("upnp:genre", "upnp:artist@role", "upnp:albumArtURI", "res", "res@protocolInfo", "res@resolution"),
)
MAX_RATE: Final = 0.2
"""Seconds between two events of the update ids (ContentDirectory:1 §2.5)."""

PAGE: Final = {
    "Filter": "A_ARG_TYPE_Filter",
    "StartingIndex": "A_ARG_TYPE_Index",
    "RequestedCount": "A_ARG_TYPE_Count",
    "SortCriteria": "A_ARG_TYPE_SortCriteria",
}
FOUND: Final = {
    "Result": "A_ARG_TYPE_Result",
    "NumberReturned": "A_ARG_TYPE_Count",
    "TotalMatches": "A_ARG_TYPE_Count",
    "UpdateID": "A_ARG_TYPE_UpdateID",
}


def refused(code: int, text: str) -> UpnpActionError:
    """Return the error that refuses an action."""
    return UpnpActionError(error_code=code, error_desc=text)


def sort_entries(entries: Sequence[Entry], criteria: str) -> list[Entry]:
    """Sort by ``+dc:title,-dc:date``; UpnpActionError 709 for a property that cannot be sorted by.

    What does not have the property comes last.
    """
    keys = [key.strip() for key in criteria.split(",") if key.strip()]
    found = list(entries)
    for key in reversed(keys):
        name = key[1:]
        if key[0] not in "+-" or name not in SORTABLE:
            raise refused(INVALID_SORT_CRITERIA, f"Unsupported or invalid sort criteria: {key}")
        have = [entry for entry in found if entry.values(name)]
        have.sort(key=lambda entry: Ordered(entry.values(name)[0]), reverse=key[0] == "-")
        found = have + [entry for entry in found if not entry.values(name)]
    return found


class Ordered:
    """A text in the order of numbers, where it is one, or of letters."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __lt__(self, other: "Ordered") -> bool:
        return compare(self.text, other.text) < 0


class ContentDirectory(VirtualService):
    """The library as control points see it. ``base_uri`` is where its bytes are, for who does not call."""

    SERVICE_DEFINITION = create_service_info("urn:schemas-upnp-org:service:ContentDirectory:1")
    STATE_VARIABLE_DEFINITIONS: ClassVar = {
        "SystemUpdateID": create_event_var("ui4", default="0", max_rate=MAX_RATE),
        "ContainerUpdateIDs": create_event_var("string", default="", max_rate=MAX_RATE),
        "SearchCapabilities": create_state_var("string", default=",".join(SEARCHABLE)),
        "SortCapabilities": create_state_var("string", default=",".join(SORTABLE)),
        "A_ARG_TYPE_ObjectID": create_state_var("string"),
        "A_ARG_TYPE_Result": create_state_var("string"),
        "A_ARG_TYPE_SearchCriteria": create_state_var("string"),
        "A_ARG_TYPE_BrowseFlag": create_state_var("string", allowed=[METADATA, CHILDREN]),
        "A_ARG_TYPE_Filter": create_state_var("string"),
        "A_ARG_TYPE_SortCriteria": create_state_var("string"),
        "A_ARG_TYPE_Index": create_state_var("ui4"),
        "A_ARG_TYPE_Count": create_state_var("ui4"),
        "A_ARG_TYPE_UpdateID": create_state_var("ui4"),
    }

    def __init__(self, requester: UpnpRequester) -> None:
        super().__init__(requester)
        self.base_uri = ""
        self._updated: dict[str, int] = {}
        self.library = Library()

    @property
    def library(self) -> Library:
        """What it shows; it is told of changes from when it is set."""
        return self._library

    @library.setter
    def library(self, library: Library) -> None:
        self._library = library
        library.on_change = self.note_change
        self.state_variable("SystemUpdateID").value = library.update_id

    def note_change(self, container_id: str) -> None:
        """Tell control points of a change, together with those that they have not been told of."""
        told = cast("UpnpEventableStateVariable[str]", self.state_variable("ContainerUpdateIDs"))
        if told.event_triggered.is_set():
            told.event_triggered.clear()
            self._updated.clear()
        self._updated[container_id] = self.library.container_update_id(container_id)
        told.value = ",".join(
            f"{name.replace(',', chr(92) + ',')},{number}" for name, number in self._updated.items()
        )
        self.state_variable("SystemUpdateID").value = self.library.update_id

    # --- actions ---

    @callable_action("GetSearchCapabilities", {}, {"SearchCaps": "SearchCapabilities"})
    async def get_search_capabilities(self) -> dict[str, Any]:
        """Tell what can be searched for."""
        return {"SearchCaps": self.state_variable("SearchCapabilities")}

    @callable_action("GetSortCapabilities", {}, {"SortCaps": "SortCapabilities"})
    async def get_sort_capabilities(self) -> dict[str, Any]:
        """Tell what can be sorted by."""
        return {"SortCaps": self.state_variable("SortCapabilities")}

    @callable_action("GetSystemUpdateID", {}, {"Id": "SystemUpdateID"})
    async def get_system_update_id(self) -> dict[str, Any]:
        """Tell how often anything has changed."""
        return {"Id": self.state_variable("SystemUpdateID")}

    @callable_action(
        "Browse",
        {"ObjectID": "A_ARG_TYPE_ObjectID", "BrowseFlag": "A_ARG_TYPE_BrowseFlag", **PAGE},
        FOUND,
    )
    async def browse(
        self,
        ObjectID: str,
        BrowseFlag: str,
        Filter: str,
        StartingIndex: int,
        RequestedCount: int,
        SortCriteria: str,
    ) -> dict[str, Any]:
        """Show an object, or the children of a container."""
        entry = self.library.get(ObjectID)
        if entry is None:
            raise refused(NO_SUCH_OBJECT, "No such object")
        if BrowseFlag == METADATA:
            if StartingIndex != 0:
                raise refused(INVALID_ARGS, "The metadata of an object begin at 0")
            sort_entries((), SortCriteria)
            return self._page([entry], Filter, 0, 1, ObjectID)
        if not entry.is_container:
            raise refused(CANNOT_PROCESS, "It has no children")
        found = sort_entries(self.library.children(ObjectID), SortCriteria)
        return self._page(found, Filter, StartingIndex, RequestedCount, ObjectID)

    @callable_action(
        "Search",
        {"ContainerID": "A_ARG_TYPE_ObjectID", "SearchCriteria": "A_ARG_TYPE_SearchCriteria", **PAGE},
        FOUND,
    )
    async def search(
        self,
        ContainerID: str,
        SearchCriteria: str,
        Filter: str,
        StartingIndex: int,
        RequestedCount: int,
        SortCriteria: str,
    ) -> dict[str, Any]:
        """Show what is in a container, at any depth, and is asked for."""
        entry = self.library.get(ContainerID)
        if entry is None or not entry.is_container:
            raise refused(NO_SUCH_CONTAINER, "No such container")
        try:
            holds = parse_criteria(SearchCriteria, SEARCHABLE)
        except CriteriaError as err:
            raise refused(INVALID_SEARCH_CRITERIA, f"Unsupported or invalid search criteria: {err}") from err
        matches = [found for found in self.library.below(ContainerID) if holds(found)]
        found = sort_entries(matches, SortCriteria)
        return self._page(found, Filter, StartingIndex, RequestedCount, ContainerID)

    def _page(
        self, entries: Sequence[Entry], wanted: str, start: int, count: int, object_id: str
    ) -> dict[str, Any]:
        """Give a page of what was found; a count of 0 asks for all that is left."""
        page = entries[start : start + count] if count else entries[start:]
        base_uri = current_base_uri() or self.base_uri
        return {
            "Result": build_didl(page, PropertyFilter(wanted), self.library, base_uri),
            "NumberReturned": len(page),
            "TotalMatches": len(entries),
            "UpdateID": self.library.container_update_id(object_id),
        }
