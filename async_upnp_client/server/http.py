"""UDA chapters 2 to 4, device side: what the HTTP server of a device answers.

``server.lifecycle`` serves what ``handlers`` gives for a device. Each handler reads a request with the codec
of its chapter, asks the service, and writes the answer with the same codec. It must not know SSDP, nor when
the server runs, nor on what.
"""

import logging
from collections.abc import Callable, Coroutine, Mapping
from datetime import timedelta
from functools import lru_cache, partial
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final, Protocol, TypeAlias, cast
from urllib.parse import unquote, urlsplit

from async_upnp_client._addresses import absolute_url, get_host_string, host_header
from async_upnp_client._headers import shown
from async_upnp_client._http.connection import Answer
from async_upnp_client._http.lenient import LenientRequest
from async_upnp_client._networks import read_address
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


class Ends(Protocol):
    """Who is at the two ends of a connection, as its socket has it."""

    @property
    def host(self) -> str | None:
        """The address of who asks."""

    @property
    def peername(self) -> Any:
        """The same, with its port and its zone."""

    @property
    def sockname(self) -> Any:
        """Our own."""


Handler: TypeAlias = Callable[[LenientRequest, Ends], Answer | Coroutine[Any, Any, Answer]]

CONTENT_TYPE: Final = 'text/xml; charset="utf-8"'
XML_HEADERS: Final = MappingProxyType({"Content-Type": CONTENT_TYPE})
SOAP_HEADERS: Final = MappingProxyType({"Content-Type": CONTENT_TYPE, "EXT": ""})
"""EXT says that a device of UDA 1.0 would have understood (C-015)."""

INVALID_VAR: Final = 404  # of QueryStateVariable alone (UDA 1.0 §3.3.2)

LOCAL_NAMES: Final = (".localhost", ".local", ".lan", ".home.arpa", ".internal", ".localdomain")
"""Names that no server in the internet can hand out (RFC 6761, RFC 6762, RFC 8375), and what routers use."""

LEAST_GRANTED: Final = 30 * 60
"""Seconds of a subscription, at least: who wants fewer would only have to renew it more often."""

HOSTS_REMEMBERED: Final = 64
"""HOST headers that are remembered: the names and addresses by which we are reached."""


# --- Who answers ---


def handlers(device: UpnpServerDevice, limits: Limits = DEFAULT_LIMITS) -> dict[str, dict[str, Handler]]:
    """Give what answers for a root device, by path and method: descriptions, control, events."""
    found: dict[str, dict[str, Handler]] = {}

    def add(url: str, method: str, handler: Handler) -> None:
        found.setdefault(path_of(device, url), {}).setdefault(method, handler)

    add(device.device_url, "GET", partial(describe, device))
    for service in device.all_server_services:
        info = service.service_info
        add(info.scpd_url, "GET", partial(describe, service))
        add(info.control_url, "POST", partial(async_call, service, limits=limits))
        if service.has_events:
            add(info.event_sub_url, "SUBSCRIBE", partial(subscribe, service, limits=limits))
            add(info.event_sub_url, "UNSUBSCRIBE", partial(unsubscribe, service))
    return found


def path_of(device: UpnpServerDevice, url: str) -> str:
    """Return where a URL leads that stands in the description of a root device (UDA 2.0 §2.3)."""
    return urlsplit(absolute_url(device.device_url, url)).path


