import pytest

from tests.support.openhome import Call, async_check_call, async_check_properties

CALLS = [
    Call("async_pins_get_device_max", (), "GetDeviceMax", {}, tells=True),
    Call("async_pins_get_account_max", (), "GetAccountMax", {}, tells=True),
    Call("async_pins_get_modes", (), "GetModes", {}, tells=True),
    Call("async_pins_get_cloud_connected", (), "GetCloudConnected", {}, tells=True),
    Call("async_pins_get_id_array", (), "GetIdArray", {}, tells=True),
    Call("async_pins_read_list", ("a ids",), "ReadList", {"Ids": "a ids"}, tells=True),
    Call(
        "async_pins_invoke_uri",
        (
            "a mode",
            "a pin_type",
            "a uri",
            True,
        ),
        "InvokeUri",
        {"Mode": "a mode", "Type": "a pin_type", "Uri": "a uri", "Shuffle": "1"},
        tells=False,
    ),
    Call("async_pins_invoke_id", (3,), "InvokeId", {"Id": "3"}, tells=False),
    Call("async_pins_invoke_index", (3,), "InvokeIndex", {"Index": "2"}, tells=False),
    Call(
        "async_pins_set_device",
        (
            3,
            "a mode",
            "a pin_type",
            "a uri",
            "a title",
            "a description",
            "a artworkuri",
            True,
        ),
        "SetDevice",
        {
            "Index": "3",
            "Mode": "a mode",
            "Type": "a pin_type",
            "Uri": "a uri",
            "Title": "a title",
            "Description": "a description",
            "ArtworkUri": "a artworkuri",
            "Shuffle": "1",
        },
        tells=False,
    ),
    Call(
        "async_pins_set_account",
        (
            3,
            "a mode",
            "a pin_type",
            "a uri",
            "a title",
            "a description",
            "a artworkuri",
            True,
        ),
        "SetAccount",
        {
            "Index": "3",
            "Mode": "a mode",
            "Type": "a pin_type",
            "Uri": "a uri",
            "Title": "a title",
            "Description": "a description",
            "ArtworkUri": "a artworkuri",
            "Shuffle": "1",
        },
        tells=False,
    ),
    Call("async_pins_clear", (3,), "Clear", {"Id": "3"}, tells=False),
    Call(
        "async_pins_swap",
        (
            3,
            4,
        ),
        "Swap",
        {"Index1": "3", "Index2": "4"},
        tells=False,
    ),
]
PROPERTIES = {
    "pins_device_max": "DeviceMax",
    "pins_account_max": "AccountMax",
    "pins_modes": "Modes",
    "pins_id_array": "IdArray",
    "pins_cloud_connected": "CloudConnected",
}


@pytest.mark.uda("O-001")
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.method)
async def test_a_method_calls_its_action(call: Call) -> None:
    await async_check_call("Pins", CALLS, call)


@pytest.mark.uda("O-005")
async def test_a_property_is_what_events_tell() -> None:
    await async_check_properties("Pins", PROPERTIES)
