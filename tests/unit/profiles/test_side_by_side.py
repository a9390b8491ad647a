import asyncio
from functools import partial

import pytest

from async_upnp_client.exceptions import UpnpConnectionError, UpnpConnectionTimeoutError
from async_upnp_client.profiles._side_by_side import async_side_by_side


async def test_all_are_awaited_at_once() -> None:
    gate = asyncio.Barrier(3)

    async def async_number(number: int) -> int:
        await gate.wait()
        return number

    assert await async_side_by_side([partial(async_number, number) for number in range(3)]) == [0, 1, 2]
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
        await async_side_by_side([async_wait, async_fail, async_wait])
    assert ended == ["waiting"] * 2


async def test_what_a_weak_device_closed_is_asked_for_once_more() -> None:
    under_way = 0
    asked: list[int] = []

    async def async_ask(number: int) -> int:
        nonlocal under_way
        asked.append(number)
        under_way += 1
        try:
            if under_way > 1:
                raise UpnpConnectionError("closed")
            await asyncio.sleep(0)
            return number
        finally:
            under_way -= 1

    assert await async_side_by_side([partial(async_ask, number) for number in range(3)]) == [0, 1, 2]
    assert asked == [0, 1, 2, 1, 2]


@pytest.mark.parametrize(
    ("error", "calls"), [(UpnpConnectionError("gone"), 3), (UpnpConnectionTimeoutError("silent"), 2)]
)
async def test_a_device_that_is_gone_is_not_asked_for_ever(error: Exception, calls: int) -> None:
    asked = 0

    async def async_ask() -> None:
        nonlocal asked
        asked += 1
        raise error

    with pytest.raises(type(error)):
        await async_side_by_side([async_ask, async_ask])
    assert asked == calls
