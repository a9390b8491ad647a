"""The OpenHome player as applications see it: all its services.

Each service stands in a module of its own; here they become one class.
"""

from async_upnp_client.profiles.ohmedia.credentials import CredentialsCalls
from async_upnp_client.profiles.ohmedia.info import InfoCalls
from async_upnp_client.profiles.ohmedia.player import Player
from async_upnp_client.profiles.ohmedia.sender import SenderCalls
from async_upnp_client.profiles.ohmedia.time import TimeCalls
from async_upnp_client.profiles.ohmedia.update import UpdateCalls
from async_upnp_client.profiles.ohmedia.volume import VolumeCalls


class OhmDevice(Player, CredentialsCalls, InfoCalls, SenderCalls, TimeCalls, UpdateCalls, VolumeCalls):
    """An OpenHome player.

    Methods are named by service and action, and return the out-arguments as the player says them; properties
    have what events have told. UpnpError where the player has not got the service or the action.
    """
