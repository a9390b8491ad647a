"""Long work in steps, and long texts in pieces, so that an event loop can do other things in between.

Work in steps is a generator that yields after a few milliseconds; `_turns` gives others their turn there.
Nothing here knows what a text is about.
"""

from collections.abc import Callable, Generator, Iterator
from re import Pattern
from typing import Final, TypeVar

T = TypeVar("T")

PIECE_LENGTH: Final = 64 * 1024
"""Characters of a piece: even a pattern that finds something everywhere is through in a few milliseconds."""


def finished(work: Generator[None, None, T]) -> T:
    """Do all the work of a generator at once."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            result: T = done.value
            return result


def pieces(text: str, place: Pattern[str], length: int = PIECE_LENGTH) -> Iterator[tuple[int, int]]:
    """Yield where pieces of a text begin and end: before a match of `place`, so that nothing is torn.

    Each has `length` characters or some more; where nothing matches for as many again, it ends there.
    """
    start = 0
    while start < len(text):
        end = start + length
        if end < len(text):
            found = place.search(text, end, end + length)
            end = found.start() if found is not None else end + length
        yield start, min(end, len(text))
        start = end


def in_pieces(
    text: str, place: Pattern[str], change: Callable[[str], str], length: int = PIECE_LENGTH
) -> Generator[None, None, str]:
    """Return the text with `change` made to each of its pieces, in a step each."""
    changed: list[str] = []
    for start, end in pieces(text, place, length):
        changed.append(change(text[start:end]))
        yield
    return "".join(changed)
