"""When a search may be left out, because somebody else has just sent it."""

import pytest

from async_upnp_client._protocol.courtesy import TARGETS_REMEMBERED, SearchCourtesy

ROOT = "upnp:rootdevice"
WITHIN = 30.0


def answered(target: str = ROOT) -> SearchCourtesy:
    """Return what is known after a search of ours that was answered."""
    courtesy = SearchCourtesy()
    courtesy.send(target)
    courtesy.answered()
    return courtesy


@pytest.mark.parametrize("heard", [ROOT, "UPNP:rootdevice ", "ssdp:all"])
@pytest.mark.parametrize("age", [0.0, WITHIN])
def test_what_others_have_just_asked_is_left_out(heard: str, age: float) -> None:
    courtesy = answered()
    courtesy.hear(heard, 100.0)
    assert courtesy.leave_out(ROOT, WITHIN, 100.0 + age)


@pytest.mark.parametrize(
    ("heard", "age"),
    [(ROOT, WITHIN + 1), ("urn:schemas-upnp-org:device:Basic:1", 0.0)],
    ids=["too long ago", "something else"],
)
def test_what_they_have_not_is_asked(heard: str, age: float) -> None:
    courtesy = answered()
    courtesy.hear(heard, 100.0)
    assert not courtesy.leave_out(ROOT, WITHIN, 100.0 + age)


def test_the_first_search_is_sent() -> None:
    courtesy = SearchCourtesy()
    courtesy.hear(ROOT, 100.0)
    assert not courtesy.leave_out(ROOT, WITHIN, 100.0)


def test_so_is_one_for_something_new() -> None:
    courtesy = answered("urn:schemas-upnp-org:device:Basic:1")
    courtesy.hear(ROOT, 100.0)
    assert not courtesy.leave_out(ROOT, WITHIN, 100.0)


def test_so_is_one_after_a_search_without_an_answer() -> None:
    courtesy = SearchCourtesy()
    courtesy.send(ROOT)
    courtesy.hear(ROOT, 100.0)
    assert not courtesy.leave_out(ROOT, WITHIN, 100.0)


def test_no_two_are_left_out_one_after_the_other() -> None:
    courtesy = answered()
    courtesy.hear(ROOT, 100.0)
    assert courtesy.leave_out(ROOT, WITHIN, 101.0)
    assert not courtesy.leave_out(ROOT, WITHIN, 102.0)
    courtesy.send(ROOT)
    courtesy.answered()
    assert courtesy.leave_out(ROOT, WITHIN, 103.0)


def test_a_flood_of_targets_costs_little() -> None:
    courtesy = answered()
    courtesy.hear(ROOT, 100.0)
    for number in range(TARGETS_REMEMBERED - 1):
        courtesy.hear(f"urn:{number}", 100.0)
    assert len(courtesy._others) == TARGETS_REMEMBERED
    courtesy.hear(ROOT, 100.0)  # it is the latest again
    courtesy.hear("urn:another", 100.0)
    assert len(courtesy._others) == TARGETS_REMEMBERED
    assert courtesy.leave_out(ROOT, WITHIN, 100.0)
