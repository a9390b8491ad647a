"""Pinholes in the IPv6 firewall of a virtual gateway (WANIPv6FirewallControl:1 §2.5).

``device`` has one book of them, ``services`` opens and closes at the wish of control points. Must not know
how it was asked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv6Address

from async_upnp_client.profiles.igd.errors import NOT_AUTHORISED, FirewallErrorCode
from async_upnp_client.virtual.gateway.faults import refused


@dataclass(slots=True)
class OpenPinhole:
    """An opening, for one flow; ``packets`` is what has come through, ``expires`` by the clock."""

    flow: tuple[str, int, str, int, int]
    """Remote host and port, internal client and port, protocol."""
    expires: float
    packets: int = 0

    @property
    def client(self) -> str:
        """The host inside that it is for."""
        return self.flow[2]


class Pinholes:
    """The pinholes of a gateway, by their numbers."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._book: dict[int, OpenPinhole] = {}
        self._last_id = 0
        self.is_enabled = True
        """Whether the firewall filters: 702 where it does not."""
        self.is_inbound_allowed = True
        """Whether it lets itself be opened: 703 where it does not."""
        self.protocols: set[int] | None = {6, 17, 136}
        """The protocols that it knows: 705 for others, 707 for any; None for all."""
        self.only_for_caller = True
        """Whether a pinhole is for the address that asks only: 606 otherwise."""
        self.most = 100
        """How many there is room for: 701 then."""

    def all(self) -> dict[int, OpenPinhole]:
        """Return those that have not ended, by number, and forget the others."""
        now = self._clock()
        self._book = {number: one for number, one in self._book.items() if one.expires > now}
        return dict(self._book)

    def forget(self) -> None:
        """Have none any more, as after a restart."""
        self._book.clear()

    def check_open(self) -> None:
        """Refuse where the firewall is off, or its owner does not allow pinholes."""
        if not self.is_enabled:
            raise refused(FirewallErrorCode.FIREWALL_DISABLED)
        if not self.is_inbound_allowed:
            raise refused(FirewallErrorCode.INBOUND_PINHOLE_NOT_ALLOWED)

    def check_flow(self, flow: tuple[str, int, str, int, int], caller: str | None) -> None:
        """Refuse a flow that this firewall does not open, or not for the caller."""
        _, _, client, port, protocol = flow
        if protocol == 65535 and self.protocols is not None:
            raise refused(FirewallErrorCode.PROTOCOL_WILDCARDING_NOT_ALLOWED)
        if self.protocols is not None and protocol not in self.protocols:
            raise refused(FirewallErrorCode.PROTOCOL_NOT_SUPPORTED)
        if port == 0:
            raise refused(FirewallErrorCode.INTERNAL_PORT_WILDCARDING_NOT_ALLOWED)
        self.check_caller(client, caller)

    def check_caller(self, client: str, caller: str | None) -> None:
        """Refuse where a pinhole is not the caller's."""
        if self.only_for_caller and caller is not None and not same_host(client, caller):
            raise refused(NOT_AUTHORISED)

    def add(self, flow: tuple[str, int, str, int, int], lease: int, caller: str | None = None) -> int:
        """Open it for `lease` seconds, and return its number; the same flow again only lasts longer."""
        self.check_open()
        self.check_flow(flow, caller)
        there = next((number for number, one in self.all().items() if one.flow == flow), None)
        if there is not None:
            self._book[there].expires = self._clock() + lease
            return there
        if len(self._book) >= self.most:
            raise refused(FirewallErrorCode.PINHOLE_SPACE_EXHAUSTED)
        self._last_id = self._last_id % 65535 + 1
        self._book[self._last_id] = OpenPinhole(flow, self._clock() + lease)
        return self._last_id

    def find(self, number: int, caller: str | None = None) -> OpenPinhole:
        """Return a pinhole; 704 where there is none such, 606 where it is not the caller's."""
        found = self.all().get(number)
        if found is None:
            raise refused(FirewallErrorCode.NO_SUCH_ENTRY)
        self.check_caller(found.client, caller)
        return found

    def update(self, number: int, lease: int, caller: str | None = None) -> None:
        """Have a pinhole last `lease` seconds from now on. Refusals as of ``find``."""
        self.find(number, caller).expires = self._clock() + lease

    def delete(self, number: int, caller: str | None = None) -> None:
        """Close a pinhole. Refusals as of ``find``."""
        self.find(number, caller)
        del self._book[number]

    def let_through(self, number: int, packets: int) -> None:
        """Count packets that came through a pinhole."""
        self.find(number).packets += packets


def same_host(one: str, other: str) -> bool:
    """Tell whether two texts are the same address."""
    try:
        return IPv6Address(one) == IPv6Address(other.partition("%")[0])
    except AddressValueError:
        return one == other
