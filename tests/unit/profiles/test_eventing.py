"""Events of a profile: subscribed to by hand, and kept up; hours take a moment."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from async_upnp_client.client.service import UpnpService
from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.exceptions import (
    UpnpConnectionError,
    UpnpConnectionTimeoutError,
    UpnpError,
    UpnpResponseError,
)
from tests.support import model
from tests.support.eventing import granted, notify, refused
from tests.support.lamp import DIMMING, Evented, Lamp, power, service, tree
from tests.support.model import answer
from tests.support.virtual_time import pass_time, run


async def away(_: HttpRequest) -> HttpResponse:
    """Be a device without power."""
    raise UpnpConnectionError("gone")


async def test_without_event_handler_there_is_nothing_to_subscribe() -> None:
    lamp = Lamp(tree(power()), None)
    assert await lamp.async_subscribe_services() is None
    assert not lamp.is_subscribed
    await lamp.async_unsubscribe_services()


async def test_subscribing() -> None:
    evented = Evented(granted("uuid:a", "Second-540"), granted("uuid:b", "Second-300"))
    again = await evented.lamp.async_subscribe_services()
    assert again is not None
    assert timedelta(seconds=235) < again <= timedelta(seconds=240)
    assert set(evented.lamp._subscriptions) == {"uuid:a", "uuid:b"}
    assert [request.url.rpartition("/")[2] for request in evented.publisher.requests] == ["dimming", "power"]
    assert {request.headers["TIMEOUT"] for request in evented.publisher.requests} == {"Second-540"}
    assert evented.lamp.is_subscribed
    await evented.handler.handle_notify(notify("uuid:a", Status="on"))
    assert evented.heard == [(evented.dimming, ["Status"])]
    await evented.lamp.async_unsubscribe_services()
    assert not evented.lamp.is_subscribed
    assert evented.methods == ["SUBSCRIBE"] * 2 + ["UNSUBSCRIBE"] * 2


async def test_listeners_of_services_are_put_back() -> None:
    evented = Evented()

    def mine(_service: UpnpService, _variables: Sequence[UpnpStateVariable[Any]]) -> None:
        """Listen."""

    evented.power.on_event = mine
    await evented.lamp.async_subscribe_services()
    assert evented.power.on_event is not mine
    await evented.lamp.async_unsubscribe_services()
    assert evented.power.on_event is mine
    assert evented.dimming.on_event is None


async def test_a_second_call_renews() -> None:
    evented = Evented()
    await evented.lamp.async_subscribe_services()
    await evented.lamp.async_subscribe_services()
    assert evented.publisher.asked == [
        ("SUBSCRIBE", None),
        ("SUBSCRIBE", None),
        ("SUBSCRIBE", "uuid:1"),
        ("SUBSCRIBE", "uuid:2"),
    ]
    await evented.lamp.async_unsubscribe_services()


@pytest.mark.parametrize("failing", [0, 1])
@pytest.mark.parametrize("error", [refused(503), UpnpConnectionError("gone")])
async def test_by_hand_it_is_all_or_nothing(
    error: Any, failing: int, caplog: pytest.LogCaptureFixture
) -> None:
    answers = [granted("uuid:a")] * 2
    answers[failing] = error
    asked_again = isinstance(error, UpnpConnectionError)
    evented = Evented(*answers, *[error] * asked_again)
    with pytest.raises(UpnpError):
        await evented.lamp.async_subscribe_services()
    assert not evented.lamp.is_subscribed
    subscribes = ["SUBSCRIBE"] * (3 if asked_again else 2)
    assert evented.methods == [*subscribes, "UNSUBSCRIBE"], "what was granted is given back"
    assert len([record for record in caplog.records if record.levelname == "WARNING"]) == 1


async def test_a_device_that_closes_the_second_connection_is_asked_once_more() -> None:
    evented = Evented(granted("uuid:a"), UpnpConnectionError("closed"))
    await evented.lamp.async_subscribe_services()
    assert evented.methods == ["SUBSCRIBE"] * 3
    assert len(evented.lamp._subscriptions) == 2
    await evented.lamp.async_unsubscribe_services()


async def test_a_device_that_refuses_all_is_no_news(caplog: pytest.LogCaptureFixture) -> None:
    evented = Evented(refused(503), refused(503))
    with pytest.raises(UpnpError):
        await evented.lamp.async_subscribe_services()
    assert evented.methods == ["SUBSCRIBE"] * 2
    assert not [record for record in caplog.records if record.levelname == "WARNING"]


async def test_a_renewal_that_fails_by_hand_is_raised() -> None:
    evented = Evented()
    await evented.lamp.async_subscribe_services()
    evented.publisher.answers.append(UpnpConnectionError("gone"))
    with pytest.raises(UpnpConnectionError):
        await evented.lamp.async_subscribe_services()
    assert not evented.lamp.profile_device.available
    assert set(evented.lamp._subscriptions) == {"uuid:2"}
    await evented.lamp.async_unsubscribe_services()


def test_what_is_over_or_was_ended_by_others_is_made_anew_by_hand() -> None:
    async def scenario() -> None:
        evented = Evented()
        await evented.lamp.async_subscribe_services()
        await evented.handler.async_unsubscribe("uuid:2")
        await pass_time(7200)
        assert evented.methods == ["SUBSCRIBE"] * 2 + ["UNSUBSCRIBE"], "nothing is renewed by itself"
        assert not evented.lamp.is_subscribed
        assert await evented.lamp.async_subscribe_services() == timedelta(minutes=29)
        assert set(evented.lamp._subscriptions) == {"uuid:3", "uuid:4"}
        assert evented.heard == []
        await evented.lamp.async_unsubscribe_services()

    run(scenario())


async def test_unsubscribing_does_not_mind_what_goes_wrong(caplog: pytest.LogCaptureFixture) -> None:
    evented = Evented()
    await evented.lamp.async_subscribe_services()
    await evented.handler.async_unsubscribe("uuid:2")
    evented.publisher.answers.append(UpnpConnectionError("gone"))
    await evented.lamp.async_unsubscribe_services()
    assert [record for record in caplog.records if record.levelname == "WARNING"] == []
    await evented.lamp.async_unsubscribe_services()


async def test_an_error_that_is_none_of_ours_undoes_all() -> None:
    evented = Evented(granted("uuid:a"), ValueError("a requester of an application"))
    with pytest.raises(ValueError, match="requester"):
        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
    assert not evented.lamp.is_subscribed
    assert evented.methods == ["SUBSCRIBE", "SUBSCRIBE", "UNSUBSCRIBE"]


def test_a_caller_that_is_cancelled_leaves_nothing() -> None:
    async def scenario() -> None:
        async def late(_: HttpRequest) -> HttpResponse:
            await pass_time(5)
            return granted("uuid:late")

        evented = Evented(granted("uuid:a"), late)
        subscribing = asyncio.ensure_future(evented.lamp.async_subscribe_services())
        await pass_time(1)
        subscribing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await subscribing
        await pass_time(10)
        assert evented.methods == ["SUBSCRIBE"] * 2 + ["UNSUBSCRIBE"] * 2
        assert evented.handler.kept_subscriptions == []

    run(scenario())


# --- Events, kept up ---


def test_subscriptions_are_kept() -> None:
    async def scenario() -> None:
        evented = Evented()
        assert await evented.lamp.async_subscribe_services(auto_resubscribe=True) is None
        evented.initial_events()
        await pass_time(3 * 3600)
        renewals = len(evented.publisher.asked) - 2
        assert 2 * 3 * 3600 / 1450 - 2 <= renewals <= 2 * 3 * 3600 / 900
        assert {sid for _, sid in evented.publisher.asked[2:]} == {"uuid:1", "uuid:2"}
        task = evented.lamp._resubscriber_task
        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        assert len(evented.publisher.asked) == renewals + 4, "a second call renews"
        assert evented.lamp._resubscriber_task is task
        await evented.lamp.async_unsubscribe_services()
        assert evented.lamp._resubscriber_task is None
        assert task is not None
        assert task.done()

    run(scenario())


def test_subscriptions_made_by_hand_can_be_kept_from_then_on() -> None:
    async def scenario() -> None:
        evented = Evented()
        await evented.lamp.async_subscribe_services()
        evented.initial_events()
        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        assert [sid for _, sid in evented.publisher.asked] == [None, None, "uuid:1", "uuid:2"]
        await pass_time(7200)
        assert set(evented.lamp._subscriptions) == {"uuid:1", "uuid:2"}
        await evented.lamp.async_unsubscribe_services()

    run(scenario())


@pytest.mark.parametrize(("seconds", "within"), [(61, 1.1), (75, 15.1), (540, 480.1)])
def test_the_first_renewal_comes_a_minute_before_the_end_at_the_latest(seconds: int, within: float) -> None:
    async def scenario() -> None:
        evented = Evented(*[granted(f"uuid:{n}", f"Second-{seconds}") for n in "ab"])
        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        evented.initial_events("uuid:a", "uuid:b")
        await pass_time(within)
        assert {sid for _, sid in evented.publisher.asked[2:]} == {"uuid:a", "uuid:b"}
        await evented.lamp.async_unsubscribe_services()

    run(scenario())


@pytest.mark.parametrize("refusing", [0, 1])
@pytest.mark.parametrize("error", [refused(503), UpnpConnectionError("gone")])
def test_what_one_service_refuses_does_not_undo_the_others(error: Any, refusing: int) -> None:
    async def scenario() -> None:
        is_connection = isinstance(error, UpnpConnectionError)
        answers = [error, granted("uuid:a")] if refusing == 0 else [granted("uuid:a"), error]
        evented = Evented(*answers, *[error] * is_connection)
        assert await evented.lamp.async_subscribe_services(auto_resubscribe=True) is None
        assert evented.lamp.is_subscribed
        assert set(evented.lamp._subscriptions) == {"uuid:a"}
        services = [evented.dimming, evented.power]
        assert evented.heard == [(services[refusing], [])]
        assert evented.lamp.profile_device.available is not is_connection
        await pass_time(30)
        assert len(evented.lamp._subscriptions) == 2, "it is asked again"
        assert evented.lamp.profile_device.available
        await evented.lamp.async_unsubscribe_services()

    run(scenario())


@pytest.mark.parametrize("errors", [[refused(503)] * 2, [UpnpConnectionError("gone")] * 4])
def test_a_device_that_gives_no_subscription_at_all_is_an_error(errors: list[Any]) -> None:
    async def scenario() -> None:
        evented = Evented(*errors)
        with pytest.raises(UpnpError):
            await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        asked = len(evented.methods)
        await pass_time(3600)
        assert (len(evented.methods), evented.heard) == (asked, []), "what then is for the caller to say"
        assert evented.handler.kept_subscriptions == []
        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        assert len(evented.lamp._subscriptions) == 2
        await evented.lamp.async_unsubscribe_services()

    run(scenario())


def test_a_second_call_while_the_device_is_away_is_an_error_and_all_goes_on() -> None:
    async def scenario() -> None:
        evented = Evented()
        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        evented.initial_events()
        evented.publisher.answers.extend([away] * 100)
        await pass_time(1800)
        with pytest.raises(UpnpConnectionError):
            await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        evented.publisher.answers.clear()
        await pass_time(400)
        assert len(evented.lamp._subscriptions) == 2
        await evented.lamp.async_unsubscribe_services()

    run(scenario())


def test_services_that_come_and_go_while_it_is_kept_up() -> None:
    async def scenario() -> None:
        evented = Evented()
        lamp = evented.lamp.profile_device

        def mine(_service: UpnpService, _variables: Sequence[UpnpStateVariable[Any]]) -> None:
            """Listen."""

        evented.dimming.on_event = mine
        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        lamp.reinit(tree(power(event_sub_url="/power")).own_devices[0])
        await pass_time(1)
        assert [kept.service for kept in evented.handler.kept_subscriptions] == [evented.power]
        assert evented.dimming.on_event is mine
        assert evented.methods == ["SUBSCRIBE"] * 2 + ["UNSUBSCRIBE"]
        evented.publisher.answers.extend([refused(503)])
        added = service(DIMMING.format(2), "2", event_sub_url="/dimming")
        lamp.reinit(tree(power(event_sub_url="/power"), added).own_devices[0])
        await pass_time(30)
        assert set(evented.lamp._subscriptions) == {"uuid:2", "uuid:3"}, "what it refused was tried again"
        await evented.lamp.async_unsubscribe_services()
        assert lamp.followers == set()

    run(scenario())


def test_an_embedded_device_that_is_described_no_more_and_is_back() -> None:
    async def scenario() -> None:
        evented = Evented()
        lamp = evented.lamp.profile_device
        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        evented.root.reinit(model.device([], [], device_type=evented.root.device_type, udn="uuid:ceiling"))
        await pass_time(1)
        assert evented.handler.kept_subscriptions == []
        assert (evented.heard, lamp.available) == ([(evented.dimming, []), (evented.power, [])], False)
        assert await evented.lamp.async_subscribe_services(auto_resubscribe=True) is None
        assert evented.methods == ["SUBSCRIBE"] * 2 + ["UNSUBSCRIBE"] * 2

        evented.root.reinit(tree(power(event_sub_url="/power")))
        await pass_time(1)
        back = evented.root.own_devices[0]
        assert back is evented.lamp.profile_device is not lamp
        assert [kept.service for kept in evented.handler.kept_subscriptions] == back.own_services
        assert back.available
        await evented.lamp.async_unsubscribe_services()
        assert evented.root.followers == lamp.followers == back.followers == set()

    run(scenario())


def test_events_that_are_described_no_more_and_again() -> None:
    async def scenario() -> None:
        evented = Evented()
        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        evented.initial_events()
        for url, sids in (("", 1), ("/new", 2)):
            dimming = service(DIMMING.format(1), event_sub_url=url, requester=evented.dimming.requester)
            evented.heard.clear()
            evented.root.reinit(tree(dimming, power(event_sub_url="/power")))
            await pass_time(1)
            assert evented.heard == ([] if url else [(evented.dimming, [])])
            assert len(evented.lamp._subscriptions) == sids
            assert (evented.dimming.on_event == evented.lamp._on_event) is bool(url)
            evented.initial_events()
            polls = evented.polls
            await pass_time(60)
            assert (evented.polls > polls) is not bool(url)
        await evented.lamp.async_unsubscribe_services()

    run(scenario())


@pytest.mark.parametrize("seconds", [1, 30, 60])
def test_a_short_lifetime_does_not_make_the_loop_spin(seconds: int) -> None:
    async def scenario() -> None:
        async def grant(request: HttpRequest) -> Any:
            return granted(request.headers.get("SID") or "uuid:x", f"Second-{seconds}")

        evented = Evented(*[grant] * 2000)
        evented.power._service_info = evented.power.service_info._replace(event_sub_url="")
        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        evented.initial_events("uuid:x")
        await pass_time(600)
        assert 600 / max(seconds, 10) - 1 <= len(evented.publisher.asked) <= 1300 / max(seconds, 10) + 2
        await evented.lamp.async_unsubscribe_services()

    run(scenario())


def test_a_failed_renewal_leaves_the_others_and_is_told_once() -> None:
    async def scenario() -> None:
        evented = Evented(*[granted(f"uuid:{n}", f"Second-{n}") for n in (61, 1800)])
        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        evented.initial_events("uuid:61", "uuid:1800")
        evented.heard.clear()
        evented.publisher.answers.extend([UpnpConnectionError("gone")] * 2)
        await pass_time(2)
        assert evented.lamp.is_subscribed
        assert set(evented.lamp._subscriptions) == {"uuid:1800"}
        assert evented.heard == [(evented.dimming, [])]
        assert evented.lamp.profile_device.available is False
        await pass_time(45)
        assert set(evented.lamp._subscriptions) == {"uuid:61", "uuid:1800"}, "it was not over yet"
        assert evented.lamp.profile_device.available is True
        assert len(evented.heard) == 1
        await evented.lamp.async_unsubscribe_services()

    run(scenario())


async def test_a_call_while_nobody_answers_asks_once() -> None:
    evented = Evented()
    await evented.lamp.async_subscribe_services(auto_resubscribe=True)
    evented.publisher.answers.extend([UpnpConnectionTimeoutError("no answer")] * 2)
    await evented.lamp.async_subscribe_services(auto_resubscribe=True)  # the other one may still be there
    assert len(evented.methods) == 3
    assert set(evented.lamp._subscriptions) == {"uuid:2"}
    assert evented.lamp.profile_device.available is False
    evented.publisher.answers.clear()
    await evented.lamp.async_unsubscribe_services()


def test_a_device_that_is_away_for_hours_gets_its_subscriptions_back() -> None:
    async def scenario() -> None:
        evented = Evented()
        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        evented.initial_events()
        evented.heard.clear()
        evented.publisher.answers.extend([away] * 10_000)
        await pass_time(6 * 3600)
        assert not evented.lamp.is_subscribed
        assert len(evented.publisher.asked) < 250
        assert sorted((str(service), names) for service, names in evented.heard) == sorted(
            (str(service), []) for service in (evented.dimming, evented.power)
        ), "told once"
        evented.publisher.answers.clear()
        await pass_time(600)
        assert len(evented.lamp._subscriptions) == 2
        await evented.lamp.async_unsubscribe_services()

    run(scenario())


def test_a_task_that_ended_is_started_anew() -> None:
    async def scenario() -> None:
        evented = Evented()
        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        first = evented.lamp._resubscriber_task
        assert first is not None
        first.cancel()
        await asyncio.wait([first])
        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        assert evented.lamp._resubscriber_task is not first
        await evented.lamp.async_unsubscribe_services()

    run(scenario())


def test_what_is_being_renewed_when_all_ends_is_unsubscribed_too() -> None:
    async def scenario() -> None:
        async def late(request: HttpRequest) -> HttpResponse:
            await pass_time(5)
            return granted(request.headers["SID"])

        evented = Evented()
        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        evented.initial_events()
        evented.publisher.answers.extend([late, late])
        while len(evented.publisher.asked) < 3:
            await pass_time(1)
        await evented.lamp.async_unsubscribe_services()
        unsubscribed = {sid for method, sid in evented.publisher.asked if method == "UNSUBSCRIBE"}
        assert unsubscribed == {"uuid:1", "uuid:2"}

    run(scenario())


def test_a_listener_that_fails_does_not_end_anything(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        evented = Evented(granted("uuid:a"), refused(503))

        def fail(_service: UpnpService, _variables: Sequence[UpnpStateVariable[Any]]) -> None:
            raise ZeroDivisionError

        evented.lamp.on_event = fail
        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        await pass_time(20)
        assert len(evented.lamp._subscriptions) == 2
        await evented.lamp.async_unsubscribe_services()

    run(scenario())
    assert "on_event failed" in caplog.text


def test_unsubscribing_in_a_listener() -> None:
    async def scenario() -> None:
        evented = Evented()
        ended: list[asyncio.Task[None]] = []

        def leave(_service: UpnpService, _variables: Sequence[UpnpStateVariable[Any]]) -> None:
            ended.append(asyncio.create_task(evented.lamp.async_unsubscribe_services()))

        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        evented.initial_events()
        evented.lamp.on_event = leave
        evented.publisher.answers.extend([refused(), UpnpResponseError(status=503), away, away, away])
        await pass_time(1760)
        assert ended
        await asyncio.gather(*ended)
        assert not evented.lamp.is_subscribed

    run(scenario())


# --- Polls, where events do not come ---


def told(status: str) -> HttpResponse:
    """What the service for dimming answers to Get."""
    return answer("Get", f"<S>{status}</S><L>5</L>", namespace=DIMMING.format(1))


def test_values_are_polled_while_no_event_comes(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        evented = Evented()
        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        assert evented.lamp._events_come("DIM"), "as far as is known"
        evented.told.extend([told("on"), told("off")])
        await pass_time(12)
        assert not evented.lamp._events_come("DIM")
        assert evented.heard == [(evented.dimming, ["Status", "Level"])]
        await pass_time(30)
        assert evented.heard[1:] == [(evented.dimming, ["Status"])]
        evented.initial_events()
        await pass_time(300)
        assert (evented.told, evented.lamp._events_come("DIM")) == ([], True)
        assert evented.polls == 2, "events are enough again"
        await evented.lamp.async_unsubscribe_services()

    run(scenario())
    assert len([record for record in caplog.records if record.levelname == "WARNING"]) == 1


def test_values_of_a_service_without_subscription_are_polled() -> None:
    async def scenario() -> None:
        evented = Evented(refused(501), granted("uuid:a"), *[refused(501)] * 3)
        evented.told.extend([told("on")])
        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        await pass_time(1)
        assert evented.heard == [(evented.dimming, []), (evented.dimming, ["Status", "Level"])]
        await evented.lamp.async_unsubscribe_services()

    run(scenario())


def test_values_of_a_service_without_events_are_polled() -> None:
    async def scenario() -> None:
        evented = Evented()
        evented.dimming._service_info = evented.dimming.service_info._replace(event_sub_url="")
        evented.told.extend([told("on"), told("off")])
        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        assert evented.heard == [(evented.dimming, ["Status", "Level"])]
        await pass_time(31)
        assert evented.heard[1:] == [(evented.dimming, ["Status"])]
        assert set(evented.lamp._subscriptions) == {"uuid:1"}
        await evented.lamp.async_unsubscribe_services()
        await pass_time(60)
        assert evented.polls == 2

    run(scenario())


async def test_by_hand_nothing_is_polled() -> None:
    evented = Evented()
    evented.dimming._service_info = evented.dimming.service_info._replace(event_sub_url="")
    await evented.lamp.async_subscribe_services()
    assert evented.polls == 0
    await evented.lamp.async_unsubscribe_services()
