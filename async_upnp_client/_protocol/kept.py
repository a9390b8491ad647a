"""UDA chapter 1: what the tracker keeps of messages, and what it may cost.

Messages of a device, and of devices of a kind, say mostly the same: equal values are kept once. What
messages have beyond the ordinary is counted, and cut where it is too much. Knows what headers are called,
and no devices.
"""

from collections.abc import Mapping
from typing import Any, Final

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._protocol.ssdp_device import SsdpDevice

# Values remembered to be kept once, and how long they may be: those of the latest two hundred messages,
# among them the others of the same device, and what all have in common. More would cost memory and gain
# nothing.
VALUES_SHARED: Final = 1024
SHARED_LENGTH: Final = 256

# What an ordinary message takes at most, counting its characters and this for each header: eighteen
# headers, with what the decoder adds, and eight hundred characters.
ORDINARY_BYTES: Final = 2048
BYTES_PER_HEADER: Final = 64

# What is kept where a message is cut: who, what, where, how long, in which run.
ESSENTIAL: Final = frozenset(
    {"usn", "nt", "nts", "st", "location", "cache-control", "server", "bootid.upnp.org", "configid.upnp.org"}
)
# Values that differ between messages and are of one size.
OF_ONE_SIZE: Final = frozenset(
    {"_timestamp", "_port", "_remote_addr", "_local_addr", "_host", "_source", "date"}
)


def surplus(values: Mapping[str, Any]) -> int:
    """Return the bytes of a message beyond an ordinary one."""
    size = sum([len(value) for value in values.values() if type(value) is str])
    return max(0, size + BYTES_PER_HEADER * len(values) - ORDINARY_BYTES)


class KeptMessages:
    """Keeps messages for one tracker. `room` is what is left for what messages have beyond the ordinary."""

    def __init__(self, room: int) -> None:
        self.room = room
        self._values: dict[Any, Any] = {}

    def share(self, text: str) -> str:
        """Return an equal text that is kept already, or this one."""
        return self._values.get(text, text)  # type: ignore[no-any-return]  # values are equal to their keys

    def keep(self, headers: CaseInsensitiveDict, values: dict[str, Any]) -> tuple[CaseInsensitiveDict, int]:
        """Return headers to keep, and the surplus that was taken; `values` are theirs, to be used up."""
        shared = self._values
        if len(shared) > VALUES_SHARED:
            shared.clear()
        size = BYTES_PER_HEADER * len(values) - ORDINARY_BYTES
        for name, value in values.items():
            kind = type(value)
            if kind is str:
                length = len(value)
                size += length
                if length <= SHARED_LENGTH:
                    values[name] = shared.setdefault(value, value)
            elif kind is tuple:
                values[name] = shared.setdefault(value, value)
        names = tuple(values)
        kept = headers.packed(shared.setdefault(names, names), tuple(values.values()))
        return (kept, 0) if size <= 0 else (kept, self._take_room(kept, size))

    def renew(
        self, kept: CaseInsensitiveDict, headers: CaseInsensitiveDict, differing: list[str], taken: int
    ) -> int:
        """Put a later message, with these names `differing`, in the place of an earlier one.

        `taken` is the surplus of all messages of the device. Returns by how much it changes.
        """
        before = surplus(kept.as_lower_dict()) if taken else 0
        kept.take_over(headers, differing)
        if not before and OF_ONE_SIZE.issuperset(differing):
            return 0
        after = surplus(kept.as_lower_dict())
        if before == after:
            return 0
        self.room += before
        return self._take_room(kept, after) - before

    def _take_room(self, kept: CaseInsensitiveDict, size: int) -> int:
        """Take room for a surplus and return it; 0 where there is none left, and the message is cut."""
        if size > self.room:
            for name in [name for name in kept.as_lower_dict() if name not in ESSENTIAL and name[:1] != "_"]:
                kept.del_lower(name)
            size = surplus(kept.as_lower_dict())  # long ones among those are bounded by the decoder
        self.room -= size
        return size


def surplus_of_all(device: SsdpDevice) -> int:
    """Return the surplus of all messages of a device together."""
    messages = (*device.search_headers.values(), *device.advertisement_headers.values())
    return sum(surplus(headers.as_lower_dict()) for headers in messages)
