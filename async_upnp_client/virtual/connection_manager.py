"""ConnectionManager:1 of virtual devices: what they send and take, over the one connection that there is.

Both ``renderer`` and ``media_server`` have one. It must not know either.
"""

from typing import Any, ClassVar, Final

from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.server import (
    callable_action,
    create_event_var,
    create_service_info,
    create_state_var,
)
from async_upnp_client.virtual.service import VirtualService

INVALID_CONNECTION: Final = 706
STATUSES: Final = [
    "OK",
    "ContentFormatMismatch",
    "InsufficientBandwidth",
    "UnreliableChannel",
    "Unknown",
]


def protocol_infos(mimes: tuple[str, ...]) -> str:
    """Write a list of MIME types as they go over HTTP (ConnectionManager:1 §2.5.2)."""
    return ",".join([f"http-get:*:{mime}:*" for mime in mimes])


class ConnectionManager(VirtualService):
    """One connection, 0, without PrepareForConnection (ConnectionManager:1 §2.4.3)."""

    SERVICE_DEFINITION = create_service_info("urn:schemas-upnp-org:service:ConnectionManager:1")
    STATE_VARIABLE_DEFINITIONS: ClassVar = {
        "SourceProtocolInfo": create_event_var("string", default=""),
        "SinkProtocolInfo": create_event_var("string", default=""),
        "CurrentConnectionIDs": create_event_var("string", default="0"),
        "A_ARG_TYPE_ConnectionStatus": create_state_var("string", allowed=STATUSES),
        "A_ARG_TYPE_ConnectionManager": create_state_var("string"),
        "A_ARG_TYPE_Direction": create_state_var("string", allowed=["Input", "Output"]),
        "A_ARG_TYPE_ProtocolInfo": create_state_var("string"),
        "A_ARG_TYPE_ConnectionID": create_state_var("i4"),
        "A_ARG_TYPE_AVTransportID": create_state_var("i4"),
        "A_ARG_TYPE_RcsID": create_state_var("i4"),
    }
    DIRECTION: ClassVar[str] = "Input"
    RENDERING_ID: ClassVar[int] = 0
    """The instance of RenderingControl and AVTransport of the connection, -1 where there is none."""

    @callable_action("GetProtocolInfo", {}, {"Source": "SourceProtocolInfo", "Sink": "SinkProtocolInfo"})
    async def get_protocol_info(self) -> dict[str, Any]:
        """Tell what is sent and taken."""
        return {
            "Source": self.state_variable("SourceProtocolInfo"),
            "Sink": self.state_variable("SinkProtocolInfo"),
        }

    @callable_action("GetCurrentConnectionIDs", {}, {"ConnectionIDs": "CurrentConnectionIDs"})
    async def get_current_connection_ids(self) -> dict[str, Any]:
        """Tell the connections: there is one."""
        return {"ConnectionIDs": self.state_variable("CurrentConnectionIDs")}

    @callable_action(
        "GetCurrentConnectionInfo",
        {"ConnectionID": "A_ARG_TYPE_ConnectionID"},
        {
            "RcsID": "A_ARG_TYPE_RcsID",
            "AVTransportID": "A_ARG_TYPE_AVTransportID",
            "ProtocolInfo": "A_ARG_TYPE_ProtocolInfo",
            "PeerConnectionManager": "A_ARG_TYPE_ConnectionManager",
            "PeerConnectionID": "A_ARG_TYPE_ConnectionID",
            "Direction": "A_ARG_TYPE_Direction",
            "Status": "A_ARG_TYPE_ConnectionStatus",
        },
    )
    async def get_current_connection_info(self, ConnectionID: int) -> dict[str, Any]:
        """Tell of the connection."""
        if ConnectionID != 0:
            raise UpnpActionError(error_code=INVALID_CONNECTION, error_desc="Invalid connection reference")
        return {
            "RcsID": self.RENDERING_ID,
            "AVTransportID": self.RENDERING_ID,
            "ProtocolInfo": "",
            "PeerConnectionManager": "",
            "PeerConnectionID": -1,
            "Direction": self.DIRECTION,
            "Status": "OK",
        }
