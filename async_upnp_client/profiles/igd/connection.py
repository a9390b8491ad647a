"""WAN connections of a gateway: which there are, and which is the right one (IGD §2, Layer3Forwarding:1).

``selection`` asks the gateway and ranks by what is here, ``caller`` finds its services by it. A gateway may
have several, in several devices, PPP beside IP; most of them are often not connected. Pure: asks nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import Final

from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client.service import UpnpService
from async_upnp_client.profiles._versions import version

IP_CONNECTION: Final = "urn:schemas-upnp-org:service:WANIPConnection:"
PPP_CONNECTION: Final = "urn:schemas-upnp-org:service:WANPPPConnection:"

# miniupnpd says Up where the standard has Connected
CONNECTED: Final = frozenset({"connected", "up"})

SHARED: Final = IPv4Network("100.64.0.0/10")
"""What a provider gives to customers who share an address (RFC 6598)."""


class AddressKind(Enum):
    """What an external address is worth to somebody who wants to be reached."""

    PUBLIC = "public"
    CARRIER_NAT = "shared with others by the provider (carrier-grade NAT)"
    PRIVATE = "private: there is another router in front"
    NONE = "none"


def address_kind(text: str | None) -> AddressKind:
    """Tell what an external address is worth; one that is empty, 0.0.0.0 or no address counts as none."""
    try:
        address = IPv4Address((text or "").strip())
    except AddressValueError:
        return AddressKind.NONE
    if address.is_unspecified:
        return AddressKind.NONE
    if address in SHARED:
        return AddressKind.CARRIER_NAT
    return AddressKind.PUBLIC if address.is_global else AddressKind.PRIVATE


@dataclass(frozen=True, slots=True)
class WanConnection:
    """One WAN connection of a gateway, with what is known of it.

    `status` and `external_ip_address` are the gateway's words, None where it did not say; `error` is why.
    `is_default` tells whether Layer3Forwarding names it.
    """

    service: UpnpService
    is_default: bool = False
    status: str | None = None
    external_ip_address: str | None = None
    error: BaseException | None = None

    @property
    def is_connected(self) -> bool:
        """Whether the gateway says that it is connected."""
        return (self.status or "").strip().lower() in CONNECTED

    @property
    def address_kind(self) -> AddressKind:
        """What its external address is worth."""
        return address_kind(self.external_ip_address)

    @property
    def is_behind_nat(self) -> bool:
        """Whether a mapped port is most likely not reached from the internet: another NAT is in front."""
        return self.address_kind in (AddressKind.CARRIER_NAT, AddressKind.PRIVATE)

    @property
    def rank(self) -> tuple[bool, ...]:
        """What to sort by, best last: connected, with an address, a public one, the default, answering."""
        kind = self.address_kind
        return (
            self.is_connected,
            kind is not AddressKind.NONE,
            kind is AddressKind.PUBLIC,
            self.is_default,
            self.error is None,
            version(self.service.service_type) > 1,
        )

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it ranks where it does, in words."""
        status = "does not say whether it is connected" if self.status is None else f"is {self.status}"
        kind = self.address_kind
        address = "has no external address"
        if kind is AddressKind.PUBLIC:
            address = f"has the external address {self.external_ip_address}"
        elif kind is not AddressKind.NONE:
            address = f"has the external address {self.external_ip_address}, {kind.value}"
        words = ["is connected" if self.is_connected else status, address]
        if self.is_default:
            words.append("is the gateway's default connection")
        if self.error is not None:
            words.append(f"did not answer: {self.error!r}")
        return tuple(words)


def wan_services(device: UpnpDevice) -> list[UpnpService]:
    """Return the services of all WAN connections, wherever they are: IP before PPP, newest version first."""
    found = device.all_services
    ordered: list[UpnpService] = []
    for kind in (IP_CONNECTION, PPP_CONNECTION):
        of_kind = [service for service in found if service.service_type.startswith(kind)]
        ordered += sorted(of_kind, key=lambda service: version(service.service_type), reverse=True)
    return ordered


def is_named_by(service: UpnpService, default: str | None) -> bool:
    """Tell whether Layer3Forwarding's text names a service.

    It is ``uuid:<of the device>:WANConnectionDevice:1,urn:upnp-org:serviceId:<id>``; devices leave out the
    type, or the UUID's prefix, and those with one connection name anything.
    """
    device, _, service_id = (default or "").strip().rpartition(",")
    if service_id.strip() != service.service_id:
        return False
    udn = service.device.udn.lower().removeprefix("uuid:")
    return device.strip().lower().removeprefix("uuid:").startswith(udn)


def ranked(connections: Iterable[WanConnection]) -> list[WanConnection]:
    """Return connections, the best first; equals in the order they came."""
    return sorted(connections, key=lambda connection: connection.rank, reverse=True)
