"""`DmsDevice` and the virtual media server over loopback, which is told to do wrong what real servers do."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
from didl_lite import didl_lite

from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.profiles.dlna.content_directory import quoted
from async_upnp_client.profiles.dlna.media_server import DmsDevice
from async_upnp_client.server import UpnpServer
from async_upnp_client.virtual import Library, VirtualMediaServer, generated_library
from async_upnp_client.virtual.content_directory import ContentDirectory
from async_upnp_client.virtual.library import Entry
from async_upnp_client.virtual.media_server import Sources
from tests.support.udp import PATIENCE, free_port

HOST = "127.0.0.1"
GROUP = "239.255.255.250"
FOLDERS, SONGS = 3, 130


def collection() -> Library:
    """Return a library of some folders of many songs, with characters that need care."""
    library = Library("Collection")
    for folder in range(FOLDERS):
        library.add(Entry(f"f,{folder}", "0", f'Folder "{folder}" & <more>', "object.container"))
        for song in range(SONGS):
            library.add(
                Entry(f"f,{folder}/{song}", f"f,{folder}", f"Søng {song}", "object.item.audioItem.musicTrack")
            )
    return library


class Liar(ContentDirectory):
    """A directory that gives few at a time, takes its pages for all, and repeats the first for ever."""

    cap = 40
    total: int | None = None
    repeats = False
    fails_on: str | None = None

    def _page(
        self, entries: Sequence[Entry], wanted: str, start: int, count: int, object_id: str
    ) -> dict[str, Any]:
        start = 0 if self.repeats else start
        page = super()._page(entries, wanted, start, min(count or self.cap, self.cap), object_id)
        if self.fails_on is not None and f'id="{self.fails_on}"' in page["Result"]:
            raise UpnpActionError(error_code=501, error_desc="out of memory")
        if self.total is not None:
            page["TotalMatches"] = self.total or page["NumberReturned"]
        return page


class LyingServer(VirtualMediaServer):
    """A media server with that directory."""

    SERVICES = (Liar, Sources)


@asynccontextmanager
async def published(
    make: Any, event_handler: UpnpEventHandler | None = None
) -> AsyncIterator[tuple[DmsDevice, Any]]:
    """Publish a server; yields it as the control point has it, and the device itself."""
    async with UpnpServer(make, (HOST, 0), (GROUP, free_port())) as server:
        device = await UpnpFactory(AiohttpRequester()).async_create_device(server.location)
        yield DmsDevice(device, event_handler), server.device


def ids(library: Library, object_id: str = "0") -> list[str]:
    """Return the ids of all that is in a container."""
    return [entry.object_id for entry in library.below(object_id)]


async def test_everything_is_walked_and_described() -> None:
    library = generated_library()
    async with published(partial(VirtualMediaServer, library=library)) as (server, _):
        found = [thing async for thing in server.walk(depth=None)]
        assert [thing.id for thing in found] == ids(library)
        for thing in found:
            entry = library.get(thing.id)
            assert entry is not None
            assert (thing.parent_id, thing.title) == (entry.parent_id, entry.title)
            assert thing.upnp_class == entry.upnp_class
            assert isinstance(thing, didl_lite.Container) is entry.is_container
            assert len(thing.res) == len(entry.resources)
        root = await server.async_browse_metadata("0")
        assert (root.id, root.parent_id, root.title) == ("0", "-1", "Generated library")
        assert server.device.all_diagnostics == []


async def test_it_is_searched() -> None:
    async with published(partial(VirtualMediaServer, library=collection())) as (server, _):
        criteria = f'upnp:class derivedfrom "object.item.audioItem" and dc:title = {quoted("Søng 7")}'
        found = [thing.id async for thing in server.walk_search("0", criteria, sort_criteria="-@id")]
        assert found == [f"f,{folder}/7" for folder in range(FOLDERS)], "@id cannot be sorted by"
        criteria = "dc:title contains " + quoted('"1"')
        assert [thing.id async for thing in server.walk_search("0", criteria)] == ["f,1"]
        with pytest.raises(UpnpActionError) as raised:
            await server.async_search_directory("0", "nonsense")
        assert raised.value.error_code == 708


@pytest.mark.uda("A-019")
@pytest.mark.parametrize("total", [None, 0, 1, 10**6])
async def test_a_server_that_caps_pages_and_lies_about_totals(total: int | None) -> None:
    library = collection()
    async with published(partial(LyingServer, library=library)) as (server, device):
        device.content_directory.total = total
        found = [thing.id async for thing in server.walk(depth=None, page_size=50)]
        assert found == ids(library)


@pytest.mark.uda("A-019")
async def test_a_server_that_gives_the_first_page_for_ever() -> None:
    library = collection()
    async with published(partial(LyingServer, library=library)) as (server, device):
        device.content_directory.repeats = True
        found = [thing.id async for thing in server.walk("f,0")]
        assert found == ids(library, "f,0")[: Liar.cap]


@pytest.mark.uda("A-020")
async def test_an_object_that_a_server_fails_on() -> None:
    library = collection()
    async with published(partial(LyingServer, library=library)) as (server, device):
        device.content_directory.fails_on = "f,1/33"
        found = [thing.id async for thing in server.walk(depth=None)]
        assert found == [object_id for object_id in ids(library) if object_id != "f,1/33"]
        assert "object-unreadable" in [told.code for told in server.device.all_diagnostics]


async def test_a_server_that_does_not_say_what_it_sorts_by_and_does_not_sort() -> None:
    library = collection()

    class Unsorted(VirtualMediaServer):
        SERVICES = (Liar, Sources)

    async with published(partial(Unsorted, library=library)) as (server, device):
        device.faults.answer["GetSortCapabilities"] = {"SortCaps": "*"}
        found = [thing.id async for thing in server.walk("f,0", sort_criteria="av:unheard")]
        assert found == ids(library, "f,0")
        device.faults.refuse["Browse"] = 720
        with pytest.raises(UpnpActionError):
            await anext(server.walk("f,0"))
        assert (await server.async_browse_metadata("0")).id == "0", "made up"


async def test_nonsense_instead_of_a_result_is_an_error_or_mended() -> None:
    async with published(VirtualMediaServer) as (server, device):
        numbers = {"NumberReturned": "1", "TotalMatches": "1", "UpdateID": "1"}
        text = "<DIDL-Lite><song:x/><item id='1'><dc:title>Tom & Jerry</dc:title></item></DIDL-Lite>"
        device.faults.answer["Browse"] = {"Result": text, **numbers}
        (found,) = [thing async for thing in server.walk()]
        assert (found.id, found.title) == ("1", "Tom & Jerry")
        device.faults.answer["Browse"] = {"Result": "<html>", **numbers}
        assert (await server.async_browse_metadata("0")).id == "0"
        codes = [told.code for told in server.device.all_diagnostics]
        assert {"didl-repaired", "didl-class-missing"} < set(codes)


@pytest.mark.uda("A-024")
async def test_changes_are_told() -> None:
    library = collection()
    notify = AiohttpNotifyServer(AiohttpRequester(), (HOST, 0))
    await notify.async_start_server()
    try:
        async with (
            asyncio.timeout(PATIENCE),
            published(partial(VirtualMediaServer, library=library), notify.event_handler) as (server, device),
        ):
            news = asyncio.Event()
            server.on_event = lambda _service, _variables: news.set()
            await server.async_subscribe_services()
            while server.system_update_id is None:
                await news.wait()
                news.clear()
            before = server.system_update_id
            library.rename("f,1", "Renamed")
            library.rename("f,1/3", "Renamed, too")
            while server.system_update_id != before + 2 or len(server.container_update_ids or {}) < 2:
                news.clear()
                await news.wait()
            assert set(server.container_update_ids or {}) == {"0", "f,1"}
            device.calls.clear()
            await server.async_update()
            asked = [call.action for call in device.calls]
            assert "GetSystemUpdateID" not in asked, "events tell it"
            await server.async_unsubscribe_services()
    finally:
        await notify.async_stop_server()
