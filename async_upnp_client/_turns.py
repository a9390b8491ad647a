"""Doing long work by turns with whatever else the event loop has to do.

The work is a generator, which yields after a millisecond or so; nothing below this floor knows of a loop.
"""

import asyncio
from collections.abc import Generator
from typing import Final, TypeVar

T = TypeVar("T")

TURN: Final = 0.002
"""Seconds of work after which others have their turn: nobody notices them, and a turn costs a fiftieth."""


async def async_finished(work: Generator[None, None, T], turn: float = TURN) -> T:
    """Do all the work of a generator, and return what it returns; the loop goes on every `turn` seconds."""
    loop = asyncio.get_running_loop()
    due = loop.time() + turn
    while True:
        try:
            next(work)
        except StopIteration as done:
            result: T = done.value
            return result
        if loop.time() >= due:
            await asyncio.sleep(0)
            due = loop.time() + turn
