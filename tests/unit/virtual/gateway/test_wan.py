"""The WAN connection of a virtual gateway, action by action."""

import pytest

from async_upnp_client.exceptions import UpnpActionError
from tests.support.virtual_gateway import ADDRESS, Gateway

WAN = "WANIPConnection"
MAPPING = ("", 8080, "TCP", 80, "10.0.0.5", True, "a web page", 60)


@pytest.fixture
def gateway():
    return Gateway(1)


async def refusal(gateway, *call):
    with pytest.raises(UpnpActionError) as refused:
        await gateway.async_call(WAN, *call)
    return refused.value.error_code


async def test_what_it_tells(gateway):
    gateway.clock.advance(5)
    assert await gateway.async_call(WAN, "GetStatusInfo") == {
        "NewConnectionStatus": "Connected",
        "NewLastConnectionError": "ERROR_NONE",
        "NewUptime": 5,
    }
    assert await gateway.async_call(WAN, "GetConnectionTypeInfo") == {
        "NewConnectionType": "IP_Routed",
        "NewPossibleConnectionTypes": "IP_Routed,IP_Bridged",
    }
    assert await gateway.async_call(WAN, "GetExternalIPAddress") == {"NewExternalIPAddress": ADDRESS}
    nat = await gateway.async_call(WAN, "GetNATRSIPStatus")
    assert nat == {"NewRSIPAvailable": False, "NewNATEnabled": True}


async def test_it_connects_and_disconnects(gateway):
    await gateway.async_call(WAN, "RequestTermination")
    assert gateway.virtual.connection.last_error == "ERROR_USER_DISCONNECT"
    assert await refusal(gateway, "ForceTermination") == 711
    await gateway.async_call(WAN, "RequestConnection")
    await gateway.async_call(WAN, "ForceTermination")
    assert gateway.virtual.connection.last_error == "ERROR_FORCED_DISCONNECT"
    gateway.virtual.is_enabled_for_internet = False
    assert await refusal(gateway, "RequestConnection") == 709


async def test_its_type_is_set_while_it_is_down(gateway):
    assert await refusal(gateway, "SetConnectionType", "Carrier_Pigeon") == 710
    assert await refusal(gateway, "SetConnectionType", "IP_Bridged") == 703
    await gateway.async_call(WAN, "SetConnectionType", "IP_Routed")
    gateway.virtual.connection.disconnect("ERROR_UNKNOWN")
    await gateway.async_call(WAN, "SetConnectionType", "IP_Bridged")


@pytest.mark.parametrize("name", ["AutoDisconnectTime", "IdleDisconnectTime", "WarnDisconnectDelay"])
async def test_times_are_kept(gateway, name):
    service = gateway.service(WAN)
    assert await service.async_handle_action(f"Get{name}") == {f"New{name}": 0}
    await service.async_handle_action(f"Set{name}", **{f"New{name}": 300})
    assert await service.async_handle_action(f"Get{name}") == {f"New{name}": 300}


async def test_ports_are_opened_shown_and_closed(gateway):
    await gateway.async_call(WAN, "AddPortMapping", *MAPPING)
    gateway.clock.advance(10)
    inside = {
        "NewInternalPort": 80,
        "NewInternalClient": "10.0.0.5",
        "NewEnabled": True,
        "NewPortMappingDescription": "a web page",
        "NewLeaseDuration": 50,
    }
    key = {"NewRemoteHost": "", "NewExternalPort": 8080, "NewProtocol": "TCP"}
    assert await gateway.async_call(WAN, "GetSpecificPortMappingEntry", "", 8080, "TCP") == inside
    assert await gateway.async_call(WAN, "GetGenericPortMappingEntry", 0) == key | inside
    assert await refusal(gateway, "GetGenericPortMappingEntry", 1) == 713
    await gateway.async_call(WAN, "DeletePortMapping", "", 8080, "TCP")
    assert await refusal(gateway, "GetSpecificPortMappingEntry", "", 8080, "TCP") == 714


async def test_what_is_evented_is_taken_over(gateway):
    service = gateway.service(WAN)
    gateway.virtual.mappings.forget()
    gateway.virtual.connection.disconnect("ERROR_UNKNOWN")
    service.refresh()
    evented = {name: v.value for name, v in service.state_variables.items() if v.send_events}
    assert evented == {
        "PossibleConnectionTypes": "IP_Routed,IP_Bridged",
        "ConnectionStatus": "Disconnected",
        "ExternalIPAddress": "",
        "PortMappingNumberOfEntries": 0,
    }
