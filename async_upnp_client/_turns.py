"""Doing long work by turns with whatever else the event loop has to do.

The work is a generator, which yields after some milliseconds; nothing below this floor knows of a loop.
"""

import asyncio
from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")


async def async_finished(work: Generator[None, None, T]) -> T:
    """Do all the work of a generator, and return what it returns; the loop has a turn after each step."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            result: T = done.value
            return result
        await asyncio.sleep(0)
