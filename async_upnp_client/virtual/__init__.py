"""Virtual devices, built on ``async_upnp_client.server`` alone, for demonstrations and tests.

They behave as real ones do, well or badly; ``server.UpnpServer`` publishes them. ``virtual.gateway`` is an
Internet gateway. See ``docs/virtual.rst``.
"""

from async_upnp_client.virtual.clock import Clock, LoopClock, ManualClock
from async_upnp_client.virtual.faults import Faults
from async_upnp_client.virtual.generated import generated_library
from async_upnp_client.virtual.library import ROOT, Entry, Library, Property, Resource
from async_upnp_client.virtual.media_server import VirtualMediaServer
from async_upnp_client.virtual.renderer import VirtualRenderer

__all__ = [
    "ROOT",
    "Clock",
    "Entry",
    "Faults",
    "Library",
    "LoopClock",
    "ManualClock",
    "Property",
    "Resource",
    "VirtualMediaServer",
    "VirtualRenderer",
    "generated_library",
]
