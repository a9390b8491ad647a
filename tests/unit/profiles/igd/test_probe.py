import pytest

from async_upnp_client.profiles.igd.types import Capabilities, CapabilityState, Feature
from tests.support.gateway import Gateway, mapping

PRESENT, ABSENT, REFUSED = CapabilityState.PRESENT, CapabilityState.ABSENT, CapabilityState.REFUSED
OFF, AWAY = CapabilityState.SWITCHED_OFF, CapabilityState.UNREACHABLE


async def async_probe(gateway: Gateway) -> Capabilities:
    """Try what a gateway can do."""
    return await (await gateway.async_igd()).async_probe()


async def test_a_gateway_that_can_everything() -> None:
    gateway = Gateway()
    gateway.mappings.update(mapping(80))
    found = await async_probe(gateway)
    assert {feature: capability.state for feature, capability in found.items()} == dict.fromkeys(
        Feature, PRESENT
    )


@pytest.mark.uda("G-017")
@pytest.mark.parametrize(
    ("feature", "action", "code", "state"),
    [
        (Feature.PORT_MAPPING, "GetGenericPortMappingEntry", 713, PRESENT),
        (Feature.PORT_MAPPING, "GetGenericPortMappingEntry", 402, PRESENT),
        (Feature.PORT_MAPPING, "GetGenericPortMappingEntry", 606, OFF),
        (Feature.PORT_MAPPING, "GetGenericPortMappingEntry", 602, REFUSED),
        (Feature.TRAFFIC_COUNTERS, "GetTotalBytesReceived", 401, REFUSED),
        (Feature.TRAFFIC_COUNTERS, "GetTotalBytesReceived", 501, REFUSED),
        (Feature.EXTERNAL_ADDRESS, "GetExternalIPAddress", 606, OFF),
        (Feature.PINHOLES, "GetFirewallStatus", 702, OFF),
        (Feature.PINHOLES, "GetFirewallStatus", 606, OFF),
    ],
)
async def test_a_refusal(feature: Feature, action: str, code: int, state: CapabilityState) -> None:
    gateway = Gateway()
    gateway.refuse[action] = code
    found = await async_probe(gateway)
    assert (found[feature].state, found[feature].error_code) == (state, code)
    assert {capability.state for other, capability in found.items() if other is not feature} == {PRESENT}


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ({"FirewallEnabled": "0", "InboundPinholeAllowed": "0"}, "nothing has to be opened"),
        ({"FirewallEnabled": "1", "InboundPinholeAllowed": "0"}, "does not allow"),
    ],
)
async def test_pinholes_that_are_switched_off(status: dict[str, str], words: str) -> None:
    gateway = Gateway()
    gateway.firewall = status
    capability = (await async_probe(gateway))[Feature.PINHOLES]
    assert capability.state is OFF
    assert words in capability.reason


async def test_what_is_not_declared_is_absent() -> None:
    gateway = Gateway(firewall=False)
    gateway.wans[0].actions = {"GetExternalIPAddress": ((), ("NewExternalIPAddress",))}
    found = await async_probe(gateway)
    assert [found[feature].state for feature in Feature] == [PRESENT, ABSENT, ABSENT, PRESENT, ABSENT]


@pytest.mark.uda("G-017")
async def test_a_gateway_that_refuses_everything_is_switched_off() -> None:
    gateway = Gateway()
    for action in (
        "GetStatusInfo",
        "GetExternalIPAddress",
        "GetGenericPortMappingEntry",
        "GetTotalBytesReceived",
        "GetFirewallStatus",
    ):
        gateway.refuse[action] = 401
    found = await async_probe(gateway)
    assert {capability.state for capability in found.values()} == {OFF}
    assert found[Feature.PORT_MAPPING].error_code == 401


async def test_a_gateway_that_is_gone() -> None:
    gateway = Gateway()
    igd = await gateway.async_igd()
    gateway.is_gone = True
    assert {capability.state for capability in (await igd.async_probe()).values()} == {AWAY}


async def test_an_answer_that_cannot_be_read() -> None:
    gateway = Gateway()
    gateway.counters["BytesReceived"] = "many"
    igd = await gateway.async_igd(non_strict=False)
    assert (await igd.async_probe())[Feature.TRAFFIC_COUNTERS].state is REFUSED
