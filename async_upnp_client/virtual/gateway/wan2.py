"""What WANIPConnection:2 and WANPPPConnection:1 of a virtual gateway add to a WAN connection.

Version 2 lists in a document, closes ranges, chooses ports itself, and has leases of a week at most; PPP has
a user and protocols.
"""

from ipaddress import IPv4Address
from typing import Annotated, TypeAlias, TypedDict

from async_upnp_client.profiles.igd.entries import build_port_listing, duration
from async_upnp_client.profiles.igd.errors import WanErrorCode
from async_upnp_client.profiles.igd.types import PortMappingEntry
from async_upnp_client.server import Variable, callable_action, create_service_info, current_caller
from async_upnp_client.virtual.gateway.faults import refused
from async_upnp_client.virtual.gateway.mappings import WEEK, Mapping
from async_upnp_client.virtual.gateway.wan import (
    SERVICE,
    SERVICE_ID,
    Description,
    Enabled,
    ExternalPort,
    InternalClient,
    InternalPort,
    Lease,
    Protocol,
    RemoteHost,
    WanConnection,
)

Manage: TypeAlias = Annotated[bool, "A_ARG_TYPE_Manage"]


class Listing(TypedDict):
    """What GetListOfPortMappings gives."""

    NewPortListing: Annotated[str, "A_ARG_TYPE_PortListing"]


class Reserved(TypedDict):
    """What AddAnyPortMapping gives."""

    NewReservedPort: ExternalPort


class WanIpConnection2(WanConnection):
    """WANIPConnection:2."""

    SERVICE_DEFINITION = create_service_info(
        SERVICE.format("WANIPConnection:2"), SERVICE_ID.format("WANIPConn1")
    )

    lease = Variable(int, "PortMappingLeaseDuration", data_type="ui4", minimum=0, maximum=WEEK)
    system_update_id = Variable(int, "SystemUpdateID", data_type="ui4", default=0, evented=True)

    def refresh(self) -> None:
        """Take over how often mappings have changed, too."""
        super().refresh()
        self.system_update_id = self.gateway.mappings.changes

    @callable_action("DeletePortMappingRange")
    async def delete_port_mapping_range(
        self,
        NewStartPort: ExternalPort,
        NewEndPort: ExternalPort,
        NewProtocol: Protocol,
        NewManage: Manage,
    ) -> None:
        """Close a range of ports."""
        caller, mappings = current_caller(), self.gateway.mappings
        for found in mappings.within(NewStartPort, NewEndPort, NewProtocol, manage=NewManage, caller=caller):
            mappings.delete(*found.key, caller)

    @callable_action("GetListOfPortMappings")
    async def get_list_of_port_mappings(
        self,
        NewStartPort: ExternalPort,
        NewEndPort: ExternalPort,
        NewProtocol: Protocol,
        NewManage: Manage,
        NewNumberOfPorts: Annotated[int, "PortMappingNumberOfEntries"],
    ) -> Listing:
        """List the mappings of a range of ports; a number of 0 is all."""
        found = self.gateway.mappings.within(
            NewStartPort, NewEndPort, NewProtocol, manage=NewManage, caller=current_caller()
        )
        now = self.gateway.clock.time()
        listed = [as_entry(mapping, now) for mapping in found[: NewNumberOfPorts or None]]
        return {"NewPortListing": build_port_listing(listed)}

    @callable_action("AddAnyPortMapping")
    async def add_any_port_mapping(
        self,
        NewRemoteHost: RemoteHost,
        NewExternalPort: ExternalPort,
        NewProtocol: Protocol,
        NewInternalPort: InternalPort,
        NewInternalClient: InternalClient,
        NewEnabled: Enabled,
        NewPortMappingDescription: Description,
        NewLeaseDuration: Lease,
    ) -> Reserved:
        """Open that port, or the next free one."""
        wanted = Mapping(
            NewRemoteHost,
            NewExternalPort,
            NewProtocol,
            NewInternalPort,
            NewInternalClient,
            NewEnabled,
            NewPortMappingDescription,
        )
        opened = self.gateway.mappings.add_any(wanted, NewLeaseDuration, current_caller())
        return {"NewReservedPort": opened.external_port}


