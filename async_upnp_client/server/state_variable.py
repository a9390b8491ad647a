"""UDA chapter 4, device side: an evented state variable, whose changes are told to subscribers.

An author sets ``value``; the service that has the variable sees to the event (``server.eventing``). It must
not know who subscribed, nor how events are sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar, cast

from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.const import EventableStateVariableTypeInfo, StateVariableInfo

T = TypeVar("T")


class Told(Protocol):
    """Who tells the subscribers of a service what changes: `eventing.Publisher`."""

    def note_change(self, variable: UpnpEventableStateVariable[Any]) -> None:
        """Take a change, to tell it as soon as it may be told."""

    async def async_tell(self, variables: Sequence[UpnpEventableStateVariable[Any]]) -> None:
        """Tell these now."""


class Publishing(Protocol):
    """What a variable has to know of its service: who is told of changes."""

    @property
    def publisher(self) -> Told:
        """Who tells the subscribers."""


class UpnpEventableStateVariable(UpnpStateVariable[T]):
    """A state variable of ours that is evented (UDA 2.0 §4.3): setting its value sends the event."""

    def __init__(self, state_variable_info: StateVariableInfo, schema: Callable[[Any], Any]) -> None:
        super().__init__(state_variable_info, schema)
        self._event_triggered = asyncio.Event()

    @property
    def event_triggered(self) -> asyncio.Event:
        """Set when a change has been told to the subscribers for the first time; never cleared by us."""
        return self._event_triggered

    @property
    def max_rate(self) -> float:
        """The least number of seconds between two events, 0.0 for no such limit (UDA 2.0 §4.3.2)."""
        type_info = self.info.type_info
        return (isinstance(type_info, EventableStateVariableTypeInfo) and type_info.max_rate) or 0.0

    @property
    def value(self) -> T | None:
        """The value, None before the first.

        Setting one that differs sends an event once the running step of the loop is done, so that changes
        made together are told together; not sooner than ``max_rate`` allows, and then the last one. Raises
        UpnpValueError for what the variable may not hold, and keeps the old value.
        """
        return UpnpStateVariable.value.fget(self)  # type: ignore[attr-defined, no-any-return]  # a property

    @value.setter
    def value(self, value: T) -> None:
        if value == self._value and type(value) is type(self._value):
            return
        self.validate_value(value)
        self._store(value)
        self._note_change()

    def _note_change(self) -> None:
        if self._service is not None:
            cast("Publishing", self._service).publisher.note_change(self)

    def set_initial(self, value: T) -> None:
        """Set a value that is there from the start, and no change. UpnpValueError as for ``value``."""
        self.validate_value(value)
        self._store(value)

    def initial_text(self) -> str:
        """Give the text of the initial event: all that there is to know (UDA 2.0 §4.3)."""
        return self.upnp_value

    def changed_text(self) -> str:
        """Give the text of an event that tells a change; asked for once per event."""
        return self.upnp_value

    async def trigger_event(self) -> None:
        """Tell the subscribers now, whether or not the value has changed, and wait until all are told."""
        await cast("Publishing", self.service).publisher.async_tell([self])