class Reception:
    """Answers each request, or has it answered by its handler; what it has none for is not found."""

    def __init__(self, device: UpnpServerDevice, limits: Limits = DEFAULT_LIMITS) -> None:
        self._handlers = {
            unquote(path): {**methods, **({"HEAD": methods["GET"]} if "GET" in methods else {})}
            for path, methods in handlers(device, limits).items()
        }

    def answers(self, method: str, target: str) -> bool:
        """Tell whether there is a handler for a request."""
        return method in self._at(target)

    def _at(self, target: str) -> Mapping[str, Handler]:
        return self._handlers.get(target) or self._handlers.get(path_of_target(target), {})

    def __call__(self, request: LenientRequest, ends: Ends) -> Answer | Coroutine[Any, Any, Answer]:
        """Answer a request, unless it is for a host that is not this one."""
        target = request.target
        # a whole URL says for which host, whatever HOST says (RFC 9112 §3.2.2)
        host = host_of_target(target) or request.headers.get_lower("host", "")
        if not is_own_host(host):
            _LOGGER.debug("Refused a request of %s for host %s", ends.host, shown(host))
            return Answer(HTTPStatus.FORBIDDEN)
        methods = self._at(target)
        handler = methods.get(request.method)
        if handler is not None:
            return handler(request, ends)
        if methods:
            return Answer(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": ", ".join(sorted(methods))})
        return Answer(HTTPStatus.NOT_FOUND)


def host_of_target(target: str) -> str:
    """Return the host that a whole URL names, with its port; "" for a path, in whose query one may stand."""
    return "" if target.startswith("/") else target.partition("://")[2].partition("/")[0]


def path_of_target(target: str) -> str:
    """Return the path of what a request is for, which may be a whole URL (RFC 9112 §3.2)."""
    before, _, _ = target.partition("#")[0].partition("?")
    if not before.startswith("/"):
        before = "/" + before.partition("://")[2].partition("/")[2]
    return unquote(before)


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


def describe(thing: UpnpServerDevice | UpnpServerService, request: LenientRequest, _ends: Ends) -> Answer:
    """Answer with the description of a device or a service (UDA 2.0 §2.11)."""
    if isinstance(thing, UpnpServerDevice):
        device, text = thing, thing.description()
    else:
        device = cast("UpnpServerDevice", thing.device.root_device)
        text = thing.description(device.config_id)
    headers: Mapping[str, str] = XML_HEADERS
    if "accept-language" in request.headers:
        headers = {**headers, "Content-Language": device.LANGUAGE}
    return Answer(HTTPStatus.OK, text.encode(), headers)


# --- Chapter 3: control ---


async def async_call(
    service: UpnpServerService, request: LenientRequest, ends: Ends, *, limits: Limits = DEFAULT_LIMITS
) -> Answer:
    """Answer a call: 200 with the out-arguments, 500 with a fault, 400 for what is no call (UDA 2.0 §3.2)."""
    body = decode_text(request.body, lambda: request.charset)
    if _LOGGER_TRAFFIC_UPNP.isEnabledFor(logging.DEBUG):
        _LOGGER_TRAFFIC_UPNP.debug("Call of %s: %s", ends.host, shown(body, 4096))
    try:
        call = parse_call(request.headers.get_lower("soapaction"), body, limits)
    except NotUnderstoodError:
        return soap_answer(build_not_understood(), HTTPStatus.INTERNAL_SERVER_ERROR)
    except UpnpContentError as err:
        _LOGGER.debug("No call, from %s: %s", ends.host, shown(err))
        return Answer(HTTPStatus.BAD_REQUEST, reason="InvalidSoap")
    try:
        with called_by(ends.host, base_uri_of(ends.sockname)):
            return soap_answer(await async_carry_out(service, call, limits), HTTPStatus.OK)
    except UpnpActionError as err:
        code = int(err.error_code or UpnpActionErrorCode.ACTION_FAILED)
        _LOGGER.debug("Refused %s of %s: %s", shown(call.action), ends.host, shown(err))
        return soap_answer(build_fault(code, err.error_desc or ""), HTTPStatus.INTERNAL_SERVER_ERROR)


def base_uri_of(sockname: Any) -> str | None:
    """Return the URL of the address that a request came to, whatever its HOST says; None for none."""
    return f"http://{host_header(sockname[0], sockname[1])}" if isinstance(sockname, tuple) else None


def soap_answer(text: str, status: HTTPStatus) -> Answer:
    """Give the answer with an envelope."""
    return Answer(status, text.encode(), SOAP_HEADERS)


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


def subscribe(
    service: UpnpServerService, request: LenientRequest, ends: Ends, *, limits: Limits = DEFAULT_LIMITS
) -> Answer:
    """Answer a SUBSCRIBE: a new subscription, whose initial event follows, or a renewal (UDA 2.0 §4.1)."""
    asked = parse_subscribe(request.headers, limits.callback_urls)
    if isinstance(asked, HTTPStatus):
        return Answer(asked)
    publisher = service.publisher
    if isinstance(asked, Renew):
        subscriber = publisher.find(asked.sid)
        if subscriber is None:
            return Answer(HTTPStatus.PRECONDITION_FAILED)
        subscriber.timeout = granted(asked.timeout, limits)
        return Answer(HTTPStatus.OK, headers=subscription_headers(subscriber))
    peer = get_host_string(ends.peername) if isinstance(ends.peername, tuple) else ""
    urls = allowed_callbacks(asked.callbacks, peer)
    if not urls:
        # where events would go to a third party (CVE-2020-12695)
        _LOGGER.debug("Refused callback %s of %s", shown(asked.callbacks), ends.host)
        return Answer(HTTPStatus.PRECONDITION_FAILED)
    if not publisher.may_add(ends.host):
        return Answer(HTTPStatus.SERVICE_UNAVAILABLE)
    subscriber = EventSubscriber(urls[0], granted(asked.timeout, limits), other_urls=urls[1:], host=ends.host)
    publisher.welcome(subscriber)
    release = partial(publisher.release, subscriber, INITIAL_WAIT)
    return Answer(HTTPStatus.OK, headers=subscription_headers(subscriber), then=release)


def granted(asked: timedelta | None, limits: Limits) -> int:
    """Return the seconds to grant: what is asked for, but not less than the UDA has it (UDA 2.0 §4.1.2)."""
    if asked is None:
        return min(EventSubscriber.DEFAULT_TIMEOUT, limits.subscription_seconds)
    return min(max(int(asked.total_seconds()), LEAST_GRANTED), limits.subscription_seconds)


def subscription_headers(subscriber: EventSubscriber) -> dict[str, str]:
    """Return the headers of an answer to SUBSCRIBE (UDA 2.0 §4.1.2)."""
    return {
        "SID": subscriber.sid,
        "TIMEOUT": format_timeout(timedelta(seconds=subscriber.timeout or EventSubscriber.DEFAULT_TIMEOUT)),
    }


def unsubscribe(service: UpnpServerService, request: LenientRequest, _ends: Ends) -> Answer:
    """Answer an UNSUBSCRIBE (UDA 2.0 §4.1.4)."""
    sid = parse_unsubscribe(request.headers)
    if isinstance(sid, HTTPStatus):
        return Answer(sid)
    known = service.del_subscriber(sid)
    return Answer(HTTPStatus.OK if known else HTTPStatus.PRECONDITION_FAILED)
