import asyncio
from datetime import datetime
from typing import Any

import pytest

from async_upnp_client.exceptions import UpnpActionError, UpnpConnectionError, UpnpConnectionTimeoutError
from async_upnp_client.profiles.igd.status import async_each
from async_upnp_client.profiles.igd.types import IgdState, IgdStateItem
from tests.support.gateway import Gateway
from tests.support.virtual_time import pass_time, run

QUERIES = [
    "GetTotalBytesReceived",
    "GetTotalBytesSent",
    "GetTotalPacketsReceived",
    "GetTotalPacketsSent",
    "GetStatusInfo",
    "GetExternalIPAddress",
]


async def test_everything() -> None:
    gateway = Gateway()
    gateway.counters = {"BytesSent": "1", "BytesReceived": "2", "PacketsSent": "3", "PacketsReceived": "4"}
    before = datetime.now()
    state = await (await gateway.async_igd()).async_get_traffic_and_status_data()
    assert before <= state.timestamp <= datetime.now()
    assert state[1:10] == (2, 1, 4, 3, "Connected", "ERROR_NONE", 3600, "198.51.100.7", None)
    assert set(state[10:]) == {None}
    assert gateway.names == QUERIES


def test_rates_come_from_the_monotonic_clock() -> None:
    async def main() -> IgdState:
        gateway = Gateway()
        igd = await gateway.async_igd(call_gap=None)
        await igd.async_get_traffic_and_status_data()
        await pass_time(10)
        gateway.counters = {
            "BytesSent": "10240",
            "BytesReceived": "20480",
            "PacketsSent": "30",
            "PacketsReceived": "40",
        }
        return await igd.async_get_traffic_and_status_data()

    assert run(main())[10:] == (2.0, 1.0, 4.0, 3.0, 2.0, 1.0, 4.0, 3.0)


@pytest.mark.uda("G-014")
def test_a_counter_that_rolled_over() -> None:
    async def main() -> IgdState:
        gateway = Gateway()
        gateway.counters["BytesReceived"] = str((1 << 32) - 1024)
        igd = await gateway.async_igd(call_gap=None)
        await igd.async_get_traffic_and_status_data()
        await pass_time(10)
        gateway.counters["BytesReceived"] = "9216"
        return await igd.async_get_traffic_and_status_data()

    state = run(main())
    assert state.kibibytes_per_sec_received == 1.0
    assert state.kibibytes_per_sec_received_no_rollover is None


def test_a_restart_is_no_traffic() -> None:
    async def main() -> IgdState:
        gateway = Gateway()
        gateway.counters["BytesReceived"] = "3000000000"
        igd = await gateway.async_igd()
        await igd.async_get_traffic_and_status_data()
        await pass_time(30)
        gateway.counters["BytesReceived"] = "1000"
        gateway.wans[0].uptime = "5"
        return await igd.async_get_traffic_and_status_data()

    assert run(main()).kibibytes_per_sec_received is None


@pytest.mark.parametrize(
    ("items", "asked"),
    [
        ({IgdStateItem.BYTES_SENT}, ["GetTotalBytesSent"]),
        ({IgdStateItem.KIBIBYTES_PER_SEC_SENT}, ["GetTotalBytesSent"]),
        ({IgdStateItem.PACKETS_PER_SEC_RECEIVED_NO_ROLLOVER}, ["GetTotalPacketsReceived"]),
        ({IgdStateItem.UPTIME}, ["GetStatusInfo"]),
        ({IgdStateItem.CONNECTION_STATUS, IgdStateItem.LAST_CONNECTION_ERROR}, ["GetStatusInfo"]),
        ({IgdStateItem.EXTERNAL_IP_ADDRESS}, ["GetExternalIPAddress"]),
        ({IgdStateItem.PORT_MAPPING_NUMBER_OF_ENTRIES}, []),
        (set(), QUERIES),
        (None, QUERIES),
    ],
)
async def test_only_what_is_wanted_is_asked_for(items: set[IgdStateItem] | None, asked: list[str]) -> None:
    gateway = Gateway()
    await (await gateway.async_igd()).async_get_traffic_and_status_data(items)
    assert gateway.names == asked


async def test_the_callers_set_stays_as_it_is() -> None:
    igd = await Gateway().async_igd()
    igd.wan_services[0].state_variable("ExternalIPAddress").upnp_value = "198.51.100.9"
    items = {IgdStateItem.EXTERNAL_IP_ADDRESS, IgdStateItem.UPTIME}
    await igd.async_get_traffic_and_status_data(items)
    assert items == {IgdStateItem.EXTERNAL_IP_ADDRESS, IgdStateItem.UPTIME}


