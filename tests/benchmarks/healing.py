"""How releases survive what befalls devices: one table, scenario by scenario, in virtual time.

    python tests/benchmarks/healing.py [--soak SEED]

Runs with this package or with release 0.49.0, whichever the interpreter has: profiles renew by themselves
(`async_subscribe_services(auto_resubscribe=True)`), and, where there are such, subscriptions are kept
(`async_keep_subscribed`). Each scenario lasts an hour; "whole" is that a change then comes within a second,
and that what is known is what the device has.
"""

import argparse
import asyncio
import logging
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

# Release 0.49.0 has no tests beside it: these are found by where this file is. What is installed comes first.
sys.path.append(str(Path(__file__).resolve().parents[2]))

from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.event_handler import UpnpEventHandler, UpnpNotifyServer
from async_upnp_client.profiles.profile import UpnpProfileDevice
from tests.support.faults import Fate
from tests.support.simulated import CALLBACK_URL, Network, SimulatedDevice
from tests.support.virtual_time import VirtualTimeLoop, pass_time

HOUR = 3600.0


class Server(UpnpNotifyServer):
    """Only an address."""

    callback_url = CALLBACK_URL


class Profile(UpnpProfileDevice):
    """A profile of the simulated device."""

    DEVICE_TYPES = ["urn:example-org:device:D:1"]  # noqa: RUF012
    SERVICE_IDS = frozenset()
    _SERVICE_TYPES = {f"S{n}": {f"urn:example-org:service:S{n}:1"} for n in range(3)}  # noqa: RUF012


class World:
    """A device, what is known of it, and how its events are kept."""

    def __init__(self, *, by_profile: bool, **device: Any) -> None:
        """Begin."""
        self.by_profile = by_profile
        self.device = SimulatedDevice("uuid:1", **device)
        self.network = Network(self.device)
        self.handler = UpnpEventHandler(Server(), self.network)
        self.network.deliver = self.handler.handle_notify

    async def subscribe(self) -> None:
        """Begin to listen."""
        self.model = await UpnpFactory(self.network).async_create_device(self.device.location)
        try:
            if self.by_profile:
                self.profile = Profile(self.model, self.handler)
                await self.profile.async_subscribe_services(auto_resubscribe=True)
            else:
                for service in self.model.services.values():
                    await self.handler.async_keep_subscribed(service)
        except Exception as err:  # noqa: BLE001  # the application goes on without events
            print(f"  {type(err).__name__}: {err}", file=sys.stderr)

    def values(self) -> list[Any]:
        """Return what is known."""
        return [
            self.model.services[f"urn:example-org:service:S{n}:1"].state_variable("Value").value
            for n in range(3)
        ]

    async def is_whole(self) -> bool:
        """Tell whether events come."""
        for number in range(3):
            self.network.change(self.device, number)
        await pass_time(1)
        return self.values() == self.device.values


Scenario = Callable[[World], Awaitable[None]]


async def reboot(world: World) -> None:
    """Restart, unheard."""
    await pass_time(60)
    world.device.reboot()
    world.device.values = [5, 6, 7]


async def power_cut(world: World) -> None:
    """Be away for ten minutes."""
    await pass_time(60)
    world.device.is_up = False
    world.device.reboot()
    await pass_time(600)
    world.device.is_up = True


async def lost_events(world: World) -> None:
    """Lose some, then go on."""
    await pass_time(60)
    world.device.is_deaf = True
    for number in range(3):
        world.network.change(world.device, number)
    await pass_time(1)
    world.device.is_deaf = False
    for number in (1, 2):
        world.network.change(world.device, number)


async def jump(world: World) -> None:
    """Sleep for an hour."""
    await pass_time(60)
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop), "it runs in virtual time"
    world.device.values = [5, 6, 7]
    loop.jump(HOUR)


async def quiet(world: World) -> None:
    """Nothing happens."""
    world.device.values = list(world.device.values)


