"""Which addresses are near: on our own networks, and not somewhere in the internet.

The device side answers only those, and sends events only there: otherwise anybody could have it flood a third
party (UDA 2.0 §1.3.3, §4.1.1; CVE-2020-12695, "CallStranger"). Nothing is looked up here.
"""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from async_upnp_client._safe_hosts import canonical_host

# RFC 1918, link-local, and what providers put between themselves and their customers (RFC 6598)
PRIVATE_IPV4: Final = tuple(
    ip_network(network)
    for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10")
)
# unique local addresses and link-local ones (RFC 4193, RFC 4291)
PRIVATE_IPV6: Final = tuple(ip_network(net) for net in ("fc00::/7", "fe80::/10"))

# Bits that addresses of one public network have in common. The mask is not known here; these are what one
# segment has as a rule, and are narrow rather than wide.
SEGMENT_BITS_IPV4: Final = 24
SEGMENT_BITS_IPV6: Final = 64

ADDRESSES_REMEMBERED: Final = 256
"""Pairs that are remembered: those who search are few, and search often."""


@lru_cache(ADDRESSES_REMEMBERED)
def is_near(host: str, own_host: str) -> bool:
    """Tell whether an address is on a network of ours, as `own_host` is; False for a name.

    Private addresses are near each other, also across routed subnets (E-009); loopback is near to itself
    alone; public ones are if they are of one segment.
    """
    address, own = read_address(host), read_address(own_host)
    if address is None or own is None or address.is_multicast or address.is_unspecified:
        return False
    if address.is_loopback or own.is_loopback:
        return address.is_loopback and own.is_loopback
    if is_private(address):
        # a public address of ours has private neighbours as well: those behind the same router
        return True
    if isinstance(address, IPv4Address) and isinstance(own, IPv4Address):
        return int(address) >> (32 - SEGMENT_BITS_IPV4) == int(own) >> (32 - SEGMENT_BITS_IPV4)
    if isinstance(address, IPv6Address) and isinstance(own, IPv6Address):
        return int(address) >> (128 - SEGMENT_BITS_IPV6) == int(own) >> (128 - SEGMENT_BITS_IPV6)
    return False


def is_private(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is one that the internet does not carry."""
    nets = PRIVATE_IPV4 if address.version == 4 else PRIVATE_IPV6
    return any(address in net for net in nets)


def read_address(host: str) -> IPv4Address | IPv6Address | None:
    """Return the address that a text is, without its zone; None for what is none."""
    try:
        return ip_address(canonical_host(host).partition("%")[0])
    except ValueError:
        return None
