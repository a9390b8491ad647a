"""What all services of a virtual gateway share: they ask the one gateway.

``wan`` and ``services`` derive from it. What is asked is a protocol, since the gateway is made of services.
"""

from typing import Protocol, cast

from async_upnp_client.virtual.clock import Clock
from async_upnp_client.virtual.gateway.connection import Connection
from async_upnp_client.virtual.gateway.counters import Counter
from async_upnp_client.virtual.gateway.mappings import PortMappings
from async_upnp_client.virtual.gateway.pinholes import Pinholes
from async_upnp_client.virtual.service import VirtualService


class GatewayState(Protocol):
    """What the services ask of the gateway: ``device.VirtualGateway``."""

    clock: Clock
    connection: Connection
    mappings: PortMappings
    pinholes: Pinholes
    counters: dict[str, Counter]
    is_enabled_for_internet: bool
    default_service: str

    def tell(self) -> None:
        """Have what has changed evented."""


class GatewayRoot(Protocol):
    """The root device of a gateway."""

    gateway: GatewayState


class GatewayService(VirtualService):
    """A service of a virtual gateway."""

    @property
    def gateway(self) -> GatewayState:
        """The gateway that this is a service of."""
        return cast("GatewayRoot", self.device.root_device).gateway

    def refresh(self) -> None:
        """Take over from the gateway what is evented."""
