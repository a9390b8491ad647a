"""An argument of an action: its declaration, its value, and the text of the last answer."""

import pytest

from async_upnp_client.client.argument import ActionArgument
from async_upnp_client.const import ActionArgumentInfo
from async_upnp_client.exceptions import UpnpError, UpnpValueDecodeError, UpnpValueError
from tests.support.model import XML, variable


def argument() -> ActionArgument:
    related = variable("Volume", value_range={"min": "0", "max": "10"})
    return ActionArgument(ActionArgumentInfo("DesiredVolume", "in", "Volume", XML), related)


def test_what_is_declared():
    built = argument()
    assert (built.name, built.direction) == ("DesiredVolume", "in")
    assert built.related_state_variable.name == "Volume"
    assert built.info.xml is built.xml
    assert str(built) == repr(built) == "<UpnpAction.Argument(DesiredVolume, in)>"


def test_a_value_is_checked_and_its_text_is_not():
    built = argument()
    built.value = 10
    with pytest.raises(UpnpValueError):
        built.value = 11
    assert (built.value, built.upnp_value) == (10, "10")
    built.upnp_value = "11"  # what a device sends may be outside its range
    assert built.value == 11
    with pytest.raises(UpnpValueDecodeError):
        built.upnp_value = "loud"


def test_what_an_answer_had():
    built = argument()
    built.receive("NOT_IMPLEMENTED", None)
    assert (built.raw_upnp_value, built.value, built.upnp_value) == ("NOT_IMPLEMENTED", None, "")


@pytest.mark.parametrize(("data_type", "text"), [("bin.base64", "AA\r\nEC"), ("bin.hex", "00 01 02")])
def test_bytes_are_had_on_request(data_type, text):
    related = variable("Data", data_type)
    built = ActionArgument(ActionArgumentInfo("Out", "out", "Data", XML), related)
    built.upnp_value = text
    assert built.value == text
    assert bytes(built.value_bytes or b"") == b"\0\1\2"
    assert built.coerce_bytes(text) == related.coerce_bytes(text) == b"\0\1\2"
    with pytest.raises(UpnpValueDecodeError) as caught:
        built.coerce_bytes("no!")
    assert (caught.value.name, caught.value.value) == ("Data", "no!")


def test_bytes_that_are_none_or_are_there_already():
    related = variable("Data", "bin.hex")
    empty, filled = [ActionArgument(ActionArgumentInfo("Out", "out", "Data", XML), related) for _ in "12"]
    filled.value = b"\3"
    assert (empty.value_bytes, filled.value_bytes, filled.upnp_value) == (None, b"\3", "03")


def test_bytes_of_another_type_are_an_error():
    with pytest.raises(UpnpError, match="holds no bytes"):
        argument().coerce_bytes("00")
