"""What the services of a renderer have in common: one instance, and variables that LastChange tells of.

Derived from by ``av_transport`` and ``rendering_control``. It must not know what their variables mean.
"""

from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, Final

from async_upnp_client.client import UpnpStateVariable
from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.virtual.service import VirtualService

INSTANCE: Final = {"InstanceID": "A_ARG_TYPE_InstanceID"}
"""The argument that each action has."""

Result = dict[str, UpnpStateVariable[Any]]


class AvService(VirtualService):
    """A service of which there is the instance 0 alone."""

    INVALID_INSTANCE: ClassVar[int]
    """The error code for another instance."""

    async def async_act(
        self, name: str, handler: Callable[..., Awaitable[Any]], arguments: dict[str, Any]
    ) -> Any:
        """Carry out an action of the one instance."""
        if arguments["InstanceID"] != 0:
            raise UpnpActionError(error_code=self.INVALID_INSTANCE, error_desc="Invalid InstanceID")
        return await super().async_act(name, handler, arguments)

    def tell(self, name: str, value: Any) -> None:
        """Set a variable, and have LastChange tell of it if it is another value."""
        variable = self.state_variable(name)
        variable.value = value
        self.last_change.note(name, variable.upnp_value)

    def results(self, action: str) -> Result:
        """Give the out-arguments of an action, each with the variable that it is about."""
        return {
            argument.name: argument.related_state_variable
            for argument in self.actions[action].out_arguments()
        }
