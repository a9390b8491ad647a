"""PlayQueue: one track after the other on a renderer, without gaps where it can (AVTransport:1 §2.4.2).

A task looks at the renderer whenever that has told something, and now and then; ``queue_watch`` says what
that means, ``queue_order`` what comes next. A renderer that knows SetNextAVTransportURI is told of the next
track as soon as the current one plays; with one that does not, or says so and stops all the same, the next
one is set and played.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Final, Self

from async_upnp_client._headers import shown
from async_upnp_client.exceptions import UpnpActionError, UpnpCommunicationError, UpnpError
from async_upnp_client.profiles.dlna.queue_order import QueueItem, QueueOrder, Repeat
from async_upnp_client.profiles.dlna.queue_watch import QueueWatch, Step, View, same_uri
from async_upnp_client.profiles.dlna.renderer import DmrDevice
from async_upnp_client.profiles.dlna.transport_actions import NEVER

_LOGGER = logging.getLogger(__name__)

LOOK: Final = 1.0
"""Seconds between two looks at a renderer that tells nothing by itself."""
LOOK_WITH_EVENTS: Final = 10.0
"""Seconds between two looks at one that does: an event may get lost."""
MOST_PAUSE: Final = 60.0
"""Seconds up to which the pause doubles while a renderer cannot be reached."""

NOTHING: Final = QueueItem("", "", "")
"""What a renderer is told to be next where nothing is."""


OVER: Final = frozenset({Step.PLAY_NEXT, Step.LEFT})


class PlayQueue:
    """Tracks for a renderer; to be used as `async with`, or started and stopped by hand.

    It plays as long as it is started, also while the renderer has restarted or cannot be reached for a while.
    Whoever stops the renderer, or has it play something else, ends it (`is_active`) until ``async_play``.
    """

    def __init__(
        self,
        renderer: DmrDevice,
        items: Iterable[QueueItem] = (),
        *,
        on_change: Callable[["PlayQueue"], None] | None = None,
        order: QueueOrder | None = None,
    ) -> None:
        self.renderer = renderer
        self.on_change = on_change
        """Called with the queue when another track, or none, is played; what it raises is logged."""
        self.is_gapless = renderer.has_next_transport_uri
        """Whether the renderer is told of the next track; False once it has shown that this is of no use."""
        self._order = order or QueueOrder()
        for item in items:
            self._order.insert(item)
        self._watch = QueueWatch()
        self._lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._is_active = False
        self._failures = 0
        self._told: list[QueueItem] = []  # what the renderer may believe to be next, the latest first
        self._changes = 0  # of the order
        self._was_away = False

    # --- What is in it ---

    @property
    def items(self) -> tuple[QueueItem, ...]:
        """The tracks, in the order in which they were put in."""
        return tuple(self._order.items)

    @property
    def upcoming(self) -> tuple[QueueItem, ...]:
        """The tracks that follow the current one, in the order in which they are played, once through."""
        return tuple(self._order.upcoming)

    @property
    def current(self) -> QueueItem | None:
        """The track that is, or was last, played; None before the first, and if it was taken out."""
        return self._order.current

    @property
    def is_active(self) -> bool:
        """Whether it plays, and goes on to the next track; also while the renderer pauses."""
        return self._is_active

    @property
    def repeat(self) -> Repeat:
        """What follows the end of a track, and of the queue."""
        return self._order.repeat

    @repeat.setter
    def repeat(self, repeat: Repeat) -> None:
        self._order.repeat = repeat
        self._order_changed()

    @property
    def shuffle(self) -> bool:
        """Whether the tracks are played in a random order."""
        return self._order.is_shuffled

    @shuffle.setter
    def shuffle(self, on: bool) -> None:
        self._order.set_shuffled(on)
        self._order_changed()

    def append(self, *items: QueueItem) -> None:
        """Put tracks at the end."""
        for item in items:
            self._order.insert(item)
        self._order_changed()

    def insert(self, index: int, item: QueueItem) -> None:
        """Put a track before that of an index."""
        self._order.insert(item, index)
        self._order_changed()

    def remove(self, item: QueueItem) -> None:
        """Take a track out; the current one is played to its end. ValueError if it is not in."""
        self._order.remove(item)
        self._order_changed()

    def clear(self) -> None:
        """Take all tracks out; the current one is played to its end."""
        self._order.clear()
        self._order_changed()

    def _order_changed(self) -> None:
        self._changes += 1
        self._watch.order_changed()
        self.renderer.wake()

    # --- From start to stop ---

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.async_close()

    def start(self) -> None:
        """Look after the renderer from now on, in the running loop."""
        if self._task is None:
            loop = asyncio.get_running_loop()
            self._task = loop.create_task(self._async_watch(), name=f"play queue of {self.renderer.name}")

    async def async_close(self) -> None:
        """Look after the renderer no more; it plays on as it does. Safe twice."""
        task, self._task = self._task, None
        self._is_active = False
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self._is_active = False

    # --- What one does with it ---

    async def async_play(self, item: QueueItem | None = None) -> None:
        """Play a track of the queue; without one the current, or the first, or go on after a pause.

        ValueError for a track that is not in it, or where it is empty; otherwise errors of the renderer.
        """
        self.start()
        async with self._lock:
            self._was_away = False
            if item is None and self._is_active and self.renderer.can_play:
                await self.renderer.async_play()
                return
            wanted = item or self.current or self._order.following(by_hand=True)
            if wanted is None or wanted not in self._order.items:
                raise ValueError("There is no such track to play")
            await self._async_set_and_play(wanted)

    async def async_pause(self) -> None:
        """Pause; ``async_play`` goes on. Errors as of the renderer."""
        await self.renderer.async_pause()

    async def async_stop(self) -> None:
        """Stop, and go on no more. Errors as of the renderer."""
        async with self._lock:
            self._end()
            await self.renderer.async_stop()

    async def async_next(self) -> bool:
        """Play the next track, and return whether there is one. Errors as of the renderer."""
        return await self._async_go(lambda: self._order.following(by_hand=True))

    async def async_previous(self) -> bool:
        """Play the track before, and return whether there is one. Errors as of the renderer."""
        return await self._async_go(self._order.preceding)

    async def _async_go(self, which: Callable[[], QueueItem | None]) -> bool:
        self.start()
        async with self._lock:
            wanted = which()
            if wanted is None:
                return False
            await self._async_set_and_play(wanted)
            return True

    # --- What it does by itself ---

    async def _async_watch(self) -> None:
        pause, seen = LOOK, self.renderer.wakes
        while True:
            looks_soon = not self.renderer.has_transport_events or self._watch.is_waiting
            rest = max(pause, LOOK if looks_soon else LOOK_WITH_EVENTS)
            is_told = await self.renderer.async_wait_event(rest, since=seen)
            if pause > LOOK and is_told:
                await asyncio.sleep(LOOK)  # events of who cannot be reached are no reason to hurry
            seen = self.renderer.wakes
            if not self._is_active:
                continue
            try:
                async with self._lock:
                    await self._async_look(asks=not is_told)
            except UpnpCommunicationError as err:
                pause = min(pause * 2, MOST_PAUSE)
                self._was_away = True
                _LOGGER.debug("%s cannot be reached: %s", self.renderer.name, shown(err))
            except Exception:
                pause = min(pause * 2, MOST_PAUSE)
                _LOGGER.exception("The queue of %s is not looked after", self.renderer.name)
            else:
                pause = LOOK

    async def _async_look(self, *, asks: bool) -> None:
        if not self._is_active:
            return  # ended while the lock was waited for
        view, step = await self._async_step(asks=asks)
        was_away, self._was_away = self._was_away, False
        if was_away and step in (Step.LEFT, Step.SKIP) and self.current is not None:
            _LOGGER.debug("%s is back, and has forgotten what it played", self.renderer.name)
            await self._async_play_following(self.current)
        elif step is Step.PRELOAD:
            self._failures = 0
            await self._async_preload(self._order.following())
        elif step is Step.ADVANCED:
            await self._async_advanced(view.uri or "")
        elif step is Step.PLAY_NEXT:
            if self._watch.next_uris:
                _LOGGER.debug("%s does not go on by itself", self.renderer.name)
                self.is_gapless = False
            await self._async_play_following(self._order.following())
        elif step is Step.SKIP:
            await self._async_skip()
        elif step is Step.LEFT:
            _LOGGER.debug("%s is used by somebody else", self.renderer.name)
            self._end()

    async def _async_step(self, *, asks: bool) -> tuple[View, Step]:
        """Return how things stand at the renderer, and what is to be done; `asks` by a poll."""
        if asks:
            await self.renderer.async_poll_transport()
        view = self._view()
        step = self._watch.look(view, self.renderer.clock())
        if not asks and step in OVER and self._watch.is_new(self.renderer.clock()):
            return await self._async_step(asks=True)  # what was told may be of before, and late
        return view, step

    async def _async_advanced(self, uri: str) -> None:
        """Go on with what the renderer plays by itself, unless that was taken out meanwhile."""
        _LOGGER.debug("%s has gone on to %s", self.renderer.name, shown(uri))
        item = next((told for told in self._told if same_uri(told.url, uri)), None)
        if item is not None and item in self._order.items:
            self._begin(item)
        else:
            await self._async_play_following(self._order.following())

    def _view(self) -> View:
        renderer = self.renderer
        duration = renderer.media_duration
        return View(
            renderer.transport_state,
            renderer.current_track_uri or renderer.av_transport_uri,
            renderer.media_position_now,
            None if duration is None else float(duration),
        )

    async def _async_set_and_play(self, item: QueueItem) -> None:
        self._begin(item)
        try:
            await self.renderer.async_play_media(item.url, item.title, item.meta_data)
        except UpnpError as err:
            item.error = err
            raise
        item.error = None
        self._watch.asked(item.url, self.renderer.clock())  # it had been waited for

    def _begin(self, item: QueueItem) -> None:
        self._order.go_to(item)
        self._is_active = True
        self._told = []
        self._watch.asked(item.url, self.renderer.clock())
        self._tell()

    async def _async_play_following(self, item: QueueItem | None) -> None:
        """Play a track; one that is refused is left out at the next look, so that callers get a turn."""
        if item is None:
            self._end()
            return
        try:
            await self._async_set_and_play(item)
        except UpnpActionError as err:
            _LOGGER.warning("%s does not play %s: %s", self.renderer.name, shown(item.url), shown(err))
            self._watch.failed()
            self.renderer.wake()

    async def _async_skip(self) -> None:
        """Go on after a track that cannot be played; a queue of nothing else ends."""
        item = self.current
        if item is not None and item.error is None:
            item.error = UpnpError("The renderer does not begin to play it")
        self._failures += 1
        if self._failures > len(self._order.items):
            self._end()
            return
        await self._async_play_following(self._order.following(by_hand=True))

    async def _async_preload(self, item: QueueItem | None) -> None:
        """Tell the renderer what is next, or that what it was told is not."""
        changes, playing = self._changes, self._watch.uri
        is_same = item is not None and playing is not None and same_uri(item.url, playing)
        # the same URI once more would look as if nothing had changed: that track is set and played anew
        wanted = None if is_same or not self.is_gapless else item
        if wanted is None and not self._told:
            self._watch.preloaded()
            return
        told = wanted or (item if is_same else None) or NOTHING
        former = self._told[:1]
        self._told = [told, *former]  # it may go on to the former one while it is told of another
        try:
            await self.renderer.async_set_next_transport_uri(told.url, told.title, told.meta_data)
        except UpnpActionError as err:
            _LOGGER.debug("%s does not take a next track: %s", self.renderer.name, shown(err))
            self._told = former
            self.is_gapless = self.is_gapless and err.error_code not in NEVER
        uris = [one.url for one in self._told if one.url and not (playing and same_uri(one.url, playing))]
        self._watch.preloaded(*uris, is_done=changes == self._changes)

    def _end(self) -> None:
        was_active, self._is_active = self._is_active, False
        self._watch.left()
        if was_active:
            self._tell()

    def _tell(self) -> None:
        if self.on_change is None:
            return
        try:
            self.on_change(self)
        except Exception:
            _LOGGER.exception("on_change of the queue of %s failed", self.renderer.name)
