"""The services of a virtual gateway's WAN connection: WANIPConnection:1 and :2, WANPPPConnection:1.

An action is a method; what it means is in ``mappings`` and ``connection``. Names of arguments and variables
are those of the standard.
"""

from typing import Annotated, TypeAlias, TypedDict

from async_upnp_client.profiles.igd.errors import WanErrorCode
from async_upnp_client.server import Variable, callable_action, create_service_info, current_caller
from async_upnp_client.virtual.gateway.connection import LAST_ERRORS, STATUSES
from async_upnp_client.virtual.gateway.faults import refused
from async_upnp_client.virtual.gateway.mappings import Mapping
from async_upnp_client.virtual.gateway.service import GatewayService

SERVICE = "urn:schemas-upnp-org:service:{}"
SERVICE_ID = "urn:upnp-org:serviceId:{}"

RemoteHost: TypeAlias = Annotated[str, "RemoteHost"]
ExternalPort: TypeAlias = Annotated[int, "ExternalPort"]
Protocol: TypeAlias = Annotated[str, "PortMappingProtocol"]
InternalPort: TypeAlias = Annotated[int, "InternalPort"]
InternalClient: TypeAlias = Annotated[str, "InternalClient"]
Enabled: TypeAlias = Annotated[bool, "PortMappingEnabled"]
Description: TypeAlias = Annotated[str, "PortMappingDescription"]
Lease: TypeAlias = Annotated[int, "PortMappingLeaseDuration"]
Index: TypeAlias = Annotated[int, "PortMappingNumberOfEntries"]
ConnectionType: TypeAlias = Annotated[str, "ConnectionType"]


class ConnectionTypeInfo(TypedDict):
    """What GetConnectionTypeInfo gives."""

    NewConnectionType: ConnectionType
    NewPossibleConnectionTypes: Annotated[str, "PossibleConnectionTypes"]


class StatusInfo(TypedDict):
    """What GetStatusInfo gives."""

    NewConnectionStatus: Annotated[str, "ConnectionStatus"]
    NewLastConnectionError: Annotated[str, "LastConnectionError"]
    NewUptime: Annotated[int, "Uptime"]


class NatStatus(TypedDict):
    """What GetNATRSIPStatus gives."""

    NewRSIPAvailable: Annotated[bool, "RSIPAvailable"]
    NewNATEnabled: Annotated[bool, "NATEnabled"]


class AutoDisconnectTime(TypedDict):
    """What GetAutoDisconnectTime gives."""

    NewAutoDisconnectTime: Annotated[int, "AutoDisconnectTime"]


class IdleDisconnectTime(TypedDict):
    """What GetIdleDisconnectTime gives."""

    NewIdleDisconnectTime: Annotated[int, "IdleDisconnectTime"]


class WarnDisconnectDelay(TypedDict):
    """What GetWarnDisconnectDelay gives."""

    NewWarnDisconnectDelay: Annotated[int, "WarnDisconnectDelay"]


class Inside(TypedDict):
    """What GetSpecificPortMappingEntry gives."""

    NewInternalPort: InternalPort
    NewInternalClient: InternalClient
    NewEnabled: Enabled
    NewPortMappingDescription: Description
    NewLeaseDuration: Lease


class Entry(TypedDict):
    """What GetGenericPortMappingEntry gives."""

    NewRemoteHost: RemoteHost
    NewExternalPort: ExternalPort
    NewProtocol: Protocol
    NewInternalPort: InternalPort
    NewInternalClient: InternalClient
    NewEnabled: Enabled
    NewPortMappingDescription: Description
    NewLeaseDuration: Lease


class ExternalAddress(TypedDict):
    """What GetExternalIPAddress gives."""

    NewExternalIPAddress: Annotated[str, "ExternalIPAddress"]


