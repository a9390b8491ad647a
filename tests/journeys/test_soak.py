"""Fifty devices with three services each, an hour of faults: nothing is lost, nothing is left.

What `test_healing` shows one by one, here all at once, in virtual time and by a seed.
"""

import gc
import logging
import tracemalloc
from typing import Any

from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.const import SubscriptionState as State
from async_upnp_client.device_updater import DeviceUpdater
from async_upnp_client.event_handler import UpnpEventHandler
from tests.support import announcements
from tests.support.eventing import NotifyServer
from tests.support.faults import Fate
from tests.support.multicast import Multicast, MulticastLoop
from tests.support.simulated import Network, SimulatedDevice
from tests.support.virtual_time import pass_time, run, virtual_loop

DEVICES = 50
HOUR = 3600.0
CALM = 900.0
"""Seconds at the end without faults: two renewals, and the longest pause after failures."""


async def soak(seed: int, number_of_devices: int = DEVICES) -> dict[str, int]:
    """Let an hour pass, and count."""
    devices = [
        SimulatedDevice(f"uuid:{n}", host=f"192.0.2.{n + 1}", granted=300) for n in range(number_of_devices)
    ]
    network = Network(*devices)
    handler = UpnpEventHandler(NotifyServer(), network)
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
    fates = [Fate(network, device, seed + n, announce) for n, device in enumerate(devices)]
    running = [virtual_loop().create_task(fate.async_run(begin + HOUR - CALM)) for fate in fates]
    await pass_time(HOUR)
    for task in running:
        await task
    await pass_time(max(0.0, begin + HOUR - virtual_loop().time()))

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
