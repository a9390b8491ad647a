"""Addresses: socket address tuples, hosts, ports, URLs and their IPv6 zones (UDA 2.0 §1, Annex A).

Every chapter builds and compares its URLs and HOST headers here, and learns which URLs of strangers are safe
to visit. A zone (``%3``, ``%eth0``) says by which interface a link-local address is reached: it is kept in
URLs that are connected to, and never sent. Must not know what any address is for.
"""

import contextlib
import re
import socket
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address
from pathlib import Path
from typing import Final, TypeGuard
from urllib.parse import SplitResult, urljoin, urlsplit

from async_upnp_client._headers import shown
from async_upnp_client._safe_hosts import canonical_host, is_safe_host
from async_upnp_client.const import AddressTupleV4Type, AddressTupleV6Type, AddressTupleVXType, IPvXAddress
from async_upnp_client.exceptions import UpnpError

# URLs and locations that a network of a few hundred devices keeps using. The keys are text of peers, each up
# to 64 KiB in a datagram, so the bound is what keeps the memory small in a flood.
URLS_REMEMBERED: Final = 512
# The URLs of devices have some 50 to 200 characters; what is ten times that long is meant to fill memory.
LOCATION_CHARACTERS: Final = 2048
# The scope id of a socket address is an unsigned number of 32 bits.
HIGHEST_SCOPE_ID: Final = 0xFFFFFFFF
# Addresses of this machine, each with the number of its interface; Linux only.
IF_INET6: Final = Path("/proc/net/if_inet6")
LINK_LOCAL: Final = IPv6Network("fe80::/10")
PORT: Final = re.compile(r":[0-9]{1,5}")
BRACKETED: Final = re.compile(r"\[[^\[\]]+\](:[0-9]*)?")
# What nearly all descriptions are at, and have for URLs: nothing to be resolved but `/path`.
ORIGIN: Final = re.compile(r"https?://[A-Za-z0-9_.:-]+(?=[/?#]|\Z)")
PLAIN_PATH: Final = re.compile(r"(?:/(?![/.])[A-Za-z0-9_.~%-]*+)+")
SCHEMES: Final = frozenset({"http", "https"})


def is_ipv4_address(addr: AddressTupleVXType) -> TypeGuard[AddressTupleV4Type]:
    """Whether it is the tuple of an IPv4 address: host and port."""
    return len(addr) == 2


def is_ipv6_address(addr: AddressTupleVXType) -> TypeGuard[AddressTupleV6Type]:
    """Whether it is the tuple of an IPv6 address: host, port, flow and scope id."""
    return len(addr) == 4


def is_multicast(addr: AddressTupleVXType) -> bool:
    """Whether the host is a multicast group; a name is none."""
    try:
        return ip_address(addr[0].partition("%")[0]).is_multicast
    except ValueError:
        return False


def get_host_string(addr: AddressTupleVXType) -> str:
    """Host of an address, with its zone if it is an IPv6 address that has one: ``fe80::1%3``."""
    host = addr[0]
    if len(addr) == 4 and addr[3] and "%" not in host:
        return f"{host}%{addr[3]}"
    return host


def get_host_port_string(addr: AddressTupleVXType) -> str:
    """Host, with its zone, and port: ``192.168.1.2:1900``, ``[fe80::1%3]:1900``."""
    host = get_host_string(addr)
    return f"[{host}]:{addr[1]}" if ":" in host else f"{host}:{addr[1]}"


def host_header(host: str, port: int | None) -> str:
    """Host and port as HOST headers and URLs have them: IPv6 in brackets and without its zone (RFC 3986)."""
    name = f"[{host.partition('%')[0]}]" if ":" in host else host
    return name if port is None else f"{name}:{port}"


@lru_cache(URLS_REMEMBERED)
def host_header_of_url(url: str) -> str:
    """HOST header for a URL: its port as written, no user name, no zone; UpnpError if it has no host."""
    parts = split_url(url)
    if parts is None or not parts.hostname:
        raise UpnpError(f"No URL with a host: {shown(url)}")
    netloc = parts.netloc.rpartition("@")[2]
    before, bracket, after = netloc.partition("]")
    return before.partition("%")[0] + bracket + after if bracket else netloc


def split_url(url: str) -> SplitResult | None:
    """Take a URL apart; None if it cannot be: unpaired brackets, no number as port, a host that misleads."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # raises for a port that is no number, or too large
    except ValueError:
        return None
    # Programs do not agree where the host begins beside a backslash or a blank, nor beside odd brackets; nor
    # whether control characters belong to a URL, which `urlsplit` drops.
    if "\\" in parts.netloc or " " in parts.netloc or not url.isprintable():
        return None
    host = parts.netloc.rpartition("@")[2]
    return None if ("[" in host or "]" in host) and not BRACKETED.fullmatch(host) else parts


def host_and_zone(url: str) -> tuple[str, str | None]:
    """Host of a URL, in lower case, and its zone as written; "" if it has no host or is no URL."""
    parts = split_url(url)
    name = (parts.hostname if parts else None) or ""
    if ":" not in name:
        return name, None
    host, _percent, zone = name.partition("%")
    return host, zone or None


def zone_of_url(url: str) -> str | None:
    """Zone of the URL's host, number or name, if it is an IPv6 address that has one."""
    return host_and_zone(url)[1] if "%" in url else None


