"""Fifty devices with three services each, an hour of faults: nothing is lost, nothing is left.

What `test_healing` shows one by one, here all at once, in virtual time and by a seed.
"""

import gc
import logging
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import async_upnp_client
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.const import SubscriptionState as State
from async_upnp_client.device_updater import DeviceUpdater
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from tests.support import announcements
from tests.support.eventing import NotifyServer
from tests.support.faults import Fate
from tests.support.multicast import Multicast, MulticastLoop
from tests.support.simulated import Network, SimulatedDevice
from tests.support.virtual_time import pass_time, run, virtual_loop

PACKAGE = Path(async_upnp_client.__file__).parent
DEVICES = 50
HOUR = 3600.0
CALM = 900.0
"""Seconds at the end without faults: two renewals, and the longest pause after failures."""


async def soak(
    seed: int, number_of_devices: int = DEVICES, after_each_hour: Sequence[Callable[[], None]] = ()
) -> dict[str, int]:
    """Let an hour pass, or several, and count."""
    devices = [
        SimulatedDevice(f"uuid:{n}", host=f"192.0.2.{n + 1}", granted=300) for n in range(number_of_devices)
    ]
    network = Network(*devices)
    # where memory is looked at, what is bounded reaches its bounds soon: SIDs and URLs that are remembered
    limits, moves = (Limits(former_sids=2), False) if after_each_hour else (DEFAULT_LIMITS, True)
    handler = UpnpEventHandler(NotifyServer(), network, limits=limits)
    network.deliver = handler.handle_notify
    factory = UpnpFactory(network)
    loop: Any = MulticastLoop(Multicast())
    updaters: dict[str, DeviceUpdater] = {}
    models = {}

    def announce(device: SimulatedDevice, boot_id: int) -> None:
        says = announcements.Device(device.udn, device.location, device.host)
        for kind in (announcements.ROOT, device.udn):
            headers = says.alive(kind, location=device.location, bootid_upnp_org=str(boot_id))
            updaters[device.udn]._listener._on_data("NOTIFY * HTTP/1.1", headers)

    for device in devices:
        model = models[device.udn] = await factory.async_create_device(device.location)
        updater = updaters[device.udn] = DeviceUpdater(
            model, factory, ("127.0.0.1", 0), loop=loop, event_handler=handler
        )
        await updater.async_start()
        announce(device, 1)
        for service in model.all_services:
            await handler.async_keep_subscribed(service)

    begin, turns = virtual_loop().time(), virtual_loop().selector.turns
    fates = [Fate(network, device, seed + n, announce, moves=moves) for n, device in enumerate(devices)]
    end = begin + HOUR * max(len(after_each_hour), 1)
    running = [virtual_loop().create_task(fate.async_run(end - CALM)) for fate in fates]
    for look in after_each_hour:
        await pass_time(HOUR)
        look()
    for task in running:
        await task
    await pass_time(max(0.0, end - virtual_loop().time()))

    states = [kept.state for kept in handler.kept_subscriptions]
    stale = [
        (device.udn, number)
        for device in devices
        for number in range(device.services)
        if models[device.udn].service(f"urn:example-org:service:S{number}:1").state_variable("Value").value
        != device.values[number]
    ]
    assert [state for state in states if state is not State.ACTIVE] == []
    assert stale == []
    assert len(states) == 3 * number_of_devices
    asked = sum(len(device.requests) for device in devices)
    for updater in updaters.values():
        await updater.async_stop()
    await handler.async_unsubscribe_all()
    await network.async_settle()
    left = sum(len(device.subscribers) for device in devices)
    assert handler.kept_subscriptions == []
    return {
        "faults": sum(fate.count for fate in fates),
        "requests": asked,
        "turns": virtual_loop().selector.turns - turns,
        "left": left,
    }


def test_an_hour_of_faults():
    counted = run(soak(1))
    assert counted["faults"] > DEVICES * 10
    # 150 services, renewed twice in 300 seconds at most, and what failures add
    assert counted["requests"] < 3 * DEVICES * HOUR / 150 * 2
    assert counted["turns"] < 500_000, "nothing spins"
    assert counted["left"] < 3 * DEVICES, "what is left on devices are those that had forgotten us"


def test_memory_is_flat_from_hour_to_hour():
    """What the package keeps of a further hour while everything goes on is noise, as well."""
    logging.disable()
    held: list[int] = []

    def look() -> None:
        gc.collect()
        ours = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, f"{PACKAGE}/*")])
        held.append(sum(trace.size for trace in ours.traces))

    tracemalloc.start()
    try:
        run(soak(3, 10, [look] * 4))
    finally:
        tracemalloc.stop()
        logging.disable(logging.NOTSET)
    assert held[3] - held[1] < 50_000, held


def test_memory_is_flat():
    """What a further hour leaves behind is noise: a few hundred bytes for each fault would be more."""
    logging.disable()  # pytest keeps all that is logged
    tracemalloc.start()
    try:
        left = []
        for _ in range(3):  # the first one fills caches
            run(soak(2, 10))
            gc.collect()
            left.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
        logging.disable(logging.NOTSET)
    assert left[2] - left[1] < 50_000
