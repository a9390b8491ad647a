from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client.profiles.dlna.position import PositionClock


def playing(at: float = 10.0) -> PositionClock:
    """A clock that plays from a sample of 30 s."""
    clock = PositionClock()
    clock.playing(True, at)
    clock.told(30.0, at)
    return clock


def test_nothing_is_known_at_first() -> None:
    clock = PositionClock()
    assert clock.seconds(5.0) is None
    clock.playing(True, 6.0)
    assert clock.seconds(7.0) is None


def test_it_goes_on_while_it_plays() -> None:
    assert playing().seconds(14.0) == 34.0


def test_a_pause_does_not_count() -> None:
    clock = playing()
    clock.playing(False, 15.0)
    assert clock.seconds(1000.0) == 35.0
    clock.playing(True, 1000.0)
    assert clock.seconds(1001.0) == 36.0
    assert clock.sample is not None
    assert clock.sample.at == 1000.0
    assert clock.sample.is_estimate


def test_it_ends_with_the_track() -> None:
    clock = playing()
    clock.duration = 33.0
    assert clock.seconds(100.0) == 33.0
    clock.told(34.0, 100.0)
    assert clock.seconds(101.0) == 34.0, "the device knows better than its duration"


def test_another_track_begins_at_zero() -> None:
    clock = playing()
    clock.new_track(20.0)
    assert clock.seconds(21.0) == 1.0
    clock.playing(False, 21.0)
    clock.new_track(22.0)
    assert clock.seconds(23.0) is None
    clock.playing(True, 24.0)
    assert clock.seconds(25.0) == 1.0


def test_a_track_that_was_told_of_goes_on_there() -> None:
    clock = PositionClock()
    clock.new_track(1.0)
    clock.told(7.0, 2.0)
    clock.playing(True, 3.0)
    assert clock.seconds(4.0) == 8.0
    clock.playing(False, 4.0)
    clock.new_track(5.0)
    clock.told(None, 6.0)
    clock.playing(True, 7.0)
    assert clock.seconds(8.0) is None


def test_a_device_that_does_not_know() -> None:
    clock = playing()
    clock.told(None, 11.0)
    assert clock.seconds(12.0) is None


moments = st.lists(st.tuples(st.sampled_from(["play", "pause", "look"]), st.floats(0.0, 100.0)))


@given(moments)
def test_it_counts_the_time_that_it_plays(steps: list[tuple[str, float]]) -> None:
    clock, now, played, plays = PositionClock(), 0.0, 0.0, False
    clock.told(0.0, now)
    for what, seconds in steps:
        now += seconds
        played += seconds if plays else 0.0
        if what != "look":
            plays = what == "play"
            clock.playing(plays, now)
        known = clock.seconds(now)
        assert known is not None
        assert abs(known - played) < 1e-6
