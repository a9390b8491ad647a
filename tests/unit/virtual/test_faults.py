from async_upnp_client.server import NopRequester
from async_upnp_client.virtual.faults import Faults, Nonsense
from async_upnp_client.virtual.rendering_control import RenderingControl


def test_nothing_is_wrong_at_first() -> None:
    assert Faults() == Faults({}, set(), 0.0, {}, set())


def test_nonsense_need_not_fit() -> None:
    volume = RenderingControl(NopRequester()).state_variable("Volume")
    nonsense = Nonsense(volume, "very loud")
    assert nonsense.name == "Volume"
    assert nonsense.upnp_value == nonsense.changed_text() == nonsense.initial_text() == "very loud"
