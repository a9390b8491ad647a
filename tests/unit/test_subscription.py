"""Subscriptions that look after themselves, to devices in memory; hours take a moment."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from async_upnp_client import subscription as subscription_module
from async_upnp_client.client.service import UpnpService
from async_upnp_client.const import SubscriptionState as State
from async_upnp_client.exceptions import UpnpError, UpnpResponseError
from async_upnp_client.subscription import LEAST_WAIT, MOST_WAIT
from tests.support.keeping import Kept, state_of
from tests.support.simulated import CALLBACK_URL
from tests.support.virtual_time import pass_time, run


def test_what_it_tells_of_itself():
    async def main():
        async with Kept(granted=300) as kept, await kept.keep() as subscription:
            assert kept.states == [State.ACTIVE]
            await kept.network.async_settle()
            assert subscription.service is kept.service()
            assert (subscription.sid, subscription.last_seq) == ("uuid:1", 0)
            assert subscription.granted_timeout == timedelta(seconds=300)
            assert subscription.callback_url == CALLBACK_URL
            assert subscription.error is None
            assert subscription.last_event is not None
            assert datetime.now(UTC) - subscription.last_event < timedelta(minutes=1)
            assert "active" in repr(subscription)
            assert kept.handler.kept_subscriptions == [subscription]
            assert kept.value() == 0
        assert subscription.sid is None
        assert kept.device.subscribers == {}
        assert kept.handler.kept_subscriptions == []

    run(main())


def test_it_is_renewed_for_as_long_as_it_lasts():
    async def main():
        async with Kept() as kept:
            subscription = await kept.keep()
            await pass_time(24 * 3600)
            assert subscription.sid == "uuid:1"
            assert kept.states == [State.ACTIVE]
            waits = [
                b - a for a, b in zip(kept.device.subscribes(), kept.device.subscribes()[1:], strict=False)
            ]
            assert all(900 <= wait <= 1441 for wait in waits)
            assert len(set(waits)) > 10  # spread

    run(main())


def test_one_that_cannot_be_had_is_lost_and_tried_again(caplog):
    async def main():
        async with Kept(subscriptions=[503, 503]) as kept:
            subscription = await kept.keep()
            assert state_of(subscription) is State.LOST
            assert isinstance(subscription.error, UpnpResponseError)
            await pass_time(60)
            assert state_of(subscription) is State.ACTIVE
            assert subscription.error is None
            assert kept.states == [State.LOST, State.ACTIVE]
            assert len(kept.device.requests) == 3

    run(main())
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


@pytest.mark.parametrize("listens", [False, True])
def test_what_is_lost_is_logged_once_where_nobody_listens(listens, caplog):
    async def main():
        async with Kept() as kept:
            subscription = await kept.keep()
            if not listens:
                subscription.on_state = None
            for _ in range(3):
                kept.device.renewals, kept.device.subscriptions = [412], [503]
                await pass_time(1800)
            assert state_of(subscription) is State.ACTIVE

    run(main())
    warnings = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(warnings) == (not listens)


def test_that_a_device_cannot_be_reached_is_told():
    async def main():
        async with Kept(subscriptions=[503, None]) as kept:
            unreached: list[UpnpService] = []
            kept.handler.on_unreached.add(unreached.append)
            subscription = await kept.keep()
            assert unreached == [], "it was"
            await pass_time(60)
            assert unreached == [subscription.service]

    run(main())


def test_a_refusal_does_not_undo_the_others():
    async def main():
        async with Kept(subscriptions=[200, 501, 200]) as kept:
            subscriptions = [await kept.keep(number) for number in range(3)]
            assert [item.state for item in subscriptions] == [State.ACTIVE, State.LOST, State.ACTIVE]

    run(main())


def test_a_service_without_events_is_polled_or_an_error():
    async def main():
        async with Kept() as kept:
            service = kept.service()
            service._service_info = service.service_info._replace(event_sub_url="")
            with pytest.raises(UpnpError):
                await kept.keep()
            subscription = await kept.keep(poll=kept.poll)
            assert subscription.state is State.POLLING
            await pass_time(65)
            assert len(kept.polls) == 3
            assert kept.device.requests == []

    run(main())


def test_a_poll_that_fails_or_never_ends_does_no_harm():
    async def main():
        async def broken():
            raise ZeroDivisionError

        async with Kept(subscriptions=[503] * 9) as kept:
            failing = await kept.keep(poll=broken)
            assert failing.state is State.LOST
            hanging = asyncio.ensure_future(kept.keep(1, poll=asyncio.Event().wait))
            await pass_time(1)
            await kept.handler.async_unsubscribe_all()
            await hanging

    run(main())


def test_a_listener_that_fails_does_no_harm(caplog):
    def broken(_subscription):
        raise ZeroDivisionError

    async def main():
        async with Kept() as kept:
            subscription = await kept.handler.async_keep_subscribed(kept.service(), on_state=broken)
            assert state_of(subscription) is State.ACTIVE

    run(main())
    assert "on_state" in caplog.text


def test_a_requester_that_raises_anything_is_a_failure():
    async def main():
        async with Kept() as kept:

            async def broken(_request):
                raise ZeroDivisionError

            kept.network.answer_instead = broken
            subscription = await kept.keep()
            assert state_of(subscription) is State.LOST
            kept.network.answer_instead = None
            await pass_time(30)
            assert state_of(subscription) is State.ACTIVE

    run(main())


def test_a_caller_that_is_cancelled_leaves_nothing():
    async def main():
        async with Kept() as kept:
            keeping = asyncio.ensure_future(kept.keep())
            await pass_time(0.01)
            keeping.cancel()
            with pytest.raises(asyncio.CancelledError):
                await keeping
            assert kept.handler.kept_subscriptions == []
            await pass_time(10)
            assert [method for _, method, _ in kept.device.requests] == ["SUBSCRIBE", "UNSUBSCRIBE"]
            assert kept.device.subscribers == {}

    run(main())


def test_a_subscribe_under_way_is_waited_for_and_cancelled():
    async def main():
        async with Kept() as kept:
            keeping = asyncio.ensure_future(kept.keep())
            await pass_time(0.01)
            await kept.handler.async_unsubscribe_all()
            assert [method for _, method, _ in kept.device.requests] == ["SUBSCRIBE", "UNSUBSCRIBE"]
            await keeping
            assert kept.device.subscribers == {}

    run(main())


def test_stopping_twice_and_with_a_device_that_is_gone():
    async def main():
        async with Kept() as kept:
            subscription = await kept.keep()
            kept.device.is_up = False
            await subscription.async_stop()
            await subscription.async_stop()
            asked = len(kept.device.requests)
            await pass_time(3600)
            assert len(kept.device.requests) == asked

    run(main())


def test_cancelling_it_by_the_old_names_ends_it():
    async def main():
        async with Kept() as kept:
            subscription = await kept.keep()
            assert kept.handler.sid_for_service(kept.service()) == subscription.sid
            await kept.handler.async_unsubscribe(kept.service())
            other = await kept.keep(1)
            await kept.handler.async_unsubscribe_device(kept.model)
            assert kept.handler.kept_subscriptions == []
            assert (subscription.sid, other.sid) == (None, None)
            asked = len(kept.device.requests)
            await pass_time(3600)
            assert len(kept.device.requests) == asked

    run(main())


def test_renewing_it_by_the_old_names_counts():
    async def main():
        async with Kept() as kept:
            subscription = await kept.keep()
            await pass_time(600)
            await kept.handler.async_resubscribe_all()
            await pass_time(800)  # the renewal that was due has moved
            assert len(kept.device.requests) == 2
            kept.device.renewals, kept.device.subscriptions = [412], [503]
            with pytest.raises(UpnpResponseError):
                await kept.handler.async_resubscribe(kept.service())
            assert state_of(subscription) is State.LOST
            await pass_time(30)
            assert state_of(subscription) is State.ACTIVE

    run(main())


def test_a_sid_that_is_given_twice_is_asked_for_again():
    async def main():
        async with Kept() as kept:
            first = await kept.keep(0)
            kept.network.numbers = count(1)  # a device that counts anew without having said so
            second = await kept.keep(1)
            assert (first.sid, second.sid) == (None, "uuid:1")
            await pass_time(1800)
            assert first.sid == "uuid:2"

    run(main())


def test_after_sleep_of_the_machine_it_is_renewed_within_a_minute(monkeypatch):
    slept = 0.0

    async def main():
        nonlocal slept
        async with Kept() as kept:
            subscription = await kept.keep()
            kept.device.reboot()
            slept = 7200.0  # the clock of the loop has not moved
            await pass_time(MOST_WAIT + LEAST_WAIT)
            assert kept.states == [State.ACTIVE, State.RENEWING, State.ACTIVE]
            assert subscription.sid == "uuid:2"
            assert len(kept.device.requests) == 2

    monkeypatch.setattr(subscription_module, "seconds_suspended", lambda: slept)
    run(main())
