"""SEQ, and events that come early: time is passed in."""

from itertools import pairwise

import pytest

from async_upnp_client._protocol.event_intake import (
    MAX_RESYNC_PAUSE,
    RESYNC_PAUSE,
    Backlog,
    Order,
    SequenceWatch,
    judge,
)
from async_upnp_client._protocol.eventing import MAX_SEQ
from async_upnp_client.limits import DEFAULT_LIMITS


@pytest.mark.parametrize(
    ("last", "seq", "order"),
    [
        (None, 0, Order.NEXT),
        (None, 5, Order.NEXT),
        (None, None, Order.NEXT),
        (0, 1, Order.NEXT),
        (0, None, Order.NEXT),
        (MAX_SEQ - 1, MAX_SEQ, Order.NEXT),
        pytest.param(MAX_SEQ, 1, Order.NEXT, marks=pytest.mark.uda("E-031")),
        pytest.param(MAX_SEQ, 0, Order.NEXT, marks=pytest.mark.uda("E-031")),
        (MAX_SEQ, 2, Order.LOWER),
        (3, 3, Order.REPEAT),
        pytest.param(0, 2, Order.GAP, marks=pytest.mark.uda("E-032")),
        (3, 7, Order.GAP),
        pytest.param(7, 3, Order.LOWER, marks=pytest.mark.uda("E-033")),
        (1, 0, Order.LOWER),
    ],
)
def test_judge(last, seq, order):
    assert judge(last, seq) is order


def orders(*events):
    watch = SequenceWatch()
    return [watch.see(seq, body) for seq, body in events]


def test_events_in_their_order():
    assert orders((0, "a"), (1, "a"), (2, "b")) == [Order.NEXT] * 3


@pytest.mark.uda("E-033")
def test_the_same_event_again_is_a_repeat():
    assert orders((0, "a"), (1, "b"), (1, "b"), (1, "b"), (2, "b")) == [
        Order.NEXT,
        Order.NEXT,
        Order.REPEAT,
        Order.REPEAT,
        Order.NEXT,
    ]


@pytest.mark.uda("E-033")
def test_a_device_that_never_counts_is_heard():
    # the third body equals the second: a button pressed twice
    assert orders((0, "a"), (0, "b"), (0, "b"), (0, "a")) == [
        Order.NEXT,
        Order.LOWER,
        Order.LOWER,
        Order.LOWER,
    ]


def test_a_device_without_seq_is_heard():
    assert orders((None, "a"), (None, "a"), (None, "a")) == [Order.NEXT] * 3


@pytest.mark.uda("E-032")
def test_counting_goes_on_after_a_gap():
    assert orders((0, "a"), (4, "b"), (5, "c")) == [Order.NEXT, Order.GAP, Order.NEXT]


def test_counting_goes_on_after_a_lower_number():
    assert orders((0, "0"), (9, "a"), (4, "b"), (5, "c"))[1:] == [Order.GAP, Order.LOWER, Order.NEXT]


def test_a_row_that_does_not_begin_with_its_first_number_begins_late():
    watch = SequenceWatch()
    assert watch.see(2, "a") is Order.LATE
    watch.restart()
    assert watch.see(0, "a") is Order.NEXT
    watch.restart()
    assert watch.see(1, "a") is Order.LATE
    watch.restart()
    assert watch.see(1, "a") is Order.NEXT, "it has a habit of its own"


def test_a_new_row_begins_at_any_number():
    watch = SequenceWatch()
    watch.see(7, "a")
    watch.restart()
    assert watch.see(0, "a") is Order.NEXT
    assert watch.see(2, "a") is Order.GAP


@pytest.mark.uda("E-032")
def test_fresh_subscriptions_for_gaps_keep_their_distance():
    watch = SequenceWatch()
    assert watch.resync_due(100.0)
    assert not watch.resync_due(100.0 + RESYNC_PAUSE - 0.1)
    assert watch.resync_due(100.0 + RESYNC_PAUSE)


def test_a_device_that_skips_numbers_by_nature_is_asked_ever_more_rarely():
    watch = SequenceWatch()
    due = []
    for now in range(4 * 3600):
        if watch.resync_due(float(now)):
            due.append(now)
            watch.restart()
    gaps = [later - earlier for earlier, later in pairwise(due)]
    assert gaps[:3] == [RESYNC_PAUSE, 2 * RESYNC_PAUSE, 4 * RESYNC_PAUSE]
    assert gaps[-1] == MAX_RESYNC_PAUSE
    assert len(due) < 12


