"""Port mappings of a virtual gateway, which end with their leases (WANIPConnection:1 §2.4.14-18, :2).

``device`` has one book of them, ``wan`` opens and closes at the wish of control points. Who may do what, and
which error says no, is decided here. Must not know how it was asked.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from ipaddress import AddressValueError, IPv4Address
from typing import Final

from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.profiles.igd.errors import ACTION_FAILED, INVALID_ARGS, NOT_AUTHORISED, WanErrorCode
from async_upnp_client.virtual.gateway.faults import GatewayFaults, refused

WEEK: Final = 604_800
"""The longest lease in seconds, and that of who asks for one without end, in version 2."""
FIRST_FREE_PORT: Final = 1024
LAST_PORT: Final = 65_535

Key = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class Mapping:
    """A port of the gateway that leads to a host inside; ``expires`` is by the clock, None for never."""

    remote_host: str
    external_port: int
    protocol: str
    internal_port: int
    internal_client: str
    enabled: bool = True
    description: str = ""
    expires: float | None = None

    @property
    def key(self) -> Key:
        """What there is one mapping of."""
        return self.remote_host, self.external_port, self.protocol

    def seconds_left(self, now: float) -> int:
        """Return what is left of the lease, in seconds; 0 for a mapping without end."""
        return 0 if self.expires is None else max(round(self.expires - now), 1)


class PortMappings:
    """The mappings of a gateway, in the order in which they were opened."""

    def __init__(
        self, clock: Callable[[], float], faults: GatewayFaults, version: int, on_change: Callable[[], None]
    ) -> None:
        self._clock = clock
        self._faults = faults
        self._version = version
        self._on_change = on_change
        self._book: dict[Key, Mapping] = {}
        self.changes = 0
        """How often they have changed: the SystemUpdateID of WANIPConnection:2."""

    def __len__(self) -> int:
        """Return how many there are, as of now."""
        return len(self.all())

    def all(self) -> list[Mapping]:
        """Return those that have not ended, and forget the others."""
        now = self._clock()
        ended = [m.key for m in self._book.values() if m.expires is not None and m.expires <= now]
        for key in ended:
            del self._book[key]
        if ended:
            self._changed()
        return list(self._book.values())

    @property
    def next_end(self) -> float | None:
        """When the next one ends, by the clock; None for never."""
        return min((m.expires for m in self._book.values() if m.expires is not None), default=None)

    def forget(self) -> None:
        """Have none any more, as after a restart."""
        self._book.clear()
        self._changed()

    def _changed(self) -> None:
        self.changes += 1
        self._on_change()

    def find(self, remote_host: str, external_port: int, protocol: str) -> Mapping | None:
        """Return a mapping, None where there is none such."""
        return next((m for m in self.all() if m.key == (remote_host, external_port, protocol)), None)

    # --- Opening ---

    def add(self, wanted: Mapping, lease: int, caller: str | None = None) -> Mapping:
        """Open a port for `lease` seconds, 0 for ever, in the place of the same client's."""
        self._check(wanted, lease, caller)
        there = self.find(*wanted.key)
        if there is not None and (
            there.internal_client != wanted.internal_client or self._faults.no_overwriting
        ):
            raise refused(WanErrorCode.CONFLICT_IN_MAPPING_ENTRY)
        if wanted.external_port in self._faults.reserved_ports:
            raise self._refused(WanErrorCode.CONFLICT_WITH_OTHER_MECHANISMS, ACTION_FAILED)
        if there is None and len(self) >= self._faults.most_mappings:
            raise self._refused(WanErrorCode.NO_PORT_MAPS_AVAILABLE, ACTION_FAILED)
        if self._version > 1:
            lease = min(lease or WEEK, WEEK)
        opened = replace(wanted, expires=self._clock() + lease if lease else None)
        self._book[opened.key] = opened
        self._changed()
        return opened

    def add_any(self, wanted: Mapping, lease: int, caller: str | None = None) -> Mapping:
        """Open that port, or the next one that is free; 728 where none is."""
        first = wanted.external_port or FIRST_FREE_PORT
        for port in (*range(first, LAST_PORT + 1), *range(FIRST_FREE_PORT, first)):
            there = self.find(wanted.remote_host, port, wanted.protocol)
            if port not in self._faults.reserved_ports and (
                there is None or there.internal_client == wanted.internal_client
            ):
                return self.add(replace(wanted, external_port=port), lease, caller)
        raise refused(WanErrorCode.NO_PORT_MAPS_AVAILABLE)

    def _check(self, wanted: Mapping, lease: int, caller: str | None) -> None:
        """Refuse what this gateway does not do at all."""
        faults = self._faults
        hosts = [host for host in (wanted.internal_client, wanted.remote_host) if host]
        if not wanted.internal_client or not all(map(is_address, hosts)):
            raise refused(INVALID_ARGS)
        if self._is_foreign(wanted, caller) or self._is_reserved(wanted, caller):
            raise refused(NOT_AUTHORISED)
        if wanted.internal_port == 0:
            raise self._refused(WanErrorCode.WILDCARD_NOT_PERMITTED_IN_INT_PORT, INVALID_ARGS)
        if faults.only_external_port_0 and wanted.external_port != 0:
            raise refused(WanErrorCode.EXTERNAL_PORT_ONLY_SUPPORTS_WILDCARD)
        if not faults.only_external_port_0 and wanted.external_port == 0:
            raise refused(WanErrorCode.WILDCARD_NOT_PERMITTED_IN_EXT_PORT)
        if faults.no_remote_host and wanted.remote_host:
            raise refused(WanErrorCode.REMOTE_HOST_ONLY_SUPPORTS_WILDCARD)
        if faults.needs_remote_host and not wanted.remote_host:
            raise refused(WanErrorCode.WILDCARD_NOT_PERMITTED_IN_SRC_IP)
        if faults.same_ports and wanted.external_port != wanted.internal_port:
            raise refused(WanErrorCode.SAME_PORT_VALUES_REQUIRED)
        if faults.lease_refusal is not None and lease:
            raise refused(faults.lease_refusal)

    def _refused(self, code: int, code_of_version_1: int) -> UpnpActionError:
        """Return the error of a code that only version 2 has."""
        return refused(code if self._version > 1 else code_of_version_1)

    def _is_foreign(self, mapping: Mapping, caller: str | None) -> bool:
        return self._faults.only_for_caller and caller is not None and mapping.internal_client != caller

    def _is_reserved(self, mapping: Mapping, caller: str | None) -> bool:
        ports = (mapping.external_port, mapping.internal_port)
        is_low = any(0 < port < FIRST_FREE_PORT for port in ports)
        return self._faults.only_for_caller and caller is not None and is_low

    # --- Closing ---

    def delete(
        self, remote_host: str, external_port: int, protocol: str, caller: str | None = None
    ) -> Mapping:
        """Close a port; 714 where it is not open, 606 where it is not the caller's to close."""
        found = self.find(remote_host, external_port, protocol)
        if found is None:
            raise refused(WanErrorCode.NO_SUCH_ENTRY_IN_ARRAY)
        if self._is_foreign(found, caller):
            raise refused(NOT_AUTHORISED)
        del self._book[found.key]
        self._changed()
        return found

    def within(
        self, start: int, end: int, protocol: str, *, manage: bool, caller: str | None
    ) -> list[Mapping]:
        """Return the mappings of a range of ports: the caller's own, or with `manage` those of all.

        733 for a range that ends before it starts, 606 where others' are not for the caller, 730 for none.
        """
        if start > end:
            raise refused(WanErrorCode.INCONSISTENT_PARAMETERS)
        if manage and self._faults.only_for_caller:
            raise refused(NOT_AUTHORISED)
        found = [
            mapping
            for mapping in self.all()
            if start <= mapping.external_port <= end
            and mapping.protocol == protocol
            and (manage or caller is None or mapping.internal_client == caller)
        ]
        if not found:
            raise refused(WanErrorCode.PORT_MAPPING_NOT_FOUND)
        return found

    # --- Listing ---

    def at(self, index: int) -> Mapping:
        """Return the mapping at an index, from 0 on; 713, or what is set instead, beyond the last."""
        found = self.all()
        if self._faults.list_repeats and found:
            index %= len(found)
        if index >= len(found):
            raise refused(self._faults.list_end)
        if index in self._faults.list_unreadable:
            return replace(found[index], internal_client="some-host.lan")
        return found[index]


def is_address(text: str) -> bool:
    """Tell whether a text is an IPv4 address."""
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True
