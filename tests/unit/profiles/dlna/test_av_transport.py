from datetime import timedelta
from typing import Any

import pytest

from async_upnp_client.exceptions import UpnpActionError, UpnpError
from async_upnp_client.profiles.dlna import ActionPolicy, Capability, PlayMode, TransportState
from tests.support.renderer import Renderer, tell

ACTIONS = ("Pause", "Play", "Stop", "Next", "Previous")


@pytest.mark.parametrize("name", ACTIONS)
async def test_what_it_is_told(name: str) -> None:
    renderer = Renderer()
    dmr: Any = await renderer.async_profile()
    assert getattr(dmr, f"has_{name.lower()}")
    assert getattr(dmr, f"can_{name.lower()}")
    await getattr(dmr, f"async_{name.lower()}")()
    speed = {"Speed": "1"} if name == "Play" else {}
    assert renderer.called() == [(name, {"InstanceID": "0", **speed})]


@pytest.mark.uda("A-009")
@pytest.mark.parametrize("name", ACTIONS)
async def test_what_it_does_not_list_is_not_sent(name: str) -> None:
    renderer = Renderer()
    dmr: Any = await renderer.async_profile()
    tell(dmr, "AVT", CurrentTransportActions="Seek")
    assert not getattr(dmr, f"can_{name.lower()}")
    await getattr(dmr, f"async_{name.lower()}")()
    assert renderer.called() == []
    assert dmr.capability(name) is Capability.UNDECLARED
    dmr.action_policy = ActionPolicy.TRY
    assert dmr.action_policy is ActionPolicy.TRY
    await getattr(dmr, f"async_{name.lower()}")()
    assert [called for called, _ in renderer.called()] == [name]


@pytest.mark.uda("A-033")
@pytest.mark.parametrize("name", ACTIONS)
async def test_what_it_has_not_got(name: str) -> None:
    dmr: Any = await Renderer(without={name}).async_profile()
    assert not getattr(dmr, f"has_{name.lower()}")
    assert not getattr(dmr, f"can_{name.lower()}")
    assert dmr.capability(name) is Capability.MISSING
    with pytest.raises(UpnpError, match=name):
        await getattr(dmr, f"async_{name.lower()}")()


async def test_one_action_that_it_hides() -> None:
    renderer = Renderer()
    dmr = await renderer.async_profile()
    tell(dmr, "AVT", CurrentTransportActions=" play , STOP")
    assert dmr._has_current_transport_actions
    assert dmr._current_transport_actions == {"play", "stop"}
    assert dmr.can_play
    dmr.set_action_policy("Next", ActionPolicy.TRY)
    assert dmr.can_next
    assert not dmr.can_previous


async def test_a_refusal_is_remembered() -> None:
    renderer = Renderer(Next=401)
    dmr = await renderer.async_profile()
    with pytest.raises(UpnpActionError):
        await dmr.async_next()
    assert dmr.capability("Next") is Capability.REFUSED
    assert not dmr.can_next
    with pytest.raises(UpnpActionError):
        await dmr.async_next()  # who asks for it all the same may know better
    dmr.action_policy = ActionPolicy.TRY
    await dmr.async_next()
    assert len(renderer.called("Next")) == 2, "it is not sent"
    dmr.action_policy = ActionPolicy.FORCE
    with pytest.raises(UpnpActionError):
        await dmr.async_next()
    dmr.action_policy = ActionPolicy.TRUST
    renderer.av_transport.answers["Next"] = {}
    await dmr.async_next()
    assert dmr.can_next, "it has been carried out since"


@pytest.mark.uda("A-009")
@pytest.mark.parametrize(
    ("name", "state", "is_done"),
    [
        ("pause", "PAUSED_PLAYBACK", True),
        ("pause", "PLAYING", False),
        ("play", "PLAYING", True),
        ("play", "STOPPED", False),
        ("stop", "NO_MEDIA_PRESENT", True),
        ("stop", "PLAYING", False),
    ],
)
async def test_what_is_done_already(name: str, state: str, is_done: bool) -> None:
    answers: dict[str, Any] = {name.title(): 701, "GetTransportInfo": {"CurrentTransportState": state}}
    dmr: Any = await Renderer(**answers).async_profile()
    if is_done:
        await getattr(dmr, f"async_{name}")()
    else:
        with pytest.raises(UpnpActionError):
            await getattr(dmr, f"async_{name}")()
    assert dmr.transport_state is TransportState(state)


async def test_nothing_is_to_be_stopped_without_media() -> None:
    dmr = await Renderer().async_profile()
    tell(dmr, "AVT", TransportState="NO_MEDIA_PRESENT")
    assert not dmr.can_stop


@pytest.mark.uda("A-006", "A-010")
@pytest.mark.parametrize("unit", ["abs_time", "rel_time"])
async def test_seeking(unit: str) -> None:
    renderer = Renderer()
    dmr: Any = await renderer.async_profile()
    assert getattr(dmr, f"has_seek_{unit}")
    assert getattr(dmr, f"can_seek_{unit}")
    await getattr(dmr, f"async_seek_{unit}")(timedelta(hours=25, seconds=65))
    assert renderer.called() == [("Seek", {"InstanceID": "0", "Unit": unit.upper(), "Target": "25:01:05"})]
    assert dmr.media_position_now == (90065.0 if unit == "rel_time" else None)
    tell(dmr, "AVT", CurrentTransportActions="Play")
    assert not getattr(dmr, f"can_seek_{unit}")
    await getattr(dmr, f"async_seek_{unit}")(timedelta(0))
    assert len(renderer.called("Seek")) == 1


@pytest.mark.uda("A-010")
async def test_going_to_a_track() -> None:
    renderer = Renderer()
    dmr = await renderer.async_profile()
    await dmr.async_seek_track(3)
    assert renderer.called() == [("Seek", {"InstanceID": "0", "Unit": "TRACK_NR", "Target": "3"})]


async def test_a_device_that_cannot_seek() -> None:
    dmr = await Renderer(without={"Seek"}).async_profile()
    assert not dmr.has_seek_abs_time
    assert not dmr.has_seek_rel_time
    with pytest.raises(UpnpError, match="Seek"):
        await dmr.async_seek_rel_time(timedelta(0))


@pytest.mark.parametrize(
    ("said", "mode"),
    [
        (" shuffle ", PlayMode.SHUFFLE),
        ("X_VENDOR", PlayMode.VENDOR_DEFINED),
        ("", PlayMode.VENDOR_DEFINED),
        ("INTRO", PlayMode.INTRO),
    ],
)
async def test_play_modes(said: str, mode: PlayMode) -> None:
    renderer = Renderer()
    dmr = await renderer.async_profile()
    assert dmr.has_play_mode
    assert dmr.valid_play_modes == {PlayMode.NORMAL, PlayMode.SHUFFLE, PlayMode.REPEAT_ALL}
    tell(dmr, "AVT", CurrentPlayMode=said)
    assert dmr.play_mode is mode
    await dmr.async_set_play_mode(PlayMode.NORMAL)
    assert renderer.called() == [("SetPlayMode", {"InstanceID": "0", "NewPlayMode": "NORMAL"})]


async def test_a_device_without_play_modes() -> None:
    dmr = await Renderer(without={"AVTransport"}).async_profile()
    assert not dmr.has_play_mode
    assert (dmr.play_mode, dmr.valid_play_modes) == (None, set())
    with pytest.raises(UpnpError, match="SetPlayMode"):
        await dmr.async_set_play_mode(PlayMode.NORMAL)
