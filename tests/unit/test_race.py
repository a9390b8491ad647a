"""Several attempts at one thing: which one counts, when each begins, and that none is left."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from async_upnp_client._race import async_first
from async_upnp_client.exceptions import UpnpError
from tests.support.virtual_time import pass_time, run, virtual_loop

Attempt = Callable[[], Coroutine[Any, Any, str]]


class Race:
    """Attempts, and what became of them."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def attempt(self, name: str, seconds: float, error: BaseException | None = None) -> Attempt:
        """Return an attempt that takes so long, and then has its name as result or fails."""

        async def run_it() -> str:
            began = virtual_loop().time()
            self.told.append(f"{name} at {began - self.begin:g}")
            try:
                await pass_time(seconds)
            except asyncio.CancelledError:
                self.told.append(f"{name} cancelled")
                raise
            if error is not None:
                raise error
            return name

        return run_it

    def run(self, stagger: float, *attempts: Attempt) -> str:
        """Run them."""

        async def main() -> str:
            self.begin = virtual_loop().time()
            return await async_first(attempts, stagger)

        return run(main())


def test_the_first_that_succeeds_ends_the_others() -> None:
    race = Race()
    attempts = [race.attempt("a", 9), race.attempt("b", 3), race.attempt("c", 60)]
    assert race.run(0, *attempts) == "b"
    assert race.told == ["a at 0", "b at 0", "c at 0", "a cancelled", "c cancelled"]


def test_the_next_begins_after_a_while_or_a_failure() -> None:
    race = Race()
    attempts = [race.attempt("a", 60), race.attempt("b", 0.5, OSError("no")), race.attempt("c", 3)]
    assert race.run(1, *attempts) == "c"
    assert race.told == ["a at 0", "b at 1", "c at 1.5", "a cancelled"]


def test_one_that_is_quick_spares_the_others() -> None:
    race = Race()
    assert race.run(1, race.attempt("a", 0.9), race.attempt("b", 0)) == "a"
    assert race.told == ["a at 0"]


def test_where_all_fail_the_first_tells_why() -> None:
    race = Race()
    attempts = [race.attempt("a", 2, UpnpError("first")), race.attempt("b", 0, OSError("second"))]
    with pytest.raises(UpnpError, match="first"):
        race.run(1, *attempts)


def test_a_mistake_ends_it_all() -> None:
    race = Race()
    with pytest.raises(ZeroDivisionError):
        race.run(0, race.attempt("a", 9), race.attempt("b", 1, ZeroDivisionError()))
    assert race.told[-1] == "a cancelled"


def test_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="Nothing"):
        Race().run(0)


def test_cancelling_it_cancels_them() -> None:
    race = Race()

    async def main() -> None:
        race.begin = virtual_loop().time()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                await async_first([race.attempt("a", 60), race.attempt("b", 60)], 1)

    run(main())
    assert race.told == ["a at 0", "b at 1", "a cancelled", "b cancelled"]
