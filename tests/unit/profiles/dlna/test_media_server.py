"""Media servers walked from the first to the last object, and what is known of them."""

import pytest
from didl_lite import didl_lite

from async_upnp_client.event_handler import UpnpEventHandler, UpnpNotifyServer
from async_upnp_client.exceptions import UpnpActionError, UpnpConnectionError
from async_upnp_client.profiles.dlna import media_server
from async_upnp_client.profiles.dlna.media_server import DmsDevice
from tests.support.library import Library, Thing, tracks


class Silent(UpnpNotifyServer):
    """Only an address."""

    callback_url = "http://192.0.2.9/notify"


async def walked(server: DmsDevice, *arguments, **how) -> list[str]:
    """Return the ids of what is walked."""
    return [found.id async for found in server.walk(*arguments, **how)]


def folders() -> list[Thing]:
    """Return some, with items in and between them."""
    return [
        Thing("a", [*tracks(2), Thing("b", tracks(2, 2))]),
        Thing("c", []),
        *tracks(2, 4),
    ]


LIES = {
    "none": {},
    "capped": {"cap": 7},
    "capped, with the page as total": {"cap": 12, "total": -1},
    "no total": {"total": 0},
    "a total that is too large": {"total": 10**6},
    "a total that is too small": {"total": 3, "cap": 50},
    "numbers returned that are wrong": {"returned": 0},
    "too much at a time": {"too_many": 11},
    "no sorting": {"sort_code": 709},
    "no filter": {"filter_code": 501},
    "refuses what is behind the end": {"beyond_code": 720, "total": 0},
    "refuses to sort, to filter, and what is too much": {
        "sort_code": 709,
        "filter_code": 402,
        "too_many": 25,
    },
}


@pytest.mark.uda("A-019")
@pytest.mark.parametrize("lies", LIES.values(), ids=LIES)
async def test_everything_is_found(lies):
    library = Library([*tracks(120), Thing("a", tracks(30, 1000))], **lies)
    server = await library.async_server()
    found = await walked(
        server, depth=None, page_size=50, sort_criteria="dc:title", metadata_filter=["dc:title", "res"]
    )
    assert found == [thing.id for thing in [*library.contents, *tracks(30, 1000)]]


async def test_the_same_page_for_ever():
    library = Library(tracks(120), ignores_index=True)
    server = await library.async_server()
    assert await walked(server, page_size=50) == [thing.id for thing in tracks(50)]
    assert library.asked == [("0", 0, 50), ("0", 50, 50)]


@pytest.mark.parametrize(
    ("depth", "found"),
    [
        (1, ["a", "c", "t4", "t5"]),
        (2, ["a", "t0", "t1", "b", "c", "t4", "t5"]),
        (None, ["a", "t0", "t1", "b", "t2", "t3", "c", "t4", "t5"]),
    ],
)
async def test_depth(depth, found):
    server = await Library(folders()).async_server()
    assert await walked(server, depth=depth) == found


async def test_a_part_of_it():
    server = await Library(folders()).async_server()
    assert await walked(server, "a") == ["t0", "t1", "b"]


async def test_containers_in_each_other():
    inner = Thing("b", [])
    outer = Thing("a", [inner])
    assert inner.contents is not None
    inner.contents += [Thing("a", []), Thing("0", []), *tracks(1)]
    library = Library([outer])
    server = await library.async_server()
    assert await walked(server, depth=None) == ["a", "b", "a", "0", "t0"]


async def test_containers_without_end(monkeypatch):
    monkeypatch.setattr(media_server, "MOST_LEVELS", 5)
    library = Library([Thing("x", [])])

    def find(object_id: str, contents: list[Thing] | None = None) -> Thing:
        return Thing(object_id, [Thing(object_id + "x", [])])

    monkeypatch.setattr(library, "find", find)
    server = await library.async_server()
    assert await walked(server, depth=None) == ["0x", "0xx", "0xxx", "0xxxx", "0xxxxx"]


async def test_a_container_within_that_fails_is_left_out():
    library = Library(folders(), missing=frozenset({"b"}))
    server = await library.async_server()
    assert await walked(server, depth=None) == ["a", "t0", "t1", "b", "c", "t4", "t5"]
    (told,) = [found for found in server.device.all_diagnostics if found.code == "container-unreadable"]
    assert told.where.endswith("/action Browse/object b")


async def test_an_empty_container_that_is_refused():
    server = await Library(folders(), empty_code=720).async_server()
    assert "c" in await walked(server, depth=None)
    assert not [found for found in server.device.all_diagnostics if found.code == "container-unreadable"]


async def test_an_object_that_fails_is_left_out():
    contents = tracks(60)
    contents[33].broken = True
    server = await Library(contents).async_server()
    found = await walked(server)
    assert found == [thing.id for thing in contents if not thing.broken]
    (told,) = [found for found in server.device.all_diagnostics if found.code == "object-unreadable"]
    assert told.where.endswith("/action Browse/object 0")
    assert "object 33 " in told.message


