"""What is done at devices for subscriptions, and how the table keeps in step."""

import asyncio
from datetime import timedelta

import pytest

from async_upnp_client._subscriber import Subscriber, address_of
from async_upnp_client._subscriptions import Subscription, Subscriptions
from async_upnp_client.exceptions import UpnpConnectionError, UpnpError, UpnpResponseError
from tests.support.eventing import CALLBACK_URL, NotifyServer, Publisher, evented_service, refused

HALF_HOUR = timedelta(seconds=1800)


class Told:
    """A keeper that only notes."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.callback_url: str | None = None
        self.by_hand = False
        self.log: list[object] = []

    def end(self) -> None:
        """Note."""
        self.log.append("end")

    def granted(self, granted: timedelta, *, fresh: bool) -> None:
        """Note."""
        self.log.append(("granted", granted, fresh))

    def failed(self, err: Exception) -> None:
        """Note."""
        self.log.append(err)

    def event_came(self) -> None:
        """Note."""
        self.log.append("event")

    def events_lost(self, since: float) -> None:
        """Note."""
        self.log.append(("lost", since))

    def forgotten(self) -> None:
        """Note."""
        self.log.append("forgotten")


class Moved(NotifyServer):
    """A notify server at another address."""

    callback_url = "http://192.0.2.77:8090/notify"


def subscriber(*answers):
    """Return one, the device that it asks, and what it replays."""
    publisher = Publisher(*answers)
    replayed: list[Subscription] = []
    return Subscriber(NotifyServer(), publisher, Subscriptions(), replayed.append), publisher, replayed


async def test_a_keeper_is_told_before_early_events_are_taken_in():
    asks, _, replayed = subscriber()
    service, _ = evented_service()
    keeper = Told()
    subscription, granted = await asks.async_make(service, HALF_HOUR, keeper)
    assert granted == HALF_HOUR
    assert keeper.callback_url == CALLBACK_URL
    assert keeper.log == [("granted", HALF_HOUR, True)]
    assert replayed == [subscription]
    assert asks.table.current("uuid:1") is subscription
    await asks.async_renew(subscription, HALF_HOUR)
    assert keeper.log[1:] == [("granted", HALF_HOUR, False)]


async def test_a_refused_renewal_is_a_fresh_subscription_to_its_keeper():
    asks, publisher, _ = subscriber()
    service, _ = evented_service()
    keeper = Told()
    subscription, _ = await asks.async_make(service, HALF_HOUR, keeper)
    publisher.answers.append(refused(404))
    await asks.async_renew(subscription, HALF_HOUR)
    assert keeper.log[1:] == [("granted", HALF_HOUR, True)]
    assert publisher.asked[1:] == [("SUBSCRIBE", "uuid:1"), ("UNSUBSCRIBE", "uuid:1"), ("SUBSCRIBE", None)]


async def test_a_kept_one_that_cannot_be_made_anew_is_void_and_not_cancelled_again():
    asks, publisher, _ = subscriber()
    service, _ = evented_service()
    subscription, _ = await asks.async_make(service, HALF_HOUR, Told())
    publisher.answers += [refused(), refused(), refused(503)]
    with pytest.raises(UpnpResponseError):
        await asks.async_renew(subscription, HALF_HOUR)
    assert subscription.is_void
    await asks.async_renew(subscription, HALF_HOUR)
    assert publisher.asked[4:] == [("SUBSCRIBE", None)]
    assert not subscription.is_void


async def test_a_renewal_without_answer_changes_nothing():
    asks, publisher, _ = subscriber()
    service, _ = evented_service()
    subscription, _ = await asks.async_make(service, HALF_HOUR, Told())
    publisher.answers.append(UpnpConnectionError("away"))
    with pytest.raises(UpnpConnectionError):
        await asks.async_renew(subscription, HALF_HOUR)
    assert asks.table.current("uuid:1") is subscription
    assert not subscription.is_void


async def test_a_renewal_shows_that_our_address_is_another_one():
    asks, publisher, _ = subscriber()
    service, _ = evented_service()
    keeper = Told()
    kept, _ = await asks.async_make(service, HALF_HOUR, keeper)
    asks.notify_server = Moved()
    await asks.async_renew(kept, HALF_HOUR)
    assert [method for method, _ in publisher.asked] == ["SUBSCRIBE", "SUBSCRIBE", "UNSUBSCRIBE", "SUBSCRIBE"]
    assert publisher.requests[-1].headers["CALLBACK"] == f"<{Moved.callback_url}>"
    assert [entry[-1] for entry in keeper.log if isinstance(entry, tuple)] == [True, True]
    await asks.async_renew(kept, HALF_HOUR)
    assert len(publisher.asked) == 5


async def test_a_device_is_asked_for_one_kept_subscription_at_a_time():
    under_way = most = 0

    async def count(_request):
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return refused(503)

    asks, _, _ = subscriber(*[count] * 6)
    service, _ = evented_service()
    wanted = [asks.async_make(service, HALF_HOUR, Told()) for _ in range(3)]
    assert all(isinstance(e, UpnpError) for e in await asyncio.gather(*wanted, return_exceptions=True))
    assert most == 1
    others = [asks.async_make(service, HALF_HOUR) for _ in range(3)]
    assert all(isinstance(e, UpnpError) for e in await asyncio.gather(*others, return_exceptions=True))
    assert most == 3  # what callers send goes out when they say


async def test_who_is_asked_may_send_early():
    seen = []

    async def look(_request):
        seen.append([asks.is_asking, *map(asks.may_be_early, (None, "192.0.2.1", "192.0.2.7"))])
        return refused(503)

    asks, _, _ = subscriber(look)
    service, _ = evented_service()
    with pytest.raises(UpnpError):
        await asks.async_make(service, HALF_HOUR)
    assert seen == [[True, True, True, False]]
    assert not asks.is_asking
    assert not asks.may_be_early("192.0.2.1")


async def test_cancel_takes_it_from_the_table_whatever_the_device_says():
    asks, publisher, _ = subscriber()
    service, _ = evented_service()
    subscription, _ = await asks.async_make(service, HALF_HOUR)
    publisher.answers.append(refused(500))
    with pytest.raises(UpnpResponseError):
        await asks.async_cancel(subscription)
    assert subscription.closed
    assert asks.table.all() == []


def test_one_that_is_void_is_not_cancelled():
    async def main():
        asks, publisher, _ = subscriber()
        service, _ = evented_service()
        subscription = Subscription(service, "uuid:9", HALF_HOUR)
        asks.table.add(subscription)
        asks.table.forget(subscription)
        assert await asks.async_cancel(subscription) == "uuid:9"
        assert publisher.asked == []

    asyncio.run(main())


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("FE80::0:1%eth0", "fe80::1"),
        ("tv.local", None),
    ],
)
def test_addresses_of_hosts(host, address):
    assert address_of(host) == address
