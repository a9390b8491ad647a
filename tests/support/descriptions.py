"""Builders of device and service descriptions, as texts; nothing of the package takes part in writing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

DEVICE_URL = "http://192.0.2.1:80/device.xml"


@dataclass(frozen=True)
class Service:
    """A service element. What is None has no element."""

    service_type: str = "urn:schemas-upnp-org:service:Test:1"
    service_id: str = "urn:upnp-org:serviceId:Test"
    scpd_url: str | None = "/scpd.xml"
    control_url: str | None = "/control"
    event_sub_url: str | None = "/event"

    def xml(self) -> str:
        """Return the element."""
        return element(
            "service",
            element("serviceType", self.service_type),
            element("serviceId", self.service_id),
            element("SCPDURL", self.scpd_url),
            element("controlURL", self.control_url),
            element("eventSubURL", self.event_sub_url),
            raw=True,
        )


@dataclass(frozen=True)
class Device:
    """A device element, with its services and embedded devices. What is None has no element."""

    device_type: str | None = "urn:schemas-upnp-org:device:Test:1"
    friendly_name: str | None = "Test device"
    udn: str | None = "uuid:00000000-0000-0000-0000-000000000001"
    more: Mapping[str, str] = field(default_factory=lambda: {"manufacturer": "Maker", "modelName": "Model"})
    icons: Sequence[Mapping[str, str]] = ()
    services: Sequence[Service] = ()
    devices: Sequence["Device"] = ()

    def xml(self) -> str:
        """Return the element."""
        icons = "".join(
            element("icon", *(element(name, value) for name, value in icon.items()), raw=True)
            for icon in self.icons
        )
        return element(
            "device",
            element("deviceType", self.device_type),
            element("friendlyName", self.friendly_name),
            *(element(name, value) for name, value in self.more.items()),
            element("UDN", self.udn),
            element("iconList", icons, raw=True) if icons else "",
            element("serviceList", *(s.xml() for s in self.services), raw=True) if self.services else "",
            element("deviceList", *(d.xml() for d in self.devices), raw=True) if self.devices else "",
            raw=True,
        )


def element(name: str, *content: str | None, raw: bool = False) -> str:
    """Return an element around texts (or around elements, as they are); nothing for None."""
    if None in content:
        return ""
    inside = "".join(text for text in content if text)
    return f"<{name}>{inside if raw else escape(inside)}</{name}>"


def device_description(device: Device | None = None, *, url_base: str | None = None) -> str:
    """Return the description of a root device."""
    return (
        '<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0">'
        "<specVersion><major>1</major><minor>0</minor></specVersion>"
        f"{element('URLBase', url_base)}{(device or Device()).xml()}</root>"
    )


@dataclass(frozen=True)
class Variable:
    """A stateVariable element. What is None is not there."""

    name: str = "Value"
    data_type: str | None = "string"
    send_events: str | None = "no"
    default: str | None = None
    allowed: Sequence[str] = ()
    minimum: str | None = None
    maximum: str | None = None
    step: str | None = None

    def xml(self) -> str:
        """Return the element."""
        events = "" if self.send_events is None else f' sendEvents="{self.send_events}"'
        span = (
            element("minimum", self.minimum) + element("maximum", self.maximum) + element("step", self.step)
        )
        allowed = "".join(element("allowedValue", value) for value in self.allowed)
        return (
            f"<stateVariable{events}>{element('name', self.name)}{element('dataType', self.data_type)}"
            f"{element('defaultValue', self.default)}"
            f"{element('allowedValueList', allowed, raw=True) if allowed else ''}"
            f"{element('allowedValueRange', span, raw=True) if span else ''}</stateVariable>"
        )


@dataclass(frozen=True)
class Action:
    """An action element; arguments are (name, related state variable)."""

    name: str = "Do"
    inputs: Iterable[tuple[str, str]] = ()
    outputs: Iterable[tuple[str, str]] = ()

    def xml(self) -> str:
        """Return the element."""
        listed = [(*pair, "in") for pair in self.inputs] + [(*pair, "out") for pair in self.outputs]
        arguments = "".join(
            element(
                "argument",
                element("name", name),
                element("direction", direction),
                element("relatedStateVariable", variable),
                raw=True,
            )
            for name, variable, direction in listed
        )
        return element(
            "action",
            element("name", self.name),
            element("argumentList", arguments, raw=True) if arguments else "",
            raw=True,
        )


def service_description(variables: Iterable[Variable] = (), actions: Iterable[Action] = ()) -> str:
    """Return the description of a service (SCPD)."""
    return (
        '<?xml version="1.0"?><scpd xmlns="urn:schemas-upnp-org:service-1-0">'
        "<specVersion><major>1</major><minor>0</minor></specVersion>"
        f"{element('actionList', *(action.xml() for action in actions), raw=True)}"
        f"{element('serviceStateTable', *(variable.xml() for variable in variables), raw=True)}</scpd>"
    )
