"""Which interfaces this machine has, and by which of their addresses SSDP uses them.

`ssdp_interfaces` looks here again and again, as interfaces come and go. Python cannot list addresses itself;
`ifaddr` asks the system for them (Linux, BSD, macOS, Windows) without code that has to be compiled. Must not
open sockets, nor know what is done with an interface.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Interface, IPv6Address, IPv6Interface, ip_address, ip_interface
from typing import TYPE_CHECKING, Final, TypeAlias

from async_upnp_client.const import AddressTupleVXType

if TYPE_CHECKING:
    import ifaddr

Configured: TypeAlias = IPv4Interface | IPv6Interface

FAMILIES: Final = (4, 6)

LOOK_SECONDS: Final = 5.0
"""Seconds between two looks at the interfaces: soon enough for people who plug in a cable. Each asks the
system once, which takes a fraction of a millisecond."""


@dataclass(frozen=True, slots=True)
class Interface:
    """An interface of this machine, in one address family: what one socket is for.

    `name` is the system's (``eth0``), `index` its number there, `source` the address of ours to bind to.
    `networks` are the networks that its addresses of that family are in; they make no other interface.
    """

    name: str
    index: int
    source: AddressTupleVXType
    networks: tuple[str, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        return f"{self.name} ({self.source[0]})"

    @property
    def is_of_site(self) -> bool:
        """Whether it has an IPv6 address by which more than its own link is reached (UDA 2.0 Annex A)."""
        networks = (ip_interface(network).network for network in self.networks)
        return any(network.version == 6 and not network.is_link_local for network in networks)

    def reaches(self, host: str) -> bool:
        """Tell whether an IP address, with or without a zone, is in one of the networks."""
        try:
            address = ip_address(host.partition("%")[0])
        except ValueError:
            return False
        return any(address in ip_interface(network).network for network in self.networks)


def usable_interfaces(wanted: Collection[str] | None = None) -> list[Interface]:
    """Return the interfaces that there are now, each once for IPv4 and once for IPv6; OSError if unknown.

    Without `wanted` all but loopback ones; with it those whose name, or an address of which, is in it.
    Whether an interface is up shows when it is used.
    """
    # here: it loads ctypes, which a program that listens on one address has no use for
    import ifaddr  # noqa: PLC0415

    try:
        return list(interfaces_of(ifaddr.get_adapters(), wanted))
    except (AssertionError, ValueError) as err:  # an interface without a netmask, or with an odd one
        raise OSError(f"The interfaces cannot be read: {err}") from err


def interfaces_of(adapters: Iterable[ifaddr.Adapter], wanted: Collection[str] | None) -> Iterator[Interface]:
    """Make interfaces of what the system lists."""
    for name, index, addresses in merged(adapters):
        is_wanted = wanted is not None and name in wanted
        for family in FAMILIES:
            of_family = [address for address in addresses if address.version == family]
            chosen = [address for address in of_family if is_chosen(address, is_wanted, wanted)]
            if chosen:
                source = min(chosen, key=rank).ip
                networks = tuple(str(address.network) for address in of_family)
                yield Interface(name, index, source_of(str(source), index), networks)


def merged(adapters: Iterable[ifaddr.Adapter]) -> Iterator[tuple[str, int, list[Configured]]]:
    """Yield name, number and addresses of each interface.

    Linux lists an address that has a label (``eth0:1``) as an interface that has no number.
    """
    listed = list(adapters)
    for adapter in listed:
        if adapter.index is None:
            continue
        labelled = (other for other in listed if other.index is None and is_label(other.name, adapter.name))
        ips = [*adapter.ips, *(ip for other in labelled for ip in other.ips)]
        # Windows names interfaces by numbers in braces; what people see is the nice name
        name = adapter.name if not adapter.name.startswith("{") else adapter.nice_name
        yield name, adapter.index, [configured(ip) for ip in ips]


def is_label(name: str, base: str) -> bool:
    """Whether a name is that of an interface with a label."""
    return name.startswith(f"{base}:")


def configured(ip: ifaddr.IP) -> Configured:
    """Return an address with the length of its network's prefix."""
    text = ip.ip if isinstance(ip.ip, str) else ip.ip[0].partition("%")[0]
    return ip_interface(f"{text}/{ip.network_prefix}")


def is_chosen(address: Configured, is_wanted: bool, wanted: Collection[str] | None) -> bool:
    """Whether to use an address, of an interface that is wanted by its name or not."""
    if address.ip.is_unspecified or address.ip.is_multicast:
        return False
    return not address.ip.is_loopback if wanted is None else is_wanted or str(address.ip) in wanted


def rank(address: Configured) -> tuple[bool, int]:
    """Sort what to speak from: IPv6 from its link-local address, as its group is (UDA 2.0 Annex A); IPv4 not.

    Of several the lowest, so that it stays the same.
    """
    return address.ip.is_link_local != (address.version == 6), int(address.ip)


def source_of(host: str, index: int) -> AddressTupleVXType:
    """Return the address to bind to."""
    return (host, 0, 0, index) if isinstance(ip_address(host), IPv6Address) else (host, 0)
