import pytest

from tests.support.openhome import Call, async_check_call, async_check_properties

CALLS = [
    Call("async_radio_play", (), "Play", {}, tells=False),
    Call("async_radio_pause", (), "Pause", {}, tells=False),
    Call("async_radio_stop", (), "Stop", {}, tells=False),
    Call("async_radio_channel", (), "Channel", {}, tells=True),
    Call(
        "async_radio_set_channel",
        (
            "a uri",
            "a metadata",
        ),
        "SetChannel",
        {"Uri": "a uri", "Metadata": "a metadata"},
        tells=False,
    ),
    Call("async_radio_transport_state", (), "TransportState", {}, tells=True),
    Call("async_radio_id", (), "Id", {}, tells=True),
    Call(
        "async_radio_set_id",
        (
            3,
            "a uri",
        ),
        "SetId",
        {"Value": "3", "Uri": "a uri"},
        tells=False,
    ),
    Call("async_radio_read", (3,), "Read", {"Id": "3"}, tells=True),
    Call("async_radio_read_list", ("a idlist",), "ReadList", {"IdList": "a idlist"}, tells=True),
    Call("async_radio_id_array", (), "IdArray", {}, tells=True),
    Call("async_radio_id_array_changed", (3,), "IdArrayChanged", {"Token": "3"}, tells=True),
    Call("async_radio_channels_max", (), "ChannelsMax", {}, tells=True),
    Call("async_radio_protocol_info", (), "ProtocolInfo", {}, tells=True),
    Call("async_radio_refresh_presets", (), "RefreshPresets", {}, tells=False),
    Call("async_radio_seek_second_absolute", (3,), "SeekSecondAbsolute", {"Value": "3"}, tells=False),
    Call("async_radio_seek_second_relative", (3,), "SeekSecondRelative", {"Value": "3"}, tells=False),
]
PROPERTIES = {
    "radio_uri": "Uri",
    "radio_metadata": "Metadata",
    "radio_transport_state": "TransportState",
    "radio_id": "Id",
    "radio_id_array": "IdArray",
    "radio_channels_max": "ChannelsMax",
    "radio_protocol_info": "ProtocolInfo",
}


@pytest.mark.uda("O-001")
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.method)
async def test_a_method_calls_its_action(call: Call) -> None:
    await async_check_call("Radio", CALLS, call)


@pytest.mark.uda("O-005")
async def test_a_property_is_what_events_tell() -> None:
    await async_check_properties("Radio", PROPERTIES)
