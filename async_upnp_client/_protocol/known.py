"""UDA chapter 1: the devices that the tracker knows, as a mapping of UDNs.

Those heard lately are at hand. Of the others, of which there may be ten thousand, those that nobody holds are
put away as tuples of atoms, in which the garbage collector finds nothing to look through, and are made
again when they are heard or asked for. So its pauses do not grow with what others send.
"""

from collections import deque
from collections.abc import Callable, Iterator, MutableMapping
from heapq import merge
from typing import Any, Final, TypeAlias
from weakref import getweakrefcount, ref

from async_upnp_client._protocol.ssdp_device import DEADLINE, IS_CONFIRMED, NEXT_CHECK, NUMBER, SsdpDevice
from async_upnp_client.const import UniqueDeviceName
from async_upnp_client.limits import Limits

# Devices at hand: those that speak at the same time, so that none is put away between two messages of a
# burst. Each is some objects for the collector.
AT_HAND: Final = 32
# Sets of types remembered to be kept once: those of the models that there are.
KINDS_SHARED: Final = 256

# Devices are in as many tables: when one of ten thousand entries grows, a message waits for it.
TABLES: Final = 16

PutAway: TypeAlias = tuple[Any, ...]


class Table(dict[Any, Any]):
    """A dict that the garbage collector always has.

    It leaves plain ones out while they have nothing for it, looks through all that they have as soon as
    something is put in, and takes that for new as long as they are.
    """

    __slots__ = ()


class KnownDevices(MutableMapping[UniqueDeviceName, SsdpDevice]):
    """Devices by UDN, in the order in which they came.

    A device that is held, or of which a user has noted something, stays the same object. `on_gone` is told of
    each that is deleted, whoever does it.
    """

    __slots__ = ("_at_hand", "_count", "_kinds", "_limits", "_number", "_on_gone", "_tables")

    def __init__(self, limits: Limits, on_gone: Callable[[SsdpDevice], None]) -> None:
        self._limits = limits
        self._on_gone = on_gone
        self._tables: tuple[dict[UniqueDeviceName, SsdpDevice | PutAway], ...] = tuple(
            Table() for _ in range(TABLES)
        )
        self._count = 0
        self._number = 0  # of the device that came last
        self._at_hand: deque[SsdpDevice] = deque()
        self._kinds: dict[tuple[Any, ...], tuple[Any, ...]] = Table()

    def __getitem__(self, udn: UniqueDeviceName) -> SsdpDevice:
        device: SsdpDevice | None = self.get(udn)
        if device is None:
            raise KeyError(udn)
        return device

    def __setitem__(self, udn: UniqueDeviceName, device: SsdpDevice) -> None:
        table = self._tables[hash(udn) % TABLES]
        known = table.get(udn)
        if known is None:
            self._count += 1
            self._number += 1
            device.number = self._number
        else:
            device.number = number_of(known)
        table[udn] = device
        self._at_hand.append(device)
        if len(self._at_hand) > AT_HAND:
            self._put_away(self._at_hand.popleft())

    def __delitem__(self, udn: UniqueDeviceName) -> None:
        self.remove(udn)

    def __contains__(self, udn: object) -> bool:
        return udn in self._tables[hash(udn) % TABLES]

    def __iter__(self) -> Iterator[UniqueDeviceName]:
        return (udn for udn, _ in merge(*map(dict.items, self._tables), key=number_of_entry))

    def __len__(self) -> int:
        return self._count

    def __repr__(self) -> str:
        return repr(dict(self))

    def get(self, udn: UniqueDeviceName, default: Any = None) -> Any:
        """Return a device, or the default."""
        device = self._tables[hash(udn) % TABLES].get(udn, default)
        return self._take_out(udn, device) if isinstance(device, tuple) else device

    def remove(self, udn: UniqueDeviceName) -> SsdpDevice:
        """Delete a device, and return it."""
        known = self._tables[hash(udn) % TABLES].pop(udn)
        self._count -= 1
        device = SsdpDevice.restored(known, self._limits) if isinstance(known, tuple) else known
        self._on_gone(device)
        return device

    def clear(self) -> None:
        """Delete all."""
        for udn in tuple(self):
            del self[udn]

    def next_check(self, udn: UniqueDeviceName) -> float | None:
        """Return when to look at a device, without taking it out; None if it is not known."""
        device = self._tables[hash(udn) % TABLES].get(udn)
        if isinstance(device, tuple):
            return device[NEXT_CHECK]  # type: ignore[no-any-return]  # it is what was put there
        return None if device is None else device.next_check

    def deadline(self, udn: UniqueDeviceName) -> float:
        """Return until when a known device counts, without taking it out."""
        device = self._tables[hash(udn) % TABLES][udn]
        return device[DEADLINE] if isinstance(device, tuple) else device.deadline

    def is_confirmed(self, udn: UniqueDeviceName) -> bool:
        """Return whether a known device has been heard more than once, without taking it out."""
        device = self._tables[hash(udn) % TABLES][udn]
        return device[IS_CONFIRMED] if isinstance(device, tuple) else device.is_confirmed

    def _take_out(self, udn: UniqueDeviceName, put_away: PutAway) -> SsdpDevice:
        device = SsdpDevice.restored(put_away, self._limits)
        self[udn] = device
        return device

    def _put_away(self, device: SsdpDevice) -> None:
        """Put a device away, if that loses nothing: nobody would notice that it is another object after."""
        udn = device.udn
        table = self._tables[hash(udn) % TABLES]
        if table.get(udn) is not device or getweakrefcount(device):
            return
        put_away = device.put_away(self._share)
        if put_away is None:
            return
        held = ref(device)
        table[udn] = put_away
        del device
        still = held()
        if still is not None:
            table[udn] = still

    def _share(self, kinds: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return an equal tuple that is kept already, or this one."""
        if len(self._kinds) >= KINDS_SHARED:
            self._kinds.clear()
        return self._kinds.setdefault(kinds, kinds)


def number_of(known: SsdpDevice | PutAway) -> int:
    """Return the place of a device among others, without taking it out."""
    return known[NUMBER] if isinstance(known, tuple) else known.number


def number_of_entry(entry: tuple[UniqueDeviceName, SsdpDevice | PutAway]) -> int:
    """Return the same of what a table has."""
    return number_of(entry[1])
