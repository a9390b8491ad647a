import pytest

from tests.support.openhome import Call, async_check_call, async_check_properties

CALLS = [
    Call("async_time", (), "Time", {}, tells=True),
]
PROPERTIES = {"track_count": "TrackCount", "time_duration": "Duration", "seconds": "Seconds"}


@pytest.mark.uda("O-001")
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.method)
async def test_a_method_calls_its_action(call: Call) -> None:
    await async_check_call("Time", CALLS, call)


@pytest.mark.uda("O-005")
async def test_a_property_is_what_events_tell() -> None:
    await async_check_properties("Time", PROPERTIES)
