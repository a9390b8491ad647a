import pytest

from tests.support.openhome import Call, async_check_call, async_check_has, async_check_properties

CALLS = [
    Call("async_volume_set", (3,), "SetVolume", {"Value": "3"}, tells=False),
    Call("async_volume_set_mute", (True,), "SetMute", {"Value": "1"}, tells=False),
    Call("async_volume_inc", (), "VolumeInc", {}, tells=False),
    Call("async_volume_dec", (), "VolumeDec", {}, tells=False),
    Call("async_volume", (), "Volume", {}, tells=True),
    Call("async_volume_mute", (), "Mute", {}, tells=True),
    Call("async_volume_characteristics", (), "Characteristics", {}, tells=True),
    Call("async_volume_set_no_unmute", (3,), "SetVolumeNoUnmute", {"Value": "3"}, tells=False),
    Call("async_volume_inc_no_unmute", (), "VolumeIncNoUnmute", {}, tells=False),
    Call("async_volume_dec_no_unmute", (), "VolumeDecNoUnmute", {}, tells=False),
    Call("async_volume_set_balance", (3,), "SetBalance", {"Value": "3"}, tells=False),
    Call("async_volume_balance_inc", (), "BalanceInc", {}, tells=False),
    Call("async_volume_balance_dec", (), "BalanceDec", {}, tells=False),
    Call("async_volume_balance", (), "Balance", {}, tells=True),
    Call("async_volume_set_fade", (3,), "SetFade", {"Value": "3"}, tells=False),
    Call("async_volume_fade_inc", (), "FadeInc", {}, tells=False),
    Call("async_volume_fade_dec", (), "FadeDec", {}, tells=False),
    Call("async_volume_fade", (), "Fade", {}, tells=True),
    Call("async_volume_limit", (), "VolumeLimit", {}, tells=True),
    Call("async_volume_unity_gain", (), "UnityGain", {}, tells=True),
    Call("async_volume_offset", ("a channel",), "VolumeOffset", {"Channel": "a channel"}, tells=True),
    Call(
        "async_volume_set_offset",
        (
            "a channel",
            3,
        ),
        "SetVolumeOffset",
        {"Channel": "a channel", "VolumeOffsetBinaryMilliDb": "3"},
        tells=False,
    ),
    Call("async_volume_trim", ("a channel",), "Trim", {"Channel": "a channel"}, tells=True),
    Call(
        "async_volume_set_trim",
        (
            "a channel",
            3,
        ),
        "SetTrim",
        {"Channel": "a channel", "TrimBinaryMilliDb": "3"},
        tells=False,
    ),
]
PROPERTIES = {"is_muted": "Mute"}
HAS = {
    "has_volume": "Volume",
    "has_volume_set": "SetVolume",
    "has_volume_set_mute": "SetMute",
    "has_volume_mute": "Mute",
}


@pytest.mark.uda("O-001")
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.method)
async def test_a_method_calls_its_action(call: Call) -> None:
    await async_check_call("Volume", CALLS, call)


@pytest.mark.uda("O-005")
async def test_a_property_is_what_events_tell() -> None:
    await async_check_properties("Volume", PROPERTIES)


async def test_what_the_player_has() -> None:
    await async_check_has("Volume", CALLS, HAS)