async def test_what_the_container_itself_answers_is_raised():
    library = Library(folders())
    server = await library.async_server()
    with pytest.raises(UpnpActionError):
        await walked(server, "nothing")
    library.device.is_gone = True
    with pytest.raises(UpnpConnectionError):
        await walked(server)


async def test_a_server_that_goes_away():
    library = Library([Thing("a", tracks(1)), Thing("b", tracks(1))])
    server = await library.async_server()
    walk = server.walk(depth=None)
    assert (await anext(walk)).id == "a"
    library.device.is_gone = True
    with pytest.raises(UpnpConnectionError):
        await anext(walk)


@pytest.mark.uda("A-022")
@pytest.mark.parametrize(
    ("sorts_by", "criteria"),
    [
        ("dc:title,dc:date", "+dc:title,-dc:date"),
        ("dc:date", "-dc:date"),
        ("*", "+dc:title,-dc:date"),
        ("", ""),
        (None, "+dc:title,-dc:date"),
    ],
)
async def test_sorted_only_by_what_is_allowed(sorts_by, criteria):
    library = Library(folders(), sorts_by=sorts_by)
    server = await library.async_server()
    for _ in range(2):
        await walked(server, sort_criteria=["dc:title", "-dc:date"])
    sent = [arguments["SortCriteria"] for name, arguments in library.device.calls if name == "Browse"]
    assert sent == [criteria, criteria]
    assert [name for name, _ in library.device.calls].count("GetSortCapabilities") == 1


async def test_what_a_server_refuses_is_remembered():
    library = Library(folders(), sort_code=709, sorts_by="*")
    server = await library.async_server()
    await walked(server, depth=None, sort_criteria="dc:title")
    sent = [arguments["SortCriteria"] for name, arguments in library.device.calls if name == "Browse"]
    assert sent == ["+dc:title", "", "", "", ""]


@pytest.mark.uda("A-023")
async def test_a_search_is_walked():
    library = Library([*tracks(120), Thing("a", [])], cap=50, sort_code=709)
    server = await library.async_server()
    found = [thing async for thing in server.walk_search("0", "*", sort_criteria="dc:title")]
    assert [thing.id for thing in found] == [thing.id for thing in tracks(120)]
    assert isinstance(found[0], didl_lite.MusicTrack)
    with pytest.raises(UpnpActionError) as raised:
        await anext(server.walk_search("0", "?"))
    assert raised.value.error_code == 708


async def test_an_update_asks_for_what_is_not_known():
    library = Library()
    server = await library.async_server()
    heard: list[list[str]] = []
    server.on_event = lambda _service, variables: heard.append([variable.name for variable in variables])
    await server.async_update()
    assert server.system_update_id == 7
    assert server.search_capabilities == ["dc:title", "upnp:class", "@id"]
    assert server.sort_capabilities == ["dc:title"]
    assert heard == [["SystemUpdateID", "SearchCapabilities", "SortCapabilities"]]
    library.device.calls.clear()
    library.service.answers["GetSystemUpdateID"] = {"SystemUpdateID": "8"}
    await server.async_update()
    assert library.device.calls == [("GetSystemUpdateID", {})]
    assert server.system_update_id == 8


async def test_an_update_goes_on_asking_a_server_that_grants_subscriptions_and_tells_nothing():
    library = Library()
    handler = UpnpEventHandler(Silent(), library.device)
    server = await library.async_server(handler)
    await server.async_subscribe_services()
    service = server.profile_device.all_services[0]

    async def asked(*, do_ping: bool = False) -> list[str]:
        library.device.calls.clear()
        await server.async_update(do_ping)
        return [name for name, _ in library.device.calls if name == "GetSystemUpdateID"]

    assert await asked() == await asked() == ["GetSystemUpdateID"]
    service.notify_changed_state_variables({"SystemUpdateID": "9"})
    assert await asked() == await asked(do_ping=True) == []
    await server.async_unsubscribe_services()
    assert await asked() == ["GetSystemUpdateID"]
    await server.async_subscribe_services()
    assert await asked() == ["GetSystemUpdateID"], "events of another subscription say nothing of this one"
    service.notify_changed_state_variables({"SystemUpdateID": "10"})
    server._on_event(service, [])  # as when a subscription was lost
    assert await asked() == ["GetSystemUpdateID"]


async def test_an_update_that_failed_is_made_up_for():
    library = Library()
    server = await library.async_server()
    library.device.is_gone = True
    with pytest.raises(UpnpConnectionError):
        await server.async_update()
    library.device.is_gone = False
    await server.async_update()
    assert server.search_capabilities
