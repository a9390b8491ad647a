"""What the services of virtual devices share: calls are noted, and faults come first.

``av_service``, ``connection_manager`` and ``content_directory`` derive from it, ``device`` hands the faults
over.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, NamedTuple

from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.server import (
    Publisher,
    UpnpEventableStateVariable,
    UpnpServerAction,
    UpnpServerService,
    current_caller,
)
from async_upnp_client.virtual.faults import Faults, Nonsense

MOST_CALLS: Final = 1000


class Call(NamedTuple):
    """One call that came: the action, its arguments, and the address of who called."""

    action: str
    arguments: dict[str, Any]
    caller: str | None


class FaultyPublisher(Publisher):
    """Tells the subscribers what changes, unless that is to be lost."""

    def __init__(self, service: VirtualService) -> None:
        super().__init__(service)
        self._of = service

    def note_change(self, variable: UpnpEventableStateVariable[Any]) -> None:
        """Take a change, or lose it."""
        if self._of.name not in self._of.faults.lose_events:
            super().note_change(variable)


class VirtualService(UpnpServerService):
    """A service of a virtual device."""

    def __init__(self, requester: UpnpRequester) -> None:
        self.faults = Faults()
        self.calls: deque[Call] = deque(maxlen=MOST_CALLS)
        super().__init__(requester)
        self.publisher = FaultyPublisher(self)
        for name, action in self.actions.items():
            if isinstance(action, UpnpServerAction) and action.handler is not None:
                action.handler = partial(self._async_act, name, action.handler)

    @property
    def name(self) -> str:
        """The name in the type of the service."""
        return self.service_type.split(":")[3]

    async def _async_act(self, name: str, handler: Callable[..., Awaitable[Any]], **arguments: Any) -> Any:
        """Carry out an action, as far as the faults let it."""
        faults = self.faults
        self.calls.append(Call(name, arguments, current_caller()))
        if faults.seconds:
            await asyncio.sleep(faults.seconds)
        if name in faults.refuse:
            raise UpnpActionError(error_code=faults.refuse[name], error_desc="A fault of a test")
        result = await self.async_act(name, handler, arguments)
        if name in faults.lose_answer:
            await asyncio.Event().wait()
        for argument, text in faults.answer.get(name, {}).items():
            variable = self.actions[name].argument(argument, "out")
            if variable is not None:
                result[argument] = Nonsense(variable.related_state_variable, text)
        return result

    async def async_act(
        self, name: str, handler: Callable[..., Awaitable[Any]], arguments: dict[str, Any]
    ) -> Any:
        """Carry out an action. To be extended by services whose actions have something in common."""
        return await handler(**arguments)

    async def async_send(self, **texts: str) -> None:
        """Send an event with these texts of evented variables, whatever they say; return when it is sent."""
        await self.publisher.async_tell(
            [Nonsense(self.state_variable(name), text) for name, text in texts.items()]
        )
