"""Our control point and the virtual gateway over loopback: what routers do wrong, and what comes of it.

Time is virtual, since leases take hours; what was sent over loopback is there at once.
"""

import asyncio
import gc
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import timedelta
from ipaddress import IPv4Address
from typing import Any

import pytest

from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.exceptions import UpnpActionError, UpnpConnectionTimeoutError, UpnpValueDecodeError
from async_upnp_client.limits import Limits
from async_upnp_client.profiles.igd import AddressKind, CapabilityState, IgdDevice, IgdStateItem
from async_upnp_client.server import UpnpServer
from async_upnp_client.virtual.gateway import Mapping, VirtualGateway
from tests.support.one_connection import OneConnection
from tests.support.udp import GROUP, free_port, ipv6_addresses
from tests.support.virtual_gateway import ADDRESS, HOST
from tests.support.virtual_time import pass_time, run

OTHERS = "192.0.2.99"
OURS = "::1"
FOREIGN = Mapping("", 8080, "TCP", 80, OTHERS, description="another's")
OWN = Mapping("", 8080, "TCP", 8080, HOST, description="async-upnp-client")


class Home:
    """A virtual gateway on loopback and our control point beside it."""

    def __init__(self, version: int = 1, *, ipv6: bool = False, **options: Any) -> None:
        options.setdefault("external_address", ADDRESS)
        self.gateway = VirtualGateway(version, **options)
        source, target = ((OURS, 0, 0, 0), ("ff02::c", free_port(), 0, 0)) if ipv6 else ((HOST, 0), None)
        self.server = UpnpServer(self.gateway.device_class, source, target or (GROUP, free_port()))

    async def async_igd(self, handler: Any = None, location: str | None = None, **options: Any) -> IgdDevice:
        """Describe the gateway."""
        factory = UpnpFactory(AiohttpRequester())
        return IgdDevice(
            await factory.async_create_device(location or self.server.location), handler, **options
        )

    @property
    def ports(self) -> list[tuple[int, str]]:
        """External port and host inside of what is open."""
        return [(one.external_port, one.internal_client) for one in self.gateway.mappings.all()]

    def called(self, action: str) -> int:
        """Return how often an action was called."""
        return sum(call.action == action for call in self.gateway.calls)


Scenario = Callable[[Home, IgdDevice], Coroutine[Any, Any, None]]


def play(
    scenario: Scenario,
    version: int = 1,
    mappings: tuple[Mapping, ...] = (),
    *,
    ipv6: bool = False,
    **faults: Any,
) -> None:
    """Play a scenario with a gateway that has these mappings and faults."""

    async def main() -> None:
        home = Home(version, ipv6=ipv6)
        for mapping in mappings:
            home.gateway.mappings.add(mapping, 0)
        vars(home.gateway.faults).update(faults)
        async with home.server:
            await scenario(home, await home.async_igd())
        gc.collect()

    run(main())


async def async_code(call: Coroutine[Any, Any, Any]) -> int | None:
    """Return the code that a call is refused with."""
    with pytest.raises(UpnpActionError) as refused:
        await call
    return refused.value.error_code


# --- Opening ---


@pytest.mark.uda("G-005", "G-006")
@pytest.mark.parametrize("code", [725, 402])
def test_without_a_lease_where_there_are_none(code):
    async def scenario(home, igd):
        async with igd.port_mapping(8080) as mapping:
            assert mapping.granted is None
            assert home.ports == [(8080, HOST)]
            await pass_time(7200)
            assert home.called("AddPortMapping") == 2
        assert home.ports == []

    play(scenario, lease_refusal=code)


@pytest.mark.uda("G-004")
def test_what_is_left_over_of_our_own_is_replaced():
    async def scenario(home, igd):
        async with igd.port_mapping(8080):
            assert home.ports == [(8080, HOST)]
            assert home.called("DeletePortMapping") == 1
        assert home.ports == []

    play(scenario, mappings=(OWN,), no_overwriting=True)


