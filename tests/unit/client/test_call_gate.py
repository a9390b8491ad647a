"""How many calls one device is given at a time, and who is next."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from async_upnp_client.client.call_gate import CALL_LIMIT, CallGate
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.exceptions import UpnpConnectionError, UpnpError, UpnpValueError
from tests.support import model
from tests.support.descriptions import Action, Device, Service, device_description, service_description
from tests.support.model import answer
from tests.support.replies import ReplyTable

URL = "http://192.0.2.1:80/device.xml"


async def turn() -> None:
    """Let everybody go on for as long as they can."""
    for _ in range(10):
        await asyncio.sleep(0)


# ---- the gate alone


class Through:
    """Who passes a gate, each until it is let go."""

    def __init__(self, gate: CallGate) -> None:
        self.gate = gate
        self.inside: list[str] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self._go: dict[str, asyncio.Event] = {}

    async def come(self, *names: str) -> None:
        for name in names:
            self._go[name] = asyncio.Event()
            self.tasks[name] = asyncio.create_task(self._pass(name))
        await turn()

    async def _pass(self, name: str) -> None:
        if not self.gate.enter():
            await self.gate.async_wait()
        self.inside.append(name)
        try:
            await self._go[name].wait()
        finally:
            self.inside.remove(name)
            self.gate.leave()

    async def let_go(self, name: str) -> None:
        self._go[name].set()
        await turn()

    async def end(self) -> None:
        for task in self.tasks.values():
            task.cancel()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)


@pytest.fixture
async def two() -> AsyncIterator[Through]:
    """A gate for two."""
    through = Through(CallGate(2))
    yield through
    await through.end()
    assert through.gate.under_way == 0
    assert through.gate.enter(), "who was ever there has left no trace"


async def test_the_first_come_is_the_first_let_in(two: Through) -> None:
    await two.come("a", "b", "c", "d")
    assert two.inside == ["a", "b"]
    await two.let_go("b")
    assert two.inside == ["a", "c"]
    await two.let_go("a")
    assert two.inside == ["c", "d"]


async def test_nobody_overtakes_who_waits(two: Through) -> None:
    await two.come("a", "b", "c")
    two.tasks["a"].cancel()
    # a leaves, and d comes before c had its turn
    await two.come("d")
    assert two.inside == ["b", "c"]


async def test_who_gives_up_waiting_is_passed_over(two: Through) -> None:
    await two.come("a", "b", "c", "d")
    two.tasks["c"].cancel()
    await turn()
    assert len(two.gate._waiting or ()) == 1, "nothing gathers where nobody leaves"
    await two.let_go("a")
    assert two.inside == ["b", "d"]


async def test_the_place_given_to_who_is_cancelled_before_it_knows_is_another_s() -> None:
    gate = CallGate(1)
    assert gate.enter()
    first, second = asyncio.create_task(gate.async_wait()), asyncio.create_task(gate.async_wait())
    await turn()
    gate.leave()  # the first is let in, and has not run
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    await second
    assert gate.under_way == 1
    gate.leave()
    assert gate.under_way == 0


async def test_who_is_cancelled_and_has_not_run_when_the_place_comes_is_passed_over() -> None:
    gate = CallGate(1)
    assert gate.enter()
    first, second = asyncio.create_task(gate.async_wait()), asyncio.create_task(gate.async_wait())
    await turn()
    first.cancel()
    gate.leave()
    await second
    with pytest.raises(asyncio.CancelledError):
        await first
    assert gate.under_way == 1


def test_without_a_limit_all_are_let_in() -> None:
    gate = CallGate(None)
    assert all(gate.enter() for _ in range(1000))
    assert gate.under_way == 1000
    for _ in range(1000):
        gate.leave()
    assert gate.under_way == 0


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_of_nothing_is_an_error(limit: int) -> None:
    with pytest.raises(ValueError, match="call_limit"):
        CallGate(limit)
    with pytest.raises(ValueError, match="call_limit"):
        UpnpFactory(ReplyTable(), call_limit=limit)


def test_one_loop_after_the_other() -> None:
    gate = CallGate(2)

    async def use() -> None:
        through = Through(gate)
        await through.come(*"abcde")
        assert through.inside == ["a", "b"]
        await through.let_go("a")
        assert through.inside == ["b", "c"]
        # what is under way and what waits is cancelled with the loop

    for _ in range(3):
        asyncio.run(use())
        assert gate.under_way == 0


def test_a_loop_that_was_closed_over_who_waits_in_it() -> None:
    gate = CallGate(1)
    assert gate.enter()
    loop = asyncio.new_event_loop()
    waiting = gate.async_wait()

    async def begin() -> None:
        waiting.send(None)  # as a task would, up to where it waits

    loop.run_until_complete(begin())
    loop.close()
    gate.leave()
    assert gate.under_way == 0
    waiting.close()
    assert gate.under_way == 0


# ---- calls


class Slow(UpnpRequester):
    """Answers each call when it is told to."""

    def __init__(self) -> None:
        self.calls: list[asyncio.Future[HttpResponse]] = []
        self.under_way = 0
        self.most = 0

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        future = asyncio.get_running_loop().create_future()
        self.calls.append(future)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            response: HttpResponse = await future
            return response
        finally:
            self.under_way -= 1

    async def answer_all(self, reply: HttpResponse | Exception) -> int:
        """Answer until nobody asks any more; return how many did."""
        count = 0
        while count < len(self.calls):
            future = self.calls[count]
            count += 1
            if not future.done():
                future.set_exception(reply) if isinstance(reply, Exception) else future.set_result(reply)
            await turn()
        return count


STOPPED = answer("Stop", "")


def device_with(requester: UpnpRequester, *embedded: UpnpDevice, **kwargs: Any) -> UpnpDevice:
    """Return a device with an action Stop, and others in it."""
    device = model.device(
        [model.service([], [model.action("Stop")], requester=requester)], embedded, requester=requester
    )
    for name, value in kwargs.items():
        setattr(device, name, value)
    return device


@contextlib.contextmanager
def ended(calls: list[asyncio.Task[Any]]) -> Iterator[None]:
    yield
    assert all(call.done() for call in calls)


def stops(device: UpnpDevice, count: int) -> list[asyncio.Task[Any]]:
    """Call Stop of a device and of those in it, in turn."""
    services = device.all_services
    return [
        asyncio.create_task(services[number % len(services)].async_call_action("Stop"))
        for number in range(count)
    ]


@pytest.mark.uda("C-034")
async def test_a_device_that_was_made_without_a_factory_has_the_limit() -> None:
    slow = Slow()
    calls = stops(device_with(slow), 10)
    await turn()
    assert len(slow.calls) == CALL_LIMIT == 4
    with ended(calls):
        assert await slow.answer_all(STOPPED) == 10
    assert slow.most == 4
    assert [call.result() for call in calls] == [{}] * 10


@pytest.mark.uda("C-034")
async def test_embedded_devices_share_the_limit_of_their_root() -> None:
    slow = Slow()
    device = device_with(slow, device_with(slow), device_with(slow, device_with(slow)))
    assert len(device.all_services) == 4
    calls = stops(device, 12)
    with ended(calls):
        await turn()
        assert await slow.answer_all(STOPPED) == 12
    assert slow.most == 4


async def test_each_device_has_a_gate_of_its_own() -> None:
    slow = Slow()
    calls = stops(device_with(slow), 6) + stops(device_with(slow), 6)
    with ended(calls):
        await turn()
        assert slow.under_way == 8
        await slow.answer_all(STOPPED)


async def test_the_gate_of_a_device_can_be_replaced() -> None:
    slow = Slow()
    calls = stops(device_with(slow, call_gate=CallGate(1)), 3)
    with ended(calls):
        await turn()
        await slow.answer_all(STOPPED)
    assert slow.most == 1


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (UpnpConnectionError("gone"), UpnpConnectionError),
        (ZeroDivisionError(), ZeroDivisionError),
        (HttpResponse(500, {}, ""), UpnpError),
        (HttpResponse(200, {}, "<rubbish"), UpnpError),
    ],
    ids=["connection", "bug", "status", "body"],
)
async def test_a_call_that_fails_leaves_its_place(
    reply: HttpResponse | Exception, error: type[Exception]
) -> None:
    slow = Slow()
    device = device_with(slow)
    calls = stops(device, 6)
    await turn()
    assert await slow.answer_all(reply) == 6
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert [isinstance(result, error) for result in results] == [True] * 6
    assert device.call_gate.under_way == 0


async def test_a_call_that_is_cancelled_leaves_its_place() -> None:
    slow = Slow()
    device = device_with(slow)
    calls = stops(device, 6)
    await turn()
    for call in (calls[0], calls[4]):  # the one sent, the other waiting
        call.cancel()
    await turn()
    assert (len(slow.calls), slow.under_way) == (5, 4)
    await slow.answer_all(STOPPED)
    assert [call.cancelled() for call in calls] == [True, False, False, False, True, False]
    assert device.call_gate.under_way == 0


async def test_what_is_never_sent_takes_no_place() -> None:
    slow = Slow()
    level = model.variable("Level", "ui2")
    action = model.action("SetLevel", [("NewLevel", "in", level)])
    device = model.device([model.service([level], [action], requester=slow)])
    with pytest.raises(UpnpError):
        await action.async_call()
    with pytest.raises(UpnpValueError):
        await action.async_call(NewLevel=-1)

    def refuse(*_args: object) -> HttpRequest:
        raise ZeroDivisionError

    action.service.on_pre_call_action = refuse
    with pytest.raises(ZeroDivisionError):
        await action.async_call(NewLevel=1)
    assert device.call_gate.under_way == 0
    assert slow.calls == []


@pytest.mark.parametrize(("limit", "most"), [(1, 1), (2, 2), (100, 10), (None, 10)])
async def test_the_factory_sets_the_limit(limit: int | None, most: int) -> None:
    service = Service()
    root = Device(services=[service], devices=[Device("urn:x:device:In:1", services=[service])])
    table = ReplyTable(
        {
            ("GET", URL): device_description(root),
            ("GET", "http://192.0.2.1:80/scpd.xml"): service_description([], [Action("Stop")]),
            ("POST", "http://192.0.2.1:80/control"): STOPPED,
        }
    )
    device = await UpnpFactory(table, non_strict=True, call_limit=limit).async_create_device(URL)
    table.most_under_way = 0
    await asyncio.gather(*stops(device, 10))
    assert table.most_under_way == most


@pytest.mark.parametrize("embedded", [False, True])
async def test_a_device_that_is_described_anew_keeps_its_gate(embedded: bool) -> None:
    slow = Slow()
    device = device_with(slow)
    gate = device.call_gate
    calls = stops(device, 6)
    await turn()
    device.reinit(device_with(slow, *([device_with(slow)] if embedded else [])))
    calls += stops(device, 6)
    await turn()
    with ended(calls):
        await slow.answer_all(STOPPED)
    assert device.call_gate is gate
    assert slow.most == 4
