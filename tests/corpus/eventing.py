"""UDA chapter 4: subscriptions and events, as they come to a `UpnpEventHandler`."""

from datetime import timedelta
from html import escape
from typing import Any, Final

from async_upnp_client.const import HttpResponse
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.exceptions import UpnpError, UpnpResponseError
from tests.corpus.builders import (
    CONNECTION_MANAGER,
    SERVICE,
    propertyset,
    scpd,
    value_list,
    value_range,
    variable,
)
from tests.corpus.case import Case, Raises
from tests.corpus.doors import SID, received
from tests.corpus.event_doors import (
    Evented,
    EventedOverHttp,
    Publisher,
    Subscribed,
    Subscriber,
    event,
)

SCPD: Final = scpd(
    variable("Volume", "ui2", more=value_range(0, 1)),
    variable("Title"),
    variable("Medium", more=value_list("NETWORK", "NONE")),
    variable("Number", "ui4"),
)
MANAGER: Final = scpd(
    variable("SourceProtocolInfo"), variable("SinkProtocolInfo"), variable("CurrentConnectionIDs")
)
GOOD: Final = propertyset(("Volume", "1"), ("Title", "Song"))
LISTENED: Final = ([200], {"Volume": 1, "Title": "Song"})


def evented(*bodies: str, look: Any = None, variables: str = SCPD, service_type: str = SERVICE) -> Evented:
    """Return the way of events; by default statuses and values are looked at."""
    return Evented(variables, bodies, look or statuses_and_values, service_type)


def statuses_and_values(seen: Subscriber) -> tuple[list[int], dict[str, Any]]:
    """Return what was answered, and the values known."""
    return seen.statuses, seen.values


def granted(sid: str | None = SID, timeout: str | None = "Second-1800", status: int = 200) -> HttpResponse:
    """Return a device's answer to SUBSCRIBE."""
    named = {"SID": sid, "TIMEOUT": timeout}
    return HttpResponse(
        status, received({name: value for name, value in named.items() if value is not None}), ""
    )


async def the_grant(_handler: Any, _seen: Any, grant: tuple[str, timedelta], _publisher: Any) -> Any:
    """Return what the subscription gave."""
    return grant


async def the_renewal(handler: UpnpEventHandler, seen: Subscriber, _: Any, publisher: Publisher) -> Any:
    """Renew; return the SID, and what the device was asked for."""
    sid, _granted = await handler.async_resubscribe(seen.service)
    return sid, [request.method for request in publisher.asked]


async def events_after_the_renewal(
    handler: UpnpEventHandler, seen: Subscriber, _: Any, _publisher: Any
) -> Any:
    """Renew, and let an event come under the SID that is valid then."""
    sid, _granted = await handler.async_resubscribe(seen.service)
    status = await handler.handle_notify(event(GOOD, sid))
    return int(status), seen.values


async def what_was_told(_handler: Any, seen: Subscriber, _grant: Any, _publisher: Any) -> Any:
    """Return what came in while the subscription was made."""
    return seen.statuses, seen.values


