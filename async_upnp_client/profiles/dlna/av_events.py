"""LastChange of a service, as the changes of its variables that it stands for (AVTransport:1 §2.3.1).

For ``renderer`` and applications with services of their own. ``last_change`` reads the text.
"""

import logging
from typing import Any, Final

from async_upnp_client._headers import shown
from async_upnp_client.client.service import UpnpService
from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.profiles.dlna.last_change import DEFAULT_INSTANCE, LastChange, read_last_change

_LOGGER = logging.getLogger(__name__)

LAST_CHANGE: Final = "LastChange"


def dlna_handle_notify_last_change(state_var: UpnpStateVariable[Any]) -> None:
    """Have the service of a LastChange take the changes that it tells, of instance 0 and the Master channel.

    ``on_event`` of the service is called with what has changed. UpnpError for a variable of another name.
    """
    if state_var.name != LAST_CHANGE:
        raise UpnpError(f"Call this only on the state variable {LAST_CHANGE}, not {state_var.name}")
    take_last_change(state_var.service, state_var.value)


def take_last_change(service: UpnpService, text: object) -> LastChange:
    """Have a service take what a LastChange tells; return all of it, with other instances and channels."""
    if not isinstance(text, str) or not text:
        return LastChange({}, {})
    told = read_last_change(text)
    changes = told.instances.get(DEFAULT_INSTANCE)
    if changes:
        service.notify_changed_state_variables(changes)
    elif told.instances.keys() - {DEFAULT_INSTANCE}:
        _LOGGER.warning(
            "%s tells of the instances %s only, none of which is 0",
            service,
            shown(", ".join(told.instances)),
        )
    return told
