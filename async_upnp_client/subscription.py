"""Events, as a control point (UDA 2.0 §4.1): a subscription that is kept, whatever becomes of its device.

`UpnpEventHandler.async_keep_subscribed` makes these. `_protocol.upkeep` says what is due; here are the timer,
and the one task that asks. It must not know events' bodies.
"""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Final, Self, TypeAlias

from async_upnp_client._headers import shown
from async_upnp_client._protocol.upkeep import Step, Upkeep
from async_upnp_client._quiet import QuietLog
from async_upnp_client._subscriber import Subscriber
from async_upnp_client._subscriptions import Subscription
from async_upnp_client._suspended import seconds_suspended
from async_upnp_client.client.service import UpnpService
from async_upnp_client.const import SubscriptionState
from async_upnp_client.exceptions import UpnpConnectionError

__all__ = ["StateCallback", "SubscriptionState", "UpnpSubscription"]

_LOGGER = logging.getLogger(__name__)

LEAST_WAIT: Final = 1.0
"""Seconds between two looks at what is due, whatever that says: nothing here ever spins."""

MOST_WAIT: Final = 60.0
"""Seconds between two looks at the clock: after this machine has slept, timers are late by as long."""

POLL_INTERVAL: Final = timedelta(seconds=30)

Poll: TypeAlias = Callable[[], Awaitable[object]]
"""Brings the values that events do not."""


