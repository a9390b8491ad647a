import asyncio

import pytest

from async_upnp_client.profiles._side_by_side import async_side_by_side


async def test_all_are_awaited_at_once() -> None:
    gate = asyncio.Barrier(3)

    async def async_number(number: int) -> int:
        await gate.wait()
        return number

    assert await async_side_by_side([async_number(number) for number in range(3)]) == [0, 1, 2]
    assert await async_side_by_side([]) == []


async def test_the_first_error_ends_the_others() -> None:
    ended: list[str] = []

    async def async_wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("waiting")

    async def async_fail() -> None:
        await asyncio.sleep(0)
        raise KeyError

    with pytest.raises(KeyError):
        await async_side_by_side([async_wait(), async_fail(), async_wait()])
    assert ended == ["waiting"] * 2
