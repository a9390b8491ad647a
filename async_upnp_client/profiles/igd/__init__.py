"""Internet gateways (InternetGatewayDevice:1 and :2): see what they say, open ports, watch the traffic.

==================  ========================================================================
module              what it does
==================  ========================================================================
types               records and names
errors              the codes of errors
traffic             counters become rates
pace                one call at a time, with a pause
connection          WAN connections, and what ranks them
caller              finds services and actions
entries             port mappings as texts
wan_calls           WANIPConnection, WANPPPConnection: one method per action
connection_settings when a WAN connection is ended, the user of PPP
device_calls        WANCommonInterfaceConfig, Layer3Forwarding, WANIPv6FirewallControl
status              one look at everything
selection           the right connection, the right gateway
listing             all port mappings
probe               what works, what is refused, what is switched off
lasting             what is kept open: renewed, recovered, closed
port_mapping        a port mapping that lasts
pinhole             a pinhole that lasts
device              IgdDevice
finding             the gateways of the network
==================  ========================================================================
"""

from async_upnp_client.profiles.igd.connection import AddressKind, WanConnection, address_kind
from async_upnp_client.profiles.igd.device import IgdDevice
from async_upnp_client.profiles.igd.errors import FirewallErrorCode, ForwardingErrorCode, WanErrorCode
from async_upnp_client.profiles.igd.finding import async_find_gateways
from async_upnp_client.profiles.igd.pinhole import LastingPinhole
from async_upnp_client.profiles.igd.port_mapping import PortMapping
from async_upnp_client.profiles.igd.selection import RankedGateway, async_rank_gateways
from async_upnp_client.profiles.igd.types import (
    BYTES_RECEIVED,
    BYTES_SENT,
    EXTERNAL_IP_ADDRESS,
    KIBIBYTES_PER_SEC_RECEIVED,
    KIBIBYTES_PER_SEC_RECEIVED_NO_ROLLOVER,
    KIBIBYTES_PER_SEC_SENT,
    KIBIBYTES_PER_SEC_SENT_NO_ROLLOVER,
    PACKETS_RECEIVED,
    PACKETS_SEC_RECEIVED,
    PACKETS_SEC_RECEIVED_NO_ROLLOVER,
    PACKETS_SEC_SENT,
    PACKETS_SEC_SENT_NO_ROLLOVER,
    PACKETS_SENT,
    STATUS_INFO,
    TIMESTAMP,
    Capability,
    CapabilityState,
    CommonLinkProperties,
    ConnectionTypeInfo,
    Feature,
    FirewallStatus,
    IgdState,
    IgdStateItem,
    NatRsipStatusInfo,
    Pinhole,
    PortMappingEntry,
    StatusInfo,
    TrafficCounterState,
)

__all__ = [
    "BYTES_RECEIVED",
    "BYTES_SENT",
    "EXTERNAL_IP_ADDRESS",
    "KIBIBYTES_PER_SEC_RECEIVED",
    "KIBIBYTES_PER_SEC_RECEIVED_NO_ROLLOVER",
    "KIBIBYTES_PER_SEC_SENT",
    "KIBIBYTES_PER_SEC_SENT_NO_ROLLOVER",
    "PACKETS_RECEIVED",
    "PACKETS_SEC_RECEIVED",
    "PACKETS_SEC_RECEIVED_NO_ROLLOVER",
    "PACKETS_SEC_SENT",
    "PACKETS_SEC_SENT_NO_ROLLOVER",
    "PACKETS_SENT",
    "STATUS_INFO",
    "TIMESTAMP",
    "AddressKind",
    "Capability",
    "CapabilityState",
    "CommonLinkProperties",
    "ConnectionTypeInfo",
    "Feature",
    "FirewallErrorCode",
    "FirewallStatus",
    "ForwardingErrorCode",
    "IgdDevice",
    "IgdState",
    "IgdStateItem",
    "LastingPinhole",
    "NatRsipStatusInfo",
    "Pinhole",
    "PortMapping",
    "PortMappingEntry",
    "RankedGateway",
    "StatusInfo",
    "TrafficCounterState",
    "WanConnection",
    "WanErrorCode",
    "address_kind",
    "async_find_gateways",
    "async_rank_gateways",
]
