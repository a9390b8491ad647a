"""Each check of the URL policy raises UpnpUrlError, or returns a URL that leads aiohttp where it may lead."""

from ipaddress import ip_address

from async_upnp_client.exceptions import UpnpUrlError
from async_upnp_client.url_policy import DEFAULT_URL_POLICY
from tests.fuzz.text import header_of
from tests.fuzz.urls import BASE, V4_SENDER, V6_SENDER, canonical, host_for_aiohttp, is_harmless

# A case is a URL, or a base, a line end, and a URL that may be relative to it.
# no datagram that is read is larger
LARGEST = 8192
ADDRESSES = ("192.168.1.30", "127.0.0.1", "::1", "169.254.169.254", "fe80::1%2", "::ffff:127.0.0.1")


def check(data: bytes) -> None:
    """Check one URL, alone and beside another."""
    first, line_end, second = header_of(data).partition("\n")
    base, url = (location(first) or BASE, second) if line_end else (BASE, first)
    _ = location(url)
    for is_redirect in (False, True):
        check_relative(base, url, is_redirect=is_redirect)
    check_addresses(url)


def location(url: str) -> str | None:
    """Check the URL of an announcement; return it as it is to be used, None if it is not to be."""
    policy = DEFAULT_URL_POLICY
    checked = None
    for sender in (V4_SENDER, V6_SENDER):
        try:
            checked = policy.check_location(url, heard_by=("0.0.0.0", 0), heard_from=sender)
        except UpnpUrlError:
            continue
        host = host_for_aiohttp(checked)
        assert host is None or is_harmless(host), (url, checked)
        assert policy.check_location(checked, heard_from=sender) == checked, (url, checked)
    return checked


def check_relative(base: str, url: str, *, is_redirect: bool) -> None:
    """Check the URL of a service, or of a redirect."""
    policy = DEFAULT_URL_POLICY
    try:
        checked = policy.check_redirect(base, url) if is_redirect else policy.check_service_url(base, url)
    except UpnpUrlError:
        return
    hosts = host_for_aiohttp(base), host_for_aiohttp(checked)
    if None in hosts or canonical(hosts[0]) == canonical(hosts[1]):
        return
    assert is_redirect, (base, url, checked)
    assert is_harmless(hosts[1] or ""), (base, url, checked)


def check_addresses(url: str) -> None:
    """Check what is connected to for a URL."""
    for address in ADDRESSES:
        try:
            checked = DEFAULT_URL_POLICY.check_address(url, address)
        except UpnpUrlError:
            continue
        host = host_for_aiohttp(checked)
        if host is None:
            continue
        connected = ip_address(host)
        mapped = getattr(connected, "ipv4_mapped", None) or connected
        assert str(mapped).partition("%")[0] == canonical(address), (url, address, checked)
        own = host_for_aiohttp(url)
        assert is_harmless(address) or own is None or not is_harmless(own), (url, address)
