from datetime import timedelta
from ipaddress import IPv4Address

import pytest

from async_upnp_client.exceptions import UpnpActionError, UpnpValueError
from async_upnp_client.profiles.igd.types import (
    ConnectionTypeInfo,
    NatRsipStatusInfo,
    PortMappingEntry,
    StatusInfo,
)
from tests.support.gateway import WAN_ACTIONS, Gateway, Wan, mapping

CLIENT = IPv4Address("192.0.2.10")


async def test_what_a_connection_says() -> None:
    igd = await Gateway().async_igd()
    assert await igd.async_get_external_ip_address() == "198.51.100.7"
    assert await igd.async_get_status_info() == StatusInfo("Connected", "ERROR_NONE", 3600)
    assert await igd.async_get_connection_type_info() == ConnectionTypeInfo(
        "IP_Routed", "IP_Routed,IP_Bridged"
    )
    assert await igd.async_get_nat_rsip_status() == NatRsipStatusInfo(nat_enabled=True, rsip_available=False)


@pytest.mark.parametrize("address", ["", "10.0.0.1", "100.64.3.2"])
@pytest.mark.uda("G-010")
async def test_an_external_address_may_be_anything(address: str) -> None:
    igd = await Gateway(Wan("ip1", address=address)).async_igd()
    assert await igd.async_get_external_ip_address() == address


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("uptime", ["unknown", ""])
async def test_an_uptime_that_is_no_number_makes_no_status(uptime: str, strict: bool) -> None:
    igd = await Gateway(Wan("ip1", uptime=uptime)).async_igd(non_strict=not strict)
    assert await igd.async_get_status_info() is None


async def test_a_status_without_uptime_is_none() -> None:
    gateway = Gateway()
    gateway.answers["GetStatusInfo"] = lambda _: {"NewConnectionStatus": "Connected"}
    assert await (await gateway.async_igd()).async_get_status_info() is None


async def test_an_action_that_is_missing_gives_none_or_does_nothing() -> None:
    gateway = Gateway(Wan("ip1", actions={}))
    igd = await gateway.async_igd()
    assert await igd.async_get_external_ip_address() is None
    assert await igd.async_get_status_info() is None
    assert await igd.async_get_connection_type_info() is None
    assert await igd.async_get_nat_rsip_status() is None
    assert await igd.async_get_port_mapping_number_of_entries() is None
    assert await igd.async_get_generic_port_mapping_entry(0) is None
    assert await igd.async_get_specific_port_mapping_entry(None, 80, "TCP") is None
    assert await igd.async_add_any_port_mapping(None, 80, "TCP", 80, CLIENT, True, "d", timedelta()) is None
    await igd.async_add_port_mapping(None, 80, "TCP", 80, CLIENT, True, "d", timedelta())
    await igd.async_delete_port_mapping(None, 80, "TCP")
    await igd.async_request_connection()
    assert gateway.calls == []


async def test_switching_a_connection() -> None:
    gateway = Gateway()
    igd = await gateway.async_igd()
    await igd.async_set_connection_type("IP_Routed")
    await igd.async_request_connection()
    await igd.async_request_termination()
    await igd.async_force_termination()
    assert gateway.calls == [
        ("SetConnectionType", {"NewConnectionType": "IP_Routed"}),
        ("RequestConnection", {}),
        ("RequestTermination", {}),
        ("ForceTermination", {}),
    ]


@pytest.mark.uda("G-003")
async def test_a_mapping_has_eight_arguments_in_order() -> None:
    gateway = Gateway()
    igd = await gateway.async_igd()
    lease = timedelta(days=1, seconds=5)
    await igd.async_add_port_mapping(None, 8080, "TCP", 80, CLIENT, True, "web", lease)
    assert list(gateway.calls[0][1].items()) == [
        ("NewRemoteHost", ""),
        ("NewExternalPort", "8080"),
        ("NewProtocol", "TCP"),
        ("NewInternalPort", "80"),
        ("NewInternalClient", "192.0.2.10"),
        ("NewEnabled", "1"),
        ("NewPortMappingDescription", "web"),
        ("NewLeaseDuration", "86405"),
    ]
    entry = PortMappingEntry(None, 8080, "TCP", 80, CLIENT, True, "web", lease)
    assert await igd.async_get_generic_port_mapping_entry(0) == entry
    assert await igd.async_get_specific_port_mapping_entry(None, 8080, "TCP") == entry
    await igd.async_delete_port_mapping(None, 8080, "TCP")
    assert gateway.mappings == {}


