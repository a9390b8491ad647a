"""Which of our addresses reaches a URL: where a device there would call us back.

A connected UDP socket tells, without sending anything. For the notify server, profiles and the command line.
"""

import asyncio
import socket
import sys
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

EXTERNAL_IP: Final = "1.1.1.1"
"""An address outside, to find the interface of the default route; nothing is sent to it."""
EXTERNAL_PORT: Final = 80

IPV4_ROUTES: Final = Path("/proc/net/route")
ANY_ROUTE: Final = "00000000"

_Info: TypeAlias = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]


def get_local_ip(target_url: str | None = None) -> str:
    """Return our address, IPv4 or IPv6, towards a URL or "host:port"; towards the outside without one.

    An IPv6 link-local address has its zone. OSError if there is no route, or the host has no address.
    The name of a host is looked up, which blocks; an address is not.
    """
    host, port = _target(target_url)
    infos = _infos_of_address(host, port)
    if infos is None:
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
        except ValueError as err:
            raise _no_host(host) from err
    return _first_source(infos)[1]


async def async_get_local_ip(
    target_url: str | None = None, loop: asyncio.AbstractEventLoop | None = None
) -> tuple[socket.AddressFamily, str]:
    """Return the family and our address towards a URL or "host:port"; towards the outside without one.

    An IPv6 link-local address has its zone. OSError if there is no route, or the host has no address.
    """
    host, port = _target(target_url)
    infos = _infos_of_address(host, port)
    if infos is None:
        loop = loop or asyncio.get_running_loop()
        try:
            infos = await loop.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
        except ValueError as err:
            raise _no_host(host) from err
    return _first_source(infos)


def get_default_gateways(table: Path = IPV4_ROUTES) -> list[str]:
    """Return the IPv4 addresses of the routers of the default routes, where the system lists its routes.

    That is Linux; elsewhere, and without such a route, there are none.
    """
    try:
        lines = table.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return []
    found = []
    for line in lines[1:]:
        _name, destination, gateway, *rest = [*line.split(), "", "", ""]
        mask = rest[4] if len(rest) > 4 else ""
        if destination == mask == ANY_ROUTE and gateway != ANY_ROUTE and len(gateway) == len(ANY_ROUTE):
            found.append(str(IPv4Address(int(gateway, 16).to_bytes(4, sys.byteorder))))
    return found


def is_own_address(address: str) -> bool:
    """Tell whether an IP address, IPv6 link-local with its zone, is one of this machine."""
    try:
        infos = socket.getaddrinfo(address, 0, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST)
        family, kind, protocol, _name, bound = infos[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.bind(bound)
    except (OSError, ValueError):
        return False
    return True


def _target(url: str | None) -> tuple[str, int]:
    """Host and port of a URL, of "host:port" or of an address; OSError for text that has none."""
    if not url:
        return EXTERNAL_IP, EXTERNAL_PORT
    try:
        IPv6Address(url)
    except ValueError:
        pass
    else:
        return url, EXTERNAL_PORT
    try:
        parts = urlsplit(url if "//" in url else f"//{url}")
        # not parts.hostname: that is lower case, and the name of a zone is not
        host, port = _host(parts.netloc), parts.port
    except ValueError as err:
        raise OSError(f"No address in {url[:200]!r}: {err}") from err
    if not host:
        raise OSError(f"No host in {url[:200]!r}")
    return host, port or EXTERNAL_PORT


def _host(netloc: str) -> str:
    """Host as written, without brackets; the percent sign of a zone may be encoded (RFC 6874)."""
    netloc = netloc.rpartition("@")[2]
    if netloc.startswith("["):
        return netloc[1:].partition("]")[0].replace("%25", "%")
    return netloc.partition(":")[0]


def _no_host(host: str) -> OSError:
    """Error for a host that cannot be a name: too long, or with characters that none has."""
    return OSError(f"No host name: {host[:200]!r}")


def _infos_of_address(host: str, port: int) -> Iterable[_Info] | None:
    """Return what to connect to for an address, without a look-up; None for a name."""
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST)
    except (OSError, ValueError):
        return None


def _first_source(infos: Iterable[_Info]) -> tuple[socket.AddressFamily, str]:
    """Return the source address towards the first destination that there is a route to."""
    error: OSError | None = None
    for family, kind, protocol, _name, address in infos:
        try:
            with socket.socket(family, kind, protocol) as probe:
                probe.connect(address)
                return family, _with_zone(probe.getsockname())
        except OSError as err:
            error = err
    raise error or OSError("No address to reach")


def _with_zone(address: tuple[str, int] | tuple[str, int, int, int]) -> str:
    """Host of a socket address; one that is link-local in IPv6 with its scope id."""
    host = address[0].partition("%")[0]
    if len(address) == 4 and address[3] and IPv6Address(host).is_link_local:
        return f"{host}%{address[3]}"
    return host
