from datetime import timedelta
from ipaddress import IPv6Address

import pytest

from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.profiles.igd.types import CommonLinkProperties, FirewallStatus
from tests.support.gateway import Arguments, Gateway

AVM: dict[str, Arguments] = {
    "GetAddonInfos": ((), ("NewX_AVM_DE_TotalBytesSent64", "NewX_AVM_DE_TotalBytesReceived64"))
}
CLIENT = IPv6Address("::1")  # the one address of ours that every machine has


async def test_the_link() -> None:
    igd = await Gateway().async_igd()
    assert await igd.async_get_common_link_properties() == CommonLinkProperties("DSL", 10000, 50000, "Up")
    assert await igd.async_get_enabled_for_internet() is True


async def test_how_many_connections_may_be_active() -> None:
    gateway = Gateway()
    assert await (await gateway.async_igd()).async_get_maximum_active_connections() is None
    gateway.more_common["GetMaximumActiveConnections"] = ((), ("NewMaximumActiveConnections",))
    gateway.answers["GetMaximumActiveConnections"] = lambda _: {"NewMaximumActiveConnections": "2"}
    assert await (await gateway.async_igd()).async_get_maximum_active_connections() == 2


async def test_setting() -> None:
    gateway = Gateway()
    igd = await gateway.async_igd()
    await igd.async_set_enabled_for_internet(False)
    await igd.async_set_default_connection_service("uuid:x:WANConnectionDevice:1,id")
    assert gateway.calls == [
        ("SetEnabledForInternet", {"NewEnabledForInternet": "0"}),
        (
            "SetDefaultConnectionService",
            {"NewDefaultConnectionService": "uuid:x:WANConnectionDevice:1,id"},
        ),
    ]
    gateway.default_service = "uuid:y,z"
    assert await igd.async_get_default_connection_service() == "uuid:y,z"


@pytest.mark.uda("G-014")
@pytest.mark.parametrize(
    ("said", "value"),
    [("5", 5), ("4294967295", 4294967295), ("1100335252538", 1100335252538), ("-1", 2147483647)],
)
async def test_a_counter(said: str, value: int) -> None:
    gateway = Gateway()
    gateway.counters = dict.fromkeys(gateway.counters, said)
    igd = await gateway.async_igd()
    assert await igd.async_get_total_bytes_received() == value
    assert await igd.async_get_total_bytes_sent() == value
    assert await igd.async_get_total_packets_received() == value
    assert await igd.async_get_total_packets_sent() == value


async def test_an_answer_without_the_counter_is_none() -> None:
    gateway = Gateway()
    gateway.answers["GetTotalBytesReceived"] = lambda _: {}
    assert await (await gateway.async_igd()).async_get_total_bytes_received() is None


@pytest.mark.uda("G-014")
async def test_the_vendors_64_bits_are_taken_where_they_are() -> None:
    gateway = Gateway()
    gateway.more_common = AVM
    gateway.answers["GetAddonInfos"] = lambda _: {
        "NewX_AVM_DE_TotalBytesSent64": "5000000000",
        "NewX_AVM_DE_TotalBytesReceived64": "6000000000",
    }
    igd = await gateway.async_igd()
    assert await igd.async_get_total_bytes_sent() == 5000000000
    assert await igd.async_get_total_bytes_received() == 6000000000
    assert await igd.async_get_total_packets_sent() == 0
    assert gateway.names == ["GetAddonInfos", "GetAddonInfos", "GetTotalPacketsSent"]


@pytest.mark.parametrize("answer", [{}, {"NewX_AVM_DE_TotalBytesSent64": "many"}, None])
async def test_64_bits_that_do_not_come_are_asked_for_once(answer: dict[str, str] | None) -> None:
    gateway = Gateway()
    gateway.more_common = AVM
    gateway.counters["BytesSent"] = "7"
    if answer is None:
        gateway.refuse["GetAddonInfos"] = 401
    else:
        gateway.answers["GetAddonInfos"] = lambda _: answer
    igd = await gateway.async_igd()
    assert [await igd.async_get_total_bytes_sent() for _ in range(2)] == [7, 7]
    assert gateway.names == ["GetAddonInfos", "GetTotalBytesSent", "GetTotalBytesSent"]


