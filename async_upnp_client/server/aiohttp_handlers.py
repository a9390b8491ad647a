"""What answers the requests of the UPnP chapters, for who has them of aiohttp's server: 0.49.0's names.

It must not know what is answered. What it needs of aiohttp is loaded by the first call, whose argument has it
loaded already; programs that make no such call do without.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.server.device import UpnpServerDevice
from async_upnp_client.server.http import async_call, describe, subscribe, unsubscribe
from async_upnp_client.server.service import UpnpServerService

if TYPE_CHECKING:
    from aiohttp import web


async def to_xml(thing: UpnpServerDevice | UpnpServerService, _request: web.Request) -> web.Response:
    """Answer with the description of a device or a service (UDA 2.0 §2.11)."""
    from async_upnp_client.server.pages import async_answer  # noqa: PLC0415 - see above

    return await async_answer(partial(describe, thing), _request)  # 0.49.0's name of it


async def action_handler(
    service: UpnpServerService, request: web.Request, *, limits: Limits = DEFAULT_LIMITS
) -> web.Response:
    """Answer a call: 200 with the out-arguments, 500 with a fault, 400 for what is no call (UDA 2.0 §3.2)."""
    from async_upnp_client.server.pages import async_answer  # noqa: PLC0415 - see above

    return await async_answer(partial(async_call, service, limits=limits), request, limits)


async def subscribe_handler(
    service: UpnpServerService, request: web.Request, *, limits: Limits = DEFAULT_LIMITS
) -> web.StreamResponse:
    """Answer a SUBSCRIBE: a new subscription, whose initial event follows, or a renewal (UDA 2.0 §4.1)."""
    from async_upnp_client.server.pages import async_answer  # noqa: PLC0415 - see above

    return await async_answer(partial(subscribe, service, limits=limits), request, limits)


async def unsubscribe_handler(service: UpnpServerService, request: web.Request) -> web.Response:
    """Answer an UNSUBSCRIBE (UDA 2.0 §4.1.4)."""
    from async_upnp_client.server.pages import async_answer  # noqa: PLC0415 - see above

    return await async_answer(partial(unsubscribe, service), request)