SCENARIOS: list[tuple[str, dict[str, Any], Scenario]] = [
    ("nothing happens", {}, quiet),
    ("granted 300 s", {"granted": 300}, quiet),
    ("granted 30 s", {"granted": 30}, quiet),
    ("initial event before the answer", {"initial": "before"}, quiet),
    ("renewal answered 412", {"renewals": [412] * 3}, quiet),
    ("renewal answered 500, thrice", {"renewals": [500] * 3, "subscriptions": [200] * 3 + [500] * 3}, quiet),
    ("renewal not answered", {"renewals": [None] * 3}, quiet),
    (
        "SUBSCRIBE not answered either",
        {"renewals": [None] * 3, "subscriptions": [200] * 3 + [None] * 3},
        quiet,
    ),
    ("one service refuses", {"subscriptions": [200, 501, 200]}, quiet),
    ("first SUBSCRIBE not answered", {"subscriptions": [None]}, quiet),
    ("reboot, unheard", {}, reboot),
    ("power cut for ten minutes", {}, power_cut),
    ("power cut, granted 30 s", {"granted": 30}, power_cut),
    ("events lost on the way", {}, lost_events),
    ("suspend and resume", {}, jump),
    ("second connection closed", {"one_connection": True}, quiet),
]


async def measure(how: dict[str, Any], scenario: Scenario, *, by_profile: bool) -> str:
    """Run one; return a cell of the table."""
    loop = asyncio.get_running_loop()
    world = World(by_profile=by_profile, **{k: list(v) if isinstance(v, list) else v for k, v in how.items()})
    await world.subscribe()
    begin = loop.time()
    await scenario(world)
    await pass_time(max(0.0, begin + HOUR - loop.time()))
    whole = await world.is_whole()
    return f"{'whole' if whole else 'LOST':5} {len(world.device.subscribes()):5} SUBSCRIBEs"


async def soak(seed: int, *, by_profile: bool) -> str:
    """Run 50 devices through an hour of faults that nobody announces."""
    loop = asyncio.get_running_loop()
    worlds = [World(by_profile=by_profile, host=f"192.0.2.{n + 1}", granted=300) for n in range(50)]
    for world in worlds:
        await world.subscribe()
    begin = loop.time()
    fates = [
        Fate(world.network, world.device, seed + n, lambda *_: None, moves=False)
        for n, world in enumerate(worlds)
    ]
    running = [asyncio.ensure_future(fate.async_run(begin + HOUR - 900)) for fate in fates]
    await pass_time(HOUR)
    await asyncio.gather(*running)
    known = sum(a == b for w in worlds for a, b in zip(w.values(), w.device.values, strict=True))
    whole = sum([await world.is_whole() for world in worlds])
    asked = sum(len(world.device.subscribes()) for world in worlds)
    return f"{whole}/50 devices whole, {known}/150 values right before, {asked} SUBSCRIBEs"


def in_virtual_time(coroutine: Any, turns: int = 200_000) -> str:
    """Run in a loop of its own that is given up after so many turns."""
    loop = VirtualTimeLoop()
    asyncio.set_event_loop(loop)
    time.monotonic = loop.time  # 0.49.0's profiles look there
    task = loop.create_task(coroutine)

    def watch() -> None:
        if loop.selector.turns > turns:
            task.cancel()
        else:
            loop.call_later(10, watch)

    watch()
    try:
        return str(loop.run_until_complete(task))
    except asyncio.CancelledError:
        return "SPINS"
    finally:
        for left in asyncio.all_tasks(loop):
            left.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--soak", type=int, metavar="SEED")
    args = parser.parse_args()
    logging.disable()
    ways = [("profile", True)]
    if hasattr(UpnpEventHandler, "async_keep_subscribed"):
        ways.append(("kept", False))
    for name, how, scenario in SCENARIOS:
        cells = [
            f"{way}: {in_virtual_time(measure(how, scenario, by_profile=by_profile))}"
            for way, by_profile in ways
        ]
        print(f"{name:36} {'   '.join(cells)}")
    if args.soak is not None:
        for way, by_profile in ways:
            print(f"{'soak, ' + way:36} {in_virtual_time(soak(args.soak, by_profile=by_profile), 5_000_000)}")


if __name__ == "__main__":
    main()
