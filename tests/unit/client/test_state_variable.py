from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from unittest.mock import create_autospec

import pytest
import voluptuous as vol

from async_upnp_client.client.state_variable import UpnpStateVariable
from async_upnp_client.exceptions import UpnpError, UpnpValueDecodeError, UpnpValueError
from tests.support import model
from tests.support.model import variable


def test_what_is_declared():
    volume = variable("Volume", "ui2", default="5", value_range={"min": "0", "max": "100", "step": "2"})
    assert (volume.name, volume.data_type, volume.send_events) == ("Volume", "ui2", True)
    assert (volume.min_value, volume.max_value, volume.step_value) == (0, 100, 2)
    assert volume.default_value == 5
    assert volume.allowed_values == set()
    assert volume.normalized_allowed_values == set()
    assert volume.xml is model.XML
    assert volume.data_type_python is int
    assert set(volume.data_type_mapping) >= {"type", "in", "out"}
    assert str(volume) == "<UpnpStateVariable(Volume, ui2)>"
    assert repr(volume) == "<UpnpStateVariable(Volume: ui2 = None)>"


def test_allowed_values():
    mode = variable("Mode", "string", allowed=["A", " b "])
    assert mode.allowed_values == {"A", " b "}
    assert mode.normalized_allowed_values == {"a", "b"}
    assert mode.allowed_values is mode.allowed_values


def test_nothing_is_there_before_the_first_value():
    volume = variable()
    assert volume.value is None
    assert volume.value_unchecked is None
    assert volume.raw_upnp_value is None
    assert volume.updated_at is None
    assert volume.default_value is None
    assert (volume.min_value, volume.max_value, volume.step_value) == (None, None, None)


def test_it_has_a_service_or_raises():
    unbound = variable()
    with pytest.raises(UpnpError, match="not bound"):
        _ = unbound.service
    owner = model.service([unbound])
    assert unbound.service is owner


def test_a_value_is_stored_with_its_time():
    volume = variable()
    before = datetime.now(UTC)
    volume.value = 7
    assert volume.value == 7
    assert volume.upnp_value == "7"
    assert volume.updated_at is not None
    assert before.timestamp() - 1e-3 <= volume.updated_at.timestamp() <= datetime.now(UTC).timestamp() + 1e-3
    assert volume.updated_at.tzinfo is UTC


def test_a_value_not_allowed_is_refused_and_the_old_one_kept():
    volume = variable("Volume", value_range={"min": "0", "max": "10"})
    volume.value = 7
    stamp = volume.updated_at
    for setting in ("value", "upnp_value"):
        with pytest.raises(UpnpValueError) as caught:
            setattr(volume, setting, 11 if setting == "value" else "11")
        assert (caught.value.name, caught.value.value) == ("Volume", 11)
    assert volume.value == 7
    assert volume.updated_at == stamp


def test_any_schema_that_raises_invalid_will_do():
    def schema(value: Any) -> Any:
        if value != 1:
            raise vol.MultipleInvalid([vol.Invalid("no")])
        return value

    one: UpnpStateVariable[int] = UpnpStateVariable(variable().info, schema)
    one.validate_value(1)
    with pytest.raises(UpnpValueError):
        one.validate_value(2)


def test_text_is_converted_and_stored():
    volume = variable()
    volume.upnp_value = "7"
    assert (volume.value, volume.raw_upnp_value) == (7, "7")


def test_text_that_the_type_cannot_hold_leaves_a_mark_and_the_old_time():
    volume = variable()
    volume.value = 7
    stamp = volume.updated_at
    volume.upnp_value = "loud"
    assert volume.value is None
    assert volume.value_unchecked is UpnpStateVariable.UPNP_VALUE_ERROR
    assert volume.raw_upnp_value == "loud"
    assert volume.upnp_value == ""
    assert volume.updated_at == stamp


@pytest.mark.uda("S-041")
@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    ("data_type", "restriction", "text", "value"),
    [
        ("ui2", {"value_range": {"min": "0", "max": "1"}}, "18", 18),
        ("i2", {"value_range": {"min": "0", "max": "100"}}, "-1", -1),
        ("ui4", {}, "1100335252538", 1100335252538),
        ("string", {"allowed": ["NONE", "NETWORK"]}, "NETWORK,NONE", "NETWORK,NONE"),
    ],
)
def test_a_received_value_outside_what_is_declared_is_delivered(data_type, restriction, text, value, strict):
    odd = variable("Odd", data_type, strict=strict, **restriction)
    odd.receive(text)
    assert odd.value == value
    assert odd.raw_upnp_value == text
    assert odd.updated_at is not None


@pytest.mark.uda("T-003")
@pytest.mark.parametrize("text", ["", "NOT_IMPLEMENTED", "RINCON_000E58,37"])
def test_received_text_that_the_type_cannot_hold_marks_the_variable(text):
    count = variable("RelCount", "ui4")
    count.value = 1
    with pytest.raises(UpnpValueDecodeError) as caught:
        count.receive(text)
    assert (caught.value.name, caught.value.value) == ("RelCount", text)
    assert count.value is None
    assert count.value_unchecked is UpnpStateVariable.UPNP_VALUE_ERROR
    assert count.raw_upnp_value == text


@pytest.mark.parametrize(
    ("data_type", "value", "text"),
    [("ui2", 5, "5"), ("ui2", True, "1"), ("boolean", True, "1"), ("string", "a b", "a b"),
     ("fixed.14.4", Decimal("1.5"), "1.5")],
)  # fmt: skip
def test_encoding(data_type, value, text):
    assert variable("V", data_type).coerce_upnp(value) == text


def test_what_has_no_text_is_our_error():
    with pytest.raises(UpnpValueError):
        variable("V", "float").coerce_upnp(float("nan"))


def test_what_cannot_be_decoded_is_our_error_and_a_value_error():
    with pytest.raises(UpnpValueDecodeError) as caught:
        variable().coerce_python("x")
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, UpnpValueError)


def test_bytes_on_request():
    image = variable("Image", "bin.base64")
    assert image.value_bytes is None
    image.receive("AAEC\r\n/w==")
    assert image.value == "AAEC\r\n/w=="
    assert image.value_bytes == b"\0\1\2\xff"
    digest = variable("Digest", "bin.hex")
    digest.receive("00fF")
    assert digest.value_bytes == b"\0\xff"


def test_bytes_that_are_none():
    digest = variable("Digest", "bin.hex")
    digest.receive("0g")
    with pytest.raises(UpnpValueDecodeError):
        _ = digest.value_bytes
    with pytest.raises(UpnpError, match="no bytes"):
        _ = variable().value_bytes


def test_reinit_takes_the_declaration_and_keeps_the_value():
    volume = variable("Volume", value_range={"max": "10"})
    owner = model.service([volume])
    volume.value = 7
    assert volume.max_value == 10
    volume.reinit(variable("Volume", "ui4", value_range={"max": "20"}))
    assert (volume.data_type, volume.max_value, volume.value) == ("ui4", 20, 7)
    assert volume.service is owner
    volume.value = 15
    assert volume.value == 15


def test_everything_is_there_for_autospec():
    double = create_autospec(UpnpStateVariable, instance=True)
    for name in ("value", "upnp_value", "raw_upnp_value", "value_bytes", "name", "min_value", "updated_at"):
        assert hasattr(double, name)
