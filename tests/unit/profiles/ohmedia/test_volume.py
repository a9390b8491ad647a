import math
from typing import Any

import pytest

from async_upnp_client.exceptions import UpnpError, UpnpValueError
from tests.support.openhome import (
    Call,
    async_check_call,
    async_check_has,
    async_check_properties,
    async_player,
    service,
)

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
PROPERTIES = {"is_muted": "Mute", "volume_max": "VolumeMax", "volume_limit": "VolumeLimit"}
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


SET: dict[str, Any] = {"SetVolume": ({"Value": "ui4"}, {})}
ASKED: dict[str, Any] = {"Characteristics": ({}, {"VolumeMax": "ui4"}), "VolumeLimit": ({}, {"Value": "ui4"})}
EVENTED = {"Volume": "ui4", "VolumeMax": "ui4", "VolumeLimit": "ui4"}


@pytest.mark.uda("O-004")
@pytest.mark.parametrize(
    ("told", "level"),
    [
        ({"Volume": "40", "VolumeMax": "80"}, 0.5),
        ({"Volume": "0", "VolumeMax": "80"}, 0.0),
        ({"Volume": "90", "VolumeMax": "80"}, 1.0),
        ({"Volume": "40", "VolumeMax": "0"}, None),
        ({"Volume": "40"}, None),
        ({"VolumeMax": "80"}, None),
    ],
)
async def test_the_level_is_a_part_of_what_the_player_has(told: dict[str, str], level: float | None) -> None:
    player, _ = await async_player(service("Volume", SET, EVENTED))
    player.profile_device.all_services[0].notify_changed_state_variables(told)
    assert player.volume_level == level


@pytest.mark.uda("O-004")
@pytest.mark.parametrize(
    ("level", "most", "limit", "sent"),
    [(0.5, 80, 80, 40), (1.0, 80, 80, 80), (1.0, 80, 60, 60), (0.25, 80, 60, 20), (0.0, 80, 60, 0)],
)
@pytest.mark.parametrize("evented", [True, False])
async def test_a_level_is_set_in_what_the_player_has(
    level: float, most: int, limit: int, sent: int, evented: bool
) -> None:
    player, device = await async_player(service("Volume", SET if evented else SET | ASKED, EVENTED))
    if evented:
        told = {"VolumeMax": str(most), "VolumeLimit": str(limit)}
        player.profile_device.all_services[0].notify_changed_state_variables(told)
    device.services[0].answers |= {
        "Characteristics": {"VolumeMax": str(most)},
        "VolumeLimit": {"Value": str(limit)},
    }
    await player.async_volume_set_level(level)
    assert device.calls[-1] == ("SetVolume", {"Value": str(sent)})
    assert len(device.calls) == (1 if evented else 3)


@pytest.mark.uda("O-004")
async def test_a_player_without_limit_takes_the_whole() -> None:
    actions = SET | {"Characteristics": ASKED["Characteristics"]}
    player, device = await async_player(service("Volume", actions, {"Volume": "ui4"}))
    device.services[0].answers["Characteristics"] = {"VolumeMax": "80"}
    await player.async_volume_set_level(1.0)
    assert device.calls == [("Characteristics", {}), ("SetVolume", {"Value": "80"})]


@pytest.mark.parametrize("level", [-0.1, 1.1, math.nan, math.inf])
async def test_a_level_that_is_none(level: float) -> None:
    player, device = await async_player(service("Volume", SET | ASKED))
    with pytest.raises(UpnpValueError, match="level"):
        await player.async_volume_set_level(level)
    assert device.calls == []


async def test_a_player_that_does_not_say_what_it_has_is_not_set() -> None:
    player, device = await async_player(service("Volume", SET))
    with pytest.raises(UpnpError, match="no action Volume/Characteristics"):
        await player.async_volume_set_level(0.5)
    player, device = await async_player(
        service("Volume", SET | {"Characteristics": ({}, {"Told": "string"})})
    )
    device.services[0].answers["Characteristics"] = {"Told": "something"}
    with pytest.raises(UpnpValueError, match="VolumeMax"):
        await player.async_volume_set_level(0.5)
    assert [name for name, _ in device.calls] == ["Characteristics"]
