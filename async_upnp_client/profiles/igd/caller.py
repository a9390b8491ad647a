"""How the gateway profile finds its services and calls them; every module of calls stands on it.

Which of several WAN connections is meant is decided here, by what ``selection`` has found. It must not know
what single actions mean.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from async_upnp_client.client.action import UpnpAction
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client.service import UpnpService
from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.profiles._services import Poll
from async_upnp_client.profiles.igd.connection import IP_CONNECTION, PPP_CONNECTION, wan_services
from async_upnp_client.profiles.igd.pace import CALL_GAP, PacedGate
from async_upnp_client.profiles.profile import UpnpProfileDevice

WAN: Final = ("WANIPC", "WANPPPC")
"""Aliases of the services that a WAN connection may have, in the order in which they are tried."""
WAN_STATE: Final = ("GetExternalIPAddress", "GetStatusInfo", "GetPortMappingNumberOfEntries")
"""Actions that tell what a WAN connection events."""
WAN_KINDS: Final = {"WANIPC": IP_CONNECTION, "WANPPPC": PPP_CONNECTION}


class GatewayCaller(UpnpProfileDevice):
    """The services of a gateway by their aliases, and calls to them, one at a time."""

    DEVICE_TYPES: ClassVar[list[str]] = [
        "urn:schemas-upnp-org:device:InternetGatewayDevice:1",
        "urn:schemas-upnp-org:device:InternetGatewayDevice:2",
    ]
    _SERVICE_TYPES: ClassVar[dict[str, set[str]]] = {
        "WANIP6FC": {"urn:schemas-upnp-org:service:WANIPv6FirewallControl:1"},
        "WANPPPC": {"urn:schemas-upnp-org:service:WANPPPConnection:1"},
        "WANIPC": {
            "urn:schemas-upnp-org:service:WANIPConnection:1",
            "urn:schemas-upnp-org:service:WANIPConnection:2",
        },
        "WANCIC": {"urn:schemas-upnp-org:service:WANCommonInterfaceConfig:1"},
        "L3FWD": {"urn:schemas-upnp-org:service:Layer3Forwarding:1"},
    }
    _POLLS: ClassVar[Sequence[Poll]] = (
        *((alias, name, {}) for alias in WAN for name in WAN_STATE),
        ("WANCIC", "GetCommonLinkProperties", {}),
        ("WANIP6FC", "GetFirewallStatus", {}),
        ("L3FWD", "GetDefaultConnectionService", {}),
    )

    def __init__(
        self,
        device: UpnpDevice,
        event_handler: UpnpEventHandler | None,
        *,
        call_gap: float | None = CALL_GAP,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        """Take a device that has a gateway in it.

        Calls to it go one at a time, `call_gap` seconds apart; with None as many as the device's own
        ``call_gate`` lets through. `limits` bound what it may make us ask and read. UpnpError where there is
        no gateway.
        """
        super().__init__(device, event_handler)
        self.limits = limits
        self._connection: UpnpService | None = None  # the WAN connection that was chosen
        root = device.root_device
        if call_gap is not None and not isinstance(root.call_gate, PacedGate):
            root.call_gate = PacedGate(call_gap)

    @property
    def wan_services(self) -> list[UpnpService]:
        """The services of all WAN connections, wherever in the tree they are."""
        return wan_services(self.profile_device) or wan_services(self.device)

    def _service(self, service_type_abbreviation: str) -> UpnpService | None:
        """Give the service of an alias: of a WAN connection the chosen one, or else the first."""
        kind = WAN_KINDS.get(service_type_abbreviation)
        if kind is None:
            return super()._service(service_type_abbreviation)
        of_kind = [service for service in self.wan_services if service.service_type.startswith(kind)]
        if self._connection in of_kind:
            return self._connection
        return of_kind[0] if of_kind else None

    def _order(self, services: Sequence[str] | None) -> Sequence[str]:
        """Give the aliases to try: those asked for, else WANIPC and WANPPPC with the chosen one first."""
        if services is not None:
            return services
        chosen = self._connection
        if chosen is not None and chosen.service_type.startswith(PPP_CONNECTION):
            return tuple(reversed(WAN))
        return WAN

    def _any_action(self, services: Sequence[str] | None, action_name: str) -> UpnpAction | None:
        """Give the action of the first of some services that has it, or None."""
        for alias in self._order(services):
            action = self._action(alias, action_name)
            if action is not None:
                return action
        return None

    def _any_state_variable(self, variable_name: str) -> UpnpStateVariable[Any] | None:
        """Give a variable of the first service of a WAN connection that has it, or None."""
        for alias in self._order(None):
            variable = self._state_variable(alias, variable_name)
            if variable is not None:
                return variable
        return None

    async def _async_wan_action(self, services: Sequence[str] | None, action_name: str) -> UpnpAction | None:
        """Give an action of the right WAN connection, or None; which one that is, is found out first."""
        return self._any_action(services, action_name)

    async def _async_call_wan(
        self, services: Sequence[str] | None, action_name: str, **arguments: Any
    ) -> Mapping[str, Any] | None:
        """Call an action of the right WAN connection; None where none has it. Errors as of the action."""
        action = await self._async_wan_action(services, action_name)
        return None if action is None else await action.async_call(**arguments)

    async def _async_call(self, alias: str, action_name: str, **arguments: Any) -> Mapping[str, Any] | None:
        """Call an action of a service; None where that has none such. Errors as of the action."""
        action = self._action(alias, action_name)
        return None if action is None else await action.async_call(**arguments)
