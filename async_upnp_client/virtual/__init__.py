"""Virtual devices, built on ``async_upnp_client.server`` alone, for demonstrations and tests.

They behave as real ones do, well or badly; ``server.UpnpServer`` publishes them. ``virtual.gateway`` is an
Internet gateway. See ``docs/virtual.rst``.
"""

from async_upnp_client.virtual.clock import Clock, LoopClock, ManualClock
from async_upnp_client.virtual.renderer import VirtualRenderer

__all__ = [
    "Clock",
    "LoopClock",
    "ManualClock",
    "VirtualRenderer",
]
