import pytest

from tests.support.openhome import Call, async_check_call, async_check_has, async_check_properties

CALLS = [
    Call("async_transport_play", (), "Play", {}, tells=False),
    Call("async_transport_pause", (), "Pause", {}, tells=False),
    Call("async_transport_stop", (), "Stop", {}, tells=False),
    Call("async_transport_skip_next", (), "SkipNext", {}, tells=False),
    Call("async_transport_skip_previous", (), "SkipPrevious", {}, tells=False),
    Call(
        "async_transport_play_as",
        (
            "a mode",
            "a command",
        ),
        "PlayAs",
        {"Mode": "a mode", "Command": "a command"},
        tells=False,
    ),
    Call("async_transport_set_repeat", (True,), "SetRepeat", {"Repeat": "1"}, tells=False),
    Call("async_transport_set_shuffle", (True,), "SetShuffle", {"Shuffle": "1"}, tells=False),
    Call(
        "async_transport_seek_second_absolute",
        (
            3,
            4,
        ),
        "SeekSecondAbsolute",
        {"StreamId": "3", "SecondAbsolute": "4"},
        tells=False,
    ),
    Call(
        "async_transport_seek_second_relative",
        (
            3,
            4,
        ),
        "SeekSecondRelative",
        {"StreamId": "3", "SecondRelative": "4"},
        tells=False,
    ),
    Call("async_transport_state", (), "TransportState", {}, tells=True),
    Call("async_transport_modes", (), "Modes", {}, tells=True),
    Call("async_transport_mode_info", (), "ModeInfo", {}, tells=True),
    Call("async_transport_stream_info", (), "StreamInfo", {}, tells=True),
    Call("async_transport_stream_id", (), "StreamId", {}, tells=True),
    Call("async_transport_repeat", (), "Repeat", {}, tells=True),
    Call("async_transport_shuffle", (), "Shuffle", {}, tells=True),
]
PROPERTIES = {
    "transport_modes": "Modes",
    "transport_can_skip_next": "CanSkipNext",
    "transport_can_skip_previous": "CanSkipPrevious",
    "transport_can_repeat": "CanRepeat",
    "transport_can_shuffle": "CanShuffle",
    "transport_can_seek": "CanSeek",
    "transport_can_pause": "CanPause",
    "transport_stream_id": "StreamId",
    "transport_repeat": "Repeat",
    "transport_shuffle": "Shuffle",
}
HAS = {
    "has_transport_play": "Play",
    "has_transport_pause": "Pause",
    "has_transport_stop": "Stop",
    "has_transport_skip_next": "SkipNext",
    "has_transport_skip_previous": "SkipPrevious",
    "has_transport_set_repeat": "SetRepeat",
    "has_transport_set_shuffle": "SetShuffle",
    "has_transport_seek_second_absolute": "SeekSecondAbsolute",
    "has_transport_seek_second_relative": "SeekSecondRelative",
    "has_transport_state": "TransportState",
}


@pytest.mark.uda("O-001")
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.method)
async def test_a_method_calls_its_action(call: Call) -> None:
    await async_check_call("Transport", CALLS, call)


@pytest.mark.uda("O-005")
async def test_a_property_is_what_events_tell() -> None:
    await async_check_properties("Transport", PROPERTIES)


async def test_what_the_player_has() -> None:
    await async_check_has("Transport", CALLS, HAS)
