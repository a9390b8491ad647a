"""A port mapping that lasts (WANIPConnection:1 §2.4.16, :2; rows G-003 to G-008).

``IgdDevice.port_mapping`` makes it. Gateways differ in leases, in what they call a conflict, and in which
ports they give; here is what to do about each of their errors. Only what is ours is replaced or deleted.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from ipaddress import IPv4Address
from typing import Final, Self

from async_upnp_client._local_ip import async_get_local_ip
from async_upnp_client.exceptions import (
    UpnpActionError,
    UpnpCommunicationError,
    UpnpConnectionError,
    UpnpError,
    UpnpValueError,
)
from async_upnp_client.profiles.igd.errors import (
    ACTION_FAILED,
    INVALID_ACTION,
    INVALID_ARGS,
    NOT_IMPLEMENTED,
    WanErrorCode,
)
from async_upnp_client.profiles.igd.lasting import LEASE, Lasting
from async_upnp_client.profiles.igd.listing import Listing
from async_upnp_client.profiles.igd.types import PortMappingEntry

TAKEN: Final = frozenset(
    {WanErrorCode.CONFLICT_IN_MAPPING_ENTRY, WanErrorCode.CONFLICT_WITH_OTHER_MECHANISMS}
)
SAME_PORT: Final = frozenset(
    {WanErrorCode.SAME_PORT_VALUES_REQUIRED, WanErrorCode.WILDCARD_NOT_PERMITTED_IN_EXT_PORT}
)

# Beside 725, devices that know no leases call them invalid arguments.
LEASE_REFUSED: Final = frozenset({WanErrorCode.ONLY_PERMANENT_LEASES_SUPPORTED, INVALID_ARGS})

# Codes of a gateway that has not got an action, whatever its description says.
NO_SUCH_ACTION: Final = frozenset({INVALID_ACTION, INVALID_ARGS, ACTION_FAILED, NOT_IMPLEMENTED})

FOR_EVER: Final = timedelta()
ANY_PORT: Final = 0
"""As external port: all that come for no other mapping."""
MOST_PORTS: Final = 32
"""External ports that are tried where the first are taken: as many as one home has programs that do this."""
LAST_PORT: Final = 65535
FIRST_FREE_PORT: Final = 1024  # ports below are the gateway's own to give (row G-008)


class PortMapping(Lasting):
    """A port of the gateway that leads to a port of a host inside, for as long as this lasts.

    `external_port` is the internal one by default; `any_port` takes the next free one where that is taken.
    `internal_client` is this machine's address by default, `remote_host` None is anybody. `lease` is what the
    gateway is asked for; one that only has mappings without end gives such a one. `on_change` is called with
    the mapping whenever ``error``, ``external_port`` or ``external_address`` has changed.
    """

    def __init__(
        self,
        gateway: Listing,
        internal_port: int,
        protocol: str = "TCP",
        *,
        external_port: int | None = None,
        internal_client: IPv4Address | str | None = None,
        remote_host: IPv4Address | None = None,
        description: str = "async-upnp-client",
        lease: timedelta = LEASE,
        any_port: bool = False,
        on_change: Callable[[Self], None] | None = None,
    ) -> None:
        super().__init__(lease, on_change)
        self.gateway = gateway
        self.internal_port = internal_port
        self.protocol = protocol.upper()
        self.external_port = internal_port if external_port is None else external_port
        """The port of the gateway; with ``any_port`` it is known once it is open."""
        self.internal_client = None if internal_client is None else IPv4Address(internal_client)
        """The host that it leads to; this machine's address is filled in when it is opened."""
        self.external_address: str | None = None
        """The external address as the gateway writes it; None before it is open or where it does not say."""
        self.remote_host = remote_host
        self.description = description
        self.any_port = any_port
        self._is_chosen = False  # whether the gateway gave the external port once
        self._port_in_flight = self.external_port  # asked for, and maybe open already

    def __str__(self) -> str:
        inside = f"{self.internal_client}:{self.internal_port}"
        return f"<PortMapping({self.protocol} {self.external_port} to {inside})>"

    def _what_is_open(self) -> object:
        return super()._what_is_open(), self.external_port, self.external_address

    # --- Opening ---

    async def _async_open(self) -> timedelta | None:
        await self._async_client()
        asked = await self._async_open_any() if self.any_port and not self._is_chosen else None
        if asked is None:
            asked = await self._async_open_one()
        self._is_chosen = True
        self.external_address = await self._async_external_address()
        return await self._async_granted(asked)

    async def _async_extend(self) -> timedelta | None:
        return await self._async_open()  # the same client overwrites its mapping (row G-004)

    async def _async_client(self) -> IPv4Address:
        if self.internal_client is None:
            try:
                address = (await async_get_local_ip(self.gateway.device.device_url))[1]
                if ":" in address:  # the gateway is known by IPv6, and maps IPv4 only
                    address = (await async_get_local_ip())[1]
                self.internal_client = IPv4Address(address)
            except (OSError, ValueError) as err:
                raise UpnpConnectionError(f"no IPv4 address of ours reaches the gateway: {err}") from err
        return self.internal_client

    async def _async_open_any(self) -> timedelta | None:
        """Let the gateway choose the port, where it can (WANIPConnection:2); return the lease asked for."""
        if not self.gateway.has_add_any_port_mapping:
            return None
        try:
            port = await self.gateway.async_add_any_port_mapping(
                self.remote_host,
                self.external_port,
                self.protocol,
                self.internal_port,
                await self._async_client(),
                True,
                self.description,
                self._lease,
            )
        except UpnpActionError:
            return None  # declared only, or with restrictions of version 1: port by port then
        except UpnpCommunicationError:
            raise
        except UpnpError:
            port = (
                None  # miniupnpd answers with another argument than it declares, and this is a strict reader
            )
        if port is None:
            port = await self._async_find()
        if port is None:
            return None
        self.external_port = self._port_in_flight = port
        return self._lease

    async def _async_find(self) -> int | None:
        """Find the mapping that the gateway made without saying where; None for none."""
        for entry in await self.gateway.async_get_port_mappings():
            if entry.protocol == self.protocol and self._is_own(entry):
                return entry.external_port
        return None

    async def _async_open_one(self) -> timedelta:
        """Open the port, or with ``any_port`` the next free one; return the lease asked for."""
        refusal: UpnpActionError | None = None
        for port in self._ports():
            try:
                lease = await self._async_add(port)
            except UpnpActionError as err:
                if err.error_code in TAKEN and self.any_port:
                    refusal = refusal or err
                    continue
                only = self._only_port(err.error_code)
                if only is None or only == port:
                    raise
                port = only  # noqa: PLW2901  # the only one that there is
                lease = await self._async_add(port)
            self.external_port = port
            return lease
        assert refusal is not None, "there is at least one port"  # noqa: S101  # for the reader and mypy
        raise refusal

    def _only_port(self, code: int | None) -> int | None:
        """Return the one external port that a gateway with restrictions has; None without ``any_port``."""
        if not self.any_port:
            return None
        if code in SAME_PORT:
            return self.internal_port
        return ANY_PORT if code == WanErrorCode.EXTERNAL_PORT_ONLY_SUPPORTS_WILDCARD else None

    def _ports(self) -> Iterator[int]:
        """Yield the external ports to try."""
        port = self.external_port
        yield port
        if self.any_port:
            for _ in range(MOST_PORTS - 1):
                port = port + 1 if port < LAST_PORT else FIRST_FREE_PORT
                yield port

    async def _async_add(self, port: int) -> timedelta:
        """Open one port, and return the lease asked for.

        Without a lease where the gateway has none; in the place of a mapping of our own that is in the way.
        """
        lease, replaced = self._lease, False
        while True:
            self._port_in_flight = port
            try:
                await self.gateway.async_add_port_mapping(
                    self.remote_host,
                    port,
                    self.protocol,
                    self.internal_port,
                    await self._async_client(),
                    True,
                    self.description,
                    lease,
                )
            except UpnpActionError as err:
                if err.error_code in LEASE_REFUSED and lease != FOR_EVER:
                    lease = FOR_EVER
                elif (
                    err.error_code == WanErrorCode.CONFLICT_IN_MAPPING_ENTRY
                    and not replaced
                    and await self._async_is_there(port)
                ):
                    replaced = True  # some gateways refuse the same client, too (row G-004)
                    await self._async_delete(port)
                else:
                    raise
            else:
                return lease

    async def _async_external_address(self) -> str | None:
        try:
            return await self.gateway.async_get_external_ip_address()
        except UpnpError:
            return self.external_address

    async def _async_granted(self, asked: timedelta) -> timedelta | None:
        """Ask what lease was granted: shorter ones are, and 0 is a week in version 2 (row G-006)."""
        try:
            entry = await self._async_entry(self.external_port)
        except UpnpError:
            entry = None
        told = None if entry is None or not self._is_own(entry) else entry.lease_duration
        if asked == FOR_EVER:
            return told
        return asked if told is None else min(told, asked)

    # --- Looking and closing ---

    async def _async_entry(self, port: int) -> PortMappingEntry | None:
        return await self.gateway.async_get_specific_port_mapping_entry(self.remote_host, port, self.protocol)

    def _is_own(self, entry: PortMappingEntry) -> bool:
        """Whether a mapping leads where ours does, or is one that we have left there."""
        return entry.internal_client == self.internal_client and (
            entry.internal_port == self.internal_port or entry.description == self.description
        )

    async def _async_is_there(self, port: int | None = None) -> bool | None:
        try:
            entry = await self._async_entry(self.external_port if port is None else port)
        except UpnpActionError as err:
            if err.error_code in NO_SUCH_ACTION:
                return None
            if err.error_code == WanErrorCode.NO_SUCH_ENTRY_IN_ARRAY:
                return False
            raise
        except UpnpValueError:
            return False  # it leads to something that is no address, and so not to us
        return None if entry is None else self._is_own(entry)

    async def _async_delete(self, port: int) -> None:
        try:
            await self.gateway.async_delete_port_mapping(self.remote_host, port, self.protocol)
        except UpnpActionError as err:
            if err.error_code != WanErrorCode.NO_SUCH_ENTRY_IN_ARRAY:
                raise

    async def _async_close(self) -> None:
        for port in {self.external_port, self._port_in_flight}:
            if await self._async_is_there(port) is not False:
                await self._async_delete(port)
