"""Several calls at once, for ``profile``: all of them, or none after the first error."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


async def async_side_by_side(calls: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """Await all, and return what they return; the first error ends the others, and is raised."""
    if len(calls) == 1:
        return [await calls[0]]
    tasks = [asyncio.ensure_future(call) for call in calls]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