@pytest.mark.uda("G-004")
@pytest.mark.parametrize("version", [1, 2])
def test_anothers_port_is_left_alone_and_the_next_one_taken(version):
    async def scenario(home, igd):
        assert await async_code(igd.port_mapping(8080).async_start()) == 718
        async with igd.port_mapping(8080, any_port=True) as mapping:
            assert mapping.external_port == 8081
            assert home.ports == [(8080, OTHERS), (8081, HOST)]
            assert home.called("AddAnyPortMapping") == (1 if version == 2 else 0)
        assert home.ports == [(8080, OTHERS)]

    play(scenario, version, (FOREIGN,))


@pytest.mark.parametrize(
    ("version", "faults", "options", "opened"),
    [
        (1, {"same_ports": True}, {"external_port": 9000}, 8080),
        (1, {"only_external_port_0": True}, {}, 0),
        (1, {}, {"external_port": 0}, 8080),
        (2, {"reserved_ports": {8080}}, {}, 8081),
        (2, {"refuse": {"AddAnyPortMapping": 501}}, {}, 8080),
    ],
    ids=["724", "727", "716", "729", "AddAnyPortMapping refused"],
)
@pytest.mark.uda("G-008", "G-011")
def test_with_any_port_the_one_that_can_be_had(version, faults, options, opened):
    async def scenario(home, igd):
        async with igd.port_mapping(8080, any_port=True, **options) as mapping:
            assert mapping.external_port == opened
            assert home.ports == [(opened, HOST)]
        assert home.ports == []

    play(scenario, version, **faults)


@pytest.mark.parametrize(
    ("version", "faults", "options", "code"),
    [
        (1, {"same_ports": True}, {"external_port": 9000}, 724),
        (1, {"only_external_port_0": True}, {}, 727),
        (1, {}, {"external_port": 0}, 716),
        (1, {"no_remote_host": True}, {"remote_host": IPv4Address("192.0.2.7")}, 726),
        (1, {"needs_remote_host": True}, {}, 715),
        (1, {"most_mappings": 0}, {}, 501),
        (2, {"most_mappings": 0}, {}, 728),
        (2, {"reserved_ports": {8080}}, {}, 729),
        (2, {"only_for_caller": True}, {"internal_client": OTHERS}, 606),
        (1, {"refuse": {"AddPortMapping": 606}}, {}, 606),
    ],
)
@pytest.mark.uda("G-006", "G-007", "G-008")
def test_what_is_refused_is_told_with_its_code(version, faults, options, code):
    async def scenario(home, igd):
        assert await async_code(igd.port_mapping(8080, **options).async_start()) == code
        assert home.ports == []

    play(scenario, version, **faults)


# --- Keeping ---


@pytest.mark.uda("G-005")
@pytest.mark.parametrize("version", [1, 2])
def test_it_is_renewed_at_half_of_its_lease_and_never_missing(version):
    async def scenario(home, igd):
        async with igd.port_mapping(8080, lease=timedelta(minutes=20)):
            for _ in range(24):
                await pass_time(299)
                assert home.ports == [(8080, HOST)]
            assert home.called("AddPortMapping") == 12
        assert home.ports == []
        await igd.port_mapping(8081, lease=timedelta(minutes=20)).async_open_once()
        await pass_time(1200)
        assert home.ports == [], "nobody renews it"

    play(scenario, version)


def test_it_is_closed_where_the_block_is_left_by_an_error():
    async def scenario(home, igd):
        with suppress(ZeroDivisionError):
            async with igd.port_mapping(8080):
                raise ZeroDivisionError
        assert home.ports == []

    play(scenario)


@pytest.mark.parametrize("lost", [set(), {"AddPortMapping"}], ids=["open", "opening"])
def test_it_is_closed_where_it_is_cancelled(lost):
    async def scenario(home, igd):
        opened = asyncio.Event()

        async def hold():
            async with igd.port_mapping(8080):
                opened.set()
                await asyncio.Event().wait()

        holding = asyncio.ensure_future(hold())
        while not (home.ports if lost else opened.is_set()):
            await pass_time(0.01)
        home.gateway.faults.lose_answer = set()
        holding.cancel()
        with suppress(asyncio.CancelledError):
            await holding
        assert home.ports == []

    play(scenario, lose_answer=lost)