def as_entry(mapping: Mapping, now: float) -> PortMappingEntry:
    """Return a mapping as the codec of the document has it."""
    return PortMappingEntry(
        IPv4Address(mapping.remote_host) if mapping.remote_host else None,
        mapping.external_port,
        mapping.protocol,
        mapping.internal_port,
        IPv4Address(mapping.internal_client),
        mapping.enabled,
        mapping.description,
        duration(mapping.seconds_left(now)),
    )


class BitRates(TypedDict):
    """What GetLinkLayerMaxBitRates gives."""

    NewUpstreamMaxBitRate: Annotated[int, "UpstreamMaxBitRate"]
    NewDownstreamMaxBitRate: Annotated[int, "DownstreamMaxBitRate"]


class EncryptionProtocol(TypedDict):
    """What GetPPPEncryptionProtocol gives."""

    NewPPPEncryptionProtocol: Annotated[str, "PPPEncryptionProtocol"]


class CompressionProtocol(TypedDict):
    """What GetPPPCompressionProtocol gives."""

    NewPPPCompressionProtocol: Annotated[str, "PPPCompressionProtocol"]


class AuthenticationProtocol(TypedDict):
    """What GetPPPAuthenticationProtocol gives."""

    NewPPPAuthenticationProtocol: Annotated[str, "PPPAuthenticationProtocol"]


class UserName(TypedDict):
    """What GetUserName gives."""

    NewUserName: Annotated[str, "UserName"]


class Password(TypedDict):
    """What GetPassword gives."""

    NewPassword: Annotated[str, "Password"]


class WanPppConnection(WanConnection):
    """WANPPPConnection:1."""

    SERVICE_DEFINITION = create_service_info(
        SERVICE.format("WANPPPConnection:1"), SERVICE_ID.format("WANPPPConn1")
    )

    upstream = Variable(int, "UpstreamMaxBitRate", data_type="ui4", default=10_000_000)
    downstream = Variable(int, "DownstreamMaxBitRate", data_type="ui4", default=50_000_000)
    encryption = Variable(str, "PPPEncryptionProtocol", default="None")
    compression = Variable(str, "PPPCompressionProtocol", default="None")
    authentication = Variable(str, "PPPAuthenticationProtocol", default="CHAP")
    user_name = Variable(str, "UserName", default="")
    password = Variable(str, "Password", default="")

    @callable_action("ConfigureConnection")
    async def configure_connection(
        self, NewUserName: Annotated[str, "UserName"], NewPassword: Annotated[str, "Password"]
    ) -> None:
        """Set the user; 703 while it is connected."""
        if self.gateway.connection.status == "Connected":
            raise refused(WanErrorCode.INACTIVE_CONNECTION_STATE_REQUIRED)
        self.user_name, self.password = NewUserName, NewPassword

    @callable_action("GetLinkLayerMaxBitRates")
    async def get_bit_rates(self) -> BitRates:
        """Tell the rates, in bits per second."""
        return {"NewUpstreamMaxBitRate": self.upstream, "NewDownstreamMaxBitRate": self.downstream}

    @callable_action("GetPPPEncryptionProtocol")
    async def get_encryption_protocol(self) -> EncryptionProtocol:
        """Tell how it is encrypted."""
        return {"NewPPPEncryptionProtocol": self.encryption}

    @callable_action("GetPPPCompressionProtocol")
    async def get_compression_protocol(self) -> CompressionProtocol:
        """Tell how it is compressed."""
        return {"NewPPPCompressionProtocol": self.compression}

    @callable_action("GetPPPAuthenticationProtocol")
    async def get_authentication_protocol(self) -> AuthenticationProtocol:
        """Tell how the user is authenticated."""
        return {"NewPPPAuthenticationProtocol": self.authentication}

    @callable_action("GetUserName")
    async def get_user_name(self) -> UserName:
        """Tell the user."""
        return {"NewUserName": self.user_name}

    @callable_action("GetPassword")
    async def get_password(self) -> Password:
        """Tell the password, as the standard has it: in clear."""
        return {"NewPassword": self.password}
