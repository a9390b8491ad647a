"""A control point on GUPnP 1.6 (Debian: python3-gi, gir1.2-gupnp-1.6) that finds a switch, and switches it.

`test_server.py` runs it with Debian's own interpreter, on another host than the device. It prints a line for
each thing that happens, and ends by itself. It uses nothing of the package.

    gupnp_control_point.py INTERFACE
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

SWITCH = "urn:schemas-upnp-org:service:SwitchPower:1"
NEVER = 15_000  # milliseconds after which it gives up


def main(interface: str) -> int:
    """Find the switch, subscribe, switch it on, and end with the event of that."""
    gi: Any = importlib.import_module("gi")
    gi.require_version("GUPnP", "1.6")
    gupnp: Any
    glib: Any
    gupnp, glib = (importlib.import_module(f"gi.repository.{name}") for name in ("GUPnP", "GLib"))
    loop = glib.MainLoop()
    code = 1

    def on_event(_proxy: Any, _name: str, value: bool, *_more: Any) -> None:
        nonlocal code
        print("event", value, flush=True)
        if value:
            code = 0
            loop.quit()

    def on_found(_control_point: Any, proxy: Any) -> None:
        print("found", proxy.get_udn(), flush=True)
        proxy.add_notify("Status", bool, on_event)
        proxy.set_subscribed(True)
        action = gupnp.ServiceProxyAction.new_from_list("SetTarget", ["newTargetValue"], [True])
        proxy.call_action(action, None)
        print("called", flush=True)

    context = gupnp.Context.new(interface, 0)
    control_point = gupnp.ControlPoint.new(context, SWITCH)
    control_point.connect("service-proxy-available", on_found)
    control_point.set_active(True)
    glib.timeout_add(NEVER, loop.quit)
    loop.run()
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
