"""Listeners: plain ones run at once, coroutines as tasks that are kept; what they raise is logged."""

import asyncio
import gc
import logging
from typing import Any

import pytest

from async_upnp_client._callbacks import CallbackTasks

LOGGER = logging.getLogger("tests.callbacks")


class Calls:
    """Two listeners that note their calls."""

    def __init__(self) -> None:
        self.noted: list[tuple[Any, ...]] = []

    async def async_listener(self, *args: Any) -> None:
        self.noted.append(("async", *args))

    def listener(self, *args: Any) -> None:
        self.noted.append(("plain", *args))


async def wait_until_none_is_left(tasks: CallbackTasks) -> None:
    for _step_of_the_loop in range(10):
        await asyncio.sleep(0)
    assert len(tasks) == 0


async def test_the_plain_listener_runs_at_once_and_the_coroutine_in_the_next_step():
    tasks, calls = CallbackTasks(LOGGER), Calls()
    tasks.call(calls.async_listener, calls.listener, 1, "two")
    assert calls.noted == [("plain", 1, "two")]
    await asyncio.sleep(0)
    assert calls.noted == [("plain", 1, "two"), ("async", 1, "two")]
    await wait_until_none_is_left(tasks)


async def test_the_task_exists_before_the_plain_listener_runs():
    tasks, calls = CallbackTasks(LOGGER), Calls()
    under_way: list[int] = []
    tasks.call(calls.async_listener, lambda: under_way.append(len(tasks)))
    assert under_way == [1]
    await wait_until_none_is_left(tasks)


@pytest.mark.parametrize(("is_async", "is_plain"), [(True, False), (False, True), (False, False)])
async def test_a_listener_that_is_not_there_is_not_called(is_async: bool, is_plain: bool):
    tasks, calls = CallbackTasks(LOGGER), Calls()
    tasks.call(calls.async_listener if is_async else None, calls.listener if is_plain else None)
    await wait_until_none_is_left(tasks)
    assert calls.noted == [("async",)] * is_async + [("plain",)] * is_plain


async def test_calls_keep_their_order():
    tasks, calls = CallbackTasks(LOGGER), Calls()
    for number in range(5):
        tasks.call(calls.async_listener, None, number)
    await wait_until_none_is_left(tasks)
    assert calls.noted == [("async", number) for number in range(5)]


async def test_what_listeners_raise_is_logged_and_goes_no_further(caplog: pytest.LogCaptureFixture):
    async def async_broken() -> None:
        raise ValueError("async broke")

    def broken() -> None:
        raise KeyError("plain broke")

    tasks = CallbackTasks(LOGGER)
    tasks.call(async_broken, broken)
    await wait_until_none_is_left(tasks)
    assert [(record.name, record.levelname) for record in caplog.records] == [(LOGGER.name, "ERROR")] * 2
    errors = [record.exc_info[1] for record in caplog.records if record.exc_info]
    assert [type(error) for error in errors] == [KeyError, ValueError]
    assert "async_broken" in caplog.records[1].getMessage()
    assert "broken" in caplog.records[0].getMessage()


async def test_an_async_listener_that_fails_before_it_is_a_coroutine(caplog: pytest.LogCaptureFixture):
    def not_async() -> Any:
        return None

    def broken(*_args: Any) -> Any:
        raise ValueError("broke early")

    tasks, calls = CallbackTasks(LOGGER), Calls()
    tasks.call(not_async, calls.listener)
    tasks.call(broken, calls.listener)
    assert calls.noted == [("plain",)] * 2
    assert len(caplog.records) == 2
    assert len(tasks) == 0


async def test_a_task_is_kept_until_it_is_done():
    tasks, calls = CallbackTasks(LOGGER), Calls()

    async def slow() -> None:
        # nothing but the task refers to this frame, and nothing but this frame to the future
        await asyncio.get_running_loop().create_future()

    async def quick() -> None:
        calls.listener()

    tasks.call(slow, None)
    tasks.call(quick, None)
    await asyncio.sleep(0)
    gc.collect()  # which would end a task that nobody keeps, with a complaint to the log
    await asyncio.sleep(0)
    assert calls.noted == [("plain",)]
    assert len(tasks) == 1
    await tasks.async_cancel()
    await wait_until_none_is_left(tasks)


async def test_start_gives_the_task():
    async def work() -> int:
        return 5

    tasks = CallbackTasks(LOGGER)
    task = tasks.start(work(), "some work")
    assert task.get_name() == "some work"
    assert await task == 5
    await wait_until_none_is_left(tasks)


async def test_cancel_ends_what_is_under_way(caplog: pytest.LogCaptureFixture):
    ended: list[str] = []

    async def endless() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            ended.append("endless")

    async def stubborn() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            ended.append("stubborn")
            raise ValueError("broke at the end") from None

    tasks = CallbackTasks(LOGGER)
    tasks.call(endless, None)
    tasks.call(stubborn, None)
    await asyncio.sleep(0)
    await tasks.async_cancel()
    assert sorted(ended) == ["endless", "stubborn"]
    await wait_until_none_is_left(tasks)
    assert ["stubborn" in record.getMessage() for record in caplog.records] == [True]
    await tasks.async_cancel()


async def test_a_callback_may_cancel_the_others():
    tasks = CallbackTasks(LOGGER)
    seen: list[str] = []

    async def endless() -> None:
        await asyncio.get_running_loop().create_future()

    async def stopper() -> None:
        await tasks.async_cancel()
        seen.append("went on")

    tasks.call(endless, None)
    tasks.call(stopper, None)
    await wait_until_none_is_left(tasks)
    assert seen == ["went on"]


def test_without_a_loop_it_is_logged_and_the_plain_listener_runs(caplog: pytest.LogCaptureFixture):
    tasks, calls = CallbackTasks(LOGGER), Calls()
    tasks.call(calls.async_listener, calls.listener)
    gc.collect()  # a coroutine left behind would warn now
    assert calls.noted == [("plain",)]
    assert len(caplog.records) == 1
    with pytest.raises(RuntimeError):
        _ = tasks.start(calls.async_listener(), "x")


async def test_callbacks_under_way_are_bounded_and_that_is_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    gate = asyncio.Event()
    called: list[int] = []

    async def waits(number: int) -> None:
        called.append(number)
        await gate.wait()

    callbacks = CallbackTasks(logging.getLogger("async_upnp_client.test"), limit=3)
    for _ in range(2):
        for number in range(100):
            callbacks.call(waits, None, number)
        await asyncio.sleep(0)
        assert len(callbacks) == 3
        gate.set()
        await wait_until_none_is_left(callbacks)
        gate.clear()
    assert called == [0, 1, 2] * 2
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 2


async def test_plain_callbacks_are_called_though_there_is_no_room_for_tasks() -> None:
    gate = asyncio.Event()
    called: list[int] = []

    async def waits(_number: int) -> None:
        await gate.wait()

    callbacks = CallbackTasks(logging.getLogger("async_upnp_client.test"), limit=1)
    for number in range(3):
        callbacks.call(waits, called.append, number)
    assert called == [0, 1, 2]
    await callbacks.async_cancel()
