"""UDA chapters 2 to 4, device side: what the HTTP server of a device answers.

``server.lifecycle`` registers what ``routes`` gives for a device. Each handler reads a request with the codec
of its chapter, asks the service, and writes the answer with the same codec. It must not know SSDP, nor when
the server runs.
"""

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from email.utils import formatdate
from functools import lru_cache, partial
from http import HTTPStatus
from typing import Final, cast
from urllib.parse import urlsplit

from aiohttp import hdrs, web
from aiohttp.http_exceptions import HttpProcessingError

from async_upnp_client._addresses import absolute_url, get_host_string, host_header
from async_upnp_client._headers import shown
from async_upnp_client._networks import read_address
from async_upnp_client._product import user_agent
from async_upnp_client._protocol.announcing import split_type
from async_upnp_client._protocol.control_device import (
    QUERY_ACTION,
    QUERY_SERVICE,
    Call,
    NotUnderstoodError,
    build_fault,
    build_not_understood,
    build_response,
    parse_call,
)
from async_upnp_client._protocol.eventing import (
    Renew,
    format_timeout,
    parse_subscribe,
    parse_unsubscribe,
)
from async_upnp_client._xml import decode_text
from async_upnp_client.exceptions import UpnpActionError, UpnpActionErrorCode, UpnpContentError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.server.action import UpnpServerAction, called_by, refusal
from async_upnp_client.server.callbacks import allowed_callbacks
from async_upnp_client.server.device import UpnpServerDevice
from async_upnp_client.server.eventing import INITIAL_WAIT, EventSubscriber
from async_upnp_client.server.service import UpnpServerService

_LOGGER = logging.getLogger(__name__)
_LOGGER_TRAFFIC_UPNP = logging.getLogger("async_upnp_client.traffic.upnp")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CONTENT_TYPE: Final = 'text/xml; charset="utf-8"'
INVALID_VAR: Final = 404  # of QueryStateVariable alone (UDA 1.0 §3.3.2)

LOCAL_NAMES: Final = (".localhost", ".local", ".lan", ".home.arpa", ".internal", ".localdomain")
"""Names that no server in the internet can hand out (RFC 6761, RFC 6762, RFC 8375), and what routers use."""

LEAST_GRANTED: Final = 30 * 60
"""Seconds of a subscription, at least: who wants fewer would only have to renew it more often."""

HOSTS_REMEMBERED: Final = 64
"""HOST headers that are remembered: the names and addresses by which we are reached."""


# --- What is registered ---


def routes(device: UpnpServerDevice, limits: Limits = DEFAULT_LIMITS) -> list[web.AbstractRouteDef]:
    """Give the routes of a root device: descriptions, control, events, and what its authors add.

    The author's own are guarded against foreign names as well, and found after ours.
    """
    found: list[web.AbstractRouteDef] = [
        web.get(urlsplit(device.device_url).path, guarded(partial(to_xml, device)))
    ]
    for service in device.all_server_services:
        info = service.service_info
        found.append(web.get(path_of(device, info.scpd_url), guarded(partial(to_xml, service))))
        control = partial(action_handler, service, limits=limits)
        found.append(web.post(path_of(device, info.control_url), guarded(control)))
        if service.has_events:
            path = path_of(device, info.event_sub_url)
            subscribe = partial(subscribe_handler, service, limits=limits)
            found.append(web.route("SUBSCRIBE", path, guarded(subscribe)))
            found.append(web.route("UNSUBSCRIBE", path, guarded(partial(unsubscribe_handler, service))))
    for one in device.all_server_devices:
        found.extend(guarded_route(route, one.LANGUAGE) for route in one.routes())
    return found


def guarded_route(route: web.AbstractRouteDef, language: str) -> web.AbstractRouteDef:
    """Return an author's route with its handler guarded; views and folders of files stay as they are."""
    if isinstance(route, web.RouteDef) and inspect.iscoroutinefunction(route.handler):
        handler = guarded(in_language(route.handler, language))
        return web.RouteDef(route.method, route.path, handler, route.kwargs)
    return route