class UpnpSubscription:
    """The events of one service, kept until `async_stop`; to be used as `async with`, or stopped by hand.

    It renews within the time that the device grants, subscribes anew where that refuses or has forgotten us,
    and tries again, less and less often, where it cannot be reached. `state` says how it is, and `on_state`
    is called with the subscription whenever that has changed. Of events the service tells (`on_event`).
    """

    def __init__(
        self,
        subscriber: Subscriber,
        service: UpnpService,
        timeout: timedelta,
        *,
        poll: Poll | None = None,
        poll_interval: timedelta,
        on_state: "StateCallback | None" = None,
        by_hand: bool = False,
        on_end: Callable[["UpnpSubscription"], None],
        on_unreached: Callable[[UpnpService], None],
        quiet: QuietLog,
    ) -> None:
        self._subscriber = subscriber
        self._service = service
        self._timeout = timeout
        self._poll = poll
        self._on_end = on_end
        self._on_unreached = on_unreached
        self._quiet = quiet
        self._loop = asyncio.get_running_loop()
        self._entry: Subscription | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_polling = False
        self._has_ended = False
        self.by_hand = by_hand
        """Whether its holder renews it, by `async_renew`; until `keep_up`."""
        self.on_state = on_state
        """Called with the subscription when its state has changed; what it raises is logged."""
        self.callback_url: str | None = None
        """The URL that the device was told to send events to, None before it was asked."""
        self.granted_timeout: timedelta | None = None
        """The duration that the device granted last, None before it did."""
        self.last_event: datetime | None = None
        """When the last event came, in UTC; None before the first."""
        self.error: Exception | None = None
        """Why the device could not be asked, or what it answered, the last time; None where it granted."""
        variables = service.state_variables.values()
        self._upkeep = Upkeep(
            self._now(),
            can_subscribe=bool(service.event_sub_url),
            expects_event=any(variable.send_events for variable in variables),
            poll_pause=None if poll is None else poll_interval.total_seconds(),
            by_hand=by_hand,
        )
        self._told = self.state
        service.device.followers.add(self._take_description)

    def __repr__(self) -> str:
        return f"<UpnpSubscription({self._service}, {self.state.value})>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.async_stop()

    @property
    def service(self) -> UpnpService:
        """The service whose events these are."""
        return self._service

    @property
    def state(self) -> SubscriptionState:
        """How it is."""
        return self._upkeep.state(self._now())

    @property
    def sid(self) -> str | None:
        """The SID that the device goes by, None while there is no subscription."""
        entry = self._entry
        return None if entry is None or entry.closed or entry.is_void else entry.sid

    @property
    def seconds_left(self) -> float:
        """How much is left of the time that the device has granted, in seconds; 0 without a subscription."""
        return 0.0 if self.sid is None else self._upkeep.seconds_left(self._now())

    @property
    def has_ended(self) -> bool:
        """Whether it was stopped, by its holder or with others: it asks for nothing any more."""
        return self._has_ended

    @property
    def last_seq(self) -> int | None:
        """The number of the last event (UDA 2.0 §4.3); None before it, or if the device does not count."""
        return None if self._entry is None else self._entry.watch.last_seq

    # --- From start to stop

    async def async_start(self) -> None:
        """Subscribe for the first time; return once that has succeeded or failed. For its maker."""
        try:
            await self.async_renew()
        except asyncio.CancelledError:
            self.end()
            raise

    async def async_renew(self) -> None:
        """Renew it now, or subscribe where there is no subscription; what came of it, `error` says.

        Not needed but for one that is kept `by_hand`. Where something is under way, that is waited for.
        """
        if self._task is not None and self._is_polling:
            await asyncio.wait({self._task})
        self._upkeep.ask(self._now())
        self._wake()
        if self._task is not None:
            await asyncio.wait({self._task})

    def keep_up(
        self,
        poll: Poll | None = None,
        poll_interval: timedelta = POLL_INTERVAL,
        within: timedelta | None = None,
    ) -> None:
        """Look after itself from now on, where it was `by_hand`; `poll` as of `async_keep_subscribed`.

        The first renewal comes `within` that time, if it is given and not due before.
        """
        self.by_hand = False
        self._poll = poll
        self._upkeep.keep_up(
            self._now(),
            within=math.inf if within is None else within.total_seconds(),
            poll_pause=None if poll is None else poll_interval.total_seconds(),
        )
        self._look()

    async def async_stop(self) -> None:
        """Cancel the subscription, and ask for no other; errors are only logged. Safe twice."""
        self.end()
        task = self._task
        if task is not None and task is not asyncio.current_task():
            # a SUBSCRIBE under way is waited for: what it grants would stay with the device
            await asyncio.wait({task})
        await self._async_cancel()

    def end(self) -> None:
        """Do nothing from now on; what the device has granted stays with it."""
        if self._has_ended:
            return
        self._has_ended = True
        self._service.device.followers.discard(self._take_description)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._task is not None and self._is_polling:
            self._task.cancel()
        self._on_end(self)

    # --- What becomes of it, as `Keeper`

    def granted(self, granted: timedelta, *, fresh: bool) -> None:
        """Take it that the device grants a time, to a renewal or to a new subscription."""
        self.granted_timeout, self.error = granted, None
        self._upkeep.granted(self._now(), granted.total_seconds(), fresh=fresh)
        if self._entry is not None and self._entry.is_void:  # it has restarted since it was asked
            self._upkeep.forgotten(self._now())
        self._look()

    def failed(self, err: Exception) -> None:
        """Take it that the device refused, or cannot be reached."""
        _LOGGER.debug("%s could not be subscribed to: %s", self._service, shown(err))
        self.error = err
        entry = self._entry
        self._upkeep.failed(self._now(), lost=entry is None or entry.closed or entry.is_void)
        self._look()
        if isinstance(err, UpnpConnectionError) and not self._has_ended:
            self._on_unreached(self._service)

    def event_came(self) -> None:
        """Take it that an event came."""
        self.last_event = datetime.now(UTC)
        self._upkeep.event_came()
        if self._told is not SubscriptionState.ACTIVE:  # which no event changes
            self._tell()

    def events_lost(self, since: float) -> None:
        """Take it that events got lost; asked for anew at that time of the loop at the soonest."""
        self._upkeep.events_lost(since + seconds_suspended())
        if since <= self._loop.time():
            self._wake()
        else:
            self._look()

    def forgotten(self) -> None:
        """Take it that the device has forgotten us. Where there is a SID, who says so asks for another."""
        self._upkeep.forgotten(self._now())
        if self._entry is None or self._entry.closed:
            self._wake()
        else:
            self._look()

    def _take_description(self) -> None:
        """Subscribe where the service is described to have events now, and do without where it has none."""
        has_events = bool(self._service.event_sub_url)
        if not has_events and self._entry is not None and not self._entry.closed:
            self._subscriber.table.forget(self._entry)  # there is no URL by which to cancel it
        self._upkeep.offered(self._now(), can_subscribe=has_events)
        self._wake()

    # --- What is due

    def _now(self) -> float:
        return self._loop.time() + seconds_suspended()

    def _look(self) -> None:
        """Tell the state, and set the timer for what is due next."""
        self._tell()
        if self._has_ended or self._task is not None:
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now = self._now()
        wait = self._upkeep.next_check(now) - now
        if wait < math.inf:
            self._timer = self._loop.call_later(min(max(wait, LEAST_WAIT), MOST_WAIT), self._wake)

    def _wake(self) -> None:
        """Do what is due, if nothing is under way."""
        if self._has_ended or self._task is not None:
            return
        step = self._upkeep.step(self._now())
        if step is None:
            self._look()
            return
        self._tell()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._task = self._loop.create_task(self._async_run(step), name=f"subscription to {self._service}")

    async def _async_run(self, step: Step) -> None:
        try:
            if step is not Step.POLL:
                await self._async_ask()
            if self._has_ended:
                await self._async_cancel()  # granted in the same moment
            elif self._upkeep.step(self._now()) is Step.POLL:
                await self._async_poll()
        except Exception:
            _LOGGER.exception("The subscription to %s is not looked after", self._service)
        finally:
            self._task = None
            self._look()

    async def _async_cancel(self) -> None:
        """Cancel what the device has granted, if that is known."""
        entry = self._entry
        if entry is None or entry.closed:
            return
        try:
            await self._subscriber.async_cancel(entry)
        except Exception:  # requesters of applications raise what they like
            _LOGGER.debug("%s could not be unsubscribed from", self._service, exc_info=True)

    async def _async_ask(self) -> None:
        """Subscribe, or renew."""
        entry = self._entry
        try:
            if entry is None or entry.closed:
                self._entry, _ = await self._subscriber.async_make(self._service, self._timeout, self)
                return
            async with entry.lock:
                await self._async_ask_again(entry)
        except Exception as err:  # noqa: BLE001  # requesters of applications raise what they like
            self.failed(err)

    async def _async_ask_again(self, entry: Subscription) -> None:
        now = self._now()
        step = self._upkeep.step(now)  # what was due may have been done by who had the lock
        if entry.closed or step is None or step is Step.POLL:
            return
        if step is Step.RENEW:
            await self._subscriber.async_renew(entry, self._timeout)
            return
        if not self._upkeep.is_held(now) and not entry.is_void:
            self._subscriber.table.forget(entry)  # its time is up: there is nothing to cancel
        await self._subscriber.async_make_anew(entry, self._timeout, keep_former=True)

    async def _async_poll(self) -> None:
        """Have the values polled; what that raises says that it did not succeed."""
        if self._poll is None:
            return
        self._is_polling = True
        try:
            await self._poll()
        except Exception:  # it is the application's
            _LOGGER.debug("%s could not be polled", self._service, exc_info=True)
            self._upkeep.polled(self._now(), well=False)
        else:
            self._upkeep.polled(self._now(), well=True)
        finally:
            self._is_polling = False

    def _tell(self) -> None:
        """Log a change of the state, and call who wants to know."""
        state, before = self.state, self._told
        if state is before or self._has_ended:
            return
        self._told = state
        if state is SubscriptionState.CALLBACK_UNREACHABLE:
            reason = "No events arrive at %s, which devices are told, though %s has granted a subscription"
            self._quiet.report(reason, self.callback_url, self._service, level=logging.WARNING)
        elif state is SubscriptionState.LOST:
            # who asked has been told, and so has who listens
            is_told = self.granted_timeout is None or self.on_state is not None
            level = logging.DEBUG if is_told else logging.WARNING
            self._quiet.report(
                "No events of %s for now: %s", str(self._service), shown(self.error), level=level
            )
        elif state is SubscriptionState.ACTIVE and before is not SubscriptionState.RENEWING:
            _LOGGER.info("Events of %s arrive", self._service)
        if self.on_state is not None:
            try:
                self.on_state(self)
            except Exception:
                _LOGGER.exception("on_state of %s failed", self)


StateCallback: TypeAlias = Callable[[UpnpSubscription], None]
