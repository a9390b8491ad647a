"""Several requests to one device at once, for ``profile``: all of them, or none after the first error.

Weak devices close the second of two connections: what failed so is asked for once more, one after the other.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from async_upnp_client.exceptions import UpnpConnectionError, UpnpConnectionTimeoutError

T = TypeVar("T")


def was_closed(err: BaseException | None) -> bool:
    """Tell whether a device has closed a connection, or taken none, as opposed to: nobody answers."""
    return isinstance(err, UpnpConnectionError) and not isinstance(err, UpnpConnectionTimeoutError)


async def async_side_by_side(calls: Sequence[Callable[[], Coroutine[Any, Any, T]]]) -> list[T]:
    """Await all, and return what they return; an error ends the others, and is raised."""
    if len(calls) == 1:
        return [await calls[0]()]
    tasks = [asyncio.ensure_future(call()) for call in calls]
    pending = set(tasks)
    try:
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if not was_closed(task.exception()):
                    task.result()
        return [
            await call() if was_closed(task.exception()) else task.result()
            for call, task in zip(calls, tasks, strict=True)
        ]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
