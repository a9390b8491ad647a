"""Subscriptions and events, against a device in memory."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus

import pytest

from async_upnp_client.client.service import UpnpService
from async_upnp_client.event_handler import UpnpEventHandler, UpnpNotifyServer
from async_upnp_client.exceptions import (
    UpnpConnectionError,
    UpnpConnectionTimeoutError,
    UpnpResponseError,
    UpnpSIDError,
)
from tests.support import model
from tests.support.eventing import (
    CALLBACK_URL,
    EVENT_URL,
    Listener,
    NotifyServer,
    Publisher,
    bound_device,
    evented_service,
    granted,
    notify,
    propertyset,
    refused,
    settled,
)

HALF_HOUR = timedelta(seconds=1800)


def handler_for(*answers):
    """Return a handler, and the device that it talks to."""
    publisher = Publisher(*answers)
    return UpnpEventHandler(NotifyServer(), publisher), publisher


# --- Subscribe ---


@pytest.mark.uda("E-001")
async def test_subscribe():
    handler, publisher = handler_for()
    service, _ = evented_service()
    assert await handler.async_subscribe(service) == ("uuid:1", HALF_HOUR)
    (request,) = publisher.requests
    assert (request.method, request.url, request.body) == ("SUBSCRIBE", EVENT_URL, None)
    assert list(request.headers.items()) == [
        ("NT", "upnp:event"),
        ("TIMEOUT", "Second-1800"),
        ("HOST", "192.0.2.1:8080"),
        ("CALLBACK", f"<{CALLBACK_URL}>"),
    ]
    assert handler.sid_for_service(service) == "uuid:1"
    assert handler.service_for_sid("uuid:1") is service
    assert handler.callback_url == CALLBACK_URL


async def test_nothing_is_known_of_strangers():
    handler, _ = handler_for()
    service, _ = evented_service()
    assert handler.sid_for_service(service) is None
    assert handler.service_for_sid("uuid:1") is None


@pytest.mark.uda("E-013")
async def test_the_device_may_grant_less():
    handler, publisher = handler_for(granted(timeout="Second-300"))
    service, _ = evented_service()
    assert await handler.async_subscribe(service, timedelta(minutes=9)) == ("uuid:1", timedelta(minutes=5))
    assert publisher.requests[0].headers["TIMEOUT"] == "Second-540"


@pytest.mark.uda("E-016")
@pytest.mark.uda("E-018")
@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        (None, 9),
        ("infinite", 9),
        ("Second-infinite", 9),
        ("Second-0", 9),
        ("second-300", 5),
        ("300", 5),
        ("rubbish", 9),
    ],
)
async def test_what_a_timeout_header_grants(text, minutes):
    handler, _ = handler_for(granted(timeout=text))
    service, _ = evented_service()
    _, timeout = await handler.async_subscribe(service, timedelta(minutes=9))
    assert timeout == timedelta(minutes=minutes)


@pytest.mark.uda("E-012")
async def test_a_sid_is_compared_exactly():
    handler, _ = handler_for(granted(sid="RINCON_1_sub01"))
    service, _ = evented_service()
    sid, _ = await handler.async_subscribe(service)
    assert sid == "RINCON_1_sub01"
    assert handler.service_for_sid("rincon_1_sub01") is None


@pytest.mark.parametrize("status", [201, 404, 412, 500, 503])
async def test_a_refused_subscription(status):
    handler, _ = handler_for(refused(status))
    service, _ = evented_service()
    with pytest.raises(UpnpResponseError, match=f"SUBSCRIBE {EVENT_URL}") as caught:
        await handler.async_subscribe(service)
    assert caught.value.status == status
    assert handler.sid_for_service(service) is None


@pytest.mark.parametrize("sid", [None, "", " "])
async def test_a_subscription_without_sid(sid):
    handler, _ = handler_for(granted(sid=sid))
    service, _ = evented_service()
    with pytest.raises(UpnpSIDError):
        await handler.async_subscribe(service)
    assert handler.sid_for_service(service) is None


@pytest.mark.uda("E-013")
async def test_the_same_service_twice():
    handler, publisher = handler_for()
    service, _ = evented_service()
    await handler.async_subscribe(service)
    await handler.async_subscribe(service)
    assert handler.service_for_sid("uuid:1") is handler.service_for_sid("uuid:2") is service
    assert handler.sid_for_service(service) == "uuid:1"
    assert await handler.async_unsubscribe(service) == "uuid:1"
    assert handler.sid_for_service(service) == "uuid:2"
    assert publisher.asked[-1] == ("UNSUBSCRIBE", "uuid:1")


async def test_the_same_sid_again_is_the_newer_subscription():
    handler, _ = handler_for(granted(sid="same"), granted(sid="same"))
    first, _ = evented_service()
    second, _ = evented_service()
    await handler.async_subscribe(first)
    await handler.async_subscribe(second)
    assert handler.service_for_sid("same") is second
    assert handler.sid_for_service(first) is None


async def test_the_notify_server_is_asked_for_the_url_towards_the_device():
    class Multihomed(NotifyServer):
        async def async_callback_url_for(self, url):
            return f"http://198.51.100.7/notify-{len(url)}"

    publisher = Publisher()
    service, _ = evented_service()
    await UpnpEventHandler(Multihomed(), publisher).async_subscribe(service)
    assert publisher.requests[0].headers["CALLBACK"] == f"<http://198.51.100.7/notify-{len(EVENT_URL)}>"


async def test_a_notify_server_may_be_replaced_by_one_that_only_has_a_url():
    class Bare:
        callback_url = "http://198.51.100.8/n"

    handler, publisher = handler_for()
    handler._notify_server = Bare()
    service, _ = evented_service()
    await handler.async_subscribe(service)
    assert publisher.requests[0].headers["CALLBACK"] == "<http://198.51.100.8/n>"
    assert handler.callback_url == "http://198.51.100.8/n"


async def test_a_notify_server_of_an_application_needs_only_a_url():
    class Own(UpnpNotifyServer):
        def __init__(self):
            self.event_handler = UpnpEventHandler(self, Publisher())

        @property
        def callback_url(self):
            return CALLBACK_URL

    service, listener = evented_service()
    server = Own()
    await server.event_handler.async_subscribe(service)
    assert await server.event_handler.handle_notify(notify(Status="1")) == 200
    assert listener.events == [{"Status": "1"}]


# --- Events ---


async def test_an_event_reaches_its_service_before_it_is_answered():
    handler, _ = handler_for()
    service, listener = evented_service()
    await handler.async_subscribe(service)
    status = await handler.handle_notify(notify(Status="on", Level="5"))
    assert status is HTTPStatus.OK
    assert listener.events == [{"Status": "on", "Level": "5"}]


@pytest.mark.uda("E-036")
@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"NT": None}, 400),
        ({"NTS": None}, 400),
        ({"NT": "other"}, 412),
        ({"NTS": "other"}, 412),
        ({"SID": None}, 412),
        ({"SID": ""}, 412),
    ],
)
async def test_refused_events(change, status):
    handler, _ = handler_for()
    service, listener = evented_service()
    await handler.async_subscribe(service)
    request = notify(Status="1")
    headers = {name: value for name, value in {**request.headers, **change}.items() if value is not None}
    assert await handler.handle_notify(replace(request, headers=headers)) == status
    assert listener.events == []


@pytest.mark.uda("E-036")
@pytest.mark.parametrize("spell", [str.lower, str.title])
async def test_header_names_in_any_spelling(spell):
    handler, _ = handler_for()
    service, listener = evented_service()
    await handler.async_subscribe(service)
    request = notify(Status="1")
    headers = {spell(name): value for name, value in request.headers.items()}
    assert await handler.handle_notify(replace(request, headers=headers)) == 200
    assert listener.events == [{"Status": "1"}]


@pytest.mark.uda("E-035")
@pytest.mark.parametrize("body", ["", "\0", "no xml", "<a><b></a>", propertyset(), propertyset(Unknown="1")])
async def test_an_event_that_says_nothing_is_answered_and_not_reported(body):
    handler, _ = handler_for()
    service, listener = evented_service()
    await handler.async_subscribe(service)
    assert await handler.handle_notify(notify(body=body)) == 200
    assert listener.events == []


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        (propertyset(Status="on"), []),
        ("no xml", ["event-unreadable"]),
        (propertyset(Unknown="1"), ["event-variable-undeclared"]),
        ("<property><Status>a & b</Status></property>", ["event-repaired"]),
        ("<x><property><Status>on</Status></property></x>", ["event-wrong-namespace"]),
    ],
)
async def test_what_is_wrong_with_an_event_is_told_with_the_service(body, codes):
    handler, _ = handler_for()
    service, _ = evented_service()
    await handler.async_subscribe(service)
    await handler.handle_notify(notify(body=body))
    await handler.handle_notify(notify(body=body, seq=1))
    assert [found.code for found in service.diagnostics] == codes


async def test_an_event_without_body():
    handler, _ = handler_for()
    service, _ = evented_service()
    await handler.async_subscribe(service)
    assert await handler.handle_notify(replace(notify(), body=None)) == 200


async def test_on_pre_notify_sees_each_request_once():
    handler, _ = handler_for()
    service, listener = evented_service()
    seen = []

    def repair(request):
        seen.append(request)
        return replace(request, body=request.body.replace("bad", "good"))

    handler.on_pre_notify = repair
    early = notify(Status="bad")
    assert await handler.handle_notify(early) == 200
    await handler.async_subscribe(service)
    assert seen == [early]
    assert listener.events == [{"Status": "good"}]


@pytest.mark.uda("E-029")
async def test_events_before_the_answer_to_subscribe():
    service, listener = evented_service()

    async def device(_request):
        # libupnp sends the initial event, and the first change, before it answers
        assert await handler.handle_notify(notify("uuid:9", 0, Status="0", Level="1")) == 200
        assert await handler.handle_notify(notify("uuid:9", 1, Status="1")) == 200
        return granted("uuid:9")

    handler, _ = handler_for(device)
    await handler.async_subscribe(service)
    assert listener.events == [{"Status": "0", "Level": "1"}, {"Status": "1"}]
    assert await handler.handle_notify(notify("uuid:9", 1, Status="1")) == 200
    assert len(listener.events) == 2, "the row of numbers goes on from the early events"


@pytest.mark.uda("E-029")
async def test_a_sid_that_stayed_unknown_is_heard_again_while_subscribing():
    service, listener = evented_service()

    async def device(_request):
        assert await handler.handle_notify(notify(Status="new")) == 200
        return granted()

    handler, _ = handler_for(device)
    now = asyncio.get_running_loop().time()
    for ago in (50, 25):
        handler._backlog.keep("uuid:1", 0, propertyset(Status="old"), now - ago, awaited=False)
    assert await handler.handle_notify(notify(Status="old")) == 412
    await handler.async_subscribe(service)
    assert listener.events == [{"Status": "new"}]


@pytest.mark.uda("E-029")
async def test_events_before_subscribe_at_all():
    handler, _ = handler_for()
    service, listener = evented_service()
    assert await handler.handle_notify(notify(Status="early")) == 200
    await handler.async_subscribe(service)
    assert listener.events == [{"Status": "early"}]


@pytest.mark.uda("E-033")
async def test_an_event_sent_twice_is_taken_once():
    handler, _ = handler_for()
    service, listener = evented_service()
    await handler.async_subscribe(service)
    for seq, text in ((0, "a"), (1, "b"), (1, "b"), (2, "b")):
        assert await handler.handle_notify(notify(seq=seq, Status=text)) == 200
    assert listener.events == [{"Status": "a"}, {"Status": "b"}, {"Status": "b"}]


@pytest.mark.uda("E-033")
async def test_lower_and_constant_numbers_are_delivered():
    handler, publisher = handler_for()
    service, listener = evented_service()
    await handler.async_subscribe(service)
    for seq, text in ((5, "a"), (3, "b"), (0, "c"), (0, "d"), (0, "d"), (None, "e"), ("x", "f")):
        assert await handler.handle_notify(notify(seq=seq, Status=text)) == 200
    assert [event["Status"] for event in listener.events] == ["a", "b", "c", "d", "d", "e", "f"]
    assert len(publisher.requests) == 1


# --- Events are lost: subscribe anew ---


@pytest.mark.uda("E-032")
async def test_a_gap_makes_a_fresh_subscription():
    handler, publisher = handler_for()
    service, listener = evented_service()
    await handler.async_subscribe(service, timedelta(minutes=9))
    await handler.handle_notify(notify(seq=0, Status="a"))
    assert await handler.handle_notify(notify(seq=2, Status="c")) == 200
    assert listener.events == [{"Status": "a"}, {"Status": "c"}], "what comes after the gap is delivered"
    await settled()
    assert publisher.asked == [("SUBSCRIBE", None), ("UNSUBSCRIBE", "uuid:1"), ("SUBSCRIBE", None)]
    assert publisher.requests[-1].headers["TIMEOUT"] == "Second-540"
    assert handler.sid_for_service(service) == "uuid:2"
    # a new row of numbers begins
    assert await handler.handle_notify(notify("uuid:2", 0, Status="d")) == 200
    assert listener.events[-1] == {"Status": "d"}


@pytest.mark.uda("E-032")
@pytest.mark.parametrize(
    ("host", "sender", "status"),
    [
        ("192.0.2.1", "192.0.2.1", 200),
        ("192.0.2.1", "::ffff:192.0.2.1", 200),  # on a socket of both families
        ("192.0.2.1", "192.0.2.9", 412),
        ("192.0.2.1", None, 200),  # a server that does not tell
        ("[FE80::1%253]", "fe80::1%eth0", 200),
        ("[fe80::1%253]", "fe80::2%eth0", 412),
        ("box.lan", "192.0.2.9", 200),  # whose addresses are not known here
    ],
)
async def test_an_early_event_is_kept_where_it_may_be_of_the_device_that_is_asked(host, sender, status):
    handler, publisher = handler_for()
    service, listener = evented_service(f"http://{host}:8080/event")
    early = replace(notify("uuid:early", 0, Status="a"), sender=sender)

    async def device(_request):
        assert await handler.handle_notify(early) == status
        return granted("uuid:early")

    assert await handler.handle_notify(early) == (200 if sender is None else 412)  # nobody was asked
    publisher.answers.append(device)
    await handler.async_subscribe(service)
    assert len(listener.events) == (status == 200)
    assert await handler.handle_notify(replace(early, sender="192.0.2.77")) == 200  # whose SID is known


async def test_a_sender_of_refused_events_costs_one_record_for_each_reason(caplog):
    caplog.set_level(logging.DEBUG, "async_upnp_client.event_handler")
    handler, _ = handler_for()
    for number in range(100):
        await handler.handle_notify(replace(notify(f"uuid:{number}"), sender="192.0.2.9"))
        await handler.handle_notify(replace(notify(sid=None), sender="192.0.2.9"))
    assert len(caplog.records) == 2
    assert all("192.0.2.9" in record.getMessage() for record in caplog.records)


async def test_the_initial_event_of_a_fresh_subscription_may_come_early():
    handler, publisher = handler_for()
    service, listener = evented_service()
    await handler.async_subscribe(service)

    async def device(_request):
        assert await handler.handle_notify(notify("uuid:new", 0, Status="all")) == 200
        return granted("uuid:new")

    publisher.answers.extend([refused(), device])
    await handler.handle_notify(notify(seq=0, Status="a"))
    await handler.handle_notify(notify(seq=7, Status="b"))
    await settled()
    assert [event["Status"] for event in listener.events] == ["a", "b", "all"]


@pytest.mark.uda("E-032")
async def test_gaps_in_a_row_make_one_fresh_subscription():
    handler, publisher = handler_for()
    service, _ = evented_service()
    await handler.async_subscribe(service)
    for seq in (0, 2, 4, 6):
        await handler.handle_notify(notify(seq=seq, Status=str(seq)))
    await settled()
    for seq in (0, 2, 4):
        await handler.handle_notify(notify("uuid:2", seq, Status=str(seq)))
    await settled()
    assert [method for method, _ in publisher.asked] == ["SUBSCRIBE", "UNSUBSCRIBE", "SUBSCRIBE"]


@pytest.fixture
async def resubscribed():
    """A subscription that is uuid:2 now, and was uuid:1 when its holder got it."""
    handler, publisher = handler_for()
    service, listener = evented_service()
    await handler.async_subscribe(service)
    await handler.handle_notify(notify(seq=0))
    await handler.handle_notify(notify(seq=2))
    await settled()
    publisher.requests.clear()
    return handler, publisher, service, listener


async def test_a_replaced_sid_goes_on_naming_its_subscription(resubscribed):
    handler, publisher, service, _ = resubscribed
    assert handler.service_for_sid("uuid:1") is service
    assert await handler.async_resubscribe("uuid:1") == ("uuid:2", HALF_HOUR)
    assert await handler.async_unsubscribe("uuid:1") == "uuid:2"
    assert publisher.asked == [("SUBSCRIBE", "uuid:2"), ("UNSUBSCRIBE", "uuid:2")]
    assert handler.service_for_sid("uuid:1") is None
    with pytest.raises(KeyError):
        await handler.async_unsubscribe("uuid:1")


async def test_events_under_a_replaced_sid_are_refused(resubscribed):
    handler, _, _, listener = resubscribed
    assert await handler.handle_notify(notify("uuid:1", 3, Status="x")) == 412
    assert listener.events == []


async def test_a_device_may_give_the_same_sid_again():
    handler, publisher = handler_for()
    service, listener = evented_service()
    await handler.async_subscribe(service)
    publisher.answers.extend([granted(sid="ignored"), granted(sid="uuid:1")])
    await handler.handle_notify(notify(seq=0, Status="a"))
    await handler.handle_notify(notify(seq=2, Status="b"))
    await settled()
    assert await handler.handle_notify(notify("uuid:1", 0, Status="c")) == 200
    assert listener.events[-1] == {"Status": "c"}


async def test_a_failed_fresh_subscription_is_mended_by_the_next_renewal(caplog):
    handler, publisher = handler_for()
    service, _ = evented_service()
    await handler.async_subscribe(service)
    publisher.answers.extend([refused(), refused(503)])
    await handler.handle_notify(notify(seq=0))
    with caplog.at_level(logging.WARNING, "async_upnp_client.event_handler"):
        await handler.handle_notify(notify(seq=2))
        await settled()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    publisher.answers.append(refused(412))
    assert await handler.async_resubscribe("uuid:1") == ("uuid:2", HALF_HOUR)


async def test_cancelling_while_a_fresh_subscription_is_under_way():
    handler, publisher = handler_for()
    service, _ = evented_service()
    await handler.async_subscribe(service)
    subscribing, answer = asyncio.Event(), asyncio.Event()

    async def device(_request):
        subscribing.set()
        await answer.wait()
        return granted("uuid:new")

    publisher.answers.extend([refused(), device])
    await handler.handle_notify(notify(seq=0))
    await handler.handle_notify(notify(seq=2))
    await subscribing.wait()
    cancelling = asyncio.create_task(handler.async_unsubscribe("uuid:1"))
    await asyncio.sleep(0)
    answer.set()
    assert await cancelling == "uuid:new"
    assert publisher.asked[-1] == ("UNSUBSCRIBE", "uuid:new")
    assert handler.sid_for_service(service) is None


async def test_cancelling_everything_ends_what_is_under_way():
    handler, publisher = handler_for()
    service, _ = evented_service()
    await handler.async_subscribe(service)
    subscribing = asyncio.Event()

    async def silent_device(_request):
        subscribing.set()
        await asyncio.Event().wait()

    publisher.answers.extend([refused(), silent_device])
    await handler.handle_notify(notify(seq=0))
    await handler.handle_notify(notify(seq=2))
    await subscribing.wait()
    await handler.async_unsubscribe_all()
    assert publisher.asked[-1] == ("UNSUBSCRIBE", "uuid:1")
    assert handler.sid_for_service(service) is None


# --- Renew ---


@pytest.mark.uda("E-020")
@pytest.mark.parametrize("by_service", [True, False])
async def test_renew(by_service):
    handler, publisher = handler_for()
    service, _ = evented_service()
    sid, _ = await handler.async_subscribe(service)
    publisher.answers.append(granted(timeout="Second-300"))
    assert await handler.async_resubscribe(service if by_service else sid, timedelta(minutes=9)) == (
        "uuid:1",
        timedelta(minutes=5),
    )
    request = publisher.requests[-1]
    assert (request.method, request.url, request.body) == ("SUBSCRIBE", EVENT_URL, None)
    assert list(request.headers.items()) == [
        ("HOST", "192.0.2.1:8080"),
        ("SID", "uuid:1"),
        ("TIMEOUT", "Second-540"),
    ]


async def test_renew_keeps_the_row_of_numbers():
    handler, publisher = handler_for()
    service, listener = evented_service()
    await handler.async_subscribe(service)
    await handler.handle_notify(notify(seq=4, Status="a"))
    await handler.async_resubscribe(service)
    await handler.handle_notify(notify(seq=4, Status="a"))
    assert listener.events == [{"Status": "a"}]
    assert len(publisher.requests) == 2


@pytest.mark.uda("E-021")
async def test_renewal_without_sid_in_the_answer():
    handler, publisher = handler_for()
    service, _ = evented_service()
    await handler.async_subscribe(service)
    publisher.answers.append(granted(sid=None))
    assert await handler.async_resubscribe(service) == ("uuid:1", HALF_HOUR)


async def test_renewal_with_another_sid_in_the_answer():
    handler, publisher = handler_for()
    service, listener = evented_service()
    await handler.async_subscribe(service)

    async def esp_adf(_request):
        await handler.handle_notify(notify("uuid:other", 0, Status="early"))
        return granted("uuid:other")

    publisher.answers.append(esp_adf)
    assert await handler.async_resubscribe("uuid:1") == ("uuid:other", HALF_HOUR)
    assert handler.service_for_sid("uuid:1") is None
    assert handler.service_for_sid("uuid:other") is service
    assert listener.events == [{"Status": "early"}]
    assert publisher.asked[-1] == ("UNSUBSCRIBE", "uuid:1"), "the device would go on with both"


@pytest.mark.uda("E-024")
@pytest.mark.parametrize("status", [400, 404, 412, 500, 503])
async def test_a_refused_renewal_becomes_a_fresh_subscription(status):
    handler, publisher = handler_for()
    service, listener = evented_service()
    await handler.async_subscribe(service)
    publisher.answers.append(refused(status))
    assert await handler.async_resubscribe("uuid:1", timedelta(minutes=9)) == ("uuid:2", HALF_HOUR)
    assert publisher.asked[1:] == [("SUBSCRIBE", "uuid:1"), ("UNSUBSCRIBE", "uuid:1"), ("SUBSCRIBE", None)]
    assert publisher.requests[-1].headers["TIMEOUT"] == "Second-540"
    assert handler.service_for_sid("uuid:1") is None
    await handler.handle_notify(notify("uuid:2", 0, Status="new"))
    assert listener.events == [{"Status": "new"}]


@pytest.mark.uda("E-024")
@pytest.mark.parametrize(
    "failure", [refused(412), UpnpConnectionTimeoutError("slow"), KeyError("test double")]
)
async def test_cancelling_the_old_subscription_may_fail(failure):
    handler, publisher = handler_for()
    service, _ = evented_service()
    await handler.async_subscribe(service)
    publisher.answers.extend([refused(412), failure])
    assert await handler.async_resubscribe("uuid:1") == ("uuid:2", HALF_HOUR)


async def test_a_fresh_subscription_begins_a_new_row_of_numbers():
    handler, publisher = handler_for()
    service, listener = evented_service()
    await handler.async_subscribe(service)
    await handler.handle_notify(notify(seq=0, Status="a"))
    publisher.answers.append(refused(412))
    await handler.async_resubscribe(service)
    await handler.handle_notify(notify("uuid:2", 0, Status="a"))
    assert listener.events == [{"Status": "a"}] * 2


async def test_the_wish_of_the_last_renewal_is_that_of_a_fresh_subscription():
    handler, publisher = handler_for()
    service, _ = evented_service()
    await handler.async_subscribe(service)
    await handler.async_resubscribe(service, timedelta(minutes=9))
    for seq in (0, 2):
        await handler.handle_notify(notify(seq=seq))
    await settled()
    assert publisher.requests[-1].headers["TIMEOUT"] == "Second-540"


@pytest.mark.parametrize("error", [UpnpConnectionError("gone"), UpnpConnectionTimeoutError("slow")])
async def test_a_renewal_that_does_not_arrive_ends_the_subscription(error):
    handler, publisher = handler_for()
    service, _ = evented_service()
    await handler.async_subscribe(service)
    publisher.answers.append(error)
    with pytest.raises(type(error)):
        await handler.async_resubscribe(service)
    assert len(publisher.requests) == 2
    assert handler.sid_for_service(service) is None
    with pytest.raises(KeyError):
        await handler.async_resubscribe("uuid:1")


async def test_nothing_stays_when_the_fresh_subscription_fails_too():
    handler, publisher = handler_for()
    service, _ = evented_service()
    await handler.async_subscribe(service)
    publisher.answers.extend([refused(412), refused(412), refused(503)])
    with pytest.raises(UpnpResponseError) as caught:
        await handler.async_resubscribe(service)
    assert caught.value.status == 503
    assert handler.sid_for_service(service) is None


async def test_renewals_of_one_subscription_come_one_after_the_other():
    handler, publisher = handler_for()
    service, _ = evented_service()
    await handler.async_subscribe(service)
    publisher.answers.append(refused(412))
    first, second = await asyncio.gather(
        handler.async_resubscribe("uuid:1"), handler.async_resubscribe("uuid:1")
    )
    assert first == second == ("uuid:2", HALF_HOUR)
    assert [sid for _, sid in publisher.asked] == [None, "uuid:1", "uuid:1", None, "uuid:2"]


async def test_a_renewal_that_waited_for_a_lost_subscription():
    handler, publisher = handler_for()
    service, _ = evented_service()
    await handler.async_subscribe(service)
    publisher.answers.append(UpnpConnectionError("gone"))
    results = await asyncio.gather(
        handler.async_resubscribe("uuid:1"), handler.async_resubscribe("uuid:1"), return_exceptions=True
    )
    assert [type(result) for result in results] == [UpnpConnectionError, KeyError]


@pytest.mark.parametrize("name", ["async_resubscribe", "async_unsubscribe"])
async def test_unknown_subscriptions(name):
    handler, publisher = handler_for()
    service, _ = evented_service()
    for unknown in (service, "uuid:1"):
        with pytest.raises(KeyError):
            await getattr(handler, name)(unknown)
    assert publisher.requests == []


async def test_renew_all():
    handler, publisher = handler_for()
    services = [evented_service()[0] for _ in range(3)]
    for service in services:
        await handler.async_subscribe(service, timedelta(minutes=9))
    await handler.async_resubscribe_all()
    assert [sid for _, sid in publisher.asked[3:]] == ["uuid:1", "uuid:2", "uuid:3"]
    assert {request.headers["TIMEOUT"] for request in publisher.requests[3:]} == {"Second-1800"}


async def test_renew_all_of_nothing():
    handler, publisher = handler_for()
    await handler.async_resubscribe_all()
    assert publisher.requests == []


# --- A device has forgotten its subscribers ---


def device_of(count):
    """Return a device with services that have events, and what listens to each."""
    services, listeners = [], []
    for number in range(count):
        service = model.service(
            [model.variable("Status", "string")],
            service_type=f"urn:schemas-upnp-org:service:S{number}:1",
            service_id=f"urn:upnp-org:serviceId:S{number}",
            event_sub_url=f"/event{number}",
        )
        service.on_event = Listener()
        services.append(service)
        listeners.append(service.on_event)
    return bound_device(*services), services, listeners


class Restarted:
    """A handler with subscriptions to a device, each of which the device has forgotten."""

    def __init__(self, count=2):
        self.handler, self.publisher = handler_for()
        self.device, self.services, self.listeners = device_of(count)

    async def subscribe(self):
        for service in self.services:
            await self.handler.async_subscribe(service, timedelta(minutes=9))
        self.publisher.requests.clear()
        return self

    @property
    def sids(self):
        return [self.handler.sid_for_service(service) for service in self.services]

    async def anew(self):
        await self.handler.async_resubscribe_device(self.device)


@pytest.fixture
async def two():
    return await Restarted().subscribe()


@pytest.mark.uda("E-042")
async def test_all_subscriptions_of_a_device_are_made_anew(two):
    other, _ = evented_service()
    await two.handler.async_subscribe(other)
    await two.anew()
    assert two.publisher.asked == [("SUBSCRIBE", None)] * 3, "nothing is cancelled that the device forgot"
    for request in two.publisher.requests[1:]:
        assert request.headers["TIMEOUT"] == "Second-540"
        assert request.headers["CALLBACK"] == f"<{CALLBACK_URL}>"
    assert two.sids == ["uuid:4", "uuid:5"]
    assert two.handler.sid_for_service(other) == "uuid:3"
    # what callers hold goes on naming them
    for sid, service in zip(["uuid:1", "uuid:2", "uuid:4", "uuid:5"], two.services * 2, strict=True):
        assert two.handler.service_for_sid(sid) is service
    assert await two.handler.async_resubscribe("uuid:1") == ("uuid:4", HALF_HOUR)
    assert await two.handler.async_unsubscribe("uuid:2") == "uuid:5"
    assert two.publisher.asked[3:] == [("SUBSCRIBE", "uuid:4"), ("UNSUBSCRIBE", "uuid:5")]


async def test_a_fresh_row_of_events_begins(two):
    await two.handler.handle_notify(notify("uuid:1", 7, Status="old"))
    await two.anew()
    assert await two.handler.handle_notify(notify("uuid:1", 8, Status="too late")) == 412
    assert await two.handler.handle_notify(notify("uuid:3", 0, Status="new")) == 200
    assert await two.handler.handle_notify(notify("uuid:3", 1, Status="newer")) == 200
    await settled()
    assert [event["Status"] for event in two.listeners[0].events] == ["old", "new", "newer"]
    assert len(two.publisher.requests) == 2


async def test_they_are_asked_for_side_by_side(two):
    asked = []
    both = asyncio.Event()

    async def device(request):
        asked.append(request.url)
        if len(asked) == 2:
            both.set()
        await both.wait()
        return granted(f"uuid:new{request.url[-1]}")

    two.publisher.answers.extend([device, device])
    async with asyncio.timeout(5):
        await two.anew()
    assert two.sids == ["uuid:new0", "uuid:new1"]


async def test_nothing_is_sent_where_nothing_was_subscribed():
    restarted = Restarted()
    await restarted.anew()
    assert restarted.publisher.requests == []


async def test_services_of_embedded_devices_are_subscribed_anew():
    handler, publisher = handler_for()
    inner, (service, *_), _ = device_of(1)
    await handler.async_subscribe(service)
    await handler.async_resubscribe_device(model.device([], [inner]))
    assert publisher.asked == [("SUBSCRIBE", None)] * 2


@pytest.mark.uda("E-042")
@pytest.mark.parametrize(
    "failure", [refused(503), UpnpConnectionError("gone"), KeyError("test double"), granted(sid=None)]
)
async def test_a_service_that_fails_stays_known_and_its_renewal_tries_again(two, failure, caplog):
    two.publisher.answers.append(failure)
    with caplog.at_level(logging.WARNING, "async_upnp_client.event_handler"):
        await two.anew()
    assert len(caplog.records) == 1
    assert two.sids == ["uuid:1", "uuid:3"]
    assert two.handler.service_for_sid("uuid:1") is two.services[0]
    two.publisher.requests.clear()
    assert await two.handler.async_resubscribe("uuid:1", timedelta(minutes=7)) == ("uuid:4", HALF_HOUR)
    assert two.publisher.asked == [("SUBSCRIBE", None)], "neither renewed nor cancelled: it may be another's"
    assert two.publisher.requests[0].headers["TIMEOUT"] == "Second-420"
    assert two.handler.service_for_sid("uuid:1") is None
    await two.handler.handle_notify(notify("uuid:4", 0, Status="new"))
    assert two.listeners[0].events == [{"Status": "new"}]


async def test_the_next_time_also_tries_what_has_failed(two):
    two.publisher.answers.append(refused(503))
    await two.anew()
    await two.anew()
    assert two.sids == ["uuid:4", "uuid:5"]
    assert two.handler.service_for_sid("uuid:1") is two.services[0]


async def test_renewing_all_also_tries_what_has_failed(two):
    two.publisher.answers.extend([refused(503), refused(503)])
    await two.anew()
    two.publisher.requests.clear()
    await two.handler.async_resubscribe_all()
    assert two.publisher.asked == [("SUBSCRIBE", None)] * 2
    assert two.sids == ["uuid:3", "uuid:4"]


async def test_what_the_device_has_forgotten_is_not_cancelled(two):
    two.publisher.answers.append(refused(503))
    await two.anew()
    two.publisher.requests.clear()
    assert await two.handler.async_unsubscribe("uuid:1") == "uuid:1"
    assert two.publisher.requests == []
    assert two.sids == [None, "uuid:3"]
    with pytest.raises(KeyError):
        await two.handler.async_resubscribe("uuid:1")
    await two.handler.async_unsubscribe_device(two.device)
    assert two.publisher.asked == [("UNSUBSCRIBE", "uuid:3")]


@pytest.mark.parametrize("early", [False, True])
async def test_a_device_may_give_the_same_sids_to_the_services_the_other_way_round(two, early):
    async def device(request):
        number = int(request.url[-1])
        sid = f"uuid:{2 - number}"  # which was the other's
        if early:
            assert await two.handler.handle_notify(notify(sid, 0, Status=f"of {number}")) == 200
        return granted(sid)

    for _ in range(3):
        two.publisher.answers.extend([device, device])
        await two.anew()
        assert two.sids == ["uuid:2", "uuid:1"]
        if not early:
            for number, sid in enumerate(two.sids):
                assert await two.handler.handle_notify(notify(sid, 0, Status=f"of {number}")) == 200
    for number, listener in enumerate(two.listeners):
        assert listener.events == [{"Status": f"of {number}"}] * 3
    await two.handler.async_unsubscribe_all()
    assert sorted(two.publisher.asked[-2:]) == [("UNSUBSCRIBE", "uuid:1"), ("UNSUBSCRIBE", "uuid:2")]
    assert two.sids == [None, None]


async def test_the_sid_of_one_that_failed_may_be_given_to_another(two):
    two.publisher.answers.extend([refused(503), granted("uuid:1")])
    await two.anew()
    assert two.sids == ["uuid:1", "uuid:1"]
    assert two.handler.service_for_sid("uuid:1") is two.services[1]
    await two.handler.handle_notify(notify("uuid:1", 0, Status="new"))
    assert [len(listener.events) for listener in two.listeners] == [0, 1]
    two.publisher.requests.clear()
    await two.handler.async_resubscribe_all()
    assert two.publisher.asked == [("SUBSCRIBE", None), ("SUBSCRIBE", "uuid:1")]
    assert two.sids == ["uuid:3", "uuid:1"]
    assert two.handler.service_for_sid("uuid:1") is two.services[1]


async def test_all_end_also_where_two_go_by_one_sid(two):
    two.publisher.answers.extend([refused(503), granted("uuid:1")])
    await two.anew()
    two.publisher.requests.clear()
    await two.handler.async_unsubscribe_device(two.device)
    assert two.publisher.asked == [("UNSUBSCRIBE", "uuid:1")]
    assert two.sids == [None, None]


async def test_a_sid_from_two_restarts_ago_may_be_given_again_with_its_event_first(two):
    await two.anew()

    async def device(request):
        assert await two.handler.handle_notify(notify("uuid:1", 0, Status="first")) == 200
        return granted("uuid:1")

    two.publisher.answers.append(device)
    await two.anew()
    assert two.sids == ["uuid:1", "uuid:5"]
    assert two.listeners[0].events == [{"Status": "first"}]


class Held:
    """A device that answers the first SUBSCRIBE when it is let, and notes how many it has under way."""

    def __init__(self, publisher):
        self.asked = asyncio.Event()
        self.answer = asyncio.Event()
        publisher.answers.append(self)

    async def __call__(self, _request):
        self.asked.set()
        await self.answer.wait()
        return granted("uuid:held")


async def test_one_request_at_a_time_and_once_more_for_a_restart_meanwhile():
    one = await Restarted(1).subscribe()
    held = Held(one.publisher)
    runs = [asyncio.create_task(one.anew())]
    await held.asked.wait()
    runs += [asyncio.create_task(one.anew()) for _ in range(5)]
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(one.publisher.requests) == 1
    held.answer.set()
    await asyncio.gather(*runs)
    assert one.publisher.asked == [("SUBSCRIBE", None)] * 2, "what was granted before the restart is void"
    assert one.sids == ["uuid:2"]
    assert (
        one.handler.service_for_sid("uuid:1") is one.handler.service_for_sid("uuid:held") is one.services[0]
    )


async def test_cancelling_meanwhile_ends_what_the_device_then_grants():
    one = await Restarted(1).subscribe()
    held = Held(one.publisher)
    run = asyncio.create_task(one.anew())
    await held.asked.wait()
    cancelling = asyncio.create_task(one.handler.async_unsubscribe("uuid:1"))
    await asyncio.sleep(0)
    held.answer.set()
    assert await cancelling == "uuid:held"
    await run
    assert one.publisher.asked == [("SUBSCRIBE", None), ("UNSUBSCRIBE", "uuid:held")]
    assert one.sids == [None]


async def test_a_renewal_under_way_is_not_taken_for_a_fresh_subscription():
    one = await Restarted(1).subscribe()
    held = Held(one.publisher)
    renewal = asyncio.create_task(one.handler.async_resubscribe("uuid:1"))
    await held.asked.wait()
    run = asyncio.create_task(one.anew())
    await asyncio.sleep(0)
    held.answer.set()
    await asyncio.gather(renewal, run)
    assert one.publisher.asked[0] == ("SUBSCRIBE", "uuid:1")
    assert one.publisher.asked[-1] == ("SUBSCRIBE", None)
    assert one.sids == ["uuid:2"]


async def test_a_renewal_that_waits_for_it_renews_what_it_made():
    one = await Restarted(1).subscribe()
    held = Held(one.publisher)
    run = asyncio.create_task(one.anew())
    await held.asked.wait()
    renewal = asyncio.create_task(one.handler.async_resubscribe("uuid:1"))
    await asyncio.sleep(0)
    held.answer.set()
    assert await renewal == ("uuid:held", HALF_HOUR)
    await run
    assert one.publisher.asked == [("SUBSCRIBE", None), ("SUBSCRIBE", "uuid:held")]


async def test_what_is_cancelled_meanwhile_is_tried_by_the_next_renewal():
    one = await Restarted(1).subscribe()
    held = Held(one.publisher)
    run = asyncio.create_task(one.anew())
    await held.asked.wait()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert one.sids == ["uuid:1"]
    assert await one.handler.async_resubscribe("uuid:1") == ("uuid:2", HALF_HOUR)
    assert one.publisher.asked == [("SUBSCRIBE", None)] * 2


# --- Cancel ---


@pytest.mark.uda("E-025")
@pytest.mark.parametrize("by_service", [True, False])
async def test_unsubscribe(by_service):
    handler, publisher = handler_for()
    service, listener = evented_service()
    sid, _ = await handler.async_subscribe(service)
    assert await handler.async_unsubscribe(service if by_service else sid) == "uuid:1"
    request = publisher.requests[-1]
    assert (request.method, request.url, request.body) == ("UNSUBSCRIBE", EVENT_URL, None)
    assert list(request.headers.items()) == [("HOST", "192.0.2.1:8080"), ("SID", "uuid:1")]
    assert handler.sid_for_service(service) is None
    await handler.handle_notify(notify(Status="late"))
    assert listener.events == []


async def test_a_refused_unsubscribe_still_ends_it():
    handler, publisher = handler_for()
    service, _ = evented_service()
    await handler.async_subscribe(service)
    publisher.answers.append(refused(412))
    with pytest.raises(UpnpResponseError) as caught:
        await handler.async_unsubscribe(service)
    assert caught.value.status == 412
    assert handler.sid_for_service(service) is None


@pytest.mark.uda("E-025")
async def test_unsubscribe_all_whatever_devices_answer():
    handler, publisher = handler_for()
    for _ in range(4):
        await handler.async_subscribe(evented_service()[0])
    publisher.answers.extend([refused(412), UpnpConnectionError("gone"), KeyError("test double")])
    await handler.async_unsubscribe_all()
    assert [sid for _, sid in publisher.asked[4:]] == [f"uuid:{n}" for n in range(1, 5)]
    await handler.async_unsubscribe_all()
    assert len(publisher.requests) == 8


@pytest.mark.uda("E-025")
async def test_stop_cancels_and_stops_the_server():
    server, publisher = NotifyServer(), Publisher()
    handler = UpnpEventHandler(server, publisher)
    await handler.async_subscribe(evented_service()[0])
    await handler.async_stop()
    assert publisher.asked[-1] == ("UNSUBSCRIBE", "uuid:1")
    assert server.stopped == 1


async def test_a_cancelled_call_is_cancelled():
    async def silent_device(_request):
        await asyncio.Event().wait()

    handler, _ = handler_for(silent_device)
    task = asyncio.create_task(handler.async_subscribe(evented_service()[0]))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_that_a_device_cannot_be_reached_is_told_also_of_subscriptions_by_hand():
    gone = UpnpConnectionError("gone")
    handler, publisher = handler_for(gone, refused(503))
    service, _ = evented_service()
    unreached: list[UpnpService] = []
    handler.on_unreached.add(unreached.append)
    for error in (UpnpConnectionError, UpnpResponseError):
        with pytest.raises(error):
            await handler.async_subscribe(service)
        assert unreached == [service], "one that refuses is there"
    sid, _ = await handler.async_subscribe(service)
    publisher.answers.append(gone)
    with pytest.raises(UpnpConnectionError):
        await handler.async_resubscribe(sid)
    assert unreached == [service] * 2
    await handler.async_subscribe(service)
    publisher.answers.append(gone)
    await handler.async_resubscribe_device(service.device)
    assert unreached == [service] * 3
