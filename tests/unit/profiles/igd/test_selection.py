import pytest

from async_upnp_client.exceptions import UpnpActionError, UpnpConnectionError
from async_upnp_client.profiles.igd.connection import AddressKind
from async_upnp_client.profiles.igd.selection import CHOICE_SECONDS, POOR_CHOICE_SECONDS, async_rank_gateways
from tests.support.gateway import Gateway, Wan
from tests.support.virtual_time import pass_time, run


def wan(path: str, **options: str) -> Wan:
    """A WAN connection."""
    return Wan(path, **options)  # type: ignore[arg-type]  # those that are texts


@pytest.mark.uda("G-001")
async def test_the_connected_one_is_meant() -> None:
    gateway = Gateway(wan("idle", status="Disconnected", address=""), wan("ppp1", kind="WANPPPConnection:1"))
    igd = await gateway.async_igd()
    assert await igd.async_get_external_ip_address() == "198.51.100.7"
    connections = await igd.async_wan_connections()
    assert [connection.service.service_id.rpartition(":")[2] for connection in connections] == [
        "ppp1",
        "idle",
    ]
    assert connections[0].reasons[0] == "is connected"
    assert connections[1].reasons == ("is Disconnected", "has no external address")


@pytest.mark.uda("G-001")
async def test_layer_3_forwarding_decides_among_equals() -> None:
    gateway = Gateway(wan("ip1"), wan("ip2", address="198.51.100.9"))
    gateway.default_service = "uuid:connection-ip2:WANConnectionDevice:1,urn:upnp-org:serviceId:ip2"
    igd = await gateway.async_igd()
    assert await igd.async_get_external_ip_address() == "198.51.100.9"


async def test_one_connection_is_not_asked_about() -> None:
    gateway = Gateway()
    await (await gateway.async_igd()).async_get_external_ip_address()
    assert gateway.names == ["GetExternalIPAddress"]


async def test_who_names_services_gets_these() -> None:
    gateway = Gateway(wan("ip1"), wan("ppp1", kind="WANPPPConnection:1", address="198.51.100.8"))
    igd = await gateway.async_igd()
    assert await igd.async_get_external_ip_address(["WANPPPC"]) == "198.51.100.8"
    assert await igd.async_get_external_ip_address(["WANPPPC", "WANIPC"]) == "198.51.100.8"
    assert gateway.names == ["GetExternalIPAddress"] * 2


def test_a_choice_is_made_anew_after_a_while() -> None:
    async def main() -> None:
        first, second = wan("ip1"), wan("ip2", status="Disconnected", address="198.51.100.9")
        igd = await Gateway(first, second).async_igd()
        assert await igd.async_get_external_ip_address() == "198.51.100.7"
        first.status, second.status = "Disconnected", "Connected"
        assert await igd.async_get_external_ip_address() == "198.51.100.7"
        await pass_time(CHOICE_SECONDS)
        assert await igd.async_get_external_ip_address() == "198.51.100.9"

    run(main())


def test_a_poor_choice_is_made_anew_soon() -> None:
    async def main() -> None:
        first, second = wan("ip1", status="Disconnected"), wan("ip2", status="Disconnected", address="")
        igd = await Gateway(first, second).async_igd()
        await igd.async_get_external_ip_address()
        second.status, second.address = "Connected", "198.51.100.9"
        await pass_time(POOR_CHOICE_SECONDS)
        assert await igd.async_get_external_ip_address() == "198.51.100.9"

    run(main())


def test_what_is_chosen_by_hand_stays() -> None:
    async def main() -> None:
        igd = await Gateway(wan("ip1"), wan("ip2", status="Disconnected", address="198.51.100.9")).async_igd()
        connections = await igd.async_wan_connections()
        assert await igd.async_select_connection(connections[1]) is connections[1]
        await pass_time(2 * CHOICE_SECONDS)
        assert await igd.async_get_external_ip_address() == "198.51.100.9"

    run(main())


async def test_events_are_taken_from_the_chosen_one() -> None:
    igd = await Gateway(
        wan("idle", status="Disconnected"), wan("ppp1", kind="WANPPPConnection:1")
    ).async_igd()
    for service in igd.wan_services:
        service.notify_changed_state_variables({"ConnectionStatus": service.service_id})
    await igd.async_select_connection()
    assert igd.connection_status == "urn:upnp-org:serviceId:ppp1"


@pytest.mark.uda("G-017")
async def test_a_connection_that_refuses_is_last_with_its_error() -> None:
    gateway = Gateway(wan("ip1"), wan("ip2"))
    gateway.refuse["GetStatusInfo"] = 501
    connections = await (await gateway.async_igd()).async_wan_connections()
    assert all(isinstance(connection.error, UpnpActionError) for connection in connections)
    assert {connection.external_ip_address for connection in connections} == {"198.51.100.7"}


async def test_a_gateway_that_is_gone_is_not_asked_for_long() -> None:
    gateway = Gateway(wan("ip1"), wan("ip2"))
    igd = await gateway.async_igd()
    gateway.is_gone = True
    connections = await igd.async_wan_connections()
    assert all(isinstance(connection.error, UpnpConnectionError) for connection in connections)
    assert len(gateway.requests) == 3


async def test_a_gateway_without_connections() -> None:
    gateway = Gateway()
    gateway.wans = ()
    igd = await gateway.async_igd()
    assert await igd.async_select_connection() is None
    assert await igd.async_get_external_ip_address() is None


@pytest.mark.uda("G-001", "G-010")
async def test_the_right_gateway() -> None:
    offline = Gateway(wan("ip1", status="Disconnected", address=""))
    shared = Gateway(wan("ip1", address="100.64.0.7"))
    good = Gateway(wan("ip1", address="8.8.8.8"))
    default = Gateway(wan("ip1", address="8.8.4.4"))
    hosts = {"http://192.0.2.1:5000": offline, "http://192.0.2.2:5000": shared, "http://192.0.2.3:5000": good}
    igds = [await gateway.async_igd(host=host) for host, gateway in hosts.items()]
    igds.append(await default.async_igd(host="http://192.0.2.4:5000"))
    ranked = await async_rank_gateways(igds, ["192.0.2.4"])
    assert [one.gateway for one in ranked] == [igds[3], igds[2], igds[1], igds[0]]
    assert ranked[0].reasons[-1] == "is the default gateway"
    assert ranked[0].is_default_gateway
    connection = ranked[2].connection
    assert connection is not None
    assert connection.is_behind_nat
    assert connection.address_kind is AddressKind.CARRIER_NAT


async def test_a_gateway_without_connection_is_last() -> None:
    bare = Gateway()
    bare.wans = ()
    igds = [await bare.async_igd(), await Gateway().async_igd()]
    ranked = await async_rank_gateways(igds)
    assert ranked[0].gateway is igds[1]
    assert ranked[1].reasons == ("has no WAN connection",)
