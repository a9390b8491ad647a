"""Choosing the right WAN connection, of one gateway and of all of them (IGD §2; row G-001).

It asks each connection for its state and address, and Layer3Forwarding for the default; ``connection`` ranks.
A gateway with one connection is asked nothing. What is chosen is what all other calls then mean.
"""

import asyncio
import contextlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar
from urllib.parse import urlsplit

from async_upnp_client.client.action import UpnpAction
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client.service import UpnpService
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.exceptions import UpnpCommunicationError, UpnpError, UpnpResponseError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.profiles.igd.connection import WanConnection, is_named_by, ranked
from async_upnp_client.profiles.igd.pace import CALL_GAP
from async_upnp_client.profiles.igd.status import StatusPolls

CHOICE_SECONDS: Final = 300.0
"""How long a choice among several connections holds."""
POOR_CHOICE_SECONDS: Final = 30.0
"""How long one holds where none is connected, or the gateway did not answer."""


class Selection(StatusPolls):
    """Which of several WAN connections is meant."""

    def __init__(
        self,
        device: UpnpDevice,
        event_handler: UpnpEventHandler | None,
        *,
        call_gap: float | None = CALL_GAP,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        super().__init__(device, event_handler, call_gap=call_gap, limits=limits)
        self._choose_at = float("-inf")
        self._choosing = asyncio.Lock()

    async def async_wan_connections(self) -> list[WanConnection]:
        """Ask all WAN connections how they are; the best first, each with the reasons.

        Connected ones come before others, then those with an external address, a public one before one
        behind another NAT, then the gateway's default. One that does not answer is there, with its error.
        """
        default: str | None = None
        # requesters of applications raise what they like; without the default the others still have a rank
        with contextlib.suppress(Exception):
            default = await self.async_get_default_connection_service()
        return ranked(
            [
                await async_ask(service, is_default=is_named_by(service, default))
                for service in self.wan_services
            ]
        )

    async def async_select_connection(self, connection: WanConnection | None = None) -> WanConnection | None:
        """Choose the WAN connection that all calls mean: that one, or else the best; None if there is none.

        It is done by itself where a gateway has several, and anew every few minutes. One given here stays
        chosen.
        """
        async with self._choosing:
            if connection is None:
                connections = await self.async_wan_connections()
                connection = connections[0] if connections else None
                is_good = connection is not None and connection.is_connected and connection.error is None
                holds = CHOICE_SECONDS if is_good else POOR_CHOICE_SECONDS
                self._choose_at = asyncio.get_running_loop().time() + holds
            else:
                self._choose_at = float("inf")
            if connection is not None:
                self._connection = connection.service
            return connection

    async def _async_wan_action(self, services: Any, action_name: str) -> UpnpAction | None:
        """Give an action of the right WAN connection, which is chosen first where there are several."""
        if (
            services is None
            and self._choose_at <= asyncio.get_running_loop().time()
            and not self._choosing.locked()
            and len(self.wan_services) > 1
        ):
            await self.async_select_connection()
        return self._any_action(services, action_name)


G = TypeVar("G", bound=Selection)


async def async_ask(service: UpnpService, *, is_default: bool = False) -> WanConnection:
    """Ask a WAN connection for its state and address."""
    values: dict[str, str | None] = {"NewConnectionStatus": None, "NewExternalIPAddress": None}
    error: BaseException | None = None
    for action, name in (
        ("GetStatusInfo", "NewConnectionStatus"),
        ("GetExternalIPAddress", "NewExternalIPAddress"),
    ):
        if not service.has_action(action):
            continue
        try:
            values[name] = (await service.async_call_action(action)).get(name)
        except UpnpError as err:
            error = err
            if isinstance(err, UpnpCommunicationError) and not isinstance(err, UpnpResponseError):
                break  # nobody is there: the next question would only wait for as long
        except Exception as err:  # noqa: BLE001  # requesters of applications raise what they like
            error = err
    return WanConnection(
        service, is_default, values["NewConnectionStatus"], values["NewExternalIPAddress"], error
    )


@dataclass(frozen=True, slots=True)
class RankedGateway(Generic[G]):
    """A gateway with its best WAN connection, and why it stands where it does."""

    gateway: G
    connection: WanConnection | None
    is_default_gateway: bool

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it ranks where it does, in words."""
        words = ("has no WAN connection",) if self.connection is None else self.connection.reasons
        return (*words, "is the default gateway") if self.is_default_gateway else words


async def async_rank_gateways(
    gateways: Iterable[G], default_gateways: Collection[str] = ()
) -> list[RankedGateway[G]]:
    """Ask several gateways, side by side, and return them, the best first, with the reasons.

    The one with the best WAN connection wins; of equals the one whose host is among `default_gateways`, the
    addresses of routers that this machine sends to (``_local_ip.get_default_gateways``).
    """

    async def async_best(gateway: G) -> RankedGateway[G]:
        connection = await gateway.async_select_connection()
        host = (urlsplit(gateway.device.device_url).hostname or "").partition("%")[0]
        return RankedGateway(gateway, connection, host in default_gateways)

    found = await asyncio.gather(*(async_best(gateway) for gateway in gateways))

    def rank(one: RankedGateway[G]) -> tuple[Any, ...]:
        return (
            one.connection is not None,
            one.connection.rank[:3] if one.connection else (),
            one.is_default_gateway,
            one.connection.rank[3:] if one.connection else (),
        )

    return sorted(found, key=rank, reverse=True)
