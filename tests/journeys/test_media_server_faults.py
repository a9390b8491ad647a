"""`DmsDevice` and a virtual media server whose pages are wrong in all ways at once, drawn by number.

Whatever it answers, a walk comes to an end, tells nothing twice, and loses nothing that the server gave.
"""

from collections.abc import Sequence
from functools import partial
from random import Random
from typing import Any, ClassVar

import pytest

from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.virtual import VirtualMediaServer
from async_upnp_client.virtual.content_directory import ContentDirectory
from async_upnp_client.virtual.library import Entry
from async_upnp_client.virtual.media_server import Sources
from tests.journeys.test_media_server import collection, published
from tests.support.virtual_time import run

MOST_REQUESTS = 4000


class Madhouse(ContentDirectory):
    """A directory that is wrong in some ways, which differ from run to run."""

    draw: ClassVar[Random]
    cap: ClassVar[int]
    total: ClassVar[int | None]
    largest: ClassVar[int]
    malformed: ClassVar[float]
    cut_at: ClassVar[int | None]
    overlap: ClassVar[int]
    number: ClassVar[int | None]
    slow: ClassVar[float]

    @classmethod
    def drawn(cls, seed: int) -> type["Madhouse"]:
        """Return one kind of it."""
        draw = Random(seed)  # the same each time
        wrong = {
            "draw": draw,
            "cap": draw.choice((7, 40, 10_000)),
            "total": draw.choice((None, None, 0, 5, 10_000_000)),
            "largest": draw.choice((20, 60, 10_000)),
            "malformed": draw.choice((0.0, 0.0, 0.3)),
            "cut_at": draw.choice((None, None, 4000)),
            "overlap": draw.choice((0, 0, 3)),
            "number": draw.choice((None, None, 0, 4_000_000_000)),
            "slow": draw.choice((0.0, 3.0)),
        }
        return type("Madhouse", (cls,), wrong)

    def _page(
        self, entries: Sequence[Entry], wanted: str, start: int, count: int, object_id: str
    ) -> dict[str, Any]:
        if (count or 10_000) > self.largest:
            raise UpnpActionError(error_code=720, error_desc="too much")
        start = max(start - self.overlap, 0)
        page = super()._page(entries, wanted, start, min(count or self.cap, self.cap), object_id)
        if self.draw.random() < self.malformed:
            page["Result"] = page["Result"].replace("&amp;", "&").replace("<dc:title>", "<dc:title>&nbsp;")
        if self.cut_at is not None:
            page["Result"] = page["Result"][: self.cut_at]
        if self.total is not None:
            page["TotalMatches"] = self.total
        if self.number is not None:
            page["NumberReturned"] = self.number
        return page


@pytest.mark.parametrize("seed", range(12))
def test_a_walk_ends_and_loses_nothing(seed: int) -> None:
    async def main() -> None:
        directory = Madhouse.drawn(seed)
        library = collection()

        class Server(VirtualMediaServer):
            SERVICES = (directory, Sources)

        async with published(partial(Server, library=library)) as (dms, server):
            server.faults.seconds = directory.slow
            found = [thing.id async for thing in dms.walk(depth=None)]
            assert len(server.calls) < MOST_REQUESTS
            assert len(found) == len(set(found))
            assert sorted(found) == sorted(entry.object_id for entry in library.below("0")), vars(directory)

    run(main())
