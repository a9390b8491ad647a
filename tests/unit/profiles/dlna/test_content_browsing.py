"""A ContentDirectory, asked call by call, as with 0.49.0."""

import asyncio

import pytest
from didl_lite import didl_lite

from async_upnp_client.exceptions import (
    UpnpActionError,
    UpnpConnectionError,
    UpnpError,
    UpnpXmlContentError,
    UpnpXmlParseError,
)
from async_upnp_client.profiles.dlna.content_browsing import BrowseResult
from async_upnp_client.profiles.dlna.media_server import DmsDevice
from async_upnp_client.profiles.dlna.object_changes import ObjectChange, ObjectChangeKind
from tests.support.library import DIRECTORY, Library, Thing, tracks
from tests.support.soap_device import SoapDevice, SoapService

FOLDER = Thing("f", tracks(3))


@pytest.mark.uda("A-019")
async def test_browsing_a_container():
    library = Library([FOLDER, *tracks(2, 10)])
    server = await library.async_server()
    answer = await server.async_browse_direct_children(
        "0", ["dc:title", "res"], 1, 5, ["-dc:title", "dc:date"]
    )
    assert isinstance(answer, DmsDevice.BrowseResult)
    assert [found.id for found in answer.result] == ["t10", "t11"]
    assert answer[1:] == (2, 3, 7)
    assert library.device.calls == [
        (
            "Browse",
            {
                "ObjectID": "0",
                "BrowseFlag": "BrowseDirectChildren",
                "Filter": "dc:title,res",
                "StartingIndex": "1",
                "RequestedCount": "5",
                "SortCriteria": "-dc:title,+dc:date",
            },
        )
    ]


@pytest.mark.uda("A-018")
async def test_one_object():
    library = Library([FOLDER])
    server = await library.async_server()
    found = await server.async_browse_metadata("f", "dc:title")
    assert isinstance(found, didl_lite.Container)
    assert (found.id, found.title) == ("f", "Title of f")
    assert library.device.calls[0][1]["BrowseFlag"] == "BrowseMetadata"
    assert library.device.calls[0][1]["Filter"] == "dc:title"


@pytest.mark.uda("A-018")
@pytest.mark.parametrize("code", [402, 501, 701, 720])
async def test_a_root_that_is_refused_is_made_up(code):
    server = await Library(root_code=code).async_server()
    root = await server.async_browse_metadata("0")
    assert isinstance(root, didl_lite.Container)
    assert (root.id, root.parent_id, root.title) == ("0", "-1", "Test device")


async def test_errors_of_the_server():
    library = Library()
    server = await library.async_server()
    with pytest.raises(UpnpActionError) as raised:
        await server.async_browse_metadata("nothing")
    assert raised.value.error_code == 701
    library.device.is_gone = True
    with pytest.raises(UpnpConnectionError):
        await server.async_browse_metadata("0")


async def test_an_answer_without_the_object():
    library = Library()
    library.service.answers["Browse"] = {"Result": "", "NumberReturned": "0", "TotalMatches": "0"}
    server = await library.async_server()
    with pytest.raises(UpnpActionError) as raised:
        await server.async_browse_metadata("f")
    assert raised.value.error_code == 701
    assert (await server.async_browse_metadata("0")).id == "0"


async def test_searching():
    library = Library([FOLDER, *tracks(2, 10)])
    server = await library.async_server()
    assert server.has_search_directory
    answer = await server.async_search_directory("0", '@id contains "t"', requested_count=1)
    assert [found.id for found in answer.result] == ["t10"]
    assert library.device.calls == [
        (
            "Search",
            {
                "ContainerID": "0",
                "SearchCriteria": '@id contains "t"',
                "Filter": "*",
                "StartingIndex": "0",
                "RequestedCount": "1",
                "SortCriteria": "",
            },
        )
    ]


@pytest.mark.uda("A-007")
async def test_capabilities_that_are_not_implemented():
    library = Library(sorts_by="NOT_IMPLEMENTED")
    library.service.answers["GetSearchCapabilities"] = {"SearchCapabilities": "NOT_IMPLEMENTED"}
    server = await library.async_server()
    await server.async_update()
    assert server.search_capabilities == server.sort_capabilities == []


