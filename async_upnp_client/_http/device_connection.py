"""One connection to a device: a request goes out, its answer comes back (UDA 2.0 §2.1).

`kept_connections` has these, and `session_exchange` for what aiohttp cannot read. An answer is read by
`answer_reader` as it comes, without a task. It must not know what is asked, nor which addresses are allowed.
"""

import asyncio
import ssl
from functools import lru_cache
from typing import Final, cast

from async_upnp_client._http.answer_reader import AnswerReader
from async_upnp_client._http.lenient import LINE_ENDS, NoHttpError
from async_upnp_client._http.route import Address
from async_upnp_client._xml import decode_text
from async_upnp_client.const import HttpResponse

GRACE: Final = 1.0
"""Seconds in which a body may grow beyond its announced length, or a last chunk come: who has more to say has
said it by then."""


class NotConnectedError(ConnectionError):
    """There is no connection, so that the device cannot have got the request."""


class HungUpError(ConnectionError):
    """The connection ended before anything of an answer came."""


class DeviceConnection(asyncio.Protocol):
    """One connection, by which one request at a time is sent."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._reader: AnswerReader | None = None
        self._is_over: asyncio.Future[None] | None = None  # the answer that is read
        self._grace: asyncio.TimerHandle | None = None

    @property
    def is_open(self) -> bool:
        """Whether a request can be sent."""
        return self._transport is not None and not self._transport.is_closing()

    async def async_ask(self, message: bytes, reader: AnswerReader) -> HttpResponse:
        """Send a request, and return what `reader` makes of the answer; it closes if no other can follow.

        Raises HungUpError where nothing came, NoHttpError for what is no answer. The caller limits the time.
        """
        transport = self._transport
        if transport is None or transport.is_closing():
            raise HungUpError("The device has closed the connection")
        self._reader = reader
        self._is_over = self._loop.create_future()
        may_stay = False
        try:
            transport.write(message)
            await self._is_over
            answer = reader.answer()
            may_stay = reader.leaves_open and not transport.get_write_buffer_size()
        finally:
            self._reader = self._is_over = None
            self._end_grace()
            if not may_stay:
                transport.abort()  # there is nothing to wait for
        return HttpResponse(answer.status, answer.headers, decode_text(answer.body, lambda: answer.charset))

    def abort(self) -> None:
        """End it at once."""
        if self._transport is not None:
            self._transport.abort()

    # --- For asyncio ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take it that there is a connection."""
        self._transport = cast("asyncio.Transport", transport)  # as TCP has

    def data_received(self, data: bytes) -> None:
        """Take in what came."""
        reader, is_over = self._reader, self._is_over
        if reader is None or is_over is None or is_over.done():
            if data.strip(LINE_ENDS):
                self.abort()  # nobody asked
            return
        self._end_grace()
        try:
            reader.feed(data)
        except NoHttpError as err:
            is_over.set_exception(err)
            return
        if reader.is_complete or reader.is_as_announced:
            is_over.set_result(None)
        elif reader.is_sufficient:
            self._grace = self._loop.call_later(GRACE, self._end)

    def eof_received(self) -> None:
        """Take what came as all there is; the connection closes."""
        self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        """Take what came as all there is."""
        self._transport = None
        self._end(exc)

    def _end(self, exc: Exception | None = None) -> None:
        reader, is_over = self._reader, self._is_over
        if reader is None or is_over is None or is_over.done():
            return
        if reader.has_begun:
            is_over.set_result(None)
            return
        error = HungUpError(str(exc) if exc else "The device closed the connection without an answer")
        error.__cause__ = exc
        is_over.set_exception(error)

    def _end_grace(self) -> None:
        if self._grace is not None:
            self._grace.cancel()
            self._grace = None


async def async_connect(address: Address, seconds: float | None = None) -> DeviceConnection:
    """Make a connection within `seconds`. Raises NotConnectedError."""
    loop = asyncio.get_running_loop()
    host, port, server_name, source = address
    connection = DeviceConnection(loop)
    try:
        async with asyncio.timeout(seconds):
            await loop.create_connection(
                lambda: connection,
                host,
                port,
                ssl=None if server_name is None else await asyncio.to_thread(tls_context),
                server_hostname=server_name,
                local_addr=None if source is None else (source, 0),
            )
    except OSError as err:
        raise NotConnectedError(str(err) or f"no connection within {seconds} s") from err
    return connection


@lru_cache(1)
def tls_context() -> ssl.SSLContext:
    """Return what certificates are judged by; it is read from files, once."""
    return ssl.create_default_context()
