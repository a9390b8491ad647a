"""A media server in memory, with the lies and limits of real ones; it writes its DIDL-Lite by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.profiles.dlna.media_server import DmsDevice
from tests.support.soap_device import SoapDevice, SoapService

SERVER = "urn:schemas-upnp-org:device:MediaServer:1"
DIRECTORY = "urn:schemas-upnp-org:service:ContentDirectory:1"
HEAD = (
    '<DIDL-Lite xmlns="urn:schemas-upnp-org:metadata-1-0/DIDL-Lite/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:upnp="urn:schemas-upnp-org:metadata-1-0/upnp/">'
)
RESULT = {"Result": "string", "NumberReturned": "ui4", "TotalMatches": "ui4", "UpdateID": "ui4"}
PAGE = {"Filter": "string", "StartingIndex": "ui4", "RequestedCount": "ui4", "SortCriteria": "string"}
ACTIONS: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "Browse": ({"ObjectID": "string", "BrowseFlag": "string", **PAGE}, RESULT),
    "Search": ({"ContainerID": "string", "SearchCriteria": "string", **PAGE}, RESULT),
    "GetSearchCapabilities": ({}, {"SearchCapabilities": "string"}),
    "GetSortCapabilities": ({}, {"SortCapabilities": "string"}),
    "GetSystemUpdateID": ({}, {"SystemUpdateID": "ui4"}),
}


@dataclass
class Thing:
    """An object of a library: a container where it has contents."""

    id: str
    contents: list["Thing"] | None = None
    hidden: bool = False
    broken: bool = False

    def didl(self, parent: str) -> str:
        """Return the element that describes it."""
        tag = "item" if self.contents is None else "container"
        kind = "object.item.audioItem.musicTrack" if self.contents is None else "object.container"
        count = "" if self.contents is None else f' childCount="{len(self.contents)}"'
        return (
            f'<{tag} id={quoteattr(self.id)} parentID={quoteattr(parent)} restricted="1"{count}>'
            f"<dc:title>Title of {escape(self.id)}</dc:title><upnp:class>{kind}</upnp:class></{tag}>"
        )


def tracks(number: int, start: int = 0) -> list[Thing]:
    """Return as many items."""
    return [Thing(f"t{n}") for n in range(start, start + number)]


@dataclass
class Library:
    """What a server has, and how it lies."""

    contents: list[Thing] = field(default_factory=list)
    cap: int | None = None
    """Objects that it gives at most at a time."""
    total: int | None = None
    """What it says that there is; None for the truth, -1 for the size of each page."""
    returned: int | None = None
    """What it says that it gives; None for the truth."""
    too_many: int | None = None
    """It refuses to give more with 709, as MiniDLNA does."""
    sort_code: int | None = None
    filter_code: int | None = None
    root_code: int | None = None
    beyond_code: int | None = None
    empty_code: int | None = None
    ignores_index: bool = False
    sorts_by: str | None = "dc:title"
    missing: frozenset[str] = frozenset()
    """Containers that it shows, and does not give."""

    def __post_init__(self) -> None:
        self.service = SoapService(
            DIRECTORY,
            "urn:upnp-org:serviceId:ContentDirectory",
            ACTIONS,
            {"SystemUpdateID": "ui4", "ContainerUpdateIDs": "string", "SearchCapabilities": "string"}
            | {"SortCapabilities": "string", "LastChange": "string"},
        )
        self.service.answers.update(
            Browse=self.browse,
            Search=self.search,
            GetSearchCapabilities={"SearchCapabilities": "dc:title,upnp:class, @id"},
            GetSortCapabilities=602 if self.sorts_by is None else {"SortCapabilities": self.sorts_by},
            GetSystemUpdateID={"SystemUpdateID": "7"},
        )
        self.device = SoapDevice(SERVER, [self.service])

    async def async_server(self, event_handler: UpnpEventHandler | None = None) -> DmsDevice:
        """Return it as a control point has it."""
        return DmsDevice(await self.device.async_device(), event_handler)

    @property
    def asked(self) -> list[tuple[str, int, int]]:
        """What was browsed: container, index and count."""
        return [
            (arguments["ObjectID"], int(arguments["StartingIndex"]), int(arguments["RequestedCount"]))
            for name, arguments in self.device.calls
            if name == "Browse" and arguments["BrowseFlag"] == "BrowseDirectChildren"
        ]

    def find(self, object_id: str, contents: list[Thing] | None = None) -> Thing | None:
        """Return an object by its id."""
        if object_id == "0":
            return Thing("0", self.contents)
        for thing in self.contents if contents is None else contents:
            if thing.id == object_id:
                return thing
            if thing.contents and (found := self.find(object_id, thing.contents)):
                return found
        return None

    def browse(self, arguments: dict[str, str]) -> Mapping[str, str] | int:
        """Answer the action Browse."""
        thing = self.find(arguments["ObjectID"])
        if thing is None or thing.id in self.missing:
            return 701
        if arguments["BrowseFlag"] == "BrowseMetadata":
            if thing.id == "0" and self.root_code is not None:
                return self.root_code
            return self.answer([thing], "-1" if thing.id == "0" else "0", 1)
        if not thing.contents and self.empty_code is not None:
            return self.empty_code
        return self.page(arguments, thing.id, thing.contents or [])

    def search(self, arguments: dict[str, str]) -> Mapping[str, str] | int:
        """Answer the action Search: all that has the criteria in its id."""
        if "?" in arguments["SearchCriteria"]:
            return 708
        return self.page(arguments, "0", [thing for thing in self.contents if thing.contents is None])

    def page(self, arguments: dict[str, str], parent: str, contents: list[Thing]) -> Mapping[str, str] | int:
        """Answer with a part of what there is."""
        if self.sort_code is not None and arguments["SortCriteria"]:
            return self.sort_code
        if self.filter_code is not None and arguments["Filter"] != "*":
            return self.filter_code
        start, count = int(arguments["StartingIndex"]), int(arguments["RequestedCount"]) or len(contents)
        if self.ignores_index:
            start = 0
        if start and start >= len(contents) and self.beyond_code is not None:
            return self.beyond_code
        shown = contents[start : start + min(count, count if self.cap is None else self.cap)]
        if self.too_many is not None and len(shown) > self.too_many:
            return 709
        if any(thing.broken for thing in shown):
            return 501
        return self.answer(shown, parent, len(contents))

    def answer(self, shown: list[Thing], parent: str, total: int) -> Mapping[str, str]:
        """Return the out-arguments."""
        if self.total is not None:
            total = len(shown) if self.total == -1 else self.total
        text = "".join(thing.didl(parent) for thing in shown if not thing.hidden)
        return {
            "Result": f"{HEAD}{text}</DIDL-Lite>",
            "NumberReturned": str(len(shown) if self.returned is None else self.returned),
            "TotalMatches": str(total),
            "UpdateID": "7",
        }
