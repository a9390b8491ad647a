"""Counters that count by themselves."""

import pytest

from async_upnp_client.virtual.gateway.counters import Counter
from tests.support.clock import Clock


@pytest.fixture
def clock():
    return Clock()


def counter(clock, per_second=0.0):
    return Counter(lambda: clock.monotonic, per_second)


def test_it_counts_by_the_clock(clock):
    bytes_sent = counter(clock, 2.5)
    assert bytes_sent.value == 0
    clock.advance(10)
    assert bytes_sent.value == 25


def test_it_begins_anew_after_32_bits(clock):
    bytes_sent = counter(clock, 100)
    bytes_sent.value = (1 << 32) - 50
    clock.advance(1)
    assert bytes_sent.value == 50


def test_another_rate_goes_on_from_what_was_counted(clock):
    bytes_sent = counter(clock, 100)
    clock.advance(3)
    bytes_sent.per_second = 1
    assert bytes_sent.per_second == 1
    clock.advance(3)
    assert bytes_sent.value == 303
