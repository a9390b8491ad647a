"""What release 0.49.0 gets wrong in `server`, and this package must not; each test is named by it."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.const import HttpRequest
from async_upnp_client.server import (
    UpnpServer,
    UpnpServerDevice,
    UpnpServerService,
    callable_action,
    create_device_info,
    create_event_var,
    create_service_info,
)
from tests.support.light import DIMMING, Light
from tests.support.udp import PATIENCE, free_port


class Meter(UpnpServerService):
    """A service that may tell one value in a while."""

    SERVICE_DEFINITION = create_service_info("urn:schemas-upnp-org:service:Meter:1")
    STATE_VARIABLE_DEFINITIONS = {"Value": create_event_var("ui4", default="0", max_rate=0.05)}  # noqa: RUF012

    @callable_action("Set", {"Value": "Value"}, {})
    async def set_value(self, Value: "int") -> None:  # noqa: N803 - UPnP's name
        """Take a value; the annotation is a text."""
        self.state_variable("Value").value = Value


class Measuring(UpnpServerDevice):
    """The device that has it."""

    DEVICE_DEFINITION = create_device_info("urn:schemas-upnp-org:device:Meter:1", "Meter")
    SERVICES = (Meter,)


@asynccontextmanager
async def serving(device):
    async with UpnpServer(device, ("127.0.0.1", 0), ("239.255.255.250", free_port())) as server:
        yield server


async def test_the_last_value_of_a_moderated_variable_is_lost():
    notify = AiohttpNotifyServer(AiohttpRequester(), ("127.0.0.1", 0))
    async with serving(Measuring) as server, asyncio.timeout(PATIENCE):
        device = await UpnpFactory(AiohttpRequester()).async_create_device(server.location)
        service = next(iter(device.services.values()))
        heard: asyncio.Queue[object] = asyncio.Queue()
        service.on_event = lambda _, variables: heard.put_nowait(variables[0].value)
        await notify.async_start_server()
        try:
            await notify.event_handler.async_subscribe(service, timedelta(seconds=300))
            ours = next(iter(server.device.services.values()))
            for value in range(1, 20):
                ours.state_variable("Value").value = value
                await asyncio.sleep(0)
            while await heard.get() != 19:
                pass
        finally:
            await notify.async_stop_server()


async def test_annotations_that_are_texts_are_refused():
    async with serving(Measuring) as server:
        device = await UpnpFactory(AiohttpRequester()).async_create_device(server.location)
        await next(iter(device.services.values())).async_call_action("Set", Value=3)


async def test_port_none_is_announced_as_none():
    async with serving(Light) as server:
        assert server.base_uri == f"http://127.0.0.1:{server.http_port}"
        assert server.http_port


@pytest.mark.parametrize("timeout", ["Second-infinite", "infinite", "Second-300"])
async def test_an_infinite_subscription_is_answered_400(timeout):
    async with serving(Light) as server:
        headers = {"NT": "upnp:event", "CALLBACK": "<http://127.0.0.1:9/>", "TIMEOUT": timeout}
        request = HttpRequest("SUBSCRIBE", f"{server.base_uri}/Dimming/events", headers, None)
        answer = await AiohttpRequester().async_http_request(request)
        assert answer.status_code == 200
        assert answer.headers["SID"].startswith("uuid:")
        assert answer.headers["TIMEOUT"].startswith("Second-")
        bare = answer.headers["SID"].removeprefix("uuid:")
        assert server.device.service(DIMMING).get_subscriber(bare) is not None


async def test_two_callbacks_make_one_that_is_none():
    notify = AiohttpNotifyServer(AiohttpRequester(), ("127.0.0.1", 0))
    await notify.async_start_server()
    try:
        async with serving(Light) as server:
            callbacks = f"<http://127.0.0.1:9/a> <{notify.callback_url}>"
            headers = {"NT": "upnp:event", "CALLBACK": callbacks}
            request = HttpRequest("SUBSCRIBE", f"{server.base_uri}/Dimming/events", headers, None)
            await AiohttpRequester().async_http_request(request)
            subscriber = server.device.service(DIMMING)._subscribers[0]
            assert subscriber.urls == ("http://127.0.0.1:9/a", notify.callback_url)
    finally:
        await notify.async_stop_server()
