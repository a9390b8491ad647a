"""AVTransport: play, pause, seek and the like (AVTransport:1 §2.4).

A mixin of ``DmrDevice``. ``transport_state`` has what the transport does, ``transport_actions`` knows what
can be called.
"""

import logging
from collections.abc import Collection
from collections.abc import Set as AbstractSet
from datetime import timedelta
from typing import Any, Final

from async_upnp_client._datatypes import time_to_str
from async_upnp_client._headers import shown
from async_upnp_client.client.action import UpnpAction
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.exceptions import UpnpActionError, UpnpError
from async_upnp_client.profiles.dlna.rendering_control import INSTANCE
from async_upnp_client.profiles.dlna.transport_actions import NOT_NOW, TransportActions, actions_in
from async_upnp_client.profiles.dlna.transport_state import STATE, TransportStateMixin
from async_upnp_client.profiles.dlna.types import ActionPolicy, Capability, PlayMode, TransportState

_LOGGER = logging.getLogger(__name__)

STOPPED: Final = frozenset({TransportState.STOPPED, TransportState.NO_MEDIA_PRESENT})
PAUSED: Final = frozenset({TransportState.PAUSED_PLAYBACK, TransportState.PAUSED_RECORDING})
BEGUN: Final = frozenset({TransportState.PLAYING, TransportState.TRANSITIONING})


