import asyncio
import itertools
from datetime import timedelta

import pytest

from async_upnp_client.exceptions import UpnpError
from async_upnp_client.profiles.igd.lasting import LONGEST_PAUSE, Lasting
from tests.support.virtual_time import pass_time, run


class Opening(Lasting):
    """An opening in nothing, which notes what is done with it."""

    def __init__(self, lease: timedelta | None = timedelta(minutes=10)) -> None:
        """Grant that lease."""
        super().__init__(lease or timedelta(), self.notice)
        self.lease = lease
        self.done: list[tuple[str, float]] = []
        self.fault: Exception | None = None
        self.is_there: bool | None = True
        self.told: list[UpnpError | None] = []

    def notice(self, _: object) -> None:
        """Hear of a change."""
        self.told.append(self.error)

    def note(self, what: str) -> timedelta | None:
        """Note what is done and when, or fail."""
        self.done.append((what, asyncio.get_running_loop().time() - 3600))
        if self.fault is not None:
            raise self.fault
        return self.lease

    async def _async_open(self) -> timedelta | None:
        return self.note("open")

    async def _async_extend(self) -> timedelta | None:
        return self.note("extend")

    async def _async_is_there(self) -> bool | None:
        return self.is_there

    async def _async_close(self) -> None:
        self.note("close")


def test_the_course_of_things() -> None:
    async def main() -> Opening:
        async with Opening() as opening:
            await pass_time(620)
        return opening

    assert run(main()).done == [("open", 0), ("extend", 300), ("extend", 600), ("close", 620)]


def test_without_a_lease_nothing_is_renewed() -> None:
    async def main() -> Opening:
        async with Opening(None) as opening:
            await pass_time(86400)
            opening.is_there = False
            await pass_time(60)
        return opening

    assert [what for what, _ in run(main()).done] == ["open", "open", "close"]


@pytest.mark.parametrize("fault", [UpnpError("no"), RuntimeError("of an application's requester")])
def test_pauses_grow_while_it_fails(fault: Exception) -> None:
    async def main() -> Opening:
        async with Opening() as opening:
            opening.fault = fault
            await pass_time(1000)
            opening.fault = None
            await pass_time(LONGEST_PAUSE)
            assert opening.error is None
        return opening

    opening = run(main())
    times = [time for what, time in opening.done if what == "extend"]
    pauses = [later - time for time, later in itertools.pairwise(times)]
    assert pauses[:7] == [2, 4, 8, 16, 32, 60, 60]
    assert [error is None for error in opening.told] == [False, True]


def test_a_start_that_fails_leaves_nothing() -> None:
    async def main() -> None:
        opening = Opening()
        opening.fault = UpnpError("no")
        with pytest.raises(UpnpError):
            await opening.async_start()
        assert [what for what, _ in opening.done] == ["open", "close"]
        await opening.async_stop()
        assert len(opening.done) == 2

    run(main())
