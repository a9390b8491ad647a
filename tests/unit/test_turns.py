"""Long work done by turns with the rest of the loop."""

import asyncio
from collections.abc import Generator

import pytest

from async_upnp_client._turns import async_finished


async def test_others_have_their_turn_after_each_step():
    done: list[str] = []

    def work() -> Generator[None, None, int]:
        for step in range(3):
            done.append(f"work {step}")
            yield
        return 42

    async def async_others() -> None:
        for turn in range(3):
            done.append(f"others {turn}")
            await asyncio.sleep(0)

    others = asyncio.create_task(async_others())
    assert await async_finished(work(), turn=0) == 42
    await others
    assert done == ["work 0", "others 0", "work 1", "others 1", "work 2", "others 2"]


async def test_what_is_short_is_done_at_once():
    done: list[str] = []

    def work() -> Generator[None, None, None]:
        for _ in range(3):
            done.append("work")
            yield

    asyncio.get_running_loop().call_soon(done.append, "others")
    await async_finished(work(), turn=3600)
    assert done == ["work"] * 3


async def test_errors_come_through():
    def work() -> Generator[None, None, int]:
        yield
        raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        await async_finished(work())
