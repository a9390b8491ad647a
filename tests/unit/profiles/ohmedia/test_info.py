import pytest

from tests.support.openhome import Call, async_check_call, async_check_properties

CALLS = [
    Call("async_info_counters", (), "Counters", {}, tells=True),
    Call("async_info_track", (), "Track", {}, tells=True),
    Call("async_info_details", (), "Details", {}, tells=True),
    Call("async_info_metatext", (), "Metatext", {}, tells=True),
]
PROPERTIES = {
    "info_track_count": "TrackCount",
    "info_details_count": "DetailsCount",
    "info_metatext_count": "MetatextCount",
    "info_uri": "Uri",
    "info_metadata": "Metadata",
    "info_duration": "Duration",
    "info_bit_rate": "BitRate",
    "info_bit_depth": "BitDepth",
    "info_sample_rate": "SampleRate",
    "info_lossless": "Lossless",
    "info_codec_name": "CodecName",
    "info_metatext": "Metatext",
}


@pytest.mark.uda("O-001")
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.method)
async def test_a_method_calls_its_action(call: Call) -> None:
    await async_check_call("Info", CALLS, call)


@pytest.mark.uda("O-005")
async def test_a_property_is_what_events_tell() -> None:
    await async_check_properties("Info", PROPERTIES)
