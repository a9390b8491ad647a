"""DLNA: media renderers and media servers (UPnP AV).

``renderer`` has ``DmrDevice``, whose parts are ``av_transport``, ``rendering_control``,
``connection_manager`` and ``track``; ``media_server`` has ``DmsDevice``. ``play_queue`` plays one track after
the other. ``types`` has the words; ``comma_lists``, ``protocol_info``, ``didl`` and ``last_change`` read and
write what goes over the wire.
"""

from async_upnp_client.profiles.dlna.av_events import dlna_handle_notify_last_change
from async_upnp_client.profiles.dlna.comma_lists import join_commas, split_commas
from async_upnp_client.profiles.dlna.connection_manager import ConnectionManagerMixin
from async_upnp_client.profiles.dlna.content_directory import ContentDirectoryErrorCode
from async_upnp_client.profiles.dlna.last_change import parse_last_change as _parse_last_change_event
from async_upnp_client.profiles.dlna.last_change_handlers import (
    DlnaDmrEventContentHandler,
    DlnaDmrEventErrorHandler,
)
from async_upnp_client.profiles.dlna.media_server import DmsDevice
from async_upnp_client.profiles.dlna.metadata import TrackMetadata
from async_upnp_client.profiles.dlna.play_queue import PlayQueue
from async_upnp_client.profiles.dlna.protocol_info import DlnaFeatures, ProtocolInfo
from async_upnp_client.profiles.dlna.queue_order import QueueItem, Repeat
from async_upnp_client.profiles.dlna.renderer import DmrDevice
from async_upnp_client.profiles.dlna.types import (
    ActionPolicy,
    Capability,
    DeviceState,
    DlnaOrgCi,
    DlnaOrgFlags,
    DlnaOrgOp,
    DlnaOrgPs,
    PlayMode,
    TransportState,
)

__all__ = [
    "ActionPolicy",
    "Capability",
    "ConnectionManagerMixin",
    "ContentDirectoryErrorCode",
    "DeviceState",
    "DlnaDmrEventContentHandler",
    "DlnaDmrEventErrorHandler",
    "DlnaFeatures",
    "DlnaOrgCi",
    "DlnaOrgFlags",
    "DlnaOrgOp",
    "DlnaOrgPs",
    "DmrDevice",
    "DmsDevice",
    "PlayMode",
    "PlayQueue",
    "ProtocolInfo",
    "QueueItem",
    "Repeat",
    "TrackMetadata",
    "TransportState",
    "_parse_last_change_event",
    "dlna_handle_notify_last_change",
    "join_commas",
    "split_commas",
]
