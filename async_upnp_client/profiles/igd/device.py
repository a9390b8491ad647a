"""The Internet gateway as applications see it (IGD:1 and IGD:2): all its calls, and what lasts.

Each part stands in a module of its own; here they become one class.
"""

from collections.abc import Callable
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address

from async_upnp_client.profiles.igd.connection_settings import ConnectionSettings
from async_upnp_client.profiles.igd.lasting import LEASE
from async_upnp_client.profiles.igd.listing import Listing
from async_upnp_client.profiles.igd.pinhole import LastingPinhole
from async_upnp_client.profiles.igd.port_mapping import PortMapping
from async_upnp_client.profiles.igd.probe import Probe
from async_upnp_client.profiles.igd.selection import Selection


class IgdDevice(Selection, Listing, Probe, ConnectionSettings):
    """An Internet gateway: a router with InternetGatewayDevice:1 or :2 in its tree.

    Where it has several WAN connections, calls mean the best one (``async_select_connection``); where it has
    not got an action, the result is None. It is asked one thing at a time.
    """

    def port_mapping(
        self,
        internal_port: int,
        protocol: str = "TCP",
        *,
        external_port: int | None = None,
        internal_client: IPv4Address | str | None = None,
        remote_host: IPv4Address | None = None,
        description: str = "async-upnp-client",
        lease: timedelta = LEASE,
        any_port: bool = False,
        on_change: Callable[[PortMapping], None] | None = None,
    ) -> PortMapping:
        """Give a port mapping that lasts: ``async with igd.port_mapping(8080) as mapping: ...``.

        It is opened at the beginning, renewed at half of its lease, opened anew after the gateway has
        restarted, and deleted at the end, on cancellation too. The external port is the internal one by
        default; with `any_port` the next free one. It leads to this machine unless `internal_client` is
        another. `on_change` is called when it is lost, is back, or has moved.
        """
        return PortMapping(
            self,
            internal_port,
            protocol,
            external_port=external_port,
            internal_client=internal_client,
            remote_host=remote_host,
            description=description,
            lease=lease,
            any_port=any_port,
            on_change=on_change,
        )

    def pinhole(
        self,
        internal_port: int,
        protocol: str | int = "TCP",
        *,
        internal_client: IPv6Address | str | None = None,
        remote_host: IPv6Address | None = None,
        remote_port: int = 0,
        lease: timedelta = LEASE,
        on_change: Callable[[LastingPinhole], None] | None = None,
    ) -> LastingPinhole:
        """Give a pinhole in the IPv6 firewall that lasts: ``async with igd.pinhole(8080) as pinhole: ...``.

        As with ``port_mapping``. It opens a port of this machine's global address, and asks from that: the
        gateway has to be known by an IPv6 location. ValueError for a lease beyond a day.
        """
        return LastingPinhole(
            self,
            internal_port,
            protocol,
            internal_client=internal_client,
            remote_host=remote_host,
            remote_port=remote_port,
            lease=lease,
            on_change=on_change,
        )
