"""Devices at the command line: what is served, where, and what is shown of it."""

import asyncio
import io
import json

import pytest

from async_upnp_client.aiohttp import AiohttpRequester
from async_upnp_client.cli.arguments import parse_arguments
from async_upnp_client.cli.output import Output
from async_upnp_client.cli.serve import DEVICES, lasting_udn, serve, target_of
from async_upnp_client.client_factory import UpnpFactory
from tests.support.udp import PATIENCE, free_port


class Told(io.StringIO):
    """Standard output, and whether something has come there."""

    def __init__(self) -> None:
        super().__init__()
        self.came = asyncio.Event()

    def write(self, text: str) -> int:
        """Take it."""
        self.came.set()
        return super().write(text)

    async def records(self, count: int) -> list[dict[str, object]]:
        """Wait for so many results."""
        async with asyncio.timeout(PATIENCE):
            while self.getvalue().count("\n") < count:
                self.came.clear()
                await self.came.wait()
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("kind", "device_type", "service", "action"),
    [
        ("renderer", "MediaRenderer:1", "ConnectionManager", "GetProtocolInfo"),
        ("media-server", "MediaServer:1", "ContentDirectory", "GetSystemUpdateID"),
        ("gateway", "InternetGatewayDevice:2", "L3Forwarding1", "GetDefaultConnectionService"),
    ],
)
async def test_a_device_is_served_and_its_calls_are_shown(
    kind: str, device_type: str, service: str, action: str
) -> None:
    told = Told()
    output = Output(told, None, pprint=False, iso8601=False)
    words = ["--bind", "127.0.0.1", "--target_port", str(free_port()), "--name", "A name"]
    serving = asyncio.ensure_future(serve(parse_arguments(["serve", kind, *words]), output))
    try:
        (first,) = await told.records(1)
        assert first["device_type"] == f"urn:schemas-upnp-org:device:{device_type}"
        assert (first["friendly_name"], first["udn"]) == ("A name", lasting_udn(kind, "A name"))
        device = await UpnpFactory(AiohttpRequester()).async_create_device(str(first["location"]))
        found = device.service_id(f"urn:upnp-org:serviceId:{service}")
        assert found is not None
        await found.async_call_action(action)
        call = (await told.records(2))[1]
        assert (call["action"], call["caller"], call["in_parameters"]) == (action, "127.0.0.1", {})
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


def test_a_udn_is_the_same_each_time() -> None:
    assert lasting_udn("renderer", "a") == lasting_udn("renderer", "a")
    udns = {lasting_udn(kind, name) for kind in DEVICES for name in ("a", "b")}
    assert len(udns) == 2 * len(DEVICES)


def test_the_group_follows_from_the_address() -> None:
    args = parse_arguments(["serve", "renderer", "--target_port", "1901"])
    assert target_of(args, ("192.0.2.1", 0)) == ("239.255.255.250", 1901)
    group = target_of(args, ("fe80::1", 0, 0, 2))
    assert group is not None
    assert group[1] == 1901
    assert group[0].lower() == "ff02::c"
    assert target_of(parse_arguments(["serve", "renderer"]), ("192.0.2.1", 0)) is None