@pytest.mark.uda("E-029")
def test_early_events_come_back_in_their_order():
    backlog = Backlog()
    assert backlog.keep("1", 0, "a", 10.0, awaited=True)
    assert backlog.keep("2", 0, "x", 10.0, awaited=True)
    assert backlog.keep("1", 1, "b", 10.1, awaited=True)
    assert backlog.take("1", 10.2) == [(0, "a"), (1, "b")]
    assert backlog.take("1", 10.3) == []
    assert backlog.take("2", 10.3) == [(0, "x")]
    assert len(backlog) == 0


def test_events_before_any_subscribe_are_kept_too():
    backlog = Backlog()
    assert backlog.keep("1", 0, "a", 10.0, awaited=False)
    assert backlog.take("1", 10.0 + DEFAULT_LIMITS.backlog_seconds) == [(0, "a")]


def test_old_events_are_not_taken():
    backlog = Backlog()
    assert backlog.keep("1", 0, "a", 10.0, awaited=False)
    assert backlog.take("1", 10.0 + DEFAULT_LIMITS.backlog_seconds + 0.1) == []


def test_a_sid_that_stays_unknown_is_refused():
    backlog = Backlog()
    kept = [backlog.keep("1", n, "a", float(n), awaited=False) for n in range(0, 100, 10)]
    assert kept == [True] * 4 + [False] * 6
    assert backlog.take("1", 95.0) == []


def test_a_sid_that_was_silent_is_given_another_chance():
    backlog = Backlog()
    for n in range(0, 50, 10):
        backlog.keep("1", n, "old", float(n), awaited=False)
    assert backlog.keep("1", 0, "new", 40.0 + DEFAULT_LIMITS.backlog_seconds + 1, awaited=False)
    assert backlog.take("1", 72.0) == [(0, "new")]


def test_a_sid_that_was_refused_is_kept_while_subscribing():
    backlog = Backlog()
    for n in range(0, 50, 10):
        backlog.keep("1", n, "old", float(n), awaited=False)
    assert backlog.keep("1", 0, "new", 41.0, awaited=True)
    assert backlog.take("1", 42.0) == [(0, "new")]


def test_bound_of_events_per_sid():
    backlog = Backlog()
    kept = [backlog.keep("1", n, "a", 1.0, awaited=True) for n in range(DEFAULT_LIMITS.backlog_events + 2)]
    assert kept == [True] * DEFAULT_LIMITS.backlog_events + [False] * 2
    assert backlog.take("1", 1.0) == [(n, "a") for n in range(DEFAULT_LIMITS.backlog_events)]


def test_bound_of_sids():
    backlog = Backlog()
    kept = [backlog.keep(str(n), 0, "a", 1.0, awaited=True) for n in range(DEFAULT_LIMITS.backlog_sids + 2)]
    assert kept == [True] * DEFAULT_LIMITS.backlog_sids + [False] * 2
    assert len(backlog) == DEFAULT_LIMITS.backlog_sids
    # in time there is room again
    assert backlog.keep("late", 0, "a", 1.0 + DEFAULT_LIMITS.backlog_seconds + 0.1, awaited=True)
    assert len(backlog) == 1


def test_bound_of_size():
    backlog = Backlog()
    half = "a" * (DEFAULT_LIMITS.backlog_size // 2)
    assert backlog.keep("1", 0, half, 1.0, awaited=True)
    assert backlog.keep("2", 0, half, 1.0, awaited=True)
    assert not backlog.keep("3", 0, "a", 1.0, awaited=True)
    backlog.take("1", 1.0)
    assert backlog.keep("3", 0, "a", 1.0, awaited=True)


def test_forgotten_events_make_room():
    backlog = Backlog()
    full = "a" * DEFAULT_LIMITS.backlog_size
    assert backlog.keep("1", 0, full, 1.0, awaited=False)
    assert not backlog.keep("1", 1, "a", 20.0, awaited=False)
    # refused from now on, but what it held is free for others
    assert not backlog.keep("1", 2, "a", 40.0, awaited=False)
    assert backlog.keep("2", 0, full, 40.0, awaited=False)