async def test_a_mapping_for_one_host() -> None:
    gateway = Gateway()
    igd = await gateway.async_igd()
    host = IPv4Address("203.0.113.5")
    await igd.async_add_port_mapping(host, 8080, "UDP", 80, CLIENT, False, "one", timedelta())
    entry = PortMappingEntry(host, 8080, "UDP", 80, CLIENT, False, "one", None)
    assert await igd.async_get_generic_port_mapping_entry(0) == entry
    await igd.async_delete_port_mapping(host, 8080, "UDP")


async def test_the_end_of_the_list_and_no_such_mapping_are_errors_with_their_code() -> None:
    igd = await Gateway().async_igd()
    with pytest.raises(UpnpActionError) as caught:
        await igd.async_get_generic_port_mapping_entry(0)
    assert caught.value.error_code == 713
    with pytest.raises(UpnpActionError) as caught:
        await igd.async_delete_port_mapping(None, 80, "TCP")
    assert caught.value.error_code == 714


async def test_a_mapping_to_a_name_is_an_error_of_ours() -> None:
    gateway = Gateway()
    gateway.mappings.update(mapping(80, "laptop"))
    with pytest.raises(UpnpValueError, match="laptop"):
        await (await gateway.async_igd()).async_get_generic_port_mapping_entry(0)


@pytest.mark.uda("G-011")
@pytest.mark.parametrize("name", ["NewReservedPort", "NewExternalPort"])
async def test_the_gateway_chooses_a_port(name: str) -> None:
    gateway = Gateway(version=2)
    gateway.answers["AddAnyPortMapping"] = lambda _: {name: "8081"}
    igd = await gateway.async_igd()
    assert igd.has_add_any_port_mapping
    assert (
        await igd.async_add_any_port_mapping(None, 8080, "TCP", 80, CLIENT, True, "d", timedelta(1)) == 8081
    )


async def test_the_number_of_mappings_where_a_gateway_tells() -> None:
    more = {"GetPortMappingNumberOfEntries": ((), ("NewPortMappingNumberOfEntries",))}
    gateway = Gateway(Wan("ip1", actions=WAN_ACTIONS | more))
    gateway.answers["GetPortMappingNumberOfEntries"] = lambda _: {"NewPortMappingNumberOfEntries": "3"}
    assert await (await gateway.async_igd()).async_get_port_mapping_number_of_entries() == 3


async def test_a_range_of_ports_is_closed() -> None:
    names = ("NewStartPort", "NewEndPort", "NewProtocol", "NewManage")
    gateway = Gateway(Wan("ip1", "WANIPConnection:2", {"DeletePortMappingRange": (names, ())}))
    gateway.answers["DeletePortMappingRange"] = lambda _: {}
    await (await gateway.async_igd()).async_delete_port_mapping_range(80, 90, "TCP", manage=True)
    sent = {"NewStartPort": "80", "NewEndPort": "90", "NewProtocol": "TCP", "NewManage": "1"}
    assert gateway.calls == [("DeletePortMappingRange", sent)]


async def test_the_rates_of_a_ppp_connection() -> None:
    names = ("NewUpstreamMaxBitRate", "NewDownstreamMaxBitRate")
    gateway = Gateway(Wan("ppp1", "WANPPPConnection:1", {"GetLinkLayerMaxBitRates": ((), names)}))
    gateway.answers["GetLinkLayerMaxBitRates"] = lambda _: dict(zip(names, ("10", "50"), strict=True))
    assert await (await gateway.async_igd()).async_get_link_layer_max_bit_rates() == (10, 50)
    assert await (await Gateway().async_igd()).async_get_link_layer_max_bit_rates() is None
