"""Which hosts of URLs that strangers send are safe to visit: not this machine, not a whole network.

``_addresses`` asks. A host can be written in many ways that all lead to the same address: as numbers in
several bases, with percent signs, in wide letters, as an IPv4 address inside an IPv6 one. All are read as
resolvers do.
"""

import unicodedata
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final
from urllib.parse import unquote

LOCAL_NAMES: Final = frozenset(
    {
        "localhost",
        "localhost.localdomain",
        "localhost6",
        "localhost6.localdomain6",
        "ip6-localhost",
        "ip6-loopback",
    }
)
"""Names of this machine that the host files of common systems have (RFC 6761 §6.3, Debian, Fedora)."""

THIS_NETWORK: Final = IPv4Network("0.0.0.0/8")
"""Reaches this machine on Linux, all of it (RFC 1122 §3.2.1.3)."""

NAT64: Final = IPv6Network("64:ff9b::/96")
"""Carried to the IPv4 address in its last 32 bits (RFC 6052)."""

DOTS: Final = str.maketrans("。．｡", "...")  # noqa: RUF001  # these letters are the point
"""Full stops that names may be written with in other scripts (RFC 3490 §3.1)."""

LONGEST_HOST: Final = 1024
"""Characters of a host: a name has up to 253, three times that with percent signs; more would fill memory."""

HOSTS_REMEMBERED: Final = 512
"""Hosts that a network of a few hundred devices keeps using."""

FORBIDDEN: Final = frozenset(" #%/:<>?@[\\]^|")
"""Characters that end a host for some readers of URLs (WHATWG URL, forbidden host code points)."""


def is_safe_host(host: str) -> bool:
    """Whether the host of a URL, brackets removed, is neither this machine nor many, in any spelling."""
    name = canonical_host(host)
    if ":" in name:
        return is_safe_ipv6(IPv6Address(name.partition("%")[0]))
    if is_numeric(name):
        return is_safe_ipv4(IPv4Address(name))
    return bool(name) and not is_local_name(name)


def is_this_machine(host: str) -> bool:
    """Whether the host, in any spelling, is a loopback address or one of this machine's own names."""
    return is_loopback(canonical_host(host))


@lru_cache(HOSTS_REMEMBERED)
def is_loopback(name: str) -> bool:
    """Whether a host in its canonical form is this machine."""
    if ":" in name:
        return IPv6Address(name.partition("%")[0]).is_loopback
    if is_numeric(name):
        return IPv4Address(name).is_loopback
    return is_local_name(name)


def is_local_name(name: str) -> bool:
    """Whether a name in its canonical form is this machine's everywhere (RFC 6761 §6.3)."""
    return name in LOCAL_NAMES or name.endswith(".localhost")


def canonical_host(host: str) -> str:
    """Return the one spelling of a host, brackets removed, that all its others stand for; "" if it is none.

    Addresses are in their shortest form, with the zone if they have one, IPv4 addresses in IPv6 ones (mapped)
    are IPv4. Names are in lower case, without a dot at the end.
    """
    return "" if len(host) > LONGEST_HOST else read_host(host)


@lru_cache(HOSTS_REMEMBERED)
def read_host(host: str) -> str:
    """Do what `canonical_host` does, for a host that is not too long to be remembered."""
    if ":" in host:
        text, percent, zone = host.partition("%")
        try:
            address = IPv6Address(text)
        except ValueError:
            return ""
        return str(address.ipv4_mapped or f"{address}{percent}{zone}")
    name = unicodedata.normalize("NFKC", unquote(host)).translate(DOTS).lower().removesuffix(".")
    if not name.isprintable() or not FORBIDDEN.isdisjoint(name) or not all(name.split(".")):
        return ""
    if is_numeric(name):
        return str(read_ipv4(name) or "")
    return name


def is_numeric(name: str) -> bool:
    """Whether resolvers read the name as an IPv4 address: its last part is a number."""
    last = name.rpartition(".")[2]
    return last.isdecimal() or (last.startswith("0x") and all(c in "0123456789abcdef" for c in last[2:]))


def read_ipv4(name: str) -> IPv4Address | None:
    """Read an IPv4 address as inet_aton does: one to four numbers, decimal, octal (0) or hexadecimal (0x)."""
    parts = name.split(".")
    if len(parts) > 4 or not all(part.isalnum() and part.isascii() and len(part) <= 12 for part in parts):
        return None
    try:
        numbers = [int(part, base_of(part)) for part in parts]
    except ValueError:
        return None
    # the last number fills all the bytes that are left
    value = numbers.pop()
    if value >= 256 ** (4 - len(numbers)) or any(number > 255 for number in numbers):
        return None
    for position, number in enumerate(numbers):
        value += number << (24 - 8 * position)
    return IPv4Address(value)


def base_of(number: str) -> int:
    """Return the base of a number, as C reads it."""
    if number.startswith("0x"):
        return 16
    return 8 if number.startswith("0") else 10


def is_safe_ipv4(address: IPv4Address) -> bool:
    """Whether the address belongs to one other machine, and is not link-local: clouds keep secrets there."""
    return not (
        address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address in THIS_NETWORK
    )


def is_safe_ipv6(address: IPv6Address) -> bool:
    """Whether the address belongs to one other machine; so does a link-local one, which devices announce."""
    if address.is_loopback or address.is_unspecified or address.is_multicast:
        return False
    carried = address.ipv4_mapped or address.sixtofour
    if address in NAT64 or int(address) >> 32 == 0:
        carried = IPv4Address(int(address) & 0xFFFFFFFF)
    return carried is None or is_safe_ipv4(carried)
