import pytest

from async_upnp_client.profiles.dlna import ActionPolicy, Capability
from async_upnp_client.profiles.dlna.transport_actions import TransportActions, actions_in

LISTED = {"play", "stop"}


@pytest.mark.parametrize(
    ("policy", "listed", "unlisted", "unknown"),
    [
        (ActionPolicy.TRUST, True, False, True),
        (ActionPolicy.TRY, True, True, True),
        (ActionPolicy.FORCE, True, True, True),
    ],
)
def test_what_is_sent(policy: ActionPolicy, listed: bool, unlisted: bool, unknown: bool) -> None:
    actions = TransportActions()
    actions.policy = policy
    assert actions.allows("Play", LISTED) is listed
    assert actions.allows("Next", LISTED) is unlisted
    assert actions.allows("Next", set()) is unknown


@pytest.mark.parametrize(
    ("policy", "code", "allows"),
    [
        (ActionPolicy.TRUST, 401, False),
        (ActionPolicy.TRUST, 701, True),
        (ActionPolicy.TRUST, 714, True),
        (ActionPolicy.TRY, 602, False),
        (ActionPolicy.TRY, 701, False),
        (ActionPolicy.TRY, None, True),
        (ActionPolicy.FORCE, 401, True),
        (ActionPolicy.FORCE, 701, True),
    ],
)
def test_what_was_refused(policy: ActionPolicy, code: int | None, allows: bool) -> None:
    actions = TransportActions()
    actions.policy = policy
    actions.refused("Play", code)
    assert actions.allows("play", LISTED) is allows


def test_lists_of_devices() -> None:
    assert actions_in(" Play, STOP,,X_Odd") == {"play", "stop", "x_odd"}
    assert actions_in("") == frozenset()


def test_what_is_known() -> None:
    actions = TransportActions()
    assert actions.capability("Play", LISTED) is Capability.DECLARED
    assert actions.capability("Next", LISTED) is Capability.UNDECLARED
    assert actions.capability("Next", set()) is Capability.UNKNOWN
    actions.refused("Play", 701)
    assert actions.capability("Play", LISTED) is Capability.REFUSED


def test_another_state_another_try() -> None:
    actions = TransportActions()
    actions.refused("Play", 701)
    actions.refused("Next", 401)
    actions.state_changed()
    assert actions.capability("Play", LISTED) is Capability.DECLARED
    assert actions.capability("Next", LISTED) is Capability.REFUSED
    actions.described_anew()
    assert actions.capability("Next", LISTED) is Capability.UNDECLARED


def test_what_was_carried_out_is_not_refused() -> None:
    actions = TransportActions()
    actions.refused("Next", 401)
    actions.carried_out("Next")
    assert actions.capability("Next", set()) is Capability.UNKNOWN


def test_one_action_may_have_a_policy_of_its_own() -> None:
    actions = TransportActions()
    actions.set_policy("Next", ActionPolicy.FORCE)
    assert actions.allows("next", LISTED)
    assert not actions.allows("Previous", LISTED)
    actions.set_policy("Next", None)
    assert not actions.allows("Next", LISTED)
