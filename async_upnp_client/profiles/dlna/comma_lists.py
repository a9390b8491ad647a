"""Lists of AV services: texts with commas between them (ConnectionManager:1 §2.2, ContentDirectory:1 §2.5).

A comma or backslash in an item has a backslash before it. Pure.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

ITEM: Final = re.compile(r"((?:[^,\\]|\\.)*+\\?)(?:,|$)", re.DOTALL)
ESCAPED: Final = re.compile(r"\\([,\\])")

CACHED_LISTS: Final = 128
"""Lists kept as read: those of renderers, which are read again with each event, are a few dozen, and some are
of 20 kB. One more costs a reading."""

MOST_CACHED: Final = 32 * 1024
"""Characters of the longest list that is kept as read: none of a renderer is longer."""


def split_commas(input_: str) -> list[str]:
    """Return the items of a list, without blanks around them; empty ones are none."""
    return list(_split(input_) if len(input_) <= MOST_CACHED else _split.__wrapped__(input_))


@lru_cache(maxsize=CACHED_LISTS)
def _split(text: str) -> tuple[str, ...]:
    if "\\" not in text:
        return tuple(item.strip() for item in text.split(",") if item.strip())
    items = (ESCAPED.sub(r"\1", match[1]).strip() for match in ITEM.finditer(text))
    return tuple(item for item in items if item)


def join_commas(items: Iterable[str]) -> str:
    """Write items as a list."""
    return ",".join(item.replace("\\", "\\\\").replace(",", "\\,") for item in items)
