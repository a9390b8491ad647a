"""Records and names of the Internet gateway profile: what a gateway says, in Python's own types.

For users of ``IgdDevice`` and all modules beside this one. Knows no device and asks nobody.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from ipaddress import IPv4Address
from typing import Final, NamedTuple, TypeAlias

TIMESTAMP: Final = "timestamp"
BYTES_RECEIVED: Final = "bytes_received"
BYTES_SENT: Final = "bytes_sent"
PACKETS_RECEIVED: Final = "packets_received"
PACKETS_SENT: Final = "packets_sent"
KIBIBYTES_PER_SEC_RECEIVED: Final = "kibytes_sec_received"
KIBIBYTES_PER_SEC_SENT: Final = "kibytes_sec_sent"
PACKETS_SEC_RECEIVED: Final = "packets_sec_received"
PACKETS_SEC_SENT: Final = "packets_sec_sent"
KIBIBYTES_PER_SEC_RECEIVED_NO_ROLLOVER: Final = "kibytes_sec_received_no_rollover"
KIBIBYTES_PER_SEC_SENT_NO_ROLLOVER: Final = "kibytes_sec_sent_no_rollover"
PACKETS_SEC_RECEIVED_NO_ROLLOVER: Final = "packets_sec_received_no_rollover"
PACKETS_SEC_SENT_NO_ROLLOVER: Final = "packets_sec_sent_no_rollover"
STATUS_INFO: Final = "status_info"
EXTERNAL_IP_ADDRESS: Final = "external_ip_address"


class CommonLinkProperties(NamedTuple):
    """The physical link to the provider; rates are in bits per second."""

    wan_access_type: str
    layer1_upstream_max_bit_rate: int
    layer1_downstream_max_bit_rate: int
    physical_link_status: str


class ConnectionTypeInfo(NamedTuple):
    """How a WAN connection works, and the types it could have, separated by commas."""

    connection_type: str
    possible_connection_types: str


class StatusInfo(NamedTuple):
    """The state of a WAN connection; ``uptime`` in seconds."""

    connection_status: str
    last_connection_error: str
    uptime: int


class NatRsipStatusInfo(NamedTuple):
    """Whether the gateway translates addresses."""

    nat_enabled: bool
    rsip_available: bool


class PortMappingEntry(NamedTuple):
    """One port mapping; ``remote_host`` None is any, ``lease_duration`` None is without end."""

    remote_host: IPv4Address | None
    external_port: int
    protocol: str
    internal_port: int
    internal_client: IPv4Address
    enabled: bool
    description: str
    lease_duration: timedelta | None


class FirewallStatus(NamedTuple):
    """The IPv6 firewall: whether it filters, and whether it lets itself be opened."""

    firewall_enabled: bool
    inbound_pinhole_allowed: bool


class Pinhole(NamedTuple):
    """One opening of the IPv6 firewall; ``protocol`` is IANA's number, ``lease_time`` in seconds."""

    remote_host: str
    remote_port: int
    internal_client: str
    internal_port: int
    protocol: int
    lease_time: int


CounterValue: TypeAlias = BaseException | int | None


class TrafficCounterState(NamedTuple):
    """The four counters at a time: each a number, the error that came instead, or None if not asked for."""

    timestamp: datetime
    bytes_received: CounterValue
    bytes_sent: CounterValue
    packets_received: CounterValue
    packets_sent: CounterValue
    bytes_received_original: CounterValue
    bytes_sent_original: CounterValue
    packets_received_original: CounterValue
    packets_sent_original: CounterValue


class IgdState(NamedTuple):
    """Everything worth watching about a gateway at a time.

    A value is what the gateway says, the error that came instead, or None where it was not asked for or
    nothing is known. Rates are means since the previous poll: kibibytes (1024 bytes) or packets per second;
    of ``..._no_rollover`` none is given where a counter has fallen.
    """

    timestamp: datetime
    bytes_received: BaseException | int | None
    bytes_sent: BaseException | int | None
    packets_received: BaseException | int | None
    packets_sent: BaseException | int | None
    connection_status: BaseException | str | None
    last_connection_error: BaseException | str | None
    uptime: BaseException | int | None
    external_ip_address: BaseException | str | None
    port_mapping_number_of_entries: BaseException | int | None
    kibibytes_per_sec_received: float | None
    kibibytes_per_sec_sent: float | None
    packets_per_sec_received: float | None
    packets_per_sec_sent: float | None
    kibibytes_per_sec_received_no_rollover: float | None
    kibibytes_per_sec_sent_no_rollover: float | None
    packets_per_sec_received_no_rollover: float | None
    packets_per_sec_sent_no_rollover: float | None


class IgdStateItem(Enum):
    """What ``IgdDevice.async_get_traffic_and_status_data`` can be asked for."""

    BYTES_RECEIVED = 1
    BYTES_SENT = 2
    PACKETS_RECEIVED = 3
    PACKETS_SENT = 4
    CONNECTION_STATUS = 5
    LAST_CONNECTION_ERROR = 6
    UPTIME = 7
    EXTERNAL_IP_ADDRESS = 8
    PORT_MAPPING_NUMBER_OF_ENTRIES = 9
    KIBIBYTES_PER_SEC_RECEIVED = 11
    KIBIBYTES_PER_SEC_SENT = 12
    PACKETS_PER_SEC_RECEIVED = 13
    PACKETS_PER_SEC_SENT = 14
    KIBIBYTES_PER_SEC_RECEIVED_NO_ROLLOVER = 15
    KIBIBYTES_PER_SEC_SENT_NO_ROLLOVER = 16
    PACKETS_PER_SEC_RECEIVED_NO_ROLLOVER = 17
    PACKETS_PER_SEC_SENT_NO_ROLLOVER = 18


class Feature(Enum):
    """What a gateway may be able to do, as ``IgdDevice.async_probe`` finds out."""

    EXTERNAL_ADDRESS = "external address"
    CONNECTION_STATUS = "connection status"
    PORT_MAPPING = "port mapping"
    TRAFFIC_COUNTERS = "traffic counters"
    PINHOLES = "IPv6 pinholes"


class CapabilityState(Enum):
    """How it stands with one feature of a gateway."""

    PRESENT = "present"
    ABSENT = "absent"
    """No service has the action."""
    REFUSED = "declared but refused"
    """The description has it, the gateway does not do it."""
    SWITCHED_OFF = "switched off"
    """The gateway could, and its owner has not allowed it."""
    UNREACHABLE = "unreachable"
    """No answer came, so nothing is known."""


class Capability(NamedTuple):
    """How it stands with one feature, and why: ``error_code`` is UPnP's, where the gateway gave one."""

    state: CapabilityState
    reason: str
    error_code: int | None = None


Capabilities: TypeAlias = Mapping[Feature, Capability]
