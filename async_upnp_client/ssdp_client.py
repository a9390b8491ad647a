"""UDA chapter 1, control point: the name under which the documentation has long announced `ssdp_listener`.

A window: everything public of `ssdp_listener`, and no code.
"""

from async_upnp_client import ssdp_listener
from async_upnp_client.ssdp_listener import *  # noqa: F403  # a window on all of it

__all__ = ssdp_listener.__all__
