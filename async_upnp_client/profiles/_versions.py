"""The version at the end of a type of device or service (UDA 2.0 §2.3): pure.

For ``profile`` and the profiles, which use the newest of several.
"""

from typing import Final

MOST_DIGITS: Final = 4


def version(service_type: str) -> int:
    """Return the version at the end of a type; 0 where there is none."""
    text = service_type.rpartition(":")[2]
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 0
