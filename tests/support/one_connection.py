"""A weak router's HTTP server, in front of a better one: one connection at a time, others are closed."""

import asyncio

from tests.support.loopback import LoopbackServer, async_close

GRACE = 0.01
"""Seconds in which it notices that a connection has ended; in virtual time, none that is under way does."""


class OneConnection(LoopbackServer):
    """Hands on to `host` and `port`; ``closed`` counts the refused."""

    def __init__(self, host: str, port: int | None) -> None:
        """Take the server behind."""
        super().__init__()
        self._behind = host, port
        self.closed = 0
        self._busy = asyncio.Lock()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hand on, if nobody else is served."""
        try:
            async with asyncio.timeout(GRACE):
                await self._busy.acquire()
        except TimeoutError:
            self.closed += 1
            return
        try:
            await self._hand_on(reader, writer)
        finally:
            self._busy.release()

    async def _hand_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self._behind)
        pumps = [asyncio.ensure_future(pump(*way)) for way in ((reader, back), (there, writer))]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in pumps:
                one.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            await async_close(back)


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hand on what comes, to the end."""
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
