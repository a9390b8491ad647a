"""The words of UPnP: records, enumerations and aliases that every floor uses.

Nothing here does anything. Records that 0.49.0 had keep their fields and their order.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from typing import Any, Final, NamedTuple, TypeAlias
from xml.etree import ElementTree as ET

from async_upnp_client._datatypes import DATA_TYPES, DataType, require_tzinfo
from async_upnp_client._headers import CaseInsensitiveDict

IPvXAddress: TypeAlias = IPv4Address | IPv6Address
AddressTupleV4Type: TypeAlias = tuple[str, int]
"""Host and port."""
AddressTupleV6Type: TypeAlias = tuple[str, int, int, int]
"""Host, port, flow and scope id: the number of the interface, which link-local addresses need."""
AddressTupleVXType: TypeAlias = AddressTupleV4Type | AddressTupleV6Type

UniqueDeviceName: TypeAlias = str
UDN: TypeAlias = UniqueDeviceName
DeviceOrServiceType: TypeAlias = str
SsdpHeaders: TypeAlias = CaseInsensitiveDict
NotificationType: TypeAlias = str
UniqueServiceName: TypeAlias = str
USN: TypeAlias = UniqueServiceName
SearchTarget: TypeAlias = str
ServiceId: TypeAlias = str

NS: Final[Mapping[str, str]] = {
    "soap_envelope": "http://schemas.xmlsoap.org/soap/envelope/",
    "device": "urn:schemas-upnp-org:device-1-0",
    "service": "urn:schemas-upnp-org:service-1-0",
    "event": "urn:schemas-upnp-org:event-1-0",
    "control": "urn:schemas-upnp-org:control-1-0",
}

MIME_TO_UPNP_CLASS_MAPPING: Final[Mapping[str, str]] = {
    "audio": "object.item.audioItem",
    "video": "object.item.videoItem",
    "image": "object.item.imageItem",
    "application/dash+xml": "object.item.videoItem",
    "application/x-mpegurl": "object.item.videoItem",
    "application/vnd.apple.mpegurl": "object.item.videoItem",
}
"""UPnP class by the first key that the MIME type begins with."""

UDA_ACTION_RESPONSE_TIMEOUT: Final = 30.0
"""Seconds within which a device has to answer an action (UDA 2.0 §3.2)."""


def _mapping(data_type: DataType) -> Mapping[str, Callable[..., Any]]:
    types = data_type.python_types
    mapping: dict[str, Any] = {"type": types[0], "in": data_type.decode, "out": data_type.encode}
    if data_type.requires_tz:
        mapping["validator"] = require_tzinfo
    return mapping


STATE_VARIABLE_TYPE_MAPPING: Final[Mapping[str, Mapping[str, Callable[..., Any]]]] = {
    name: _mapping(data_type) for name, data_type in DATA_TYPES.items()
}
"""By the name of a UPnP data type: its Python `type`, text `in` to a value, a value `out` to text."""


class DeviceIcon(NamedTuple):
    """An icon of a device; width and height in pixels, depth in bits (UDA 2.0 §2.3)."""

    mimetype: str
    width: int
    height: int
    depth: int
    url: str


class DeviceInfo(NamedTuple):
    """What a device says of itself in its description (UDA 2.0 §2.3)."""

    device_type: str
    friendly_name: str
    manufacturer: str
    manufacturer_url: str | None
    model_description: str | None
    model_name: str
    model_number: str | None
    model_url: str | None
    serial_number: str | None
    udn: str
    upc: str | None
    presentation_url: str | None
    url: str
    icons: list[DeviceIcon]
    xml: ET.Element


class ServiceInfo(NamedTuple):
    """What a device's description says of a service (UDA 2.0 §2.3)."""

    service_id: str
    service_type: str
    control_url: str
    event_sub_url: str
    scpd_url: str
    xml: ET.Element


class ActionArgumentInfo(NamedTuple):
    """An argument of an action, as the SCPD declares it (UDA 2.0 §2.5)."""

    name: str
    direction: str
    state_variable_name: str
    xml: ET.Element


class ActionInfo(NamedTuple):
    """An action, as the SCPD declares it (UDA 2.0 §2.5)."""

    name: str
    arguments: list[ActionArgumentInfo]
    xml: ET.Element


