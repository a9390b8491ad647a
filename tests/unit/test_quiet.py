"""How often the log is told of the same thing."""

import errno
import logging
from itertools import pairwise

import pytest

from async_upnp_client._quiet import FIRST_SILENCE, HOUR, REMEDIES, QuietLog, SocketTrouble
from tests.support.clock import Clock

LOGGER = logging.getLogger("async_upnp_client.test")
JUNK = "Junk from %s: %s"
OTHER = "Other junk from %s: %s"


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG, LOGGER.name)
    return caplog


def texts(log: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in log.records]


# ---- peers


@pytest.mark.parametrize(
    ("reasons", "peers", "seconds_between", "records"),
    [
        pytest.param([JUNK], ["a"], 0, 1, id="one sender"),
        pytest.param([JUNK], ["a"], HOUR / 100, 1, id="one sender, for an hour"),
        pytest.param([JUNK], ["a"], HOUR / 60, 2, id="one sender, for two hours"),
        pytest.param([JUNK], ["a", "b", "c"], 0, 3, id="three senders"),
        pytest.param([JUNK, OTHER], ["a"], 0, 2, id="two reasons"),
        pytest.param([JUNK, OTHER], ["a", "b", "c"], 0, 6, id="two reasons of three senders each"),
        pytest.param([JUNK], [None], 0, 1, id="nobody knows who"),
    ],
)
def test_a_hundred_times_the_same(reasons, peers, seconds_between, records, log):
    clock = Clock()
    quiet = QuietLog(LOGGER, clock=lambda: clock.monotonic)
    told = 0
    for _ in range(100):
        told += sum(quiet.report(reason, peer, "x") for reason in reasons for peer in peers)
        clock.advance(seconds_between)
    assert told == records == len(log.records)


def test_a_record_tells_how_often_it_happened_since_the_last(log):
    clock = Clock()
    quiet = QuietLog(LOGGER, clock=lambda: clock.monotonic)
    for number in range(5):
        quiet.report(JUNK, "a", number)
    clock.advance(HOUR)
    quiet.report(JUNK, "a", 5, level=logging.WARNING)
    assert texts(log) == [
        "Junk from a: 0 (logged once in an hour, 0 more since the last time)",
        "Junk from a: 5 (logged once in an hour, 4 more since the last time)",
    ]
    assert log.records[1].levelno == logging.WARNING


def test_what_is_remembered_is_bounded_and_so_is_the_log(log):
    clock = Clock()
    quiet = QuietLog(LOGGER, 10, clock=lambda: clock.monotonic)
    for number in range(100):
        quiet.report(JUNK, str(number), "x")
    assert len(quiet) == len(log.records) == 10
    clock.advance(HOUR)
    assert quiet.report(JUNK, "200", "x")
    assert len(quiet) == 10
    assert quiet.report(JUNK, "0", "x")  # which made room for it


def test_a_log_that_nobody_reads_remembers_nothing():
    logger = logging.getLogger("async_upnp_client.test.unread")
    logger.setLevel(logging.INFO)
    quiet = QuietLog(logger)
    assert not quiet.report(JUNK, "a", "x")
    assert len(quiet) == 0


# ---- sockets


def unreachable() -> OSError:
    return OSError(errno.ENETUNREACH, "Network is unreachable")


def test_a_hundred_errors_of_a_socket_are_one_warning_with_a_remedy_and_its_recovery(log):
    trouble = SocketTrouble(LOGGER, clock=lambda: 0.0)
    assert not trouble.is_there
    for _ in range(100):
        trouble.note("S", unreachable())
    assert trouble.is_there
    for _ in range(100):
        trouble.has_worked("S")
    assert not trouble.is_there
    assert [record.levelname for record in log.records] == ["WARNING", "INFO"]
    assert REMEDIES[errno.ENETUNREACH] in texts(log)[0]
    assert "100" in texts(log)[1]


def test_each_errno_is_told_for_itself(log):
    trouble = SocketTrouble(LOGGER, clock=lambda: 0.0)
    for _ in range(100):
        trouble.note("S", unreachable())
        trouble.note("S", OSError(errno.EPERM, "Operation not permitted"))
        trouble.note("S", ValueError("something else"))
    assert len(log.records) == 3
    assert texts(log)[2] == "Socket S: something else"


def test_the_silence_grows_up_to_an_hour(log):
    clock = Clock()
    trouble = SocketTrouble(LOGGER, clock=lambda: clock.monotonic)
    told = []
    for minute in range(24 * 60):
        count = len(log.records)
        trouble.note("S", unreachable())
        if len(log.records) > count:
            told.append(minute)
        clock.advance(60)
    pauses = [later - earlier for earlier, later in pairwise(told)]
    assert pauses[:6] == [FIRST_SILENCE / 60, 2, 4, 8, 16, 32]
    assert set(pauses[6:]) == {60}
    assert len(told) < 32


def test_an_error_that_comes_and_goes_is_told_no_more_often_than_one_that_stays(log):
    clock = Clock()
    trouble = SocketTrouble(LOGGER, clock=lambda: clock.monotonic)
    for _ in range(1000):
        trouble.note("S", unreachable())
        assert trouble.is_there
        trouble.has_worked("S")
        assert not trouble.is_there
    assert [record.levelname for record in log.records] == ["WARNING", "INFO"]
    clock.advance(FIRST_SILENCE)
    for _ in range(1000):
        trouble.note("S", unreachable())
        trouble.has_worked("S")
    assert [record.levelname for record in log.records] == ["WARNING", "INFO"] * 2
    assert "1000 times" in texts(log)[2]
    assert "1000 errors" in texts(log)[3]


def test_an_error_that_was_away_for_hours_begins_anew(log):
    clock = Clock()
    trouble = SocketTrouble(LOGGER, clock=lambda: clock.monotonic)
    for seconds in (0, FIRST_SILENCE, 2 * FIRST_SILENCE, 3 * HOUR, FIRST_SILENCE):
        clock.advance(seconds)
        trouble.note("S", unreachable())
        trouble.has_worked("S")
    assert [record.levelname for record in log.records] == ["WARNING", "INFO"] * 5