CASES: Final = [
    Case(
        "three-properties-all-named-last-change",
        "Linkplay, WiiM",
        evented(
            propertyset(("LastChange", "http-get:*:audio/mpeg:*"), ("LastChange", ""), ("LastChange", "0")),
            propertyset(("SinkProtocolInfo", "http-get:*:*:*")),
            variables=MANAGER,
            service_type=CONNECTION_MANAGER,
        ),
        ([200, 200], {"SinkProtocolInfo": "http-get:*:*:*"}),
    ),
    Case(
        "last-change-on-a-service-without-it",
        "gmrender",
        evented(
            propertyset(("LastChange", escape('<Event><InstanceID val="0"/></Event>'))),
            look=lambda seen: (seen.statuses, seen.told),
            variables=MANAGER,
            service_type=CONNECTION_MANAGER,
        ),
        ([200], []),
    ),
    Case(
        "unknown-variable-beside-known-ones",
        "none in particular",
        evented(propertyset(("Volume", "1"), ("X_Vendor", "?"), ("Title", "Song"))),
        LISTENED,
    ),
    Case(
        "list-in-a-scalar",
        "Samsung TV",
        evented(propertyset(("Medium", "NETWORK,NONE"))),
        ([200], {"Medium": "NETWORK,NONE"}),
    ),
    Case(
        "text-in-a-number",
        "Sonos",
        evented(
            propertyset(("Number", "RINCON_000E5812345601400,37"), ("Title", "Song")),
            look=lambda seen: (seen.statuses, seen.values, len(seen.told)),
        ),
        ([200], {"Title": "Song"}, 1),
    ),
    Case(
        "the-text-itself-can-be-had",
        "Sonos",
        evented(propertyset(("Number", "RINCON_000E5812345601400,37")), look=lambda seen: seen.raw("Number")),
        "RINCON_000E5812345601400,37",
    ),
    Case(
        "value-outside-the-declared-range",
        "Xiaomi speaker",
        evented(propertyset(("Volume", "18"), ("Title", "Song"))),
        ([200], {"Volume": 18, "Title": "Song"}),
    ),
    Case(
        "value-beyond-its-type",
        "UniFi Dream Machine",
        evented(propertyset(("Number", "1100335252538"))),
        ([200], {"Number": 1100335252538}),
    ),
    Case(
        "empty-number",
        "none in particular",
        evented(propertyset(("Volume", ""), ("Title", "Song"))),
        ([200], {"Title": "Song"}),
    ),
    Case(
        "wrong-propertyset-namespace",
        "arduino-dlna (early)",
        evented(GOOD.replace("event-1-0", "event-1-0/")),
        LISTENED,
    ),
    Case(
        "propertyset-without-namespace",
        "none in particular",
        evented(GOOD.replace("e:", "").replace(' xmlns:e="urn:schemas-upnp-org:event-1-0"', "")),
        LISTENED,
    ),
    Case(
        "undeclared-prefix",
        "none in particular",
        evented(GOOD.replace(' xmlns:e="urn:schemas-upnp-org:event-1-0"', "")),
        LISTENED,
    ),
    Case(
        "variables-in-the-namespace-of-the-service",
        "none in particular",
        evented(
            GOOD.replace("<Volume>", '<u:Volume xmlns:u="urn:x">').replace("</Volume>", "</u:Volume>"),
        ),
        LISTENED,
    ),
    Case(
        "truncated-body",
        "arduino-dlna (early)",
        evented(GOOD[: len(GOOD) - 30], look=lambda seen: seen.statuses),
        [200],
    ),
    Case(
        "truncated-body-costs-no-later-event",
        "arduino-dlna (early)",
        evented(GOOD[:60], GOOD),
        ([200, 200], LISTENED[1]),
    ),
    Case("byte-order-mark", "WeMo", evented("\ufeff" + GOOD), LISTENED),
    Case("trailing-nuls", "buffers sent whole", evented(GOOD + "\0\0\0"), LISTENED),
    Case("line-end-after-the-body", "buffers sent whole", evented(GOOD + "\r\n\r\n"), LISTENED),
    Case("nul-and-line-end-after-the-body", "buffers sent whole", evented(GOOD + "\0\r\n"), LISTENED),
    Case("blank-line-before-the-declaration", "none in particular", evented("\r\n" + GOOD), LISTENED),
    Case(
        "html-instead-of-xml",
        "routers",
        evented("<!DOCTYPE html><html><body>Error<br></body></html>", GOOD),
        ([200, 200], LISTENED[1]),
    ),
    Case("empty-body", "none in particular", evented("", GOOD), ([200, 200], LISTENED[1])),
    Case(
        "bare-ampersand",
        "devices of HA#121369",
        evented(propertyset(("Volume", "1"), ("Title", "Tom & Jerry"))),
        ([200], {"Volume": 1, "Title": "Tom & Jerry"}),
    ),
    Case(
        "invalid-utf-8-over-http",
        "ARRIS TG2492LG and others",
        EventedOverHttp(
            SCPD,
            GOOD.encode().replace(b"Song", b"X\xf0_"),
            lambda seen: (seen.statuses, seen.values.get("Volume")),
        ),
        ([200], 1),
    ),
    Case(
        "byte-order-mark-over-http",
        "WeMo",
        EventedOverHttp(SCPD, b"\xef\xbb\xbf" + GOOD.encode(), statuses_and_values),
        LISTENED,
    ),
    Case(
        "umlaut-without-charset-over-http",
        "Philips Hue bridge and others",
        EventedOverHttp(SCPD, propertyset(("Title", "Küche \U0001f4a1")).encode(), statuses_and_values),
        ([200], {"Title": "Küche \U0001f4a1"}),
    ),
    Case(
        "no-content-type-over-http",
        "none in particular",
        EventedOverHttp(SCPD, GOOD.encode(), statuses_and_values, headers=()),
        LISTENED,
    ),
    Case(
        "unknown-charset-over-http",
        "none in particular",
        EventedOverHttp(
            SCPD, GOOD.encode(), statuses_and_values, headers=('CONTENT-TYPE: text/xml; charset="utf8x"',)
        ),
        LISTENED,
    ),
    Case(
        "grants-300-for-540",
        "Libre, CyberLinkC speakers",
        Subscribed([granted(timeout="Second-300")], the_grant),
        (SID, timedelta(seconds=300)),
    ),
    Case(
        "timeout-in-lower-case",
        "none in particular",
        Subscribed([granted(timeout="second-300")], the_grant),
        (SID, timedelta(seconds=300)),
    ),
    Case(
        "timeout-without-second",
        "none in particular",
        Subscribed([granted(timeout="300")], the_grant),
        (SID, timedelta(seconds=300)),
    ),
    Case(
        "timeout-infinite",
        "UDA 1.0 devices",
        Subscribed([granted(timeout="infinite")], the_grant),
        (SID, timedelta(seconds=1800)),
    ),
    Case(
        "no-timeout-in-the-answer",
        "none in particular",
        Subscribed([granted(timeout=None)], the_grant),
        (SID, timedelta(seconds=1800)),
    ),
    Case(
        "no-sid-in-the-renewal-answer",
        "older devices",
        Subscribed([granted(), granted(sid=None)], the_renewal),
        (SID, ["SUBSCRIBE", "SUBSCRIBE"]),
    ),
    Case(
        "every-renewal-becomes-a-new-sid",
        "ESP32 esp-adf renderer",
        Subscribed([granted(), granted("uuid:second")], events_after_the_renewal),
        (200, {"Volume": 1}),
    ),
    Case(
        "the-former-of-two-sids-is-cancelled",
        "ESP32 esp-adf renderer",
        Subscribed([granted(), granted("uuid:second")], the_renewal),
        ("uuid:second", ["SUBSCRIBE", "SUBSCRIBE", "UNSUBSCRIBE"]),
    ),
    Case(
        "412-on-renewal",
        "WeMo, Sonos after a reboot",
        Subscribed([granted(), granted(status=412), granted("uuid:second")], events_after_the_renewal),
        (200, {"Volume": 1}),
    ),
    Case(
        "404-on-renewal",
        "Twonky NMC and others",
        Subscribed([granted(), granted(status=404), granted("uuid:second")], events_after_the_renewal),
        (200, {"Volume": 1}),
    ),
    Case(
        "subscribe-400-in-standby",
        "older Samsung TV",
        Subscribed([granted(status=400)], the_grant),
        Raises(UpnpResponseError, status=400),
    ),
    Case(
        "service-without-an-event-url",
        "Canon T6100, OpenCCU",
        Subscribed([granted()], the_grant, events=""),
        Raises(UpnpError),
    ),
    Case(
        "event-before-the-answer-to-subscribe",
        "devices of upnpx#75, QtUPnP#6",
        Subscribed([granted()], what_was_told, early=GOOD),
        ([200], {"Volume": 1}),
    ),
]
