"""A queue plays on the virtual renderer over loopback, gapless or not, evented or not, in virtual time."""

from typing import Any

import pytest

from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.profiles.dlna import TransportState
from async_upnp_client.profiles.dlna.queue_order import Repeat
from tests.support.player import SECONDS, Player, song
from tests.support.virtual_time import pass_time, run


@pytest.mark.parametrize("is_evented", [True, False])
def test_one_after_the_other_without_a_gap(is_evented: bool) -> None:
    async def main() -> None:
        async with Player(is_evented=is_evented) as player:
            await player.play("a", "b", "c")
            assert player.renderer.av_transport.playback.state == "PLAYING"
            for title in "abc":
                assert player.queue.current is not None
                assert player.queue.current.title == title
                assert player.dmr.transport_state is TransportState.PLAYING
                await pass_time(SECONDS)
            await pass_time(10)
            assert player.played == ["a", "b", "c", None]
            assert player.dmr.transport_state is TransportState.STOPPED
            assert player.queue.is_gapless

    run(main())


async def others_call(player: Player, name: str, **arguments: Any) -> None:
    """Have another control point call an action of the transport."""
    action = player.dmr._action("AVT", name)
    assert action is not None, "it has the action"
    await action.async_call(InstanceID=0, **arguments)


def test_a_renderer_that_cannot_be_told_what_is_next() -> None:
    async def main() -> None:
        async with Player() as player:
            player.queue.is_gapless = False
            await player.play("a", "b")
            await pass_time(SECONDS)
            assert player.renderer.av_transport.playback.media.uri == song("b").url
            await pass_time(SECONDS + 10)
            assert player.played == ["a", "b", None]

    run(main())


@pytest.mark.uda("A-013")
def test_a_renderer_that_forgets_what_it_was_told_is_next() -> None:
    async def main() -> None:
        async with Player() as player:
            await player.play("a", "b", "c")
            await pass_time(60)
            playback = player.renderer.av_transport.playback
            playback.next_media = type(playback.next_media)()
            await pass_time(SECONDS - 50)
            assert player.played == ["a", "b"]
            assert player.dmr.transport_state is TransportState.PLAYING
            assert not player.queue.is_gapless, "it is not relied on any more"
            await pass_time(2 * SECONDS)
            assert player.played == ["a", "b", "c", None]

    run(main())


@pytest.mark.parametrize("is_evented", [True, False])
def test_somebody_stops_it(is_evented: bool) -> None:
    async def main() -> None:
        async with Player(is_evented=is_evented) as player:
            await player.play("a", "b")
            await pass_time(60)
            await others_call(player, "Stop")
            await pass_time(30)
            assert player.played == ["a", None]
            assert player.dmr.transport_state is TransportState.STOPPED
            await player.queue.async_play()
            await pass_time(1)
            assert player.played == ["a", None, "a"], "one can go on with it"

    run(main())


def test_somebody_plays_something_else() -> None:
    async def main() -> None:
        async with Player() as player:
            await player.play("a", "b")
            other = song("other")
            await others_call(
                player, "SetAVTransportURI", CurrentURI=other.url, CurrentURIMetaData=other.meta_data
            )
            await pass_time(2 * SECONDS)
            assert player.played == ["a", None]

    run(main())


def test_a_pause_is_no_end() -> None:
    async def main() -> None:
        async with Player() as player:
            await player.play("a", "b")
            await pass_time(100)
            await player.queue.async_pause()
            await pass_time(2 * SECONDS)
            assert player.dmr.transport_state is TransportState.PAUSED_PLAYBACK
            position = player.dmr.media_position_now
            assert position is not None
            assert abs(position - 101) < 2
            await player.queue.async_play()
            await pass_time(70)
            assert player.played == ["a"]
            await pass_time(20)
            assert player.played == ["a", "b"]

    run(main())


def test_by_hand() -> None:
    async def main() -> None:
        async with Player() as player:
            await player.play("a", "b")
            assert await player.queue.async_next()
            assert player.dmr.transport_state is TransportState.PLAYING
            assert not await player.queue.async_next()
            assert await player.queue.async_previous()
            assert not await player.queue.async_previous()
            await player.queue.async_play(player.queue.items[1])
            await player.queue.async_stop()
            await pass_time(SECONDS)
            assert player.played == ["a", "b", "a", "b", None]
            with pytest.raises(ValueError, match="no such track"):
                await player.queue.async_play(song("x"))
            player.queue.clear()
            with pytest.raises(ValueError, match="no such track"):
                await player.queue.async_play()

    run(main())


