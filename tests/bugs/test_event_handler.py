"""Defects of 0.49.0 in `event_handler`, a test each."""

import gc
import threading
from datetime import timedelta

import pytest

from async_upnp_client import event_handler
from async_upnp_client._protocol.event_intake import Backlog
from async_upnp_client.client import UpnpService
from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.event_handler import UpnpEventHandler, UpnpEventHandlerRegister
from async_upnp_client.exceptions import UpnpConnectionError, UpnpError, UpnpSIDError
from async_upnp_client.limits import DEFAULT_LIMITS
from tests.support.eventing import (
    NotifyServer,
    OwningNotifyServer,
    Publisher,
    bound_device,
    evented_service,
    granted,
    notify,
    owning_server,
    propertyset,
    refused,
    settled,
)


def new_handler(*answers):
    publisher = Publisher(*answers)
    return UpnpEventHandler(NotifyServer(), publisher), publisher


async def test_register_returns_the_handler_that_gets_the_events():
    service, listener = evented_service()
    register = UpnpEventHandlerRegister(Publisher(), OwningNotifyServer)
    device = bound_device(service, url="http://127.0.0.1:9/d.xml")
    handler = await register.async_add_device(device)
    assert handler is owning_server(handler).event_handler
    await handler.async_subscribe(service)
    await owning_server(handler).event_handler.handle_notify(notify(Status="1"))
    assert listener.events == [{"Status": "1"}]


async def test_removing_a_registered_device_unsubscribes():
    service, _ = evented_service()
    publisher = Publisher()
    register = UpnpEventHandlerRegister(publisher, OwningNotifyServer)
    device = bound_device(service, url="http://127.0.0.1:9/d.xml")
    handler = await register.async_add_device(device)
    await handler.async_subscribe(service)
    await register.async_remove_device(device)
    assert publisher.asked[-1] == ("UNSUBSCRIBE", "uuid:1")


async def test_register_does_not_look_up_names_in_the_loop(monkeypatch):
    threads = []

    def get_local_ip(_url):
        threads.append(threading.current_thread())
        return "127.0.0.1"

    monkeypatch.setattr(event_handler, "get_local_ip", get_local_ip)
    register = UpnpEventHandlerRegister(Publisher(), OwningNotifyServer)
    device = bound_device(url="http://device.example/d.xml")
    await register.async_add_device(device)
    # and what was added is known without looking up again
    assert register.has_event_handler_for_device(device)
    await register.async_remove_device(device)
    assert len(threads) == 1
    assert threads[0] is not threading.current_thread()


async def test_register_serves_ipv6_devices():
    register = UpnpEventHandlerRegister(Publisher(), OwningNotifyServer)
    handler = await register.async_add_device(bound_device(url="http://[::1]:9/d.xml"))
    assert owning_server(handler).source[0] == "::1"


@pytest.mark.parametrize(
    "body",
    [
        "no xml at all",
        "<e:propertyset><e:property>",
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        "",
    ],
)
async def test_malformed_event_is_answered_200(body):
    handler, _ = new_handler()
    service, _ = evented_service()
    await handler.async_subscribe(service)
    assert await handler.handle_notify(notify(body=body)) == 200


async def test_errors_of_on_event_do_not_reach_the_device(caplog):
    def on_event(_service, _variables):
        raise ZeroDivisionError

    handler, _ = new_handler()
    service, _ = evented_service()
    service.on_event = on_event
    await handler.async_subscribe(service)
    assert await handler.handle_notify(notify(Status="1")) == 200
    assert "ZeroDivisionError" in caplog.text


async def test_errors_of_a_service_do_not_reach_the_device(caplog):
    class Broken(UpnpService):
        def notify_changed_state_variables(self, changes):
            raise ZeroDivisionError

    handler, _ = new_handler()
    good, _ = evented_service()
    service = Broken(Publisher(), good._service_info, [], [])
    bound_device(service)
    await handler.async_subscribe(service)
    assert await handler.handle_notify(notify(Status="1")) == 200
    assert "ZeroDivisionError" in caplog.text


async def test_errors_of_on_pre_notify_do_not_reach_the_device(caplog):
    def on_pre_notify(_request):
        raise ZeroDivisionError

    handler, _ = new_handler()
    handler.on_pre_notify = on_pre_notify
    service, listener = evented_service()
    await handler.async_subscribe(service)
    assert await handler.handle_notify(notify(Status="1")) == 200
    assert listener.events == [{"Status": "1"}]
    assert "ZeroDivisionError" in caplog.text


async def test_malformed_early_event_does_not_break_subscribing():
    handler, _ = new_handler()
    service, listener = evented_service()
    assert await handler.handle_notify(notify(seq=0, body="no xml")) == 200
    assert await handler.handle_notify(notify(seq=1, Status="1")) == 200
    assert (await handler.async_subscribe(service))[0] == "uuid:1"
    assert listener.events == [{"Status": "1"}]


async def test_all_early_events_are_kept_not_only_the_last():
    handler, _ = new_handler()
    service, listener = evented_service()
    for seq, text in enumerate("abc"):
        assert await handler.handle_notify(notify(seq=seq, Status=text)) == 200
    await handler.async_subscribe(service)
    assert [event["Status"] for event in listener.events] == ["a", "b", "c"]


