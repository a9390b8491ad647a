"""One request by a session of aiohttp, and what is done where aiohttp cannot read the answer (UDA 2.0 §2.1).

`AiohttpSessionRequester` has this. aiohttp gets addresses, follows nothing by itself, and asks for no
compression. It must not know redirects, nor which addresses are allowed: it gets a route that was checked.
"""

import logging
from typing import Final

from aiohttp import (
    ClientPayloadError,
    ClientResponse,
    ClientResponseError,
    ClientSession,
    ClientTimeout,
    StreamReader,
)
from aiohttp.http_exceptions import ContentLengthError, HttpProcessingError, TransferEncodingError

from async_upnp_client._addresses import origin_of
from async_upnp_client._headers import shown
from async_upnp_client._http.answer_reader import AnswerReader
from async_upnp_client._http.device_connection import async_connect
from async_upnp_client._http.lenient import TooLongError
from async_upnp_client._http.messages import is_whole, may_repeat
from async_upnp_client._http.route import Route, with_host_header
from async_upnp_client._http.writing import address_of, written
from async_upnp_client._xml import decode_text
from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.limits import Limits

_LOGGER = logging.getLogger(__name__)

NO_LIMIT: Final = ClientTimeout()
"""For aiohttp: the time of the whole exchange is limited by `exchange`."""

ORIGINS_REMEMBERED: Final = 64
"""Origins of one requester whose answers aiohttp cannot read: a home has a few such devices. The one that was
found first is forgotten, and found again when it is asked again."""

UNREADABLE: Final = (ClientResponseError, ClientPayloadError, HttpProcessingError)


def is_unreadable(err: Exception) -> bool:
    """Whether aiohttp says that an answer is no proper HTTP; not that it was cut off."""
    reason = err.__cause__ if isinstance(err, ClientPayloadError) else err
    if isinstance(reason, TransferEncodingError):
        return not str(reason.message).startswith("Not enough data")
    return not isinstance(reason, ContentLengthError) and isinstance(reason, UNREADABLE)


async def async_read(stream: StreamReader, most: int) -> bytes:
    """Return the body in `stream`. Raises TooLongError if it has more than `most` bytes."""
    body = bytearray()
    try:
        if stream.is_eof():  # it came with its headers, as most do
            return within(await stream.readany(), most)
        while len(body) <= most and not stream.at_eof():
            body += await stream.readany()
    except ClientPayloadError:
        # Content-Length is too large, or chunks have no end: the document tells where it ends (row C-029)
        if not is_whole(body):
            raise
    return within(bytes(body), most)


def within(body: bytes, most: int) -> bytes:
    """Return a body. Raises TooLongError if it has more than `most` bytes."""
    if len(body) > most:
        raise TooLongError(f"the body exceeds {most} bytes")
    return body


async def async_text(response: ClientResponse, most: int) -> str:
    """Return the body of `response` as text."""
    content = getattr(response, "content", None)
    if not isinstance(content, StreamReader):
        return await response.text()  # of sessions that stand in for aiohttp's in tests of applications
    return decode_text(await async_read(content, most), lambda: response.charset)


async def async_ask_leniently(
    request: HttpRequest,
    route: Route,
    headers: dict[str, str],
    most: int,
    seconds: float | None,
    limits: Limits,
) -> HttpResponse:
    """Send `request` by a connection of its own; what comes back is read as far as it can be."""
    connection = await async_connect(address_of(request, route), seconds)
    try:
        message = written(request, route, headers, is_last=True)
        return await connection.async_ask(message, AnswerReader(request.method, most, limits))
    finally:
        connection.abort()


class SessionExchange:
    """Carries requests by `session`; by connections of their own those to devices that it cannot read.

    These are found out, and remembered, one by one.
    """

    def __init__(self, session: ClientSession, limits: Limits) -> None:
        self._session = session
        self._limits = limits
        self._lenient: dict[str, None] = {}  # origins whose answers are to be read leniently

    async def async_carry(
        self, request: HttpRequest, route: Route, headers: dict[str, str], most: int, seconds: float | None
    ) -> HttpResponse:
        """Send `request` with `headers` along `route`, and return the answer.

        `most` is for its body, in bytes, `seconds` for a new connection. Raises errors of aiohttp beside
        those of `KeptConnections.async_carry`.
        """
        origin = origin_of(route.url)
        # a session's connections have one source
        if origin in self._lenient or request.source is not None:
            return await async_ask_leniently(request, route, headers, most, seconds, self._limits)
        try:
            async with self._session.request(
                request.method,
                route.url,
                headers=with_host_header(headers, route.host),
                data=request.body,
                timeout=NO_LIMIT if seconds is None else ClientTimeout(sock_connect=seconds),
                allow_redirects=False,
                # devices that compress do it wrong as often as right
                skip_auto_headers=("Accept-Encoding",),
                server_hostname=route.server_name,
            ) as response:
                return HttpResponse(response.status, response.headers, await async_text(response, most))
        except UNREADABLE as err:
            if not is_unreadable(err):
                raise
            _LOGGER.debug("Read what %s sends leniently from now on: %s", shown(origin), shown(err))
            self._lenient[origin] = None
            if len(self._lenient) > ORIGINS_REMEMBERED:
                del self._lenient[next(iter(self._lenient))]
            if not may_repeat(request):
                raise
            try:
                return await async_ask_leniently(request, route, headers, most, seconds, self._limits)
            except (ValueError, OSError):
                raise err from err.__cause__  # it says more
