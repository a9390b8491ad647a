from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client.profiles.igd.traffic import (
    COUNTERS,
    MOST_BYTES,
    NO_RATE,
    RING,
    SATURATED,
    Course,
    TrafficMeter,
    Unsigned,
    delta,
)
from async_upnp_client.profiles.igd.types import IgdStateItem

RECEIVED, SENT = IgdStateItem.BYTES_RECEIVED, IgdStateItem.BYTES_SENT
PACKETS = IgdStateItem.PACKETS_RECEIVED


@pytest.mark.uda("G-014")
@pytest.mark.parametrize(
    ("last", "value", "course", "amount"),
    [
        pytest.param(1000, 3000, Course.FORWARD, 2000, id="forward"),
        pytest.param(1000, 1000, Course.FORWARD, 0, id="stands"),
        pytest.param(RING - 100, 100, Course.ROLLED_OVER, 200, id="rolls over"),
        pytest.param(SATURATED, 0, Course.ROLLED_OVER, 1, id="rolls over by one"),
        pytest.param(SATURATED, SATURATED, Course.SATURATED, None, id="saturated"),
        pytest.param(RING - 5, SATURATED, Course.FORWARD, 4, id="reaches the end"),
        pytest.param(1_000_000, 500, Course.RESET, None, id="falls too far for the time"),
        pytest.param(1_100_335_252_538, 1_100_335_252_638, Course.FORWARD, 100, id="of 64 bits"),
        pytest.param(1_100_335_252_538, 100, Course.RESET, None, id="of 64 bits, and set to zero"),
        pytest.param(SATURATED, RING + 5, Course.FORWARD, 6, id="grows out of 32 bits"),
    ],
)
def test_what_a_counter_did(last: int, value: int, course: Course, amount: int | None) -> None:
    found = delta((last, 10.0), value, 11.0, MOST_BYTES)
    assert (found.course, found.amount, found.seconds) == (course, amount, 1.0)


def test_the_first_reading_tells_nothing() -> None:
    found = delta(None, 5, 10.0, MOST_BYTES)
    assert (found.course, found.rate, found.rate_without_rollover) == (Course.FIRST, None, None)


def test_two_readings_at_one_time_have_no_rate() -> None:
    assert delta((1, 10.0), 5, 10.0, MOST_BYTES).rate is None


def test_a_number_that_counts_nothing_has_no_rate() -> None:
    assert delta((1, 10.0), 10**400, 11.0, MOST_BYTES).rate is None


def test_a_fast_link_may_go_round_between_two_polls() -> None:
    assert delta((1000, 0.0), 500, 30.0, MOST_BYTES).course is Course.ROLLED_OVER


@given(
    st.integers(0, SATURATED),
    st.integers(0, RING - 1),
    st.floats(4.0, 3600.0),
)
def test_what_is_counted_within_a_round_is_found(last: int, amount: int, seconds: float) -> None:
    value = (last + amount) % RING
    found = delta((last, 0.0), value, seconds, MOST_BYTES)
    if found.course is not Course.SATURATED:
        assert found.amount == amount


# --- Counters below zero (trap 11) ---


@pytest.mark.parametrize(
    ("readings", "values"),
    [
        ([5, 7], [5, 7]),
        ([-1], [SATURATED // 2]),
        ([-(1 << 31)], [0]),
        ([-1, 0], [(1 << 31) - 1, 1 << 31]),
        ([-1, (1 << 31) + 5], [(1 << 31) - 1, (1 << 31) + 5]),
    ],
)
def test_a_signed_counter(readings: list[int], values: list[int]) -> None:
    counter = Unsigned()
    assert [counter.read(reading) for reading in readings] == values


def test_a_signed_counter_begins_anew() -> None:
    counter = Unsigned()
    counter.read(-1)
    counter.reset()
    assert counter.read(7) == 7


# --- The meter ---


def readings(**values: Any) -> dict[IgdStateItem, Any]:
    """Name readings by what they count."""
    return {IgdStateItem[name.upper()]: value for name, value in values.items()}


def test_rates_are_means_since_the_last_reading() -> None:
    meter = TrafficMeter()
    assert set(meter.measure(readings(bytes_received=0, packets_received=0), 100.0).values()) == {NO_RATE}
    rates = meter.measure(readings(bytes_received=10_240, packets_received=50), 110.0)
    assert (rates[RECEIVED].per_second, rates[RECEIVED].kibibytes) == (1024.0, 1.0)
    assert rates[RECEIVED].kibibytes_without_rollover == 1.0
    assert rates[PACKETS].per_second == 5.0
    assert rates[SENT] == NO_RATE


def test_a_roll_over_counts_only_in_one_of_the_two_rates() -> None:
    meter = TrafficMeter()
    meter.measure(readings(bytes_received=RING - 1024), 0.0)
    rate = meter.measure(readings(bytes_received=1024), 2.0)[RECEIVED]
    assert (rate.kibibytes, rate.kibibytes_without_rollover) == (1.0, None)


@pytest.mark.parametrize("missing", [None, OSError("no answer"), "text", True])
def test_what_is_no_number_is_no_reading(missing: object) -> None:
    meter = TrafficMeter()
    meter.measure(readings(bytes_sent=0), 0.0)
    assert meter.measure(readings(bytes_sent=missing), 10.0)[SENT] == NO_RATE
    assert meter.measure(readings(bytes_sent=2048), 20.0)[SENT].kibibytes == 0.1


def test_a_restart_that_packets_tell_makes_no_rate_of_bytes() -> None:
    meter = TrafficMeter()
    meter.measure(readings(bytes_received=3_000_000_000, packets_received=2_000_000), 0.0)
    rates = meter.measure(readings(bytes_received=5000, packets_received=50), 30.0)
    assert rates == dict.fromkeys(COUNTERS, NO_RATE)
    rates = meter.measure(readings(bytes_received=6024, packets_received=60), 31.0)
    assert (rates[RECEIVED].kibibytes, rates[PACKETS].per_second) == (1.0, 10.0)


def test_a_restart_that_the_uptime_tells_makes_no_rate() -> None:
    meter = TrafficMeter()
    meter.measure(readings(bytes_received=3_000_000_000), 0.0, uptime=7200)
    assert meter.measure(readings(bytes_received=5000), 30.0, uptime=12)[RECEIVED] == NO_RATE
    assert meter.measure(readings(bytes_received=5000 + 1024), 31.0, uptime=13)[RECEIVED].kibibytes == 1.0


@given(st.lists(st.tuples(st.integers(-(1 << 40), 1 << 70), st.floats(0, 1e9)), max_size=6))
def test_no_reading_breaks_the_meter(course: list[tuple[int, float]]) -> None:
    meter = TrafficMeter()
    for value, now in course:
        for rate in meter.measure(readings(bytes_received=value), now, uptime=value).values():
            assert rate.per_second is None or rate.per_second >= 0
