"""The table of subscriptions."""

from datetime import timedelta

from async_upnp_client._subscriptions import Subscription, Subscriptions
from async_upnp_client.limits import DEFAULT_LIMITS
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
    for number in range(1, DEFAULT_LIMITS.former_sids + 3):
        table.rename(one, str(number), keep_former=True)
    assert [table.named("0"), table.named("1")] == [None, None]
    assert len(one.former_sids) == DEFAULT_LIMITS.former_sids
    assert table.named("2") is one


# --- A device has forgotten them ---


def forgotten(table, *sids):
    """Return subscriptions that were in the table when their device forgot them."""
    found = [subscription(sid) for sid in sids]
    for one in found:
        table.add(one)
    for one in found:
        table.forget(one)
    return found


def renamed(table, one, sid):
    """Let the device give a SID anew."""
    one.made_after = one.times_forgotten
    table.rename(one, sid, keep_former=True)


def test_what_is_forgotten_stays_known_and_hears_nothing():
    table = Subscriptions()
    (one,) = forgotten(table, "1")
    assert one.is_void
    assert not one.closed
    assert table.named("1") is table.of_service(one.service) is one
    assert table.current("1") is None
    assert table.is_former("1")
    assert table.all() == [one]


def test_what_is_made_anew_keeps_its_place_and_its_sids():
    table = Subscriptions()
    one, other = forgotten(table, "1", "2")
    renamed(table, one, "3")
    assert not one.is_void
    assert table.all() == [one, other]
    assert [table.named(sid) for sid in "123"] == [one, other, one]
    table.remove(one)
    assert [table.named(sid) for sid in "123"] == [None, other, None]


def test_what_is_made_anew_for_a_caller_has_its_new_sid_only():
    table = Subscriptions()
    (one,) = forgotten(table, "1")
    table.rename(one, "2", keep_former=False)
    assert [table.named("1"), table.named("2")] == [None, one]


def test_forgotten_sids_may_be_exchanged_again_and_again():
    table = Subscriptions()
    one, other = forgotten(table, "1", "2")
    for sid_of_one, sid_of_other in ("21", "12", "21"):
        for item, sid in ((one, sid_of_one), (other, sid_of_other)):
            renamed(table, item, sid)
        assert [table.current(sid_of_one), table.current(sid_of_other)] == [one, other]
        assert [table.named(sid_of_one), table.named(sid_of_other)] == [one, other]
        assert table.all() == [one, other]
        table.forget(one)
        table.forget(other)
        assert [table.named(sid_of_one), table.named(sid_of_other)] == [one, other]
    table.remove(one)
    table.remove(other)
    assert table.named("1") is table.named("2") is None
    assert one.former_sids == other.former_sids == []


def test_a_sid_that_another_has_by_now_is_no_former_one():
    table = Subscriptions()
    one, other = forgotten(table, "1", "2")
    renamed(table, other, "1")
    renamed(table, one, "3")
    assert "1" not in one.former_sids
    table.remove(one)
    assert table.named("1") is other


def test_a_void_one_is_not_closed_when_its_sid_is_given_to_another():
    """Granted before the restart, read after it: the device has given the SID to the next since."""
    table = Subscriptions()
    one, other = forgotten(table, "1", "2")
    table.rename(one, "3", keep_former=True)
    assert one.is_void
    renamed(table, other, "3")
    assert table.current("3") is other
    assert not one.closed
    assert table.all() == [one, other]
