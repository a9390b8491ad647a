"""A pinhole of the IPv6 firewall that lasts (WANIPv6FirewallControl:1; rows G-015, G-016).

``IgdDevice.pinhole`` makes it. All its requests come from the very address that it opens: gateways open
nobody else's, and answer 606 (miniupnpd by design). So the gateway has to be known by an IPv6 location.
"""

from collections.abc import Callable
from datetime import timedelta
from ipaddress import IPv6Address
from typing import Final, Self

from async_upnp_client._local_ip import async_get_local_ip
from async_upnp_client.exceptions import UpnpActionError, UpnpConnectionError, UpnpError
from async_upnp_client.profiles.igd.device_calls import DeviceCalls
from async_upnp_client.profiles.igd.errors import INVALID_ACTION, NOT_IMPLEMENTED, FirewallErrorCode
from async_upnp_client.profiles.igd.lasting import LEASE, Lasting

NOT_TO_BE_RENEWED: Final = frozenset({FirewallErrorCode.NO_SUCH_ENTRY, INVALID_ACTION, NOT_IMPLEMENTED})
LONGEST_LEASE: Final = timedelta(days=1)
PROTOCOLS: Final = {"TCP": 6, "UDP": 17}
EXTERNAL_IPV6: Final = "[2606:4700:4700::1111]:80"
"""An address outside, to find ours towards it; nothing is sent to it."""


class LastingPinhole(Lasting):
    """A port of this machine that is reached through the gateway's IPv6 firewall, for as long as this lasts.

    `protocol` is TCP, UDP or IANA's number. `internal_client` is this machine's global address by default,
    `remote_host` None is anybody and `remote_port` 0 any port of theirs. `lease` is up to a day. `on_change`
    is called with the pinhole whenever ``error`` or ``pinhole_id`` has changed.
    """

    def __init__(
        self,
        firewall: DeviceCalls,
        internal_port: int,
        protocol: str | int = "TCP",
        *,
        internal_client: IPv6Address | str | None = None,
        remote_host: IPv6Address | None = None,
        remote_port: int = 0,
        lease: timedelta = LEASE,
        on_change: Callable[[Self], None] | None = None,
    ) -> None:
        if not timedelta(seconds=1) <= lease <= LONGEST_LEASE:
            raise ValueError(f"the lease of a pinhole is from a second to a day, not {lease}")
        super().__init__(lease, on_change)
        self.firewall = firewall
        self.internal_port = internal_port
        self.protocol = PROTOCOLS[protocol.upper()] if isinstance(protocol, str) else protocol
        self.internal_client = None if internal_client is None else IPv6Address(internal_client)
        """The address that it opens; this machine's global one is filled in when it is opened."""
        self.remote_host = remote_host
        self.remote_port = remote_port
        self.pinhole_id: int | None = None
        """The number that the gateway gave it; None before it is open."""
        self._is_in_flight = False  # asked for, and not known whether it is open

    def __str__(self) -> str:
        return f"<LastingPinhole({self.protocol} [{self.internal_client}]:{self.internal_port})>"

    def _what_is_open(self) -> object:
        return super()._what_is_open(), self.pinhole_id

    async def _async_client(self) -> IPv6Address:
        if not self.firewall.is_reached_by_ipv6:
            raise UpnpError(
                f"{self.firewall.device.device_url} is no IPv6 location: a pinhole has to be asked for from "
                "the address that it opens"
            )
        if self.internal_client is None:
            try:
                address = IPv6Address((await async_get_local_ip(EXTERNAL_IPV6))[1].partition("%")[0])
            except (OSError, ValueError) as err:
                raise UpnpConnectionError(f"this machine has no global IPv6 address: {err}") from err
            self.internal_client = address
        return self.internal_client

    async def _async_open(self) -> timedelta | None:
        self.pinhole_id = await self._async_add(await self._async_client())
        if self.pinhole_id is None:
            raise UpnpError("the gateway has no IPv6 firewall to open, or did not say what it opened")
        return self._lease

    async def _async_add(self, client: IPv6Address) -> int | None:
        """Ask for it; the same values again only extend it, and give the same id (row G-015)."""
        self._is_in_flight = True
        try:
            pinhole = await self.firewall.async_add_pinhole(
                self.remote_host, self.remote_port, client, self.internal_port, self.protocol, self._lease
            )
        except UpnpActionError:
            self._is_in_flight = False
            raise
        self._is_in_flight = False
        return pinhole

    async def _async_extend(self) -> timedelta | None:
        if self.pinhole_id is None:
            return await self._async_open()
        try:
            await self.firewall.async_update_pinhole(
                self.pinhole_id, self._lease, source=self.internal_client
            )
        except UpnpActionError as err:
            if err.error_code not in NOT_TO_BE_RENEWED:
                raise
            return await self._async_open()
        return self._lease

    async def _async_is_there(self) -> bool | None:
        if self.pinhole_id is None:
            return False
        try:
            await self.firewall.async_get_pinhole_packets(self.pinhole_id, source=self.internal_client)
        except UpnpActionError as err:
            return False if err.error_code == FirewallErrorCode.NO_SUCH_ENTRY else None
        return True

    async def _async_close(self) -> None:
        pinhole, self.pinhole_id = self.pinhole_id, None
        if pinhole is None and self._is_in_flight and self.internal_client is not None:
            # cancelled before the answer came: asking again tells which one it was
            pinhole = await self._async_add(self.internal_client)
        if pinhole is None:
            return
        try:
            await self.firewall.async_delete_pinhole(pinhole, source=self.internal_client)
        except UpnpActionError as err:
            if err.error_code != FirewallErrorCode.NO_SUCH_ENTRY:
                raise
