"""UDA chapters 2.3, 3 and 4: a service of a device, as a control point sees it.

It has the actions to call and the state variables, takes the changes that an event brings, and tells its
listener. Must not know how events come in, nor how a description is fetched.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from async_upnp_client._addresses import absolute_url
from async_upnp_client._diagnostics import OUTSIDE, Code, path, place, service_step
from async_upnp_client._headers import shown
from async_upnp_client.client.action import UpnpAction
from async_upnp_client.client.diagnosed import Diagnosed
from async_upnp_client.client.requester import (
    UpnpRequester,
    default_on_post_call_action,
    default_on_pre_call_action,
)
from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.const import Diagnostic, HttpRequest, HttpResponse, ServiceInfo
from async_upnp_client.exceptions import UpnpError, UpnpValueDecodeError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from async_upnp_client.client.device import UpnpDevice

_LOGGER = logging.getLogger(__name__)


class UpnpService(Diagnosed):
    """A service of a device: its actions by name, its state variables by name (UDA 2.0 §2.3, §2.5)."""

    def __init__(
        self,
        requester: UpnpRequester,
        service_info: ServiceInfo,
        state_variables: Sequence[UpnpStateVariable[Any]],
        actions: Sequence[UpnpAction],
        on_pre_call_action: Callable[
            [UpnpAction, Mapping[str, Any], HttpRequest], HttpRequest
        ] = default_on_pre_call_action,
        on_post_call_action: Callable[[UpnpAction, HttpResponse], HttpResponse] = default_on_post_call_action,
        *,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        super().__init__(limits)
        self.requester = requester
        self.state_variables = {variable.name: variable for variable in state_variables}
        self.actions = {action.name: action for action in actions}
        self.on_pre_call_action = on_pre_call_action
        self.on_post_call_action = on_post_call_action
        self.on_event: EventCallbackType | None = None
        """Called with the service and the variables that an event brought, the invalid ones included."""
        self.document: object = None
        """What actions and variables were made of, kept to be shared with other services that are described
        alike; for ``client_factory``."""
        self._service_info = service_info
        self._device: UpnpDevice | None = None
        self._urls: dict[str, tuple[str, str]] = {}
        for variable in state_variables:
            variable.service = self
        for action in actions:
            action.service = self

    def __str__(self) -> str:
        udn = "unbound" if self._device is None else self._device.udn
        return f"<UpnpService({self.service_id}, {udn})>"

    __repr__ = __str__

    def reinit(self, new_service: UpnpService) -> None:
        """Take the declaration of another service; variables and actions of the same name stay the objects.

        The requester, the device, the hooks, ``on_event`` and the values of the variables stay. Where the
        other one declares nothing, since its description got lost on the way, what was known stays as well.
        """
        self._service_info = new_service.service_info
        self._diagnostics.take(new_service.own_diagnostics)
        self._urls.clear()
        if not (new_service.actions or new_service.state_variables):
            return
        self.document = new_service.document

        variables = dict(new_service.state_variables)
        for name, variable in variables.items():
            known = self.state_variables.get(name)
            if known is not None and known is not variable:
                known.reinit(variable)
                variables[name] = known
            variables[name].service = self
        self.state_variables.clear()
        self.state_variables.update(variables)

        actions = dict(new_service.actions)
        for name, action in actions.items():
            actions[name] = self.actions.get(name, action)
            actions[name].reinit(action, variables)
            actions[name].service = self
        self.actions.clear()
        self.actions.update(actions)

    @property
    def all_diagnostics(self) -> list[Diagnostic]:
        """What is wrong with the service, then with each of its actions."""
        return [
            *self.diagnostics,
            *(found for action in self.actions.values() for found in action.diagnostics),
        ]

    @property
    def where(self) -> str:
        """Where a diagnostic about the service is: UDN of the device and serviceId."""
        return path("" if self._device is None else self._device.where, service_step(self._service_info))

    @property
    def service_info(self) -> ServiceInfo:
        """The declaration, as read from the device description."""
        return self._service_info

    @property
    def device(self) -> UpnpDevice:
        """The device that has the service. Raises UpnpError while there is none."""
        if self._device is None:
            msg = "UpnpService not bound to UpnpDevice"
            raise UpnpError(msg)
        return self._device

    @device.setter
    def device(self, device: UpnpDevice) -> None:
        self._device = device

    @property
    def service_type(self) -> str:
        """The type of the service, with its version."""
        return self._service_info.service_type

    @property
    def service_id(self) -> str:
        """The identifier of the service, unique within its device."""
        return self._service_info.service_id

    @property
    def scpd_url(self) -> str:
        """The absolute URL of the service description, "" if the device declares none."""
        return self._absolute(self._service_info.scpd_url)

    @property
    def control_url(self) -> str:
        """The absolute URL that actions are sent to, "" if the device declares none."""
        return self._absolute(self._service_info.control_url)

    @property
    def event_sub_url(self) -> str:
        """The absolute URL that subscriptions are sent to, "" for a service without events (UDA 2.0 §2.3)."""
        return self._absolute(self._service_info.event_sub_url)

    def _absolute(self, url: str) -> str:
        """Resolve a URL against that of the device, once for each place the device is at."""
        device_url = self.device.device_url
        known = self._urls.get(url)
        if known is not None and known[0] == device_url:
            return known[1]
        # An empty URL is none; resolved, it would be that of the device description (S-027).
        resolved = absolute_url(device_url, url.strip()) if url.strip() else ""
        self._urls[url] = (device_url, resolved)
        return resolved

    @property
    def xml(self) -> ET.Element:
        """The element of the device description that declares the service."""
        return self._service_info.xml

    def has_state_variable(self, name: str) -> bool:
        """Tell whether the service has a state variable of that name."""
        return self._find_state_variable(name) is not None

    def state_variable(self, name: str) -> UpnpStateVariable[Any]:
        """Give the state variable of that name, or of ``{namespace}name``; KeyError if there is none."""
        variable = self._find_state_variable(name)
        if variable is None:
            raise KeyError(name.rpartition("}")[2])
        return variable

    def _find_state_variable(self, name: str) -> UpnpStateVariable[Any] | None:
        variable = self.state_variables.get(name)
        if variable is None and "}" in name:
            # Some devices qualify the names in events, though UDA 2.0 §4.3 has them without namespace.
            variable = self.state_variables.get(name.rpartition("}")[2])
        return variable

    def has_action(self, name: str) -> bool:
        """Tell whether the service has an action of that name."""
        return name in self.actions

    def action(self, name: str) -> UpnpAction:
        """Give the action of that name. Raises KeyError if there is none."""
        return self.actions[name]

    async def async_call_action(self, action: UpnpAction | str, **kwargs: Any) -> Mapping[str, Any]:
        """Call an action, itself or by name (KeyError for none such), as ``UpnpAction.async_call`` does."""
        if isinstance(action, str):
            action = self.action(action)
        return await action.async_call(**kwargs)

    def notify_changed_state_variables(self, changes: Mapping[str, str]) -> None:
        """Take the changes that an event brings, name to text, and tell ``on_event`` (UDA 2.0 §4.3).

        Names that the service does not declare are ignored. A text that the data type of a variable cannot
        hold marks that variable invalid, and is told as a change. ``on_event`` is called once, and not where
        nothing concerned this service; what it raises is logged. Nothing is raised here: the device would
        take an error as its answer, and end the subscription.
        """
        changed = []
        now = time.time()
        for name, text in changes.items():
            variable = self.state_variables.get(name) or self._find_state_variable(name)
            if variable is None:
                # gmediarender events a LastChange, Xiaomi `mi:` variables, without declaring them
                message = f"an event has {shown(name)}, which is not declared, as {shown(text)}"
                self.note(Code.EVENT_VARIABLE_UNDECLARED, place("variable", name), message)
                continue
            try:
                code = variable.receive(text, now)
                if code is not None:
                    message = f"an event has {shown(name)} as {shown(text)}, {OUTSIDE[code]}"
                    self.note(code, place("variable", name), message)
            except UpnpValueDecodeError:
                message = f"an event has {shown(name)} as {shown(text)}, which is no {variable.data_type}"
                self.note(Code.VALUE_UNREADABLE, place("variable", name), message)
            except Exception:
                _LOGGER.exception("%s: cannot take %s: %s", self, name, shown(text))
                continue
            changed.append(variable)

        if changed and self.on_event is not None:
            try:
                self.on_event(self, changed)
            except Exception:
                _LOGGER.exception("%s: on_event failed", self)


EventCallbackType = Callable[[UpnpService, Sequence[UpnpStateVariable[Any]]], None]