@dataclass(frozen=True, init=False)
class HttpRequest:
    """What a requester is to send. `timeout` in seconds; None leaves it to the requester.

    `repeatable` says whether it does no harm if the request arrives twice, which happens when a connection
    breaks before the answer; None leaves that to the method. `max_size` limits the body of the answer, in
    bytes; None leaves it to the requester. `sender` is the address that a request came from, if we received
    it. `source` is the address of ours to send it from; None leaves it to the system.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: str | None
    timeout: float | None = None
    repeatable: bool | None = None
    max_size: int | None = field(default=None, compare=False)
    sender: str | None = field(default=None, compare=False)
    source: str | None = field(default=None, compare=False)

    # There is one of these for each call and each event, and the `__init__` of a frozen dataclass takes three
    # times as long.
    def __init__(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: str | None,
        timeout: float | None = None,
        repeatable: bool | None = None,
        max_size: int | None = None,
        sender: str | None = None,
        source: str | None = None,
    ) -> None:
        fields = self.__dict__
        fields["method"] = method
        fields["url"] = url
        fields["headers"] = headers
        fields["body"] = body
        fields["timeout"] = timeout
        fields["repeatable"] = repeatable
        fields["max_size"] = max_size
        fields["sender"] = sender
        fields["source"] = source


@dataclass(frozen=True, init=False)
class HttpResponse:
    """What a requester got; `url` is where it was found, if redirects led elsewhere than was asked."""

    status_code: int
    headers: Mapping[str, str]
    body: str | None
    url: str | None = field(default=None, compare=False)

    # as above
    def __init__(
        self, status_code: int, headers: Mapping[str, str], body: str | None, url: str | None = None
    ) -> None:
        fields = self.__dict__
        fields["status_code"] = status_code
        fields["headers"] = headers
        fields["body"] = body
        fields["url"] = url


@dataclass(frozen=True)
class StateVariableTypeInfo:
    """What a state variable may hold, as the SCPD declares it, texts as they stand there (UDA 2.0 §2.5)."""

    data_type: str
    data_type_mapping: Mapping[str, Callable[..., Any]]
    default_value: str | None
    allowed_value_range: Mapping[str, str | None]
    allowed_values: list[str] | None
    xml: ET.Element


@dataclass(frozen=True)
class EventableStateVariableTypeInfo(StateVariableTypeInfo):
    """The same for a variable that is evented at most once in `max_rate` seconds (UDA 2.0 §4.3.2)."""

    max_rate: float | None


@dataclass(frozen=True)
class StateVariableInfo:
    """A state variable, as the SCPD declares it (UDA 2.0 §2.5)."""

    name: str
    send_events: bool
    type_info: StateVariableTypeInfo
    xml: ET.Element


class Severity(str, Enum):
    """What a diagnostic costs."""

    INFO = "info"
    """Nothing is lost: unusual, or allowed but unhelpful."""
    WARNING = "warning"
    """Something breaks the standard and was read by guess, or is known less of than it might be."""
    ERROR = "error"
    """Something that the device offers cannot be used."""


class Diagnostic(NamedTuple):
    """One thing that is wrong with a device, in its descriptions or in what it sent since.

    `code` is one of those in `docs/diagnostics.rst`, and stays what it is over releases. `where` is a path
    of names, parted by slashes: UDN, serviceId, `action Name` or `variable Name`, `argument Name`. `message`
    is a sentence for people: it may quote the device, escaped and cut, and its wording may change.
    """

    code: str
    where: str
    severity: Severity
    message: str


class NotificationSubType(str, Enum):
    """What an announcement says (UDA 2.0 §1.2)."""

    SSDP_ALIVE = "ssdp:alive"
    SSDP_BYEBYE = "ssdp:byebye"
    SSDP_UPDATE = "ssdp:update"


class SsdpSource(str, Enum):
    """How a device was heard of."""

    ADVERTISEMENT = "advertisement"
    SEARCH = "search"

    SEARCH_ALIVE = "search_alive"
    SEARCH_CHANGED = "search_changed"

    ADVERTISEMENT_ALIVE = "advertisement_alive"
    ADVERTISEMENT_BYEBYE = "advertisement_byebye"
    ADVERTISEMENT_UPDATE = "advertisement_update"


class SubscriptionState(str, Enum):
    """What can be said of the events of a service that is kept subscribed (UDA 2.0 §4.1)."""

    ACTIVE = "active"
    """The device has granted a subscription, and its events reach us."""
    RENEWING = "renewing"
    """It is asked for one: the first, or one in place of a doubtful one, whose events may still come."""
    LOST = "lost"
    """There is none: the device refuses, or cannot be reached. It is asked again, less and less often."""
    CALLBACK_UNREACHABLE = "callback_unreachable"
    """The device has granted a subscription, and no event came: it cannot reach the URL that it was told."""
    POLLING = "polling"
    """Events bring nothing for one of these reasons, and values are polled instead."""
