"""Looking for a device that is gone: how often, and until when."""

import logging

import pytest

from async_upnp_client._callbacks import CallbackTasks
from async_upnp_client._seeking import FIRST_PAUSE, LONGEST_PAUSE, Seeking
from async_upnp_client.exceptions import UpnpError
from tests.support.virtual_time import pass_time, run, virtual_loop


class Hunt:
    """Somebody who looks for something; `there` is what is to be found, or what is raised."""

    def __init__(self, there: str | Exception) -> None:
        self.there = there
        self.times: list[float] = []
        self.found: list[str] = []
        self.begin = virtual_loop().time()
        self.tasks = CallbackTasks(logging.getLogger(__name__))
        self.seeking: Seeking[str] = Seeking(self.find, self.found.append, self.tasks)

    async def find(self) -> str:
        self.times.append(virtual_loop().time() - self.begin)
        await pass_time(1)
        if isinstance(self.there, Exception):
            raise self.there
        return self.there


@pytest.mark.parametrize("error", [UpnpError("nobody"), OSError("no network")])
def test_it_is_looked_for_less_and_less_often(error: Exception) -> None:
    async def main() -> None:
        hunt = Hunt(error)
        hunt.seeking.start()
        hunt.seeking.start()  # once is enough
        await pass_time(3600)
        waits = [later - sooner - 1 for sooner, later in zip(hunt.times, hunt.times[1:], strict=False)]
        expected = [min(FIRST_PAUSE * 2**number, LONGEST_PAUSE) for number in range(len(waits))]
        assert waits == pytest.approx(expected)
        assert len(hunt.times) < 20
        assert hunt.found == []
        hunt.there = "it"
        await pass_time(LONGEST_PAUSE + 1)
        assert hunt.found == ["it"]
        hunt.seeking.stop()
        hunt.seeking.stop()

    run(main())


def test_it_goes_on_until_somebody_says_that_it_is_there() -> None:
    async def main() -> None:
        hunt = Hunt("it")
        hunt.seeking.start()
        await pass_time(1.5)
        assert hunt.found == ["it"]
        await pass_time(FIRST_PAUSE + 1)
        assert hunt.found == ["it", "it"]
        hunt.seeking.stop()
        hunt.seeking.start()
        await pass_time(1.5)
        assert len(hunt.found) == 3
        await hunt.tasks.async_cancel()

    run(main())
