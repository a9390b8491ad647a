"""A dimmable light on GUPnP 1.6 (Debian: python3-gi, gir1.2-gupnp-1.6), over IPv4 and over IPv6 link-local.

`devices.py` runs it with Debian's own interpreter. It stands for the devices that answer searches over IPv6,
which neither minidlna nor gmediarender does. It uses nothing of the package.

    gupnp_light.py DIRECTORY UDN NAME INTERFACE PORT ADDRESS...
"""

from __future__ import annotations

import importlib
import signal
import sys
from pathlib import Path
from typing import Any

DEVICE = """<?xml version="1.0"?>
<root xmlns="urn:schemas-upnp-org:device-1-0">
 <specVersion><major>1</major><minor>0</minor></specVersion>
 <device>
  <deviceType>urn:schemas-upnp-org:device:BinaryLight:1</deviceType>
  <friendlyName>{name}</friendlyName>
  <manufacturer>GUPnP</manufacturer>
  <modelName>Light</modelName>
  <UDN>{udn}</UDN>
  <serviceList>
   <service>
    <serviceType>urn:schemas-upnp-org:service:SwitchPower:1</serviceType>
    <serviceId>urn:upnp-org:serviceId:SwitchPower:1</serviceId>
    <SCPDURL>/switch.xml</SCPDURL>
    <controlURL>/SwitchPower/Control</controlURL>
    <eventSubURL>/SwitchPower/Event</eventSubURL>
   </service>
  </serviceList>
 </device>
</root>
"""

SERVICE = """<?xml version="1.0"?>
<scpd xmlns="urn:schemas-upnp-org:service-1-0">
 <specVersion><major>1</major><minor>0</minor></specVersion>
 <actionList>
  <action><name>SetTarget</name><argumentList>
   <argument><name>newTargetValue</name><direction>in</direction>
    <relatedStateVariable>Target</relatedStateVariable></argument>
  </argumentList></action>
  <action><name>GetStatus</name><argumentList>
   <argument><name>ResultStatus</name><direction>out</direction>
    <relatedStateVariable>Status</relatedStateVariable></argument>
  </argumentList></action>
 </actionList>
 <serviceStateTable>
  <stateVariable sendEvents="no"><name>Target</name><dataType>boolean</dataType></stateVariable>
  <stateVariable sendEvents="yes"><name>Status</name><dataType>boolean</dataType></stateVariable>
 </serviceStateTable>
</scpd>
"""


BYEBYE_MILLISECONDS = 1500


class Light:
    """The state of the light, and the services that show it: one for each address.

    Python cannot answer the signal `query-variable`, so that the first event of a subscription is empty.
    """

    def __init__(self) -> None:
        """Begin in the dark."""
        self.lit = False
        self.services: list[Any] = []

    def add_service(self, service: Any) -> None:
        """Let one more service show the light."""
        service.connect("action-invoked::SetTarget", self.set_target)
        service.connect("action-invoked::GetStatus", self.get_status)
        self.services.append(service)

    def set_target(self, _service: object, action: Any) -> None:
        """Answer SetTarget, and tell every subscriber."""
        self.lit = action.get_value("newTargetValue", bool)
        action.return_success()
        for service in self.services:
            service.notify_value("Status", self.lit)

    def get_status(self, _service: object, action: Any) -> None:
        """Answer GetStatus."""
        action.set_value("ResultStatus", self.lit)
        action.return_success()


def main(directory: str, udn: str, name: str, interface: str, port: str, *addresses: str) -> int:
    """Announce the light on these addresses, and serve it until a signal says stop: then it says byebye."""
    gi: Any = importlib.import_module("gi")
    gi.require_version("GUPnP", "1.6")
    gi.require_version("GSSDP", "1.6")
    names = ("GUPnP", "GSSDP", "Gio", "GLib")
    modules: list[Any] = [importlib.import_module(f"gi.repository.{name}") for name in names]
    gupnp, gssdp, gio, glib = modules

    Path(directory, "light.xml").write_text(DEVICE.format(udn=udn, name=name))
    Path(directory, "switch.xml").write_text(SERVICE)
    light = Light()
    devices = []
    for address in addresses:
        inet = gio.InetAddress.new_from_string(address)
        context = gupnp.Context.new_full(interface, inet, int(port), gssdp.UDAVersion.VERSION_1_0)
        device = gupnp.RootDevice.new(context, "light.xml", directory)
        light.add_service(device.get_service("urn:schemas-upnp-org:service:SwitchPower:1"))
        device.set_available(True)
        devices.append(device)

    loop = glib.MainLoop()
    glib.unix_signal_add(glib.PRIORITY_DEFAULT, signal.SIGTERM, loop.quit)
    loop.run()
    for device in devices:
        device.set_available(False)
    # GSSDP sends what it has to say one by one, a moment apart: the byebyes need the loop once more.
    glib.timeout_add(BYEBYE_MILLISECONDS, loop.quit)
    loop.run()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
