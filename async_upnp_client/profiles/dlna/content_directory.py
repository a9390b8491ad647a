"""What a ContentDirectory service says and is asked, as values (CDS §2): pure.

Lists and pairs in evented texts, criteria to search and to sort by, error codes. `media_server` calls the
service. It must not know devices or how a call is made.
"""

from collections.abc import Iterable
from enum import IntEnum
from typing import Final

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
    return ",".join([part if part[0] in "+-" else f"+{part}" for part in split_list(joined(criteria))])


def allowed_criteria(criteria: str, capabilities: Iterable[str]) -> str:
    """Return those of some criteria that a server says it can sort by (row A-022)."""
    able = set(capabilities)
    return ",".join([part for part in split_list(criteria) if ALL in able or part.lstrip("+-") in able])


def quoted(value: str) -> str:
    r"""Return a value as search criteria have it: in quotes, with ``\"`` and ``\\`` in it (row A-023)."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def split_list(text: str) -> list[str]:
    r"""Split a list at its commas, without blanks and empty parts; ``\,`` is of a part (A-024)."""
    if "\\" not in text:
        return [part for item in text.split(",") if (part := item.strip())]
    parts, current = [], ""
    characters = iter(text)
    for character in characters:
        if character == "\\":
            following = next(characters, "")
            # what needs no escape is a backslash that someone forgot to escape
            current += following if following in {",", "\\"} else character + following
        elif character == ",":
            parts.append(current)
            current = ""
        else:
            current += character
    parts.append(current)
    return [part.strip() for part in parts if part.strip()]


def container_updates(text: str) -> dict[str, int]:
    """Read ContainerUpdateIDs: update ids by the id of the container (row A-024).

    A pair without a number is left out, and so is an id without a pair.
    """
    parts = split_list(text)
    return {
        container: int(number)
        for container, number in zip(parts[::2], parts[1::2], strict=False)
        if number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS
    }
