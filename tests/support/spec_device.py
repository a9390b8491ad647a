"""Devices on our own server that a test writes as the standards do: by tables of actions.

A table has a line for each action, `Insert | AfterId ui4, Uri string | NewId ui4`, and evented variables are
`TransportState string, Id ui4`. What nobody says otherwise is done from the names: an action named like a
variable tells it, `SetX` sets it. Faults are switched on by a test.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, ClassVar, cast
from xml.etree import ElementTree as ET

from async_upnp_client.const import STATE_VARIABLE_TYPE_MAPPING, ServiceInfo, StateVariableTypeInfo
from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.server import (
    UpnpServerDevice,
    UpnpServerService,
    callable_action,
    create_device_info,
    create_event_var,
    create_state_var,
)

Handler = Callable[..., Mapping[str, Any] | None]


def pairs(text: str) -> list[tuple[str, str]]:
    """Read `Name type, Name type`."""
    return [(words[0], words[1]) for part in text.split(",") if (words := part.split())]


class Model:
    """What a device is and does: its values, its handlers by `Service.Action`, its faults, its calls."""

    def __init__(self) -> None:
        """Begin without faults."""
        self.refuse: dict[str, int] = {}
        """Actions that are refused, with the error code of each."""
        self.lose_answer: set[str] = set()
        """Actions that are carried out and never answered."""
        self.hold: dict[str, asyncio.Event] = {}
        """Actions that are carried out and not answered until then."""
        self.calls: list[str] = []
        self.device: UpnpServerDevice | None = None

    def handler(self, name: str) -> Handler | None:
        """Return what carries out `Service.Action`: a method `service_action`, if there is one."""
        found: Handler | None = getattr(self, name.replace(".", "_").lower(), None)
        return found

    def service(self, alias: str) -> UpnpServerService:
        """Return a service by its name."""
        assert self.device is not None, "it is published"
        services = self.device.all_server_services
        return next(one for one in services if f":{alias}:" in one.service_type)

    def get(self, alias: str, variable: str) -> Any:
        """Return the value of a variable."""
        return self.service(alias).state_variable(variable).value

    def set(self, alias: str, **values: Any) -> None:
        """Set variables of a service, and event those that are evented."""
        for name, value in values.items():
            self.service(alias).state_variable(name).value = value


class SpecDevice(UpnpServerDevice):
    """A device of a model."""

    model: ClassVar[Model]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Let the model know."""
        super().__init__(*args, **kwargs)
        self.model.device = self


def make_device(
    device_type: str, model: Model, services: Iterable[type[UpnpServerService]], **members: Any
) -> type[SpecDevice]:
    """Make the class of a device."""
    definition = create_device_info(device_type, "A device of a test")
    body = {"DEVICE_DEFINITION": definition, "SERVICES": tuple(services), "model": model, **members}
    return cast("type[SpecDevice]", type("Device", (SpecDevice,), body))


def make_service(
    service_type: str, service_id: str, table: str, evented: str, **defaults: str
) -> type[UpnpServerService]:
    """Make the class of a service."""
    alias = service_type.split(":")[3]
    variables: dict[str, StateVariableTypeInfo] = {
        name: create_event_var(kind, default=defaults.get(name, "0" if kind != "string" else ""))
        for name, kind in pairs(evented)
    }
    methods: dict[str, Any] = {}
    for line in table.strip().splitlines():
        name, inputs, outputs = (part.strip() for part in line.split("|"))
        related: list[dict[str, str]] = []
        for arguments in (pairs(inputs), pairs(outputs)):
            related.append({})
            for argument, kind in arguments:
                known = argument if argument in variables else related_by_name(name, argument, variables)
                variable = known or f"A_ARG_TYPE_{name}_{argument}"
                variables.setdefault(variable, create_state_var(kind))
                related[-1][argument] = variable
        methods[f"action_{name}"] = make_action(alias, name, related[0], related[1], variables)
    body = {
        "SERVICE_DEFINITION": ServiceInfo(
            service_id=service_id,
            service_type=service_type,
            control_url=f"/{alias}/control",
            event_sub_url=f"/{alias}/events",
            scpd_url=f"/{alias}/scpd.xml",
            xml=ET.Element("server_service"),
        ),
        "STATE_VARIABLE_DEFINITIONS": variables,
        **methods,
    }
    return cast("type[UpnpServerService]", type(alias, (UpnpServerService,), body))


def related_by_name(action: str, argument: str, variables: Mapping[str, Any]) -> str | None:
    """Return the variable that `Value` of an action is about: that of its name, without `Set`."""
    name = action.removeprefix("Set")
    return name if argument in ("Value", name) and name in variables else None


def make_action(
    alias: str,
    name: str,
    inputs: dict[str, str],
    outputs: dict[str, str],
    variables: Mapping[str, StateVariableTypeInfo],
) -> Callable[..., Awaitable[Any]]:
    """Make the method of an action."""

    async def act(self: UpnpServerService, **arguments: Any) -> Mapping[str, Any] | None:
        model = cast("SpecDevice", self.device.root_device).model
        whole = f"{alias}.{name}"
        model.calls.append(whole)
        if whole in model.refuse:
            raise UpnpActionError(error_code=model.refuse[whole], error_desc="Refused")
        handler = model.handler(whole)
        if handler is not None:
            result = handler(**arguments)
        else:
            for argument, value in arguments.items():
                self.state_variable(inputs[argument]).value = value
            result = {argument: self.state_variable(variable) for argument, variable in outputs.items()}
        if whole in model.hold:
            await model.hold[whole].wait()
        if whole in model.lose_answer:
            await asyncio.Event().wait()
        return result

    act.__annotations__ = {
        argument: STATE_VARIABLE_TYPE_MAPPING[variables[variable].data_type]["type"]
        for argument, variable in inputs.items()
    }
    return callable_action(name, inputs, outputs)(act)
