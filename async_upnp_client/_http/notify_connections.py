"""The connections through which events come in (UDA 2.0 §4.3): how many, and for how long.

`aiohttp` has these for its notify server. Each request is handed to what judges it, whose verdict is on its
way before what follows from the event is done. It must not know what an event means.
"""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from types import MappingProxyType
from typing import Final, TypeAlias

from async_upnp_client._http.connection import Answer, Connection
from async_upnp_client._http.connections import Bounds, Connections
from async_upnp_client._http.lenient import LenientRequest
from async_upnp_client._quiet import QuietLog
from async_upnp_client.limits import Limits

TakeEvent: TypeAlias = Callable[[LenientRequest, str | None], tuple[int, Callable[[], None]]]
"""Judges a request of a host: the status to answer, and what to call once that is on its way."""

ALLOWED: Final = MappingProxyType({"Allow": "NOTIFY"})


class NotifyConnections(Connections):
    """All connections of a notify server, see `Limits.notify_connections` and `notify_seconds`."""

    def __init__(
        self, take: TakeEvent, limits: Limits, quiet: QuietLog, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._take_event = take
        bounds = Bounds(
            limits.notify_connections,
            limits.connections_per_host,
            limits.notify_seconds,
            limits.notify_bytes,
        )
        super().__init__(self._take, bounds, limits, quiet, loop)

    def _take(self, request: LenientRequest, connection: Connection) -> Answer:
        status, then = self._take_event(request, connection.host)
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            return Answer(status, headers=ALLOWED, then=then)
        return Answer(status, then=then)


def do_nothing() -> None:
    """Follow nothing up."""
