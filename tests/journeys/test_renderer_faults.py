"""`DmrDevice` and `PlayQueue` with a virtual renderer that does wrong now and again, at any moment.

What it does is drawn by number, so that each run is the same. Whatever happens, only our own errors are
raised, and once the renderer behaves again we know what it does.
"""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from async_upnp_client.exceptions import UpnpError
from async_upnp_client.profiles.dlna import DmrDevice, TransportState
from async_upnp_client.virtual.faults import Faults
from tests.support.player import SECONDS, Player, song
from tests.support.virtual_time import pass_time, run

ACTIONS = ("SetAVTransportURI", "SetNextAVTransportURI", "Play", "Pause", "Stop", "Seek", "Next")
POLLED = ("GetTransportInfo", "GetPositionInfo", "GetMediaInfo", "GetCurrentTransportActions", "GetVolume")
NONSENSE = (
    "",
    "NOT_IMPLEMENTED",
    "0:00:00",
    "2147483647",
    "99999:99:99.999",
    "-0:00:01",
    "garbage",
    "٣:00:00",
)
TOLD = (
    ("GetPositionInfo", "RelTime"),
    ("GetPositionInfo", "TrackDuration"),
    ("GetPositionInfo", "TrackURI"),
    ("GetPositionInfo", "TrackMetaData"),
    ("GetPositionInfo", "Track"),
    ("GetTransportInfo", "CurrentTransportState"),
    ("GetMediaInfo", "CurrentURI"),
    ("GetCurrentTransportActions", "Actions"),
    ("GetVolume", "CurrentVolume"),
)
STALE = (
    "<TransportState val='PLAYING'/>",
    "<TransportState val='STOPPED'/><CurrentTransportActions val=''/>",
    "<TransportState val='TRANSITIONING'/><CurrentTrackDuration val='NOT_IMPLEMENTED'/>",
    "<CurrentTrackURI val=''/><CurrentTrackMetaData val='&lt;DIDL'/>",
    "<RelativeTimePosition val='0:00:00'/>",
)

FAULTS: tuple[Callable[[Faults, Random], Any], ...] = (
    lambda faults, draw: faults.refuse.update(
        {draw.choice(ACTIONS): draw.choice((402, 501, 701, 704, 716, 718))}
    ),
    lambda faults, draw: faults.refuse.update({draw.choice(POLLED): draw.choice((401, 501, 701, 718))}),
    lambda faults, draw: faults.lose_answer.add(draw.choice(ACTIONS + POLLED)),
    lambda faults, draw: setattr(faults, "seconds", draw.choice((0.5, 4.0, 40.0))),
    lambda faults, draw: faults.lose_events.add(draw.choice(("AVTransport", "RenderingControl"))),
    lambda faults, draw: tell_nonsense(faults, *draw.choice(TOLD), draw.choice(NONSENSE)),
)
CALLS: tuple[Callable[[Player, Random], Any], ...] = (
    lambda player, _: player.dmr.async_update(),
    lambda player, draw: player.dmr.async_update(do_ping=draw.random() < 0.5),
    lambda player, _: player.dmr.async_play(),
    lambda player, _: player.dmr.async_pause(),
    lambda player, _: player.dmr.async_stop(),
    lambda player, _: player.dmr.async_next(),
    lambda player, draw: player.dmr.async_seek_rel_time(timedelta(seconds=draw.randrange(300))),
    lambda player, draw: player.dmr.async_set_volume_level(draw.random()),
    lambda player, draw: player.dmr.async_play_media(song(draw.choice("xyz")).url, "by hand"),
    lambda player, _: player.queue.async_play(),
    lambda player, _: player.queue.async_next(),
)


def tell_nonsense(faults: Faults, action: str, argument: str, text: str) -> None:
    """Have an answer say something else."""
    faults.answer.setdefault(action, {})[argument] = text


def heal(faults: Faults) -> None:
    """Have the renderer behave."""
    for broken in (faults.refuse, faults.lose_answer, faults.answer, faults.lose_events):
        broken.clear()
    faults.seconds = 0.0


def check(dmr: DmrDevice) -> None:
    """Ask for everything that can be asked for without a call."""
    for name in dir(type(dmr)):
        if isinstance(getattr(type(dmr), name), property):
            getattr(dmr, name)
    position, duration = dmr.media_position_now, dmr.media_duration
    assert position is None or position >= 0
    assert dmr.media_position is None or dmr.media_position >= 0
    assert duration is None or duration >= 0
    assert dmr.volume_level is None or 0.0 <= dmr.volume_level <= 1.0


@pytest.mark.parametrize("is_evented", [True, False])
@pytest.mark.parametrize("seed", [1, 2, 7])
def test_whatever_it_does_wrong_we_know_afterwards(seed: int, is_evented: bool) -> None:
    async def main() -> None:
        draw = Random(seed)  # the same each time
        async with Player(is_evented=is_evented) as player:
            faults, transport = player.renderer.faults, player.renderer.av_transport
            player.queue.append(*map(song, "abc"))
            for _ in range(30):
                if draw.random() < 0.3:
                    heal(faults)
                draw.choice(FAULTS)(faults, draw)
                if is_evented and draw.random() < 0.3:
                    text = f"<Event><InstanceID val='0'>{draw.choice(STALE)}</InstanceID></Event>"
                    await transport.async_send(LastChange=text)
                try:
                    if draw.random() < 0.1:
                        transport.fail()
                    await draw.choice(CALLS)(player, draw)
                except UpnpError:
                    pass
                check(player.dmr)
                await pass_time(draw.choice((0.0, 0.3, 3.0, 50.0)))
                check(player.dmr)
            heal(faults)
            await player.queue.async_stop()
            await pass_time(700)  # subscriptions that failed are made anew
            item = song("last")
            assert await player.dmr.async_play_media(item.url, item.title, item.meta_data)
            await pass_time(30)
            await player.dmr.async_update()
            assert player.dmr.transport_state is TransportState.PLAYING
            assert player.dmr.current_track_uri == item.url
            assert player.dmr.media_title == "last"
            assert player.dmr.media_duration == int(SECONDS)
            assert player.dmr.media_position in (29, 30, 31)

    run(main())
