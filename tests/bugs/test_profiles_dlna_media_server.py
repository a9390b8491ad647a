"""Defects of 0.49.0 in `profiles.dlna`, as far as media servers are concerned, a test each."""

import pytest

from async_upnp_client.exceptions import UpnpActionError, UpnpXmlContentError, UpnpXmlParseError
from tests.support.library import HEAD, Library, tracks


async def library_with(result: str, **numbers: str) -> Library:
    """Return one that answers to Browse with a result."""
    library = Library()
    library.service.answers["Browse"] = {"Result": result, **numbers}
    return library


async def test_whether_there_are_container_update_ids_is_told_by_the_variable():
    server = await Library().async_server()
    assert server.has_container_update_ids


@pytest.mark.parametrize("text", ["a\\,b,1", "a,1,b", "a", "a,x"])
async def test_container_update_ids_with_commas_and_odd_counts_raise_nothing(text):
    server = await Library().async_server()
    server.profile_device.all_services[0].notify_changed_state_variables({"ContainerUpdateIDs": text})
    assert set(server.container_update_ids or {}) <= {"a,b", "a"}


async def test_metadata_of_nothing_is_an_error_of_ours():
    server = await (await library_with("", NumberReturned="0", TotalMatches="0", UpdateID="1")).async_server()
    with pytest.raises(UpnpActionError):
        await server.async_browse_metadata("1")


async def test_a_descriptor_before_the_object_is_no_failed_assertion():
    text = f'{HEAD}<desc id="a" nameSpace="b"/>{tracks(1)[0].didl("0")}</DIDL-Lite>'
    server = await (
        await library_with(text, NumberReturned="1", TotalMatches="1", UpdateID="1")
    ).async_server()
    assert (await server.async_browse_metadata("t0")).id == "t0"


@pytest.mark.parametrize(
    ("text", "error"),
    [("<DIDL-Lite>", UpnpXmlParseError), ('<!DOCTYPE a [<!ENTITY b "c">]><a/>', UpnpXmlContentError)],
)
async def test_bad_didl_is_an_error_of_ours(text, error):
    server = await (await library_with(text, NumberReturned="1")).async_server()
    with pytest.raises(error):
        await server.async_browse_direct_children("0")


async def test_a_missing_argument_of_the_answer_is_no_key_error():
    text = f"{HEAD}{tracks(1)[0].didl('0')}</DIDL-Lite>"
    server = await (await library_with(text)).async_server()
    answer = await server.async_browse_direct_children("0")
    assert (len(answer.result), answer.number_returned, answer.total_matches) == (1, 1, 0)


async def test_objects_of_unknown_classes_are_not_lost():
    text = f"{HEAD}{tracks(1)[0].didl('0')}</DIDL-Lite>".replace("musicTrack", "musicTrack.live")
    server = await (await library_with(text, NumberReturned="1")).async_server()
    (track,) = (await server.async_browse_direct_children("0")).result
    assert vars(track)["class"] == "object.item.audioItem.musicTrack.live"
