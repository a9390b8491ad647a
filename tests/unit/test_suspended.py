"""How long this machine has slept."""

from async_upnp_client._suspended import seconds_suspended


def test_it_is_a_time_that_does_not_go_back():
    before = seconds_suspended()
    assert before >= 0
    assert seconds_suspended() >= before - 0.001  # two clocks are read one after the other
