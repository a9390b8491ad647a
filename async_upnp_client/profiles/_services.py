"""The services of a profile's device by their aliases, and polls of them.

The lower half of ``profile``. It must not know events' subscriptions, nor what single services mean.
"""

import contextlib
import logging
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, ClassVar, TypeAlias

from async_upnp_client._headers import shown
from async_upnp_client.client.action import UpnpAction
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client.service import UpnpService
from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.exceptions import UpnpResponseError, UpnpValueError
from async_upnp_client.profiles._side_by_side import async_side_by_side
from async_upnp_client.profiles._versions import version

_LOGGER = logging.getLogger(__name__)

Poll: TypeAlias = tuple[str, str, Mapping[str, Any]]
"""Alias of a service, name of an action, in-arguments."""


@lru_cache(maxsize=128)  # of aliases of all profiles there are some 30
def newest_first(service_types: frozenset[str]) -> tuple[str, ...]:
    """Sort the versions of a type of service."""
    return tuple(sorted(service_types, key=version, reverse=True))


class ServicesByAlias:
    """A device whose services have short names, each for a service in several versions."""

    _SERVICE_TYPES: ClassVar[Mapping[str, Collection[str]]] = {}

    def __init__(self, profile_device: UpnpDevice) -> None:
        self.profile_device = profile_device
        self._newest_first: dict[str, tuple[str, ...]] = {}

    def _service(self, service_type_abbreviation: str) -> UpnpService | None:
        """Give the service of an alias, of several versions the newest; None if there is none.

        Those of the device itself come before those of devices in it.
        """
        device = self.profile_device
        types = self._newest_first.get(service_type_abbreviation)
        if types is None:
            types = newest_first(frozenset(self._SERVICE_TYPES.get(service_type_abbreviation, ())))
            self._newest_first[service_type_abbreviation] = types
        own = device.services
        for service_type in types:
            service = own.get(service_type)
            if service is not None:
                return service
        found = (device.find_service(service_type) for service_type in types)
        return next((service for service in found if service is not None), None)

    def _state_variable(
        self, service_type_abbreviation: str, state_variable_name: str
    ) -> UpnpStateVariable[Any] | None:
        """Give a state variable of the service of an alias; None if there is no such service or variable."""
        service = self._service(service_type_abbreviation)
        return None if service is None else service.state_variables.get(state_variable_name)

    def _action(self, service_type_abbreviation: str, action_name: str) -> UpnpAction | None:
        """Give an action of the service of an alias; None if there is no such service or action."""
        service = self._service(service_type_abbreviation)
        return None if service is None else service.actions.get(action_name)

    def _interesting_service(self, service: UpnpService) -> bool:
        """Tell whether the profile has to do with a service, and subscribes to it."""
        return any(service.service_type in types for types in self._SERVICE_TYPES.values())

    async def _async_poll_state_variables(
        self, service_name: str, action_names: str | Sequence[str], **in_args: Any
    ) -> None:
        """Call actions, and set the state variables that their answers tell; ``_on_event`` for the changed.

        What the service has not got is left out, and so is what the device refuses. Raises UpnpError for a
        missing argument, UpnpCommunicationError where the device cannot be reached.
        """
        names = [action_names] if isinstance(action_names, str) else action_names
        await self._async_poll_all([(service_name, name, in_args) for name in names])

    async def _async_poll_all(self, calls: Sequence[Poll]) -> None:
        """Poll actions of several services, side by side; as ``_async_poll_state_variables`` does."""
        found = [
            (alias, action, arguments)
            for alias, name, arguments in calls
            if (action := self._action(alias, name)) is not None
        ]
        answers = await async_side_by_side(
            [partial(self._async_poll, action, arguments) for _, action, arguments in found]
        )
        changed: dict[UpnpService, list[UpnpStateVariable[Any]]] = {}
        for (alias, action, _), answer in zip(found, answers, strict=True):
            if answer is None:
                continue
            self._on_answer(alias, action.name, answer)
            for argument in action.out_arguments():
                variable = argument.related_state_variable
                if argument.name not in answer or variable.value == answer[argument.name]:
                    continue
                with contextlib.suppress(UpnpValueError):
                    # as it is, also outside of what is declared: as events are taken
                    variable.receive(variable.coerce_upnp(answer[argument.name]))
                    changed.setdefault(action.service, []).append(variable)
        for service, variables in changed.items():
            self._tell(service, variables)

    async def _async_poll(self, action: UpnpAction, arguments: Mapping[str, Any]) -> Mapping[str, Any] | None:
        try:
            return await action.async_call(**arguments)
        except UpnpResponseError as err:
            _LOGGER.debug("%s refuses %s: %s", action.service, action.name, shown(err))
            return None

    def _on_answer(self, service_name: str, action_name: str, answer: Mapping[str, Any]) -> None:
        """Hear of each answer to a poll, before it is compared with what is known."""

    def _tell(self, service: UpnpService, state_variables: Sequence[UpnpStateVariable[Any]]) -> None:
        """Have an event heard; what a listener raises is logged, and ends no poll."""
        try:
            self._on_event(service, state_variables)
        except Exception:
            _LOGGER.exception("%s: on_event failed", self.profile_device.name)

    def _on_event(self, service: UpnpService, state_variables: Sequence[UpnpStateVariable[Any]]) -> None:
        """Hear of variables that have changed."""