async def test_a_gateway_without_firewall() -> None:
    igd = await Gateway(firewall=False).async_igd()
    assert await igd.async_get_firewall_status() is None
    assert await igd.async_add_pinhole(None, 0, CLIENT, 80, 6, timedelta(hours=1)) is None
    assert await igd.async_get_pinhole_packets(1) is None
    await igd.async_update_pinhole(1, 5)
    await igd.async_delete_pinhole(1)


async def test_a_pinhole() -> None:
    gateway = Gateway()
    igd = await gateway.async_igd(host="http://[2001:db8::1]:5000")
    assert await igd.async_get_firewall_status() == FirewallStatus(True, True)
    pinhole = await igd.async_add_pinhole(None, 0, CLIENT, 8080, 6, timedelta(hours=25))
    assert pinhole == 1
    assert gateway.calls[-1][1] == {
        "RemoteHost": "",
        "RemotePort": "0",
        "InternalClient": "::1",
        "InternalPort": "8080",
        "Protocol": "6",
        "LeaseTime": "90000",
    }
    assert await igd.async_get_pinhole_packets(pinhole) == 3
    await igd.async_update_pinhole(pinhole, 60, source=CLIENT)
    assert gateway.pinholes[1]["LeaseTime"] == "60"
    await igd.async_delete_pinhole(pinhole, source=CLIENT)
    with pytest.raises(UpnpActionError, match="704"):
        await igd.async_delete_pinhole(pinhole)


@pytest.mark.uda("G-016")
@pytest.mark.parametrize(
    ("host", "client", "source"),
    [
        pytest.param("http://[2001:db8::1]:5000", "::1", "::1", id="ours"),
        pytest.param("http://[2001:db8::1]:5000", "2001:db8::77", None, id="another's"),
        pytest.param("http://192.0.2.1:5000", "::1", None, id="the gateway is known by IPv4"),
    ],
)
async def test_a_pinhole_is_asked_for_from_the_address_that_it_opens(
    host: str, client: str, source: str | None
) -> None:
    gateway = Gateway()
    igd = await gateway.async_igd(host=host)
    await igd.async_add_pinhole(None, 0, IPv6Address(client), 80, 6, timedelta(hours=1))
    assert gateway.requests[-1].source == source


async def test_more_about_the_link() -> None:
    gateway = Gateway()
    gateway.more_common = {
        "GetWANAccessProvider": ((), ("NewWANAccessProvider",)),
        "GetActiveConnection": (
            ("NewActiveConnectionIndex",),
            ("NewActiveConnDeviceContainer", "NewActiveConnectionServiceID"),
        ),
    }
    gateway.answers["GetWANAccessProvider"] = lambda _: {"NewWANAccessProvider": "Provider"}
    gateway.answers["GetActiveConnection"] = lambda arguments: {
        "NewActiveConnDeviceContainer": f"device {arguments['NewActiveConnectionIndex']}",
        "NewActiveConnectionServiceID": "service",
    }
    igd = await gateway.async_igd()
    assert await igd.async_get_wan_access_provider() == "Provider"
    assert await igd.async_get_active_connection(2) == ("device 2", "service")
    bare = await Gateway().async_igd()
    assert await bare.async_get_wan_access_provider() is None
    assert await bare.async_get_active_connection(0) is None


async def test_more_about_the_firewall() -> None:
    gateway = Gateway()
    gateway.answers["GetOutboundPinholeTimeout"] = lambda _: {"OutboundPinholeTimeout": "60"}
    gateway.answers["CheckPinholeWorking"] = lambda _: {"IsWorking": "1"}
    igd = await gateway.async_igd(host="http://[2001:db8::1]:5000")
    assert await igd.async_get_outbound_pinhole_timeout(None, 0, CLIENT, 80, 6) == timedelta(minutes=1)
    assert await igd.async_check_pinhole_working(1, source=CLIENT) is True
    assert {request.source for request in gateway.requests} == {"::1"}
    bare = await Gateway(firewall=False).async_igd()
    assert await bare.async_get_outbound_pinhole_timeout(None, 0, CLIENT, 80, 6) is None
    assert await bare.async_check_pinhole_working(1) is None
