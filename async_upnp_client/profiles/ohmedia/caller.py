"""How the OpenHome profile finds its services and calls them; every mixin stands on it (row O-001).

It must not know what single actions mean.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar, Final

from async_upnp_client.client.service import UpnpService
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.profiles._services import Poll
from async_upnp_client.profiles.ohmedia.names import Service, ServiceId
from async_upnp_client.profiles.profile import UpnpProfileDevice

DOMAIN: Final = "urn:av-openhome-org:service:"
LINN_DOMAIN: Final = "urn:linn-co-uk:service:"


def types(service: str, *versions: int, domain: str = DOMAIN) -> set[str]:
    """Return the types of a service in some versions."""
    return {f"{domain}{service}:{version}" for version in versions}


class OpenHomeCaller(UpnpProfileDevice):
    """The services of a player by their aliases, and calls to them."""

    DEVICE_TYPES: ClassVar[list[str]] = [
        "urn:av-openhome-org:device:Source:1",
        "urn:linn-co-uk:device:Source:1",
    ]
    SERVICE_IDS: ClassVar[Collection[str]] = frozenset({str(ServiceId.PRODUCT)})
    _SERVICE_TYPES: ClassVar[dict[str, set[str]]] = {
        "Credentials": types("Credentials", 1),
        "Info": types("Info", 1),
        "Pins": types("Pins", 1),
        "Playlist": types("Playlist", 1),
        "Product": types("Product", 1, 2, 3, 4),
        "Radio": types("Radio", 1, 2),
        "Receiver": types("Receiver", 1),
        "Sender": types("Sender", 1, 2),
        "Time": types("Time", 1),
        "Transport": types("Transport", 1),
        "Volume": types("Volume", 1, 2, 3, 4),
        "Update": types("Update", 4, domain=LINN_DOMAIN),
    }

    def _service(self, service_type_abbreviation: str) -> UpnpService | None:
        """Give the service of an alias; one of a version not known here does what the older ones do."""
        known = super()._service(service_type_abbreviation)
        if known is not None or service_type_abbreviation not in self._SERVICE_TYPES:
            return known
        services = self.profile_device.all_services
        return next((one for one in services if alias_of(one) == service_type_abbreviation), None)

    def _interesting_service(self, service: UpnpService) -> bool:
        return alias_of(service) in self._SERVICE_TYPES

    async def _async_call_action(self, service: str, action: str, **arguments: Any) -> Mapping[str, Any]:
        """Call an action, and return its out-arguments as the player says them.

        UpnpError where the player has not got the service or the action; otherwise as of the action.
        """
        if self._service(service) is None:
            raise UpnpError(f"{self.name} has no service {service}")
        found = self._action(service, action)
        if found is None:
            raise UpnpError(f"{self.name} has no action {service}/{action}")
        return await found.async_call(**arguments)

    def get_state_variable_value(self, service_name: str, state_variable_name: str) -> Any | None:
        """Give the value of a variable as last evented or polled; None where there is none."""
        variable = self._state_variable(service_name, state_variable_name)
        return None if variable is None else variable.value

    def get_actions_with_state_variables(self, service_name: str) -> Sequence[str]:
        """Give the actions that tell evented variables and need nothing to be told, in their order."""
        service = self._service(service_name)
        if service is None:
            return []
        return [
            name
            for name, action in service.actions.items()
            if not action.in_arguments()
            and any(argument.related_state_variable.send_events for argument in action.out_arguments())
        ]

    def _polls_of(self, service: UpnpService) -> Sequence[Poll]:
        alias = alias_of(service)
        if self._service(alias) is not service:
            return []
        return [(alias, name, {}) for name in self.get_actions_with_state_variables(alias)]

    async def async_update_state_variables(self, do_ping: bool = True) -> None:
        """Ask for what events would tell: for players, and services, that send none (row O-005).

        With `do_ping` the device is asked first whether it is there. Errors as of the requester.
        """
        if do_ping:
            await self.profile_device.async_ping()
        aliases = dict.fromkeys(
            alias
            for service in self.profile_device.all_services
            if (alias := alias_of(service)) in self._SERVICE_TYPES
        )
        for alias in aliases:
            await self._async_poll_state_variables(alias, self.get_actions_with_state_variables(alias))


def alias_of(service: UpnpService) -> str:
    """Return the alias of a service, "" for one of another domain."""
    service_type = service.service_type
    domain = LINN_DOMAIN if service_type.startswith(f"{LINN_DOMAIN}{Service.UPDATE}:") else DOMAIN
    return service_type.removeprefix(domain).partition(":")[0] if service_type.startswith(domain) else ""
