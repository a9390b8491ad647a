"""A virtual Internet gateway: ports that are not really opened, leases that end, counters that count, faults.

============  ======================================================
module        what it has
============  ======================================================
device        VirtualGateway, and the device that a server publishes
faults        what real gateways do wrong
connection    the connection to the provider
mappings      port mappings
pinholes      pinholes in the IPv6 firewall
counters      counters
service       what the services share
wan           WANIPConnection:1
wan2          WANIPConnection:2, WANPPPConnection:1
services      the other services
============  ======================================================
"""

from async_upnp_client.virtual.gateway.connection import Connection
from async_upnp_client.virtual.gateway.counters import Counter
from async_upnp_client.virtual.gateway.device import GatewayDevice, VirtualGateway
from async_upnp_client.virtual.gateway.faults import GatewayFaults
from async_upnp_client.virtual.gateway.mappings import Mapping, PortMappings
from async_upnp_client.virtual.gateway.pinholes import OpenPinhole, Pinholes

__all__ = [
    "Connection",
    "Counter",
    "GatewayDevice",
    "GatewayFaults",
    "Mapping",
    "OpenPinhole",
    "Pinholes",
    "PortMappings",
    "VirtualGateway",
]
