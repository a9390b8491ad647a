"""UDA chapter 2.5: a state variable of a service, as a control point sees it.

It converts between the texts of UPnP and Python's values by its data type, says what it may hold, and keeps
the value last heard. Filled by ``UpnpService`` from events; must not know how they came.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast
from xml.etree import ElementTree as ET

from async_upnp_client._datatypes import decode_bytes
from async_upnp_client._diagnostics import Code
from async_upnp_client._protocol.values import is_refusal, received_judge
from async_upnp_client.const import StateVariableInfo
from async_upnp_client.exceptions import UpnpError, UpnpValueDecodeError, UpnpValueError

if TYPE_CHECKING:
    from async_upnp_client.client.service import UpnpService

T = TypeVar("T")

# What a data type's `in` and `out` may raise. The mapping is part of a public record, so the functions in it
# may be a user's own.
CONVERSION_ERRORS = (ValueError, TypeError, LookupError, ArithmeticError)

UNREAD: Any = object()  # a cached property that nobody has asked for yet; None is an answer


class UpnpStateVariable(Generic[T]):
    """A state variable: its declaration (UDA 2.0 §2.5), and its value as last heard from the device.

    ``schema`` is called with a value and raises ``voluptuous.Invalid`` where the variable cannot hold it.
    """

    UPNP_VALUE_ERROR = object()
    """What ``value_unchecked`` holds after an event whose text the data type cannot hold."""

    def __init__(self, state_variable_info: StateVariableInfo, schema: Callable[[Any], Any]) -> None:
        self._service: UpnpService | None = None
        self._value: Any = None
        self._raw: str | None = None
        self._updated: float | None = None
        self._declare(state_variable_info, schema)

    def _declare(self, info: StateVariableInfo, schema: Callable[[Any], Any]) -> None:
        self._state_variable_info = info
        self._schema = schema
        # The mapping's functions at hand: they are called for every argument and every event.
        mapping = info.type_info.data_type_mapping
        self._decode: Callable[[str], Any] = mapping["in"]
        self._encode: Callable[[Any], str] = mapping["out"]
        self._min_value: T | None = UNREAD
        self._max_value: T | None = UNREAD
        self._step_value: T | None = UNREAD
        self._allowed_values: set[T] = UNREAD
        self._normalized_allowed_values: set[str] = UNREAD
        self._judge: Callable[[Any], Code | None] | None = UNREAD

    def __str__(self) -> str:
        return f"<UpnpStateVariable({self.name}, {self.data_type})>"

    def __repr__(self) -> str:
        return f"<UpnpStateVariable({self.name}: {self.data_type} = {self.value!r})>"

    def reinit(self, new_state_variable: UpnpStateVariable[T]) -> None:
        """Take the declaration of another variable; the value, its time and the service stay."""
        self._declare(new_state_variable.info, new_state_variable.schema)

    @property
    def info(self) -> StateVariableInfo:
        """The declaration, as read from the service description."""
        return self._state_variable_info

    @property
    def schema(self) -> Callable[[Any], Any]:
        """What says whether the variable may hold a value: returns, or raises ``voluptuous.Invalid``."""
        return self._schema

    @property
    def service(self) -> UpnpService:
        """The service that has the variable. Raises UpnpError while there is none."""
        if self._service is None:
            msg = "UpnpStateVariable not bound to UpnpService"
            raise UpnpError(msg)
        return self._service

    @service.setter
    def service(self, service: UpnpService) -> None:
        self._service = service

    @property
    def xml(self) -> ET.Element:
        """The element of the service description that declares the variable."""
        return self._state_variable_info.xml

    @property
    def name(self) -> str:
        """The name of the variable."""
        return self._state_variable_info.name

    @property
    def send_events(self) -> bool:
        """Whether the device sends events about it (attribute ``sendEvents``)."""
        return self._state_variable_info.send_events

    @property
    def data_type(self) -> str:
        """The name of UPnP's data type: ``ui2``, ``string``, ..."""
        return self._state_variable_info.type_info.data_type

    @property
    def data_type_mapping(self) -> Mapping[str, Callable[..., Any]]:
        """The data type's ``type``, ``in`` (text to value) and ``out`` (value to text)."""
        return self._state_variable_info.type_info.data_type_mapping

    @property
    def data_type_python(self) -> Callable[[str], Any]:
        """The Python type of the values."""
        return self.data_type_mapping["type"]

    @property
    def min_value(self) -> T | None:
        """The least value allowed, or None where none is declared or it cannot be read."""
        if self._min_value is UNREAD:
            self._min_value = self._declared(self._range("min"))
        return self._min_value

    @property
    def max_value(self) -> T | None:
        """The greatest value allowed, or None where none is declared or it cannot be read."""
        if self._max_value is UNREAD:
            self._max_value = self._declared(self._range("max"))
        return self._max_value

    @property
    def step_value(self) -> T | None:
        """The distance between values allowed, or None where none is declared or it cannot be read."""
        if self._step_value is UNREAD:
            self._step_value = self._declared(self._range("step"))
        return self._step_value

    @property
    def allowed_values(self) -> set[T]:
        """The values allowed, none where no list is declared; what cannot be read is left out."""
        if self._allowed_values is UNREAD:
            texts = self._state_variable_info.type_info.allowed_values or []
            values = [self._declared(text) for text in texts]
            self._allowed_values = {value for value in values if value is not None}
        return self._allowed_values

    @property
    def normalized_allowed_values(self) -> set[str]:
        """The texts of the values allowed, lower case and stripped."""
        if self._normalized_allowed_values is UNREAD:
            texts = self._state_variable_info.type_info.allowed_values or []
            self._normalized_allowed_values = {text.lower().strip() for text in texts}
        return self._normalized_allowed_values

    @property
    def default_value(self) -> T | None:
        """The default value, or None where none is declared or it cannot be read."""
        return self._declared(self._state_variable_info.type_info.default_value)

    def _range(self, name: str) -> str | None:
        return self._state_variable_info.type_info.allowed_value_range.get(name) or None

    def _declared(self, text: str | None) -> T | None:
        """Read a value of the declaration; what its type cannot hold declares nothing (Netgear's bounds)."""
        if text is None:
            return None
        try:
            return cast("T", self._decode(text))
        except CONVERSION_ERRORS:
            return None

    def validate_value(self, value: T) -> None:
        """Check that the variable may hold a value; UpnpValueError where it may not."""
        try:
            self._schema(value)
        except Exception as err:
            if not is_refusal(err):
                raise
            raise UpnpValueError(self.name, value) from err

    @property
    def judge(self) -> Callable[[Any], Code | None] | None:
        """What tells whether a value received is outside of what is declared; None where nothing can be."""
        if self._judge is UNREAD:
            self._judge = received_judge(self._state_variable_info.type_info)
        return self._judge

    @property
    def value(self) -> T | None:
        """The value last heard or set; None before the first, and after an event that could not be read.

        Setting it raises UpnpValueError for what the variable may not hold, and keeps the old value.
        """
        return None if self._value is self.UPNP_VALUE_ERROR else self._value

    @value.setter
    def value(self, value: T) -> None:
        self.validate_value(value)
        self._store(value)

    @property
    def value_unchecked(self) -> T | None:
        """The value as ``value`` gives it, but ``UPNP_VALUE_ERROR`` after an event that could not be read."""
        return cast("T | None", self._value)

    @property
    def upnp_value(self) -> str:
        """The value as text in UPnP's form, "" while there is none.

        Setting it converts the text, checks the value (UpnpValueError, and the old value is kept), and stores
        it. Text that the data type cannot hold leaves ``UPNP_VALUE_ERROR`` and the old time.
        """
        value = self.value
        return "" if value is None else self.coerce_upnp(value)

    @upnp_value.setter
    def upnp_value(self, upnp_value: str) -> None:
        try:
            value = self.coerce_python(upnp_value)
        except UpnpValueDecodeError:
            self._raw = upnp_value
            self._value = self.UPNP_VALUE_ERROR
            return
        self.validate_value(value)
        self._raw = upnp_value
        self._store(value)

    def receive(self, upnp_value: str, now: float | None = None) -> Code | None:
        """Take the text of an event, which came `now`, and tell how its value is not as declared.

        UpnpValueDecodeError, and a mark, where the data type cannot hold it.

        A value outside the declared list or range is a value still (UDA 2.0 §2.5; S-041): devices add modes
        that their description does not list, Samsung puts lists into PlaybackStorageMedium.
        """
        self._raw = upnp_value
        try:
            self._value = value = self._decode(upnp_value)
        except CONVERSION_ERRORS as err:
            self._value = self.UPNP_VALUE_ERROR
            raise UpnpValueDecodeError(self.name, upnp_value) from err
        self._updated = time.time() if now is None else now
        judge = self._judge
        if judge is UNREAD:
            judge = self.judge
        return None if judge is None else judge(value)

    def _store(self, value: Any) -> None:
        self._value = value
        self._updated = time.time()

    @property
    def raw_upnp_value(self) -> str | None:
        """The text last received, as it came, also where it could not be read; None before the first."""
        return self._raw

    @property
    def value_bytes(self) -> bytes | None:
        """The bytes of a ``bin.base64`` or ``bin.hex`` variable, whose ``value`` is their text.

        None while there is no value. UpnpValueDecodeError where the text is no such encoding, UpnpError for
        variables of other types.
        """
        value: Any = self.value
        if value is None or isinstance(value, bytes):
            self._require_bytes()
            return value
        return self.coerce_bytes(value)

    def coerce_bytes(self, upnp_value: str) -> bytes:
        """Convert the text of a ``bin.base64`` or ``bin.hex`` value to bytes; errors as ``value_bytes``."""
        self._require_bytes()
        try:
            return decode_bytes(self.data_type, upnp_value)
        except ValueError as err:
            raise UpnpValueDecodeError(self.name, upnp_value) from err

    def _require_bytes(self) -> None:
        if not self.data_type.startswith("bin."):
            msg = f"{self} holds no bytes"
            raise UpnpError(msg)

    @property
    def updated_at(self) -> datetime | None:
        """When the value was last set or heard (aware, UTC), or None if it never was."""
        return None if self._updated is None else datetime.fromtimestamp(self._updated, UTC)

    def coerce_python(self, upnp_value: str) -> Any:
        """Convert UPnP's text to a Python value; UpnpValueDecodeError where the data type cannot hold it."""
        try:
            return self._decode(upnp_value)
        except CONVERSION_ERRORS as err:
            raise UpnpValueDecodeError(self.name, upnp_value) from err

    def coerce_upnp(self, value: Any) -> str:
        """Convert a Python value to UPnP's text; UpnpValueError where the data type has no text for it."""
        try:
            return self._encode(value)
        except CONVERSION_ERRORS as err:
            raise UpnpValueError(self.name, value) from err
