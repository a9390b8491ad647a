"""The three requests about events, and what their answers become."""

import logging
from datetime import timedelta

import pytest

from async_upnp_client._event_requests import (
    async_cancel_quietly,
    async_request_cancel,
    async_request_renewal,
    async_request_subscription,
    granted,
    require_events,
)
from async_upnp_client.exceptions import UpnpConnectionError, UpnpError, UpnpResponseError, UpnpSIDError
from tests.support.eventing import CALLBACK_URL, EVENT_URL, Publisher, evented_service, refused
from tests.support.eventing import granted as answer

WISH = timedelta(minutes=9)


@pytest.fixture
def service():
    return evented_service()[0]


async def test_subscription(service):
    publisher = Publisher(answer("uuid:7", "Second-300"))
    assert await async_request_subscription(publisher, service, CALLBACK_URL, WISH) == (
        "uuid:7",
        timedelta(minutes=5),
    )
    (request,) = publisher.requests
    assert (request.method, request.url, request.body) == ("SUBSCRIBE", EVENT_URL, None)
    assert request.headers["CALLBACK"] == f"<{CALLBACK_URL}>"


async def test_subscription_without_sid(service):
    with pytest.raises(UpnpSIDError, match=EVENT_URL):
        await async_request_subscription(Publisher(answer(None)), service, CALLBACK_URL, WISH)


async def test_renewal(service):
    publisher = Publisher(answer(None, None), answer("uuid:8", "Second-60"))
    assert await async_request_renewal(publisher, service, "uuid:7", WISH) == ("uuid:7", WISH)
    assert await async_request_renewal(publisher, service, "uuid:7", WISH) == (
        "uuid:8",
        timedelta(minutes=1),
    )
    assert publisher.asked == [("SUBSCRIBE", "uuid:7")] * 2
    assert "CALLBACK" not in publisher.requests[0].headers


async def test_cancel(service):
    publisher = Publisher()
    await async_request_cancel(publisher, service, "uuid:7")
    assert publisher.asked == [("UNSUBSCRIBE", "uuid:7")]


@pytest.mark.parametrize("status", [404, 412, 500])
async def test_refusals(service, status):
    publisher = Publisher(*[refused(status)] * 3)
    for request in (
        async_request_subscription(publisher, service, CALLBACK_URL, WISH),
        async_request_renewal(publisher, service, "uuid:7", WISH),
        async_request_cancel(publisher, service, "uuid:7"),
    ):
        with pytest.raises(UpnpResponseError, match=f"SUBSCRIBE {EVENT_URL} .* {status}") as caught:
            await request
        assert caught.value.status == status


@pytest.mark.parametrize("failure", [refused(412), UpnpConnectionError("gone"), ValueError("test double")])
async def test_cancel_quietly(service, failure, caplog):
    with caplog.at_level(logging.DEBUG, "async_upnp_client.event_handler"):
        await async_cancel_quietly(Publisher(failure), service, "uuid:7\x1b")
    (record,) = caplog.records
    assert record.levelname == "DEBUG"
    assert "\x1b" not in record.getMessage()


@pytest.mark.parametrize(
    ("text", "timeout"),
    [
        (None, WISH),
        ("Second-infinite", WISH),
        ("x", WISH),
        ("Second-1800", timedelta(minutes=30)),
        ("60", timedelta(minutes=1)),
    ],
)
def test_granted(text, timeout):
    assert granted(answer(timeout=text), WISH) == timeout


@pytest.mark.uda("S-027")
def test_require_events():
    require_events(evented_service()[0])
    with pytest.raises(UpnpError, match="no eventSubURL"):
        require_events(evented_service(event_sub_url=" ")[0])
