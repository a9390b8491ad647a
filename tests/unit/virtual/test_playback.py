from contextlib import suppress

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.virtual.media import NO_MEDIA, Media, Track
from async_upnp_client.virtual.playback import Mode, Playback, State

SONG = Media("song", "meta", (Track("song", "meta", 10.0),))
OTHER = Media("other", "", (Track("other", "", 20.0),))
RADIO = Media("radio", "", (Track("radio"),))
ALBUM = Media("album", "", (Track("one", "", 10.0), Track("two", "", 20.0), Track("three", "", 30.0)))


def loaded(media: Media = SONG, *, buffering: float = 0.0) -> Playback:
    playback = Playback(buffering)
    playback.set_media(0.0, media)
    return playback


def playing(media: Media = SONG) -> Playback:
    playback = loaded(media)
    playback.play(100.0)
    return playback


def at(playback: Playback, now: float) -> tuple[State, str, float]:
    playback.tick(now)
    return playback.state, playback.track.uri, playback.position(now)


def test_it_plays_pauses_goes_on_and_stops() -> None:
    playback = loaded()
    assert at(playback, 50.0) == (State.STOPPED, "song", 0.0)
    playback.play(100.0)
    assert at(playback, 103.0) == (State.PLAYING, "song", 3.0)
    playback.pause(104.0)
    assert at(playback, 200.0) == (State.PAUSED_PLAYBACK, "song", 4.0)
    assert playback.due is None
    playback.play(300.0)
    playback.play(301.0)
    assert at(playback, 302.0) == (State.PLAYING, "song", 6.0)
    playback.stop()
    assert at(playback, 303.0) == (State.STOPPED, "song", 0.0)


def test_it_stops_at_the_end() -> None:
    playback = playing()
    assert playback.due == 110.0
    assert at(playback, 109.9)[0] is State.PLAYING
    assert at(playback, 110.0) == (State.STOPPED, "song", 0.0)


def test_what_has_no_end_plays_on() -> None:
    playback = playing(RADIO)
    assert playback.due is None
    assert at(playback, 1e6) == (State.PLAYING, "radio", 1e6 - 100)


def test_what_is_next_follows_without_a_gap() -> None:
    playback = playing()
    playback.set_next_media(OTHER)
    assert at(playback, 112.0) == (State.PLAYING, "other", 2.0)
    assert playback.next_media == NO_MEDIA
    assert at(playback, 130.0)[0] is State.STOPPED


def test_tracks_follow_each_other() -> None:
    playback = playing(ALBUM)
    assert at(playback, 115.0) == (State.PLAYING, "two", 5.0)
    assert playback.position_in_media(115.0) == 15.0
    assert playback.number == 2
    assert at(playback, 159.0) == (State.PLAYING, "three", 29.0)
    assert at(playback, 160.0) == (State.STOPPED, "one", 0.0)


def test_it_repeats() -> None:
    playback = playing(ALBUM)
    playback.mode = Mode.REPEAT_ALL
    assert at(playback, 165.0) == (State.PLAYING, "one", 5.0)
    playback.mode = Mode.REPEAT_ONE
    assert at(playback, 183.0) == (State.PLAYING, "one", 3.0)


def test_it_buffers_first() -> None:
    playback = loaded(buffering=2.0)
    playback.play(100.0)
    assert (playback.state, playback.due) == (State.TRANSITIONING, 102.0)
    with pytest.raises(UpnpActionError) as refused:
        playback.pause(101.0)
    assert refused.value.error_code == 701
    assert at(playback, 105.0) == (State.PLAYING, "song", 3.0)
    assert at(playback, 112.0)[0] is State.STOPPED


def test_other_media_go_on_where_it_plays() -> None:
    playback = playing()
    playback.set_next_media(OTHER)
    playback.set_media(105.0, ALBUM)
    assert at(playback, 107.0) == (State.PLAYING, "one", 2.0)
    assert playback.next_media == NO_MEDIA
    playback.pause(108.0)
    playback.set_media(109.0, SONG)
    assert at(playback, 110.0) == (State.STOPPED, "song", 0.0)
    playback.set_media(111.0, NO_MEDIA)
    assert playback.state is State.NO_MEDIA_PRESENT
    assert playback.number == 0


