import pytest

from async_upnp_client.exceptions import UpnpValueError
from async_upnp_client.server.device import NopRequester
from async_upnp_client.server.state_variable import UpnpEventableStateVariable
from tests.support.light import Dimming


def level() -> UpnpEventableStateVariable[int]:
    variable = Dimming(NopRequester()).state_variable("LoadLevelStatus")
    assert isinstance(variable, UpnpEventableStateVariable)
    return variable


def test_without_a_loop_a_value_is_kept() -> None:
    variable = level()
    assert variable.value == 0
    variable.value = 7
    assert (variable.value, variable.upnp_value, variable.initial_text()) == (7, "7", "7")
    assert not variable.event_triggered.is_set()


def test_what_it_may_not_hold_is_refused() -> None:
    variable = level()
    for value in (101, "7", -1):
        with pytest.raises(UpnpValueError):
            variable.value = value  # type: ignore[assignment]  # what is refused
    with pytest.raises(UpnpValueError):
        variable.set_initial(101)
    assert variable.value == 0
    assert variable.max_rate == 0.0


async def test_it_can_be_told_without_a_change() -> None:
    variable = level()
    await variable.trigger_event()
    assert variable.event_triggered.is_set()
