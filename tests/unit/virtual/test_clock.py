import asyncio
import time

from async_upnp_client.virtual.clock import LoopClock, ManualClock


def test_a_manual_clock_calls_what_is_due_in_order_at_its_time() -> None:
    clock, called = ManualClock(100.0), []
    clock.call_at(105.0, lambda: called.append(("later", clock.time())))
    clock.call_at(103.0, lambda: called.append(("sooner", clock.time())))
    clock.call_at(104.0, lambda: called.append(("never", clock.time()))).cancel()
    clock.call_at(90.0, lambda: called.append(("past", clock.time())))
    assert clock.time() == 100.0
    clock.advance(4.5)
    assert called == [("past", 100.0), ("sooner", 103.0)]
    assert clock.time() == 104.5
    clock.advance(1.0)
    assert called[2:] == [("later", 105.0)]


def test_what_a_callback_asks_for_is_called_within_the_same_advance() -> None:
    clock, called = ManualClock(), []

    def again() -> None:
        called.append(clock.time())
        if len(called) < 3:
            clock.call_at(clock.time() + 1, again)

    clock.call_at(1.0, again)
    clock.advance(10.0)
    assert called == [1.0, 2.0, 3.0]


async def test_the_loops_clock_is_the_loop() -> None:
    clock, rang = LoopClock(), asyncio.Event()
    before = asyncio.get_running_loop().time()
    assert before <= clock.time() <= asyncio.get_running_loop().time()
    clock.call_at(clock.time(), rang.set)
    await rang.wait()


def test_where_no_loop_runs_there_is_time_all_the_same() -> None:
    before = time.monotonic()
    assert before <= LoopClock().time() <= time.monotonic()
