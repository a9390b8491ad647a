"""Which actions of a transport can be relied on: what the device lists, and what it has refused.

Devices list actions that they refuse, and refuse to list ones that they carry out (AnyCast, WiiM, Arylic):
the list is advice (row A-009), experience counts more. A state holder for ``av_transport``; pure.
"""

from collections.abc import Collection
from functools import lru_cache
from typing import Final

from async_upnp_client.profiles.dlna.comma_lists import split_commas
from async_upnp_client.profiles.dlna.types import ActionPolicy, Capability

NEVER: Final = frozenset({401, 602})
"""Invalid Action, Optional Action Not Implemented: the device has not got it, whatever it says."""
NOT_NOW: Final = frozenset({701})
"""Transition not available: it may be in another state (AVTransport:1 §2.4)."""


MOST_TEXT: Final = 4096
"""Characters read of a list of actions: there are some twenty in the standard."""


@lru_cache(maxsize=64)  # a renderer has a list for each of its few states
def actions_in(text: str) -> frozenset[str]:
    """Return the actions of a list that a device tells, in lower case."""
    return frozenset(action.lower() for action in split_commas(text[:MOST_TEXT]))


class TransportActions:
    """What is known of the actions of one transport; names in any case."""

    def __init__(self) -> None:
        self.policy = ActionPolicy.TRUST
        """Whom to believe, where nothing else is said for an action."""
        self._policies: dict[str, ActionPolicy] = {}
        self._never: set[str] = set()
        self._not_now: set[str] = set()

    def set_policy(self, name: str, policy: ActionPolicy | None) -> None:
        """Say whom to believe about one action; None for what is said for all."""
        if policy is None:
            self._policies.pop(name.lower(), None)
        else:
            self._policies[name.lower()] = policy

    def capability(self, name: str, declared: Collection[str]) -> Capability:
        """Return what is known of an action that the device has, of those that it lists, in lower case."""
        name = name.lower()
        if name in self._never or name in self._not_now:
            return Capability.REFUSED
        if not declared:
            return Capability.UNKNOWN
        return Capability.DECLARED if name in declared else Capability.UNDECLARED

    def allows(self, name: str, declared: Collection[str]) -> bool:
        """Tell whether an action is likely to be carried out."""
        name = name.lower()
        policy = self._policies.get(name, self.policy)
        if policy is ActionPolicy.FORCE:
            return True
        if name in self._never:
            return False
        if policy is ActionPolicy.TRY:
            return name not in self._not_now
        # that it was refused a moment ago is no reason: who asks again may know better
        return not declared or name in declared

    def is_worth_a_try(self, name: str, declared: Collection[str]) -> bool:
        """Tell whether to send an action that somebody asks for; one that was refused may be by now."""
        name = name.lower()
        if self._policies.get(name, self.policy) is ActionPolicy.TRUST:
            return not declared or name in declared
        return self.allows(name, declared)

    def refused(self, name: str, code: int | None) -> None:
        """Take it that the device refused an action with an error."""
        if code in NEVER:
            self._never.add(name.lower())
        elif code in NOT_NOW:
            self._not_now.add(name.lower())

    def carried_out(self, name: str) -> None:
        """Take it that the device carried out an action."""
        self._never.discard(name.lower())
        self._not_now.discard(name.lower())

    def state_changed(self) -> None:
        """Take it that the state, or the media, is another: what was refused for now may be tried again."""
        self._not_now.clear()

    def described_anew(self) -> None:
        """Take it that the device has restarted, perhaps with other software."""
        self._never.clear()
        self._not_now.clear()
