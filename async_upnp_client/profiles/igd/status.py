"""One look at a gateway: traffic, state and address, each a value or the error that came in its place.

What ``device`` offers to applications that poll. Rates are ``traffic``'s work. Gateways are asked one thing
at a time, under one deadline for all: what has not come by then is an UpnpConnectionTimeoutError.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Final

from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.exceptions import UpnpConnectionTimeoutError, UpnpError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.profiles.igd.device_calls import DeviceCalls
from async_upnp_client.profiles.igd.pace import CALL_GAP
from async_upnp_client.profiles.igd.traffic import COUNTERS, NO_RATE, Rate, TrafficMeter
from async_upnp_client.profiles.igd.types import IgdState, IgdStateItem, StatusInfo, TrafficCounterState
from async_upnp_client.profiles.igd.wan_calls import WanCalls

BATCH_SECONDS: Final = 20.0
"""What a poll of everything may take. Seven calls take a router less than two seconds, a weak one five."""

# Which counters each item needs: itself, or what its rate is made of.
COUNTER_OF: Final[Mapping[IgdStateItem, IgdStateItem]] = {
    IgdStateItem.BYTES_RECEIVED: IgdStateItem.BYTES_RECEIVED,
    IgdStateItem.BYTES_SENT: IgdStateItem.BYTES_SENT,
    IgdStateItem.PACKETS_RECEIVED: IgdStateItem.PACKETS_RECEIVED,
    IgdStateItem.PACKETS_SENT: IgdStateItem.PACKETS_SENT,
    IgdStateItem.KIBIBYTES_PER_SEC_RECEIVED: IgdStateItem.BYTES_RECEIVED,
    IgdStateItem.KIBIBYTES_PER_SEC_SENT: IgdStateItem.BYTES_SENT,
    IgdStateItem.PACKETS_PER_SEC_RECEIVED: IgdStateItem.PACKETS_RECEIVED,
    IgdStateItem.PACKETS_PER_SEC_SENT: IgdStateItem.PACKETS_SENT,
    IgdStateItem.KIBIBYTES_PER_SEC_RECEIVED_NO_ROLLOVER: IgdStateItem.BYTES_RECEIVED,
    IgdStateItem.KIBIBYTES_PER_SEC_SENT_NO_ROLLOVER: IgdStateItem.BYTES_SENT,
    IgdStateItem.PACKETS_PER_SEC_RECEIVED_NO_ROLLOVER: IgdStateItem.PACKETS_RECEIVED,
    IgdStateItem.PACKETS_PER_SEC_SENT_NO_ROLLOVER: IgdStateItem.PACKETS_SENT,
}
STATUS_ITEMS: Final = frozenset(
    {IgdStateItem.CONNECTION_STATUS, IgdStateItem.LAST_CONNECTION_ERROR, IgdStateItem.UPTIME}
)
ALL_ITEMS: Final = frozenset(IgdStateItem)

Query = Callable[[], Awaitable[Any]]


async def async_each(queries: Mapping[Any, Query], seconds: float | None) -> dict[Any, Any]:
    """Ask one thing after the other, and give each answer, or the error that came in its place.

    All have `seconds` together, None for any time; what has no answer by then, or is no longer asked, gets an
    UpnpConnectionTimeoutError. Only what asks is to be cancelled raises.
    """
    results: dict[Any, Any] = {}
    deadline = None if seconds is None else asyncio.get_running_loop().time() + seconds
    for name, query in queries.items():
        limit = asyncio.timeout_at(deadline)
        try:
            async with limit:
                results[name] = await query()
        except TimeoutError as err:
            ours = limit.expired() or not isinstance(err, UpnpError)
            late = UpnpConnectionTimeoutError(f"no answer within the {seconds} s that all have together")
            results[name] = late if ours else err
        except Exception as err:  # noqa: BLE001  # requesters of applications raise what they like
            results[name] = err
    return results


class StatusPolls(WanCalls, DeviceCalls):
    """Polls of everything worth watching about a gateway."""

    def __init__(
        self,
        device: UpnpDevice,
        event_handler: UpnpEventHandler | None,
        *,
        call_gap: float | None = CALL_GAP,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        super().__init__(device, event_handler, call_gap=call_gap, limits=limits)
        self._meter = TrafficMeter()

    @property
    def external_ip_address(self) -> str | None:
        """The external address as last evented; None while nothing has been."""
        value: str | None = self._evented("ExternalIPAddress")
        return value

    @property
    def connection_status(self) -> str | None:
        """The state of the connection as last evented; None while nothing has been."""
        value: str | None = self._evented("ConnectionStatus")
        return value

    @property
    def port_mapping_number_of_entries(self) -> int | None:
        """How many mappings there are, as last evented; None while nothing has been."""
        value: int | None = self._evented("PortMappingNumberOfEntries")
        return value

    def _evented(self, name: str) -> Any:
        variable = self._any_state_variable(name)
        return None if variable is None else variable.value

    def _counter_queries(self, items: Collection[IgdStateItem]) -> dict[IgdStateItem, Query]:
        """Give what to ask for the counters that some items need."""
        queries: dict[IgdStateItem, Query] = {
            IgdStateItem.BYTES_RECEIVED: self.async_get_total_bytes_received,
            IgdStateItem.BYTES_SENT: self.async_get_total_bytes_sent,
            IgdStateItem.PACKETS_RECEIVED: self.async_get_total_packets_received,
            IgdStateItem.PACKETS_SENT: self.async_get_total_packets_sent,
        }
        needed = {COUNTER_OF.get(item) for item in items}
        return {counter: query for counter, query in queries.items() if counter in needed}

    async def async_poll_traffic_data(
        self, items: Collection[IgdStateItem], *, timeout: float | None = BATCH_SECONDS
    ) -> TrafficCounterState:
        """Get the counters that `items` need, each a number or the error that came; others are None.

        `timeout`, in seconds, is for all of them together.
        """
        timestamp = datetime.now()  # naive and local, as 0.49.0 has it
        values = await async_each(self._counter_queries(items), timeout)
        counters = [values.get(counter) for counter in COUNTERS]
        return TrafficCounterState(timestamp, *counters, *counters)

    async def async_get_traffic_and_status_data(
        self,
        items: Collection[IgdStateItem] | None = None,
        force_poll: bool = False,
        *,
        timeout: float | None = BATCH_SECONDS,
    ) -> IgdState:
        """Get the state of the gateway: what `items` name, everything without them.

        Address, connection status and number of mappings are not asked for where events have told them,
        unless `force_poll`. Each value stands for itself: it may be the error that came in its place, or None
        where the gateway has no such thing. `timeout`, in seconds, is for all together. Only where nothing
        at all could be had, the first error is raised.
        """
        wanted = set(items or ALL_ITEMS)
        evented = {} if force_poll else self._known_by_events(wanted)
        queries: dict[Any, Query] = dict(self._counter_queries(wanted))
        if (wanted - evented.keys()) & STATUS_ITEMS:
            queries["status"] = self.async_get_status_info
        single: dict[IgdStateItem, Query] = {
            IgdStateItem.EXTERNAL_IP_ADDRESS: self.async_get_external_ip_address,
            IgdStateItem.PORT_MAPPING_NUMBER_OF_ENTRIES: self.async_get_port_mapping_number_of_entries,
        }
        queries |= {item: query for item, query in single.items() if item in wanted - evented.keys()}

        timestamp = datetime.now()  # naive and local, as 0.49.0 has it
        now = asyncio.get_running_loop().time()
        values = await async_each(queries, timeout)
        errors = [value for value in values.values() if isinstance(value, BaseException)]
        if errors and len(errors) == len(values):
            raise errors[0]
        values |= evented
        values |= status_values(values.pop("status", None), evented)
        rates = self._meter.measure(values, now, values.get(IgdStateItem.UPTIME))
        return state(timestamp, values, rates)

    def _known_by_events(self, wanted: Collection[IgdStateItem]) -> dict[IgdStateItem, Any]:
        """Give what is wanted and need not be asked for, since events have told it."""
        known = {
            IgdStateItem.EXTERNAL_IP_ADDRESS: self.external_ip_address,
            IgdStateItem.CONNECTION_STATUS: self.connection_status,
            IgdStateItem.PORT_MAPPING_NUMBER_OF_ENTRIES: self.port_mapping_number_of_entries,
        }
        return {item: value for item, value in known.items() if item in wanted and value is not None}


def status_values(
    status: StatusInfo | BaseException | None, evented: Mapping[IgdStateItem, Any]
) -> dict[IgdStateItem, Any]:
    """Give the three values of the connection's state; an error stands in the place of each."""
    if isinstance(status, StatusInfo):
        values = {
            IgdStateItem.CONNECTION_STATUS: status.connection_status,
            IgdStateItem.LAST_CONNECTION_ERROR: status.last_connection_error,
            IgdStateItem.UPTIME: status.uptime,
        }
    else:
        values = dict.fromkeys(STATUS_ITEMS, status)
    return values | {item: evented[item] for item in STATUS_ITEMS & evented.keys()}


