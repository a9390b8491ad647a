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
        self._order = QueueOrder(items) if order is None else order
        self._watch = QueueWatch()
        self._lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._is_active = False
        self._failures = 0
        self._told: str | None = None  # what the renderer believes to be next

    # --- What is in it ---

    @property
    def items(self) -> tuple[QueueItem, ...]:
        """The tracks, in the order in which they were put in."""
        return tuple(self._order.items)

    @property
    def upcoming(self) -> tuple[QueueItem, ...]:
        """The tracks that follow the current one, in the order in which they are played, once through."""
        order = self._order.order
        place = -1 if self.current is None else order.index(self.current)
        return tuple(order[place + 1 :])

    @property
    def current(self) -> QueueItem | None:
        """The track that is, or was last, played."""
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

    # --- What one does with it ---

    async def async_play(self, item: QueueItem | None = None) -> None:
        """Play a track of the queue; without one the current, or the first, or go on after a pause.

        ValueError for a track that is not in it, or where it is empty; otherwise errors of the renderer.
        """
        self.start()
        async with self._lock:
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
        pause = LOOK
        while True:
            looks_soon = not self.renderer.is_subscribed or self._watch.is_waiting
            is_told = await self.renderer.async_wait_event(
                max(pause, LOOK if looks_soon else LOOK_WITH_EVENTS)
            )
            if not self._is_active:
                continue
            try:
                async with self._lock:
                    await self._async_look(asks=not is_told)
            except UpnpCommunicationError as err:
                pause = min(pause * 2, MOST_PAUSE)
                _LOGGER.debug("%s cannot be reached: %s", self.renderer.name, shown(err))
            except Exception:
                pause = min(pause * 2, MOST_PAUSE)
                _LOGGER.exception("The queue of %s is not looked after", self.renderer.name)
            else:
                pause = LOOK

    async def _async_look(self, *, asks: bool) -> None:
        if asks:
            await self.renderer.async_poll_transport()
        step = self._watch.look(self._view(), self.renderer.clock())
        following = self._order.following()
        if step is Step.PRELOAD:
            self._failures = 0
            await self._async_preload(following)
        elif step is Step.ADVANCED and following is not None:
            _LOGGER.debug("%s has gone on to %s", self.renderer.name, shown(following.url))
            self._begin(following)
        elif step is Step.PLAY_NEXT:
            if self._watch.next_uri is not None:
                _LOGGER.debug("%s does not go on by itself", self.renderer.name)
                self.is_gapless = False
            await self._async_play_following(following)
        elif step is Step.SKIP:
            await self._async_skip(UpnpError("The renderer does not begin to play it"))
        elif step in (Step.LEFT, Step.ADVANCED):
            _LOGGER.debug("%s is used by somebody else", self.renderer.name)
            self._end()

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
        self._told = None
        self._watch.asked(item.url, self.renderer.clock())
        self._tell()

    async def _async_play_following(self, item: QueueItem | None) -> None:
        if item is None:
            self._end()
            return
        try:
            await self._async_set_and_play(item)
        except UpnpActionError as err:
            await self._async_skip(err)

    async def _async_skip(self, err: UpnpError) -> None:
        """Go on after a track that cannot be played; a queue of nothing else ends."""
        item = self.current
        _LOGGER.warning("%s does not play %s: %s", self.renderer.name, shown(item and item.url), shown(err))
        if item is not None:
            item.error = err
        self._failures += 1
        if self._failures > len(self._order.items):
            self._end()
            return
        await self._async_play_following(self._order.following(by_hand=True))

    async def _async_preload(self, item: QueueItem | None) -> None:
        """Tell the renderer what is next, or that what it was told is not."""
        current = self.current
        is_same = item is not None and current is not None and same_uri(item.url, current.url)
        # the same URI once more would look as if nothing had changed: that track is set and played anew
        wanted = None if is_same or not self.is_gapless else item
        self._watch.preloaded(None if wanted is None else wanted.url)
        if wanted is None and self._told is None:
            return
        told = wanted or (current if is_same else None) or NOTHING
        self._told = told.url or None
        try:
            await self.renderer.async_set_next_transport_uri(told.url, told.title, told.meta_data)
        except UpnpActionError as err:
            _LOGGER.debug("%s does not take a next track: %s", self.renderer.name, shown(err))
            self._watch.preloaded(None)
            self.is_gapless = self.is_gapless and err.error_code not in NEVER
        except UpnpCommunicationError:
            self._watch.order_changed()
            raise

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