async def test_early_events_are_bounded():
    handler, _ = new_handler()
    answers = [
        await handler.handle_notify(notify(f"uuid:x{sid}", seq, Status="1"))
        for sid in range(DEFAULT_LIMITS.backlog_sids + 1)
        for seq in range(DEFAULT_LIMITS.backlog_events + 1)
    ]
    assert answers.count(200) == DEFAULT_LIMITS.backlog_sids * DEFAULT_LIMITS.backlog_events
    assert answers.count(412) == len(answers) - answers.count(200)
    assert answers[DEFAULT_LIMITS.backlog_events] == 412


def test_an_unknown_sid_is_not_answered_200_for_ever():
    backlog = Backlog()
    kept = [backlog.keep("uuid:x", seq, "<a/>", float(seq), awaited=False) for seq in range(0, 600, 10)]
    assert kept == [True] * 4 + [False] * 56


async def test_a_lost_event_is_noticed():
    handler, publisher = new_handler()
    service, _ = evented_service()
    await handler.async_subscribe(service)
    for seq in (0, 1, 5):
        await handler.handle_notify(notify(seq=seq, Status=str(seq)))
    await settled()
    assert [method for method, _ in publisher.asked] == ["SUBSCRIBE", "UNSUBSCRIBE", "SUBSCRIBE"]


async def test_a_subscription_outlives_other_references_to_its_device():
    handler, _ = new_handler()
    service, listener = evented_service()
    await handler.async_subscribe(service)
    del service
    gc.collect()
    assert await handler.handle_notify(notify(Status="1")) == 200
    assert listener.events == [{"Status": "1"}]


@pytest.mark.parametrize("text", ["Second-INFINITE", "Second-300, Second-100", "Second-x", "Second-", "1800"])
async def test_an_odd_timeout_header_does_not_raise(text):
    handler, _ = new_handler(granted(timeout=text))
    service, _ = evented_service()
    sid, timeout = await handler.async_subscribe(service)
    assert sid == "uuid:1"
    assert timeout in (timedelta(seconds=1800), timedelta(seconds=300))


async def test_lower_case_header_names_of_a_plain_dict():
    handler, _ = new_handler()
    service, listener = evented_service()
    await handler.async_subscribe(service)
    headers = {"nt": "upnp:event", "nts": "upnp:propchange", "sid": "uuid:1", "seq": "0"}
    request = HttpRequest("NOTIFY", "http://192.0.2.2/notify", headers, propertyset(Status="1"))
    assert await handler.handle_notify(request) == 200
    assert listener.events == [{"Status": "1"}]


@pytest.mark.parametrize("name", ["SID", "sid", "Sid"])
async def test_sid_header_of_a_plain_dict(name):
    handler, _ = new_handler(HttpResponse(200, {name: "uuid:x"}, ""))
    service, _ = evented_service()
    assert (await handler.async_subscribe(service))[0] == "uuid:x"


async def test_an_empty_sid_is_an_error():
    handler, _ = new_handler(granted(sid=""))
    service, _ = evented_service()
    with pytest.raises(UpnpSIDError):
        await handler.async_subscribe(service)


@pytest.mark.uda("S-027")
async def test_a_service_without_event_url_is_not_subscribed_at_the_description():
    handler, publisher = new_handler()
    service, _ = evented_service(event_sub_url="")
    with pytest.raises(UpnpError, match="no eventSubURL"):
        await handler.async_subscribe(service)
    assert publisher.requests == []


async def test_one_failed_renewal_does_not_stop_the_others():
    handler, publisher = new_handler()
    services = [evented_service()[0] for _ in range(3)]
    for service in services:
        await handler.async_subscribe(service)
    publisher.answers.extend([UpnpConnectionError("first"), UpnpConnectionError("second")])
    with pytest.raises(UpnpConnectionError, match="first"):
        await handler.async_resubscribe_all()
    assert [sid for _, sid in publisher.asked[3:]] == ["uuid:1", "uuid:2", "uuid:3"]
    assert [handler.sid_for_service(service) for service in services] == [None, None, "uuid:3"]


async def test_a_refused_renewal_leaves_no_orphan_on_the_device():
    handler, publisher = new_handler()
    service, _ = evented_service()
    await handler.async_subscribe(service)
    publisher.answers.append(refused(400))
    await handler.async_resubscribe(service)
    assert ("UNSUBSCRIBE", "uuid:1") in publisher.asked


async def test_properties_of_the_same_name_are_all_taken():
    handler, _ = new_handler()
    service, listener = evented_service()
    await handler.async_subscribe(service)
    body = propertyset(Status="a").replace("</e:propertyset>", "") + propertyset(Status="b").partition(">")[2]
    assert await handler.handle_notify(notify(body=body)) == 200
    assert listener.events == [{"Status": "a"}, {"Status": "b"}]


async def test_events_in_no_or_another_namespace_are_read():
    handler, _ = new_handler()
    service, listener = evented_service()
    await handler.async_subscribe(service)
    for seq, body in enumerate(
        (
            "<propertyset><property><Status>a</Status></property></propertyset>",
            propertyset(Status="b").replace("event-1-0", "metadata-1-0/events"),
        )
    ):
        assert await handler.handle_notify(notify(seq=seq, body=body)) == 200
    assert listener.events == [{"Status": "a"}, {"Status": "b"}]