def without_zone(url: str) -> str:
    """Return the URL as it may be sent: without a zone, otherwise as it is."""
    zone = zone_of_url(url)
    return url if zone is None else url.replace(f"%{zone}]", "]", 1)


@lru_cache(URLS_REMEMBERED)
def with_zone(url: str, zone: str) -> str:
    """Give the host of a URL a zone, if it is a link-local IPv6 address that has none."""
    host, own_zone = host_and_zone(url)
    parts = split_url(url)
    if parts is None or own_zone is not None or not is_link_local(host):
        return url
    port = parts.netloc.rpartition("]")[2]
    return parts._replace(netloc=f"[{host}%{zone}]{port}").geturl()


def get_adjusted_url(url: str, addr: AddressTupleVXType) -> str:
    """Give the link-local host of a URL the zone from which it was heard; otherwise the URL as it is.

    Devices send no zone, as it is of no meaning to others; without it the URL cannot be connected to.
    """
    if len(addr) == 4 and addr[3] and "[" in url:
        return with_zone(url, str(addr[3]))
    return url


def inherit_zone(base_url: str, url: str) -> str:
    """Give a link-local host that has no zone the zone by which the description was reached."""
    zone = zone_of_url(base_url) if "[" in url else None
    return url if zone is None else with_zone(url, zone)


def is_link_local(host: str) -> bool:
    """Whether the host is a link-local IPv6 address, with or without a zone."""
    try:
        return IPv6Address(host.partition("%")[0]) in LINK_LOCAL
    except ValueError:
        return False


def fix_ipv6_address_scope_id(address: AddressTupleVXType | None) -> AddressTupleVXType | None:
    """Move the zone of an IPv6 host into the scope id, unless that is set: ("fe80::1%3", 80, 0, 0).

    The name of an interface becomes its number, or 0 if there is no such interface.
    """
    if address is None or len(address) != 4:
        return address
    host, percent, zone = address[0].partition("%")
    if not percent:
        return address
    return (host, address[1], address[2], address[3] or scope_id(zone))


def scope_id(zone: str) -> int:
    """Scope id for a zone: the number itself, or that of the interface with this name; 0 if there is none."""
    if zone.isascii() and zone.isdecimal():
        number = int(zone) if len(zone) <= len(str(HIGHEST_SCOPE_ID)) else 0
        return number if number <= HIGHEST_SCOPE_ID else 0
    try:
        return socket.if_nametoindex(zone)
    except (OSError, ValueError):
        return 0


def ip_port_from_address_tuple(address_tuple: AddressTupleVXType) -> tuple[IPvXAddress, int]:
    """IP address, with its zone if it has one, and port; ValueError if the host is a name."""
    return ip_address(get_host_string(address_tuple)), address_tuple[1]


def split_address(text: str) -> AddressTupleVXType:
    """Read an address that a person wrote; the port is 0 if it has none.

    ``192.168.1.2``, ``192.168.1.2:1900``, ``fd00::2``, ``fe80::1%eth0``, ``[fe80::1%2]:1900``.
    Raises UpnpError if it is no IP address, and for the zone of an interface that does not exist.
    """
    host, port = text, ":0"
    if text.startswith("["):
        host, _bracket, port = text[1:].partition("]")
        if text.endswith("]"):
            port = ":0"
    elif text.count(":") == 1:
        host, _colon, number = text.partition(":")
        port = f":{number}"
    host, percent, zone = host.partition("%")
    try:
        version: int = ip_address(host).version
    except ValueError:
        version = 0
    if not version or (version == 4 and percent) or not PORT.fullmatch(port) or int(port[1:]) > 65535:
        raise UpnpError(f"No IP address: {text!r}")
    if version == 4:
        return (host, int(port[1:]))
    scope = scope_id(zone)
    if percent and not scope:
        raise UpnpError(f"No interface {zone!r} for the address {text!r}")
    return (host, int(port[1:]), 0, scope)


def canonical_address(address: AddressTupleVXType) -> AddressTupleVXType:
    """Return the address with its zone as scope id, and in its canonical spelling."""
    host, *rest = fix_ipv6_address_scope_id(address) or address
    try:
        ip = ip_address(host)
    except ValueError as err:
        raise UpnpError(f"No IP address: {shown(host)}") from err
    if (ip.version == 6) != (len(address) == 4):
        raise UpnpError(f"No address of its family: {address}")
    return (str(ip), *rest)  # type: ignore[return-value]  # mypy loses the length of the tuple


