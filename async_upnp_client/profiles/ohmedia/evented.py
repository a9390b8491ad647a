"""How a state variable becomes a property, written once for all mixins.

``product_room = Evented[str](SERVICE, VARIABLE)``: a type checker sees ``str | None``. The same for whether a
player has an action.
"""

from typing import Any, Generic, Protocol, TypeVar, overload

from async_upnp_client.client.action import UpnpAction

T = TypeVar("T")


class Player(Protocol):
    """What a property needs of the device that it belongs to."""

    def get_state_variable_value(self, service_name: str, state_variable_name: str) -> Any | None:
        """Give the value of a variable, or None."""

    def _action(self, service_type_abbreviation: str, action_name: str) -> UpnpAction | None: ...


class Evented(property, Generic[T]):
    """The value of a state variable as last evented or polled; None where there is none."""

    def __init__(self, service: str, variable: str) -> None:
        super().__init__()
        self.__doc__ = f"{variable} of {service}, as last evented; None where there is none."
        self.service = str(service)
        self.variable = str(variable)

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> "Evented[T]": ...

    @overload
    def __get__(self, instance: Player, owner: type | None = None) -> T | None: ...

    def __get__(self, instance: Player | None, owner: type | None = None) -> "Evented[T] | T | None":
        """Give the value; the declaration itself where the class is asked."""
        if instance is None:
            return self
        value: T | None = instance.get_state_variable_value(self.service, self.variable)
        return value


class HasAction(property):
    """Whether the player has an action."""

    def __init__(self, service: str, action: str) -> None:
        super().__init__()
        self.__doc__ = f"Whether {service} has the action {action}."
        self.service = str(service)
        self.action = str(action)

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> "HasAction": ...

    @overload
    def __get__(self, instance: Player, owner: type | None = None) -> bool: ...

    def __get__(self, instance: Player | None, owner: type | None = None) -> "HasAction | bool":
        """Give the answer; the declaration itself where the class is asked."""
        if instance is None:
            return self
        return instance._action(self.service, self.action) is not None  # noqa: SLF001  # of the profile itself
