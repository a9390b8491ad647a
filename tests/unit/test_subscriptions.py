"""The table of subscriptions."""

from datetime import timedelta

from async_upnp_client._subscriptions import FORMER_SIDS, Subscription, Subscriptions
from tests.support.eventing import evented_service


def subscription(sid):
    return Subscription(evented_service()[0], sid, timedelta(minutes=30))


def test_find():
    table = Subscriptions()
    first, second = subscription("1"), subscription("2")
    table.add(first)
    table.add(second)
    assert table.current("1") is table.named("1") is table.of_service(first.service) is first
    assert table.current("3") is table.named("3") is table.of_service(evented_service()[0]) is None
    assert table.all() == [first, second]
    assert not table.is_former("1")


def test_remove():
    table = Subscriptions()
    one = subscription("1")
    table.add(one)
    table.remove(one)
    assert one.closed
    assert table.all() == []
    table.remove(one)


def test_rename_and_keep_the_former_sid():
    table = Subscriptions()
    one = subscription("1")
    table.add(one)
    table.rename(one, "2", keep_former=True)
    assert one.sid == "2"
    assert table.current("1") is None
    assert table.is_former("1")
    assert [table.named("1"), table.named("2"), table.current("2")] == [one] * 3
    table.remove(one)
    assert table.named("1") is None
    assert not table.is_former("1")


def test_rename_and_forget_the_former_sid():
    table = Subscriptions()
    one = subscription("1")
    table.add(one)
    table.rename(one, "2", keep_former=False)
    assert table.named("1") is None
    assert table.named("2") is one


def test_rename_to_the_same():
    table = Subscriptions()
    one = subscription("1")
    table.add(one)
    table.rename(one, "1", keep_former=True)
    assert table.current("1") is one
    assert not table.is_former("1")


def test_a_former_sid_may_come_back_for_the_same():
    table = Subscriptions()
    one = subscription("1")
    table.add(one)
    table.rename(one, "2", keep_former=True)
    table.rename(one, "1", keep_former=True)
    assert table.current("1") is one
    assert not table.is_former("1")
    assert table.named("2") is one


def test_a_former_sid_may_come_back_for_another():
    table = Subscriptions()
    one, other = subscription("1"), subscription("1")
    table.add(one)
    table.rename(one, "2", keep_former=True)
    table.add(other)
    assert table.named("1") is other
    table.remove(one)
    assert table.named("1") is other


def test_the_same_sid_for_another_closes_the_first():
    table = Subscriptions()
    one, other = subscription("1"), subscription("1")
    table.add(one)
    table.rename(one, "2", keep_former=True)
    table.rename(one, "1", keep_former=True)
    table.add(other)
    assert one.closed
    assert not other.closed
    assert table.named("2") is None
    table.remove(one)
    assert table.current("1") is other


def test_former_sids_are_bounded():
    table = Subscriptions()
    one = subscription("0")
    table.add(one)
    for number in range(1, FORMER_SIDS + 3):
        table.rename(one, str(number), keep_former=True)
    assert [table.named("0"), table.named("1")] == [None, None]
    assert len(one.former_sids) == FORMER_SIDS
    assert table.named("2") is one
