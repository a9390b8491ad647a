import pytest

from tests.support.openhome import Call, async_check_call, async_check_properties

CALLS = [
    Call("async_playlist_play", (), "Play", {}, tells=False),
    Call("async_playlist_pause", (), "Pause", {}, tells=False),
    Call("async_playlist_stop", (), "Stop", {}, tells=False),
    Call("async_playlist_next", (), "Next", {}, tells=False),
    Call("async_playlist_previous", (), "Previous", {}, tells=False),
    Call("async_playlist_set_repeat", (True,), "SetRepeat", {"Value": "1"}, tells=False),
    Call("async_playlist_repeat", (), "Repeat", {}, tells=True),
    Call("async_playlist_set_shuffle", (True,), "SetShuffle", {"Value": "1"}, tells=False),
    Call("async_playlist_shuffle", (), "Shuffle", {}, tells=True),
    Call("async_playlist_seek_second_absolute", (3,), "SeekSecondAbsolute", {"Value": "3"}, tells=False),
    Call("async_playlist_seek_second_relative", (3,), "SeekSecondRelative", {"Value": "3"}, tells=False),
    Call("async_playlist_seek_id", (3,), "SeekId", {"Value": "3"}, tells=False),
    Call("async_playlist_seek_index", (3,), "SeekIndex", {"Value": "3"}, tells=False),
    Call("async_playlist_transport_state", (), "TransportState", {}, tells=True),
    Call("async_playlist_id", (), "Id", {}, tells=True),
    Call("async_playlist_read", (3,), "Read", {"Id": "3"}, tells=True),
    Call("async_playlist_read_list", ("a idlist",), "ReadList", {"IdList": "a idlist"}, tells=True),
    Call(
        "async_playlist_insert",
        (
            3,
            "a uri",
            "a metadata",
        ),
        "Insert",
        {"AfterId": "3", "Uri": "a uri", "Metadata": "a metadata"},
        tells=True,
    ),
    Call("async_playlist_delete_id", (3,), "DeleteId", {"Value": "3"}, tells=False),
    Call("async_playlist_delete_all", (), "DeleteAll", {}, tells=False),
    Call("async_playlist_tracks_max", (), "TracksMax", {}, tells=True),
    Call("async_playlist_id_array", (), "IdArray", {}, tells=True),
    Call("async_playlist_id_array_changed", (3,), "IdArrayChanged", {"Token": "3"}, tells=True),
    Call("async_playlist_protocol_info", (), "ProtocolInfo", {}, tells=True),
]
PROPERTIES = {"playlist_transport_state": "TransportState", "shuffle": "Shuffle", "repeat": "Repeat"}


@pytest.mark.uda("O-001")
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.method)
async def test_a_method_calls_its_action(call: Call) -> None:
    await async_check_call("Playlist", CALLS, call)


@pytest.mark.uda("O-005")
async def test_a_property_is_what_events_tell() -> None:
    await async_check_properties("Playlist", PROPERTIES)
