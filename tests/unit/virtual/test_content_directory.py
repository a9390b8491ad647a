import asyncio
from typing import Any

import pytest
from didl_lite import didl_lite

from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.server import NopRequester, UpnpEventableStateVariable, UpnpServerAction
from async_upnp_client.virtual.content_directory import ContentDirectory, Ordered, sort_entries
from async_upnp_client.virtual.generated import generated_library
from tests.support.udp import PATIENCE
from tests.unit.virtual.test_library import FOLDER, SONG, library

PAGE = {"Filter": "*", "StartingIndex": "0", "RequestedCount": "0", "SortCriteria": ""}


def directory() -> ContentDirectory:
    made = ContentDirectory(NopRequester())
    made.base_uri, made.library = "http://h:1", generated_library()
    return made


async def call(service: ContentDirectory, name: str, **values: str) -> dict[str, str]:
    action = service.actions[name]
    assert isinstance(action, UpnpServerAction)
    return dict(await action.async_answer(values.items(), 10.0))


async def browse(service: ContentDirectory, object_id: str, *, metadata: bool = False, **values: str) -> Any:
    flag = "BrowseMetadata" if metadata else "BrowseDirectChildren"
    return await call(service, "Browse", **{"ObjectID": object_id, "BrowseFlag": flag, **PAGE, **values})


async def search(service: ContentDirectory, criteria: str, **values: str) -> Any:
    return await call(service, "Search", **{"ContainerID": "0", "SearchCriteria": criteria, **PAGE, **values})


def titles(result: dict[str, str]) -> list[str]:
    return [entry.title for entry in didl_lite.from_xml_string(result["Result"])]


@pytest.mark.uda("A-019")
async def test_children_in_pages() -> None:
    service = directory()
    whole = await browse(service, "music/1")
    assert titles(whole) == ["C", "D", "E", "F", "G", "All of Scale"]
    assert (whole["NumberReturned"], whole["TotalMatches"], whole["UpdateID"]) == ("6", "6", "6")
    page = await browse(service, "music/1", StartingIndex="4", RequestedCount="3")
    assert titles(page) == ["G", "All of Scale"]
    assert (page["NumberReturned"], page["TotalMatches"]) == ("2", "6")
    behind = await browse(service, "music/1", StartingIndex="7")
    assert (titles(behind), behind["NumberReturned"], behind["TotalMatches"]) == ([], "0", "6")


@pytest.mark.uda("A-022")
async def test_children_in_order() -> None:
    service = directory()
    down = await browse(service, "music/1", SortCriteria="-dc:title")
    assert titles(down) == ["G", "F", "E", "D", "C", "All of Scale"]
    by_number = await browse(service, "music/1", SortCriteria="-upnp:originalTrackNumber, +dc:title")
    assert titles(by_number) == ["G", "F", "E", "D", "C", "All of Scale"], "what has no number comes last"


def test_sorting_is_by_each_key_in_turn() -> None:
    entries = list(generated_library().below("music"))
    found = sort_entries(entries, "+upnp:class,-dc:date,+dc:title")
    assert [entry.title for entry in found][2:10] == ["G", "F", "E", "F & G", "A minor", "D", "C", "C major"]
    assert sort_entries((), "+dc:title") == []
    assert Ordered("9") < Ordered("10")


@pytest.mark.uda("A-018")
async def test_metadata_of_one() -> None:
    service = directory()
    result = await browse(service, "music/1/2", metadata=True, RequestedCount="1")
    assert titles(result) == ["D"]
    assert (result["NumberReturned"], result["TotalMatches"]) == ("1", "1")
    assert 'parentID="music/1"' in result["Result"]
    root = await browse(service, "0", metadata=True)
    assert 'parentID="-1"' in root["Result"]


@pytest.mark.uda("A-023")
async def test_search() -> None:
    service = directory()
    found = await search(
        service,
        'upnp:class derivedfrom "object.item.audioItem" and dc:title contains "F" and @refID exists false',
        SortCriteria="-dc:title",
    )
    assert titles(found) == ["F & G", "F"]
    assert found["TotalMatches"] == "2"
    some = await search(service, "*", StartingIndex="1", RequestedCount="2", ContainerID="pictures")
    assert titles(some) == ["Green", "Blue <at noon>"]


async def test_what_it_can_do() -> None:
    service = directory()
    assert "dc:title" in (await call(service, "GetSearchCapabilities"))["SearchCaps"].split(",")
    assert "dc:title" in (await call(service, "GetSortCapabilities"))["SortCaps"].split(",")
    before = int((await call(service, "GetSystemUpdateID"))["Id"])
    service.library.rename("music/1/1", "Do")
    assert int((await call(service, "GetSystemUpdateID"))["Id"]) == before + 1


@pytest.mark.uda("A-020")
@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"object_id": "nothing"}, 701),
        ({"object_id": "0", "SortCriteria": "dc:title"}, 709),
        ({"object_id": "0", "SortCriteria": "+dc:colour"}, 709),
        ({"object_id": "0", "SortCriteria": "+dc:colour", "metadata": True}, 709),
        ({"object_id": "0", "metadata": True, "StartingIndex": "1"}, 402),
        ({"object_id": "0", "RequestedCount": "many"}, 402),
        ({"object_id": "music/1/1"}, 720),
        ({"object_id": "0", "BrowseFlag": "BrowseAll"}, 601),
    ],
)
async def test_browsing_that_is_refused(values: Any, code: int) -> None:
    with pytest.raises(UpnpActionError) as refused:
        await browse(directory(), **values)
    assert refused.value.error_code == code


@pytest.mark.uda("A-020")
@pytest.mark.parametrize(
    ("criteria", "values", "code"),
    [
        ("dc:title", {}, 708),
        ('dc:colour = "red"', {}, 708),
        ("*", {"SortCriteria": "*dc:title"}, 709),
        ("*", {"ContainerID": "music/1/1"}, 710),
        ("*", {"ContainerID": "nothing"}, 710),
    ],
)
async def test_searching_that_is_refused(criteria: str, values: dict[str, str], code: int) -> None:
    with pytest.raises(UpnpActionError) as refused:
        await search(directory(), criteria, **values)
    assert refused.value.error_code == code


@pytest.mark.uda("A-024")
async def test_changes_are_told_together_and_once() -> None:
    service = ContentDirectory(NopRequester())
    service.library = library()
    told = service.state_variable("ContainerUpdateIDs")
    assert isinstance(told, UpnpEventableStateVariable)
    service.library.rename("s", "Tune")
    service.library.rename("f", "a")
    assert told.value == "f,2,0,2"
    async with asyncio.timeout(PATIENCE):
        await told.event_triggered.wait()
    service.library.remove("s")
    assert told.value == "f,3", "what was told is not told again"
    assert service.state_variable("SystemUpdateID").value == 5
    await service.async_stop()
    assert (FOLDER.title, SONG.title) == ("Folder", "Song"), "entries stay as they are"
