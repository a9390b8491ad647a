"""What a gateway can really do: its description promises more than it keeps (row G-017).

Each feature is tried by a question that changes nothing. An owner who has switched UPnP off, or forbidden
port mappings, shows in errors of all kinds; they are told with code and text.
"""

from collections.abc import Mapping
from typing import Any, Final

from async_upnp_client.client.action import UpnpAction
from async_upnp_client.exceptions import UpnpActionError, UpnpCommunicationError, UpnpError, UpnpResponseError
from async_upnp_client.profiles.igd.errors import (
    INVALID_ACTION,
    NOT_AUTHORISED,
    NOT_IMPLEMENTED,
    FirewallErrorCode,
)
from async_upnp_client.profiles.igd.listing import ENDS
from async_upnp_client.profiles.igd.types import Capabilities, Capability, CapabilityState, Feature
from async_upnp_client.profiles.igd.wan_calls import WanCalls

ONLY_DECLARED: Final = frozenset({INVALID_ACTION, NOT_IMPLEMENTED})
CLOSED_FIREWALL: Final = frozenset(
    {FirewallErrorCode.FIREWALL_DISABLED, FirewallErrorCode.INBOUND_PINHOLE_NOT_ALLOWED}
)

# The action that a feature is tried by, and its arguments.
QUESTIONS: Final[Mapping[Feature, tuple[str, str, Mapping[str, Any]]]] = {
    Feature.CONNECTION_STATUS: ("", "GetStatusInfo", {}),
    Feature.EXTERNAL_ADDRESS: ("", "GetExternalIPAddress", {}),
    Feature.PORT_MAPPING: ("", "GetGenericPortMappingEntry", {"NewPortMappingIndex": 0}),
    Feature.TRAFFIC_COUNTERS: ("WANCIC", "GetTotalBytesReceived", {}),
    Feature.PINHOLES: ("WANIP6FC", "GetFirewallStatus", {}),
}
# What a feature is for, where it is not its own question.
NEEDED: Final = {Feature.PORT_MAPPING: "AddPortMapping", Feature.PINHOLES: "AddPinhole"}


class Probe(WanCalls):
    """Trying what a gateway can do."""

    async def async_probe(self) -> Capabilities:
        """Try each feature, and tell how it stands with it; nothing is changed, and no error is raised.

        Where the gateway refuses whatever it has, it is switched off as a whole (Experia boxes announce
        themselves all the same).
        """
        found = {feature: await self._async_try(feature) for feature in Feature}
        declared = {
            f: c
            for f, c in found.items()
            if c.state not in (CapabilityState.ABSENT, CapabilityState.UNREACHABLE)
        }
        if len(declared) > 1 and all(c.state is CapabilityState.REFUSED for c in declared.values()):
            for feature, capability in declared.items():
                reason = f"the gateway refuses everything: {capability.reason}"
                found[feature] = Capability(CapabilityState.SWITCHED_OFF, reason, capability.error_code)
        return found

    async def _async_try(self, feature: Feature) -> Capability:
        alias, name, arguments = QUESTIONS[feature]
        action = await self._async_action_for(alias, name)
        if action is None or await self._async_action_for(alias, NEEDED.get(feature, name)) is None:
            return Capability(
                CapabilityState.ABSENT, f"no service has the action {NEEDED.get(feature, name)}"
            )
        try:
            result = await action.async_call(**arguments)
        except UpnpActionError as err:
            return of_refusal(feature, name, err)
        except UpnpResponseError as err:
            return Capability(CapabilityState.REFUSED, f"{name} is answered with HTTP status {err.status}")
        except UpnpCommunicationError as err:
            return Capability(CapabilityState.UNREACHABLE, str(err))
        except UpnpError as err:
            # an answer that cannot be read is an answer all the same, but of no use
            return Capability(CapabilityState.REFUSED, f"{name} is answered unreadably: {err}")
        return of_answer(feature, result)

    async def _async_action_for(self, alias: str, name: str) -> UpnpAction | None:
        return self._action(alias, name) if alias else await self._async_wan_action(None, name)


def of_refusal(feature: Feature, name: str, err: UpnpActionError) -> Capability:
    """Tell what an error code says about a feature."""
    code = err.error_code
    reason = f"{name}: {err}"
    if feature is Feature.PORT_MAPPING and code in ENDS:
        return Capability(CapabilityState.PRESENT, "there are no mappings so far", code)
    if code == NOT_AUTHORISED or (feature is Feature.PINHOLES and code in CLOSED_FIREWALL):
        return Capability(CapabilityState.SWITCHED_OFF, reason, code)
    if code in ONLY_DECLARED:
        return Capability(CapabilityState.REFUSED, f"declared, but not implemented: {reason}", code)
    return Capability(CapabilityState.REFUSED, reason, code)


def of_answer(feature: Feature, result: Mapping[str, Any]) -> Capability:
    """Tell what an answer says about a feature."""
    if feature is Feature.PINHOLES:
        if not result.get("FirewallEnabled"):
            reason = "the IPv6 firewall is off, so that nothing has to be opened"
            return Capability(CapabilityState.SWITCHED_OFF, reason)
        if not result.get("InboundPinholeAllowed"):
            return Capability(CapabilityState.SWITCHED_OFF, "the owner does not allow pinholes")
    return Capability(CapabilityState.PRESENT, "the gateway answers")
