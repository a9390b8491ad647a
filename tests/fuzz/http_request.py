"""Any bytes to a server are answered with statuses of HTTP, one for each request, however they are torn."""

import asyncio
import logging
import re
from collections.abc import Callable
from typing import Any

from async_upnp_client._http.connection import Connection
from async_upnp_client._http.connections import Bounds, Connections
from async_upnp_client._http.lenient import LenientRequest
from async_upnp_client._quiet import QuietLog
from async_upnp_client.limits import DEFAULT_LIMITS
from async_upnp_client.server.device import NopRequester
from async_upnp_client.server.http import Reception
from tests.fuzz.logs import watched_logs
from tests.fuzz.still_loop import run
from tests.support.light import Light

LARGEST = 1 << 14
MOST = 1 << 13
PIECES = 7
ANSWER = re.compile(rb"HTTP/1\.1 (\d{3}) [ -~]*\r\n(?:[A-Za-z-]+: [ -~]*\r\n)*?\r\n")
EXPECTED = {100, 200, 400, 403, 404, 405, 408, 412, 413, 500, 503}


class Line(asyncio.Transport):
    """A connection that is nowhere but here."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__({"peername": ("192.168.1.20", 4000), "sockname": ("192.168.1.10", 8000)})
        self.sent = b""
        self.is_open = True

    def write(self, data: Any) -> None:
        """Keep what is answered."""
        assert self.is_open
        self.sent += data

    def get_write_buffer_size(self) -> int:
        """Say that all has gone."""
        return 0

    def can_write_eof(self) -> bool:
        """Say that one can."""
        return True

    def write_eof(self) -> None:
        """Answer no more."""

    def pause_reading(self) -> None:
        """Let the rest come all the same."""

    def resume_reading(self) -> None:
        """Go on."""

    def close(self) -> None:
        """End."""
        self.is_open = False

    abort = close


def check(data: bytes) -> None:
    """Check a connection, whole and in pieces."""
    size = max(1, len(data) // PIECES)
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    with watched_logs():
        whole, torn = run(async_answers([data])), run(async_answers(pieces))
    assert whole is not None
    assert torn is not None


async def async_answers(pieces: list[bytes]) -> list[int]:
    """Return the statuses of what is answered to what comes in these pieces."""
    device = Light(NopRequester(), "http://192.168.1.10:8000")
    reception = Reception(device)
    asked: list[LenientRequest] = []

    def take(request: LenientRequest, connection: Connection) -> Any:
        asked.append(request)
        assert len(request.headers) <= DEFAULT_LIMITS.headers
        assert len(request.body) <= MOST
        return reception(request, connection)

    loop = asyncio.get_running_loop()
    quiet = QuietLog(logging.getLogger("async_upnp_client.test"))
    connections = Connections(take, Bounds(1, 1, 30, MOST), DEFAULT_LIMITS, quiet, loop)
    connection = connections.accept()
    line = Line()
    connection.connection_made(line)
    for piece in pieces:
        if line.is_open:
            connection.data_received(piece)
            await async_settle(lambda: len(asked))
    connection.eof_received()
    await async_settle(lambda: len(asked))
    connection.connection_lost(None)
    await connections.async_stop()
    for service in device.all_server_services:
        await service.async_stop()
    return statuses(line.sent, [request.method for request in asked])


async def async_settle(count: Callable[[], int]) -> None:
    """Let what is under way come to its end."""
    before = -1
    while count() != before:
        before = count()
        for _ in range(5):
            await asyncio.sleep(0)


def statuses(sent: bytes, methods: list[str]) -> list[int]:
    """Read the answers to requests of these methods; there is one to each, and one to what is none."""
    found: list[int] = []
    while sent:
        head = ANSWER.match(sent)
        assert head is not None, sent[:200]
        status = int(head[1])
        assert status in EXPECTED
        sent = sent[head.end() :]
        if status == 100:
            continue
        lengths = re.findall(rb"Content-Length: (\d+)\r\n", head[0])
        assert len(lengths) == 1
        if len(found) < len(methods) and methods[len(found)] == "HEAD":
            lengths = [b"0"]
        length = int(lengths[0])
        assert len(sent) >= length
        sent = sent[length:]
        found.append(status)
    assert len(methods) <= len(found) <= len(methods) + 1
    return found
