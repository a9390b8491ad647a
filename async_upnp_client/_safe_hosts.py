"""Which hosts of URLs that strangers send are safe to visit: not this machine, not a whole network.

``_addresses`` asks. A host can be written in many ways that all lead to the same address: as numbers in
several bases, with percent signs, in wide letters, as an IPv4 address inside an IPv6 one. All are read as
resolvers do.
"""

import unicodedata
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

FORBIDDEN: Final = frozenset(" #%/:<>?@[\\]^|")
"""Characters that end a host for some readers of URLs (WHATWG URL, forbidden host code points)."""


def is_safe_host(host: str) -> bool:
    """Whether the host of a URL, brackets removed, is neither this machine nor many, in any spelling."""
    if ":" in host:
        try:
            return is_safe_ipv6(IPv6Address(host.partition("%")[0]))
        except ValueError:
            return False
    name = unicodedata.normalize("NFKC", unquote(host)).translate(DOTS).lower().removesuffix(".")
    if not name or not name.isprintable() or not FORBIDDEN.isdisjoint(name):
        return False
    if is_numeric(name):
        address = read_ipv4(name)
        return address is not None and is_safe_ipv4(address)
    return name not in LOCAL_NAMES and not name.endswith(".localhost")


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
