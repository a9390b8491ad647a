"""The first of several attempts that succeeds: begun one after the other, the others ended.

For whoever has more than one way to the same thing: a device at several locations, one that may be found in
several ways. RFC 8305 ("Happy Eyeballs") does the same for addresses. It must not know what is attempted.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

from async_upnp_client.exceptions import UpnpError

T = TypeVar("T")


async def async_first(attempts: Iterable[Callable[[], Coroutine[Any, Any, T]]], stagger: float) -> T:
    """Return the result of the first attempt that has one, when the others have been cancelled.

    Each begins when one before it has failed, or after `stagger` seconds more. One fails by UpnpError or
    OSError; if all do, the error of the first attempt is raised. Any other error ends it all, as does being
    cancelled; ValueError if there is nothing to attempt.
    """
    waiting = deque(enumerate(attempts))
    numbers: dict[asyncio.Task[T], int] = {}
    errors: dict[int, UpnpError | OSError] = {}
    running: set[asyncio.Task[T]] = set()
    try:
        while waiting or running:
            if waiting:
                number, attempt = waiting.popleft()
                task = asyncio.create_task(attempt())
                numbers[task] = number
                running.add(task)
            timeout = stagger if waiting else None
            done, running = await asyncio.wait(running, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
            for task in sorted(done, key=numbers.__getitem__):
                try:
                    return task.result()
                except (UpnpError, OSError) as err:
                    errors[numbers[task]] = err
    finally:
        left = [task for task in numbers if not task.done()]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
    if not errors:
        raise ValueError("Nothing to attempt")
    raise errors[0]
