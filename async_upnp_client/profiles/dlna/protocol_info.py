"""protocolInfo: how a resource is had, and what it is (ConnectionManager:1 §2.5.2; DLNA guidelines).

Four fields: protocol, network, format, and what else there is to say, which for DLNA are the parameters
DLNA.ORG_*. Text to record and back; pure, and nothing here fails for what devices write.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self

from async_upnp_client.profiles.dlna.types import DlnaOrgCi, DlnaOrgFlags, DlnaOrgOp

ANY: Final = "*"
FLAG_DIGITS: Final = 8
RESERVED_DIGITS: Final = 24

MOST_CACHED: Final = 1024
"""Characters of the longest text that is kept as read."""

CACHED_INFOS: Final = 1024
"""Texts kept as read: a renderer lists some 50 to 300, a library has a dozen. One more costs a reading."""


@dataclass(frozen=True, slots=True)
class DlnaFeatures:
    """The fourth field, as DLNA has it (rows A-030, A-031)."""

    profile: str | None = None
    """DLNA.ORG_PN: the media profile."""
    operations: int | None = None
    """DLNA.ORG_OP: bits of ``DlnaOrgOp``; None where nothing is said, which means none."""
    speeds: str | None = None
    """DLNA.ORG_PS: the speeds at which it can be sent, with commas between."""
    conversion: DlnaOrgCi | None = None
    """DLNA.ORG_CI: whether it is converted."""
    flags: DlnaOrgFlags | None = None
    """DLNA.ORG_FLAGS."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the parameters in any order; those that cannot be read are not there."""
        found: dict[str, str] = {}
        for part in text.split(";"):
            name, _, value = part.partition("=")
            found.setdefault(name.strip().upper(), value.strip())
        return cls(
            found.get("DLNA.ORG_PN") or None,
            _operations(found.get("DLNA.ORG_OP", "")),
            found.get("DLNA.ORG_PS") or None,
            {"0": DlnaOrgCi.NONE, "1": DlnaOrgCi.TRANSCODED}.get(found.get("DLNA.ORG_CI", "")),
            _flags(found.get("DLNA.ORG_FLAGS", "")),
        )

    def build(self) -> str:
        """Write the parameters in the order that DLNA demands; ``*`` for none."""
        parts = []
        if self.profile is not None:
            parts.append(f"DLNA.ORG_PN={self.profile}")
        if self.operations is not None:
            parts.append(f"DLNA.ORG_OP={self.operations:02x}")
        if self.speeds is not None:
            parts.append(f"DLNA.ORG_PS={self.speeds}")
        if self.conversion is not None:
            parts.append(f"DLNA.ORG_CI={self.conversion.value}")
        if self.flags is not None:
            parts.append(f"DLNA.ORG_FLAGS={self.flags & 0xFFFFFFFF:0{FLAG_DIGITS}X}{'0' * RESERVED_DIGITS}")
        return ";".join(parts) or ANY

    @property
    def has_ranges(self) -> bool:
        """Whether the server answers ``Range`` requests."""
        return bool((self.operations or 0) & DlnaOrgOp.RANGE.value)

    @property
    def has_time_seek(self) -> bool:
        """Whether the server answers ``TimeSeekRange.dlna.org`` requests."""
        return bool((self.operations or 0) & DlnaOrgOp.TIMESEEK.value)


@dataclass(frozen=True, slots=True)
class ProtocolInfo:
    """One protocolInfo (row A-015); ``*`` in a field stands for anything."""

    protocol: str = ANY
    network: str = ANY
    content_format: str = ANY
    additional_info: str = ANY

    @classmethod
    def parse(cls, text: str) -> "ProtocolInfo":
        """Read a text; fields that are missing or empty are ``*``, further colons belong to the last one."""
        return _parse(text) if len(text) <= MOST_CACHED else _parse.__wrapped__(text)

    def build(self) -> str:
        """Write it."""
        return f"{self.protocol}:{self.network}:{self.content_format}:{self.additional_info}"

    @property
    def mime_type(self) -> str:
        """The format as a MIME type: without parameters, in lower case."""
        return self.content_format.partition(";")[0].strip().lower()

    @property
    def parameters(self) -> Mapping[str, str]:
        """The parameters of the format, with their names in lower case: ``rate=44100`` of audio/L16."""
        parts = (part.partition("=") for part in self.content_format.split(";")[1:])
        return {name.strip().lower(): value.strip().strip('"') for name, _, value in parts}

    @property
    def features(self) -> DlnaFeatures:
        """The fourth field, as DLNA has it."""
        return DlnaFeatures.parse(self.additional_info)

    def accepts(self, other: Self) -> bool:
        """Tell whether one that lists this takes what is `other`: same protocol, and a format that fits."""
        return _fits(self.protocol.lower(), other.protocol.lower()) and self.accepts_mime_type(
            other.mime_type
        )

    def accepts_mime_type(self, mime_type: str) -> bool:
        """Tell whether the format is that type, or anything, or anything of its kind (``audio/*``)."""
        own, wanted = self.mime_type, mime_type.partition(";")[0].strip().lower()
        if _fits(own, wanted):
            return True
        kind, _, subtype = own.partition("/")
        return subtype == ANY and wanted.partition("/")[0] == kind


def _fits(one: str, other: str) -> bool:
    return ANY in (one, other) or one == other


@lru_cache(maxsize=CACHED_INFOS)
def _parse(text: str) -> ProtocolInfo:
    fields = [field.strip() or ANY for field in text.split(":", 3)]
    return ProtocolInfo(*fields, *[ANY] * (4 - len(fields)))


def _operations(text: str) -> int | None:
    """Read two digits, time seek and range; one digit alone means nothing (row A-030)."""
    if len(text) != 2 or not set(text) <= {"0", "1"}:
        return None
    return int(text, 16)


def _flags(text: str) -> DlnaOrgFlags | None:
    """Read the first eight digits, of which nothing but DLNA's bits counts; shorter ones are forgiven."""
    digits = text[:FLAG_DIGITS]
    try:
        value = int(digits, 16)
    except ValueError:
        return None
    return DlnaOrgFlags(value & sum(DlnaOrgFlags)) if digits.isalnum() else None
