"""OpenHome players: sources, volume, transport, playlists, radio, pins.

``names`` and ``variables`` have the words, a module for each service its actions and properties, ``player``
what concerns several of them, ``ids`` and ``lists`` read what players write, ``device`` is all of it.
"""

from async_upnp_client.profiles.ohmedia.device import OhmDevice
from async_upnp_client.profiles.ohmedia.ids import id_list_to_string
from async_upnp_client.profiles.ohmedia.lists import Entry, Pin, Source
from async_upnp_client.profiles.ohmedia.names import (
    Credentials,
    Info,
    Pins,
    Playlist,
    Product,
    ProductSourceType,
    Radio,
    Receiver,
    Sender,
    Service,
    ServiceId,
    Time,
    Transport,
    Update,
    Volume,
)
from async_upnp_client.profiles.ohmedia.variables import (
    CredentialsState,
    InfoState,
    PinsState,
    PlaylistState,
    PlaylistStateAllowedValues,
    ProductState,
    RadioState,
    ReceiverState,
    SenderState,
    TimeState,
    TransportState,
    TransportStateAllowedValues,
    UpdateState,
    VolumeState,
)

__all__ = [
    "Credentials",
    "CredentialsState",
    "Entry",
    "Info",
    "InfoState",
    "OhmDevice",
    "Pin",
    "Pins",
    "PinsState",
    "Playlist",
    "PlaylistState",
    "PlaylistStateAllowedValues",
    "Product",
    "ProductSourceType",
    "ProductState",
    "Radio",
    "RadioState",
    "Receiver",
    "ReceiverState",
    "Sender",
    "SenderState",
    "Service",
    "ServiceId",
    "Source",
    "Time",
    "TimeState",
    "Transport",
    "TransportState",
    "TransportStateAllowedValues",
    "Update",
    "UpdateState",
    "Volume",
    "VolumeState",
    "id_list_to_string",
]
