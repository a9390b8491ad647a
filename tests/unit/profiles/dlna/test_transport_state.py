import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from async_upnp_client.profiles.dlna import DeviceState, TransportState
from tests.support.renderer import Renderer, tell
from tests.support.virtual_time import run

ANSWER = {
    "Track": "1",
    "TrackDuration": "0:03:00",
    "TrackMetaData": "",
    "TrackURI": "http://x/a",
    "RelTime": "0:00:30",
}


@pytest.mark.uda("A-007", "A-008")
@pytest.mark.parametrize(
    ("said", "state", "transport_state"),
    [
        ("PLAYING", DeviceState.PLAYING, TransportState.PLAYING),
        (" playing ", DeviceState.PLAYING, TransportState.PLAYING),
        ("PAUSED_PLAYBACK", DeviceState.PAUSED, TransportState.PAUSED_PLAYBACK),
        ("STOPPED", DeviceState.IDLE, TransportState.STOPPED),
        ("X_BUFFERING", DeviceState.IDLE, TransportState.VENDOR_DEFINED),
        ("", DeviceState.IDLE, TransportState.VENDOR_DEFINED),
        ("NOT_IMPLEMENTED", DeviceState.IDLE, TransportState.VENDOR_DEFINED),
    ],
)
async def test_states(said: str, state: DeviceState, transport_state: TransportState) -> None:
    dmr = await Renderer().async_profile()
    assert (dmr.state, dmr.transport_state) == (DeviceState.IDLE, TransportState.VENDOR_DEFINED)
    tell(dmr, "AVT", TransportState=said, TransportStatus="OK")
    assert (dmr.state, dmr.transport_state, dmr.transport_status) == (state, transport_state, "OK")


async def test_a_device_without_the_service() -> None:
    dmr = await Renderer(without={"AVTransport"}).async_profile()
    assert (dmr.state, dmr.transport_state) == (DeviceState.ON, None)
    assert (dmr.media_position, dmr.media_position_updated_at, dmr.media_duration) == (None, None, None)
    assert (dmr.media_track_number, dmr.current_track_uri, dmr.next_av_transport_uri) == (None, None, None)


@pytest.mark.uda("A-006", "A-007")
@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("0:03:05", 185),
        ("00:03:05.900", 185),
        ("0:00:01.1/3", 1),
        ("25:00:00", 90000),
        ("", None),
        ("NOT_IMPLEMENTED", None),
        ("soon", None),
    ],
)
async def test_durations(said: str, seconds: int | None) -> None:
    dmr = await Renderer().async_profile()
    tell(dmr, "AVT", CurrentTrackDuration=said, RelativeTimePosition=said)
    assert (dmr.media_duration, dmr.media_position) == (seconds, seconds)


@pytest.mark.uda("A-007")
@pytest.mark.parametrize(("said", "number"), [("3", 3), ("2147483647", None), ("NOT_IMPLEMENTED", None)])
async def test_track_numbers(said: str, number: int | None) -> None:
    dmr = await Renderer().async_profile()
    tell(dmr, "AVT", CurrentTrack=said)
    assert dmr.media_track_number == number


async def test_each_answer_has_the_time_of_its_own() -> None:
    dmr = await Renderer(GetPositionInfo=ANSWER).async_profile()
    await dmr.async_poll_transport()
    first = dmr.media_position_updated_at
    assert dmr.media_position == 30
    assert first is not None
    assert abs(datetime.now(UTC) - first) < timedelta(minutes=1)
    assert dmr.media_position_updated_at is first, "it is one time for one answer"
    await dmr.async_poll_transport()
    second = dmr.media_position_updated_at
    assert second is not None
    assert second > first, "the same position, later"


async def test_positions_do_not_jump_over_a_pause() -> None:
    dmr = await Renderer(GetPositionInfo=ANSWER).async_profile()
    tell(dmr, "AVT", TransportState="PAUSED_PLAYBACK")
    await dmr.async_poll_transport()
    polled = dmr.media_position_updated_at
    assert dmr.media_position_now == 30.0
    tell(dmr, "AVT", TransportState="PLAYING")
    begun = dmr.media_position_updated_at
    assert polled is not None
    assert begun is not None
    assert begun > polled
    assert dmr.media_position == 30
    assert dmr.media_position_now is not None
    assert dmr.media_position_now >= 30.0


async def test_another_track_begins_anew() -> None:
    dmr = await Renderer(GetPositionInfo=ANSWER).async_profile()
    tell(dmr, "AVT", TransportState="PLAYING", CurrentTrackURI="http://x/a")
    await dmr.async_poll_transport()
    assert dmr.media_position == 30
    tell(dmr, "AVT", CurrentTrackURI="http://x/b")
    assert dmr.media_position == 0


async def test_a_track_that_is_set_at_rest_has_not_the_position_of_the_one_before() -> None:
    dmr: Any = await Renderer(GetPositionInfo=ANSWER).async_profile()
    tell(dmr, "AVT", TransportState="PLAYING", CurrentTrackURI="http://x/a")
    await dmr.async_poll_transport()
    tell(dmr, "AVT", TransportState="STOPPED")
    assert dmr.media_position == 30
    tell(dmr, "AVT", CurrentTrackURI="http://x/b")
    assert (dmr.media_position, dmr.media_position_updated_at, dmr.media_position_now) == (None, None, None)
    before = datetime.now(UTC)
    tell(dmr, "AVT", TransportState="PLAYING")
    assert dmr.media_position == 0
    assert dmr.media_position_updated_at is not None
    assert dmr.media_position_updated_at > before - timedelta(seconds=1)


async def test_an_event_is_waited_for() -> None:
    dmr = await Renderer().async_profile()
    waiting = asyncio.ensure_future(dmr.async_wait_event(60))
    await asyncio.sleep(0)
    tell(dmr, "AVT", TransportState="PLAYING")
    assert await waiting
    assert not await dmr.async_wait_event(0)


async def test_something_is_waited_for() -> None:
    renderer = Renderer(GetTransportInfo={"CurrentTransportState": "PLAYING"})
    dmr = await renderer.async_profile()
    assert await dmr.async_wait_for(lambda: dmr.transport_state is TransportState.PLAYING, 30)
    assert renderer.called("GetTransportInfo"), "it was polled"
    assert not await dmr.async_wait_for(lambda: False, 0)


async def test_errors_of_polls_are_no_answer() -> None:
    renderer = Renderer()
    dmr = await renderer.async_profile()
    polls = 0

    async def async_poll() -> None:
        nonlocal polls
        polls += 1
        renderer.is_gone = polls < 2
        await dmr.async_poll_transport()

    assert await dmr.async_wait_for(lambda: polls == 2, 30, async_poll)


def test_a_poll_that_never_ends_ends_with_the_wait() -> None:
    async def main() -> None:
        dmr = await Renderer().async_profile()
        loop = asyncio.get_running_loop()
        begin = loop.time()
        assert not await dmr.async_wait_for(lambda: False, 5, asyncio.Event().wait)
        assert loop.time() - begin == pytest.approx(5)

    run(main())


@pytest.mark.uda("A-006")
async def test_nothing_is_before_the_beginning() -> None:
    dmr = await Renderer().async_profile()
    tell(dmr, "AVT", CurrentTrackDuration="-0:00:01", RelativeTimePosition="-0:00:01")
    assert (dmr.media_duration, dmr.media_position, dmr.media_position_now) == (None, None, None)
