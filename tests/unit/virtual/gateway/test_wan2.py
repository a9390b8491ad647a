"""What WANIPConnection:2 and WANPPPConnection:1 of a virtual gateway add."""

from datetime import timedelta
from ipaddress import IPv4Address

import pytest

from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.profiles.igd.entries import parse_port_listing
from async_upnp_client.profiles.igd.types import PortMappingEntry
from async_upnp_client.virtual.gateway.mappings import WEEK
from tests.support.virtual_gateway import Gateway

WAN = "WANIPConnection"
PPP = "WANPPPConnection"
OURS = "10.0.0.5"


@pytest.fixture
def gateway():
    return Gateway(2)


@pytest.mark.uda("G-011", "G-012")
async def test_it_chooses_a_port_lists_and_closes_a_range(gateway):
    given = [
        await gateway.async_call(WAN, "AddAnyPortMapping", "192.0.2.9", 8080, "TCP", 80, host, True, "", 60)
        for host in ("10.0.0.6", OURS)
    ]
    assert given[-1] == {"NewReservedPort": 8081}
    listing = await gateway.async_call(WAN, "GetListOfPortMappings", 1, 65535, "TCP", False, 0)
    entries, unread = parse_port_listing(listing["NewPortListing"])
    assert unread == 0
    assert entries[1] == PortMappingEntry(
        IPv4Address("192.0.2.9"), 8081, "TCP", 80, IPv4Address(OURS), True, "", timedelta(seconds=60)
    )
    one = await gateway.async_call(WAN, "GetListOfPortMappings", 1, 65535, "TCP", False, 1)
    assert parse_port_listing(one["NewPortListing"])[0] == entries[:1]
    await gateway.async_call(WAN, "DeletePortMappingRange", 8000, 8999, "TCP", False)
    with pytest.raises(UpnpActionError) as refused:
        await gateway.async_call(WAN, "GetListOfPortMappings", 1, 65535, "TCP", False, 0)
    assert refused.value.error_code == 730


@pytest.mark.uda("G-006")
async def test_a_lease_is_a_week_at_most_and_changes_are_counted(gateway):
    service = gateway.service(WAN)
    lease = service.state_variable("PortMappingLeaseDuration")
    assert lease.max_value == WEEK
    gateway.virtual.mappings.forget()
    service.refresh()
    assert service.state_variable("SystemUpdateID").value == 1


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (
            "GetLinkLayerMaxBitRates",
            {"NewUpstreamMaxBitRate": 10_000_000, "NewDownstreamMaxBitRate": 50_000_000},
        ),
        ("GetPPPEncryptionProtocol", {"NewPPPEncryptionProtocol": "None"}),
        ("GetPPPCompressionProtocol", {"NewPPPCompressionProtocol": "None"}),
        ("GetPPPAuthenticationProtocol", {"NewPPPAuthenticationProtocol": "CHAP"}),
        ("GetUserName", {"NewUserName": ""}),
        ("GetPassword", {"NewPassword": ""}),
    ],
)
async def test_ppp_tells_of_itself(action, expected):
    assert await Gateway(1, ppp=True).async_call(PPP, action) == expected


async def test_ppp_is_configured_while_it_is_down():
    gateway = Gateway(1, ppp=True)
    service = gateway.service(PPP)
    user = {"NewUserName": "us", "NewPassword": "secret"}
    with pytest.raises(UpnpActionError) as refused:
        await service.async_handle_action("ConfigureConnection", **user)
    assert refused.value.error_code == 703
    gateway.virtual.connection.disconnect("ERROR_UNKNOWN")
    await service.async_handle_action("ConfigureConnection", **user)
    assert await service.async_handle_action("GetUserName") == {"NewUserName": "us"}
    assert await service.async_handle_action("GetPassword") == {"NewPassword": "secret"}
