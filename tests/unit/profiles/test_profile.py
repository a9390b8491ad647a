import asyncio
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from typing import Any, ClassVar

import pytest

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client.service import UpnpService
from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.const import DeviceIcon, HttpRequest
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.exceptions import UpnpConnectionError, UpnpError, UpnpResponseError
from async_upnp_client.profiles import profile
from async_upnp_client.profiles.profile import (
    RESUBSCRIBE_TOLERANCE,
    RESUBSCRIBE_TOLERANCE_SECS,
    SUBSCRIBE_TIMEOUT,
    UpnpProfileDevice,
    find_device_of_type,
)
from tests.support import model
from tests.support.eventing import NotifyServer, Publisher, granted, notify, refused
from tests.support.model import MemoryRequester, answer
from tests.support.virtual_time import pass_time, run

TYPES = ["urn:x:device:Lamp:1", "urn:x:device:Lamp:2"]
DIMMING = "urn:x:service:Dimming:{}"
POWER = "urn:x:service:Power:1"


class Lamp(UpnpProfileDevice):
    """A profile of lamps."""

    DEVICE_TYPES: ClassVar[list[str]] = TYPES
    SERVICE_IDS = frozenset({"urn:x:serviceId:Power"})
    _SERVICE_TYPES: ClassVar[dict[str, set[str]]] = {
        "DIM": {DIMMING.format(1), DIMMING.format(2), DIMMING.format(10)},
        "PWR": {POWER},
    }


def service(service_type: str, service_id: str = "x", **options: Any) -> UpnpService:
    """A service with a text variable and an action that tells two."""
    text, level = model.variable("Status", "string"), model.variable("Level", "ui2", value_range={"max": "9"})
    get = model.action("Get", [("In", "in", model.variable("I")), ("S", "out", text), ("L", "out", level)])
    return model.service([text, level], [get], service_type=service_type, service_id=service_id, **options)


def power(**options: Any) -> UpnpService:
    """The service that every lamp has."""
    return service(POWER, "urn:x:serviceId:Power", **options)


def tree(*services: UpnpService, lamp_type: str = TYPES[0]) -> UpnpDevice:
    """A lamp that is embedded in something else."""
    lamp = model.device(services, device_type=lamp_type, udn="uuid:lamp", friendly_name="Lamp")
    return model.device([], [lamp], device_type="urn:x:device:Ceiling:1", udn="uuid:ceiling")


# --- What it is ---


def test_constants() -> None:
    assert timedelta(seconds=RESUBSCRIBE_TOLERANCE_SECS) == RESUBSCRIBE_TOLERANCE == timedelta(minutes=1)
    assert timedelta(minutes=9) == SUBSCRIBE_TIMEOUT


@pytest.mark.parametrize("lamp_type", TYPES)
def test_the_device_of_the_kind_is_found_where_it_is_embedded(lamp_type: str) -> None:
    root = tree(power(), lamp_type=lamp_type)
    lamp = Lamp(root, None)
    assert lamp.device is root
    assert lamp.profile_device is root.all_devices[1] is find_device_of_type(root, TYPES)
    assert (lamp.name, lamp.udn, lamp.device_type) == ("Lamp", "uuid:lamp", lamp_type)
    assert (lamp.manufacturer, lamp.model_name) == ("Maker", "Model")
    assert (lamp.model_description, lamp.model_number, lamp.serial_number) == (None, None, None)


def test_a_device_of_another_kind() -> None:
    with pytest.raises(UpnpError, match="Lamp:1"):
        Lamp(model.device(), None)
    assert not Lamp.is_profile_device(model.device())


@pytest.mark.parametrize(("services", "is_one"), [([power], True), ([], False)])
def test_a_lamp_has_its_services(services: list[Any], is_one: bool) -> None:
    assert Lamp.is_profile_device(tree(*(make() for make in services))) is is_one


