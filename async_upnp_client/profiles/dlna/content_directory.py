"""What a ContentDirectory service says and is asked, as values (CDS §2): pure.

Lists and pairs in evented texts, criteria to search and to sort by, error codes. `media_server` calls the
service. It must not know devices or how a call is made.
"""

from collections.abc import Iterable
from enum import IntEnum
from typing import Final

from async_upnp_client.profiles.dlna.comma_lists import split_commas

ROOT_ID: Final = "0"
"""The container that every server has, and that has all others in it (row A-018)."""
PARENT_OF_ROOT: Final = "-1"
ALL: Final = "*"
"""As a filter, all properties; among capabilities, any property (CDS §2.5)."""

# An update id is a ui4
MOST_DIGITS: Final = 10


class ContentDirectoryErrorCode(IntEnum):
    """Errors of a ContentDirectory (CDS §2.7); 721 and above are of later versions."""

    NO_SUCH_OBJECT = 701
    INVALID_CURRENT_TAG_VALUE = 702
    INVALID_NEW_TAG_VALUE = 703
    REQUIRED_TAG = 704
    READ_ONLY_TAG = 705
    PARAMETER_MISMATCH = 706
    INVALID_SEARCH_CRITERIA = 708
    INVALID_SORT_CRITERIA = 709
    NO_SUCH_CONTAINER = 710
    RESTRICTED_OJECT = 711  # spelled as in 0.49.0
    BAD_METADATA = 712
    RESTRICTED_PARENT_OBJECT = 713
    NO_SUCH_SOURCE_RESOURCES = 714
    SOURCE_RESOURCE_ACCESS_DENIED = 715
    TRANSFER_BUSY = 716
    NO_SUCH_FILE_TRANSFER = 717
    NO_SUCH_DESTINATION_SOURCE = 718
    DESTINATION_RESOURCE_ACCESS_DENIED = 719
    CANNOT_PROCESS_REQUEST = 720


def joined(properties: Iterable[str] | str) -> str:
    """Return a list of properties, or one that is written already, as the service wants it (row A-021)."""
    return properties if isinstance(properties, str) else ",".join(properties)


def signed_criteria(criteria: Iterable[str] | str) -> str:
    """Return criteria to sort by, with the sign that each must have: `dc:title` means `+dc:title` (A-022)."""
    return ",".join([part if part[0] in "+-" else f"+{part}" for part in split_commas(joined(criteria))])


def allowed_criteria(criteria: str, capabilities: Iterable[str]) -> str:
    """Return those of some criteria that a server says it can sort by (row A-022)."""
    able = set(capabilities)
    return ",".join([part for part in split_commas(criteria) if ALL in able or part.lstrip("+-") in able])


def quoted(value: str) -> str:
    r"""Return a value as search criteria have it: in quotes, with ``\"`` and ``\\`` in it (row A-023)."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def container_updates(text: str) -> dict[str, int]:
    """Read ContainerUpdateIDs: update ids by the id of the container (row A-024).

    A pair without a number is left out, and so is an id without a pair.
    """
    parts = split_commas(text)
    pairs = zip(parts[::2], map(read_update_id, parts[1::2]), strict=False)
    return {container: number for container, number in pairs if number is not None}


def read_update_id(text: str) -> int | None:
    """Read an update id; None for what is no number."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
