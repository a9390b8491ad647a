"""A virtual gateway as a whole: its tree, its events, its restarts."""

import pytest

from async_upnp_client.virtual.gateway import Mapping, VirtualGateway
from tests.support.virtual_gateway import Gateway
from tests.support.virtual_time import pass_time, run


@pytest.mark.parametrize(
    ("version", "options", "types"),
    [
        (
            1,
            {"firewall": False},
            ["Layer3Forwarding:1", "WANCommonInterfaceConfig:1", "WANIPConnection:1"],
        ),
        (
            1,
            {"ppp": True, "firewall": False},
            ["Layer3Forwarding:1", "WANCommonInterfaceConfig:1", "WANPPPConnection:1"],
        ),
        (
            2,
            {},
            [
                "Layer3Forwarding:1",
                "WANCommonInterfaceConfig:1",
                "WANIPConnection:2",
                "WANIPv6FirewallControl:1",
            ],
        ),
    ],
)
def test_its_tree(version, options, types):
    device = Gateway(version, **options).device()
    kinds = [one.device_type.rpartition("device:")[2] for one in device.all_devices]
    assert kinds == [
        f"{kind}:{version}" for kind in ("InternetGatewayDevice", "WANDevice", "WANConnectionDevice")
    ]
    assert [service.service_type.rpartition("service:")[2] for service in device.all_services] == types


WAN_EVENTED = {
    "PossibleConnectionTypes",
    "ConnectionStatus",
    "ExternalIPAddress",
    "PortMappingNumberOfEntries",
}
EVENTED = {
    "WANIPConnection:1": WAN_EVENTED,
    "WANPPPConnection:1": WAN_EVENTED,
    "WANIPConnection:2": WAN_EVENTED | {"SystemUpdateID"},
    "WANCommonInterfaceConfig:1": {"PhysicalLinkStatus", "NumberOfActiveConnections", "EnabledForInternet"},
    "Layer3Forwarding:1": {"DefaultConnectionService"},
    "WANIPv6FirewallControl:1": {"FirewallEnabled", "InboundPinholeAllowed"},
}


@pytest.mark.uda("G-013")
@pytest.mark.parametrize(("version", "ppp"), [(1, False), (1, True), (2, False)])
def test_what_it_events(version, ppp):
    for service in Gateway(version, ppp=ppp).device().all_services:
        evented = {name for name, variable in service.state_variables.items() if variable.send_events}
        assert evented == EVENTED[service.service_type.rpartition("service:")[2]]


def test_its_udns_last():
    udn = "uuid:5f9ec1b3-ed59-79bb-4530-000000000009"
    first, second = (Gateway(udn=udn).device() for _ in range(2))
    udns = [device.udn for device in first.all_devices]
    assert udns == [device.udn for device in second.all_devices]
    assert udns[0] == udn
    assert len(set(udns)) == 3
    assert all(
        device.udn.startswith("uuid:gateway") for device in Gateway(udn="uuid:gateway").device().all_devices
    )


def test_the_default_service_names_the_connection():
    gateway = Gateway()
    connection = gateway.device().all_devices[2]
    assert gateway.virtual.default_service == (
        f"{connection.udn}:WANConnectionDevice:2,urn:upnp-org:serviceId:WANIPConn1"
    )


def test_mappings_end_by_themselves_and_that_is_evented():
    async def journey():
        virtual = VirtualGateway()
        device = virtual.device_class(Gateway().device().requester, "http://127.0.0.1:80")
        await device.async_start()
        entries = device.all_services[2].state_variable("PortMappingNumberOfEntries")
        virtual.mappings.add(Mapping("", 8080, "TCP", 80, "10.0.0.5"), 60)
        virtual.mappings.add(Mapping("", 8081, "TCP", 80, "10.0.0.5"), 90)
        counts = [entries.value]
        for _ in range(3):
            await pass_time(31)
            counts.append(entries.value)
        virtual.mappings.add(Mapping("", 8082, "TCP", 80, "10.0.0.5"), 60)
        await device.async_stop()
        virtual.connection.address = "203.0.113.8"  # nobody is told any more
        await device.async_stop()
        return counts

    assert run(journey()) == [2, 2, 1, 0]


def test_a_clock_that_stands_still_lets_nothing_end():
    async def journey():
        gateway = Gateway()
        device = gateway.device()
        await device.async_start()
        gateway.virtual.mappings.add(Mapping("", 8080, "TCP", 80, "10.0.0.5"), 60)
        await pass_time(600)
        before = len(gateway.virtual.mappings)
        gateway.clock.advance(60)
        await device.async_stop()
        return before, len(gateway.virtual.mappings)

    assert run(journey()) == (1, 0)


def test_a_restart_forgets_everything():
    gateway = Gateway()
    gateway.virtual.mappings.add(Mapping("", 8080, "TCP", 80, "10.0.0.5"), 0)
    gateway.virtual.pinholes.add(("", 0, "2001:db8::5", 80, 6), 60)
    gateway.clock.advance(10)
    gateway.virtual.reboot("192.0.2.77")
    assert len(gateway.virtual.mappings) == 0
    assert gateway.virtual.pinholes.all() == {}
    assert gateway.virtual.counters["BytesSent"].value == 0
    assert (gateway.virtual.connection.uptime, gateway.virtual.connection.address) == (0, "192.0.2.77")
    gateway.virtual.reboot()
    assert gateway.virtual.connection.address == "192.0.2.77"
