import pytest

from async_upnp_client._protocol.moderation import Moderation

pytestmark = pytest.mark.uda("E-041")


def test_what_is_not_moderated_is_due_at_once() -> None:
    moderation = Moderation()
    assert moderation.next_due is None
    moderation.change("A", None, 1.0)
    moderation.change("B", 0.0, 1.0)
    moderation.change("A", None, 1.0)
    assert moderation.next_due == 1.0
    assert moderation.take_due(1.0) == ["A", "B"]
    assert moderation.take_due(1.0) == []


def test_a_moderated_variable_waits_for_its_period() -> None:
    moderation = Moderation()
    moderation.change("A", 0.2, 1.0)
    assert moderation.take_due(1.0) == ["A"]
    moderation.change("A", 0.2, 1.1)
    moderation.change("A", 0.2, 1.15)
    moderation.change("B", None, 1.15)
    assert moderation.take_due(1.15) == ["B"]
    assert moderation.next_due == pytest.approx(1.2)
    assert moderation.take_due(1.21) == ["A"]
    assert moderation.next_due is None


def test_after_the_period_it_is_told_at_once() -> None:
    moderation = Moderation()
    moderation.change("A", 0.2, 1.0)
    moderation.take_due(1.0)
    moderation.change("A", 0.2, 5.0)
    assert moderation.take_due(5.0) == ["A"]
