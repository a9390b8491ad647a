"""UDA chapter 2.5: an argument of an action, as a control point sees it.

It has the type of its state variable, and keeps the value of the last answer. Filled by ``UpnpAction``; must
not know how calls travel.
"""

from typing import Any
from xml.etree import ElementTree as ET

from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.const import ActionArgumentInfo


class ActionArgument:
    """An argument of an action. It keeps the value of the last answer, whichever call that was for."""

    def __init__(self, argument_info: ActionArgumentInfo, state_variable: UpnpStateVariable[Any]) -> None:
        self._argument_info = argument_info
        self._related_state_variable = state_variable
        self._value: Any = None
        self.raw_upnp_value: str | None = None
        """The text of the last answer as received, also where it could not be read."""

    def __str__(self) -> str:
        return f"<UpnpAction.Argument({self.name}, {self.direction})>"

    __repr__ = __str__

    @property
    def info(self) -> ActionArgumentInfo:
        """The declaration, as read from the service description."""
        return self._argument_info

    @property
    def name(self) -> str:
        """The name of the argument."""
        return self._argument_info.name

    @property
    def direction(self) -> str:
        """``in`` or ``out``."""
        return self._argument_info.direction

    @property
    def related_state_variable(self) -> UpnpStateVariable[Any]:
        """The state variable that gives the argument its type."""
        return self._related_state_variable

    @property
    def xml(self) -> ET.Element:
        """The element of the service description that declares the argument."""
        return self._argument_info.xml

    def validate_value(self, value: Any) -> None:
        """Check that the argument may have a value; UpnpValueError where it may not."""
        self._related_state_variable.validate_value(value)

    @property
    def value(self) -> Any:
        """The value last received or set. Setting it raises UpnpValueError for what it may not be."""
        return self._value

    @value.setter
    def value(self, value: Any) -> None:
        self.validate_value(value)
        self._value = value

    @property
    def upnp_value(self) -> str:
        """The value as text in UPnP's form, "" while there is none.

        Setting it converts the text without a check of range or list; UpnpValueDecodeError for text that
        the data type cannot hold.
        """
        return "" if self._value is None else self.coerce_upnp(self._value)

    @upnp_value.setter
    def upnp_value(self, upnp_value: str) -> None:
        self._value = self.coerce_python(upnp_value)

    def receive(self, upnp_value: str, value: Any) -> None:
        """Keep what an answer had: the text, and the value that it stands for (None if unreadable)."""
        self.raw_upnp_value = upnp_value
        self._value = value

    def coerce_python(self, upnp_value: str) -> Any:
        """Convert UPnP's text to a Python value; UpnpValueDecodeError where the type cannot hold it."""
        return self._related_state_variable.coerce_python(upnp_value)

    def coerce_upnp(self, value: Any) -> str:
        """Convert a Python value to UPnP's text; UpnpValueError where the type has no text for it."""
        return self._related_state_variable.coerce_upnp(value)

    @property
    def value_bytes(self) -> bytes | None:
        """The bytes of the value last received or set, of a ``bin.base64`` or ``bin.hex`` argument.

        None while there is no value. Errors as ``UpnpStateVariable.value_bytes``.
        """
        value = self._value
        return value if value is None or isinstance(value, bytes) else self.coerce_bytes(value)

    def coerce_bytes(self, upnp_value: str) -> bytes:
        """Convert a text of a ``bin.base64`` or ``bin.hex`` argument to bytes: of the result of a call, say.

        UpnpValueDecodeError where it is no such encoding, UpnpError for an argument of another type.
        """
        return self._related_state_variable.coerce_bytes(upnp_value)