@pytest.mark.uda("G-005")
@pytest.mark.parametrize("version", [1, 2])
def test_it_is_back_after_a_restart_of_the_gateway(version):
    async def scenario(home, igd):
        told = []
        async with igd.port_mapping(8080, on_change=lambda m: told.append(m.external_address)):
            await pass_time(100)
            home.gateway.reboot("8.8.8.8")
            assert home.ports == []
            await pass_time(61)
            assert home.ports == [(8080, HOST)]
            assert told == ["8.8.8.8"]

    play(scenario, version)


def test_it_is_back_when_the_gateway_is():
    async def scenario(home, igd):
        told = []
        async with igd.port_mapping(8080, on_change=lambda m: told.append(m.is_open)) as mapping:
            await home.server.async_stop()
            home.gateway.reboot()
            await pass_time(300)
            assert not mapping.is_open
            assert mapping.error is not None
            await home.server.async_start()
            await pass_time(61)
            assert mapping.is_open
            assert home.ports == [(8080, HOST)]
            assert told == [False, True]
        assert home.ports == []

    play(scenario)


# --- Listing ---

MANY = tuple(Mapping("", port, "TCP", port, OTHERS) for port in (80, 81, 82))


@pytest.mark.uda("G-009")
@pytest.mark.parametrize("end", [713, 714, 402, 501])
def test_lists_end_in_many_ways(end):
    async def scenario(home, igd):
        assert [entry.external_port for entry in await igd.async_get_port_mappings()] == [80, 81, 82]
        home.gateway.mappings.forget()
        assert await igd.async_get_port_mappings() == []

    play(scenario, mappings=MANY, list_end=end)


@pytest.mark.uda("G-009")
def test_a_list_that_begins_anew_and_one_that_cannot_be_read():
    async def scenario(home, igd):
        assert [entry.external_port for entry in await igd.async_get_port_mappings()] == [80, 82]
        assert home.called("GetGenericPortMappingEntry") == 4
        short = await home.async_igd(limits=Limits(port_mappings=1))
        assert [entry.external_port for entry in await short.async_get_port_mappings()] == [80]

    play(scenario, mappings=MANY, list_repeats=True, list_unreadable={1})


@pytest.mark.uda("G-012")
@pytest.mark.parametrize("only_own", [False, True])
def test_version_2_lists_in_a_document_what_it_shows(only_own):
    async def scenario(home, igd):
        shown = [entry.external_port for entry in await igd.async_get_port_mappings()]
        assert shown == ([8080] if only_own else [80, 81, 82, 8080])
        assert home.called("GetGenericPortMappingEntry") == 0
        assert await async_code(igd.async_delete_port_mapping_range(9, 8, "TCP")) == 733
        assert await async_code(igd.async_delete_port_mapping_range(1, 79, "TCP")) == 730
        await igd.async_delete_port_mapping_range(1, 65535, "TCP")
        assert home.ports == [(one.external_port, OTHERS) for one in MANY]

    play(scenario, 2, (*MANY, OWN), only_for_caller=only_own)


# --- Watching ---


@pytest.mark.uda("G-014")
def test_counters_roll_over_and_begin_anew_after_a_restart():
    async def scenario(home, igd):
        counter = home.gateway.counters["BytesReceived"]
        counter.per_second = 100 * 1024
        counter.value = (1 << 32) - 1000
        await igd.async_get_traffic_and_status_data()
        await pass_time(10)
        state = await igd.async_get_traffic_and_status_data()
        assert state.bytes_received < 10 * 1024 * 1024
        assert state.kibibytes_per_sec_received == pytest.approx(100, rel=0.01)
        assert state.kibibytes_per_sec_received_no_rollover is None
        home.gateway.reboot()
        await pass_time(10)
        state = await igd.async_get_traffic_and_status_data()
        assert state.kibibytes_per_sec_received is None
        await pass_time(10)
        state = await igd.async_get_traffic_and_status_data()
        assert state.kibibytes_per_sec_received == pytest.approx(100, rel=0.01)

    play(scenario)


