"""Our control point and the virtual media server over loopback; a virtual renderer plays what it has."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from aiohttp import ClientSession
from didl_lite import didl_lite

from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester
from async_upnp_client.client import UpnpDevice
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.server import UpnpServer
from async_upnp_client.virtual import (
    Library,
    ManualClock,
    VirtualMediaServer,
    VirtualRenderer,
    generated_library,
)
from tests.support.udp import PATIENCE, free_port

HOST = "127.0.0.1"
GROUP = "239.255.255.250"


@asynccontextmanager
async def published(make: Any) -> AsyncIterator[UpnpDevice]:
    """Publish a device, and yield it as the control point has it."""
    async with UpnpServer(make, (HOST, 0), (GROUP, free_port())) as server:
        yield await UpnpFactory(AiohttpRequester()).async_create_device(server.location)


async def browse(device: UpnpDevice, object_id: str) -> list[Any]:
    """Return what is in a container, as objects."""
    directory = device.service_id("urn:upnp-org:serviceId:ContentDirectory")
    assert directory is not None
    found = await directory.async_call_action(
        "Browse",
        ObjectID=object_id,
        BrowseFlag="BrowseDirectChildren",
        Filter="*",
        StartingIndex=0,
        RequestedCount=0,
        SortCriteria="",
    )
    return list(didl_lite.from_xml_string(found["Result"]))


async def test_it_is_described_without_a_fault() -> None:
    async with published(VirtualMediaServer) as device:
        assert device.all_diagnostics == []
        assert device.device_type == "urn:schemas-upnp-org:device:MediaServer:1"


async def test_what_is_browsed_can_be_got_whole_and_in_parts() -> None:
    library = generated_library()
    async with published(partial(VirtualMediaServer, library=library)) as device, ClientSession() as session:
        for object_id in ("music/1", "pictures"):
            for entry in await browse(device, object_id):
                for res in entry.res:
                    async with session.get(res.uri) as answer:
                        whole = await answer.read()
                        assert answer.status == 200
                        assert answer.content_type == res.protocol_info.split(":")[2]
                    assert len(whole) == int(res.size)
                    async with session.get(res.uri, headers={"Range": "bytes=4-11"}) as answer:
                        assert await answer.read() == whole[4:12]
                        assert answer.headers["Content-Range"] == f"bytes 4-11/{len(whole)}"
                    async with session.head(res.uri, headers={"getcontentFeatures.dlna.org": "1"}) as answer:
                        assert (answer.status, await answer.read()) == (200, b"")
                        assert int(answer.headers["Content-Length"]) == len(whole)
                        features = answer.headers["contentFeatures.dlna.org"]
                        assert features == res.protocol_info.split(":")[3]


async def test_urls_lead_to_the_address_that_the_caller_has_reached() -> None:
    others = [("127.0.0.2", 0)]
    group = (GROUP, free_port())
    async with UpnpServer(VirtualMediaServer, (HOST, 0), group, other_sources=others) as server:
        location = server.location.replace(HOST, "127.0.0.2")
        device = await UpnpFactory(AiohttpRequester()).async_create_device(location)
        (*_, first) = await browse(device, "pictures")
        assert all(res.uri.startswith(location.removesuffix("/device.xml")) for res in first.res)


async def test_changes_are_told() -> None:
    library = Library("Small")
    library_of = generated_library()
    for entry in library_of.children("0"):
        library.add(entry)
    async with published(partial(VirtualMediaServer, library=library)) as device:
        directory = device.service_id("urn:upnp-org:serviceId:ContentDirectory")
        assert directory is not None
        told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        directory.on_event = lambda _, changed: told.put_nowait({one.name: one.value for one in changed})
        notify = AiohttpNotifyServer(device.requester, (HOST, 0))
        await notify.async_start_server()
        try:
            async with asyncio.timeout(PATIENCE):
                await notify.event_handler.async_subscribe(directory)
                first = await told.get()
                assert first["SystemUpdateID"] == library.update_id
                library.rename("music", "Noise")
                changed: dict[str, Any] = {}
                while len(changed) < 2:
                    changed |= await told.get()
            assert changed == {"SystemUpdateID": 4, "ContainerUpdateIDs": "0,4"}
            await notify.event_handler.async_unsubscribe_all()
        finally:
            await notify.async_stop_server()


async def test_a_renderer_plays_what_the_server_has() -> None:
    clock = ManualClock()
    async with (
        published(VirtualMediaServer) as server,
        published(partial(VirtualRenderer, clock=clock)) as player,
    ):
        (playlist,) = [entry for entry in await browse(server, "music/2") if entry.title.startswith("All")]
        transport = player.service_id("urn:upnp-org:serviceId:AVTransport")
        assert transport is not None
        call = partial(transport.async_call_action, InstanceID=0)
        await call("SetAVTransportURI", CurrentURI=playlist.res[0].uri, CurrentURIMetaData="")
        await call("Play", Speed="1")
        clock.advance(5)
        position = await call("GetPositionInfo")
        assert (position["Track"], position["RelTime"], position["TrackDuration"]) == (
            2,
            "0:00:02",
            "0:00:04",
        )
        assert (await call("GetMediaInfo"))["MediaDuration"] == "0:00:12"
        await call("SetAVTransportURI", CurrentURI=position["TrackURI"], CurrentURIMetaData="")
        assert (await call("GetPositionInfo"))["TrackDuration"] == "0:00:04", "as the header of the file says"
