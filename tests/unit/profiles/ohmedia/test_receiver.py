import pytest

from tests.support.openhome import Call, async_check_call, async_check_properties

CALLS = [
    Call("async_receiver_play", (), "Play", {}, tells=False),
    Call("async_receiver_stop", (), "Stop", {}, tells=False),
    Call(
        "async_receiver_set_sender",
        (
            "a uri",
            "a metadata",
        ),
        "SetSender",
        {"Uri": "a uri", "Metadata": "a metadata"},
        tells=False,
    ),
    Call("async_receiver_sender", (), "Sender", {}, tells=True),
    Call("async_receiver_protocol_info", (), "ProtocolInfo", {}, tells=True),
    Call("async_receiver_transport_state", (), "TransportState", {}, tells=True),
]
PROPERTIES = {
    "receiver_metadata": "Receiver_Metadata",
    "receiver_uri": "Receiver_Uri",
    "receiver_protocol_info": "ProtocolInfo",
    "receiver_transport_state": "TransportState",
}


@pytest.mark.uda("O-001")
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.method)
async def test_a_method_calls_its_action(call: Call) -> None:
    await async_check_call("Receiver", CALLS, call)


@pytest.mark.uda("O-005")
async def test_a_property_is_what_events_tell() -> None:
    await async_check_properties("Receiver", PROPERTIES)
