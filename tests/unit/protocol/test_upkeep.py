"""What a kept subscription asks for, and when: time and chance are passed in."""

import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._protocol.upkeep import (
    EARLIEST,
    INITIAL_EVENT_SECONDS,
    LATEST,
    MAX_PAUSE,
    MAX_WAIT,
    MIN_PAUSE,
    Step,
    Upkeep,
)
from async_upnp_client.const import SubscriptionState as State


def upkeep(chance: float = 0.5, **how: Any) -> Upkeep:
    """Return one that begins."""
    return Upkeep(0.0, chance=lambda: chance, **how)


def active(seconds: float = 1800.0, **how: Any) -> Upkeep:
    """Return one that was granted a time, and got its initial event."""
    keep = upkeep(**how)
    keep.granted(0.0, seconds, fresh=True)
    keep.event_came()
    return keep


def test_it_begins_with_subscribe():
    keep = upkeep()
    assert (keep.state(0), keep.step(0), keep.next_check(0)) == (State.RENEWING, Step.SUBSCRIBE, 0)


@pytest.mark.uda("E-023")
@pytest.mark.parametrize(("chance", "part"), [(0.0, EARLIEST), (0.5, 0.65), (1.0, LATEST)])
def test_it_renews_within_a_safe_part_of_what_was_granted(chance, part):
    keep = active(1800, chance=chance)
    assert keep.state(0) is State.ACTIVE
    assert keep.next_check(0) == pytest.approx(1800 * part)
    assert keep.step(1800 * part - 1) is None
    assert keep.step(1800 * part) is Step.RENEW


@pytest.mark.parametrize(
    ("granted", "earliest", "latest"), [(60, 30, 48), (300, 210, 240), (540, 450, 480), (900, 450, 720)]
)
def test_it_renews_later_where_a_minute_is_left_and_a_restart_is_noticed_soon(granted, earliest, latest):
    for chance, wait in ((0.0, earliest), (1.0, latest)):
        assert active(granted, chance=chance).next_check(0) == pytest.approx(wait)


@given(granted=st.floats(300, 100_000), chance=st.floats(0, 1), chances=st.floats(0, 1))
def test_three_tries_without_an_answer_fit_before_the_time_is_up(granted, chance, chances):
    keep = active(granted, chance=chance)
    now = keep.next_check(0)
    keep._chance = lambda: chances
    for _ in range(3):
        assert keep.step(now) is Step.RENEW
        keep.failed(now + 5, lost=False)  # as long as nobody answered
        now = keep._due


@pytest.mark.parametrize(
    ("granted", "chance", "wait"),
    [(1, 0.5, MIN_PAUSE), (12, 0.0, MIN_PAUSE), (30, 0.0, 15), (2.0**31, 0.0, MAX_WAIT)],
)
def test_it_never_asks_faster_than_the_least_pause_nor_more_rarely_than_once_a_day(granted, chance, wait):
    keep = upkeep(chance=chance, expects_event=False)
    keep.granted(0.0, granted, fresh=True)
    due = next(now for now in (wait - 0.1, wait) if keep.step(now) in (Step.RENEW, Step.SUBSCRIBE))
    assert due == wait


def test_what_ended_before_its_renewal_is_made_anew():
    keep = active(5)
    assert keep.state(6) is State.RENEWING
    assert keep.step(MIN_PAUSE) is Step.SUBSCRIBE


def test_a_clock_jump_of_an_hour_asks_for_one_subscribe():
    keep = active(1800)
    assert keep.step(3600 + 5) is Step.SUBSCRIBE
    keep.granted(3605, 1800, fresh=True)
    keep.event_came()
    assert keep.step(3606) is None
    assert keep.next_check(3606) > 3605 + 900


def test_a_renewal_without_answer_is_tried_again_while_the_time_lasts():
    keep = active(1800)
    keep.failed(1000, lost=False)
    assert keep.state(1000) is State.RENEWING
    assert keep.step(1009) is None
    assert keep.step(1010) is Step.RENEW
    keep.granted(1010, 1800, fresh=False)
    assert keep.state(1010) is State.ACTIVE


def test_a_time_that_ran_out_is_lost_and_begins_anew():
    keep = active(100)
    keep.failed(80, lost=False)
    assert keep.next_check(80) == 90
    keep.failed(90, lost=False)
    assert keep.next_check(90) == 100  # the state changes then
    assert keep.state(100) is State.LOST
    assert keep.step(111) is Step.SUBSCRIBE


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_a_device_that_fails_costs_ever_fewer_requests(chance):
    keep, now, asked = upkeep(chance=chance), 0.0, []
    while now < 3600:
        assert keep.step(now) is Step.SUBSCRIBE
        asked.append(now)
        keep.failed(now, lost=True)
        assert keep.state(now) is State.LOST
        now = keep.next_check(now)
    waits = [after - before for before, after in pairwise(asked)]
    assert len(asked) < 25
    assert waits[0] >= MIN_PAUSE
    assert sorted(waits) == waits
    assert waits[-1] <= MAX_PAUSE * 1.25


def test_a_device_that_forgot_us_is_asked_at_once_whatever_failed_before():
    keep = active()
    for _ in range(5):
        keep.failed(1000, lost=True)
    keep.forgotten(1001)
    assert (keep.state(1001), keep.step(1001)) == (State.RENEWING, Step.SUBSCRIBE)


