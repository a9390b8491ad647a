import asyncio
import time
from typing import Any

import pytest

from async_upnp_client._protocol.eventing import MAX_SEQ, parse_propertyset
from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.exceptions import UpnpConnectionError
from async_upnp_client.limits import Limits
from async_upnp_client.server.eventing import INITIAL_WAIT, EventSubscriber, Publisher
from tests.support.light import Dimming


class Sent(UpnpRequester):
    """Keeps what is sent; a host can hold it up, fail, or answer as it likes."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.requests: list[HttpRequest] = []
        self.answers: dict[str, Any] = {}

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        """Keep it, and answer."""
        self.requests.append(http_request)
        answer = self.answers.get(http_request.url, 200)
        if isinstance(answer, asyncio.Event):
            await answer.wait()
        elif isinstance(answer, Exception):
            raise answer
        return HttpResponse(answer if isinstance(answer, int) else 200, {}, "")

    def of(self, url: str) -> list[tuple[str, dict[str, str]]]:
        """Return the numbers and changes that went to a URL."""
        return [
            (one.headers["SEQ"], dict(parse_propertyset(one.body or "")))
            for one in self.requests
            if one.url == url
        ]


A, B = "http://192.168.1.2/", "http://192.168.1.3/"
WHOLE = {"LoadLevelStatus": "0", "IsRamping": "0"}


def subscribed(*urls: str) -> tuple[Dimming, Sent, list[EventSubscriber]]:
    sent = Sent()
    service = Dimming(sent)
    subscribers = [EventSubscriber(url, 300, host=url) for url in urls]
    for one in subscribers:
        service.publisher.welcome(one)
        service.publisher.release(one)
    return service, sent, subscribers


async def settled() -> None:
    """Let what is due be sent, as far as nothing holds it up."""
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.mark.uda("E-028", "E-030", "E-034")
async def test_first_everything_then_what_changed() -> None:
    service, sent, _ = subscribed(A)
    await settled()
    service.state_variable("LoadLevelStatus").value = 7
    await settled()
    assert sent.of(A) == [("0", WHOLE), ("1", {"LoadLevelStatus": "7"})]
    assert sent.requests[0].headers["SID"].startswith("uuid:")
    await service.async_stop()


async def test_what_changes_together_is_told_together() -> None:
    service, sent, _ = subscribed(A)
    await settled()
    service.state_variable("LoadLevelStatus").value = 7
    service.state_variable("LoadLevelStatus").value = 8
    service.state_variable("IsRamping").value = True
    service.state_variable("Name").value = "not evented"
    await settled()
    assert sent.of(A)[1:] == [("1", {"LoadLevelStatus": "8", "IsRamping": "1"})]
    service.state_variable("LoadLevelStatus").value = 8
    await settled()
    assert len(sent.of(A)) == 2, "no change"
    await service.async_stop()


async def test_what_changes_before_the_answer_comes_behind_the_initial_event() -> None:
    sent = Sent()
    service = Dimming(sent)
    subscriber = EventSubscriber(A, 300)
    service.publisher.welcome(subscriber)
    service.state_variable("LoadLevelStatus").value = 7
    await settled()
    assert sent.requests == []
    service.publisher.release(subscriber)
    await settled()
    assert sent.of(A) == [("0", WHOLE), ("1", {"LoadLevelStatus": "7"})]
    await service.async_stop()


@pytest.mark.uda("E-028", "E-038")
async def test_the_initial_event_waits_until_its_answer_may_have_been_read() -> None:
    sent = Sent()
    service = Dimming(sent)
    one = EventSubscriber(A, 300)
    service.publisher.welcome(one)
    service.publisher.release(one, INITIAL_WAIT)
    service.state_variable("LoadLevelStatus").value = 1
    late = EventSubscriber(B, 300)
    service.publisher.welcome(late)
    service.publisher.release(late, 3600)
    assert one.sending is not None
    await one.sending
    assert sent.of(A) == [("0", WHOLE), ("1", {"LoadLevelStatus": "1"})]
    assert sent.of(B) == []
    await service.async_stop()


@pytest.mark.uda("E-038")
async def test_who_is_slow_delays_nobody_and_gets_everything_in_order() -> None:
    service, sent, _ = subscribed()
    held = sent.answers[A] = asyncio.Event()
    for url in (A, B):
        one = EventSubscriber(url, 300)
        service.publisher.welcome(one)
        service.publisher.release(one)
    for level in (1, 2, 3):
        service.state_variable("LoadLevelStatus").value = level
        await settled()
    assert [seq for seq, _ in sent.of(A)] == ["0"]
    assert [seq for seq, _ in sent.of(B)] == ["0", "1", "2", "3"]
    held.set()
    await settled()
    assert [changes.get("LoadLevelStatus") for _, changes in sent.of(A)] == ["0", "1", "2", "3"]
    await service.async_stop()


@pytest.mark.uda("E-041")
async def test_who_never_takes_his_events_misses_some_and_can_tell() -> None:
    sent = Sent()
    service = Dimming(sent)
    service.publisher = Publisher(service, Limits(subscriber_events=2))
    held = sent.answers[A] = asyncio.Event()
    one = EventSubscriber(A, 300)
    service.publisher.welcome(one)
    service.publisher.release(one)
    for level in range(1, 7):
        service.state_variable("LoadLevelStatus").value = level
        await settled()
    held.set()
    await settled()
    assert [seq for seq, _ in sent.of(A)] == ["0", "5", "6"], "he knows how it stands, though nothing follows"
    assert sent.of(A)[-1][1] == {"LoadLevelStatus": "6"}
    await service.async_stop()


@pytest.mark.uda("E-028")
async def test_who_is_not_yet_answered_has_his_initial_event_however_much_changes() -> None:
    sent = Sent()
    service = Dimming(sent)
    service.publisher = Publisher(service, Limits(subscriber_events=2))
    one = EventSubscriber(A, 300)
    service.publisher.welcome(one)
    for level in range(1, 7):
        service.state_variable("LoadLevelStatus").value = level
        await settled()
    assert sent.requests == []
    service.publisher.release(one)
    await settled()
    assert [(seq, changes["LoadLevelStatus"]) for seq, changes in sent.of(A)] == [("0", "0"), ("6", "6")]
    await service.async_stop()


@pytest.mark.uda("E-037", "E-003")
async def test_what_cannot_be_delivered_goes_to_the_next_url_and_ends_nothing() -> None:
    sent = Sent()
    service = Dimming(sent)
    sent.answers[A] = UpnpConnectionError("gone")
    one = EventSubscriber(A, 300, other_urls=[B])
    service.publisher.welcome(one)
    service.publisher.release(one)
    await settled()
    assert [request.url for request in sent.requests] == [A, B]
    sent.answers[B] = UpnpConnectionError("gone")
    service.state_variable("LoadLevelStatus").value = 1
    await settled()
    assert service.get_subscriber(one.sid) is one
    await service.async_stop()


async def test_who_does_not_know_the_subscription_is_told_no_more() -> None:
    service, sent, (one,) = subscribed(A)
    sent.answers[A] = 412
    await settled()
    assert service.get_subscriber(one.sid) is None
    await service.async_stop()


async def test_all_can_be_told_everything() -> None:
    service, sent, (one, _) = subscribed(A, B)
    await settled()
    await service.async_send_events()
    await service.async_send_events(one)
    assert [len(sent.of(url)) for url in (A, B)] == [3, 2]
    await service.async_stop()
    await service.async_stop()


def test_how_many_there_may_be() -> None:
    publisher = Publisher(Dimming(Sent()), Limits(subscribers=3, subscribers_per_host=2))
    for host in ("a", "a"):
        assert publisher.may_add(host)
        publisher.welcome(EventSubscriber(A, 300, host=host))
    assert not publisher.may_add("a")
    assert publisher.may_add("b")
    publisher.welcome(EventSubscriber(A, 300, host="b"))
    assert not publisher.may_add("c")
    publisher.subscribers[0].timeout = 0
    assert publisher.may_add("c"), "one has expired"


@pytest.mark.uda("E-031")
def test_numbers_begin_at_zero_and_go_on_at_one() -> None:
    one = EventSubscriber(A, None)
    assert [one.get_next_seq() for _ in range(3)] == [0, 1, 2]
    one._seq = MAX_SEQ
    assert one.get_next_seq() == 1


@pytest.mark.uda("E-013")
def test_how_long_it_lasts() -> None:
    one = EventSubscriber(A, None)
    assert one.timeout == EventSubscriber.DEFAULT_TIMEOUT == 3600
    assert one.url == A
    assert one.sid == f"uuid:{one.uuid}"
    assert not one.is_expired
    assert 3500 < one.expiration.timestamp() - time.time() <= 3600
    one.timeout = 0
    assert one.is_expired
