import pytest

from async_upnp_client.profiles.dlna import TransportState
from async_upnp_client.profiles.dlna.queue_watch import BEGIN_SECONDS, GRACE, QueueWatch, Step, View, same_uri

A, B, C = "http://192.0.2.1/a", "http://192.0.2.1/b", "http://192.0.2.1/c"
PLAYING, STOPPED = TransportState.PLAYING, TransportState.STOPPED


def playing(uri: str | None = A, position: float | None = 10.0, duration: float | None = 180.0) -> View:
    return View(PLAYING, uri, position, duration)


def begun(next_uri: str | None = None) -> QueueWatch:
    """A watch of a track that plays since second 1, and was 10 s in at second 2."""
    watch = QueueWatch()
    watch.asked(A, 0.0)
    assert watch.look(playing(position=9.0), 1.0) is Step.PRELOAD
    watch.preloaded(*[] if next_uri is None else [next_uri])
    assert watch.look(playing(), 2.0) is Step.NOTHING
    return watch


def test_nothing_is_to_be_done_before_something_is_played() -> None:
    assert QueueWatch().look(playing(), 0.0) is Step.NOTHING


def test_it_ends() -> None:
    watch = begun()
    assert watch.look(View(STOPPED, A), 172.0) is Step.PLAY_NEXT


@pytest.mark.parametrize("state", [STOPPED, TransportState.NO_MEDIA_PRESENT])
def test_somebody_stops_it(state: TransportState) -> None:
    watch = begun(B)
    assert watch.look(View(state, A), 60.0) is Step.LEFT


def test_somebody_plays_something_else() -> None:
    assert begun(B).look(playing(C), 60.0) is Step.LEFT


def test_it_goes_on_by_itself() -> None:
    assert begun(B).look(playing(B, 0.0), 172.0) is Step.ADVANCED


def test_it_goes_on_after_a_moment() -> None:
    watch = begun(B)
    assert watch.look(View(STOPPED, A), 172.0) is Step.NOTHING
    assert watch.is_waiting
    assert watch.look(View(TransportState.TRANSITIONING, B), 172.5) is Step.NOTHING
    assert watch.look(playing(B, 0.0), 173.0) is Step.ADVANCED


def test_it_does_not_go_on_though_it_was_told() -> None:
    watch = begun(B)
    assert watch.look(View(STOPPED, A), 172.0) is Step.NOTHING
    assert watch.look(View(STOPPED, A), 172.0 + GRACE) is Step.PLAY_NEXT


def test_without_a_duration_every_stop_is_an_end() -> None:
    watch = QueueWatch()
    watch.asked(A, 0.0)
    assert watch.look(playing(duration=None), 1.0) is Step.PRELOAD
    watch.preloaded()
    assert watch.look(View(STOPPED, A), 5.0) is Step.PLAY_NEXT


def test_a_pause_is_no_end() -> None:
    watch = begun()
    assert watch.look(View(TransportState.PAUSED_PLAYBACK, A, 10.0, 180.0), 900.0) is Step.NOTHING
    assert watch.look(playing(), 1000.0) is Step.NOTHING
    assert watch.look(View(STOPPED, A), 1060.0) is Step.LEFT


def test_it_does_not_begin() -> None:
    watch = QueueWatch()
    watch.asked(A, 0.0)
    assert watch.look(View(STOPPED, None), 1.0) is Step.NOTHING
    assert watch.is_waiting
    assert watch.look(View(TransportState.TRANSITIONING, A), BEGIN_SECONDS + 1) is Step.SKIP


def test_what_played_before_plays_on_for_a_moment() -> None:
    watch = QueueWatch()
    watch.asked(A, 0.0)
    assert watch.look(playing(C), 1.0) is Step.NOTHING
    assert watch.look(playing(A), 2.0) is Step.PRELOAD


def test_another_order_is_told_anew() -> None:
    watch = begun(B)
    watch.order_changed()
    assert watch.look(playing(), 3.0) is Step.PRELOAD
    assert watch.next_uris == (B,)


def test_while_it_is_told_of_another_it_may_go_on_to_the_former() -> None:
    watch = begun()
    watch.preloaded(C, B, is_done=False)
    assert watch.is_waiting
    assert watch.look(playing(B, 0.0), 172.0) is Step.ADVANCED


def test_what_is_refused_is_left_out_at_once() -> None:
    watch = QueueWatch()
    watch.asked(A, 0.0)
    watch.failed()
    assert watch.look(View(STOPPED, None), 0.0) is Step.SKIP
    watch.asked(B, 0.0)
    assert watch.look(View(STOPPED, None), 0.0) is Step.NOTHING


def test_a_renderer_that_tells_no_uri() -> None:
    watch = QueueWatch()
    watch.asked(A, 0.0)
    assert watch.look(playing(None), 1.0) is Step.PRELOAD


def test_nothing_is_watched_any_more() -> None:
    watch = begun(B)
    watch.left()
    assert watch.look(playing(C), 60.0) is Step.NOTHING


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [(A, A, True), ("http://h/a%20b", "http://h/a b", True), (f" {A}", A, True), (A, B, False)],
)
def test_uris(one: str, other: str, same: bool) -> None:
    assert same_uri(one, other) is same
