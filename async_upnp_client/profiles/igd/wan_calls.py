"""Calls to a WAN connection: WANIPConnection:1 and :2, WANPPPConnection:1 (rows G-001 to G-012).

One method per action, arguments and results in Python's types. Nothing is tried twice or tried otherwise
here: that is for ``port_mapping`` and ``listing``.
"""

from collections.abc import Sequence
from datetime import timedelta
from ipaddress import IPv4Address
from typing import Any

from async_upnp_client.exceptions import UpnpValueDecodeError
from async_upnp_client.profiles.igd.caller import GatewayCaller
from async_upnp_client.profiles.igd.entries import host_text, lease_seconds, read_entry
from async_upnp_client.profiles.igd.types import (
    ConnectionTypeInfo,
    NatRsipStatusInfo,
    PortMappingEntry,
    StatusInfo,
)


class WanCalls(GatewayCaller):
    """The actions of a WAN connection.

    All take `services`, the aliases of those to try (``"WANIPC"``, ``"WANPPPC"``) in that order; without it
    the right connection is asked. Where none has the action the result is None. The errors are those of
    ``UpnpAction.async_call``: a refusal is an UpnpActionError with its code.
    """

    async def async_get_external_ip_address(self, services: Sequence[str] | None = None) -> str | None:
        """Get the external address, as the gateway writes it; it may be empty or private (row G-010)."""
        result = await self._async_call_wan(services, "GetExternalIPAddress")
        return None if result is None else result.get("NewExternalIPAddress")

    async def async_get_status_info(self, services: Sequence[str] | None = None) -> StatusInfo | None:
        """Get the state of the connection; None also where the answer is incomplete or unreadable."""
        try:
            result = await self._async_call_wan(services, "GetStatusInfo")
        except UpnpValueDecodeError:
            return None
        if result is None:
            return None
        status, error = result.get("NewConnectionStatus"), result.get("NewLastConnectionError")
        uptime = result.get("NewUptime")
        if status is None or uptime is None:
            return None
        try:
            return StatusInfo(str(status), str(error or ""), int(uptime))
        except ValueError:
            return None  # an uptime that is declared as text, and is no number

    async def async_get_connection_type_info(
        self, services: Sequence[str] | None = None
    ) -> ConnectionTypeInfo | None:
        """Get how the connection works, and the types it could have."""
        result = await self._async_call_wan(services, "GetConnectionTypeInfo")
        if result is None:
            return None
        return ConnectionTypeInfo(
            str(result.get("NewConnectionType") or ""), str(result.get("NewPossibleConnectionTypes") or "")
        )

    async def async_set_connection_type(
        self, connection_type: str, services: Sequence[str] | None = None
    ) -> None:
        """Set how the connection works, to one of its possible types."""
        await self._async_call_wan(services, "SetConnectionType", NewConnectionType=connection_type)

    async def async_request_connection(self, services: Sequence[str] | None = None) -> None:
        """Have the gateway connect to its provider."""
        await self._async_call_wan(services, "RequestConnection")

    async def async_request_termination(self, services: Sequence[str] | None = None) -> None:
        """Have the gateway end the connection, after the delay that is set."""
        await self._async_call_wan(services, "RequestTermination")

    async def async_force_termination(self, services: Sequence[str] | None = None) -> None:
        """Have the gateway end the connection at once."""
        await self._async_call_wan(services, "ForceTermination")

    async def async_get_nat_rsip_status(
        self, services: Sequence[str] | None = None
    ) -> NatRsipStatusInfo | None:
        """Get whether the gateway translates addresses."""
        result = await self._async_call_wan(services, "GetNATRSIPStatus")
        if result is None:
            return None
        return NatRsipStatusInfo(bool(result.get("NewNATEnabled")), bool(result.get("NewRSIPAvailable")))

    # --- Port mappings ---

    async def async_get_port_mapping_number_of_entries(
        self, services: Sequence[str] | None = None
    ) -> int | None:
        """Get how many mappings there are, of the gateways that tell (it is no action of the standard)."""
        result = await self._async_call_wan(services, "GetPortMappingNumberOfEntries")
        value = None if result is None else result.get("NewPortMappingNumberOfEntries")
        return None if value is None else int(value)

    async def async_get_generic_port_mapping_entry(
        self, port_mapping_index: int, services: Sequence[str] | None = None
    ) -> PortMappingEntry | None:
        """Get the mapping at an index, from 0 on; UPnP error 713 is the end (row G-009).

        UpnpValueError for an entry that cannot be read.
        """
        result = await self._async_call_wan(
            services, "GetGenericPortMappingEntry", NewPortMappingIndex=port_mapping_index
        )
        return None if result is None else read_entry(result)

    async def async_get_specific_port_mapping_entry(
        self,
        remote_host: IPv4Address | None,
        external_port: int,
        protocol: str,
        services: Sequence[str] | None = None,
    ) -> PortMappingEntry | None:
        """Get the mapping of an external port; UPnP error 714 is none.

        UpnpValueError for one that cannot be read.
        """
        result = await self._async_call_wan(
            services,
            "GetSpecificPortMappingEntry",
            NewRemoteHost=host_text(remote_host),
            NewExternalPort=external_port,
            NewProtocol=protocol,
        )
        return None if result is None else read_entry(result, asked=(remote_host, external_port, protocol))

    async def async_add_port_mapping(
        self,
        remote_host: IPv4Address | None,
        external_port: int,
        protocol: str,
        internal_port: int,
        internal_client: IPv4Address,
        enabled: bool,
        description: str,
        lease_duration: timedelta,
        services: Sequence[str] | None = None,
    ) -> None:
        """Open a port (row G-003): what comes for it goes on to a port of a host inside.

        `remote_host` None lets everybody in; `protocol` is TCP or UDP; the lease is sent in whole seconds,
        0 meaning without end in version 1 and a week in version 2.
        """
        await self._async_call_wan(
            services,
            "AddPortMapping",
            **mapping_arguments(
                remote_host,
                external_port,
                protocol,
                internal_port,
                internal_client,
                enabled,
                description,
                lease_duration,
            ),
        )

    @property
    def has_add_any_port_mapping(self) -> bool:
        """Whether the gateway can choose an external port itself (WANIPConnection:2)."""
        return self._any_action(None, "AddAnyPortMapping") is not None

    async def async_add_any_port_mapping(
        self,
        remote_host: IPv4Address | None,
        external_port: int,
        protocol: str,
        internal_port: int,
        internal_client: IPv4Address,
        enabled: bool,
        description: str,
        lease_duration: timedelta,
        services: Sequence[str] | None = None,
    ) -> int | None:
        """Open that port or, if it is taken, another; return which (WANIPConnection:2, row G-011)."""
        result = await self._async_call_wan(
            services,
            "AddAnyPortMapping",
            **mapping_arguments(
                remote_host,
                external_port,
                protocol,
                internal_port,
                internal_client,
                enabled,
                description,
                lease_duration,
            ),
        )
        if result is None:
            return None
        # miniupnpd called it so until 2024
        value = result.get("NewReservedPort", result.get("NewExternalPort"))
        return None if value is None else int(value)

    async def async_delete_port_mapping(
        self,
        remote_host: IPv4Address | None,
        external_port: int,
        protocol: str,
        services: Sequence[str] | None = None,
    ) -> None:
        """Close a port; UPnP error 714 is that it was not open."""
        await self._async_call_wan(
            services,
            "DeletePortMapping",
            NewRemoteHost=host_text(remote_host),
            NewExternalPort=external_port,
            NewProtocol=protocol,
        )

    async def async_delete_port_mapping_range(
        self,
        start_port: int,
        end_port: int,
        protocol: str,
        *,
        manage: bool = False,
        services: Sequence[str] | None = None,
    ) -> None:
        """Close a range of external ports (WANIPConnection:2); with `manage` those of other hosts too.

        UPnP error 730 is that there were none, 606 that those of others are not ours to close.
        """
        await self._async_call_wan(
            services,
            "DeletePortMappingRange",
            NewStartPort=start_port,
            NewEndPort=end_port,
            NewProtocol=protocol,
            NewManage=manage,
        )

    async def async_get_link_layer_max_bit_rates(
        self, services: Sequence[str] | None = None
    ) -> tuple[int, int] | None:
        """Get the rates of a PPP connection, up and down, in bits per second (WANPPPConnection:1)."""
        result = await self._async_call_wan(services, "GetLinkLayerMaxBitRates")
        if result is None:
            return None
        return int(result.get("NewUpstreamMaxBitRate") or 0), int(result.get("NewDownstreamMaxBitRate") or 0)


def mapping_arguments(
    remote_host: IPv4Address | None,
    external_port: int,
    protocol: str,
    internal_port: int,
    internal_client: IPv4Address,
    enabled: bool,
    description: str,
    lease: timedelta,
) -> dict[str, Any]:
    """Return the eight arguments of AddPortMapping and AddAnyPortMapping (row G-003)."""
    return {
        "NewRemoteHost": host_text(remote_host),
        "NewExternalPort": external_port,
        "NewProtocol": protocol,
        "NewInternalPort": internal_port,
        "NewInternalClient": str(internal_client),
        "NewEnabled": enabled,
        "NewPortMappingDescription": description,
        "NewLeaseDuration": lease_seconds(lease),
    }