def in_language(handler: Handler, language: str) -> Handler:
    """Say in which language a page is, to who asks for one, where its author has not (UDA 2.0 §5)."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = await handler(request)
        is_page = not response.prepared and response.content_type == "text/html"
        if is_page and "Accept-Language" in request.headers:
            response.headers.setdefault("CONTENT-LANGUAGE", language)
        return response

    return answer


def path_of(device: UpnpServerDevice, url: str) -> str:
    """Return where a URL leads that stands in the description of a root device (UDA 2.0 §2.3)."""
    return urlsplit(absolute_url(device.device_url, url)).path


def guarded(handler: Handler) -> Handler:
    """Refuse requests for a host that is not this one, and say who we are in every answer."""

    async def answer(request: web.Request) -> web.StreamResponse:
        host = request.headers.get(hdrs.HOST, "")
        if not is_own_host(host):
            _LOGGER.debug("Refused a request of %s for host %s", request.remote, shown(host))
            return web.Response(status=HTTPStatus.FORBIDDEN)
        response = await handler(request)
        if not response.prepared:
            response.headers.setdefault("SERVER", user_agent())
        return response

    return answer


@lru_cache(HOSTS_REMEMBERED)
def is_own_host(header: str) -> bool:
    """Tell whether a HOST header can mean us: an address, a name of the local network, or nothing at all.

    A page in the internet can have its own name stand for our address (DNS rebinding, C-032). Its browser
    then sends that name.
    """
    name = header.strip()
    if name.startswith("["):
        return True
    name = name.partition(":")[0].lower().removesuffix(".")
    return not name or "." not in name or name.endswith(LOCAL_NAMES) or read_address(name) is not None


# --- Chapter 2: descriptions ---


async def to_xml(thing: UpnpServerDevice | UpnpServerService, _request: web.Request) -> web.Response:
    """Answer with the description of a device or a service (UDA 2.0 §2.11)."""
    if isinstance(thing, UpnpServerDevice):
        device, text = thing, thing.description()
    else:
        device = cast("UpnpServerDevice", thing.device.root_device)
        text = thing.description(device.config_id)
    headers = {"CONTENT-TYPE": CONTENT_TYPE}
    if "Accept-Language" in _request.headers:  # 0.49.0's name of it
        headers["CONTENT-LANGUAGE"] = device.LANGUAGE
    return web.Response(body=text.encode(), headers=headers)


# --- Chapter 3: control ---


async def action_handler(
    service: UpnpServerService, request: web.Request, *, limits: Limits = DEFAULT_LIMITS
) -> web.Response:
    """Answer a call: 200 with the out-arguments, 500 with a fault, 400 for what is no call (UDA 2.0 §3.2)."""
    data = await async_read(request, limits)
    if isinstance(data, web.Response):
        return data
    body = decode_text(data, lambda: request.charset)
    if _LOGGER_TRAFFIC_UPNP.isEnabledFor(logging.DEBUG):
        _LOGGER_TRAFFIC_UPNP.debug("Call of %s: %s", request.remote, shown(body, 4096))
    try:
        call = parse_call(request.headers.get("SOAPACTION"), body, limits)
    except NotUnderstoodError:
        return soap_answer(build_not_understood(), HTTPStatus.INTERNAL_SERVER_ERROR)
    except UpnpContentError as err:
        _LOGGER.debug("No call, from %s: %s", request.remote, shown(err))
        return web.Response(status=HTTPStatus.BAD_REQUEST, reason="InvalidSoap")
    try:
        with called_by(request.remote, base_uri_of(request)):
            return soap_answer(await async_carry_out(service, call, limits), HTTPStatus.OK)
    except UpnpActionError as err:
        code = int(err.error_code or UpnpActionErrorCode.ACTION_FAILED)
        _LOGGER.debug("Refused %s of %s: %s", shown(call.action), request.remote, shown(err))
        return soap_answer(build_fault(code, err.error_desc or ""), HTTPStatus.INTERNAL_SERVER_ERROR)


async def async_read(request: web.Request, limits: Limits) -> bytes | web.Response:
    """Read the body of a call; the answer that refuses it where that cannot be."""
    try:
        async with asyncio.timeout(limits.request_seconds):
            return await request.read()
    except TimeoutError:
        _LOGGER.debug("Refused a call of %s, which does not come to an end", request.remote)
        return web.Response(status=HTTPStatus.REQUEST_TIMEOUT, headers={"CONNECTION": "close"})
    except web.HTTPRequestEntityTooLarge:
        return web.Response(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except (HttpProcessingError, web.RequestPayloadError, OSError) as err:
        _LOGGER.debug("Could not read a call of %s: %s", request.remote, shown(repr(err)))
        return web.Response(status=HTTPStatus.BAD_REQUEST)


def base_uri_of(request: web.Request) -> str | None:
    """Return the URL of the address that a request came to, whatever its HOST says; None for none."""
    name = None if request.transport is None else request.transport.get_extra_info("sockname")
    return f"http://{host_header(name[0], name[1])}" if isinstance(name, tuple) else None


def soap_answer(text: str, status: HTTPStatus) -> web.Response:
    """Give the answer with an envelope; EXT says that a device of UDA 1.0 would have understood (C-015)."""
    return web.Response(body=text.encode(), status=status, headers={"CONTENT-TYPE": CONTENT_TYPE, "EXT": ""})


async def async_carry_out(service: UpnpServerService, call: Call, limits: Limits) -> str:
    """Carry out a call, and write the answer; UpnpActionError where it is refused.

    A type of a lower version is served too, and answered in that version (C-011).
    """
    if call.action == QUERY_ACTION and call.service_type == QUERY_SERVICE:
        return query(service, call)
    stem, version = split_type(call.service_type)
    own_stem, own_version = split_type(service.service_type)
    action = service.actions.get(call.action)
    if stem != own_stem or version > own_version or not isinstance(action, UpnpServerAction):
        raise refusal(UpnpActionErrorCode.INVALID_ACTION)
    texts = await action.async_answer(call.arguments, limits.action_seconds)
    return build_response(call.service_type, call.action, texts)


def query(service: UpnpServerService, call: Call) -> str:
    """Answer the deprecated QueryStateVariable (UDA 1.0 §3.3); UpnpActionError 404 for an unknown one."""
    name = dict(call.arguments).get("varName", "").strip()
    variable = service.state_variables.get(name)
    if variable is None:
        raise refusal(INVALID_VAR)
    return build_response(QUERY_SERVICE, QUERY_ACTION, [("return", variable.upnp_value)])


# --- Chapter 4: eventing ---


async def subscribe_handler(
    service: UpnpServerService, request: web.Request, *, limits: Limits = DEFAULT_LIMITS
) -> web.StreamResponse:
    """Answer a SUBSCRIBE: a new subscription, whose initial event follows, or a renewal (UDA 2.0 §4.1)."""
    asked = parse_subscribe(request.headers, limits.callback_urls)
    if isinstance(asked, HTTPStatus):
        return web.Response(status=asked)
    if isinstance(asked, Renew):
        subscriber = service.publisher.find(asked.sid)
        if subscriber is None:
            return web.Response(status=HTTPStatus.PRECONDITION_FAILED)
        subscriber.timeout = granted(asked.timeout, limits)
        return web.Response(headers=subscription_headers(subscriber))
    urls = allowed_callbacks(asked.callbacks, peer_of(request))
    if not urls:
        # where events would go to a third party (CVE-2020-12695)
        _LOGGER.debug("Refused callback %s of %s", shown(asked.callbacks), request.remote)
        return web.Response(status=HTTPStatus.PRECONDITION_FAILED)
    if not service.publisher.may_add(request.remote):
        return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
    subscriber = EventSubscriber(
        urls[0], granted(asked.timeout, limits), other_urls=urls[1:], host=request.remote
    )
    service.publisher.welcome(subscriber)
    response = web.Response(headers=subscription_headers(subscriber))
    try:
        await response.prepare(request)
        await response.write_eof()
    except OSError:
        service.publisher.remove(subscriber)
        raise
    service.publisher.release(subscriber, INITIAL_WAIT)
    return response


def peer_of(request: web.Request) -> str:
    """Return the address of who asks, with the zone that a link-local one is in; "" for none."""
    name = None if request.transport is None else request.transport.get_extra_info("peername")
    return get_host_string(name) if isinstance(name, tuple) else ""


def granted(asked: timedelta | None, limits: Limits) -> int:
    """Return the seconds to grant: what is asked for, but not less than the UDA has it (UDA 2.0 §4.1.2)."""
    if asked is None:
        return min(EventSubscriber.DEFAULT_TIMEOUT, limits.subscription_seconds)
    return min(max(int(asked.total_seconds()), LEAST_GRANTED), limits.subscription_seconds)


def subscription_headers(subscriber: EventSubscriber) -> dict[str, str]:
    """Return the headers of an answer to SUBSCRIBE (UDA 2.0 §4.1.2)."""
    return {
        "DATE": formatdate(usegmt=True),
        "SERVER": user_agent(),
        "SID": subscriber.sid,
        "TIMEOUT": format_timeout(timedelta(seconds=subscriber.timeout or EventSubscriber.DEFAULT_TIMEOUT)),
    }


async def unsubscribe_handler(service: UpnpServerService, request: web.Request) -> web.Response:
    """Answer an UNSUBSCRIBE (UDA 2.0 §4.1.4)."""
    sid = parse_unsubscribe(request.headers)
    if isinstance(sid, HTTPStatus):
        return web.Response(status=sid)
    known = service.del_subscriber(sid)
    return web.Response(status=HTTPStatus.OK if known else HTTPStatus.PRECONDITION_FAILED)
