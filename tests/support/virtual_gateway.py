"""A virtual gateway with a clock that a test moves: in memory, or published on loopback with our profile."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from async_upnp_client.aiohttp import AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.profiles.igd import IgdDevice
from async_upnp_client.server import NopRequester, UpnpServer, UpnpServerService
from async_upnp_client.virtual import ManualClock
from async_upnp_client.virtual.gateway import GatewayDevice, VirtualGateway
from tests.support.udp import GROUP, free_port

HOST = "127.0.0.1"
ADDRESS = "8.8.4.4"  # a public one: others are told from it


class Gateway:
    """A virtual gateway and its clock."""

    def __init__(self, version: int = 2, **options: Any) -> None:
        """Begin with nothing open."""
        self.clock = ManualClock()
        options.setdefault("external_address", ADDRESS)
        self.virtual = VirtualGateway(version, clock=self.clock, **options)
        self.faults = self.virtual.faults

    @property
    def called(self) -> list[str]:
        """The actions called so far."""
        return [call.action for call in self.virtual.calls]

    @property
    def open_ports(self) -> list[tuple[int, str, int]]:
        """External port, internal client and port of each mapping."""
        return [(m.external_port, m.internal_client, m.internal_port) for m in self.virtual.mappings.all()]

    def device(self) -> GatewayDevice:
        """Return its device, without a server."""
        return self.virtual.device_class(NopRequester(), "http://127.0.0.1:80")

    def service(self, name: str) -> UpnpServerService:
        """Return a service of it, without a server, by a part of its type."""
        found = [one for one in self.device().all_server_services if f":{name}:" in one.service_type]
        return found[0]

    async def async_call(self, service: str, action: str, *values: Any) -> Mapping[str, Any]:
        """Carry out an action without a server, with values in the order of its arguments."""
        found = self.service(service)
        names = [argument.name for argument in found.action(action).in_arguments()]
        result: Mapping[str, Any] | None = await found.async_handle_action(
            action, **dict(zip(names, values, strict=True))
        )
        return result or {}


@asynccontextmanager
async def published(version: int = 2, **options: Any) -> AsyncIterator[tuple[Gateway, IgdDevice]]:
    """Publish a gateway on loopback, and give it with the profile device that a control point makes of it."""
    gateway = Gateway(version, **options)
    async with UpnpServer(gateway.virtual.device_class, (HOST, 0), (GROUP, free_port())) as server:
        device = await UpnpFactory(AiohttpRequester()).async_create_device(server.location)
        yield gateway, IgdDevice(device, None, call_gap=0.0)
