"""Waiting for what events bring about, without looking at a clock."""

import asyncio
from collections.abc import Callable

from async_upnp_client.profiles.profile import UpnpProfileDevice
from tests.support.udp import PATIENCE


async def async_until(profile: UpnpProfileDevice, condition: Callable[[], bool]) -> None:
    """Wait until something holds, which is looked at after each event; TimeoutError if it never does."""
    changed = asyncio.Event()
    profile.on_event = lambda *_: changed.set()
    async with asyncio.timeout(PATIENCE):
        while not condition():
            changed.clear()
            await changed.wait()
