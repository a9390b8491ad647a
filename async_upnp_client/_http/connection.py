"""One connection to an HTTP server of ours, on which one request comes after the other (RFC 9112 §9).

`connections` has all of a server's. Each request is read by `lenient` and answered before the next one is
looked at; a connection is no task, and has no timer unless it waits. It must not know what a request means.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from functools import cached_property
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, cast

from async_upnp_client._http.lenient import (
    LenientRequest,
    NoHttpError,
    TooLongError,
    request_line,
)

if TYPE_CHECKING:
    from async_upnp_client._http.connections import Connections

_LOGGER = logging.getLogger(__name__)

GRACE: Final = 0.5
"""Seconds for what a sender announced wrongly to come all the same; then it is taken as it is."""

LINGERING_SECONDS: Final = 0.5
"""Seconds in which the sender of a refused request may go on sending, so that he gets to read why: a round
trip or two. aiohttp's ten would let who trickles stay for as long."""

MOST_AT_ONCE: Final = 32
"""Requests of one connection that are answered in one turn of the loop; then others have theirs."""

CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


class Answer(NamedTuple):
    """What a request is answered with; `then` is called once that is on its way."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = MappingProxyType({})
    then: Callable[[], None] | None = None
    reason: str | None = None


class Elsewhere(Protocol):
    """Another server on the same port, which gets connections from the first request on that is for it."""

    def serves(self, method: str, target: str) -> bool:
        """Tell whether a request is for it."""

    def take_over(self, transport: asyncio.Transport, data: bytes) -> None:
        """Have a connection from now on, with what came of its next request."""

    def count(self, host: str | None = None) -> int:
        """Return how many connections it has, of one host or of all."""


class Connection(asyncio.Protocol):
    """One connection, with one request after the other."""

    def __init__(self, all_of_them: Connections) -> None:
        self._all = all_of_them
        self._transport: asyncio.Transport | None = None
        self._reader = all_of_them.reader()
        self._answering: asyncio.Task[None] | None = None
        self._begun = b""  # a first line that has not come to its end
        self._later = b""  # what came, and is not looked at yet
        self._timer: asyncio.TimerHandle | None = None  # for the one thing that it may wait for
        self._unsent = 0
        self._is_told = False
        self._is_choked = False  # the peer does not read what he is answered
        self._is_ended = False  # he sends nothing more
        self._is_over = False
        self.host: str | None = None
        self.since = 0.0
        """When the request began that is coming in, or the wait for it, by the loop's clock."""

    # --- What asyncio tells ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for a request."""
        self._transport = cast("asyncio.Transport", transport)  # as TCP has
        self.host = host_of(transport)
        self._all.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio's signature
        """Forget it; what carries out a request goes on."""
        self._wait_no_more()
        self._transport = None
        self._later = b""
        self._all.lost(self)

    def pause_writing(self) -> None:
        """Read no further requests of a sender who reads no answers."""
        self._is_choked = True
        self._read_no_more()

    def resume_writing(self) -> None:
        """Read on."""
        self._is_choked = False
        self._go_on()

    def data_received(self, data: bytes) -> None:
        """Take in what came, and answer each request that is complete."""
        if self._is_over:
            return
        if self._is_held() or self._later:
            self._later += data
            self._read_no_more()  # of what comes behind a request there is no more than this
            return
        self._wait_no_more()
        if self._begun:
            data, self._begun = self._begun + data, b""
        elif not self._reader.has_begun:
            self.since = self._all.now()
        self._take(data)

    def eof_received(self) -> bool:
        """Take what came as all there is; the connection closes once it is answered."""
        self._is_ended = True
        if not self._is_held() and not self._later:
            self._end()
        return self._answering is not None or bool(self._later)

    def _is_held(self) -> bool:
        """Tell whether no request is looked at: one is being answered, or not read, or was the last."""
        return self._answering is not None or self._is_choked or self._is_over

    # --- Requests ---

    def _take(self, data: bytes) -> None:
        for _ in range(MOST_AT_ONCE):
            elsewhere = self._all.elsewhere
            if elsewhere is not None and not self._reader.has_begun and self._leaves(elsewhere, data):
                return
            try:
                self._reader.feed(data)
                if not self._reader.is_complete:
                    self._wait_for_more()
                    return
            except NoHttpError as err:
                self._refuse(err)
                return
            data = self._reader.rest
            self._answer()
            if self._is_over or not data:
                return
            if self._answering is not None or self._is_choked:
                self._later = data
                return
        self._later = data
        self._read_no_more()
        self._all.loop.call_soon(self._go_on)

    def _wait_for_more(self) -> None:
        if self._reader.wants_to_be_told and not self._is_told:
            self._is_told = True
            self._write(CONTINUE)
        elif self._reader.is_sufficient:
            self._timer = self._all.loop.call_later(GRACE, self._take_as_it_is)

    def _take_as_it_is(self) -> None:
        self._timer = None
        self._answer(is_last=True)  # where the next request begins, nobody knows

    def _end(self) -> None:
        """Take what came, if anything did, as the last request."""
        self._wait_no_more()
        if self._reader.has_begun:
            self._answer(is_last=True)

    def _go_on(self) -> None:
        """Look at what came meanwhile, and read further."""
        if self._is_held():
            return
        later, self._later = self._later, b""
        if later:
            self._take(later)
        if self._is_held() or self._later:
            return
        if self._is_ended:
            self._end()
            if self._answering is None:
                self.close()
        elif self._transport is not None:
            self._transport.resume_reading()

    def _leaves(self, elsewhere: Elsewhere, data: bytes) -> bool:
        """Hand the connection over if what begins is for another server; True also until one can tell."""
        found = request_line(data)
        if found is None:
            self._begun = data
        elif self._transport is not None and elsewhere.serves(*found):
            transport, self._transport = self._transport, None
            self._is_over = True
            self._all.lost(self)
            elsewhere.take_over(transport, data)
        return found is None or self._is_over

    def _read_no_more(self) -> None:
        if self._transport is not None:
            self._transport.pause_reading()

    def _wait_no_more(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

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
            answer = self._all.take(request, self)
        except Exception:
            _LOGGER.exception("Could not judge a request")
            answer = Answer(HTTPStatus.INTERNAL_SERVER_ERROR)
        if isinstance(answer, Answer):
            self._send(request, answer, is_last=is_last)
        else:
            self._answering = self._all.begin(self._async_answer(request, answer, is_last=is_last))

    async def _async_answer(
        self, request: LenientRequest, coming: Coroutine[Any, Any, Answer], *, is_last: bool
    ) -> None:
        try:
            answer = await coming
        except asyncio.CancelledError:
            self.abort()
            raise
        except Exception:
            _LOGGER.exception("Could not answer a request")
            answer = Answer(HTTPStatus.INTERNAL_SERVER_ERROR)
        finally:
            self._answering = None
            self.since = self._all.now()
        self._send(request, answer, is_last=is_last)
        self._go_on()

    def _send(self, request: LenientRequest, answer: Answer, *, is_last: bool) -> None:
        # who asks waits for the answer, some of them with all that they do: what follows comes after it
        self._write(self._all.written(request, answer, is_last=is_last))
        if is_last:
            self._is_over = True
            self.close()
        if answer.then is not None:
            try:
                answer.then()
            except Exception:
                _LOGGER.exception("Could not do what follows from a request")

    def _refuse(self, err: NoHttpError) -> None:
        if isinstance(err, TooLongError):
            self._all.quiet.report("Refused a request of %s: %s", self.host, err)
            self._linger(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            self._all.quiet.report("Could not read a request of %s: %s", self.host, err)
            self._linger(HTTPStatus.BAD_REQUEST)

    def _linger(self, status: HTTPStatus) -> None:
        self._is_over = True
        self._write(self._all.written(None, Answer(status), is_last=True))
        if self._transport is not None:
            if self._transport.can_write_eof():
                self._transport.write_eof()
            self._transport.resume_reading()
            self._timer = self._all.loop.call_later(LINGERING_SECONDS, self.abort)

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    # --- Its end ---

    def expire(self) -> None:
        """End it: no request came, or not to its end, for as long as one may take.

        Who reads an answer, however slowly, may stay; how long one takes to be made is not for us to say.
        """
        unsent = 0 if self._transport is None else self._transport.get_write_buffer_size()
        if self._answering is not None or (unsent and unsent != self._unsent):
            self._unsent = unsent
        elif self._is_over or unsent:
            self.abort()
        elif self._reader.has_begun or self._begun:
            self._all.quiet.report("Refused a request of %s, which does not come to an end", self.host)
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
        if self._transport is not None:
            self._transport.close()

    def close_soon(self) -> None:
        """End it, whether what was answered is out of the house or not."""
        if self._transport is not None and self._transport.get_write_buffer_size():
            self._transport.abort()  # he does not read it
        else:
            self.close()

    # --- Who is at its ends ---

    @cached_property
    def peername(self) -> Any:
        """The address that requests come from, as of a socket; None for none."""
        return None if self._transport is None else self._transport.get_extra_info("peername")

    @cached_property
    def sockname(self) -> Any:
        """The address of ours that they come to, likewise."""
        return None if self._transport is None else self._transport.get_extra_info("sockname")


def host_of(transport: asyncio.BaseTransport) -> str | None:
    """Return the address at the other end."""
    name = transport.get_extra_info("peername")
    return str(name[0]) if name else None