async def test_what_events_have_told_is_not_asked_for() -> None:
    gateway = Gateway()
    igd = await gateway.async_igd()
    assert (igd.external_ip_address, igd.connection_status, igd.port_mapping_number_of_entries) == (None,) * 3
    igd.wan_services[0].notify_changed_state_variables(
        {
            "ExternalIPAddress": "198.51.100.9",
            "ConnectionStatus": "Connecting",
            "PortMappingNumberOfEntries": "4",
        }
    )
    assert igd.external_ip_address == "198.51.100.9"
    state = await igd.async_get_traffic_and_status_data()
    assert (state.external_ip_address, state.connection_status) == ("198.51.100.9", "Connecting")
    assert (state.port_mapping_number_of_entries, state.uptime) == (4, 3600)
    assert "GetExternalIPAddress" not in gateway.names
    state = await igd.async_get_traffic_and_status_data(force_poll=True)
    assert (state.external_ip_address, state.connection_status) == ("198.51.100.7", "Connected")


# --- Partial results ---


async def test_one_error_spoils_nothing_else() -> None:
    gateway = Gateway()
    gateway.refuse["GetTotalBytesReceived"] = 401
    gateway.refuse["GetStatusInfo"] = 501
    state = await (await gateway.async_igd()).async_get_traffic_and_status_data()
    assert isinstance(state.bytes_received, UpnpActionError)
    assert isinstance(state.uptime, UpnpActionError)
    assert state.uptime is state.connection_status is state.last_connection_error
    assert state.bytes_sent == 0
    assert state.external_ip_address == "198.51.100.7"
    assert state.kibibytes_per_sec_received is None


async def test_an_event_stands_for_a_status_that_fails() -> None:
    gateway = Gateway()
    gateway.refuse["GetStatusInfo"] = 501
    igd = await gateway.async_igd()
    igd.wan_services[0].notify_changed_state_variables({"ConnectionStatus": "Connected"})
    state = await igd.async_get_traffic_and_status_data()
    assert state.connection_status == "Connected"
    assert isinstance(state.uptime, UpnpActionError)


async def test_where_nothing_could_be_had_the_first_error_is_raised() -> None:
    gateway = Gateway()
    igd = await gateway.async_igd()
    gateway.is_gone = True
    with pytest.raises(UpnpConnectionError, match="nobody"):
        await igd.async_get_traffic_and_status_data({IgdStateItem.UPTIME, IgdStateItem.BYTES_SENT})


def test_all_have_one_deadline() -> None:
    async def main() -> tuple[IgdState, float]:
        gateway = Gateway()
        igd = await gateway.async_igd()
        begin = asyncio.get_running_loop().time()
        gateway.delay = 3.0
        state = await igd.async_get_traffic_and_status_data(timeout=10)
        return state, asyncio.get_running_loop().time() - begin

    state, seconds = run(main())
    assert (state.bytes_received, state.bytes_sent, state.packets_received) == (0, 0, 0)
    assert isinstance(state.packets_sent, UpnpConnectionTimeoutError)
    assert isinstance(state.external_ip_address, UpnpConnectionTimeoutError)
    assert seconds == pytest.approx(10)


def test_two_who_poll_at_once_still_ask_one_thing_at_a_time() -> None:
    async def main() -> int:
        gateway = Gateway()
        igd, other = await gateway.async_igd(), await gateway.async_igd()
        other.device.root_device.call_gate = igd.device.root_device.call_gate
        gateway.delay = 0.1
        await asyncio.gather(*(one.async_get_traffic_and_status_data() for one in (igd, igd, other)))
        return gateway.most_under_way

    assert run(main()) == 1


async def test_polling_traffic_alone() -> None:
    gateway = Gateway()
    gateway.counters["BytesSent"] = "7"
    igd = await gateway.async_igd()
    state = await igd.async_poll_traffic_data({IgdStateItem.BYTES_SENT, IgdStateItem.PACKETS_PER_SEC_SENT})
    assert state[1:] == (None, 7, None, 0, None, 7, None, 0)


async def test_each_answer_or_error_in_its_order() -> None:
    async def give() -> int:
        return 1

    async def fail() -> int:
        raise ValueError("of an application's requester")

    async def time_out() -> int:
        raise UpnpConnectionTimeoutError("one request")

    queries: dict[str, Any] = {"fail": fail, "late": time_out, "give": give}
    results = await async_each(queries, None)
    assert list(results) == list(queries)
    assert [str(value) for value in results.values()] == ["of an application's requester", "one request", "1"]


async def test_a_cancelled_poll_is_cancelled() -> None:
    async def never() -> None:
        await asyncio.Event().wait()

    task = asyncio.create_task(async_each({"never": never}, 60))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