@pytest.mark.parametrize(
    ("icons", "url"),
    [
        ([], None),
        ([("image/png", 48, 48, 24, "")], None),
        ([("image/png", 48, 48, 24, "a"), ("image/png", 120, 120, 8, "b")], "b"),
        ([("image/png", 48, 48, 8, "a"), ("image/gif", 48, 48, 24, "b")], "b"),
        (
            [("image/gif", 48, 48, 24, "a"), ("image/PNG", 48, 48, 24, "b"), ("image/jpeg", 48, 48, 24, "c")],
            "b",
        ),
        ([("image/webp", 48, 48, 24, "a"), ("image/gif", 48, 48, 24, "b")], "b"),
    ],
)
def test_the_best_icon(icons: list[Any], url: str | None) -> None:
    root = tree()
    lamp = root.all_devices[1]
    lamp.device_info = lamp.device_info._replace(icons=[DeviceIcon(*icon) for icon in icons])
    assert Lamp(root, None).icon == url


# --- Services ---


def test_the_newest_version_of_a_service_is_meant() -> None:
    services = {version: service(DIMMING.format(version)) for version in (2, 10, 1)}
    lamp = Lamp(tree(*services.values()), None)
    assert lamp._service("DIM") is services[10]
    assert lamp._action("DIM", "Get") is services[10].action("Get")
    assert lamp._state_variable("DIM", "Level") is services[10].state_variable("Level")
    assert lamp._interesting_service(services[2])
    assert not lamp._interesting_service(service("urn:x:service:Other:1"))


@pytest.mark.parametrize("alias", ["PWR", "none such"])
def test_what_is_missing_is_none(alias: str) -> None:
    lamp = Lamp(tree(service(DIMMING.format(1))), None)
    assert (lamp._service(alias), lamp._action(alias, "Get"), lamp._state_variable(alias, "L")) == (None,) * 3
    assert lamp._action("DIM", "Fly") is None
    assert lamp._state_variable("DIM", "Wings") is None


def polled(*answers: Any) -> tuple[Lamp, list[list[str]]]:
    """A lamp that answers to Get, and what its listener hears."""
    dimming = service(DIMMING.format(1), requester=MemoryRequester(*answers))
    lamp, heard = Lamp(tree(dimming), None), list[list[str]]()
    lamp.on_event = lambda _service, variables: heard.append([variable.name for variable in variables])
    return lamp, heard


def told(status: str, level: str) -> Any:
    """What Get answers."""
    return answer("Get", f"<S>{status}</S><L>{level}</L>", namespace=DIMMING.format(1))


async def test_polling_sets_what_has_changed() -> None:
    lamp, heard = polled(told("on", "5"), told("on", "6"), told("on", "6"), told("off", "99"))
    for _ in range(4):
        await lamp._async_poll_state_variables("DIM", ["Get", "none such"], In=1)
    assert heard == [["Status", "Level"], ["Level"], ["Status", "Level"]], "also what is out of range"
    await lamp._async_poll_state_variables("PWR", "Get", In=1)  # there is none


async def test_polling_leaves_out_what_is_refused() -> None:
    lamp, heard = polled(model.answer("Get", "", status=500), told("on", "5"))
    await lamp._async_poll_state_variables("DIM", ["Get", "Get"], In=1)
    assert heard == [["Status", "Level"]]


@pytest.mark.parametrize("error", [UpnpConnectionError("gone"), UpnpError("missing")])
async def test_polling_raises_what_is_no_refusal(error: UpnpError) -> None:
    lamp, _ = polled(error)
    with pytest.raises(type(error)):
        await lamp._async_poll_state_variables("DIM", "Get", In=1)
    with pytest.raises(UpnpError, match="In"):
        await lamp._async_poll_state_variables("DIM", "Get")


# --- Events ---


