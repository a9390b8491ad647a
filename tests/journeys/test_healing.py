"""What befalls devices and networks over a day, each a scenario with its name; hours take a moment.

After each of them the subscription is there and the value is that of the device.
"""

import asyncio
import logging
import random
from itertools import pairwise
from typing import ClassVar

import pytest

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.const import SubscriptionState as State
from async_upnp_client.exceptions import UpnpNotFoundError
from async_upnp_client.profiles.profile import UpnpProfileDevice
from async_upnp_client.subscription import UpnpSubscription
from tests.support import announcements
from tests.support.keeping import Kept, state_of
from tests.support.simulated import TIMEOUT
from tests.support.virtual_time import pass_time, run, virtual_loop

HALF_HOUR = 1800.0


async def is_whole(kept: Kept, subscription: UpnpSubscription, number: int = 0) -> bool:
    """Whether the value of a service is known, and what changes comes at once."""
    await pass_time(1)
    before = kept.value(number) == kept.device.values[number]
    kept.network.change(kept.device, number)
    await pass_time(1)
    return (
        before and kept.value(number) == kept.device.values[number] and state_of(subscription) is State.ACTIVE
    )


# --- Devices restart, move and leave


@pytest.mark.parametrize("where", ["same port", "new port", "new address"])
def test_reboot(where):
    async def main():
        async with Kept() as kept:
            subscriptions = [await kept.keep(number) for number in range(3)]
            model, service = kept.model, kept.service()
            await kept.follow()
            await pass_time(60)
            kept.device.reboot()
            kept.device.values = [7, 8, 9]
            if where == "new port":
                kept.device.port = 50000
            elif where == "new address":
                kept.device.host = "192.0.2.77"
            asked = len(kept.device.requests)
            kept.announce(2)
            await pass_time(1)
            assert [kept.value(number) for number in range(3)] == [7, 8, 9]
            assert [method for _, method, _ in kept.device.requests[asked:]] == ["SUBSCRIBE"] * 3
            assert kept.changes == [True], "one change is told"
            assert (kept.model, kept.service()) == (model, service)
            assert model.device_url == kept.device.location
            for number, subscription in enumerate(subscriptions):
                assert await is_whole(kept, subscription, number)

    run(main())


def test_the_description_has_changed():
    async def main():
        async with Kept() as kept:
            first, last = await kept.keep(0), await kept.keep(2)
            await kept.follow()
            kept.device.friendly_name = "Renamed"
            kept.device.removed = {2}
            kept.announce(1, config_id=2)
            await pass_time(1)
            assert (kept.model.name, len(kept.model.all_services), kept.changes) == ("Renamed", 2, [True])
            assert await is_whole(kept, first)
            assert kept.handler.kept_subscriptions == [first]
            assert last.sid is None
            kept.device.removed = set()
            kept.announce(1, config_id=3)
            await pass_time(1)
            assert len(kept.model.all_services) == 3
            assert await is_whole(kept, first)

    run(main())


@pytest.mark.parametrize("polls", [True, False])
def test_events_are_described_no_more_and_again(polls):
    async def main():
        async with Kept() as kept:
            subscription = await kept.keep(poll=kept.poll if polls else None)
            await kept.follow()
            await pass_time(1)
            kept.device.silent = {0}
            kept.announce(1, config_id=2)
            await pass_time(1)
            assert state_of(subscription) is (State.POLLING if polls else State.LOST)
            asked, polled = len(kept.device.requests), len(kept.polls)
            await pass_time(HALF_HOUR)
            assert len(kept.device.requests) == asked, "there is nowhere to ask"
            assert (len(kept.polls) > polled) is polls
            kept.device.silent = set()
            kept.announce(1, config_id=3)
            await pass_time(1)
            assert await is_whole(kept, subscription)
            assert len(kept.device.requests) == asked + 1
            assert len(kept.device.subscribers) == 1, "the first is over, since it could not be cancelled"

    run(main())


class Simulated(UpnpProfileDevice):
    """A profile of simulated devices, for two of their services."""

    DEVICE_TYPES: ClassVar[list[str]] = ["urn:example-org:device:D:1"]
    _SERVICE_TYPES: ClassVar[dict[str, set[str]]] = {
        f"S{number}": {f"urn:example-org:service:S{number}:1"} for number in (0, 2)
    }