def test_lost_events_are_made_up_for_by_a_new_subscription():
    keep = active()
    keep.events_lost(500)
    assert keep.state(499) is State.RENEWING
    assert keep.step(499) is None
    assert keep.step(500) is Step.SUBSCRIBE
    keep.granted(500, 1800, fresh=True)
    assert keep.state(500) is State.ACTIVE


# --- The initial event ---


def test_without_an_initial_event_the_callback_is_unreachable():
    keep = upkeep()
    keep.granted(0, 1800, fresh=True)
    assert keep.state(0) is State.ACTIVE
    assert keep.next_check(0) == INITIAL_EVENT_SECONDS
    assert keep.step(INITIAL_EVENT_SECONDS) is None
    assert keep.state(INITIAL_EVENT_SECONDS) is State.CALLBACK_UNREACHABLE
    assert keep.step(1800 * 0.65) is Step.SUBSCRIBE  # another initial event, another chance
    keep.granted(1170, 1800, fresh=True)
    assert keep.state(1170) is State.CALLBACK_UNREACHABLE
    keep.event_came()
    assert keep.state(1171) is State.ACTIVE


def test_a_renewal_brings_no_initial_event():
    keep = active()
    keep.granted(1000, 1800, fresh=False)
    assert keep.step(1000 + INITIAL_EVENT_SECONDS) is None
    assert keep.state(1011) is State.ACTIVE


def test_a_service_without_evented_variables_has_no_initial_event():
    keep = upkeep(expects_event=False, poll_pause=30)
    keep.granted(0, 1800, fresh=True)
    assert keep.step(0) is Step.POLL  # once, for the values of before
    keep.polled(0, well=True)
    assert keep.state(0) is State.ACTIVE
    assert keep.step(100) is None


# --- Polling ---


def test_polling_takes_over_while_no_events_arrive():
    keep = upkeep(poll_pause=30)
    keep.granted(0, 1800, fresh=True)
    assert keep.step(10) is Step.POLL
    assert keep.state(10) is State.CALLBACK_UNREACHABLE
    keep.polled(10, well=True)
    assert (keep.state(10), keep.step(39), keep.step(40)) == (State.POLLING, None, Step.POLL)
    keep.event_came()
    assert (keep.state(41), keep.step(41)) == (State.ACTIVE, None)


def test_polling_takes_over_where_the_device_refuses():
    keep = upkeep(poll_pause=30)
    keep.failed(0, lost=True)
    assert (keep.state(0), keep.step(0)) == (State.LOST, Step.POLL)
    keep.polled(0, well=True)
    assert keep.state(0) is State.POLLING
    assert keep.step(10) is Step.SUBSCRIBE


def test_a_poll_that_fails_is_tried_again_less_and_less_often():
    keep = upkeep(poll_pause=30)
    keep.failed(0, lost=True)
    waits = []
    for _ in range(8):
        keep.polled(0, well=False)
        assert keep.state(0) is State.LOST
        waits.append(next(now for now in range(1, 1000) if keep._poll_due <= now))
    assert waits[0] == 30
    assert waits == sorted(waits)
    assert waits[-1] == MAX_PAUSE


def test_a_service_without_events_is_polled_and_never_asked():
    keep = upkeep(can_subscribe=False, poll_pause=1)
    assert keep.step(0) is Step.POLL
    keep.polled(0, well=True)
    assert (keep.state(0), keep.next_check(0)) == (State.POLLING, MIN_PAUSE)
    keep.forgotten(5)
    assert keep.step(5) is None


# --- Whatever happens ---

HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from(["granted", "renewed", "failed", "lost", "event", "gap", "polled", "unpolled"]),
        st.floats(0, 4000),
    ),
    max_size=40,
)


@given(HAPPENINGS, st.booleans(), st.floats(0, 1))
def test_no_step_follows_another_without_a_pause(happenings, polls, chance):
    """After each answer nothing is due for the least pause, unless something from outside asks for it."""
    keep = upkeep(chance=chance, poll_pause=30 if polls else None)
    now = 0.0
    for what, later in happenings:
        now += later
        before = keep.step(now)
        match what:
            case "granted":
                keep.granted(now, 1800, fresh=True)
            case "renewed":
                keep.granted(now, 30, fresh=False)
            case "failed" | "lost":
                keep.failed(now, lost=what == "lost")
            case "event":
                keep.event_came()
            case "gap":
                keep.events_lost(now + 30)
            case _:
                keep.polled(now, well=what == "polled")
        if what in ("granted", "renewed", "failed", "lost"):
            assert keep.step(now) in (None, Step.POLL)
            assert keep.step(now + MIN_PAUSE / 2) in (None, Step.POLL)
        if what in ("polled", "unpolled"):
            assert keep.step(now) is not Step.POLL
        assert not math.isnan(keep.next_check(now))
        assert keep.state(now) in State
        assert before in (None, *Step)


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_service_that_has_events_no_more_and_again(by_hand):
    keep = active(1800, by_hand=by_hand, poll_pause=30)
    keep.offered(10, can_subscribe=True)
    assert keep.state(10) is State.ACTIVE, "nothing is new"
    keep.offered(10, can_subscribe=False)
    assert (keep.state(10), keep.step(10)) == (State.LOST, Step.POLL)
    keep.failed(11, lost=True)
    keep.ask(11)
    assert keep.step(11 + MAX_PAUSE * 2) is Step.POLL, "there is nobody to ask"
    keep.offered(1000, can_subscribe=True)
    assert keep.step(1000) is (Step.POLL if by_hand else Step.SUBSCRIBE)