@pytest.mark.uda("G-014")
@pytest.mark.parametrize(
    ("first", "second", "rate"),
    [
        (1100335252538, 1100335252538 + 10 * 1024, 1.0),
        (4294967295, 4294967295, None),
        (5000, 4000, None),
    ],
    ids=["beyond ui4", "at its end", "counted anew"],
)
def test_counters_of_real_gateways(first, second, rate):
    async def scenario(home, igd):
        lenient = UpnpFactory(AiohttpRequester(), non_strict=True)
        igd = IgdDevice(await lenient.async_create_device(home.server.location), None)
        await pass_time(60)
        said = home.gateway.faults.answer["GetTotalBytesReceived"] = {"NewTotalBytesReceived": str(first)}
        state = await igd.async_get_traffic_and_status_data()
        assert state.bytes_received == first
        await pass_time(10)
        said["NewTotalBytesReceived"] = str(second)
        if second < first:
            home.gateway.connection.restart()
        state = await igd.async_get_traffic_and_status_data()
        assert state.kibibytes_per_sec_received == (None if rate is None else pytest.approx(rate, rel=0.05))

    play(scenario)


def test_a_slow_gateway_is_told_of_as_far_as_it_comes():
    async def scenario(home, igd):
        state = await igd.async_get_traffic_and_status_data(timeout=10)
        known = [value for value in state if isinstance(value, int)]
        late = [value for value in state if isinstance(value, UpnpConnectionTimeoutError)]
        assert len(known) == 3
        assert late

    play(scenario, seconds=3)


def test_one_value_that_is_refused_leaves_the_others():
    async def scenario(home, igd):
        state = await igd.async_get_traffic_and_status_data()
        assert isinstance(state.packets_sent, UpnpActionError)
        assert state.external_ip_address == ADDRESS
        assert state.bytes_sent >= 0

    play(scenario, refuse={"GetTotalPacketsSent": 501})


@pytest.mark.uda("G-017")
def test_a_gateway_that_is_switched_off_says_so():
    async def scenario(home, igd):
        everything = {call: 606 for service in igd.device.all_services for call in service.actions}
        home.gateway.faults.refuse = everything
        found = await igd.async_probe()
        assert {one.state for one in found.values()} == {CapabilityState.SWITCHED_OFF}
        home.gateway.faults.refuse = {}
        found = await igd.async_probe()
        assert {one.state for one in found.values()} == {CapabilityState.PRESENT}

    play(scenario)


@pytest.mark.uda("G-013")
def test_events_tell_what_changes():
    async def scenario(home, _):
        server = AiohttpNotifyServer(AiohttpRequester(), (HOST, 0))
        await server.async_start_server()
        try:
            igd = await home.async_igd(server.event_handler)
            await igd.async_subscribe_services(auto_resubscribe=True)
            await pass_time(1)
            assert (igd.external_ip_address, igd.connection_status) == (ADDRESS, "Connected")
            await igd.port_mapping(8080, lease=timedelta(minutes=5)).async_open_once()
            await pass_time(1)
            assert igd.port_mapping_number_of_entries == 1
            home.gateway.connection.address = "8.8.8.8"
            await pass_time(300)
            assert igd.external_ip_address == "8.8.8.8"
            assert igd.port_mapping_number_of_entries == 0, "its lease has ended"
            await igd.async_force_termination()
            await pass_time(1)
            assert (igd.external_ip_address, igd.connection_status) == ("", "Disconnected")
            home.gateway.calls.clear()
            state = await igd.async_get_traffic_and_status_data(
                {IgdStateItem.EXTERNAL_IP_ADDRESS, IgdStateItem.PORT_MAPPING_NUMBER_OF_ENTRIES}
            )
            assert (state.external_ip_address, state.port_mapping_number_of_entries) == ("", 0)
            assert not home.gateway.calls
            await igd.async_unsubscribe_services()
        finally:
            await server.async_stop_server()

    play(scenario)


