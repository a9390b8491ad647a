"""Defects of 0.49.0 in `profiles.igd`, a test each."""

from datetime import timedelta
from ipaddress import IPv4Address

from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.profiles.igd import IgdState, IgdStateItem
from tests.support.gateway import Gateway, Wan
from tests.support.virtual_time import pass_time, run

CLIENT = IPv4Address("192.0.2.10")
HOUR = timedelta(hours=1)


async def test_a_mapping_for_any_host_can_be_added_and_deleted():
    gateway = Gateway()
    igd = await gateway.async_igd()
    await igd.async_add_port_mapping(None, 80, "TCP", 80, CLIENT, True, "web", HOUR)
    assert ("", "80", "TCP") in gateway.mappings
    await igd.async_delete_port_mapping(None, 80, "TCP")
    assert gateway.mappings == {}


async def test_a_lease_keeps_its_days():
    gateway = Gateway()
    igd = await gateway.async_igd()
    await igd.async_add_port_mapping(None, 80, "TCP", 80, CLIENT, True, "web", timedelta(days=1, seconds=5))
    assert gateway.calls[0][1]["NewLeaseDuration"] == "86405"


async def test_a_status_without_an_argument_is_no_key_error():
    gateway = Gateway()
    gateway.answers["GetStatusInfo"] = lambda _: {"NewConnectionStatus": "Connected"}
    assert await (await gateway.async_igd()).async_get_status_info() is None


def test_two_polls_at_one_time_do_not_divide_by_zero():
    async def main() -> IgdState:
        igd = await Gateway().async_igd(call_gap=None)
        await igd.async_get_traffic_and_status_data()
        return await igd.async_get_traffic_and_status_data()

    assert run(main()).kibibytes_per_sec_received is None


def test_a_restart_of_the_gateway_is_no_traffic():
    async def main() -> IgdState:
        gateway = Gateway()
        gateway.counters |= {"BytesReceived": "3000000000", "PacketsReceived": "2000000"}
        igd = await gateway.async_igd()
        await igd.async_get_traffic_and_status_data()
        await pass_time(30)
        gateway.counters |= {"BytesReceived": "500", "PacketsReceived": "5"}
        return await igd.async_get_traffic_and_status_data()

    state = run(main())
    assert state.kibibytes_per_sec_received is None
    assert state.packets_per_sec_received is None


def test_a_failed_poll_does_not_lose_the_last_one():
    async def main() -> IgdState:
        gateway = Gateway()
        igd = await gateway.async_igd(call_gap=None)
        await igd.async_get_traffic_and_status_data()
        gateway.refuse["GetTotalBytesSent"] = 501
        await pass_time(5)
        await igd.async_get_traffic_and_status_data()
        del gateway.refuse["GetTotalBytesSent"]
        gateway.counters["BytesSent"] = "10240"
        await pass_time(5)
        return await igd.async_get_traffic_and_status_data()

    assert run(main()).kibibytes_per_sec_sent == 1.0


async def test_the_callers_items_are_not_changed():
    igd = await Gateway().async_igd()
    igd.wan_services[0].notify_changed_state_variables({"ExternalIPAddress": "198.51.100.7"})
    items = {IgdStateItem.EXTERNAL_IP_ADDRESS, IgdStateItem.UPTIME}
    await igd.async_get_traffic_and_status_data(items)
    assert items == {IgdStateItem.EXTERNAL_IP_ADDRESS, IgdStateItem.UPTIME}


async def test_an_error_of_the_status_is_not_swallowed():
    gateway = Gateway()
    gateway.refuse["GetStatusInfo"] = 501
    state = await (await gateway.async_igd()).async_get_traffic_and_status_data()
    assert isinstance(state.uptime, UpnpActionError)
    assert isinstance(state.last_connection_error, UpnpActionError)


async def test_of_several_connections_the_connected_one_is_meant():
    gateway = Gateway(Wan("a", status="Disconnected", address=""), Wan("b", address="198.51.100.8"))
    assert await (await gateway.async_igd()).async_get_external_ip_address() == "198.51.100.8"
