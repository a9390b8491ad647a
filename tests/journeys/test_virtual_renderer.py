"""Our control point and the virtual renderer over loopback: it plays by a clock that the test moves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest

from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester
from async_upnp_client.client import UpnpDevice, UpnpService
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.exceptions import UpnpActionResponseError
from async_upnp_client.profiles.dlna.last_change import parse_last_change
from async_upnp_client.server import UpnpServer
from async_upnp_client.virtual import ManualClock, VirtualRenderer
from tests.support.udp import PATIENCE, free_port
from tests.unit.virtual.test_av_transport import SONG, metadata

HOST = "127.0.0.1"
GROUP = "239.255.255.250"


@asynccontextmanager
async def renderer(clock: ManualClock) -> AsyncIterator[UpnpDevice]:
    """Publish a renderer, and yield it as the control point has it."""
    make = partial(VirtualRenderer, clock=clock)
    async with UpnpServer(make, (HOST, 0), (GROUP, free_port())) as server:
        yield await UpnpFactory(AiohttpRequester()).async_create_device(server.location)


class Heard:
    """What LastChange of a service has told so far."""

    def __init__(self, service: UpnpService) -> None:
        self.values: dict[str, str] = {}
        self.came = asyncio.Event()
        service.on_event = self.take

    def take(self, _service: object, variables: Any) -> None:
        for variable in variables:
            self.values |= parse_last_change(variable.value).get("0", {})
        self.came.set()

    async def wait_for(self, name: str, value: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while self.values.get(name) != value:
                self.came.clear()
                await self.came.wait()


async def test_it_is_described_without_a_fault() -> None:
    async with renderer(ManualClock()) as device:
        assert device.all_diagnostics == []
        assert device.device_type == "urn:schemas-upnp-org:device:MediaRenderer:1"


async def test_it_plays_to_the_end_and_tells_so() -> None:
    clock = ManualClock()
    async with renderer(clock) as device:
        transport = device.service_id("urn:upnp-org:serviceId:AVTransport")
        assert transport is not None
        heard = Heard(transport)
        notify = AiohttpNotifyServer(device.requester, (HOST, 0))
        await notify.async_start_server()
        try:
            await notify.event_handler.async_subscribe(transport)
            await heard.wait_for("TransportState", "NO_MEDIA_PRESENT")
            await transport.async_call_action(
                "SetAVTransportURI", InstanceID=0, CurrentURI=SONG, CurrentURIMetaData=metadata(SONG)
            )
            await transport.async_call_action("Play", InstanceID=0, Speed="1")
            await heard.wait_for("TransportState", "PLAYING")
            clock.advance(62)
            position = await transport.async_call_action("GetPositionInfo", InstanceID=0)
            assert (position["RelTime"], position["TrackDuration"]) == ("0:01:02", "0:03:00")
            clock.advance(118)
            await heard.wait_for("TransportState", "STOPPED")
            await notify.event_handler.async_unsubscribe_all()
        finally:
            await notify.async_stop_server()


async def test_volume_is_told() -> None:
    async with renderer(ManualClock()) as device:
        rendering = device.service_id("urn:upnp-org:serviceId:RenderingControl")
        assert rendering is not None
        heard = Heard(rendering)
        notify = AiohttpNotifyServer(device.requester, (HOST, 0))
        await notify.async_start_server()
        try:
            await notify.event_handler.async_subscribe(rendering)
            await heard.wait_for("Volume", "30")
            await rendering.async_call_action("SetVolume", InstanceID=0, Channel="Master", DesiredVolume=44)
            await heard.wait_for("Volume", "44")
            await notify.event_handler.async_unsubscribe_all()
        finally:
            await notify.async_stop_server()


async def test_refusals_reach_the_control_point() -> None:
    async with renderer(ManualClock()) as device:
        transport = device.service_id("urn:upnp-org:serviceId:AVTransport")
        assert transport is not None
        for call, code in (
            (partial(transport.async_call_action, "Play", InstanceID=0, Speed="1"), 701),
            (partial(transport.async_call_action, "Pause", InstanceID=5), 718),
        ):
            with pytest.raises(UpnpActionResponseError) as refused:
                await call()
            assert refused.value.error_code == code