def state(
    timestamp: datetime, values: Mapping[IgdStateItem, Any], rates: Mapping[IgdStateItem, Rate]
) -> IgdState:
    """Put together what a poll brought."""
    received, sent, packets_received, packets_sent = (rates.get(counter, NO_RATE) for counter in COUNTERS)
    return IgdState(
        timestamp=timestamp,
        bytes_received=values.get(IgdStateItem.BYTES_RECEIVED),
        bytes_sent=values.get(IgdStateItem.BYTES_SENT),
        packets_received=values.get(IgdStateItem.PACKETS_RECEIVED),
        packets_sent=values.get(IgdStateItem.PACKETS_SENT),
        connection_status=values.get(IgdStateItem.CONNECTION_STATUS),
        last_connection_error=values.get(IgdStateItem.LAST_CONNECTION_ERROR),
        uptime=values.get(IgdStateItem.UPTIME),
        external_ip_address=values.get(IgdStateItem.EXTERNAL_IP_ADDRESS),
        port_mapping_number_of_entries=values.get(IgdStateItem.PORT_MAPPING_NUMBER_OF_ENTRIES),
        kibibytes_per_sec_received=received.kibibytes,
        kibibytes_per_sec_sent=sent.kibibytes,
        packets_per_sec_received=packets_received.per_second,
        packets_per_sec_sent=packets_sent.per_second,
        kibibytes_per_sec_received_no_rollover=received.kibibytes_without_rollover,
        kibibytes_per_sec_sent_no_rollover=sent.kibibytes_without_rollover,
        packets_per_sec_received_no_rollover=packets_received.without_rollover,
        packets_per_sec_sent_no_rollover=packets_sent.without_rollover,
    )