@pytest.mark.uda("A-033")
async def test_what_the_server_has_not():
    device = SoapDevice("urn:schemas-upnp-org:device:MediaServer:1", [SoapService(DIRECTORY, "x", {})])
    server = DmsDevice(await device.async_device(), None)
    assert not server.has_search_directory
    assert not server.has_container_update_ids
    assert server.search_capabilities == server.sort_capabilities == []
    assert server.system_update_id is None
    assert server.container_update_ids is None
    with pytest.raises(UpnpError, match="no action Browse"):
        await server.async_browse_direct_children("0")
    with pytest.raises(UpnpError, match="no action Search"):
        await server.async_search_directory("0", "*")


ODD = {
    "no numbers": ({"Result": "<DIDL-Lite/>"}, BrowseResult([], 0, 0, 0)),
    "numbers that are none": (
        {"Result": "", "NumberReturned": "x", "TotalMatches": "NOT_IMPLEMENTED", "UpdateID": ""},
        BrowseResult([], 0, 0, 0),
    ),
    "no result": ({"NumberReturned": "0", "TotalMatches": "3", "UpdateID": "4"}, BrowseResult([], 0, 3, 4)),
}


@pytest.mark.parametrize(("answer", "result"), ODD.values(), ids=ODD)
async def test_odd_answers(answer, result):
    library = Library()
    library.service.answers["Browse"] = answer
    server = await library.async_server()
    assert await server.async_browse_direct_children("0") == result


BAD = {
    "no XML": ({"Result": "hello", "NumberReturned": "1"}, UpnpXmlParseError),
    "entities": (
        {"Result": '<!DOCTYPE a [<!ENTITY b "c">]><a/>', "NumberReturned": "1"},
        UpnpXmlContentError,
    ),
    "no result": ({"NumberReturned": "1", "TotalMatches": "3", "UpdateID": "4"}, UpnpXmlContentError),
}


@pytest.mark.parametrize(("answer", "error"), BAD.values(), ids=BAD)
async def test_bad_answers(answer, error):
    library = Library()
    library.service.answers["Browse"] = answer
    server = await library.async_server()
    with pytest.raises(error):
        await server.async_browse_direct_children("0")


async def test_a_result_that_was_mended_is_told():
    library = Library(tracks(1))
    library.service.answers["Browse"] = {
        "Result": "<DIDL-Lite><item>&</item></DIDL-Lite>",
        "NumberReturned": "1",
    }
    server = await library.async_server()
    await server.async_browse_direct_children("0")
    told = {found.code: found.where for found in server.device.all_diagnostics}
    assert told["didl-repaired"].endswith("/action Browse/argument Result")


async def test_a_long_result_lets_the_loop_go_on():
    library = Library(tracks(2000))
    server = await library.async_server()
    browsing = asyncio.ensure_future(server.async_browse_direct_children("0"))
    turns = 0
    while not browsing.done():
        await asyncio.sleep(0)
        turns += 1
    assert len(browsing.result().result) == 2000
    # the requester of the test answers at once: all turns but the first are between the slices
    assert turns > 1


async def test_absolute_urls():
    server = await Library().async_server()
    assert server.get_absolute_url("/art/1.jpg") == "http://192.0.2.1:80/art/1.jpg"
    assert server.get_absolute_url("http://192.0.2.9/1.jpg") == "http://192.0.2.9/1.jpg"


@pytest.mark.uda("A-024")
async def test_what_events_tell():
    server = await Library().async_server()
    service = server.profile_device.all_services[0]
    assert server.has_container_update_ids
    assert server.container_update_ids is None
    service.notify_changed_state_variables({"SystemUpdateID": "9", "ContainerUpdateIDs": "a\\,b,1,c,2"})
    assert server.system_update_id == 9
    assert server.container_update_ids == {"a,b": 1, "c": 2}
    service.notify_changed_state_variables({"ContainerUpdateIDs": ""})
    assert server.container_update_ids == {}
    service.notify_changed_state_variables({"SystemUpdateID": "x", "ContainerUpdateIDs": "a,b,c"})
    assert server.system_update_id is None
    assert server.container_update_ids == {}


@pytest.mark.uda("A-025")
async def test_objects_that_events_tell_of():
    server = await Library().async_server()
    assert server.object_changes == []
    text = '<StateEvent><objDel objID="a" updateID="3"/></StateEvent>'
    server.profile_device.all_services[0].notify_changed_state_variables({"LastChange": text})
    assert server.object_changes == [ObjectChange(ObjectChangeKind.REMOVED, "a", 3)]