def test_what_is_next_may_change_meanwhile() -> None:
    async def main() -> None:
        async with Player() as player:
            await player.play("a", "b", "c")
            await pass_time(20)
            assert player.renderer.av_transport.playback.next_media.uri == song("b").url
            player.queue.remove(player.queue.items[1])
            await pass_time(20)
            assert player.renderer.av_transport.playback.next_media.uri == song("c").url
            player.queue.insert(1, song("x"))
            assert [item.title for item in player.queue.upcoming] == ["x", "c"]
            await pass_time(SECONDS)
            assert player.played == ["a", "x"]

    run(main())


def test_repeat_and_shuffle() -> None:
    async def main() -> None:
        async with Player() as player:
            player.queue.repeat = Repeat.ALL
            await player.play("a", "b")
            await pass_time(3 * SECONDS)
            assert player.played == ["a", "b", "a", "b"]
            player.queue.repeat = Repeat.ONE
            await pass_time(3 * SECONDS)
            assert set(player.played[4:]) == {"b"}, "also though another was to be next"
            assert player.queue.repeat is Repeat.ONE
            player.queue.shuffle = True
            assert player.queue.shuffle

    run(main())


def test_what_cannot_be_played_is_left_out() -> None:
    async def main() -> None:
        async with Player() as player:
            page = song("page")
            assert isinstance(page.meta_data, str)
            page.url = "http://127.0.0.1:9/nothing.mp3"
            page.meta_data = ""
            player.queue.append(song("a"), page, song("b"))
            await player.queue.async_play()  # the initial events, of a renderer without media, come after it
            await pass_time(SECONDS - 10)
            assert player.played == ["a"], "an event of before has ended nothing"
            await pass_time(20)
            assert player.played[-1] == "b"
            assert isinstance(page.error, UpnpActionError)

    run(main())


def test_a_queue_of_nothing_playable_ends() -> None:
    async def main() -> None:
        async with Player() as player:
            player.queue.repeat = Repeat.ALL
            pages = [song("x"), song("y")]
            for page in pages:
                page.url, page.meta_data = "http://127.0.0.1:9/nothing.mp3", ""
            player.queue.append(song("a"), *pages)
            await player.queue.async_play()
            await pass_time(1)
            player.queue.remove(player.queue.items[0])
            await pass_time(SECONDS + 60)
            assert player.played[-1] is None
            assert not player.queue.is_active

    run(main())


def test_a_renderer_goes_on_to_what_was_to_be_next_a_moment_ago() -> None:
    async def main() -> None:
        async with Player() as player:
            await player.play("a", "b")
            await pass_time(SECONDS - 3)
            player.queue.insert(1, song("c"))
            # the renderer goes on before it hears of that
            player.renderer.av_transport.playback.set_next_media = lambda media: None  # type: ignore[method-assign]
            await pass_time(20)
            assert player.played == ["a", "b"]
            assert player.queue.current is not None
            assert player.queue.current.title == "b"

    run(main())


def test_many_that_cannot_be_played_leave_room_for_others() -> None:
    async def main() -> None:
        async with Player() as player:
            player.renderer.faults.refuse["SetAVTransportURI"] = 716
            player.queue.append(*[song(f"s{number}") for number in range(300)])
            with pytest.raises(UpnpActionError):
                await player.queue.async_play()
            player.queue.append(song("last"))
            await pass_time(30)
            await player.queue.async_stop()
            assert not player.queue.is_active

    run(main())


def test_a_renderer_that_was_away_plays_again() -> None:
    async def main() -> None:
        async with Player(is_evented=False) as player:
            await player.play("a", "b")
            await pass_time(20)
            player.renderer.faults.seconds = 600  # it answers nothing in time
            await pass_time(60)
            player.renderer.av_transport.fail()  # it has restarted meanwhile
            player.renderer.faults.seconds = 0
            await pass_time(120)
            assert player.played[-1] in ("a", "b")
            assert player.queue.is_active
            assert player.dmr.transport_state is TransportState.PLAYING

    run(main())
