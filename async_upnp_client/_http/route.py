"""From the URL of a request to the addresses that it may go to, and from a redirect to the next URL.

`exchange` asks before each request. A name is looked up here, once, and every address that it stands for is
put before the URL policy; what is connected to is the address, so that nobody can change his mind between the
check and the connection (DNS rebinding). It must not know what sends the request.
"""

import asyncio
from collections.abc import Mapping
from typing import Final, NamedTuple

from async_upnp_client._addresses import canonical_host_of_url, get_host_string, host_header_of_url, origin_of
from async_upnp_client._headers import CaseInsensitiveDict, shown
from async_upnp_client._http.messages import fixed_host_header
from async_upnp_client._safe_hosts import is_numeric
from async_upnp_client.const import HttpRequest
from async_upnp_client.exceptions import UpnpUrlError
from async_upnp_client.url_policy import UrlPolicy

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
"""Statuses that send a request elsewhere, where they have a Location (RFC 9110 §15.4)."""

REDIRECTED_METHODS: Final = frozenset({"GET", "HEAD"})
"""Methods whose redirects are followed. A device that moves its control URL says so in its description."""

MOST_ADDRESSES: Final = 8
"""Addresses of a name that are tried one after the other: a host on two networks has four. A name with more
would only hold up the error."""

FOR_ONE_HOST: Final = ("Host", "Authorization", "Cookie", "Proxy-Authorization")
"""Headers that another server than the one they were made for must not get (RFC 9110 §15.4)."""


class Route(NamedTuple):
    """One way to send a request: the URL with the address, and the name where the URL lost it.

    `host` is what goes into the Host header, `server_name` what the certificate is to be for; None where the
    URL itself says it.
    """

    url: str
    host: str | None = None
    server_name: str | None = None


class Address(NamedTuple):
    """Where a connection goes: IP address with its zone, and port; `server_name` for TLS.

    `source` is the address of ours that it comes from, None for any.
    """

    host: str
    port: int
    server_name: str | None
    source: str | None


async def async_routes(url: str, policy: UrlPolicy) -> list[Route]:
    """Return the ways to send a request to `url`, at least one, in the order to try them.

    Raises UpnpUrlError where the policy allows none, OSError where a name cannot be looked up.
    """
    host = canonical_host_of_url(url)
    if not host:
        if url.startswith("/") and not url.startswith(("//", "/\\")):
            return [Route(url)]  # a session that has a base URL; others have no use for it, and say so
        return [Route(policy.check_address(url, ""))]
    if ":" in host or is_numeric(host):
        checked = policy.check_address(url, host)
        return [Route(checked, None if checked == url else host_header_of_url(url))]
    refused: UpnpUrlError | None = None
    routes: dict[str, Route] = {}
    server_name = host if url[:6].lower() == "https:" else None
    for address in await async_addresses(host):
        try:
            checked = policy.check_address(url, address)
        except UpnpUrlError as err:
            refused = err
        else:
            routes[checked] = Route(checked, host_header_of_url(url), server_name)
            if len(routes) == MOST_ADDRESSES:
                break
    if not routes:
        raise refused or OSError(f"{shown(host)} has no address")
    return list(routes.values())


async def async_addresses(name: str) -> list[str]:
    """Look a name up; return its addresses in the system's order of preference, with their zones."""
    found = await asyncio.get_running_loop().getaddrinfo(name, None)
    # once for each kind of socket
    return list(dict.fromkeys(get_host_string(address) for *_, address in found))  # type: ignore[arg-type]  # an address tuple of the two families


def redirect_target(request: HttpRequest, status: int, headers: Mapping[str, str]) -> str | None:
    """Return where an answer sends a request, as it says it; None if it does not, or that is not followed."""
    if status not in REDIRECTS or request.method not in REDIRECTED_METHODS:
        return None
    return headers.get("Location")


def redirected_headers(headers: Mapping[str, str], url: str, target: str) -> dict[str, str]:
    """Return the headers to send to `target` instead of `url`: nothing that was meant for `url` alone."""
    kept = CaseInsensitiveDict(headers)
    dropped = FOR_ONE_HOST if origin_of(url).lower() != origin_of(target).lower() else FOR_ONE_HOST[:1]
    for name in dropped:
        kept.pop(name, None)
    return {**fixed_host_header(target), **kept.as_dict()}


def with_host_header(headers: dict[str, str], host: str | None) -> dict[str, str]:
    """Return the headers with a Host header for a route, unless they have one."""
    if host is None or any(name.lower() == "host" for name in headers):
        return headers
    return {"Host": host, **headers}
