"""Discovery (UDA 2.0 §1.2.2, §1.2.4): what BOOTID, NEXTBOOTID and CONFIGID of announcements tell.

Whether a device has restarted, for `device_updater`; of devices without BOOTID the network location signature
tells. It must not know when a message came.
"""

import re
from typing import Final

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._protocol.ssdp_meaning import (
    header_number,
)

BOOT_ID: Final = "bootid.upnp.org"
CONFIG_ID: Final = "configid.upnp.org"
NEXT_BOOT_ID: Final = "nextbootid.upnp.org"

OPT: Final = "opt"
SIGNED: Final = re.compile(
    r'"?http://schemas\.upnp\.org/upnp/1/0/"?\s*;\s*ns\s*=\s*"?([0-9]{1,2})"?', re.IGNORECASE
)
"""OPT of a device whose messages have a network location signature, in the header `NN-NLS` (V-006): libupnp
makes a new one at each start, as others do with BOOTID."""

MOST_UNREPEATED: Final = 4
"""Values of BOOTID in a row that no second message had. A device that restarts says each new one in three
messages at least; one that counts its messages there (minisatip) never says one twice."""


class BootIds:
    """The values of BOOTID that one device announces, and whether they mean anything (row D-031)."""

    __slots__ = ("_latest", "_repeated", "_unrepeated")

    def __init__(self) -> None:
        self._latest: object = None
        self._repeated = False
        self._unrepeated = 0

    def see(self, headers: CaseInsensitiveDict) -> None:
        """Note what a message says; of an update, as it is recorded."""
        value = headers.get_lower(BOOT_ID) or signature(headers)
        if value is None:
            return
        number = header_number(value)
        value = value if number is None else number
        if value == self._latest:
            self._repeated = True
            self._unrepeated = 0
            return
        if self._latest is not None and not self._repeated:
            self._unrepeated = min(self._unrepeated + 1, MOST_UNREPEATED)
        self._latest = value
        self._repeated = False

    @property
    def are_meant(self) -> bool:
        """Whether another value means a restart: not from a device that hardly says one twice."""
        return self._unrepeated < MOST_UNREPEATED


def signature(headers: CaseInsensitiveDict) -> str | None:
    """Return the network location signature of a message; None where it has none."""
    option = headers.get_lower(OPT)
    match = SIGNED.search(option) if option else None
    value: str | None = headers.get_lower(f"{match[1]}-nls") if match else None
    return value


def has_restarted(old: CaseInsensitiveDict, new: CaseInsensitiveDict) -> bool:
    """Return whether a message has another BOOTID than the one recorded, or, without, another signature."""
    if BOOT_ID in old or BOOT_ID in new:
        return differ(old, new, BOOT_ID)
    before, after = signature(old), signature(new)
    return None not in (before, after) and before != after


def is_same_boot(old: CaseInsensitiveDict, new: CaseInsensitiveDict) -> bool:
    """Return whether a message says that its device has not restarted since another one (row D-032)."""
    before, after = (header_number(headers.get_lower(BOOT_ID) or "") for headers in (old, new))
    if before is not None and after is not None:
        return before == after
    return signature(old) is not None and signature(old) == signature(new)


def differ(old: CaseInsensitiveDict, new: CaseInsensitiveDict, name: str) -> bool:
    """Return whether an id of a message differs from the one recorded; not where either has none."""
    before, after = old.get_lower(name), new.get_lower(name)
    if before is None or after is None or before == after:
        return False
    number = header_number(before)
    return number is None or number != header_number(after)


def as_recorded(headers: CaseInsensitiveDict) -> CaseInsensitiveDict:
    """Return the headers to record: those of an update have the BOOTID that it announces (UDA 2.0 §1.2.4)."""
    next_boot_id = headers.get_lower(NEXT_BOOT_ID)
    if header_number(next_boot_id) is None:
        return headers
    recorded = headers.copy()
    recorded["BOOTID.UPNP.ORG"] = next_boot_id
    return recorded


def adds(old: CaseInsensitiveDict, new: CaseInsensitiveDict) -> bool:
    """Return whether a message without news has an id to record: the first heard, or one announced."""
    news = any(new.get_lower(name) not in (None, old.get_lower(name)) for name in (BOOT_ID, CONFIG_ID))
    return news or signature(new) not in (None, signature(old))
