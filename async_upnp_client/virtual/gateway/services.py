"""The services of a virtual gateway beside its WAN connection: link and counters, routes, IPv6 firewall.

WANCommonInterfaceConfig:1, Layer3Forwarding:1 and WANIPv6FirewallControl:1; an action is a method. Names of
arguments and variables are those of the standard.
"""

from typing import Annotated, Final, TypeAlias, TypedDict

from async_upnp_client.profiles.igd.errors import FirewallErrorCode, ForwardingErrorCode, WanErrorCode
from async_upnp_client.server import Variable, callable_action, create_service_info, current_caller
from async_upnp_client.virtual.gateway.faults import refused
from async_upnp_client.virtual.gateway.service import GatewayService
from async_upnp_client.virtual.gateway.wan import SERVICE, SERVICE_ID

OUTBOUND_SECONDS: Final = 300
"""How long answers to what was sent are let in through the firewall."""


class Enabled(TypedDict):
    """What GetEnabledForInternet gives."""

    NewEnabledForInternet: Annotated[bool, "EnabledForInternet"]


class Link(TypedDict):
    """What GetCommonLinkProperties gives."""

    NewWANAccessType: Annotated[str, "WANAccessType"]
    NewLayer1UpstreamMaxBitRate: Annotated[int, "Layer1UpstreamMaxBitRate"]
    NewLayer1DownstreamMaxBitRate: Annotated[int, "Layer1DownstreamMaxBitRate"]
    NewPhysicalLinkStatus: Annotated[str, "PhysicalLinkStatus"]


class Provider(TypedDict):
    """What GetWANAccessProvider gives."""

    NewWANAccessProvider: Annotated[str, "WANAccessProvider"]


class MostConnections(TypedDict):
    """What GetMaximumActiveConnections gives."""

    NewMaximumActiveConnections: Annotated[int, "MaximumActiveConnections"]


class BytesSent(TypedDict):
    """What GetTotalBytesSent gives."""

    NewTotalBytesSent: Annotated[int, "TotalBytesSent"]


class BytesReceived(TypedDict):
    """What GetTotalBytesReceived gives."""

    NewTotalBytesReceived: Annotated[int, "TotalBytesReceived"]


class PacketsSent(TypedDict):
    """What GetTotalPacketsSent gives."""

    NewTotalPacketsSent: Annotated[int, "TotalPacketsSent"]


class PacketsReceived(TypedDict):
    """What GetTotalPacketsReceived gives."""

    NewTotalPacketsReceived: Annotated[int, "TotalPacketsReceived"]


class ActiveConnection(TypedDict):
    """What GetActiveConnection gives."""

    NewActiveConnDeviceContainer: Annotated[str, "ActiveConnectionDeviceContainer"]
    NewActiveConnectionServiceID: Annotated[str, "ActiveConnectionServiceID"]


