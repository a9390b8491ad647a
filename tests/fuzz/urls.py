"""No URL raises but UpnpError; one that is safe, or on the same host, is so for what connects to it, too."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import unquote

from yarl import URL

from async_upnp_client._addresses import (
    absolute_url,
    get_adjusted_url,
    host_header_of_url,
    inherit_zone,
    ip_version_from_location,
    is_valid_location,
    same_host,
    split_address,
    without_zone,
    zone_of_url,
)
from async_upnp_client.const import AddressTupleVXType
from async_upnp_client.exceptions import UpnpError
from tests.fuzz.text import header_of

# A case is a URL, or a base, a line end, and a URL that may be relative to it.
BASE = "http://192.168.1.20:8080/dir/description.xml"
V4_SENDER: AddressTupleVXType = ("192.168.1.20", 1900)
V6_SENDER: AddressTupleVXType = ("fe80::20", 1900, 0, 3)
# no datagram that is read is larger
LARGEST = 8192


def check(data: bytes) -> None:
    """Check one URL, alone and beside another."""
    first, line_end, second = header_of(data).partition("\n")
    base, url = (first, second) if line_end else (BASE, first)
    check_safety(url)
    check_texts(url)
    absolute = absolute_url(base, url)
    for other in (url, absolute):
        check_same_host(base, other)
        inherited = inherit_zone(base, other)
        assert zone_of_url(inherited) in (zone_of_url(other), zone_of_url(base))


def check_safety(location: str) -> None:
    """What is safe to visit has a host, for aiohttp, that is neither this machine nor many."""
    if is_valid_location(location) and (host := host_for_aiohttp(location)) is not None:
        assert host, location
        assert is_harmless(host), (location, host)
        ip_version_from_location(location)


def check_same_host(base: str, url: str) -> None:
    """What is on the same host is so for aiohttp."""
    if same_host(base, url):
        assert is_on_same_host(base, url), (base, url)


def check_texts(url: str) -> None:
    """What is made of a URL: to be sent without zone, and with the zone of a link-local sender to be used."""
    assert get_adjusted_url(url, V4_SENDER) == url
    adjusted = get_adjusted_url(url, V6_SENDER)
    assert adjusted == url or zone_of_url(adjusted) == "3", adjusted
    # tabs and line ends inside a URL are cut by some readers; no policy lets them pass
    assert zone_of_url(without_zone(url)) is None or not url.isprintable(), url
    ip_version_from_location(url)
    try:
        header = host_header_of_url(url)
    except UpnpError:
        pass
    else:
        assert header, url
        assert header.isprintable(), header
        assert "@" not in header, header
        assert "%" not in header.partition("]")[0] or not header.startswith("["), header
    try:
        address = split_address(url)
    except UpnpError:
        return
    assert ip_address(address[0]).version == (4 if len(address) == 2 else 6)
    assert 0 <= address[1] <= 65535


def is_on_same_host(base: str, url: str) -> bool:
    """Tell whether two URLs lead aiohttp to one host; it does not follow one that it refuses."""
    hosts = host_for_aiohttp(base), host_for_aiohttp(url)
    return None in hosts or canonical(hosts[0]) == canonical(hosts[1])


def host_for_aiohttp(url: str) -> str | None:
    """Return the host that aiohttp connects to; None where it refuses the URL."""
    try:
        return URL(url).host
    except ValueError:
        return None


def canonical(host: str | None) -> str:
    """Return a host without its zone and the dot of its root, an address in one spelling."""
    text = (host or "").lower()
    text = text.partition("%")[0] if ":" in text else unquote(text).removesuffix(".")
    try:
        address = ip_address(text)
    except ValueError:
        try:
            return socket.inet_ntoa(socket.inet_aton(text))
        except (OSError, ValueError):
            return text
    return str(getattr(address, "ipv4_mapped", None) or address)


def is_harmless(host: str) -> bool:
    """Tell whether a host is another machine, and one: by what the system's resolver makes of numbers."""
    text = canonical(host)
    try:
        address = ip_address(text)
    except ValueError:
        return not f".{text.rstrip('.')}".endswith(".localhost")
    if isinstance(address, IPv6Address):
        return not (address.is_loopback or address.is_unspecified or address.is_multicast)
    return not (
        address.is_loopback or address.is_unspecified or address.is_multicast or address.is_link_local
    ) and address != IPv4Address("255.255.255.255")
