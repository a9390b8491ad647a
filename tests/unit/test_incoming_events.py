"""A NOTIFY is judged first, and taken in after it was answered."""

from datetime import timedelta
from http import HTTPStatus

import pytest

from async_upnp_client.event_handler import UpnpEventHandler
from tests.support.eventing import NotifyServer, Publisher, evented_service, notify


async def subscribed():
    """Return a handler with a subscription, and its listener."""
    handler = UpnpEventHandler(NotifyServer(), Publisher())
    service, listener = evented_service()
    await handler.async_subscribe(service, timedelta(seconds=1800))
    return handler, listener


@pytest.mark.uda("E-036")
async def test_the_status_is_known_before_anybody_is_called():
    handler, listener = await subscribed()
    receipt = handler.receive_notify(notify(Status="on"))
    assert receipt.status == HTTPStatus.OK
    assert listener.events == []
    receipt.take_in()
    assert listener.events == [{"Status": "on"}]
    receipt.take_in()
    assert len(listener.events) == 1


async def test_events_keep_their_order_in_whatever_order_they_are_taken_in():
    handler, listener = await subscribed()
    first, second = (handler.receive_notify(notify(seq=seq, Status=str(seq))) for seq in (0, 1))
    second.take_in()
    first.take_in()
    assert listener.events == [{"Status": "0"}, {"Status": "1"}]


@pytest.mark.parametrize(("sid", "status"), [(None, 412), ("uuid:other", 200)])
async def test_what_is_refused_or_early_has_nothing_to_take_in(sid, status):
    handler, listener = await subscribed()
    receipt = handler.receive_notify(notify(sid, Status="on"))
    assert receipt.status == status
    receipt.take_in()
    assert listener.events == []


async def test_a_body_is_not_read_before_the_answer():
    handler, listener = await subscribed()
    receipt = handler.receive_notify(notify(body="<e:propertyset"))
    assert receipt.status == HTTPStatus.OK
    receipt.take_in()
    assert listener.events == []
