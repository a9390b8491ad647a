"""A port kept open at a gateway that does everything wrong by turns: it is back when all is well.

Time is virtual; what was sent over loopback is there at once. A seed decides what happens, and when.
"""

import random
from datetime import timedelta

import pytest

from tests.journeys.test_gateway import OTHERS, Home
from tests.support.virtual_gateway import HOST
from tests.support.virtual_time import pass_time, run

HOURS = 6
CALM = 300  # seconds after which a port has to be open again: the longest pause, and the look after it
CODES = (501, 606, 718, 725, 728, 402)
ACTIONS = ("AddPortMapping", "GetSpecificPortMappingEntry", "DeletePortMapping", "GetExternalIPAddress")


class Weather:
    """What befalls a gateway."""

    def __init__(self, home: Home, seed: int) -> None:
        self.home = home
        self.random = random.Random(seed)
        self.log: list[str] = []

    async def async_blow(self) -> None:
        """Do one thing wrong for a while, then stop it."""
        kinds = (self.refuse, self.lose, self.slow, self.reboot, self.crowd, self.go, self.permanent)
        happening = self.random.choice(kinds)
        self.log.append(happening.__name__)
        await happening()

    async def pause(self) -> None:
        """Let a while pass."""
        await pass_time(self.random.choice((1, 20, 70, 400, 1000)) * self.random.random())

    async def refuse(self) -> None:
        """Refuse an action."""
        action = self.random.choice(ACTIONS)
        self.home.gateway.faults.refuse[action] = self.random.choice(CODES)
        await self.pause()
        self.home.gateway.faults.refuse.clear()

    async def lose(self) -> None:
        """Do something, and not say so."""
        self.home.gateway.faults.lose_answer.add(self.random.choice(ACTIONS))
        await self.pause()
        self.home.gateway.faults.lose_answer.clear()

    async def slow(self) -> None:
        """Be slow, within reason or without."""
        self.home.gateway.faults.seconds = self.random.choice((1.0, 4.0, 20.0))
        await self.pause()
        self.home.gateway.faults.seconds = 0.0

    async def reboot(self) -> None:
        """Forget everything."""
        self.home.gateway.reboot(self.random.choice((None, "8.8.8.8", "8.8.4.4")))
        await self.pause()

    async def crowd(self) -> None:
        """Have no room for anything new."""
        self.home.gateway.faults.most_mappings = 0
        await self.pause()
        self.home.gateway.faults.most_mappings = 1000

    async def go(self) -> None:
        """Be away."""
        await self.home.server.async_stop()
        if self.random.random() < 0.5:
            self.home.gateway.reboot()
        await self.pause()
        await self.home.server.async_start()

    async def permanent(self) -> None:
        """Have no leases."""
        self.home.gateway.faults.lease_refusal = 725
        await self.pause()
        self.home.gateway.faults.lease_refusal = None


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("seed", range(4))
def test_a_port_is_back_when_all_is_well_and_closed_at_the_end(seed: int, version: int) -> None:
    async def main() -> None:
        home = Home(version)
        async with home.server:
            weather = Weather(home, seed)
            igd = await home.async_igd()
            async with igd.port_mapping(8080, lease=timedelta(minutes=30)) as mapping:
                for _ in range(HOURS * 4):
                    await weather.async_blow()
                    await pass_time(weather.random.choice((0, 5, 100, 900)))
                await pass_time(CALM)
                assert mapping.is_open, weather.log
                assert home.ports == [(8080, HOST)], weather.log
                assert mapping.external_address == home.gateway.connection.address, weather.log
            assert home.ports == [], weather.log
            assert OTHERS not in {call.arguments.get("NewInternalClient") for call in home.gateway.calls}

    run(main())