def test_a_quiet_hour_costs_a_profile_no_more_than_it_ever_did():
    async def main():
        async with Kept() as kept:
            profile = Simulated(kept.model, kept.handler)
            await profile.async_subscribe_services(auto_resubscribe=True)
            await pass_time(3600)
            assert len(kept.device.subscribes()) <= 8 * len(profile._subscriptions)
            renewals = [at for at, _, sid in kept.device.requests if sid == "uuid:1"]
            waits = [one - other for other, one in pairwise(renewals)]
            assert max(waits) <= 481, "several tries fit before the nine minutes are over"
            await profile.async_unsubscribe_services()

    run(main())


def test_a_profile_keeps_up_with_the_description():
    async def main():
        async with Kept(removed={2}) as kept:
            profile = Simulated(kept.model, kept.handler)
            heard: list[str] = []
            profile.on_event = lambda service, _: heard.append(service.service_type)
            await profile.async_subscribe_services(auto_resubscribe=True)
            await kept.follow()
            assert len(kept.handler.kept_subscriptions) == 1
            for config_id, removed, count in ((2, set[int](), 2), (3, {2}, 1), (4, set[int](), 2)):
                kept.device.removed = removed
                kept.announce(1, config_id=config_id)
                await pass_time(HALF_HOUR)
                heard.clear()
                kept.network.change(kept.device, 0)
                kept.network.change(kept.device, 2)
                await pass_time(1)
                assert sorted(heard) == [f"urn:example-org:service:S{n}:1" for n in (0, 2)[:count]]
                assert len(kept.device.subscribers) == len(kept.handler.kept_subscriptions) == count
            await profile.async_unsubscribe_services()
            assert kept.handler.kept_subscriptions == []
            kept.device.removed = {2}
            kept.announce(1, config_id=5)
            await pass_time(1)
            assert not kept.device.subscribers, "it keeps nothing any more"

    run(main())


def test_power_cut_without_byebye():
    async def main():
        async with Kept() as kept:
            subscription = await kept.keep()
            await kept.follow()
            kept.device.is_up = False
            kept.device.reboot()
            await pass_time(2 * HALF_HOUR)
            assert state_of(subscription) is State.LOST
            assert kept.changes == [False]
            assert len(kept.device.requests) < 20, "a dead device is asked less and less often"
            kept.device.is_up = True
            kept.device.values[0] = 5
            kept.announce(2)
            await pass_time(TIMEOUT)  # of a request that may have been under way while it was still away
            assert await is_whole(kept, subscription)
            assert kept.changes[-1]

    run(main())


def test_power_cut_heard_by_nobody():
    async def main():
        async with Kept() as kept:
            subscription = await kept.keep()
            kept.device.is_up = False
            kept.device.reboot()
            await pass_time(4 * HALF_HOUR)
            kept.device.is_up = True
            await pass_time(400)
            assert await is_whole(kept, subscription)

    run(main())