class CommonInterfaceConfig(GatewayService):
    """WANCommonInterfaceConfig:1."""

    SERVICE_DEFINITION = create_service_info(
        SERVICE.format("WANCommonInterfaceConfig:1"), SERVICE_ID.format("WANCommonIFC1")
    )

    enabled = Variable(bool, "EnabledForInternet", default=True, evented=True)
    access_type = Variable(
        str, "WANAccessType", default="Ethernet", allowed=["DSL", "POTS", "Cable", "Ethernet"]
    )
    upstream = Variable(int, "Layer1UpstreamMaxBitRate", data_type="ui4", default=10_000_000)
    downstream = Variable(int, "Layer1DownstreamMaxBitRate", data_type="ui4", default=50_000_000)
    link_status = Variable(
        str, "PhysicalLinkStatus", default="Up", allowed=["Up", "Down", "Initializing", "Unavailable"],
        evented=True,
    )  # fmt: skip
    provider = Variable(str, "WANAccessProvider", default="A virtual provider")
    most_connections = Variable(int, "MaximumActiveConnections", data_type="ui2", default=1)
    active = Variable(int, "NumberOfActiveConnections", data_type="ui2", default=1, evented=True)
    bytes_sent = Variable(int, "TotalBytesSent", data_type="ui4")
    bytes_received = Variable(int, "TotalBytesReceived", data_type="ui4")
    packets_sent = Variable(int, "TotalPacketsSent", data_type="ui4")
    packets_received = Variable(int, "TotalPacketsReceived", data_type="ui4")

    def refresh(self) -> None:
        """Take over how many connections are active, and whether they may be."""
        self.active = int(self.gateway.connection.status == "Connected")
        self.enabled = self.gateway.is_enabled_for_internet

    @callable_action("SetEnabledForInternet")
    async def set_enabled(self, NewEnabledForInternet: Annotated[bool, "EnabledForInternet"]) -> None:
        """Allow or forbid the internet; forbidding ends the connection."""
        gateway = self.gateway
        gateway.is_enabled_for_internet = NewEnabledForInternet
        if not NewEnabledForInternet and gateway.connection.status == "Connected":
            gateway.connection.disconnect("ERROR_NOT_ENABLED_FOR_INTERNET")
        gateway.tell()

    @callable_action("GetEnabledForInternet")
    async def get_enabled(self) -> Enabled:
        """Tell whether the internet is allowed."""
        return {"NewEnabledForInternet": self.gateway.is_enabled_for_internet}

    @callable_action("GetCommonLinkProperties")
    async def get_link(self) -> Link:
        """Tell what the link is like."""
        return {
            "NewWANAccessType": self.access_type,
            "NewLayer1UpstreamMaxBitRate": self.upstream,
            "NewLayer1DownstreamMaxBitRate": self.downstream,
            "NewPhysicalLinkStatus": self.link_status,
        }

    @callable_action("GetWANAccessProvider")
    async def get_provider(self) -> Provider:
        """Tell who provides it."""
        return {"NewWANAccessProvider": self.provider}

    @callable_action("GetMaximumActiveConnections")
    async def get_most_connections(self) -> MostConnections:
        """Tell how many connections there may be at a time."""
        return {"NewMaximumActiveConnections": self.most_connections}

    @callable_action("GetTotalBytesSent")
    async def get_bytes_sent(self) -> BytesSent:
        """Tell a counter."""
        return {"NewTotalBytesSent": self.gateway.counters["BytesSent"].value}

    @callable_action("GetTotalBytesReceived")
    async def get_bytes_received(self) -> BytesReceived:
        """Tell a counter."""
        return {"NewTotalBytesReceived": self.gateway.counters["BytesReceived"].value}

    @callable_action("GetTotalPacketsSent")
    async def get_packets_sent(self) -> PacketsSent:
        """Tell a counter."""
        return {"NewTotalPacketsSent": self.gateway.counters["PacketsSent"].value}

    @callable_action("GetTotalPacketsReceived")
    async def get_packets_received(self) -> PacketsReceived:
        """Tell a counter."""
        return {"NewTotalPacketsReceived": self.gateway.counters["PacketsReceived"].value}

    @callable_action("GetActiveConnection")
    async def get_active_connection(
        self, NewActiveConnectionIndex: Annotated[int, "NumberOfActiveConnections"]
    ) -> ActiveConnection:
        """Tell which connection is active; 713 beyond the last."""
        if NewActiveConnectionIndex >= self.active:
            raise refused(WanErrorCode.SPECIFIED_ARRAY_INDEX_INVALID)
        container, _, service_id = self.gateway.default_service.rpartition(",")
        return {"NewActiveConnDeviceContainer": container, "NewActiveConnectionServiceID": service_id}


class DefaultService(TypedDict):
    """What GetDefaultConnectionService gives."""

    NewDefaultConnectionService: Annotated[str, "DefaultConnectionService"]


class Forwarding(GatewayService):
    """Layer3Forwarding:1."""

    SERVICE_DEFINITION = create_service_info(
        SERVICE.format("Layer3Forwarding:1"), SERVICE_ID.format("L3Forwarding1")
    )

    default_service = Variable(str, "DefaultConnectionService", default="", evented=True)

    def refresh(self) -> None:
        """Take over which connection is the default."""
        self.default_service = self.gateway.default_service

    @callable_action("SetDefaultConnectionService")
    async def set_default_service(
        self, NewDefaultConnectionService: Annotated[str, "DefaultConnectionService"]
    ) -> None:
        """Choose the default: there is one to choose. 720 for another device, 721 for another service."""
        device, _, service_id = NewDefaultConnectionService.rpartition(",")
        own_device, _, own_id = self.gateway.default_service.rpartition(",")
        if device != own_device:
            raise refused(ForwardingErrorCode.INVALID_DEVICE_UUID)
        if service_id != own_id:
            raise refused(ForwardingErrorCode.INVALID_SERVICE_ID)

    @callable_action("GetDefaultConnectionService")
    async def get_default_service(self) -> DefaultService:
        """Tell which connection is the default."""
        return {"NewDefaultConnectionService": self.gateway.default_service}


RemoteHost: TypeAlias = Annotated[str, "A_ARG_TYPE_IPv6Address"]
Port: TypeAlias = Annotated[int, "A_ARG_TYPE_Port"]
Protocol: TypeAlias = Annotated[int, "A_ARG_TYPE_Protocol"]
LeaseTime: TypeAlias = Annotated[int, "A_ARG_TYPE_LeaseTime"]
UniqueId: TypeAlias = Annotated[int, "A_ARG_TYPE_UniqueID"]


