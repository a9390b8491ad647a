import asyncio

from async_upnp_client.profiles.igd.pace import CALL_GAP, PacedGate
from tests.support.virtual_time import pass_time, run


async def async_pass(gate: PacedGate, times: list[float], seconds: float = 1.0) -> None:
    """Go through a gate, and note when."""
    if not gate.enter():
        await gate.async_wait()
    times.append(asyncio.get_running_loop().time() - 3600)
    try:
        await pass_time(seconds)
    finally:
        gate.leave()


def test_one_at_a_time_with_a_pause() -> None:
    async def main() -> list[float]:
        gate, times = PacedGate(0.5), list[float]()
        await asyncio.gather(*(async_pass(gate, times) for _ in range(3)))
        assert gate.under_way == 0
        return times

    assert run(main()) == [0.0, 1.5, 3.0]


def test_who_comes_late_does_not_wait() -> None:
    async def main() -> list[float]:
        gate, times = PacedGate(0.5), list[float]()
        await async_pass(gate, times)
        await pass_time(60)
        await async_pass(gate, times)
        return times

    assert run(main()) == [0.0, 61.0]


def test_who_is_cancelled_in_the_pause_gives_the_place_back() -> None:
    async def main() -> list[float]:
        gate, times = PacedGate(10.0), list[float]()
        await async_pass(gate, times)
        waiting = [asyncio.create_task(async_pass(gate, times)) for _ in range(2)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        await asyncio.wait(waiting)
        assert gate.under_way == 0
        return times

    assert run(main()) == [0.0, 11.0]


def test_the_pause_is_short() -> None:
    assert 0 < CALL_GAP < 0.1
