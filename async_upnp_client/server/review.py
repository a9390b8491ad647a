"""UDA chapter 2, device side: what an author's definitions say that a description may not.

``server.lifecycle`` has it looked for at the start, and tells the log; a device is published all the same, as
control points forgive most of it. It must not know where descriptions are served.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from async_upnp_client.const import DeviceIcon, DeviceInfo, ServiceInfo, StateVariableInfo
from async_upnp_client.server.device import UpnpServerDevice, described
from async_upnp_client.server.service import UpnpServerService

DOMAIN: Final = "[A-Za-z0-9-]+"  # its dots are hyphens (UDA 2.0 §1.2.2)
DEVICE_TYPE: Final = re.compile(rf"urn:{DOMAIN}:device:[A-Za-z0-9_-]+:[1-9][0-9]*")
SERVICE_TYPE: Final = re.compile(rf"urn:{DOMAIN}:service:[A-Za-z0-9_-]+:[1-9][0-9]*")
SERVICE_ID: Final = re.compile(rf"urn:{DOMAIN}:serviceId:[^\s:]+")
UDN: Final = re.compile(r"uuid:[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
NAME: Final = re.compile(r"[^\W-][^\s#-]*")
UPC: Final = re.compile(r"[0-9]{12}")

REQUIRED: Final = ("friendly_name", "manufacturer", "model_name")
LENGTHS: Final = {
    "friendly_name": 63,
    "manufacturer": 63,
    "model_description": 127,
    "model_name": 31,
    "model_number": 31,
    "serial_number": 63,
}
"""Characters that the texts of a device have at most (UDA 2.0 §2.3)."""

VALUE_LENGTH: Final = 31
"""Characters of an allowed value, at most (UDA 2.0 §2.5)."""


def mistakes(device: UpnpServerDevice) -> list[str]:
    """Give what is wrong with the descriptions of a device and all in it, in sentences; nothing as a rule.

    For the tests of authors, too. What it looks for is in UDA 2.0 §2.3 and §2.5.
    """
    found: list[str] = []
    for one in device.all_server_devices:
        found += [f"{one.name}: {what}" for what in of_device(one.device_info)]
        for service in one.own_server_services:
            found += [f"{service.service_id}: {what}" for what in of_service(service)]
        ids = [service.service_id for service in one.own_server_services]
        found += [f"{one.name}: two services have the id {name}" for name in twice(ids)]
    udns = [one.udn for one in device.all_server_devices]
    found += [f"two devices have the UDN {udn}" for udn in twice(udns)]
    served = [url for service in device.all_server_services for url in urls(described(service))]
    found += [f"two services are served at {url}" for url in twice(served)]
    return found


def twice(texts: Iterable[str]) -> list[str]:
    """Return the texts that are there more than once."""
    return [text for text, count in Counter(texts).items() if count > 1]


def urls(info: ServiceInfo) -> list[str]:
    """Return the URLs of a service that are to be its own."""
    return [url for url in (info.scpd_url, info.control_url, info.event_sub_url) if url]


def of_device(info: DeviceInfo) -> Iterator[str]:
    """Yield what is wrong with what a device says of itself."""
    if not DEVICE_TYPE.fullmatch(info.device_type):
        yield f"{info.device_type} is no type of a device, urn:domain-name:device:Type:1"
    if not UDN.fullmatch(info.udn):
        yield f"{info.udn} is no UDN, uuid: and a UUID"
    for name in REQUIRED:
        if not getattr(info, name):
            yield f"it has no {name}"
    for name, most in LENGTHS.items():
        if len(getattr(info, name) or "") > most:
            yield f"{name} has more than {most} characters"
    if info.upc and not UPC.fullmatch(info.upc):
        yield f"{info.upc} is no UPC, twelve digits"
    yield from (f"the icon {icon.url} lacks something" for icon in info.icons if not is_whole(icon))


def is_whole(icon: DeviceIcon) -> bool:
    """Tell whether an icon has all of its parts."""
    return bool(icon.mimetype and icon.url) and min(icon.width, icon.height, icon.depth) > 0


def of_service(service: UpnpServerService) -> Iterator[str]:
    """Yield what is wrong with what a service says of itself."""
    info = described(service)
    if not SERVICE_TYPE.fullmatch(info.service_type):
        yield f"{info.service_type} is no type of a service, urn:domain-name:service:Type:1"
    if not SERVICE_ID.fullmatch(info.service_id):
        yield "this is no id of a service, urn:domain-name:serviceId:Name"
    yield from (f"{url} is not relative to the description" for url in urls(info) if "://" in url)
    if not service.state_variables:
        yield "it has no state variable"
    arguments = [argument.name for action in service.actions.values() for argument in action.arguments]
    for name in (*service.actions, *service.state_variables, *dict.fromkeys(arguments)):
        if not NAME.fullmatch(name):
            yield f"{name} is no name: one has no hyphen, # or blank, and begins with a letter or a digit"
    for variable in service.state_variables.values():
        yield from (f"{variable.name}: {what}" for what in of_variable(variable.info))


def of_variable(info: StateVariableInfo) -> Iterator[str]:
    """Yield what is wrong with what a state variable may hold."""
    values, bounds = info.type_info.allowed_values, info.type_info.allowed_value_range or {}
    if values and info.type_info.data_type != "string":
        yield "a list of allowed values is for strings; it is not described"
    if any(len(value) > VALUE_LENGTH for value in values or ()):
        yield f"an allowed value has more than {VALUE_LENGTH} characters"
    if (bounds.get("min") is None) != (bounds.get("max") is None):
        yield "a range has a minimum and a maximum; it is not described"