@pytest.mark.parametrize(
    ("unit", "target", "found"),
    [
        ("REL_TIME", "0:00:07", (State.PLAYING, "two", 7.0)),
        ("REL_TIME", "0:00:19.500", (State.PLAYING, "two", 19.5)),
        ("ABS_TIME", "0:00:09", (State.PLAYING, "one", 9.0)),
        ("ABS_TIME", "0:00:35", (State.PLAYING, "three", 5.0)),
        ("TRACK_NR", "3", (State.PLAYING, "three", 0.0)),
        ("TRACK_NR", "1", (State.PLAYING, "one", 0.0)),
        ("REL_TIME", "0:00:21", 711),
        ("REL_TIME", "soon", 711),
        ("ABS_TIME", "0:01:01", 711),
        ("TRACK_NR", "4", 711),
        ("TRACK_NR", "0", 711),
        ("TRACK_NR", "one", 711),
        ("FRAME", "1", 710),
    ],
)
def test_seek(unit: str, target: str, found: object) -> None:
    playback = playing(ALBUM)
    playback.tick(115.0)
    if isinstance(found, int):
        with pytest.raises(UpnpActionError) as refused:
            playback.seek(115.0, unit, target)
        assert refused.value.error_code == found
        assert at(playback, 115.0) == (State.PLAYING, "two", 5.0)
    else:
        playback.seek(115.0, unit, target)
        assert at(playback, 115.0) == found


def test_what_has_no_end_has_no_places() -> None:
    for unit in ("REL_TIME", "ABS_TIME"):
        with pytest.raises(UpnpActionError):
            playing(RADIO).seek(101.0, unit, "0:00:01")


def test_a_place_sought_while_it_stands_is_where_it_begins() -> None:
    playback = loaded()
    playback.seek(0.0, "REL_TIME", "0:00:04")
    assert at(playback, 50.0) == (State.STOPPED, "song", 4.0)
    playback.play(100.0)
    assert playback.due == 106.0


def test_next_and_previous() -> None:
    playback = playing(ALBUM)
    playback.next(101.0)
    assert at(playback, 102.0) == (State.PLAYING, "two", 1.0)
    playback.next(103.0)
    with pytest.raises(UpnpActionError) as refused:
        playback.next(104.0)
    assert refused.value.error_code == 711
    playback.previous(104.0)
    assert at(playback, 105.0) == (State.PLAYING, "two", 1.0)
    playback.next(105.0)
    playback.set_next_media(SONG)
    playback.next(106.0)
    assert at(playback, 106.0) == (State.PLAYING, "song", 0.0)
    with pytest.raises(UpnpActionError):
        playback.previous(106.0)


@pytest.mark.parametrize("command", ["play", "pause", "next", "previous"])
def test_without_media_there_is_no_transition(command: str) -> None:
    with pytest.raises(UpnpActionError) as refused:
        getattr(Playback(), command)(0.0)
    assert refused.value.error_code == 701


def test_without_media_nothing_stops_or_follows() -> None:
    for command in (Playback().stop, lambda: Playback().set_next_media(SONG)):
        with pytest.raises(UpnpActionError) as refused:
            command()
        assert refused.value.error_code == 701
    with pytest.raises(UpnpActionError):
        Playback().seek(0.0, "TRACK_NR", "1")


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        (State.STOPPED, ("Play", "Seek", "Next")),
        (State.PLAYING, ("Stop", "Pause", "Seek", "Next")),
        (State.PAUSED_PLAYBACK, ("Play", "Stop", "Seek", "Next")),
        (State.TRANSITIONING, ("Stop", "Seek", "Next")),
    ],
)
def test_actions(state: State, actions: tuple[str, ...]) -> None:
    playback = loaded(ALBUM)
    playback.state = state
    assert playback.actions == actions
    playback.index = 2
    assert playback.actions == (*actions[:-1], "Previous")


class Anything(RuleBasedStateMachine):
    """Whatever one does to it, it is somewhere in what it plays, and never behind its time."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.playback = Playback(buffering=0.5)

    @rule(seconds=st.sampled_from([0.0, 0.25, 3.0, 12.0, 100.0]))
    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.playback.tick(self.now)

    @rule(media=st.sampled_from([SONG, OTHER, ALBUM, RADIO, NO_MEDIA]))
    def set_media(self, media: Media) -> None:
        self.playback.set_media(self.now, media)

    @rule(command=st.sampled_from(["play", "pause", "next", "previous"]))
    def command(self, command: str) -> None:
        with suppress(UpnpActionError):
            getattr(self.playback, command)(self.now)

    @rule(place=st.integers(0, 70), unit=st.sampled_from(["REL_TIME", "ABS_TIME"]))
    def seek(self, place: int, unit: str) -> None:
        with suppress(UpnpActionError):
            self.playback.seek(self.now, unit, f"0:{place // 60:02}:{place % 60:02}")

    @rule(media=st.sampled_from([SONG, RADIO, NO_MEDIA]))
    def follow(self, media: Media) -> None:
        if self.playback.media.tracks:
            self.playback.set_next_media(media)

    @rule(mode=st.sampled_from(list(Mode)))
    def repeat(self, mode: Mode) -> None:
        self.playback.mode = mode

    @invariant()
    def it_is_somewhere(self) -> None:
        playback = self.playback
        playback.tick(self.now)
        assert playback.position(self.now) >= 0
        assert playback.position(self.now) <= (playback.track.duration or 1e9)
        assert playback.due is None or playback.due > self.now
        assert (playback.state is State.NO_MEDIA_PRESENT) == (not playback.media.tracks)


TestAnything = Anything.TestCase