class WanConnection(GatewayService):
    """What all WAN connections can do."""

    connection_type = Variable(str, "ConnectionType", default="IP_Routed")
    possible_types = Variable(str, "PossibleConnectionTypes", default="IP_Routed,IP_Bridged", evented=True)
    status = Variable(str, "ConnectionStatus", default="Connected", allowed=[*STATUSES], evented=True)
    uptime = Variable(int, "Uptime", data_type="ui4")
    last_error = Variable(str, "LastConnectionError", default="ERROR_NONE", allowed=[*LAST_ERRORS])
    auto_disconnect_time = Variable(int, "AutoDisconnectTime", data_type="ui4", default=0)
    idle_disconnect_time = Variable(int, "IdleDisconnectTime", data_type="ui4", default=0)
    warn_disconnect_delay = Variable(int, "WarnDisconnectDelay", data_type="ui4", default=0)
    rsip_available = Variable(bool, "RSIPAvailable", default=False)
    nat_enabled = Variable(bool, "NATEnabled", default=True)
    external_address = Variable(str, "ExternalIPAddress", default="", evented=True)
    entries = Variable(int, "PortMappingNumberOfEntries", data_type="ui2", default=0, evented=True)
    enabled = Variable(bool, "PortMappingEnabled")
    lease = Variable(int, "PortMappingLeaseDuration", data_type="ui4")
    remote_host = Variable(str, "RemoteHost")
    external_port = Variable(int, "ExternalPort", data_type="ui2")
    internal_port = Variable(int, "InternalPort", data_type="ui2")
    protocol = Variable(str, "PortMappingProtocol", allowed=["TCP", "UDP"])
    internal_client = Variable(str, "InternalClient")
    description_text = Variable(str, "PortMappingDescription")

    def refresh(self) -> None:
        """Take over status, address and number of mappings."""
        self.status = self.gateway.connection.status
        self.external_address = self.gateway.connection.address
        self.entries = len(self.gateway.mappings)

    # --- The connection ---

    @callable_action("SetConnectionType")
    async def set_connection_type(self, NewConnectionType: ConnectionType) -> None:
        """Set how it works; 703 while it is connected, 710 for no possible type."""
        if NewConnectionType not in self.possible_types.split(","):
            raise refused(WanErrorCode.INVALID_CONNECTION_TYPE)
        if self.gateway.connection.status == "Connected" and NewConnectionType != self.connection_type:
            raise refused(WanErrorCode.INACTIVE_CONNECTION_STATE_REQUIRED)
        self.connection_type = NewConnectionType

    @callable_action("GetConnectionTypeInfo")
    async def get_connection_type_info(self) -> ConnectionTypeInfo:
        """Tell how it works."""
        return {
            "NewConnectionType": self.connection_type,
            "NewPossibleConnectionTypes": self.possible_types,
        }

    @callable_action("RequestConnection")
    async def request_connection(self) -> None:
        """Connect."""
        self.gateway.connection.connect(is_allowed=self.gateway.is_enabled_for_internet)

    @callable_action("RequestTermination")
    async def request_termination(self) -> None:
        """End it; nobody is left to be warned."""
        self.gateway.connection.disconnect("ERROR_USER_DISCONNECT")

    @callable_action("ForceTermination")
    async def force_termination(self) -> None:
        """End it at once."""
        self.gateway.connection.disconnect("ERROR_FORCED_DISCONNECT")

    @callable_action("GetStatusInfo")
    async def get_status_info(self) -> StatusInfo:
        """Tell whether it is connected."""
        connection = self.gateway.connection
        return {
            "NewConnectionStatus": connection.status,
            "NewLastConnectionError": connection.last_error,
            "NewUptime": connection.uptime,
        }

    @callable_action("GetNATRSIPStatus")
    async def get_nat_status(self) -> NatStatus:
        """Tell that addresses are translated."""
        return {"NewRSIPAvailable": self.rsip_available, "NewNATEnabled": self.nat_enabled}

    @callable_action("GetExternalIPAddress")
    async def get_external_address(self) -> ExternalAddress:
        """Tell the external address."""
        return {"NewExternalIPAddress": self.gateway.connection.address}

    @callable_action("SetAutoDisconnectTime")
    async def set_auto_disconnect_time(
        self, NewAutoDisconnectTime: Annotated[int, "AutoDisconnectTime"]
    ) -> None:
        """Set after how many seconds it is ended; 0 for never."""
        self.auto_disconnect_time = NewAutoDisconnectTime

    @callable_action("GetAutoDisconnectTime")
    async def get_auto_disconnect_time(self) -> AutoDisconnectTime:
        """Tell after how many seconds it is ended."""
        return {"NewAutoDisconnectTime": self.auto_disconnect_time}

    @callable_action("SetIdleDisconnectTime")
    async def set_idle_disconnect_time(
        self, NewIdleDisconnectTime: Annotated[int, "IdleDisconnectTime"]
    ) -> None:
        """Set after how many idle seconds it is ended; 0 for never."""
        self.idle_disconnect_time = NewIdleDisconnectTime

    @callable_action("GetIdleDisconnectTime")
    async def get_idle_disconnect_time(self) -> IdleDisconnectTime:
        """Tell after how many idle seconds it is ended."""
        return {"NewIdleDisconnectTime": self.idle_disconnect_time}

    @callable_action("SetWarnDisconnectDelay")
    async def set_warn_disconnect_delay(
        self, NewWarnDisconnectDelay: Annotated[int, "WarnDisconnectDelay"]
    ) -> None:
        """Set how many seconds before its end it is announced."""
        self.warn_disconnect_delay = NewWarnDisconnectDelay

    @callable_action("GetWarnDisconnectDelay")
    async def get_warn_disconnect_delay(self) -> WarnDisconnectDelay:
        """Tell how many seconds before its end it is announced."""
        return {"NewWarnDisconnectDelay": self.warn_disconnect_delay}

    # --- Port mappings ---

    @callable_action("GetGenericPortMappingEntry")
    async def get_generic_entry(self, NewPortMappingIndex: Index) -> Entry:
        """Tell the mapping at an index."""
        found = self.gateway.mappings.at(NewPortMappingIndex)
        return {
            "NewRemoteHost": found.remote_host,
            "NewExternalPort": found.external_port,
            "NewProtocol": found.protocol,
            **self._inside(found),
        }

    @callable_action("GetSpecificPortMappingEntry")
    async def get_specific_entry(
        self, NewRemoteHost: RemoteHost, NewExternalPort: ExternalPort, NewProtocol: Protocol
    ) -> Inside:
        """Tell where an external port leads."""
        found = self.gateway.mappings.find(NewRemoteHost, NewExternalPort, NewProtocol)
        if found is None:
            raise refused(WanErrorCode.NO_SUCH_ENTRY_IN_ARRAY)
        return self._inside(found)

    def _inside(self, mapping: Mapping) -> Inside:
        return {
            "NewInternalPort": mapping.internal_port,
            "NewInternalClient": mapping.internal_client,
            "NewEnabled": mapping.enabled,
            "NewPortMappingDescription": mapping.description,
            "NewLeaseDuration": mapping.seconds_left(self.gateway.clock.time()),
        }

    @callable_action("AddPortMapping")
    async def add_port_mapping(
        self,
        NewRemoteHost: RemoteHost,
        NewExternalPort: ExternalPort,
        NewProtocol: Protocol,
        NewInternalPort: InternalPort,
        NewInternalClient: InternalClient,
        NewEnabled: Enabled,
        NewPortMappingDescription: Description,
        NewLeaseDuration: Lease,
    ) -> None:
        """Open a port."""
        wanted = Mapping(
            NewRemoteHost,
            NewExternalPort,
            NewProtocol,
            NewInternalPort,
            NewInternalClient,
            NewEnabled,
            NewPortMappingDescription,
        )
        self.gateway.mappings.add(wanted, NewLeaseDuration, current_caller())

    @callable_action("DeletePortMapping")
    async def delete_port_mapping(
        self, NewRemoteHost: RemoteHost, NewExternalPort: ExternalPort, NewProtocol: Protocol
    ) -> None:
        """Close a port."""
        self.gateway.mappings.delete(NewRemoteHost, NewExternalPort, NewProtocol, current_caller())


class WanIpConnection1(WanConnection):
    """WANIPConnection:1."""

    SERVICE_DEFINITION = create_service_info(
        SERVICE.format("WANIPConnection:1"), SERVICE_ID.format("WANIPConn1")
    )
