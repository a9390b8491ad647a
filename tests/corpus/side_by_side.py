"""Run the corpus on whatever release this interpreter has: `python -m tests.corpus.side_by_side`.

One JSON line per case: its name, its device, "as wanted" or what happened. For another release, copy this
folder, `raw_device.py` and `loopback.py` of `tests/support`, and the `__init__.py` files above to a place of
their own, and run it there with an interpreter that has that release: from here, this one would be found
first.
"""

import asyncio
import json
import logging
import sys

import async_upnp_client
from tests.corpus.case import Case, judge
from tests.corpus.chapters import CHAPTERS

PATIENCE = 20.0


async def outcome(case: Case) -> str:
    """Return what became of a case; one that never ends has happened too."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await judge(case) or "as wanted"
    except TimeoutError:
        return f"no end within {PATIENCE:.0f} seconds"


async def main() -> None:
    """Run all, and print."""
    logging.disable()
    for chapter, cases in CHAPTERS.items():
        for case in cases:
            row = {"name": f"{chapter}/{case.name}", "device": case.device, "outcome": await outcome(case)}
            sys.stdout.write(json.dumps(row) + "\n")
            sys.stdout.flush()
    sys.stderr.write(f"async_upnp_client at {async_upnp_client.__file__}\n")


if __name__ == "__main__":
    asyncio.run(main())
