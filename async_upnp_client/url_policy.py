"""Which URLs of strangers are followed, and what is connected to: one object, which callers may replace.

Discovery asks it about LOCATION, description about the URLs of services, icons and pages, HTTP about
redirects and about the address that it is going to connect to. Without it any packet could make this
machine send requests to itself, or to what trusts it. It looks nothing up, and must not know what a URL is
for.
"""

import re
from functools import lru_cache
from typing import Final

from async_upnp_client._addresses import (
    LOCATION_CHARACTERS,
    URLS_REMEMBERED,
    absolute_url,
    canonical_host_of_url,
    host_and_zone,
    inherit_zone,
    is_valid_location,
    origin_of,
    same_host,
    scope_id,
    with_host,
    zone_of_url,
)
from async_upnp_client._headers import shown
from async_upnp_client._safe_hosts import canonical_host, is_safe_host, is_this_machine
from async_upnp_client.const import AddressTupleVXType
from async_upnp_client.exceptions import UpnpUrlError

# What nearly every device announces, told at a glance, since a flood of forged announcements has a new one
# in each: a dotted quad that is neither this machine's (0, 127) nor link-local (169.254) nor a whole
# network's (224 and above), a port, a path. Whatever else is as good is looked at more closely.
PLAIN_LOCATION: Final = re.compile(
    r"http://(?:[1-9]|[1-9]\d|1[013-5]\d|12[0-689]|16[0-8]|1[7-9]\d|2[01]\d|22[0-3])"
    r"(?:\.(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])){3}"
    r"(?::(?:[1-9]\d{0,3}|[1-5]\d{4}))?/[\w/.~?&=+,;:-]{0,200}",
    re.ASCII,
)


class UrlPolicy:
    """The rules for URLs that a peer chose; each check returns the URL to use, or raises UpnpUrlError.

    URLs are judged and returned in canonical form: `http://0x7f.1/`, `http://[::ffff:127.0.0.1]/` and
    `http://127.0.0.1./` are one. What a caller asks for by itself, as with
    `UpnpFactory.async_create_device`, is not judged: `http://127.0.0.1:8080/d.xml` is fetched then, and so
    are its services.

    Subclass it to be stricter or more lenient, and hand it to those who take a `url_policy`. The checks
    must not wait, and should be quick: they run for each packet that announces a new location, each URL of
    a description, and each request.
    """

    def check_location(
        self,
        url: str,
        *,
        heard_by: AddressTupleVXType | None = None,
        heard_from: AddressTupleVXType | None = None,
    ) -> str:
        """Check the URL of a description that a stranger announces (UDA 2.0 §1.2.2).

        `heard_by` is the address that the listener was told to listen on, `heard_from` that of the sender.
        Any other machine of the network may be announced; this one (loopback) only where both are loopback
        addresses: a device on this machine. Whole networks (unspecified, multicast, broadcast) and IPv4
        link-local addresses are refused, as is an IPv6 zone other than that it was heard from.
        """
        if PLAIN_LOCATION.fullmatch(url):
            return url
        if not is_valid_location(url) and not (
            is_loopback(heard_by) and is_loopback(heard_from) and leads_to_this_machine(url)
        ):
            raise refusal(url)
        if "%" in url and heard_from is not None and (zone := zone_of_url(url)) is not None:
            number = heard_from[3] if len(heard_from) == 4 else 0
            if scope_id(zone) != number:
                raise UpnpUrlError(f"URL {shown(url)} names another zone than it was heard from")
        return canonical_url(url)

    def check_service_url(self, location: str, url: str) -> str:
        """Check the SCPDURL, controlURL or eventSubURL of a service described at `location` (UDA 2.0 §2.3).

        It has to be on the host of the description, whatever the port. An IPv6 zone is inherited. A path is
        on that host by itself, and not asked about.
        """
        absolute = absolute_url(location, url)
        if not is_same_host(location, absolute):
            raise UpnpUrlError(f"URL {shown(url)} is not on the host of {shown(location)}")
        return inherit_zone(location, canonical_url(absolute))

    def check_page_url(self, location: str, url: str) -> str:
        """Check the URL of an icon or of the presentation page: as for a service.

        The library fetches neither; whoever only shows them to people may want to be more lenient.
        """
        return self.check_service_url(location, url)

    def check_redirect(self, url: str, target: str) -> str:
        """Check where a request to `url` is redirected to.

        The same host, with any port, is fine. So is another one that could be announced as a location, as a
        redirect gives no more power than that; not if `url` leads to this machine, whose answers no other
        should speak for. An IPv6 zone is inherited, and cannot be changed.
        """
        absolute = absolute_url(url, target)
        if not is_same_host(url, absolute):
            if leads_to_this_machine(url) or not is_valid_location(absolute):
                raise UpnpUrlError(f"Redirect from {shown(url)} to {shown(target)} is not followed")
            if zone_of_url(absolute) not in {None, zone_of_url(url)}:
                raise UpnpUrlError(f"Redirect from {shown(url)} to {shown(target)} names another zone")
        return inherit_zone(url, canonical_url(absolute))

    def check_address(self, url: str, ip: str) -> str:
        """Check an address that the host of `url` stands for, just before it is connected to.

        `ip` has its zone, if it has one. Returns the URL with the address in place of the host. A host that
        is an address stands for itself, and `localhost` for this machine; any other name must not lead
        where a location must not, however it was come by: names can be made to change what they stand for.
        """
        host, address = canonical_host_of_url(url), canonical_host(ip)
        if host != address or not host:
            is_allowed = is_this_machine if is_this_machine(host) else is_safe_host
            if not host or not is_allowed(address):
                raise UpnpUrlError(f"URL {shown(url)} leads to {shown(ip)}, which is not connected to")
        return with_host(url, address)


DEFAULT_URL_POLICY: Final = UrlPolicy()


def canonical_url(url: str) -> str:
    """Return a URL of http or https with its host in canonical form; UpnpUrlError for any other."""
    host = canonical_host_of_url(url)
    if not host:
        raise refusal(url)
    return with_host(url, host)


def is_same_host(base_url: str, url: str) -> bool:
    """Whether a URL of http or https is on a host: the same, or by another of this machine's names."""
    if not canonical_host_of_url(url):
        return False
    if origin_of(base_url) == origin_of(url):
        return True
    return same_host(base_url, url) or (leads_to_this_machine(base_url) and leads_to_this_machine(url))


def leads_to_this_machine(url: str) -> bool:
    """Whether the host of a URL of http or https is a loopback address, or a name for one."""
    return is_this_machine(canonical_host_of_url(url))


def is_loopback(address: AddressTupleVXType | None) -> bool:
    """Whether a socket address is one that only this machine can use."""
    return address is not None and is_this_machine(address[0])


def refusal(url: str) -> UpnpUrlError:
    """Return the error for a URL that a stranger gave."""
    # a flood repeats a few; what is too long to be a location is not remembered
    explain = why_refused if len(url) <= LOCATION_CHARACTERS else why_refused.__wrapped__
    return UpnpUrlError(f"URL {explain(url)}")


@lru_cache(URLS_REMEMBERED)
def why_refused(url: str) -> str:
    """Say what is wrong with the host of a URL."""
    if not canonical_host_of_url(url):
        reason = "is no URL of http or https with a host"
    elif leads_to_this_machine(url):
        reason = "leads to this machine"
    elif is_safe_host(host_and_zone(url)[0]):
        reason = "is too long, or cannot be printed"
    else:
        reason = "does not lead to one machine of the network"
    return f"{shown(url)} {reason}"