class FirewallStatus(TypedDict):
    """What GetFirewallStatus gives."""

    FirewallEnabled: Annotated[bool, "FirewallEnabled"]
    InboundPinholeAllowed: Annotated[bool, "InboundPinholeAllowed"]


class OutboundTimeout(TypedDict):
    """What GetOutboundPinholeTimeout gives."""

    OutboundPinholeTimeout: Annotated[int, "A_ARG_TYPE_OutboundPinholeTimeout"]


class Added(TypedDict):
    """What AddPinhole gives."""

    UniqueID: UniqueId


class Packets(TypedDict):
    """What GetPinholePackets gives."""

    PinholePackets: Annotated[int, "A_ARG_TYPE_PinholePackets"]


class Working(TypedDict):
    """What CheckPinholeWorking gives."""

    IsWorking: Annotated[bool, "A_ARG_TYPE_Boolean"]


class Firewall(GatewayService):
    """WANIPv6FirewallControl:1."""

    SERVICE_DEFINITION = create_service_info(
        SERVICE.format("WANIPv6FirewallControl:1"), SERVICE_ID.format("WANIPv6Firewall1")
    )

    enabled = Variable(bool, "FirewallEnabled", default=True, evented=True)
    inbound_allowed = Variable(bool, "InboundPinholeAllowed", default=True, evented=True)
    port = Variable(int, "A_ARG_TYPE_Port", data_type="ui2")
    protocol = Variable(int, "A_ARG_TYPE_Protocol", data_type="ui2")
    lease_time = Variable(int, "A_ARG_TYPE_LeaseTime", data_type="ui4", minimum=1, maximum=86_400)
    unique_id = Variable(int, "A_ARG_TYPE_UniqueID", data_type="ui2")
    timeout = Variable(int, "A_ARG_TYPE_OutboundPinholeTimeout", data_type="ui4")
    packets = Variable(int, "A_ARG_TYPE_PinholePackets", data_type="ui4")

    def refresh(self) -> None:
        """Take over whether the firewall filters, and lets itself be opened."""
        self.enabled = self.gateway.pinholes.is_enabled
        self.inbound_allowed = self.gateway.pinholes.is_inbound_allowed

    @callable_action("GetFirewallStatus")
    async def get_status(self) -> FirewallStatus:
        """Tell whether the firewall filters, and lets itself be opened."""
        pinholes = self.gateway.pinholes
        return {
            "FirewallEnabled": pinholes.is_enabled,
            "InboundPinholeAllowed": pinholes.is_inbound_allowed,
        }

    @callable_action("GetOutboundPinholeTimeout")
    async def get_outbound_timeout(
        self,
        RemoteHost: RemoteHost,
        RemotePort: Port,
        InternalClient: RemoteHost,
        InternalPort: Port,
        Protocol: Protocol,
    ) -> OutboundTimeout:
        """Tell how long answers to what was sent are let in."""
        flow = (RemoteHost, RemotePort, InternalClient, InternalPort, Protocol)
        self.gateway.pinholes.check_flow(flow, current_caller())
        return {"OutboundPinholeTimeout": OUTBOUND_SECONDS}

    @callable_action("AddPinhole")
    async def add_pinhole(
        self,
        RemoteHost: RemoteHost,
        RemotePort: Port,
        InternalClient: RemoteHost,
        InternalPort: Port,
        Protocol: Protocol,
        LeaseTime: LeaseTime,
    ) -> Added:
        """Open the firewall for a host inside."""
        flow = (RemoteHost, RemotePort, InternalClient, InternalPort, Protocol)
        return {"UniqueID": self.gateway.pinholes.add(flow, LeaseTime, current_caller())}

    @callable_action("UpdatePinhole")
    async def update_pinhole(self, UniqueID: UniqueId, NewLeaseTime: LeaseTime) -> None:
        """Renew a pinhole."""
        self.gateway.pinholes.update(UniqueID, NewLeaseTime, current_caller())

    @callable_action("DeletePinhole")
    async def delete_pinhole(self, UniqueID: UniqueId) -> None:
        """Close a pinhole."""
        self.gateway.pinholes.delete(UniqueID, current_caller())

    @callable_action("GetPinholePackets")
    async def get_packets(self, UniqueID: UniqueId) -> Packets:
        """Tell how many packets came through."""
        return {"PinholePackets": self.gateway.pinholes.find(UniqueID, current_caller()).packets}

    @callable_action("CheckPinholeWorking")
    async def check_working(self, UniqueID: UniqueId) -> Working:
        """Tell that packets come through; 709 where none have."""
        if not self.gateway.pinholes.find(UniqueID, current_caller()).packets:
            raise refused(FirewallErrorCode.NO_TRAFFIC_RECEIVED)
        return {"IsWorking": True}