@pytest.mark.uda("G-010")
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("", AddressKind.NONE),
        ("0.0.0.0", AddressKind.NONE),
        ("not connected", AddressKind.NONE),
        ("100.64.1.2", AddressKind.CARRIER_NAT),
        ("192.168.178.2", AddressKind.PRIVATE),
    ],
)
def test_an_address_that_nobody_reaches_is_told_as_what_it_is(answer, kind):
    async def scenario(home, igd):
        (connection,) = await igd.async_wan_connections()
        assert connection.address_kind is kind
        async with igd.port_mapping(8080) as mapping:
            assert mapping.external_address == answer
        assert home.ports == []

    play(scenario, answer={"GetExternalIPAddress": {"NewExternalIPAddress": answer}})


def test_nonsense_for_a_number_costs_no_more_than_itself():
    async def scenario(home, igd):
        state = await igd.async_get_traffic_and_status_data()
        assert state.uptime is None
        assert isinstance(state.bytes_sent, UpnpValueDecodeError)
        assert state.packets_sent >= 0
        assert state.external_ip_address == ADDRESS

    answer = {"GetStatusInfo": {"NewUptime": "unknown"}, "GetTotalBytesSent": {"NewTotalBytesSent": "many"}}
    play(scenario, answer=answer)


# --- Pinholes ---

with_ipv6 = pytest.mark.skipif(
    OURS not in {address for address, _, _ in ipv6_addresses()}, reason="needs ::1 on this machine"
)


@with_ipv6
@pytest.mark.uda("G-015", "G-016")
def test_a_pinhole_is_renewed_back_after_a_restart_and_closed():
    async def scenario(home, igd):
        pinholes = home.gateway.pinholes
        lease = timedelta(minutes=20)
        async with igd.pinhole(8080, internal_client=OURS, lease=lease) as pinhole:
            for _ in range(10):
                await pass_time(299)
                assert list(pinholes.all()) == [pinhole.pinhole_id] == [1]
            assert home.called("AddPinhole") == 1
            assert home.called("UpdatePinhole") >= 4
            assert {call.caller for call in home.gateway.calls} == {OURS}
            home.gateway.reboot()
            await pass_time(61)
            assert list(pinholes.all()) == [pinhole.pinhole_id] == [2]
        assert pinholes.all() == {}

    play(scenario, 2, ipv6=True)


@with_ipv6
@pytest.mark.parametrize(
    ("rules", "client", "code"),
    [
        ({"is_enabled": False}, OURS, 702),
        ({"is_inbound_allowed": False}, OURS, 703),
        ({"most": 0}, OURS, 701),
        ({"protocols": {17}}, OURS, 705),
        ({}, "2001:db8::1", 606),
    ],
)
@pytest.mark.uda("G-016", "G-017")
def test_a_pinhole_that_is_refused_has_its_code(rules, client, code):
    async def scenario(home, igd):
        vars(home.gateway.pinholes).update(rules)
        assert await async_code(igd.pinhole(8080, internal_client=client).async_start()) == code
        assert home.gateway.pinholes.all() == {}

    play(scenario, 2, ipv6=True)


# --- The way there ---


@pytest.mark.parametrize("gap", [0.02, None], ids=["one at a time", "all at once"])
def test_a_gateway_that_takes_one_connection_at_a_time(gap):
    async def scenario(home, _):
        async with OneConnection(HOST, home.server.http_port) as weak:
            device = await UpnpFactory(AiohttpRequester(), scpd_limit=1).async_create_device(
                weak.url("/device.xml")
            )
            igd = IgdDevice(device, None, call_gap=gap)
            home.gateway.faults.seconds = 1
            calls = (igd.async_get_external_ip_address() for _ in range(5))
            answers = await asyncio.gather(*calls, return_exceptions=True)
            assert (answers == [ADDRESS] * 5) is (weak.closed == 0) is (gap is not None)

    play(scenario)