class Finder:
    """Finds the device wherever it is, if it is up."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.asked: list[float] = []

    async def __call__(self, _device: UpnpDevice) -> CaseInsensitiveDict:
        self.asked.append(asyncio.get_running_loop().time())
        await pass_time(1)
        device = self.kept.device
        if not device.is_up:
            raise UpnpNotFoundError("nobody")
        announcer = announcements.Device(device.udn, device.location, device.host)
        return announcer.response(bootid_upnp_org="2")


def test_moved_unheard():
    async def main():
        async with Kept() as kept:
            subscriptions = [await kept.keep(number) for number in range(3)]
            finder = Finder(kept)
            await kept.follow(async_locate=finder)
            await pass_time(60)
            kept.device.reboot()
            kept.device.host = "192.0.2.77"
            kept.device.values = [7, 8, 9]
            await pass_time(HALF_HOUR - 120)
            assert (kept.changes, len(finder.asked)) == ([False, True], 1)
            for number, subscription in enumerate(subscriptions):
                assert await is_whole(kept, subscription, number)

    run(main())


def test_moved_unheard_while_it_was_away():
    async def main():
        async with Kept() as kept:
            subscription = await kept.keep()
            finder = Finder(kept)
            await kept.follow(async_locate=finder)
            kept.device.is_up = False
            kept.device.reboot()
            await pass_time(4 * HALF_HOUR)
            assert kept.changes == [False]
            assert 10 < len(finder.asked) < 35, "it is looked for less and less often"
            kept.device.is_up = True
            kept.device.host = "192.0.2.77"
            await pass_time(310)
            assert kept.changes == [False, True]
            assert await is_whole(kept, subscription)

    run(main())


def test_a_device_that_is_there_is_not_looked_for():
    async def main():
        async with Kept(renewals=[None] * 3) as kept:
            subscription = await kept.keep()
            finder = Finder(kept)
            await kept.follow(async_locate=finder)
            await pass_time(HALF_HOUR)
            assert (kept.changes, finder.asked) == ([], [])
            assert await is_whole(kept, subscription)

    run(main())


def test_byebye_and_alive_within_a_second():
    async def main():
        async with Kept() as kept:
            subscription = await kept.keep()
            await kept.follow()
            kept.device.reboot()
            kept.byebye()
            await pass_time(0.5)
            kept.announce(1)
            assert await is_whole(kept, subscription)
            await pass_time(60)
            assert kept.changes == [], "it never was away"

    run(main())


def test_byebye_of_a_device_that_leaves():
    async def main():
        async with Kept() as kept:
            subscription = await kept.keep()
            await kept.follow()
            kept.byebye()
            kept.device.is_up = False
            kept.device.reboot()
            await pass_time(10)
            assert kept.changes == [False]
            kept.device.is_up = True
            kept.announce(1)
            assert await is_whole(kept, subscription)
            assert kept.changes == [False, True]

    run(main())


def test_a_device_that_counts_its_messages_is_left_alone():
    async def main():
        async with Kept() as kept:
            subscription = await kept.keep()
            await kept.follow()
            for boot_id in range(2, 200):
                kept.announce(boot_id, times=1)
                await pass_time(10)
            assert len(kept.device.subscribes()) < 8
            assert await is_whole(kept, subscription)

    run(main())


# --- Renewals


@pytest.mark.parametrize("answer", [412, 404, 500, 503])
def test_renewal_refused(answer):
    async def main():
        async with Kept(renewals=[answer]) as kept:
            subscription = await kept.keep()
            await pass_time(HALF_HOUR)
            assert kept.states == [State.ACTIVE], "nobody notices"
            assert [method for _, method, _ in kept.device.requests] == [
                "SUBSCRIBE",
                "SUBSCRIBE",
                "UNSUBSCRIBE",
                "SUBSCRIBE",
            ]
            assert await is_whole(kept, subscription)

    run(main())


def test_renewal_without_answer():
    async def main():
        async with Kept(renewals=[None, None]) as kept:
            subscription = await kept.keep()
            await pass_time(HALF_HOUR)
            assert kept.states == [State.ACTIVE, State.RENEWING, State.ACTIVE]
            assert subscription.sid == "uuid:1"
            assert await is_whole(kept, subscription)

    run(main())


@pytest.mark.uda("E-023")
@pytest.mark.parametrize("granted", [1, 5, 30, 300])
def test_granted_shorter_than_asked(granted):
    async def main():
        async with Kept(granted=granted) as kept:
            subscription = await kept.keep()
            turns = virtual_loop().selector.turns
            await pass_time(3600)
            asked = len(kept.device.subscribes())
            assert asked <= 3600 / max(10, granted * 0.5) + 2
            assert virtual_loop().selector.turns - turns < asked * 20 + 200, "nothing spins"
            if granted >= 30:
                assert kept.states == [State.ACTIVE]
                assert await is_whole(kept, subscription)

    run(main())


@pytest.mark.parametrize("has_forgotten", [False, True])
def test_suspend_and_resume(has_forgotten):
    async def main():
        async with Kept() as kept:
            subscriptions = [await kept.keep(number) for number in range(3)]
            await pass_time(60)
            if has_forgotten:
                kept.device.reboot()
            kept.device.values = [4, 5, 6]
            asked = len(kept.device.requests)
            virtual_loop().jump(3600)
            await pass_time(30)
            assert len(kept.device.requests) - asked == 3, "one SUBSCRIBE for each service"
            for number, subscription in enumerate(subscriptions):
                assert await is_whole(kept, subscription, number)

    run(main())


# --- Events


@pytest.mark.uda("E-029")
@pytest.mark.parametrize("initial", ["before", "after"])
def test_initial_event(initial):
    async def main():
        async with Kept(initial=initial, values=[3, 0, 0]) as kept:
            subscription = await kept.keep()
            await pass_time(30)
            assert kept.states == [State.ACTIVE]
            assert kept.value() == 3
            assert await is_whole(kept, subscription)

    run(main())


@pytest.mark.parametrize("polls", [False, True])
def test_initial_event_never(polls, caplog):
    async def main():
        async with Kept(is_deaf=True) as kept:

            async def poll() -> None:
                kept.service().state_variable("Value").value = kept.device.values[0]
                await kept.poll()

            first = await kept.keep(0, poll=poll if polls else None)
            await kept.keep(1)
            await pass_time(60)
            expected = [State.ACTIVE, State.CALLBACK_UNREACHABLE]
            assert [state for state in kept.states[1:] if state is not State.POLLING] == expected[
                :1
            ] + expected[1:] * 2
            assert state_of(first) is (State.POLLING if polls else State.CALLBACK_UNREACHABLE)
            kept.device.values[0] = 9
            await pass_time(31)
            assert (kept.value() == 9) is polls
            polled = len(kept.polls)
            kept.device.is_deaf = False  # the firewall was opened
            await pass_time(HALF_HOUR)
            assert await is_whole(kept, first)
            polled = len(kept.polls)
            await pass_time(600)
            assert len(kept.polls) == polled, "events are enough again"

    run(main())
    warnings = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(warnings) == 1, "one message for all services"
    assert "http://192.0.2.2:8090/notify" in warnings[0]


@pytest.mark.uda("E-032")
@pytest.mark.parametrize(
    "order", [[0, 1, 2], [0, 2, 1], [1, 2], [0, 0, 1, 1, 2], [2], [2, 2, 1, 0], [0, 2, 2, 1, 1]], ids=str
)
def test_notify_reordered_and_duplicated(order):
    async def main():
        async with Kept(initial="never") as kept:
            subscription = await kept.keep()
            sid = subscription.sid or ""
            kept.device.subscribers[sid].seq = 3
            kept.device.values[0] = 2
            kept.device.initial = "after"
            events = [kept.network.event(kept.device, sid, number, number) for number in order]
            assert [await kept.handler.handle_notify(event) for event in events] == [200] * len(order)
            await pass_time(120)
            assert await is_whole(kept, subscription)

    run(main())


@pytest.mark.uda("E-031")
def test_numbers_of_events_begin_anew_at_their_end():
    async def main():
        async with Kept() as kept:
            subscription = await kept.keep()
            await pass_time(1)
            sid = subscription.sid or ""
            for seq in (1, 2**32 - 1, 1, 2, 3):
                kept.device.values[0] += 1
                await kept.handler.handle_notify(
                    kept.network.event(kept.device, subscription.sid or "", seq, kept.device.values[0])
                )
                await pass_time(1)
                assert kept.value() == kept.device.values[0]
                if seq > 3:
                    await pass_time(60)  # that leap was a gap
            assert subscription.last_seq is not None
            assert sid == "uuid:1"

    run(main())


def test_events_lost_on_the_way():
    async def main():
        async with Kept() as kept:
            subscription = await kept.keep()
            await pass_time(1)
            for _ in range(20):
                kept.device.is_deaf = True
                kept.network.change(kept.device, 0)
                await pass_time(1)
                kept.device.is_deaf = False
                kept.network.change(kept.device, 0)
                await pass_time(1)
            await pass_time(3600)
            assert await is_whole(kept, subscription)
            assert len(kept.device.subscribes()) < 15

    run(main())


@pytest.mark.parametrize("seed", range(5))
def test_30_percent_of_messages_lost_each_way(seed):
    async def main():
        async with Kept(granted=300) as kept:
            chance = random.Random(seed)  # no secret
            kept.network.loses = lambda: chance.random() < 0.3
            subscription = await kept.keep()
            for _ in range(120):
                await pass_time(30)
                kept.network.change(kept.device, 0)
            assert len(kept.device.subscribes()) < 3600 / 10
            kept.network.loses = lambda: False
            await pass_time(600)
            assert await is_whole(kept, subscription)

    run(main())


def test_slow_callback():
    async def main():
        async with Kept() as kept:
            loop = virtual_loop()
            heard = []

            def slow(service, _variables):
                heard.append(service.state_variable("Value").value)
                loop.jump(10)  # as long as this takes

            kept.service().on_event = slow
            subscription = await kept.keep()
            await pass_time(1)
            events = [kept.network.event(kept.device, subscription.sid or "", seq, seq) for seq in (1, 2, 3)]
            asked_at = loop.time()
            receipts = [kept.handler.receive_notify(event) for event in events]
            assert [receipt.status for receipt in receipts] == [200] * 3
            assert loop.time() == asked_at, "what is to be answered is known before anybody is called"
            for receipt in reversed(receipts):
                receipt.take_in()
            assert heard == [0, 1, 2, 3]

    run(main())


def test_gateway_that_closes_the_second_parallel_connection():
    async def main():
        async with Kept(one_connection=True) as kept:
            subscriptions = await asyncio.gather(*(kept.keep(number) for number in range(3)))
            assert kept.states == [State.ACTIVE] * 3
            await kept.follow()
            kept.device.reboot()
            kept.announce(2)
            await pass_time(30)
            for number, subscription in enumerate(subscriptions):
                assert await is_whole(kept, subscription, number)
            assert len(kept.device.requests) == 6

    run(main())
