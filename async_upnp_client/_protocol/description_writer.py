"""UDA chapter 2, description: device and service descriptions, written from records (UDA 2.0 §2.3, §2.5).

The device side of ``description`` and ``service_description``, which read the same records. ``server.http``
serves what is written here. Must not know HTTP, nor how an author defines a device.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from typing import Final

from async_upnp_client._protocol.description import DeviceDocument
from async_upnp_client._xml_repair import ILLEGAL
from async_upnp_client.const import (
    NS,
    ActionArgumentInfo,
    ActionInfo,
    DeviceIcon,
    ServiceInfo,
    StateVariableInfo,
)

SPEC_VERSION: Final = (2, 0)
"""The version of the UPnP Device Architecture that is implemented (UDA 2.0 §2.3)."""

DECLARATION: Final = '<?xml version="1.0" encoding="utf-8"?>\n'


def build_device_document(
    device: DeviceDocument, *, config_id: int | None = None, spec_version: tuple[int, int] = SPEC_VERSION
) -> str:
    """Write the description of a root device; `config_id` is that of its announcements (UDA 2.0 §2.3)."""
    return document(device_root(device, config_id, spec_version))


def build_service_document(
    variables: Iterable[StateVariableInfo],
    actions: Sequence[ActionInfo],
    *,
    config_id: int | None = None,
    spec_version: tuple[int, int] = SPEC_VERSION,
) -> str:
    """Write the description of a service, its variables and actions in the order given (UDA 2.0 §2.5)."""
    root = service_element(variables, actions, spec_version)
    root.attrib |= config_attribute(config_id)
    return document(root)


def document(root: ET.Element) -> str:
    """Write a document."""
    return DECLARATION + ET.tostring(root, encoding="unicode")


def config_attribute(config_id: int | None) -> dict[str, str]:
    """Return the attribute that ties a document to its announcements (UDA 2.0 §2.3)."""
    return {} if config_id is None else {"configId": str(config_id)}


def add_spec_version(root: ET.Element, version: tuple[int, int]) -> None:
    """Say which version of the architecture is implemented."""
    element = ET.SubElement(root, "specVersion")
    add(element, "major", str(version[0]))
    add(element, "minor", str(version[1]))


def add(parent: ET.Element, name: str, text: str) -> None:
    """Add an element with a text; characters that XML 1.0 cannot carry are dropped."""
    ET.SubElement(parent, name).text = ILLEGAL.sub("", text)


def device_root(device: DeviceDocument, config_id: int | None, spec_version: tuple[int, int]) -> ET.Element:
    """Return the root element of a root device's description."""
    root = ET.Element("root", {"xmlns": NS["device"]} | config_attribute(config_id))
    add_spec_version(root, spec_version)
    root.append(device_element(device))
    return root


def device_element(device: DeviceDocument) -> ET.Element:
    """Return the element of a device, with the devices in it; what is empty is left out (S-019, S-023)."""
    info = device.info
    element = ET.Element("device")
    for name, text, is_required in (
        ("deviceType", info.device_type, True),
        ("friendlyName", info.friendly_name, True),
        ("manufacturer", info.manufacturer, True),
        ("manufacturerURL", info.manufacturer_url, False),
        ("modelDescription", info.model_description, False),
        ("modelName", info.model_name, True),
        ("modelNumber", info.model_number, False),
        ("modelURL", info.model_url, False),
        ("serialNumber", info.serial_number, False),
        ("UDN", info.udn, True),
        ("UPC", info.upc, False),
    ):
        if text or is_required:
            add(element, name, text or "")
    if info.icons:
        add_icons(ET.SubElement(element, "iconList"), info.icons)
    if device.services:
        add_services(ET.SubElement(element, "serviceList"), device.services)
    if device.embedded:
        ET.SubElement(element, "deviceList").extend([device_element(inner) for inner in device.embedded])
    if info.presentation_url:
        add(element, "presentationURL", info.presentation_url)
    return element


def add_icons(parent: ET.Element, icons: Iterable[DeviceIcon]) -> None:
    """Add the icons of a device."""
    for icon in icons:
        element = ET.SubElement(parent, "icon")
        add(element, "mimetype", icon.mimetype)
        add(element, "width", str(icon.width))
        add(element, "height", str(icon.height))
        add(element, "depth", str(icon.depth))
        add(element, "url", icon.url)


def add_services(parent: ET.Element, services: Iterable[ServiceInfo]) -> None:
    """Add the services of a device; one without events has an empty eventSubURL (S-026)."""
    for service in services:
        element = ET.SubElement(parent, "service")
        add(element, "serviceType", service.service_type)
        add(element, "serviceId", service.service_id)
        add(element, "SCPDURL", service.scpd_url)
        add(element, "controlURL", service.control_url)
        add(element, "eventSubURL", service.event_sub_url)


def service_element(
    variables: Iterable[StateVariableInfo],
    actions: Sequence[ActionInfo],
    spec_version: tuple[int, int] = SPEC_VERSION,
) -> ET.Element:
    """Return the root element of a service's description."""
    root = ET.Element("scpd", xmlns=NS["service"])
    add_spec_version(root, spec_version)
    if actions:  # without any there is no list (S-030)
        action_list = ET.SubElement(root, "actionList")
        for action in actions:
            element = ET.SubElement(action_list, "action")
            add(element, "name", action.name)
            add_arguments(element, action.arguments)
    table = ET.SubElement(root, "serviceStateTable")
    for variable in variables:
        add_variable(table, variable)
    return root


def add_arguments(parent: ET.Element, arguments: Sequence[ActionArgumentInfo]) -> None:
    """Add the arguments of an action, those that go in first (S-033); without any there is no list."""
    if not arguments:
        return
    argument_list = ET.SubElement(parent, "argumentList")
    for argument in sorted(arguments, key=lambda argument: argument.direction != "in"):
        element = ET.SubElement(argument_list, "argument")
        add(element, "name", argument.name)
        add(element, "direction", argument.direction)
        add(element, "relatedStateVariable", argument.state_variable_name)


def add_variable(parent: ET.Element, variable: StateVariableInfo) -> None:
    """Add a state variable; a list is for texts only, a range has both ends (S-040)."""
    info = variable.type_info
    element = ET.SubElement(parent, "stateVariable", sendEvents="yes" if variable.send_events else "no")
    add(element, "name", variable.name)
    add(element, "dataType", info.data_type)
    if info.default_value is not None:
        add(element, "defaultValue", info.default_value)
    if info.allowed_values and info.data_type == "string":
        allowed = ET.SubElement(element, "allowedValueList")
        for value in info.allowed_values:
            add(allowed, "allowedValue", value)
    bounds = info.allowed_value_range
    if bounds and bounds.get("min") is not None and bounds.get("max") is not None:
        allowed = ET.SubElement(element, "allowedValueRange")
        add(allowed, "minimum", str(bounds["min"]))
        add(allowed, "maximum", str(bounds["max"]))
        if bounds.get("step") is not None:
            add(allowed, "step", str(bounds["step"]))
