"""The connections through which events come in (UDA 2.0 §4.3): how many, for how long, and what is answered.

`aiohttp` has these for its notify server. Each request is read by `_http.lenient` and handed to `take`, whose
verdict is on its way before what follows from the event is done. It must not know what an event means.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from email.utils import formatdate
from http import HTTPStatus
from typing import Final, TypeAlias, cast

from async_upnp_client._http.connections import LINGERING_SECONDS, Refusal, host_of
from async_upnp_client._http.lenient import LenientRequest, NoHttpError, RequestReader, TooLongError
from async_upnp_client._quiet import QuietLog
from async_upnp_client.limits import Limits

_LOGGER = logging.getLogger(__name__)

Take: TypeAlias = Callable[[LenientRequest, str | None], tuple[int, Callable[[], None]]]
"""Judges a request of a host: the status to answer, and what to call once that is on its way."""

GRACE: Final = 0.5
"""Seconds for what a sender announced wrongly to come all the same; then it is taken as it is."""

CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


class NotifyConnection(asyncio.Protocol):
    """One connection, with one request after the other."""

    def __init__(self, all_of_them: "NotifyConnections") -> None:
        self._all = all_of_them
        self._transport: asyncio.Transport | None = None
        self._reader = all_of_them.reader()
        self._grace: asyncio.TimerHandle | None = None
        self._is_told = False
        self._is_over = False
        self.host: str | None = None
        self.since = 0.0
        """When the request began that is coming in, or the wait for it, by the loop's clock."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for a request."""
        self._transport = cast("asyncio.Transport", transport)  # as TCP has
        self.host = host_of(transport)
        self._all.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio's signature
        """Forget it."""
        self._end_grace()
        self._transport = None
        self._all.lost(self)

    def pause_writing(self) -> None:
        """Read no further requests of a sender who reads no answers."""
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Read on."""
        if self._transport is not None:
            self._transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        """Take in what came, and answer each request that is complete."""
        self._end_grace()
        while data and not self._is_over:
            if not self._reader.has_begun:
                self.since = self._all.now()
            try:
                self._reader.feed(data)
            except NoHttpError as err:
                self._refuse(err)
                return
            if self._reader.is_complete:
                data = self._reader.rest
                self._answer()
                continue
            if self._reader.wants_to_be_told and not self._is_told:
                self._is_told = True
                self._write(CONTINUE)
            elif self._reader.is_sufficient:
                self._grace = self._all.loop.call_later(GRACE, self._take_as_it_is)
            return

    def eof_received(self) -> None:
        """Take what came as all there is; the connection closes."""
        self._end_grace()
        if self._reader.has_begun and not self._is_over:
            self._answer(is_last=True)

    def _take_as_it_is(self) -> None:
        self._grace = None
        self._answer(is_last=True)  # where the next request begins, nobody knows

    def _end_grace(self) -> None:
        if self._grace is not None:
            self._grace.cancel()
            self._grace = None

    # --- Answers ---

    def _answer(self, *, is_last: bool = False) -> None:
        try:
            request = self._reader.request()
        except NoHttpError as err:
            self._refuse(err)
            return
        self._reader = self._all.reader()
        self._is_told = False
        self.since = self._all.now()
        is_last = is_last or request.is_last
        try:
            status, take_in = self._all.take(request, self.host)
        except Exception:
            _LOGGER.exception("Could not judge a request")
            status, take_in = HTTPStatus.INTERNAL_SERVER_ERROR, do_nothing
        # devices wait for the answer, some of them with all that they do: what follows comes after it
        self._write(self._all.answer(status, is_last=is_last))
        if is_last:
            self._is_over = True
            if self._transport is not None:
                self._transport.close()
        try:
            take_in()
        except Exception:
            _LOGGER.exception("Could not take an event in")

    def _refuse(self, err: NoHttpError) -> None:
        if isinstance(err, TooLongError):
            self._all.quiet.report("Refused an event from %s: %s", self.host, err)
            self._linger(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            self._all.quiet.report("Could not read an event from %s: %s", self.host, err)
            self._linger(HTTPStatus.BAD_REQUEST)

    def _linger(self, status: HTTPStatus) -> None:
        self._is_over = True
        self._write(self._all.answer(status, is_last=True))
        if self._transport is not None:
            if self._transport.can_write_eof():
                self._transport.write_eof()
            self._grace = self._all.loop.call_later(LINGERING_SECONDS, self.abort)

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def expire(self) -> None:
        """End it: no request came, or not to its end, for as long as one may take."""
        if self._is_over:
            self.abort()
        elif self._reader.has_begun:
            self._all.quiet.report("Refused an event from %s, which does not come to an end", self.host)
            self._linger(HTTPStatus.REQUEST_TIMEOUT)
        else:
            self._all.quiet.report("Closed a connection of %s without a request", self.host)
            self.abort()

    def abort(self) -> None:
        """End it at once."""
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        """End it, once what was answered is out of the house."""
        if self._transport is not None and self._transport.get_write_buffer_size():
            self._transport.abort()  # he does not read it
        elif self._transport is not None:
            self._transport.close()


class NotifyConnections:
    """All connections of a notify server, see `Limits.notify_connections` and `notify_seconds`."""

    def __init__(self, take: Take, limits: Limits, quiet: QuietLog, loop: asyncio.AbstractEventLoop) -> None:
        self.take = take
        self.quiet = quiet
        self.loop = loop
        self._limits = limits
        self._open: dict[NotifyConnection, None] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._is_empty: asyncio.Future[None] | None = None
        self._second = 0  # that the answers are of
        self._answers: dict[tuple[int, bool], bytes] = {}

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._open)

    def accept(self) -> asyncio.Protocol:
        """Make a connection, as `loop.create_server` asks for one."""
        if len(self._open) >= self._limits.notify_connections:
            return Refusal(self.quiet, self._limits.notify_connections)
        return NotifyConnection(self)

    async def async_stop(self) -> None:
        """Close all, and wait until they are gone."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._open:
            self._is_empty = self.loop.create_future()
            for connection in list(self._open):
                connection.close()
            await self._is_empty

    # --- For its connections ---

    def reader(self) -> RequestReader:
        """Make a reader for the next request."""
        return RequestReader(self._limits.notify_bytes, self._limits)

    def now(self) -> float:
        """Return the time of the loop."""
        return self.loop.time()

    def answer(self, status: int, *, is_last: bool) -> bytes:
        """Return the bytes of an answer."""
        second = int(time.time())
        if second != self._second:
            self._second, self._answers = second, {}
        ready = self._answers.get((status, is_last))
        if ready is None:
            ready = self._answers[status, is_last] = self._written(status, is_last=is_last)
        return ready

    def _written(self, status: int, *, is_last: bool) -> bytes:
        lines = [
            f"HTTP/1.1 {int(status)} {HTTPStatus(status).phrase}",
            "Content-Length: 0",
            f"Date: {formatdate(self._second, usegmt=True)}",
        ]
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            lines.append("Allow: NOTIFY")
        if is_last:
            lines.append("Connection: close")
        return "\r\n".join((*lines, "", "")).encode("ascii")

    def opened(self, connection: NotifyConnection) -> None:
        """Watch a connection."""
        connection.since = self.now()
        self._open[connection] = None
        if self._is_empty is not None:
            connection.close()  # it was accepted as the server stopped
        elif self._timer is None:
            self._timer = self.loop.call_later(self._limits.notify_seconds, self._sweep)

    def lost(self, connection: NotifyConnection) -> None:
        """Watch it no longer."""
        self._open.pop(connection, None)
        if not self._open and self._is_empty is not None and not self._is_empty.done():
            self._is_empty.set_result(None)

    def _sweep(self) -> None:
        """End what has taken too long, and look again when the next has."""
        self._timer = None
        now, wait = self.now(), self._limits.notify_seconds
        for connection in [one for one in self._open if now - one.since >= wait]:
            connection.since = now
            connection.expire()
        if self._open:
            due = min(connection.since for connection in self._open) + wait
            self._timer = self.loop.call_at(due, self._sweep)


def do_nothing() -> None:
    """Follow nothing up."""
