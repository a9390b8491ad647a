"""Link, counters, routes and IPv6 firewall of a virtual gateway, action by action."""

import pytest

from async_upnp_client.exceptions import UpnpActionError
from tests.support.virtual_gateway import Gateway

COMMON, FORWARDING, FIREWALL = "WANCommonInterfaceConfig", "Layer3Forwarding", "WANIPv6FirewallControl"
FLOW = ("", 0, "2001:db8::5", 8080, 6)


@pytest.fixture
def gateway():
    return Gateway()


async def refusal(gateway, *call):
    with pytest.raises(UpnpActionError) as refused:
        await gateway.async_call(*call)
    return refused.value.error_code


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("GetEnabledForInternet", {"NewEnabledForInternet": True}),
        (
            "GetCommonLinkProperties",
            {
                "NewWANAccessType": "Ethernet",
                "NewLayer1UpstreamMaxBitRate": 10_000_000,
                "NewLayer1DownstreamMaxBitRate": 50_000_000,
                "NewPhysicalLinkStatus": "Up",
            },
        ),
        ("GetWANAccessProvider", {"NewWANAccessProvider": "A virtual provider"}),
        ("GetMaximumActiveConnections", {"NewMaximumActiveConnections": 1}),
        ("GetTotalBytesSent", {"NewTotalBytesSent": 40_000}),
        ("GetTotalBytesReceived", {"NewTotalBytesReceived": 500_000}),
        ("GetTotalPacketsSent", {"NewTotalPacketsSent": 180}),
        ("GetTotalPacketsReceived", {"NewTotalPacketsReceived": 400}),
    ],
)
async def test_what_it_tells_of_the_link(gateway, action, expected):
    gateway.clock.advance(2)
    assert await gateway.async_call(COMMON, action) == expected


async def test_the_active_connection_is_the_default(gateway):
    active = await gateway.async_call(COMMON, "GetActiveConnection", 0)
    default = await gateway.async_call(FORWARDING, "GetDefaultConnectionService")
    assert ",".join(active.values()) == default["NewDefaultConnectionService"]
    assert active["NewActiveConnectionServiceID"] == "urn:upnp-org:serviceId:WANIPConn1"
    assert await refusal(gateway, COMMON, "GetActiveConnection", 1) == 713


async def test_the_owner_forbids_the_internet(gateway):
    await gateway.async_call(COMMON, "SetEnabledForInternet", False)
    assert gateway.virtual.connection.status == "Disconnected"
    await gateway.async_call(COMMON, "SetEnabledForInternet", False)
    assert await refusal(gateway, "WANIPConnection", "RequestConnection") == 709
    await gateway.async_call(COMMON, "SetEnabledForInternet", True)
    await gateway.async_call("WANIPConnection", "RequestConnection")
    service = gateway.service(COMMON)
    service.refresh()
    assert service.state_variable("NumberOfActiveConnections").value == 1


async def test_the_default_connection_is_the_only_one(gateway):
    default = gateway.virtual.default_service
    await gateway.async_call(FORWARDING, "SetDefaultConnectionService", default)
    device, _, service_id = default.rpartition(",")
    assert await refusal(gateway, FORWARDING, "SetDefaultConnectionService", f"uuid:1,{service_id}") == 720
    assert await refusal(gateway, FORWARDING, "SetDefaultConnectionService", f"{device},urn:x") == 721
    service = gateway.service(FORWARDING)
    service.refresh()
    assert service.state_variable("DefaultConnectionService").value == default


@pytest.mark.uda("G-015")
async def test_pinholes(gateway):
    added = await gateway.async_call(FIREWALL, "AddPinhole", *FLOW, 60)
    assert added == {"UniqueID": 1}
    assert await refusal(gateway, FIREWALL, "CheckPinholeWorking", 1) == 709
    gateway.virtual.pinholes.let_through(1, 4)
    assert await gateway.async_call(FIREWALL, "CheckPinholeWorking", 1) == {"IsWorking": True}
    assert await gateway.async_call(FIREWALL, "GetPinholePackets", 1) == {"PinholePackets": 4}
    await gateway.async_call(FIREWALL, "UpdatePinhole", 1, 600)
    await gateway.async_call(FIREWALL, "DeletePinhole", 1)
    assert await refusal(gateway, FIREWALL, "DeletePinhole", 1) == 704


@pytest.mark.uda("G-015")
async def test_a_pinhole_has_a_lease_of_a_day_at_most(gateway):
    lease = gateway.service(FIREWALL).state_variable("A_ARG_TYPE_LeaseTime")
    assert (lease.min_value, lease.max_value) == (1, 86_400)


async def test_the_firewall_tells_of_itself(gateway):
    gateway.virtual.pinholes.is_inbound_allowed = False
    status = await gateway.async_call(FIREWALL, "GetFirewallStatus")
    assert status == {"FirewallEnabled": True, "InboundPinholeAllowed": False}
    seconds = await gateway.async_call(FIREWALL, "GetOutboundPinholeTimeout", *FLOW)
    assert seconds == {"OutboundPinholeTimeout": 300}
    service = gateway.service(FIREWALL)
    service.refresh()
    assert service.state_variable("InboundPinholeAllowed").value is False
