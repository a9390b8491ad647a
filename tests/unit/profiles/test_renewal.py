import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client.profiles._renewal import (
    FIRST_RETRY,
    LEAST_PAUSE,
    LONGEST_RETRY,
    is_void,
    pause,
    retry_pause,
    seconds_left,
)

TABLE = {"uuid:1": 1000.0, "uuid:2": 900.0}


@pytest.mark.parametrize(("now", "void"), [(899.0, False), (900.0, False), (960.0, False), (961.0, True)])
def test_when_a_subscription_is_void(now: float, void: bool) -> None:
    assert is_void(900.0, now, 60.0) is void


@pytest.mark.parametrize(("now", "left"), [(0.0, 840.0), (839.0, 1.0), (840.0, 0.0), (2000.0, 0.0)])
def test_when_the_first_is_due(now: float, left: float) -> None:
    assert seconds_left(TABLE, now, 60.0) == left


def test_nothing_is_due_without_subscriptions() -> None:
    assert seconds_left({}, 0.0, 60.0) is None
    assert pause({}, 0.0, 60.0) is None


@pytest.mark.parametrize(
    ("now", "seconds"), [(0.0, 840.0), (838.0, 2.0), (840.0, 30.0), (890.0, 5.0), (900.0, LEAST_PAUSE)]
)
def test_how_long_a_loop_rests(now: float, seconds: float) -> None:
    assert pause(TABLE, now, 60.0) == seconds


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_no_loop_goes_round_without_rest(expires: float, now: float) -> None:
    found = pause({"uuid:1": expires}, now, 60.0)
    assert found is not None
    assert found >= LEAST_PAUSE


def test_pauses_between_retries_grow() -> None:
    pauses = [retry_pause(failures) for failures in range(20)]
    assert pauses[:4] == [FIRST_RETRY, FIRST_RETRY, 2 * FIRST_RETRY, 4 * FIRST_RETRY]
    assert pauses[-1] == retry_pause(10**6) == LONGEST_RETRY
