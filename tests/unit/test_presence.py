"""Whether a device is there: announcements are believed after a look."""

import asyncio
from typing import Self

import pytest

from async_upnp_client._presence import CHECK_SECONDS, Presence
from async_upnp_client.exceptions import UpnpConnectionError
from tests.support.virtual_time import pass_time, run


class Watched:
    """A device that is there or not, and what was concluded."""

    def __init__(self, patience: float = 3.0) -> None:
        """Begin with one that is there."""
        self.is_there = True
        self.log: list[str] = []
        self.presence = Presence(
            patience, self.async_ping, lambda: self.log.append("gone"), lambda: self.log.append("stays")
        )

    async def async_ping(self) -> None:
        """Look at it."""
        self.log.append("look")
        await pass_time(0.1)
        if not self.is_there:
            raise UpnpConnectionError("nobody")

    async def __aenter__(self) -> Self:
        """Start."""
        self.presence.start(asyncio.get_running_loop())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop, twice."""
        await self.presence.async_stop()
        await self.presence.async_stop()


def test_a_byebye_is_believed_after_a_while_and_a_look():
    async def main():
        async with Watched() as watched:
            watched.is_there = False
            watched.presence.left()
            await pass_time(2)
            assert watched.log == []
            await pass_time(2)
            assert watched.log == ["look", "gone"]
            await pass_time(10000)
            assert watched.log == ["look", "gone"]

    run(main())


@pytest.mark.uda("D-042")
def test_byebye_and_alive_within_a_second_are_no_leave():
    async def main():
        async with Watched() as watched:
            watched.presence.left()
            await pass_time(0.5)
            watched.presence.left()
            watched.presence.heard(1800)
            await pass_time(1000)
            assert watched.log == []

    run(main())


def test_a_device_that_says_byebye_and_stays():
    async def main():
        async with Watched() as watched:
            watched.presence.left()
            await pass_time(60)
            assert watched.log == ["look", "look", "look", "stays"]
            watched.is_there = False
            await pass_time(CHECK_SECONDS)
            assert watched.log[4:] == ["look", "gone"]

    run(main())


def test_a_device_that_answers_while_it_shuts_down():
    async def main():
        async with Watched() as watched:
            watched.presence.left()
            await pass_time(4)
            watched.is_there = False
            await pass_time(10)
            assert watched.log == ["look", "look", "gone"]

    run(main())


def test_an_alive_during_the_look_ends_it():
    async def main():
        async with Watched() as watched:
            watched.is_there = False
            watched.presence.left()
            await pass_time(3.05)
            assert watched.log == ["look"]
            watched.presence.heard(1800)
            await pass_time(100)
            assert watched.log == ["look"]

    run(main())


def test_a_device_that_never_announces_itself_again_is_looked_at():
    async def main():
        async with Watched() as watched:
            watched.presence.heard(100)
            await pass_time(50)
            watched.presence.heard(100)
            await pass_time(99)
            assert watched.log == []
            await pass_time(2 + 2 * (CHECK_SECONDS + 0.2))
            assert watched.log == ["look"] * 3
            watched.is_there = False
            await pass_time(CHECK_SECONDS)
            assert watched.log == ["look"] * 4 + ["gone"]

    run(main())


def test_without_patience_all_is_believed_at_once():
    async def main():
        async with Watched(patience=0) as watched:
            watched.presence.left()
            assert watched.log == ["gone"]
            watched.presence.heard(100)
            await pass_time(101)
            assert watched.log == ["gone", "gone"]

    run(main())


@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.parametrize("patience", [0, 3.0])
def test_a_doubt_leads_to_one_look(patience: float, is_there: bool):
    async def main():
        async with Watched(patience) as watched:
            watched.is_there = is_there
            watched.presence.doubted()
            watched.presence.doubted()
            await pass_time(10)
            assert watched.log == (["look"] if is_there else ["look", "gone"])
            await pass_time(10000)
            assert len(watched.log) == 2 - is_there

    run(main())


@pytest.mark.parametrize("is_there", [True, False])
def test_a_device_that_announces_itself_and_does_not_answer_is_gone(is_there: bool):
    async def main():
        async with Watched() as watched:
            watched.is_there = False
            watched.presence.doubted()
            for _ in range(4):
                watched.presence.heard(1800)
                await pass_time(1)
            assert watched.log == ["look"], "it gets the same time once more"
            watched.is_there = is_there
            for _ in range(4):
                watched.presence.heard(1800)
                await pass_time(1)
            assert watched.log == ["look", "look"] + ["gone"] * (not is_there)

    run(main())


def test_a_byebye_ends_a_doubt():
    async def main():
        async with Watched() as watched:
            watched.presence.doubted()
            watched.presence.left()
            await pass_time(4)
            assert watched.log == ["look"]

    run(main())


def test_announcements_that_run_out_during_a_doubt():
    async def main():
        async with Watched() as watched:
            watched.presence.heard(2)
            watched.presence.doubted()
            await pass_time(10)
            assert watched.log == ["look"]
            await pass_time(CHECK_SECONDS)
            assert watched.log == ["look"] * 2

    run(main())


def test_nothing_is_heard_before_the_start():
    watched = Watched()
    watched.presence.heard(100)
    watched.presence.doubted()
    watched.presence.left()
    assert watched.log == ["gone"]


def test_a_stop_during_a_look():
    async def main():
        async with Watched() as watched:
            watched.presence.left()
            await pass_time(3.05)

    run(main())
