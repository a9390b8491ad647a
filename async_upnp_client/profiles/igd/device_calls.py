"""Calls to the services of a gateway that are no WAN connection: link, counters, routes, IPv6 firewall.

WANCommonInterfaceConfig:1, Layer3Forwarding:1 and WANIPv6FirewallControl:1, one method per action. What
counters mean together is for ``status``, pinholes that last are for ``pinhole``.
"""

from collections.abc import Mapping
from datetime import timedelta
from ipaddress import IPv6Address
from typing import Any, Final
from urllib.parse import urlsplit

from async_upnp_client._local_ip import is_own_address
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.profiles.igd.caller import GatewayCaller
from async_upnp_client.profiles.igd.entries import duration, host_text, lease_seconds
from async_upnp_client.profiles.igd.pace import CALL_GAP
from async_upnp_client.profiles.igd.traffic import Unsigned
from async_upnp_client.profiles.igd.types import CommonLinkProperties, FirewallStatus

BYTES_64: Final = "GetAddonInfos"
"""The vendor's action (AVM) that has the byte counters in 64 bits, and how it names them."""
BYTES_64_ARGUMENT: Final = "NewX_AVM_DE_{}64"


class DeviceCalls(GatewayCaller):
    """The actions of the gateway as a whole. Where it has not got one, the result is None."""

    def __init__(
        self,
        device: UpnpDevice,
        event_handler: UpnpEventHandler | None,
        *,
        call_gap: float | None = CALL_GAP,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        super().__init__(device, event_handler, call_gap=call_gap, limits=limits)
        self._unsigned: dict[str, Unsigned] = {}
        self._has_bytes_64 = True  # until it refuses

    # --- WANCommonInterfaceConfig ---

    async def async_get_total_bytes_received(self) -> int | None:
        """Get how many bytes came in; in 64 bits where the gateway can (row G-014)."""
        return await self._async_counter("TotalBytesReceived")

    async def async_get_total_bytes_sent(self) -> int | None:
        """Get how many bytes went out; in 64 bits where the gateway can (row G-014)."""
        return await self._async_counter("TotalBytesSent")

    async def async_get_total_packets_received(self) -> int | None:
        """Get how many packets came in."""
        return await self._async_counter("TotalPacketsReceived")

    async def async_get_total_packets_sent(self) -> int | None:
        """Get how many packets went out."""
        return await self._async_counter("TotalPacketsSent")

    async def _async_counter(self, name: str) -> int | None:
        value = await self._async_counter_64(name)
        if value is not None:
            return value
        result = await self._async_call("WANCIC", f"Get{name}")
        found = None if result is None else result.get(f"New{name}")
        if found is None:
            return None
        return self._unsigned.setdefault(name, Unsigned()).read(int(found))

    async def _async_counter_64(self, name: str) -> int | None:
        """Get a counter in the vendor's 64 bits; None where there is none such."""
        argument = BYTES_64_ARGUMENT.format(name)
        action = self._action("WANCIC", BYTES_64) if self._has_bytes_64 else None
        if action is None or action.argument(argument, "out") is None:
            return None
        try:
            result = await action.async_call()
            return int(result[argument])
        except (UpnpActionError, KeyError, TypeError, ValueError):
            self._has_bytes_64 = False
            return None

    async def async_get_enabled_for_internet(self) -> bool | None:
        """Get whether the gateway lets the network reach the internet."""
        result = await self._async_call("WANCIC", "GetEnabledForInternet")
        return None if result is None else result.get("NewEnabledForInternet")

    async def async_set_enabled_for_internet(self, enabled: bool) -> None:
        """Set whether the gateway lets the network reach the internet."""
        await self._async_call("WANCIC", "SetEnabledForInternet", NewEnabledForInternet=enabled)

    async def async_get_common_link_properties(self) -> CommonLinkProperties | None:
        """Get the physical link and its rates, in bits per second."""
        result = await self._async_call("WANCIC", "GetCommonLinkProperties")
        if result is None:
            return None
        return CommonLinkProperties(
            str(result.get("NewWANAccessType") or ""),
            int(result.get("NewLayer1UpstreamMaxBitRate") or 0),
            int(result.get("NewLayer1DownstreamMaxBitRate") or 0),
            str(result.get("NewPhysicalLinkStatus") or ""),
        )

    async def async_get_wan_access_provider(self) -> str | None:
        """Get the name of the provider."""
        result = await self._async_call("WANCIC", "GetWANAccessProvider")
        return None if result is None else result.get("NewWANAccessProvider")

    async def async_get_maximum_active_connections(self) -> int | None:
        """Get how many WAN connections may be active at a time."""
        result = await self._async_call("WANCIC", "GetMaximumActiveConnections")
        value = None if result is None else result.get("NewMaximumActiveConnections")
        return None if value is None else int(value)

    async def async_get_active_connection(self, index: int) -> tuple[str, str] | None:
        """Get an active WAN connection by its index from 0 on: the device it is in, and the service's id.

        UPnP error 713 is that there are no more.
        """
        result = await self._async_call("WANCIC", "GetActiveConnection", NewActiveConnectionIndex=index)
        if result is None:
            return None
        container = str(result.get("NewActiveConnDeviceContainer") or "")
        return container, str(result.get("NewActiveConnectionServiceID") or "")

    # --- Layer3Forwarding ---

    async def async_get_default_connection_service(self) -> str | None:
        """Get the name of the default WAN connection, a UDN with a type and a service id (row G-001)."""
        result = await self._async_call("L3FWD", "GetDefaultConnectionService")
        return None if result is None else result.get("NewDefaultConnectionService")

    async def async_set_default_connection_service(self, service: str) -> None:
        """Set the default WAN connection, by that name."""
        await self._async_call("L3FWD", "SetDefaultConnectionService", NewDefaultConnectionService=service)

    # --- WANIPv6FirewallControl ---

    async def async_get_firewall_status(self) -> FirewallStatus | None:
        """Get whether the IPv6 firewall filters, and whether it lets itself be opened."""
        result = await self._async_call("WANIP6FC", "GetFirewallStatus")
        if result is None:
            return None
        return FirewallStatus(bool(result.get("FirewallEnabled")), bool(result.get("InboundPinholeAllowed")))

    async def async_add_pinhole(
        self,
        remote_host: IPv6Address | None,
        remote_port: int,
        internal_client: IPv6Address,
        internal_port: int,
        protocol: int,
        lease_time: timedelta,
    ) -> int | None:
        """Open the IPv6 firewall for a host inside; return the pinhole's id (row G-016).

        The request is sent from `internal_client` where that is an address of ours, as gateways open nobody
        else's: for that the gateway has to be known by an IPv6 location. `remote_host` None and a port 0 mean
        any; `protocol` is IANA's number, 6 for TCP and 17 for UDP; the lease has 1 to 86,400 seconds.
        """
        result = await self._async_call_from(
            internal_client,
            "AddPinhole",
            RemoteHost=host_text(remote_host),
            RemotePort=remote_port,
            InternalClient=str(internal_client),
            InternalPort=internal_port,
            Protocol=protocol,
            LeaseTime=lease_seconds(lease_time),
        )
        return None if result is None else result.get("UniqueID")

    async def async_update_pinhole(
        self, pinhole_id: int, new_lease_time: int | timedelta, *, source: IPv6Address | None = None
    ) -> None:
        """Renew a pinhole, with a lease in seconds; UPnP error 704 is that there is none such.

        `source` is the address to ask from: that which the pinhole opens.
        """
        seconds = lease_seconds(new_lease_time) if isinstance(new_lease_time, timedelta) else new_lease_time
        await self._async_call_from(source, "UpdatePinhole", UniqueID=pinhole_id, NewLeaseTime=seconds)

    async def async_delete_pinhole(self, pinhole_id: int, *, source: IPv6Address | None = None) -> None:
        """Close a pinhole; UPnP error 704 is that there is none such. `source` as when renewing."""
        await self._async_call_from(source, "DeletePinhole", UniqueID=pinhole_id)

    async def async_get_pinhole_packets(
        self, pinhole_id: int, *, source: IPv6Address | None = None
    ) -> int | None:
        """Get how many packets went through a pinhole. `source` as when renewing."""
        result = await self._async_call_from(source, "GetPinholePackets", UniqueID=pinhole_id)
        return None if result is None else result.get("PinholePackets")

    async def async_get_outbound_pinhole_timeout(
        self,
        remote_host: IPv6Address | None,
        remote_port: int,
        internal_client: IPv6Address,
        internal_port: int,
        protocol: int,
    ) -> timedelta | None:
        """Get for how long answers to what was sent are let in; arguments as of ``async_add_pinhole``."""
        result = await self._async_call_from(
            internal_client,
            "GetOutboundPinholeTimeout",
            RemoteHost=host_text(remote_host),
            RemotePort=remote_port,
            InternalClient=str(internal_client),
            InternalPort=internal_port,
            Protocol=protocol,
        )
        seconds = None if result is None else result.get("OutboundPinholeTimeout")
        return None if seconds is None else duration(int(seconds))

    async def async_check_pinhole_working(
        self, pinhole_id: int, *, source: IPv6Address | None = None
    ) -> bool | None:
        """Get whether a pinhole lets packets in; UPnP error 709 is that none have come so far."""
        result = await self._async_call_from(source, "CheckPinholeWorking", UniqueID=pinhole_id)
        return None if result is None else result.get("IsWorking")

    async def _async_call_from(
        self, source: IPv6Address | None, action_name: str, **arguments: Any
    ) -> Mapping[str, Any] | None:
        """Call an action of the firewall; from that address, where it is ours and can reach the gateway."""
        action = self._action("WANIP6FC", action_name)
        if action is None:
            return None
        request_source = None if source is None else str(source)
        if request_source and not (self.is_reached_by_ipv6 and is_own_address(request_source)):
            request_source = None
        return await action.async_call(request_source=request_source, **arguments)

    @property
    def is_reached_by_ipv6(self) -> bool:
        """Whether the gateway's location has an IPv6 address: others cannot be asked for pinholes of ours."""
        return "[" in urlsplit(self.device.device_url).netloc