class Evented:
    """A lamp with two services and one without events, its event handler, and what is heard."""

    def __init__(self, *answers: Any) -> None:
        self.publisher = Publisher(*answers)
        self.handler = UpnpEventHandler(NotifyServer(), self.publisher)
        self.dimming = service(DIMMING.format(1), event_sub_url="/dimming")
        self.power = power(event_sub_url="/power")
        silent = service(DIMMING.format(2), event_sub_url="")
        other = service("urn:x:service:Other:1")
        self.root = tree(self.dimming, self.power, silent, other)
        self.lamp = Lamp(self.root, self.handler)
        self.heard: list[tuple[UpnpService, list[str]]] = []
        self.lamp.on_event = self.hear

    def hear(self, heard: UpnpService, variables: Sequence[UpnpStateVariable[Any]]) -> None:
        """Note an event."""
        self.heard.append((heard, [variable.name for variable in variables]))

    @property
    def methods(self) -> list[str]:
        """The methods of all requests."""
        return [method for method, _ in self.publisher.asked]


def play(scenario: Coroutine[Any, Any, None]) -> None:
    """Run a scenario in virtual time."""
    run(scenario)


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
async def test_all_or_nothing(error: Any, failing: int, caplog: pytest.LogCaptureFixture) -> None:
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


async def test_what_is_over_or_lost_is_dropped_in_silence_by_hand() -> None:
    evented = Evented()
    await evented.lamp.async_subscribe_services()
    evented.lamp._subscriptions["uuid:1"] -= 3600
    await evented.handler.async_unsubscribe("uuid:2")
    assert await evented.lamp.async_subscribe_services() is None
    assert evented.heard == []
    await evented.lamp.async_unsubscribe_services()


async def test_unsubscribing_logs_what_goes_wrong(caplog: pytest.LogCaptureFixture) -> None:
    evented = Evented()
    await evented.lamp.async_subscribe_services()
    await evented.handler.async_unsubscribe("uuid:2")
    evented.publisher.answers.append(UpnpConnectionError("gone"))
    await evented.lamp.async_unsubscribe_services()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    await evented.lamp.async_unsubscribe_services()


# --- Events, kept up ---


def test_subscriptions_are_kept() -> None:
    async def scenario() -> None:
        evented = Evented()
        assert await evented.lamp.async_subscribe_services(auto_resubscribe=True) is None
        await pass_time(3 * 3600)
        renewals = len(evented.publisher.asked) - 2
        assert renewals / 2 == pytest.approx(3 * 3600 / 1740, abs=1)  # half an hour less a minute
        task = evented.lamp._resubscriber_task
        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        assert evented.lamp._resubscriber_task is task
        await evented.lamp.async_unsubscribe_services()
        assert evented.lamp._resubscriber_task is None
        assert task is not None
        assert task.done()

    play(scenario())


@pytest.mark.parametrize("seconds", [1, 30, 60])
def test_a_short_lifetime_does_not_make_the_loop_spin(seconds: int) -> None:
    async def scenario() -> None:
        async def grant(request: HttpRequest) -> Any:
            return granted(request.headers.get("SID") or "uuid:x", f"Second-{seconds}")

        evented = Evented(*[grant] * 2000)
        evented.power._service_info = evented.power.service_info._replace(event_sub_url="")
        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        await pass_time(600)
        assert 600 / seconds <= len(evented.publisher.asked) <= 1300 / min(seconds, 30) + 2
        await evented.lamp.async_unsubscribe_services()

    play(scenario())


def test_a_failed_renewal_leaves_the_others_and_is_told_once() -> None:
    async def scenario() -> None:
        evented = Evented()
        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        evented.publisher.answers.append(UpnpConnectionError("gone"))
        await pass_time(1741)
        assert evented.lamp.is_subscribed
        assert set(evented.lamp._subscriptions) == {"uuid:2"}
        assert evented.heard == [(evented.dimming, [])]
        assert evented.lamp.profile_device.available is False
        await pass_time(10)
        assert set(evented.lamp._subscriptions) == {"uuid:2", "uuid:3"}
        assert evented.lamp.profile_device.available is True
        assert len(evented.heard) == 1
        await evented.lamp.async_unsubscribe_services()

    play(scenario())


