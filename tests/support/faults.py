"""What befalls a simulated device in an hour, by a seed; it and the network are well again at the end.

Runs on releases before this one as well: it has only public names in it.
"""

import asyncio
import random
from collections.abc import Callable
from typing import Protocol

from tests.support.simulated import SimulatedDevice

ANNOUNCED = 0.7
"""How often a restart is heard by whoever listens."""

UNDER_WAY = 1.0
"""Seconds of the network's time in which what is under way has come."""

Announce = Callable[[SimulatedDevice, int], None]


class Network(Protocol):
    """What the devices are in."""

    def change(self, device: SimulatedDevice, number: int) -> None:
        """Let the value of a service change, and tell whoever subscribed."""


class Fate:
    """Faults of one device, `pause` seconds apart on average, until a time of the loop."""

    def __init__(
        self,
        network: Network,
        device: SimulatedDevice,
        seed: int,
        announce: Announce,
        pause: float = 90.0,
        *,
        moves: bool = True,
    ) -> None:
        """Take what is to suffer; `announce` is called with the device and its BOOTID when it is heard."""
        self._network = network
        self._device = device
        self._random = random.Random(seed)  # no secret
        self._announce = announce
        self._pause = pause
        self._moves = moves
        self._boot_id = 1
        self.count = 0

    async def async_run(self, until: float) -> None:
        """Let things happen until a time, then leave the device well."""
        loop, chance = asyncio.get_running_loop(), self._random
        faults = (self._change, self._restart, self._power_cut, self._go_deaf, self._refuse, self._move)
        while loop.time() < until:
            await asyncio.sleep(chance.expovariate(1 / self._pause))
            await chance.choices(faults, weights=(8, 1, 1, 2, 3, self._moves))[0]()
            self.count += 1
        self._device.renewals.clear()
        self._device.subscriptions.clear()

    async def _change(self) -> None:
        self._network.change(self._device, self._random.randrange(self._device.services))

    async def _restart(self) -> None:
        self._device.reboot()
        for number in range(self._device.services):
            self._device.values[number] += self._random.randrange(3)
        self._boot_id += 1
        if self._random.random() < ANNOUNCED:
            self._announce(self._device, self._boot_id)

    async def _power_cut(self) -> None:
        self._device.is_up = False
        await asyncio.sleep(self._random.uniform(1, 400))
        self._device.is_up = True
        await self._restart()

    async def _go_deaf(self) -> None:
        self._device.is_deaf = True
        for _ in range(self._random.randrange(1, 4)):
            await asyncio.sleep(self._random.uniform(1, 20))
            await self._change()
        self._device.is_deaf = False
        await asyncio.sleep(UNDER_WAY)
        for number in range(self._device.services):
            self._network.change(self._device, number)  # a gap in the numbers that somebody can see

    async def _refuse(self) -> None:
        answers = self._random.choices((412, 404, 500, 503, None), k=self._random.randrange(1, 4))
        (self._device.renewals if self._random.random() < ANNOUNCED else self._device.subscriptions).extend(
            answers
        )

    async def _move(self) -> None:
        self._device.port += 1
        self._device.reboot()
        self._boot_id += 1
        self._announce(self._device, self._boot_id)