def with_interface(source: AddressTupleV6Type, target: AddressTupleV6Type) -> AddressTupleV6Type:
    """Complete the target's scope id from the source, where it needs one; UpnpError if that cannot be.

    An address that is not link-local, as source, needs none itself: it says by itself which interface it is.
    """
    if is_link_local(source[0]) and not source[3]:
        raise UpnpError(f"Source needs a scope id: {source}")
    scope = target[3] or source[3]
    if is_multicast(target):
        scope = scope or interface_of(source[0])
        if not scope and IPv6Address(source[0]).is_unspecified:
            raise UpnpError(f"Source or target needs a scope id: {source}, {target}")
    elif not is_link_local(target[0]):
        return target
    elif not scope:
        raise UpnpError(f"Target needs a scope id: {target}")
    return (*target[:3], scope)


def interface_of(host: str) -> int:
    """Return the number of the interface that has this IPv6 address; 0 where the system does not tell."""
    wanted = IPv6Address(host).packed.hex()
    with contextlib.suppress(OSError):
        for line in IF_INET6.read_text("ascii").splitlines():
            address, number, *_ = line.split()
            if address == wanted:
                return int(number, 16)
    return 0


def absolute_url(device_url: str, url: str) -> str:
    """Resolve a URL of a description against the description's own (RFC 3986 §5); what cannot be is kept."""
    if url.startswith(("http:", "https:")):
        return url
    # `urljoin` takes five times as long
    if PLAIN_PATH.fullmatch(url) and (origin := ORIGIN.match(device_url)):
        return origin[0] + url
    try:
        return urljoin(device_url, url)
    except ValueError:
        return url


@lru_cache(URLS_REMEMBERED)
def is_valid_location(location: str) -> bool:
    """Whether the URL of a description that a stranger announces is safe to visit.

    It has to be of http or https, in any case, with a host that is neither this machine nor a whole network:
    otherwise any packet could make this machine send requests to itself. Other hosts of the network,
    link-local IPv6 addresses and names are fine.
    """
    if len(location) > LOCATION_CHARACTERS or not location.isprintable():
        return False
    parts = split_url(location)
    # a leading blank is cut by some readers of URLs and not by others
    if parts is None or parts.scheme not in SCHEMES or location.startswith(" "):
        return False
    return is_safe_host(parts.hostname or "")


def same_host(base_url: str, url: str) -> bool:
    """Whether a URL of a description is on the host the description came from; the port may be another.

    An IPv6 zone is known only to this machine: a URL of the device may lack it, and must not bring another.
    """
    base_host, base_zone = host_and_zone(base_url)
    host, zone = host_and_zone(url)
    if not host or zone not in {None, base_zone}:
        return False
    return host == base_host or "" != canonical_host(host) == canonical_host(base_host)


def origin_of(url: str) -> str:
    """Return the part of an absolute URL before its path: scheme, user name, host and port."""
    # the shortest that can stand before a path is "http://" and one character
    end = url.find("/", 8)
    return url if end < 0 else url[:end]


def canonical_host_of_url(url: str) -> str:
    """Host of a URL of http or https in its canonical form, with its zone; "" if it is no such URL."""
    origin = origin_of(url)
    # what is remembered is short, and printable, or it is no host
    if len(origin) > LOCATION_CHARACTERS or not url.isprintable() or origin.startswith(" "):
        return ""
    return canonical_host_of_origin(origin)


@lru_cache(URLS_REMEMBERED)
def canonical_host_of_origin(origin: str) -> str:
    """Canonical host of what `origin_of` returns."""
    parts = split_url(origin)
    if parts is None or parts.scheme not in SCHEMES:
        return ""
    return canonical_host(parts.hostname or "")


def with_host(url: str, host: str) -> str:
    """Put a host, which has no brackets, in the place of that of an absolute URL; user and port stay."""
    origin = origin_of(url)
    changed = origin_with_host(origin, host)
    return url if changed == origin else changed + url[len(origin) :]


@lru_cache(URLS_REMEMBERED)
def origin_with_host(origin: str, host: str) -> str:
    """Do for what `origin_of` returns what `with_host` does for URLs."""
    parts = urlsplit(origin)
    user, at, netloc = parts.netloc.rpartition("@")
    port = netloc.rpartition("]")[2] if "]" in netloc else "".join(netloc.partition(":")[1:])
    name = f"[{host}]" if ":" in host else host
    rest = origin[len(f"{parts.scheme}://{parts.netloc}") :]
    return f"{parts.scheme}://{user}{at}{name}{port}{rest}"


def canonical_ip(host: str) -> str:
    """Text of an IP address in its shortest form; what is none is returned as it is."""
    try:
        return str(ip_address(host))
    except ValueError:
        return host


@lru_cache(URLS_REMEMBERED)
def ip_version_from_location(location: str) -> int | None:
    """Version of the IP address in a URL: 4 or 6; None for a name, and for what is no URL."""
    try:
        return ip_address(host_and_zone(location)[0]).version
    except ValueError:
        return None