def test_a_device_that_is_away_for_hours_gets_its_subscriptions_back() -> None:
    async def scenario() -> None:
        async def away(_: HttpRequest) -> Any:
            raise UpnpConnectionError("gone")

        evented = Evented()
        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        evented.publisher.answers.extend([away] * 10_000)
        await pass_time(6 * 3600)
        assert not evented.lamp.is_subscribed
        assert len(evented.publisher.asked) < 250
        evented.publisher.answers.clear()
        await pass_time(600)
        assert len(evented.lamp._subscriptions) == 2
        await evented.lamp.async_unsubscribe_services()

    play(scenario())


def test_after_a_long_sleep_each_service_is_subscribed_to_once() -> None:
    async def scenario() -> None:
        evented = Evented()
        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        for sid in evented.lamp._subscriptions:
            evented.lamp._subscriptions[sid] -= 7200
        asked = len(evented.publisher.asked)
        await pass_time(1800)
        await pass_time(20)
        assert len(evented.publisher.asked) - asked <= 4
        assert len(evented.lamp._subscriptions) == 2
        await evented.lamp.async_unsubscribe_services()

    play(scenario())


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

    play(scenario())


def test_what_is_being_renewed_when_all_ends_is_unsubscribed_too() -> None:
    async def scenario() -> None:
        under_way = asyncio.Event()

        async def never(_: HttpRequest) -> Any:
            under_way.set()
            await asyncio.Event().wait()

        evented = Evented()
        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        evented.publisher.answers.append(never)
        waiting = asyncio.create_task(under_way.wait())
        await pass_time(1800)
        await waiting
        await evented.lamp.async_unsubscribe_services()
        unsubscribed = {sid for method, sid in evented.publisher.asked if method == "UNSUBSCRIBE"}
        assert unsubscribed == {"uuid:1", "uuid:2"}

    play(scenario())


def test_a_listener_that_fails_does_not_end_the_task() -> None:
    async def scenario() -> None:
        evented = Evented()

        def fail(_service: UpnpService, _variables: Sequence[UpnpStateVariable[Any]]) -> None:
            raise ValueError("no")

        evented.lamp.on_event = fail
        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        evented.publisher.answers.append(UpnpConnectionError("gone"))
        await pass_time(1760)
        assert len(evented.lamp._subscriptions) == 2
        await evented.lamp.async_unsubscribe_services()

    play(scenario())


def test_unsubscribing_in_a_listener_ends_the_task() -> None:
    async def scenario() -> None:
        evented = Evented()
        ended: list[asyncio.Task[None]] = []

        def leave(_service: UpnpService, _variables: Sequence[UpnpStateVariable[Any]]) -> None:
            ended.append(asyncio.create_task(evented.lamp.async_unsubscribe_services()))

        evented.lamp.on_event = leave
        await evented.lamp.async_subscribe_services(auto_resubscribe=True)
        evented.publisher.answers.append(refused())
        evented.publisher.answers.append(UpnpResponseError(status=503))
        evented.publisher.answers.append(UpnpConnectionError("gone"))
        await pass_time(1760)
        assert ended
        await asyncio.gather(*ended)
        assert not evented.lamp.is_subscribed

    play(scenario())


async def test_searching_asks_for_the_types_of_the_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int]] = []

    async def search(async_callback: Any, *, timeout: int, search_target: str, source: Any) -> None:
        asked.append((search_target, timeout))
        assert source == ("127.0.0.1", 0)
        for st in (search_target, "ssdp:all"):
            await async_callback(CaseInsensitiveDict(st=st, usn=f"uuid:lamp::{st}"))

    monkeypatch.setattr(profile, "async_search", search)
    found = await Lamp.async_search(("127.0.0.1", 0), timeout=1)
    assert asked == [(device_type, 1) for device_type in TYPES]
    assert {headers["st"] for headers in found} == set(TYPES)
