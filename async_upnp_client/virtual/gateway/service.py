"""What all services of a virtual gateway share: they ask the one gateway, and its faults come first.

``wan`` and ``services`` derive from it. Every call of an action goes through here, to be noted, refused,
delayed or left without an answer.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, NamedTuple, Protocol, cast

from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.server import UpnpServerAction, UpnpServerService, current_caller
from async_upnp_client.virtual.gateway.connection import Connection
from async_upnp_client.virtual.gateway.counters import Counter
from async_upnp_client.virtual.gateway.faults import Faults, refused
from async_upnp_client.virtual.gateway.mappings import PortMappings
from async_upnp_client.virtual.gateway.pinholes import Pinholes


class Call(NamedTuple):
    """One call that came: the action, its arguments, and the address of who called."""

    action: str
    arguments: dict[str, Any]
    caller: str | None


class GatewayState(Protocol):
    """What the services ask of the gateway: ``device.VirtualGateway``."""

    clock: Callable[[], float]
    faults: Faults
    calls: deque[Call]
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


class GatewayService(UpnpServerService):
    """A service of a virtual gateway."""

    def __init__(self, requester: UpnpRequester) -> None:
        super().__init__(requester)
        for name, action in self.actions.items():
            action = cast("UpnpServerAction", action)  # they are ours
            if action.handler is not None:
                action.handler = partial(self._async_act, name, action.handler)

    @property
    def gateway(self) -> GatewayState:
        """The gateway that this is a service of."""
        return cast("GatewayRoot", self.device.root_device).gateway

    def refresh(self) -> None:
        """Take over from the gateway what is evented."""

    async def _async_act(self, name: str, handler: Callable[..., Awaitable[Any]], **arguments: Any) -> Any:
        """Carry out an action, as far as the faults let it."""
        faults = self.gateway.faults
        self.gateway.calls.append(Call(name, arguments, current_caller()))
        if faults.seconds:
            await asyncio.sleep(faults.seconds)
        if name in faults.refuse:
            raise refused(faults.refuse[name])
        result = await handler(**arguments)
        if name in faults.lose_answer:
            await asyncio.Event().wait()
        return result
