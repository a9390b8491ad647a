import pytest

from tests.support.openhome import Call, async_check_call, async_check_properties

CALLS = [
    Call("async_sender_presentation_url", (), "PresentationUrl", {}, tells=True),
    Call("async_sender_metadata", (), "Metadata", {}, tells=True),
    Call("async_sender_audio", (), "Audio", {}, tells=True),
    Call("async_sender_status", (), "Status", {}, tells=True),
    Call("async_sender_status2", (), "Status2", {}, tells=True),
    Call("async_sender_enabled", (), "Enabled", {}, tells=True),
    Call("async_sender_attributes", (), "Attributes", {}, tells=True),
]
PROPERTIES = {
    "sender_audio": "Audio",
    "sender_metadata": "Metadata",
    "sender_presentation_url": "PresentationUrl",
    "sender_status2": "Status2",
    "sender_enabled": "Enabled",
}


@pytest.mark.uda("O-001")
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.method)
async def test_a_method_calls_its_action(call: Call) -> None:
    await async_check_call("Sender", CALLS, call)


@pytest.mark.uda("O-005")
async def test_a_property_is_what_events_tell() -> None:
    await async_check_properties("Sender", PROPERTIES)
