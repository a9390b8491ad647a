"""Many devices on one host: each odd about events in a way of its own, or all befallen by chance.

    python -m tests.interop.odd_street [--speed N] [--like-any NUMBER] COMMANDS ADDRESS

The first line says where each is described. At COMMANDS, a Unix socket, whoever tests them says what is to
happen: the name of a method below, and its arguments. Time runs N times as fast.
"""

import argparse
import asyncio
import contextlib
import json
import signal
from collections.abc import Awaitable, Iterable
from typing import Final

from tests.interop.odd_device import ODDITIES, OddDevice, Served, show
from tests.support.compressed_time import compressed_loop, run
from tests.support.faults import Fate
from tests.support.simulated import SimulatedDevice

PORTS: Final = 20000
ROOM: Final = 100
"""Ports from one device to the next; those that move take the next one."""

AGAIN: Final = 600.0
"""Seconds from one announcement to the next (UDA 2.0 §1.2.2 has less than 900 for a max-age of 1800)."""


class Street:
    """All devices, and what is to befall them."""

    def __init__(self, devices: Iterable[OddDevice]) -> None:
        """Take them."""
        self._served = {device.name: Served(device) for device in devices}
        self._ended = asyncio.Event()
        self._running: set[asyncio.Future[None]] = set()

    async def async_run(self, commands: str) -> None:
        """Serve until the end."""
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self._ended.set)
        async with contextlib.AsyncExitStack() as stack:
            for served in self._served.values():
                await stack.enter_async_context(served)
            await stack.enter_async_context(await asyncio.start_unix_server(self._async_take, commands))
            show(ready={name: served.device.location for name, served in self._served.items()})
            await self._ended.wait()

    async def _async_take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a command, and say what is so then."""
        word, *arguments = (await reader.readline()).decode().split()
        said = getattr(self, word)(*arguments)
        writer.write(json.dumps(said).encode() + b"\n")
        writer.close()

    # --- Commands

    def change_all(self, name: str) -> list[int]:
        """Change the values of a device; return them."""
        served = self._served[name]
        for number in range(served.device.services):
            served.change(number)
        return served.device.values

    def restart(self, name: str) -> None:
        """Let a device restart, and say so."""
        device = self._served[name].device
        device.reboot()
        self._announce(device, device.boot_id + 1)

    def jump(self, seconds: str) -> None:
        """Let time pass at once: what was granted for less is over."""
        compressed_loop().jump(float(seconds))

    def announce(self) -> None:
        """Let each that is there say so, again and again."""
        self._start(self._async_announce_all())

    def values(self) -> dict[str, list[int]]:
        """Return all values."""
        return {name: served.device.values for name, served in self._served.items()}

    def held(self, name: str) -> list[int]:
        """Return the services with subscriptions that are not over."""
        now = compressed_loop().time()
        subscribers = self._served[name].device.subscribers.values()
        return sorted(one.service for one in subscribers if one.expires > now)

    def suffer(self, seed: str, seconds: str) -> None:
        """Let faults come, by a seed, for some seconds."""
        self._start(self._async_suffer(int(seed), float(seconds)))

    async def _async_announce_all(self) -> None:
        pause = 0.0
        while True:
            for served in self._served.values():
                if served.device.is_up:
                    await served.async_announce()
                await asyncio.sleep(pause)
            pause = AGAIN / len(self._served)  # as devices do, which know nothing of each other

    # --- Faults

    def change(self, device: SimulatedDevice, number: int) -> None:
        """Let the value of a service change, and tell whoever subscribed; for `Fate`."""
        assert isinstance(device, OddDevice), "all are"
        self._served[device.name].change(number)

    async def _async_suffer(self, seed: int, seconds: float) -> None:
        until = compressed_loop().time() + seconds
        fates = [
            Fate(self, served.device, seed + number, self._announce)
            for number, served in enumerate(self._served.values())
        ]
        await asyncio.gather(*(fate.async_run(until) for fate in fates))
        show(faults=sum(fate.count for fate in fates))

    def _announce(self, device: SimulatedDevice, boot_id: int) -> None:
        """Let a device be heard that has restarted, where it is now."""
        assert isinstance(device, OddDevice), "all are"
        device.boot_id = boot_id
        self._start(self._served[device.name].async_announce())

    def _start(self, awaitable: Awaitable[None]) -> None:
        task = asyncio.ensure_future(awaitable)
        self._running.add(task)
        task.add_done_callback(self._running.discard)


async def serve(options: argparse.Namespace) -> None:
    """Serve them until told to end."""
    kinds = {f"any-{n}": {"granted": 300} for n in range(options.like_any)} or ODDITIES
    devices = [
        OddDevice(f"uuid:{name}", host=options.address, port=PORTS + ROOM * n, **kind)
        for n, (name, kind) in enumerate(kinds.items())
    ]
    await Street(devices).async_run(options.commands)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Serve devices that are odd about events.")
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--like-any", type=int, default=0)
    parser.add_argument("commands")
    parser.add_argument("address")
    found = parser.parse_args()
    run(serve(found), found.speed)