class AVTransportMixin(TransportStateMixin):
    """What a renderer is told to do."""

    transport_action_timeout: float | None = 30.0
    """Seconds that an action which moves the transport may take (UDA 2.0 §3.2); None as with others."""

    def __init__(self, device: UpnpDevice, event_handler: UpnpEventHandler | None) -> None:
        super().__init__(device, event_handler)
        self._transport_actions = TransportActions()
        self._seek_units: tuple[object, set[str]] | None = None  # of the arguments of an action

    def _on_transport_event(self, names: AbstractSet[str]) -> None:
        super()._on_transport_event(names)
        if "TransportState" in names or "CurrentTransportActions" in names:
            self._transport_actions.state_changed()

    def _on_track_changed(self) -> None:
        self._transport_actions.state_changed()

    # --- What can be called ---

    @property
    def _current_transport_actions(self) -> set[str]:
        """What the device says can be called, in lower case; nothing where it does not say."""
        return set(self._declared)

    @property
    def _declared(self) -> frozenset[str]:
        return actions_in(self._text("CurrentTransportActions") or "")

    @property
    def _has_current_transport_actions(self) -> bool:
        return bool(self._declared)

    def _can_transport_action(self, action: str) -> bool:
        return self._transport_actions.allows(action, self._declared)

    @property
    def action_policy(self) -> ActionPolicy:
        """Whom to believe about the actions of the transport: the device, experience, or nobody."""
        return self._transport_actions.policy

    @action_policy.setter
    def action_policy(self, policy: ActionPolicy) -> None:
        self._transport_actions.policy = policy

    def set_action_policy(self, action_name: str, policy: ActionPolicy | None) -> None:
        """Say whom to believe about one action, such as ``Next``; None for ``action_policy``."""
        self._transport_actions.set_policy(action_name, policy)

    def capability(self, action_name: str) -> Capability:
        """Give what is known of an action of the transport, such as ``Next``."""
        if self._action("AVT", action_name) is None:
            return Capability.MISSING
        return self._transport_actions.capability(action_name, self._declared)

    def _has_action(self, name: str) -> bool:
        return self._action("AVT", name) is not None

    def _can(self, name: str) -> bool:
        return self._has_action(name) and self._can_transport_action(name)

    @property
    def has_pause(self) -> bool:
        """Whether it has Pause."""
        return self._has_action("Pause")

    @property
    def can_pause(self) -> bool:
        """Whether it can be paused now."""
        return self._can("Pause")

    @property
    def has_play(self) -> bool:
        """Whether it has Play."""
        return self._has_action("Play")

    @property
    def can_play(self) -> bool:
        """Whether it can play now."""
        return self._can("Play")

    @property
    def has_stop(self) -> bool:
        """Whether it has Stop."""
        return self._has_action("Stop")

    @property
    def can_stop(self) -> bool:
        """Whether it can be stopped now: there is something, and it may be."""
        return self._can("Stop") and self.transport_state is not TransportState.NO_MEDIA_PRESENT

    @property
    def has_next(self) -> bool:
        """Whether it has Next."""
        return self._has_action("Next")

    @property
    def can_next(self) -> bool:
        """Whether it can go to the next track now."""
        return self._can("Next")

    @property
    def has_previous(self) -> bool:
        """Whether it has Previous."""
        return self._has_action("Previous")

    @property
    def can_previous(self) -> bool:
        """Whether it can go to the track before now."""
        return self._can("Previous")

    # --- The actions ---

    def _transport_action(self, name: str) -> UpnpAction:
        action = self._action("AVT", name)
        if action is None:
            raise UpnpError(f"{self.name} has no action AVT/{name}")
        return action

    async def _async_transport(
        self, name: str, done: Collection[TransportState] = (), **arguments: Any
    ) -> None:
        """Call an action that moves the transport; refused with 701 where its states are there, it is done.

        Errors as of the action, UpnpError where there is none.
        """
        action = self._transport_action(name)
        try:
            await action.async_call(
                request_timeout=self.transport_action_timeout, InstanceID=INSTANCE, **arguments
            )
        except UpnpActionError as err:
            self._transport_actions.refused(name, err.error_code)
            if err.error_code in NOT_NOW and done and await self._async_is_in(done):
                _LOGGER.debug("%s: %s was not needed: %s", self.name, name, shown(err))
                return
            raise
        self._transport_actions.carried_out(name)

    async def _async_is_in(self, states: Collection[TransportState]) -> bool:
        await self._async_poll_all([STATE])
        return self.transport_state in states

    def _allows(self, name: str) -> bool:
        if self._transport_actions.is_worth_a_try(name, self._declared):
            return True
        _LOGGER.debug("%s: %s cannot be called now", self.name, name)
        return False

    async def async_pause(self) -> None:
        """Pause; nothing is done where that cannot be (``action_policy``), or it is paused.

        UpnpError where it has no such action; otherwise as of the action. So are those that follow.
        """
        if self._allows("Pause"):
            await self._async_transport("Pause", PAUSED)

    async def async_play(self) -> None:
        """Play, at normal speed; as ``async_pause`` does."""
        if self._allows("Play"):
            await self._async_transport("Play", BEGUN, Speed="1")

    async def async_stop(self) -> None:
        """Stop; as ``async_pause`` does."""
        if self._allows("Stop"):
            await self._async_transport("Stop", STOPPED)

    async def async_next(self) -> None:
        """Go to the next track; as ``async_pause`` does."""
        if self._allows("Next"):
            await self._async_transport("Next")

    async def async_previous(self) -> None:
        """Go to the track before; as ``async_pause`` does."""
        if self._allows("Previous"):
            await self._async_transport("Previous")

    # --- Seek ---

    def _has_seek(self, unit: str) -> bool:
        action = self._action("AVT", "Seek")
        if action is None:
            return False
        arguments = action.arguments
        if self._seek_units is None or self._seek_units[0] is not arguments:  # described anew
            argument = action.argument("Unit", "in")
            units = set() if argument is None else argument.related_state_variable.normalized_allowed_values
            self._seek_units = (arguments, units)
        return unit.lower() in self._seek_units[1]

    @property
    def has_seek_abs_time(self) -> bool:
        """Whether it can seek to a time of the whole media."""
        return self._has_seek("ABS_TIME")

    @property
    def can_seek_abs_time(self) -> bool:
        """Whether it can do so now."""
        return self.has_seek_abs_time and self._can_transport_action("Seek")

    @property
    def has_seek_rel_time(self) -> bool:
        """Whether it can seek to a time of the track."""
        return self._has_seek("REL_TIME")

    @property
    def can_seek_rel_time(self) -> bool:
        """Whether it can do so now."""
        return self.has_seek_rel_time and self._can_transport_action("Seek")

    async def async_seek_abs_time(self, time: timedelta) -> None:
        """Seek to a time of the whole media; as ``async_pause`` does."""
        await self._async_seek("ABS_TIME", time_to_str(time))

    async def async_seek_rel_time(self, time: timedelta) -> None:
        """Seek to a time of the track; as ``async_pause`` does."""
        await self._async_seek("REL_TIME", time_to_str(time), lands_at=time.total_seconds())

    async def async_seek_track(self, number: int) -> None:
        """Go to a track, of which the first is 1 (TRACK_NR, which all renderers have); as ``async_pause``."""
        await self._async_seek("TRACK_NR", str(number))

    async def _async_seek(self, unit: str, target: str, lands_at: float | None = None) -> None:
        if not self._allows("Seek"):
            return
        await self._async_transport("Seek", Unit=unit, Target=target)
        if lands_at is not None:
            self._clock.told(lands_at, self.clock())

    # --- Play modes ---

    @property
    def has_play_mode(self) -> bool:
        """Whether the play mode is known and can be set."""
        return self._state_variable("AVT", "CurrentPlayMode") is not None and self._has_action("SetPlayMode")

    @property
    def valid_play_modes(self) -> set[PlayMode]:
        """The play modes that the device lists, but for a vendor's own."""
        variable = self._state_variable("AVT", "CurrentPlayMode")
        texts = set() if variable is None else variable.normalized_allowed_values
        modes = {PlayMode.__members__.get(text.upper()) for text in texts}
        return {mode for mode in modes if mode is not None}

    @property
    def play_mode(self) -> PlayMode | None:
        """In which order it plays; None where the device has no such variable."""
        if self._state_variable("AVT", "CurrentPlayMode") is None:
            return None
        try:
            return PlayMode((self._text("CurrentPlayMode") or "").strip().upper())
        except ValueError:
            return PlayMode.VENDOR_DEFINED

    async def async_set_play_mode(self, mode: PlayMode) -> None:
        """Set the order. UpnpError where it has no such action; otherwise as of the action."""
        await self._transport_action("SetPlayMode").async_call(InstanceID=INSTANCE, NewPlayMode=mode.name)
