"""UDA 2.0 §4.1.1: where the events of a subscriber may go.

Whoever may subscribe could otherwise have us send to any third party, inside or outside ("CallStranger",
CVE-2020-12695). ``server.http`` asks before a subscription is granted, the requester before it connects.
"""

from collections.abc import Iterable

from async_upnp_client._addresses import (
    absolute_url,
    canonical_host_of_url,
    host_header,
    with_host,
    with_zone,
    without_zone,
)
from async_upnp_client._headers import shown
from async_upnp_client._networks import is_near, read_address
from async_upnp_client.exceptions import UpnpUrlError
from async_upnp_client.url_policy import UrlPolicy


def allowed_callbacks(urls: Iterable[str], subscriber: str) -> list[str]:
    """Return those callbacks that events may go to, for a subscriber at an address, in their order.

    One that is only a path is on the subscriber's host. An address has to be near the subscriber's; a name
    is taken, and judged by what it stands for when it is called (E-010). A link-local one is in the zone in
    which the subscriber is to us, whatever it is to him.
    """
    base, zone = f"http://{host_header(subscriber, None)}/", subscriber.partition("%")[2]
    found = []
    for url in urls:
        absolute = without_zone(absolute_url(base, url))
        if zone:
            absolute = with_zone(absolute, zone)
        host = canonical_host_of_url(absolute) if absolute[:5].lower() == "http:" else ""
        if host and (read_address(host) is None or is_near(host, subscriber)):
            found.append(absolute)
    return found


class CallbackPolicy(UrlPolicy):
    """What the requester of a device at `own_host` may connect to: what was allowed, and near names."""

    def __init__(self, own_host: str) -> None:
        self._own_host = own_host

    def check_address(self, url: str, ip: str) -> str:
        """Check an address just before it is connected to; UpnpUrlError for a name that leads far away."""
        if read_address(canonical_host_of_url(url)) is None and not is_near(ip, self._own_host):
            raise UpnpUrlError(f"Callback {shown(url)} leads to {shown(ip)}, which is not on our networks")
        return with_host(url, ip)
